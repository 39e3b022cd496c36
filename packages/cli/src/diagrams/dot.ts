import type { Flow, FlowEdge, FlowNode, FlowNodeKind } from '@mi-patterns/planner';
import { dangerColours, honestWords, isInWorkload, podsInWords, signOf } from './text.ts';

const shapes: Readonly<Partial<Record<FlowNodeKind, string>>> = {
  clients: 'ellipse',
  gateway: 'hexagon',
  service: 'hexagon',
  queue: 'cds',
  topic: 'cds',
  database: 'cylinder',
  directory: 'folder',
  host: 'ellipse',
  system: 'component',
};

/** The flow as a Graphviz graph. */
export function flowToDot(flow: Flow, title: string): string {
  const number = new Map(flow.nodes.map(({ id }, index) => [id, `n${index}`]));
  const declared = (node: FlowNode): string => {
    const danger = node.danger === undefined ? [] : [`${signOf(node.danger)} ${node.danger.word}`];
    const label = [node.label, node.note, ...danger].filter((line) => line !== '').join('\n');
    const alarm = node.danger === undefined ? '' : `${coloured(node.danger)}, style="rounded,filled,dashed"`;
    return `${number.get(node.id) ?? ''} [label=${quote(label)}, shape=${shapes[node.kind] ?? 'box'}${alarm}];`;
  };
  const lines = [
    'digraph plan {',
    '  rankdir=LR;',
    `  label=${quote([title, ...honestWords(flow)].join('\n'))};`,
    '  node [style="rounded,filled", fillcolor=white, fontname="sans-serif", fontsize=11];',
    '  edge [fontname="sans-serif", fontsize=10, color="#64748b"];',
    ...flow.nodes.filter((node) => !isInWorkload(node)).map((node) => `  ${declared(node)}`),
    ...flow.workloads.flatMap((workload, index) => [
      `  subgraph cluster_${index} {`,
      `    label=${quote(`${workload.name}\n${podsInWords(workload)}`)};`,
      `    style="rounded,filled"; fontname="sans-serif"; ${workload.type === 'stateful' ? 'fillcolor="#fdf4e8"; color="#b45309";' : 'fillcolor="#eff5fd"; color="#2563a8";'}`,
      ...flow.nodes
        .filter((node) => isInWorkload(node) && node.workload === workload.name)
        .map((node) => `    ${declared(node)}`),
      '  }',
    ]),
    ...flow.edges.map(({ from, to, label, danger }) => {
      const text = danger === undefined ? label : `${signOf(danger)} ${danger.word}`;
      const alarm = danger === undefined ? '' : `${coloured(danger)}, style=dashed`;
      return `  ${number.get(from) ?? ''} -> ${number.get(to) ?? ''} [label=${quote(text)}${alarm}];`;
    }),
  ];
  return `${[...lines, '}'].join('\n')}\n`;
}

function coloured({ level }: NonNullable<FlowEdge['danger']>): string {
  return `, color="${dangerColours[level]}", fontcolor="${dangerColours[level]}"`;
}

/** A label as Graphviz shows it: it reads `&…;` as HTML does, and escapes of its own after a backslash. */
function quote(text: string): string {
  const plain = text.replaceAll('&', '&amp;').replaceAll('\\', '\\\\').replaceAll('"', '\\"');
  return `"${plain.replaceAll('\n', '\\n')}"`;
}
