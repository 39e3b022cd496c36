import type { Diagnostic, Inventory } from '@mi-patterns/inventory';
import { isReadiness, loadedAddresses, type Plan, type PlanDiagnostic } from '@mi-patterns/planner';
import type { Values } from '../mapping/merge.ts';
import { isKept, shareVolume } from '../rules/volumes.ts';
import { clientFindings } from './clients.ts';

interface Port {
  readonly port?: number;
}

/**
 * Findings of the plan that the values do not answer: the values name the coordination database themselves, often have
 * the volume for state that a new pod would start without, may have a route to an isolated artifact, and may name the
 * port that an artifact opens.
 */
export function openFindings(
  plan: Plan,
  values: Values,
  inventory: Pick<Inventory, 'artifacts' | 'applications' | 'configurations'>,
): readonly Diagnostic[] {
  const { diagnostics, workloads } = plan;
  const clients = clientFindings(plan, values, inventory);
  const hasVolume = (artifact: string): boolean => {
    const needs = workloads.flatMap(({ name, persistence }) =>
      persistence
        .filter((state) => state.artifact === artifact && state.what !== 'shared-directory')
        .map((state) => ({ name, state })),
    );
    return needs.length > 0 && needs.every(({ name, state }) => isKept(values, name, state));
  };
  return diagnostics
    .filter(
      (finding) =>
        finding.code !== 'MI-DB-MISSING' &&
        !isReadiness(finding) &&
        !(finding.code === 'MI-ISO-STATE-PVC' && finding.artifacts.every(hasVolume)) &&
        !isAnswered(plan, values, inventory, finding),
    )
    .flatMap((finding) => (clients.has(finding) ? (clients.get(finding) ?? []) : [finding]))
    .map((finding) => (finding.code === 'MI-ISO-STATE-PVC' ? { ...finding, severity: 'warning' } : finding));
}

/**
 * Whether the values answer a finding of the plan: they mount the volume that it asks for, name the port that an
 * artifact opens, or add the file that MI loads when it deploys one.
 */
export function isAnswered(
  plan: Plan,
  values: Values,
  inventory: Pick<Inventory, 'artifacts'>,
  { code, artifacts, volume }: Pick<PlanDiagnostic, 'code' | 'artifacts' | 'volume'>,
): boolean {
  if (volume !== undefined) return shareVolume(values, volume);
  if (code === 'MI-PLAN-PORT') return artifacts.every((artifact) => hasPort(plan, values, artifact));
  if (code !== 'MI-READY-LOCATION') return false;
  return artifacts.every((id) => {
    // Thousands of these may have such a finding, and an inventory a hundred thousand artifacts.
    if (/^(?:message-store|data-service)\//.test(id)) return false;
    const found = inventory.artifacts.find((artifact) => artifact.id === id);
    const paths = found === undefined ? [] : loadedAddresses(found).map((uri) => /^file:(.+)$/is.exec(uri)?.[1]);
    return (
      paths.length > 0 &&
      paths.every((path) => path !== undefined && plan.workloads.every(({ name }) => hasFile(values, name, path)))
    );
  });
}

/** `files` name paths in the home of the server, which is where it starts. */
function hasFile(values: Values, workload: string, path: string): boolean {
  const files = { ...(values['files'] as Values | undefined), ...listOf(values, workload, 'files') };
  return Object.entries(files).some(([key, source]) => source !== null && (path === key || path.endsWith(`/${key}`)));
}

/** Whether a workload has a port for each of its listeners that hide theirs: which is which, nobody can tell. */
function hasPort({ diagnostics, workloads }: Plan, values: Values, artifact: string): boolean {
  const workload = workloads.find(({ entryPoints }) => entryPoints.includes(artifact));
  if (workload === undefined) return false;
  const planned = new Set(workload.ports.map(({ number }) => number));
  const written = Object.values(listOf(values, workload.name, 'ports') as Readonly<Record<string, Port | null>>);
  const hidden = diagnostics.filter(
    ({ code, artifacts: [first = ''] }) => code === 'MI-PLAN-PORT' && workload.entryPoints.includes(first),
  );
  return written.filter((port) => port?.port !== undefined && !planned.has(port.port)).length >= hidden.length;
}

/** What a workload has under a key, above what all of them have. */
function listOf(values: Values, workload: string, key: string): Values {
  const written = (values['workloads'] ?? {}) as Readonly<Record<string, Values | null>>;
  const everywhere = (values['workloadDefaults'] ?? {}) as Values;
  return { ...(everywhere[key] as Values | undefined), ...(written[workload]?.[key] as Values | undefined) };
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
