import { printable } from '@mi-patterns/inventory';

/** One cell: its text decides the width, `style` only colours it. */
export interface Cell {
  readonly text: string;
  readonly style?: (text: string) => string;
  /** For the last cell: a line of its own below the text that is never broken, for example a place in a file. */
  readonly below?: Cell;
}

/** Columns that a sentence needs to be read well. */
const leastRoom = 30;
/** Share of the width that one column may take before the last; longer cells get a line of their own. */
const mostShare = 0.42;

/**
 * Lines of a table with aligned columns. The last column is wrapped at `width` columns, so that a long sentence stays
 * under its heading; without a width nothing is wrapped. A cell before it that is far longer than its column may be
 * ends its line, and the row goes on below, so that one long name never moves the others. Where the other columns leave
 * the last too little room, it goes to lines of its own.
 */
export function formatTable(
  rows: readonly (readonly (Cell | string)[])[],
  width: number | undefined,
  indent = '',
): string[] {
  const cells = rows.map((row) =>
    row.map((cell) => (typeof cell === 'string' ? { text: printable(cell) } : { ...cell, text: printable(cell.text) })),
  );
  const columns = Math.max(0, ...cells.map((row) => row.length));
  const most = width === undefined ? Number.POSITIVE_INFINITY : Math.max(12, Math.floor(width * mostShare));
  const widths = Array.from({ length: columns }, (_, column) =>
    columnWidth(
      cells.map((row) => row[column]?.text.length ?? 0),
      most,
    ),
  );
  const before = indent.length + widths.slice(0, -1).reduce((sum, size) => sum + size + 2, 0);
  const room = width === undefined ? Number.POSITIVE_INFINITY : width - before;
  const needed = Math.min(leastRoom, widths.at(-1) ?? 0);
  if (width !== undefined && room < needed && columns > 1) return stacked(cells, widths, width, indent);
  return cells.flatMap((row) => {
    const last = row[columns - 1];
    const [first = '', ...rest] = last === undefined ? [''] : wrap(last.text, room);
    const [line = '', ...above] = headLines(row.slice(0, columns - 1), widths, indent).toReversed();
    return [
      ...above.toReversed(),
      (line + (last === undefined ? '' : paint(last, first))).trimEnd(),
      ...rest.map((text) => ' '.repeat(before) + (last === undefined ? text : paint(last, text))),
      ...belowLines(last, before),
    ];
  });
}

/** The longest cell that is not too long for its column, or the longest of all where every cell is. */
function columnWidth(lengths: readonly number[], most: number): number {
  const longest = (some: readonly number[]): number => some.reduce((widest, length) => Math.max(widest, length), 0);
  return longest(lengths.filter((length) => length <= most)) || longest(lengths);
}

/** The cells before the last, padded to their columns; a cell that is too long for its column ends a line. */
function headLines(row: readonly Cell[], widths: readonly number[], indent: string): string[] {
  const lines: string[] = [];
  let line = indent;
  let offset = indent.length;
  for (const [column, cell] of row.entries()) {
    const size = widths[column] ?? 0;
    offset += size + 2;
    if (cell.text.length > size) {
      lines.push((line + paint(cell, cell.text)).trimEnd());
      line = ' '.repeat(offset);
    } else line += `${paint(cell, cell.text.padEnd(size))}  `;
  }
  return [...lines, line];
}

function belowLines(cell: Cell | undefined, before: number): string[] {
  return cell?.below === undefined ? [] : [' '.repeat(before) + paint(cell.below, cell.below.text)];
}

/** A table whose last column stands below the others. */
function stacked(
  rows: readonly (readonly Cell[])[],
  widths: readonly number[],
  width: number,
  indent: string,
): string[] {
  return rows.flatMap((row) => {
    const last = row[widths.length - 1];
    const head = headLines(row.slice(0, widths.length - 1), widths, indent)
      .map((line) => line.trimEnd())
      .filter((line) => line.trim() !== '');
    const below = `${indent}    `;
    return [
      ...head,
      ...(last === undefined || last.text === ''
        ? []
        : wrap(last.text, Math.max(leastRoom, width - below.length)).map((text) => below + paint(last, text))),
      ...belowLines(last, below.length),
    ];
  });
}

/** Breaks text at spaces so that no line is longer than `room`, unless a single word is. */
export function wrap(raw: string, room: number): string[] {
  const text = printable(raw);
  if (text.length <= room) return [text];
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > room) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

/** The first `most` lines, and how many more there are. */
export function firstLines(lines: readonly string[], most: number): readonly string[] {
  const rest = lines.length - most;
  return rest > 0 ? [...lines.slice(0, most), `and ${rest} more (--verbose shows them)`] : lines;
}

function paint(cell: Cell, text: string): string {
  return cell.style === undefined ? text : cell.style(text);
}
