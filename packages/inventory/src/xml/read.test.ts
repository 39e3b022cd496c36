import { growthOf, linear } from '../../test/support/growth.ts';
import { describe, expect, test } from 'vitest';
import { decodeXml } from './decode.ts';
import { createLocator } from './locator.ts';
import { readXml, type XmlLimits } from './read.ts';
import { attribute, readXmlTree } from './tree.ts';

const ignore = { open: () => {}, close: () => {}, text: () => {} };
const fault = (text: string, limits: Partial<XmlLimits> = {}) => readXml(text, 'f.xml', ignore, { limits });

describe('positions', () => {
  test('elements and attributes have the line and column of their first character', () => {
    const text = '<a\n  one="1"\r\n\ttwo=\'2\'>\n  <b/></a>';
    const root = readXmlTree(text, 'f.xml').root!;
    const locate = createLocator(text, 'f.xml');
    expect(locate(root.offset)).toEqual({ path: 'f.xml', line: 1, column: 1 });
    expect(locate(attribute(root, 'one')!.offset)).toMatchObject({ line: 2, column: 3 });
    expect(locate(attribute(root, 'two')!.offset)).toMatchObject({ line: 3, column: 2 });
    expect(locate(root.children[0]!.offset)).toMatchObject({ line: 4, column: 3 });
    // Going back must not depend on what was asked before.
    expect(locate(root.offset)).toMatchObject({ line: 1, column: 1 });
  });

  test('a byte order mark takes no column, and CR alone ends a line', () => {
    expect(createLocator('\ufeff<a/>', 'f')(1)).toMatchObject({ line: 1, column: 1 });
    expect(createLocator('<a>\r<b/></a>', 'f')(4)).toMatchObject({ line: 2, column: 1 });
  });
});

describe('refusals', () => {
  test.each([
    ['<a><b></a>', 1, 7, '"</a>" found where "</b>" was expected'],
    ['<a>\n<b>', 2, 1, '"b" is never closed'],
    ['', 1, 1, 'no root element'],
    ['text', 1, 1, 'outside the root'],
    ['<a/><b/>', 1, 5, 'second'],
    ['<a x="1" x="2"/>', 1, 10, 'given twice'],
    ['<a xmlns:p="u" xmlns:q="u" p:x="1" q:x="2"/>', 1, 36, 'given twice'],
    ['<p:a/>', 1, 1, 'not declared'],
    ['<a>&nbsp;</a>', 1, 4, 'unknown'],
    ['<a>&#0;</a>', 1, 4, 'not a character'],
    ['<a>a & b</a>', 1, 6, '&amp;'],
    ['<a>\u0000</a>', 1, 4, 'U+0000'],
    ['<a>\ud800</a>', 1, 4, 'U+D800'],
    ['<a b="\ud800"/>', 1, 7, 'that XML does not allow'],
    ['<a><!-- a -- b --></a>', 1, 11, '"--"'],
    [' <?xml version="1.0"?><a/>', 1, 2, 'first thing'],
    ['<a', 1, 3, 'inside a tag'],
    ['<a b="', 1, 6, 'never closed'],
    ['<a><![CDATA[</a>', 1, 4, 'never closed'],
    ['<?xml version="2.0"?><a/>', 1, 1, 'XML declaration'],
  ])('%j', (text, line, column, part) => {
    const found = fault(text);
    expect(found).toMatchObject({
      code: 'MI-XML-MALFORMED',
      severity: 'error',
      source: { path: 'f.xml', line, column },
    });
    expect(found!.message).toContain(part);
    expect(found!.hint).not.toBe('');
  });

  test('documents that attack the reader are refused before they cost anything', () => {
    const bomb = `<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "${'&x;'.repeat(50)}">]><a>&y;</a>`;
    expect(fault(bomb)).toMatchObject({ code: 'MI-XML-DTD', source: { line: 1, column: 1 } });
    expect(fault('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>')).toMatchObject({
      code: 'MI-XML-DTD',
    });
    // MI's parser fetches these and refuses the file when it cannot.
    expect(fault(' <!DOCTYPE a SYSTEM "a.dtd"><a/>')).toMatchObject({ code: 'MI-XML-DTD', source: { column: 2 } });
    expect(fault('<!DOCTYPE a PUBLIC "-//X//Y" "http://example.com/a.dtd"><a/>')).toMatchObject({ code: 'MI-XML-DTD' });
    expect(fault('<!DOCTYPE a><a>&amp;</a>')).toBeUndefined();
    expect(fault('<!DOCTYPE a><a>&x;</a>')).toMatchObject({ code: 'MI-XML-DTD', source: { column: 16 } });
    expect(fault('<a/><!DOCTYPE a>')).toMatchObject({ code: 'MI-XML-MALFORMED' });
  });

  test('limits hold exactly', () => {
    const nested = (depth: number) => '<a>'.repeat(depth) + '</a>'.repeat(depth);
    expect(fault(nested(256))).toBeUndefined();
    expect(fault(nested(257))).toMatchObject({ code: 'MI-XML-LIMIT', source: { line: 1, column: 256 * 3 + 1 } });
    const wide = (count: number) => `<a${Array.from({ length: count }, (_, at) => ` x${at}=""`).join('')}/>`;
    expect(fault(wide(1000))).toBeUndefined();
    expect(fault(wide(1001))).toMatchObject({ code: 'MI-XML-LIMIT' });
    expect(fault('<a><b/><b/></a>', { elements: 3 })).toBeUndefined();
    expect(fault('<a><b/><b/></a>', { elements: 2 })).toMatchObject({ code: 'MI-XML-LIMIT' });
    expect(fault('<a/>', { length: 3 })).toMatchObject({ code: 'MI-XML-LIMIT' });
  });

  test.each([
    [
      'deep namespace declarations',
      50,
      (size: number) => {
        const declarations = Array.from({ length: 900 }, (_, at) => ` xmlns:p${at}="u"`).join('');
        return `<p1:a${declarations}>`.repeat(size) + '</p1:a>'.repeat(size);
      },
    ],
    ['many references', 5_000, (size: number) => `<a>${'<b c="&amp;\r\n">&lt;\r\n</b>'.repeat(size)}</a>`],
  ])('%s take time in proportion to the file', (_what, size, text) => {
    const read = (count: number): void => expect(fault(text(count))).toBeUndefined();
    expect(growthOf(read, size)).toBeLessThan(linear);
  });
});

