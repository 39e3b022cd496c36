import type { ArtifactId, Diagnostic, Source } from '@mi-patterns/inventory';
import type { Readiness } from './readiness.ts';

/** How an entry point behaves when several pods run it. */
export type VerdictClass = 'stateless' | 'isolate' | 'broker-safe' | 'affinity' | 'pod-local' | 'opaque';

export interface Verdict {
  readonly class: VerdictClass;
  /** One sentence for the developer of the integration. */
  readonly because: string;
  readonly evidence: Source & { /** What stands there, for example `protocol="file"`. */ readonly text: string };
  /** Set when the class is a careful guess: what the reader of the plan has to look at. */
  readonly undecided?: 'custom-class' | 'value-of-the-server' | 'unknown-protocol';
  /** Set when `mi-patterns.yaml` overrides what was found: the class found and the reason written there. */
  readonly overridden?: { readonly found: VerdictClass; readonly reason: string };
}

export type Pattern = 'single-replica' | 'multiple-replicas' | 'coordinated';

export interface Port {
  readonly name: string;
  readonly number: number;
  readonly protocol: 'http' | 'https' | 'ws' | 'wss' | 'tcp' | 'grpc' | 'udp';
  /** The inbound endpoint or proxy that listens. */
  readonly artifact: ArtifactId;
}

/**
 * What brings a stateful workload back: `respawn` starts a new pod, `fenced` stops the old one first, `at-most-one`
 * waits for its node.
 */
export type Recovery = 'respawn' | 'fenced' | 'at-most-one';

/** One Deployment or StatefulSet of the release. */
export interface Workload {
  /** RFC 1123 label, at most 40 characters: it is in every object name. */
  readonly name: string;
  readonly type: 'stateless' | 'stateful';
  /** Pods that work at the same time. */
  readonly replicas: number;
  /** How its values recover it from a lost pod or node; missing where the values are not known. */
  readonly recovery?: Recovery;
  /** Set where one pod more waits on another node to take over. */
  readonly standby?: 'cold';
  /** Why none waits, where one could take over: `its registry volume mounts on one node only`. */
  readonly withoutStandby?: string;
  /** The only role in `roles` of a workload with one stateful entry point; undefined for any other workload. */
  readonly role?: string;
  /**
   * Every role the servers of this workload start with beyond MI's own, sorted: those of its stateful entry points; all
   * roles of the plan where one workload runs everything (single replica, multiple replicas, database coordination);
   * none for the stateless workload.
   */
  readonly roles: readonly string[];
  /** Entry points that start work here, sorted. */
  readonly entryPoints: readonly ArtifactId[];
  /** Entry points that must run nowhere else, sorted; empty for a stateless workload. */
  readonly stateful: readonly ArtifactId[];
  /** Everything the entry points need, themselves included, sorted. */
  readonly artifacts: readonly ArtifactId[];
  readonly because: string;
  readonly ports: readonly Port[];
  /** Entry points that MI's own HTTP listeners answer for, sorted. */
  readonly http: readonly ArtifactId[];
  /** Clients must return to the same pod: the artifacts that need it. */
  readonly affinity: readonly ArtifactId[];
  /** State that should survive a pod: registry, offsets. */
  readonly persistence: readonly {
    readonly artifact: ArtifactId;
    readonly what: 'registry' | 'offsets' | 'shared-directory';
    /**
     * Of `offsets`: the folder that holds the files, absolute or in MI's home. Of `shared-directory`: its absolute
     * path. Missing when only the server knows it.
     */
    readonly folder?: string;
    readonly because: string;
  }[];
  /** Directories of its pods that are of use only on a volume: others put the files there, or look for them there. */
  readonly directories: readonly {
    readonly artifact: ArtifactId;
    /** Absolute, without a slash at its end. */
    readonly path: string;
    readonly way: 'takes' | 'puts';
  }[];
}

