/** What TOML allows and MI's parser refuses. */
export interface RefusedByMi {
  /** With an article, for example "a tab inside double quotes". */
  readonly what: string;
  /** What to write instead. */
  readonly instead: string;
  readonly line: number;
  readonly column: number;
}

type Refusal = Pick<RefusedByMi, 'what' | 'instead'>;

const tab: Refusal = { what: 'a tab inside double quotes', instead: 'Write \\t, or use single quotes' };
const lineBreak: Refusal = {
  what: 'a line break inside an inline table',
  instead: 'Write the inline table on one line, or as a table of its own',
};
const comma: Refusal = { what: 'a comma before the end of an inline table', instead: 'Delete the comma' };
const escape: Refusal = { what: 'the escape \\e or \\x', instead: 'Write \\u with four digits' };
const time: Refusal = { what: 'a time without seconds', instead: 'Add the seconds, such as 07:30:00' };

const tokens =
  /#[^\n]*|'''[^]*?(?:'''|$)|'[^'\n]*'?|"""(?:\\[^]|(?!""")[^\\])*(?:""")?|"(?:\\.|[^"\\\n])*"?|\d\d:\d\d(?::\d\d\S*)?|[^\s#'"[\]{},]|[[\]{},\n]/g;

/**
 * The first thing that TOML 1.1 allows and the parser of MI (cava-toml 0.5.0, which knows TOML 0.5) refuses, so that
 * the server does not start. It refuses tabs in double quotes, too, which every version allows. For text that is known
 * to be valid TOML.
 */
export function refusedByMi(text: string): RefusedByMi | undefined {
  const open: string[] = [];
  let before = '';
  for (const { 0: token, index } of text.matchAll(tokens)) {
    if (token.startsWith('#')) continue;
    const found = token.startsWith('"') ? inQuotes(token) : outsideQuotes(token, before, open.at(-1));
    if (found !== undefined) return { ...found.refusal, ...placeOf(text, index + found.at) };
    if (token === '{' || token === '[') open.push(token);
    else if (token === '}' || token === ']') open.pop();
    if (token !== '\n') before = token;
  }
  return undefined;
}

interface Found {
  readonly refusal: Refusal;
  /** Offset in the token. */
  readonly at: number;
}

function inQuotes(token: string): Found | undefined {
  for (const { 0: found, index } of token.matchAll(/\\[^]|\t/g))
    if (found === '\t') return { refusal: tab, at: index };
    else if (found === '\\e' || found === '\\x') return { refusal: escape, at: index };
  return undefined;
}

function outsideQuotes(token: string, before: string, within: string | undefined): Found | undefined {
  if (token === '\n' && within === '{') return { refusal: lineBreak, at: 0 };
  if (token === '}' && before === ',') return { refusal: comma, at: 0 };
  return /^\d\d:\d\d$/.test(token) ? { refusal: time, at: 0 } : undefined;
}

function placeOf(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
}
