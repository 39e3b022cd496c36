import { finding } from '../findings/catalogue.ts';
import { own } from '../artifact/reading.ts';
import type { Diagnostic, Source } from '../model/diagnostic.ts';
import { createLocator, type Locator } from '../xml/locator.ts';
import { readXmlTree, type XmlNode } from '../xml/tree.ts';

/** An element of a small descriptor file: pom.xml, artifact.xml, artifacts.xml, registry-info.xml and so on. */
export interface Element {
  /** Local name. */
  readonly name: string;
  /** By local name. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly Element[];
  /** Text directly inside, trimmed. */
  readonly text: string;
  /** The same as it stands; missing when it is no other. */
  readonly untrimmed?: string;
  readonly source: Source;
}

/** Reads a descriptor as a tree, or says in one diagnostic why it is not well formed. */
export function readMarkup(text: string, path: string): { readonly root: Element } | { readonly problem: Diagnostic } {
  const { root, diagnostic } = readXmlTree(text, path);
  if (diagnostic?.code === 'MI-XML-MALFORMED')
    return { problem: { ...diagnostic, hint: 'Correct the XML at this place; what the file describes was not read.' } };
  if (diagnostic !== undefined) return { problem: diagnostic };
  if (root !== undefined) return { root: elementOf(root, createLocator(text, path)) };
  const problem = finding(
    'MI-XML-MALFORMED',
    `${path} holds no element.`,
    'Correct the file; what it describes was not read.',
    { path, line: 1, column: 1 },
  );
  return { problem };
}

const none: readonly never[] = [];
const noAttributes: ReadonlyMap<string, string> = new Map();

function elementOf(node: XmlNode, at: Locator): Element {
  return {
    name: own(node.local),
    attributes: node.attributes.length === 0 ? noAttributes : attributesOf(node),
    children: node.children.length === 0 ? none : node.children.map((inner) => elementOf(inner, at)),
    text: own(node.text.trim()),
    ...(node.text === node.text.trim() ? {} : { untrimmed: own(node.text) }),
    source: at(node.offset),
  };
}

function attributesOf(node: XmlNode): Map<string, string> {
  const attributes = new Map<string, string>();
  for (const { local, value } of node.attributes) attributes.set(own(local), own(value));
  return attributes;
}

/** First child element of that name. */
export function child(element: Element | undefined, name: string): Element | undefined {
  return element?.children.find((candidate) => candidate.name === name);
}

/** All child elements of that name. */
export function childrenOf(element: Element | undefined, name: string): readonly Element[] {
  return element?.children.filter((candidate) => candidate.name === name) ?? [];
}

/** Text of the first child element of that name; undefined when missing or empty. */
export function childText(element: Element | undefined, name: string): string | undefined {
  return child(element, name)?.text || undefined;
}
