import { describe, expect, it } from 'vitest';
import { identity, type KubernetesObject } from '@mi-patterns/helm';
import { driftOf, makeDiff, type DiffFacts } from './diff.ts';

interface Options {
  readonly replicas?: number;
  readonly image?: string;
  readonly strategy?: string;
  readonly artifacts?: string;
  readonly kind?: string;
}

function workload(
  name: string,
  { replicas = 1, image = 'x:1', strategy = 'RollingUpdate', artifacts, kind = 'Deployment' }: Options = {},
): KubernetesObject {
  const labels = { 'app.kubernetes.io/component': name };
  const preStop = { exec: { command: ['/bin/sh', '-c', 'sleep 10\nkill -TERM 1'] } };
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name: `o-${name}`, namespace: 'n', labels },
    spec: {
      replicas,
      strategy: { type: strategy },
      selector: { matchLabels: labels },
      template: {
        metadata: {
          labels,
          ...(artifacts === undefined ? {} : { annotations: { 'mi-patterns.io/stateful-artifacts': artifacts } }),
        },
        spec: { containers: [{ name: 'c', image, lifecycle: { preStop } }] },
      },
    },
  };
}
const byId = (objects: readonly KubernetesObject[]): Map<string, KubernetesObject> =>
  new Map(objects.map((object) => [identity(object), object]));
const diff = (
  before: KubernetesObject[],
  wanted: KubernetesObject[],
  more: Partial<DiffFacts> = {},
): ReturnType<typeof makeDiff> =>
  makeDiff({
    before,
    wanted,
    live: byId(before),
    pods: [],
    applied: byId(wanted),
    reapplied: byId(before),
    refusals: [],
    orphans: [],
    trusted: true,
    helmMajor: 4,
    startSeconds: () => 25,
    ...more,
  });

describe('impact', () => {
  it('does not say that no pod restarts where the API server refuses a workload', () => {
    const before = workload('a');
    expect(diff([before], [workload('a', { image: 'x:2' })], { applied: new Map() }).impact.sentence).toBe(
      'What happens to the pods of o-a is unknown.',
    );
  });
  const task = (image: string): KubernetesObject =>
    workload('order-task', { strategy: 'Recreate', artifacts: 'task/a', image });

  it('counts pods and says what is down and for how long', () => {
    expect(
      diff(
        [workload('api', { replicas: 2 }), task('x:1')],
        [workload('api', { replicas: 2, image: 'x:2' }), task('x:2')],
      ).impact,
    ).toMatchObject({ sentence: '3 pods restart, o-order-task is down for about 40 s.', restartingPods: 3 });
    expect(diff([], [workload('api', { replicas: 2 })], { live: new Map() }).impact).toMatchObject({
      restartingPods: 0,
    });
    expect(
      diff([workload('api', { replicas: 2 })], [workload('api', { replicas: 2, image: 'x:2' })]).impact.sentence,
    ).toBe('2 pods restart.');
    expect(diff([task('x:1')], [task('x:1')]).impact.sentence).toBe('No pod restarts.');
    expect(diff([], [task('x:1')]).impact.sentence).toBe('No pod restarts, o-order-task starts with 1 pod.');
    expect(diff([workload('api'), workload('old', { replicas: 2 })], [workload('api')]).impact.sentence).toBe(
      'No pod restarts, o-old ends.',
    );
  });

  it('counts the pods of the moment, not those of the manifest', () => {
    const live = byId([workload('api', { replicas: 7 })]);
    expect(
      diff([workload('api', { replicas: 2 })], [workload('api', { replicas: 2, image: 'x:2' })], { live }).impact
        .sentence,
    ).toBe('7 pods restart.');
  });
});

