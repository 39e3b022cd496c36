import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { ProcessOutput } from 'zx';
import { reservePorts } from '../../support/ports.ts';
import { ensurePauseImage } from '../images/pause.ts';
import { kubeconfigOf, writeAccess } from './access.ts';
import { startDns, startFakeNodes, startMetrics } from './add-ons.ts';
import { ownApi, read, type Api } from './api.ts';
import { provideProgram } from './binaries.ts';
import { serverAddress, startApiServer, startControllers, startDatabase, type Ports } from './control-plane.ts';
import { controlGroupLeftovers } from './control-groups.ts';
import { writeNodeFiles } from './node-files.ts';
import { assertNetworkFree, createNetwork, networkLeftovers, removeNetwork } from './node-network.ts';
import { assertNodesPossible, removeControlGroups, startNode } from './node.ts';
import { isRunning, readRecords, stopRecorded, until } from './processes.ts';
import { clusterFolder, type ClusterSettings } from './settings.ts';

/** What a cluster folder says about the cluster in it. */
interface ClusterState {
  readonly settings: ClusterSettings;
  readonly ports: Ports;
}

export interface ClusterStatus {
  readonly folder: string;
  readonly state: ClusterState | undefined;
  readonly processes: readonly { readonly name: string; readonly pid: number; readonly running: boolean }[];
  /** Interfaces, network namespaces and control groups of real nodes on this machine. */
  readonly machineParts: readonly string[];
}

type Report = (text: string) => void;

/** Reads what is recorded of a cluster and looks at what of it exists. */
export function clusterStatus(name: string): ClusterStatus {
  const folder = clusterFolder(name);
  return {
    folder,
    state: recordedState(folder),
    processes: readRecords(folder).map((record) => ({
      name: record.name,
      pid: record.pid,
      running: isRunning(record),
    })),
    machineParts: [
      ...networkLeftovers(),
      ...new Set(controlGroupLeftovers().map((path) => `control group ${basename(path)}`)),
    ],
  };
}

/** A cluster that is up. Throws an Error that says how to start it when it is not, or when its API server has ended. */
export function runningCluster(name: string): ClusterStatus & { readonly state: ClusterState } {
  const { state, ...rest } = clusterStatus(name);
  const answers = rest.processes.some((process) => process.name === 'kube-apiserver' && process.running);
  if (state === undefined || !answers)
    throw new Error(`The cluster "${name}" is not up. Start it with: npm run cluster -- up --name ${name}`);
  return { ...rest, state };
}

/**
 * Starts a cluster and returns the path of its administrator's kubeconfig once every node is Ready. What a crashed
 * cluster of the same name left behind is removed first. Throws when one is running, or when this machine cannot run
 * it; then nothing is left behind.
 */
export async function clusterUp(settings: ClusterSettings, report: Report): Promise<string> {
  const folder = clusterFolder(settings.name);
  if (readRecords(folder).some(isRunning))
    throw new Error(
      `The cluster "${settings.name}" is up, or part of it. Take it down first: npm run cluster down -- --name ${settings.name}`,
    );
  if (existsSync(join(folder, 'cluster.json'))) {
    report(`Removing what an earlier cluster "${settings.name}" left behind`);
    await clusterDown(settings.name);
  }
  if (settings.nodes > 0) {
    await assertNodesPossible();
    assertNetworkFree();
  }
  const kube = await provideProgram('kube', report);
  const started = performance.now();
  const step: Report = (text) => report(`${((performance.now() - started) / 1000).toFixed(1).padStart(6)} s  ${text}`);

  mkdirSync(join(folder, 'images'), { recursive: true });
  const ports = await freePorts();
  writeFileSync(
    join(folder, 'cluster.json'),
    `${JSON.stringify({ settings, ports } satisfies ClusterState, null, 2)}\n`,
  );
  try {
    await startAll(folder, settings, ports, kube, step);
  } catch (error) {
    await clusterDown(settings.name, { keepLogs: true });
    throw new Error(`The cluster did not start and was taken down: ${reasonOf(error)}\nLogs: ${join(folder, 'log')}`, {
      cause: error,
    });
  }
  return kubeconfigOf(folder, 'admin');
}

