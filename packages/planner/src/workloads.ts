import { type Artifact, type ArtifactId, compareText, type Inventory } from '@mi-patterns/inventory';
import { answersHttp } from './needs/answers-http.ts';
import { listed } from './findings/finding.ts';
import { artifactAt, type Graph } from './graph/graph.ts';
import type { Walker } from './graph/reach.ts';
import { statelessWorkload } from './grouping/names.ts';
import type { StatefulGroup } from './grouping/groups.ts';
import { whyShared } from './grouping/links.ts';
import type { Pattern, PlanDiagnostic, Verdict, Workload } from './model/plan.ts';
import { overrideSentence } from './verdicts/overrides.ts';
import { persistenceOf } from './needs/persistence.ts';
import { portsOf } from './needs/ports.ts';
import { volumeDirectories } from './needs/volume-directories.ts';
import { runtimeVersions } from './verdicts/runtime.ts';
import { enabledTransports } from './verdicts/proxy-service.ts';

export interface WorkloadInput {
  /** The environment whose ports count; undefined: any. */
  readonly environment?: string | undefined;
  readonly inventory: Inventory;
  readonly graph: Graph;
  readonly walker: Walker;
  readonly verdicts: ReadonlyMap<ArtifactId, Verdict>;
  readonly stateful: Uint8Array;
  /** Nodes of all deployed entry points, ascending. */
  readonly entries: readonly number[];
  readonly groups: readonly StatefulGroup[];
  /** Server role of each stateful entry point. */
  readonly roles: ReadonlyMap<ArtifactId, string>;
  readonly pattern: Pattern;
  readonly byDatabase: boolean;
  /** Whether stateful artifacts have workloads of their own. */
  readonly divided: boolean;
  readonly replicas: number;
}

export interface WorkloadResult {
  readonly workloads: readonly Workload[];
  readonly active: readonly (readonly number[])[];
  readonly diagnostics: readonly PlanDiagnostic[];
}

/** What a workload is before anybody has looked at what its entry points need. */
interface Frame {
  readonly name: string;
  readonly type: Workload['type'];
  readonly replicas: number;
  readonly roles: readonly string[];
  readonly entries: readonly number[];
  readonly stateful: readonly number[];
  readonly because: string;
}

/** The workloads of a pattern, the stateless one first, then by name. */
export function buildWorkloads(input: WorkloadInput): WorkloadResult {
  const { graph, walker, stateful, divided } = input;
  const frames = divided ? separated(input) : together(input);
  const active = frames.map((frame) => {
    const own = new Set(frame.stateful);
    // What another workload isolates is not there, so nothing behind it is at work here either.
    return walker.forward(frame.entries, (node) => !divided || stateful[node] === 0 || own.has(node));
  });
  const extra = unreached(input, active);
  const searching = searchesByExpression(input);
  const errors = divided ? errorHandling(input) : [];
  const enabled = enabledTransports(input.inventory.configurations);
  const directoriesOf = volumeDirectories(input.inventory, enabled);
  const diagnostics: PlanDiagnostic[] = [];
  const workloads = frames.map((frame, position): Workload => {
    const nodes = ascending(active[position] ?? []);
    const searches = nodes.some((node) => searching[node] === 1) || errors.some((node) => searching[node] === 1);
    const added = position === 0 || searches ? extra.all : extra.everywhere;
    const artifacts =
      added.length === 0 && errors.length === 0 ? nodes : ascending([...new Set([...nodes, ...added, ...errors])]);
    const entryPoints = frame.entries.map((node) => artifactAt(graph, node));
    const listening = portsOf(entryPoints, input.inventory, enabled, {
      environment: input.environment,
      workload: frame.name,
    });
    diagnostics.push(...listening.diagnostics);
    const atWork = nodes.map((node) => artifactAt(graph, node));
    return {
      name: frame.name,
      type: frame.type,
      replicas: frame.replicas,
      ...(frame.stateful.length === 1 && frame.roles.length === 1 ? { role: frame.roles[0] ?? '' } : {}),
      roles: frame.roles,
      entryPoints: ids(entryPoints),
      stateful: ids(frame.stateful.map((node) => artifactAt(graph, node))),
      artifacts: ids(artifacts.map((node) => artifactAt(graph, node))),
      because: frame.because,
      ports: listening.ports,
      http: ids(entryPoints.filter((artifact) => answersHttp(artifact, enabled))),
      affinity: ids(entryPoints.filter((artifact) => input.verdicts.get(artifact.id)?.class === 'affinity')),
      persistence: persistenceOf(atWork, (artifact) => runtimeVersions(input.inventory, artifact)),
      directories: directoriesOf(atWork),
    };
  });
  return { workloads, active, diagnostics };
}

