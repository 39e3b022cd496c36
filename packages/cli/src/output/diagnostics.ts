import type { Diagnostic, Severity, Source } from '@mi-patterns/inventory';
import type { Style } from './style.ts';
import { wrap } from './table.ts';

/** `path:line:column`, the form that editors and terminals make clickable. */
export function formatSource(source: Source): string {
  return `${source.path}:${source.line}:${source.column}`;
}

/**
 * Lines for people: severity, code, place, message, and below it what to do next.
 * Of severity info only the number is told unless `verbose`.
 */
export function formatDiagnostics(
  diagnostics: readonly Diagnostic[],
  style: Style,
  width: number | undefined,
  verbose: boolean,
): string[] {
  const paint: Record<Severity, (text: string) => string> = {
    error: style.red,
    warning: style.yellow,
    info: style.cyan,
  };
  const room = width === undefined ? Number.POSITIVE_INFINITY : Math.max(40, width - 4);
  const shown = diagnostics.filter((diagnostic) => verbose || diagnostic.severity !== 'info');
  const lines = shown.flatMap((diagnostic) => [
    `${paint[diagnostic.severity](diagnostic.severity)} ${style.bold(diagnostic.code)}${diagnostic.source === undefined ? '' : `  ${formatSource(diagnostic.source)}`}`,
    ...wrap(diagnostic.message, room).map((line) => `    ${line}`),
    ...(diagnostic.related ?? []).map((source) => `    ${style.dim(`see ${formatSource(source)}`)}`),
    ...wrap(`→ ${diagnostic.hint}`, room).map((line) => `    ${style.dim(line)}`),
  ]);
  const hidden = diagnostics.length - shown.length;
  if (hidden > 0)
    lines.push(style.dim(`${hidden} ${hidden === 1 ? 'note' : 'notes'} not shown (--verbose shows them)`));
  return lines;
}

/** `2 errors, 1 warning`, or an empty text when there is neither. */
export function countDiagnostics(diagnostics: readonly Diagnostic[]): string {
  const count = (severity: Severity): string | undefined => {
    const number = diagnostics.filter((diagnostic) => diagnostic.severity === severity).length;
    return number === 0 ? undefined : `${number} ${severity}${number === 1 ? '' : 's'}`;
  };
  return [count('error'), count('warning')].filter((text) => text !== undefined).join(', ');
}

export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((diagnostic) => diagnostic.severity === 'error');
}
