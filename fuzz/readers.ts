import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { type ArchiveFault, openZip } from '../packages/inventory/src/containers/zip.ts';
import {
  type Diagnostic,
  decodeXml,
  defaultLimits,
  readRegularFile,
  readXmlTree,
  redact,
  type XmlNode,
} from '../packages/inventory/src/index.ts';
import {
  askJava,
  checkFindings,
  type Difference,
  each,
  filesBelow,
  type FuzzClass,
  reasonFor,
  root,
} from './harness.ts';
import { archiveOf, mutate, type Random } from './mutate.ts';

interface ReadArchive {
  readonly answer: string;
  /** What was said about the whole archive and about entries that were left out. */
  readonly faults: readonly ArchiveFault[];
}

function readArchive(input: Buffer): ReadArchive {
  const archive = openZip(input, defaultLimits);
  if (archive.faults.some(({ entry }) => entry === undefined)) return { answer: 'refused', faults: archive.faults };
  const entries: string[] = [];
  for (const { name } of archive.entries) {
    entries.push(`${hex(name)}=${checksum(() => archive.read(name, defaultLimits.nestedBytes))}`);
  }
  return { answer: ['read', ...entries].join(' '), faults: archive.faults };
}

/** `!` where reading throws. */
function checksum(read: () => Buffer): string {
  try {
    return (crc32(read()) >>> 0).toString(16);
  } catch {
    return '!';
  }
}

interface TwoAnswers {
  /** Java's, with every entry. */
  readonly line: string;
  /** Java's, with the last of the entries of one name. */
  readonly theirs: string;
  readonly ours: ReadArchive;
}

const hex = (name: string): string => Buffer.from(name).toString('hex');

const leftOut: readonly string[] = ['MI-ZIP-LIMIT', 'MI-ZIP-PATH'];

/** The same without the entries that were left out, of which one at least was left out with this code. */
const isRest = (code: string, { theirs, ours }: TwoAnswers): boolean => {
  const left = new Set(
    ours.faults.flatMap(({ code: of, entry }) => (leftOut.includes(of) && entry !== undefined ? [hex(entry)] : [])),
  );
  const rest = (answer: string): string =>
    answer
      .split(' ')
      .filter((entry) => !left.has(entry.split('=')[0] ?? ''))
      .join(' ');
  return ours.faults.some(({ code: of }) => of === code) && rest(theirs) === rest(ours.answer);
};

/** Why an archive is read in another way than by Java's ZipFile, where that is meant. */
const archiveReasons = new Map<string, (one: TwoAnswers) => boolean>([
  ['an entry that unpacks to more than the limit is left out with MI-ZIP-LIMIT', (one) => isRest('MI-ZIP-LIMIT', one)],
  [
    'the archive unpacks to more than the limit: reading stops at that entry with MI-ZIP-LIMIT',
    ({ line, ours }) =>
      ours.answer.split(' ').every((entry) => line.includes(entry)) &&
      ours.faults.some(({ message }) => message.startsWith('the archive unpacks to more')),
  ],
  [
    'a name that no file can have is left out with MI-ZIP-PATH; MI cannot write it either',
    (one) => isRest('MI-ZIP-PATH', one),
  ],
  [
    'the end record counts more entries than there can be: OpenJDK 17.0.15 reads it, later ones (25.0.3) refuse it as we do',
    ({ ours }) => ours.faults.some(({ message }) => message === 'the end record counts more entries than there can be'),
  ],
]);

export const zip: FuzzClass = async (next, count) => {
  const inputs = Array.from({ length: count }, () => mutate(archiveOf(next), next));
  const { answers, faults } = await each(inputs, readArchive);
  const java = askJava('ZipOracle.java', inputs, []);
  const differences = (java ?? []).flatMap((line, index): Difference[] => {
    const theirs = line.startsWith('refused') ? 'refused' : lastOfEach(line);
    const ours = answers[index];
    if (ours === undefined || theirs === ours.answer) return [];
    return [
      {
        shown: `input ${index}: ${line.slice(0, 150)} | ${ours.answer.slice(0, 150)}`,
        reason: reasonFor(archiveReasons, { line, theirs, ours }),
      },
    ];
  });
  return { faults, differences, oracle: java === undefined ? 'without Java' : "against Java's ZipFile" };
};

/** Of entries with one name MI unpacks one over the other, so the last one counts. */
function lastOfEach(line: string): string {
  const [read = '', ...entries] = line.split(' ');
  const byName = new Map(entries.map((entry) => [entry.split('=')[0], entry]));
  return [read, ...byName.values()].join(' ');
}

/** What is special to XML, beside the bytes that `mutate` changes. */
const markup = [
  '&amp;', '&#65;', '&#x1F600;', '&#0;', '&#xD800;', '&b;', '&', '<![CDATA[ a & b ]]>', '<![CDATA[', ']]>', '<!-- a -->', '<!--', '--',
  '<?a b?>', '<?xml?>', '?>', '<a/>', '<a>', '</a>', '<a b="1" b="2"/>', ' xmlns="u"', ' xmlns:p="u"', ' p:b="1"', ' xml:lang="e"',
  ' xmlns:xml="u"', ' xmlns:p=""', '<p:a/>', '<:a/>', '<a:/>', '<a:b:c/>', '"', "'", '=', '\r', '\r\n', '\t', '\u0085', '\u2028', '\ufffe',
  '\u{1f600}', '<!DOCTYPE a>', '<!DOCTYPE a [<!ENTITY b "c">]>', '<!DOCTYPE a SYSTEM "x">', ' encoding="UTF-8"', ' standalone="yes"',
] as const; // prettier-ignore

