import { describe, expect, it } from 'vitest';
import { effectsOn, Killed, newWorld, pass, type Death, type World } from '../../test/fake-world.ts';
import type { KubernetesObject } from '../kubernetes-object.ts';
import type { RolloutEvent } from './effects.ts';
import { rollBack } from './roll-back.ts';
import { rollOut, type RolloutRequest } from './roll-out.ts';

function workload(name: string, replicas: number, artifacts: readonly string[] = [], image = 'x:1', kind = 'Deployment'): KubernetesObject {
  const labels = { 'app.kubernetes.io/component': name };
  const annotations = artifacts.length === 0 ? {} : { 'mi-patterns.io/stateful-artifacts': artifacts.join(',') };
  const type = { 'mi-patterns.io/workload-type': artifacts.length === 0 ? 'stateless' : 'stateful' };
  return {
    apiVersion: 'apps/v1', kind, metadata: { name, namespace: 'n', labels },
    spec: { replicas, strategy: { type: artifacts.length === 0 ? 'RollingUpdate' : 'Recreate' }, selector: { matchLabels: labels }, template: { metadata: { labels: { ...labels, ...type }, annotations }, spec: { containers: [{ name: 'c', image }] } } },
  };
}

const single = (image = 'x:1'): KubernetesObject[] => [workload('integration', 1, ['task/a', 'task/b'], image)];
const coordinated = (image = 'x:1'): KubernetesObject[] => [workload('integration', 3, [], image), workload('a', 1, ['task/a'], image), workload('b', 1, ['task/b'], image, 'StatefulSet')];
const swapped = (image = 'x:1'): KubernetesObject[] => [workload('integration', 3, [], image), workload('a', 1, ['task/b'], image), workload('b', 1, ['task/a'], image, 'StatefulSet')];

const facts = { pattern: 'p', planDigest: '', valuesDigest: '', chart: '', chartDigest: '', image: 'x' };
const request = (more: Partial<RolloutRequest> = {}): RolloutRequest => ({ environment: 'e', facts, timeout: 60, dryRun: false, accept: [], confirm: async () => true, ...more });
const run = (world: World, wanted: KubernetesObject[], death?: Death, holder = 'ann', events: RolloutEvent[] = []) => rollOut(request(), effectsOn(world, wanted, holder, death), (event) => void events.push(event));

/** Workloads with ready pods and what they run. */
function running(world: World): string[] {
  pass(world, 10);
  return world.pods.filter((pod) => pod.goneAt === undefined && !pod.broken).map((pod) => `${pod.workload.split('/').at(-1)} ${pod.artifacts.join(',')}`.trim()).sort();
}

const runningCoordinated = ['a task/a', 'b task/b', 'integration', 'integration', 'integration'];

