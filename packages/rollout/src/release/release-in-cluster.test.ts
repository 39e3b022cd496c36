import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from '@mi-patterns/helm';
import { kubectl } from '../tools/kubectl.ts';
import { holderOf, takeLock, type LockWait } from './lock.ts';
import {
  addRecord,
  type Begun,
  isBegun,
  lastGood,
  marksAreComplete,
  parseRecords,
  readRecords,
  recordsOfNow,
  type RolloutRecord,
  withRecord,
} from './record.ts';
import {
  readiness,
  releaseHistory,
  releaseManifest,
  rollbackRelease,
  upgradeRelease,
  type Revision,
} from './release.ts';

const lease = (spec: Record<string, unknown>): KubernetesObject => ({
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: { name: 'x' },
  spec,
});
const record = (revision: number, state: RolloutRecord['state'] = 'succeeded'): RolloutRecord => ({
  revision,
  state,
  pattern: 'coordinated',
  planDigest: '',
  valuesDigest: '',
  chart: 'c',
  chartDigest: '',
  image: 'x:1',
  by: 'me',
  at: '2026-01-01T00:00:00Z',
});
const revised = (number: number, state: Revision['state'], description = ''): Revision => ({
  revision: number,
  state,
  chart: 'c',
  updated: '',
  description,
});

const begun = (revision: number, helm = true): Begun => ({ revision, helm, at: '2026-01-01T00:00:00Z' });

