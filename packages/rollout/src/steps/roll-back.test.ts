import { describe, expect, it } from 'vitest';
import { identity } from '@mi-patterns/helm';
import { type Death, effectsOn, Killed, newWorld, pass, type World } from '../../test/fake-world.ts';
import { coordinated, request, run, running, runningCoordinated, single, workload } from '../../test/rollouts.ts';
import type { RolloutEvent, RolloutOutcome } from './effects.ts';
import { rollBack } from './roll-back.ts';
import { rollOut } from './roll-out.ts';

describe('rollBack', () => {
  const back = (world: World, death?: Death): Promise<RolloutOutcome> =>
    rollBack({ timeout: 60, confirm: async () => true }, effectsOn(world, [], 'ann', death), () => {});

  it('goes back to the last good record, and further the next time', async () => {
    const world = newWorld();
    for (const objects of [single('x:1'), coordinated('x:2'), coordinated('x:3')]) await run(world, objects);
    expect(await back(world)).toMatchObject({ state: 'succeeded', record: { revision: 4, restores: 2 } });
    expect(await back(world)).toMatchObject({ state: 'succeeded', record: { revision: 5, restores: 1 } });
    expect(running(world)).toEqual(['integration task/a,task/b']);
    expect(await back(world)).toMatchObject({ state: 'refused', diagnostics: [{ code: 'MI-ROLLBACK-NOTHING' }] });
    expect(world.doubles).toEqual([]);
  });

  it.each(['during upgrade: recorded', 'during upgrade: waiting', 'after upgrade', 'before addRecord'])(
    'goes back to what ran before a rollout that was killed %s',
    async (where) => {
      const world = newWorld();
      for (const objects of [single('x:1'), coordinated('x:2')]) await run(world, objects);
      const killed = run(world, single('x:3'), (act) => {
        if (act === where) throw new Killed(act);
      });
      await expect(killed).rejects.toBeInstanceOf(Killed);
      pass(world, 40);
      expect(await back(world)).toMatchObject({ state: 'succeeded', record: { revision: 4, restores: 2 } });
      expect(running(world)).toEqual(runningCoordinated);
      expect(await back(world)).toMatchObject({ state: 'succeeded', record: { restores: 1 } });
      expect(world.doubles).toEqual([]);
    },
  );

  it('goes back to what ran before a rollout that was killed when it had only emptied workloads, or had done nothing', async () => {
    for (const [where, revision, restores] of [
      ['after scale', 3, 2],
      ['before upgrade begins', 3, 2],
      ['before begin', 3, 1],
    ] as const) {
      const world = newWorld();
      for (const objects of [single('x:1'), single('x:2')]) await run(world, objects);
      const killed = run(world, coordinated('x:3'), (act) => {
        if (act === where) throw new Killed(act);
      });
      await expect(killed).rejects.toBeInstanceOf(Killed);
      pass(world, 40);
      expect([where, await back(world)]).toMatchObject([where, { state: 'succeeded', record: { revision, restores } }]);
      expect(running(world)).toEqual(['integration task/a,task/b']);
    }
  });

  it('forgets a rollout that was killed before helm when the one before is rolled out again', async () => {
    const world = newWorld();
    for (const objects of [single('x:1'), single('x:2')]) await run(world, objects);
    const killed = run(world, coordinated('x:3'), (act) => {
      if (act === 'after begin') throw new Killed(act);
    });
    await expect(killed).rejects.toBeInstanceOf(Killed);
    pass(world, 40);
    expect(await run(world, single('x:2'))).toMatchObject({ state: 'unchanged' });
    expect(await back(world)).toMatchObject({ state: 'succeeded', record: { restores: 1 } });
  });

  it('goes on with a rollback that was killed anywhere when it is run again', async () => {
    const prepared = async (): Promise<World> => {
      const world = newWorld();
      for (const objects of [coordinated('x:1'), single('x:2'), coordinated('x:3')]) await run(world, objects);
      return world;
    };
    const places: string[] = [];
    await back(await prepared(), (act) => void places.push(act));
    for (const [index, place] of places.entries()) {
      const world = await prepared();
      let count = 0;
      const killed = back(world, (act) => {
        if (count++ === index) throw new Killed(act);
      });
      await expect(killed, place).rejects.toBeInstanceOf(Killed);
      pass(world, 40);
      if (place === 'after addRecord') continue;
      expect([place, await back(world)]).toMatchObject([place, { state: 'succeeded', record: { restores: 2 } }]);
      expect([place, running(world), world.doubles]).toEqual([place, ['integration task/a,task/b'], []]);
    }
  });

  describe('while another helm works on the release', () => {
    const atWork = async (made: (world: World) => number): Promise<World> => {
      const world = newWorld();
      for (const objects of [single('x:1'), single('x:2')]) await run(world, objects);
      world.revisions.push({ revision: 3, state: 'pending-upgrade', objects: single('x:3'), made: made(world) });
      return world;
    };
    const busy = {
      code: 'MI-ROLLOUT-BUSY',
      message: expect.stringMatching(/^Another helm .* revision 3 .*pending-upg/),
    };

    it('leaves it alone, and says when it would count as killed', async () => {
      const world = await atWork(({ now }) => now - 100_000);
      const events: RolloutEvent[] = [];
      const hint = expect.stringContaining('run the command again in 200 s');
      for (const outcome of [await run(world, single('x:4'), undefined, 'bob', events), await back(world)])
        expect(outcome).toEqual({ state: 'refused', diagnostics: [expect.objectContaining({ ...busy, hint })] });
      expect(world.revisions.map(({ state }) => state)).toEqual(['superseded', 'deployed', 'pending-upgrade']);
      expect(world.begun).toBeUndefined();
      const look = await rollOut(
        request({ dryRun: true }),
        effectsOn(world, single('x:4'), 'ann'),
        (event) => void events.push(event),
      );
      expect(look).toMatchObject({ state: 'dry-run' });
      expect(events.filter((event) => event.type === 'step' && event.state === 'skipped')).toMatchObject([
        { detail: busy.message },
      ]);
    });

    it('restores the release when that helm has worked for longer than it may', async () => {
      expect(await run(await atWork(({ now }) => now - 301_000), single('x:4'))).toMatchObject({ state: 'succeeded' });
      const patient = effectsOn(await atWork(({ now }) => now - 301_000), single('x:4'), 'ann');
      expect(await rollOut(request({ timeout: 600 }), patient, () => {})).toMatchObject({
        state: 'refused',
        diagnostics: [busy],
      });
    });

    it('changes nothing where that helm began while a rollout looked', async () => {
      const world = newWorld();
      for (const objects of [single('x:1'), single('x:2')]) await run(world, objects);
      const workloads = new Map(world.workloads);
      const outcome = await run(world, coordinated('x:3'), (act) => {
        if (act === 'after bringArchives')
          world.revisions.push({ revision: 3, state: 'pending-upgrade', objects: single('x:3'), made: world.now });
      });
      expect(outcome).toEqual({ state: 'refused', diagnostics: [expect.objectContaining(busy)] });
      expect(world.workloads).toEqual(workloads);
      expect(await run(world, coordinated('x:3'))).toMatchObject({ state: 'refused', diagnostics: [busy] });
    });

    it('changes nothing where that helm made a revision while it was asked whether to go on', async () => {
      const world = newWorld();
      for (const objects of [single('x:1'), single('x:2')]) await run(world, objects);
      const confirm = async (): Promise<boolean> => {
        const revision = world.revisions.length + 1;
        world.revisions.push({ revision, state: 'deployed', objects: single('x:3'), made: world.now });
        return true;
      };
      const workloads = new Map(world.workloads);
      const [out, way] = [effectsOn(world, coordinated('x:4'), 'ann'), effectsOn(world, [], 'ann')];
      const message = expect.stringMatching(/^There was revision 2 .* and there is revision 3 \(deployed\) now/);
      expect(await rollOut(request({ confirm }), out, () => {})).toMatchObject({
        state: 'refused',
        diagnostics: [{ code: 'MI-ROLLOUT-MOVED-ON', message }],
      });
      expect(await rollBack({ timeout: 60, confirm }, way, () => {})).toMatchObject({
        state: 'refused',
        diagnostics: [{ code: 'MI-ROLLOUT-MOVED-ON' }],
      });
      expect([world.revisions.length, world.workloads, world.begun]).toEqual([4, workloads, undefined]);
    });

    it('changes nothing where that helm removed the release meanwhile, and kept its history', async () => {
      const world = newWorld();
      for (const objects of [single('x:1'), single('x:2')]) await run(world, objects);
      const confirm = async (): Promise<boolean> => {
        world.revisions = world.revisions.map((one) => ({ ...one, state: 'uninstalled' }));
        return true;
      };
      expect(await rollOut(request({ confirm }), effectsOn(world, single('x:3'), 'ann'), () => {})).toMatchObject({
        state: 'refused',
        diagnostics: [
          { code: 'MI-ROLLOUT-MOVED-ON', message: expect.stringContaining('revision 2 (uninstalled) now') },
        ],
      });
    });

    it('restores nothing where that helm ended well while it was asked whether to', async () => {
      const world = await atWork(({ now }) => now - 301_000);
      const confirm = async (): Promise<boolean> => {
        world.revisions = world.revisions.map((one) => ({
          ...one,
          state: one.revision === 3 ? 'deployed' : 'superseded',
        }));
        return true;
      };
      const outcome = await rollOut(request({ confirm }), effectsOn(world, single('x:4'), 'ann'), () => {});
      expect(outcome).toMatchObject({ state: 'refused', diagnostics: [{ code: 'MI-ROLLOUT-MOVED-ON' }] });
      expect(world.revisions).toHaveLength(3);
    });

    it('gives no work back where that helm made a revision while it was asked whether to', async () => {
      const world = newWorld();
      const old = workload('old', 1, ['task/a', 'task/b']);
      world.old = [old];
      world.workloads.set(identity(old), old);
      pass(world, 10);
      await run(world, coordinated('x:1'));
      const confirm = async (): Promise<boolean> => {
        world.revisions.push({ revision: world.revisions.length + 1, state: 'deployed', objects: coordinated('x:2') });
        return true;
      };
      const outcome = await rollBack({ timeout: 60, confirm }, effectsOn(world, [], 'ann'), () => {});
      expect(outcome).toMatchObject({ state: 'refused', diagnostics: [{ code: 'MI-ROLLOUT-MOVED-ON' }] });
      expect(running(world)).toEqual(runningCoordinated);
    });

    it.each(['upgrade', 'rollback'])('is told of where it came between the last look and this %s', async (what) => {
      const world = newWorld();
      for (const objects of [single('x:1'), single('x:2')]) await run(world, objects);
      const between = (act: string): void => {
        if (act === (what === 'upgrade' ? 'before upgrade begins' : 'before rollback'))
          world.revisions.push({ revision: 3, state: 'deployed', objects: single('x:3'), made: world.now });
      };
      const outcome = await (what === 'upgrade' ? run(world, single('x:4'), between) : back(world, between));
      const message = expect.stringContaining(
        'was to make revision 3, and now the newest one is revision 4 (deployed)',
      );
      expect(outcome).toMatchObject({ state: 'failed', diagnostics: [{ code: 'MI-ROLLOUT-MOVED-ON', message }] });
      const again = what === 'upgrade' ? run(world, single('x:4')) : back(world);
      expect(await again).toMatchObject(what === 'upgrade' ? { state: 'unchanged' } : { record: { restores: 1 } });
    });

    it.each(['upgrade', 'rollback', 'nothing'])('records nothing where it came while %s was verified', async (what) => {
      const world = newWorld();
      for (const objects of [single('x:1'), single('x:2')]) await run(world, objects);
      const last = what === 'nothing' ? 2 : 3;
      const verifying = {
        hasTests: async () => {
          world.revisions.push({ revision: last + 1, state: 'deployed', objects: single('x:9'), made: world.now });
          return false;
        },
      };
      const wanted = what === 'nothing' ? single('x:2') : single('x:3');
      const effects = { ...effectsOn(world, what === 'rollback' ? [] : wanted, 'ann'), ...verifying };
      const outcome = await (what === 'rollback'
        ? rollBack({ timeout: 60, confirm: async () => true }, effects, () => {})
        : rollOut(request(), effects, () => {}));
      const message = expect.stringMatching(/there is revision \d \(deployed\) now: .* and nothing was recorded\.$/);
      expect(outcome).toEqual({
        state: 'failed',
        diagnostics: [expect.objectContaining({ code: 'MI-ROLLOUT-MOVED-ON', message })],
      });
      expect(world.records.map(({ revision }) => revision)).toEqual([1, 2]);
    });

    it('goes back over no helm that began while a rollback waited for pods', async () => {
      const world = newWorld();
      for (const objects of [coordinated('x:1'), single('x:2')]) await run(world, objects);
      const outcome = await back(world, (act) => {
        if (act === 'after scale' && world.revisions.length === 2)
          world.revisions.push({ revision: 3, state: 'pending-upgrade', objects: single('x:3'), made: world.now });
      });
      expect(outcome).toMatchObject({ state: 'failed', diagnostics: [{ code: 'MI-ROLLOUT-BUSY' }] });
      expect(world.revisions.map(({ state }) => state)).toEqual(['superseded', 'deployed', 'pending-upgrade']);
    });

    it('is not taken for one that was killed before its helm began', async () => {
      const world = newWorld();
      for (const objects of [coordinated('x:1'), single('x:2')]) await run(world, objects);
      const killed = run(world, single('x:3'), (act) => {
        if (act === 'before upgrade begins') throw new Killed(act);
      });
      await expect(killed).rejects.toBeInstanceOf(Killed);
      pass(world, 40);
      const outcome = await run(world, single('x:4'), (act) => {
        if (act === 'live' && world.revisions.length === 2)
          world.revisions.push({ revision: 3, state: 'pending-upgrade', objects: single('x:2'), made: world.now });
      });
      expect(outcome).toMatchObject({ diagnostics: [busy] });
      expect(await run(world, single('x:4'))).toMatchObject({ state: 'refused', diagnostics: [busy] });
    });

    it('is not taken for one where a rollout and what was to restore the release were both killed', async () => {
      const world = newWorld();
      for (const objects of [single('x:1'), coordinated('x:2')]) await run(world, objects);
      for (const where of ['during upgrade: recorded', 'after begin']) {
        const killed = run(world, single('x:3'), (act) => {
          if (act === where) throw new Killed(act);
        });
        await expect(killed, where).rejects.toBeInstanceOf(Killed);
        pass(world, 40);
      }
      expect(await run(world, single('x:3'))).toMatchObject({ state: 'succeeded' });
      expect(world.doubles).toEqual([]);
    });

    it('goes back over no helm that began in the meantime, and says what it has emptied', async () => {
      const world = newWorld();
      for (const objects of [single('x:1'), single('x:2')]) await run(world, objects);
      const outcome = await run(world, coordinated('x:3'), (act) => {
        if (act === 'before upgrade begins')
          world.revisions.push({ revision: 3, state: 'pending-upgrade', objects: single('x:3'), made: world.now });
      });
      expect(outcome).toMatchObject({
        state: 'failed',
        diagnostics: [
          {
            code: 'MI-ROLLOUT-BUSY',
            message: expect.stringMatching(
              /so this one changed nothing: another operation .*Deployment\/integration was scaled to 0/,
            ),
          },
        ],
      });
      expect(await run(world, coordinated('x:3'))).toMatchObject({ state: 'refused', diagnostics: [busy] });
      expect(world.revisions.map(({ state }) => state)).toEqual(['superseded', 'deployed', 'pending-upgrade']);
    });
  });
});
