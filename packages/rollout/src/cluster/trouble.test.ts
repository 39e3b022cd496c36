import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from '@mi-patterns/helm';
import type { Tools } from '../tools/tools.ts';
import { livePods } from '../live/live.ts';
import { causesSince } from './trouble.ts';

const tools = {
  kubectl: () => Promise.resolve({ exitCode: 0, stdout: '{"items":[]}', stderr: '' }),
} as unknown as Tools;
const session = { target: { release: 'r', namespace: 'n', context: 'c', tools } };

const deployment = (image: string, isReady: boolean): KubernetesObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'a', namespace: 'n' },
  spec: { replicas: 1, template: { image } },
  status: isReady
    ? { readyReplicas: 1, updatedReplicas: 1, replicas: 1, availableReplicas: 1 }
    : { conditions: [{ type: 'ReplicaFailure', status: 'True', message: 'exceeded quota: q, used: pods=1' }] },
});

/** What is told after looks at a Deployment that was first as given. */
async function told(first: KubernetesObject, ...looks: readonly KubernetesObject[]): Promise<readonly string[]> {
  const causes = causesSince(session, [first], []);
  for (const workload of looks) await causes.look({ workloads: [workload], pods: [], objects: [] }, 0);
  return causes.all().map(({ object, why }) => `${object} ${why}`);
}

it('keeps why new pods did not come while helm brings the old ones back', async () => {
  const why = ['Deployment/a cannot create pods: exceeded quota: q, used: pods=1'];
  const [old, refused, mended] = [deployment('1', true), deployment('2', false), deployment('2', true)];
  expect(await told(old, old, refused)).toEqual(why);
  expect(await told(old, refused, old)).toEqual(why);
  expect(await told(old, refused, mended)).toEqual([]);
  // Not the upgrade made it so, but the upgrade waits for it.
  expect(await told(deployment('1', false), deployment('1', false))).toEqual(why);
});

