import type { KubernetesObject } from '@mi-patterns/helm';
import type { ArchiveMap } from '../release/archive-maps.ts';
import type { ExpectedArtifacts, ManagementLogin } from '../checks/artifact-check.ts';
import type { Target } from '../release/release.ts';

export interface ClusterEffectsOptions {
  readonly target: Target;
  /** Folder or .tgz of the chart, on this machine. */
  readonly chart: string;
  readonly values: readonly string[];
  /** A values file, laid over the others, with which only what is stateless gets pods. */
  readonly besideValues?: string;
  /** Releases in the same namespace that this one takes over. */
  readonly takeOver?: readonly string[];
  /** Whether a workload runs Micro Integrator: a release in `takeOver` that runs something else is never ended. */
  readonly runsServer?: (workload: KubernetesObject) => boolean;
  /** Seconds. */
  readonly timeout: number;
  /** Folder for the evidence of failures. */
  readonly evidenceFolder: string;
  /** ConfigMaps with archives that the values may point at. */
  readonly archives?: readonly ArchiveMap[];
  readonly startSeconds: (component: string) => number;
  readonly expected: readonly ExpectedArtifacts[];
  readonly login?: ManagementLogin | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told what is waited for while the cluster does not answer, again and again. */
  readonly onAway?: (detail: string) => void;
  /** Life of the lock without a sign of life; 60 when absent. */
  readonly lockSeconds?: number;
}
