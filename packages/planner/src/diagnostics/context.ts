import { addTo, type Artifact, type ArtifactId, type Inventory } from '@mi-patterns/inventory';
import { artifactAt, type Graph } from '../graph/graph.ts';
import type { Walker } from '../graph/reach.ts';
import type { Pattern, PlanOptions, Verdict, Workload } from '../model/plan.ts';

/** All that a family of diagnostics may look at. */
export interface PlanContext {
  readonly inventory: Inventory;
  readonly options: PlanOptions;
  readonly pattern: Pattern;
  readonly delivery: 'roles' | 'archives';
  readonly graph: Graph;
  readonly walker: Walker;
  readonly verdicts: ReadonlyMap<ArtifactId, Verdict>;
  /** 1 for nodes that are deployed entry points with an isolated verdict. */
  readonly stateful: Uint8Array;
  /** Server role of each stateful entry point. */
  readonly roles: ReadonlyMap<ArtifactId, string>;
  readonly workloads: readonly Workload[];
  /** Nodes at work in each workload: what its entry points reach, by position in `workloads`. */
  readonly active: readonly (readonly number[])[];
  /** The same as marks by node, made when first asked for. */
  readonly activeAt: (workload: number) => Uint8Array;
  /** Position of the workload whose entry point a node is; -1 for other nodes. */
  readonly home: Int32Array;
  /** True when stateful entry points have workloads of their own. */
  readonly divided: boolean;
  /** True when the coordination database decides which pod runs a stateful entry point. */
  readonly byDatabase: boolean;
}

/** The data source that makes MI coordinate its servers (TasksDSComponent.java of wso2/product-integrator-mi). */
export const coordinationId = 'WSO2_COORDINATION_DB';

/** For each of the nodes wanted, the positions of the workloads in which it is at work, ascending. */
export function placesOf(context: PlanContext, wanted: ReadonlySet<number>): Map<number, number[]> {
  const places = new Map<number, number[]>();
  if (wanted.size === 0) return places;
  for (const [workload, nodes] of context.active.entries()) {
    for (const node of nodes) {
      if (wanted.has(node)) addTo(places, node, workload);
    }
  }
  return places;
}

/** True when more than one pod is at work in any of the workloads. */
export function isScaled(context: PlanContext, places: readonly number[]): boolean {
  return places.some((place) => (context.workloads[place]?.replicas ?? 1) > 1);
}

/** Names of workloads by position. */
export function workloadNames(context: PlanContext, places: readonly number[]): string[] {
  return places.map((place) => context.workloads[place]?.name ?? '');
}

/** The entry points of a workload whose work gets to one of the nodes there, in the order of the inventory. */
export function entriesAt(context: PlanContext, nodes: Iterable<number>, workload: number): Artifact[] {
  const active = context.activeAt(workload);
  return context.walker
    .backward(nodes, (node) => active[node] === 1)
    .filter((node) => context.home[node] === workload)
    .toSorted((a, b) => a - b)
    .map((node) => artifactAt(context.graph, node));
}
