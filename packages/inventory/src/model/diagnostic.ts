/** A place in a file a person can open. Lines and columns count from 1. */
export interface Source {
  /**
   * Path as reached from the given roots, with `/` separators; a file inside an archive reads
   * `orders.car!/dir/file.xml`.
   */
  readonly path: string;
  readonly line: number;
  readonly column: number;
}

export type Severity = 'error' | 'warning' | 'info';

/** For sorting: the most important first. */
export const severityOrder: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2 };

/** What a code means, for the reference of all diagnostics. Each package has a catalogue of its codes. */
export interface CodeEntry {
  /** The severity it usually has; a finding may be milder where it can do no harm. */
  readonly severity: Severity;
  readonly title: string;
  readonly meaning: string;
  /** What to do. */
  readonly fix: string;
}

/** Whether any of the findings is an error. */
export function hasErrors(diagnostics: readonly { readonly severity: Severity }[]): boolean {
  return diagnostics.some(({ severity }) => severity === 'error');
}

/** One entry of a catalogue. */
export function describedCode(severity: Severity, title: string, meaning: string, fix: string): CodeEntry {
  return { severity, title, meaning, fix };
}

/**
 * Every code of every package: a catalogue adds its own, next to where it is written (`declare module`). So the
 * compiler refuses a code that no catalogue has. Without any catalogue, as in the published types, a code is a string.
 * @public
 */
// oxlint-disable-next-line typescript/no-empty-object-type -- catalogues fill it
export interface DiagnosticCodes {}

export type DiagnosticCode = keyof DiagnosticCodes extends never ? string : keyof DiagnosticCodes;

/** One finding: what, where and what to do next. Codes are permanent and documented in docs/diagnostics.md. */
export interface Diagnostic {
  readonly code: DiagnosticCode;
  readonly severity: Severity;
  /** What is wrong, in one or two sentences that name the artifact. */
  readonly message: string;
  /** What to do next. */
  readonly hint: string;
  readonly source?: Source;
  /** Other places that belong to the finding, for example the second writer of a store. */
  readonly related?: readonly Source[];
}

/** Makes the function that makes the findings of a catalogue: each has the severity of its code. */
export function findingMaker<Code extends DiagnosticCode>(
  catalogue: Readonly<Record<Code, CodeEntry>>,
): (code: Code, message: string, hint: string, source?: Source) => Diagnostic {
  return (code, message, hint, source) => ({
    code,
    severity: catalogue[code].severity,
    message,
    hint,
    ...(source === undefined ? {} : { source }),
  });
}

/** Orders sources by path, line and column, with the same result on every machine (no locale). */
export function compareSources(a: Source | undefined, b: Source | undefined): number {
  if (a === undefined || b === undefined) return Number(a !== undefined) - Number(b !== undefined);
  return (a.path === b.path ? 0 : compareText(a.path, b.path)) || a.line - b.line || a.column - b.column;
}

/** Orders text by code unit, so that output never depends on the machine's locale. */
export function compareText(a: string, b: string): number {
  if (a < b) return -1;
  return a > b ? 1 : 0;
}

/** Orders diagnostics by place, then code and message: the order in which every command prints them. */
export function compareDiagnostics(a: Diagnostic, b: Diagnostic): number {
  return compareSources(a.source, b.source) || compareText(a.code, b.code) || compareText(a.message, b.message);
}
