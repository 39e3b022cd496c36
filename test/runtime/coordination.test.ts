import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server as HttpServer } from 'node:http';
import { createConnection, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeWith } from '../support/describe-with.ts';
import { defaultRole, tickingTask, writeArchive } from '../cluster/images/archives.ts';
import { analyseTicks, type TickAnalysis } from '../cluster/proofs/ticks.ts';
import {
  compileLauncher,
  missingForCoordination,
  postgresPrograms,
  provideDriver,
  startDatabase,
  wireTo,
  type Database,
  type Wire,
} from './coordination-database.ts';
import { startCoordinated, story, takesPart, type CoordinatedServer } from './coordination-server.ts';
import { findRuntime, freeOffset, until } from './server.ts';

/**
 * Equal servers that agree through a real database, with MI's own coordination code and what the chart renders. What
 * holds is asserted; how long it takes is printed. test/cluster measures the same with pods and nodes.
 */
const runtime = findRuntime();
const programs = postgresPrograms();
const missing = missingForCoordination(runtime, programs, 'some minutes');
if (missing !== undefined)
  console.warn(`Coordination through a database is not tried on a real Micro Integrator: ${missing}.`);
const folder = 'folder' in runtime ? runtime.folder : '';

const task = 'recurring';
const interval = 1000;
const work = mkdtempSync(join(tmpdir(), 'mi-coordination-'));
const servers: CoordinatedServer[] = [];
const wires: Wire[] = [];
let database: Database;
let counter: HttpServer;

/** Starts a server with a wire of its own to the database. */
async function start(
  name: string,
  parameters = '',
  environment: Readonly<Record<string, string>> = {},
): Promise<CoordinatedServer & { readonly wire: Wire }> {
  const wire = await wireTo(database.port);
  wires.push(wire);
  const server = await startCoordinated(
    { folder },
    {
      name,
      offset: await freeOffset(),
      archives: [join(work, 'ticking.car')],
      url: `jdbc:postgresql://127.0.0.1:${wire.port}/postgres${parameters}`,
      classes: [join(work, 'launcher'), provideDriver()],
      environment,
    },
  );
  servers.push(server);
  return { ...server, wire };
}
const joined = (server: CoordinatedServer): Promise<void> =>
  until(
    () => takesPart(server),
    () => `the server does not take part:\n${story(server)}`,
  );
const analyse = (from: number): TickAnalysis =>
  analyseTicks(
    servers.flatMap((server) => server.ticks()),
    task,
    interval,
    from,
    Date.now(),
  );
const firing = (within: number): CoordinatedServer[] =>
  servers.filter((server) => (server.ticks().at(-1)?.at ?? 0) > Date.now() - within);
const seen = (event: string, analysis: TickAnalysis): void =>
  console.info(
    `${event}: ${(analysis.longestGap / 1000).toFixed(1)} s without a tick, ${analysis.ticksTwice} ticks twice in ${(analysis.overlaps.reduce((sum, { milliseconds }) => sum + milliseconds, 0) / 1000).toFixed(1)} s`,
  );
const listens = (port: number): Promise<boolean> =>
  new Promise((answer) => {
    const socket = createConnection(port, '127.0.0.1', () => {
      socket.destroy();
      answer(true);
    });
    socket.once('error', () => answer(false));
  });

/** The one that fires now, and the other. */
async function roles<Server extends CoordinatedServer>(
  pair: readonly [Server, Server],
): Promise<{ owner: Server; other: Server }> {
  const one = (): Server | undefined => pair.find((server) => firing(2500).some(({ name }) => name === server.name));
  await until(
    () => one() !== undefined && firing(2500).length === 1,
    () => `no single server fires:\n${pair.map(story).join('\n')}`,
  );
  const owner = one() as Server;
  return { owner, other: pair.find((server) => server !== owner) as Server };
}

