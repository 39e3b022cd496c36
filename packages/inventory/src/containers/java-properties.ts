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
  return logicalLines(text).flatMap(({ text: line, ...place }) => {
    const written = /^(?:[^\\=: \t\f]|\\.)*/s.exec(line)?.[0] ?? '';
    const name = unescaped(written);
    return name === '' ? [] : [{ name, ...place }];
  });
}

interface LogicalLine {
  readonly text: string;
  readonly line: number;
  readonly column: number;
}

/** Lines with those that they go on in; neither empty lines nor comments, which never go on. */
function logicalLines(text: string): LogicalLine[] {
  const lines: LogicalLine[] = [];
  let parts: string[] = [];
  let size = 0;
  let start = { line: 1, column: 1 };
  for (const [index, natural] of text.split(/\r\n?|\n/).entries()) {
    const line = natural.replace(/^[ \t\f]+/, '');
    // Nothing was read yet of this line: a backslash alone is nothing.
    if (size === 0) {
      if (line === '' || /^[#!]/.test(line)) continue;
      start = { line: index + 1, column: 1 + natural.length - line.length };
    }
    const goesOn = backslashesAtEnd(line) % 2 === 1;
    parts.push(goesOn ? line.slice(0, -1) : line);
    size += parts.at(-1)?.length ?? 0;
    if (goesOn) continue;
    lines.push({ text: parts.join(''), ...start });
    parts = [];
    size = 0;
  }
  return parts.length === 0 ? lines : [...lines, { text: parts.join(''), ...start }];
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
