import { ManagementFault } from '@mi-patterns/rollout';
import { expect, test } from 'vitest';
import { deployedNames, merged } from './management.ts';
import type { Deployment, Server, StatefulArtifact } from './model.ts';

const answers: Readonly<Record<string, unknown>> = {
  '/management/apis': { count: 1, list: [{ name: 'Orders' }] },
  '/management/tasks': { count: 1, list: [{ name: 'Nightly' }] },
};
const serverWith =
  (known: Readonly<Record<string, unknown>>) =>
  async (path: string): Promise<unknown> => {
    if (known[path] === undefined) throw new ManagementFault(path, 404);
    return known[path];
  };

test('a server without the part that a list belongs to has none of that kind', async () => {
  expect([...(await deployedNames(serverWith(answers)))]).toEqual(['api/Orders', 'task/Nightly']);
});

test('what answers no list of APIs, or fails otherwise, is not taken for a server with nothing deployed', async () => {
  await expect(deployedNames(serverWith({}))).rejects.toThrow('/management/apis answered 404');
  const broken = async (path: string): Promise<unknown> => {
    if (path === '/management/tasks') throw new ManagementFault(path, 500);
    return answers[path] ?? { list: [] };
  };
  await expect(deployedNames(broken)).rejects.toThrow('/management/tasks answered 500');
});

test('what a server cannot list stays as the image says', () => {
  const artifact = (id: string): StatefulArtifact => ({
    id,
    verdict: { class: 'opaque', because: '', evidence: { path: 'a', line: 1, column: 1, text: '' } },
    source: undefined,
    application: '',
    coordinated: false,
  });
  const artifacts = ['axis2-service/Old', 'task/Kept', 'task/Gone'].map(artifact);
  const deployment: Deployment = {
    artifacts,
    count: 3,
    runtimeVersion: '4.4.0',
    hotDeployment: undefined,
    unknown: [],
  };
  const found = merged({ namespace: 'n' } as Server, deployment, new Set(['task/Kept']), 'pod-1');
  expect(found.artifacts.map(({ id }) => id)).toEqual(['axis2-service/Old', 'task/Kept']);
});
