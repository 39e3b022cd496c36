/** What TOML allows and MI's parser refuses. */
export interface RefusedByMi {
  /** With an article, for example "a tab inside double quotes". */
  readonly what: string;
  /** What to write instead. */
  readonly instead: string;
  readonly line: number;
  readonly column: number;
}

const refusals = {
  mark: { what: 'a byte order mark', instead: 'Save the file as UTF-8 without one' },
  tab: { what: 'a tab inside double quotes', instead: 'Write \\t, or use single quotes' },
  escape: { what: 'the escape \\e or \\x', instead: 'Write \\u with four digits' },
  quote: { what: 'a quote before the three that end a text', instead: 'Write the text on one line' },
  lineBreak: {
    what: 'a line break inside an inline table',
    instead: 'Write the inline table on one line, or as a table of its own',
  },
  comma: { what: 'a comma before the end of an inline table', instead: 'Delete the comma' },
  commaWithin: { what: 'a comma before the end of an array in an inline table', instead: 'Delete the comma' },
  empty: { what: 'an empty array in an inline table', instead: 'Write the inline table as a table of its own' },
  mixed: { what: 'an array with values of several types', instead: 'Give all of them one type, such as 1.0 for 1' },
  time: { what: 'a time without seconds', instead: 'Add the seconds, such as 07:30:00' },
  large: { what: 'an integer of more than 64 bits', instead: 'Put it in quotes' },
} as const satisfies Readonly<Record<string, Pick<RefusedByMi, 'what' | 'instead'>>>;

const tokens =
  /#[^\n]*|'''[^]*?(?:'''|$)|'[^'\n]*'?|"""(?:\\[^]|(?!""")[^\\])*(?:""")?|"(?:\\.|[^"\\\n])*"?|[[\]{},=\n]|[^\s#'"[\]{},=]+/g;

/** An array or inline table that has not ended. */
interface Open {
  readonly bracket: '[' | '{';
  /** Of the first value in an array. */
  type: string | undefined;
}

/** Where the walk over a text is. */
interface Position {
  readonly open: Open[];
  /** The token before, line breaks aside. */
  before: string;
  inHeader: boolean;
}

/**
 * The first thing that TOML 1.1 allows and the parser of MI (cava-toml 0.5.0, which knows TOML 0.5) refuses, so that
 * the server does not start. Some of it every version allows, such as tabs in double quotes. For text that is known to
 * be valid TOML.
 */
export function refusedByMi(text: string): RefusedByMi | undefined {
  if (text.startsWith('\ufeff')) return { ...refusals.mark, line: 1, column: 1 };
  const position: Position = { open: [], before: '\n', inHeader: false };
  for (const { 0: token, index } of text.matchAll(tokens)) {
    if (token.startsWith('#')) continue;
    const found = inToken(token, text.charAt(index + token.length)) ?? inStructure(token, position);
    if (found !== undefined) return { ...refusals[found.refusal], ...placeOf(text, index + found.at) };
    advance(position, token);
  }
  return undefined;
}

interface Found {
  readonly refusal: keyof typeof refusals;
  /** Offset in the token. */
  readonly at: number;
}

/** What a token is refused for, wherever it stands; `next` is the character after it. */
function inToken(token: string, next: string): Found | undefined {
  if (/^("""|''')/.test(token) && token.length > 3 && next === token.charAt(0))
    return { refusal: 'quote', at: token.length };
  if (token.startsWith('"'))
    for (const { 0: found, index } of token.matchAll(/\\[^]|\t/g))
      if (found === '\t') return { refusal: 'tab', at: index };
      else if (found === '\\e' || found === '\\x') return { refusal: 'escape', at: index };
  return undefined;
}

/** What a token is refused for where it stands. */
function inStructure(token: string, { open, before, inHeader }: Position): Found | undefined {
  const inner = open.at(-1);
  if (token === '\n') return inner?.bracket === '{' ? { refusal: 'lineBreak', at: 0 } : undefined;
  if (before === ',' && token === '}') return { refusal: 'comma', at: 0 };
  if (token === ']' && (before === ',' || before === '[') && open.some(({ bracket }) => bracket === '{'))
    return { refusal: before === ',' ? 'commaWithin' : 'empty', at: 0 };
  const isElement = inner?.bracket === '[' && (before === '[' || before === ',');
  const isValue = isElement || before === '=' || /^\d{4}-\d\d-\d\d$/.test(before);
  if (inHeader || !isValue) return undefined;
  const type = typeOf(token);
  if (isElement && inner.type !== undefined && type !== undefined && inner.type !== type)
    return { refusal: 'mixed', at: 0 };
  if (/^(?:\d{4}-\d\d-\d\d[Tt])?\d\d:\d\d(?!:)/.test(token)) return { refusal: 'time', at: 0 };
  return type === 'integer' && isLarge(token) ? { refusal: 'large', at: 0 } : undefined;
}

/** Undefined for what is no value. */
function typeOf(token: string): string | undefined {
  if (token === ']' || token === '}' || token === ',') return undefined;
  if (token === '[') return 'array';
  if (token === '{') return 'table';
  if (/^["']/.test(token)) return 'text';
  if (token === 'true' || token === 'false') return 'truth';
  if (/^\d{4}-|^\d\d:/.test(token)) return 'time';
  return /^[-+]?0[xob]/.test(token) || !/[.eE]|inf|nan/.test(token) ? 'integer' : 'float';
}

function isLarge(token: string): boolean {
  try {
    const value = BigInt(token.replaceAll('_', '').replace(/^\+/, ''));
    return BigInt.asIntN(64, value) !== value;
  } catch {
    return false;
  }
}

function advance(position: Position, token: string): void {
  const { open, before } = position;
  if (token === '\n') position.inHeader = false;
  if (position.inHeader) return;
  const inner = open.at(-1);
  if (token === '[' && inner === undefined && before !== '=') position.inHeader = true;
  else {
    if (inner?.bracket === '[' && token !== '\n') inner.type ??= typeOf(token);
    if (token === '[' || token === '{') open.push({ bracket: token, type: undefined });
    else if (token === ']' || token === '}') open.pop();
  }
  // A key begins after a line break, where no bracket is open.
  if (token !== '\n' || inner === undefined) position.before = token;
}

function placeOf(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
}
