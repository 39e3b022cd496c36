import { isMapping } from '../mapping/merge.ts';
import { formOf } from './forms.ts';
import type { JsonSchema } from './json-schema.ts';

/** "`a`, `b` or `c`". */
export function list(words: readonly string[], conjunction: 'and' | 'or'): string {
  const quoted = words.map((word) => (word === '' ? '""' : `\`${word}\``));
  return quoted.length < 2
    ? (quoted[0] ?? '')
    : `${quoted.slice(0, -1).join(', ')} ${conjunction} ${quoted.at(-1) ?? ''}`;
}

/** What was given, in words; `written` is the scalar as it stands in the file. */
export function givenText(value: unknown, written?: string): string {
  if (value === null || value === undefined) return 'empty';
  if (typeof value === 'string') return value === '' ? 'an empty text' : `the text \`${shorten(value)}\``;
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list of ${value.length}`;
  if (isMapping(value)) {
    const keys = Object.keys(value);
    return keys.length === 0
      ? 'an empty mapping'
      : `a mapping (${list(keys.slice(0, 3), 'and')}${keys.length > 3 ? ', …' : ''})`;
  }
  const text = String(value);
  const asWritten = written === undefined || written === text ? '' : ` (written \`${shorten(written)}\`)`;
  return `${typeof value === 'number' ? 'the number ' : ''}${text}${asWritten}`;
}

function shorten(text: string): string {
  const line = text.replace(/(?<!\s)\s*\n\s*/g, ' ↵ ');
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}

const typeWords: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  object: 'a mapping',
  array: 'a list',
  null: 'empty',
};

function typesOf(schema: JsonSchema): readonly string[] {
  const { type = [] } = schema;
  return typeof type === 'string' ? [type] : type;
}

/** What any of the schemas takes: "text or a mapping with `secretKeyRef`". */
export function expectedText(schemas: readonly JsonSchema[]): string {
  const words = schemas.flatMap((schema) =>
    typesOf(schema).map((type) => {
      const keys = type === 'object' ? (schema.required ?? Object.keys(schema.properties ?? {}).slice(0, 4)) : [];
      const values = type === 'string' && schema.enum !== undefined ? schema.enum.map(String) : [];
      if (values.length > 0) return list(values, 'or');
      return keys.length === 0 || (schemas.length === 1 && typesOf(schema).length === 1)
        ? (typeWords[type] ?? type)
        : `a mapping with ${list(keys, schema.required === undefined ? 'or' : 'and')}`;
    }),
  );
  const unique = [...new Set(words)].filter((word) => word !== 'empty' || words.length === 1);
  return unique.length < 2
    ? (unique[0] ?? 'something else')
    : `${unique.slice(0, -1).join(', ')} or ${unique.at(-1) ?? ''}`;
}

/** The first key of a mapping that takes text. */
function textKeyOf(schemas: readonly JsonSchema[]): string | undefined {
  return schemas
    .flatMap(({ properties }) => Object.entries(properties ?? {}))
    .find(([, inner]) => typeof inner === 'object' && typesOf(inner).includes('string'))?.[0];
}

/** What is known of a value of the wrong type. */
interface Mistyped {
  /** Types that it may have, without `null`. */
  readonly types: ReadonlySet<string>;
  readonly schemas: readonly JsonSchema[];
  /** How a line of it begins: its key, or nothing in a list. */
  readonly label: string;
  /** As it stands in the file, where that is known. */
  readonly written: string | undefined;
}

/** How to write what was given so that it has the right type; undefined when that cannot be guessed. */
export function typeHint(
  key: string,
  schemas: readonly JsonSchema[],
  value: unknown,
  written: string | undefined,
): string | undefined {
  const all = new Set(schemas.flatMap(typesOf));
  const types = new Set([...all].filter((type) => type !== 'null'));
  const label = /^\d*$/.test(key) ? '' : `${key}: `;
  const mistyped: Mistyped = { types, schemas, label, written };
  return hintByValue(mistyped, value, all.has('null')) ?? hintByType(mistyped, value);
}

function hintByValue(mistyped: Mistyped, value: unknown, mayBeNull: boolean): string | undefined {
  if (typeof value === 'string') return hintForText(mistyped, value);
  if (typeof value === 'number' || typeof value === 'boolean') return hintForScalar(mistyped, value);
  const { types, label } = mistyped;
  if (value === null || value === undefined) {
    if (types.has('object')) return `Write \`${label}{}\`, or put keys under it.`;
    return mayBeNull ? undefined : 'Give it a value, or remove the key.';
  }
  if (Array.isArray(value))
    return isMappingOnly(types) ? 'Write a mapping (`name: …`) instead of a list (`- …`).' : undefined;
  return types.has('array') ? 'Write a list (`- …`) instead of a mapping.' : undefined;
}

function isMappingOnly(types: ReadonlySet<string>): boolean {
  return types.has('object') && types.size === 1;
}

function hintForScalar({ types, schemas, label, written }: Mistyped, value: number | boolean): string | undefined {
  if (!types.has('string')) return undefined;
  const text = written ?? String(value);
  const forms = schemas.filter((schema) => typesOf(schema).includes('string'));
  const misfit = forms.every(({ pattern }) => pattern !== undefined && !new RegExp(pattern, 'u').test(text))
    ? forms[0]?.pattern
    : undefined;
  if (misfit === undefined) return `Put it in quotes: \`${label}"${text}"\`.`;
  const example = schemas
    .flatMap((schema) => (Array.isArray(schema['examples']) ? schema['examples'] : []))
    .find((each) => typeof each === 'string');
  return example === undefined ? formOf(misfit).hint : `Write text, for example \`${label}${example}\`.`;
}

function hintForText({ types, schemas, label }: Mistyped, value: string): string | undefined {
  const bare = value.trim();
  if (types.has('boolean') && /^(true|yes|on|y)$/i.test(bare)) return `Write \`${label}true\`, without quotes.`;
  if (types.has('boolean') && /^(false|no|off|n)$/i.test(bare)) return `Write \`${label}false\`, without quotes.`;
  if ((types.has('integer') || types.has('number')) && /^-?\d+(\.\d+)?$/.test(bare))
    return `Write \`${label}${bare}\`, without quotes.`;
  if (types.has('array')) return `Write a list: \`${label}[${value}]\`.`;
  const firstKey = textKeyOf(schemas);
  return isMappingOnly(types) && firstKey !== undefined
    ? `Write a mapping, for example \`${label}{${firstKey}: ${value}}\`.`
    : undefined;
}

function hintByType({ types, label }: Mistyped, value: unknown): string | undefined {
  if (types.has('integer') && typeof value === 'number')
    return `Write a whole number, for example \`${label}${Math.max(1, Math.round(value))}\`.`;
  return (types.has('integer') || types.has('number')) && !types.has('string')
    ? `Write a number, for example \`${label}2\`.`
    : undefined;
}
