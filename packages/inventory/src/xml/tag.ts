import { forbiddenCharacter, isPairAt, isSpace, nameEnd } from './characters.ts';
import { malformed, XmlFault } from './fault.ts';
import { sharedName, withOneMore } from './names.ts';
import { type NamespaceScope, prefixNamespace } from './namespaces.ts';
import type { XmlAttribute } from './attribute.ts';
import { decodeText } from './references.ts';

/**
 * Where the reader stands. Mutable and private to the reader: a fresh record for each tag would cost more than the tag.
 */
export interface TagCursor {
  readonly text: string;
  readonly scope: NamespaceScope;
  readonly attributeLimit: number;
  position: number;
  selfClosing: boolean;
  hasDoctype: boolean;
}

interface Attribute {
  readonly name: string;
  local: string;
  namespace: string;
  readonly value: string;
  readonly offset: number;
}

const none: readonly XmlAttribute[] = [];

/**
 * Reads from after the element's name to after its `>`, and declares the namespaces it finds for the element at this
 * depth.
 */
export function readAttributes(cursor: TagCursor, depth: number): readonly XmlAttribute[] {
  const { text } = cursor;
  let attributes: Attribute[] | undefined;
  let declarations: Set<string> | undefined;
  let prefixed = 0;
  let count = 0;
  for (;;) {
    const spaceStart = cursor.position;
    let at = spaceStart;
    while (isSpace(text.charCodeAt(at))) at++;
    const code = text.charCodeAt(at);
    if (code === 0x3e || (code === 0x2f && text.charCodeAt(at + 1) === 0x3e)) {
      cursor.selfClosing = code === 0x2f;
      cursor.position = at + (code === 0x2f ? 2 : 1);
      break;
    }
    const end = nameEnd(text, at);
    if (end === at)
      malformed(at >= text.length ? 'The file ends inside a tag' : 'An attribute name, ">" or "/>" is missing', at);
    if (at === spaceStart) malformed('A space is missing between attributes', at);
    const name = sharedName(text, at, end);
    const value = readValue(cursor, name, end);
    if (++count > cursor.attributeLimit) {
      throw new XmlFault('MI-XML-LIMIT', `An element has more than ${cursor.attributeLimit} attributes`, at);
    }
    if (name === 'xmlns' || name.startsWith('xmlns:')) {
      declarations ??= new Set();
      if (declarations.has(name)) duplicate(name, at);
      declarations.add(name);
      const prefix = name.slice(6);
      if (name.length > 5 && (prefix === '' || nameEnd(prefix, 0) !== prefix.length || prefix.includes(':')))
        malformed(`"${name}" declares no prefix`, at);
      cursor.scope.declare(prefix, value, depth, at);
    } else {
      if (name.includes(':')) prefixed++;
      attributes = withOneMore(attributes ?? [], { name, local: name, namespace: '', value, offset: at });
    }
  }
  if (attributes === undefined) return none;
  refuseDuplicates(attributes);
  if (prefixed > 0) resolvePrefixes(attributes, cursor.scope);
  return attributes;
}

function readValue(cursor: TagCursor, name: string, nameStop: number): string {
  const { text } = cursor;
  let at = nameStop;
  while (isSpace(text.charCodeAt(at))) at++;
  if (text.charCodeAt(at) !== 0x3d) malformed(`The attribute "${name}" has no value`, at);
  at++;
  while (isSpace(text.charCodeAt(at))) at++;
  const quote = text.charCodeAt(at);
  if (quote !== 0x22 && quote !== 0x27) malformed(`The value of the attribute "${name}" must be quoted`, at);
  const start = at + 1;
  let plain = true;
  for (at = start; ; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) break;
    if (code > 0x3c && code < 0xd800) continue;
    if (code === 0x3c) malformed(`"<" must be written "&lt;" in the value of the attribute "${name}"`, at);
    if (code === 0x26 || code === 0x0a || code === 0x0d || code === 0x09) plain = false;
    else if (code < 0x20 || code >= 0xd800) {
      if (forbiddenCharacter(text, at, at + 1) !== -1 && !isPairAt(text, at))
        malformed(`The value of the attribute "${name}" has a character that XML does not allow`, at);
      if (code <= 0xdbff && code >= 0xd800) at++;
    } else if (code !== code) malformed(`The value of the attribute "${name}" is never closed`, start - 1);
  }
  cursor.position = at + 1;
  return plain ? text.slice(start, at) : decodeText(text.slice(start, at), start, 'attribute', cursor.hasDoctype);
}

function refuseDuplicates(attributes: readonly Attribute[]): void {
  if (attributes.length > 12) {
    const seen = new Set<string>();
    for (const { name, offset } of attributes) {
      if (seen.has(name)) duplicate(name, offset);
      seen.add(name);
    }
    return;
  }
  for (let later = 1; later < attributes.length; later++) {
    const { name, offset } = attributes[later] as Attribute;
    for (let earlier = 0; earlier < later; earlier++) if (attributes[earlier]?.name === name) duplicate(name, offset);
  }
}

/** Two prefixes may stand for one namespace, so names are compared again once they are resolved. */
function resolvePrefixes(attributes: readonly Attribute[], scope: NamespaceScope): void {
  const seen = new Set<string>();
  for (const attribute of attributes) {
    const { name, offset } = attribute;
    const colon = name.indexOf(':');
    if (colon === -1) continue;
    attribute.local = name.slice(colon + 1);
    attribute.namespace = prefixNamespace(scope, name, colon, offset);
    const expanded = `${attribute.namespace}\n${attribute.local}`;
    if (seen.has(expanded)) duplicate(name, offset);
    seen.add(expanded);
  }
}

function duplicate(name: string, offset: number): never {
  return malformed(`The attribute "${name}" is given twice`, offset);
}
