import { addTo } from '@mi-patterns/inventory';
/** Something that takes room in a column: a box, or the place where a long line passes. */
export interface Item {
  readonly id: string;
  /** Centre of its column. */
  readonly column: number;
  /** Middle, as the layout gave it: only its order counts. */
  readonly y: number;
  readonly height: number;
}

/**
 * New middles for items of columns, in the order they had: the tallest column is packed, and the items of the others go
 * as near to their neighbours as their order and the gap between them let them. The layout itself leaves holes in tall
 * columns.
 */
export function packColumns(
  items: readonly Item[],
  links: readonly (readonly [string, string])[],
  gap: number,
): ReadonlyMap<string, number> {
  const columns = columnsOf(items);
  const tall = columns.map((column) => column.reduce((sum, { height }) => sum + height + gap, 0));
  const first = tall.indexOf(Math.max(...tall));
  const near = neighboursOf(links);
  const placed = new Map<string, number>();
  const order = [first, ...columns.keys()].filter((column, position) => position === 0 || column !== first);
  order.sort((a, b) => Math.abs(a - first) - Math.abs(b - first) || a - b);
  for (const column of order) packOne(columns[column] ?? [], near, placed, gap);
  return placed;
}

function columnsOf(items: readonly Item[]): readonly (readonly Item[])[] {
  const byCentre = new Map<number, Item[]>();
  for (const item of items) addTo(byCentre, item.column, item);
  return [...byCentre].sort(([a], [b]) => a - b).map(([, column]) => column.sort((a, b) => a.y - b.y));
}

function neighboursOf(links: readonly (readonly [string, string])[]): ReadonlyMap<string, readonly string[]> {
  const near = new Map<string, string[]>();
  const add = (from: string, to: string): void => addTo(near, from, to);
  for (const [from, to] of links) {
    add(from, to);
    add(to, from);
  }
  return near;
}

function packOne(
  column: readonly Item[],
  near: ReadonlyMap<string, readonly string[]>,
  placed: Map<string, number>,
  gap: number,
): void {
  const wanted = column.map(({ id }) => {
    const known = (near.get(id) ?? []).flatMap((other) => placed.get(other) ?? []);
    return known.length === 0 ? undefined : known.reduce((sum, y) => sum + y, 0) / known.length;
  });
  // Blocks of items that touch each other stand where their mean wish is.
  const blocks: { members: number[]; offsets: number[]; height: number; wish: number; wishes: number }[] = [];
  for (const [index, { height }] of column.entries()) {
    const wish = wanted[index];
    blocks.push({
      members: [index],
      offsets: [height / 2],
      height,
      wish: wish === undefined ? 0 : wish - height / 2,
      wishes: wish === undefined ? 0 : 1,
    });
    while (blocks.length > 1) {
      const [above, below] = [blocks[blocks.length - 2], blocks[blocks.length - 1]];
      if (above === undefined || below === undefined) break;
      const top = above.wishes === 0 ? 0 : above.wish / above.wishes;
      const next = below.wishes === 0 ? Number.NEGATIVE_INFINITY : below.wish / below.wishes;
      if (next >= top + above.height + gap) break;
      const shift = above.height + gap;
      blocks.splice(-2, 2, {
        members: [...above.members, ...below.members],
        offsets: [...above.offsets, ...below.offsets.map((offset) => offset + shift)],
        height: shift + below.height,
        wish: above.wish + below.wish - below.wishes * shift,
        wishes: above.wishes + below.wishes,
      });
    }
  }
  for (const { members, offsets, wish, wishes } of blocks) {
    const top = wishes === 0 ? 0 : wish / wishes;
    for (const [position, index] of members.entries()) {
      const item = column[index];
      if (item !== undefined) placed.set(item.id, top + (offsets[position] ?? 0));
    }
  }
}
