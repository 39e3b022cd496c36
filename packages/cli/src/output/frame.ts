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
  const { lines } = shownText(text);
  if ((line === 1 && column === 1) || lines[line - 1] === undefined) return [];
  return [line - 1, line, line + 1].flatMap((number) => {
    const own = lines[number - 1];
    if (own === undefined || (number !== line && own.text.trim() === '')) return [];
    return [{ number, text: shownLine(text, number), marked: number === line }];
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

interface Line {
  readonly text: string;
  /** Offset of its first character. */
  readonly start: number;
  /** The first range of a secret that may be in it. */
  readonly range: number;
}

interface ShownText {
  readonly text: string;
  readonly lines: readonly Line[];
  readonly ranges: ReturnType<typeof hiddenRanges>;
  /** Lines that were shown, by number: neighbouring findings have lines in common. */
  readonly shown: Map<number, string>;
}

/** Of the text before: most findings of a file come one after the other. */
let recent: ShownText | undefined;

function shownText(text: string): ShownText {
  if (recent?.text !== text) {
    const ranges = hiddenRanges(text).toSorted(([a], [b]) => a - b);
    const lines: Line[] = [];
    let range = 0;
    for (const { 0: found, index: start } of text.matchAll(/[^\r\n]*(?:\r\n|\n|\r|$)/g)) {
      while (range < ranges.length && (ranges[range]?.[1] ?? 0) <= start) range += 1;
      lines.push({ text: found.replace(/[\r\n]/g, ''), start, range });
      // What follows the last line end is a line, and nothing follows that.
      if (!/[\r\n]$/.test(found)) break;
    }
    recent = { text, lines, ranges, shown: new Map() };
  }
  return recent;
}

/** A line of a file as it may be shown: names and structure stay, values of secrets go. */
function shownLine(text: string, number: number): string {
  const { lines, ranges, shown } = shownText(text);
  const known = shown.get(number);
  if (known !== undefined) return known;
  const line = lines[number - 1];
  const made = line === undefined ? '' : safe(line, ranges);
  shown.set(number, made);
  return made;
}

function safe({ text: line, start, range }: Line, ranges: readonly (readonly [number, number])[]): string {
  // A key or certificate in lines of its own.
  if (/^\s*[A-Za-z0-9+/=_-]{40,}\s*$/.test(line)) return hiddenValue;
  let clean = '';
  let at = 0;
  for (let next = range; next < ranges.length; next += 1) {
    const [from, to] = ranges[next] ?? [Infinity, Infinity];
    if (from >= start + line.length) break;
    const [begin, end] = [Math.max(from - start, at), Math.min(to - start, line.length)];
    if (begin >= end || line.slice(begin, end).trim() === '') continue;
    const blank = line.slice(begin, end).length - line.slice(begin, end).trimStart().length;
    clean += `${line.slice(at, begin + blank)}${hiddenValue}`;
    at = end;
  }
  return redact(oneColumnEach(clean + line.slice(at)));
}

/** Tabs become one blank, so that the caret stays below its column; other control characters are made visible. */
function oneColumnEach(line: string): string {
  return line.replace(/\t/g, ' ').replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '\u00b7');
}
