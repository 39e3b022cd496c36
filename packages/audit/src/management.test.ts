import { ManagementFault } from '@mi-patterns/rollout';
import { expect, test } from 'vitest';
import { settingFindings } from './findings.ts';
import { deployedNames, merged, serversByManagementApi } from './management.ts';
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

test('who asked the servers in vain is not told to ask them', async () => {
  const server = {
    id: 'n/Deployment/a',
    container: {},
    containerPath: 'c',
    template: {},
    pods: [],
  } as unknown as Server;
  const image: Deployment = {
    artifacts: [],
    count: 0,
    runtimeVersion: undefined,
    hotDeployment: undefined,
    unknown: ['the image could not be read'],
  };
  const snapshot = { workloads: [], pods: [], autoscalers: [], budgets: [], configMaps: new Map(), notRead: [] };
  const hints = (deployment: Deployment): readonly (string | undefined)[] =>
    settingFindings(server, deployment, snapshot)
      .filter(({ code }) => code === 'MI-AUDIT-UNKNOWN')
      .map(({ hint }) => hint);
  expect(hints(image)).toEqual([expect.stringContaining('--by management-api')]);
  const asked = await serversByManagementApi('c', undefined)(server, image);
  const way = expect.stringContaining('remove what keeps the management API from being asked.');
  expect(hints(asked)).toEqual([way, way]);
});
