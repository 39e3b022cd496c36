import type { Plan } from '@mi-patterns/planner';
import type { ValuesCode } from '../catalogue.ts';
import type { Values } from '../merge.ts';
import type { EffectiveWorkload } from './workloads.ts';

/** A broken rule, with the path of what breaks it. */
export interface Finding {
  readonly code: ValuesCode;
  readonly path: readonly string[];
  readonly message: string;
  readonly hint?: string;
  /** The part of the path that is wrong; the value where none is named. */
  readonly at?: 'key';
  /** Other than that of the code. */
  readonly severity?: 'warning';
  /** Other paths that belong to it. */
  readonly related?: readonly (readonly string[])[];
}

/** What the rules look at: values merged over those of the chart, and what is known beside them. */
export interface RuleInput {
  readonly values: Values;
  readonly pattern: string;
  readonly mode: 'isolate' | 'database';
  readonly workloads: readonly EffectiveWorkload[];
  readonly release: string | undefined;
  readonly plan: Plan | undefined;
  /** Whether the names of the archives are still to be written into the values. */
  readonly archivesFollow: boolean;
}
