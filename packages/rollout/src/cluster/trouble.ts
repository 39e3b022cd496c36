import { setTimeout as sleep } from 'node:timers/promises';
import { isToolFailure, isWorkload, type KubernetesObject } from '@mi-patterns/helm';
import type { RolloutEffects } from '../effects.ts';
import { type Evidence, takeEvidence, writeEvidence } from '../evidence.ts';
import { workloadState } from '../live.ts';
import type { ClusterSession } from './session.ts';

/** What pods in trouble say, kept for the one who has to find out why. */
export interface Trouble {
  /** Tells how far the pods are, and keeps what pods in trouble say: helm removes them when it goes back. */
  readonly observe: (
    wanted: readonly KubernetesObject[],
    until: AbortSignal,
    onProgress: Parameters<RolloutEffects['upgrade']>[0]['onProgress'],
  ) => Promise<void>;
  readonly keepEvidence: RolloutEffects['keepEvidence'];
}

/** Watches for trouble from now on. */
export function watchTrouble({ target, options, live, history, released }: ClusterSession): Trouble {
  const seen: { title: string; evidence: Evidence }[] = [];
  return {
    observe: async (wanted, until, onProgress) => {
      const workloads = wanted.filter(isWorkload);
      let rounds = 0;
      while (!until.aborted) {
        await sleep(2000, undefined, { signal: until }).catch(() => {});
        if (until.aborted) return;
        rounds += 1;
        try {
          const state = await live(workloads);
          onProgress(state.workloads.map(workloadState));
          const troubled = state.pods.some((pod) => !pod.ready && !pod.ending && pod.trouble !== '');
          // Every ten seconds is often enough for logs, and gentle to the API server.
          if (troubled && (seen.length === 0 || rounds % 5 === 0))
            seen.splice(0, 1, {
              title: 'While the upgrade was waiting',
              evidence: await takeEvidence(target, target.release, state.objects),
            });
        } catch (error) {
          if (!isToolFailure(error)) throw error;
        }
      }
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