describe('when it is given up to wait', () => {
  const refused = (name: string, message: string): KubernetesObject => ({
    ...deployment(name, false),
    metadata: { name, namespace: 'n' },
    status: { conditions: [{ type: 'ReplicaFailure', status: 'True', message }] },
  });
  const limit = 'pods "a" is forbidden: maximum memory usage per Container is 512Mi, but limit is 1536Mi';
  const quota = 'pods "a" is forbidden: exceeded quota: q, requested: pods=1, used: pods=4, limited: pods=4';
  const pod = (name: string, status: object, ending = false): KubernetesObject => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'n',
      labels: { w: 'w' },
      ...(ending ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : {}),
    },
    status: { phase: 'Pending', ...status },
  });
  const waiting = (reason: string, message: string): KubernetesObject =>
    pod('w-1', { containerStatuses: [{ name: 'micro-integrator', state: { waiting: { reason, message } } }] });
  const owner: KubernetesObject = {
    ...deployment('w', false),
    metadata: { name: 'w', namespace: 'n' },
    spec: { replicas: 1, selector: { matchLabels: { w: 'w' } } },
    status: {},
  };
  interface Given {
    readonly workloads?: readonly KubernetesObject[];
    readonly pods?: readonly KubernetesObject[];
    readonly wanted?: readonly KubernetesObject[];
    readonly events?: (second: number) => readonly KubernetesObject[];
  }
  /** The second of the look at which it is given up; looks are 10 s apart, for ten minutes. */
  async function givenUpAfter({
    workloads = [owner],
    pods = [],
    wanted = [],
    events,
  }: Given): Promise<number | undefined> {
    let second = 0;
    const answer = (): object => ({
      exitCode: 0,
      stderr: '',
      stdout: JSON.stringify({ items: events?.(second) ?? [] }),
    });
    const kubectl = { kubectl: () => Promise.resolve(answer()) } as unknown as Tools;
    const causes = causesSince({ target: { ...session.target, tools: kubectl } }, [], wanted);
    for (; second <= 600; second += 10) {
      await causes.look({ workloads, pods: livePods(pods, workloads), objects: pods }, second * 1000);
      if (causes.areHopeless()) return second;
    }
    return undefined;
  }

  it('is soon where the answer would be the same again', async () => {
    expect(await givenUpAfter({ workloads: [refused('a', limit)] })).toBe(20);
    expect(await givenUpAfter({ pods: [waiting('InvalidImageName', 'couldn\'t parse image name "A:B:C"')] })).toBe(20);
  });

  it('is later where somebody may bring what is missing', async () => {
    const image = 'Back-off pulling image "r/a:2": ErrImagePull: r/a:2: not found';
    expect(await givenUpAfter({ pods: [waiting('ImagePullBackOff', image)] })).toBe(60);
    const secret = waiting('CreateContainerConfigError', 'secret "db" not found');
    expect(await givenUpAfter({ pods: [secret] })).toBe(60);
    // An operator makes the Secret, whenever its vault answers.
    const external = { apiVersion: 'external-secrets.io/v1', kind: 'ExternalSecret', metadata: { name: 'db' } };
    expect(await givenUpAfter({ pods: [secret], wanted: [external] })).toBeUndefined();
  });

  it('is never while a quota may get room, and not for good because another workload is in trouble', async () => {
    expect(await givenUpAfter({ workloads: [refused('a', quota)] })).toBe(60);
    expect(await givenUpAfter({ workloads: [refused('a', quota), refused('b', limit)] })).toBe(20);
    const ending = pod('w-1', {}, true);
    expect(await givenUpAfter({ workloads: [refused('a', quota), owner], pods: [ending] })).toBeUndefined();
    expect(await givenUpAfter({ workloads: [refused('a', quota), owner] })).toBeUndefined();
  });

  it.each([
    [
      'a registry that is slow',
      waiting('ImagePullBackOff', 'Back-off pulling image "r/a:2": ErrImagePull: dial tcp 1.2.3.4:443: i/o timeout'),
    ],
    [
      'a registry that is busy',
      waiting(
        'ErrImagePull',
        'r/a:2: unexpected status from HEAD request to https://r/v2/a/manifests/2: 500 Internal Server Error',
      ),
    ],
    [
      'no node yet',
      pod('w-1', {
        conditions: [
          { type: 'PodScheduled', status: 'False', message: '0/2 nodes are available: 2 Insufficient cpu.' },
        ],
      }),
    ],
    [
      'a server that ends',
      pod('w-1', {
        containerStatuses: [
          {
            name: 'micro-integrator',
            restartCount: 9,
            state: { waiting: { reason: 'CrashLoopBackOff' } },
            lastState: { terminated: { exitCode: 1 } },
          },
        ],
      }),
    ],
  ])('is never for what may pass: %s', async (_, shown) =>
    expect(await givenUpAfter({ pods: [shown] })).toBeUndefined(),
  );

  it('is never for a webhook that does not answer', async () =>
    expect(
      await givenUpAfter({ workloads: [refused('a', 'failed calling webhook "w": service "gone" not found')] }),
    ).toBeUndefined());

  it('goes by events of now only', async () => {
    const mounting = pod('w-1', {
      containerStatuses: [{ name: 'micro-integrator', state: { waiting: { reason: 'ContainerCreating' } } }],
    });
    const event = (
      reason: string,
      second: number,
      type = 'Warning',
      message = 'secret "keys" not found',
    ): KubernetesObject => ({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: `w.${reason}` },
      involvedObject: { kind: 'Pod', name: 'w-1' },
      reason,
      message,
      type,
      lastTimestamp: new Date(second * 1000).toISOString(),
    });
    expect(await givenUpAfter({ pods: [mounting], events: (second) => [event('FailedMount', second)] })).toBe(60);
    expect(await givenUpAfter({ pods: [mounting], events: () => [event('FailedMount', 5)] })).toBeUndefined();
    const pulling = event('Pulling', 40, 'Normal', 'Pulling image "r/a:2"');
    expect(
      await givenUpAfter({
        pods: [mounting],
        events: (second) => [event('FailedMount', Math.min(second, 30)), pulling],
      }),
    ).toBeUndefined();
  });

  it('finds in events why an older kubelet cannot pull', async () => {
    const event: KubernetesObject = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'w.Failed' },
      involvedObject: { kind: 'Pod', name: 'w-1' },
      reason: 'Failed',
      message:
        'Failed to pull image "r/a:2": rpc error: code = NotFound desc = failed to pull and unpack image "r/a:2": failed to resolve reference "r/a:2": r/a:2: not found',
      type: 'Warning',
      lastTimestamp: '2026-01-01T00:00:00Z',
    };
    const shown = { pods: [waiting('ImagePullBackOff', 'Back-off pulling image "r/a:2"')] };
    expect(await givenUpAfter({ ...shown, events: () => [event] })).toBe(60);
    expect(await givenUpAfter(shown)).toBeUndefined();
  });
});
