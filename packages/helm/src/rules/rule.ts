import type { helmCatalogue } from '../findings/catalogue.ts';
import type { KubernetesObject } from '../objects/kubernetes-object.ts';

/** One breach of a rule. */
export interface Breach {
  readonly object: KubernetesObject;
  /** What is wrong, without the name of the object: `the port 8290 is declared twice`. */
  readonly message: string;
  /** What to change in the values or the chart. */
  readonly hint: string;
}

/** A rule over all objects of one release. */
export interface Rule {
  /** Permanent, documented in docs/diagnostics.md. */
  readonly code: keyof typeof helmCatalogue;
  readonly check: (objects: readonly KubernetesObject[]) => readonly Breach[];
}
