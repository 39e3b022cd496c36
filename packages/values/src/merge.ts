/** Plain data of a YAML file: a mapping of keys to anything. */
export type Values = Readonly<Record<string, unknown>>;

/** True for a mapping, false for lists, scalars and null. */
export function isMapping(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Merges values as Helm does: mappings key by key, lists and scalars replaced as a whole; a key that is null in `above`
 * takes away the one in `below`, and stays null where there is none. Neither argument is changed.
 */
export function mergeValues(below: Values, above: Values): Values {
  const merged = new Map<string, unknown>(Object.entries(below));
  for (const [key, value] of Object.entries(above)) {
    const under = merged.get(key);
    if (value === null && merged.has(key)) merged.delete(key);
    else if (isMapping(value) && isMapping(under)) merged.set(key, mergeValues(under, value));
    else merged.set(key, value);
  }
  return Object.fromEntries(merged);
}

/** The value at a path, or undefined where any part of it is absent. */
export function valueAt(value: unknown, segments: readonly string[]): unknown {
  let current = value;
  for (const segment of segments) {
    if (Array.isArray(current)) current = current[Number(segment)];
    else if (isMapping(current) && Object.hasOwn(current, segment)) current = current[segment];
    else return undefined;
  }
  return current;
}
