/** What a table of TOML is as data. */
export type Table = Record<string, unknown>;

/**
 * What Jinja's `if` makes of a value: every text is true that is not empty or the word "false", which MI reads as one.
 */
export function truthy(value: unknown): unknown {
  if (truth(value) === 'unknown') return value;
  return typeof value === 'string' ? value !== '' && value.toLowerCase() !== 'false' : Boolean(value);
}

/**
 * Jinja compares with `true`; a text `"true"` is taken for it too. A placeholder cannot be known before the server
 * starts.
 */
export function truth(value: unknown): 'yes' | 'no' | 'unknown' {
  if (value === true || (typeof value === 'string' && value.toLowerCase() === 'true')) return 'yes';
  return typeof value === 'string' && /\$(env|sys|secret|ref)\s*\{|\{\{/.test(value) ? 'unknown' : 'no';
}

/** A whole number, also one that is written as text; undefined for everything else. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number' && Number.isInteger(value)) return value;
  return typeof value === 'string' && /^\s*-?\d{1,5}\s*$/.test(value) ? Number(value) : undefined;
}

/** Whether a value is neither a date, a list nor a table. */
export function isPlain(value: unknown): value is string | number | bigint | boolean {
  return ['string', 'number', 'bigint', 'boolean'].includes(typeof value);
}

/** A table; empty for everything else. */
export function table(value: unknown): Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Table) : {};
}

/** An array of tables; empty for everything else. */
export function tables(value: unknown): Table[] {
  return Array.isArray(value) ? value.map(table) : [];
}

/** The value below tables of these names; undefined where one of them is missing. */
export function get(value: unknown, ...keys: string[]): unknown {
  return keys.reduce<unknown>((inner, key) => table(inner)[key], value);
}

/** A value as a sentence shows it. */
export function show(value: unknown): string {
  if (typeof value === 'string') return `"${value}"`;
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'a table' : String(value);
}
