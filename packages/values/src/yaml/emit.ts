import { Document, isMap, isScalar, isSeq, Scalar, visit, type Node, type Pair } from 'yaml';

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
function fitsBlock(text: string): boolean {
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
 * before their keys.
 */
export function emitYaml(value: unknown, comments: Comments): string {
  const document = new Document(value, { version: '1.2', aliasDuplicateObjects: false });
  visit(document, {
    Scalar: (position, node) => {
      if (typeof node.value !== 'string') return;
      if (position !== 'key' && fitsBlock(node.value)) node.type = Scalar.BLOCK_LITERAL;
      else node.type = isSafePlain(node.value) ? Scalar.PLAIN : Scalar.QUOTE_DOUBLE;
    },
    Seq: (_key, node) => {
      node.flow =
        node.items.every((item) => isScalar(item) && String(item.value).length <= 40) &&
        node.items.reduce((sum: number, item) => sum + String((item as Scalar).value).length + 4, 0) < 80;
    },
    Map: (_key, node) => {
      if (node.items.length === 0) node.flow = true;
    },
  });
  attach(document.contents as Node | null, [], 0, comments);
  return document.toString({ lineWidth: 0, indentSeq: true, flowCollectionPadding: false }).replace(raw, escaped);
}

/** The escape of a character in double quotes; those beyond the first plane have eight digits. */
function escaped(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16);
  return code.length > 4 ? `\\U${code.padStart(8, '0')}` : `\\u${code.padStart(4, '0')}`;
}

function attach(node: Node | null | undefined, path: readonly string[], depth: number, comments: Comments): void {
  if (isSeq(node)) {
    for (const [index, item] of node.items.entries())
      attach(item as Node, [...path, String(index)], depth + 1, comments);
    return;
  }
  if (!isMap(node)) return;
  for (const [index, pair] of (node.items as Pair<Scalar, Node>[]).entries()) {
    const here = [...path, String(pair.key.value)];
    const comment = comments.get(commentKey(here));
    if (comment !== undefined)
      pair.key.commentBefore = wrapComment(comment, commentWidth - depth * 2 - 2)
        .map((text) => ` ${text}`)
        .join('\n');
    if (depth === 0 && index > 0 && (comment !== undefined || isMap(pair.value))) pair.key.spaceBefore = true;
    attach(pair.value, here, depth + 1, comments);
  }
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
    return [...lines, line].map((each) =>
      [...each].map((character) => (isHarmless(character) ? character : '\ufffd')).join(''),
    );
  });
}
