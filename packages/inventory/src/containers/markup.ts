import { finding } from '../findings/catalogue.ts';
import { own } from '../artifact/reading.ts';
import type { XmlAttribute } from '../xml/attribute.ts';
import type { Diagnostic, Source } from '../model/diagnostic.ts';
import { createLocator, type Locator } from '../xml/locator.ts';
import { readXmlTree, type XmlNode } from '../xml/tree.ts';

/** The attributes of an element. */
interface Attributes {
  /** The value of the one with this local name; of several the last. */
  readonly get: (local: string) => string | undefined;
  /** Of each local name, the value as {@link get} returns it. */
  readonly all: () => Readonly<Record<string, string>>;
}

/** An element of a small descriptor file: pom.xml, artifact.xml, artifacts.xml, registry-info.xml and so on. */
export interface Element {
  /** Local name. */
  readonly name: string;
  readonly attributes: Attributes;
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
const noAttributes: Attributes = { get: () => undefined, all: () => ({}) };

function elementOf(node: XmlNode, at: Locator): Element {
  const text = node.text.trim();
  const element = {
    name: own(node.local),
    attributes: node.attributes.length === 0 ? noAttributes : attributesOf(node.attributes),
    children: node.children.length === 0 ? none : node.children.map((inner) => elementOf(inner, at)),
    text: own(text),
    source: at(node.offset),
  };
  return node.text === text ? element : { ...element, untrimmed: own(node.text) };
}

/** Values are copied when they are asked for: of most elements few are. */
function attributesOf(attributes: readonly XmlAttribute[]): Attributes {
  return {
    get(local) {
      for (let index = attributes.length - 1; index >= 0; index -= 1) {
        const attribute = attributes[index] as XmlAttribute;
        if (attribute.local === local) return own(attribute.value);
      }
      return undefined;
    },
    all: () => Object.fromEntries(attributes.map(({ local, value }) => [own(local), own(value)])),
  };
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
