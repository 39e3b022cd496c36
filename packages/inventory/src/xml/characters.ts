/**
 * Characters that may start an XML name, and those that may follow, for the ASCII range: 2 start, 1 follow only, 0
 * neither.
 */
const asciiNameClass = new Uint8Array(128);
for (let code = 0; code < 128; code++) {
  const character = String.fromCharCode(code);
  if (/[A-Za-z_:]/.test(character)) asciiNameClass[code] = 2;
  else if (/[-.0-9]/.test(character)) asciiNameClass[code] = 1;
}

// XML 1.0, fifth edition, productions 4 and 4a, without the ASCII part.
const nameStart =
  /[\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\u{10000}-\u{effff}]/uy;
const nameFollow =
  /[\u{300}-\u{36f}\u00b7\u203f-\u2040\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\u{10000}-\u{effff}]/uy;

/** Returns the offset after the XML name at `start`, or `start` itself when no name stands there. */
export function nameEnd(text: string, start: number): number {
  let position = start;
  let code = text.charCodeAt(position);
  if (code < 128 ? asciiNameClass[code] !== 2 : !matchesAt(nameStart, text, position)) return start;
  for (;;) {
    position += code >= 0xd800 && code <= 0xdbff ? 2 : 1;
    code = text.charCodeAt(position);
    if (code < 128) {
      if (asciiNameClass[code] === 0) return position;
    } else if (!matchesAt(nameFollow, text, position)) return position;
  }
}

function matchesAt(pattern: RegExp, text: string, position: number): boolean {
  pattern.lastIndex = position;
  return pattern.test(text);
}

/** Returns the offset of the first character in the range that XML 1.0 forbids (production 2), or -1. */
export function forbiddenCharacter(text: string, start: number, end: number): number {
  for (let position = start; position < end; position++) {
    const code = text.charCodeAt(position);
    if (code < 0x20 ? code !== 0x0a && code !== 0x0d && code !== 0x09 : code >= 0xd800 && !isPlain(code)) {
      if (code < 0x20 || !isPairAt(text, position)) return position;
      position++;
    }
  }
  return -1;
}

function isPlain(code: number): boolean {
  return code >= 0xe000 && code <= 0xfffd;
}

/** True when a well-formed surrogate pair stands at the offset. */
export function isPairAt(text: string, position: number): boolean {
  const high = text.charCodeAt(position);
  const low = text.charCodeAt(position + 1);
  return high >= 0xd800 && high <= 0xdbff && low >= 0xdc00 && low <= 0xdfff;
}

/** True when XML 1.0 allows the code point, for example in a character reference. */
export function isXmlCharacter(code: number): boolean {
  return (
    code === 0x09 ||
    code === 0x0a ||
    code === 0x0d ||
    (code >= 0x20 && code <= 0xd7ff) ||
    (code >= 0xe000 && code <= 0xfffd) ||
    (code >= 0x10000 && code <= 0x10ffff)
  );
}

/** White space as XML has it: blank, line feed, tab, carriage return. */
export function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x09 || code === 0x0d;
}
