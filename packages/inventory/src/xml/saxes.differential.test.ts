import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as fc from 'fast-check';
import { SaxesParser } from 'saxes';
import { describe, expect, test } from 'vitest';
import { readXml } from './read.ts';

/** What a reader saw, in a form two readers can be compared by; undefined for a refused document. */
type Events = string[] | undefined;

/** Our reader's events, with adjacent text joined. */
function ours(text: string): Events {
  const events = recorder();
  const fault = readXml(text, 'x.xml', {
    // saxes trims the names of namespaces, which XML and MI do not.
    open: ({ name, local, namespace, attributes }) =>
      events.add(
        `<${name} {${namespace.trim()}}${local}${attributes.map((a) => ` ${a.name} {${a.namespace.trim()}}${a.local}=${JSON.stringify(a.value)}`).join('')}`,
      ),
    close: () => events.add('>'),
    text: (value) => events.text(value),
  });
  return fault === undefined ? events.all() : undefined;
}

/** The events of saxes, an independent strict reader. */
function theirs(text: string): Events {
  const events = recorder();
  const parser = new SaxesParser({ xmlns: true, forceXMLVersion: true, defaultXMLVersion: '1.0' });
  let failed = false;
  parser.on('error', () => (failed = true));
  parser.on('opentag', (tag) => {
    const attributes = Object.values(tag.attributes).filter((a) => a.name !== 'xmlns' && a.prefix !== 'xmlns');
    events.add(
      `<${tag.name} {${tag.uri}}${tag.local}${attributes.map((a) => ` ${a.name} {${a.uri}}${a.local}=${JSON.stringify(a.value)}`).join('')}`,
    );
  });
  parser.on('closetag', () => events.add('>'));
  parser.on('text', (value) => events.text(value));
  parser.on('cdata', (value) => events.text(value));
  parser.write(text).close();
  return failed ? undefined : events.all();
}

function recorder() {
  const events: string[] = [];
  let pending = '';
  let depth = 0;
  const add = (event: string): void => {
    if (pending !== '' && depth > 0) events.push(JSON.stringify(pending));
    pending = '';
    depth += event === '>' ? -1 : 1;
    events.push(event);
  };
  return { add, text: (value: string) => void (pending += value), all: () => events };
}

// Not among them: `<?pi?x?>`, which saxes takes although production 16 asks for a space (libxml2 refuses it too), nor a
// lone surrogate, which saxes joins to whatever follows.
/** Pieces that meet every branch of an XML reader, well formed and not. */
const piece = fc.constantFrom(
  '<a>',
  '</a>',
  '<a/>',
  '<p:a xmlns:p="u">',
  '</p:a>',
  '<p:b/>',
  '<a xmlns="v">',
  '<a xmlns="">',
  '<b x="1" y=\'2\'/>',
  '<b x="1" x="2"/>',
  '<b p:x="1" xmlns:p="u" q:x="2" xmlns:q="u"/>',
  '<b x="&lt;&#65;&#x41;\n\t\r\n "/>',
  '<b x="a<b"/>',
  '<b x/>',
  '<b x=1/>',
  '<b x="1"y="2"/>',
  '<b  x = "1" />',
  '< a>',
  '<a:b:c/>',
  '<:a/>',
  '<a:/>',
  '<xmlns:a/>',
  '<xml:a/>',
  '<b xml:lang="en"/>',
  '<b xmlns:xml="http://www.w3.org/XML/1998/namespace"/>',
  '<b xmlns:xml="w"/>',
  '<b xmlns:xmlns="w"/>',
  '<b xmlns:z=""/>',
  '<b xmlns:="w"/>',
  '<b xmlns:r="http://www.w3.org/2000/xmlns/"/>',
  '<!-- c -->',
  '<!-- - -->',
  '<!-- -- -->',
  '<!--->',
  '<!---->',
  '<![CDATA[ <&]] ]]>',
  '<![CDATA[]]>',
  ']]>',
  ']]',
  '<?pi data?>',
  '<?pi?>',
  '<??>',
  '<?xml version="1.0"?>',
  '<?x:y z?>',
  '&amp;',
  '&lt;',
  '&unknown;',
  '&',
  '&#0;',
  '&#xFFFE;',
  '&#x10FFFF;',
  '&#x110000;',
  '&#;',
  '&#x;',
  '&toString;',
  'text',
  ' ',
  '\n',
  '\r\n',
  '\r',
  '\u0001',
  '\ufffe',
  '😀',
  'é',
  '<é/>',
  '<a·b/>',
  '<·/>',
  '<𐀀/>',
  '</ a>',
  '</a >',
  '</a b>',
  '<a\n>',
  '"',
  '>',
  '<',
  '',
);

