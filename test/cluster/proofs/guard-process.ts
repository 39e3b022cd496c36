import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { serverCertificate } from '../harness/access.ts';
import { call } from '../harness/api.ts';
import { guardProgram } from '../images/guard.ts';
import type { Target } from './target.ts';

export interface RunningGuard {
  readonly log: () => string;
  /** Asks it to stop and waits until it has ended. */
  readonly stop: () => Promise<void>;
}

/** lease-guard as a process of this machine, with short times, a token of a service account, and a command that sleeps. */
export async function startGuard(
  target: Target,
  of: {
    readonly folder: string;
    readonly cluster: string;
    readonly namespace: string;
    readonly account: string;
    readonly artifact: string;
  },
): Promise<RunningGuard> {
  const { status } = (await call(
    target.api,
    'POST',
    `/api/v1/namespaces/${of.namespace}/serviceaccounts/${of.account}/token`,
    { spec: { expirationSeconds: 3600 } },
  )) as { status: { token: string } };
  mkdirSync(of.folder, { recursive: true });
  for (const [name, content] of Object.entries({
    token: status.token,
    namespace: of.namespace,
    uid: 'pod-of-the-test',
    name: 'pod-of-the-test',
  }))
    writeFileSync(join(of.folder, name), content);
  copyFileSync(serverCertificate(of.cluster), join(of.folder, 'ca.crt'));
  const server =
    /https:\/\/(\S+)/.exec(
      await target.kubectl('config', 'view', '--output', 'jsonpath={.clusters[0].cluster.server}'),
    )?.[1] ?? '';
  const times = ['--renew', '1s', '--request', '3s', '--limit', '10s', '--duration', '15s'];
  const child = spawn(
    await guardProgram(),
    ['run', '--artifact', of.artifact, '--credentials', of.folder, '--server', server, ...times, '--', 'sleep', '600'],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const ended = once(child, 'exit');
  let log = '';
  child.stderr.on('data', (part: Buffer) => (log += part.toString()));
  return {
    log: () => log,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
