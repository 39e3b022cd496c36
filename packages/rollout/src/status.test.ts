import type { KubernetesObject } from '@mi-patterns/helm';
import { expect, it } from 'vitest';
import { livePods } from './live/live.ts';
import { podTrouble } from './live/pod-trouble.ts';
import { idleWorkloads, releaseStatus } from './status.ts';

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

/** Whether a release whose newest revision is pending can be upgraded, where the lock and the records say so much. */
async function readinessWith(holder: string, begun: object | undefined, minutes: number): Promise<string> {
  const now = Date.parse('2026-01-01T01:00:00Z');
  const made = new Date(now - minutes * 60_000).toISOString();
  const written = { creationTimestamp: made, managedFields: [] };
  const objects: Readonly<Record<string, object>> = {
    whoami: { metadata: { creationTimestamp: new Date(now).toISOString() } },
    configmaps: {
      metadata: { name: 'orders-rollouts', creationTimestamp: made },
      data: { records: '[]', ...(begun === undefined ? {} : { begun: JSON.stringify({ at: made, ...begun }) }) },
    },
    'leases.coordination.k8s.io': {
      metadata: { name: 'orders-rollout', creationTimestamp: new Date(now - 5000).toISOString() },
      spec: { holderIdentity: holder, leaseDurationSeconds: 60, renewTime: made },
    },
    secret: { metadata: { name: 'sh.helm.release.v1.orders.v2', ...written } },
  };
  const answer = (stdout: string): Promise<{ exitCode: number; stdout: string; stderr: string }> =>
    Promise.resolve({ exitCode: 0, stdout, stderr: '' });
  const tools = {
    helm: ([word = '']: readonly string[]) => {
      const revisions = [
        { revision: 1, status: 'deployed', updated: made },
        { revision: 2, status: 'pending-upgrade', updated: made },
      ];
      return answer(word === 'history' ? JSON.stringify(revisions) : word === 'get' ? 'null' : '');
    },
    kubectl: (words: readonly string[]) => {
      const object = Object.entries(objects).find(([word]) => words.includes(word))?.[1];
      return answer(JSON.stringify(object === undefined ? { items: [] } : { apiVersion: 'v1', kind: 'X', ...object }));
    },
    helmMajor: () => Promise.resolve(4),
  };
  const target = { release: 'orders', namespace: 'n', context: 'c', tools };
  return (await releaseStatus(target, 600)).readiness.state;
}

it('calls a release interrupted only where neither a rollout nor another helm works on it', async () => {
  const ours = { revision: 2, helm: true };
  expect(await readinessWith('ann', ours, 1)).toBe('busy');
  expect(await readinessWith('', ours, 1)).toBe('stuck');
  expect(await readinessWith('', undefined, 1)).toBe('busy');
  expect(await readinessWith('', undefined, 11)).toBe('stuck');
});

it('calls a release that was removed not installed, also where helm has kept its history', async () => {
  const answer = async (stdout: string): Promise<{ exitCode: number; stdout: string; stderr: string }> => ({
    exitCode: 0,
    stdout,
    stderr: '',
  });
  const history = JSON.stringify([
    { revision: 1, status: 'uninstalled', chart: 'micro-integrator-1.0.0', updated: '' },
  ]);
  const tools = { helm: () => answer(history), kubectl: () => answer(''), helmMajor: () => Promise.resolve(4) };
  const status = await releaseStatus({ release: 'orders', namespace: 'n', context: 'c', tools }, 600);
  expect(status).toMatchObject({ revision: undefined, workloads: 0, drift: [], readiness: { state: 'new' } });
});
