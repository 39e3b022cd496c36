import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findTool, parseManifest, run } from '@mi-patterns/helm';
import {
  array,
  boolean,
  constant,
  constantFrom,
  dictionary,
  double,
  integer,
  oneof,
  sample,
  string,
  type Arbitrary,
} from 'fast-check';
import { chart } from '../support/places.ts';

/** Data as YAML has it, on its way into a deployment.toml. */
export type Data = string | number | boolean | null | readonly Data[] | { readonly [key: string]: Data };
export type Document = Readonly<Record<string, Data>>;

const awkwardKeys = [
  'a',
  'b_c',
  'd-e',
  '1',
  'synapse.debugger',
  'with space',
  'quote"s',
  'back\\slash',
  'ünïcode',
  '😀',
  'x.y.z',
  'true',
  '',
  "'q'",
  'tab\t',
  '[x]',
  '#h',
  'line\nbreak',
];
const awkwardTexts = [
  '',
  'multi\nline\n',
  'a\r\nb',
  'tab\tq"uote\\ back',
  '$env{DB}',
  '$secret{a.b}',
  'é😀\u0085\u007f\ufeff',
  "<a>&amp;'",
  '\u2028',
  ' lead',
  'trail ',
  "'''",
  '"""',
  '# no',
  '\u0001\u001f',
  '10',
  'true',
  '1e5',
  '{{ .Values }}',
  '1979-05-27T07:32:00Z',
];
const awkwardNumbers = [
  0,
  1,
  -1,
  10,
  2_147_483_647,
  2_147_483_648,
  -2_147_483_648,
  1_000_000_000_000,
  Number.MAX_SAFE_INTEGER,
  Number.MIN_SAFE_INTEGER,
  0.5,
  -1.25,
  1e-7,
  2.5e-3,
  1.5e10 + 0.5,
  1.5e300,
];

const key = oneof({ arbitrary: constantFrom(...awkwardKeys), weight: 3 }, string({ unit: 'grapheme', maxLength: 6 }));
const text = oneof(constantFrom(...awkwardTexts), string({ unit: 'grapheme', maxLength: 12 }));
const number = oneof(
  constantFrom(...awkwardNumbers),
  integer(),
  integer({ min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER }),
  // Whole numbers of more digits than a float keeps are refused.
  double({ noNaN: true, noDefaultInfinity: true }).filter(
    (value) => Number.isSafeInteger(value) || !/^-?\d+$/.test(String(value)),
  ),
);
const scalar: Arbitrary<Data> = oneof(
  { arbitrary: text, weight: 4 },
  { arbitrary: number, weight: 4 },
  { arbitrary: boolean(), weight: 2 },
  { arbitrary: constant(null), weight: 1 },
);

/** Tables, arrays of tables and arrays of anything, as deep as MI's own files go and one further. */
function data(depth: number): Arbitrary<Data> {
  if (depth === 0) return scalar;
  const inner = data(depth - 1);
  const table = dictionary(key, inner, { maxKeys: 4 });
  return oneof(
    { arbitrary: scalar, weight: 4 },
    { arbitrary: table, weight: 3 },
    { arbitrary: array(table, { maxLength: 3 }), weight: 2 },
    { arbitrary: array(inner, { maxLength: 3 }), weight: 1 },
  );
}
const anyDocument = dictionary(key, data(4), { maxKeys: 5 }).map((document) => readable(document, false) as Document);

/** That many documents; the same ones for one seed. */
export const documentsOf = (count: number, seed: number): readonly Document[] =>
  sample(anyDocument, { numRuns: count, seed });

/** Type of a value as TOML has it. */
function typeOf(value: Data): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'number' ? (isInteger(value) ? 'integer' : 'float') : typeof value;
}

const isInteger = (value: number): boolean => Number.isInteger(value) && Math.abs(value) < 9.2e18;

/**
 * Without what MI's parser takes in no form, which the chart refuses: a list keeps the values of one type, and neither
 * a list of lists nor a table in one, which is written in one line, has an empty list.
 */
function readable(value: Data, inline: boolean): Data {
  if (Array.isArray(value)) {
    const list = value as readonly Data[];
    const first = list.find((item) => item !== null);
    return list
      .filter((item) => item === null || typeOf(item) === typeOf(first ?? null))
      .map((item) => readable(item, inline || Array.isArray(item)))
      .filter((item) => !Array.isArray(item) || !holdsEmptyList(item));
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, inner]): [string, Data] => [name, readable(inner, inline)])
      .filter(([, inner]) => !(inline && holdsEmptyList(inner))),
  );
}

const holdsEmptyList = (value: Data): boolean =>
  Array.isArray(value) &&
  ((value as readonly Data[]).every((item) => item === null) || (value as readonly Data[]).some(holdsEmptyList));

/** What the chart writes itself; kept apart so that a generated key of this name cannot meet it. */
const ownTables = { server: null, user_store: null, keystore: null, truststore: null };

/**
 * The deployment.toml of a workload for each overlay over a common base, as the chart writes it; `undefined` where it
 * is missing.
 */
export async function encoded(
  folder: string,
  base: Document,
  overlays: readonly Document[],
): Promise<readonly (string | undefined)[]> {
  const workloads = Object.fromEntries(
    overlays.map((overlay, index) => [`w${index}`, { type: 'stateless', deploymentToml: { properties: overlay } }]),
  );
  const file = join(folder, 'values.json');
  // helm's YAML reader takes no control characters as they are, and no escaped surrogates.
  const json = JSON.stringify({
    pattern: 'coordinated',
    deploymentToml: { ...ownTables, properties: base },
    workloads,
  });
  writeFileSync(
    file,
    json.replace(
      /[\u007f-\ud7ff\ue000-\uffff]/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    ),
  );
  const helm = await findTool('helm');
  // Only the ConfigMaps: reading 500 Deployments as YAML would take most of the time.
  const answer = await run([
    ...helm.command,
    'template',
    'r',
    chart,
    '--values',
    file,
    '--show-only',
    'templates/configmap.yaml',
  ]);
  const { objects, faults } = parseManifest(answer.stdout);
  if (faults.length > 0) throw new Error(`The chart writes no YAML: ${JSON.stringify(faults[0])}`);
  const texts = new Map(
    objects.map(({ object }) => [
      object.metadata.name,
      (object.data as Readonly<Record<string, string>>)['deployment.toml'],
    ]),
  );
  return overlays.map((_, index) => texts.get(`r-w${index}-config`));
}

/** What MI should read: helm holds numbers as 64-bit floats, whole ones are integers, and null is no key. */
export function expected(value: Data): unknown {
  if (typeof value === 'number') return isInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return (value as readonly Data[]).filter((item) => item !== null).map(expected);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== null)
      .map(([name, inner]) => [name, expected(inner)]),
  );
}
