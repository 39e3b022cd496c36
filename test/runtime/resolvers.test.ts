import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '@mi-patterns/helm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeWith } from '../support/describe-with.ts';
import { defaultRole, tickingTask, writeArchive } from '../cluster/images/archives.ts';
import {
  compileLauncher,
  missingForCoordination,
  postgresPrograms,
  provideDriver,
  startDatabase,
  type Database,
} from './coordination-database.ts';
import {
  startCoordinated,
  story,
  takesPart,
  type CoordinatedOptions,
  type CoordinatedServer,
} from './coordination-server.ts';
import { findRuntime, freeOffset, until } from './server.ts';

/**
 * MI's own tasks component on the deployment.toml that the chart renders for each way to give out tasks, and for
 * hardening: a value of a wrong type ends it with one line in the log, and no task runs while the pod is ready.
 */
const runtime = findRuntime();
const programs = postgresPrograms();
const missing = missingForCoordination(runtime, programs, 'two minutes');
if (missing !== undefined) console.warn(`The tasks component of MI is not started on rendered files: ${missing}.`);
const folder = 'folder' in runtime ? runtime.folder : '';
const work = mkdtempSync(join(tmpdir(), 'mi-resolvers-'));
const broken = /Error in initializing Tasks component/;
const noNode = /No nodes defined in the task_nodes/;

describeWith(missing, "MI's tasks component on rendered files (MI 4.3.0, built from source)", () => {
  let database: Database;
  let server: CoordinatedServer | undefined;
  beforeAll(async () => {
    await writeArchive(
      join(work, 'ticking.car'),
      'TickingCompositeExporter',
      '1.0.0',
      tickingTask('recurring', defaultRole, 1, 'http://127.0.0.1:9'),
    );
    compileLauncher(folder, join(work, 'launcher'));
    database = await startDatabase(programs ?? '');
  });
  afterAll(async () => {
    await server?.remove();
    await database?.stop();
    rmSync(work, { recursive: true, force: true });
  });

  const start = async (
    name: string,
    coordination: JsonObject,
    more: Pick<CoordinatedOptions, 'workload' | 'rewrite'> = {},
  ): Promise<void> => {
    await server?.remove();
    database.query(
      'delete from cluster_node_status_table; delete from leader_status_table; delete from coordinated_task_table',
    );
    server = await startCoordinated(
      { folder },
      {
        name,
        offset: await freeOffset(),
        archives: [join(work, 'ticking.car')],
        url: `jdbc:postgresql://127.0.0.1:${database.port}/postgres`,
        classes: [join(work, 'launcher'), provideDriver()],
        coordination,
        ...more,
      },
    );
  };

  test.each([
    ['active-passive', { resolver: 'active-passive' }],
    ['round-robin', { resolver: 'round-robin' }],
    ['round-robin over one server', { resolver: 'round-robin', taskServerCount: 1 }],
    ['task-nodes', { resolver: 'task-nodes', taskNodes: ['orders-integration-0'] }],
    ['hardening', { resolver: 'active-passive', hardening: { enabled: true } }],
  ])('%s: the server joins the cluster and the task runs', async (_, coordination) => {
    // Only a StatefulSet has pods whose names are known before.
    const workload = { type: 'stateful', recovery: 'at-most-one', replicas: 1 };
    await start('orders-integration-0', coordination, 'taskNodes' in coordination ? { workload } : {});
    await until(
      () => server !== undefined && takesPart(server) && server.ticks().length > 0,
      () => `no task runs:\n${server === undefined ? '' : story(server)}`,
    );
    expect(server?.log()).not.toMatch(broken);
  });

  // The chart refuses such a name; here it is written past the chart's checks, to see what MI makes of it.
  test('task-nodes with a name that no server has: the server is up and no task runs', async () => {
    await start(
      'orders-integration-0',
      { resolver: 'task-nodes', taskNodes: ['orders-integration-0'] },
      {
        workload: { type: 'stateful', recovery: 'at-most-one', replicas: 1 },
        rewrite: (toml) => toml.replace('task_nodes = "orders-integration-0"', 'task_nodes = "orders-api-0"'),
      },
    );
    await until(
      () => server !== undefined && takesPart(server) && noNode.test(server.log()),
      () => `MI does not say that it found no node:\n${server === undefined ? '' : story(server)}`,
    );
    expect(server?.ticks()).toEqual([]);
  });

  test('a count that is a number ends the component', async () => {
    await start(
      'by-number',
      { resolver: 'round-robin', taskServerCount: 1 },
      {
        rewrite: (toml) => toml.replace('task_server_count = "1"', 'task_server_count = 1'),
      },
    );
    await until(
      () => broken.test(server?.log() ?? ''),
      () => `the component started:\n${server === undefined ? '' : story(server)}`,
    );
    expect(server?.log()).toMatch(/ClassCastException/);
  });
});
