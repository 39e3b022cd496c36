import { expect, test } from 'vitest';
import { findServers, runsMicroIntegrator } from './find-servers.ts';

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

const found = (...containers: readonly object[]): readonly (readonly [string, readonly string[]])[] => {
  const workloads = containers.map((container, index) => {
    const made = deployment(container);
    return { ...made, metadata: { ...made.metadata, name: `w${index}` } };
  });
  const nothing = { pods: [], scalers: [], budgets: [], notListed: [] };
  const servers = findServers({ ...nothing, workloads } as unknown as Parameters<typeof findServers>[0]);
  return servers.map(({ object, signs }) => [object.metadata.name, signs]);
};

const server = { image: 'acme/orders:1.2.0', ports: [{ containerPort: 8290 }, { containerPort: 8253 }] };

test('a workload with the image of a server is one too, under whatever tag, though nothing else shows it', () => {
  const sign = 'containers[0].image acme/orders@sha256:1, which shop/Deployment/w0 runs too';
  expect(found(server, { image: 'acme/orders@sha256:1' }, { image: 'acme/orders:2', args: ['-Dx=1'] })).toEqual([
    ['w0', ['containers[0].ports 8290, 8253']],
    ['w1', [sign]],
    ['w2', ['containers[0].image acme/orders:2, which shop/Deployment/w0 runs too']],
  ]);
});

test('a workload that runs something else with the image, or shares a general one, is none', () => {
  const general = { image: 'eclipse-temurin:21', command: ['/opt/wso2mi-4.3.0/bin/micro-integrator.sh'] };
  expect(
    found(
      server,
      { image: 'acme/orders:1.2.0', command: ['sleep', 'infinity'] },
      { image: 'acme/orders:1.2.0', args: ['sh'] },
      { image: 'acme/billing:1' },
      general,
      { image: 'eclipse-temurin:21' },
    ).map(([name]) => name),
  ).toEqual(['w0', 'w4']);
});
