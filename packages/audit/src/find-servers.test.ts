import { expect, test } from 'vitest';
import { runsMicroIntegrator } from './find-servers.ts';

const deployment = (container: object) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'x', namespace: 'shop' },
  spec: { template: { spec: { containers: [{ name: 'x', ...container }] } } },
});

test('Micro Integrator is known by its image, its folder or its ports, and nothing else is taken for it', () => {
  expect(
    [
      { image: 'acme/wso2mi:4.3.0' },
      { image: 'acme/orders:1', volumeMounts: [{ name: 'a', mountPath: '/home/wso2carbon/wso2mi-4.3.0/conf' }] },
      { image: 'postgres:17', ports: [{ containerPort: 5432 }] },
      { image: 'nginx:1.29', ports: [{ containerPort: 8080 }] },
    ].map((container) => runsMicroIntegrator(deployment(container))),
  ).toEqual([true, true, false, false]);
});
