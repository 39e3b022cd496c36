import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeWith } from '../support/describe-with.ts';
import { command } from '../delivery/package.ts';
import { type Container, type Engine, findEngine } from './container.ts';
import { type OrderSystem, startOrderSystem, writeOrders } from './orders.ts';
import { findRuntime, until } from './server.ts';

const found = findEngine(findRuntime());
if ('missing' in found) console.warn(`No image is built of what package writes: ${found.missing}.`);

const defaults = 'EnterpriseIntegrator,EnterpriseServiceBus,DataServicesServer';
const work = mkdtempSync(join(tmpdir(), 'mi-container-'));
let system: OrderSystem;
let engine: Engine;
const containers: Container[] = [];

async function run(image: string, options: Parameters<Engine['run']>[1]): Promise<Container> {
  const container = await engine.run(image, options);
  containers.push(container);
  return container;
}

const order = async (container: Container): Promise<number> =>
  (
    await fetch(`${container.http}/orders`, {
      method: 'POST',
      body: '{"order":1}',
      headers: { 'content-type': 'application/json' },
      signal: AbortSignal.timeout(60_000),
    })
  ).status;

describeWith(
  'missing' in found ? found.missing : undefined,
  'an image that a container engine builds of what package writes, on MI 4.3.0 built from source',
  () => {
    beforeAll(async () => {
      system = await startOrderSystem();
      if ('open' in found) engine = found.open();
      const orders = writeOrders(join(work, 'orders'), system.port);
      for (const mode of ['roles', 'archives']) {
        const { exitCode, document } = await command(
          work,
          'package',
          orders,
          '--out',
          join(work, mode),
          '--runtime',
          '4.3.0',
          '--delivery',
          mode,
        );
        if (exitCode !== 0) throw new Error(`package ended with ${exitCode}: ${JSON.stringify(document)}`);
      }
    });

    afterAll(async () => {
      await Promise.all(containers.map((container) => container.stop()));
      engine?.dispose();
      system?.close();
      rmSync(work, { recursive: true, force: true });
    });

    test('has labels, user, entry point and archives', () => {
      const built = engine.build(join(work, 'roles', 'image'), 'localhost/orders:roles');
      expect(built).toMatchObject({
        User: '802',
        Entrypoint: ['/bin/sh', '/home/wso2carbon/mi-patterns/entrypoint.sh'],
      });
      expect(built.Labels).toMatchObject({
        'mi-patterns.io/archives': 'orders_1.2.0.car',
        'mi-patterns.io/server-roles': 'MiIsolatedRecurringOrderTask,MiIsolatedSchedulOrderTask',
        'org.opencontainers.image.title': 'orders',
        'org.opencontainers.image.version': '1.2.0',
      });
      expect(
        engine.list('localhost/orders:roles', '/home/wso2carbon/wso2mi-4.3.0/repository/deployment/server/carbonapps'),
      ).toEqual(['-rw-r--r-- 802 orders_1.2.0.car']);
      expect(engine.list('localhost/orders:roles', '/home/wso2carbon/mi-patterns')).toEqual([
        '-rw-r--r-- 802 entrypoint.sh',
        '-rw-r--r-- 802 roles.json',
        '-rwxr-xr-x 802 lease-guard',
        '-rwxr-xr-x 802 lease-guard-aarch64',
        '-rwxr-xr-x 802 lease-guard-x86_64',
      ]);
    });

    test('deploys by role: the API in both containers, the task in the one that has its role', async () => {
      const refused = await run('localhost/orders:roles', { arguments: [`-DserverRoles=${defaults}`] });
      expect(refused.exitCode()).toBe(78);
      expect(refused.log()).toContain(
        'mi-patterns: this server skips the artifacts with the role(s) MiIsolatedRecurringOrderTask MiIsolatedSchedulOrderTask, and it is unknown whether another server has them.',
      );
      await refused.stop();
      // As the chart sets it: the roles of all servers of the release.
      const release = {
        MI_PATTERNS_RELEASE_ROLES: `${defaults},MiIsolatedRecurringOrderTask,MiIsolatedSchedulOrderTask`,
      };
      const stateless = await run('localhost/orders:roles', {
        arguments: [`-DserverRoles=${defaults}`],
        environment: release,
      });
      expect((await fetch(`${stateless.internal}/healthz`)).status).toBe(200);
      expect(await order(stateless)).toBe(200);
      await new Promise((done) => setTimeout(done, 2500));
      expect(system.seen.recurring).toBe(0);
      const isolated = await run('localhost/orders:roles', {
        environment: { ...release, JAVA_OPTS: `-DserverRoles=${defaults},MiIsolatedRecurringOrderTask` },
      });
      await until(
        () => system.seen.recurring >= 2,
        () => `the task did not fire:\n${isolated.log().slice(-3000)}`,
      );
      expect(await order(isolated)).toBe(200);
      await Promise.all([stateless.stop(), isolated.stop()]);
    });

    test('of divided archives starts no server that has none of them', async () => {
      expect(engine.build(join(work, 'archives', 'image'), 'localhost/orders:archives').User).toBe('802');
      expect(engine.list('localhost/orders:archives', '/home/wso2carbon/mi-patterns/archives')).toEqual(
        ['integration', 'recurring-order-task', 'schedul-order-task'].map(
          (name) => `-rw-r--r-- 802 ${name}/orders-${name}_1.2.0.car`,
        ),
      );
      const refused = await run('localhost/orders:archives', {});
      expect(refused.exitCode()).toBe(78);
      expect(refused.log()).toMatch(/holds the archives of several workloads .* Not starting\./);
      await refused.stop();
    });
  },
);
