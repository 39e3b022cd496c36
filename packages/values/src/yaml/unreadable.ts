import type { Dialect } from './dialect.ts';

/** What a text holds that its reader refuses, or reads in another way than the parser here. */
export interface Unreadable {
  readonly offset: number;
  readonly message: string;
  readonly hint: string;
}

/** Characters that YAML does not allow, and a byte order mark after the start, which helm skips where a line begins. */
// oxlint-disable-next-line no-control-regex -- they are what it looks for
const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\ufffe\uffff]|(?<!^)\ufeff/u;
/** Ends a line for helm, and not for the parser here. */
const loneReturn = /\r(?!\n)/;
/** End lines in YAML 1.1, which helm reads, and in no text editor. */
const oldLineBreak = /[\u0085\u2028\u2029]/;
/** Helm divides a file at these lines, wherever they are, and wants nothing after the dashes. */
const filledSeparator = /^---(?:#|[ \t]*[^\s#])/m;

/** The first thing in a text that cannot be read as it is written; undefined when there is none. */
export function unreadable(text: string, dialect: Dialect): Unreadable | undefined {
  const found = forbidden.exec(text);
  if (found !== null)
    return {
      offset: found.index,
      message: `The character ${codePoint(found[0])} is not allowed in YAML unescaped.`,
      hint: `Remove it, or write \`${escape(found[0])}\` in double quotes.`,
    };
  const lone = loneReturn.exec(text);
  if (lone !== null)
    return {
      offset: lone.index,
      message: 'A line ends with only a carriage return.',
      hint: 'End lines with a line feed; inside text, write `\\r` in double quotes.',
    };
  return dialect === 'helm' ? unlikeHelm(text) : undefined;
}

function unlikeHelm(text: string): Unreadable | undefined {
  const [breakAt, separator] = [oldLineBreak.exec(text), filledSeparator.exec(text)];
  if (breakAt !== null)
    return {
      offset: breakAt.index,
      message: `The character ${codePoint(breakAt[0])} ends a line for helm.`,
      hint: `Remove it, or write \`${escape(breakAt[0])}\` in double quotes.`,
    };
  if (separator === null) return undefined;
  return {
    offset: separator.index,
    message: 'To helm, a line that starts with `---` separates documents, and nothing may follow the dashes.',
    hint: 'Start the line differently, or put what follows on a separate line.',
  };
}

const hexOf = (character: string): string =>
  (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
const codePoint = (character: string): string => `U+${hexOf(character)}`;
const escape = (character: string): string => `\\u${hexOf(character)}`;
