/** Values by key, keys and values in the order they come; no list is empty. */
export function groupBy<K, V>(values: Iterable<V>, keyOf: (value: V) => K): Map<K, [V, ...V[]]> {
  const groups = new Map<K, [V, ...V[]]>();
  for (const value of values) addTo(groups, keyOf(value), value);
  return groups;
}

/** One value of each key, in the order of the first and with the content of the last. */
export function distinctBy<V>(values: readonly V[], keyOf: (value: V) => unknown): V[] {
  return [...new Map(values.map((value) => [keyOf(value), value])).values()];
}

/** Adds a value to the list of a key, in place: new lists take a time that grows with the square of their number. */
export function addTo<K, V>(groups: Map<K, V[]>, key: K, value: V): void {
  const group = groups.get(key);
  if (group === undefined) groups.set(key, [value]);
  else group.push(value);
}
