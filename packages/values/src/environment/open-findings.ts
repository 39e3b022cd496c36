import type { Diagnostic, Inventory } from '@mi-patterns/inventory';
import { isReadiness, type Plan } from '@mi-patterns/planner';
import type { Values } from '../merge.ts';
import { clientFindings } from './clients.ts';

type Volumes = Readonly<Record<string, { readonly what?: string } | null>>;

/**
 * Findings of the plan that the values do not answer: the values name the coordination database themselves, often have
 * the volume for state that a new pod would start without, and may have a route to an isolated artifact.
 */
export function openFindings(
  plan: Plan,
  values: Values,
  inventory: Pick<Inventory, 'artifacts'>,
): readonly Diagnostic[] {
  const { diagnostics, workloads } = plan;
  const clients = clientFindings(plan, values, inventory.artifacts);
  const isKept = (artifact: string): boolean => {
    const needs = workloads.flatMap(({ name, persistence }) =>
      persistence
        .filter((state) => state.artifact === artifact && state.what !== 'shared-directory')
        .map(({ what }) => ({ name, what })),
    );
    return needs.length > 0 && needs.every(({ name, what }) => hasVolume(values, name, what));
  };
  return diagnostics
    .filter(
      ({ code, artifacts }) =>
        code !== 'MI-DB-MISSING' && !isReadiness({ code }) && !(code === 'MI-ISO-STATE-PVC' && artifacts.every(isKept)),
    )
    .flatMap((finding) => (clients.has(finding) ? (clients.get(finding) ?? []) : [finding]))
    .map((finding) => (finding.code === 'MI-ISO-STATE-PVC' ? { ...finding, severity: 'warning' } : finding));
}

/** A volume says what it is for, or its name does. */
function hasVolume(values: Values, workload: string, what: string): boolean {
  const written = (values['workloads'] ?? {}) as Readonly<Record<string, { readonly persistence?: Volumes } | null>>;
  const everywhere = ((values['workloadDefaults'] ?? {}) as { readonly persistence?: Volumes }).persistence;
  return Object.entries({ ...everywhere, ...written[workload]?.persistence }).some(
    ([key, volume]) => volume !== null && (volume.what ?? key) === what,
  );
}

/**
 * The database that the values lack is often in the deployment.toml of the project, which is not what the chart
 * delivers.
 */
export function withProjectDatabase(
  diagnostic: Diagnostic,
  { configurations }: Pick<Inventory, 'configurations'>,
): Diagnostic {
  const places = configurations.flatMap(({ coordinationDatabase }) => coordinationDatabase ?? []);
  if (diagnostic.code !== 'MI-VALUES-COORDINATION-URL' || places.length === 0) return diagnostic;
  return {
    ...diagnostic,
    related: places,
    hint: 'The coordination database of deployment.toml is not carried over: set `coordination.database` (`url`, `driver`) under `values`, or use `coordination: isolate`.',
  };
}