describe('the tree', () => {
  test('has decoded text, without indentation', () => {
    const root = readXmlTree('<a>\n  <b>1 &lt; 2<![CDATA[ & 3]]></b>\n</a>', 'f').root!;
    expect(root.text).toBe('');
    expect(root.children[0]).toMatchObject({ local: 'b', text: '1 < 2 & 3', textOffset: 9 });
  });

  test('names the root of a file that is broken further down', () => {
    expect(readXmlTree('<proxy name="P"><target>', 'f')).toMatchObject({
      rootName: 'proxy',
      diagnostic: { code: 'MI-XML-MALFORMED' },
    });
  });

  test('resolves default and prefixed namespaces', () => {
    const root = readXmlTree('<a xmlns="d" xmlns:p="q" p:x="1" y="2"><p:b xmlns=""><c/></p:b><d/></a>', 'f').root!;
    expect(root).toMatchObject({
      namespace: 'd',
      attributes: [
        { local: 'x', namespace: 'q' },
        { local: 'y', namespace: '' },
      ],
    });
    expect(root.children.map(({ namespace }) => namespace)).toEqual(['q', 'd']);
    expect(root.children[0]?.children[0]?.namespace).toBe('');
  });

  test('keeps white space in a namespace, which makes it another one for MI', () => {
    expect(readXmlTree('<a xmlns=" d\n"/>', 'f').root).toMatchObject({ namespace: ' d ' });
  });
});

/** Little-endian, without a mark. */
function utf32(text: string): Buffer {
  return Buffer.from(Uint32Array.from(text, (character) => character.codePointAt(0) ?? 0).buffer);
}

