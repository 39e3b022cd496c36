import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { KubernetesObject } from '@mi-patterns/helm';
import { takeEvidence, writeEvidence } from './evidence.ts';
import { StopRollout } from '../steps/stop.ts';
import type { Tools } from '../tools/tools.ts';

it('has what a pod says that tests the release, also while that pod is ready', async () => {
  const pod = (name: string, labels: Record<string, string>): KubernetesObject => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
  });
  const kubectl = async (command: readonly string[]) => ({
    stdout: command.includes('logs') ? `words of ${command.find((word) => word.startsWith('orders'))}` : '',
  });
  const { logs } = await takeEvidence(
    { namespace: 'n', context: 'c', tools: { kubectl } as unknown as Tools },
    'orders',
    [pod('orders-1', { 'mi-patterns.io/workload-type': 'stateless' }), pod('orders-test', {})],
  );
  expect(logs).toBe('── orders-test\nwords of orders-test');
});

it('keeps the secrets out of a file that a container has logged with its last words', async () => {
  const words = 'FATAL no login\npassword = "hunter2"';
  const pod: KubernetesObject = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'orders-1', namespace: 'n' },
    status: {
      phase: 'Running',
      containerStatuses: [
        {
          name: 'micro-integrator',
          ready: false,
          restartCount: 0,
          image: 'i',
          state: { terminated: { exitCode: 137, reason: 'OOMKilled', message: words } },
        },
      ],
    },
  };
  const kubectl = async (command: readonly string[]) => ({ stdout: command.includes('logs') ? words : '' });
  const folder = mkdtempSync(join(tmpdir(), 'evidence-'));
  try {
    const evidence = await takeEvidence(
      { namespace: 'n', context: 'c', tools: { kubectl } as unknown as Tools },
      'orders',
      [pod],
    );
    const text = readFileSync(writeEvidence(folder, 'one.txt', 'it failed', [{ title: 'now', evidence }]), 'utf8');
    expect(text).toContain('"exitCode":137,"reason":"OOMKilled"');
    expect(text).toContain('FATAL no login');
    expect(text).not.toContain('hunter2');
    // In one step: what was there is another file now, which whoever reads it still has, and nobody else can read this.
    const file = join(folder, 'two.txt');
    writeFileSync(file, 'old', { mode: 0o644 });
    const before = statSync(file).ino;
    writeEvidence(folder, 'two.txt', 'it failed', []);
    expect([statSync(file).mode & 0o777, statSync(file).ino === before]).toEqual([0o600, false]);
    // The rollout that failed goes on: it is brought back whatever becomes of the file.
    expect(() => writeEvidence(join(folder, 'one.txt'), 'two.txt', 'it failed', [])).toThrow(StopRollout);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
