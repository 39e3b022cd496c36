import type { Artifact } from '@mi-patterns/inventory';
import { artifactAt, type Edge, edgesOf, type Graph } from '../graph/graph.ts';
import { isPodLocalStore, storeTypeOf } from '../verdicts/message-store.ts';

/** Links that a sentence names. */
const mostNamed = 3;
/** Nodes that are looked at for them: of a large unit any of its links say enough. */
const mostSeen = 10_000;

/** Verbs of the relation over which a stateful entry point is reached in the end. */
const verbs: Readonly<Partial<Record<Edge['relation'], string>>> = {
  'injects-into': 'injects into',
  'calls-loopback': 'calls',
  'dispatches-to': 'hands requests to',
  'binds-to': 'is bound to',
  'offers-tool': 'offers',
};

/** Why stateful entry points must share one pod: which of them reaches which, and how. */
export function whyShared(graph: Graph, members: readonly number[]): string {
  const found: string[] = [];
  const own = new Set(members);
  let left = mostSeen;
  for (const member of members) {
    if (found.length > mostNamed || left <= 0) break;
    left -= addLinks(graph, member, own, { found, left });
  }
  const both = members.length === 2 ? 'both' : 'they';
  if (found.length === 0) return `They reach each other, so ${both} need one pod.`;
  const named = found.slice(0, mostNamed).join('; ');
  return found.length > mostNamed
    ? `${named}; and so on, so ${both} need one pod.`
    : `${named}, so ${both} need one pod.`;
}

/** Adds the ways from one member to the nearest others, and answers how many nodes it saw. */
function addLinks(
  graph: Graph,
  start: number,
  members: ReadonlySet<number>,
  { found, left }: { readonly found: string[]; readonly left: number },
): number {
  /** By which relation each was reached. */
  const before = new Map<number, Edge['relation'] | undefined>([[start, undefined]]);
  const queue = [start];
  for (let position = 0; position < queue.length && position < left && found.length <= mostNamed; position++) {
    const node = queue[position] ?? start;
    for (const { to, relation } of edgesOf(graph, graph.out, node)) {
      if (before.has(to)) continue;
      before.set(to, relation);
      if (!members.has(to)) queue.push(to);
      else if (relation !== 'processed-by' || before.get(node) !== 'consumes-from')
        found.push(link(graph, { start, node, to, relation }));
      // Told once of two that take from one store.
      else if (start < to) found.push(rivalry(graph, start, node, to));
    }
  }
  return queue.length;
}

function rivalry(graph: Graph, one: number, store: number, other: number): string {
  const [first, shared, second] = [one, store, other].map((node) => artifactAt(graph, node));
  if (first === undefined || shared === undefined || second === undefined) return '';
  return `${first.id} and ${second.id} take from ${shared.id}, and it ${ownState(shared)} in memory`;
}

function ownState(store: Artifact): string {
  return storeTypeOf(store) === 'in-memory' ? 'is' : 'counts';
}

/** @param way from the start to the target: over the node that is the last before it, and by its last relation. */
function link(
  graph: Graph,
  way: { readonly start: number; readonly node: number; readonly to: number; readonly relation: Edge['relation'] },
): string {
  const [from, last, to] = [way.start, way.node, way.to].map((node) => artifactAt(graph, node));
  if (from === undefined || last === undefined || to === undefined) return '';
  if (way.relation === 'processed-by' && isPodLocalStore(last))
    return `${from.id} stores into ${last.id}, ${to.id} takes from it, and it ${ownState(last)} in memory`;
  const through = way.node === way.start ? '' : ` through ${last.id}`;
  return `${from.id} ${verbs[way.relation] ?? 'uses'} ${to.id}${through}`;
}
