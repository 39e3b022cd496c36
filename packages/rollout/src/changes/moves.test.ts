import { describe, expect, it } from 'vitest';
import { identity, type KubernetesObject } from '@mi-patterns/helm';
import { imageDigestsOf, livePods, type LivePod, workloadState } from '../live/live.ts';
import { drainsBefore, handOvers, ownersDiffer, revivals, stalled, strategyPatches } from './moves.ts';
import { readyPod } from '../../test/ready-pod.ts';

interface Options {
  readonly artifacts?: readonly string[];
  readonly database?: boolean;
  /** What its guard takes Leases for; no guard without it. */
  readonly leases?: readonly string[];
  readonly scope?: string;
  readonly type?: 'stateless' | 'stateful' | 'none';
  readonly kind?: string;
  readonly replicas?: number | undefined;
}

function workload(
  name: string,
  { artifacts = [], database = false, leases, scope, type, kind = 'Deployment', ...rest }: Options = {},
): KubernetesObject {
  const annotations = {
    ...(artifacts.length === 0 ? {} : { 'mi-patterns.io/stateful-artifacts': artifacts.join(',') }),
    ...(database ? { 'mi-patterns.io/coordination': 'database' } : {}),
    ...(leases === undefined ? {} : { 'mi-patterns.io/coordination': 'lease' }),
  };
  const command = ['guard', ...(leases ?? []).map((id) => `--artifact=${id}`), ...(scope ? [`--scope=${scope}`] : [])];
  const said = type ?? (artifacts.length === 0 ? 'stateless' : 'stateful');
  const labels = {
    'app.kubernetes.io/component': name,
    ...(said === 'none' ? {} : { 'mi-patterns.io/workload-type': said }),
  };
  const replicas = 'replicas' in rest ? rest.replicas : 1;
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name, namespace: 'n' },
    spec: {
      ...(replicas === undefined ? {} : { replicas }),
      selector: { matchLabels: { 'app.kubernetes.io/component': name } },
      template: { metadata: { labels, annotations }, spec: { containers: [{ name: 'micro-integrator', command }] } },
    },
  };
}
const pod = (of: KubernetesObject, artifacts: readonly string[], more: Partial<LivePod> = {}): LivePod =>
  readyPod(identity(of), { artifacts, ...more });
const drained = (live: KubernetesObject[], pods: LivePod[], wanted: KubernetesObject[], trusted = true): string[] =>
  drainsBefore(live, pods, wanted, trusted).map(({ workload: { kind, metadata }, artifacts }) =>
    `${kind}/${metadata.name} ${artifacts.join(',')}`.trim(),
  );

