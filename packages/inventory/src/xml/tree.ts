import type { Diagnostic } from '../model/diagnostic.ts';
import { withOneMore } from './names.ts';
import { readXml, type XmlElement, type XmlOptions } from './read.ts';
import type { XmlAttribute } from './attribute.ts';

/** An element with what is in it. Lives as long as one file is read: its strings may keep the file's text alive. */
export interface XmlNode extends XmlElement {
  readonly parent: XmlNode | undefined;
  readonly children: readonly XmlNode[];
  /** The element's own text, CDATA included, without that of its children. Blank pieces are left out. */
  readonly text: string;
  /** Where the first piece of text starts; the element's own offset when it has none. */
  readonly textOffset: number;
}

export interface XmlTree {
  /** Undefined when the file is not well formed, see `diagnostic`. */
  readonly root?: XmlNode;
  /** The root's local name, also when the file turned out to be broken further down. */
  readonly rootName?: string;
  readonly diagnostic?: Diagnostic;
}

interface MutableNode extends XmlElement {
  parent: XmlNode | undefined;
  children: MutableNode[];
  text: string;
  textOffset: number;
}

const noChildren: MutableNode[] = [];

/** Reads a whole document into a tree; depth and size are bounded by the limits of {@link readXml}. */
export function readXmlTree(text: string, path: string, options: XmlOptions = {}): XmlTree {
  let root: MutableNode | undefined;
  const open: MutableNode[] = [];
  let current: MutableNode | undefined;
  const diagnostic = readXml(
    text,
    path,
    {
      open(element) {
        const { name, local, namespace, attributes, offset } = element;
        const node: MutableNode = {
          name,
          local,
          namespace,
          attributes,
          offset,
          parent: current,
          children: noChildren,
          text: '',
          textOffset: offset,
        };
        if (current === undefined) root = node;
        else current.children = withOneMore(current.children, node);
        open.push(node);
        current = node;
      },
      close() {
        open.pop();
        current = open.at(-1);
      },
      text(value, offset) {
        if (current === undefined) return;
        if (current.text === '') current.textOffset = offset;
        current.text += value;
      },
    },
    { ...options, skipBlankText: true },
  );
  if (diagnostic !== undefined) return root === undefined ? { diagnostic } : { rootName: root.local, diagnostic };
  return root === undefined ? {} : { root, rootName: root.local };
}

/** Returns the attribute without namespace of this name. */
export function attribute({ attributes }: XmlNode, name: string): XmlAttribute | undefined {
  // Indexed, here and in what else is done for each element: until V8 has compiled it, an iterator takes several times
  // as long, and most files are read before.
  for (let index = 0; index < attributes.length; index += 1) {
    const candidate = attributes[index];
    if (candidate?.name === name) return candidate;
  }
  return undefined;
}

/** Returns the attribute's value, or undefined when it is missing. */
export function attributeValue(node: XmlNode, name: string): string | undefined {
  return attribute(node, name)?.value;
}

/** Returns the first child element of this local name, in any namespace. */
export function child({ children }: XmlNode, local: string): XmlNode | undefined {
  for (let index = 0; index < children.length; index += 1) {
    const candidate = children[index];
    if (candidate?.local === local) return candidate;
  }
  return undefined;
}

/** Returns the child elements of this local name, in any namespace. */
export function childrenNamed(node: XmlNode, local: string): XmlNode[] {
  return node.children.filter((candidate) => candidate.local === local);
}
