import {
  type Artifact,
  type ArtifactId,
  compareDiagnostics,
  type Inventory,
  isEntryPoint,
} from '@mi-patterns/inventory';
import { alternativesOf, costOf } from './cost/cost.ts';
import type { PlanContext } from './diagnostics/context.ts';
import { databaseRefused } from './diagnostics/database.ts';
import { finding, listed } from './findings/finding.ts';
import { diagnose } from './diagnostics/index.ts';
import { artifactAt, buildGraph, deployedArtifacts, deployedNodes, type Graph } from './graph/graph.ts';
import { walker } from './graph/reach.ts';
import { forcedUnits } from './graph/units.ts';
import { groupUnits } from './grouping/groups.ts';
import { serverRoles } from './grouping/roles.ts';
import { isDivided } from './model/divided.ts';
import type { Plan, PlanDiagnostic, PlanOptions, Verdict, Workload } from './model/plan.ts';
import { applyOverrides } from './verdicts/overrides.ts';
import { choosePattern } from './pattern.ts';
import { findVerdicts, isIsolatedClass } from './verdicts/index.ts';
import {
  cronSchedules,
  locationFindings,
  lockFindings,
  neededArchives,
  neededSettings,
  publishedAddresses,
  type Readiness,
  readinessFindings,
} from './readiness/index.ts';
import { buildWorkloads } from './workloads.ts';

/**
 * Decides which workloads run the artifacts of an inventory, and why. Pure and deterministic; never throws for
 * artifacts or options that do not fit each other: the plan then says so in its diagnostics, with severity error.
 */
export function plan(inventory: Inventory, options: PlanOptions): Plan {
  const { verdicts, diagnostics: overridden } = applyOverrides(inventory, findVerdicts(inventory), options.verdicts);
  const graph = buildGraph(inventory);
  const walk = walker(graph);
  const delivery = options.delivery ?? 'roles';

  const { entries, stateful } = entriesOf(graph, verdicts);
  const entryPoints = entries.map((node) => artifactAt(graph, node));
  const statefulOnes = entries.filter((node) => stateful[node] === 1).map((node) => artifactAt(graph, node));
  const units = forcedUnits(graph, stateful);
  const grouping = groupUnits(graph, units, options.isolate);
  const roles = serverRoles(graph, stateful);
  const choice = choosePattern(options, entryPoints, statefulOnes, { verdicts, units: units.length });
  const { pattern } = choice;
  const byDatabase = options.coordination === 'database' && pattern === 'coordinated' && statefulOnes.length > 0;
  const divided = isDivided({ pattern, coordination: byDatabase ? 'database' : 'isolate' });
  const { replicas, environment } = options;
  const known = { inventory, graph, walker: walk, verdicts, stateful, roles, pattern, byDatabase, divided };
  const built = buildWorkloads({ ...known, entries, groups: grouping.groups, replicas, environment });
  const context: PlanContext = {
    ...known,
    options,
    delivery,
    workloads: built.workloads,
    active: built.active,
    activeAt: marks(built.active, graph.artifacts.length),
    home: homesOf(graph, built.workloads),
  };
  const deployed = graph.deployed.reduce((sum, one) => sum + one, 0);
  const readiness = readinessOf(context);
  const deployedOnes = deployedArtifacts(graph);
  return {
    pattern,
    patternBecause: choice.because,
    coordination: byDatabase ? 'database' : 'isolate',
    delivery,
    workloads: built.workloads,
    cost: costOf(built.workloads, byDatabase ? 'database' : 'isolate', deployed, delivery),
    alternatives: alternativesOf({
      stateless: entryPoints.length - statefulOnes.length,
      stateful: statefulOnes.length,
      units: units.length,
      replicas: options.replicas,
      databaseRefused: databaseRefused(context),
    }),
    verdicts,
    roles,
    readiness,
    diagnostics: sortedOnce([
      ...overridden,
      ...grouping.diagnostics,
      ...choice.diagnostics,
      ...notDeployed(graph, entries.length),
      ...built.diagnostics,
      ...diagnose(context),
      ...readinessFindings(readiness),
      ...lockFindings(deployedOnes, inventory.configurations),
      ...locationFindings(deployedOnes, inventory),
    ]),
  };
}

