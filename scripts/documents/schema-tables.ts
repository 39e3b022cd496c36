import { code } from './markdown.ts';

/** The parts of JSON Schema that the pages of values and configuration show. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly definitions?: Readonly<Record<string, Schema>>;
}

/** The default of a key, as text; empty where there is none. */
type DefaultOf = (path: string) => string;

/** A schema without references, under what the place itself says. */
export function resolve(schema: Schema, root_: Schema): Schema {
  if (schema.$ref === undefined) return schema;
  const { $ref, ...own } = schema;
  return { ...resolve(root_.definitions?.[$ref.replace('#/definitions/', '')] ?? {}, root_), ...own };
}

const nameOf = ({ $ref }: Schema): string | undefined => $ref;

/** What stays the same over the rows of one page. */
export interface Page {
  readonly root: Schema;
  readonly defaultOf: DefaultOf;
  /** Where the keys of a definition are written out: the path, by name of the definition. */
  readonly shared: Map<string, string>;
}

/** The row of a key and those below it. What a definition holds is written once; later uses refer to that place. */
export function rowsOf(path: string, schema: Schema, page: Page, open: readonly string[] = []): string[][] {
  const { root: root_, shared } = page;
  const resolved = resolve(schema, root_);
  const name = nameOf(schema);
  const children = childrenOf(resolved);
  const before = name === undefined ? undefined : shared.get(name);
  const row = (more: string): string[] => [
    code(path),
    typeOf(schema, root_),
    page.defaultOf(path) || (resolved.default === undefined ? '' : code(JSON.stringify(resolved.default))),
    `${sentence(resolved.description ?? '')}${more}`,
  ];
  if (children.length > 0 && name !== undefined && before !== undefined) return [row(` Keys as in ${code(before)}.`)];
  if (children.length > 0 && name !== undefined) {
    if (open.includes(name)) return [row('')];
    shared.set(name, path);
  }
  const below = children.flatMap(([key, child]) =>
    rowsOf(path + key, child, page, name === undefined ? open : [...open, name]),
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
  if (resolved.enum !== undefined)
    return resolved.enum
      .filter((value) => value !== null)
      .map((value) => code(value === '' ? '""' : String(value)))
      .join(', ');
  if (resolved.const !== undefined) return code(JSON.stringify(resolved.const));
  const types = typeof resolved.type === 'string' ? [resolved.type] : (resolved.type ?? []);
  const words: Readonly<Record<string, string>> = {
    object: 'mapping',
    array: 'list',
    string: 'text',
    integer: 'whole number',
    number: 'number',
    boolean: 'true or false',
  };
  const { minimum, maximum } = resolved;
  const limits = maximum === undefined ? `, at least ${minimum}` : `, ${minimum} to ${maximum}`;
  const range = minimum === undefined ? '' : limits;
  return `${types
    .filter((type) => type !== 'null')
    .map((type) => words[type] ?? type)
    .join(' or ')}${range}`;
}

/** Text that ends as a sentence does. */
export function sentence(text: string): string {
  return text === '' || /[.!?]$/.test(text) ? text : `${text}.`;
}
