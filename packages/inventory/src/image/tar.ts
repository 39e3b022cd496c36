import { FilePieces, type PieceReader, Pieces } from './pieces.ts';

export interface TarEntry {
  /** As the archive has it. */
  readonly name: string;
  readonly type: 'file' | 'folder' | 'link' | 'hard-link' | 'other';
  /** Bytes of content in the archive. */
  readonly size: number;
  /** Target of a link. */
  readonly target: string;
  readonly owner: { readonly user: number; readonly group: number };
  readonly mode: number;
}

/** What is wrong with a tar file; nothing after it can be read. */
export class TarFault extends Error {}

/** Takes an entry's content, or passes over it when undefined. */
export type TakeContent = ((content: Buffer) => void | Promise<void>) | undefined;

const block = 512;
/** Longest extended header that is read: names have at most a few kilobytes, and a lie must not fill the memory. */
const longestHeader = 1024 * 1024;

/**
 * Visits each entry of a tar stream (POSIX ustar and pax, GNU long names, old v7), reading it to the end. Only content
 * that the visitor asks for is held in memory. Throws {@link TarFault} where the stream is no tar file or ends too
 * early.
 */
export async function eachTarEntry(
  chunks: AsyncIterable<Buffer>,
  visit: (entry: TarEntry) => TakeContent,
): Promise<void> {
  const pieces = new Pieces(chunks);
  try {
    await eachEntry(pieces, visit);
    await pieces.drain();
  } finally {
    await pieces.close();
  }
}

/** Visits each entry of a tar file with the place of its content, which is not read. */
export async function eachTarEntryAt(path: string, visit: (entry: TarEntry, offset: number) => void): Promise<void> {
  const pieces = new FilePieces(path);
  try {
    await eachEntry(pieces, (entry) => {
      visit(entry, pieces.position);
      return undefined;
    });
  } finally {
    pieces.close();
  }
}

/** The content of the first wanted entry of a tar stream, piece by piece; nothing when there is none. */
export async function* tarContent(
  chunks: AsyncIterable<Buffer>,
  isWanted: (entry: TarEntry) => boolean,
): AsyncIterable<Buffer> {
  const pieces = new Pieces(chunks);
  try {
    for (let entry = await nextEntry(pieces); entry !== undefined; entry = await nextEntry(pieces)) {
      if (isWanted(entry)) {
        yield* pieces.stream(entry.size);
        return;
      }
      await pieces.skip(entry.size + padding(entry.size));
    }
  } finally {
    await pieces.close();
  }
}

async function eachEntry(pieces: PieceReader, visit: (entry: TarEntry) => TakeContent): Promise<void> {
  for (let entry = await nextEntry(pieces); entry !== undefined; entry = await nextEntry(pieces)) {
    const take = visit(entry);
    if (take !== undefined) {
      const content = await pieces.take(entry.size);
      if (content.length < entry.size) throw endsEarly(entry.name);
      await take(content);
    } else if (!(await pieces.skip(entry.size))) throw endsEarly(entry.name);
    if (!(await pieces.skip(padding(entry.size)))) throw endsEarly(entry.name);
  }
}

/** The next entry with its extended headers applied; undefined at the end of the archive. */
async function nextEntry(pieces: PieceReader): Promise<TarEntry | undefined> {
  const extended = new Map<string, string>();
  for (;;) {
    const header = await pieces.take(block);
    // An archive should end in two empty blocks; some writers leave them out.
    if (header.length === 0 || isEmpty(header)) return undefined;
    const raw = readHeader(header);
    if (raw.flag === 'g') {
      if (!(await pieces.skip(raw.size + padding(raw.size)))) throw endsEarly('a global header');
    } else if (raw.flag === 'x') readPax(await headerContent(pieces, raw.size), extended);
    else if (raw.flag === 'L') extended.set('path', textOf(await headerContent(pieces, raw.size)));
    else if (raw.flag === 'K') extended.set('linkpath', textOf(await headerContent(pieces, raw.size)));
    else {
      if (raw.flag === 'S' && header[482] !== 0) await skipSparseMap(pieces);
      return applyExtended(raw, extended);
    }
  }
}

interface RawHeader extends Omit<TarEntry, 'type'> {
  readonly flag: string;
}

function readHeader(header: Buffer): RawHeader {
  if (header.length < block) throw new TarFault('it ends in the middle of a header');
  if (!hasRightSum(header)) throw new TarFault('it is not a tar archive, or it is damaged');
  const name = textOf(header.subarray(0, 100));
  const isPosix = header.toString('latin1', 257, 263) === 'ustar\0';
  const prefix = isPosix ? textOf(header.subarray(345, 500)) : '';
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    flag: String.fromCharCode(header[156] ?? 0),
    size: numberIn(header, 124, 12),
    target: textOf(header.subarray(157, 257)),
    owner: { user: numberIn(header, 108, 8), group: numberIn(header, 116, 8) },
    mode: numberIn(header, 100, 8) & 0o7777,
  };
}

