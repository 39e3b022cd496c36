import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { YAML } from 'zx';
import { code, generatedNote, markdownTable } from './markdown.ts';

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly definitions?: Readonly<Record<string, Schema>>;
}

const root = join(import.meta.dirname, '../..');

// Read from the source: the generated copy in packages/values is one run behind while `npm run generate` writes it.
const chartDefaults: unknown = YAML.parse(readFileSync(join(root, 'charts/micro-integrator/values.yaml'), 'utf8'));

/** docs/values.md: every key of the chart's values with type, default and meaning, from its schema. */
export function valuesPage(): string {
  const schema = JSON.parse(readFileSync(join(root, 'charts/micro-integrator/values.schema.json'), 'utf8')) as Schema;
  const keys = Object.entries(schema.properties ?? {});
  const shared = new Map<string, string>();
  const sections = keys.map(([key, value]) => {
    const resolved = resolve(value, schema);
    const rows = rowsOf(key, value, schema, [], shared);
    return `## ${key}\n\n${sentence(value.description ?? resolved.description ?? '')}\n\n${markdownTable(['Key', 'Type', 'Default', 'Meaning'], rows)}\n`;
  });
  return `${generatedNote('charts/micro-integrator/values.schema.json')}
# Values of the chart

A workload inherits \`workloadDefaults\` and may override anything in it; \`null\` removes an entry of a map. Keys that are not
listed here are refused. \`mi-patterns validate FILE\` finds every fault of a values file with its line; editors do the same with
the line \`# yaml-language-server: $schema=…\` that generated files carry.

${sections.join('\n')}`;
}

function resolve(schema: Schema, root_: Schema): Schema {
  const notNull = (branches: readonly Schema[] | undefined): Schema | undefined => {
    const rest = branches?.filter(({ type }) => type !== 'null') ?? [];
    return rest.length === 1 ? rest[0] : undefined;
  };
  if (schema.$ref !== undefined)
    return {
      ...resolve(root_.definitions?.[schema.$ref.replace('#/definitions/', '')] ?? {}, root_),
      ...(schema.description === undefined ? {} : { description: schema.description }),
    };
  const only = schema.properties === undefined ? notNull(schema.anyOf ?? schema.oneOf) : undefined;
  return only === undefined
    ? schema
    : { ...resolve(only, root_), ...(schema.description === undefined ? {} : { description: schema.description }) };
}

const nameOf = (schema: Schema): string | undefined =>
  schema.$ref ?? schema.anyOf?.find(({ $ref }) => $ref !== undefined)?.$ref;

/** The row of a key and those below it. What a definition holds is written once; later uses refer to that place. */
function rowsOf(
  path: string,
  schema: Schema,
  root_: Schema,
  open: readonly string[],
  shared: Map<string, string>,
): string[][] {
  const resolved = resolve(schema, root_);
  const name = nameOf(schema);
  const children = childrenOf(resolved);
  const before = name === undefined ? undefined : shared.get(name);
  const row = (more: string): string[] => [
    code(path),
    typeOf(schema, root_),
    defaultOf(path),
    `${sentence(resolved.description ?? '')}${more}`,
  ];
  if (children.length > 0 && name !== undefined && before !== undefined) return [row(` Keys as in ${code(before)}.`)];
  if (children.length > 0 && name !== undefined) {
    if (open.includes(name)) return [row('')];
    shared.set(name, path);
  }
  const below = children.flatMap(([key, child]) =>
    rowsOf(path + key, child, root_, name === undefined ? open : [...open, name], shared),
  );
  return [row(''), ...below];
}

/** Keys of a mapping, `.<name>` for a map with free keys, `[]` for the items of a list. */
function childrenOf(schema: Schema): (readonly [string, Schema])[] {
  const named = Object.entries(schema.properties ?? {}).map(([key, value]) => [`.${key}`, value] as const);
  const free = Object.values(schema.patternProperties ?? {}).map((value) => ['.<name>', value] as const);
  const more =
    typeof schema.additionalProperties === 'object' && hasShape(schema.additionalProperties)
      ? [['.<name>', schema.additionalProperties] as const]
      : [];
  const items = schema.items !== undefined && hasShape(schema.items) ? [['[]', schema.items] as const] : [];
  return [...named, ...free, ...more, ...items];
}

function hasShape(schema: Schema): boolean {
  return schema.properties !== undefined || nameOf(schema) !== undefined || schema.patternProperties !== undefined;
}

function typeOf(schema: Schema, root_: Schema): string {
  const resolved = resolve(schema, root_);
  if (resolved.enum !== undefined) return resolved.enum.map((value) => code(String(value))).join(', ');
  if (resolved.const !== undefined) return code(JSON.stringify(resolved.const));
  const branches = resolved.anyOf ?? resolved.oneOf;
  if (resolved.type === undefined && branches !== undefined)
    return [...new Set(branches.map((branch) => typeOf(branch, root_)))]
      .filter((type) => type !== '' && type !== 'null')
      .join(' or ');
  const types = typeof resolved.type === 'string' ? [resolved.type] : (resolved.type ?? []);
  const words: Readonly<Record<string, string>> = {
    object: 'mapping',
    array: 'list',
    string: 'text',
    integer: 'whole number',
    number: 'number',
    boolean: 'true or false',
  };
  const range =
    resolved.minimum === undefined
      ? ''
      : resolved.maximum === undefined
        ? `, at least ${resolved.minimum}`
        : `, ${resolved.minimum} to ${resolved.maximum}`;
  return `${types
    .filter((type) => type !== 'null')
    .map((type) => words[type] ?? type)
    .join(' or ')}${range}`;
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

function sentence(text: string): string {
  return text === '' || /[.!?]$/.test(text) ? text : `${text}.`;
}
