import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { cacheFolder } from '../../../scripts/lib/cache.ts';
import {
  coordinatedRuntime,
  coordinationTables,
  databaseUser,
  postgresPrograms,
} from '../../runtime/coordination-database.ts';
import { folderEntries, programEntries, writeImage } from './image.ts';
import type { BuiltImage } from './servers.ts';
import type { TarEntry } from './tar.ts';

/** Where a database pod keeps its data: a volume of the pod. */
export const databaseFolder = '/data';
export const databasePort = 5432;
const user = 10001;

const start = (programs: string): string => `#!/bin/sh
set -e
data=${databaseFolder}/db
${programs}/initdb -D "$data" -U ${databaseUser} --auth=trust --no-sync --encoding=UTF8 --locale=C
echo 'host all all all trust' >> "$data/pg_hba.conf"
${programs}/postgres --single -D "$data" postgres < /tables.sql
exec ${programs}/postgres -D "$data" -p ${databasePort} -c 'listen_addresses=*' -c unix_socket_directories= -c fsync=off
`;

/**
 * PostgreSQL as Debian installs it on this machine, with MI's coordination tables and without a password: for tests
 * only. Throws an Error that says what to install when it is not there.
 */
export function databaseImage(): BuiltImage {
  const programs = postgresPrograms();
  if (programs === undefined)
    throw new Error('The coordination database is PostgreSQL from Debian: install the package postgresql.');
  const version = basename(dirname(programs));
  const name = `localhost/mi-proof-postgres:${version}`;
  const folder = join(cacheFolder(), 'test-images');
  mkdirSync(folder, { recursive: true });
  const archive = join(folder, `mi-proof-postgres-${version}.tar`);
  const text = (path: string, content: string, mode = 0o644): TarEntry => ({ kind: 'text', path, mode, content });
  writeImage(
    archive,
    name,
    [
      ...['/bin/busybox', '/bin/dash'].flatMap((program) => programEntries(program)),
      { kind: 'link', path: 'bin/sh', target: 'dash' },
      ...['cat', 'kill', 'sleep'].map((applet): TarEntry => ({
        kind: 'link',
        path: `bin/${applet}`,
        target: 'busybox',
      })),
      ...['postgres', 'initdb', 'psql'].flatMap((program) => programEntries(join(programs, program))),
      ...folderEntries(join(dirname(programs), 'lib'), join(dirname(programs), 'lib').slice(1)).filter(
        (entry) => !entry.path.includes('/bitcode') && !/llvmjit/.test(entry.path),
      ),
      ...folderEntries(`/usr/share/postgresql/${version}`, `usr/share/postgresql/${version}`).filter(
        (entry) => !/\/(extension|man)\b/.test(entry.path) || /plpgsql|\/extension$/.test(entry.path),
      ),
      // A JDBC client tells its time zone, which the server has to know.
      ...folderEntries('/usr/share/zoneinfo', 'usr/share/zoneinfo'),
      // initdb and postgres ask for the name of their user.
      text('etc/passwd', `postgres:x:${user}:${user}::${databaseFolder}:/bin/sh\n`),
      text('etc/group', `postgres:x:${user}:\n`),
      text('tables.sql', coordinationTables.trimStart()),
      text('start.sh', start(programs), 0o755),
    ],
    {
      entrypoint: ['/bin/sh', '/start.sh'],
      environment: { PATH: `${programs}:/usr/bin:/bin` },
      user: String(user),
      ports: [databasePort],
    },
  );
  return { name, archive };
}

/**
 * The image of MI 4.3.0 built from source, with the JDBC driver and the launcher that coordination needs on its class
 * path. `recipe` is the folder with get.sh and image.sh. Its container has to be given {@link coordinatedArguments}.
 */
export function coordinatedImage(recipe: string, name: string, archives: readonly string[]): BuiltImage {
  const runtime = join(cacheFolder(), 'mi-runtime');
  execFileSync('bash', [join(recipe, 'get.sh'), runtime], { stdio: ['ignore', 'ignore', 'pipe'] });
  const folder = join(cacheFolder(), 'test-images');
  mkdirSync(folder, { recursive: true });
  const work = mkdtempSync(join(folder, '.coordinated-'));
  try {
    coordinatedRuntime(runtime, work);
    const target = join(work, 'home', 'repository', 'deployment', 'server', 'carbonapps');
    mkdirSync(target, { recursive: true });
    for (const path of archives) cpSync(path, join(target, basename(path)));
    const archive = join(folder, `${name.replace(/[^a-z0-9.]+/gi, '-')}.tar`);
    execFileSync('bash', [join(recipe, 'image.sh'), work, archive, name], { stdio: ['ignore', 'ignore', 'pipe'] });
    return { name, archive };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/**
 * The start script ends its command with the arguments and the main class: the first class named is the one that runs.
 */
export const coordinatedArguments = ['CoordinatedMi'] as const;
