import type { KubernetesObject } from '@mi-patterns/helm';
import { expect, it } from 'vitest';
import { livePods } from './live/live.ts';
import { podTrouble } from './live/pod-trouble.ts';
import { idleWorkloads } from './status.ts';

const workload = (replicas: number, type = 'stateful'): KubernetesObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'orders-nightly', namespace: 'n', labels: { 'mi-patterns.io/workload-type': type } },
  spec: {
    replicas,
    selector: { matchLabels: { a: 'b' } },
    template: { metadata: { annotations: { 'mi-patterns.io/stateful-artifacts': 'task/Nightly,task/Hourly' } } },
  },
});
const pod = (more: object, ready: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: 'orders-nightly-1',
    namespace: 'n',
    labels: { a: 'b' },
    annotations: { 'mi-patterns.io/stateful-artifacts': 'task/Nightly' },
    ...more,
  },
  spec: { nodeName: 'node-a' },
  status: {
    phase: 'Running',
    conditions: [
      { type: 'Ready', status: ready },
      { type: 'ContainersReady', status: 'True' },
    ],
  },
});

it('names what no pod runs, and whether the values say so', () => {
  const zero = workload(0);
  expect(idleWorkloads([zero], [zero], [])).toEqual([
    'Deployment/orders-nightly has 0 pods, as its values say: nothing runs task/Hourly, task/Nightly',
  ]);
  expect(idleWorkloads([zero], [workload(1)], [])).toEqual([
    'Deployment/orders-nightly has 0 pods: nothing runs task/Hourly, task/Nightly',
  ]);
  // Its old pod ends, or another workload has taken over.
  expect(idleWorkloads([zero], [workload(1)], livePods([pod({}, 'True')], [zero]))).toEqual([
    'Deployment/orders-nightly has 0 pods: nothing runs task/Hourly',
  ]);
  expect(idleWorkloads([workload(1), workload(0, 'stateless')], [], [])).toEqual([]);
});

it('names the node of a pod that the control plane alone calls not ready', () => {
  expect(podTrouble(pod({}, 'False'))?.words).toBe('its node node-a does not answer');
  expect(podTrouble(pod({ ownerReferences: [{ kind: 'StatefulSet' }] }, 'False'))?.words).toBe(
    'its node node-a does not answer; the next pod starts only when the node is back or its Node object is deleted',
  );
  expect(podTrouble(pod({}, 'True'))).toBeUndefined();
  const gated = pod({}, 'False');
  expect(podTrouble({ ...gated, spec: { readinessGates: [{ conditionType: 'lb' }] } })).toBeUndefined();
});
