import { setTimeout as sleep } from 'node:timers/promises';
import { identity, isToolFailure, isWorkload, type KubernetesObject } from '@mi-patterns/helm';
import { type Cause, causeOf } from '../live/causes.ts';
import type { RolloutEffects } from '../steps/effects.ts';
import { type Evidence, takeEvidence, writeEvidence } from './evidence.ts';
import { listObjects } from '../tools/kubectl.ts';
import { workloadState } from '../live/live.ts';
import { revertedArchives } from '../live/not-ready.ts';
import type { ClusterSession } from './session.ts';

/** What pods in trouble say, kept for the one who has to find out why. */
export interface Trouble {
  /**
   * Looks at the workloads as they are before helm begins. From then on tells how far the pods are until `until` ends,
   * and keeps what pods in trouble say: helm removes them when it goes back. `causes` are why workloads did not get
   * their pods, at the end.
   */
  readonly observe: (
    wanted: readonly KubernetesObject[],
    until: AbortSignal,
    onProgress: Parameters<RolloutEffects['upgrade']>[0]['onProgress'],
  ) => Promise<{ readonly causes: Promise<readonly Cause[]> }>;
  readonly keepEvidence: RolloutEffects['keepEvidence'];
}

/** Looks of which one also reads events and logs: that is often enough, and gentle to the API server. */
const roundsOfALook = 5;

/** Watches for trouble from now on. */
export function watchTrouble(session: ClusterSession): Trouble {
  const { target, options, live, history, released } = session;
  const seen: { title: string; evidence: Evidence }[] = [];
  return {
    observe: async (wanted, until, onProgress) => {
      const workloads = wanted.filter(isWorkload);
      const causes = causesSince(session, await startOf(session, workloads));
      const watch = async (): Promise<readonly Cause[]> => {
        let rounds = 0;
        while (!until.aborted) {
          await sleep(2000, undefined, { signal: until }).catch(() => {});
          if (until.aborted) break;
          rounds += 1;
          try {
            const state = await live(workloads);
            onProgress(state.workloads.map(workloadState));
            if (rounds % roundsOfALook !== 1) continue;
            await causes.look(state);
            const troubled = state.pods.some((pod) => !pod.ready && !pod.ending && pod.trouble !== '');
            if (troubled)
              seen.splice(0, 1, {
                title: 'While the upgrade was waiting',
                evidence: await takeEvidence(target, target.release, state.objects),
              });
          } catch (error) {
            if (!isToolFailure(error)) throw error;
          }
        }
        return causes.all();
      };
      return { causes: watch() };
    },
    keepEvidence: async (why) => {
      const revisions = await history();
      const objects = revisions.length === 0 ? [] : await released(revisions.at(-1)?.revision ?? 0);
      const { objects: pods } = await live(objects);
      const now = { title: 'When the failure was noticed', evidence: await takeEvidence(target, target.release, pods) };
      const time = new Date().toISOString().replaceAll(':', '-').replace(/\.\d+/, '');
      return writeEvidence(options.evidenceFolder, `${target.release}-${target.namespace}-${time}.txt`, why, [
        ...seen.slice(-1),
        now,
      ]);
    },
  };
}

/** The workloads before the upgrade; none where the cluster cannot say. */
async function startOf(
  { live }: ClusterSession,
  workloads: readonly KubernetesObject[],
): Promise<readonly KubernetesObject[]> {
  try {
    return (await live(workloads)).workloads;
  } catch (error) {
    if (isToolFailure(error)) return [];
    throw error;
  }
}

type Live = Awaited<ReturnType<ClusterSession['live']>>;

/**
 * Why workloads do not get their pods, by looks at them. A workload that looks as it did at the start is not looked at,
 * unless it was in trouble then: the upgrade has not come to it yet, or helm goes back already, and what kept the new
 * pods from starting must not be forgotten for that.
 */
export function causesSince(
  { target }: Pick<ClusterSession, 'target'>,
  start: readonly KubernetesObject[],
): { readonly look: (state: Live) => Promise<void>; readonly all: () => readonly Cause[] } {
  const before = new Map(
    start.filter((object) => workloadState(object).settled).map((object) => [identity(object), specOf(object)]),
  );
  const causes = new Map<string, Cause>();
  return {
    look: async ({ workloads, pods, objects }) => {
      const changed = workloads.filter((object) => before.get(identity(object)) !== specOf(object));
      if (changed.every((object) => workloadState(object).settled)) {
        for (const object of changed) causes.delete(identity(object));
        return;
      }
      const [events, reverted] = [await listObjects(target, 'events'), await revertedArchives(target, objects)];
      for (const workload of changed) {
        const id = identity(workload);
        const own = pods.filter((pod) => pod.workload === id);
        const cause = causeOf({ workload, pods: own, objects, events, reverted });
        if (workloadState(workload).settled) causes.delete(id);
        else if (cause !== undefined && (!cause.vague || causes.get(id)?.vague !== false)) causes.set(id, cause);
      }
    },
    all: () => [...causes.values()],
  };
}

function specOf(object: KubernetesObject): string {
  return JSON.stringify(object.spec);
}
