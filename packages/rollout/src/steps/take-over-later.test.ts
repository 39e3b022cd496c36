import { describe, expect, it } from 'vitest';
import { identity, type KubernetesObject } from '@mi-patterns/helm';
import { type Death, effectsOn, Killed, newWorld, pass, type World } from '../../test/fake-world.ts';
import { coordinated, request, run, running, runningCoordinated, workload } from '../../test/rollouts.ts';
import type { RolloutOutcome } from './effects.ts';
import { rollBack } from './roll-back.ts';
import { rollOut } from './roll-out.ts';

const integration = ['integration', 'integration', 'integration'];
const own = (): KubernetesObject[] => [workload('integration', 3), workload('c', 1, ['task/c'])];
const all = (): KubernetesObject[] => [...coordinated('x:2'), workload('c', 1, ['task/c'])];

/** A world with an old release. */
function withOld(): World {
  const world = newWorld();
  const old = workload('old', 1, ['task/a', 'task/b']);
  world.old = [old];
  world.workloads.set(identity(old), old);
  pass(world, 10);
  return world;
}

/** The same, in which a first rollout has not taken it over. */
async function beside(first: KubernetesObject[]): Promise<World> {
  const world = withOld();
  await rollOut(request(), { ...effectsOn(world, first, 'ann'), oldReleases: async () => [] }, () => {});
  world.doubles = [];
  return world;
}

const back = (world: World, death?: Death, told: string[] = []): Promise<RolloutOutcome> =>
  rollBack(
    { timeout: 60, confirm: async (_to, sentence) => (told.push(sentence), true) },
    effectsOn(world, [], 'ann', death),
    () => {},
  );

describe('an old release that is taken over after the first rollout', () => {
  const before = ['c task/c', ...integration, 'old task/a,task/b'];
  const after = [...runningCoordinated.slice(0, 2), 'c task/c', ...integration];

  it('does its work again beside the record to which a rollback goes, once', async () => {
    const world = await beside(own());
    expect(running(world)).toEqual(before);
    expect(await run(world, all())).toMatchObject({ state: 'succeeded' });
    expect(running(world)).toEqual(after);
    const told: string[] = [];
    expect(await back(world, undefined, told)).toMatchObject({ state: 'succeeded', record: { restores: 1 } });
    expect(told[0]).toContain('Then the pods of old, which was taken over since, start again');
    expect(running(world)).toEqual(before);
    expect(world.doubles).toEqual([]);
    expect(await back(world)).toMatchObject({ state: 'refused', diagnostics: [{ code: 'MI-ROLLBACK-NOTHING' }] });
    expect(running(world)).toEqual(before);
  });

  it('does its work again, and the release what it did before, where the rollout that takes it over fails', async () => {
    const world = await beside(own());
    const broken = [
      ...coordinated('x:2').slice(0, 2),
      workload('b', 1, ['task/b'], 'broken', 'StatefulSet'),
      ...own().slice(1),
    ];
    expect(await run(world, broken)).toMatchObject({
      state: 'failed',
      diagnostics: [{ message: expect.stringContaining('rolled back to revision 1, and the old release does its') }],
    });
    expect(running(world)).toEqual(before);
    expect(world.doubles).toEqual([]);
    const places: string[] = [];
    await run(await beside(own()), broken, (act) => void places.push(act));
    for (const [index, place] of places.entries()) {
      const killed = await beside(own());
      let count = 0;
      await run(killed, broken, () => {
        if (count++ === index) throw new Killed(place);
      }).catch(() => {});
      pass(killed, 40);
      await run(killed, all());
      expect([place, running(killed), killed.doubles]).toEqual([place, after, []]);
    }
  });

  it('stays ended where a rollback goes to a record after it was taken over', async () => {
    const world = await beside(own());
    await run(world, all());
    await run(world, [...coordinated('x:3'), workload('c', 1, ['task/c'], 'x:3')]);
    expect(await back(world)).toMatchObject({ state: 'succeeded', record: { restores: 3 } });
    expect(running(world)).toEqual(after);
    expect(await back(world)).toMatchObject({ state: 'succeeded', record: { restores: 1 } });
    expect(running(world)).toEqual(before);
    expect(world.doubles).toEqual([]);
  });

  it('stays ended where the earlier record does all of its work, and that is said', async () => {
    const world = await beside(coordinated());
    await run(world, coordinated('x:2'));
    world.doubles = [];
    const told: string[] = [];
    expect(await back(world, undefined, told)).toMatchObject({ state: 'succeeded' });
    expect(told[0]).toContain('old stays at 0 pods: that revision does itself all that must run once.');
    expect(running(world)).toEqual(runningCoordinated);
    expect(world.doubles).toEqual([]);
  });

  it('does not start beside a record that does a part of its work', async () => {
    const world = await beside([workload('integration', 3), workload('a', 1, ['task/a'])]);
    await run(world, coordinated('x:2'));
    expect(await back(world)).toMatchObject({
      state: 'refused',
      diagnostics: [{ code: 'MI-ROLLOUT-RUNS-ELSEWHERE', message: expect.stringContaining('task/a') }],
    });
    expect(running(world)).toEqual(runningCoordinated);
  });

  it('runs nothing twice when the rollback is killed anywhere, and nothing is lost when it is run again', async () => {
    const prepared = async (): Promise<World> => {
      const world = await beside(own());
      await run(world, all());
      return world;
    };
    const places: string[] = [];
    await back(await prepared(), (act) => void places.push(act));
    for (const [index, place] of places.entries()) {
      for (const again of [back, (world: World) => run(world, all())]) {
        const world = await prepared();
        let count = 0;
        await back(world, () => {
          if (count++ === index) throw new Killed(place);
        }).catch(() => {});
        pass(world, 40);
        if (place === 'after addRecord' && again === back) continue;
        await again(world);
        expect([place, running(world), world.doubles]).toEqual([place, again === back ? before : after, []]);
      }
    }
  });
});

