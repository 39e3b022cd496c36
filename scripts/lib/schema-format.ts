import type { JsonObject } from '../../packages/helm/src/index.ts';

/**
 * The text of a JSON schema: a line for each value of the release and for each property of a definition, and no blank that a
 * reader of JSON does not need. The schema is in the Secret of every release, so its size counts.
 */
export function formatSchema(schema: JsonObject): string {
  return `${written(schema, 0)}\n`;
}

/** Maps whose entries have a line each, down to the second of them. */
const broken = new Set(['properties', 'definitions']);

function written(value: unknown, level: number): string {
  if (Array.isArray(value)) return `[${value.map((item) => written(item, 2)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(([key, inner]) => {
    const text = broken.has(key) && level < 2 ? ownLines(inner as JsonObject, level + 1) : written(inner, level);
    return `${JSON.stringify(key)}:${text}`;
  });
  return level === 0 ? `{\n${entries.join(',\n')}\n}` : `{${entries.join(',')}}`;
}

function ownLines(map: JsonObject, level: number): string {
  return `{\n${Object.entries(map)
    .map(([key, inner]) => `${' '.repeat(level)}${JSON.stringify(key)}:${written(inner, level)}`)
    .join(',\n')}}`;
}
