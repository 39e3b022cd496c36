import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { chownSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from '../../scripts/lib/cache.ts';
import { reservePorts } from '../support/ports.ts';
import { type Runtime, until } from './server.ts';

/** User and database of MI's coordination tables, here and in the container-level proofs. */
export const databaseUser = 'mi';

/**
 * The tables that MI 4.3 reads and writes to agree who runs a task, in the columns of its queries (`QueryManager`,
 * `TaskQueryHelper`). MI makes none of them itself.
 */
export const coordinationTables = `
create table leader_status_table (group_id varchar(512) primary key, node_id varchar(512) not null, last_heartbeat bigint not null);
create table cluster_node_status_table (group_id varchar(512), node_id varchar(512), is_new_node int not null, last_heartbeat bigint not null, primary key (group_id, node_id));
create table membership_event_table (group_id varchar(512) not null, node_id varchar(512) not null, change_type int not null, changed_member_id varchar(512) not null);
create table removed_members_table (group_id varchar(512) not null, node_id varchar(512) not null, removed_member_id varchar(512) not null);
create table coordinated_task_table (task_name varchar(512) primary key, destined_node_id varchar(512), task_state varchar(32));
`;

const driverVersion = '42.7.4';

/** PostgreSQL's JDBC driver in the cache; fetched from Maven Central when it is not there. */
export function provideDriver(): string {
  const folder = join(cacheFolder(), 'jdbc');
  const jar = join(folder, `postgresql-${driverVersion}.jar`);
  if (!existsSync(jar)) {
    mkdirSync(folder, { recursive: true });
    execFileSync(
      'mvn',
      [
        '-B',
        '-ntp',
        '-q',
        'org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy',
        `-Dartifact=org.postgresql:postgresql:${driverVersion}`,
        `-DoutputDirectory=${folder}`,
      ],
      { stdio: 'ignore', cwd: tmpdir() },
    );
  }
  return jar;
}

/** Class folders and jars of a runtime, in the order in which they are looked through. */
export const classPath = (runtime: string): string[] => [
  ...readdirSync(join(runtime, 'classes'))
    .toSorted()
    .map((name) => `${join(runtime, 'classes', name)}/`),
  ...readdirSync(join(runtime, 'lib'))
    .filter((name) => name.endsWith('.jar'))
    .toSorted(
      (a, b) =>
        Number(a.startsWith('geronimo-javamail')) - Number(b.startsWith('geronimo-javamail')) || (a < b ? -1 : 1),
    )
    .map((name) => join(runtime, 'lib', name)),
];

/** Compiles the launcher that coordination needs, CoordinatedMi, into a folder. */
export function compileLauncher(runtime: string, folder: string): void {
  mkdirSync(folder, { recursive: true });
  execFileSync(
    'javac',
    [
      '-nowarn',
      '-cp',
      classPath(runtime).join(delimiter),
      '-d',
      folder,
      fileURLToPath(new URL('CoordinatedMi.java', import.meta.url)),
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
}

/** A copy of a runtime (see mi-runtime/get.sh) with the driver and the launcher on its class path, without archives. */
export function coordinatedRuntime(runtime: string, folder: string): string {
  for (const part of ['classes', 'lib', 'home'])
    cpSync(join(runtime, part), join(folder, part), {
      recursive: true,
      filter: (path) => !/\.car$|[/\\]home[/\\]tmp[/\\]/.test(path),
    });
  cpSync(provideDriver(), join(folder, 'lib', 'postgresql.jar'));
  compileLauncher(runtime, join(folder, 'classes', 'coordination'));
  return folder;
}

/** Folder of PostgreSQL's programs as Debian installs them, the newest version; `undefined` when there is none. */
export function postgresPrograms(): string | undefined {
  const folder = '/usr/lib/postgresql';
  if (!existsSync(folder)) return undefined;
  return readdirSync(folder)
    .toSorted((a, b) => Number(b) - Number(a))
    .map((version) => join(folder, version, 'bin'))
    .find((path) => existsSync(join(path, 'postgres')) && existsSync(join(path, 'initdb')));
}

/** What is missing for a test with MI's coordination and a database, in words; `undefined` when it can run. */
export function missingForCoordination(
  runtime: Runtime,
  programs: string | undefined,
  duration: string,
): string | undefined {
  if ('missing' in runtime) return runtime.missing;
  if (process.env.MI_PATTERNS_LARGE === undefined) return `it takes ${duration}; run with MI_PATTERNS_LARGE=1`;
  if (programs === undefined) return 'PostgreSQL is not installed (Debian: postgresql)';
  return spawnSync('javac', ['-version']).status === 0 ? undefined : 'there is no javac on PATH';
}

export interface Database {
  readonly port: number;
  /** Rows of the answer, columns divided by `|`. */
  readonly query: (sql: string) => string[];
  readonly stop: () => Promise<void>;
}

/**
 * Starts a PostgreSQL of its own with MI's tables on a free port; as another user when this is root, which it refuses.
 */
export async function startDatabase(programs: string): Promise<Database> {
  const work = mkdtempSync(join(tmpdir(), 'mi-database-'));
  const nobody = 65534;
  const user = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {};
  if ('uid' in user) chownSync(work, nobody, nobody);
  const data = join(work, 'data');
  const made = spawnSync(
    join(programs, 'initdb'),
    ['-D', data, '-U', databaseUser, '--auth=trust', '--no-sync', '--encoding=UTF8', '--locale=C'],
    { encoding: 'utf8', cwd: work, ...user },
  );
  if (made.status !== 0) throw new Error(`initdb failed:\n${made.stderr}`);
  const port = (await reservePorts([67])) + 67;
  const server = spawn(
    join(programs, 'postgres'),
    [
      '-D',
      data,
      '-p',
      String(port),
      '-c',
      'listen_addresses=127.0.0.1',
      '-c',
      'unix_socket_directories=',
      '-c',
      'fsync=off',
    ],
    { cwd: work, stdio: 'ignore', ...user },
  );
  const ended = new Promise<void>((done) => void server.once('exit', () => done()));
  const psql = (sql: string): ReturnType<typeof spawnSync> & { stdout: string; stderr: string } =>
    spawnSync(
      join(programs, 'psql'),
      [
        '-h',
        '127.0.0.1',
        '-p',
        String(port),
        '-U',
        databaseUser,
        '-d',
        'postgres',
        '-qAt',
        '-v',
        'ON_ERROR_STOP=1',
        '-c',
        sql,
      ],
      { encoding: 'utf8' },
    );
  const query = (sql: string): string[] => {
    const { status, stdout, stderr } = psql(sql);
    if (status !== 0) throw new Error(`${sql}: ${stderr}`);
    return stdout
      .trim()
      .split('\n')
      .filter((line) => line !== '');
  };
  await until(
    () => psql('select 1').status === 0,
    () => 'PostgreSQL does not answer',
  );
  query(coordinationTables);
  return {
    port,
    query,
    stop: async () => {
      server.kill('SIGINT');
      await ended;
      rmSync(work, { recursive: true, force: true });
    },
  };
}

/**
 * Stands between a server and the database; `cut` keeps its connections open and passes nothing on, as a lost network
 * does.
 */
export interface Wire {
  readonly port: number;
  readonly cut: () => void;
  readonly join: () => void;
  readonly close: () => void;
}

export async function wireTo(port: number): Promise<Wire> {
  const sockets = new Set<Socket>();
  let passing = true;
  const pass = (from: Socket, to: Socket): void => {
    sockets.add(from);
    from.on('data', (piece) => to.write(piece));
    from.on('error', () => to.destroy());
    from.on('close', () => {
      sockets.delete(from);
      to.destroy();
    });
    if (!passing) from.pause();
  };
  const listener = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    pass(near, far);
    pass(far, near);
  });
  await new Promise<void>((done) => void listener.listen(0, '127.0.0.1', done));
  return {
    port: (listener.address() as AddressInfo).port,
    cut: () => {
      passing = false;
      for (const socket of sockets) socket.pause();
    },
    join: () => {
      passing = true;
      for (const socket of sockets) socket.resume();
    },
    close: () => {
      listener.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