describe('drainsBefore', () => {
  const [one, a] = [workload('integration', { artifacts: ['task/a'] }), workload('a', { artifacts: ['task/a'] })];
  const all = workload('integration');

  it('empties the old owner of an artifact that moves', () => {
    expect(drained([one], [], [all, a])).toEqual(['Deployment/integration task/a']);
    expect(drained([all, a], [], [one])).toEqual(['Deployment/a task/a']);
    expect(drained([a], [], [workload('a', { artifacts: ['task/a'], kind: 'StatefulSet' })])).toEqual([
      'Deployment/a task/a',
    ]);
  });

  it('goes by what pods run, also those of an older template and those that end', () => {
    expect(drained([all], [pod(all, ['task/a'], { ending: true })], [all, a])).toEqual([
      'Deployment/integration task/a',
    ]);
  });

  it('needs nothing where owners stay, come new, end, or are empty already', () => {
    expect(drained([all, a], [], [workload('integration', { replicas: 5 }), a])).toEqual([]);
    expect(drained([all], [], [all, a])).toEqual([]);
    expect(drained([all, a], [], [all])).toEqual([]);
    expect(drained([all, a, workload('b', { artifacts: ['task/b'] })], [], [all, a])).toEqual([]);
    expect(drained([workload('integration', { artifacts: ['task/a'], replicas: 0 })], [], [all, a])).toEqual([]);
  });

  it('empties what grows while it lets an artifact go: the first pods that Kubernetes adds are of the old kind', () => {
    expect(drained([one], [], [workload('integration', { replicas: 3 })])).toEqual(['Deployment/integration task/a']);
    expect(
      drained([all], [pod(all, ['task/a'], { ending: true })], [workload('integration', { replicas: 2 })]),
    ).toEqual(['Deployment/integration task/a']);
    const autoscaler: KubernetesObject = {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'h', namespace: 'n' },
      spec: { minReplicas: 2, scaleTargetRef: { kind: 'Deployment', name: 'integration' } },
    };
    expect(drained([one], [], [workload('integration', { replicas: undefined }), autoscaler])).toEqual([
      'Deployment/integration task/a',
    ]);
    expect(drained([one], [], [all])).toEqual([]);
    const shared = workload('integration', { artifacts: ['task/a'], database: true, replicas: 2 });
    expect(drained([shared], [], [workload('integration', { replicas: 5 })])).toEqual([]);
  });

  it('takes a change of the coordination for a move, within a workload too', () => {
    const shared = workload('integration', { artifacts: ['task/a'], database: true, replicas: 3 });
    expect(drained([one], [], [shared])).toEqual(['Deployment/integration task/a']);
    expect(drained([shared], [], [one])).toEqual(['Deployment/integration task/a']);
    expect(drained([shared], [], [all, a])).toEqual(['Deployment/integration task/a']);
    expect(drained([shared], [], [shared])).toEqual([]);
  });

  it('empties what nobody marked before something marked starts, and what is marked before something unmarked stays', () => {
    const unknown = workload('old', { type: 'none' });
    expect(drained([unknown], [], [all, a], false)).toEqual(['Deployment/old']);
    expect(drained([all], [], [all, a], false)).toEqual(['Deployment/integration']);
    expect(drained([unknown, a], [], [unknown])).toEqual(['Deployment/a task/a']);
  });

  describe('between guards', () => {
    const guarded = (name: string, more: Options = {}): KubernetesObject =>
      workload(name, { artifacts: ['task/a'], leases: ['task/a', `workload/${name}`], ...more });
    const unnamed = (name: string): KubernetesObject =>
      workload(name, { type: 'stateful', leases: [`workload/${name}`] });

    it('needs nothing where they wait for one Lease', () => {
      expect(drained([guarded('one')], [], [guarded('two')])).toEqual([]);
      expect(drained([guarded('one', { scope: 'x' })], [], [guarded('one', { scope: 'x' })])).toEqual([]);
      expect(drained([unnamed('one')], [], [guarded('one')])).toEqual([]);
      expect(drained([unnamed('one'), guarded('two')], [], [unnamed('one'), guarded('two')])).toEqual([]);
      expect(ownersDiffer([guarded('one')], [guarded('two')])).toBe(false);
    });

    it('empties the old owner where the scope changes, and says so', () => {
      expect(drained([guarded('one')], [], [guarded('one', { scope: 'x' })])).toEqual(['Deployment/one task/a']);
      expect(drained([guarded('one', { scope: 'x' })], [], [guarded('two')])).toEqual(['Deployment/one task/a']);
      const [drain] = drainsBefore([guarded('one')], [], [guarded('one', { scope: 'x' })], true);
      expect(drain?.because).toBe('task/a goes to Deployment/one, and its guard does not wait for that of the old pod');
      expect(ownersDiffer([guarded('one')], [guarded('one', { scope: 'x' })])).toBe(true);
    });

    it('empties one that names nothing and ends, before others start', () => {
      expect(drained([unnamed('one')], [], [guarded('two')])).toEqual(['Deployment/one']);
    });

    it('goes by the Leases that pods hold, not only by those of the newest template', () => {
      const old = pod(guarded('one'), ['task/a'], { coordination: 'lease', leases: ['n x task/a'] });
      expect(drained([guarded('one')], [old], [guarded('one')])).toEqual(['Deployment/one task/a']);
    });
  });

  it('empties servers that share a database and name nothing, of whatever type, before others start', () => {
    const shared = workload('integration', { database: true, replicas: 3 });
    expect(drained([shared], [], [all, a])).toEqual(['Deployment/integration']);
    const kept = workload('b', { artifacts: ['task/b'], database: true });
    expect(drained([shared, kept], [], [shared, kept])).toEqual([]);
  });

  it('is asked before a way back by helm alone', () => {
    expect(ownersDiffer([one], [all, a])).toBe(true);
    expect(ownersDiffer([all, a], [workload('integration', { replicas: 2 }), a])).toBe(false);
    expect(ownersDiffer([], [all, a])).toBe(false);
    expect(ownersDiffer([workload('old', { type: 'none' })], [a])).toBe(true);
    expect(ownersDiffer([all], [all])).toBe(false);
  });
});

