import {
  compareText,
  type Diagnostic,
  groupBy,
  printable,
  type Severity,
  severityOrder,
  type Source,
} from '@mi-patterns/inventory';
import { codeFrame } from './frame.ts';
import { wrap } from './table.ts';
import type { View } from './view.ts';

/** Groups shown in full; of the others the first finding is. */
const shownGroups = 3;
/** Findings shown of a group before the rest becomes a number. */
const shownFindings = 5;

/** What findings of a severity are called. */
export const severityWords = { error: 'error', warning: 'warning', info: 'note' } as const;

/** `path:line:column`, the form that editors and terminals make clickable. */
export function formatSource(source: Source): string {
  return `${printable(source.path)}:${source.line}:${source.column}`;
}

/** Findings of one code and severity. */
export interface FindingGroup {
  readonly code: string;
  readonly severity: Severity;
  readonly findings: readonly Diagnostic[];
}

/** Equal findings together, the most important group first: by severity, then by number, then by code. */
export function groupDiagnostics(diagnostics: readonly Diagnostic[]): readonly FindingGroup[] {
  return [...groupBy(diagnostics, ({ severity, code }) => `${severity} ${code}`).values()]
    .map((findings) => ({ code: findings[0].code, severity: findings[0].severity, findings }))
    .sort(
      (a, b) =>
        severityOrder[a.severity] - severityOrder[b.severity] ||
        b.findings.length - a.findings.length ||
        compareText(a.code, b.code),
    );
}

/**
 * Lines for people: severity, code, place, message, for an error in a file the lines there, and below it what to do
 * next. Findings of one code stand together, the most important first; without `verbose` the first five of a code are
 * shown, from the fourth code on the first one, and of severity info only the number is.
 */
export function formatDiagnostics(diagnostics: readonly Diagnostic[], view: View): string[] {
  const shown = diagnostics.filter((diagnostic) => view.verbose || diagnostic.severity !== 'info');
  const lines = groupDiagnostics(shown).flatMap((group, index) => {
    if (group.findings.length === 1) return formatOne(group, view);
    const most = index < shownGroups ? shownFindings : 1;
    return formatGroup(group, view.verbose ? group.findings.length : most, view);
  });
  const hidden = diagnostics.length - shown.length;
  if (hidden > 0)
    lines.push(
      view.style.dim(
        `${hidden === 1 ? '1 note is' : `${hidden} notes are`} hidden (--verbose shows ${hidden === 1 ? 'it' : 'them'})`,
      ),
    );
  return lines;
}

function formatOne({ findings, ...group }: FindingGroup, view: View): string[] {
  return findings.flatMap((finding) => [
    `${heading(group, view)}${finding.source === undefined ? '' : `  ${placeOf(finding.source, view)}`}`,
    ...body(finding, '    ', view),
    ...hintLines(finding.hint, '    ', view),
  ]);
}

function formatGroup({ findings, ...group }: FindingGroup, most: number, view: View): string[] {
  const hint = findings[0]?.hint ?? '';
  const isCommon = findings.every((finding) => finding.hint === hint);
  const rest = findings.length - most;
  if (isCommon && isOneSentence(findings)) return formatOneSentence({ findings, ...group }, most, view);
  return [
    `${heading(group, view)} ×${findings.length}`,
    ...findings
      .slice(0, most)
      .flatMap((finding) => [
        ...(finding.source === undefined ? [] : [`    ${placeOf(finding.source, view)}`]),
        ...body(finding, finding.source === undefined ? '    ' : '      ', view),
        ...(isCommon ? [] : hintLines(finding.hint, '      ', view)),
      ]),
    ...(rest > 0 ? [`    ${view.style.dim(`and ${rest} more (--verbose shows them)`)}`] : []),
    ...(isCommon ? hintLines(hint, '    ', view) : []),
  ];
}

