import type { Diagnostic, Severity } from '@mi-patterns/inventory';
import type { Reporter } from './reporter.ts';

const commands: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', info: 'notice' };

/** Workflow commands of GitHub Actions: one annotation a finding, shown at its line in a pull request. */
export const github: Reporter = ({ diagnostics }) => diagnostics.map(annotation).join('');

function annotation({ code, severity, message, hint, source }: Diagnostic): string {
  const place =
    source === undefined ? [] : [`file=${escapeProperty(source.path)}`, `line=${source.line}`, `col=${source.column}`];
  const properties = [...place, `title=${escapeProperty(code)}`].join(',');
  return `::${commands[severity]} ${properties}::${escapeData(`${message}\n${hint}`)}\n`;
}

/** As actions/toolkit escapes the text of a workflow command, so that no finding can write a command of its own. */
function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