describe('bytes', () => {
  const decoded = (bytes: Uint8Array) => decodeXml(bytes, 'f.xml');
  test('by mark, by declaration, and as UTF-8', () => {
    expect(decoded(Buffer.from('<é/>'))).toEqual({ text: '<é/>' });
    expect(decoded(Buffer.from('\ufeff<é/>'))).toEqual({ text: '<é/>' });
    expect(decoded(Buffer.from('\ufeff<é/>', 'utf16le'))).toEqual({ text: '<é/>' });
    expect(decoded(Buffer.from('\ufeff<é/>', 'utf16le').swap16())).toEqual({ text: '<é/>' });
    const wide = '<?xml version="1.0"?><é/>';
    expect(decoded(Buffer.from(wide, 'utf16le'))).toEqual({ text: wide });
    const latin = '<?xml version="1.0" encoding="ISO-8859-1"?><é/>';
    expect(decoded(Buffer.from(latin, 'latin1'))).toEqual({ text: latin });
  });

  test('two marks are refused, as by the parser of MI', () => {
    for (const bytes of [Buffer.from('\ufeff\ufeff<a/>'), Buffer.from('\ufeff\ufeff<a/>', 'utf16le')])
      expect(decodeXml(bytes, 'a.xml')).toMatchObject({ diagnostic: { code: 'MI-XML-ENCODING' } });
  });

  test('four bytes a character, of either order, with or without a mark', () => {
    const text = '<a>é\u{1f600}</a>';
    for (const bytes of [utf32(text), utf32(`\ufeff${text}`)]) {
      expect(decoded(bytes)).toEqual({ text });
      expect(decoded(Buffer.from(bytes).swap32())).toEqual({ text });
      expect(decoded(bytes.subarray(0, -1))).toMatchObject({ diagnostic: { code: 'MI-XML-ENCODING' } });
    }
    expect(decoded(utf32('<a>\ud800</a>'))).toMatchObject({ diagnostic: { code: 'MI-XML-ENCODING' } });
  });

  test('what is not in its encoding is refused with a place', () => {
    expect(decoded(Buffer.from('<a>\n x\xe9</a>', 'latin1'))).toMatchObject({
      diagnostic: { code: 'MI-XML-ENCODING', source: { line: 2, column: 3 } },
    });
    expect(decoded(Buffer.from('<?xml version="1.0" encoding="constructor"?><a/>'))).toMatchObject({
      diagnostic: { message: 'The file cannot be read in the encoding "constructor" that it names.' },
    });
    expect(decoded(Buffer.from('<?xml version="1.0" encoding="klingon"?><a/>'))).toMatchObject({
      diagnostic: { code: 'MI-XML-ENCODING' },
    });
  });

  test.each([
    ['windows-1252', '€“ä'],
    ['Cp1252', '€“ä'],
    ['windows-1250', '€“ä'],
    ['ISO-8859-1', '\x80\x93ä'],
  ])('the bytes 80, 93 and e4 in %s', (encoding, text) => {
    const bytes = Buffer.concat([
      Buffer.from(`<?xml version="1.0" encoding="${encoding}"?><a>`),
      Buffer.from([0x80, 0x93, 0xe4]),
      Buffer.from('</a>'),
    ]);
    expect(decoded(bytes)).toMatchObject({ text: expect.stringContaining(`<a>${text}</a>`) });
  });

  // What woodstox-core-asl 4.4.1 answers to the same files.
  test.each([
    ['UTF-16', 'utf8', false],
    ['UTF-16', 'bom', false],
    ['UTF-32', 'bom', false],
    ['UTF-7', 'bom', false],
    ['nonsense', 'bom', false],
    ['UTF-8', 'wide', false],
    ['UTF-16BE', 'wide', false],
    ['UTF-16LE', 'wide', true],
    ['UTF-16', 'wide', true],
    ['UTF', 'wide', true],
    ['UTF', 'utf8', false],
    ['ISO-10646-UCS-2', 'wide', true],
    ['US-ASCII', 'utf8', false],
    ['windows-1252', 'utf8', true],
    ['utf8', 'bom', true],
    ['UTF-32', 'utf32', true],
    ['utf-32le', 'utf32', true],
    ['ISO-10646-UCS-4', 'utf32', true],
    ['UTF-32BE', 'utf32', false],
    ['UTF-16', 'utf32', false],
    ['UTF-8', 'utf32', false],
  ] as const)('%s declared in a file that is %s: read %s', (encoding, physical, isRead) => {
    const text = `<?xml version="1.0" encoding="${encoding}"?><a>é</a>`;
    const bytes =
      physical === 'utf32'
        ? utf32(text)
        : physical === 'wide'
          ? Buffer.from(text, 'utf16le')
          : Buffer.from(physical === 'bom' ? `\ufeff${text}` : text);
    expect('text' in decoded(bytes)).toBe(isRead);
  });
});
