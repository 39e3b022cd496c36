import type { JsonObject } from '../../../packages/helm/src/objects/kubernetes-object.ts';
import type { Check } from './charts.ts';

/** One row: what a chart must show, and the values that should make each chart show it. */
export interface Feature {
  readonly feature: string;
  readonly ours: JsonObject;
  /** Absent: the chart has no key for it, so it is rendered with its own values. */
  readonly theirs?: JsonObject;
  /** What limits it where it is there. */
  readonly theirsNote?: string;
  /** What the cluster has beside Kubernetes itself, for both. */
  readonly apiVersions?: readonly string[];
  readonly shows: Check;
  /** Rather than an object, a refusal is wanted. */
  readonly refuses?: true;
  /** Rather than an object, a pod template is wanted that differs between the values and these. */
  readonly differs?: { readonly ours: JsonObject; readonly theirs: JsonObject };
}
