import type { Context, GlobalOptions } from '../context.ts';

export interface Progress {
  /** Says what is being done now. Redrawn in place on a terminal, left out elsewhere and with `--quiet`. */
  readonly step: (text: string) => void;
  readonly done: () => void;
}

/** One line on stderr that is redrawn; nothing at all where nobody watches. */
export function createProgress(context: Context, options: Pick<GlobalOptions, 'quiet'>): Progress {
  if (!context.interactive || options.quiet) return { step: () => {}, done: () => {} };
  let last = 0;
  return {
    step: (text) => {
      const now = performance.now();
      if (now - last < 50) return;
      last = now;
      context.stderr(`\r\u001b[2K${text.slice(0, (context.columns ?? 80) - 1)}`);
    },
    done: () => context.stderr('\r\u001b[2K'),
  };
}
