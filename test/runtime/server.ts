import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { reservePorts } from '../support/ports.ts';
import { layOutRuntime } from './lay-out.ts';

/** Where a Micro Integrator is that can be started here, or why there is none. */
export type Runtime = { readonly folder: string } | { readonly missing: string };

const shared =
  process.env['MI_PATTERNS_SHARED'] ?? resolve(fileURLToPath(new URL('../../..', import.meta.url)), 'shared');

/**
 * Finds MI 4.3.0, built from its own sources and started without OSGi: in the cache, or laid out there by a recipe
 * beside the repository (`mi-runtime/get.sh`; needs Java 17, and Maven once). It is MI's code, not the product that
 * WSO2 ships.
 */
export function findRuntime(): Runtime {
  const java = spawnSync('java', ['-version'], { encoding: 'utf8' });
  const version = /version "(\d+)/.exec(java.stderr ?? '')?.[1];
  if (version === undefined || Number(version) < 17) return { missing: 'there is no Java 17 or later on PATH' };
  const cache =
    process.env['MI_PATTERNS_CACHE'] ?? join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'mi-patterns');
  const folder = join(cache, 'mi-runtime');
  if (existsSync(join(folder, 'lib', '.complete'))) return { folder };
  const recipe = join(shared, 'mi-runtime', 'get.sh');
  if (!existsSync(recipe)) return { missing: `neither ${folder} nor ${recipe} exists` };
  if (spawnSync('mvn', ['-v']).status !== 0) return { missing: 'there is no Maven to fetch the libraries with' };
  layOutRuntime(recipe, folder);
  return { folder };
}

export interface Server {
  readonly log: () => string;
  /** Address of its HTTP listener, and of the one with the probes. */
  readonly http: string;
  readonly internal: string;
  readonly home: string;
  /** Address of the management API. */
  readonly management: string;
  /** Artifacts that the log says were deployed, `<kind> <name>`, sorted. */
  readonly deployed: () => string[];
  readonly stop: () => Promise<void>;
}

export interface StartOptions {
  readonly archives: readonly string[];
  /** After the home, as the container's arguments. */
  readonly arguments?: readonly string[];
  /** A script to start instead of the server; it finds the real start script in MI_PATTERNS_ENTRYPOINT. */
  readonly entrypoint?: string;
  /** Lines that follow those of its deployment.toml. */
  readonly toml?: string;
  /** `hostname` of the server in its deployment.toml. */
  readonly hostname?: string;
}

/**
 * How Java compiles and collects for a server that runs for seconds only: it would spend two fifths of a start on code
 * that is optimized and never used again, and some more on threads that collect garbage side by side.
 */
export const shortLived = '-XX:TieredStopAtLevel=1 -XX:+UseSerialGC';

/** A home with archives, in a folder of its own to be removed afterwards. */
export function newHome(
  runtime: { readonly folder: string },
  archives: readonly string[],
): { readonly work: string; readonly home: string } {
  const work = mkdtempSync(join(tmpdir(), 'mi-runtime-'));
  const home = join(work, 'home');
  // The home in the cache may be in use for an image; its archives are not ours.
  cpSync(join(runtime.folder, 'home'), home, {
    recursive: true,
    filter: (path) => !/\.car$|[/\\]home[/\\]tmp[/\\]/.test(path),
  });
  const deployed = join(home, 'repository', 'deployment', 'server', 'carbonapps');
  mkdirSync(deployed, { recursive: true });
  for (const archive of archives) cpSync(archive, join(deployed, basename(archive)));
  return { work, home };
}

/** Starts a server on a home of its own and waits until it says that it has started. */
export async function startServer(runtime: { readonly folder: string }, options: StartOptions): Promise<Server> {
  const offset = await freeOffset();
  const { work, home } = newHome(runtime, options.archives);
  const toml = join(home, 'conf', 'deployment.toml');
  writeFileSync(
    toml,
    `${readFileSync(toml, 'utf8')
      .replace(/^\[server\]$/m, `[server]\noffset = ${offset}\nhot_deployment = false`)
      .replace('hostname = "localhost"', `hostname = "${options.hostname ?? 'localhost'}"`)}\n${options.toml ?? ''}`,
  );
  const start = join(work, 'start.sh');
  writeFileSync(start, `#!/bin/sh\nexec sh '${join(runtime.folder, 'run.sh')}' '${home}' "$@"\n`, { mode: 0o755 });
  const child = spawn('sh', [options.entrypoint ?? start, ...(options.arguments ?? [])], {
    env: { ...process.env, MI_PATTERNS_ENTRYPOINT: start, JAVA_OPTS: shortLived },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  child.stdout.on('data', (text: Buffer) => (log += text.toString()));
  child.stderr.on('data', (text: Buffer) => (log += text.toString()));
  const ended = new Promise<void>((done) => void child.once('exit', () => done()));
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), 3000);
      await ended;
      clearTimeout(late);
    }
    rmSync(work, { recursive: true, force: true });
  };
  try {
    await until(
      () => /Micro Integrator started in/.test(log) || child.exitCode !== null,
      () => `the server has not started:\n${log.slice(-4000)}`,
    );
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}:\n${log.slice(-4000)}`);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    log: () => log,
    http: `http://localhost:${8280 + offset}`,
    internal: `http://localhost:${9191 + offset}`,
    management: `https://localhost:${9154 + offset}`,
    home,
    deployed: () => deployedIn(log),
    stop,
  };
}

/** `Sequence named 'x' has been deployed from file`, as each deployer of synapse says it; a task is a `StartupTask`. */
function deployedIn(log: string): string[] {
  const found = [...log.matchAll(/\b([A-Za-z]+(?: [A-Z][a-z]+)?) named '([^']+)' has been deployed from file/g)].map(
    ([, kind, name]) => `${kind} ${name}`,
  );
  return [...new Set(found)].toSorted();
}

/** For what never comes: a slow machine is no fault of a test. In milliseconds. */
const patience = 300_000;

/** Waits for a condition, asked ten times a second. */
export async function until(condition: () => boolean | Promise<boolean>, otherwise: () => string): Promise<void> {
  const end = Date.now() + patience;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(otherwise());
    await new Promise((done) => setTimeout(done, 100));
  }
}

/** An offset of MI's ports with which no other server has any of them. */
export async function freeOffset(): Promise<number> {
  const [http, ...others] = [8280, 8243, 9191, 9154];
  return (await reservePorts([80, ...others.map((port) => port - http + 80)])) + 80 - http;
}
