import { counted } from '@mi-patterns/inventory';
import type { Audit, AuditedWorkload, Moment, Risk } from '@mi-patterns/audit';
import type { Context, GlobalOptions } from '../context/context.ts';
import { formatDiagnostics } from './diagnostics.ts';
import { createStyle, type Style } from './style.ts';
import { type Cell, formatTable } from './table.ts';
import { createView } from './view.ts';

/** Where an audit has looked. */
export interface AuditedPlace {
  readonly context: string;
  /** Undefined: every namespace. */
  readonly namespace: string | undefined;
}

export const riskWords: Readonly<Record<Risk, string>> = {
  none: 'once',
  twice: 'TWICE',
  maybe: 'maybe twice',
  shared: 'shared',
  coordinated: 'by database',
  unknown: '?',
};

export const momentTitles: Readonly<Record<Moment, string>> = {
  now: 'NOW',
  update: 'UPDATE',
  cutOff: 'CUT-OFF NODE',
  scaling: 'SCALING',
};

/** The audit for people: the answer in one sentence, a row for each workload, the findings with the way out. */
export function auditText(audit: Audit, place: AuditedPlace, options: GlobalOptions, context: Context): string {
  const style = createStyle(context.colour);
  const findings = formatDiagnostics(
    audit.findings.map((one) => (one.field === undefined ? one : { ...one, message: `${one.message} (${one.field})` })),
    createView(context, options),
  );
  const lines = [
    style.bold(answer(audit, place)),
    '',
    ...(audit.workloads.length === 0 ? [] : [...formatTable(rows(audit.workloads, style), context.columns), '']),
    ...findings,
    ...(findings.length === 0 ? [] : ['']),
    style.dim(lookedAt(audit)),
  ];
  return `${lines.join('\n')}\n`;
}

/** `2 stateful artifacts run more than once now in prod.` */
export function answer({ workloads, findings }: Audit, { context, namespace }: AuditedPlace): string {
  const where = `${namespace === undefined ? 'all namespaces' : `the namespace ${namespace}`} of ${context}`;
  if (workloads.length === 0) return `No Micro Integrator was found in ${where}.`;
  const twice = new Set(
    findings
      .filter(({ code }) => code === 'MI-AUDIT-TWICE')
      .map(({ artifacts, workload }) => `${workload.split('/')[0]} ${artifacts.join()}`),
  ).size;
  const later = new Set(
    findings
      .filter(({ code }) => code === 'MI-AUDIT-UPDATE')
      .map(({ artifacts, workload }) => `${workload} ${artifacts.join()}`),
  ).size;
  const unknown = workloads.filter((workload) => workload.risks.now === 'unknown').length;
  const parts = [
    ...(twice === 0
      ? []
      : [`${counted(twice, 'stateful artifact')} ${twice === 1 ? 'runs' : 'run'} more than once now`]),
    ...(later === 0
      ? []
      : [`${twice === 0 ? counted(later, 'stateful artifact') : later} will run twice during the next update`]),
    ...(unknown === 0
      ? []
      : [`it is not known what ${counted(unknown, 'workload')} ${unknown === 1 ? 'deploys' : 'deploy'}`]),
  ];
  return parts.length === 0 ? `Nothing runs twice in ${where}.` : `In ${where}, ${parts.join(', and ')}.`;
}

function rows(workloads: readonly AuditedWorkload[], style: Style): (readonly (Cell | string)[])[] {
  const head = ['WORKLOAD', 'PODS', 'MI', 'STATEFUL', ...Object.values(momentTitles)].map((text) => ({
    text,
    style: style.dim,
  }));
  return [
    head,
    ...workloads.map((workload) => [
      { text: workload.id, style: style.cyan },
      podsOf(workload),
      workload.runtimeVersion ?? '?',
      statefulCount(workload),
      ...(Object.keys(momentTitles) as Moment[]).map((moment) => riskCell(workload, moment, style)),
    ]),
  ];
}

/** `2`, or `1/2` while one is missing. */
export function podsOf({ pods, replicas }: AuditedWorkload): string {
  const working = pods.filter(({ ending }) => !ending).length;
  return working === replicas || pods.length === 0 ? String(replicas) : `${working}/${replicas}`;
}

/** How many stateful artifacts a workload deploys; `?` where nothing is known of what it deploys. */
export function statefulCount({ deployed, artifacts, unknown }: AuditedWorkload): string {
  return deployed === 0 && artifacts.length === 0 && unknown.length > 0 ? '?' : String(artifacts.length);
}

function riskCell(workload: AuditedWorkload, moment: Moment, style: Style): Cell {
  const risk = workload.risks[moment];
  if (risk === 'none' && workload.artifacts.length === 0) return { text: '-', style: style.dim };
  const isSafe = risk === 'none' || risk === 'coordinated';
  const colour = isSafe ? style.green : style.yellow;
  return { text: riskWords[risk], style: risk === 'twice' ? style.red : colour };
}

/** What the audit rests on, and what it did not look at. */
export function lookedAt({ workloads, others, images, notRead }: Audit): string {
  return [
    `${counted(workloads.length, 'workload')} of Micro Integrator, ${counted(images, 'image')} read`,
    ...(others === 0 ? [] : [`${counted(others, 'other workload')} without a sign of it not looked at`]),
    ...notRead.map((what) => `not read: ${what}`),
  ].join(' · ');
}
