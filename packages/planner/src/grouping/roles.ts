import { addTo, type ArtifactId, compareText } from '@mi-patterns/inventory';
import { artifactAt, type Graph } from '../graph/graph.ts';
import { roleName, shortHash, workloadName } from './names.ts';

/**
 * The server role of each stateful entry point, by id in order. A role belongs to one entry point, never to a group,
 * and follows from the artifacts alone: an archive packed once serves every pattern and every grouping. Two entry
 * points whose names differ only in what a role leaves out get a hash of their ids, so that no server that has one
 * starts the other.
 */
export function serverRoles(graph: Graph, stateful: Uint8Array): ReadonlyMap<ArtifactId, string> {
  const byRole = new Map<string, ArtifactId[]>();
  for (const [node, flag] of stateful.entries()) {
    if (flag === 0) continue;
    const artifact = artifactAt(graph, node);
    const role = roleName(workloadName(artifact));
    addTo(byRole, role, artifact.id);
  }
  const pairs = [...byRole].flatMap(([role, ids]) =>
    ids.map((id) => [id, ids.length === 1 ? role : role + shortHash(id).toUpperCase()] as const),
  );
  return new Map(pairs.toSorted(([a], [b]) => compareText(a, b)));
}
