import { YAML } from 'zx';
import { isJsonObject, type JsonObject } from '../../packages/helm/src/objects/kubernetes-object.ts';

/** A JSON schema, as far as comments are made of it. */
type Schema = JsonObject;

const width = 120;

/** helm reads YAML 1.1, where Off is false and 0o7 no number: what it would take for something else is quoted. */
/** zx types the first argument only. */
const stringify = YAML.stringify as (value: unknown, options: object) => string;
const style = { lineWidth: 0, compat: 'yaml-1.1', aliasDuplicateObjects: false } as const;

/**
 * The text of values.yaml: every default in the order of the schema, its description above it, and below an empty map
 * or list the shape of its entries, from the schema's examples. A key without a default is there as a comment. Pure:
 * the same data gives the same text, so the file may be made from what it holds itself.
 */
export function valuesText(
  defaults: JsonObject,
  schema: Schema,
  groups: readonly { readonly title: string; readonly keys: readonly string[] }[],
): string {
  const properties = mapOf(schema.properties);
  const sections = groups.map(({ title, keys }) =>
    [
      `# ${'-'.repeat(3)} ${title} ${'-'.repeat(width - title.length - 7)}`,
      '',
      ...keys.flatMap((key) => [...entry(key, properties[key], { defaults, root: schema, indent: '' }), '']),
    ].join('\n'),
  );
  return `${header}\n${sections.join('\n').trimEnd()}\n`;
}

const header = `# Values of the micro-integrator chart. The comments are made from values.schema.json, which most editors read too:
# yaml-language-server: $schema=values.schema.json
#
# A line with "#" and no space after it is a key without a default, or an example for the map or list above it. To use it, remove
# the "#" (and the {} or [] above it).
# A workload inherits workloadDefaults and overrides any of it: maps are merged, lists are replaced, null removes an entry.
# Of alternatives, such as tag and digest or minAvailable and maxUnavailable, the one that the workload sets takes effect.
`;

/** Where a key is: in which defaults, of which schema, how far to the right. */
interface At {
  readonly defaults: JsonObject;
  readonly root: Schema;
  readonly indent: string;
}

/** Lines of one key. */
function entry(key: string, node: unknown, { defaults, root, indent }: At): string[] {
  const schema = followed(node, root);
  const about = comment(describe(schema), indent);
  if (!Object.hasOwn(defaults, key)) return [...about, ...commented(written(key, shapeOf(schema, root)), indent)];
  const value = defaults[key];
  const inner = mapOf(schema.properties);
  if (isJsonObject(value) && Object.keys(inner).length > 0 && !(isEmpty(value) && hasExample(schema))) {
    const opening = `${indent}${key}:${isEmpty(value) ? ' {}' : ''}`;
    return [
      ...about,
      opening,
      ...Object.keys(inner).flatMap((name) =>
        entry(name, inner[name], { defaults: value, root, indent: `${indent}  ` }),
      ),
    ];
  }
  const example = isEmpty(value) ? exampleOf(schema) : undefined;
  return [
    ...about,
    ...written(key, value).map((line) => `${indent}${line}`),
    ...(example === undefined ? [] : commented(lines(example), `${indent}  `)),
  ];
}

function describe(schema: Schema): string {
  const text = typeof schema.description === 'string' ? schema.description : '';
  const choices = Array.isArray(schema.enum) ? schema.enum.filter((each) => each !== null).map(String) : [];
  const missing = choices.some((choice) => !text.includes(choice));
  return missing ? `${text} One of ${choices.map(asYaml).join(', ')}.` : text;
}

/** A choice as it has to stand in a file: helm reads words such as off as truth values (YAML 1.1). */
function asYaml(choice: string): string {
  return choice === '' || /^(y|n|yes|no|on|off|true|false)$/i.test(choice) ? `"${choice}"` : choice;
}

function comment(text: string, indent: string): string[] {
  const full: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter(Boolean)) {
    if (line !== '' && `${indent}# ${line} ${word}`.length > width) {
      full.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...full, ...(line === '' ? [] : [line])].map((found) => `${indent}# ${found}`);
}

const commented = (text: readonly string[], indent: string): string[] => text.map((line) => `${indent}#${line}`);

/** `key: value`, in one line where it is short, else as a block. */
function written(key: string, value: unknown): string[] {
  const short = stringify({ [key]: value }, { ...style, collectionStyle: 'flow' })
    .trim()
    .replace(/^\{ ?|\s?\}$/g, '');
  if (!isJsonObject(value) && !Array.isArray(value)) return [stringify({ [key]: value }, style).trim()];
  return isEmpty(value) || (Array.isArray(value) && short.length < 90) ? [short] : lines({ [key]: value });
}

const lines = (value: unknown): string[] => stringify(value, style).trimEnd().split('\n');

/** What a key without a default may look like: its example, the first choice, else an empty value of its type. */
function shapeOf(schema: Schema, root: Schema): unknown {
  if (hasExample(schema)) return exampleOf(schema);
  if (Array.isArray(schema.enum)) return schema.enum[0];
  const inner = mapOf(schema.properties);
  if (Object.keys(inner).length > 0)
    return Object.fromEntries(Object.entries(inner).map(([key, node]) => [key, shapeOf(followed(node, root), root)]));
  const [type] = [schema.type].flat();
  if (type === 'object') return {};
  if (type === 'array') return [];
  if (type === 'boolean') return true;
  if (type === 'integer' || type === 'number') return schema.minimum ?? 0;
  return '';
}

const hasExample = (schema: Schema): boolean => Array.isArray(schema.examples) && schema.examples.length > 0;
const exampleOf = (schema: Schema): unknown => (Array.isArray(schema.examples) ? schema.examples[0] : undefined);

/** The schema that a $ref leads to, under what the place itself says. */
function followed(node: unknown, root: Schema): Schema {
  const schema = mapOf(node);
  if (typeof schema.$ref === 'string') {
    const { $ref, ...own } = schema;
    const target = $ref
      .replace(/^#\//, '')
      .split('/')
      .reduce<unknown>((current, key) => mapOf(current)[key], root);
    return { ...followed(target, root), ...own };
  }
  return schema;
}

const mapOf = (value: unknown): JsonObject => (isJsonObject(value) ? value : {});
const isEmpty = (value: unknown): boolean =>
  Array.isArray(value) ? value.length === 0 : isJsonObject(value) && Object.keys(value).length === 0;
