import { setTimeout as sleep } from 'node:timers/promises';
import { identity, isToolFailure, isWorkload, type KubernetesObject } from '@mi-patterns/helm';
import { type Cause, causeOf, tellCauses } from '../live/causes.ts';
import type { OnProgress, RolloutEffects } from '../steps/effects.ts';
import { type Evidence, takeEvidence, writeEvidence } from './evidence.ts';
import { listObjects } from '../tools/kubectl.ts';
import { workloadState } from '../live/live.ts';
import { revertedArchives } from '../live/not-ready.ts';
import type { ClusterSession } from './session.ts';

/** What is told while helm waits. */
export interface Told {
  readonly onProgress: OnProgress;
  /** Called when a workload will not get its pods, however long helm waits; none where it waits all the same. */
  readonly onHopeless?: () => void;
}

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
    tell: Told,
  ) => Promise<{ readonly causes: Promise<readonly Cause[]> }>;
  readonly keepEvidence: RolloutEffects['keepEvidence'];
}

/** Looks of which one also reads events and logs: that is often enough, and gentle to the API server. */
const roundsOfALook = 5;

/** Watches for trouble from now on. */
export function watchTrouble(session: ClusterSession): Trouble {
  const { target, options, live, history, released } = session;
  let seen: { readonly title: string; readonly evidence: Evidence } | undefined;
  return {
    observe: async (wanted, until, { onProgress, onHopeless }) => {
      const workloads = wanted.filter(isWorkload);
      const causes = causesSince(session, await startOf(session, workloads), wanted);
      const look = async (round: number): Promise<void> => {
        const state = await live(workloads);
        onProgress(state.workloads.map(workloadState), waitingFor(causes.all(), onHopeless !== undefined));
        if (round % roundsOfALook !== 0) return;
        await causes.look(state, performance.now());
        if (state.pods.some((pod) => !pod.ready && !pod.ending && pod.trouble !== ''))
          seen = {
            title: 'While the upgrade was waiting',
            evidence: await takeEvidence(target, target.release, state.objects),
          };
        if (causes.areHopeless()) onHopeless?.();
      };
      return { causes: repeatedly(look, until).then(causes.all) };
    },
    keepEvidence: async (why) => {
      const revisions = await history();
      const objects = revisions.length === 0 ? [] : await released(revisions.at(-1)?.revision ?? 0);
      const { objects: pods } = await live(objects);
      const now = { title: 'When the failure was noticed', evidence: await takeEvidence(target, target.release, pods) };
      const time = new Date().toISOString().replaceAll(':', '-').replace(/\.\d+/, '');
      return writeEvidence(options.evidenceFolder, `${target.release}-${target.namespace}-${time}.txt`, why, [
        ...(seen === undefined ? [] : [seen]),
        now,
      ]);
    },
  };
}

/** Does something every two seconds until a signal, also where the cluster does not answer. */
async function repeatedly(work: (round: number) => Promise<void>, until: AbortSignal): Promise<void> {
  for (let round = 0; ; round += 1) {
    await sleep(2000, undefined, { signal: until }).catch(() => {});
    if (until.aborted) return;
    try {
      await work(round);
    } catch (error) {
      if (!isToolFailure(error)) throw error;
    }
  }
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

/** What keeps pods from starting now, and what is done about it; empty where nothing does. */
function waitingFor(causes: readonly Cause[], isGivenUp: boolean): string {
  const told = causes.filter(({ vague }) => !vague);
  const [shown] = [...told.filter(({ patience }) => patience !== undefined), ...told];
  if (shown === undefined) return '';
  const { message, next } = tellCauses([shown]);
  if (!isGivenUp) return `${message} ${next}`;
  return shown.patience === undefined
    ? `${message} This may pass, so the rollout waits.`
    : `${message} The rollout ends if this lasts for ${shown.patience.seconds} s.`;
}

interface Causes {
  /** Looks at the release at a moment (in milliseconds). */
  readonly look: (state: Live, now: number) => Promise<void>;
  readonly all: () => readonly Cause[];
  /** Whether a workload will not get its pods, however long helm waits. */
  readonly areHopeless: () => boolean;
}

/**
 * Why workloads do not get their pods, by looks at them. A workload that looks as it did at the start is not looked at,
 * unless it was in trouble then: the upgrade has not come to it yet, or helm goes back already, and what kept the new
 * pods from starting must not be forgotten for that.
 */
export function causesSince(
  { target }: Pick<ClusterSession, 'target'>,
  start: readonly KubernetesObject[],
  wanted: readonly KubernetesObject[],
): Causes {
  const before = new Map(
    start.filter((object) => workloadState(object).settled).map((object) => [identity(object), specOf(object)]),
  );
  const bringsSecrets = wanted.some(makesSecrets);
  const causes = new Map<string, Cause>();
  /** When each workload was first seen with a cause that does not pass by itself, and has been ever since. */
  const firstSeen = new Map<string, Sight>();
  let hopeless = false;
  return {
    look: async ({ workloads, pods, objects }, now) => {
      const changed = workloads.filter((object) => before.get(identity(object)) !== specOf(object));
      const settled = changed.filter((object) => workloadState(object).settled);
      for (const object of settled) causes.delete(identity(object));
      for (const object of settled) firstSeen.delete(identity(object));
      const unsettled = changed.filter((object) => !settled.includes(object));
      if (unsettled.length === 0) return;
      const [events, reverted] = [await listObjects(target, 'events'), await revertedArchives(target, objects)];
      const seen = unsettled.map((workload) => {
        const own = pods.filter((pod) => pod.workload === identity(workload));
        return { id: identity(workload), cause: causeOf({ workload, pods: own, objects, events, reverted }) };
      });
      const givesRoom = pods.some(({ ending }) => ending) || seen.some(({ cause }) => cause?.vague !== false);
      for (const { id, cause } of seen) {
        if (cause !== undefined && (!cause.vague || causes.get(id)?.vague !== false)) causes.set(id, cause);
        const patience = bringsSecrets && /secret/i.test(cause?.why ?? '') ? undefined : cause?.patience;
        if (cause === undefined || patience === undefined || (patience.needsRoom && givesRoom)) {
          firstSeen.delete(id);
          continue;
        }
        const first = firstSeen.get(id) ?? { at: now, toldAt: cause.toldAt };
        firstSeen.set(id, first);
        // An event of an earlier time is not told again.
        const isOfNow = cause.toldAt === undefined || cause.toldAt !== first.toldAt;
        hopeless ||= isOfNow && now - first.at >= patience.seconds * 1000;
      }
    },
    all: () => [...causes.values()],
    areHopeless: () => hopeless,
  };
}

interface Sight {
  readonly at: number;
  readonly toldAt: string | undefined;
}

/** Whether a controller makes a Secret of an object: External Secrets, a CSI driver, cert-manager, sealed secrets. */
function makesSecrets({ apiVersion, kind }: KubernetesObject): boolean {
  return kind === 'Certificate' || (/Secret/.test(kind) && apiVersion !== 'v1');
}

function specOf(object: KubernetesObject): string {
  return JSON.stringify(object.spec);
}
