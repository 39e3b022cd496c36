import type { Flow } from '@mi-patterns/planner';
import type { Context } from '../context/context.ts';
import type { Heading } from './diagram.ts';
import { wrongUse } from '../context/failure.ts';
import type { NamedOutput } from '../output/named-outputs.ts';
import { createStyle } from '../output/style.ts';

/**
 * The drawing of a flow in the format that the ending of the file names, or as text for `-`; none without a file.
 * Throws {@link CommandFailure} for an ending there is no format for.
 */
export async function drawingFor(
  file: string | undefined,
  flow: () => Flow,
  { heading, context }: { readonly heading: Heading; readonly context: Context },
): Promise<readonly NamedOutput[]> {
  if (file === undefined) return [];
  const option = '--diagram';
  if (file === '-') {
    const { flowToText } = await import('./terminal.ts');
    const style = createStyle(context.colour);
    const text = (): string => `${[style.bold(heading.title), '', ...flowToText(flow(), style)].join('\n')}\n`;
    return [{ option, file, text }];
  }
  const { diagramEndings, drawFlow } = await import('./diagram.ts');
  if (!diagramEndings.some((ending) => file.toLowerCase().endsWith(ending)))
    throw wrongUse(
      `--diagram cannot draw ${file}.`,
      `Name a file that ends in ${diagramEndings.join(', ')}, or \`-\` to print the picture as text.`,
    );
  return [{ option, file, text: () => drawFlow(flow(), heading, file) ?? '' }];
}
