import { compareText, type Diagnostic, type Inventory, type Severity } from '@mi-patterns/inventory';
import { flowOf, isIsolatedClass, type Plan, type Verdict, type Workload } from '@mi-patterns/planner';
import { planToSvg } from '../diagrams/svg.ts';
import { planTitle } from '../diagrams/text.ts';
import { counted } from '../output/counted.ts';
import { formatSource } from '../output/diagnostics.ts';
import { cores, gibibytes } from '../output/units.ts';
import { escapeMarkup as text } from '../output/markup.ts';
import { archiveRows, settingRows } from '../output/readiness.ts';
import { script, style } from './style.ts';

/** Entry points of a workload that are listed before the rest folds away. */
const shownEntryPoints = 10;

/**
 * One HTML page that needs nothing else: the picture of the plan, what was found, each workload and why it exists, every
 * verdict with its evidence, the cost. Holds no parameter values beyond the evidence, which is free of secrets.
 */
export function planToHtml(inventory: Inventory, plan: Plan): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>${text(planTitle(plan))}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${text(plan.pattern)}</h1>
<p class="lead">${text(plan.patternBecause)}</p>
${facts(inventory, plan)}
<div class="picture">${planToSvg(flowOf(inventory, plan), plan, { heading: false })}</div>
${findings(plan.diagnostics)}
${readiness(plan)}
${workloads(plan)}
${verdicts(inventory, plan)}
${costs(plan)}
</main>
<script>${script}</script>
</body>
</html>
`;
}

function facts(inventory: Inventory, plan: Plan): string {
  const isolated = [...plan.verdicts.values()].filter((verdict) => isIsolatedClass(verdict.class)).length;
  const list: readonly (readonly [number | string, string])[] = [
    [plan.workloads.length, plan.workloads.length === 1 ? 'workload' : 'workloads'],
    [plan.cost.pods, plan.cost.pods === 1 ? 'pod' : 'pods'],
    [gibibytes(plan.cost.memory), 'memory'],
    [cores(plan.cost.cpu), plan.cost.cpu === 1000 ? 'core' : 'cores'],
    [inventory.artifacts.length, inventory.artifacts.length === 1 ? 'artifact' : 'artifacts'],
    [isolated, 'stateful'],
  ];
  return `<ul class="facts">${list.map(([number, noun]) => `<li><strong>${number}</strong> ${noun}</li>`).join('')}</ul>`;
}

/** What artifacts read from their surroundings, and which environments give it. */
function readiness(plan: Plan): string {
  const rows = settingRows(plan.readiness);
  const archives = archiveRows(plan.readiness);
  if (rows.length + archives.length === 0) return '';
  const columns = [
    { name: 'Setting', width: 30 },
    { name: 'Environments', width: 30 },
    { name: 'Read at', width: 40 },
  ];
  const order = [
    { name: 'Order', width: 40 },
    { name: 'Because', width: 30 },
    { name: 'State', width: 30 },
  ];
  const filled = (head: readonly Column[], body: readonly (readonly string[])[]): string =>
    body.length === 0
      ? ''
      : table(
          head,
          body.map((row) => row.map(text)),
        );
  return `<h2>Will each pod become ready?</h2>
${filled(columns, rows)}
${filled(order, archives)}`;
}

const weight: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2 };
const severityWords: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', info: 'note' };

function findings(diagnostics: readonly Diagnostic[]): string {
  if (diagnostics.length === 0) return '<h2 id="findings">Findings</h2><p class="soft">None.</p>';
  const item = ({
    severity,
    code,
    message,
    hint,
    source,
  }: Diagnostic): string => `<li class="${severity}"><span class="severity">${severityWords[severity]}</span> <code>${text(code)}</code>
<p>${text(message)}</p><p class="soft">→ ${text(hint)}</p>${source === undefined ? '' : `<code>${text(formatSource(source))}</code>`}</li>`;
  const list = (some: readonly Diagnostic[]): string => `<ul class="findings">${some.map(item).join('\n')}</ul>`;
  const sorted = diagnostics.toSorted((a, b) => weight[a.severity] - weight[b.severity]);
  const loud = sorted.filter(({ severity }) => severity !== 'info');
  const notes = sorted.filter(({ severity }) => severity === 'info');
  const tally = (['error', 'warning', 'info'] as const).flatMap((severity) =>
    ((number) => (number === 0 ? [] : [counted(number, severityWords[severity])]))(
      diagnostics.filter((one) => one.severity === severity).length,
    ),
  );
  return `<h2 id="findings">Findings</h2><p class="soft">${tally.join(', ')}</p>
