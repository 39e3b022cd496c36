/** Plain data of a YAML file: a mapping of keys to anything. */
export type Values = Readonly<Record<string, unknown>>;

/** True for a mapping, false for lists, scalars and null. */
export function isMapping(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Merges values over those of a chart as Helm does: mappings key by key, lists and scalars replaced as a whole; a key
 * that is null above takes away the one below, and stays null where there is none. Neither argument is changed.
 */
export function mergeValues(below: Values, above: Values): Values {
  return merge(below, above, (merged, key) => (merged.has(key) ? merged.delete(key) : merged.set(key, null)));
}

/** Puts one values file over another, as Helm does with several `-f`: null stays, for the chart's values below both. */
export function layerValues(below: Values, above: Values): Values {
  return merge(below, above, (merged, key) => merged.set(key, null));
}

function merge(below: Values, above: Values, onNull: (merged: Map<string, unknown>, key: string) => unknown): Values {
  const merged = new Map<string, unknown>(Object.entries(below));
  for (const [key, value] of Object.entries(above)) {
    const under = merged.get(key);
    if (value === null) onNull(merged, key);
    else merged.set(key, isMapping(value) && isMapping(under) ? merge(under, value, onNull) : value);
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
