import { finding } from '../findings/catalogue.ts';
import type { XmlAttribute } from './attribute.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { forbiddenCharacter, isPairAt, isSpace, nameEnd } from './characters.ts';
import { faultHints, malformed, XmlFault } from './fault.ts';
import { createLocator } from './locator.ts';
import { sharedName } from './names.ts';
import { skipDoctype, skipInstruction, xmlDeclarationEnd } from './prolog.ts';
import { decodeText, normalizeSpace } from './references.ts';
import { createNamespaceScope, prefixNamespace } from './namespaces.ts';
import { type TagCursor, readAttributes } from './tag.ts';

/** A start tag. `offset` is where its `<` stands. */
export interface XmlElement {
  readonly name: string;
  readonly local: string;
  readonly namespace: string;
  readonly attributes: readonly XmlAttribute[];
  readonly offset: number;
}

export interface XmlHandler {
  open(element: XmlElement): void;
  close(): void;
  /** Text or CDATA of the open element; one text may come in several pieces. */
  text(value: string, offset: number): void;
}

export interface XmlLimits {
  /** Longest text, in UTF-16 code units. */
  readonly length: number;
  readonly depth: number;
  /** Attributes of one element, namespace declarations included. */
  readonly attributes: number;
  readonly elements: number;
}

/** Far above every artifact seen, and low enough that a hostile file costs no more than about 200 MB for a moment. */
const defaultXmlLimits: XmlLimits = {
  length: 16 * 1024 * 1024,
  depth: 256,
  attributes: 1000,
  elements: 500_000,
};

export interface XmlOptions {
  readonly limits?: Partial<XmlLimits>;
  /** Leaves out text that is white space only between two tags: indentation, in most files most of the pieces. */
  readonly skipBlankText?: boolean;
}

/**
 * Reads a namespace-aware XML 1.0 document strictly, and calls the handler in document order. Nothing outside the text
 * is ever read: a DTD with declarations is refused, entities other than the predefined five do not exist.
 *
 * @returns undefined when the whole text is well formed, else the one diagnostic that says why not: `MI-XML-MALFORMED`,
 *   `MI-XML-LIMIT` or `MI-XML-DTD`. The handler may have seen the part before the fault.
 */
export function readXml(
  text: string,
  path: string,
  handler: XmlHandler,
  options: XmlOptions = {},
): Diagnostic | undefined {
  try {
    readDocument(
      text,
      handler,
      options.limits === undefined ? defaultXmlLimits : { ...defaultXmlLimits, ...options.limits },
      options.skipBlankText ?? false,
    );
    return undefined;
  } catch (error) {
    if (!(error instanceof XmlFault)) throw error;
    const source = createLocator(text, path)(error.offset);
    return finding(error.code, `${error.message}.`, faultHints[error.code], source);
  }
}

interface OpenTag {
  readonly name: string;
  readonly offset: number;
}

function readDocument(text: string, handler: XmlHandler, limits: XmlLimits, skipBlankText: boolean): void {
  if (text.length > limits.length) {
    throw new XmlFault(
      'MI-XML-LIMIT',
      `The file has ${text.length} characters, more than the ${limits.length} allowed`,
      0,
    );
  }
  const scope = createNamespaceScope();
  const cursor: TagCursor = {
    text,
    scope,
    position: 0,
    selfClosing: false,
    hasDoctype: false,
    attributeLimit: limits.attributes,
  };
  const content: Content = { handler, skipBlankText };
  const open: OpenTag[] = [];
  let elements = 0;
  let position = xmlDeclarationEnd(text, text.charCodeAt(0) === 0xfeff ? 1 : 0);

  while (position < text.length) {
    if (text.charCodeAt(position) !== 0x3c) {
      position = readCharacters(cursor, position, open.length > 0 ? content : undefined);
      continue;
    }
    const next = text.charCodeAt(position + 1);
    if (next === 0x2f) {
      position = endTag(text, position, open.pop());
      scope.leave(open.length + 1);
      handler.close();
    } else if (next === 0x21) {
      if (text.startsWith('<!--', position)) position = commentEnd(text, position);
      else if (text.startsWith('<![CDATA[', position) && open.length > 0) position = readCdata(text, position, handler);
      else if (text.startsWith('<!DOCTYPE', position) && elements === 0 && !cursor.hasDoctype) {
        position = skipDoctype(text, position);
        cursor.hasDoctype = true;
      } else malformed('"<!" does not start anything that is allowed here', position);
    } else if (next === 0x3f) {
      position = skipInstruction(text, position);
    } else {
      if (open.length === 0 && elements > 0) malformed('A document has one root element; this is a second', position);
      if (open.length >= limits.depth)
        throw new XmlFault('MI-XML-LIMIT', `Elements are nested deeper than ${limits.depth}`, position);
      if (++elements > limits.elements)
        throw new XmlFault('MI-XML-LIMIT', `The file has more than ${limits.elements} elements`, position);
      const element = startTag(cursor, position, open.length + 1);
      handler.open(element);
      if (cursor.selfClosing) {
        scope.leave(open.length + 1);
        handler.close();
      } else open.push({ name: element.name, offset: position });
      position = cursor.position;
    }
  }
  const unclosed = open.at(-1);
  if (unclosed !== undefined) malformed(`The element "${unclosed.name}" is never closed`, unclosed.offset);
  if (elements === 0) malformed('The file has no root element', text.length);
}