${loud.length === 0 ? '' : list(loud)}${notes.length === 0 ? '' : `<details><summary>${counted(notes.length, 'note')}</summary>${list(notes)}</details>`}`;
}

function workloads(plan: Plan): string {
  const ids = (list: readonly string[]): string => list.map((id) => `<code>${text(id)}</code>`).join('');
  const entryPoints = ({ entryPoints: all }: Workload): string => {
    const rest = all.slice(shownEntryPoints);
    return (
      ids(all.slice(0, shownEntryPoints)) +
      (rest.length === 0 ? '' : `<details><summary>and ${rest.length} more</summary>${ids(rest)}</details>`)
    );
  };
  return `<h2 id="workloads">Workloads</h2>
${table(
  [
    { name: 'Workload', width: 24 },
    { name: 'Pods', width: 8, number: true },
    { name: 'Starts work by', width: 32 },
    { name: 'Why it exists', width: 36 },
  ],
  plan.workloads.map((workload) => [
    `<strong>${text(workload.name)}</strong> <span class="tag ${workload.type}">${workload.type}</span>`,
    String(workload.replicas),
    entryPoints(workload),
    text(workload.because),
  ]),
)}`;
}

function verdicts(inventory: Inventory, plan: Plan): string {
  const judged = inventory.artifacts.flatMap(({ id }) =>
    ((verdict) => (verdict === undefined ? [] : [{ id, verdict }]))(plan.verdicts.get(id)),
  );
  // What must not run twice first: that is what a reader looks for.
  judged.sort(
    (a, b) =>
      Number(isIsolatedClass(b.verdict.class)) - Number(isIsolatedClass(a.verdict.class)) || compareText(a.id, b.id),
  );
  return `<h2 id="verdict-list">Verdicts</h2>
<div class="filter"><label for="filter">Filter</label><input type="search" id="filter" placeholder="name, verdict or file" autocomplete="off"><span class="soft" id="shown" role="status"></span></div>
${table(
  [
    { name: 'Artifact', width: 24 },
    { name: 'Verdict', width: 11 },
    { name: 'Because', width: 32 },
    { name: 'Evidence', width: 33 },
  ],
  judged.map(({ id, verdict }) => verdictRow(id, verdict)),
  'verdicts',
)}`;
}

function verdictRow(id: string, verdict: Verdict): string[] {
  const overridden =
    verdict.overridden === undefined
      ? ''
      : `<br><em>Set by the configuration: ${text(verdict.overridden.reason)} (found: ${text(verdict.overridden.found)})</em>`;
  return [
    `<code>${text(id)}</code>`,
    `<span class="tag verdict-${verdict.class}">${text(verdict.class)}</span>`,
    text(verdict.because) + overridden,
    `<code>${text(verdict.evidence.text)}</code><code class="soft">${text(formatSource(verdict.evidence))}</code>`,
  ];
}

function costs(plan: Plan): string {
  const choices = [{ name: 'This plan', ...plan.cost }, ...plan.alternatives];
  return `<h2 id="cost">What it costs</h2>
${table(
  [
    { name: 'Choice', width: 40 },
    { name: 'Pods', width: 20, number: true },
    { name: 'Memory', width: 20, number: true },
    { name: 'Cores', width: 20, number: true },
  ],
  choices.map(({ name, pods, memory, cpu }, index) => [
    index === 0 ? `<strong>${name}</strong>` : text(name),
    String(pods),
    gibibytes(memory),
    cores(cpu),
  ]),
)}
${table(
  [
    { name: 'Workload', width: 24 },
    { name: 'Down when its pod is lost', width: 15, number: true },
    { name: 'Down when its node is lost', width: 15, number: true },
    { name: 'Because', width: 46 },
  ],
  plan.cost.downtime.map((row) => [text(row.workload), `${row.podLoss} s`, `${row.nodeLoss} s`, text(row.because)]),
)}`;
}

interface Column {
  readonly name: string;
  /** In hundredths of the table. */
  readonly width: number;
  readonly number?: boolean;
}

/** Columns have fixed shares of the width, so that a long name never starves its neighbours. */
function table(columns: readonly Column[], rows: readonly (readonly string[])[], id?: string): string {
  const head = columns
    .map(
      ({ name, width, number }) =>
        `<th scope="col" style="width:${width}%"${number === true ? ' class="number"' : ''}>${text(name)}</th>`,
    )
    .join('');
  const body = rows
    .map(
      (row) =>
        `<tr>${row.map((cell, index) => `<td data-name="${text(columns[index]?.name ?? '')}"${columns[index]?.number === true ? ' class="number"' : ''}>${cell}</td>`).join('')}</tr>`,
    )
    .join('\n');
  return `<table${id === undefined ? '' : ` id="${id}"`}><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table>`;
}
