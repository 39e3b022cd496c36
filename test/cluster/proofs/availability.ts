import { serverNames } from '../images/servers.ts';
import type { Figures, ProofResult, ProofRun } from './results.ts';

const chartNames = { 'mi-patterns': 'mi-patterns', 'helm-mi': "WSO2's helm-mi" } as const;

/** The report in Markdown, made of the figures of the runs and nothing else. The same runs give the same bytes. */
export function availabilityReport(runs: readonly ProofRun[]): string {
  const lines = [
    '# Availability, measured',
    '',
    '<!-- Written by npm run test:cluster from availability.json. Do not edit. -->',
    '',
    'Each row is one event on one release, seen on a real Kubernetes (API server, scheduler, controllers, kubelets, containerd), both charts one after the other on the same cluster in the same run. A client sends requests at a constant rate and repeats none; a counter outside the pods notes each firing of a task, which fires every second.',
    '',
    '- *failed*: requests without a successful answer, of all that were due; *gap*: longest time between two answers',
    '- *twice*: firings by a second server while another still ran the task; *lost*: firings that did not happen; *pause*: longest time without one',
    '',
  ];
  for (const run of runs) {
    const nodes = `${run.nodes} nodes${run.nodeGraceSeconds === undefined ? '' : `, a silent node is given up after ${run.nodeGraceSeconds} s`}`;
    lines.push(`## ${serverNames[run.server]}`, '', `Kubernetes ${run.kubernetes}, ${nodes}. Begun ${run.begin}.`, '');
    for (const pattern of ['single-replica', 'multiple-replicas', 'coordinated', 'any'] as const) {
      const rows = run.results.filter((result) => result.pattern === pattern);
      if (rows.length > 0) lines.push(`### ${pattern === 'any' ? 'Any pattern: a release that cannot work' : pattern}`, '', '| Event | Chart | Took | Requests | Task |', '| --- | --- | --- | --- | --- |', ...rows.map(row), '');
    }
  }
  return `${lines.join('\n').trimEnd()}\n`;
}

function row({ event, chart, figures, note }: ProofResult): string {
  const cells = note === undefined ? [seconds(figures.seconds), requests(figures), task(figures)] : ['not measured', note.split('\n')[0] ?? '', ''];
  return `| ${[event, chartNames[chart], ...cells].map(cell).join(' | ')} |`;
}

const seconds = (value: number | undefined): string => (value === undefined ? '' : `${value.toFixed(1)} s`);
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ');

function requests(figures: Figures): string {
  const { load } = figures;
  const said = [
    ...(load === undefined ? [] : [load.failed === 0 ? `0 of ${load.requests} failed` : `**${load.failed}** of ${load.requests} failed (${kinds(load.failuresByKind)}), gap ${seconds(load.longestGap / 1000)}`]),
    ...(figures.oldPodsServing === undefined ? [] : [`${figures.oldPodsServing} old pods serving`]),
    ...(figures.message === undefined ? [] : [figures.message]),
  ];
  return said.join('; ');
}

function task(figures: Figures): string {
  const said = [
    ...(figures.ticksTwice === undefined ? [] : [figures.ticksTwice === 0 ? 'never twice' : `**${figures.ticksTwice} twice** in ${seconds(figures.overlapSeconds)}`]),
    ...(figures.ticksLost === undefined ? [] : [`${figures.ticksLost} lost, pause ${seconds(figures.tickGapSeconds)}`]),
    ...(figures.isolatedRestarts === undefined ? [] : [`${figures.isolatedRestarts} isolated pods replaced`]),
  ];
  return said.join('; ');
}

const kinds = (byKind: Readonly<Record<string, number>>): string =>
  Object.entries(byKind)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([kind, count]) => `${count} ${kind}`)
    .join(', ');
