import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { serverCertificate } from '../harness/access.ts';
import { call } from '../harness/api.ts';
import { guardProgram } from '../images/guard.ts';
import type { Target } from './target.ts';

export interface RunningGuard {
  readonly pid: number;
  readonly log: () => string;
  /** Asks it to stop and waits until it has ended. */
  readonly stop: () => Promise<void>;
}

/** A guard to start: the account that it has in a namespace, its artifact, and the pod that it is. */
export interface GuardRequest {
  readonly folder: string;
  readonly cluster: string;
  readonly namespace: string;
  readonly account: string;
  readonly artifact: string;
  readonly pod?: string;
  /** Options of the times; by default short ones. */
  readonly times?: readonly string[];
}

/** lease-guard as a process of this machine, with a token of a service account, and a command that sleeps. */
export async function startGuard(target: Target, of: GuardRequest): Promise<RunningGuard> {
  return runGuard(target, of, await tokenOf(target, of));
}

/** A token of the account for an hour. */
export async function tokenOf(target: Target, of: Pick<GuardRequest, 'namespace' | 'account'>): Promise<string> {
  const { status } = (await call(
    target.api,
    'POST',
    `/api/v1/namespaces/${of.namespace}/serviceaccounts/${of.account}/token`,
    { spec: { expirationSeconds: 3600 } },
  )) as { status: { token: string } };
  return status.token;
}

/** Starts a guard with a token that is there already. */
export async function runGuard(target: Target, of: GuardRequest, token: string): Promise<RunningGuard> {
  const { pod = 'pod-of-the-test' } = of;
  mkdirSync(of.folder, { recursive: true });
  for (const [name, content] of Object.entries({ token, namespace: of.namespace, uid: pod, name: pod }))
    writeFileSync(join(of.folder, name), content);
  copyFileSync(serverCertificate(of.cluster), join(of.folder, 'ca.crt'));
  const times = of.times ?? ['--renew', '1s', '--request', '3s', '--limit', '10s', '--duration', '15s'];
  const child = spawn(
    await guardProgram(),
    [
      'run',
      '--artifact',
      of.artifact,
      '--credentials',
      of.folder,
      '--server',
      await serverOf(target),
      ...times,
      '--',
      'sleep',
      '3600',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const ended = once(child, 'close');
  let log = '';
  child.stderr.on('data', (part: Buffer) => (log += part.toString()));
  return {
    pid: child.pid ?? 0,
    log: () => log,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

const servers = new Map<Target, Promise<string>>();

/** HOST:PORT of the API server. */
function serverOf(target: Target): Promise<string> {
  const known =
    servers.get(target) ??
    target
      .kubectl('config', 'view', '--output', 'jsonpath={.clusters[0].cluster.server}')
      .then((address) => /https:\/\/(\S+)/.exec(address)?.[1] ?? '');
  servers.set(target, known);
  return known;
}
