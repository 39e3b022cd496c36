import { ManagementFault } from '@mi-patterns/rollout';
import { expect, test } from 'vitest';
import { deployedNames } from './management.ts';

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
