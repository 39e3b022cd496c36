import type { Diagnostic } from '@mi-patterns/inventory';
import type { JsonObject, KubernetesObject } from '@mi-patterns/helm';
import type { ReleaseDiff } from '../changes/diff.ts';
import type { ScaledObjects } from '../changes/keda.ts';
import type { ArtifactCheck } from '../checks/artifact-check.ts';
import type { Holder } from '../checks/guards.ts';
import type { NotChecked, RolesCheck } from '../checks/image-roles.ts';
import type { LivePod, LiveState, OldRelease, WorkloadState } from '../live/live.ts';
import type { LockAttempt, LockHolder } from '../release/lock.ts';
import type { Begun, Log, RolloutRecord } from '../release/record.ts';
import type { Revision } from '../release/release.ts';

/** How the chart's tests ended; those whose pods the cluster refuses tell nothing of the release. */
export type TestOutcome =
  | { readonly state: 'passed' }
  | { readonly state: 'failed'; readonly why: string }
  | { readonly state: 'not-begun'; readonly why: string };

export type UpgradeOutcome =
  | { readonly state: 'done' }
  | {
      readonly state: 'failed';
      readonly message: string;
      /** What to do about it; empty where that is not known. */
      readonly next?: string;
      /** helm went back by itself. */
      readonly wentBack: boolean;
    };

/**
 * Told while helm waits for pods. `why`: what keeps them from starting, and what is done about it; empty where nothing
 * does.
 */
export type OnProgress = (state: readonly WorkloadState[], why: string) => void;

/**
 * Everything a rollout does to the world, at the level of what it means, so that it can be tried against a world in
 * memory and be cut off between any two of them. All may throw a ToolFailure when the cluster cannot be asked.
 */
