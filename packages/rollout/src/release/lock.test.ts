import { expect, it } from 'vitest';
import { type LockHolder, readLiveHolder } from './lock.ts';

/** Who holds a lock that was renewed so many seconds ago, where the holder's clock is wrong by some minutes. */
async function heldAfter(seconds: number, holderIdentity: string, minutes = 0): Promise<LockHolder | undefined> {
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
  return readLiveHolder({ namespace: 'n', context: 'c', tools }, 'orders');
}

it('shows who holds the lock while it is renewed, whatever the clock of the holder says, and nobody after that', async () => {
  for (const minutes of [0, -5, 5]) expect(await heldAfter(59, 'ann', minutes)).toMatchObject({ holder: 'ann' });
  for (const minutes of [0, -5, 5]) expect(await heldAfter(60, 'ann', minutes)).toBeUndefined();
  expect(await heldAfter(1, '')).toBeUndefined();
});
