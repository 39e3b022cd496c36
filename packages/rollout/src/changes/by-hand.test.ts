import { expect, it } from 'vitest';
import type { KubernetesObject } from '@mi-patterns/helm';
import { effectsOn, newWorld, pass, type World } from '../../test/fake-world.ts';
import { coordinated, facts, request, run, single } from '../../test/rollouts.ts';
import type { Begun, RolloutRecord } from '../release/record.ts';
import type { Revision } from '../release/release.ts';
import { rollOut } from '../steps/roll-out.ts';
import { handRollbackFindings } from './by-hand.ts';

const record = (revision: number): RolloutRecord => ({ ...facts, revision, state: 'succeeded', by: 'ann', at: '' });
const revised = (revision: number, description = ''): Revision => ({
  revision,
  state: 'deployed',
  chart: '',
  updated: '',
  description,
});
const back = [revised(1), revised(2), revised(3, 'Rollback to 1')];

async function told(
  manifests: readonly (readonly KubernetesObject[])[],
  more: { readonly records?: readonly RolloutRecord[]; readonly begun?: Begun; readonly history?: Revision[] } = {},
): Promise<readonly string[]> {
  const { records = [record(1), record(2)], begun, history = back } = more;
  const released = async (revision: number): Promise<readonly KubernetesObject[]> => manifests[revision - 1] ?? [];
  const found = await handRollbackFindings(history, { records, begun }, released);
  return found.map(({ message }) => message);
}

it('tells of a rollback by helm alone that ran something twice', async () => {
  const moved = [single(), coordinated(), single()];
  expect(await told(moved)).toEqual([
    'Revision 3 is a way back that helm made without mi-patterns. It ran task/a, task/b in two pods until the old ones had ended, unless somebody had ended them before.',
  ]);
  expect(await told([single(), single('x:2'), single()])).toEqual([]);
  expect(await told(moved, { records: [record(1), record(2), record(3)] })).toEqual([]);
  expect(await told(moved, { begun: { revision: 3, helm: true, at: '' } })).toEqual([]);
  expect(await told(moved, { begun: { revision: 2, helm: true, at: '' } })).toEqual([]);
  expect(await told(moved, { begun: { revision: 3, helm: false, at: '' } })).toHaveLength(1);
  expect(await told(moved, { history: [revised(1), revised(2), revised(3)] })).toEqual([]);
  expect(await told(moved, { history: [revised(3, 'Rollback to 1')] })).toEqual([]);
});

it('is told by the next rollout, and by no other', async () => {
  const world: World = newWorld();
  await run(world, single());
  await run(world, coordinated());
  const effects = effectsOn(world, coordinated(), 'ann');
  const codes = async (): Promise<readonly string[]> => {
    const { diff } = (await rollOut(request({ dryRun: true }), effects, () => {})) as {
      readonly diff: { readonly diagnostics: readonly { readonly code: string }[] };
    };
    return diff.diagnostics.map(({ code }) => code).filter((code) => code === 'MI-ROLLOUT-BY-HAND');
  };
  expect(await codes()).toEqual([]);
  await effects.rollback(1, () => {});
  pass(world, 10);
  expect([await codes(), world.doubles.length > 0]).toEqual([['MI-ROLLOUT-BY-HAND'], true]);
  await run(world, single());
  expect(await codes()).toEqual([]);
});
