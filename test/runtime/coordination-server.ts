import { spawn } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { JsonObject } from '@mi-patterns/helm';
import { objects } from '../chart/support.ts';
import { valueAt } from '../chart/values-paths.ts';
import type { Tick } from '../cluster/proofs/ticks.ts';
import { classPath, databaseUser } from './coordination-database.ts';
import { newHome, shortLived } from './server.ts';

/** A server that shares its tasks with others through a database. */
export interface CoordinatedServer {
  readonly name: string;
  readonly log: () => string;
  /** Firings of the task that this server has logged, by the time at which they were read. */
  readonly ticks: () => readonly Tick[];
  readonly http: number;
  readonly hasEnded: () => boolean;
  readonly signal: (signal: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL') => void;
  readonly remove: () => Promise<void>;
}

export interface CoordinatedOptions {
  /** Also the pod's name, where the chart tells it to the server. */
  readonly name: string;
  readonly offset: number;
  readonly archives: readonly string[];
  readonly url: string;
  /** Class folders and jars beside the runtime's own. */
  readonly classes: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** `coordination.database` of the values, over what every server here has. */
  readonly coordination?: JsonObject;
  /** The workload of the values; two equal pods when it is missing. */
  readonly workload?: JsonObject;
  /** Changes what the chart has rendered, to see what it is there for. */
  readonly rewrite?: (toml: string) => string;
}

/**
 * What the chart gives a pod of a release that coordinates through a database: its deployment.toml and its environment.
 */
async function asTheChartHasIt(
  options: CoordinatedOptions,
): Promise<{ toml: string; environment: Record<string, string> }> {
  const rendered = await objects({
    pattern: 'coordinated',
    image: { repository: 'acme/orders', tag: '1.0.0' },
    runtime: { version: '4.3.0' },
    deploymentToml: { server: { offset: options.offset } },
    coordination: {
      mode: 'database',
      database: {
        url: options.url,
        driver: 'org.postgresql.Driver',
        username: databaseUser,
        passwordSecret: { name: 'database', key: 'password' },
        resolver: 'round-robin',
        ...options.coordination,
      },
    },
    workloads: { integration: options.workload ?? { type: 'stateless', replicas: 2 } },
  });
  const config = rendered.find(
    ({ kind, data }) => kind === 'ConfigMap' && valueAt(data, ['deployment.toml']) !== undefined,
  );
  const container = (
    valueAt(
      rendered.find(({ kind }) => kind === 'Deployment' || kind === 'StatefulSet'),
      ['spec', 'template', 'spec', 'containers'],
    ) as readonly JsonObject[]
  )[0];
  const environment = ((container?.['env'] ?? []) as readonly JsonObject[]).map(
    ({ name, value, valueFrom }): [string, string] => {
      if (valueAt(valueFrom, ['fieldRef', 'fieldPath']) === 'metadata.name') return [String(name), options.name];
      return [String(name), valueFrom === undefined ? String(value) : 'given'];
    },
  );
  return { toml: String(valueAt(config?.data, ['deployment.toml'])), environment: Object.fromEntries(environment) };
}

/**
 * Starts a server on a home of its own, with what the chart renders for it. It may not have started when this returns.
 */
export async function startCoordinated(
  runtime: { readonly folder: string },
  options: CoordinatedOptions,
): Promise<CoordinatedServer> {
  const { toml: rendered, environment } = await asTheChartHasIt(options);
  const toml = options.rewrite?.(rendered) ?? rendered;
  const { work, home } = newHome(runtime, options.archives);
  writeFileSync(join(home, 'conf', 'deployment.toml'), toml);
  // The runtime's own script ends with its class path and main class; what stands before decides.
  const launch = `-Xmx256m ${shortLived} -cp ${[...options.classes, ...classPath(runtime.folder)].join(delimiter)} CoordinatedMi`;
  const child = spawn('sh', [join(runtime.folder, 'run.sh'), home], {
    env: { ...process.env, ...environment, ...options.environment, JAVA_OPTS: launch },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  let running = true;
  const ticks: Tick[] = [];
  const take = (piece: Buffer): void => {
    const text = piece.toString();
    log += text;
    // MI logs a firing twice, under two loggers.
    for (const [, task = ''] of text.matchAll(/\{LogMediator\}.*TICK task = (\S+)/g))
      ticks.push({ task, source: options.name, at: Date.now() });
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  const ended = new Promise<void>(
    (done) =>
      void child.once('close', () => {
        running = false;
        done();
      }),
  );
  return {
    name: options.name,
    log: () => log,
    ticks: () => ticks,
    http: 8280 + options.offset,
    hasEnded: () => !running,
    signal: (signal) => void child.kill(signal),
    remove: async () => {
      if (running) child.kill('SIGKILL');
      await ended;
      rmSync(work, { recursive: true, force: true });
    },
  };
}

/** Whether a server has said that it is up and that it takes part in the coordination. */
export const takesPart = (server: CoordinatedServer): boolean =>
  /Micro Integrator started in/.test(server.log()) && /Successfully joined the cluster/.test(server.log());

/** What the log says without the lines of each tick, for a message. */
export const story = (server: CoordinatedServer): string =>
  `${server.name}:\n${server
    .log()
    .split('\n')
    .filter((line) => !/TICK|\{logs\}|LoggingStreamInterceptor/.test(line))
    .slice(-25)
    .join('\n')}`;
