import { existsSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import { type Diagnostic, hasErrors, type Source } from '@mi-patterns/inventory';
import {
  compareRenders,
  finding,
  renderChart,
  runChartTests,
  stepTitles,
  type TestReport,
  type TestRow,
} from '@mi-patterns/helm';
import { faultDiagnostics } from '@mi-patterns/values';
import { chartFolder } from '../chart.ts';
import type { Context, GlobalOptions } from '../context/context.ts';
import { type ExitCode, exitCodes } from '../context/exit-codes.ts';
import { inputFailure, wrongUse } from '../context/failure.ts';
import { display, type NamedText } from '../context/files.ts';
import { withFilesForPrograms } from '../inputs/files-for-programs.ts';
import { readValuesFiles } from '../inputs/values-and-sources.ts';
import { countDiagnostics, formatDiagnostics } from '../output/diagnostics.ts';
import { createProgress } from '../output/progress.ts';
import { createStyle, type Style } from '../output/style.ts';
import { formatTable } from '../output/table.ts';
import { createView } from '../output/view.ts';
import { printJson } from '../output/json.ts';
import { secretsToldOnce } from './test-secrets.ts';

type TestOptions = GlobalOptions & {
  readonly values?: readonly string[];
  readonly base?: readonly string[];
  readonly chart?: string;
  readonly against?: string;
};

/**
 * `mi-patterns test`: helm lint, helm-unittest, schema, Kubernetes API schemas and our rules, with each values file,
 * over those of `--base`.
 */
export async function testCommand(
  _operands: readonly string[],
  options: TestOptions,
  context: Context,
): Promise<ExitCode> {
  const chart = options.chart === undefined ? chartFolder() : resolve(context.cwd, options.chart);
  if (options.base !== undefined && options.values === undefined)
    throw wrongUse(
      '--base needs --values.',
      'Name the values files to test with --values; they lie over those of --base.',
    );
  const base = readValuesFiles(options.base ?? [], context);
  const named = [...base, ...readValuesFiles(options.values ?? [], context)];
  for (const folder of [options.chart, options.against]) if (folder !== undefined) mustExist(folder, context);
  return withFilesForPrograms(named, (files) => {
    const layers = { base: files.slice(0, base.length), files: files.slice(base.length) };
    return testWith(layers, chart, options, context);
  });
}

interface Layers {
  readonly base: readonly NamedText[];
  /** Each lies over all of `base`. */
  readonly files: readonly NamedText[];
}

async function testWith(
  { base, files }: Layers,
  chart: string,
  options: TestOptions,
  context: Context,
): Promise<ExitCode> {
  const values = files.map(({ file }) => file);
  const below = base.map(({ file }) => file);
  const nameOf = namer([...base, ...files], context);
  const progress = createProgress(context, options);
  const report = await runChartTests({
    chart,
    values,
    base: below,
    // A chart of the user's own may have suites that read other files as well.
    unitTestsOnce: options.chart === undefined,
    onProgress: ({ done, total, row }) => progress.step(`${done}/${total}  ${stepTitles[row.step]}  ${row.subject}`),
  }).finally(progress.done);
  const upgrade =
    options.against === undefined
      ? []
      : await upgradeFindings(resolve(context.cwd, options.against), chart, { values, below }, nameOf);
  const { report: once, warnings } = secretsToldOnce(report, (subject, findings) => {
    const tested = files.find(({ file }) => file === subject);
    // Without values files the chart's own are tested, which nobody here has written.
    return tested === undefined ? [] : faultDiagnostics({ ...tested, base }, findings);
  });
  const shown = withRelativePaths(once, nameOf);
  const failed = shown.rows.flatMap(({ outcome }) => (outcome.state === 'failed' ? [...outcome.diagnostics] : []));
  if (options.json) {
    const { warnings: _, ...rows } = shown;
    const diagnostics = [...failed, ...warnings];
    printJson({ ...rows, diagnostics, upgrade: options.against === undefined ? undefined : upgrade }, context.stdout);
  } else context.stdout(text(shown, { upgrade, warnings }, options, context));
  if (report.toolFailed) return exitCodes.tool;
  return report.passed && !hasErrors(upgrade) ? exitCodes.fine : exitCodes.findings;
}

/** What people call a path: a values file as they named it, another one relative to the working folder. */
function namer(named: readonly NamedText[], context: Context): (path: string) => string {
  const names = new Map(named.map(({ file, path }) => [file, path]));
  return (path) => names.get(path) ?? (isAbsolute(path) ? display(path, context) : path);
}

/** A file that is missing is a wrong use, no failure of helm's. */
function mustExist(folder: string, context: Context): void {
  if (!existsSync(resolve(context.cwd, folder)))
    throw inputFailure('MI-FILE', `${folder} does not exist.`, 'Name the folder or the .tgz file of a chart.', {
      path: folder,
      line: 1,
      column: 1,
    });
}

/** What an upgrade from an older chart would break with the same values. */
async function upgradeFindings(
  oldChart: string,
  chart: string,
  { values, below }: { readonly values: readonly string[]; readonly below: readonly string[] },
  nameOf: (path: string) => string,
): Promise<readonly Diagnostic[]> {
  const subjects = values.length === 0 ? [[]] : values.map((file) => [...below, file]);
  const findings = await Promise.all(
    subjects.map(async (files) => {
      const [before, after] = await Promise.all([
        renderChart({ chart: oldChart, values: files }),
        renderChart({ chart, values: files }),
      ]);
      if (before.state === 'refused') return [notCompared(nameOf(oldChart), files.map(nameOf), before.diagnostics)];
      // The test of the chart says why.
      if (after.state === 'refused') return [];
      return compareRenders(
        before.objects.map(({ object }) => object),
        after.objects.map(({ object }) => object),
      );
    }),
  );
  return findings.flat();
}

/** That the older chart does not take the values: no fault of theirs, which are for the new one. */
function notCompared(oldChart: string, files: readonly string[], [first, ...more]: readonly Diagnostic[]): Diagnostic {
  const values = files.length === 0 ? 'its own defaults' : files.join(', ');
  const others = more.length === 0 ? '' : ` (and ${more.length} more)`;
  return finding(
    'MI-UPGRADE-NOT-COMPARED',
    `The chart ${oldChart} does not take ${values}, so the upgrade was not compared: ${first?.message ?? ''}${others}`,
    'Give the values that are installed with that chart, for example those of the commit that was rolled out.',
  );
}

function withRelativePaths(report: TestReport, short: (path: string) => string): TestReport {
  const at = (source: Source): Source => ({ ...source, path: short(source.path) });
  const placed = (diagnostic: Diagnostic): Diagnostic => ({
    ...diagnostic,
    message:
      diagnostic.source === undefined
        ? diagnostic.message
        : diagnostic.message.replaceAll(diagnostic.source.path, short(diagnostic.source.path)),
    ...(diagnostic.source === undefined ? {} : { source: at(diagnostic.source) }),
    ...(diagnostic.related === undefined ? {} : { related: diagnostic.related.map(at) }),
  });
  return {
    ...report,
    chart: short(report.chart),
    rows: report.rows.map((row) => ({
      ...row,
      subject: short(row.subject),
      outcome:
        row.outcome.state === 'failed'
          ? { ...row.outcome, diagnostics: row.outcome.diagnostics.map(placed) }
          : row.outcome,
    })),
  };
}

function text(
  report: TestReport,
  { upgrade, warnings }: { readonly upgrade: readonly Diagnostic[]; readonly warnings: readonly Diagnostic[] },
  options: TestOptions,
  context: Context,
): string {
  const style = createStyle(context.colour);
  const failed = report.rows.flatMap((row) => (row.outcome.state === 'failed' ? [...row.outcome.diagnostics] : []));
  const { summary } = report;
  const lines = [
    ...formatTable(
      report.rows.map((row, index) => [
        { text: row.subject === report.rows[index - 1]?.subject ? '' : row.subject, style: style.bold },
        stepTitles[row.step],
        ...outcomeCells(row, style),
      ]),
      context.columns,
    ),
    '',
    ...formatDiagnostics([...failed, ...warnings, ...upgrade], createView(context, options)),
    ...(options.against === undefined
      ? []
      : [`Upgrade from ${options.against}: ${countDiagnostics(upgrade) || 'safe'}`]),
    `${summary.ok} ok, ${summary.failed} failed, ${summary.skipped} skipped · ${report.tools.join(', ')} · Kubernetes ${report.kubernetesVersions.at(0)} to ${report.kubernetesVersions.at(-1)}`,
  ];
  return `${lines.join('\n')}\n`;
}

function outcomeCells({ outcome }: TestRow, style: Style): [{ text: string; style: (text: string) => string }, string] {
  switch (outcome.state) {
    case 'ok':
      return [{ text: 'ok', style: style.green }, outcome.detail];
    case 'failed':
      return [{ text: 'failed', style: style.red }, outcome.detail];
    case 'skipped':
      return [{ text: 'skipped', style: style.yellow }, outcome.reason];
  }
}
