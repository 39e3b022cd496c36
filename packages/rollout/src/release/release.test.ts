import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findTool, run } from '@mi-patterns/helm';
import {
  goodRevision,
  parseHistory,
  readiness,
  rollbackArguments,
  upgradeArguments,
  type Revision,
} from './release.ts';

const chart = join(import.meta.dirname, '../../../helm/test/fixtures/tiny');
const target = { release: 'orders', namespace: 'staging', context: 'none' };
const revision = (number: number, state: Revision['state']): Revision => ({
  revision: number,
  state,
  chart: 'c-1',
  updated: '',
  description: '',
});

describe('helm arguments', () => {
  it('wait and roll back, in the words of each major version', () => {
    expect(upgradeArguments(4, target, { chart: 'c', values: ['a.yaml'], timeout: 300 }).join(' ')).toBe(
      'upgrade orders c --install --namespace staging --kube-context none --rollback-on-failure --wait=watcher --server-side=true --force-conflicts --timeout 300s --history-max 10 --qps 300 --burst-limit 600 --values a.yaml',
    );
    expect(
      upgradeArguments(3, target, { chart: 'oci://x/c', chartVersion: '1.0.0', values: [], timeout: 60 }).join(' '),
    ).toBe(
      'upgrade orders oci://x/c --install --namespace staging --kube-context none --atomic --wait --timeout 60s --history-max 10 --qps 300 --burst-limit 600 --version 1.0.0',
    );
    expect(rollbackArguments(3, target, 3, 60)).toContain('--wait');
  });

  it('are ones that the helm at hand knows: it gets as far as asking the cluster', async () => {
    const tool = await findTool('helm');
    const major = tool.version?.major ?? 4;
    const words = [
      upgradeArguments(major, target, { chart, values: [], timeout: 5 }),
      upgradeArguments(major, target, { chart, values: [], timeout: 5, dryRun: 'server' }),
      rollbackArguments(major, target, 1, 5),
    ];
    for (const list of words) {
      const answer = await run([...tool.command, ...list], {
        expectedExitCodes: [1],
        environment: { KUBECONFIG: '/nonexistent' },
      });
      expect(answer.stderr).toMatch(/context "none" does not exist|cluster unreachable/);
    }
  });
});

describe('history', () => {
  it('is read oldest first', () => {
    const text = JSON.stringify([
      { revision: 2, status: 'deployed', chart: 'c-1', updated: 't', description: 'd', app_version: '1' },
      { revision: 1, status: 'superseded' },
    ]);
    expect(parseHistory(text).map(({ revision: number, state }) => [number, state])).toEqual([
      [1, 'superseded'],
      [2, 'deployed'],
    ]);
    expect(() => parseHistory('nothing')).toThrow(/no JSON list/);
  });

  it('does not keep what the API server quoted of a pod', () => {
    const description =
      'cannot patch "j": spec.template: Invalid value: core.EnvVar{Name:"DB_PASSWORD", Value:"hunter2"}\u001b[2J';
    const [read] = parseHistory(JSON.stringify([{ revision: 1, status: 'failed', description }]));
    expect(read?.description).toBe(
      'cannot patch "j": spec.template: Invalid value: core.EnvVar{Name:"DB_PASSWORD", Value:[hidden]}',
    );
  });

  it('tells whether an upgrade can start', () => {
    expect(readiness([])).toEqual({ state: 'new' });
    expect(readiness([revision(1, 'uninstalled')])).toEqual({ state: 'new' });
    expect(readiness([revision(1, 'superseded'), revision(2, 'deployed')])).toEqual({ state: 'ready', revision: 2 });
    expect(readiness([revision(1, 'deployed'), revision(2, 'failed')])).toMatchObject({ state: 'stuck', lastGood: 1 });
    expect(readiness([revision(1, 'deployed'), revision(2, 'superseded'), revision(3, 'failed')])).toMatchObject({
      state: 'stuck',
      lastGood: 1,
    });
    expect(readiness([revision(1, 'failed')])).toEqual({ state: 'ready', revision: 1 });
    expect(
      readiness([revision(1, 'superseded'), revision(2, 'deployed'), revision(3, 'pending-upgrade')]),
    ).toMatchObject({ state: 'stuck', lastGood: 2 });
    expect(readiness([revision(1, 'pending-install')])).toMatchObject({ state: 'stuck', lastGood: undefined });
  });

  it('does not go back to what was removed while helm kept the history', () => {
    const removed = [revision(1, 'superseded'), revision(2, 'uninstalled')];
    expect(goodRevision(removed)).toBeUndefined();
    const replaced = { ...revision(2, 'superseded'), description: 'superseded by new release' };
    const again = [revision(1, 'superseded'), replaced, revision(3, 'pending-install')];
    expect(readiness(again)).toMatchObject({ state: 'stuck', lastGood: undefined });
    expect(goodRevision([...again.slice(0, 2), revision(3, 'superseded'), revision(4, 'failed')])).toBe(3);
    // Somebody has brought it back with helm rollback.
    expect(goodRevision([...removed, revision(3, 'deployed')])).toBe(3);
  });
});