describe('rollOut', () => {
  it('goes through its steps in order', async () => {
    const [world, events] = [newWorld(), [] as RolloutEvent[]];
    expect(await run(world, single(), undefined, 'ann', events)).toMatchObject({ state: 'succeeded', record: { revision: 1, by: 'ann' } });
    expect(events.flatMap((event) => (event.type === 'step' && event.state === 'done' ? [event.step] : []))).toEqual(['lock', 'mend', 'diff', 'confirm', 'prepare', 'upgrade', 'verify', 'record']);
    expect(await run(world, single())).toMatchObject({ state: 'unchanged' });
    expect(world.revisions).toHaveLength(1);
    expect(world.records).toHaveLength(1);
    expect(world.lock).toBeUndefined();
  });

  it.each([
    ['single replica to coordinated', single, coordinated, runningCoordinated],
    ['coordinated to single replica', coordinated, single, ['integration task/a,task/b']],
    ['tasks that change places', coordinated, swapped, ['a task/b', 'b task/a', 'integration', 'integration', 'integration']],
    ['a new image only', () => coordinated(), () => coordinated('x:2'), runningCoordinated],
  ])('never runs a task twice: %s', async (_name, before, after, expected) => {
    const world = newWorld();
    await run(world, before());
    expect(await run(world, after())).toMatchObject({ state: 'succeeded' });
    expect(running(world)).toEqual(expected);
    expect(world.doubles).toEqual([]);
  });

  it('would run a task twice if it left the order to helm: the model can tell', async () => {
    const world = newWorld();
    await run(world, single());
    await effectsOn(world, coordinated(), 'bob').upgrade({ rollBack: false, onProgress: () => {} });
    expect(world.doubles.length).toBeGreaterThan(0);
  });

  it.each([
    ['within a pattern', () => coordinated(), () => coordinated('broken'), runningCoordinated],
    ['with a change of the pattern', () => single(), () => coordinated('broken'), ['integration task/a,task/b']],
    ['back from coordinated', () => coordinated(), () => single('broken'), runningCoordinated],
  ])('goes back from a broken image: %s', async (_name, before, after, expected) => {
    const world = newWorld();
    await run(world, before());
    expect(await run(world, after())).toMatchObject({ state: 'failed', evidence: expect.stringContaining('not ready') });
    expect(running(world)).toEqual(expected);
    expect(world.doubles).toEqual([]);
    expect(world.records.map(({ state }) => state)).toEqual(['succeeded', 'rolled-back']);
  });

  it('removes a first installation that fails', async () => {
    const world = newWorld();
    expect(await run(world, single('broken'))).toMatchObject({ state: 'failed' });
    expect([world.revisions, running(world), world.records]).toEqual([[], [], []]);
  });

  it('goes back to the last good record, and further the next time', async () => {
    const world = newWorld();
    for (const objects of [single('x:1'), coordinated('x:2'), coordinated('x:3')]) await run(world, objects);
    const back = () => rollBack({ timeout: 60, confirm: async () => true }, effectsOn(world, [], 'ann'), () => {});
    expect(await back()).toMatchObject({ state: 'succeeded', record: { revision: 4, restores: 2 } });
    expect(await back()).toMatchObject({ state: 'succeeded', record: { revision: 5, restores: 1 } });
    expect(running(world)).toEqual(['integration task/a,task/b']);
    expect(await back()).toMatchObject({ state: 'refused', diagnostics: [{ code: 'MI-ROLLBACK-NOTHING' }] });
    expect(world.doubles).toEqual([]);
  });

  it('refuses while another rollout is alive, and takes over what a dead one left', async () => {
    const world = newWorld();
    world.lock = { holder: 'bob', renewed: world.now };
    expect(await run(world, single())).toMatchObject({ state: 'refused', diagnostics: [{ code: 'MI-ROLLOUT-BUSY', message: expect.stringContaining('bob') }] });
    pass(world, 31);
    expect(await run(world, single())).toMatchObject({ state: 'succeeded' });
  });

  it('stops before the next change when its lock is lost', async () => {
    const world = newWorld();
    const outcome = await run(world, single(), (act) => {
      if (act === 'diff') world.lock = { holder: 'bob', renewed: world.now };
    });
    expect(outcome).toMatchObject({ state: 'failed', diagnostics: [{ code: 'MI-ROLLOUT-LOCK-LOST' }] });
    expect(world.revisions).toEqual([]);
    expect(world.lock?.holder).toBe('bob');
  });

  it('changes nothing without a yes, and nothing in a dry run', async () => {
    const world = newWorld();
    expect(await rollOut(request({ confirm: async () => false }), effectsOn(world, single(), 'ann'), () => {})).toMatchObject({ state: 'refused', diagnostics: [{ code: 'MI-ROLLOUT-NOT-CONFIRMED' }] });
    expect(await rollOut(request({ dryRun: true }), effectsOn(world, single(), 'ann'), () => {})).toMatchObject({ state: 'dry-run' });
    expect([world.revisions, world.records, world.lock]).toEqual([[], [], undefined]);
  });
});

/** Every act of a rollout, in order. */
async function acts(before: readonly KubernetesObject[][], wanted: KubernetesObject[]): Promise<number> {
  const world = newWorld();
  for (const objects of before) await run(world, objects);
  let count = 0;
  await run(world, wanted, () => void (count += 1));
  return count;
}

describe('a rollout that is killed', () => {
  const cases: [string, KubernetesObject[][], () => KubernetesObject[], string[]][] = [
    ['first installation', [], coordinated, runningCoordinated],
    ['single replica to coordinated', [single()], coordinated, runningCoordinated],
    ['coordinated to single replica', [coordinated()], single, ['integration task/a,task/b']],
    ['tasks that change places', [coordinated()], swapped, ['a task/b', 'b task/a', 'integration', 'integration', 'integration']],
    ['a new image only', [coordinated()], () => coordinated('x:2'), runningCoordinated],
    ['a broken image with a change of the pattern', [single()], () => coordinated('broken'), ['integration task/a,task/b']],
    ['a broken image back from coordinated', [coordinated()], () => single('broken'), runningCoordinated],
  ];

  it.each(cases)('at any act ends right when run again, and no task runs twice: %s', async (_name, before, wanted, expected) => {
    const total = await acts(before, wanted());
    expect(total).toBeGreaterThan(15);
    for (let kill = 1; kill <= total; kill += 1) {
      const world = newWorld();
      for (const objects of before) await run(world, objects);
      let count = 0;
      let where = '';
      const death: Death = (act) => {
        count += 1;
        where = act;
        if (count === kill) throw new Killed(act);
      };
      await expect(run(world, wanted(), death), where).rejects.toBeInstanceOf(Killed);
      pass(world, 40);
      const again = await run(world, wanted(), undefined, 'bob');
      const broken = JSON.stringify(wanted()).includes('broken');
      expect([where, again.state]).toEqual([where, broken ? 'failed' : expect.stringMatching(/succeeded|unchanged/)]);
      expect([where, running(world)]).toEqual([where, expected]);
      expect([where, world.doubles]).toEqual([where, []]);
      expect([where, world.lock, world.revisions.at(-1)?.state]).toEqual([where, undefined, 'deployed']);
    }
  });
});
