import { addTo, compareText } from '@mi-patterns/inventory';
import type { Danger, Flow, FlowEdge, FlowNode, FlowNodeKind } from './model.ts';
import { countedKind } from './words.ts';

/** Nodes of one kind in one place that are drawn one by one. */
const mostOfOneKind = 6;

const plural: Readonly<Partial<Record<FlowNodeKind, string>>> = {
  queue: 'queues',
  topic: 'topics',
  database: 'databases',
  directory: 'directories',
  mailbox: 'mailboxes',
  host: 'hosts',
  system: 'other systems',
  missing: 'missing artifacts',
};

/** What is merged into one node: all of a kind outside, and the message stores in the memory of the same pods. */
function groupOf({ id, kind, workload, artifacts: [first = ''] }: FlowNode): string | undefined {
  if (plural[kind] !== undefined) return `${kind}:*`;
  return id === `${workload}/${first}` && first.startsWith('message-store/') ? `${workload}/message-store` : undefined;
}

/** The danger of what is drawn as one: the worst of them, and how many have it. */
export function worstOf(dangers: readonly (Danger | undefined)[]): Danger | undefined {
  const known = dangers.filter((danger) => danger !== undefined);
  const worst = known.find(({ level }) => level === 'broken') ?? known[0];
  if (worst === undefined) return undefined;
  const number = known.filter(({ word }) => word === worst.word).length;
  return number === dangers.length ? worst : { ...worst, word: `${worst.word} (${number} of ${dangers.length})` };
}

/** The flow with one node for each kind of which there is too much to read in one place. */
export function collectNodes(flow: Flow): Flow {
  const byGroup = new Map<string, FlowNode[]>();
  for (const node of flow.nodes) {
    const group = groupOf(node);
    if (group !== undefined) addTo(byGroup, group, node);
  }
  const renamed = new Map<string, string>();
  const collected: FlowNode[] = [];
  for (const [id, nodes] of byGroup) {
    const [first] = nodes;
    if (first === undefined || nodes.length <= mostOfOneKind) continue;
    const { kind, workload } = first;
    const labels = nodes.map(({ label }) => label).toSorted(compareText);
    const danger = worstOf(nodes.map((node) => node.danger));
    for (const node of nodes) renamed.set(node.id, id);
    collected.push({
      id,
      kind,
      label: kind === 'artifact' ? countedKind(nodes.length, 'message-store') : `${nodes.length} ${plural[kind] ?? ''}`,
      note: `${labels.slice(0, 2).join(', ')} …`,
      ...(workload === undefined ? {} : { workload }),
      artifacts: nodes.flatMap(({ artifacts }) => artifacts),
      ...(danger === undefined ? {} : { danger }),
    });
  }
  if (collected.length === 0) return flow;
  const edges = new Map<string, FlowEdge>();
  for (const edge of flow.edges) {
    const [from, to] = [renamed.get(edge.from) ?? edge.from, renamed.get(edge.to) ?? edge.to];
    const key = `${from}\n${to}`;
    if (!edges.has(key) || edge.danger !== undefined) edges.set(key, { ...edge, from, to });
  }
  return {
    ...flow,
    nodes: [...flow.nodes.filter(({ id }) => !renamed.has(id)), ...collected],
    edges: [...edges.values()],
  };
}