describe('other preparations', () => {
  const autoscaler: KubernetesObject = {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'w', namespace: 'n' },
    spec: { scaleTargetRef: { kind: 'Deployment', name: 'w' } },
  };

  it.each([undefined, 1])(
    'start a workload at 0 pods where an autoscaler begins, with %s in the manifest',
    (replicas) => {
      const wanted = [
        workload('w', { replicas }),
        { ...autoscaler, spec: { minReplicas: 2, scaleTargetRef: { kind: 'Deployment', name: 'w' } } },
      ];
      expect(revivals([workload('w', { replicas: 0 })], wanted)).toEqual([
        { workload: workload('w', { replicas: 0 }), replicas: 2 },
      ]);
      expect(revivals([workload('w', { replicas: 1 })], wanted)).toEqual([]);
      expect(revivals([workload('w', { replicas: 0 })], [workload('w', { replicas: 0 }), autoscaler])).toEqual([]);
      // Helm itself sets a number that no autoscaler has, and an autoscaler that begins at 0 pods wants none.
      expect(revivals([workload('w', { replicas: 0 })], [workload('w', { replicas: 1 })])).toEqual([]);
      const fromNone = { ...autoscaler, spec: { ...(autoscaler.spec as object), minReplicas: 0 } };
      expect(revivals([workload('w', { replicas: 0 })], [workload('w', { replicas }), fromNone])).toEqual([]);
    },
  );

  it('hand the number of the moment to an autoscaler', () => {
    const [before, live, wanted] = [
      workload('w', { replicas: 3 }),
      workload('w', { replicas: 4 }),
      workload('w', { replicas: undefined }),
    ];
    expect(handOvers([before], [live], [wanted, autoscaler]).map(({ replicas }) => replicas)).toEqual([4]);
    expect(handOvers([wanted], [live], [wanted, autoscaler])).toEqual([]);
    expect(handOvers([before], [live], [wanted])).toEqual([]);
  });

  it('free a Deployment of the rollingUpdate that Kubernetes filled in', () => {
    const strategy = (type: string, more = {}): KubernetesObject => ({
      ...workload('w'),
      spec: { ...(workload('w').spec as object), strategy: { type, ...more } },
    });
    expect(
      strategyPatches([strategy('RollingUpdate', { rollingUpdate: { maxSurge: 1 } })], [strategy('Recreate')]),
    ).toHaveLength(1);
    expect(strategyPatches([strategy('Recreate')], [strategy('Recreate')])).toEqual([]);
    const rolling = strategy('RollingUpdate', { rollingUpdate: { maxSurge: 1 } });
    expect(strategyPatches([rolling], [rolling])).toEqual([]);
  });
});

