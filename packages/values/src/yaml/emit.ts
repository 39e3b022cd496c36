import { isMapping } from '../mapping/merge.ts';

/** Comments by path of the key they stand before; lines without `#`. */
export type Comments = ReadonlyMap<string, string>;

/** The key of {@link Comments} for a path. */
export function commentKey(path: readonly string[]): string {
  return JSON.stringify(path);
}

/** Width at which comments are wrapped, counted with indentation and `# `. */
const commentWidth = 100;

/**
 * Plain text that every YAML parser takes as text: starts with a letter or `/`, no sign that has a meaning, and no word
 * that YAML 1.1 or 1.2 reads as null, a boolean or a number. All other text is quoted.
 */
const safePlain = /^[A-Za-z/][\w ./@+-]*$/;
const reserved = /^(null|true|false|yes|no|on|off|y|n|nan|inf|infinity|e\d+)$/i;
/** Quantities such as 250m and 512Mi begin with a digit, but no parser takes them for a number. */
const quantity = /^\d+(m|k|Ki|M|Mi|G|Gi|T|Ti|s|h|d)$/;

/**
 * What stands in double quotes but not as it is: YAML 1.1 breaks the line at some, takes others for no text, and the
 * rest is not seen.
 */
const raw =
  /[\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff\u{e0000}-\u{e007f}]/gu;
/** Characters that every YAML parser takes as they are. */
const yamlText = /^[\x20-\x7e\u00a0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u;

function isHarmless(text: string): boolean {
  return yamlText.test(text) && text.search(raw) < 0;
}

/** True for several lines of printable text that a block scalar can hold as they are. */
export function fitsBlock(text: string): boolean {
  const lines = text.replace(/\n$/, '').split('\n');
  return (
    text.includes('\n') &&
    !/^\s/.test(text) &&
    lines.at(-1) !== '' &&
    lines.every((line) => isHarmless(line) && !line.endsWith(' '))
  );
}

/** True when text may stand without quotes whatever parser reads it. */
export function isSafePlain(text: string): boolean {
  return (quantity.test(text) || (safePlain.test(text) && !reserved.test(text))) && !text.endsWith(' ');
}

/**
 * YAML text of plain data: block style, keys in the order given, lists of a few short texts in one line, comments
 * before their keys. Written without a library: what we write is a small part of YAML, and the nodes of a library took
 * most of the time of writing values.
 */
export function emitYaml(value: unknown, comments: Comments): string {
  return `${nodeText(value, { path: [], indent: '', comments })}\n`;
}

/** Where a node stands. */
interface Place {
  readonly path: readonly string[];
  /** What all its lines but the first begin with. */
  readonly indent: string;
  readonly comments: Comments;
}

function below({ path, indent, comments }: Place, key: string): Place {
  return { path: [...path, key], indent: `${indent}  `, comments };
}

/** The lines of a node; the first is not indented, since a key or `- ` stands before it. */
function nodeText(value: unknown, place: Place): string {
  if (Array.isArray(value)) return listText(value, place);
  if (isMapping(value)) return mappingText(value, place);
  return typeof value === 'string' && fitsBlock(value) ? literalText(value, place.indent) : scalarText(value);
}

function listText(list: readonly unknown[], place: Place): string {
  return fitsLine(list)
    ? `[${list.map(scalarText).join(', ')}]`
    : list.map((item, index) => `- ${nodeText(item, below(place, String(index)))}`).join(`\n${place.indent}`);
}

/** True for a few short texts and numbers, and for no item at all. */
export function fitsLine(list: readonly unknown[]): boolean {
  let length = 0;
  for (const item of list) {
    if (typeof item === 'object' && item !== null) return false;
    const own = String(item).length;
    length += own + 4;
    if (own > 40 || length >= 80) return false;
  }
  return true;
}

function mappingText(mapping: Readonly<Record<string, unknown>>, place: Place): string {
  const entries = Object.entries(mapping).filter(([, value]) => value !== undefined);
  if (entries.length === 0) return '{}';
  return entries.map(([key, value], index) => entryText(key, value, index, place)).join(`\n${place.indent}`);
}

/** A key with its comment and its value; at the top, blocks and what has a comment stand apart from what is before. */
function entryText(key: string, value: unknown, index: number, place: Place): string {
  const inner = below(place, key);
  const { indent, path, comments } = place;
  const comment = comments.get(commentKey(inner.path));
  const space = path.length === 0 && index > 0 && (comment !== undefined || isMapping(value)) ? '\n' : '';
  const lines = comment === undefined ? [] : wrapComment(comment, commentWidth - indent.length - 2);
  const before = lines.map((line) => `${`# ${line}`.trimEnd()}\n${indent}`).join('');
  return `${space}${before}${keyText(key, indent)}${valueText(value, inner)}`;
}

/** Longest key that YAML lets stand without a `?`. */
const longestKey = 1024;

/** A key with its colon; `indent` stands before it. */
export function keyText(key: string, indent: string): string {
  const text = scalarText(key);
  return text.length > longestKey ? `? ${text}\n${indent}:` : `${text}:`;
}

/** A value with what stands between it and its key. */
function valueText(value: unknown, place: Place): string {
  const text = nodeText(value, place);
  const isBlock = (isMapping(value) && text !== '{}') || (Array.isArray(value) && !fitsLine(value));
  return isBlock ? `\n${place.indent}${text}` : ` ${text}`;
}

/** Several lines as they are, which {@link fitsBlock}. */
export function literalText(text: string, indent: string): string {
  const lines = text.replace(/\n$/, '').split('\n');
  return `|${text.endsWith('\n') ? '' : '-'}${lines.map((line) => (line === '' ? '\n' : `\n${indent}${line}`)).join('')}`;
}

/** A value in one line. */
export function scalarText(value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value);
  return isSafePlain(value) ? value : JSON.stringify(value).replace(raw, escaped);
}

/** The escape of a character in double quotes; those beyond the first plane have eight digits. */
function escaped(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16);
  return code.length > 4 ? `\\U${code.padStart(8, '0')}` : `\\u${code.padStart(4, '0')}`;
}

/** Lines of at most `width` characters, broken at blanks; a longer word stands alone. Line breaks in the text stay. */
export function wrapComment(text: string, width: number): readonly string[] {
  return text.split(/\r\n|\r|\n/).flatMap((paragraph) => {
    const lines: string[] = [];
    let line = '';
    for (const word of paragraph.split(/[\s\u0085\u2028\u2029]+/)) {
      if (line !== '' && line.length + 1 + word.length > width) {
        lines.push(line);
        line = word;
      } else line = line === '' ? word : `${line} ${word}`;
    }
    // Control characters are no valid YAML, not even in a comment.
    return [...lines, line].map((each) => (isHarmless(each) ? each : printed(each)));
  });
}

function printed(text: string): string {
  return [...text].map((character) => (isHarmless(character) ? character : '\ufffd')).join('');
}
