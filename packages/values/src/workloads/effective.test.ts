import { countPods } from '@mi-patterns/planner';
import { expect, it } from 'vitest';
import { podsOf } from './effective.ts';

it('counts a standby, where the chart has one', () => {
  const pods = (workload: object, others: object = {}): number =>
    countPods(podsOf({ pattern: 'coordinated', workloads: { nightly: { type: 'stateful', ...workload } }, ...others }))
      .pods;
  const guarded = { recovery: 'fenced', standby: 'cold' };
  expect(pods({})).toBe(1);
  expect(pods({ recovery: 'fenced' })).toBe(1);
  expect(pods(guarded)).toBe(2);
  expect(pods({ recovery: 'fenced' }, { workloadDefaults: { standby: 'cold' } })).toBe(2);
  expect(pods({ ...guarded, paused: true })).toBe(0);
  expect(pods({ ...guarded, type: 'stateless', replicas: 1 })).toBe(1);
  expect(pods({ ...guarded, replicas: 1 }, { coordination: { mode: 'database' } })).toBe(1);
});

it.each([
  [{ persistence: { registry: { size: '1Gi' } } }, 'its registry volume mounts on one node only'],
  [{ persistence: { registry: { accessModes: ['ReadWriteMany'] } } }, undefined],
  [{ ports: { syslog: { port: 514, protocol: 'udp' } } }, 'a standby forwards only TCP, and one of its ports is UDP'],
  [{ persistence: { registry: {} }, standby: 'none' }, 'its registry volume mounts on one node only'],
  [{ standby: 'none' }, 'none is wanted'],
  [{ persistence: { registry: {} }, recovery: 'respawn' }, undefined],
  [{ persistence: { registry: { accessModes: ['ReadWriteMany'] } }, standby: 'cold' }, undefined],
])('says why no pod stands by: %j', (workload, withoutStandby) => {
  const [pods] = podsOf({
    pattern: 'coordinated',
    workloads: { nightly: { type: 'stateful', recovery: 'fenced', ...workload } },
  });
  expect(pods?.withoutStandby).toBe(withoutStandby);
});
