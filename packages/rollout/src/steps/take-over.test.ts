import { expect, test } from 'vitest';
import type { KubernetesObject } from '@mi-patterns/helm';
import { missingReleases, takeOverSentences } from './take-over-told.ts';
import { requireServers } from './take-over.ts';

const deployment = (name: string, image: string): KubernetesObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace: 'shop' },
  spec: { replicas: 2, template: { spec: { containers: [{ name, image }] } } },
});
const runsServer = (workload: KubernetesObject): boolean => JSON.stringify(workload).includes('wso2mi');

test('a release that runs something else is never taken over', () => {
  const service: KubernetesObject = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'old' } };
  const server = deployment('old', 'acme/wso2mi:4.3.0');
  expect(() => requireServers('old', [server, service], runsServer)).not.toThrow();
  expect(() => requireServers('old', [server, deployment('database', 'postgres:17')], runsServer)).toThrow(
    expect.objectContaining({
      diagnostics: [
        expect.objectContaining({
          code: 'MI-ROLLOUT-TAKE-OVER',
          message: expect.stringContaining('database') as string,
        }),
      ],
    }),
  );
});

test('a release that does not exist is said, since its name may be mistyped', () => {
  expect(takeOverSentences([{ name: 'odl', objects: [], pods: [] }], [])).toEqual([
    'finds no release odl to take over',
  ]);
});

test('a release that does not exist is an error, and one whose pods have ended is none', () => {
  const ended = { name: 'old', objects: [deployment('old', 'acme/wso2mi:4.3.0')], pods: [] };
  expect(missingReleases([ended, { name: 'odl', objects: [], pods: [] }])).toMatchObject([
    {
      code: 'MI-ROLLOUT-TAKE-OVER',
      severity: 'error',
      message: expect.stringContaining('`takeOver` lists odl') as string,
    },
  ]);
});
