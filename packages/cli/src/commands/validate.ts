import { basename, resolve } from 'node:path';
import { type Diagnostic, hasErrors, printable } from '@mi-patterns/inventory';
import type { Context, GlobalOptions } from '../context/context.ts';
import { type ExitCode, exitCodeOf } from '../context/exit-codes.ts';
import { wrongUse } from '../context/failure.ts';
import { display, readText } from '../context/files.ts';
import { countDiagnostics, formatDiagnostics } from '../output/diagnostics.ts';
import { createStyle } from '../output/style.ts';
import { createView } from '../output/view.ts';
import { configurationName } from '@mi-patterns/values';
import { judgeValues } from '@mi-patterns/helm';
import { chartFolder } from '../chart.ts';
import { valuesAndSources } from '../inputs/values-and-sources.ts';
import { printJson } from '../output/json.ts';

/**
 * `mi-patterns validate VALUES.yaml...`: every fault of every file. Each file is checked on its own, above the chart's
 * defaults. Throws CommandFailure for a file that cannot be read and for mi-patterns.yaml.
 */
export async function validate(files: readonly string[], options: GlobalOptions, context: Context): Promise<ExitCode> {
  const results = [];
  const outOfReach = new Map<string, string>();
  for (const given of files) {
    const file = resolve(context.cwd, given);
    const path = display(file, context);
    // Judged as values, every key of a configuration would be a fault.
    if (basename(file) === configurationName)
      throw wrongUse(
        `${path} is a configuration, not a values file.`,
        'mi-patterns generate --out deploy checks it, and writes the values files to validate.',
      );
    const values = readText(file, path);
    const ofSources = await valuesAndSources({ file, shown: path, text: values }, options, context);
    if (ofSources.outOfReach !== undefined) outOfReach.set(path, ofSources.outOfReach);
    results.push({
      path,
      diagnostics: [...ofSources.diagnostics, ...(await judgeValues(values, path, { chart: chartFolder() }))],
    });
  }
  const diagnostics = results.flatMap((result) => result.diagnostics);
  if (options.json) printJson({ files: results, diagnostics }, context.stdout);
  else context.stdout(text(results, outOfReach, options, context));
  return exitCodeOf(diagnostics);
}

function text(
  results: readonly { readonly path: string; readonly diagnostics: readonly Diagnostic[] }[],
  outOfReach: ReadonlyMap<string, string>,
  options: GlobalOptions,
  context: Context,
): string {
  const style = createStyle(context.colour);
  const lines = results.flatMap(({ path, diagnostics }) => {
    const counted = countDiagnostics(diagnostics);
    const verdict = hasErrors(diagnostics)
      ? style.red(counted)
      : [style.green('valid'), ...(counted === '' ? [] : [style.yellow(counted)])].join(', ');
    const origin = outOfReach.get(path);
    const unchecked =
      origin === undefined
        ? ''
        : `; not compared with what it was made from (${printable(origin)}), which is out of reach`;
    return [
      ...formatDiagnostics(diagnostics, createView(context, options)),
      `${printable(path)}: ${verdict}${unchecked}`,
    ];
  });
  return `${lines.join('\n')}\n`;
}
