import { expect, test } from 'vitest';
import type { KubernetesObject } from '@mi-patterns/helm';
import type { RolloutRecord } from '../release/record.ts';
import { sameImageFindings } from './same-image.ts';

const running: RolloutRecord = {
  revision: 1,
  state: 'succeeded',
  environment: 'prod',
  pattern: 'coordinated',
  planDigest: '',
  artifactsDigest: 'sha256:1',
  valuesDigest: '',
  chart: '',
  chartDigest: '',
  image: 'acme/orders:1',
  by: 'ann',
  at: '',
};
const deployment = (mountPath?: string): KubernetesObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'a', namespace: 'n' },
  spec: {
    template: { spec: { containers: [{ name: 'a', volumeMounts: mountPath === undefined ? [] : [{ mountPath }] }] } },
  },
});
const changed = { image: 'acme/orders:1', artifactsDigest: 'sha256:2' };

test('other artifacts under the name of the running image are told', () => {
  expect(sameImageFindings(changed, running, [deployment()])).toMatchObject([
    { code: 'MI-ROLLOUT-SAME-IMAGE', severity: 'warning', message: expect.stringContaining('still acme/orders:1.') },
  ]);
});

test.each([
  ['the same artifacts', { ...changed, artifactsDigest: 'sha256:1' }, running, deployment()],
  ['another image', { ...changed, image: 'acme/orders:2' }, running, deployment()],
  ['the first rollout', changed, undefined, deployment()],
  ['a record of one workload', changed, { ...running, only: 'a' }, deployment()],
  [
    'archives on a volume',
    changed,
    running,
    deployment('/home/wso2carbon/wso2mi-4.6.0/repository/deployment/server/carbonapps'),
  ],
])('nothing is said of %s', (_, facts, record, object) => {
  expect(sameImageFindings(facts, record, [object])).toEqual([]);
});
