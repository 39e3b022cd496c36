import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '@mi-patterns/helm';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type RenderChoices, renderByHelm, type TestRender } from './support.ts';
import { canRenderMany, renderOne } from '../../packages/helm/test/resident.ts';

/** Values that someone installs, the longest. */
const everything = parse(readFileSync(join(import.meta.dirname, 'scenarios/13-mesh-vault.yaml'), 'utf8')) as JsonObject;
const cases: readonly (readonly [name: string, values: JsonObject, options: RenderChoices])[] = [
  ['the defaults', {}, {}],
  ['a scenario', everything, {}],
  ['the same as an upgrade on the oldest Kubernetes', everything, { isUpgrade: true, kubernetesVersion: '1.30' }],
  ['further APIs', { monitoring: { enabled: true } }, { apiVersions: ['monitoring.coreos.com/v1'] }],
  ['values that the schema refuses', { patern: 'coordinated', image: { tag: 1.2 } }, {}],
  ['the same without the schema', { image: { tag: 1.2 } }, { skipSchemaValidation: true }],
  ['values that the chart refuses', { pattern: 'single-replica', workloads: { a: {}, b: {} } }, {}],
];

/** Objects in one order: helm sorts them by the order in which it would install them. */
function sorted(result: TestRender): unknown {
  if (result.state === 'refused') return result.diagnostics.map(({ code, message }) => `${code} ${message}`).toSorted();
  return result.objects.map(({ object }) => JSON.stringify(object)).toSorted();
}

describe.skipIf(!canRenderMany)("Helm's engine in a process that stays (skipped without Go)", () => {
  it.each(cases)('says of %s what helm template says', async (_name, values, options) => {
    const [ours, theirs] = [await renderOne({ values, ...options }), await renderByHelm(values, options)];
    expect(ours.state).toBe(theirs.state);
    expect(sorted(ours)).toEqual(sorted(theirs));
  });

  it('keeps nothing of a render for the next', async () => {
    const first = await renderOne({ values: {} });
    await renderOne({ values: everything });
    expect(sorted(await renderOne({ values: {} }))).toEqual(sorted(first));
  });
});
