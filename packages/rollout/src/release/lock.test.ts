import { expect, it } from 'vitest';
import type { Place } from '../tools/kubectl.ts';
import { type LockHolder, readLiveHolder, takeLock } from './lock.ts';

/** A cluster with a lock that was renewed so many seconds ago, where the holder's clock is wrong by some minutes. */
function clusterWith(seconds: number, holderIdentity: string, minutes = 0): Place {
  const now = Date.parse('2026-01-01T01:00:00Z');
  const at = (ago: number): string => new Date(now - ago * 1000).toISOString();
  const lease = {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: {
      name: 'orders-rollout',
      creationTimestamp: at(9000),
      managedFields: [
        { manager: 'kubectl-create', time: at(8000) },
        { manager: 'kubectl-replace', time: at(seconds) },
      ],
    },
    spec: { leaseDurationSeconds: 60, holderIdentity, renewTime: at(seconds + minutes * 60) },
  };
  const answer = async (words: readonly string[]): Promise<{ exitCode: number; stdout: string; stderr: string }> => ({
    exitCode: 0,
    stdout: JSON.stringify(words.includes('whoami') ? { metadata: { creationTimestamp: at(0) } } : lease),
    stderr: '',
  });
  const tools = { kubectl: answer, helm: answer, helmMajor: async () => 4 };
  return { namespace: 'n', context: 'c', tools };
}

const heldAfter = (seconds: number, holder: string, minutes = 0): Promise<LockHolder | undefined> =>
  readLiveHolder(clusterWith(seconds, holder, minutes), 'orders');

it('shows who holds the lock while it is renewed, whatever the clock of the holder says, and nobody after that', async () => {
  for (const minutes of [0, -5, 5]) expect(await heldAfter(59, 'ann', minutes)).toMatchObject({ holder: 'ann' });
  for (const minutes of [0, -5, 5]) expect(await heldAfter(60, 'ann', minutes)).toBeUndefined();
  expect(await heldAfter(1, '')).toBeUndefined();
});

it('takes a lock at once only after ten of its lives by the clock of the cluster, else watches it for one', async () => {
  const watched = async (seconds: number, minutes: number): Promise<number> => {
    let time = 0;
    const attempt = await takeLock(
      clusterWith(seconds, 'ann', minutes),
      { release: 'orders', holder: 'bob', seconds: 60 },
      {
        sleep: async (milliseconds) => void (time += milliseconds),
        onWait: () => {},
        now: () => new Date('2026-01-01T01:00:00Z'),
        elapsed: () => time,
      },
    );
    expect(attempt.state).toBe('held');
    return time / 1000;
  };
  for (const minutes of [0, -20, 20]) expect([minutes, await watched(5, minutes)]).toEqual([minutes, 61]);
  for (const minutes of [0, -20, 20]) expect([minutes, await watched(601, minutes)]).toEqual([minutes, 0]);
});
