import type { Flow, FlowNode } from '@mi-patterns/planner';
import { dangerColours, honestWords, isInWorkload, podsInWords, signOf } from './text.ts';

/** Shapes that Mermaid has for what a node stands for. */
function shaped(node: FlowNode, label: string): string {
  switch (node.kind) {
    case 'clients':
      return `(["${label}"])`;
    case 'database':
      return `[("${label}")]`;
    case 'queue':
    case 'topic':
      return `[/"${label}"/]`;
    case 'host':
    case 'system':
    case 'mailbox':
    case 'directory':
      return `(["${label}"])`;
    case 'service':
    case 'gateway':
      return `{{"${label}"}}`;
    default:
      return `["${label}"]`;
  }
}

/** The flow as a Mermaid flowchart, for pages that render Mermaid themselves. */
export function flowToMermaid(flow: Flow, title: string): string {
  const number = new Map(flow.nodes.map(({ id }, index) => [id, `n${index}`]));
  const declared = (node: FlowNode): string => {
    const danger = node.danger === undefined ? [] : [`${signOf(node.danger)} ${node.danger.word}`];
    const lines = [`<b>${escape(node.label)}</b>`, ...[node.note, ...danger].filter((line) => line !== '').map(escape)];
    return `${number.get(node.id) ?? ''}${shaped(node, lines.join('<br/>'))}${node.danger === undefined ? '' : `:::${node.danger.level}`}`;
  };
  const lines = [
    '---',
    `title: ${JSON.stringify(title)}`,
    '---',
    'flowchart LR',
    ...flow.nodes.filter((node) => !isInWorkload(node)).map((node) => `  ${declared(node)}`),
    ...flow.workloads.flatMap((workload, index) => [
      `  subgraph w${index}["<b>${escape(workload.name)}</b><br/>${escape(podsInWords(workload))}"]`,
      ...flow.nodes
        .filter((node) => isInWorkload(node) && node.workload === workload.name)
        .map((node) => `    ${declared(node)}`),
      '  end',
      `  class w${index} ${workload.type}`,
    ]),
    ...flow.edges.map(({ from, to, label, danger }) => {
      const text = danger === undefined ? label : `${signOf(danger)} ${danger.word}`;
      const arrow = danger === undefined ? '-->' : '-.->';
      return `  ${number.get(from) ?? ''} ${arrow}${text === '' ? '' : `|"${escape(text)}"|`} ${number.get(to) ?? ''}`;
    }),
    ...honestWords(flow).map((text) => `  %% ${text}`),
    '  classDef stateless fill:#eff5fd,stroke:#2563a8,color:#12263f',
    '  classDef stateful fill:#fdf4e8,stroke:#b45309,color:#3f2a12,stroke-dasharray:7 3',
    ...Object.entries(dangerColours).map(
      ([level, colour]) => `  classDef ${level} stroke:${colour},color:${colour},stroke-dasharray:5 3`,
    ),
  ];
  return `${lines.join('\n')}\n`;
}

/**
 * Text as Mermaid shows it: signs as `#` entities. Before it knows of labels, Mermaid takes `%%{…}%%` out of the whole
 * text, also out of a label, and the last `;` of a line with `style` and a colon (encodeEntities, removeDirectives).
 */
function escape(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[^\w\s./,()\u0080-\u{10ffff}-]/gu, (sign) => `#${sign.codePointAt(0)};`);
}