/** Sorted; what several environments take from the same line is told once. */
function sortedOnce(diagnostics: readonly PlanDiagnostic[]): readonly PlanDiagnostic[] {
  const sorted = diagnostics.toSorted(compareDiagnostics);
  return sorted.filter((one, at) => at === 0 || compareDiagnostics(sorted[at - 1] ?? one, one) !== 0);
}

/** The entry points that something deploys, and which of the artifacts must run once. */
function entriesOf(
  graph: Graph,
  verdicts: ReadonlyMap<ArtifactId, Verdict>,
): { readonly entries: readonly number[]; readonly stateful: Uint8Array } {
  const entries: number[] = [];
  const stateful = new Uint8Array(graph.artifacts.length);
  for (const [node, artifact] of graph.artifacts.entries()) {
    if (graph.deployed[node] === 0 || !isEntryPoint(artifact)) continue;
    entries.push(node);
    if (isIsolatedClass(verdicts.get(artifact.id)?.class ?? 'stateless')) stateful[node] = 1;
  }
  return { entries, stateful };
}

/** The position of the workload that an entry point belongs to, by artifact; -1 for others. */
function homesOf(graph: Graph, workloads: readonly Workload[]): Int32Array {
  const homes = new Int32Array(graph.artifacts.length).fill(-1);
  for (const [position, workload] of workloads.entries()) {
    for (const id of workload.entryPoints) homes[graph.index.get(id) ?? 0] = position;
  }
  return homes;
}

function readinessOf(context: PlanContext): Readiness {
  const deployed = deployedNodes(context.graph).map((node) => ({
    artifact: artifactAt(context.graph, node),
    isolated: context.divided && context.stateful[node] === 1,
  }));
  return {
    settings: neededSettings({ inventory: context.inventory, workloads: context.workloads, deployed }),
    archives: neededArchives(context.inventory),
    schedules: cronSchedules(
      deployed.map(({ artifact }) => artifact),
      context.inventory.given ?? [],
    ),
    addresses: publishedAddresses(
      deployed.map(({ artifact }) => artifact),
      context.inventory,
    ),
  };
}

function marks(active: readonly (readonly number[])[], nodes: number): PlanContext['activeAt'] {
  const made = new Map<number, Uint8Array>();
  return (workload) => {
    const known = made.get(workload);
    if (known !== undefined) return known;
    const fresh = new Uint8Array(nodes);
    for (const node of active[workload] ?? []) fresh[node] = 1;
    made.set(workload, fresh);
    return fresh;
  };
}

function notDeployed(graph: Graph, entries: number): PlanDiagnostic[] {
  const idle = graph.artifacts.filter((artifact, node) => graph.deployed[node] === 0 && isEntryPoint(artifact));
  const diagnostics = idle.map((artifact) =>
    finding('MI-PLAN-NOT-DEPLOYED', {
      message: `${artifact.id} is in no application that was read, so no workload runs it.`,
      hint: 'Add it to the composite exporter or project if it should run.',
      source: artifact.source,
      artifacts: [artifact.id],
    }),
  );
  if (entries > 0) return diagnostics;
  return [...diagnostics, idle.length === 0 ? nothingRead(graph) : nothingDelivered(idle)];
}

function nothingDelivered(idle: readonly Artifact[]): PlanDiagnostic {
  const ids = idle.map(({ id }) => id);
  return finding('MI-PLAN-EMPTY', {
    message: `There is nothing to run: no application delivers ${listed(ids, 5)}.`,
    hint: emptyHint,
  });
}

const emptyHint = 'Check the given paths: `mi-patterns scan` lists what was read there.';

/** Seen on MI 4.3.0: the sequence main of its home answers each path that no API or service has. */
function nothingRead(graph: Graph): PlanDiagnostic {
  const main = deployedNodes(graph, 'sequence')
    .map((node) => artifactAt(graph, node))
    .find(({ name }) => name === 'main');
  if (main === undefined)
    return finding('MI-PLAN-EMPTY', {
      message: 'There is nothing to run: no API, proxy, task or other entry point was read.',
      hint: emptyHint,
    });
  return finding('MI-PLAN-EMPTY', {
    message:
      'There is no API, proxy, task or other entry point, only the sequence main, with which a server answers the requests that nothing else takes. A plan does not follow it.',
    hint: 'Move what it does into an API with the context / (or a proxy service), which a plan can follow.',
    source: main.source,
    artifacts: [main.id],
  });
}