describe('workloadState', () => {
  const of = (kind: string, status: object, spec: object = {}): boolean => {
    const made = workload('w', { kind, replicas: 2 });
    return workloadState({ ...made, spec: { ...(made.spec as object), ...spec }, status }).settled;
  };
  const done = { replicas: 2, updatedReplicas: 2, readyReplicas: 2 };

  it('counts a pod of a Deployment once it is available, which takes minReadySeconds', () => {
    expect(of('Deployment', { ...done, availableReplicas: 2 })).toBe(true);
    expect(of('Deployment', { ...done, availableReplicas: 1 })).toBe(false);
  });

  it('counts a pod of a StatefulSet once it is ready', () => {
    expect(of('StatefulSet', done)).toBe(true);
    expect(of('StatefulSet', { ...done, readyReplicas: 1 })).toBe(false);
    expect(of('StatefulSet', { ...done, updatedReplicas: 1 })).toBe(false);
    expect(of('StatefulSet', { ...done, updatedReplicas: 1 }, { updateStrategy: { type: 'OnDelete' } })).toBe(true);
  });
});

describe('livePods', () => {
  it('tells the pods of a Deployment from those of a StatefulSet with the same labels', () => {
    const owned = (kind: string): object => ({ ownerReferences: [{ kind }] });
    const made = (name: string, owner: string): KubernetesObject => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 'n', labels: { 'app.kubernetes.io/component': 'a' }, ...owned(owner) },
      status: {
        phase: 'Running',
        containerStatuses: [
          {
            name: 'micro-integrator',
            imageID: 'docker.io/x@sha256:0f',
            state: { waiting: { reason: 'CrashLoopBackOff' } },
          },
          { name: 'istio-proxy', imageID: 'docker.io/proxy@sha256:aa' },
        ],
      },
    });
    const [deployment, set] = [workload('a'), workload('a', { kind: 'StatefulSet' })];
    const pods = livePods(
      [
        made('a-0', 'StatefulSet'),
        made('a-rs-x', 'ReplicaSet'),
        { ...made('done', 'ReplicaSet'), status: { phase: 'Succeeded' } },
      ],
      [deployment, set],
    );
    expect(pods.map(({ name, workload: id, trouble, imageDigests }) => [name, id, trouble, imageDigests])).toEqual([
      ['a-0', identity(set), 'CrashLoopBackOff', ['sha256:0f']],
      ['a-rs-x', identity(deployment), 'CrashLoopBackOff', ['sha256:0f']],
    ]);
  });

  it('does not take the image of a pod that still drains for one that the release runs', () => {
    const made = pod(workload('a'), []);
    expect(
      imageDigestsOf([
        { ...made, imageDigests: ['sha256:new'] },
        { ...made, imageDigests: ['sha256:old'], ending: true },
      ]),
    ).toEqual(['sha256:new']);
  });
});

it('takes a workload for stalled when every pod of it waits for another try, and for a workload that stays', () => {
  const [a, b, c, gone] = ['a', 'b', 'c', 'gone'].map((name) => workload(name)) as [
    KubernetesObject,
    KubernetesObject,
    KubernetesObject,
    KubernetesObject,
  ];
  const waits = (object: KubernetesObject, more: Partial<LivePod> = {}): LivePod =>
    readyPod(identity(object), { ready: false, backsOff: true, ...more });
  const pods = [waits(a), waits(a), waits(b), readyPod(identity(b)), waits(c, { ending: true }), waits(c), waits(gone)];
  const found = stalled({ workloads: [a, b, c, gone], pods }, [a, b, c, workload('new')]);
  expect(found.map((one) => one.workload)).toEqual([a]);
});

it.each([
  [{ waiting: { reason: 'CrashLoopBackOff' } }, true],
  [{ waiting: { reason: 'ImagePullBackOff' } }, true],
  [{ waiting: { reason: 'ContainerCreating' } }, false],
  [{ running: {} }, false],
  [{ terminated: { exitCode: 1 } }, false],
])('tells of a container in the state %j whether its pod waits for another try: %s', (state, expected) => {
  const object = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p' },
    status: { initContainerStatuses: [{ state: { terminated: { exitCode: 0 } } }], containerStatuses: [{ state }] },
  };
  expect(livePods([object], []).map(({ backsOff }) => backsOff)).toEqual([expected]);
});
