import { isUtf8 } from 'node:buffer';
import type { Diagnostic } from '../diagnostic.ts';
import { faultHints } from './fault.ts';

export type DecodedXml = { readonly text: string } | { readonly diagnostic: Diagnostic };

/**
 * Decodes the bytes of an XML file: by its byte order mark, else by the encoding its declaration names, else as UTF-8.
 * The text keeps no byte order mark. Returns the diagnostic `MI-XML-ENCODING` for bytes that are not in that encoding.
 */
export function decodeXml(bytes: Uint8Array, path: string): DecodedXml {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const encoding = encodingOf(buffer);
  if (encoding === 'utf-8') {
    if (!isUtf8(buffer)) return refusal(path, 'The file is not valid UTF-8', buffer);
    const text = buffer.toString('utf8');
    return { text: text.charCodeAt(0) === 0xfeff ? text.slice(1) : text };
  }
  try {
    return { text: new TextDecoder(encoding, { fatal: true }).decode(buffer) };
  } catch {
    return refusal(path, `The file cannot be read in the encoding "${encoding}" that it names`, undefined);
  }
}

function encodingOf(buffer: Buffer): string {
  if (buffer[0] === 0xff && buffer[1] === 0xfe) return 'utf-16le';
  if (buffer[0] === 0xfe && buffer[1] === 0xff) return 'utf-16be';
  if (buffer[0] === 0x3c && buffer[1] === 0) return 'utf-16le';
  if (buffer[0] === 0 && buffer[1] === 0x3c) return 'utf-16be';
  if (buffer[0] === 0xef || buffer[1] !== 0x3f) return 'utf-8';
  const declared = /^<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z][\w.-]*)/
    .exec(buffer.toString('latin1', 0, 200))?.[1]
    ?.toLowerCase();
  // A declaration that can be read byte by byte cannot be UTF-16, whatever it says.
  return declared === undefined || declared === 'utf8' || declared.startsWith('utf-16') ? 'utf-8' : declared;
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
    diagnostic: {
      code: 'MI-XML-ENCODING',
      severity: 'error',
      message: `${message}.`,
      hint: `Save the file as UTF-8, or name its encoding in the XML declaration. ${faultHints['MI-XML-MALFORMED']}`,
      source: { path, line, column },
    },
  };
}
