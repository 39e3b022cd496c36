import { isDeepStrictEqual } from 'node:util';
import { parse, type TomlTable } from 'smol-toml';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/command.ts';
import { documentsOf, encoded, expected, type Data, type Document } from './toml-documents.ts';

/** A seed of your own looks at other documents: MI_PATTERNS_TOML_SEED=7. */
const seed = Number(process.env.MI_PATTERNS_TOML_SEED ?? 1);
/** The usual run takes seconds; MI_PATTERNS_TOML_DOCUMENTS=20000 looks further. */
const count = Number(process.env.MI_PATTERNS_TOML_DOCUMENTS ?? 2000);
const documentsInOneRender = 500;

/** Renders one workload for each overlay over a common base and reads their deployment.toml. */
async function written(base: Document, overlays: readonly Document[]): Promise<TomlTable[]> {
  const texts = await encoded(temporaryFolder(), base, overlays);
  return texts.map((text, index) => parse(text ?? `w${index} is missing`, { integersAsBigInt: true }));
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
    const documents = documentsOf(count, seed);
    for (let start = 0; start < documents.length; start += documentsInOneRender) {
      const part = documents.slice(start, start + documentsInOneRender);
      const found = await written({}, part);
      expect(firstDifference(part, found), `seed ${seed}, from document ${start}`).toBeUndefined();
    }
  });

  it('of a workload is laid over that of the release: false, 0, empty text and null included', async () => {
    for (const base of documentsOf(8, seed)) {
      // Overlays that meet keys of the base; a document of its own would rarely do so.
      const overlays = documentsOf(60, seed).map((other, index) =>
        index % 2 === 0 ? other : (twisted(base, index) as Document),
      );
      const found = await written(base, overlays);
      expect(
        firstDifference(
          overlays.map((overlay) => merged(base, overlay) as Document),
          found,
        ),
        `seed ${seed}, over ${JSON.stringify(base).slice(0, 2000)}`,
      ).toBeUndefined();
    }
  });

  it("keeps what Helm's own encoder spoils", async () => {
    const [found] = await written({}, [
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
    expect(comparable(found?.properties)).toEqual({
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

/**
 * The same shape with other leaves: what is falsy counts most, since a merge that ignores it goes unnoticed longest.
 */
function twisted(value: Data, salt: number): Data {
  if (isTable(value))
    return Object.fromEntries(
      Object.entries(value).map(([name, inner], index) => [name, twisted(inner, salt + index)]),
    );
  return ([false, 0, '', null, 'other', [], 7, true] as const)[Math.abs(salt) % 8] ?? null;
}
