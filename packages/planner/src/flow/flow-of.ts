import type { FlowBuilder } from './builder.ts';
import {
  addTo,
  type ArtifactId,
  type Inventory,
  isEntryPoint,
  printable,
  type Reference,
} from '@mi-patterns/inventory';
import { buildGraph, type Graph } from '../graph/graph.ts';
import type { Plan } from '../model/plan.ts';
import { enabledTransports } from '../verdicts/proxy-service.ts';
import { addArtifacts } from './artifacts.ts';
import { addClients } from './clients.ts';
import { collectNodes } from './collect.ts';
import { aroundArtifact } from './around.ts';
import type { Flow, FlowDetail } from './model.ts';
import { type Place, placesOf } from './places.ts';

export interface FlowOptions {
  /** How much is drawn; by default as much as can be read. */
  readonly detail?: FlowDetail;
  /** Only this artifact and what is next to it. */
  readonly around?: ArtifactId;
}

/** Artifacts on the way, entry points, and workloads that a picture takes before it draws less. */
const most = { artifacts: 40, entries: 24, workloads: 10 } as const;

/**
 * Who feeds whom in a plan, drawn from the references that the planner follows. Pure; the same input gives the same
 * flow.
 */
export function flowOf(inventory: Inventory, plan: Plan, options: FlowOptions = {}): Flow {
  const graph = buildGraph(inventory);
  const only = options.around === undefined ? undefined : aroundArtifact(graph, options.around);
  const detail = options.detail ?? (only === undefined ? readableDetail(graph, plan) : 'full');
  const planned = placesOf(plan, graph, detail);
  const places = options.around === undefined ? planned : withPlaceFor(options.around, planned);
  const home = new Map<ArtifactId, number>();
  for (const [position, place] of places.entries()) for (const id of place.entryPoints) home.set(id, position);
  const missing = new Map<ArtifactId, Reference[]>();
  for (const reference of inventory.references) {
    if (reference.state !== 'missing' || reference.relation === 'needs-class') continue;
    addTo(missing, reference.from, reference);
  }
  const builder: FlowBuilder = {
    plan,
    graph,
    detail,
    places,
    home,
    missing,
    enabled: enabledTransports(inventory.configurations),
    only,
    nodes: new Map(),
    edges: new Map(),
  };
  addArtifacts(builder);
  addClients(builder);
  const flow: Flow = {
    detail,
    workloads: places.map(({ workload }) => workload),
    nodes: [...builder.nodes.values()].map((node) => ({
      ...node,
      label: printable(node.label),
      note: printable(node.note),
    })),
    edges: [...builder.edges.values()],
  };
  const drawn = detail === 'groups' ? collectNodes(flow) : flow;
  return only === undefined ? drawn : withoutEmptyWorkloads(drawn);
}

/** Name of the place of artifacts that no workload has. */
export const inNoWorkload = 'in no workload';

/** An artifact that no workload has is drawn too, in a place that has no pod. */
function withPlaceFor(id: ArtifactId, places: readonly Place[]): readonly Place[] {
  if (places.some(({ members }) => members.some(({ artifacts }) => artifacts.includes(id)))) return places;
  const workload = { name: inNoWorkload, type: 'stateless', replicas: 0, count: 1 } as const;
  return [...places, { workload, members: [], entryPoints: [id] }];
}

/**
 * As much as people can read: every artifact of a small project, entry points of a larger one, groups of a large one.
 */
function readableDetail(graph: Graph, plan: Plan): FlowDetail {
  const deployed = graph.artifacts.filter((_, node) => graph.deployed[node] === 1);
  const onTheWay = deployed.filter(({ kind }) => kind === 'sequence' || kind === 'endpoint').length;
  const entries = deployed.filter(isEntryPoint).length;
  if (plan.workloads.length > most.workloads || entries > most.entries) return 'groups';
  return onTheWay + entries <= most.artifacts ? 'full' : 'entries';
}

function withoutEmptyWorkloads(flow: Flow): Flow {
  const used = new Set(flow.nodes.flatMap(({ kind, workload }) => (kind === 'artifact' && workload ? [workload] : [])));
  return { ...flow, workloads: flow.workloads.filter(({ name }) => used.has(name)) };
}
