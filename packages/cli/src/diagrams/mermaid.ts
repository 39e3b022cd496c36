import { printable } from '@mi-patterns/inventory';
import type { Plan } from '@mi-patterns/planner';
import { planTitle, servesRequests, workloadLines } from './text.ts';

/** The plan as a Mermaid flowchart, for pages that render Mermaid themselves. */
export function planToMermaid(plan: Plan): string {
  const lines = ['---', `title: ${JSON.stringify(planTitle(plan))}`, '---', 'flowchart LR', '  clients([clients])'];
  plan.workloads.forEach((workload, index) => {
    const { heading, pods, entryPoints } = workloadLines(workload);
    const label = [`<b>${escape(heading)}</b>`, escape(pods), ...entryPoints.map(escape)].join('<br/>');
    lines.push(`  w${index}["${label}"]:::${workload.type}`);
    if (servesRequests(workload)) lines.push(`  clients --> w${index}`);
  });
  lines.push(
    '  classDef stateless fill:#e8f1fd,stroke:#2563a8,color:#12263f',
    '  classDef stateful fill:#fdf0e3,stroke:#b45309,color:#3f2a12',
  );
  return `${lines.join('\n')}\n`;
}

/** Mermaid reads `#` entities and quotes inside labels. */
function escape(text: string): string {
  return printable(text).replace(/[&<>"#\\]/g, (character) => `#${character.codePointAt(0)};`);
}