function mutatedXml(seed: Buffer, next: Random): Buffer {
  let text = seed.toString('utf8');
  for (let round = next.below(4); round > 0; round -= 1) {
    // Most places are next to a bracket or a quote, where it matters what stands there.
    const places = [...text.matchAll(/[<>"=\s]/g)].map(({ index }) => index);
    const at = (next.pick(places) ?? 0) + next.below(2);
    text = `${text.slice(0, at)}${next.pick(markup)}${text.slice(at + next.below(2))}`;
  }
  return mutate(encoded(text, next), next);
}

function encoded(text: string, next: Random): Buffer {
  const kind = next.below(12);
  if (kind === 0) return Buffer.from(text, 'utf16le');
  if (kind === 1) return Buffer.from(`\ufeff${text}`, 'utf16le').swap16();
  if (kind === 2) return Buffer.from(`${'\ufeff'.repeat(1 + next.below(2))}${text}`);
  if (kind === 3)
    return Buffer.from(
      text.replace(/UTF-8/i, () => next.pick(['ISO-8859-1', 'US-ASCII', 'windows-1252', 'UTF-16', 'utf8', 'x'])),
      'latin1',
    );
  return Buffer.from(text);
}

/**
 * Every element, its attributes in order of their names and its text without white space, as XmlOracle.java writes
 * them.
 */
function elementsOf(node: XmlNode): string[] {
  const named = ({ namespace, local }: { readonly namespace: string; readonly local: string }): string =>
    `{${namespace}}${local}`;
  const attributes = node.attributes.map((one) => `${named(one)}=${one.value}`).sort(compareBytes);
  return [
    `${named(node)}[${attributes.join(', ')}]: ${node.text.replace(/[ \t\r\n]+/g, '')}`,
    ...node.children.flatMap(elementsOf),
  ];
}

/** As Java compares texts: by UTF-16 code units. */
const compareBytes = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

// oxlint-disable-next-line no-control-regex -- they are what it looks for
const controlInDeclaration = /^(?:\u00ef\u00bb\u00bf)?<\?xml[^>]*[\u0000-\u001f]/;

interface ReadXml {
  /** The first bytes as they are; of UTF-16 without the zeros of ASCII. */
  readonly start: string;
  readonly answer: string;
  readonly fault: Diagnostic | undefined;
}

function readXmlFile(input: Buffer): ReadXml {
  const start = input
    .subarray(0, 200)
    .toString('latin1')
    .replace(/^(?:\u00fe\u00ff|\u00ff\u00fe|\0<|<\0)[^]*/, (wide) => wide.replace(/^[\u00fe\u00ff]+|\0/g, ''));
  const decoded = decodeXml(input, 'x.xml');
  if (!('text' in decoded)) return { start, answer: 'refused', fault: decoded.diagnostic };
  const { root: element, diagnostic } = readXmlTree(decoded.text, 'x.xml');
  checkFindings(diagnostic === undefined ? [] : [diagnostic], decoded.text);
  if (element === undefined) return { start, answer: 'refused', fault: diagnostic };
  return { start, answer: `read ${hex(elementsOf(element).join('\n'))}`, fault: undefined };
}

/** Why a file is read in another way than by woodstox, where that is meant. */
const xmlReasons = new Map<string, (one: ReadXml & { readonly line: string }) => boolean>([
  [
    'a document type with declarations, or from another file, is refused with MI-XML-DTD; woodstox expands and fetches it',
    ({ fault }) => fault?.code === 'MI-XML-DTD',
  ],
  [
    'a control character or line end in the XML declaration is refused, as XML requires',
    ({ start, fault }) => fault !== undefined && controlInDeclaration.test(start),
  ],
  [
    'a name with a letter that is one only since the fifth edition of XML 1.0 is read; woodstox keeps to the fourth',
    ({ line, fault }) =>
      fault === undefined &&
      /^refused Unexpected character '[^ -~].*(?:expected a name start character|excepted )/.test(line),
  ],
]);

export const xml: FuzzClass = async (next, count) => {
  const seeds = filesBelow(join(root, 'examples'), '.xml').map((path) => readRegularFile(path));
  const inputs = Array.from({ length: count }, () => mutatedXml(next.pick(seeds), next));
  const { answers, faults } = await each(inputs, readXmlFile);
  const path = process.env['MI_PARSERS'];
  const java = path === undefined ? undefined : askJava('XmlOracle.java', inputs, ['-cp', path]);
  const differences = (java ?? []).flatMap((line, index): Difference[] => {
    const ours = answers[index];
    if (ours === undefined || (line.startsWith('read') ? line : 'refused') === ours.answer) return [];
    return [
      {
        shown: `input ${index}: ${line.slice(0, 200)} | ${ours.answer.slice(0, 200)}`,
        reason: reasonFor(xmlReasons, { ...ours, line }),
      },
    ];
  });
  return { faults, differences, oracle: java === undefined ? 'without woodstox' : 'against woodstox' };
};

export const text: FuzzClass = async (next, count) => {
  const parts = [
    'password',
    '=',
    '"',
    ' ',
    '://',
    '@',
    'a-',
    'token',
    '<',
    '>',
    'name="',
    '\u001b[',
    '\n',
    'eyJ',
    'basic ',
    '\\"',
  ];
  const inputs = Array.from({ length: count }, () =>
    Buffer.from(Array.from({ length: next.below(2000) }, () => next.pick(parts)).join('')),
  );
  // oxlint-disable-next-line no-control-regex -- they are what it looks for
  const unsafe = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/;
  const { faults } = await each(inputs, (input) => {
    if (unsafe.test(redact(input.toString()))) throw new Error('a control character came out');
  });
  return { faults, differences: [], oracle: 'no oracle' };
};
