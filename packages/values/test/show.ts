import type { Diagnostic } from '@mi-patterns/inventory';

/** `line:column code` of each diagnostic, for tests that assert places. */
export function places(diagnostics: readonly Diagnostic[]): readonly string[] {
  return diagnostics.map(({ source, code }) => `${source?.line ?? 0}:${source?.column ?? 0} ${code}`);
}

/** Place, code, message and hint of each diagnostic in one text. */
export function show(diagnostics: readonly Diagnostic[]): string {
  return diagnostics
    .map((diagnostic) => `${places([diagnostic])[0] ?? ''}\n  ${diagnostic.message}\n  ${diagnostic.hint}`)
    .join('\n');
}
