import type { Diagnostic } from '@mi-patterns/inventory';
import type { Group, PlanOptions } from '@mi-patterns/planner';
import type { Configuration } from '../generated/configuration.ts';
import { decisionsOf, readConfiguration } from './read.ts';

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

/** Reads the text of a configuration. With an error among the diagnostics there is no `loaded`. Never throws. */
export function loadedConfiguration(
  text: string,
  { path, folder }: Pick<LoadedConfiguration, 'path' | 'folder'>,
): { readonly loaded?: LoadedConfiguration; readonly diagnostics: readonly Diagnostic[] } {
  const { configuration, diagnostics } = readConfiguration(text, path);
  if (configuration === undefined) return { diagnostics };
  return { loaded: { configuration, path, folder, text, ...decisionsOf(configuration, text, path) }, diagnostics };
}
