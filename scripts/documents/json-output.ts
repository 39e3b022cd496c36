import { jsonFormatVersion } from '../../packages/cli/src/output/json.ts';
import { jsonSchemas } from './json-schemas.ts';
import { code, generatedNote, markdownTable } from './markdown.ts';

interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly const?: string | number;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly additionalProperties?: boolean | Schema;
  readonly oneOf?: readonly Schema[];
  readonly $defs?: Readonly<Record<string, Schema>>;
}

/** docs/json-output.md: every document of `--json`, field by field. */
export function jsonOutputPage(): string {
  const definitions = new Map<string, Schema>();
  const sections = Object.entries(jsonSchemas).map(([name, { when, schema }]) => {
    const body = schema as Schema;
    for (const [definition, value] of Object.entries(body.$defs ?? {})) definitions.set(definition, value);
    return `## ${name}\n\n${when} Schema: [${name}.schema.json](json/${name}.schema.json).\n\n${fieldTable(body)}\n`;
  });
  const shared = [...definitions]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, schema]) => `### ${name}\n\n${schema.description ?? ''}\n\n${fieldTable(schema)}\n`);
  return `${generatedNote('scripts/documents/json-schemas.ts')}
# JSON documents

With \`--json\` each command prints one JSON document on stdout. Its first field is
\`formatVersion\`, ${jsonFormatVersion} today. While it stays the same, fields are only added and keep their meaning; removing a field or
changing its meaning raises it, with a note in the release. The same input gives the same bytes: lists are sorted, and only the
documents about a cluster (\`audit\`, \`diff\`, \`rollout\`, \`status\`, \`rollback\`) contain dates. A field marked \`?\` may be missing.

${sections.join('\n')}
## Parts that several documents share

${shared.join('\n')}`;
}

function fieldTable(schema: Schema): string {
  return markdownTable(['Field', 'Type', 'Meaning'], rows(schema, ''));
}

function rows(schema: Schema, path: string): string[][] {
  const forms = merged((schema.oneOf ?? []).flatMap((form) => rows(form, path)));
  const fields = Object.entries(schema.properties ?? {}).flatMap(([key, field]) => {
    const own = `${path}${key}`;
    const optional = schema.required?.includes(key) === true ? '' : '?';
    const entries = field.items?.properties === undefined ? [] : rows(field.items, `${own}[].`);
    const inner = field.properties === undefined ? entries : rows(field, `${own}.`);
    const branches = (field.oneOf ?? []).flatMap((branch) => rows(branch, `${own}.`));
    return [[code(own + optional), typeOf(field), field.description ?? ''], ...inner, ...merged(branches)];
  });
  return [...fields, ...forms];
}

/** Fields of several forms of one mapping, each once. */
function merged(all: readonly string[][]): string[][] {
  const byField = new Map<string, string[]>();
  for (const row of all) {
    const [field = '', type = '', meaning = ''] = row;
    const before = byField.get(field);
    if (before === undefined) byField.set(field, [field, type, meaning]);
    else if (!before[1]?.includes(type)) before[1] = `${before[1]}, ${type}`;
  }
  return [...byField.values()];
}

function typeOf(schema: Schema): string {
  if (schema.$ref !== undefined) return reference(schema.$ref);
  if (schema.enum !== undefined) return schema.enum.map(code).join(', ');
  if (schema.const !== undefined) return code(String(schema.const));
  if (schema.type === 'array') {
    const entries = schema.items?.type === 'string' ? 'texts' : 'mappings';
    return `list of ${schema.items?.$ref === undefined ? entries : reference(schema.items.$ref)}`;
  }
  if (schema.type === 'object' && typeof schema.additionalProperties === 'object')
    return `mapping to ${typeOf(schema.additionalProperties)}`;
  const words: Readonly<Record<string, string>> = {
    string: 'text',
    integer: 'number',
    boolean: 'true or false',
    object: 'mapping',
  };
  return words[schema.type ?? 'object'] ?? 'mapping';
}

function reference(pointer: string): string {
  const name = pointer.replace('#/$defs/', '');
  return `[${name}](#${name.toLowerCase()})`;
}
