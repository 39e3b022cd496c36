import { expect, it } from 'vitest';
import { ToolFailure } from '@mi-patterns/helm';
import { effectsOn, newWorld, type World } from '../../test/fake-world.ts';
import { coordinated, request, run, running, runningCoordinated, single } from '../../test/rollouts.ts';
import type { RolloutEffects, RolloutOutcome } from './effects.ts';
import { rollBack } from './roll-back.ts';
import { rollOut } from './roll-out.ts';

const failure = (stderr: string, hint: string): ToolFailure =>
  new ToolFailure({ reason: 'exit', command: ['kubectl'], exitCode: 1, stderr, message: stderr, hint });

/** A rollout from one workload to several that meets these effects. */
async function rolled(
  change: Partial<RolloutEffects>,
  { world = newWorld(), timeout = 60 }: { readonly world?: World; readonly timeout?: number } = {},
): Promise<RolloutOutcome> {
  if (world.revisions.length === 0) await run(world, single());
  return rollOut(request({ timeout }), { ...effectsOn(world, coordinated(), 'ann'), ...change }, () => {});
}

it('ends no pod for an account with which helm could write no revision', async () => {
  const lacking = { lackingRights: () => Promise.resolve(['create secrets', 'update secrets']) };
  const world = newWorld();
  for (const objects of [single(), coordinated('x:2')]) await run(world, objects);
  const diagnostics = [
    { code: 'MI-ROLLOUT-RIGHTS', message: expect.stringMatching(/^This account may not create secrets or update sec/) },
  ];
  const way = { ...effectsOn(world, [], 'ann'), ...lacking };
  const back = await rollBack({ timeout: 60, confirm: async () => true }, way, () => {});
  for (const outcome of [await rolled(lacking, { world }), back])
    expect(outcome).toMatchObject({ state: 'refused', diagnostics });
  expect([world.revisions.length, world.begun, running(world)]).toEqual([2, undefined, runningCoordinated]);
});

it('says of no workload that it was scaled to 0 where the cluster has refused that', async () => {
  const scaled = (stderr: string): Promise<RolloutOutcome> =>
    rolled({ scale: () => Promise.reject(failure(stderr, '')) });
  const atZero = { diagnostics: [{ message: expect.stringContaining('Deployment/integration was scaled to 0') }] };
  expect(await scaled('Error from server (Forbidden): no')).not.toMatchObject(atZero);
  expect(await scaled('Unable to connect to the server: no')).toMatchObject(atZero);
});

it('names the pods that do not end in the command that would force them to', async () => {
  expect(await rolled({}, { timeout: 1 })).toMatchObject({
    state: 'failed',
    diagnostics: [
      {
        code: 'MI-ROLLOUT-DRAIN',
        hint: 'Make sure that the node is off or the server has ended (kubectl delete pod pod-0 --namespace n --force only when it has), then run the command again.',
      },
    ],
  });
});

it('says first what to do about a cluster that no longer knows the user, where it keeps the release from going back', async () => {
  const outcome = await rolled({
    upgrade: async () => ({ state: 'failed', message: 'Unauthorized', wentBack: false }),
    rollback: () => Promise.reject(failure('Error: Unauthorized', 'Log in to the cluster again.')),
  });
  const hint = expect.stringMatching(/^Log in to the cluster again\. Then run the command again: it brings/);
  expect(outcome).toMatchObject({ state: 'failed', diagnostics: [{ code: 'MI-ROLLOUT-FAILED', hint }] });
});

it("goes back where helm's own way back has failed too", async () => {
  const world = newWorld();
  await run(world, single());
  const upgrade = async (): ReturnType<RolloutEffects['upgrade']> => {
    for (const revision of [2, 3])
      world.revisions.push({ revision, state: 'failed', objects: coordinated(), made: world.now });
    return { state: 'failed', message: 'not ready', wentBack: false };
  };
  expect(await rolled({ upgrade }, { world })).toMatchObject({
    state: 'failed',
    diagnostics: [{ code: 'MI-ROLLOUT-FAILED', message: expect.stringContaining('was rolled back to revision 1') }],
  });
  expect(running(world)).toEqual(['integration task/a,task/b']);
});
