import { ownValue } from '../text/own-value.ts';
import { isXmlCharacter } from './characters.ts';
import { malformed, XmlFault } from './fault.ts';

const predefined: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/** Where a piece of text stands. */
type Part = 'attribute' | 'content';

/**
 * Replaces character references and the five predefined entities in a piece of text, and normalizes line ends.
 *
 * @param offset where the piece starts in its file, for messages.
 * @param part in the value of an attribute, a literal white space character becomes a space.
 * @param hasDoctype true when a DOCTYPE was seen: an unknown entity is then the DTD's business, and refused as such.
 */
export function decodeText(raw: string, offset: number, part: Part, hasDoctype: boolean): string {
  let result = '';
  let from = 0;
  for (let at = raw.indexOf('&'); at !== -1; at = raw.indexOf('&', from)) {
    const semicolon = raw.indexOf(';', at);
    if (semicolon === -1) malformed('The character "&" must be written "&amp;" here', offset + at);
    result +=
      normalizeSpace(raw.slice(from, at), part) + replacement(raw.slice(at + 1, semicolon), offset + at, hasDoctype);
    from = semicolon + 1;
  }
  return result + normalizeSpace(raw.slice(from), part);
}

/** Normalizes line ends (XML 1.0, 2.11) and, in attribute values, white space (3.3.3). */
export function normalizeSpace(text: string, part: Part): string {
  if (part === 'attribute') return text.replace(/\r\n|[\r\n\t]/g, ' ');
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
}

function replacement(name: string, offset: number, hasDoctype: boolean): string {
  if (name.startsWith('#')) {
    const hexadecimal = name.startsWith('#x');
    const digits = name.slice(hexadecimal ? 2 : 1);
    const code = (hexadecimal ? /^[0-9a-fA-F]+$/ : /^[0-9]+$/).test(digits)
      ? parseInt(digits, hexadecimal ? 16 : 10)
      : -1;
    if (!isXmlCharacter(code)) malformed(`"&${shorten(name)};" is not a character`, offset);
    return String.fromCodePoint(code);
  }
  const value = ownValue(predefined, name);
  if (value !== undefined) return value;
  if (!/^[^\s&<>;'"]+$/.test(name)) malformed('The character "&" must be written "&amp;" here', offset);
  const message = `The entity "&${shorten(name)};" is unknown: only &amp; &lt; &gt; &quot; &apos; and character references can be used`;
  throw new XmlFault(hasDoctype ? 'MI-XML-DTD' : 'MI-XML-MALFORMED', message, offset);
}

function shorten(name: string): string {
  return name.length > 40 ? `${name.slice(0, 40)}…` : name;
}
