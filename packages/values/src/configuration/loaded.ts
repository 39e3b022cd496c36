import type { Group, PlanOptions } from '@mi-patterns/planner';
import type { Configuration } from '../generated/configuration.ts';

/** `mi-patterns.yaml`, with where it was found. */
export interface LoadedConfiguration {
  readonly configuration: Configuration;
  /** As shown to people, relative to the working folder. */
  readonly path: string;
  readonly folder: string;
  readonly text: string;
  readonly groups: readonly Group[];
  readonly verdicts: PlanOptions['verdicts'];
}
