import { addTo } from '@mi-patterns/inventory';
import { edgesOf, type Graph } from './graph.ts';

/** Stateful entry points that must share one pod, because one reaches the other; a single one as a rule. */
export interface Unit {
  /** Nodes in the order of the inventory. */
  readonly members: readonly number[];
  /**
   * The member that gives the unit its name: one that reaches no other member if there is one (the proxy that tasks
   * inject into), so that another task that injects into it renames nothing.
   */
  readonly anchor: number;
}

/**
 * Groups stateful nodes that reach each other over any path. Linear in nodes and edges: only nodes that lead to a
 * stateful node are entered, each once, so that whoever arrives at one already entered belongs to the group of who
 * entered it.
 */
export function forcedUnits(graph: Graph, stateful: Uint8Array): Unit[] {
  const count = graph.artifacts.length;
  const roots: number[] = [];
  for (let node = 0; node < count; node++) if (stateful[node] === 1) roots.push(node);

  const leads = leadsTo(graph, roots);
  const parent = Int32Array.from({ length: count }, (_, node) => node);
  const find = (node: number): number => {
    let top = node;
    while (parent[top] !== top) top = parent[top] ?? top;
    for (let step = node; parent[step] !== top;) {
      const next = parent[step] ?? top;
      parent[step] = top;
      step = next;
    }
    return top;
  };
  const join = (a: number, b: number): void => {
    const [low, high] = [find(a), find(b)].toSorted((x, y) => x - y);
    if (low !== undefined && high !== undefined) parent[high] = low;
  };

  const owner = new Int32Array(count).fill(-1);
  for (const root of roots) {
    const stack = [root];
    for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
      for (const { to } of edgesOf(graph, graph.out, node)) {
        if (stateful[to] === 1) join(root, to);
        else if (leads[to] === 1) {
          const taken = owner[to] ?? -1;
          if (taken >= 0) join(root, taken);
          else {
            owner[to] = root;
            stack.push(to);
          }
        }
      }
    }
  }

  const members = new Map<number, number[]>();
  for (const root of roots) addTo(members, find(root), root);
  return [...members.values()].map((list) => ({
    members: list,
    anchor: list.find((node) => leads[node] === 0) ?? list[0] ?? 0,
  }));
}

/** Marks the nodes that reach one of `targets` over at least one edge to another node. */
function leadsTo(graph: Graph, targets: readonly number[]): Uint8Array {
  const leads = new Uint8Array(graph.artifacts.length);
  const queue = [...targets];
  const queued = new Uint8Array(graph.artifacts.length);
  for (const node of targets) queued[node] = 1;
  for (let position = 0; position < queue.length; position++) {
    const node = queue[position] ?? 0;
    for (const { from } of edgesOf(graph, graph.in, node)) {
      if (from === node) continue;
      leads[from] = 1;
      if (queued[from] === 1) continue;
      queued[from] = 1;
      queue.push(from);
    }
  }
  return leads;
}