/** The same, in which the first rollout has taken it over. */
async function taken(): Promise<World> {
  const world = withOld();
  await run(world, coordinated());
  return world;
}

it('does its work again where a rollout fails after one that was killed while it took it over', async () => {
  const broken = [...coordinated('x:2').slice(0, 2), workload('b', 1, ['task/b'], 'broken', 'StatefulSet')];
  const prepared = [
    [[], async () => withOld()],
    [['c task/c'], () => beside(own())],
  ] as const;
  for (const [others, prepare] of prepared) {
    const places: string[] = [];
    await run(await prepare(), all(), (act) => void places.push(act));
    for (const [index, place] of places.entries()) {
      const world = await prepare();
      let count = 0;
      await run(world, all(), () => {
        if (count++ === index) throw new Killed(place);
      }).catch(() => {});
      pass(world, 40);
      expect([place, await run(world, [...broken, ...own().slice(1)])]).toMatchObject([place, { state: 'failed' }]);
      const works = running(world).filter((pod) => pod.includes('task'));
      const again = [...others, 'old task/a,task/b'];
      // Once the first one has ended well, or nearly, the second goes back to that.
      const stays = ['a task/a', 'b task/b', 'c task/c'];
      expect([place, world.doubles, [again, stays]]).toEqual([place, [], expect.arrayContaining([works])]);
    }
  }
});

it('does its work again after a second try, where revisions have begun anew', async () => {
  const world = await taken();
  expect(await back(world)).toMatchObject({ state: 'given-back' });
  const broken = [...coordinated('x:3').slice(0, 2), workload('b', 1, ['task/b'], 'broken', 'StatefulSet')];
  expect(await run(world, broken)).toMatchObject({ state: 'failed' });
  expect(await run(world, all())).toMatchObject({ state: 'succeeded' });
  expect(await back(world)).toMatchObject({ state: 'given-back' });
  expect(running(world)).toEqual(['old task/a,task/b']);
  expect(world.doubles).toEqual([]);
});

it('does its work again after returns to the same record', async () => {
  const world = await beside(own());
  const killed = async (): Promise<void> => {
    const dies = run(world, all(), (act) => {
      if (act === 'after scale') throw new Killed(act);
    });
    await expect(dies).rejects.toBeInstanceOf(Killed);
    pass(world, 40);
  };
  for (let time = 0; time < 2; time += 1) {
    await killed();
    expect(await back(world)).toMatchObject({ state: 'succeeded' });
    expect(running(world)).toEqual(['c task/c', ...integration, 'old task/a,task/b']);
    const broken = [...all().slice(0, 3), workload('c', 1, ['task/c'], 'broken')];
    expect(await run(world, broken)).toMatchObject({ state: 'failed' });
  }
  expect(world.doubles).toEqual([]);
});

