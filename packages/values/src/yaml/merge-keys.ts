import { type Document, isAlias, isMap, isScalar, isSeq, type Pair, type YAMLMap } from 'yaml';

/** True for `<<`, which brings the keys of other mappings; in quotes it is a key like any other. */
export function isMergeKey({ key }: Pair): boolean {
  return isScalar(key) && key.type === 'PLAIN' && key.source === '<<';
}

/** The key of a pair as text; undefined for `<<`, and for a key that is no scalar. */
export function keyText(pair: Pair): string | undefined {
  if (isMergeKey(pair)) return undefined;
  const value = isScalar(pair.key) ? pair.key.value : pair.key;
  if (value === null) return '';
  return typeof value === 'object' ? undefined : String(value);
}

/**
 * The keys of a mapping that a `<<` below them brings too. For YAML the written one counts wherever it stands; helm
 * takes what comes last (seen with helm 4.3.1 and 3.22.0).
 */
export function keysLostToMerge(map: YAMLMap, document: Document): readonly Pair[] {
  const before = new Map<string, Pair>();
  return map.items.flatMap((pair) => {
    if (isMergeKey(pair)) return [...broughtBy(pair.value, document)].flatMap((name) => before.get(name) ?? []);
    const name = keyText(pair);
    if (name !== undefined) before.set(name, pair);
    return [];
  });
}

/** The keys that the value of a `<<` brings; a mapping that contains itself is looked at once. */
function broughtBy(value: unknown, document: Document, seen = new Set<unknown>()): ReadonlySet<string> {
  const names = new Set<string>();
  const node = isAlias(value) ? value.resolve(document) : value;
  if (seen.has(node)) return names;
  seen.add(node);
  const sources: unknown[] = isSeq(node) ? [...node.items] : [];
  const pairs = isMap(node) ? node.items : [];
  for (const pair of pairs) {
    const name = keyText(pair);
    if (name !== undefined) names.add(name);
    else if (isMergeKey(pair)) sources.push(pair.value);
  }
  for (const source of sources) for (const name of broughtBy(source, document, seen)) names.add(name);
  return names;
}
