import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { call, read } from '../harness/api.ts';
import { until } from '../harness/processes.ts';
import type { BuiltImage } from '../images/servers.ts';
import { ticksFromLog, type Tick } from './ticks.ts';
import type { Target } from './target.ts';

/** Namespace of the load client and the tick counter; they stay away from the nodes that are lost. */
export const toolsNamespace = 'mi-proof-tools';

/** Address that a task calls at each firing, followed by `/tick/NAME`. */
export const counterAddress = `http://tick-counter.${toolsNamespace}.svc.cluster.local:8080`;

/** Result of a load run, as the load program prints it. Times are milliseconds since 1970, lengths milliseconds. */
export interface LoadReport {
  readonly url: string;
  readonly rate: number;
  readonly keepAlive: boolean;
  readonly begin: number;
  readonly end: number;
  readonly requests: number;
  readonly good: number;
  readonly failed: number;
  readonly failuresByKind: Readonly<Record<string, number>>;
  readonly firstFailure?: number;
  readonly lastFailure?: number;
  readonly longestGap: number;
  readonly answers: Readonly<Record<string, number>>;
  readonly latency: { readonly median: number; readonly percent99: number; readonly most: number };
  readonly perSecond: readonly { readonly at: number; readonly good: number; readonly failed: number }[];
}

/**
 * How a client treats its connections. A Service is balanced by connection: what a client has open stays with its pod
 * until one of the two closes it.
 */
export const clients = {
  kept: { name: 'connections kept open', keepAlive: true, age: 0 },
  aged: { name: 'connections of up to 5 s', keepAlive: true, age: 5 },
  single: { name: 'one connection per request', keepAlive: false, age: 0 },
} as const;

export type ClientId = keyof typeof clients;

export interface LoadSettings {
  readonly url: string;
  readonly rate: number;
  readonly client: ClientId;
  /** Seconds after which the client stops by itself; 900 at most. */
  readonly most: number;
}

/** Security context of a container in a namespace of level `restricted`. */
export const restricted = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  runAsNonRoot: true,
  runAsUser: 10001,
  seccompProfile: { type: 'RuntimeDefault' },
};

/**
 * Processor share of a client or the counter. A share far below that of the servers, which start as fast as they are
 * let, would let the measuring starve before what is measured, and count its own timeouts as those of the servers.
 */
const processorShare = '100m';

const toolPod = (name: string, node: string, image: BuiltImage, command: readonly string[]): object => ({
  metadata: { name, labels: { app: name } },
  spec: {
    nodeName: node,
    restartPolicy: 'Never',
    terminationGracePeriodSeconds: 5,
    automountServiceAccountToken: false,
    containers: [
      {
        name: 'tool',
        image: image.name,
        imagePullPolicy: 'IfNotPresent',
        command,
        securityContext: restricted,
        resources: { requests: { cpu: processorShare, memory: '32Mi' } },
      },
    ],
  },
});

/** Starts the tick counter on a node, in a namespace made for it. Ends an earlier one with its ticks. */
export async function startTools(target: Target, image: BuiltImage, node: string): Promise<void> {
  const { api } = target;
  await removeNamespace(target, toolsNamespace);
  await call(api, 'POST', '/api/v1/namespaces', {
    metadata: { name: toolsNamespace, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
  });
  await until(
    180,
    'the service account of the tools',
    async () => (await read(api, `/api/v1/namespaces/${toolsNamespace}/serviceaccounts/default`)) !== undefined,
  );
  await call(
    api,
    'POST',
    `/api/v1/namespaces/${toolsNamespace}/pods`,
    toolPod('tick-counter', node, image, ['tick-counter']),
  );
  await call(api, 'POST', `/api/v1/namespaces/${toolsNamespace}/services`, {
    metadata: { name: 'tick-counter' },
    spec: { selector: { app: 'tick-counter' }, ports: [{ name: 'http', port: 8080 }] },
  });
  await until(
    300,
    'the tick counter to answer',
    async () => (await api.request('GET', `${counterProxy}/ready`)).status === 200,
  );
}

const counterProxy = `/api/v1/namespaces/${toolsNamespace}/services/tick-counter:8080/proxy`;

/** All ticks that reached the counter. */
export async function readTicks(target: Target): Promise<Tick[]> {
  return (await call(target.api, 'GET', `${counterProxy}/ticks`)) as Tick[];
}

/** Ticks in the logs that a node of this machine keeps for a pod, also while the node is cut off or without power. */
export function readTicksOfNode(
  target: Target,
  node: string,
  pod: { readonly name: string; readonly address: string | undefined },
  before: readonly Tick[] = [],
): Tick[] {
  const known = new Set(before.map(({ at }) => at));
  return [...before, ...logOf(target, node, pod).filter(({ at }) => !known.has(at))];
}

function logOf(
  target: Target,
  node: string,
  pod: { readonly name: string; readonly address: string | undefined },
): Tick[] {
  if (target.machine === undefined) return [];
  const folder = join(target.machine.folder, 'nodes', node, 'var-log', 'pods');
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.log') && entry.parentPath.includes(`_${pod.name}_`))
    .flatMap((entry) =>
      ticksFromLog(readFileSync(join(entry.parentPath, entry.name), 'utf8'), pod.address ?? pod.name),
    );
}

/** A running load client; `stop` ends it and returns its report. */
export interface Load {
  readonly stop: () => Promise<LoadReport>;
}

/** Starts a load client in a pod on a node and returns when it runs. */
export async function startLoad(
  target: Target,
  image: BuiltImage,
  node: string,
  settings: LoadSettings,
): Promise<Load> {
  const { api } = target;
  const name = `load-${settings.client}-${Date.now().toString(36)}`;
  const path = `/api/v1/namespaces/${toolsNamespace}/pods/${name}`;
  const { keepAlive, age } = clients[settings.client];
  const command = [
    'load',
    '-url',
    settings.url,
    '-rate',
    String(settings.rate),
    '-duration',
    `${settings.most}s`,
    `-keep-alive=${keepAlive}`,
    '-connection-age',
    `${age}s`,
  ];
  await call(api, 'POST', `/api/v1/namespaces/${toolsNamespace}/pods`, toolPod(name, node, image, command));
  const phase = async (): Promise<string | undefined> =>
    (await read<{ status: { phase: string } }>(api, path))?.status.phase;
  await until(300, `the load client ${name} to run`, async () => (await phase()) !== 'Pending');
  return {
    stop: async () => {
      if ((await phase()) === 'Running')
        await target.kubectl('exec', '-n', toolsNamespace, name, '--', 'kill', '-TERM', '1').catch(() => undefined);
      await until(300, `the load client ${name} to end`, async () =>
        ['Succeeded', 'Failed'].includes((await phase()) ?? 'Failed'),
      );
      const log = await call(api, 'GET', `${path}/log`);
      await api.request('DELETE', path);
      const report = typeof log === 'string' ? log.trim() : JSON.stringify(log);
      if (!report.startsWith('{')) throw new Error(`The load client failed: ${report}`);
      return JSON.parse(report) as LoadReport;
    },
  };
}

/** Deletes a namespace and waits until it and everything in it is gone. */
export async function removeNamespace(target: Target, name: string): Promise<void> {
  if ((await read(target.api, `/api/v1/namespaces/${name}`)) === undefined) return;
  await target.api.request('DELETE', `/api/v1/namespaces/${name}`);
  await until(
    300,
    `the namespace ${name} to be gone`,
    async () => (await read(target.api, `/api/v1/namespaces/${name}`)) === undefined,
  );
}
