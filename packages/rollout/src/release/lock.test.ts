import { expect, it } from 'vitest';
import { liveHolderOf } from './lock.ts';

const now = new Date('2026-01-01T00:01:00Z');
const lease = (spec: object): Parameters<typeof liveHolderOf>[0] => ({
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: { name: 'orders-rollout', namespace: 'n' },
  spec: { leaseDurationSeconds: 60, ...spec },
});

it('shows who holds the lock while it is renewed, and nobody after that', () => {
  const held = (renewTime: string) => liveHolderOf(lease({ holderIdentity: 'ann', renewTime }), now)?.holder;
  expect(held('2026-01-01T00:00:00.001000Z')).toBe('ann');
  expect(held('2026-01-01T00:00:00.000000Z')).toBeUndefined();
  expect(liveHolderOf(lease({ renewTime: '2026-01-01T00:00:59.000000Z' }), now)).toBeUndefined();
});