describeWith(missing, 'servers that coordinate through PostgreSQL (MI 4.3.0, built from source)', () => {
  beforeAll(async () => {
    counter = createServer((_, response) => void response.end('ok'));
    await new Promise<void>((done) => void counter.listen(0, done));
    await writeArchive(
      join(work, 'ticking.car'),
      'TickingCompositeExporter',
      '1.0.0',
      tickingTask(task, defaultRole, interval / 1000, `http://127.0.0.1:${(counter.address() as AddressInfo).port}`),
    );
    compileLauncher(folder, join(work, 'launcher'));
    database = await startDatabase(programs ?? '');
  });
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.remove()));
    for (const wire of wires) wire.close();
    counter?.close();
    await database?.stop();
    rmSync(work, { recursive: true, force: true });
  });

  test('one of two servers fires; when it is killed, the other goes on', async () => {
    const pair = [await start('pod-a'), await start('pod-b')] as const;
    await Promise.all(pair.map(joined));
    const { owner, other } = await roles(pair);
    const from = Date.now();
    await sleep(8000);
    expect(analyse(from)).toMatchObject({ sources: [owner.name], ticksTwice: 0 });
    expect(database.query('select task_name, task_state from coordinated_task_table')).toEqual([`${task}|RUNNING`]);

    const killed = Date.now();
    owner.signal('SIGKILL');
    await until(
      () => (other.ticks().at(-1)?.at ?? 0) > killed,
      () => `nobody took over:\n${story(other)}`,
    );
    await sleep(5000);
    const analysis = analyse(killed - 2000);
    seen('owner killed', analysis);
    expect(analysis).toMatchObject({ ticksTwice: 0, overlaps: [] });
    await Promise.all(pair.map((server) => server.remove()));
  });

  test('a server that was frozen fires beside its successor until its next looks at the database', async () => {
    const pair = [await start('pod-c'), await start('pod-d')] as const;
    await Promise.all(pair.map(joined));
    const { owner, other } = await roles(pair);
    const frozen = Date.now();
    owner.signal('SIGSTOP');
    await until(
      () => (other.ticks().at(-1)?.at ?? 0) > frozen + 2000,
      () => `nobody took over:\n${story(other)}`,
    );
    await sleep(5000);
    owner.signal('SIGCONT');
    await until(
      () => /Task paused: .*recurring/.test(owner.log()),
      () => `the woken server goes on:\n${story(owner)}`,
    );
    await sleep(5000);
    expect(firing(2500).map(({ name }) => name)).toEqual([other.name]);
    seen('owner frozen and woken', analyse(frozen - 2000));

    // Now the network to the database alone: the server is alive and does not know that another one has its task.
    const cut = Date.now();
    other.wire.cut();
    await until(
      () => (owner.ticks().at(-1)?.at ?? 0) > cut + 2000,
      () => `nobody took over:\n${story(owner)}`,
    );
    await sleep(20_000);
    const stillFires = firing(2500).length === 2;
    other.wire.join();
    await until(
      () => firing(2500).length === 1,
      () => `both go on:\n${story(owner)}\n${story(other)}`,
    );
    seen(
      `owner cut off from the database (${stillFires ? 'it fired on all the time' : 'it stopped by itself'})`,
      analyse(cut - 2000),
    );
    await Promise.all(pair.map((server) => server.remove()));
  });

  test('a server with a node id that still has a heartbeat never starts; one that makes up its own does', async () => {
    // A heartbeat of the past instant that does not age: what a container that is restarted at once finds of itself.
    database.query(
      `insert into cluster_node_status_table values ('default', 'restarted', 0, ${Date.now() + 3_600_000})`,
    );
    const [same, fresh] = [await start('restarted', '', { nodeId: 'restarted' }), await start('fresh')];
    await joined(fresh);
    await until(
      () => /Node with id restarted already exists in cluster/.test(same.log()),
      () => story(same),
    );
    await sleep(5000);
    expect([await listens(same.http), same.hasEnded(), await listens(fresh.http)], story(fresh)).toEqual([
      false,
      false,
      true,
    ]);
  });
});