async function startAll(
  folder: string,
  settings: ClusterSettings,
  ports: Ports,
  kube: string,
  step: Report,
): Promise<void> {
  await writeAccess(folder, `https://${serverAddress(settings)}:${ports.apiServer}`, settings.nodes);
  if (settings.nodes > 0) {
    await createNetwork(settings.nodes);
    ensurePauseImage(join(folder, 'images'));
  }
  startDatabase(folder, kube, ports);
  startApiServer(folder, kube, ports, settings);
  const api = ownApi(folder);
  try {
    await untilRunning(
      folder,
      300,
      'the API server to be ready',
      async () => (await api.request('GET', '/readyz')).status === 200,
    );
    step('API server ready');
    startControllers(folder, kube, ports, settings);
    for (let node = 1; node <= settings.nodes; node += 1) {
      writeNodeFiles(folder, node, settings);
      startNode(folder, node, kube);
    }
    if (settings.fakeNodes > 0)
      await startFakeNodes(folder, await provideProgram('kwok', step), ports.kwok, settings.fakeNodes, api);
    if (settings.nodes > 0) {
      startDns(folder, await provideProgram('coredns', step));
      await startMetrics(folder, await provideProgram('metrics-server', step), api);
    }
    await untilRunning(
      folder,
      300,
      'all nodes to be Ready',
      async () => (await readyNodes(api)) === settings.nodes + settings.fakeNodes,
    );
    step(`${settings.nodes} nodes and ${settings.fakeNodes} fake nodes Ready`);
    await untilRunning(
      folder,
      300,
      'the default service account',
      async () => (await read(api, '/api/v1/namespaces/default/serviceaccounts/default')) !== undefined,
    );
  } finally {
    api.close();
  }
}

/**
 * Ends what was started, each process by its own record, and removes networks, control groups and data. Safe to call at
 * any time and again; image archives stay, and with `keepLogs` the logs.
 */
export async function clusterDown(name: string, options: { readonly keepLogs?: boolean } = {}): Promise<void> {
  const { folder, state } = clusterStatus(name);
  // Last started, first ended: nodes before the control plane they would otherwise complain about.
  for (const record of readRecords(folder).toReversed()) await stopRecorded(folder, record.name);
  if ((state?.settings.nodes ?? 0) > 0 || !anotherHasNodes(name)) {
    await removeNetwork();
    await removeControlGroups();
  }
  for (const part of ['etcd', 'nodes', 'keys', 'processes', 'tokens.csv', 'Corefile'])
    rmSync(join(folder, part), { recursive: true, force: true });
  if (options.keepLogs !== true) rmSync(join(folder, 'log'), { recursive: true, force: true });
  for (const file of [
    'admin',
    'controller-manager',
    'scheduler',
    'proxy',
    ...Array.from({ length: state?.settings.nodes ?? 0 }, (_, index) => `node${index + 1}`),
  ])
    rmSync(kubeconfigOf(folder, file), { force: true });
  rmSync(join(folder, 'cluster.json'), { force: true }); // last: until then another call knows what there is to remove
}

/** What a failed command said, or the message of any other error. */
function reasonOf(error: unknown): string {
  if (error instanceof ProcessOutput) return error.stderr.trim() || `a command ended with ${error.exitCode}`;
  return error instanceof Error ? error.message : String(error);
}

/** True when another cluster's record says that the interfaces and control groups on this machine are its own. */
function anotherHasNodes(name: string): boolean {
  const clusters = dirname(clusterFolder(name));
  const others = existsSync(clusters) ? readdirSync(clusters).filter((other) => other !== name) : [];
  return others.some((other) => (recordedState(join(clusters, other))?.settings.nodes ?? 0) > 0);
}

function recordedState(folder: string): ClusterState | undefined {
  const file = join(folder, 'cluster.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as ClusterState) : undefined;
}

async function readyNodes(api: Api): Promise<number> {
  const list = await read<{ items: { status: { conditions?: { type: string; status: string }[] } }[] }>(
    api,
    '/api/v1/nodes',
  );
  return (list?.items ?? []).filter((node) =>
    node.status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True'),
  ).length;
}

/** As {@link until}, but gives up as soon as a recorded process has ended, and says which. */
async function untilRunning(
  folder: string,
  seconds: number,
  what: string,
  test: () => Promise<boolean>,
): Promise<void> {
  let ended: string | undefined;
  await until(seconds, what, async () => {
    ended = readRecords(folder).find((record) => !isRunning(record))?.name;
    return ended !== undefined || (await test());
  });
  if (ended !== undefined)
    throw new Error(`${ended} ended while waiting for ${what}.\n${lastLines(join(folder, 'log', `${ended}.log`))}`);
}

function lastLines(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n').slice(-8).join('\n') : '';
}

/** Ports that no other process of this machine takes, neither before the control plane listens on them nor later. */
async function freePorts(): Promise<Ports> {
  const block = await reservePorts([61, 62, 63, 64, 65, 66]);
  return {
    apiServer: block + 61,
    etcd: block + 62,
    etcdPeer: block + 63,
    controllerManager: block + 64,
    scheduler: block + 65,
    kwok: block + 66,
  };
}
