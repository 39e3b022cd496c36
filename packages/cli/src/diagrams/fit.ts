type Face = 'sans' | 'bold' | 'mono';

/**
 * Text cut to a width in pixels, with an ellipsis. There is no font to measure with, so widths are taken from a wide
 * common sans-serif or monospace face: a text may end a little early, never beyond its card.
 */
export function fitText(text: string, width: number, size: number, face: Face = 'sans'): string {
  const room = width / size;
  let used = 0;
  let end = 0;
  const characters = [...text];
  const ellipsis = emOf('…', face);
  for (const [index, character] of characters.entries()) {
    used += emOf(character, face);
    if (used > room) return `${characters.slice(0, end).join('')}…`;
    if (used + ellipsis <= room) end = index + 1;
  }
  return text;
}

/** Width of a text in pixels, rather too wide than too narrow. */
export function textWidth(text: string, size: number, face: Face = 'sans'): number {
  return [...text].reduce((sum, character) => sum + emOf(character, face), 0) * size;
}

/**
 * Lines of a text that are no wider than `width` pixels, broken after blanks and separators, between the words of a
 * camel-case name, and inside of a word where nothing else helps. Nothing is left out.
 */
export function wrapText(text: string, width: number, size: number, face: Face = 'sans'): string[] {
  const pieces = text.match(/[A-Z]*[^A-Z\s/_.,:-]*[\s/_.,:-]*/g)?.filter((piece) => piece !== '') ?? [text];
  const lines: string[] = [];
  let line = '';
  for (const piece of pieces.flatMap((one) => broken(one, width, size, face))) {
    if (line !== '' && textWidth((line + piece).trimEnd(), size, face) > width) {
      lines.push(line.trimEnd());
      line = piece;
    } else line += piece;
  }
  return [...lines, line.trimEnd()].filter((one) => one !== '');
}

function broken(piece: string, width: number, size: number, face: Face): string[] {
  if (textWidth(piece.trimEnd(), size, face) <= width) return [piece];
  const parts: string[] = [];
  let part = '';
  for (const character of piece) {
    if (part !== '' && textWidth(part + character, size, face) > width) {
      parts.push(part);
      part = '';
    }
    part += character;
  }
  return [...parts, part];
}

/** Widths in parts of the font size, the first that fits; any other character has 0.65. */
const widths: readonly (readonly [width: number, characters: RegExp])[] = [
  [1.02, /[WM@%]/],
  [0.98, /[mw…—]/],
  [0.78, /[A-Z<>+=]/],
  [0.42, /[ijlI1.,:;|'!/()[\] -]/],
];

/** Width of a character in parts of the font size. */
function emOf(character: string, face: Face): number {
  // East Asian scripts and emoji take a full square in every face.
  const point = character.codePointAt(0) ?? 0;
  if (point >= 0x2e80 || (point >= 0x1100 && point <= 0x11ff)) return 1.05;
  if (face === 'mono') return 0.62;
  const [width] = widths.find(([, characters]) => characters.test(character)) ?? [0.65];
  return face === 'bold' ? width * 1.08 : width;
}