/** Whether the same is said of several places, or of none. An error shows the lines there, so each stands alone. */
function isOneSentence(findings: readonly Diagnostic[]): boolean {
  return findings.every(
    ({ severity, message, source, related = [] }) =>
      (severity !== 'error' || source === undefined) && related.length === 0 && message === findings[0]?.message,
  );
}

function formatOneSentence({ findings, ...group }: FindingGroup, most: number, view: View): string[] {
  const [first] = findings;
  if (first === undefined) return [];
  const rest = findings.length - most;
  return [
    `${heading(group, view)} ×${findings.length}`,
    ...findings.slice(0, most).flatMap(({ source }) => (source === undefined ? [] : `    ${placeOf(source, view)}`)),
    ...(rest > 0 ? [`    ${view.style.dim(`and ${rest} more (--verbose shows them)`)}`] : []),
    ...body(first, '    ', view),
    ...hintLines(first.hint, '    ', view),
  ];
}

function heading({ severity, code }: Pick<FindingGroup, 'severity' | 'code'>, { style, links }: View): string {
  const paint: Record<Severity, (text: string) => string> = {
    error: style.red,
    warning: style.yellow,
    info: style.cyan,
  };
  return `${paint[severity](severity)} ${links.code(style.bold(code), code)}`;
}

function placeOf(source: Source, { links }: View): string {
  return links.place(formatSource(source), source);
}

function roomOf(view: View, indent: string): number {
  return view.columns === undefined ? Number.POSITIVE_INFINITY : Math.max(40, view.columns - indent.length);
}

/**
 * What a tool said comes in lines. A sign before each keeps it from being read as a line of this program, or as an
 * order to a CI system.
 */
function linesOf({ code, message }: Diagnostic): string[] {
  return code.startsWith('MI-TOOL-') ? message.replaceAll('\n', '\n| ').split('\n') : [message];
}

function body(finding: Diagnostic, indent: string, view: View): string[] {
  const { code, severity, source, related = [] } = finding;
  // Nobody is shown a line for the secret in it.
  const isShown = severity === 'error' && code !== 'MI-RULE-PLAIN-SECRET';
  const text = isShown && source !== undefined ? view.textOf(source) : undefined;
  const frame =
    text === undefined || source === undefined ? [] : codeFrame(text, source, Math.min(roomOf(view, indent), 116));
  const seen = view.verbose ? related : related.slice(0, shownFindings);
  return [
    ...linesOf(finding).flatMap((line) => wrap(line, roomOf(view, indent)).map((part) => indent + part)),
    ...frame.map((line) => indent + (line.startsWith('>') ? line : view.style.dim(line))),
    ...seen.map((one) => `${indent}${view.style.dim(`see ${placeOf(one, view)}`)}`),
    ...(related.length > seen.length
      ? [`${indent}${view.style.dim(`and ${related.length - seen.length} more places`)}`]
      : []),
  ];
}

function hintLines(hint: string, indent: string, view: View): string[] {
  return wrap(`→ ${hint}`, roomOf(view, indent)).map((line) => indent + view.style.dim(line));
}

/** Where to read more about a code, for people who see it for the first time. */
export function explainLine(diagnostics: readonly Diagnostic[], style: View['style']): string[] {
  const [first] = groupDiagnostics(diagnostics.filter(({ severity }) => severity !== 'info'));
  return first === undefined ? [] : [style.dim(`mi-patterns explain ${first.code} explains a code.`)];
}

/** `2 errors, 1 warning`, or an empty text when there is neither. */
export function countDiagnostics(diagnostics: readonly Diagnostic[]): string {
  const count = (severity: Severity): string | undefined => {
    const number = diagnostics.filter((diagnostic) => diagnostic.severity === severity).length;
    return number === 0 ? undefined : `${number} ${severity}${number === 1 ? '' : 's'}`;
  };
  return [count('error'), count('warning')].filter((text) => text !== undefined).join(', ');
}
