import { hiddenValue, redact, type Source } from '@mi-patterns/inventory';
import { hiddenRanges } from './hidden-values.ts';

/** One line of a file as it may be shown, with its number from 1. */
export interface FrameLine {
  readonly number: number;
  readonly text: string;
  /** True for the line that the finding is about. */
  readonly marked: boolean;
}

/** Columns of a source line shown before a place that lies far to the right. */
const lead = 30;

/**
 * The line that a finding is about with its neighbours, secrets hidden. Empty where the place is the start of the file
 * (then the finding is about the file as a whole) or lies outside of it.
 */
export function frameLines(text: string, { line, column }: Pick<Source, 'line' | 'column'>): readonly FrameLine[] {
  const lines = text.split(/\r\n|\n|\r/);
  if ((line === 1 && column === 1) || lines[line - 1] === undefined) return [];
  const shown = withoutSecrets(text, line - 2, line + 1);
  return [line - 1, line, line + 1].flatMap((number) => {
    const own = lines[number - 1];
    if (own === undefined || (number !== line && own.trim() === '')) return [];
    return [{ number, text: shown.get(number - 1) ?? '', marked: number === line }];
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

/** Of the text before: most findings of a file come one after the other. */
let recent: { readonly text: string; readonly ranges: ReturnType<typeof hiddenRanges> } | undefined;

function rangesOf(text: string): ReturnType<typeof hiddenRanges> {
  if (recent?.text !== text) recent = { text, ranges: hiddenRanges(text) };
  return recent.ranges;
}

/** Some lines of a file, by position, as they may be shown: names and structure stay, values of secrets go. */
function withoutSecrets(text: string, first: number, after: number): ReadonlyMap<number, string> {
  const ranges = rangesOf(text);
  const shown = new Map<number, string>();
  let index = 0;
  for (const { 0: line, index: start } of text.matchAll(/[^\r\n]*(?:\r\n|\n|\r|$)/g)) {
    if (index >= after) break;
    if (index >= first) shown.set(index, safe(line.replace(/[\r\n]+$/, ''), start, ranges));
    index += 1;
  }
  return shown;
}

function safe(line: string, start: number, ranges: readonly (readonly [number, number])[]): string {
  // A key or certificate in lines of its own.
  if (/^\s*[A-Za-z0-9+/=_-]{40,}\s*$/.test(line)) return hiddenValue;
  let clean = '';
  let at = 0;
  for (const [from, to] of ranges) {
    const [begin, end] = [Math.max(from - start, at), Math.min(to - start, line.length)];
    if (begin >= end || line.slice(begin, end).trim() === '') continue;
    const blank = line.slice(begin, end).length - line.slice(begin, end).trimStart().length;
    clean += `${line.slice(at, begin + blank)}${hiddenValue}`;
    at = end;
  }
  return redact(printable(clean + line.slice(at)));
}

/** Tabs become one blank, so that the caret stays below its column; other control characters are made visible. */
function printable(line: string): string {
  return line.replace(/\t/g, ' ').replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '\u00b7');
}
