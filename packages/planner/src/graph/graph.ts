import {
  addTo,
  type Artifact,
  type ArtifactId,
  type ArtifactKind,
  type Inventory,
  type Reference,
  type Relation,
} from '@mi-patterns/inventory';
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
  /** Nodes of the deployed artifacts, ascending, and the same by kind; see {@link deployedNodes}. */
  readonly allDeployed: readonly number[];
  readonly deployedByKind: ReadonlyMap<ArtifactKind, readonly number[]>;
  /** References of the inventory that lead to no artifact that was read. */
  readonly unresolved: readonly Reference[];
  /** References from a deployed artifact to one that was read and is not deployed. */
  readonly undelivered: readonly Undelivered[];
  readonly edges: readonly Edge[];
  readonly out: Adjacency;
  readonly in: Adjacency;
}

/** A reference with its ends. */
interface Undelivered {
  readonly reference: Reference;
  readonly from: Artifact;
  readonly to: Artifact;
}

/** Edge numbers by node: those of node `n` are `edges[start[n]]` up to, without, `edges[start[n + 1]]`. */
export interface Adjacency {
  readonly start: Int32Array;
  readonly edges: Int32Array;
}

/** Artifacts as nodes, in the order of the inventory. Without any application, all of them count as deployed. */
export function buildGraph(inventory: Inventory): Graph {
  const artifacts = inventory.artifacts;
  const index = new Map<ArtifactId, number>();
  const everything = inventory.applications.length === 0;
  const deployed = new Uint8Array(artifacts.length);
  let node = 0;
  for (const { id, applications } of artifacts) {
    index.set(id, node);
    if (everything || applications.length > 0) deployed[node] = 1;
    node += 1;
  }
  const { edges, unresolved, undelivered } = sortReferences(inventory, index, deployed);
  return {
    artifacts,
    index,
    deployed,
    ...deployedLists(artifacts, deployed),
    unresolved,
    undelivered,
    edges,
    out: adjacency(artifacts.length, edges, 'from'),
    in: adjacency(artifacts.length, edges, 'to'),
  };
}

function sortReferences(
  { artifacts, references }: Inventory,
  index: ReadonlyMap<ArtifactId, number>,
  deployed: Uint8Array,
): { readonly edges: Edge[]; readonly unresolved: Reference[]; readonly undelivered: Undelivered[] } {
  const edges: Edge[] = [];
  const unresolved: Reference[] = [];
  const undelivered: Undelivered[] = [];
  const failovers = new Map<number, Pick<Edge, 'to' | 'reference'>>();
  let position = -1;
  for (const reference of references) {
    position += 1;
    if (reference.state !== 'resolved') {
      unresolved.push(reference);
      continue;
    }
    const { relation } = reference;
    const from = index.get(reference.from);
    const to = index.get(reference.to);
    if (from === undefined || to === undefined || deployed[from] === 0) continue;
    const [source, target] = [artifacts[from], artifacts[to]];
    if (source === undefined || target === undefined) continue;
    if (deployed[to] === 0) {
      undelivered.push({ reference, from: source, to: target });
      continue;
    }
    if (relation === 'stores-into' && source.kind === 'message-store') {
      failovers.set(from, { to, reference: position });
      continue;
    }
    edges.push({ from, to, relation, reference: position });
    if (relation === 'consumes-from' && source.kind === 'message-processor' && isPodLocalStore(target))
      edges.push({ from: to, to: from, relation: 'processed-by', reference: position });
  }
  if (failovers.size > 0) addFailovers(artifacts, edges, failovers);
  return { edges, unresolved, undelivered };
}

/**
 * Who stores into a store also stores into its failover store (`store.failover.message.store.name`): the mediator does
 * that in its own pod when the store refuses a message (MessageStoreMediator.java of wso2/wso2-synapse; seen on MI
 * 4.3.0). Who only takes from the store never does, nor do processors, which store without the mediator.
 */
function addFailovers(
  artifacts: readonly Artifact[],
  edges: Edge[],
  failovers: ReadonlyMap<number, Pick<Edge, 'to' | 'reference'>>,
): void {
  for (const { from, to, relation } of edges.slice()) {
    const failover = failovers.get(to);
    if (failover !== undefined && relation === 'stores-into' && artifacts[from]?.kind !== 'message-processor')
      edges.push({ from, to: failover.to, relation, reference: failover.reference });
  }
}

function deployedLists(
  artifacts: readonly Artifact[],
  deployed: Uint8Array,
): Pick<Graph, 'allDeployed' | 'deployedByKind'> {
  const allDeployed: number[] = [];
  const deployedByKind = new Map<ArtifactKind, number[]>();
  for (let node = 0; node < artifacts.length; node++) {
    const kind = artifacts[node]?.kind;
    if (kind === undefined || deployed[node] === 0) continue;
    allDeployed.push(node);
    addTo(deployedByKind, kind, node);
  }
  return { allDeployed, deployedByKind };
}

/** Nodes of the deployed artifacts, of some kinds only where any is named; ascending. */
export function deployedNodes(
  { allDeployed, deployedByKind }: Graph,
  ...kinds: readonly ArtifactKind[]
): readonly number[] {
  if (kinds.length === 0) return allDeployed;
  return kinds.flatMap((kind) => deployedByKind.get(kind) ?? []).sort((a, b) => a - b);
}

/** The deployed artifacts of {@link deployedNodes}. */
export function deployedArtifacts(graph: Graph, ...kinds: readonly ArtifactKind[]): readonly Artifact[] {
  return deployedNodes(graph, ...kinds).map((node) => artifactAt(graph, node));
}

function adjacency(nodes: number, edges: readonly Edge[], end: 'from' | 'to'): Adjacency {
  const start = new Int32Array(nodes + 1);
  for (const edge of edges) start[edge[end] + 1] = (start[edge[end] + 1] ?? 0) + 1;
  for (let node = 0; node < nodes; node++) start[node + 1] = (start[node + 1] ?? 0) + (start[node] ?? 0);
  const next = start.slice();
  const sorted = new Int32Array(edges.length);
  let number = 0;
  for (const edge of edges) {
    const slot = next[edge[end]] ?? 0;
    sorted[slot] = number;
    next[edge[end]] = slot + 1;
    number += 1;
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
