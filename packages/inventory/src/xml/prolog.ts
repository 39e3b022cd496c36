import { forbiddenCharacter, isSpace, nameEnd } from './characters.ts';
import { malformed, XmlFault } from './fault.ts';

const declaration =
  /<\?xml[ \t\r\n]+version[ \t\r\n]*=[ \t\r\n]*(?:"1\.[01]"|'1\.[01]')(?:[ \t\r\n]+encoding[ \t\r\n]*=[ \t\r\n]*(?:"[A-Za-z][A-Za-z0-9._-]*"|'[A-Za-z][A-Za-z0-9._-]*'))?(?:[ \t\r\n]+standalone[ \t\r\n]*=[ \t\r\n]*(?:"(?:yes|no)"|'(?:yes|no)'))?[ \t\r\n]*\?>/y;

const doctypeStart = /<!DOCTYPE[ \t\r\n]+/y;
const doctypeEnd = /[ \t\r\n]*>/y;
const otherFile = /[ \t\r\n]+(?:SYSTEM|PUBLIC)[ \t\r\n]/y;

/**
 * Returns the offset after the XML declaration, or `start` when there is none. Its encoding was used when the bytes
 * were decoded.
 */
export function xmlDeclarationEnd(text: string, start: number): number {
  if (!text.startsWith('<?xml', start) || !(isSpace(text.charCodeAt(start + 5)) || text.charCodeAt(start + 5) === 0x3f))
    return start;
  declaration.lastIndex = start;
  if (!declaration.test(text)) malformed('The XML declaration must read <?xml version="1.0" encoding="UTF-8"?>', start);
  return declaration.lastIndex;
}

/**
 * Returns the offset after a processing instruction. Throws XmlFault for one named `xml`, which may only start a file.
 */
export function skipInstruction(text: string, position: number): number {
  const nameStop = nameEnd(text, position + 2);
  const name = text.slice(position + 2, nameStop);
  if (name === '') malformed('A processing instruction has no name', position);
  if (name.includes(':')) malformed(`The processing instruction "${name}" cannot have a colon in its name`, position);
  if (name.toLowerCase() === 'xml') malformed('The XML declaration must be the first thing in the file', position);
  const end = text.indexOf('?>', nameStop);
  if (end === -1) malformed('The processing instruction is never closed', position);
  if (end > nameStop && !isSpace(text.charCodeAt(nameStop)))
    malformed(`A space is missing after the processing instruction's name "${name}"`, nameStop);
  const wrong = forbiddenCharacter(text, nameStop, end);
  if (wrong !== -1) malformed('The processing instruction has a character that XML does not allow', wrong);
  return end + 2;
}

/**
 * Returns the offset after a DOCTYPE that only names a document type. Throws XmlFault (`MI-XML-DTD`) for declarations.
 */
export function skipDoctype(text: string, position: number): number {
  doctypeStart.lastIndex = position;
  const name = doctypeStart.test(text) ? doctypeStart.lastIndex : position;
  const end = nameEnd(text, name);
  if (name === position || end === name) malformed('The DOCTYPE declaration is not complete', position);
  doctypeEnd.lastIndex = end;
  if (doctypeEnd.test(text)) return doctypeEnd.lastIndex;
  const subset = text.indexOf('[', position);
  const close = text.indexOf('>', position);
  if (subset !== -1 && (close === -1 || subset < close)) {
    throw new XmlFault(
      'MI-XML-DTD',
      'The file has a document type with declarations of its own; they are not read, because entities can be used to attack the parser',
      position,
    );
  }
  otherFile.lastIndex = end;
  if (otherFile.test(text)) {
    throw new XmlFault(
      'MI-XML-DTD',
      'The file names a document type in another file or on the network; it is not fetched here, and Micro Integrator fetches it each time it reads the file and refuses the file if it cannot',
      position,
    );
  }
  return malformed('The DOCTYPE declaration is not complete', position);
}
