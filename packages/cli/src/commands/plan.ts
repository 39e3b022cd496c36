import { counted, type Inventory } from '@mi-patterns/inventory';
import { type Cost, type Flow, flowOf, overrideSentence, type Plan, type Workload } from '@mi-patterns/planner';
import type { Context, GlobalOptions } from '../context/context.ts';
import { planTitle, podsAndStandbys } from '../diagrams/text.ts';
import { type ExitCode, exitCodeOf } from '../context/exit-codes.ts';
import { loadConfiguration, loadInventory } from '../inputs/load.ts';
import { collectNow } from '../inputs/memory.ts';
import { type PlanFlags, planOptions } from '../inputs/plan-options.ts';
import type { LoadedConfiguration } from '@mi-patterns/values';
import { countDiagnostics, explainLine, formatDiagnostics } from '../output/diagnostics.ts';
import { foldDowntime, foldSentences, namesInWords, nodeLossInWords } from '../output/downtime.ts';
import { printJson } from '../output/json.ts';
import { readinessLines } from '../output/readiness.ts';
import { createStyle } from '../output/style.ts';
import { formatTable, wrap } from '../output/table.ts';
import { createView } from '../output/view.ts';
import { coresInWords, duration, gibibytes } from '../output/units.ts';
import { planWithWrittenPods } from '../inputs/plan-with-written-pods.ts';
import { drawingFor } from '../diagrams/drawing.ts';
import { type NamedOutput, writeNamed } from '../output/named-outputs.ts';

type PlanCommandOptions = GlobalOptions & PlanFlags & { readonly diagram?: string; readonly report?: string };

/** `mi-patterns plan PATH...`: pattern, workloads, cost, findings; pictures and a report where asked for. */
export async function planCommand(
  paths: readonly string[],
  options: PlanCommandOptions,
  context: Context,
): Promise<ExitCode> {
  const loaded = await loadConfiguration(options, context);
  const flags = await planOptions(options, loaded, context);
  const inventory = await loadInventory(paths, loaded, options, context);
  collectNow(inventory);
  const result = await planWithWrittenPods(inventory, flags, { loaded, context, replicas: options.replicas });
  const heading = { title: planTitle(result), because: result.patternBecause };
  const flow = (): Flow => flowOf(inventory, result);
  const outputs = [
    ...(await drawingFor(options.diagram, flow, { heading, context })),
    ...(await reportFor(options.report, inventory, result, { paths, loaded, context })),
  ];
  if (await writeNamed(outputs, options, context)) return exitCodeOf(result.diagnostics);
  if (options.json) printJson(planDocument(result), context.stdout);
  else context.stdout(planText(inventory, result, options, context));
  return exitCodeOf(result.diagnostics);
}

/** The report that `--report` asks for; none without a file. */
async function reportFor(
  file: string | undefined,
  inventory: Inventory,
  result: Plan,
  from: {
    readonly paths: readonly string[];
    readonly loaded: LoadedConfiguration | undefined;
    readonly context: Context;
  },
): Promise<readonly NamedOutput[]> {
  if (file === undefined) return [];
  const { planToHtml } = await import('../report/html.ts');
  const { reportSubject } = await import('../report/subject.ts');
  const text = (): string => planToHtml(inventory, result, reportSubject(inventory, result, from));
  return [{ option: '--report', file, text }];
}

/** The document of `plan --json`, described in docs/json-output.md. */
export function planDocument(result: Plan): object {
  const { roles, verdicts, ...rest } = result;
  return { ...rest, roles, verdicts };
}

/** Workloads shown before the rest becomes a number. */
const shownWorkloads = 25;

function planText(inventory: Inventory, result: Plan, options: GlobalOptions, context: Context): string {
  const style = createStyle(context.colour);
  const width = context.columns ?? Number.POSITIVE_INFINITY;
  const findings = [
    ...formatDiagnostics(result.diagnostics, createView(context, options)),
    ...(options.quiet ? [] : explainLine(result.diagnostics, style)),
  ];
  // Pattern and cost of nothing would be noise before the finding that says so.
  if (result.workloads.length === 0) return `${findings.join('\n')}\n`;
  const shown = options.verbose ? result.workloads : result.workloads.slice(0, shownWorkloads);
  const rest = result.workloads.length - shown.length;
  const lines = [
    style.bold(planTitle(result)),
    ...wrap(result.patternBecause, width),
    '',
    ...shown.flatMap((workload) => workloadLines(workload, result.verdicts, options, context)),
    ...(rest > 0 ? [`and ${counted(rest, 'more workload')} (--verbose lists them)`, ''] : []),
    style.bold('What it costs'),
    ...costLines(result, context),
    '',
    ...readinessLines(result.readiness, context),
    ...findings,
    ...(findings.length > 0 ? [''] : []),
    ...undelivered(inventory, width).map(style.dim),
    summary(result),
  ];
  return `${lines.join('\n')}\n`;
}

