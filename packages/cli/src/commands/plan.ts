import { resolve } from 'node:path';
import type { Inventory } from '@mi-patterns/inventory';
import { type Plan, plan, type Workload } from '@mi-patterns/planner';
import type { Context, GlobalOptions } from '../context.ts';
import { diagramEndings, drawPlan } from '../diagrams/diagram.ts';
import { planTitle } from '../diagrams/text.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { CommandFailure } from '../failure.ts';
import { loadConfiguration, loadInventory, type PlanFlags, planOptions } from '../load.ts';
import { formatDiagnostics, hasErrors } from '../output/diagnostics.ts';
import { counted } from '../output/counted.ts';
import { printJson } from '../output/json.ts';
import { createStyle } from '../output/style.ts';
import { formatTable, wrap } from '../output/table.ts';
import { planToHtml } from '../report/html.ts';
import { usage } from '../usage.ts';

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
  const result = plan(inventory, flags);
  if (options.diagram !== undefined)
    await writeFile(options.diagram, diagramOf(result, options.diagram), options, context);
  if (options.report !== undefined) await writeFile(options.report, planToHtml(inventory, result), options, context);
  if (options.json) printJson(planDocument(result), context.stdout);
  else context.stdout(planText(inventory, result, options, context));
  return hasErrors(result.diagnostics) ? exitCodes.findings : exitCodes.fine;
}

/** The document of `plan --json`, described in docs/json-output.md. */
export function planDocument(result: Plan): object {
  const { verdicts, ...rest } = result;
  return { ...rest, verdicts: Object.fromEntries(verdicts) };
}

function diagramOf(result: Plan, file: string): string {
  const drawing = drawPlan(result, file);
  if (drawing !== undefined) return drawing;
  throw new CommandFailure(
    [usage(`--diagram cannot draw ${file}.`, `Name a file that ends in ${diagramEndings.join(', ')}.`)],
    exitCodes.usage,
  );
}

async function writeFile(file: string, text: string, options: GlobalOptions, context: Context): Promise<void> {
  const { writeAtomically } = await import('../write-file.ts');
  try {
    writeAtomically(resolve(context.cwd, file), text);
  } catch (error) {
    // The system names the temporary file; the user is told of the one that was asked for.
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new CommandFailure(
      [
        {
          code: 'MI-WRITE-FAILED',
          severity: 'error',
          message: `${file} cannot be written (${reason}).`,
          hint: 'Name a file in a folder that this user can write.',
          source: { path: file, line: 1, column: 1 },
        },
      ],
      exitCodes.usage,
    );
  }
  if (!options.quiet) context.stderr(`Wrote ${file}\n`);
}

function planText(inventory: Inventory, result: Plan, options: GlobalOptions, context: Context): string {
  const style = createStyle(context.colour);
  const width = context.columns ?? Number.POSITIVE_INFINITY;
  // Pattern and cost of nothing would be noise before the finding that says so.
  if (result.workloads.length === 0)
    return `${formatDiagnostics(result.diagnostics, style, context.columns, options.verbose).join('\n')}\n`;
  const lines = [style.bold(planTitle(result)), ...wrap(result.patternBecause, width), ''];
  for (const workload of result.workloads) {
    lines.push(
      `${style.bold(workload.name)}  ${workload.type === 'stateful' ? style.yellow('stateful') : style.green('stateless')} × ${workload.replicas}`,
    );
    lines.push(...wrap(workload.because, width - 2).map((line) => `  ${line}`));
    lines.push(...entryPointLines(workload, options).map((line) => `    ${style.cyan(line)}`), '');
  }
  lines.push(style.bold('What it costs'), ...costLines(result, context), '');
  lines.push(...formatDiagnostics(result.diagnostics, style, context.columns, options.verbose));
  const withoutVerdict = inventory.artifacts.filter((artifact) => artifact.applications.length === 0).length;
  if (withoutVerdict > 0)
    lines.push(style.dim(`${withoutVerdict} artifacts are in no application, so nothing deploys them.`));
  return `${lines.join('\n').trimEnd()}\n`;
}

function entryPointLines(workload: Workload, options: GlobalOptions): string[] {
  const most = options.verbose ? Number.POSITIVE_INFINITY : 12;
  const ports = new Map(workload.ports.map((port) => [port.artifact, port]));
  const lines = workload.entryPoints.slice(0, most).map((id) => {
    const port = ports.get(id);
    return port === undefined ? id : `${id}  port ${port.number} (${port.protocol})`;
  });
  return workload.entryPoints.length > most
    ? [...lines, `and ${workload.entryPoints.length - most} more (--verbose shows them)`]
    : lines;
}

function costLines(result: Plan, context: Context): string[] {
  const choice = (
    name: string,
    cost: { readonly pods: number; readonly memory: number; readonly cpu: number },
  ): string[] => [name, counted(cost.pods, 'pod'), `${cost.memory} MiB`, `${cost.cpu} m CPU`];
  const downtime = result.cost.downtime.map((row) => [
    row.workload,
    `${row.podLoss} s when its pod is lost`,
    `${row.nodeLoss} s when its node is lost`,
    row.because,
  ]);
  return [
    ...formatTable(
      [
        choice('this plan', result.cost),
        ...result.alternatives.map((alternative) => choice(alternative.name, alternative)),
      ],
      undefined,
      '  ',
    ),
    ...(downtime.length > 0 ? ['  Expected downtime', ...formatTable(downtime, context.columns, '    ')] : []),
  ];
}