it('goes back to no record beside an old release that somebody has started again', async () => {
  const world = await taken();
  await run(world, [workload('integration', 3, [], 'x:2')]);
  pass(world, 10);
  const [old] = world.old;
  if (old !== undefined) world.workloads.set(identity(old), old);
  pass(world, 10);
  expect(await back(world)).toMatchObject({ state: 'refused', diagnostics: [{ code: 'MI-ROLLOUT-RUNS-ELSEWHERE' }] });
  expect(world.doubles).toEqual([]);
});

it('goes on with giving the work back to an old release when that was killed anywhere', async () => {
  const places: string[] = [];
  await back(await taken(), (act) => void places.push(act));
  for (const [index, place] of places.entries()) {
    const world = await taken();
    let count = 0;
    await back(world, () => {
      if (count++ === index) throw new Killed(place);
    }).catch(() => {});
    pass(world, 40);
    await back(world);
    expect([place, running(world), world.doubles]).toEqual([place, ['old task/a,task/b'], []]);
    expect([place, (await back(world)).state]).toEqual([place, 'refused']);
  }
});

describe('an old release that was taken over', () => {
  const broken = [...coordinated('x:2').slice(0, 2), workload('b', 1, ['task/b'], 'broken', 'StatefulSet')];

  it('does its work again only when the pods of a rollout that failed are gone, if the release was removed before', async () => {
    const world = withOld();
    expect(await run(world, coordinated())).toMatchObject({ state: 'succeeded' });
    world.revisions = [];
    for (const object of coordinated()) world.workloads.delete(identity(object));
    pass(world, 10);
    expect(await run(world, broken)).toMatchObject({
      state: 'failed',
      diagnostics: [{ message: expect.stringContaining('The old release does the work again') }],
    });
    expect(running(world)).toEqual(['old task/a,task/b']);
    expect(world.doubles).toEqual([]);
  });

  it('gets its work back only when the pods are gone of a release that somebody has just removed', async () => {
    const world = withOld();
    await run(world, coordinated());
    world.revisions = [];
    for (const object of coordinated()) world.workloads.delete(identity(object));
    expect(await back(world)).toMatchObject({ state: 'given-back' });
    expect([running(world), world.doubles]).toEqual([['old task/a,task/b'], []]);
  });

  it('is said to have no pods where a rollout ends between it and the new one, or cannot give the work back', async () => {
    for (const [where, objects] of [
      ['after scale', coordinated()],
      ['after rollback', broken],
    ] as const) {
      const world = withOld();
      const outcome = await run(world, [...objects], (act) => {
        if (act === where) world.lock = { holder: 'bob', renewed: world.now };
      });
      expect(running(world).filter((pod) => pod.includes('task'))).toEqual([]);
      expect([where, outcome]).toMatchObject([
        where,
        {
          state: 'failed',
          diagnostics: [{ message: expect.stringMatching(/Deployment\/old was scaled to 0 and may have no pods/) }],
        },
      ]);
    }
  });
});

it('is no success where something starts the old pods again, and leaves the work to them', async () => {
  const world = withOld();
  const [old] = world.old;
  const start: Death = (act) => {
    const current = old === undefined ? undefined : world.workloads.get(identity(old));
    if (act === 'after upgrade' && world.revisions.length === 2 && current !== undefined)
      world.workloads.set(identity(current), { ...current, spec: { ...(current.spec as object), replicas: 1 } });
  };
  const outcome = await run(world, coordinated(), start);
  expect(outcome).toMatchObject({
    state: 'failed',
    diagnostics: [{ message: expect.stringContaining('Pods of old run again, beside those that do their work now.') }],
  });
  expect(running(world)).toEqual([...integration, 'old task/a,task/b']);
});

it('goes back to the old release, not to what was left for it, also after a way back that was cut off', async () => {
  for (const moment of ['before uninstall', 'before patch', 'before scale']) {
    const world = withOld();
    await run(world, coordinated('x:1'));
    const death: Death = (act) => {
      if (act === moment) throw new Killed(act);
    };
    await expect(back(world, death)).rejects.toThrow(Killed);
    pass(world, 40);
    expect(await run(world, coordinated('x:2'))).toMatchObject({ state: 'succeeded' });
    expect(await back(world)).toMatchObject({ state: 'given-back', releases: ['old'] });
    expect([moment, running(world), world.doubles]).toEqual([moment, ['old task/a,task/b'], []]);
  }
});
