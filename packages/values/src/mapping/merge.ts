/** Plain data of a YAML file: a mapping of keys to anything. */
export type Values = Readonly<Record<string, unknown>>;

/** True for a mapping, false for lists, scalars (a date or a time of TOML is one) and null. */
export function isMapping(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

/** A mapping; empty for everything else. */
export function mappingOf(value: unknown): Values {
  return isMapping(value) ? value : {};
}

/**
 * Merges values over those of a chart as Helm does: mappings key by key, lists and scalars replaced as a whole; a key
 * that is null above takes away the one below, and stays null where there is none. Neither argument is changed.
 */
export function mergeValues(below: Values, above: Values): Values {
  return merge(below, above, (merged, key) => {
    if (Object.hasOwn(merged, key)) delete merged[key];
    else put(merged, key, null);
  });
}

/** Puts one values file over another, as Helm does with several `-f`: null stays, for the chart's values below both. */
export function layerValues(below: Values, above: Values): Values {
  return merge(below, above, (merged, key) => put(merged, key, null));
}

/** All of them, each over those before it as `layerValues` does: without a copy of what grows with each. */
export function layerAll(layers: Iterable<Values>): Values {
  const own = new WeakSet<object>();
  const layer = (below: Values, above: Values): Values => {
    const merged: Record<string, unknown> = own.has(below) ? below : { ...below };
    own.add(merged);
    for (const [key, value] of Object.entries(above)) {
      const under = Object.hasOwn(merged, key) ? merged[key] : undefined;
      put(merged, key, isMapping(value) && isMapping(under) ? layer(under, value) : value);
    }
    return merged;
  };
  let all: Values = {};
  for (const one of layers) all = layer(all, one);
  return all;
}

function merge(below: Values, above: Values, onNull: (merged: Record<string, unknown>, key: string) => void): Values {
  const merged: Record<string, unknown> = { ...below };
  for (const [key, value] of Object.entries(above)) {
    const under = Object.hasOwn(merged, key) ? merged[key] : undefined;
    if (value === null) onNull(merged, key);
    else put(merged, key, isMapping(value) && isMapping(under) ? merge(under, value, onNull) : value);
  }
  return merged;
}

/** Sets a member of any name: `__proto__` is a key of a values file like others. */
function put(values: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__')
    Object.defineProperty(values, key, { value, enumerable: true, writable: true, configurable: true });
  else values[key] = value;
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
