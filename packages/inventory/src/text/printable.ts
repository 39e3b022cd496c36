/**
 * Characters that order a terminal about, begin a line, turn the text around them or are not seen at all, so that two
 * names look alike: control characters (C0, DEL, C1), the line and paragraph separators, the signs that set the
 * direction of text (Unicode TR 36 and TR 9), byte order marks, soft hyphens, spaces and joiners without width, and
 * tags. The joiners that Persian and emoji need (U+200C, U+200D) stay.
 */
const unsafe =
  // oxlint-disable-next-line no-control-regex -- they are what it looks for
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/u;
const everyUnsafe = new RegExp(unsafe, 'gu');
const everyUnsafeButLineFeed = new RegExp(
  unsafe.source.replace(String.raw`\u0000-\u001f`, String.raw`\u0000-\u0009\u000b-\u001f`),
  'gu',
);

/**
 * Text that stays in its line and says what it is: each unsafe character as `\u001b`, which JSON reads as the same
 * character.
 */
export function printable(text: string): string {
  return unsafe.test(text) ? text.replace(everyUnsafe, escaped) : text;
}

/** As {@link printable}, for text of several lines: line feeds stay. */
export function printableLines(text: string): string {
  return text.replace(everyUnsafeButLineFeed, escaped);
}

function escaped(character: string): string {
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}
