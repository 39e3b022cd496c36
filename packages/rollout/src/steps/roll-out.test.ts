import { describe, expect, it } from 'vitest';
import { effectsOn, Killed, newWorld, pass, type Death, type World } from '../../test/fake-world.ts';
import {
  autoscaled,
  coordinated,
  facts,
  multiple,
  request,
  run,
  running,
  runningCoordinated,
  single,
  swapped,
  workload,
} from '../../test/rollouts.ts';
import { identity, type KubernetesObject, objectAt, ToolFailure } from '@mi-patterns/helm';
import type { OldRelease } from '../live/live.ts';
import type { RolloutEffects, RolloutEvent, RolloutOutcome, TestOutcome } from './effects.ts';
import { rollBack } from './roll-back.ts';
import { rollOut, type RolloutRequest } from './roll-out.ts';
import { StopRollout } from './stop.ts';
import { unsound } from './verify.ts';

describe('rollOut', () => {
  it('keeps how the artifacts of what runs are read now, where nothing changes', async () => {
    const world = newWorld();
    await run(world, single());
    const read = (artifactsDigest: string, by: string): Promise<RolloutOutcome> =>
      rollOut(request({ facts: { ...facts, artifactsDigest } }), effectsOn(world, single(), by), () => {});
    expect(await read('sha256:2', 'bob')).toMatchObject({ state: 'unchanged', record: { by: 'ann' } });
    expect(await read('sha256:2', 'bob')).toMatchObject({ state: 'unchanged' });
    const other = request({ dryRun: true, facts: { ...facts, artifactsDigest: 'sha256:3' } });
    expect(await rollOut(other, effectsOn(world, single(), 'bob'), () => {})).toMatchObject({
      diff: { diagnostics: [{ code: 'MI-ROLLOUT-SAME-IMAGE' }] },
    });
    expect(world.records.map(({ revision, by, artifactsDigest }) => [revision, by, artifactsDigest])).toEqual([
      [1, 'ann', undefined],
      [1, 'ann', 'sha256:2'],
    ]);
  });

  it('goes through its steps in order', async () => {
    const [world, events] = [newWorld(), [] as RolloutEvent[]];
    expect(await run(world, single(), undefined, 'ann', events)).toMatchObject({
      state: 'succeeded',
      record: { revision: 1, by: 'ann' },
    });
    expect(events.flatMap((event) => (event.type === 'step' && event.state === 'done' ? [event.step] : []))).toEqual([
      'lock',
      'repair',
      'diff',
      'confirm',
      'prepare',
      'upgrade',
      'verify',
      'record',
    ]);
    expect(await run(world, single())).toMatchObject({ state: 'unchanged' });
    expect(world.revisions).toHaveLength(1);
    expect(world.records).toHaveLength(1);
    expect(world.lock).toBeUndefined();
  });

  it.each([
    ['single replica to coordinated', single, coordinated, runningCoordinated],
    ['coordinated to single replica', coordinated, single, ['integration task/a,task/b']],
    [
      'tasks that change places',
      coordinated,
      swapped,
      ['a task/b', 'b task/a', 'integration', 'integration', 'integration'],
    ],
    ['a new image only', () => coordinated(), () => coordinated('x:2'), runningCoordinated],
    ['tasks that end where pods are added', single, multiple, ['integration', 'integration', 'integration']],
    [
      'single replica to coordinated under an autoscaler',
      single,
      autoscaled,
      ['a task/a', 'b task/b', 'integration', 'integration'],
    ],
    ['from an autoscaler back to a single replica', autoscaled, single, ['integration task/a,task/b']],
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
    expect(await run(world, after())).toMatchObject({
      state: 'failed',
      evidence: expect.stringContaining('not ready'),
    });
    expect(running(world)).toEqual(expected);
    expect(world.doubles).toEqual([]);
    expect(world.records.map(({ state }) => state)).toEqual(['succeeded', 'rolled-back']);
  });

  it('brings back pods that an autoscaler had when what came after it fails', async () => {
    const world = newWorld();
    await run(world, autoscaled());
    expect(await run(world, single('broken'))).toMatchObject({ state: 'failed' });
    expect(running(world)).toEqual(['a task/a', 'b task/b', 'integration', 'integration']);
    expect(world.doubles).toEqual([]);
  });

  it('does not call a release sound whose autoscaled workload is at 0 pods', async () => {
    const world = newWorld();
    await run(world, autoscaled());
    const effects = effectsOn(world, autoscaled(), 'ann');
    expect(unsound(autoscaled(), await effects.live([]))).toEqual([]);
    await effects.scale(autoscaled()[0] as KubernetesObject, 0);
    pass(world, 10);
    expect(unsound(autoscaled(), await effects.live([]))).toEqual([
      'Deployment/integration has 0 pods, which its autoscaler does not change; kubectl scale deployment/integration --namespace n --replicas=2 starts it.',
    ]);
  });

  it('calls a release sound whose paused workload has no pod, and only that one', async () => {
    const world = newWorld();
    await run(world, coordinated());
    const paused = coordinated().map((object) =>
      object.metadata.name === 'a' ? { ...object, spec: { ...(object['spec'] as object), replicas: 0 } } : object,
    );
    await effectsOn(world, paused, 'ann').scale(
      paused.find(({ metadata }) => metadata.name === 'a') as KubernetesObject,
      0,
    );
    pass(world, 10);
    const live = await effectsOn(world, paused, 'ann').live([]);
    expect(unsound(paused, live)).toEqual([]);
    expect(unsound(coordinated(), live)).toHaveLength(2);
  });

  it('waits for what ends: a task that comes back while its old pod still stops', async () => {
    const world = newWorld();
    await run(world, coordinated());
    const effects = effectsOn(world, multiple(), 'ann');
    await effects.upgrade({ rollBack: false, onProgress: () => {} });
    for (const pod of world.pods) if (pod.goneAt !== undefined) pod.goneAt = world.now + 20_000;
    expect(await run(world, coordinated())).toMatchObject({ state: 'succeeded' });
    expect(running(world)).toEqual(runningCoordinated);
    expect(world.doubles).toEqual([]);
  });

  it('says what it leaves when the cluster breaks off, and keeps the first failure', async () => {
    const world = newWorld();
    await run(world, single());
    const broken = {
      ...effectsOn(world, coordinated('broken'), 'ann'),
      keepEvidence: async () => {
        throw new ToolFailure({ reason: 'exit', message: 'no answer', hint: '' });
      },
    };
    const outcome = await rollOut(request(), broken, () => {});
    expect(outcome).toMatchObject({
      state: 'failed',
      diagnostics: [
        {
          code: 'MI-ROLLOUT-FAILED',
          message: expect.stringMatching(
            /^[^\n]*not ready[^\n]*rolled back to revision 1\. The evidence could not be saved: no answer\.$/,
          ),
        },
      ],
    });
    expect(running(world)).toEqual(['integration task/a,task/b']);
    const emptied = {
      ...effectsOn(world, coordinated(), 'ann'),
      upgrade: async () => {
        throw new ToolFailure({ reason: 'exit', message: 'no answer', hint: 'Look, then run the command again.' });
      },
    };
    expect(await rollOut(request(), emptied, () => {})).toMatchObject({
      state: 'failed',
      diagnostics: [
        {
          hint: 'Look. Then run the command again: it continues from the current state of the release.',
          message:
            'no answer. The release may be partly changed. Deployment/integration was scaled to 0 and may have no pods until the command is run again.',
        },
      ],
    });
  });

  it('says to run the command again where the way back fails too', async () => {
    const world = newWorld();
    await run(world, single());
    const gone = (): Promise<never> => Promise.reject(new ToolFailure({ reason: 'exit', message: 'no', hint: '' }));
    for (const [next, expected] of [
      ['', 'Run the command again: it brings the release back first. '],
      ['Pay.', 'Pay. Then run the command again: it brings the release back first. '],
    ] as const) {
      const failing: RolloutEffects = {
        ...effectsOn(world, single('x:2'), 'ann'),
        upgrade: async () => ({ state: 'failed', message: 'refused', next, wentBack: false }),
        rollback: gone,
      };
      const outcome = await rollOut(request(), failing, () => {});
      const hint = expect.stringMatching(`^${expected}Events`);
      expect(outcome).toMatchObject({ state: 'failed', diagnostics: [{ hint }] });
    }
  });

  it('tells of a release that is not sound, whatever becomes of the evidence', async () => {
    const world = newWorld();
    await run(world, single());
    const words = 'e.txt cannot be written: no space left on the disk.';
    const full = {
      ...effectsOn(world, single(), 'ann'),
      checkArtifacts: async () => ({ state: 'different', findings: ['a pod lacks task/a'] }) as const,
      keepEvidence: async () => {
        throw new StopRollout([{ code: 'MI-WRITE-FAILED', severity: 'error', message: words, hint: '' }], 'failed');
      },
    };
    const hint = `The evidence could not be saved: ${words} mi-patterns status shows the pods.`;
    expect(await rollOut(request(), full, () => {})).toEqual({
      state: 'failed',
      diagnostics: [expect.objectContaining({ code: 'MI-ROLLOUT-VERIFY', hint })],
    });
  });

  it('ends with a word when it is cancelled', async () => {
    const world = newWorld();
    await run(world, single());
    for (const [at, state, words] of [
      ['before diff', 'refused', 'before anything of the release was changed.'],
      [
        'after drain',
        'failed',
        'midway. Revision 1 is still deployed. Deployment/integration was scaled to 0 and may have no pods until the command is run again.',
      ],
    ] as const) {
      let cancelled = false;
      const effects = effectsOn(world, coordinated(), 'ann');
      const cancel = <Result>(result: Promise<Result>): Promise<Result> => {
        cancelled = true;
        return result;
      };
      const cancelling = {
        ...effects,
        cancelled: () => cancelled,
        ...(at === 'before diff'
          ? { wanted: () => cancel(effects.wanted()) }
          : { scale: (...scaling: Parameters<typeof effects.scale>) => cancel(effects.scale(...scaling)) }),
      };
      expect(await rollOut(request(), cancelling, () => {})).toMatchObject({
        state,
        diagnostics: [{ code: 'MI-ROLLOUT-CANCELLED', message: expect.stringContaining(words) }],
      });
      expect(world.lock).toBeUndefined();
    }
    expect(await run(world, coordinated())).toMatchObject({ state: 'succeeded' });
    expect(world.doubles).toEqual([]);
  });

  it.each([
    [
      'during upgrade: recorded',
      'x:2',
      'Revision 2 is in the state pending-upgrade, so it may be there in part; revision 1 is the last good one.',
    ],
    ['after upgrade', 'x:2', 'Revision 2 is deployed, but not recorded as good.'],
    [
      'during rollback: recorded',
      'broken',
      'It was going back, because the rollout had failed: not ready. Revision 3 is in the state pending-rollback, so it may be there in part; revision 1 is the last good one. Deployment/integration, Deployment/a, StatefulSet/b were scaled to 0 and may have no pods until the command is run again.',
    ],
    [
      'live, history away',
      'broken',
      'It was going back, because the rollout had failed: not ready. The cluster does not say which state the release is in. Deployment/integration was scaled to 0 and may have no pods until the command is run again.',
    ],
  ])('says which state the release is in when it is cancelled %s', async (where, image, told) => {
    const world = newWorld();
    await run(world, single());
    const [act = '', away] = where.split(', ');
    let [cancelled, failing] = [false, false];
    const effects = effectsOn(world, image === 'broken' ? coordinated(image) : single(image), 'ann', (now) => {
      failing ||= now === 'after keepEvidence' || image !== 'broken';
      cancelled ||= failing && now === act;
      if (cancelled && now === act) throw new ToolFailure({ reason: 'aborted', message: 'stopped', hint: '' });
    });
    // What is asked afterwards is asked by a process that goes on.
    const later = effectsOn(world, [], 'ann');
    const gone = new ToolFailure({ reason: 'exit', message: 'no answer', hint: '' });
    const history = (): ReturnType<RolloutEffects['history']> =>
      away === undefined ? later.history() : Promise.reject(gone);
    const cancelling = {
      ...effects,
      cancelled: () => cancelled,
      history: () => (cancelled ? history() : effects.history()),
    };
    const evidence = image === 'broken' ? ' Events, states and last logs are in evidence of not ready.' : '';
    expect(await rollOut(request(), cancelling, () => {})).toMatchObject({
      state: 'failed',
      diagnostics: [
        {
          code: 'MI-ROLLOUT-CANCELLED',
          message: `The command was cancelled midway. ${told}`,
          hint: `Run the command again: it continues from the current state of the release, or first restores it. mi-patterns status shows the pods.${evidence}`,
        },
      ],
    });
  });

  it('says what it leaves at 0 pods when its lock is lost', async () => {
    const world = newWorld();
    await run(world, single());
    const outcome = await run(world, coordinated(), (act) => {
      if (act === 'after scale') world.lock = { holder: 'bob', renewed: world.now };
    });
    expect(outcome).toMatchObject({
      state: 'failed',
      diagnostics: [
        {
          code: 'MI-ROLLOUT-LOCK-LOST',
          message: expect.stringMatching(/may have started\. Deployment\/integration was scaled to 0/),
        },
      ],
    });
  });

  describe('when pods only wait for another try', () => {
    const waiting = async (before: KubernetesObject[], name: string): Promise<World> => {
      const world = newWorld();
      await run(world, before);
      for (const pod of world.pods) if (pod.workload.endsWith(`/${name}`)) pod.broken = true;
      return world;
    };

    const isolated = (): KubernetesObject[] => coordinated().slice(1);
    const runningIsolated = runningCoordinated.slice(0, 2);

    it.each([
      ['a Deployment', 'a'],
      ['a StatefulSet', 'b'],
    ])('starts them anew where nothing changes: %s', async (_what, name) => {
      const world = await waiting(isolated(), name);
      const events: RolloutEvent[] = [];
      expect(await run(world, isolated(), undefined, 'ann', events)).toMatchObject({ state: 'unchanged' });
      expect(running(world)).toEqual(runningIsolated);
      expect([world.doubles, world.revisions.length]).toEqual([[], 1]);
      const said = events.flatMap((event) => (event.type === 'progress' ? [event.detail] : []));
      const because = 'its pods wait for up to five minutes before they try again, and new ones try at once';
      expect(said[0]).toMatch(new RegExp(`/${name} is scaled to 0: ${because}`));
    });

    it.each([
      [
        'on the way to what is wanted',
        (): KubernetesObject[] => [...coordinated().slice(0, 2), ...coordinated('x:2').slice(2)],
      ],
      ['on the way back of a repair', coordinated],
    ])('starts them anew %s, and never twice however it is killed', async (what, wanted) => {
      const prepared = async (): Promise<World> => {
        const world = await waiting(coordinated(), 'a');
        if (what.includes('repair'))
          world.revisions.push({ revision: 2, state: 'pending-upgrade', objects: coordinated('x:3') });
        return world;
      };
      const places: string[] = [];
      await run(await prepared(), wanted(), (act) => void places.push(act));
      for (const [index, place] of places.entries()) {
        const world = await prepared();
        let count = 0;
        const killed = run(world, wanted(), (act) => {
          if (count++ === index) throw new Killed(act);
        });
        await expect(killed).rejects.toBeInstanceOf(Killed);
        pass(world, 40);
        expect([place, (await run(world, wanted(), undefined, 'bob')).state]).toEqual([
          place,
          expect.stringMatching(/succeeded|unchanged/),
        ]);
        expect([place, running(world), world.doubles]).toEqual([place, runningCoordinated, []]);
      }
    });

    it('is done in full again when it is killed where nothing changes', async () => {
      const places: string[] = [];
      await run(await waiting(isolated(), 'a'), isolated(), (act) => void places.push(act));
      for (const [index, place] of places.entries()) {
        const world = await waiting(isolated(), 'a');
        let count = 0;
        await run(world, isolated(), (act) => {
          if (count++ === index) throw new Killed(act);
        }).catch(() => {});
        pass(world, 40);
        expect([place, (await run(world, isolated(), undefined, 'bob')).state]).toEqual([
          place,
          expect.stringMatching(/succeeded|unchanged/),
        ]);
        expect([place, running(world), world.doubles]).toEqual([place, runningIsolated, []]);
      }
    });
  });

  it('refuses values that were made from a revision which somebody has replaced meanwhile', async () => {
    const world = newWorld();
    await run(world, single());
    await run(world, single('x:2'));
    expect(await rollOut(request({ base: 1 }), effectsOn(world, single('x:3'), 'ann'), () => {})).toMatchObject({
      state: 'refused',
      diagnostics: [{ code: 'MI-ROLLOUT-MOVED-ON' }],
    });
    expect(await rollOut(request({ base: 2 }), effectsOn(world, single('x:3'), 'ann'), () => {})).toMatchObject({
      state: 'succeeded',
    });
  });

  it('starts anew where the release was uninstalled and its history kept', async () => {
    const world = newWorld();
    world.revisions = [{ revision: 1, state: 'uninstalled', objects: single() }];
    const looked: (readonly KubernetesObject[])[] = [];
    const effects = effectsOn(world, multiple(), 'ann');
    const outcome = await rollOut(
      request(),
      { ...effects, diff: (before, wanted) => (looked.push(before), effects.diff(before, wanted)) },
      () => {},
    );
    expect(looked).toEqual([[]]);
    expect(outcome).toMatchObject({ state: 'succeeded', record: { revision: 2 } });
  });

  it('removes a first installation that fails', async () => {
    const world = newWorld();
    expect(await run(world, single('broken'))).toMatchObject({ state: 'failed' });
    expect([world.revisions, running(world), world.records]).toEqual([[], [], []]);
  });

  it('starts nothing that another release of the namespace runs, forth or back', async () => {
    const world = newWorld();
    const [both, one] = [single(), [workload('integration', 1, ['task/a'])]];
    for (const objects of [both, one]) await run(world, objects);
    const rival = workload('other-b', 1, ['task/b']);
    world.others = { workloads: [rival], pods: [] };
    const refusal = { state: 'refused', diagnostics: [{ code: 'MI-ROLLOUT-RUNS-ELSEWHERE' }] };
    expect(await run(world, both)).toMatchObject(refusal);
    const effects = effectsOn(world, [], 'ann');
    expect(await rollBack({ timeout: 60, confirm: async () => true }, effects, () => {})).toMatchObject(refusal);
    expect(world.revisions).toHaveLength(2);
    expect(await run(world, one)).toMatchObject({ state: 'unchanged' });
    const accepting = request({ accept: ['MI-ROLLOUT-RUNS-ELSEWHERE'] });
    expect(await rollOut(accepting, effectsOn(world, both, 'ann'), () => {})).toMatchObject({ state: 'succeeded' });
  });

  it('warns of a server of which nothing is known in the first rollout, which may be meant to replace it', async () => {
    const world = newWorld();
    const spec = { replicas: 1, template: { spec: { containers: [{ name: 'mi', image: 'acme/old:1' }] } } };
    const stranger = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'mi' }, spec };
    world.others = { workloads: [stranger], pods: [] };
    const codes = async (): Promise<readonly string[]> => {
      const outcome = await rollOut(request({ dryRun: true }), effectsOn(world, single(), 'ann'), () => {});
      return outcome.state === 'dry-run' ? outcome.diff.diagnostics.map(({ code }) => code) : [];
    };
    expect(await codes()).toContain('MI-ROLLOUT-SERVER-ELSEWHERE');
    expect(await run(world, single())).toMatchObject({ state: 'succeeded' });
    expect(await codes()).toEqual([]);
  });

  it('does not begin where helm could not see that pods are ready', async () => {
    const world = newWorld();
    const effects = { ...effectsOn(world, single(), 'ann'), seesReplicaSets: async () => false };
    expect(await rollOut(request(), effects, () => {})).toMatchObject({
      state: 'refused',
      diagnostics: [{ code: 'MI-ROLLOUT-REPLICA-SETS' }],
    });
    expect(world.revisions).toEqual([]);
    // helm sees those of a StatefulSet without them.
    const alone = { ...effectsOn(world, coordinated().slice(2), 'ann'), seesReplicaSets: async () => false };
    expect(await rollOut(request(), alone, () => {})).toMatchObject({ state: 'succeeded' });
  });

  it('asks for no lock, which would make the namespace, where there is nothing to go back to', async () => {
    const world = newWorld();
    const effects: RolloutEffects = {
      ...effectsOn(world, [], 'ann'),
      takeLock: () => Promise.reject(new Error('a lock was asked for')),
    };
    expect(await rollBack({ timeout: 60, confirm: async () => true }, effects, () => {})).toMatchObject({
      state: 'refused',
      diagnostics: [{ code: 'MI-ROLLBACK-NOTHING' }],
    });
  });

  it('refuses while another rollout is alive, and takes over what a dead one left', async () => {
    const world = newWorld();
    world.lock = { holder: 'bob', renewed: world.now };
    expect(await run(world, single())).toMatchObject({
      state: 'refused',
      diagnostics: [{ code: 'MI-ROLLOUT-BUSY', message: expect.stringContaining('bob') }],
    });
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

  it.each([
    ['MI-UPGRADE-IMMUTABLE', 'error'],
    ['MI-ROLLOUT-GITOPS', 'warning'],
  ] as const)('refuses %s of its diff, and goes on where that is accepted', async (code, severity) => {
    const world = newWorld();
    await run(world, single());
    const effects = effectsOn(world, single('x:2'), 'ann');
    const diagnostics = [
      { code, severity, message: 'No.', hint: '' },
      { code: 'MI-UPGRADE-REMOVED', severity: 'warning', message: 'Well.', hint: '' },
    ] as const;
    const finding: typeof effects = {
      ...effects,
      diff: async (...of) => ({ ...(await effects.diff(...of)), diagnostics }),
    };
    expect(await rollOut(request(), finding, () => {})).toMatchObject({
      state: 'refused',
      diagnostics: [{ code, severity: 'error' }],
    });
    expect(world.revisions).toHaveLength(1);
    expect(await rollOut(request({ accept: [code] }), finding, () => {})).toMatchObject({
      state: 'succeeded',
    });
  });

  it('changes nothing without a yes, and nothing in a dry run', async () => {
    const world = newWorld();
    expect(
      await rollOut(request({ confirm: async () => false }), effectsOn(world, single(), 'ann'), () => {}),
    ).toMatchObject({ state: 'refused', diagnostics: [{ code: 'MI-ROLLOUT-NOT-CONFIRMED' }] });
    expect(await rollOut(request({ dryRun: true }), effectsOn(world, single(), 'ann'), () => {})).toMatchObject({
      state: 'dry-run',
    });
    expect([world.revisions, world.records, world.lock]).toEqual([[], [], undefined]);
  });

  it('does not say that nothing was changed when a repair came before the no', async () => {
    const world = newWorld();
    await run(world, single());
    world.revisions.push({ revision: 2, state: 'pending-upgrade', objects: coordinated() });
    const confirm: RolloutRequest['confirm'] = async ({ type }) => type === 'repair';
    expect(await rollOut(request({ confirm }), effectsOn(world, coordinated(), 'ann'), () => {})).toMatchObject({
      state: 'refused',
      diagnostics: [{ message: 'Nothing was rolled out: the change was not confirmed.' }],
    });
    expect(world.revisions.map(({ state }) => state)).toEqual(['superseded', 'pending-upgrade', 'deployed']);
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
    [
      'tasks that change places',
      [coordinated()],
      swapped,
      ['a task/b', 'b task/a', 'integration', 'integration', 'integration'],
    ],
    ['a new image only', [coordinated()], () => coordinated('x:2'), runningCoordinated],
    [
      'a broken image with a change of the pattern',
      [single()],
      () => coordinated('broken'),
      ['integration task/a,task/b'],
    ],
    ['a broken image back from coordinated', [coordinated()], () => single('broken'), runningCoordinated],
  ];

  it.each(cases)(
    'at any act ends right when run again, and no task runs twice: %s',
    async (_name, before, wanted, expected) => {
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
    },
  );

  it.each(cases.filter(([, before]) => before.length > 0))(
    'or interrupted at any act goes back right at once when the change is taken back: %s',
    async (_name, before, wanted) => {
      const total = await acts(before, wanted());
      for (let kill = 1; kill <= total; kill += 1) {
        const world = newWorld();
        for (const objects of before) await run(world, objects);
        const expected = running(world);
        let count = 0;
        let where = '';
        const death: Death = (act) => {
          count += 1;
          where = act;
          if (count === kill) throw new Killed(act);
        };
        await expect(run(world, wanted(), death), where).rejects.toBeInstanceOf(Killed);
        // A signal lets helm write down that it failed, and the lock be given back: nothing has to be waited for.
        for (const revision of world.revisions) if (revision.state.startsWith('pending-')) revision.state = 'failed';
        world.lock = undefined;
        const again = await run(world, before.at(-1) ?? [], undefined, 'bob');
        expect([where, again.state]).toEqual([where, expect.stringMatching(/succeeded|unchanged/)]);
        expect([where, running(world)]).toEqual([where, expected]);
        expect([where, [...world.workloads.keys()].length]).toEqual([where, before.at(-1)?.length]);
        expect([where, world.doubles]).toEqual([where, []]);
      }
    },
  );
});

describe('the tests of the chart', () => {
  it.each([
    ['failed', 'rolled-back'],
    ['not-begun', 'succeeded'],
  ] as const)('that have %s leave a release %s', async (state, expected) => {
    const world = newWorld();
    await rollOut(request(), effectsOn(world, single(), 'ann'), () => {});
    const effects = effectsOn(world, single('x:2'), 'ann');
    const test = async (): Promise<TestOutcome> => ({ state, why: 'pods is forbidden: no' });
    const outcome = await rollOut(request(), { ...effects, hasTests: async () => true, test }, () => {});
    expect(world.records.at(-1)?.state).toBe(expected);
    expect('notChecked' in outcome ? outcome.notChecked.map(({ because }) => because) : []).toEqual(
      state === 'failed' ? [] : ['the cluster did not create or delete their pods: pods is forbidden: no'],
    );
  });
});

describe('taking an old release over', () => {
  const old = (): KubernetesObject[] => [
    workload('old', 1, ['task/a', 'task/b']),
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'old', namespace: 'n' },
      spec: {
        selector: { 'app.kubernetes.io/component': 'old' },
        ports: [{ port: 443, targetPort: 8253 }, { port: 9008 }],
      },
    },
    { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: { name: 'old', namespace: 'n' } },
  ];
  const listening = (objects: KubernetesObject[]): KubernetesObject[] => {
    const copy = structuredClone(objects);
    for (const object of copy)
      for (const container of (object.spec as { template: { spec: { containers: { ports?: unknown }[] } } }).template
        .spec.containers)
        container.ports = [{ containerPort: 8253 }];
    return copy;
  };
  const withOld = (): World => {
    const world = newWorld();
    world.old = old();
    world.workloads.set(identity(world.old[0] as KubernetesObject), world.old[0] as KubernetesObject);
    pass(world, 10);
    return world;
  };
  const selector = (world: World): unknown =>
    objectAt(
      world.old.find(({ kind }) => kind === 'Service'),
      'spec',
      'selector',
    );
  const runningNew = [...runningCoordinated];

  it('starts stateless pods, moves the route, ends the old pods, then starts what must run once', async () => {
    const [world, events] = [withOld(), [] as RolloutEvent[]];
    expect(running(world)).toEqual(['old task/a,task/b']);
    const outcome = await run(world, listening(coordinated()), undefined, 'ann', events);
    expect(outcome).toMatchObject({ state: 'succeeded', record: { revision: 2 } });
    expect(running(world)).toEqual(runningNew);
    expect(world.doubles).toEqual([]);
    expect(selector(world)).toEqual({ 'app.kubernetes.io/component': 'integration' });
    const said = events.flatMap((event) =>
      event.type === 'progress' && event.step === 'take over' ? [event.detail] : [],
    );
    expect(said.slice(0, 3)).toEqual([
      'stateless pods start next to old; what must run once waits',
      'Service/old sends requests to Deployment/integration',
      'Deployment/old is scaled from 1 to 0',
    ]);
    // It stays taken over: the next rollout leaves it alone.
    const later: RolloutEvent[] = [];
    expect(await run(world, listening(coordinated()), undefined, 'ann', later)).toMatchObject({ state: 'succeeded' });
    expect(later.filter((event) => event.type === 'step' && event.step === 'take over')).toEqual([]);
    expect(running(world)).toEqual(runningNew);
  });

  it('says before it is confirmed which object leads requests where', async () => {
    const world = withOld();
    const outcome = await rollOut(
      request({ dryRun: true }),
      effectsOn(world, listening(coordinated()), 'ann'),
      () => {},
    );
    expect(outcome.state === 'dry-run' ? outcome.diff.preparations : []).toEqual([
      'takes over the release old:',
      '  1. Deployment/integration starts next to it; Ingress/old still leads to the old pods',
      '  2. Service/old is pointed at Deployment/integration: name, address and Ingress/old stay, requests go to the new pods',
      '  3. Deployment/old is scaled to 0 (1 pod now), and all pods end',
      '  4. what must run once starts in the new release',
      '  Nothing answers at port 9008 of the new pods.',
      '  old stays installed, and mi-patterns rollback returns to it. Before you uninstall it, point its clients at the Service and route of the new release.',
    ]);
    expect(running(world)).toEqual(['old task/a,task/b']);
  });

  it('starts nothing beside a release that it does not find, unless it was rolled out before', async () => {
    const world = newWorld();
    const missing = (accept: readonly string[] = []): Promise<RolloutOutcome> => {
      const effects = effectsOn(world, coordinated(), 'ann');
      const oldReleases = async (): Promise<OldRelease[]> => [{ name: 'odl', objects: [], pods: [] }];
      return rollOut(request({ accept }), { ...effects, oldReleases }, () => {});
    };
    expect(await missing()).toMatchObject({ state: 'refused', diagnostics: [{ code: 'MI-ROLLOUT-TAKE-OVER' }] });
    expect(world.revisions).toEqual([]);
    expect(await missing(['MI-ROLLOUT-TAKE-OVER'])).toMatchObject({ state: 'succeeded' });
    expect(await missing()).toMatchObject({ state: 'succeeded' });
  });

  it('does not end pods that a controller would start again', async () => {
    const world = withOld();
    world.old = world.old.map((object) => ({
      ...object,
      metadata: { ...object.metadata, annotations: { 'argocd.argoproj.io/tracking-id': 'old:apps/Deployment:n/old' } },
    }));
    world.workloads.set(identity(world.old[0] as KubernetesObject), world.old[0] as KubernetesObject);
    expect(await run(world, listening(coordinated()))).toMatchObject({
      state: 'refused',
      diagnostics: [{ code: 'MI-ROLLOUT-GITOPS', message: expect.stringContaining('of the release old belongs to') }],
    });
    expect(running(world)).toEqual(['old task/a,task/b']);
  });

  it('waits until Services lead to the new pods before it ends the old ones', async () => {
    const world = withOld();
    const done: string[] = [];
    const effects = effectsOn(world, listening(coordinated()), 'ann');
    const watched = {
      ...effects,
      patch: (...given: Parameters<typeof effects.patch>) => (
        done.push(`patch ${given[0].kind}`),
        effects.patch(...given)
      ),
      sleep: (milliseconds: number) => (done.push(`sleep ${milliseconds}`), effects.sleep(milliseconds)),
    };
    await rollOut(request(), watched, () => {});
    const route = done.indexOf('patch Service');
    expect(done.slice(route, route + 3)).toEqual(['patch Service', 'sleep 10000', 'patch Deployment']);
  });

  it('sends no requests to fewer pods than an autoscaler keeps', async () => {
    const world = withOld();
    const atRoute: number[] = [];
    const death: Death = (act) => {
      if (act === 'before patch') atRoute.push(running(world).filter((pod) => pod === 'integration').length);
    };
    const wanted = [...listening(autoscaled().slice(0, -1)), ...autoscaled().slice(-1)];
    expect(await run(world, wanted, death)).toMatchObject({ state: 'succeeded' });
    expect(atRoute[0]).toBe(2);
  });

  it('keeps the pods that an autoscaler takes, once and before helm lets go of them', async () => {
    const [world, events] = [withOld(), [] as RolloutEvent[]];
    world.revisions = [{ revision: 1, state: 'deployed', objects: multiple() }];
    for (const object of multiple()) world.workloads.set(identity(object), object);
    expect(await run(world, autoscaled(), undefined, 'ann', events)).toMatchObject({ state: 'succeeded' });
    const said = events.flatMap((event) => (event.type === 'progress' ? [event.detail] : []));
    const kept = 'Deployment/integration keeps 3 replicas until the autoscaler takes over';
    expect(said.filter((detail) => detail.includes('until the autoscaler'))).toEqual([kept]);
    expect(said[0]).toBe(kept);
  });

  it('moves the route last where one workload does everything', async () => {
    const world = withOld();
    expect(await run(world, listening(single()))).toMatchObject({ state: 'succeeded' });
    expect(running(world)).toEqual(['integration task/a,task/b']);
    expect(selector(world)).toEqual({ 'app.kubernetes.io/component': 'integration' });
    expect(world.doubles).toEqual([]);
  });

  it.each([
    [
      'what is stateless does not start',
      listening([...coordinated().slice(1), workload('integration', 3, [], 'broken')]),
      'helm removed what it had installed',
    ],
    [
      'what must run once does not start',
      listening([...coordinated().slice(0, 2), workload('b', 1, ['task/b'], 'broken')]),
      'The old release does the work again',
    ],
  ])('leaves the work to the old release when %s', async (_name, wanted, told) => {
    const world = withOld();
    expect(await run(world, wanted)).toMatchObject({
      state: 'failed',
      diagnostics: [{ message: expect.stringContaining(told) }],
    });
    expect(running(world).filter((pod) => pod.includes('task'))).toEqual(['old task/a,task/b']);
    expect(selector(world)).toEqual({ 'app.kubernetes.io/component': 'old' });
    expect(world.doubles).toEqual([]);
  });

  it('gives the work back with a rollback', async () => {
    const world = withOld();
    await run(world, listening(coordinated()));
    const outcome = await rollBack({ timeout: 60, confirm: async () => true }, effectsOn(world, [], 'ann'), () => {});
    expect(outcome).toEqual({ state: 'given-back', releases: ['old'] });
    expect(running(world)).toEqual(['old task/a,task/b']);
    expect(selector(world)).toEqual({ 'app.kubernetes.io/component': 'old' });
    expect(world.revisions).toEqual([]);
    expect(world.doubles).toEqual([]);
  });

  it('never runs a task twice when it is killed anywhere, and goes on when it is run again', async () => {
    const places: string[] = [];
    await run(withOld(), listening(coordinated()), (act) => void places.push(act));
    for (const [index] of places.entries()) {
      const world = withOld();
      let count = 0;
      await run(world, listening(coordinated()), () => {
        if (count++ === index) throw new Killed('');
      }).catch(() => {});
      pass(world, 120);
      expect(await run(world, listening(coordinated()), undefined, 'bob'), places[index]).toMatchObject({
        state: expect.stringMatching(/succeeded|unchanged/),
      });
      expect(running(world), places[index]).toEqual(runningNew);
      expect(world.doubles, places[index]).toEqual([]);
    }
  });

  /** The stateless part and each task in a release of its own, as people split them by hand. */
  const withSeveralOld = (): World => {
    const labelled = (release: string, object: KubernetesObject): KubernetesObject => ({
      ...object,
      metadata: { ...object.metadata, labels: { ...object.metadata.labels, release } },
    });
    const [, service, ingress] = old() as [KubernetesObject, KubernetesObject, KubernetesObject];
    const world = newWorld();
    const workloads = [
      labelled('old', workload('old', 2)),
      labelled('old-a', workload('old-a', 1, ['task/a'])),
      labelled('old-b', workload('old-b', 1, ['task/b'])),
    ];
    world.old = [...workloads, labelled('old', service), labelled('old', ingress)];
    for (const object of workloads) world.workloads.set(identity(object), object);
    pass(world, 10);
    return world;
  };

  it('ends the pods of all old releases first where the work was split by hand, and gives them all back', async () => {
    const world = withSeveralOld();
    const before = running(world);
    expect(before.toSorted()).toEqual(['old', 'old', 'old-a task/a', 'old-b task/b']);
    expect(await run(world, listening(coordinated()))).toMatchObject({ state: 'succeeded' });
    expect(running(world)).toEqual(runningNew);
    expect(selector(world)).toEqual({ 'app.kubernetes.io/component': 'integration' });
    const outcome = await rollBack({ timeout: 60, confirm: async () => true }, effectsOn(world, [], 'ann'), () => {});
    expect(outcome).toEqual({ state: 'given-back', releases: ['old', 'old-a', 'old-b'] });
    expect(running(world)).toEqual(before);
    expect(selector(world)).toEqual({ 'app.kubernetes.io/component': 'old' });
    expect(world.doubles).toEqual([]);
  });

  it('never runs a task of several old releases twice when it is killed anywhere, there and back', async () => {
    const places: string[] = [];
    await run(withSeveralOld(), listening(coordinated()), (act) => void places.push(act));
    for (const [index, place] of places.entries()) {
      const world = withSeveralOld();
      const before = running(world);
      let count = 0;
      await run(world, listening(coordinated()), () => {
        if (count++ === index) throw new Killed('');
      }).catch(() => {});
      pass(world, 120);
      expect(await run(world, listening(coordinated()), undefined, 'bob'), place).toMatchObject({
        state: expect.stringMatching(/succeeded|unchanged/),
      });
      expect(running(world), place).toEqual(runningNew);
      expect(world.doubles, place).toEqual([]);
      // Killed after its record, the rollout was there already, and a rollback goes back to that.
      if (world.records.length > 1) continue;
      await rollBack({ timeout: 60, confirm: async () => true }, effectsOn(world, [], 'ann'), () => {});
      expect(running(world), place).toEqual(before);
      expect(world.doubles, place).toEqual([]);
    }
  });

  const preStop = (object: KubernetesObject): KubernetesObject => {
    const copy = structuredClone(object);
    const { containers: list } = (copy.spec as { template: { spec: { containers: { lifecycle?: object }[] } } })
      .template.spec;
    for (const container of list) container.lifecycle = { preStop: { exec: { command: ['/stop.sh'] } } };
    return copy;
  };

  it.each([
    ['tells servers in ending pods to stop', (object: KubernetesObject) => object, 1],
    ['leaves that to the preStop hook of the pods where there is one', preStop, 0],
  ])('%s', async (_name, shape, times) => {
    const world = withOld();
    world.old = world.old.map((object) => (object.kind === 'Deployment' ? shape(object) : object));
    world.workloads.set(identity(world.old[0] as KubernetesObject), world.old[0] as KubernetesObject);
    const seen: string[] = [];
    await run(world, listening(coordinated()), (act) => void seen.push(act));
    expect(seen.filter((act) => act === 'before stopServer')).toHaveLength(times);
    const scaled = seen.indexOf('after scale');
    expect(seen.slice(0, scaled)).not.toContain('before stopServer');
  });

  it('says which pods could not be told, and waits for them', async () => {
    const [world, events] = [withOld(), [] as RolloutEvent[]];
    const effects = {
      ...effectsOn(world, listening(coordinated()), 'ann'),
      stopServer: async () => 'pods/exec is forbidden',
    };
    expect(await rollOut(request(), effects, (event) => void events.push(event))).toMatchObject({ state: 'succeeded' });
    const said = events.flatMap((event) => (event.type === 'progress' ? [event.detail] : []));
    expect(said.filter((text) => text.includes('grace period'))).toEqual([
      expect.stringMatching(/^pod-0 works until its grace period ends, .*: pods\/exec is forbidden$/),
    ]);
    expect(world.doubles).toEqual([]);
  });
});
