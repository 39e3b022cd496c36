import { expect, it } from 'vitest';
import type { Environment } from '@mi-patterns/values';
import { promotionFrom } from './promotion.ts';

const record = (revision: number, at: string): object => ({
  revision,
  state: 'succeeded',
  pattern: 'coordinated',
  planDigest: '',
  artifactsDigest: 'a',
  valuesDigest: '',
  chart: 'c-1',
  chartDigest: '',
  image: 'x:1',
  imageDigest: 'sha256:1',
  by: 'ann',
  at,
});
const revision = (number: number, status: string, updated: string): object => ({ revision: number, status, updated });

/** What `promotionFrom` answers where helm and the record say this. */
async function promoted(history: readonly object[], records: readonly object[], given: object = {}): Promise<unknown> {
  const map = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'x-rollouts' },
    data: { records: JSON.stringify(records) },
  };
  const answer = (value: object) => async () => ({ stdout: JSON.stringify(value), stderr: '', exitCode: 0 });
  const tools = { helm: answer(history), kubectl: answer(map), helmMajor: async () => 4 };
  const target = { namespace: 'n', context: 'c', release: 'x', tools };
  const from = { name: 'prod', image: {}, values: {}, ...given } as Environment;
  return promotionFrom({ name: 'staging', target }, from, 'a').then(
    ({ digest, environment: { image, values } }) => (from.image.tag === undefined ? digest : { image, values }),
    (error: { diagnostics: readonly { code: string }[] }) => error.diagnostics[0]?.code,
  );
}

const [before, after] = ['2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z'];

it('promotes what runs and is recorded', async () => {
  expect(await promoted([revision(1, 'deployed', before)], [record(1, after)])).toBe('sha256:1');
});

it('names the version of what it promotes, not that of the environment', async () => {
  const given = { image: { repository: 'x', tag: '2' }, values: { image: { tag: '3' } } };
  const image = { tag: '1', digest: 'sha256:1' };
  expect(await promoted([revision(1, 'deployed', before)], [record(1, after)], given)).toEqual({
    image: { repository: 'x', ...image },
    values: { image },
  });
});

it('promotes nothing of a release that was removed, also where somebody has installed it again', async () => {
  expect(await promoted([], [record(1, before)])).toBe('MI-PROMOTE-NOTHING');
  expect(await promoted([revision(1, 'deployed', after)], [record(1, before)])).toBe('MI-PROMOTE-NOTHING');
  expect(await promoted([revision(1, 'uninstalled', before)], [record(1, after)])).toBe('MI-PROMOTE-NOTHING');
  expect(await promoted([revision(1, 'uninstalling', before)], [record(1, after)])).toBe('MI-PROMOTE-CHANGED');
});
