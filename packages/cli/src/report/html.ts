import type { Artifact, Diagnostic, Inventory } from '@mi-patterns/inventory';
import type { Plan } from '@mi-patterns/planner';
import { planToSvg } from '../diagrams/svg.ts';
import { planTitle } from '../diagrams/text.ts';
import { formatSource } from '../output/diagnostics.ts';
import { escapeMarkup as text } from '../output/markup.ts';

/**
 * One HTML page that needs nothing else: the picture of the plan, each workload and why it exists, every verdict with
 * its evidence, the findings, the cost. Holds no parameter values, so no secret can be in it.
 */
export function planToHtml(inventory: Inventory, plan: Plan): string {
  const entryPoints = inventory.artifacts.filter((artifact) => plan.verdicts.has(artifact.id));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${text(planTitle(plan))}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${text(planTitle(plan))}</h1>
<p class="lead">${text(plan.patternBecause)}</p>
<div class="picture">${planToSvg(plan)}</div>
${findings(plan.diagnostics)}
<h2>Workloads</h2>
${table(
  ['Workload', 'Pods', 'Starts work by', 'Why it exists'],
  plan.workloads.map((workload) => [
    `<strong>${text(workload.name)}</strong><br><span class="tag ${workload.type}">${workload.type}</span>`,
    String(workload.replicas),
    workload.entryPoints.map((id) => `<code>${text(id)}</code>`).join('<br>'),
    text(workload.because),
  ]),
)}
<h2>Verdicts</h2>
<p><label>Filter <input type="search" id="filter" placeholder="name, verdict or file"></label></p>
${table(
  ['Artifact', 'Verdict', 'Because', 'Evidence'],
  entryPoints.map((artifact) => verdictRow(artifact, plan)),
  'verdicts',
)}
<h2>What it costs</h2>
${table(
  ['Choice', 'Pods', 'Memory', 'CPU'],
  [
    ['<strong>This plan</strong>', plan.cost.pods, plan.cost.memory, plan.cost.cpu] as const,
    ...plan.alternatives.map((choice) => [text(choice.name), choice.pods, choice.memory, choice.cpu] as const),
  ].map(([name, pods, memory, cpu]) => [name, String(pods), `${memory} MiB`, `${cpu} m`]),
)}
${table(
  ['Workload', 'Down when its pod is lost', 'Down when its node is lost', 'Because'],
  plan.cost.downtime.map((row) => [text(row.workload), `${row.podLoss} s`, `${row.nodeLoss} s`, text(row.because)]),
)}
<h2>Inventory</h2>
<p>${inventory.artifacts.length} artifacts, ${inventory.references.length} references, ${inventory.applications.length} applications.</p>
</main>
<script>${script}</script>
</body>
</html>
`;
}

function verdictRow(artifact: Artifact, plan: Plan): string[] {
  const verdict = plan.verdicts.get(artifact.id);
  if (verdict === undefined) return [text(artifact.id), '', '', ''];
  const overridden = verdict.overridden === undefined ? '' : `<br><em>Set by the configuration: ${text(verdict.overridden.reason)} (found: ${text(verdict.overridden.found)})</em>`;
  return [
    `<code>${text(artifact.id)}</code>`,
    `<span class="tag verdict-${verdict.class}">${text(verdict.class)}</span>`,
    text(verdict.because) + overridden,
    `<code>${text(formatSource(verdict.evidence))}</code><br><code>${text(verdict.evidence.text)}</code>`,
  ];
}

function findings(diagnostics: readonly Diagnostic[]): string {
  if (diagnostics.length === 0) return '<h2>Findings</h2><p>None.</p>';
  const items = diagnostics.map(
    (diagnostic) => `<li class="${diagnostic.severity}"><strong>${text(diagnostic.code)}</strong> ${text(diagnostic.message)}<br>
<span class="hint">${text(diagnostic.hint)}</span>${diagnostic.source === undefined ? '' : `<br><code>${text(formatSource(diagnostic.source))}</code>`}</li>`,
  );
  return `<h2>Findings</h2><ul class="findings">${items.join('\n')}</ul>`;
}

function table(headings: readonly string[], rows: readonly (readonly string[])[], id?: string): string {
  const head = headings.map((heading) => `<th scope="col">${text(heading)}</th>`).join('');
  const body = rows.map((row) => `<tr>${row.map((cell) => `<td>${cell}</td>`).join('')}</tr>`).join('\n');
  return `<div class="scroll"><table${id === undefined ? '' : ` id="${id}"`}><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`;
}

const style = `
:root{color-scheme:light;--line:#d9dfe6;--soft:#5b6875}
body{margin:0;background:#f6f8fa;color:#1c2733;font:15px/1.5 system-ui,"Segoe UI",Helvetica,Arial,sans-serif}
main{max-width:1100px;margin:0 auto;padding:32px 24px 64px}
h1{font-size:26px;margin:0}h2{font-size:18px;margin:36px 0 10px}
.lead{color:var(--soft);margin:6px 0 20px}
.picture{overflow-x:auto;background:#fff;border:1px solid var(--line);border-radius:10px}
.picture svg{display:block;max-width:100%;height:auto}
.scroll{overflow-x:auto;margin-bottom:14px}
table{border-collapse:collapse;width:100%;background:#fff;border:1px solid var(--line)}
th,td{text-align:left;vertical-align:top;padding:8px 12px;border-top:1px solid var(--line)}
th{font-weight:600;background:#eef2f6}
code{font:12.5px ui-monospace,Menlo,Consolas,monospace;overflow-wrap:anywhere}
.tag{display:inline-block;padding:1px 8px;border-radius:10px;font-size:12.5px;background:#e4ebf3}
.stateful,.verdict-isolate,.verdict-opaque{background:#fbe3c8}.verdict-broker-safe{background:#f6eec2}.verdict-affinity,.verdict-pod-local{background:#e8e2f6}
.stateless,.verdict-stateless{background:#d8e8fb}
.findings{list-style:none;padding:0}.findings li{background:#fff;border:1px solid var(--line);border-left-width:5px;border-radius:6px;padding:8px 12px;margin-bottom:8px}
.findings .error{border-left-color:#c0272d}.findings .warning{border-left-color:#c98a04}.findings .info{border-left-color:#2563a8}
.hint{color:var(--soft)}input{font:inherit;padding:4px 8px;min-width:260px}
`;

const script = `
const field=document.getElementById('filter');
field.addEventListener('input',()=>{const word=field.value.toLowerCase();
for(const row of document.querySelectorAll('#verdicts tbody tr'))row.hidden=!row.textContent.toLowerCase().includes(word);});
`;
