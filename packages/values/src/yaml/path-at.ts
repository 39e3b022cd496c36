import type { Source } from '@mi-patterns/inventory';
import { isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap, type YAMLSeq } from 'yaml';
import type { YamlFile } from './read.ts';

/** Number of characters before a place. */
export function offsetIn({ lines }: YamlFile, { line, column }: Source): number {
  return (lines.lineStarts[line - 1] ?? 0) + column - 1;
}

/** The keys, and numbers of elements, that lead to a place in a file; undefined when there is no key. */
export function pathAt(file: YamlFile, place: Source): readonly string[] | undefined {
  const offset = offsetIn(file, place);
  const path: string[] = [];
  let node: unknown = file.document?.contents;
  while (isMap(node) || isSeq(node)) {
    const step = isMap(node) ? pairAt(node, offset) : itemAt(node, offset);
    if (step === undefined) break;
    path.push(step.key);
    node = step.value;
  }
  return path.length === 0 ? undefined : path;
}

interface Step {
  readonly key: string;
  readonly value: unknown;
}

function pairAt({ items }: YAMLMap, offset: number): Step | undefined {
  // A mapping ends where the key after it begins.
  const inside: Pair | undefined = items.findLast((pair) => covers(pair, offset));
  return inside && { key: String(isScalar(inside.key) ? inside.key.value : inside.key), value: inside.value };
}

function itemAt({ items }: YAMLSeq, offset: number): Step | undefined {
  const index = items.findLastIndex((item) => {
    const [start, end] = (item as Node | null)?.range ?? [];
    return start !== undefined && end !== undefined && start <= offset && offset <= end;
  });
  return index < 0 ? undefined : { key: String(index), value: items[index] };
}

function covers(pair: Pair, offset: number): boolean {
  const start = (isScalar(pair.key) ? pair.key.range?.[0] : undefined) ?? 0;
  const end = (pair.value as { readonly range?: [number, number, number] } | null)?.range?.[1] ?? start;
  return start <= offset && offset <= Math.max(start, end);
}