function applyExtended(raw: RawHeader, extended: ReadonlyMap<string, string>): TarEntry {
  const size = extended.has('size') ? Number(extended.get('size')) : raw.size;
  if (!Number.isSafeInteger(size) || size < 0) throw new TarFault('an extended header gives an impossible size');
  const name = extended.get('path') ?? raw.name;
  const isSparse = raw.flag === 'S' || [...extended.keys()].some((key) => key.startsWith('GNU.sparse.'));
  const type = isSparse ? 'other' : typeOf(raw.flag, name);
  return {
    name,
    type,
    // Links and folders have no content, whatever a header says of their size (POSIX.1-2001, pax interchange format).
    size: type === 'link' || type === 'hard-link' || type === 'folder' ? 0 : size,
    target: extended.get('linkpath') ?? raw.target,
    owner: {
      user: wholeNumber(extended.get('uid')) ?? raw.owner.user,
      group: wholeNumber(extended.get('gid')) ?? raw.owner.group,
    },
    mode: raw.mode,
  };
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

function typeOf(flag: string, name: string): TarEntry['type'] {
  switch (flag) {
    case '0':
    case '7':
      return 'file';
    case '\0':
      return name.endsWith('/') ? 'folder' : 'file';
    case '1':
      return 'hard-link';
    case '2':
      return 'link';
    case '5':
      return 'folder';
    default:
      return 'other';
  }
}

async function headerContent(pieces: PieceReader, size: number): Promise<Buffer> {
  if (size > longestHeader) throw new TarFault(`it has an extended header of ${size} bytes`);
  const content = await pieces.take(size);
  if (content.length < size || !(await pieces.skip(padding(size)))) throw endsEarly('an extended header');
  return content;
}

/** `<length> <key>=<value>\n` again and again, where the length counts itself. */
function readPax(content: Buffer, into: Map<string, string>): void {
  for (let at = 0; at < content.length;) {
    const space = content.indexOf(0x20, at);
    const length = space < 0 ? Number.NaN : Number(content.toString('latin1', at, space));
    if (!Number.isInteger(length) || length <= space - at || at + length > content.length)
      throw new TarFault('an extended header is damaged');
    const record = content.toString('utf8', space + 1, at + length - 1);
    const equals = record.indexOf('=');
    if (equals > 0) into.set(record.slice(0, equals), record.slice(equals + 1));
    at += length;
  }
}

/** Further blocks of an old GNU sparse file's map; each says whether another one follows. */
async function skipSparseMap(pieces: PieceReader): Promise<void> {
  for (let more = true; more;) {
    const map = await pieces.take(block);
    if (map.length < block) throw endsEarly('a sparse file');
    more = map[504] !== 0;
  }
}

function textOf(field: Buffer): string {
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end < 0 ? field.length : end);
}

/** Octal digits, or a number in base 256 when the first bit is set, as GNU tar writes large ones. */
function numberIn(header: Buffer, at: number, length: number): number {
  const first = header[at] ?? 0;
  if ((first & 0x80) !== 0) {
    if (first !== 0x80) throw new TarFault('a number in a header is negative');
    let value = 0;
    for (let index = at + 1; index < at + length; index++) value = value * 256 + (header[index] ?? 0);
    if (!Number.isSafeInteger(value)) throw new TarFault('a number in a header is too large');
    return value;
  }
  const text = header
    .toString('latin1', at, at + length)
    .replace(/(?<![\0 ])[\0 ]+$/, '')
    .trim();
  if (text === '') return 0;
  if (!/^[0-7]+$/.test(text)) throw new TarFault('it is not a tar archive, or it is damaged');
  return Number.parseInt(text, 8);
}

/** The sum of all bytes, the field of the sum taken as spaces. Some old writers summed signed bytes. */
function hasRightSum(header: Buffer): boolean {
  let sum = 0;
  let signed = 0;
  for (let index = 0; index < block; index++) {
    const value = index >= 148 && index < 156 ? 0x20 : (header[index] ?? 0);
    sum += value;
    signed += value > 127 ? value - 256 : value;
  }
  const written = numberIn(header, 148, 8);
  return written === sum || written === signed;
}

function isEmpty(header: Buffer): boolean {
  return header.every((byte) => byte === 0);
}

function padding(size: number): number {
  return (block - (size % block)) % block;
}

function endsEarly(what: string): TarFault {
  return new TarFault(`it ends in the middle of ${what}`);
}
