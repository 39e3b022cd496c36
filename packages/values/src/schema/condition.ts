import { pathText, resolve, type JsonSchema } from './json-schema.ts';

/**
 * An `if` in words: "`pattern` is `single-replica`". Undefined when it says nothing that can be put in a short
 * sentence. `path` leads to the data it looks at; `negated` words the opposite, for an `else`.
 */
export function conditionText(
  root: JsonSchema,
  schema: unknown,
  { path, negated }: Pick<At, 'path' | 'negated'>,
): string | undefined {
  const parts = clauses(schema, { root, path, negated, depth: 0 });
  if (parts.length === 0 || parts.length > 3) return undefined;
  return parts.map(({ text }) => text).join(negated ? ' or ' : ' and ');
}

/** Where in a schema a clause is, and whether it is worded as its opposite. */
interface At {
  readonly root: JsonSchema;
  readonly path: readonly string[];
  readonly negated: boolean;
  readonly depth: number;
}

/** A part of a condition in words. */
interface Clause {
  readonly text: string;
  /** It says that a value is not set. */
  readonly unset: boolean;
}

function clauses(schema: unknown, at: At): readonly Clause[] {
  const { root, path, negated } = at;
  if (at.depth > 6) return [];
  const node = resolve(root, schema);
  const name = `\`${pathText(path)}\``;
  const own = clause(node, name, negated);
  if (own !== undefined) return [{ text: own, unset: false }];
  const deeper = { ...at, depth: at.depth + 1 };
  const inner = Object.entries(node.properties ?? {}).flatMap(([key, property]) =>
    clauses(property, { ...deeper, path: [...path, key] }),
  );
  const all = (node.allOf ?? []).flatMap((branch) => clauses(branch, deeper));
  const any = (node.anyOf ?? []).flatMap((branch) => clauses(branch, deeper));
  const not = node.not === undefined ? [] : clauses(node.not, { ...deeper, negated: !negated });
  const required = (node.required ?? [])
    .filter((key) => node.properties?.[key] === undefined)
    .map((key): Clause => ({ text: `\`${pathText([...path, key])}\` is ${negated ? 'not ' : ''}set`, unset: negated }));
  return [...inner, ...all, ...(any.length === 0 ? [] : [alternatives(any, negated)]), ...not, ...required];
}

/** "is `a` or is not set" says no more to a reader than "is `a`": that is what applies when it is not set. */
function alternatives(all: readonly Clause[], negated: boolean): Clause {
  const said = all.filter(({ unset }) => !unset);
  const told = said.length === 0 ? all : said;
  return { text: told.map(({ text }) => text).join(negated ? ' and ' : ' or '), unset: said.length === 0 };
}

function clause(node: JsonSchema, name: string, negated: boolean): string | undefined {
  const is = negated ? 'is not' : 'is';
  if (typeof node.const === 'boolean') return `${name} is ${String(node.const !== negated)}`;
  if ('const' in node) return `${name} ${is} \`${String(node.const)}\``;
  if (node.enum !== undefined) return `${name} ${is} ${node.enum.map((value) => `\`${String(value)}\``).join(' or ')}`;
  if (
    typeof node['minProperties'] === 'number' ||
    typeof node['minItems'] === 'number' ||
    typeof node['minLength'] === 'number'
  )
    return `${name} is ${negated ? 'empty' : 'not empty'}`;
  if (typeof node['minimum'] === 'number') return `${name} is ${negated ? 'below' : 'at least'} ${node['minimum']}`;
  if (typeof node['exclusiveMinimum'] === 'number')
    return `${name} is ${negated ? 'at most' : 'above'} ${node['exclusiveMinimum']}`;
  return undefined;
}
