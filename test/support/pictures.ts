import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Graphviz } from '@hpcc-js/wasm-graphviz';
import { type DefaultTreeAdapterTypes, parse } from 'parse5';
import { SaxesParser } from 'saxes';

/** What a reader of its own sees in a picture: text of each node and of each line, in order. */
export interface Seen {
  readonly title: string;
  readonly nodes: ReadonlyMap<string, string>;
  readonly edges: readonly (readonly [from: string, to: string, text: string])[];
}

/** Texts in which only the words count: how lines are broken is up to the reader. */
export const inOneLine = (text: string): string => text.replace(/[\s\u00a0]+/g, ' ').trim();

/** Elements of an XML document with their text, the inner ones first. Throws where it is not well-formed. */
export function readXml(
  text: string,
): readonly { readonly name: string; readonly attributes: Readonly<Record<string, string>>; readonly text: string }[] {
  const elements: { name: string; attributes: Record<string, string>; text: string }[] = [];
  const open: typeof elements = [];
  const parser = new SaxesParser();
  const add = (part: string): void => {
    const last = open.at(-1);
    if (last !== undefined) last.text += part;
  };
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name, attributes }) => void open.push({ name, attributes: { ...attributes }, text: '' }));
  parser.on('text', add);
  parser.on('cdata', add);
  parser.on('closetag', () => {
    const closed = open.pop();
    if (closed === undefined) return;
    elements.push(closed);
    // Lines of a text are words apart.
    add(` ${closed.text} `);
  });
  parser.write(text).close();
  return elements;
}

const graphviz = Graphviz.load();

/** A graph as Graphviz draws it. Throws what Graphviz says where it cannot. */
export async function readDot(text: string): Promise<Seen> {
  const elements = readXml((await graphviz).layout(text, 'svg', 'dot').replace(/<!DOCTYPE[^>]*>/, ''));
  const groups = (kind: string): readonly (readonly [string, string])[] => {
    const found: (readonly [string, string])[] = [];
    let title = '';
    let words: string[] = [];
    for (const { name, attributes, text: said } of elements) {
      if (name === 'title') [title, words] = [said, []];
      else if (name === 'text') words.push(said);
      else if (name === 'g' && attributes['class'] === kind) found.push([title, inOneLine(words.join(' '))]);
    }
    return found;
  };
  const whole = elements.filter(({ name }) => name === 'text').map(({ text: said }) => said);
  return {
    title: inOneLine(whole.join(' ')),
    nodes: new Map(groups('node')),
    edges: groups('edge').map(([ends, said]) => [ends.split('->')[0] ?? '', ends.split('->')[1] ?? '', said]),
  };
}

interface MermaidPart {
  readonly text?: string;
}
interface Mermaid {
  readonly initialize: (options: object) => void;
  readonly mermaidAPI: {
    readonly getDiagramFromText: (text: string) => Promise<{
      readonly db: {
        readonly getVertices: () => ReadonlyMap<string, MermaidPart>;
        readonly getEdges: () => readonly (MermaidPart & { readonly start: string; readonly end: string })[];
        readonly getSubGraphs: () => readonly { readonly id: string; readonly title: string }[];
        readonly getDiagramTitle: () => string;
      };
    }>;
  };
}

/**
 * Mermaid's own reader of flowcharts, from a folder `node_modules` with mermaid and dompurify in it; too large to be
 * installed for a test alone.
 */
export async function mermaidFrom(folder: string): Promise<(text: string) => Promise<Seen>> {
  const module = async (name: string): Promise<{ readonly default: unknown }> =>
    (await import(pathToFileURL(createRequire(join(folder, '..', 'x.js')).resolve(name)).href)) as never;
  // It cleans labels with a browser at hand only.
  const cleaner = (await import(pathToFileURL(join(folder, 'dompurify/dist/purify.es.mjs')).href)) as {
    readonly default: object;
  };
  Object.assign(cleaner.default, { sanitize: (text: string) => text, addHook: () => {} });
  const mermaid = (await module('mermaid')).default as Mermaid;
  mermaid.initialize({ startOnLoad: false });
  return async (text) => {
    const { db } = await mermaid.mermaidAPI.getDiagramFromText(text);
    return {
      title: [db.getDiagramTitle(), ...db.getSubGraphs().map(({ title }) => shownBy(title))].join(' '),
      nodes: new Map([...db.getVertices()].map(([id, { text: said = '' }]) => [id, shownBy(said)])),
      edges: db.getEdges().map(({ start, end, text: said = '' }) => [start, end, shownBy(said)]),
    };
  };
}

/** What a browser shows of a label: Mermaid keeps `#34;` as `ﬂ°°34¶ß` until it draws. */
const shownBy = (label: string): string =>
  inOneLine(
    textOfHtml(
      label
        .replace(/ﬂ°°(\d+)¶ß/g, '&#$1;')
        .replace(/ﬂ°(\w+)¶ß/g, '&$1;')
        .replaceAll('<br/>', ' <br/>'),
    ),
  );

type Node = DefaultTreeAdapterTypes.Node;

/** Every element of an HTML document, as a browser reads it, with its text. */
export function readHtml(text: string): {
  readonly faults: readonly string[];
  readonly elements: readonly {
    readonly name: string;
    readonly attributes: ReadonlyMap<string, string>;
    readonly text: string;
  }[];
} {
  const faults: string[] = [];
  const document = parse(text, {
    onParseError: ({ code, startLine }) => void faults.push(`${code} in line ${startLine}`),
  });
  const elements: { name: string; attributes: ReadonlyMap<string, string>; text: string }[] = [];
  const walk = (node: Node): void => {
    if ('tagName' in node)
      elements.push({
        name: node.tagName,
        attributes: new Map(node.attrs.map(({ name, value }) => [name, value])),
        text: textOf(node),
      });
    if ('childNodes' in node) node.childNodes.forEach(walk);
  };
  walk(document);
  return { faults, elements };
}

const textOf = (node: Node): string =>
  'value' in node ? node.value : 'childNodes' in node ? node.childNodes.map(textOf).join('') : '';

const textOfHtml = (text: string): string => textOf(parse(text));
