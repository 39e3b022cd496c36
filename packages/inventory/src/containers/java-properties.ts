/** A name that a properties file sets, and where it stands. */
export interface PropertyName {
  readonly name: string;
  readonly line: number;
  readonly column: number;
}

/**
 * Names that a `.properties` file sets, in the order of its lines, as java.util.Properties reads them: a line that ends
 * with a backslash goes on in the next one, so that what follows is a part of its value and no name, and `\:` stands
 * for a colon in a name. MI loads `file.properties` and `config.properties` so (FilePropertyLoader of wso2-synapse,
 * ConfigDeployer of micro-integrator).
 */
export function readPropertyNames(text: string): PropertyName[] {
  return logicalLines(text).flatMap(({ text: line, line: at, column }) => {
    const written = /^(?:[^\\=: \t\f]|\\.)*/s.exec(line)?.[0] ?? '';
    const name = unescaped(written);
    return name === '' ? [] : [{ name, line: at, column }];
  });
}

/**
 * Where the first `\u` stands that four hexadecimal digits do not follow, in a name or a value. java.util.Properties
 * throws an IllegalArgumentException then and reads nothing of the file.
 */
export function malformedEscape(text: string): { readonly line: number; readonly column: number } | undefined {
  for (const { text: line, parts } of logicalLines(text)) {
    const found = [...line.matchAll(/\\(?:u[0-9a-fA-F]{4}|(u)|.)/gs)].find((escape) => escape[1] !== undefined);
    if (found === undefined) continue;
    const part = parts.findLast(({ offset }) => offset <= found.index);
    if (part !== undefined) return { line: part.line, column: part.column + found.index - part.offset };
  }
  return undefined;
}

interface LogicalLine {
  readonly text: string;
  readonly line: number;
  readonly column: number;
  /** Where each natural line of it begins, and which sign of `text` is its first. */
  readonly parts: readonly { readonly offset: number; readonly line: number; readonly column: number }[];
}

/** Lines with those that they go on in; neither empty lines nor comments, which never go on. */
function logicalLines(text: string): LogicalLine[] {
  const lines: LogicalLine[] = [];
  let written: string[] = [];
  let parts: LogicalLine['parts'][number][] = [];
  let size = 0;
  const finish = (): void => {
    const [{ line, column } = { line: 1, column: 1 }] = parts;
    lines.push({ text: written.join(''), line, column, parts });
    written = [];
    parts = [];
    size = 0;
  };
  for (const [index, natural] of text.split(/\r\n?|\n/).entries()) {
    const line = natural.replace(/^[ \t\f]+/, '');
    // Nothing was read yet of this line: a backslash alone is nothing.
    if (size === 0) {
      if (line === '' || /^[#!]/.test(line)) continue;
      written = [];
      parts = [];
    }
    const goesOn = backslashesAtEnd(line) % 2 === 1;
    const kept = goesOn ? line.slice(0, -1) : line;
    written.push(kept);
    parts.push({ offset: size, line: index + 1, column: 1 + natural.length - line.length });
    size += kept.length;
    if (!goesOn) finish();
  }
  if (parts.length > 0) finish();
  return lines;
}

function backslashesAtEnd(line: string): number {
  let count = 0;
  while (line.at(-1 - count) === '\\') count += 1;
  return count;
}

const letters: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' };

function unescaped(written: string): string {
  return written.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/gs, (_, code: string | undefined, sign: string | undefined) =>
    code === undefined ? (letters[sign ?? ''] ?? sign ?? '') : String.fromCharCode(Number.parseInt(code, 16)),
  );
}
