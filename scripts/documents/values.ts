import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { YAML } from 'zx';
import { code, generatedNote, markdownTable } from './markdown.ts';
import { resolve, rowsOf, type Schema, sentence } from './schema-tables.ts';

const root = join(import.meta.dirname, '../..');

// Read from the source: the generated copy in packages/values is one run behind while `npm run generate` writes it.
const chartDefaults: unknown = YAML.parse(readFileSync(join(root, 'charts/micro-integrator/values.yaml'), 'utf8'));

const wholeSchema = JSON.parse(
  readFileSync(join(root, 'charts/micro-integrator/values.schema.json'), 'utf8'),
) as Schema;

/**
 * The table of each top-level key: all keys below it with type, default and meaning. What several have in common is
 * listed where it comes first, and under workloadDefaults before workloads, since the defaults are there.
 */
export function valueTables(): ReadonlyMap<string, string> {
  const keys = Object.entries(wholeSchema.properties ?? {});
  const first = keys.filter(([key]) => key === 'workloadDefaults' || key === 'service');
  const page = { root: wholeSchema, defaultOf, shared: new Map<string, string>() };
  return new Map(
    [...first, ...keys.filter((entry) => !first.includes(entry))].map(([key, value]) => [
      key,
      markdownTable(['Key', 'Type', 'Default', 'Meaning'], rowsOf(key, value, page)),
    ]),
  );
}

/** docs/values.md: every key of the chart's values with type, default and meaning, from its schema. */
export function valuesPage(): string {
  const tables = valueTables();
  const sections = Object.entries(wholeSchema.properties ?? {}).map(([key, value]) => {
    const resolved = resolve(value, wholeSchema);
    return `## ${key}\n\n${sentence(value.description ?? resolved.description ?? '')}\n\n${tables.get(key)}\n`;
  });
  return `${generatedNote('charts/micro-integrator/values.schema.json')}
# Values of the chart

A workload inherits \`workloadDefaults\` and may override anything in it; \`null\` removes an entry of a map. Keys that are not
listed here are refused. \`mi-patterns validate FILE\` finds every fault of a values file with its line; editors do the same with
the line \`# yaml-language-server: $schema=…\` that generated files carry.

${sections.join('\n')}`;
}

function defaultOf(path: string): string {
  let value: unknown = chartDefaults;
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return '';
    value = (value as Readonly<Record<string, unknown>>)[key];
  }
  const text = JSON.stringify(value);
  return typeof value === 'object' && value !== null && text.length > 40 ? '' : code(text);
}
