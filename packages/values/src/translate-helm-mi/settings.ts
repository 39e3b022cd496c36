import { isMapping, type Values, valueAt } from '../merge.ts';

/**
 * Settings of a values file, and which of them were used. What nobody took at the end has no counterpart.
 */
export interface Settings {
  /** The value at a path, and every value below it, count as used. Undefined where it is absent or null. */
  readonly take: (path: string) => unknown;
  /** As {@link take}, for what counts as given only when it is not empty, zero or false: the `if` of a template. */
  readonly given: (path: string) => unknown;
  readonly text: (path: string) => string | undefined;
  readonly mapping: (path: string) => Values;
  readonly list: (path: string) => readonly unknown[];
  /** Paths of the leaves that nobody used and that are not empty, in the order of the file. */
  readonly unused: () => readonly string[];
}

export function settingsOf(values: Values): Settings {
  const used = new Set<string>();
  const take = (path: string): unknown => {
    used.add(path);
    return valueAt(values, path.split('.')) ?? undefined;
  };
  const given = (path: string): unknown => {
    const value = take(path);
    return isEmpty(value) ? undefined : value;
  };
  return {
    take,
    given,
    text: (path) => {
      const value = given(path);
      return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
    },
    mapping: (path) => {
      const value = take(path);
      return isMapping(value) ? value : {};
    },
    list: (path) => {
      const value = take(path);
      return Array.isArray(value) ? value : [];
    },
    unused: () => leaves(values, [], used),
  };
}

/** What the `if` of a template takes for false. */
export function isEmpty(value: unknown): boolean {
  return (
    value === undefined ||
    value === null ||
    value === '' ||
    value === false ||
    value === 0 ||
    (Array.isArray(value) && value.length === 0) ||
    (isMapping(value) && Object.keys(value).length === 0)
  );
}

function leaves(value: unknown, path: readonly string[], used: ReadonlySet<string>): string[] {
  if (used.has(path.join('.')) || isEmpty(value)) return [];
  if (!isMapping(value))
    return Array.isArray(value) && value.every((entry) => isMapping(entry) && Object.values(entry).every(isEmpty))
      ? []
      : [path.join('.')];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, [...path, key], used));
}