/** What a plan costs to run. Memory in MiB, CPU in thousandths of a core, times in seconds. */
export interface Cost {
  /** All pods, those that stand by included. */
  readonly pods: number;
  /** Pods of them that stand by: they wait and reserve the memory of a server. */
  readonly standbys: number;
  readonly memory: number;
  readonly cpu: number;
  readonly serverStarts: number;
  readonly downtime: readonly {
    readonly workload: string;
    readonly podLoss: number;
    readonly nodeLoss: number;
    /** No other pod starts before the node is back or removed, so `nodeLoss` is the least. */
    readonly waitsForNode?: true;
    /**
     * While a lost node is not given up, so many requests are sent to it: one of `oneOf`. Missing: there is one pod, or
     * no Service.
     */
    readonly requestsFail?: { readonly oneOf: number; readonly seconds: number };
    /** What happens while the node is cut off and its pod goes on, a sentence. */
    readonly cutOff: string;
    /** What a new image or configuration does, a sentence. */
    readonly imageChange: string;
    readonly because: string;
  }[];
}

/** A finding of the planner: a diagnostic with the artifacts it is about, sorted, so that `explain` finds it again. */
export interface PlanDiagnostic extends Diagnostic {
  readonly artifacts: readonly ArtifactId[];
  /** What settles the finding: one volume, mounted at or above the path in each of the workloads. */
  readonly volume?: { readonly path: string; readonly workloads: readonly string[] };
}

export interface Plan {
  readonly pattern: Pattern;
  readonly patternBecause: string;
  readonly coordination: 'isolate' | 'database';
  readonly delivery: 'roles' | 'archives';
  readonly workloads: readonly Workload[];
  readonly cost: Cost;
  /** The same artifacts under the other choices, so that a reader can compare. */
  readonly alternatives: readonly {
    readonly name: string;
    readonly pods: number;
    readonly standbys: number;
    readonly memory: number;
    readonly cpu: number;
    /** Why a plan of this choice has an error, in words that follow `refused:`; missing where it has none. */
    readonly refused?: string;
  }[];
  readonly verdicts: ReadonlyMap<ArtifactId, Verdict>;
  /**
   * Server role each stateful entry point carries in the archives, one of its own. It follows from the artifacts alone,
   * not from the pattern or the grouping: an archive packed once serves them all.
   */
  readonly roles: ReadonlyMap<ArtifactId, string>;
  /** What decides whether each pod becomes ready. */
  readonly readiness: Readiness;
  /** The planner's own findings in printing order; those of the inventory stay in the inventory. */
  readonly diagnostics: readonly PlanDiagnostic[];
}

/** A group of stateful entry points that share one workload, as a group file or `mi-patterns.yaml` names it. */
export interface Group {
  readonly name: string;
  /** Globs over artifact ids, for example `task/*Order*`. */
  readonly match: readonly string[];
  /** Where it was written; missing where nobody wrote it in a file. */
  readonly source?: Source;
}

/** The user's own word about an artifact. */
export interface VerdictOverride {
  readonly class: VerdictClass;
  readonly reason: string;
  /** Where it was written; missing where nobody wrote it in a file. */
  readonly source?: Source;
}

export interface PlanOptions {
  /** Undefined: the planner chooses. */
  readonly pattern?: Pattern;
  readonly isolate: 'each' | 'one' | { readonly groups: readonly Group[] };
  readonly coordination: 'isolate' | 'database';
  /** Artifact id → class and the written reason. */
  readonly verdicts: ReadonlyMap<ArtifactId, VerdictOverride>;
  /** Replicas of the stateless workload; at least 2 for the patterns with several. */
  readonly replicas: number;
  /** How the plan reaches the servers; `roles` when missing: every stateless artifact is in every pod. */
  readonly delivery?: 'roles' | 'archives';
  /** Environment whose ports the plan is for; verdicts and roles go by all of them. Undefined: any. */
  readonly environment?: string;
}
