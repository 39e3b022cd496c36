import { isMapping, valueAt, type Values } from '../mapping/merge.ts';

/** A setting of the chart: where it stands in values, and which of its values take the place of keys. */
export interface Setting {
  /** `tracing.enabled`. */
  readonly name: string;
  /** Missing: each does. */
  readonly when?: (value: unknown) => boolean;
}

/** A setting that takes the place of keys of deployment.toml, whatever its value or where `when` holds for it. */
export function setting(name: string, when?: (value: unknown) => boolean): Setting {
  return when === undefined ? { name } : { name, when };
}

/**
 * The first of the settings that the values of an environment set, for the release or for any workload, with its value;
 * undefined where they set none. An empty text or mapping sets nothing, as in the chart's own values.
 */
export function settingThatOwns(
  settings: readonly Setting[],
  given: Values,
): { readonly name: string; readonly value: unknown } | undefined {
  if (settings.length === 0) return undefined;
  const workloads = given['workloads'];
  const scopes = [given, given['workloadDefaults'], ...(isMapping(workloads) ? Object.values(workloads) : [])];
  for (const { name, when } of settings) {
    const path = name.split('.');
    for (const scope of scopes) {
      const value = valueAt(scope, path);
      if (says(value) && when?.(value) !== false) return { name, value };
    }
  }
  return undefined;
}

function says(value: unknown): boolean {
  if (isMapping(value)) return Object.values(value).some(says);
  return value !== undefined && value !== null && value !== '';
}
