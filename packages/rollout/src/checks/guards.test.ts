import { describe, expect, it } from 'vitest';
import { identity, type KubernetesObject, ToolFailure } from '@mi-patterns/helm';
import { effectsOn, newWorld } from '../../test/fake-world.ts';
import { askHolders, holdersOf, notAtWork } from './guards.ts';
import type { LivePod } from '../live/live.ts';
import type { Tools } from '../tools/tools.ts';
import { verifyRelease } from '../steps/verify.ts';

const guarded = (replicas = 2): KubernetesObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'orders-task', namespace: 'n' },
  spec: {
    replicas,
    selector: { matchLabels: { app: 'task' } },
    template: {
      metadata: {
        labels: { app: 'task', 'mi-patterns.io/workload-type': 'stateful' },
        annotations: { 'mi-patterns.io/stateful-artifacts': 'task/a', 'mi-patterns.io/coordination': 'lease' },
      },
      spec: { containers: [{ name: 'micro-integrator', image: 'x:1' }] },
    },
  },
});

const lease = (annotations: Record<string, string>, holderIdentity = 'uid'): KubernetesObject => ({
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: {
    name: 'mi-task-a',
    annotations: Object.fromEntries(
      Object.entries(annotations).map(([key, value]) => [`mi-patterns.io/${key}`, value]),
    ),
  },
  spec: { holderIdentity },
});

const pod = (name: string, ending = false): Pick<LivePod, 'name' | 'workload' | 'ending'> => ({
  name,
  ending,
  workload: identity(guarded()),
});
const said = (holders: Parameters<typeof notAtWork>[2], pods = [pod('new')], object = guarded()): string[] =>
  notAtWork([object], { pods: pods as LivePod[] }, holders);

describe('who works under the guards', () => {
  it('is who holds the Lease that is renewed', () => {
    expect(
      holdersOf([
        lease({ pod: 'one', workload: 'orders-task', server: 'starting' }),
        lease({ pod: 'one', workload: 'orders-task', lead: 'mi-task-a' }),
        lease({ next: 'two' }, ''),
        // A guard of an earlier version does not tell how far its server is.
        lease({ pod: 'two', workload: 'other' }),
      ]),
    ).toEqual([
      { pod: 'one', workload: 'orders-task', starting: true },
      { pod: 'two', workload: 'other', starting: false },
    ]);
  });

  it('is not known where Leases may not be listed', async () => {
    const refused = (stderr: string): Tools =>
      ({
        kubectl: () =>
          Promise.reject(new ToolFailure({ reason: 'exit', message: 'kubectl failed.', hint: '', stderr })),
      }) as unknown as Tools;
    const place = (stderr: string) => ({ namespace: 'n', context: 'c', tools: refused(stderr) });
    expect(await askHolders(place('Error from server (Forbidden): leases is forbidden'))).toBeUndefined();
    await expect(askHolders(place('the server could not be reached'))).rejects.toThrow('kubectl failed.');
  });
});

describe('a guarded workload', () => {
  const holder = { workload: 'orders-task', pod: 'new', starting: false };

  it('is at work when a pod of its own that stays has a running server', () => {
    expect(said([holder])).toEqual([]);
    expect(said([{ ...holder, starting: true }])).toEqual([
      'new works for orders-task, and its server has not started yet.',
    ]);
  });

  it('is not while the work is with another workload, or with a pod that ends', () => {
    const idle = ['No pod of orders-task is active yet: each of them waits for the Leases of its artifacts.'];
    expect(said([])).toEqual(idle);
    expect(said([{ ...holder, workload: 'orders-integration', pod: 'old' }])).toEqual(idle);
    expect(said([{ ...holder, pod: 'old' }], [pod('new'), pod('old', true)])).toEqual(idle);
  });

  it('has no work without pods', () => {
    expect(said([], [], guarded(0))).toEqual([]);
  });
});

describe('the verification of a guarded release', () => {
  const effects = (holders: Parameters<typeof notAtWork>[2] | undefined, seen: string[] = []) => {
    const world = newWorld();
    let looks = 0;
    const workload: KubernetesObject = {
      ...guarded(),
      status: { replicas: 2, updatedReplicas: 2, readyReplicas: 2, availableReplicas: 2 },
    };
    return {
      ...effectsOn(world, [guarded()], 'ann'),
      live: async () => ({ workloads: [workload], pods: [{ ...pod('new'), imageDigests: [] } as unknown as LivePod] }),
      // The server starts between the second look and the third.
      holders: async () => ((looks += 1) < 3 ? holders?.map((one) => ({ ...one, starting: true })) : holders),
      checkArtifacts: async () => {
        seen.push(`asked the servers after ${looks} looks`);
        return { state: 'equal' as const, pods: 1 };
      },
    };
  };
  const holder = { workload: 'orders-task', pod: 'new', starting: false };

  it('waits for the server of the pod that took over before it asks the servers', async () => {
    const seen: string[] = [];
    const verified = await verifyRelease(effects([holder], seen), [guarded()], 60, (detail) => void seen.push(detail));
    expect(verified.state).toBe('sound');
    expect(seen).toEqual([
      'new works for orders-task, and its server has not started yet.',
      'new works for orders-task, and its server has not started yet.',
      'asked the servers after 3 looks',
    ]);
  });

  it('fails when the work has not passed over in time', async () => {
    const other = { ...holder, workload: 'orders-integration', pod: 'old' };
    expect(await verifyRelease(effects([other]), [guarded()], 5, () => {})).toEqual({
      state: 'failed',
      message: 'No pod of orders-task is active yet: each of them waits for the Leases of its artifacts.',
    });
  });

  it('goes by readiness where nobody may look', async () => {
    expect(await verifyRelease(effects(undefined), [guarded()], 5, () => {})).toMatchObject({
      state: 'sound',
      notChecked: [{ because: 'the account may not list Leases' }],
    });
  });
});
