import { setTimeout as sleep } from 'node:timers/promises';
import { watchEvent, type Stage, type TickWatch } from './event.ts';
import type { GitOpsAgent } from './gitops.ts';
import { isolatedCount } from './nodes.ts';
import { untilSettled } from './pods.ts';
import { withVersion } from './server.ts';
import type { Intent, IsolatedTask } from './charts.ts';
import type { Proof } from './stateless.ts';
import type { Target } from './target.ts';

const limit = 600;

/** Applies an intent and waits until only its pods are left: `helm --wait` does not wait for the old ones to end. */
async function reach(stage: Stage, intent: Intent): Promise<void> {
  await stage.chart.apply(stage.target, stage.namespace, intent, limit);
  await alone(stage, intent);
}

/** Waits until the pods of an intent are the only ones. */
async function alone(stage: Stage, intent: Intent): Promise<void> {
  const pods = intent.ownTask?.standby === undefined ? intent.replicas : 2;
  await untilSettled(stage.target.api, stage.namespace, stage.chart.stateless, pods, limit);
  await untilSettled(
    stage.target.api,
    stage.namespace,
    stage.chart.isolated,
    intent.isolatedTask === undefined ? 0 : isolatedCount(intent),
    limit,
  );
}

/** Applies an intent that the chart refuses because of what runs, does what its sentence says, and applies it again. */
async function reachAsTold(stage: Stage, intent: Intent): Promise<string> {
  const refusal = await stage.chart.apply(stage.target, stage.namespace, intent, limit).then(
    () => '',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  const command = /kubectl (delete \S+ --namespace \S+ --cascade=foreground)/.exec(refusal)?.[1];
  if (command === undefined)
    throw new Error(
      `The upgrade was to be refused with a command that ends the old pod; it was ${refusal === '' ? 'not refused' : `refused with: ${refusal}`}`,
    );
  await sleep(3000);
  await stage.target.kubectl(...command.split(' '));
  await reach(stage, intent);
  return 'refused while the task ran elsewhere; done after the command that the refusal names';
}

/**
 * A task moves from the one server of a single replica into a workload of its own, and back, with helm alone. Helm
 * starts what is new before it ends what is old, and a Deployment that grows first adds pods of the old kind, so the
 * chart refuses to do it in one upgrade. With a step between in which no workload has the task, and only that changes,
 * nothing is refused.
 */
export function patternChanges(ticks: TickWatch, task: IsolatedTask): readonly Proof[] {
  const single = (intent: Intent): Intent => ({ ...intent, replicas: 1, ownTask: task });
  const coordinated = (intent: Intent): Intent => ({ ...intent, replicas: 2, isolatedTask: task });
  // With the number of pods unchanged: see above.
  const without = (intent: Intent): Intent => ({ ...intent, replicas: 1 });
  const plain = (intent: Intent): Intent => {
    const { ownTask: _own, isolatedTask: _isolated, ...rest } = intent;
    return rest;
  };
  const change = (name: string, work: (stage: Stage) => Promise<string | undefined>): Proof => ({
    name,
    run: (stage) =>
      watchEvent(stage, { pattern: 'change of pattern', event: name, load: false, ticks }, async () => {
        const message = await work(stage);
        await sleep(3000);
        return message === undefined ? {} : { message };
      }),
  });
  const steps =
    (...intents: readonly ((intent: Intent) => Intent)[]) =>
    async (stage: Stage): Promise<undefined> => {
      for (const intent of intents) await reach(stage, intent(plain(stage.intent)));
    };
  const asTold =
    (intent: (intent: Intent) => Intent) =>
    (stage: Stage): Promise<string> =>
      reachAsTold(stage, intent(plain(stage.intent)));
  return [
    change('single replica to coordinated in one upgrade', asTold(coordinated)),
    change('coordinated to single replica in one upgrade', asTold(single)),
    change('single replica to coordinated after the task was taken away', steps(without, coordinated)),
    change('coordinated to single replica after the task was taken away', steps(without, single)),
  ];
}

type Change = (intent: Intent) => Intent;
type GuardedChange = (name: string, work: (stage: Stage, plain: Intent) => Promise<void | string>) => Proof;

/**
 * The same change in one upgrade where the task has a guard, with requests meanwhile: its new pod waits until the old
 * one has ended, so nothing is refused, whichever tool changes the objects.
 */
export function guardedPatternChanges(
  ticks: TickWatch,
  task: IsolatedTask,
  controllers: readonly GitOpsController[],
): readonly Proof[] {
  const single = (intent: Intent): Intent => ({ ...intent, replicas: 1, ownTask: task });
  const coordinated = (intent: Intent): Intent => ({
    ...intent,
    replicas: 2,
    isolatedTask: { ...task, standby: 'cold' },
  });
  const change: GuardedChange = (name, work) => ({
    name,
    run: (stage) =>
      watchEvent(stage, { pattern: 'change of pattern', event: name, load: true, ticks }, async () => {
        const { ownTask: _own, isolatedTask: _isolated, ...plain } = stage.intent;
        const message = await work(stage, plain);
        await sleep(3000);
        return message === undefined ? {} : { message };
      }),
  });
  const byHelm =
    (to: Change) =>
    (stage: Stage, plain: Intent): Promise<void> =>
      reach(stage, to(plain));
  const byFiles =
    (from: Change, to: Change) =>
    async (stage: Stage, plain: Intent): Promise<void> => {
      const { target, namespace, chart } = stage;
      const before = (await chart.render?.(target, namespace, from(plain))) ?? '';
      const after = (await chart.render?.(target, namespace, to(plain))) ?? '';
      await chart.applyRendered?.(target, namespace, { before, after }, limit);
      await alone(stage, to(plain));
    };
  const byRollout =
    (to: Change) =>
    async (stage: Stage, plain: Intent): Promise<void> => {
      await stage.chart.rollOut?.(stage.target, stage.namespace, to(plain), limit);
      await alone(stage, to(plain));
    };
  return [
    change('guarded: single replica to coordinated by helm', byHelm(coordinated)),
    change('guarded: coordinated to single replica by helm', byHelm(single)),
    change('guarded: single replica to coordinated by applied files', byFiles(single, coordinated)),
    change('guarded: coordinated to single replica by applied files', byFiles(coordinated, single)),
    change('guarded: single replica to coordinated by rollout', byRollout(coordinated)),
    change('guarded: coordinated to single replica by rollout', byRollout(single)),
    ...controllers.flatMap((controller) => byController(controller, { change, single, coordinated })),
  ];
}

/** What changes a release by the commits of a git repository. */
export interface GitOpsController {
  /** As in `by a GitOps agent`. */
  readonly name: string;
  /** Whether it looks at the health of what it applies; the agent of gitops-engine goes by what was there before. */
  readonly waitsForHealth: boolean;
  readonly start: (target: Target, namespace: string) => Promise<GitOpsAgent>;
}

/** The change, and one of the image, by a GitOps controller that takes the release over as it is. */
function byController(
  { name, waitsForHealth, start }: GitOpsController,
  {
    change,
    single,
    coordinated,
  }: { readonly change: GuardedChange; readonly single: Change; readonly coordinated: Change },
): readonly Proof[] {
  let running: Promise<GitOpsAgent> | undefined;
  const to =
    (next: Change) =>
    async (stage: Stage, plain: Intent): Promise<void> => {
      const { target, namespace, chart } = stage;
      running ??= start(target, namespace);
      await (await running).sync((await chart.render?.(target, namespace, next(plain))) ?? '', limit);
      await alone(stage, next(plain));
    };
  const next: Change = (intent) => withVersion(coordinated(intent), '2');
  return [
    // Before it: the agent takes over what helm made, which changes no pod.
    change(`guarded: taken over by ${name}`, to(single)),
    change(`guarded: single replica to coordinated by ${name}`, to(coordinated)),
    change(`guarded: image changed by ${name}`, to(next)),
    change(`guarded: coordinated to single replica by ${name}`, async (stage, plain) => {
      await to(single)(stage, plain);
      if (!waitsForHealth) (await running)?.stop();
    }),
    ...(waitsForHealth ? prunedLast(name, { change, to, single, coordinated, running: () => running }) : []),
  ];
}

/** Objects that Argo CD deletes only when all others are healthy. */
const withPruneLast: Change = (intent) => ({
  ...intent,
  annotations: { 'argocd.argoproj.io/sync-options': 'PruneLast=true' },
});

/** The way there and back with PruneLast, which stalls on the way back. */
function prunedLast(
  name: string,
  {
    change,
    to,
    single,
    coordinated,
    running,
  }: {
    readonly change: GuardedChange;
    readonly to: (next: Change) => (stage: Stage, plain: Intent) => Promise<void>;
    readonly single: Change;
    readonly coordinated: Change;
    readonly running: () => Promise<GitOpsAgent> | undefined;
  },
): readonly Proof[] {
  return [
    change(
      `guarded: coordinated once more by ${name}`,
      to((intent) => coordinated(withPruneLast(intent))),
    ),
    change(`guarded: coordinated to single replica by ${name} with PruneLast`, async (stage, plain) => {
      const controller = await running();
      if (controller === undefined) throw new Error(`${name} was to run already.`);
      const message = await stalledUntilDeleted(stage, controller, single(withPruneLast(plain)));
      controller.stop();
      return message;
    }),
  ];
}

/** Seconds for which the controller is seen to wait. */
const stall = 45;

/**
 * Nothing is lost, but the controller waits for the new pod, which waits for the old one, which the controller deletes
 * last. Deleting the old workload by hand ends that. Throws where the controller does not wait: then the documents are
 * wrong.
 */
async function stalledUntilDeleted(stage: Stage, controller: GitOpsAgent, intent: Intent): Promise<string> {
  const { target, namespace, chart } = stage;
  const running = await controller.begin((await chart.render?.(target, namespace, intent)) ?? '');
  await sleep(stall * 1000);
  if (await running.isDone()) throw new Error(`The sync was to wait for the new pod, and was done within ${stall} s.`);
  await target.kubectl('delete', 'deployment', '--selector', chart.isolated, '--namespace', namespace, '--wait=false');
  await running.done(limit);
  await alone(stage, intent);
  return `the sync waited for ${stall} s, the task at work all the while; done after the old workload was deleted`;
}
