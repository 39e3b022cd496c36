import { chartWarnings, type JsonObject } from '@mi-patterns/helm';
import { describe, expect, it } from 'vitest';
import { objects } from './support.ts';
import { chartValues, pathsOf, schemaNodes, valueAt, withValue } from './values-paths.ts';

/** What the schema says is off by default, with one setting of each. */
const blocks = schemaNodes().flatMap(({ path, node }): readonly (readonly [string, string, unknown])[] => {
  const { enabled, ...properties } = (node.properties ?? {}) as Readonly<Record<string, JsonObject>>;
  if (enabled?.default !== false) return [];
  const samples = Object.entries(properties).flatMap(([key, property]) => {
    const sample = sampleOf(property, valueAt(chartValues, [...path.split('.'), key]));
    return sample === undefined ? [] : [[path.replace('.*', '.a'), key, sample] as const];
  });
  return samples.slice(0, 1);
});

/** A value other than the default; undefined where none is at hand. */
function sampleOf({ $ref, type, enum: choices, examples }: JsonObject, usual: unknown): unknown {
  if ($ref === '#/definitions/Monitor') return { force: true };
  if (Array.isArray(examples)) return examples[0];
  const [kind] = [type].flat();
  return (
    { boolean: usual !== true, integer: 7777, string: choices === undefined ? 'x' : undefined } as Readonly<
      Record<string, unknown>
    >
  )[String(kind)];
}

const base: JsonObject = { pattern: 'coordinated', workloads: { a: { type: 'stateless' } } };
const outerOnes: JsonObject = {
  gateway: { enabled: true, parentRefs: { public: { name: 'public' } } },
  metrics: { enabled: true },
  networkPolicy: { enabled: true },
};
const database: JsonObject = {
  coordination: { mode: 'database', database: { url: 'jdbc:postgresql://db/c', driver: 'org.postgresql.Driver' } },
};

/** What the chart says has no effect where the block has this one setting and `enabled`, if it is given. */
async function withoutEffect(path: string, key: string, value: unknown, enabled?: boolean): Promise<readonly string[]> {
  const keys = path.split('.');
  const [outer] = keys.slice(0, -1);
  let values: JsonObject = path.endsWith('hardening') ? { ...base, ...database } : base;
  if (['gateway', 'metrics', 'networkPolicy'].includes(outer ?? '')) values = { ...values, ...outerOnes };
  if (enabled !== undefined) values = withValue(values, [...keys, 'enabled'], enabled);
  const found = chartWarnings(await objects(withValue(values, [...keys, key], value)));
  return found.filter(({ code }) => code === 'MI-VALUES-NO-EFFECT').map((one) => one.path.join('.'));
}

describe('settings of what is off by default', () => {
  it('are those that the schema names', () => {
    expect(blocks.length).toBeGreaterThan(20);
    const inDefaults = pathsOf(chartValues).filter(
      (path) =>
        path.at(-1) === 'enabled' &&
        valueAt(chartValues, path) === false &&
        Object.keys(valueAt(chartValues, path.slice(0, -1)) as object).length > 1,
    );
    expect(inDefaults, 'values.yaml must not say `enabled: false`, which is how users keep settings for later').toEqual(
      [],
    );
  });

  it.concurrent.each(blocks)('%s: %s is told unless `enabled` is said', async (path, key, value) => {
    expect(await withoutEffect(path, key, value)).toEqual([path]);
    expect(await withoutEffect(path, key, value, false)).toEqual([]);
  });

  it('are not among the defaults of the chart', async () => {
    expect(chartWarnings(await objects({})).map(({ code }) => code)).not.toContain('MI-VALUES-NO-EFFECT');
  });
});
