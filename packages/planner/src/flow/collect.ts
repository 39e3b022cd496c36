import { addTo, compareText } from '@mi-patterns/inventory';
import type { Flow, FlowEdge, FlowNode, FlowNodeKind } from './model.ts';

/** Nodes of one kind outside that are drawn one by one. */
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

/** The flow with what is outside drawn as one node for each kind of which there is too much to read. */
export function collectOutside(flow: Flow): Flow {
  const byKind = new Map<FlowNodeKind, FlowNode[]>();
  for (const node of flow.nodes) if (plural[node.kind] !== undefined) addTo(byKind, node.kind, node);
  const renamed = new Map<string, string>();
  const collected: FlowNode[] = [];
  for (const [kind, nodes] of byKind) {
    if (nodes.length <= mostOfOneKind) continue;
    const id = `${kind}:*`;
    const labels = nodes.map(({ label }) => label).toSorted(compareText);
    const danger = nodes.find((node) => node.danger !== undefined)?.danger;
    for (const node of nodes) renamed.set(node.id, id);
    collected.push({
      id,
      kind,
      label: `${nodes.length} ${plural[kind] ?? ''}`,
      note: `${labels.slice(0, 2).join(', ')} …`,
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
