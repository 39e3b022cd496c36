import { isUtf8 } from 'node:buffer';
import { finding } from '../findings/catalogue.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { ownValue } from '../text/own-value.ts';

export type DecodedXml = { readonly text: string } | { readonly diagnostic: Diagnostic };

/** How the bytes of a file look before anything in it was read. */
interface Physical {
  readonly width: 1 | 2 | 4;
  readonly bigEndian: boolean;
  /** Bytes of the byte order mark. */
  readonly mark: number;
}

/**
 * Decodes the bytes of an XML file as MI's parser does (woodstox-core-asl 4.4.1, io/StreamBootstrapper.java): the byte
 * order mark or the first characters say how wide characters are, and an encoding that the declaration names must agree
 * with that. Without either it is UTF-8. The text keeps no byte order mark. Returns the diagnostic `MI-XML-ENCODING`
 * for what the parser refuses.
 */
export function decodeXml(bytes: Uint8Array, path: string): DecodedXml {
  const decoded = decode(bytes, path);
  return 'text' in decoded && decoded.text.startsWith('\ufeff')
    ? refusal(path, "The file starts with two byte order marks; MI's parser refuses the second", undefined)
    : decoded;
}

function decode(bytes: Uint8Array, path: string): DecodedXml {
  const buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const physical = physicalOf(buffer);
  const content = physical.mark === 0 ? buffer : buffer.subarray(physical.mark);
  const declared = declaredIn(content, physical);
  const encoding = declared === undefined ? undefined : familyOf(declared);
  if (physical.width > 1) return decodeWide(content, physical, { path, declared, encoding });
  if (encoding === undefined || encoding === 'utf8') {
    const text = content.toString('utf8');
    // U+FFFD stands for what is not valid; looking for it is faster than looking at the bytes, and mostly it is not
    // there.
    const isValid = !text.includes('\ufffd') || isUtf8(content);
    return isValid ? { text } : refusal(path, 'The file is not valid UTF-8', content);
  }
  if (encoding === 'latin1') return { text: content.toString('latin1') };
  if (encoding === 'ascii')
    return content.every((byte) => byte < 0x80)
      ? { text: content.toString('latin1') }
      : refusal(path, `The file contains characters that its encoding "${declared}" does not have`, undefined);
  if (encoding !== 'other' && encoding !== 'windows1252') return disagreement(path, declared, physical.width);
  if (encoding === 'windows1252') return { text: decodeWindows1252(content) };
  try {
    if (/^(x-)?mac/i.test(declared ?? '')) throw new Error('Java has another name for it');
    // As Java's InputStreamReader, which puts U+FFFD in the place of what it cannot decode.
    return { text: new TextDecoder(declared, { ignoreBOM: true }).decode(content) };
  } catch {
    return refusal(path, `The file cannot be read in the encoding "${declared}" that it names`, undefined);
  }
}

/**
 * What windows-1252 has in the place of the control characters 0x80 to 0x9f of ISO-8859-1; U+FFFD where it has nothing,
 * as in Java.
 */
const windows1252 = '€\ufffd‚ƒ„…†‡ˆ‰Š‹Œ\ufffdŽ\ufffd\ufffd‘’“”•–—˜™š›œ\ufffdžŸ';

/** `TextDecoder` of Node 20 reads windows-1252 as ISO-8859-1. */
function decodeWindows1252(content: Buffer): string {
  return content
    .toString('latin1')
    .replace(/[\x80-\x9f]/g, (character) => windows1252.charAt(character.charCodeAt(0) - 0x80));
}

function decodeWide(
  content: Buffer,
  { width, bigEndian }: Physical,
  named: { readonly path: string; readonly declared: string | undefined; readonly encoding: Family | undefined },
): DecodedXml {
  const { path, declared, encoding } = named;
  const family = width === 2 ? 'utf16' : 'utf32';
  if (encoding !== undefined && encoding !== family && encoding !== `${family}${bigEndian ? 'be' : 'le'}`)
    return disagreement(path, declared, width);
  try {
    return { text: width === 2 ? utf16(content, bigEndian, 'refused') : utf32(content, bigEndian) };
  } catch {
    return refusal(path, `The file is not valid UTF-${8 * width}`, undefined);
  }
}

function utf16(content: Buffer, bigEndian: boolean, faults: 'refused' | 'replaced'): string {
  const fatal = faults === 'refused';
  return new TextDecoder(bigEndian ? 'utf-16be' : 'utf-16le', { fatal, ignoreBOM: true }).decode(content);
}

/** Throws for what is no character. `TextDecoder` does not know UTF-32. */
function utf32(content: Buffer, bigEndian: boolean): string {
  const parts: string[] = [];
  for (let at = 0; at < content.length; at += 4) {
    const point = bigEndian ? content.readUInt32BE(at) : content.readUInt32LE(at);
    if (point >= 0xd800 && point <= 0xdfff) throw new RangeError('half of a character');
    parts.push(String.fromCodePoint(point));
  }
  return parts.join('');
}

