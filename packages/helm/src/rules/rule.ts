import type { DiagnosticCode } from '@mi-patterns/inventory';
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
  readonly code: DiagnosticCode;
  /** What holds when nothing is found. */
  readonly title: string;
  readonly severity: 'error' | 'warning';
  readonly check: (objects: readonly KubernetesObject[]) => readonly Breach[];
}
