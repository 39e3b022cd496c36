import { expect, it } from 'vitest';
import { Killed, newWorld, pass } from '../../test/fake-world.ts';
import { coordinated, run, running, runningCoordinated, single } from '../../test/rollouts.ts';

const minute = 60_000;
const killedAt =
  (moment: string) =>
  (act: string): void => {
    if (act === moment) throw new Killed(act);
  };

it('records once what a machine whose clock is behind finds done and not recorded', async () => {
  const world = newWorld();
  world.ahead = 10 * minute;
  await expect(run(world, single(), killedAt('before addRecord'))).rejects.toThrow(Killed);
  world.ahead = -10 * minute;
  pass(world, 40);
  for (let time = 0; time < 2; time += 1) expect(await run(world, single())).toMatchObject({ state: 'unchanged' });
  expect(world.records).toHaveLength(1);
});

it('leaves the helm of a machine whose clock is behind at work, long after a rollout was killed', async () => {
  const world = newWorld();
  await run(world, single());
  await expect(run(world, single('x:2'), killedAt('before upgrade'))).rejects.toThrow(Killed);
  pass(world, 600);
  // By its clock, two minutes after that.
  const [made, written] = [world.now - 8 * minute, world.now];
  world.revisions.push({ revision: 2, state: 'pending-upgrade', objects: single('x:3'), made, written });
  expect(await run(world, single('x:2'))).toMatchObject({ diagnostics: [{ code: 'MI-ROLLOUT-BUSY' }] });
  expect(world.revisions).toHaveLength(2);
  // It was killed, too.
  pass(world, 400);
  expect(await run(world, coordinated())).toMatchObject({ state: 'succeeded' });
  expect([running(world), world.doubles]).toEqual([runningCoordinated, []]);
});
