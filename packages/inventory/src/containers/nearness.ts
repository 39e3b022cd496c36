import { join } from 'node:path';

/** The folders and the file that a shown path goes through. */
export function partsOf(path: string): readonly string[] {
  return join('.', path)
    .split(/[/\\]/)
    .filter((part) => part !== '.' && part !== '');
}

/** How many folders two paths have in common, from the top. */
export function sharedParts(a: readonly string[], b: readonly string[]): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return length;
}

/**
 * Those in the folders nearest to a path: below the deepest folder that they share with it, and the least deep there.
 * All that are as near.
 */
export function nearest<Item>(items: readonly Item[], folder: (item: Item) => string, path: string): readonly Item[] {
  if (items.length < 2) return items;
  const own = partsOf(path);
  const placed = items.map((item) => {
    const parts = partsOf(folder(item));
    return { item, shared: sharedParts(parts, own), depth: parts.length };
  });
  const shared = Math.max(...placed.map((one) => one.shared));
  const near = placed.filter((one) => one.shared === shared);
  const depth = Math.min(...near.map((one) => one.depth));
  return near.filter((one) => one.depth === depth).map(({ item }) => item);
}