/** Numbers are sorted without calling back for each pair: one workload may have all nodes. */
function ascending(nodes: readonly number[]): readonly number[] {
  return Array.from(Int32Array.from(nodes).sort());
}

/** One workload for everything: single replica, multiple replicas, or coordination by the database. */
function together(input: WorkloadInput): Frame[] {
  const { entries } = input;
  if (entries.length === 0) return [];
  const stateful = entries.filter((node) => input.stateful[node] === 1);
  const single = input.pattern === 'single-replica';
  const several = input.byDatabase
    ? 'All pods are the same; the coordination database decides which one runs each stateful artifact.'
    : 'The pattern multiple-replicas runs everything in every pod.';
  const because = single ? 'The pattern single-replica runs everything in one pod.' : several;
  return [
    {
      name: statelessWorkload,
      // A rolling update would run two pods for a while, so one that may not run twice is stateful.
      type: single && stateful.length > 0 ? 'stateful' : 'stateless',
      replicas: single ? 1 : input.replicas,
      roles: [...input.roles.values()].toSorted(compareText),
      entries,
      stateful: input.pattern === 'multiple-replicas' ? [] : stateful,
      because,
    },
  ];
}

function separated(input: WorkloadInput): Frame[] {
  const stateless = input.entries.filter((node) => input.stateful[node] === 0);
  const frames: Frame[] = input.groups.map((group) => ({
    name: group.name,
    type: 'stateful',
    replicas: 1,
    roles: group.members
      .flatMap((node) => input.roles.get(artifactAt(input.graph, node).id) ?? [])
      .toSorted(compareText),
    entries: group.members,
    stateful: group.members,
    because: reason(input, group),
  }));
  if (stateless.length === 0) return frames;
  const because = `${stateless.length === 1 ? 'The stateless entry point runs' : `The ${stateless.length} stateless entry points run`} in every replica.`;
  return [
    {
      name: statelessWorkload,
      type: 'stateless',
      replicas: input.replicas,
      roles: [],
      entries: stateless,
      stateful: [],
      because,
    },
    ...frames,
  ];
}

function reason(input: WorkloadInput, group: StatefulGroup): string {
  const members = group.members.map((node) => artifactAt(input.graph, node));
  const [first] = members;
  if (members.length === 1 && first !== undefined) {
    const verdict = input.verdicts.get(first.id);
    return verdict === undefined ? '' : (overrideSentence(verdict) ?? verdict.because);
  }
  const names = listed(
    members.map((artifact) => artifact.id),
    5,
  );
  switch (group.why) {
    case 'forced':
      return whyShared(input.graph, group.members);
    case 'all':
      return `All stateful artifacts share one pod, as asked for: ${names}.`;
    default:
      return `The group ${group.name} puts ${names} into one pod.`;
  }
}

/**
 * Deployed artifacts that no entry point is seen to reach, with what they need. Property files, libraries and
 * connectors serve whoever is there. Anything else goes where most runs, so that no artifact is lost, and to whoever
 * finds artifacts by an expression: a sequence that only the parameter of a template names, for instance.
 */
function unreached(
  { graph, walker, stateful }: WorkloadInput,
  active: readonly (readonly number[])[],
): { all: number[]; everywhere: number[] } {
  const reached = new Uint8Array(graph.artifacts.length);
  for (const nodes of active) for (const node of nodes) reached[node] = 1;
  const roots: number[] = [];
  const everywhere: number[] = [];
  for (const [node, artifact] of graph.artifacts.entries()) {
    if (graph.deployed[node] === 0 || reached[node] === 1) continue;
    roots.push(node);
    if (['property-file', 'library', 'connector'].includes(artifact.kind)) everywhere.push(node);
  }
  return { all: roots.length === 0 ? roots : walker.forward(roots, (node) => stateful[node] === 0), everywhere };
}

/** Marks the nodes that find an artifact of their own server by an expression; addresses and classes lead elsewhere. */
function searchesByExpression({ graph }: WorkloadInput): Uint8Array {
  const marks = new Uint8Array(graph.artifacts.length);
  for (const { from, state, relation } of graph.unresolved) {
    const node = graph.index.get(from);
    if (node !== undefined && state === 'dynamic' && relation !== 'calls-loopback' && relation !== 'needs-class')
      marks[node] = 1;
  }
  return marks;
}

/**
 * The sequence `fault` takes the errors of every flow that has none of its own (`SynapseConfiguration`), so each
 * workload needs it.
 */
function errorHandling({ graph, walker, stateful }: WorkloadInput): number[] {
  const node = graph.index.get('sequence/fault');
  return node === undefined || graph.deployed[node] === 0 ? [] : walker.forward([node], (next) => stateful[next] === 0);
}

function ids(artifacts: readonly Artifact[]): ArtifactId[] {
  return artifacts.map((artifact) => artifact.id);
}