const plain: Physical = { width: 1, bigEndian: true, mark: 0 };

/** First bytes that tell how characters are stored: marks, and `<` or `<?` without one. The first that fits counts. */
const starts: readonly (readonly [bytes: readonly number[], physical: Physical])[] = [
  [[0xef, 0xbb, 0xbf], { width: 1, bigEndian: true, mark: 3 }],
  [[0xff, 0xfe, 0, 0], { width: 4, bigEndian: false, mark: 4 }],
  [[0, 0, 0xfe, 0xff], { width: 4, bigEndian: true, mark: 4 }],
  [[0xff, 0xfe], { width: 2, bigEndian: false, mark: 2 }],
  [[0xfe, 0xff], { width: 2, bigEndian: true, mark: 2 }],
  // `<` in UTF-32, with or without a declaration.
  [[0x3c, 0, 0, 0], { width: 4, bigEndian: false, mark: 0 }],
  [[0, 0, 0, 0x3c], { width: 4, bigEndian: true, mark: 0 }],
  // `<?` in UTF-16: without a declaration the parser takes the file for UTF-8.
  [[0x3c, 0, 0x3f, 0], { width: 2, bigEndian: false, mark: 0 }],
  [[0, 0x3c, 0, 0x3f], { width: 2, bigEndian: true, mark: 0 }],
];

function physicalOf(buffer: Buffer): Physical {
  // Nearly every file starts with `<` and a character of ASCII.
  if (buffer[0] === 0x3c && buffer[1] !== 0) return plain;
  return starts.find(([bytes]) => bytes.every((byte, at) => buffer[at] === byte))?.[1] ?? plain;
}

/** The encoding in the XML declaration. */
function declaredIn(content: Buffer, { width, bigEndian }: Physical): string | undefined {
  if (width === 1 && (content[0] !== 0x3c || content[1] !== 0x3f)) return undefined;
  const head = content.subarray(0, 400 * width);
  // Of four bytes a declaration, which is ASCII, uses one.
  const text = width === 2 ? utf16(head, bigEndian, 'replaced') : lowBytes(head, width, bigEndian).toString('latin1');
  return /^<\?xml[ \t\r\n][^>]*?[ \t\r\n]encoding[ \t\r\n]*=[ \t\r\n]*["']([A-Za-z][\w.-]*)/.exec(text)?.[1];
}

/** The byte of each character that ASCII uses. */
function lowBytes(bytes: Buffer, width: 1 | 4, bigEndian: boolean): Buffer {
  return width === 1 ? bytes : Buffer.from(bytes.filter((_byte, at) => at % 4 === (bigEndian ? 3 : 0)));
}

type Family =
  | 'utf8'
  | 'latin1'
  | 'ascii'
  | 'utf16'
  | 'utf16le'
  | 'utf16be'
  | 'utf32'
  | 'utf32le'
  | 'utf32be'
  | 'windows1252'
  | 'other';

/**
 * Names that the parser knows itself, without case, `-` and `_` (io/CharsetNames.java, `normalize`); others are Java's.
 */
const families: Readonly<Record<string, Family>> = {
  utf8: 'utf8',
  iso88591: 'latin1',
  isolatin1: 'latin1',
  latin1: 'latin1',
  windows1252: 'windows1252',
  cp1252: 'windows1252',
  ascii: 'ascii',
  usascii: 'ascii',
  iso646us: 'ascii',
  utf: 'utf16',
  utf16: 'utf16',
  ucs2: 'utf16',
  iso10646ucs2: 'utf16',
  utf16le: 'utf16le',
  utf16be: 'utf16be',
  utf32: 'utf32',
  utf32le: 'utf32le',
  utf32be: 'utf32be',
  ucs4: 'utf32',
  iso10646ucs4: 'utf32',
};

function familyOf(name: string): Family {
  return ownValue(families, name.toLowerCase().replace(/[-_]/g, '')) ?? 'other';
}

function disagreement(path: string, declared: string | undefined, width: number): DecodedXml {
  const words: Readonly<Record<number, string>> = { 1: 'one byte', 2: 'two bytes' };
  return refusal(
    path,
    `The declaration names the encoding "${declared}", but the file has ${words[width] ?? 'four bytes'} a character, in another order or encoding; MI's parser refuses it`,
    undefined,
  );
}

function refusal(path: string, message: string, utf8: Buffer | undefined): { readonly diagnostic: Diagnostic } {
  let line = 1;
  let column = 1;
  if (utf8 !== undefined) {
    // U+FFFD stands where decoding failed first, unless the file holds that very character before.
    const text = utf8.toString('utf8');
    const offset = Math.max(text.indexOf('\ufffd'), 0);
    const before = text.slice(0, offset).split('\n');
    line = before.length;
    column = (before.at(-1) ?? '').length + 1;
  }
  return {
    diagnostic: finding(
      'MI-XML-ENCODING',
      `${message}.`,
      'Save the file as UTF-8, or name its encoding in the XML declaration; what it says was not read.',
      { path, line, column },
    ),
  };
}
