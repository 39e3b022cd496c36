import { resolve } from 'node:path';
import { printable } from '@mi-patterns/inventory';
import type { Context, GlobalOptions } from '../context/context.ts';
import { exitCodes } from '../context/exit-codes.ts';
import { CommandFailure, wrongUse } from '../context/failure.ts';

/** What an option such as `--diagram` or `--report` asks for. */
export interface NamedOutput {
  readonly option: string;
  /** Where it goes; `-` is stdout. */
  readonly file: string;
  readonly text: () => string;
}

/**
 * Writes all outputs or none of them; true when one went to stdout. Throws {@link CommandFailure} where two want the
 * same place, and for a file that cannot be written.
 */
export async function writeNamed(
  outputs: readonly NamedOutput[],
  options: GlobalOptions,
  context: Context,
): Promise<boolean> {
  mustDiffer(outputs, options, context);
  const made = outputs.map(({ file, text }) => ({ file, text: text() }));
  const files = made.filter(({ file }) => file !== '-');
  await writeTogether(files, context);
  if (!options.quiet) for (const { file } of files) context.stderr(`Wrote ${printable(file)}\n`);
  const printed = made.find(({ file }) => file === '-');
  if (printed !== undefined) context.stdout(printed.text);
  return printed !== undefined;
}

function mustDiffer(outputs: readonly NamedOutput[], options: GlobalOptions, { cwd }: Context): void {
  const places = new Map<string, string>(options.json ? [['-', '--json']] : []);
  for (const { option, file } of outputs) {
    const place = file === '-' ? '-' : resolve(cwd, file);
    const other = places.get(place);
    if (other !== undefined)
      throw file === '-'
        ? wrongUse(`${other} and ${option} both want stdout.`, 'Name a file instead of `-`.')
        : wrongUse(`${other} and ${option} both name ${file}.`, 'Name two files.');
    places.set(place, option);
  }
}

async function writeTogether(
  files: readonly { readonly file: string; readonly text: string }[],
  { cwd }: Context,
): Promise<void> {
  if (files.length === 0) return;
  const { createTransaction, stageFile, writeFailed } = await import('./write-file.ts');
  const transaction = createTransaction();
  const orFail = (file: string, write: () => void): void => {
    try {
      write();
    } catch (error) {
      transaction.discard();
      throw new CommandFailure([writeFailed(file, error)], exitCodes.usage);
    }
  };
  for (const { file, text } of files) orFail(file, () => transaction.add(stageFile(resolve(cwd, file), text)));
  orFail(files.map(({ file }) => file).join(' and '), () => transaction.commit());
}
