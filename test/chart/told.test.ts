import { chartWarnings, type JsonObject } from '@mi-patterns/helm';
import { describe, expect, it } from 'vitest';
import { inParallel, render } from './support.ts';
import { chartValues, isObject, passedOn, schemaNodes, valueAt, withValue } from './values-paths.ts';

const base: JsonObject = {
  image: { repository: 'acme/orders', tag: '1' },
  runtime: { version: '4.6.0' },
  pattern: 'coordinated',
  workloads: {
    a: { type: 'stateless', replicas: 2 },
    t: { type: 'stateful', artifacts: { roles: ['T'], stateful: ['task/t'] } },
  },
};

/** Settings of which the one value at hand is their default, or that are for the cluster or other charts. */
const asBefore =
  /^(enabled|fullnameOverride|runtime\.(assignUser|uid|gid)|warnings\.configMap|checkRunningPods|tests\.pullPolicy)$|^fencing\.(port|renewSeconds)$|\.(enabled|force|type|source|appProtocol|pullPolicy|readOnly|heap\.initial|probes\.startup\.\w+|recovery|standby|pollingIntervalSeconds|maxSurge|maxUnavailable|topologySpread\.\w+)$/;

/** A value other than the default, where one is at hand. */
function sampleOf(node: JsonObject, usual: unknown): unknown {
  const [kind] = [node.type].flat();
  const samples = [
    ...(Array.isArray(node.examples) ? (node.examples as unknown[]) : []),
    ...(Array.isArray(node.enum) ? (node.enum as unknown[]) : []),
    ({ boolean: usual !== true, integer: 3, string: 'x1' } as JsonObject)[String(kind)],
  ];
  return samples.find(
    (one) => one !== undefined && one !== null && one !== '' && JSON.stringify(one) !== JSON.stringify(usual),
  );
}

const settings = schemaNodes().flatMap(({ path, node }) => {
  if (path === '' || path.startsWith('workloadDefaults') || path.startsWith('global') || passedOn.test(path)) return [];
  if (isObject(node.properties) || asBefore.test(path)) return [];
  const keys = path
    .replace(/^workloads\.\*/, 'workloads.t')
    .replaceAll('*', 'x')
    .split('.');
  const ofWorkload = keys[0] === 'workloads' ? ['workloadDefaults', ...keys.slice(2)] : keys;
  const sample = sampleOf(node, valueAt(base, keys) ?? valueAt(chartValues, ofWorkload));
  return sample === undefined || keys.length < 2 ? [] : [{ keys, sample }];
});

describe('a setting that is set', () => {
  it('changes an object, is refused, or is told to have no effect', async () => {
    expect(settings.length).toBeGreaterThan(200);
    const [usual, ...outcomes] = await inParallel(
      [{ keys: [], sample: undefined }, ...settings],
      async ({ keys, sample }) => seen(keys.length === 0 ? base : withValue(base, keys, sample)),
    );
    const silent = settings.filter((_, index) => outcomes[index] === usual);
    expect(silent.map(({ keys, sample }) => `${keys.join('.')}: ${JSON.stringify(sample)}`)).toEqual([]);
  });
});

/** All that a render shows to its user: objects and warnings, or a refusal. */
async function seen(values: JsonObject): Promise<string> {
  const result = await render(values);
  if (result.state === 'refused') return JSON.stringify(result.diagnostics);
  const objects = result.objects.map(({ object }) => object);
  return JSON.stringify([objects, chartWarnings(objects)]);
}
