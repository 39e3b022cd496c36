import { grouped, printable } from '@mi-patterns/inventory';
import type { Context, GlobalOptions } from '../context/context.ts';
import { redraw } from './redraw.ts';

export interface Progress {
  /** Says what is being done now. Redrawn in place on a terminal, left out elsewhere and with `--quiet`. */
  readonly step: (text: string) => void;
  /** The same with how many there are by now, and from the second second on how many a second. */
  readonly count: (text: string, number: number, noun: string) => void;
  readonly done: () => void;
}

/** One line on stderr that is redrawn; nothing at all where nobody watches. */
export function createProgress(context: Context, options: Pick<GlobalOptions, 'quiet'>): Progress {
  if (!context.interactive || options.quiet) return { step: () => {}, count: () => {}, done: () => {} };
  const start = performance.now();
  let last = 0;
  const step = (text: string): void => {
    const now = performance.now();
    if (now - last < 50) return;
    last = now;
    context.stderr(`${redraw}${printable(text).slice(0, (context.columns ?? 80) - 1)}`);
  };
  return {
    step,
    count: (text, number, noun) => {
      const seconds = (performance.now() - start) / 1000;
      step(
        `${text} … ${grouped(number)} ${noun}${seconds < 1 ? '' : ` (${grouped(Math.round(number / seconds))} a second)`}`,
      );
    },
    done: () => context.stderr(redraw),
  };
}