const wellFormed: fc.Arbitrary<string> = fc.letrec<{ node: string }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(
      'text',
      ' \n',
      '<b x="1" y="&amp;"/>',
      '<!-- c -->',
      '<![CDATA[<x>]]>',
      '&#10;',
      '<?p q?>',
      '\r\n',
      'é😀',
    ),
    fc
      .tuple(
        fc.constantFrom('a', 'p:a', 'b.c-d', 'é'),
        fc.constantFrom('', ' x="1"', ' xmlns="n"', ' xmlns:p="m" p:y="\t"', ' xmlns:q="m" q:y="2"'),
        fc.array(tie('node'), { maxLength: 4 }),
      )
      .map(([name, attributes, children]) => `<${name}${attributes}>${children.join('')}</${name}>`),
  ),
})).node;

describe('the XML reader and saxes agree', () => {
  test('on documents put together from pieces, most of them broken', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const text = `<a>${pieces.join('')}</a>`;
        expect(ours(text)).toEqual(theirs(text));
      }),
      { numRuns: 4000 },
    );
  });

  test('on pieces around and without a root', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 5 }), (pieces) => {
        const text = pieces.join('');
        expect(ours(text)).toEqual(theirs(text));
      }),
      { numRuns: 2000 },
    );
  });

  test('on well-formed documents, which both accept', () => {
    let accepted = 0;
    fc.assert(
      fc.property(
        fc.array(wellFormed, { maxLength: 4 }),
        fc.constantFrom(
          '',
          '\ufeff',
          '<?xml version="1.0" encoding="UTF-8"?>\n',
          "<?xml version='1.0' standalone='yes' ?>",
        ),
        (nodes, head) => {
          const text = `${head}<root xmlns:p="m">${nodes.join('')}</root>`;
          const events = ours(text);
          if (events !== undefined) accepted++;
          expect(events).toEqual(theirs(text));
        },
      ),
      { numRuns: 1500 },
    );
    expect(accepted).toBeGreaterThan(1000);
  });

  const files = realFiles();
  test.skipIf(files.length === 0)(
    `on ${files.length} real files, and on mutations of them${files.length === 0 ? ' (skipped: no corpus beside the repository; set MI_PATTERNS_SHARED)' : ''}`,
    () => {
      for (const file of files) expect(ours(readFileSync(file, 'utf8'))).toEqual(theirs(readFileSync(file, 'utf8')));
      const snippet = fc.constantFrom(
        '<',
        '>',
        '&',
        '"',
        "'",
        '/',
        '=',
        ' ',
        ':',
        '</',
        '<!--',
        ']]>',
        '<a>',
        '\u0000',
        'x',
        '&#x41;',
        'xmlns:p="q" ',
      );
      fc.assert(
        fc.property(fc.constantFrom(...files), fc.nat(), fc.nat(4), snippet, (file, at, remove, insert) => {
          const text = readFileSync(file, 'utf8');
          const offset = at % text.length;
          const mutated = text.slice(0, offset) + insert + text.slice(offset + remove);
          expect(ours(mutated)).toEqual(theirs(mutated));
        }),
        { numRuns: 1500 },
      );
    },
  );
});

function realFiles(): string[] {
  const folder = join(
    process.env['MI_PATTERNS_SHARED'] ?? fileURLToPath(new URL('../../../../../shared', import.meta.url)),
    'corpus',
  );
  try {
    statSync(folder);
  } catch {
    return [];
  }
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(xml|dbs)$/.test(name))
    .sort()
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).size < 60_000);
}
