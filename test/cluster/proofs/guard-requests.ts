import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { call, read } from '../harness/api.ts';
import { until } from '../harness/processes.ts';
import { runGuard, tokenOf, type RunningGuard } from './guard-process.ts';
import type { Target } from './target.ts';

/** What some guarded workloads, each with a standby, ask of the API server, and what a guard that waits takes. */
export interface GuardCost {
  readonly workloads: number;
  /** Requests for Leases a second, all guards together. */
  readonly requests: number;
  readonly requestsByVerb: Readonly<Record<string, number>>;
  /** Watches that are open. */
  readonly watches: number;
  /** Resident memory of a guard that waits, in MiB: the median, and the most. */
  readonly memory: { readonly median: number; readonly most: number };
}

const namespace = 'guard-requests';
const account = 'guards';
const seconds = 60;
/** The chart's times with a standby. */
const times = ['--renew', '2s', '--limit', '10s', '--duration', '15s'];

/**
 * Starts two guards for each workload, as processes of this machine, and counts what the API server was asked in a
 * minute.
 */
export async function guardCost(target: Target, cluster: string, work: string, workloads: number): Promise<GuardCost> {
  await prepare(target);
  const token = await tokenOf(target, { namespace, account });
  const start = (workload: number, which: string): Promise<RunningGuard> =>
    runGuard(
      target,
      {
        folder: join(work, `${workload}-${which}`),
        cluster,
        namespace,
        account,
        artifact: `task/number-${workload}`,
        pod: `pod-${workload}-${which}`,
        times,
      },
      token,
    );
  const guards: RunningGuard[] = [];
  const standbys: RunningGuard[] = [];
  try {
    for (let workload = 0; workload < workloads; workload += 1) guards.push(await start(workload, 'a'));
    await until(180, 'every workload to have its Lease', async () =>
      guards.every((guard) => guard.log().includes('starting')),
    );
    for (let workload = 0; workload < workloads; workload += 1) standbys.push(await start(workload, 'b'));
    await until(120, 'every standby to wait', async () =>
      standbys.every((guard) => guard.log().includes('is held by')),
    );
    await sleep(10_000);
    const before = await counted(target);
    await sleep(seconds * 1000);
    const after = await counted(target);
    const byVerb = Object.fromEntries(
      [...after]
        .map(([verb, count]) => [verb, (count - (before.get(verb) ?? 0)) / seconds] as const)
        .filter(([, rate]) => rate > 0),
    );
    const lost = [...guards, ...standbys].filter((guard) => guard.log().includes('was killed')).length;
    if (lost > 0) throw new Error(`${lost} guards lost their Lease: this machine is too busy for so many.`);
    const memory = standbys.map(({ pid }) => residentOf(pid)).toSorted((a, b) => a - b);
    return {
      workloads,
      requests: Object.entries(byVerb).reduce((sum, [verb, rate]) => (verb === 'WATCH' ? sum : sum + rate), 0),
      requestsByVerb: byVerb,
      watches: standbys.length,
      memory: { median: memory[Math.floor(memory.length / 2)] ?? 0, most: memory.at(-1) ?? 0 },
    };
  } finally {
    await Promise.all([...guards, ...standbys].map((guard) => guard.stop()));
    await call(target.api, 'DELETE', `/api/v1/namespaces/${namespace}`);
    await until(
      120,
      'the end of the namespace',
      async () => (await read(target.api, `/api/v1/namespaces/${namespace}`)) === undefined,
    );
  }
}

async function prepare({ api }: Target): Promise<void> {
  const rbac = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}`;
  await call(api, 'POST', '/api/v1/namespaces', { metadata: { name: namespace } });
  await call(api, 'POST', `/api/v1/namespaces/${namespace}/serviceaccounts`, { metadata: { name: account } });
  await call(api, 'POST', `${rbac}/roles`, {
    metadata: { name: account },
    rules: [{ apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['create', 'get', 'update', 'watch'] }],
  });
  await call(api, 'POST', `${rbac}/rolebindings`, {
    metadata: { name: account },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: account },
    subjects: [{ kind: 'ServiceAccount', name: account, namespace }],
  });
}

/**
 * Requests for Leases in namespaces that the API server has counted so far, by verb: its metrics tell no two clients
 * apart.
 */
async function counted({ api }: Target): Promise<ReadonlyMap<string, number>> {
  const { body } = await api.request('GET', '/metrics');
  const counts = new Map<string, number>();
  for (const line of String(body).split('\n')) {
    const found = /^apiserver_request_total\{(.*)\} (\S+)$/.exec(line);
    if (found?.[1] === undefined || !/resource="leases"/.test(found[1])) continue;
    const verb = /verb="(\w+)"/.exec(found[1])?.[1] ?? '';
    counts.set(verb, (counts.get(verb) ?? 0) + Number(found[2]));
  }
  return counts;
}

function residentOf(pid: number): number {
  const found = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Math.round(Number(found) / 102.4) / 10;
}
