import { expect, it } from 'vitest';
import type { KubernetesObject } from '@mi-patterns/helm';
import type { Tools } from '../tools/tools.ts';
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
  const causes = causesSince(session, [first]);
  for (const workload of looks) await causes.look({ workloads: [workload], pods: [], objects: [] });
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