describe('makeDiff', () => {
  const [single, all, task] = [
    workload('api', { strategy: 'Recreate', artifacts: 'task/a' }),
    workload('api', { replicas: 3 }),
    workload('task', { strategy: 'Recreate', artifacts: 'task/a' }),
  ];

  it('says what is done before the upgrade, and takes it for no error', () => {
    const { preparations, diagnostics, impact } = diff([single], [all, task]);
    expect(preparations).toEqual([
      'Deployment/o-api is scaled to 0, and the rollout waits for its pods to end: task/a goes to Deployment/o-task.',
    ]);
    expect(diagnostics.map(({ code, severity }) => [code, severity])).toEqual([['MI-UPGRADE-STATEFUL-MOVED', 'info']]);
    expect(impact.sentence).toContain('o-api is down for about 40 s, o-task starts with 1 pod');
  });

  it('takes care of the artifact that leaves an old pod, not of one whose name begins alike', () => {
    const other = workload('other', { strategy: 'Recreate', artifacts: 'task/a b' });
    const { diagnostics } = diff([all], [all, task, other], { live: byId([single]) });
    expect(diagnostics.map(({ code, severity, message }) => [code, severity, message.split(' is to ')[0]])).toEqual([
      ['MI-UPGRADE-STATEFUL-ISOLATED', 'warning', 'task/a b'],
      ['MI-UPGRADE-STATEFUL-ISOLATED', 'info', 'task/a'],
    ]);
  });

  it('leaves what it cannot mend an error', () => {
    const other = { ...all, spec: { ...(all.spec as object), selector: { matchLabels: { other: 'x' } } } };
    expect(diff([all], [other]).diagnostics.map(({ code, severity }) => [code, severity])).toEqual([
      ['MI-UPGRADE-IMMUTABLE', 'error'],
    ]);
    expect(
      diff(
        [all],
        [workload('renamed', { replicas: 3 })].map((object) => ({ ...object, spec: all.spec })),
      ).diagnostics[0],
    ).toMatchObject({ code: 'MI-UPGRADE-RENAMED', severity: 'error' });
  });

  it('shows what helm 3 drops although the server would keep it', () => {
    const map = (data: object): KubernetesObject =>
      ({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'c', namespace: 'n' },
        data,
      }) as unknown as KubernetesObject;
    const [before, wanted] = [map({ a: '1', b: '2' }), map({ a: '1' })];
    // Applied in the server, a field of another manager stays.
    expect(diff([before], [wanted], { applied: byId([before]) }).changes).toEqual([
      { object: 'ConfigMap/c', action: 'update', fields: [{ path: 'data.b', before: '2' }] },
    ]);
  });
});

describe('driftOf', () => {
  it('tells what others changed and removed, from the side of the release', () => {
    const [a, b] = [workload('a', { replicas: 2 }), workload('b')];
    const live = byId([workload('a', { replicas: 5 })]);
    expect(driftOf([a, b], live, byId([a]))).toEqual([
      { object: 'Deployment/o-a', action: 'update', fields: [{ path: 'spec.replicas', before: 2, after: 5 }] },
      { object: 'Deployment/o-b', action: 'delete', fields: [] },
    ]);
  });
});

it.each([
  [
    { annotations: { 'argocd.argoproj.io/tracking-id': 'orders-prod:apps/Deployment:n/o-a' } },
    'the Application orders-prod of Argo CD',
  ],
  [{ labels: { 'helm.toolkit.fluxcd.io/name': 'orders' } }, 'the HelmRelease orders of Flux'],
])('tells once who else deploys the release (%j)', (metadata, keeper) => {
  const kept = [workload('a'), workload('b')].map((object) => ({
    ...object,
    metadata: { ...object.metadata, ...metadata },
  }));
  expect(diff(kept, kept).diagnostics).toMatchObject([
    {
      code: 'MI-ROLLOUT-GITOPS',
      severity: 'warning',
      message: `Deployment/o-a belongs to ${keeper}, which would undo a rollout while it runs.`,
    },
  ]);
});

it('names the value that the cluster lacks something for', () => {
  const warnings: KubernetesObject = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'w', namespace: 'n', labels: { 'app.kubernetes.io/component': 'warnings' } },
    data: {
      warnings: [
        '- MI-VALUES-CLUSTER gateway.enabled: No HTTPRoute was written. Install the Gateway API, or set gateway.force: true.',
        '- MI-VALUES-CLUSTER workloads.a.artifacts.source: The cluster needs ImageVolume.',
      ].join('\n'),
    },
  };
  expect(diff([], [warnings]).diagnostics).toEqual([
    {
      code: 'MI-VALUES-CLUSTER',
      severity: 'warning',
      message: 'gateway.enabled: No HTTPRoute was written.',
      hint: 'Install the Gateway API, or set gateway.force: true.',
    },
    {
      code: 'MI-VALUES-CLUSTER',
      severity: 'warning',
      message: 'workloads.a.artifacts.source: The cluster needs ImageVolume.',
      hint: 'Make sure that the cluster has what the message names.',
    },
  ]);
});