describe('lock and records', () => {
  it('show who holds the lock', () => {
    const spec = {
      holderIdentity: 'ann',
      leaseDurationSeconds: 60,
      acquireTime: '2026-01-01T00:00:00.000000Z',
      renewTime: '2026-01-01T00:01:00.000000Z',
    };
    const ann = { holder: 'ann', since: '2026-01-01T00:00:00.000000Z', renewed: '2026-01-01T00:01:00.000000Z' };
    expect([holderOf(lease(spec)), holderOf(lease({ ...spec, holderIdentity: '' }))]).toEqual([ann, undefined]);
  });

  it('go back to the last success before the newest', () => {
    const back = (...records: RolloutRecord[]): number | undefined => lastGood({ records }, [])?.revision;
    const returned = (revision: number, restores: number, state?: 'rolled-back'): RolloutRecord => ({
      ...record(revision, state),
      restores,
    });
    expect(back(record(1), record(2), record(3, 'rolled-back'), record(4))).toBe(2);
    expect(back(record(1))).toBeUndefined();
    expect(back(record(1), record(2), returned(4, 2, 'rolled-back'))).toBe(1);
    expect(back(record(1), record(2), record(3), returned(4, 2), returned(6, 4, 'rolled-back'))).toBe(1);
    // Two rollouts failed one after the other: the second went back to where the first had gone back to.
    expect(back(record(1), record(2), returned(4, 2, 'rolled-back'), returned(6, 4, 'rolled-back'))).toBe(1);
    // What ran before 4 is what 3 had brought back, and not 2, which was left for being bad.
    expect(back(record(1), record(2), returned(3, 1), record(4))).toBe(3);
    expect(back(record(1), record(2), returned(3, 1), record(4), returned(5, 3))).toBeUndefined();
    expect(back()).toBeUndefined();
  });

  it.each([
    ['what was cut off half way', [revised(3, 'pending-upgrade')], 2],
    ['what failed and was left', [revised(3, 'failed')], 2],
    ['what runs but was never recorded', [revised(3, 'deployed')], 2],
    ['a way back that did not arrive', [revised(3, 'failed'), revised(4, 'pending-rollback', 'Rollback to 2')], 2],
    ['what runs again after a rollout that failed', [revised(3, 'failed'), revised(4, 'deployed', 'Rollback to 2')], 1],
    [
      'what runs again after two that were cut off',
      [revised(4, 'superseded', 'Rollback to 2'), revised(5, 'failed'), revised(6, 'deployed', 'Rollback to 4')],
      1,
    ],
    ['what is recorded', [], 1],
  ])('go back from %s', (_what, later, expected) => {
    const history = [revised(1, 'superseded'), revised(2, 'superseded'), ...later];
    expect(lastGood({ records: [record(1), record(2)] }, history)?.revision).toBe(expected);
    // The rollout that failed next went back to that.
    const [newest] = later.filter(({ state }) => state === 'deployed' && later.length > 1);
    if (newest === undefined) return;
    const failed: RolloutRecord = { ...record(9, 'rolled-back'), restores: newest.revision };
    expect(lastGood({ records: [record(1), record(2), failed] }, history)?.revision).toBe(expected);
  });

  it.each<[string, Begun, readonly Revision[], number]>([
    ['a rollout that had only scaled pods to 0', begun(3, false), [], 2],
    ['one that was cut off in helm', begun(3), [revised(3, 'pending-upgrade')], 2],
    ['one after which somebody has run helm by hand', begun(3, false), [revised(3, 'deployed')], 2],
    ['a rollback to 1 before helm began', { ...begun(3, false), restores: 1 }, [], 1],
    ['a rollback to 1 in helm', { ...begun(3), restores: 1 }, [revised(3, 'pending-rollback', 'Rollback to 1')], 1],
  ])('go on from %s', (_what, begins, later, expected) => {
    const history = [revised(1, 'superseded'), revised(2, 'deployed'), ...later];
    expect(lastGood({ records: [record(1), record(2)], begun: begins }, history)?.revision).toBe(expected);
  });

  it('know what was begun from what another helm does', () => {
    const pending: Revision = { ...revised(3, 'pending-upgrade'), updated: 'then' };
    const minute = 60;
    expect(isBegun(pending, begun(3), minute)).toBe(true);
    expect(isBegun(pending, begun(3), 6 * minute)).toBe(false);
    expect(isBegun(pending, begun(3, false), minute)).toBe(false);
    expect(isBegun(pending, begun(2), minute)).toBe(false);
    expect(isBegun(pending, undefined, 0)).toBe(false);
    // It was pending when the way back from it was written down; one of a later release was not.
    const after = (number: number, helm: boolean, made: string): Begun => ({ ...begun(number, helm), after: made });
    expect(isBegun(pending, after(4, true, 'then'), 0)).toBe(true);
    expect(isBegun(pending, after(4, false, 'then'), 0)).toBe(true);
    expect(isBegun(pending, after(4, true, 'before'), 0)).toBe(false);
    expect(isBegun({ ...pending, state: 'uninstalling' }, after(4, true, 'then'), 0)).toBe(false);
    // helm's own way back from an upgrade that failed.
    const back = revised(4, 'pending-rollback');
    expect(isBegun(back, begun(3), minute)).toBe(true);
    expect(isBegun({ ...back, state: 'pending-upgrade' }, begun(3), minute)).toBe(false);
    expect(isBegun(revised(3, 'uninstalling'), begun(3), 0)).toBe(true);
    expect(isBegun(revised(3, 'uninstalling'), begun(4), 0)).toBe(false);
  });

  it('are of the revision that is there, whatever the clock of whoever recorded it', () => {
    const now = [{ ...revised(1, 'deployed'), updated: '2026-01-01T00:05:00.123456789Z' }];
    const those = (made: string | undefined, at: string): number =>
      recordsOfNow([{ ...record(1), at, ...(made === undefined ? {} : { made }) }], now).length;
    expect(those('2026-01-01T01:05:00.123456789+01:00', '2026-01-01T00:01:00Z')).toBe(1);
    expect(those('2026-01-01T00:04:00Z', '2026-01-01T00:09:00Z')).toBe(0);
    expect([those(undefined, '2026-01-01T00:01:00Z'), those(undefined, '2026-01-01T00:09:00Z')]).toEqual([0, 1]);
    // helm keeps no more than some revisions.
    expect(recordsOfNow([{ ...record(1), made: 'x' }], [revised(9, 'deployed')])).toHaveLength(1);
  });

  it('forget what was before the release was uninstalled', () => {
    const before = [record(1), record(2), { ...record(3), restores: 1 }];
    expect(withRecord(before, record(1))).toEqual([record(1)]);
    expect(withRecord(before, record(2)).map(({ revision }) => revision)).toEqual([1, 2, 2]);
    expect(withRecord(before, record(4))).toHaveLength(4);
  });

  it('say whether what runs is of the chart that was rolled out', () => {
    const revision = (chart: string): Revision => ({
      revision: 1,
      state: 'deployed',
      chart,
      updated: '',
      description: '',
    });
    const own = { ...record(1), chart: 'micro-integrator-0.1.0' };
    expect([
      marksAreComplete([own], [revision('micro-integrator-0.2.0-rc.1')]),
      marksAreComplete([own], [revision('helm-mi-4.6.0-0')]),
      marksAreComplete([], [revision('micro-integrator-0.1.0')]),
      marksAreComplete([own], []),
    ]).toEqual([true, false, false, true]);
    expect(parseRecords('nonsense')).toEqual([]);
    expect(parseRecords('[{"revision":1,"state":"succeeded"}]')).toEqual([]);
  });
});

