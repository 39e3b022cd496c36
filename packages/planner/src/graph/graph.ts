import type { Artifact, ArtifactId, Inventory, Relation } from '@mi-patterns/inventory';
import { isPodLocalStore } from '../verdicts/message-store.ts';

/** An edge by node number. `reference` indexes `Inventory.references`; -1 for an edge the planner adds. */
export interface Edge {
  readonly from: number;
  readonly to: number;
  readonly relation: Relation | 'processed-by';
  readonly reference: number;
}

/**
 * The resolved references between deployed artifacts, nodes numbered in the order of the inventory (sorted by id). From
 * each store that lives in one JVM an edge `processed-by` leads to its message processors: who stores into it needs
 * them in its pod.
 */
export interface Graph {
  readonly artifacts: readonly Artifact[];
  readonly index: ReadonlyMap<ArtifactId, number>;
  /** False for an artifact that no application delivers, as soon as there is any application. */
  readonly deployed: Uint8Array;
  readonly edges: readonly Edge[];
  readonly out: Adjacency;
  readonly in: Adjacency;
}

/** Edge numbers by node: those of node `n` are `edges[start[n]]` up to, without, `edges[start[n + 1]]`. */
export interface Adjacency {
  readonly start: Int32Array;
  readonly edges: Int32Array;
}

export function buildGraph(inventory: Inventory): Graph {
  const artifacts = inventory.artifacts;
  const index = new Map<ArtifactId, number>();
  for (const [node, artifact] of artifacts.entries()) index.set(artifact.id, node);
  const everything = inventory.applications.length === 0;
  const deployed = Uint8Array.from(artifacts, (artifact) => Number(everything || artifact.applications.length > 0));

  const edges: Edge[] = [];
  for (const [reference, { from, to, relation, state }] of inventory.references.entries()) {
    if (state !== 'resolved') continue;
    const source = index.get(from);
    const target = index.get(to);
    if (source === undefined || target === undefined || deployed[source] === 0 || deployed[target] === 0) continue;
    edges.push({ from: source, to: target, relation, reference });
    if (relation !== 'consumes-from') continue;
    const [consumer, store] = [artifacts[source], artifacts[target]];
    if (consumer?.kind === 'message-processor' && store !== undefined && isPodLocalStore(store)) {
      edges.push({ from: target, to: source, relation: 'processed-by', reference });
    }
  }
  return {
    artifacts,
    index,
    deployed,
    edges,
    out: adjacency(artifacts.length, edges, 'from'),
    in: adjacency(artifacts.length, edges, 'to'),
  };
}

function adjacency(nodes: number, edges: readonly Edge[], end: 'from' | 'to'): Adjacency {
  const start = new Int32Array(nodes + 1);
  for (const edge of edges) start[edge[end] + 1] = (start[edge[end] + 1] ?? 0) + 1;
  for (let node = 0; node < nodes; node++) start[node + 1] = (start[node + 1] ?? 0) + (start[node] ?? 0);
  const next = start.slice();
  const sorted = new Int32Array(edges.length);
  for (const [number, edge] of edges.entries()) {
    const slot = next[edge[end]] ?? 0;
    sorted[slot] = number;
    next[edge[end]] = slot + 1;
  }
  return { start, edges: sorted };
}

/** The edges that leave (`graph.out`) or enter (`graph.in`) a node. */
export function* edgesOf(graph: Graph, side: Adjacency, node: number): Generator<Edge> {
  const end = side.start[node + 1] ?? 0;
  for (let position = side.start[node] ?? 0; position < end; position++) {
    const edge = graph.edges[side.edges[position] ?? -1];
    if (edge !== undefined) yield edge;
  }
}

/** The artifact of a node. Throws on a number that is no node: a fault of the planner. */
export function artifactAt(graph: Graph, node: number): Artifact {
  const artifact = graph.artifacts[node];
  if (artifact === undefined) throw new RangeError(`No artifact has the number ${node}`);
  return artifact;
}