function startTag(cursor: TagCursor, position: number, depth: number): XmlElement {
  const { text, scope } = cursor;
  const end = nameEnd(text, position + 1);
  if (end === position + 1) malformed('"<" must be written "&lt;" here, or a name must follow it', position);
  const name = sharedName(text, position + 1, end);
  cursor.position = end;
  const attributes = readAttributes(cursor, depth);
  const colon = name.indexOf(':');
  if (colon === -1) return { name, local: name, namespace: scope.defaultNamespace(), attributes, offset: position };
  const namespace = prefixNamespace(scope, name, colon, position);
  return { name, local: name.slice(colon + 1), namespace, attributes, offset: position };
}

function endTag(text: string, position: number, expected: OpenTag | undefined): number {
  if (expected === undefined) malformed('This end tag closes nothing', position);
  let at = position + 2 + expected.name.length;
  if (!text.startsWith(expected.name, position + 2)) mismatch(text, position, expected);
  while (isSpace(text.charCodeAt(at))) at++;
  if (text.charCodeAt(at) !== 0x3e) mismatch(text, position, expected);
  return at + 1;
}

function mismatch(text: string, position: number, expected: OpenTag): never {
  const found = text.slice(position + 2, nameEnd(text, position + 2));
  return malformed(`"</${found}>" found where "</${expected.name}>" was expected`, position);
}

/** Where character data of elements goes. */
interface Content {
  readonly handler: XmlHandler;
  readonly skipBlankText: boolean;
}

/** Reads character data up to the next tag; outside of the root element, where nothing may be, without `content`. */
function readCharacters(cursor: TagCursor, start: number, content: Content | undefined): number {
  const { text } = cursor;
  let end = start;
  let blank = true;
  let plain = true;
  for (; end < text.length; end++) {
    const code = text.charCodeAt(end);
    if (code > 0x3e && code < 0x5d) blank = false;
    else if (code === 0x3c) break;
    else if (code === 0x20 || code === 0x0a || code === 0x09) continue;
    else if (code === 0x0d) plain = false;
    else {
      blank = false;
      if (code === 0x26) plain = false;
      else if (code === 0x5d) {
        if (text.startsWith(']]>', end)) malformed('"]]>" must be written "]]&gt;" here', end);
      } else if (code < 0x20 || code >= 0xd800) {
        if (forbiddenCharacter(text, end, end + 1) !== -1 && !isPairAt(text, end)) forbidden(code, end);
        if (code >= 0xd800 && code <= 0xdbff) end++;
      }
    }
  }
  if (content === undefined) {
    if (!blank) malformed('There is text outside the root element', start);
  } else if (!(blank && content.skipBlankText)) {
    content.handler.text(
      plain ? text.slice(start, end) : decodeText(text.slice(start, end), start, 'content', cursor.hasDoctype),
      start,
    );
  }
  return end;
}

function readCdata(text: string, position: number, handler: XmlHandler): number {
  const end = text.indexOf(']]>', position + 9);
  if (end === -1) malformed('The CDATA section is never closed', position);
  checkCharacters(text, position, end);
  if (end > position + 9) handler.text(normalizeSpace(text.slice(position + 9, end), 'content'), position + 9);
  return end + 3;
}

function commentEnd(text: string, position: number): number {
  const end = text.indexOf('--', position + 4);
  if (end === -1) malformed('The comment is never closed', position);
  if (text.charCodeAt(end + 2) !== 0x3e) malformed('"--" is not allowed in a comment', end);
  checkCharacters(text, position, end);
  return end + 3;
}

function checkCharacters(text: string, start: number, end: number): void {
  const at = forbiddenCharacter(text, start, end);
  if (at !== -1) forbidden(text.charCodeAt(at), at);
}

function forbidden(code: number, offset: number): never {
  return malformed(`The character U+${code.toString(16).toUpperCase().padStart(4, '0')} is not allowed in XML`, offset);
}
