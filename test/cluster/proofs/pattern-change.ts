import { setTimeout as sleep } from 'node:timers/promises';
import { watchEvent, type Stage, type TickWatch } from './event.ts';
import { untilSettled } from './pods.ts';
import type { Intent, IsolatedTask } from './charts.ts';
import type { Proof } from './stateless.ts';

const limit = 600;

/** Applies an intent and waits until only its pods are left: `helm --wait` does not wait for the old ones to end. */
async function reach(stage: Stage, intent: Intent): Promise<void> {
  await stage.chart.apply(stage.target, stage.namespace, intent, limit);
  await untilSettled(stage.target.api, stage.namespace, stage.chart.stateless, intent.replicas, limit);
  await untilSettled(stage.target.api, stage.namespace, stage.chart.isolated, intent.isolatedTask === undefined ? 0 : 1, limit);
}

/**
 * A task moves from the one server of a single replica into a workload of its own, and back. In one upgrade its new
 * server starts while the old one still stops, and the Deployment that grows adds a pod of the old kind beside. With a step
 * between in which no workload has the task, and only that changes, neither can happen.
 */
export function patternChanges(ticks: TickWatch, task: IsolatedTask): readonly Proof[] {
  const single = (intent: Intent): Intent => ({ ...intent, replicas: 1, ownTask: task });
  const coordinated = (intent: Intent): Intent => ({ ...intent, replicas: 2, isolatedTask: task });
  // With the number of pods unchanged: a Deployment that grows and changes in one step first adds pods of the old kind.
  const without = (intent: Intent): Intent => ({ ...intent, replicas: 1 });
  const plain = (intent: Intent): Intent => {
    const { ownTask: _own, isolatedTask: _isolated, ...rest } = intent;
    return rest;
  };
  const change = (name: string, ...steps: readonly ((intent: Intent) => Intent)[]): Proof => ({
    name,
    run: (stage) => watchEvent(stage, { pattern: 'change of pattern', event: name, load: false, ticks }, async () => {
      for (const step of steps) await reach(stage, step(plain(stage.intent)));
      await sleep(3000);
    }),
  });
  return [
    change('single replica to coordinated in one upgrade', coordinated),
    change('coordinated to single replica in one upgrade', single),
    change('single replica to coordinated after the task was taken away', without, coordinated),
    change('coordinated to single replica after the task was taken away', without, single),
  ];
}
