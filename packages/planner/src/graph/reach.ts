import type { Adjacency, Graph } from './graph.ts';

/** Follows edges again and again over one graph without clearing its memory in between. */
export interface Walker {
  /**
   * Every node reached from `roots`, the roots themselves first, in a fixed order. `enter` says whether a node may be
   * entered; roots always are.
   */
  forward(roots: Iterable<number>, enter?: (node: number) => boolean): number[];
  /** Every node from which `roots` can be reached, the roots themselves first. */
  backward(roots: Iterable<number>, enter?: (node: number) => boolean): number[];
}

/** Makes a walker; each walk takes time in the size of what it reaches only. */
export function walker(graph: Graph): Walker {
  const seen = new Int32Array(graph.artifacts.length).fill(-1);
  let round = 0;
  function walk(
    roots: Iterable<number>,
    side: Adjacency,
    end: 'from' | 'to',
    enter: (node: number) => boolean,
  ): number[] {
    const mark = round++;
    const reached: number[] = [];
    for (const root of roots) {
      if (seen[root] === mark) continue;
      seen[root] = mark;
      reached.push(root);
    }
    for (let position = 0; position < reached.length; position++) {
      const node = reached[position] ?? 0;
      const last = side.start[node + 1] ?? 0;
      for (let slot = side.start[node] ?? 0; slot < last; slot++) {
        const next = graph.edges[side.edges[slot] ?? -1]?.[end] ?? 0;
        if (seen[next] === mark || !enter(next)) continue;
        seen[next] = mark;
        reached.push(next);
      }
    }
    return reached;
  }
  return {
    forward: (roots, enter = () => true) => walk(roots, graph.out, 'to', enter),
    backward: (roots, enter = () => true) => walk(roots, graph.in, 'from', enter),
  };
}
