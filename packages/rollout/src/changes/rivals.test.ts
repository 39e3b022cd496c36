import { expect, it } from 'vitest';
import { identity, type KubernetesObject } from '@mi-patterns/helm';
import type { LivePod, LiveState } from '../live/live.ts';
import { rivalFindings } from './rivals.ts';

interface Made {
  readonly release?: string;
  readonly replicas?: number;
  readonly coordination?: 'database' | 'lease';
  readonly artifacts?: string;
}

function workload(
  name: string,
  { release = 'old', replicas = 1, coordination, artifacts = 'task/a' }: Made = {},
): KubernetesObject {
  const annotations = {
    'mi-patterns.io/stateful-artifacts': artifacts,
    ...(coordination === undefined ? {} : { 'mi-patterns.io/coordination': coordination }),
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'n', annotations: { ...annotations, 'meta.helm.sh/release-name': release } },
    spec: { replicas, template: { metadata: { annotations } } },
  };
}

const at = (workloads: readonly KubernetesObject[], pods: readonly Partial<LivePod>[] = []): LiveState => ({
  workloads,
  pods: pods as readonly LivePod[],
});
const said = (wanted: Made, other: Made, pods?: readonly Partial<LivePod>[]): readonly string[] =>
  rivalFindings([workload('new-a', wanted)], at([workload('old-a', other)], pods)).map(({ message }) => message);

it('names the workload of another release that runs the same, and what to do', () => {
  expect(rivalFindings([workload('new-a', { artifacts: 'task/a,task/b' })], at([workload('old-a')]))).toEqual([
    {
      code: 'MI-ROLLOUT-RUNS-ELSEWHERE',
      severity: 'error',
      message:
        'Deployment/old-a of the release old in the same namespace runs task/a too. While both releases run it, the work is done twice.',
      hint: 'If this release replaces it, list it in `takeOver` of the environment, or remove it (helm uninstall old) first. If it only has an artifact of the same name, use --accept MI-ROLLOUT-RUNS-ELSEWHERE.',
    },
  ]);
});

it.each<[string, number, Made, Made, (readonly Partial<LivePod>[])?]>([
  ['something else', 0, {}, { artifacts: 'task/b' }],
  ['both paused and live', 0, { replicas: 0 }, {}],
  ['the other at 0 pods', 0, {}, { replicas: 0 }],
  ['the other at 0 pods, its last one ending', 0, {}, { replicas: 0 }, [{ ending: true }]],
  ['the other at 0 pods, which its controller has not seen', 1, {}, { replicas: 0 }, [{ ending: false }]],
  ['guards in both, in whatever scope', 0, { coordination: 'lease' }, { coordination: 'lease' }],
  ['a guard in this one only', 1, { coordination: 'lease' }, {}],
  ['a guard in the other only', 1, {}, { coordination: 'lease' }],
  ['a database for both', 0, { coordination: 'database' }, { coordination: 'database' }],
  ['a database for one', 1, { coordination: 'database' }, {}],
  ['a guard and a database', 1, { coordination: 'lease' }, { coordination: 'database' }],
])('judges %s', (_what, findings, wanted, other, pods = []) => {
  const own = pods.map((pod) => ({ ...pod, workload: identity(workload('old-a')) }));
  expect(said(wanted, other, own)).toHaveLength(findings);
});

it('says nothing of a workload that is being deleted: its pods are waited for', () => {
  const old = workload('old-a');
  const ending = { ...old, metadata: { ...old.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } };
  expect(rivalFindings([workload('new-a')], at([ending]))).toEqual([]);
});

it('says nothing of what the release runs already, where only what starts counts', () => {
  const others = at([workload('old-a')]);
  const target = [workload('new-a', { artifacts: 'task/a,task/b' })];
  expect(rivalFindings(target, others, [workload('new-x')])).toEqual([]);
  expect(rivalFindings(target, others, [workload('new-x', { artifacts: 'task/b' })])).toHaveLength(1);
});
