import type { Source } from '@mi-patterns/inventory';
import { isAlias, isMap, isScalar, isSeq, type Document, type Node, type Pair, type YAMLMap } from 'yaml';
import { placeAt, type YamlFile } from './read.ts';

/** Where something stands in a file, and whether the file itself says it (else the nearest parent that it does say). */
export interface Located {
  readonly source: Source;
  readonly exact: boolean;
  /** The scalar as written, for example `1.10`; undefined for mappings, lists and absent values. */
  readonly written?: string;
}

/**
 * Finds a value or its key by path. Follows aliases and merge keys to where the text really stands. A path that the
 * file does not have is located at the key of its deepest parent that is there.
 */
export function locate(file: YamlFile, segments: readonly string[], part: 'key' | 'value'): Located {
  let node: Node | null | undefined = file.document?.contents;
  let source: Source = offsetOf(file, node) ?? { path: file.path, line: 1, column: 1 };
  let written: string | undefined;
  for (const [index, segment] of segments.entries()) {
    const step: Step | undefined = file.document === undefined ? undefined : child(file.document, node, segment);
    if (step === undefined) return { source, exact: false };
    const last = index === segments.length - 1;
    const keyPlace: Source | undefined = offsetOf(file, step.key);
    const valuePlace: Source | undefined = isEmptyScalar(step.value) ? undefined : offsetOf(file, step.value);
    source = (last && part === 'value' ? valuePlace : undefined) ?? keyPlace ?? valuePlace ?? source;
    node = step.value;
    written = isScalar(node) && typeof node.source === 'string' ? node.source : undefined;
  }
  return { source, exact: true, ...(written === undefined ? {} : { written }) };
}

interface Step {
  readonly key: Node | null;
  readonly value: Node | null | undefined;
}

function child(document: Document, parent: Node | null | undefined, segment: string): Step | undefined {
  const node = isAlias(parent) ? parent.resolve(document) : parent;
  if (isSeq(node)) {
    const item = node.items[Number(segment)] as Node | undefined;
    return item === undefined ? undefined : { key: null, value: item };
  }
  if (!isMap(node)) return undefined;
  const own = pairsOf(node).get(segment);
  if (own !== undefined) return { key: own.key as Node, value: own.value as Node | null };
  return merged(document, node, segment);
}

/** Pairs by key, made once for each mapping: a file with many faults is looked into many times. */
const pairs = new WeakMap<YAMLMap, ReadonlyMap<string, Pair>>();

function pairsOf(map: YAMLMap): ReadonlyMap<string, Pair> {
  const known = pairs.get(map);
  if (known !== undefined) return known;
  const made = new Map<string, Pair>();
  for (const pair of map.items) {
    const key = keyText(pair);
    if (key !== undefined && !made.has(key)) made.set(key, pair);
  }
  pairs.set(map, made);
  return made;
}

function merged(document: Document, map: YAMLMap, segment: string): Step | undefined {
  for (const pair of map.items) {
    if (!isMergeKey(pair)) continue;
    const value = isAlias(pair.value) ? pair.value.resolve(document) : pair.value;
    for (const source of isSeq(value) ? value.items : [value]) {
      const step = child(document, source as Node, segment);
      if (step !== undefined) return step;
    }
  }
  return undefined;
}

function isMergeKey(pair: Pair): boolean {
  const value = isScalar(pair.key) ? pair.key.value : pair.key;
  return value === '<<' || (typeof value === 'symbol' && value.description === '<<');
}

function keyText(pair: Pair): string | undefined {
  if (isMergeKey(pair)) return undefined;
  const value = isScalar(pair.key) ? pair.key.value : pair.key;
  if (value === null) return '';
  return typeof value === 'object' ? undefined : String(value);
}

function isEmptyScalar(node: Node | null | undefined): boolean {
  return node === null || node === undefined || (isScalar(node) && node.source === '' && node.type === 'PLAIN');
}

function offsetOf(file: YamlFile, node: Node | null | undefined): Source | undefined {
  const offset = node?.range?.[0];
  return offset === undefined ? undefined : placeAt(file.path, file.lines, offset);
}
