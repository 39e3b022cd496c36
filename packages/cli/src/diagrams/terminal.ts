import { groupBy } from '@mi-patterns/inventory';
import type { Flow, FlowEdge, FlowNode } from '@mi-patterns/planner';
import type { Style } from '../output/style.ts';
import { honestWords, nodeInWords, podsInWords, signOf } from './text.ts';

/** Lines of one workload that are shown before the rest becomes a number. */
const mostLines = 40;

interface Walk {
  readonly nodes: ReadonlyMap<string, FlowNode>;
  readonly out: ReadonlyMap<string, readonly FlowEdge[]>;
  readonly into: ReadonlyMap<string, readonly FlowEdge[]>;
  /** Nodes of the workload that is drawn. */
  readonly own: ReadonlySet<string>;
  readonly seen: Set<string>;
  readonly style: Style;
}

/** The flow as an indented text: for each workload, every way from what starts it to where it ends. */
export function flowToText(flow: Flow, style: Style): string[] {
  const nodes = new Map(flow.nodes.map((node) => [node.id, node]));
  const out = groupBy(flow.edges, ({ from }) => from);
  const into = groupBy(flow.edges, ({ to }) => to);
  const lines = flow.workloads.flatMap((workload) => {
    const own = flow.nodes.filter((node) => node.kind === 'artifact' && node.workload === workload.name);
    const walk: Walk = { nodes, out, into, own: new Set(own.map(({ id }) => id)), seen: new Set(), style };
    const starts = own.filter(({ id }) => !(into.get(id) ?? []).some(({ from }) => walk.own.has(from)));
    const tree = starts.flatMap((node) => [...feeders(node, walk), ...branch(node, 0, '', walk)]);
    const paint = workload.type === 'stateful' ? style.yellow : style.green;
    return [
      `${style.bold(workload.name)}  ${paint(podsInWords(workload))}`,
      ...tree.slice(0, mostLines).map((line) => `  ${line}`),
      ...(tree.length > mostLines ? [`  and ${tree.length - mostLines} more lines`] : []),
      '',
    ];
  });
  return [...lines, ...honestWords(flow).map(style.dim)];
}

/** What starts the work of a node from outside of its workload, on one line before it. */
function feeders({ id }: FlowNode, { into, own, nodes, style }: Walk): string[] {
  const names = (into.get(id) ?? [])
    .filter(({ from }) => !own.has(from))
    .flatMap(({ from }) => {
      const node = nodes.get(from);
      if (node === undefined) return [];
      return [node.kind === 'service' ? `clients → Service ${node.label}` : nodeInWords(node)];
    });
  return names.length === 0 ? [] : [`${style.cyan(names.join(', '))} →`];
}

function branch(node: FlowNode, depth: number, label: string, walk: Walk): string[] {
  const line = `${'  '.repeat(depth)}${depth === 0 ? '' : '→ '}${label === '' ? '' : `${label} `}${nodeText(node, walk.style)}`;
  const next = walk.out.get(node.id) ?? [];
  if (walk.seen.has(node.id)) return [next.length > 0 ? `${line} (see above)` : line];
  walk.seen.add(node.id);
  return [
    line,
    ...next.flatMap((edge) => {
      const target = walk.nodes.get(edge.to);
      if (target === undefined) return [];
      if (walk.own.has(target.id) && edge.danger === undefined) return branch(target, depth + 1, edge.label, walk);
      const alarm =
        edge.danger === undefined || target.danger !== undefined || node.danger?.word === edge.danger.word
          ? ''
          : walk.style.red(` ${signOf(edge.danger)} ${edge.danger.word}`);
      const verb = edge.label === '' ? '' : `${edge.label} `;
      return [`${'  '.repeat(depth + 1)}→ ${verb}${nodeText(target, walk.style)}${alarm}`];
    }),
  ];
}

function nodeText(node: FlowNode, style: Style): string {
  return node.danger === undefined ? nodeInWords(node) : style.red(nodeInWords(node));
}
