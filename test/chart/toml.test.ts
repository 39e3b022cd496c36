import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { findTool, parseManifest, run } from '@mi-patterns/helm';
import {
  array,
  constantFrom,
  boolean,
  dictionary,
  double,
  integer,
  oneof,
  constant,
  sample,
  string,
  type Arbitrary,
} from 'fast-check';
import { parse, type TomlTable } from 'smol-toml';
import { describe, expect, it } from 'vitest';
import { chart, temporaryFolder } from '../support/command.ts';

type Data = string | number | boolean | null | readonly Data[] | { readonly [key: string]: Data };
type Document = Readonly<Record<string, Data>>;

/** A seed of your own looks at other documents: MI_PATTERNS_TOML_SEED=7. */
const seed = Number(process.env.MI_PATTERNS_TOML_SEED ?? 1);
/** The usual run takes seconds; MI_PATTERNS_TOML_DOCUMENTS=20000 looks further. */
const count = Number(process.env.MI_PATTERNS_TOML_DOCUMENTS ?? 2000);
const documentsInOneRender = 500;

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
  1e17,
  1e19,
  1.5e300,
];

const key = oneof({ arbitrary: constantFrom(...awkwardKeys), weight: 3 }, string({ unit: 'grapheme', maxLength: 6 }));
const text = oneof(constantFrom(...awkwardTexts), string({ unit: 'grapheme', maxLength: 12 }));
const number = oneof(
  constantFrom(...awkwardNumbers),
  integer(),
  integer({ min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER }),
  double({ noNaN: true, noDefaultInfinity: true }),
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
const anyDocument = dictionary(key, data(4), { maxKeys: 5 });

/** What the chart writes itself; kept apart so that a generated key of this name cannot meet it. */
const ownTables = { server: null, user_store: null, keystore: null, truststore: null };

/** Renders one workload for each overlay over a common base and reads their deployment.toml. */
async function encoded(base: Document, overlays: readonly Document[]): Promise<TomlTable[]> {
  const workloads = Object.fromEntries(
    overlays.map((overlay, index) => [`w${index}`, { type: 'stateless', deploymentToml: { properties: overlay } }]),
  );
  const file = join(temporaryFolder(), 'values.json');
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
  expect(faults).toEqual([]);
  const texts = new Map(
    objects.map(({ object }) => [
      object.metadata.name,
      (object.data as Readonly<Record<string, string>>)['deployment.toml'],
    ]),
  );
  return overlays.map((_, index) =>
    parse(texts.get(`r-w${index}-config`) ?? `w${index} is missing`, { integersAsBigInt: true }),
  );
}

/** What MI should read: helm holds numbers as 64-bit floats, whole ones are integers, and null is no key. */
function expected(value: Data): unknown {
  if (typeof value === 'number') return Number.isInteger(value) && Math.abs(value) < 9.2e18 ? BigInt(value) : value;
  if (Array.isArray(value)) return (value as readonly Data[]).filter((item) => item !== null).map(expected);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== null)
      .map(([name, inner]) => [name, expected(inner)]),
  );
}

/** Release < workload: maps are merged, all else is replaced, null removes. */
function merged(base: Data, overlay: Data): Data {
  if (!isTable(base) || !isTable(overlay)) return overlay;
  const result: Record<string, Data> = Object.assign(Object.create(null) as object, base);
  for (const [name, value] of Object.entries(overlay))
    result[name] = name in result ? merged(result[name] as Data, value) : value;
  return { ...result };
}

function isTable(value: Data): value is Document {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Plain data: JSON knows no 64-bit integers, and -0 is 0 for MI. */
const comparable = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (_, inner: unknown) =>
      typeof inner === 'bigint' ? `integer ${inner}` : Object.is(inner, -0) ? 0 : inner,
    ),
  );

describe('deploymentToml', () => {
  it('is read by a TOML library as it was written in YAML, in thousands of documents', async () => {
    const documents = sample(anyDocument, { numRuns: count, seed });
    for (let start = 0; start < documents.length; start += documentsInOneRender) {
      const part = documents.slice(start, start + documentsInOneRender);
      const read = await encoded({}, part);
      expect(firstDifference(part, read), `seed ${seed}, from document ${start}`).toBeUndefined();
    }
  });

  it('of a workload is laid over that of the release: false, 0, empty text and null included', async () => {
    for (const base of sample(anyDocument, { numRuns: 8, seed })) {
      // Overlays that meet keys of the base; a document of its own would rarely do so.
      const overlays = sample(anyDocument, { numRuns: 60, seed }).map((other, index) =>
        index % 2 === 0 ? other : (twisted(base, index) as Document),
      );
      const read = await encoded(base, overlays);
      expect(
        firstDifference(
          overlays.map((overlay) => merged(base, overlay) as Document),
          read,
        ),
        `seed ${seed}, over ${JSON.stringify(base).slice(0, 2000)}`,
      ).toBeUndefined();
    }
  });

  it("keeps what Helm's own encoder spoils", async () => {
    const [read] = await encoded({}, [
      {
        offset: 10,
        max: 2_147_483_647,
        big: 9_007_199_254_740_991,
        off: false,
        none: 0,
        'a.b': { 'c.d': [{ e: 1 }, { f: { 'g.h': [{ i: 'x\ny' }] } }] },
        secret: '$env{DB_PASSWORD}',
      },
    ]);
    expect(comparable(read?.properties)).toEqual({
      offset: 'integer 10',
      max: 'integer 2147483647',
      big: 'integer 9007199254740991',
      off: false,
      none: 'integer 0',
      'a.b': { 'c.d': [{ e: 'integer 1' }, { f: { 'g.h': [{ i: 'x\ny' }] } }] },
      secret: '$env{DB_PASSWORD}',
    });
  });
});

/** The first document that was not read as it was written, and how it was read. */
function firstDifference(
  documents: readonly Document[],
  read: readonly TomlTable[],
): { readonly wanted: unknown; readonly read: unknown } | undefined {
  for (const [index, document] of documents.entries()) {
    const [wanted, found] = [comparable(expected(document)), comparable(read[index]?.properties ?? {})];
    if (!isDeepStrictEqual(wanted, found)) return { wanted, read: found };
  }
  return undefined;
}

/** The same shape with other leaves: what is falsy counts most, since a merge that ignores it goes unnoticed longest. */
function twisted(value: Data, salt: number): Data {
  if (isTable(value))
    return Object.fromEntries(
      Object.entries(value).map(([name, inner], index) => [name, twisted(inner, salt + index)]),
    );
  return ([false, 0, '', null, 'other', [], 7, true] as const)[Math.abs(salt) % 8] ?? null;
}
