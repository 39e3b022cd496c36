import type { Diagnostic, Source } from '@mi-patterns/inventory';
import type { JsonObject, KubernetesObject } from '@mi-patterns/helm';
import type { Verdict } from '@mi-patterns/planner';

/** What the API server answered, as far as the account may read it. */
export interface ClusterSnapshot {
  /** Deployments, StatefulSets, DaemonSets, and pods and ReplicaSets that nothing of these owns. */
  readonly workloads: readonly KubernetesObject[];
  readonly pods: readonly KubernetesObject[];
  readonly autoscalers: readonly KubernetesObject[];
  readonly budgets: readonly KubernetesObject[];
  /** ConfigMaps that servers mount, by `namespace/name`. */
  readonly configMaps: ReadonlyMap<string, KubernetesObject>;
  /** What could not be read, and why: `pods in prod (forbidden)`. */
  readonly notRead: readonly string[];
}

/** A workload that runs Micro Integrator. */
export interface Server {
  /** `prod/Deployment/orders`. */
  readonly id: string;
  readonly namespace: string;
  readonly object: KubernetesObject;
  /** Its pod template. */
  readonly template: JsonObject;
  /** The container of Micro Integrator, and its place: `spec.template.spec.containers[0]`. */
  readonly container: JsonObject;
  readonly containerPath: string;
  /** What says that it is one: a field and what stands there. */
  readonly signs: readonly string[];
  readonly madeBy: 'mi-patterns' | 'helm-mi' | 'other';
  readonly image: string;
  /** Image as the nodes run it, by digest, where they say so. */
  readonly runningImage: string | undefined;
  /** Wanted pods; 0 when it is scaled down. */
  readonly replicas: number;
  readonly pods: readonly ServerPod[];
}

export interface ServerPod {
  readonly name: string;
  readonly node: string;
  readonly ready: boolean;
  readonly ending: boolean;
}

/** A stateful artifact that the servers of a workload deploy. */
export interface StatefulArtifact {
  readonly id: string;
  readonly verdict: Verdict;
  /** Archive, file and line that say so. */
  readonly source: Source | undefined;
  /** Application that delivers it. */
  readonly application: string;
  /** A coordination database lets one server at a time run it. */
  readonly coordinated: boolean;
}

/** What is known of the artifacts of a workload. */
export interface Deployment {
  readonly artifacts: readonly StatefulArtifact[];
  /** All artifacts that are deployed, stateful or not; 0 when nothing could be read. */
  readonly count: number;
  /** Version of Micro Integrator. */
  readonly runtimeVersion: string | undefined;
  /** `deployment.toml` of the servers. */
  readonly hotDeployment: { readonly enabled: boolean; readonly because: string } | undefined;
  /** Why not everything is known; empty when it is. */
  readonly unknown: readonly string[];
}

/**
 * What happens to stateful artifacts at a moment. `twice`: runs in several pods. `maybe`: a class or parameter decides
 * that nobody can read. `shared`: several pods consume, the broker gives each message to one. `coordinated`: a database
 * picks one server.
 */
export type Risk = 'none' | 'twice' | 'maybe' | 'shared' | 'coordinated' | 'unknown';

export const moments = ['now', 'update', 'cutOff', 'scaling'] as const;
export type Moment = (typeof moments)[number];

export interface AuditFinding extends Diagnostic {
  /** `prod/Deployment/orders`. */
  readonly workload: string;
  /** Field of the object that it follows from, `spec.replicas`. */
  readonly field?: string;
  readonly artifacts: readonly string[];
}

export interface AuditedWorkload {
  readonly id: string;
  readonly namespace: string;
  readonly kind: string;
  readonly name: string;
  readonly madeBy: Server['madeBy'];
  readonly signs: readonly string[];
  readonly image: string;
  readonly runtimeVersion: string | undefined;
  readonly replicas: number;
  readonly pods: readonly ServerPod[];
  readonly artifacts: Deployment['artifacts'];
  readonly deployed: number;
  readonly risks: Readonly<Record<Moment, Risk>>;
  readonly unknown: readonly string[];
}

export interface Audit {
  readonly workloads: readonly AuditedWorkload[];
  readonly findings: readonly AuditFinding[];
  /** Workloads without any sign of Micro Integrator. */
  readonly others: number;
  readonly notRead: readonly string[];
  readonly images: number;
}
