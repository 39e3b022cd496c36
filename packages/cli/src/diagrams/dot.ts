import { printable } from '@mi-patterns/inventory';
import type { Plan } from '@mi-patterns/planner';
import { planTitle, servesRequests, workloadLines } from './text.ts';

/** The plan as a Graphviz graph. */
export function planToDot(plan: Plan): string {
  const lines = [
    'digraph plan {',
    '  rankdir=LR;',
    `  label=${quote(planTitle(plan))};`,
    '  node [shape=box, style="rounded,filled", fontname="sans-serif"];',
    '  clients [shape=ellipse, fillcolor=white];',
  ];
  plan.workloads.forEach((workload, index) => {
    const { heading, pods, entryPoints } = workloadLines(workload);
    const [fill, stroke] = workload.type === 'stateful' ? ['#fdf0e3', '#b45309'] : ['#e8f1fd', '#2563a8'];
    lines.push(
      `  w${index} [label=${quote([heading, pods, ...entryPoints].map(printable).join('\n'))}, fillcolor=${quote(fill)}, color=${quote(stroke)}];`,
    );
    if (servesRequests(workload)) lines.push(`  clients -> w${index};`);
  });
  return `${[...lines, '}'].join('\n')}\n`;
}

function quote(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}
