import { expect, it } from 'vitest';
import { identity, type KubernetesObject, type RunResult, ToolFailure } from '@mi-patterns/helm';
import { newWorld, effectsOn, pass, type World } from '../../test/fake-world.ts';
import { coordinated, request, run, running, runningCoordinated, workload } from '../../test/rollouts.ts';
import { rollBack } from '../steps/roll-back.ts';
import { rollOut } from '../steps/roll-out.ts';
import { scaledObjectsOf } from '../cluster/scaled-objects.ts';
import { kedaFindings, type ScaledObjects } from './keda.ts';

const old = workload('old', 1, ['task/a', 'task/b']);
const scaling = (name: string, annotations: Readonly<Record<string, string>> = {}): KubernetesObject => ({
  apiVersion: 'keda.sh/v1alpha1',
  kind: 'ScaledObject',
  metadata: { name: `scales-${name}`, namespace: 'n', annotations },
  spec: { scaleTargetRef: { name } },
});
const all = (...known: readonly KubernetesObject[]): ScaledObjects => ({ known, areAll: true });
const paused = { 'autoscaling.keda.sh/paused': 'true' };

function worldWithOld(annotations?: Readonly<Record<string, string>>): World {
  const world = newWorld();
  world.old = [old];
  world.workloads.set(identity(old), old);
  world.scaledObjects = [scaling('old', annotations)];
  pass(world, 10);
  return world;
}

it('tells what KEDA would start again, and how to pause it', () => {
  expect(kedaFindings([old], all(scaling('old'), scaling('another')))).toMatchObject([
    {
      severity: 'error',
      message:
        'ScaledObject/scales-old scales Deployment/old, and KEDA would start its pods again after this command has ended them: what must run once would run twice.',
      hint: 'Pause it first: kubectl annotate scaledobject scales-old --namespace n autoscaling.keda.sh/paused=true. If it is still wanted afterwards, or after a rollback: kubectl annotate scaledobject scales-old --namespace n autoscaling.keda.sh/paused-',
    },
  ]);
  const keeps = (replicas: string): KubernetesObject =>
    scaling('old', { ...paused, 'autoscaling.keda.sh/paused-replicas': replicas });
  expect(kedaFindings([old], all(scaling('old', paused), keeps('0')))).toEqual([]);
  expect(kedaFindings([old], all(scaling('old', { 'autoscaling.keda.sh/paused': 'false' })))).toHaveLength(1);
  expect(kedaFindings([old], all(keeps('2')))[0]?.hint).toContain(
    'paused=true autoscaling.keda.sh/paused-replicas-. If',
  );
  const some = (...known: readonly KubernetesObject[]): ScaledObjects => ({ known, areAll: false });
  expect(kedaFindings([old], some())).toMatchObject([{ severity: 'warning' }]);
  expect(kedaFindings([old], some(scaling('old')))).toMatchObject([{ severity: 'error' }, { severity: 'warning' }]);
  expect(kedaFindings([], some())).toEqual([]);
});

it('takes no release over that KEDA would start again, also one that it has at 0, until that is paused', async () => {
  for (const idle of [false, true]) {
    const world = worldWithOld();
    if (idle) {
      world.scaledObjects = [];
      await effectsOn(world, [], 'ann').scale(old, 0);
      pass(world, 10);
      world.scaledObjects = [scaling('old', { 'autoscaling.keda.sh/paused-replicas': '1' })];
    }
    expect(await run(world, coordinated())).toMatchObject({
      state: 'refused',
      diagnostics: [{ code: 'MI-ROLLOUT-KEDA' }],
    });
  }
  const world = worldWithOld(paused);
  expect(await run(world, coordinated())).toMatchObject({ state: 'succeeded' });
  expect([running(world), world.doubles]).toEqual([runningCoordinated, []]);
  // Whoever resumes it later gets both.
  world.scaledObjects = [scaling('old')];
  expect(await run(world, coordinated())).toMatchObject({ state: 'refused' });
});

it('takes what KEDA would start again for a reason to say so, and no more, where that is accepted', async () => {
  const world = worldWithOld();
  const accepting = request({ accept: ['MI-ROLLOUT-KEDA'], timeout: 5 });
  expect(await rollOut(accepting, effectsOn(world, coordinated(), 'ann'), () => {})).toMatchObject({ state: 'failed' });
});

it('empties no workload that KEDA would start again beside its successor, in a rollout and in a rollback', async () => {
  const world = newWorld();
  await run(world, [workload('integration', 1, ['task/a', 'task/b'])]);
  world.scaledObjects = [scaling('integration')];
  const refused = { state: 'refused', diagnostics: [{ code: 'MI-ROLLOUT-KEDA' }] };
  expect(await run(world, coordinated())).toMatchObject(refused);
  expect(running(world)).toEqual(['integration task/a,task/b']);
  world.scaledObjects = [];
  expect(await run(world, coordinated())).toMatchObject({ state: 'succeeded' });
  world.scaledObjects = [scaling('a')];
  const back = rollBack({ timeout: 60, confirm: async () => true }, effectsOn(world, [], 'ann'), () => {});
  expect(await back).toMatchObject({ diagnostics: [{ code: 'MI-ROLLOUT-KEDA' }] });
  expect([running(world), world.doubles]).toEqual([runningCoordinated, []]);
});

it('knows what the release has made where the account may not list ScaledObjects', async () => {
  const world = newWorld();
  await run(world, [workload('integration', 1, ['task/a', 'task/b'])]);
  Object.assign(world, { scaledObjects: [scaling('integration')], listsScaledObjects: false });
  expect(await run(world, coordinated())).toMatchObject({
    state: 'refused',
    diagnostics: [{ code: 'MI-ROLLOUT-KEDA', message: expect.stringContaining('ScaledObject/scales-integration') }],
  });
  expect([running(world), world.doubles]).toEqual([['integration task/a,task/b'], []]);
});

const forbidden = 'Error from server (Forbidden): scaledobjects.keda.sh is forbidden: User "ann" cannot list resource';
const made = [old, scaling('read'), scaling('kept'), scaling('gone')];

it.each<[string, ScaledObjects]>([
  ['error: the server doesn\'t have a resource type "scaledobjects"', { known: [], areAll: true }],
  [forbidden, { known: [scaling('read', paused), scaling('kept')], areAll: false }],
])('reads ScaledObjects where the cluster says %j', async (stderr, expected) => {
  const answers: Readonly<Record<string, string>> = {
    'scales-read': JSON.stringify(scaling('read', paused)),
    'scales-gone': '',
  };
  const kubectl = async (words: readonly string[]): Promise<RunResult> => {
    const stdout = answers[words.find((word) => word.startsWith('scales-')) ?? ''];
    if (stdout !== undefined) return { stdout, stderr: '', exitCode: 0 };
    throw new ToolFailure({ reason: 'exit', message: 'kubectl failed', hint: '', stderr });
  };
  const tools = { kubectl, helm: kubectl, helmMajor: async () => 4 };
  expect(await scaledObjectsOf({ namespace: 'n', context: 'c', tools }, async () => made)).toEqual(expected);
});
