import type { KubernetesObject } from '@mi-patterns/helm';
import type { RolloutEvent, RolloutOutcome } from '../src/steps/effects.ts';
import { rollOut, type RolloutRequest } from '../src/steps/roll-out.ts';
import { type Death, effectsOn, pass, type World } from './fake-world.ts';

/** A workload as the chart makes it; one with stateful artifacts ends its old pod first. */
export function workload(
  name: string,
  replicas: number | undefined,
  artifacts: readonly string[] = [],
  image = 'x:1',
  kind = 'Deployment',
): KubernetesObject {
  const labels = { 'app.kubernetes.io/component': name };
  const annotations = artifacts.length === 0 ? {} : { 'mi-patterns.io/stateful-artifacts': artifacts.join(',') };
  const type = { 'mi-patterns.io/workload-type': artifacts.length === 0 ? 'stateless' : 'stateful' };
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name, namespace: 'n', labels },
    spec: {
      ...(replicas === undefined ? {} : { replicas }),
      strategy: { type: artifacts.length === 0 ? 'RollingUpdate' : 'Recreate' },
      selector: { matchLabels: labels },
      template: {
        metadata: { labels: { ...labels, ...type }, annotations },
        spec: { containers: [{ name: 'c', image }] },
      },
    },
  };
}

export const single = (image = 'x:1'): KubernetesObject[] => [workload('integration', 1, ['task/a', 'task/b'], image)];
export const coordinated = (image = 'x:1'): KubernetesObject[] => [
  workload('integration', 3, [], image),
  workload('a', 1, ['task/a'], image),
  workload('b', 1, ['task/b'], image, 'StatefulSet'),
];
export const swapped = (image = 'x:1'): KubernetesObject[] => [
  workload('integration', 3, [], image),
  workload('a', 1, ['task/b'], image),
  workload('b', 1, ['task/a'], image, 'StatefulSet'),
];

export const autoscaled = (image = 'x:1'): KubernetesObject[] => [
  workload('integration', undefined, [], image),
  ...coordinated(image).slice(1),
  {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'integration', namespace: 'n' },
    spec: { minReplicas: 2, scaleTargetRef: { kind: 'Deployment', name: 'integration' } },
  },
];
export const multiple = (image = 'x:1'): KubernetesObject[] => [workload('integration', 3, [], image)];

export const facts = { pattern: 'p', planDigest: '', valuesDigest: '', chart: '', chartDigest: '', image: 'x' };
export const request = (more: Partial<RolloutRequest> = {}): RolloutRequest => ({
  environment: 'e',
  facts,
  timeout: 60,
  dryRun: false,
  accept: [],
  confirm: async () => true,
  ...more,
});
export const run = (
  world: World,
  wanted: KubernetesObject[],
  death?: Death,
  holder = 'ann',
  events: RolloutEvent[] = [],
): Promise<RolloutOutcome> =>
  rollOut(request(), effectsOn(world, wanted, holder, death), (event) => void events.push(event));

/** Workloads with ready pods and what they run. */
export function running(world: World): string[] {
  pass(world, 10);
  return world.pods
    .filter((pod) => pod.goneAt === undefined && !pod.broken)
    .map((pod) => `${pod.workload.split('/').at(-1)} ${pod.artifacts.join(',')}`.trim())
    .sort();
}

export const runningCoordinated = ['a task/a', 'b task/b', 'integration', 'integration', 'integration'];
