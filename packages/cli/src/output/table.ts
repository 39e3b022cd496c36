/** One cell: its text decides the width, `style` only colours it. */
export interface Cell {
  readonly text: string;
  readonly style?: (text: string) => string;
}

/**
 * Lines of a table with aligned columns. The last column is wrapped at `width` columns, so that a long
 * sentence stays under its heading; without a width nothing is wrapped. Where the other columns leave it too little room, it goes to
 * lines of its own.
 */
export function formatTable(
  rows: readonly (readonly (Cell | string)[])[],
  width: number | undefined,
  indent = '',
): string[] {
  const cells = rows.map((row) => row.map((cell) => (typeof cell === 'string' ? { text: cell } : cell)));
  const columns = Math.max(0, ...cells.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(0, ...cells.map((row) => row[column]?.text.length ?? 0)),
  );
  const before = indent.length + widths.slice(0, -1).reduce((sum, size) => sum + size + 2, 0);
  const room = width === undefined ? Number.POSITIVE_INFINITY : width - before;
  if (width !== undefined && room < leastRoom && columns > 1) return stacked(cells, widths, width, indent);
  return cells.flatMap((row) => {
    const last = row[columns - 1];
    const [first = '', ...rest] = last === undefined ? [''] : wrap(last.text, room);
    const head = row.slice(0, columns - 1).map((cell, column) => paint(cell, cell.text.padEnd(widths[column] ?? 0)));
    const line = [...head, last === undefined ? '' : paint(last, first)].join('  ').trimEnd();
    return [indent + line, ...rest.map((text) => ' '.repeat(before) + (last === undefined ? text : paint(last, text)))];
  });
}

/** Columns that a sentence needs to be read well. */
const leastRoom = 30;

/** A table whose last column stands below the others. */
function stacked(
  rows: readonly (readonly Cell[])[],
  widths: readonly number[],
  width: number,
  indent: string,
): string[] {
  return rows.flatMap((row) => {
    const last = row[widths.length - 1];
    const head = row
      .slice(0, widths.length - 1)
      .map((cell, column) => paint(cell, cell.text.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd();
    const below = `${indent}    `;
    return [
      indent + head,
      ...(last === undefined || last.text === ''
        ? []
        : wrap(last.text, Math.max(leastRoom, width - below.length)).map((text) => below + paint(last, text))),
    ];
  });
}

/** Breaks text at spaces so that no line is longer than `room`, unless a single word is. */
export function wrap(text: string, room: number): string[] {
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

function paint(cell: Cell, text: string): string {
  return cell.style === undefined ? text : cell.style(text);
}
