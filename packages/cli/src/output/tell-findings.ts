import type { Diagnostic } from '@mi-patterns/inventory';
import type { Context, GlobalOptions } from '../context/context.ts';
import { formatDiagnostics } from './diagnostics.ts';
import { createErrorView } from './view.ts';

/**
 * Tells on stderr what was found beside a result, and `after` it lines of the caller: with `--quiet` errors only, and
 * nothing where a JSON document holds it.
 */
export function tellFindings(
  findings: readonly Diagnostic[],
  options: GlobalOptions,
  context: Context,
  after: readonly string[] = [],
): void {
  if (options.json) return;
  const shown = options.quiet ? findings.filter(({ severity }) => severity === 'error') : findings;
  const lines = [...formatDiagnostics(shown, createErrorView(context, options)), ...(options.quiet ? [] : after)];
  if (lines.length > 0) context.stderr(`${lines.join('\n')}\n\n`);
}
