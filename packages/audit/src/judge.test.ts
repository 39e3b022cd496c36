import { expect, test } from 'vitest';
import { judgeMoments } from './judge.ts';
import type { Deployment, Server, ServerPod } from './model.ts';

const pod = (name: string): ServerPod => ({ name, node: 'n', ready: true, ending: false });
const server = (kind: string, replicas: number, pods: readonly string[], spec: object = {}): Server => ({
  id: `prod/${kind}/orders`,
  namespace: 'prod',
  object: { apiVersion: 'apps/v1', kind, metadata: { name: 'orders', namespace: 'prod' }, spec: { ...spec } },
  template: {},
  container: {},
  containerPath: 'spec.template.spec.containers[0]',
  signs: [],
  madeBy: 'other',
  image: 'orders:1',
  runningImage: undefined,
  replicas,
  pods: pods.map(pod),
});
const deployment: Deployment = {
  artifacts: [
    {
      id: 'task/T',
      verdict: { class: 'isolate', because: '', evidence: { path: 'T.xml', line: 1, column: 1, text: '' } },
      source: undefined,
      application: '',
      coordinated: false,
    },
  ],
  count: 1,
  runtimeVersion: undefined,
  hotDeployment: undefined,
  unknown: [],
};
const risks = (of: Server, max?: number): readonly string[] => {
  const scaler = max === undefined ? undefined : { name: 'HorizontalPodAutoscaler/orders', max };
  const { now, update, cutOff, scaling } = judgeMoments(of, deployment, { twins: [], scaler });
  return [now, update, cutOff, scaling].map(({ risk }) => risk);
};
const recreate = { strategy: { type: 'Recreate' } };

test.each([
  // Two pods run while one of them ends, whatever the wanted number says.
  [
    'pods beyond the wanted number',
    server('Deployment', 1, ['a', 'b'], recreate),
    undefined,
    'twice twice twice twice',
  ],
  ['one pod that is replaced at once', server('Deployment', 1, ['a'], recreate), undefined, 'none none twice none'],
  [
    'several that are replaced at once',
    server('Deployment', 2, ['a', 'b'], recreate),
    undefined,
    'twice twice twice twice',
  ],
  ['a rolling update', server('Deployment', 1, ['a']), undefined, 'none twice twice none'],
  ['a StatefulSet', server('StatefulSet', 1, ['a']), undefined, 'none none none none'],
  // It makes another pod for one on a lost node, as that of a Deployment does.
  ['a ReplicaSet', server('ReplicaSet', 1, ['a']), undefined, 'none none twice none'],
  ['an autoscaler', server('StatefulSet', 1, ['a']), 3, 'none none none twice'],
  ['an autoscaler of one pod', server('StatefulSet', 1, ['a']), 1, 'none none none none'],
  ['no pod', server('Deployment', 0, []), 3, 'none none none none'],
])('%s', (_name, of, max, expected) => {
  expect(risks(of, max).join(' ')).toBe(expected);
});