function workloadLines(
  workload: Workload,
  verdicts: Plan['verdicts'],
  options: GlobalOptions,
  context: Context,
): string[] {
  const style = createStyle(context.colour);
  const type = workload.type === 'stateful' ? style.yellow('stateful') : style.green('stateless');
  const without = workload.withoutStandby === undefined ? '' : `, no standby: ${workload.withoutStandby}`;
  return [
    `${style.bold(workload.name)}  ${type} × ${workload.replicas}${workload.standby === undefined ? without : ', with a standby'}`,
    ...wrap(workload.because, (context.columns ?? Number.POSITIVE_INFINITY) - 2).map((line) => `  ${line}`),
    ...entryPointLines(workload, verdicts, options).map((line) => `    ${style.cyan(line)}`),
    '',
  ];
}

function entryPointLines(workload: Workload, verdicts: Plan['verdicts'], options: GlobalOptions): string[] {
  const most = options.verbose ? Number.POSITIVE_INFINITY : 12;
  const ports = new Map(workload.ports.map((port) => [port.artifact, port]));
  const lines = workload.entryPoints.slice(0, most).flatMap((id) => {
    const port = ports.get(id);
    const verdict = verdicts.get(id);
    return [
      port === undefined ? id : `${id}  port ${port.number} (${port.protocol})`,
      // Where it is alone, the reason of its workload says it.
      ...(verdict?.overridden === undefined || workload.because === overrideSentence(verdict)
        ? []
        : [`  counts as ${verdict.class}: ${verdict.overridden.reason.trim()}`]),
    ];
  });
  return workload.entryPoints.length > most
    ? [...lines, `and ${workload.entryPoints.length - most} more (--verbose shows them)`]
    : lines;
}

/** Read, but in no application: with their names, since nobody misses what is not named. */
function undelivered({ artifacts }: Inventory, width: number): string[] {
  const names = artifacts.filter(({ applications }) => applications.length === 0).map(({ id }) => id);
  if (names.length === 0) return [];
  const rest = names.length > 5 ? ` and ${names.length - 5} more` : '';
  const [verb, them] = names.length === 1 ? ['is', 'it'] : ['are', 'them'];
  return [
    ...wrap(`${names.slice(0, 5).join(', ')}${rest} ${verb} in no application, so nothing deploys ${them}.`, width),
    '',
  ];
}

/** The last line, which stays on the screen: what the plan is, and whether it holds. */
function summary(result: Plan): string {
  const { memory, cpu } = result.cost;
  return [
    planTitle(result),
    `${gibibytes(memory)}, ${coresInWords(cpu)}`,
    countDiagnostics(result.diagnostics) || 'no findings',
  ].join(' · ');
}

function costLines(result: Plan, context: Context): string[] {
  const choice = (name: string, cost: Pick<Cost, 'pods' | 'standbys' | 'memory' | 'cpu'>): string[] => [
    name,
    podsAndStandbys(cost),
    gibibytes(cost.memory),
    coresInWords(cost.cpu),
  ];
  const downtime = foldDowntime(result.cost.downtime).map((row) => [
    namesInWords(row.workloads),
    `${duration(row.podLoss)} when its pod is lost, ${nodeLossInWords(row)} when its node is lost. ${row.because}`,
  ]);
  const events = (event: 'cutOff' | 'imageChange'): string[][] =>
    foldSentences(result.cost.downtime, event).map(({ workloads, sentence }) => [namesInWords(workloads), sentence]);
  return [
    ...formatTable(
      [
        choice('this plan', result.cost),
        ...result.alternatives.map((alternative) => [
          ...choice(alternative.name, alternative),
          ...(alternative.refused === undefined ? [] : [`refused: ${alternative.refused}`]),
        ]),
      ],
      context.columns,
      '  ',
    ),
    ...(downtime.length > 0
      ? [
          '  Expected downtime',
          ...formatTable(downtime, context.columns, '    '),
          '  When a node is cut off but its pods keep running',
          ...formatTable(events('cutOff'), context.columns, '    '),
          '  When the image changes',
          ...formatTable(events('imageChange'), context.columns, '    '),
        ]
      : []),
  ];
}
