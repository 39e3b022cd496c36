import { hiddenValue, isSecretName, type Source, withoutCredentials } from '@mi-patterns/inventory';

/** One line of a file as it may be shown, with its number from 1. */
export interface FrameLine {
  readonly number: number;
  readonly text: string;
  /** True for the line that the finding is about. */
  readonly marked: boolean;
}

/** Lines above a shown line that are searched for the setting it belongs to. */
const reach = 60;
/** Columns of a source line shown before a place that lies far to the right. */
const lead = 30;

/**
 * The line that a finding is about with its neighbours, secrets hidden. Empty where the place is the start of the file (then
 * the finding is about the file as a whole) or lies outside of it.
 */
export function frameLines(text: string, { line, column }: Pick<Source, 'line' | 'column'>): readonly FrameLine[] {
  const lines = text.split(/\r\n|\n|\r/);
  if ((line === 1 && column === 1) || lines[line - 1] === undefined) return [];
  return [line - 1, line, line + 1].flatMap((number) => {
    const shown = lines[number - 1];
    if (shown === undefined || (number !== line && shown.trim() === '')) return [];
    return [{ number, text: printable(withoutSecrets(lines, number - 1)), marked: number === line }];
  });
}

/** The frame as text for a terminal, with a caret below the place. No line is longer than `room`. */
export function codeFrame(text: string, source: Pick<Source, 'line' | 'column'>, room: number): readonly string[] {
  const lines = frameLines(text, source);
  const marked = lines.find((line) => line.marked);
  if (marked === undefined) return [];
  const gutter = String(lines.at(-1)?.number ?? 0).length;
  const width = Math.max(20, room - gutter - 5);
  const start = source.column - 1 > width - 10 ? source.column - 1 - lead : 0;
  const body = lines.flatMap((line) => {
    const cut = line.text.slice(start, start + width);
    const row = `${line.marked ? '>' : ' '} ${String(line.number).padStart(gutter)} | ${cut}`.trimEnd();
    const caret = `  ${' '.repeat(gutter)} | ${' '.repeat(Math.max(0, source.column - 1 - start))}^`;
    return line.marked && line.text.length >= source.column - 1 ? [row, caret] : [row];
  });
  return body;
}

/** A line without the values of settings that nobody should read; all of it where it continues such a value. */
function withoutSecrets(lines: readonly string[], index: number): string {
  const line = lines[index] ?? '';
  if (continuesSecret(lines, index) || /^\s*[A-Za-z0-9+/=_-]{40,}\s*$/.test(line)) return hiddenValue;
  return withoutCredentials(isSecretName(line) ? withoutValues(line) : line);
}

/** True where a line above that is indented less, or the one directly above, names a secret and leaves its value open. */
function continuesSecret(lines: readonly string[], index: number): boolean {
  const indent = indentOf(lines[index] ?? '');
  for (let above = index - 1; above >= Math.max(0, index - reach); above -= 1) {
    const line = lines[above] ?? '';
    if (line.trim() === '') continue;
    const isOpen = !/<\/|\/>/.test(line) && (/[:=|>]\s*(?:[|>][+-]?|""")?\s*$/.test(line) || line.includes('<'));
    if (isSecretName(line) && isOpen && (above === index - 1 || indentOf(line) < indent)) return true;
    if (indentOf(line) < indent && above !== index - 1) return false;
  }
  return false;
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

/** Structure stays readable: names of elements, attributes and keys; values in quotes, content and what follows `:` go. */
function withoutValues(line: string): string {
  if (!/[<>]/.test(line)) return line.replace(/^(\s*[^:=]+[:=]\s*).*$/, `$1${hiddenValue}`);
  return line
    .replace(/>([^<]+)/g, (whole, content: string) => (content.trim() === '' ? whole : `>${hiddenValue}`))
    .replace(/^([^<]*\S[^<]*)</, `${hiddenValue}<`)
    .replace(/([\w.:-]+\s*=\s*)(?:"[^"]*"|'[^']*')/g, (whole, name: string) =>
      /^(?:name|key|xmlns[\w:]*)\s*=/.test(name) ? whole : `${name}"${hiddenValue}"`,
    );
}

/** Tabs become one blank, so that the caret stays below its column; other control characters are made visible. */
function printable(line: string): string {
  return line.replace(/\t/g, ' ').replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '\u00b7');
}
