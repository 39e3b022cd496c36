import { type Diagnostic, distinctBy, groupBy, hasErrors, printable } from '@mi-patterns/inventory';
import type { Context, GlobalOptions } from '../context/context.ts';
import { type ExitCode, exitCodeOf } from '../context/exit-codes.ts';
import { countDiagnostics, formatDiagnostics } from '../output/diagnostics.ts';
import { createStyle } from '../output/style.ts';
import { createView } from '../output/view.ts';
import { judgeValues } from '@mi-patterns/helm';
import { chartAsJudge } from '../chart.ts';
import { readValuesFiles, valuesAndSources } from '../inputs/values-and-sources.ts';
import { printJson } from '../output/json.ts';

/**
 * `mi-patterns validate VALUES.yaml...`: every fault of every file. Each file is checked on its own, over those of
 * `--base` and the chart's defaults. Throws CommandFailure for a file that cannot be read and for mi-patterns.yaml.
 */
export async function validate(
  files: readonly string[],
  options: GlobalOptions & { readonly base?: readonly string[] },
  context: Context,
): Promise<ExitCode> {
  const base = readValuesFiles(options.base ?? [], context);
  const results = [];
  const outOfReach = new Map<string, string>();
  for (const values of readValuesFiles(files, context)) {
    const { path, text: written } = values;
    const ofSources = await valuesAndSources([...base, values], options, context);
    if (ofSources.outOfReach !== undefined) outOfReach.set(path, ofSources.outOfReach);
    const judged = await judgeValues(written, path, { ...chartAsJudge(context), base });
    results.push({ path, diagnostics: [...ofSources.diagnostics, ...judged] });
  }
  // What stands in a file of `--base` is said of each file over it.
  const diagnostics = distinctBy(
    results.flatMap((result) => result.diagnostics),
    (diagnostic) => JSON.stringify(diagnostic),
  );
  if (options.json) printJson({ files: results, diagnostics }, context.stdout);
  else {
    const below = base.map(({ path }) => path);
    context.stdout(text(results, { outOfReach, below }, options, context));
  }
  return exitCodeOf(diagnostics);
}

/** How many findings a file has, and how many those below it: `1 error, 2 warnings in base.yaml`. */
function countsByFile(diagnostics: readonly Diagnostic[], base: readonly string[]): string {
  const byFile = groupBy(diagnostics, ({ source }) => base.find((path) => path === source?.path));
  const counts = [countDiagnostics(byFile.get(undefined) ?? [])];
  for (const [path, found] of byFile)
    if (path !== undefined) counts.push(`${countDiagnostics(found)} in ${printable(path)}`);
  return counts.filter((count) => count !== '').join(', ');
}

function text(
  results: readonly { readonly path: string; readonly diagnostics: readonly Diagnostic[] }[],
  of: { readonly outOfReach: ReadonlyMap<string, string>; readonly below: readonly string[] },
  options: GlobalOptions,
  context: Context,
): string {
  const style = createStyle(context.colour);
  const shown = new Set<string>();
  const lines = results.flatMap(({ path, diagnostics }) => {
    const counted = countsByFile(diagnostics, of.below);
    const verdict = hasErrors(diagnostics)
      ? style.red(counted)
      : [style.green('valid'), ...(counted === '' ? [] : [style.yellow(counted)])].join(', ');
    // What stands in a file of `--base` is told once.
    const news = diagnostics.filter((one) => !shown.has(JSON.stringify(one)));
    for (const one of news) shown.add(JSON.stringify(one));
    const lost = of.outOfReach.get(path);
    const subject = lost === undefined || lost === path ? '' : `${printable(lost)} was `;
    const unchecked =
      lost === undefined
        ? ''
        : `; ${subject}not compared with its artifacts, which were not found: name its mi-patterns.yaml with --config FILE`;
    return [...formatDiagnostics(news, createView(context, options)), `${printable(path)}: ${verdict}${unchecked}`];
  });
  return `${lines.join('\n')}\n`;
}
