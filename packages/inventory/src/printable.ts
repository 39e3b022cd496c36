/**
 * Characters that order a terminal about, begin a line, or turn the text around them: control characters (C0, DEL, C1), the
 * line and paragraph separators, the signs that set the direction of text (Unicode TR 36 and TR 9) and byte order marks.
 */
// oxlint-disable-next-line no-control-regex -- they are what it looks for
const unsafe = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/;
const everyUnsafe = new RegExp(unsafe, 'g');
const everyUnsafeButLineFeed = new RegExp(
  unsafe.source.replace(String.raw`\u0000-\u001f`, String.raw`\u0000-\u0009\u000b-\u001f`),
  'g',
);

/** Text that stays in its line and says what it is: each unsafe character as `\u001b`, which JSON reads as the same character. */
export function printable(text: string): string {
  return unsafe.test(text) ? text.replace(everyUnsafe, escaped) : text;
}

/** As {@link printable}, for text of several lines: line feeds stay. */
export function printableLines(text: string): string {
  return text.replace(everyUnsafeButLineFeed, escaped);
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
