/** An instruction of a Dockerfile, with the lines it goes on in. */
export interface Instruction {
  /** In capitals. */
  readonly word: string;
  readonly rest: string;
  /** The line it begins on, counted from 1. */
  readonly line: number;
}

/**
 * References of the images that a Dockerfile starts from, in order, with the defaults of the build arguments before the
 * first of them: no others count there (docs.docker.com/reference/dockerfile, "Understand how ARG and FROM interact").
 */
export function imagesOfDockerfile(text: string): string[] {
  const defaults = new Map<string, string>();
  const images: string[] = [];
  for (const { word, rest } of readInstructions(text)) {
    if (word === 'ARG' && images.length === 0)
      for (const part of wordsOf(rest)) {
        const at = part.indexOf('=');
        if (at > 0) defaults.set(part.slice(0, at), filled(unquoted(part.slice(at + 1)), defaults));
      }
    else if (word === 'FROM') {
      const image = wordsOf(rest).find((part) => !part.startsWith('--'));
      if (image !== undefined) images.push(filled(unquoted(image), defaults));
    }
  }
  return images;
}

/**
 * Instructions as BuildKit reads them: a line that ends with the escape sign goes on in the next one, comments between
 * such lines count for nothing, and neither do the lines of a here-document, which may look like instructions.
 */
export function readInstructions(text: string): Instruction[] {
  const lines = text.replace(/^\ufeff/, '').split(/\r?\n/);
  const escape = escapeSign(lines);
  const instructions: Instruction[] = [];
  let parts: string[] = [];
  let begin = 0;
  let ends: readonly HereDocument[] = [];
  for (const [index, line] of lines.entries()) {
    const [end] = ends;
    if (end !== undefined) {
      if ((end.hasTabs ? line.replace(/^\t+/, '') : line) === end.name) ends = ends.slice(1);
      continue;
    }
    if (/^\s*(?:#|$)/.test(line)) continue;
    if (parts.length === 0) begin = index + 1;
    const whole = line.trimEnd();
    const goesOn = whole.endsWith(escape) && !whole.endsWith(escape + escape);
    parts.push(goesOn ? whole.slice(0, -1) : whole);
    if (goesOn) continue;
    const read = instructionOf(parts.join(''), begin);
    parts = [];
    instructions.push(read);
    if (['RUN', 'COPY', 'ADD'].includes(read.word)) ends = hereDocuments(read.rest);
  }
  return parts.length === 0 ? instructions : [...instructions, instructionOf(parts.join(''), begin)];
}

function instructionOf(text: string, line: number): Instruction {
  const [, word = '', rest = ''] = /^\s*(\w+)\s*(.*)$/s.exec(text) ?? [];
  return { word: word.toUpperCase(), rest, line };
}

/** What `# escape=` above all else names; a backslash otherwise. */
function escapeSign(lines: readonly string[]): string {
  for (const line of lines) {
    const [, name = '', value = ''] = /^\s*#\s*(\w+)\s*=\s*(\S+)\s*$/.exec(line) ?? [];
    if (name === '') break;
    if (name.toLowerCase() === 'escape') return value;
  }
  return '\\';
}

interface HereDocument {
  readonly name: string;
  /** `<<-`: tabs before its lines do not count. */
  readonly hasTabs: boolean;
}

function hereDocuments(rest: string): HereDocument[] {
  return [...rest.matchAll(/(?<![<\w])\d?<<(-?)(["']?)([A-Za-z_]\w{0,99})\2/g)].map(([, dash, , name = '']) => ({
    name,
    hasTabs: dash === '-',
  }));
}

function wordsOf(text: string): readonly string[] {
  return text.match(/(?:[^\s"']|"[^"]*"|'[^']*'|["'])+/g) ?? [];
}

function unquoted(text: string): string {
  return text.replace(/^(["'])(.*)\1$/s, '$2');
}

/** Longest text that is filled: values of values of values multiply. */
const longestFilled = 4096;

/** `$A`, `${A}`, `${A:-default}` and `${A:+instead}`, from the innermost on. */
function filled(text: string, values: ReadonlyMap<string, string>): string {
  let left = text;
  for (let round = 0; round < 5 && left.includes('$') && left.length < longestFilled; round += 1)
    left = left.replace(
      /\$(?:(\w+)|\{(\w+)(?::?([-+][^${}]*))?\})/g,
      (_, bare: string | undefined, braced: string | undefined, other = '') => {
        const value = values.get(braced ?? bare ?? '') ?? '';
        const instead = other.slice(1);
        if (other.startsWith('+')) return value === '' ? '' : instead;
        return value === '' ? instead : value;
      },
    );
  return left.slice(0, longestFilled);
}
