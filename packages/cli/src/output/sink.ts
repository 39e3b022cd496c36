import { printable, printableLines } from '@mi-patterns/inventory';
import type { Context } from '../context/context.ts';
import { redraw } from './redraw.ts';

/**
 * What this program itself tells a terminal: the colours of `createStyle` and links to files. In a group, so that
 * `split` keeps them.
 */
// oxlint-disable-next-line no-control-regex -- orders to a terminal begin with one
const ownCodes = /(\u001b\[(?:1|2|22|31|32|33|36|39)m|\u001b\]8;;(?:file:\/\/[\u0021-\u007e]*)?\u001b\\)/;

/**
 * The context with an output that text from files, archives, registries and clusters cannot give orders to: whatever
 * was put into a line comes out as text. Ours are only line feeds, colours, links and the redrawn line of progress, and
 * these only where a terminal understands them. In JSON the escapes mean the same characters, so that names stay true.
 */
export function withSafeOutput(context: Context): Context {
  const { colour, errorColour = false, links = false, interactive } = context;
  const knowsCodes = colour || errorColour || links;
  return {
    ...context,
    stdout: (text) => context.stdout(knowsCodes ? keepingOwnCodes(text, printableLines) : printableLines(text)),
    stderr: (text) => {
      const isProgress = interactive && text.startsWith(redraw);
      const rest = isProgress ? text.slice(redraw.length) : text;
      const clean = knowsCodes ? keepingOwnCodes(rest, printableLines) : printableLines(rest);
      context.stderr(isProgress ? redraw + clean : clean);
    },
  };
}

/** A part of a line for the terminal: safe but for colours and links that are in it already. */
export function safeLine(text: string): string {
  return text.includes('\u001b') ? keepingOwnCodes(text, printable) : printable(text);
}

function keepingOwnCodes(text: string, clean: (part: string) => string): string {
  return text
    .split(ownCodes)
    .map((part, index) => (index % 2 === 1 ? part : clean(part)))
    .join('');
}