export interface RolloutEffects {
  /** Life of the lock without a sign of life. */
  readonly lockSeconds: number;
  /** Ends what helm is doing, because the lock was lost. */
  readonly interrupt: () => void;
  readonly takeLock: (onWait: (by: LockHolder) => void) => Promise<LockAttempt>;
  readonly history: () => Promise<readonly Revision[]>;
  /** Objects of a revision as helm keeps them; empty when there is none. */
  readonly released: (revision: number) => Promise<readonly KubernetesObject[]>;
  /** The objects the rollout brings. */
  readonly wanted: () => Promise<readonly KubernetesObject[]>;
  /** Whether the user wants it to end. */
  readonly cancelled: () => boolean;
  /**
   * The workloads named in any of the given objects, those that helm has made for the release besides, and the pods of
   * both.
   */
  readonly live: (among: readonly KubernetesObject[]) => Promise<LiveState>;
  /** Workloads and pods of the namespace that belong neither to the release nor to one that it takes over. */
  readonly others: () => Promise<LiveState>;
  /** KEDA's ScaledObjects in the namespace; those of the release where the account may not list them. */
  readonly scaledObjects: () => Promise<ScaledObjects>;
  /** Whether a workload runs Micro Integrator. */
  readonly runsServer: (workload: KubernetesObject) => boolean;
  /** Whether helm may list ReplicaSets, without which it does not learn that the pods of a Deployment are ready. */
  readonly seesReplicaSets: () => Promise<boolean>;
  /** What helm cannot do without and this account may not: `create secrets`. */
  readonly lackingRights: () => Promise<readonly string[]>;
  /** Server-side comparison of the cluster with the wanted objects. */
  readonly diff: (before: readonly KubernetesObject[], wanted: readonly KubernetesObject[]) => Promise<ReleaseDiff>;
  readonly scale: (workload: KubernetesObject, replicas: number) => Promise<void>;
  /**
   * Tells the server in an ending pod to stop, as MI's own script does. Answers why not where the cluster refuses;
   * never throws for that.
   */
  readonly stopServer: (pod: LivePod) => Promise<string | undefined>;
  /** Removes a workload; its pods end meanwhile. */
  readonly remove: (workload: KubernetesObject) => Promise<void>;
  /** Keeps `spec.replicas` when helm lets go of it. Answers false where that is not possible (client-side apply). */
  readonly keepReplicas: (workload: KubernetesObject, replicas: number) => Promise<boolean>;
  readonly patchStrategy: (workload: KubernetesObject) => Promise<void>;
  /** Brings the archives that the wanted objects mount as ConfigMaps; answers their names. */
  readonly bringArchives: (wanted: readonly KubernetesObject[]) => Promise<readonly string[]>;
  /** Takes away archives that no kept revision mounts; says what was done, or why not. Never throws for a refusal. */
  readonly pruneArchives: () => Promise<string>;
  /** Releases that this one takes over, those that are still installed. */
  readonly oldReleases: () => Promise<readonly OldRelease[]>;
  /** Changes a few fields of an object (merge patch, RFC 7386). */
  readonly patch: (object: KubernetesObject, change: JsonObject) => Promise<void>;
  readonly upgrade: (options: {
    /** Only what is stateless gets pods: an old release still does the rest. */
    readonly beside?: boolean;
    readonly rollBack: boolean;
    readonly onProgress: OnProgress;
  }) => Promise<UpgradeOutcome>;
  readonly rollback: (revision: number, onProgress: OnProgress) => Promise<void>;
  readonly uninstall: () => Promise<void>;
  /** The pods that work under guards; undefined where the account may not look. */
  readonly holders: () => Promise<readonly Holder[] | undefined>;
  readonly hasTests: () => Promise<boolean>;
  /** Runs the chart's tests. */
  readonly test: () => Promise<TestOutcome>;
  /** Server roles of the images that no workload carries. */
  readonly uncarriedRoles: (live: LiveState) => Promise<RolesCheck>;
  readonly checkArtifacts: (live: LiveState) => Promise<ArtifactCheck>;
  /**
   * Writes events, states and last logs to a file and answers its path. Throws a StopRollout where it cannot be
   * written.
   */
  readonly keepEvidence: (why: string) => Promise<string>;
  /** What was recorded, and what was cut off since. */
  readonly log: () => Promise<Log>;
  /** Adds a record: nothing is cut off then. */
  readonly addRecord: (record: RolloutRecord) => Promise<void>;
  /** Writes down what begins; undefined where nothing does any longer. */
  readonly begin: (begun: Begun | undefined) => Promise<void>;
  /** Seconds since helm wrote down the state of a revision, by one clock for all machines where there is one. */
  readonly secondsSince: (revision: Revision) => Promise<number>;
  /** Seconds from what was written down as begun until helm made a revision, by that clock too. */
  readonly secondsFromBegun: (begun: Begun, revision: Revision) => Promise<number>;
  readonly user: () => Promise<string>;
  readonly now: () => Date;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

/** Steps of a rollout in their order; the first four are done by whoever calls. */
const rolloutSteps = [
  'scan',
  'plan',
  'generate',
  'validate',
  'lock',
  'repair',
  'diff',
  'confirm',
  'take over',
  'prepare',
  'upgrade',
  'verify',
  'record',
] as const;
export type RolloutStep = (typeof rolloutSteps)[number];

export type RolloutEvent =
  | {
      readonly type: 'step';
      readonly step: RolloutStep;
      readonly state: 'started' | 'done' | 'skipped' | 'failed';
      readonly detail: string;
    }
  /** What goes on inside a step. */
  | { readonly type: 'progress'; readonly step: RolloutStep; readonly detail: string }
  /** The cluster does not answer, and is asked again. */
  | { readonly type: 'away'; readonly detail: string }
  | { readonly type: 'diff'; readonly diff: ReleaseDiff };

export type RolloutOutcome =
  | {
      readonly state: 'succeeded' | 'unchanged';
      readonly record: RolloutRecord;
      readonly checked: ArtifactCheck;
      /** What else the verification passed over. */
      readonly notChecked: readonly NotChecked[];
    }
  | { readonly state: 'dry-run'; readonly diff: ReleaseDiff }
  /** Releases that had been taken over do the work again. */
  | { readonly state: 'given-back'; readonly releases: readonly string[] }
  /** Nothing was rolled out or back; an interrupted rollout may have been repaired before. */
  | { readonly state: 'refused'; readonly diagnostics: readonly Diagnostic[] }
  /** Something went wrong; `diagnostics` say what, what became of the release, and what to do. */
  | { readonly state: 'failed'; readonly diagnostics: readonly Diagnostic[]; readonly evidence?: string };
