import { expect, it } from 'vitest';
import { identity, type KubernetesObject } from '@mi-patterns/helm';
import { effectsOn, Killed, newWorld, pass, type World } from '../../test/fake-world.ts';
import { coordinated, request, run, running, workload } from '../../test/rollouts.ts';
import type { RolloutOutcome } from './effects.ts';
import { rollBack } from './roll-back.ts';
import { rollOut } from './roll-out.ts';

const own = (image: string): KubernetesObject[] => [
  workload('integration', 3, [], image),
  workload('c', 1, ['task/c'], image),
];
const all = (image: string): KubernetesObject[] => [...coordinated(image), workload('c', 1, ['task/c'], image)];
const broken = (image: string): KubernetesObject[] => [
  ...coordinated(image).slice(0, 2),
  workload('b', 1, ['task/b'], `${image}-broken`, 'StatefulSet'),
];
const wishes = { all, broken, coordinated };

/** Numbers below a limit that follow from the ones before. */
function numbers(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((state / 2 ** 31) * limit);
  };
}

/** A rollout of something, or a rollback; killed at an act where `dies` is less than their number. */
async function take(
  world: World,
  { wish, dies }: { readonly wish: 'back' | keyof typeof wishes; readonly dies: number },
  image: string,
): Promise<RolloutOutcome | undefined> {
  let count = 0;
  const death = (act: string): void => {
    if (count++ === dies) throw new Killed(act);
  };
  const confirm = async (): Promise<boolean> => true;
  const end =
    wish === 'back'
      ? rollBack({ timeout: 60, confirm }, effectsOn(world, [], 'ann', death), () => {})
      : run(world, wishes[wish](image), death);
  return end.catch((error: unknown): RolloutOutcome | undefined => {
    if (error instanceof Killed) return undefined;
    throw error;
  });
}

/** Somebody removes the release with helm alone, which waits for no pod, and may keep its history. */
function removeByHand(world: World, keepsHistory: boolean): string {
  for (const id of world.workloads.keys())
    if (!world.old.some((object) => identity(object) === id)) world.workloads.delete(id);
  const newest = world.revisions.at(-1);
  if (newest !== undefined && keepsHistory) newest.state = 'uninstalled';
  else world.revisions = [];
  return `removed${keepsHistory ? ', history kept' : ''}`;
}

it('runs nothing twice, and nothing nowhere, whatever is rolled out, rolled back and killed in any order', async () => {
  const below = numbers(20_261_130);
  for (let game = 0; game < 40; game += 1) {
    const story: string[] = [];
    const world = newWorld();
    const old = workload('old', 1, ['task/a', 'task/b']);
    world.old = [old];
    world.workloads.set(identity(old), old);
    pass(world, 10);
    const first = { ...effectsOn(world, own('x:0'), 'ann'), oldReleases: async () => [] };
    if (below(2) === 0) await rollOut(request(), first, () => {});
    for (let step = 1; step <= 5; step += 1) {
      const wish = (['all', 'broken', 'coordinated', 'back', 'back'] as const)[below(5)] ?? 'back';
      if (below(8) === 0) story.push(removeByHand(world, below(2) === 0));
      // Each is run on another machine.
      world.ahead = (below(21) - 10) * 60_000;
      const dies = below(2) === 0 ? below(90) : Number.POSITIVE_INFINITY;
      const outcome = await take(world, { wish, dies }, `x:${step}`);
      story.push(`${wish} ${dies} ${outcome?.state}`);
      pass(world, 40);
      const works = running(world).join(';');
      if (outcome !== undefined && outcome.state !== 'refused')
        expect([story, works.includes('task/a'), works.includes('task/b')]).toEqual([story, true, true]);
    }
    pass(world, 400);
    const end = await run(world, all('x:9'));
    expect([story, end]).toMatchObject([story, { state: expect.stringMatching(/succeeded|unchanged/) }]);
    const works = running(world).filter((pod) => pod.includes('task'));
    expect([story, works, world.doubles]).toEqual([story, ['a task/a', 'b task/b', 'c task/c'], []]);
  }
});
