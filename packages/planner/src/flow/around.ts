import type { ArtifactId } from '@mi-patterns/inventory';
import { edgesOf, type Graph } from '../graph/graph.ts';

/** Artifacts that a picture of one of them takes. */
const mostNodes = 40;

/** The artifact and its neighbours, nearest first, to both sides: who gets to it, and what it gets to. */
export function aroundArtifact(graph: Graph, id: ArtifactId): ReadonlySet<number> {
  const start = graph.index.get(id);
  if (start === undefined) return new Set();
  const found = new Set([start]);
  // Only away from the artifact: what else its callers call is not its neighbourhood.
  let frontier: { readonly node: number; readonly side: 'out' | 'in' }[] = [
    { node: start, side: 'out' },
    { node: start, side: 'in' },
  ];
  while (frontier.length > 0 && found.size < mostNodes) {
    const next: typeof frontier = [];
    for (const { node, side } of frontier) {
      for (const edge of edgesOf(graph, graph[side], node)) {
        const other = side === 'out' ? edge.to : edge.from;
        if (edge.relation === 'processed-by' || found.has(other) || found.size >= mostNodes) continue;
        found.add(other);
        next.push({ node: other, side });
      }
    }
    frontier = next;
  }
  return found;
}
