import type { Source } from '@mi-patterns/inventory';
import { isAlias, isMap, isScalar, isSeq, type Document, type Node, type Pair, type YAMLMap } from 'yaml';
import { placeAt, type YamlFile } from './read.ts';
import { isMergeKey, keyText } from './merge-keys.ts';

/** Where something stands in a file, and whether the file itself says it (else the nearest parent that it does say). */
export interface Located {
  readonly source: Source;
  readonly exact: boolean;
  /** The scalar as written, for example `1.10`; undefined for mappings, lists and absent values. */
  readonly written?: string;
}

/**
 * Finds a value or its key by path. Follows aliases and merge keys to where the text really stands. A path that the
 * file does not have is located at the key of its deepest parent that is there. Where files lie over each other, it is
 * found in the one that helm has the value from.
 */
export function locate(file: YamlFile, segments: readonly string[], part: 'key' | 'value'): Located {
  let places: readonly Place[] = layersOf(file).map((layer) => ({ file: layer, value: layer.document?.contents }));
  let source: Source = { path: file.path, line: 1, column: 1 };
  let written: string | undefined;
  for (const [index, segment] of segments.entries()) {
    const steps = places.flatMap(({ file: layer, value }) => {
      const step = layer.document === undefined ? undefined : child(layer.document, value, segment);
      return step === undefined ? [] : [{ file: layer, ...step }];
    });
    const [top] = steps;
    if (top === undefined) return { source, exact: false };
    const last = index === segments.length - 1;
    const keyPlace: Source | undefined = offsetOf(top.file, top.key);
    const valuePlace: Source | undefined = isEmptyScalar(top.value) ? undefined : offsetOf(top.file, top.value);
    source = (last && part === 'value' ? valuePlace : undefined) ?? keyPlace ?? valuePlace ?? source;
    written = isScalar(top.value) && typeof top.value.source === 'string' ? top.value.source : undefined;
    places = merged(steps);
  }
  return { source, exact: true, ...(written === undefined ? {} : { written }) };
}

/** A value in one of several files. */
interface Place {
  readonly file: YamlFile;
  readonly value: Node | null | undefined;
}

/** A file and those below it, the uppermost first. */
function layersOf(file: YamlFile): readonly YamlFile[] {
  return file.below === undefined ? [file] : [file, ...layersOf(file.below)];
}

/** Of the values of one key, the uppermost first, those that helm merges: what is no mapping replaces all below it. */
function merged(values: readonly Place[]): readonly Place[] {
  const end = values.findIndex(({ file: { document }, value }) =>
    document === undefined ? true : !isMap(isAlias(value) ? value.resolve(document) : value),
  );
  return end < 0 ? values : values.slice(0, Math.max(end, 1));
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
  return fromMergeKeys(document, node, segment);
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

function fromMergeKeys(document: Document, map: YAMLMap, segment: string): Step | undefined {
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

function isEmptyScalar(node: Node | null | undefined): boolean {
  return node === null || node === undefined || (isScalar(node) && node.source === '' && node.type === 'PLAIN');
}

function offsetOf(file: YamlFile, node: Node | null | undefined): Source | undefined {
  const offset = node?.range?.[0];
  return offset === undefined ? undefined : placeAt(file.path, file.lines, offset);
}
