import { type Diagnostic, hasErrors, printable } from '@mi-patterns/inventory';
import type { Reporter } from './reporter.ts';

/**
 * JUnit XML as CI servers read it: a test case for each code, failed when there is an error among its findings. A run
 * without findings is one case that passed, since some servers refuse a report without any.
 */
export const junit: Reporter = ({ command, diagnostics }) => {
  const groups = groupsOf(diagnostics);
  const cases = groups.map((findings) => testCase(command, findings));
  const failures = groups.filter(hasError).length;
  const body = cases.length === 0 ? [`    <testcase classname="mi-patterns ${command}" name="no findings"/>`] : cases;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="mi-patterns" tests="${body.length}" failures="${failures}">`,
    `  <testsuite name="mi-patterns ${command}" tests="${body.length}" failures="${failures}">`,
    ...body,
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
};

/** The findings of each code, sorted by code. */
function groupsOf(diagnostics: readonly Diagnostic[]): readonly (readonly Diagnostic[])[] {
  const codes = [...new Set(diagnostics.map(({ code }) => code))].sort();
  return codes.map((code) => diagnostics.filter((diagnostic) => diagnostic.code === code));
}

function hasError(findings: readonly Diagnostic[]): boolean {
  return hasErrors(findings);
}

function testCase(command: string, findings: readonly Diagnostic[]): string {
  const [first] = findings;
  const text = findings.map(textOf).join('\n');
  const outcome = hasError(findings)
    ? `<failure message="${attribute(first?.message ?? '')}">${content(text)}</failure>`
    : `<system-out>${content(text)}</system-out>`;
  return `    <testcase classname="mi-patterns ${command}" name="${attribute(first?.code ?? '')}">${outcome}</testcase>`;
}

/** A line that no name begins: a file called `::error::x` would be a command to the CI server that prints it. */
function textOf({ severity, message, hint, source }: Diagnostic): string {
  const place = source === undefined ? '' : `${source.path}:${source.line}:${source.column} `;
  return printable(`${severity}: ${place}${message} ${hint}`);
}

/** Characters that XML 1.0 does not allow even escaped become the replacement character. */
function content(text: string): string {
  return (
    text
      // oxlint-disable-next-line no-control-regex -- control characters are what is replaced
      .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff\p{Cs}]/gu, '\ufffd')
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
  );
}

function attribute(text: string): string {
  return content(printable(text)).replaceAll('"', '&quot;');
}