/** A context of the kubeconfig whose cluster may be written to: needs an API server only, no nodes. */
const context = process.env.MI_PATTERNS_TEST_CONTEXT ?? '';
const chart = join(import.meta.dirname, '../../../helm/test/fixtures/tiny');

describe.skipIf(context === '')('on a cluster (skipped unless MI_PATTERNS_TEST_CONTEXT names a context)', () => {
  const place = { context, namespace: 'default' };
  const target = { ...place, release: `test-${process.pid}` };

  it('gives the lock to one of many, and takes over one that was left behind', async () => {
    const options = (holder: string) => ({ release: target.release, holder, seconds: 30 });
    let time = 0;
    const wait = (onSleep: () => Promise<unknown>): LockWait => ({
      onWait: () => {},
      elapsed: () => time,
      sleep: async (milliseconds) => {
        time += milliseconds;
        await onSleep();
      },
    });
    const attempts = await Promise.all(
      ['a', 'b', 'c', 'd'].map((holder) =>
        takeLock(
          place,
          options(holder),
          wait(async () => undefined),
        ),
      ),
    );
    const winners = attempts.filter((attempt) => attempt.state === 'held');
    expect(winners).toHaveLength(1);
    expect(await winners[0]?.renew()).toBe(true);
    const alive = wait(async () => winners[0]?.renew());
    expect(await takeLock(place, options('e'), alive)).toMatchObject({
      state: 'busy',
      by: { holder: expect.stringMatching(/^[abcd]$/) },
    });
    const fast = { ...alive, now: () => new Date(Date.now() + 120_000) };
    expect((await takeLock(place, options('e'), fast)).state).toBe('busy');
    time = 0;
    const next = await takeLock(
      place,
      options('f'),
      wait(async () => undefined),
    );
    expect(next.state).toBe('held');
    expect(time).toBeGreaterThan(30_000);
    expect(await winners[0]?.renew()).toBe(false);
    if (next.state === 'held') await next.release();
    expect(
      (
        await takeLock(
          place,
          options('g'),
          wait(async () => undefined),
        )
      ).state,
    ).toBe('held');
    await kubectl(place, ['delete', 'lease', `${target.release}-rollout`]);
  });

  it('keeps records, and reads, upgrades and rolls back a release', async () => {
    await addRecord(place, target.release, record(1));
    await addRecord(place, target.release, record(2));
    expect((await readRecords(place, target.release)).map(({ revision }) => revision)).toEqual([1, 2]);
    await kubectl(place, ['delete', 'configmap', `${target.release}-rollouts`]);

    const values = join(import.meta.dirname, '../../../helm/test/fixtures/config-only.yaml');
    expect(readiness(await releaseHistory(target))).toEqual({ state: 'new' });
    expect(await releaseManifest(target)).toBeUndefined();
    await upgradeRelease(target, { chart, values: [values], timeout: 30 });
    await upgradeRelease(target, { chart, values: [values], timeout: 30 });
    await rollbackRelease(target, 1, 30);
    expect(readiness(await releaseHistory(target))).toEqual({ state: 'ready', revision: 3 });
    expect((await releaseManifest(target))?.objects.map(({ object }) => object.kind)).toEqual(['ConfigMap']);
    await kubectl(place, ['delete', 'configmap,secret', '--selector', `name=${target.release}`]);
    await kubectl(place, ['delete', 'configmap', 'orders-config']);
  });
});
