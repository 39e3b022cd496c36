import { isMapping, type Values, valueAt } from '../mapping/merge.ts';

/**
 * Settings of a values file, and which of them were used. What nobody took at the end has no counterpart.
 */
export interface Settings {
  /** The value at a path, and every value below it, count as used. Undefined where it is absent or null. */
  readonly take: (path: string) => unknown;
  /** The value at a path, which does not count as used by that. */
  readonly peek: (path: string) => unknown;
  /** As {@link take}, for what counts as given only when it is not empty, zero or false: the `if` of a template. */
  readonly given: (path: string) => unknown;
  readonly text: (path: string) => string | undefined;
  readonly mapping: (path: string) => Values;
  readonly list: (path: string) => readonly unknown[];
  /** A number, or text that says one. */
  readonly number: (path: string) => number | undefined;
  /** What stands at a path below one that was used has no counterpart all the same. */
  readonly leave: (path: string, ...keys: readonly (string | number)[]) => void;
  /** Paths of the leaves that nobody used and that are not empty, in the order of the file. */
  readonly unused: () => readonly string[];
}

/** Settings of which nothing is used yet. */
export function settingsOf(values: Values): Settings {
  const used = new Set<string>();
  const left: (readonly string[])[] = [];
  const take = (path: string): unknown => {
    used.add(path);
    return valueAt(values, path.split('.')) ?? undefined;
  };
  /** What is of another kind is not used: it is named at the end. */
  const takeIf = <Kind>(path: string, isKind: (value: unknown) => value is Kind): Kind | undefined => {
    const value = valueAt(values, path.split('.')) ?? undefined;
    if (isKind(value) || isEmpty(value)) used.add(path);
    return isKind(value) ? value : undefined;
  };
  const given = (path: string): unknown => {
    const value = take(path);
    return isEmpty(value) ? undefined : value;
  };
  return {
    take,
    peek: (path) => valueAt(values, path.split('.')) ?? undefined,
    given,
    text: (path) => {
      const value = takeIf(path, isText);
      return isEmpty(value) ? undefined : String(value);
    },
    number: (path) => {
      const value = takeIf(path, isNumeric);
      return isEmpty(value) ? undefined : Number(value);
    },
    mapping: (path) => takeIf(path, isMapping) ?? {},
    list: (path) => takeIf(path, isList) ?? [],
    leave: (path, ...keys) => void left.push([...path.split('.'), ...keys.map(String)]),
    unused: () => [
      ...leaves(values, [], used),
      ...left.filter((path) => !isEmpty(valueAt(values, path))).map((path) => path.join('.')),
    ],
  };
}

function isText(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number';
}

function isNumeric(value: unknown): value is string | number {
  return isText(value) && value !== '' && Number.isFinite(Number(value));
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
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

/** The mapping of names to texts at a path. */
export function textValues(settings: Settings, path: string): Values {
  return Object.fromEntries(
    Object.entries(settings.mapping(path)).flatMap(([key, value]) => {
      if (value === null || value === undefined) return [];
      if (typeof value !== 'object') return [[key, String(value)]];
      settings.leave(path, key);
      return [];
    }),
  );
}
