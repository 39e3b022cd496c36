import type { Context, GlobalOptions } from '../context/context.ts';
import { wrongUse } from '../context/failure.ts';
import { isOutputFormat, type OutputFormat, reporters } from './index.ts';
import { findingsOf } from './reporter.ts';

/** Where a command writes to, in the format that was asked for. */
export interface Output {
  readonly context: Context;
  /** Whether the command has to write its JSON document: for a reader, or for a reporter. */
  readonly asJson: boolean;
  /** Writes what a reporter makes of the document. To be called once, after the command. */
  readonly finish: () => Promise<void>;
}

/** Commands know two formats, text and JSON. All others are made from the JSON document when the command has ended. */
export function openOutput(
  format: OutputFormat,
  run: { readonly command: string; readonly version: string; readonly context: Context },
): Output {
  const { context } = run;
  if (format === 'text' || format === 'json') return { context, asJson: format === 'json', finish: async () => {} };
  const parts: string[] = [];
  return {
    context: { ...context, stdout: (text) => void parts.push(text) },
    asJson: true,
    finish: async () => {
      const document = parts.join('');
      const report = await reporters[format]();
      const diagnostics = document === '' ? [] : findingsOf(JSON.parse(document));
      context.stdout(report({ command: run.command, version: run.version, cwd: context.cwd, diagnostics }));
    },
  };
}

/** `--format` as commander gives it: `package` takes several words, of which some are files to write. */
type Formats = string | readonly string[] | undefined;

/**
 * The output format among what `--format` names, and the options without it. `package` and `generate` use the option
 * for files to write as well. `--json` is short for `--format json`. Throws {@link CommandFailure} for two formats: one
 * of their readers would wait for output that does not come.
 */
export function takeOutputFormat<T extends GlobalOptions & { readonly format?: Formats }>(
  options: T,
): { readonly format: OutputFormat; readonly options: T } {
  const { format, ...rest } = options;
  const words = format === undefined ? [] : [format].flat();
  const files = words.filter((word) => !isOutputFormat(word));
  const remaining = files.length === 0 ? rest : { ...rest, format: Array.isArray(format) ? files : files[0] };
  const formats = new Set([...(options.json ? (['json'] as const) : []), ...words.filter(isOutputFormat)]);
  const [chosen = 'text', other] = formats;
  if (other !== undefined)
    throw wrongUse(`The output can have only one format, not ${chosen} and ${other}.`, 'Run the command for each.');
  return { format: chosen, options: remaining as T };
}

/** The output format in arguments that could not be parsed. */
export function outputFormatIn(all: readonly string[]): OutputFormat {
  const end = all.indexOf('--');
  const argv = end === -1 ? all : all.slice(0, end);
  const named = argv.find((word, index) => isOutputFormat(word) && argv[index - 1] === '--format');
  const joined = argv.find((word) => word.startsWith('--format='))?.slice('--format='.length);
  const format = named ?? joined;
  if (isOutputFormat(format)) return format;
  return argv.includes('--json') ? 'json' : 'text';
}
