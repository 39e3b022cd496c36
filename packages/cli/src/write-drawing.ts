import { resolve } from 'node:path';
import { printable } from '@mi-patterns/inventory';
import type { Flow } from '@mi-patterns/planner';
import type { Context, GlobalOptions } from './context.ts';
import type { Heading } from './diagrams/diagram.ts';
import { exitCodes } from './exit-codes.ts';
import { CommandFailure } from './failure.ts';
import { createStyle } from './output/style.ts';
import { usage } from './usage.ts';

/**
 * Draws a flow into the file that `--diagram` names, or as text on stdout for `-`; true for the latter. Does nothing
 * without a name. Throws {@link CommandFailure} for an ending there is no format for, and for a file that cannot be
 * written.
 */
export async function writeDrawing(
  file: string | undefined,
  flow: () => Flow,
  {
    heading,
    options,
    context,
  }: { readonly heading: Heading; readonly options: GlobalOptions; readonly context: Context },
): Promise<boolean> {
  if (file === undefined) return false;
  if (file === '-') {
    const { flowToText } = await import('./diagrams/terminal.ts');
    const style = createStyle(context.colour);
    const text = (): string => `${[style.bold(heading.title), '', ...flowToText(flow(), style)].join('\n')}\n`;
    return writeNamed('-', text, options, context);
  }
  const { diagramEndings, drawFlow } = await import('./diagrams/diagram.ts');
  if (!diagramEndings.some((ending) => file.toLowerCase().endsWith(ending)))
    throw new CommandFailure(
      [
        usage(
          `--diagram cannot draw ${file}.`,
          `Name a file that ends in ${diagramEndings.join(', ')}, or \`-\` to print the picture as text.`,
        ),
      ],
      exitCodes.usage,
    );
  return writeNamed(file, () => drawFlow(flow(), heading, file) ?? '', options, context);
}

/** Writes a text into the named file, or to stdout for `-`; true for the latter. Throws {@link CommandFailure}. */
export async function writeNamed(
  file: string | undefined,
  text: () => string,
  options: GlobalOptions,
  context: Context,
): Promise<boolean> {
  if (file === undefined) return false;
  if (file === '-') {
    if (options.json)
      throw new CommandFailure(
        [usage('--json and `-` both want stdout.', 'Name a file instead of `-`.')],
        exitCodes.usage,
      );
    context.stdout(text());
    return true;
  }
  const content = text();
  const { writeAtomically, writeFailed } = await import('./write-file.ts');
  try {
    writeAtomically(resolve(context.cwd, file), content);
  } catch (error) {
    throw new CommandFailure([writeFailed(file, error)], exitCodes.usage);
  }
  if (!options.quiet) context.stderr(`Wrote ${printable(file)}\n`);
  return false;
}
