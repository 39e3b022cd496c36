import { isUtf8 } from 'node:buffer';
import type { ByteSource } from '../files/byte-source.ts';

/** One record of the central directory, as `java.util.zip.ZipFile` takes it. Sizes in bytes. */
export interface CentralEntry {
  /** Stored as its UTF-8. */
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  readonly time: number;
  readonly date: number;
  readonly crc: number;
  readonly packedSize: number;
  readonly size: number;
  readonly madeBy: number;
  readonly attributes: number;
  /** Position of the entry's own header in the file. */
  readonly position: number;
}

/** Why Java refuses an archive as a whole, or does not read an entry. */
export class ZipProblem extends Error {
  readonly kind: 'broken' | 'encrypted' | 'limit';

  constructor(message: string, kind: 'broken' | 'encrypted' | 'limit' = 'broken') {
    super(message);
    this.kind = kind;
  }
}

const stored = 0;
export const deflated = 8;

const endSize = 22;
const centralSize = 46;
const localSize = 30;
const endSignature = 0x0605_4b50;
const centralSignature = 0x0201_4b50;
const localSignature = 0x0403_4b50;
const locatorSignature = 0x0706_4b50;
const end64Signature = 0x0606_4b50;
const magic = 0xffff_ffff;
const magicCount = 0xffff;
/** Where the search for the end record begins and how far back it goes (ZipFile.java: READBLOCKSZ, END_MAXLEN). */
const searchBlock = 128;
const farthestEnd = 0xffff + endSize;

/**
 * Reads the central directory as OpenJDK 17's `ZipFile` does (java/util/zip/ZipFile.java: Source.initCEN, findEND,
 * checkAndAddEntry), which MI opens archives with: names are UTF-8 with or without the flag, the number of entries in
 * the end record counts for nothing, bytes before the archive are skipped, and one entry that is encrypted, packed in
 * another way than Java knows or named in another encoding refuses the whole file. Throws {@link ZipProblem} where Java
 * throws.
 *
 * @param limits most entries and most bytes of the central directory that are read.
 */
export function readCentralDirectory(
  source: ByteSource,
  limits: { readonly entries: number; readonly bytes: number },
): CentralEntry[] {
  const end = findEnd(source);
  if (end.position === 0) return [];
  if (end.directorySize > end.position) broken('the end record gives a central directory larger than the file');
  const start = end.position - end.directorySize;
  const shift = start - end.directoryOffset;
  if (shift < 0) broken('the end record gives a wrong place for the central directory');
  if (end.total < 0 || end.total > Math.floor(end.directorySize / centralSize))
    broken('the end record counts more entries than there can be');
  if (end.directorySize > limits.bytes)
    throw new ZipProblem(
      `its central directory has ${end.directorySize} bytes; at most ${limits.bytes} are read`,
      'limit',
    );
  const directory = source.read(start, end.directorySize);
  if (directory.length < end.directorySize) broken('the central directory is cut off');
  const entries: CentralEntry[] = [];
  let at = 0;
  while (at + centralSize <= directory.length) {
    if (entries.length >= limits.entries)
      throw new ZipProblem(`it has more than ${limits.entries} entries, and no more are read`, 'limit');
    const { entry, next } = centralEntry(directory, at, shift);
    entries.push(entry);
    at = next;
  }
  if (at !== directory.length) broken('the central directory does not end where the end record says');
  return entries;
}

/**
 * Where the packed bytes of an entry start. Throws {@link ZipProblem} when its own header is not where the directory
 * says.
 */
export function dataPosition(source: ByteSource, entry: CentralEntry): number {
  const header = source.read(entry.position, localSize);
  if (header.length < localSize || header.readUInt32LE(0) !== localSignature)
    broken('its header is not where the central directory says');
  return entry.position + localSize + header.readUInt16LE(26) + header.readUInt16LE(28);
}

interface End {
  readonly position: number;
  readonly total: number;
  readonly directorySize: number;
  readonly directoryOffset: number;
}

function findEnd(source: ByteSource): End {
  // Nearly every archive ends with its end record. What is read here holds most of what is asked for next too.
  const near = source.read(Math.max(0, source.size - nearEnd), Math.min(nearEnd, source.size));
  const last = recordAt(near, near.length - endSize, source.size - near.length);
  if (last?.end === source.size) return end64(source, last) ?? last;
  const lowest = lowestEnd(source.size);
  const tail = source.read(lowest, source.size - lowest);
  for (let at = tail.length - endSize; at >= 0; at -= 1) {
    const found = recordAt(tail, at, lowest);
    if (found === undefined) continue;
    if (found.end !== source.size && !pointsAtHeaders(source, found)) continue;
    if (found.end > source.size) broken('its comment is cut off');
    return end64(source, found) ?? found;
  }
  return broken('it has no end record; it is not a ZIP file, or a part of it is missing');
}

/** Bytes before the end of a file in which the end record and the central directory mostly are. */
const nearEnd = 16 * 1024;

/**
 * The end record at an offset of bytes that start at `start` of the file, and where it and its comment end; undefined
 * where there is none.
 */
function recordAt(bytes: Buffer, at: number, start: number): (End & { readonly end: number }) | undefined {
  if (at < 0 || bytes[at] !== 0x50 || bytes.readUInt32LE(at) !== endSignature) return undefined;
  return {
    position: start + at,
    total: bytes.readUInt16LE(at + 10),
    directorySize: bytes.readUInt32LE(at + 12),
    directoryOffset: bytes.readUInt32LE(at + 16),
    end: start + at + endSize + bytes.readUInt16LE(at + 20),
  };
}

/** The first position that ZipFile looks for an end record at, going back block by block. */
function lowestEnd(size: number): number {
  const least = Math.max(size - farthestEnd, 0) - (searchBlock - endSize);
  const first = size - searchBlock;
  if (first < least) return size;
  const step = searchBlock - endSize;
  return Math.max(0, first - step * Math.floor((first - least) / step));
}

/** Bytes behind the archive are taken when the end record points at headers all the same. */
function pointsAtHeaders(source: ByteSource, end: End): boolean {
  const directory = end.position - end.directorySize;
  const first = directory - end.directoryOffset;
  const signatureAt = (position: number): number | undefined => {
    const bytes = source.read(position, 4);
    return bytes.length < 4 ? undefined : bytes.readUInt32LE(0);
  };
  return (
    directory >= 0 && first >= 0 && signatureAt(directory) === centralSignature && signatureAt(first) === localSignature
  );
}

/** The end record for large archives, when there is one that agrees with the plain one. */
function end64(source: ByteSource, end: End): End | undefined {
  if (end.position < 20) return undefined;
  const locator = source.read(end.position - 20, 20);
  if (locator.length < 20 || locator.readUInt32LE(0) !== locatorSignature) return undefined;
  const position = signed64(locator, 8);
  const record = source.read(position, 56);
  if (record.length < 56 || record.readUInt32LE(0) !== end64Signature) return undefined;
  const total = signed64(record, 32);
  const directorySize = signed64(record, 40);
  const directoryOffset = signed64(record, 48);
  const agrees =
    (directorySize === end.directorySize || end.directorySize === magic) &&
    (directoryOffset === end.directoryOffset || end.directoryOffset === magic) &&
    (total === end.total || end.total === magicCount);
  if (!agrees) return undefined;
  if (directorySize < 0) broken('the end record gives a negative size');
  return { position, total, directorySize, directoryOffset };
}

function centralEntry(directory: Buffer, at: number, shift: number): { entry: CentralEntry; next: number } {
  if (directory.readUInt32LE(at) !== centralSignature) broken('an entry of the central directory is broken');
  const flags = directory.readUInt16LE(at + 8);
  const method = directory.readUInt16LE(at + 10);
  const nameAt = at + centralSize;
  const extraAt = nameAt + directory.readUInt16LE(at + 28);
  const commentAt = extraAt + directory.readUInt16LE(at + 30);
  const next = commentAt + directory.readUInt16LE(at + 32);
  const shown = directory.toString('utf8', nameAt, extraAt);
  if ((flags & 1) !== 0) throw new ZipProblem(`the entry ${shown} is encrypted`, 'encrypted');
  if (method !== stored && method !== deflated)
    broken(`the entry ${shown} is packed with method ${method}; Java reads only stored and deflated entries`);
  if (extraAt > directory.length) broken('an entry of the central directory is cut off');
  const sizes = sizesOf(directory, at, extraAt, commentAt);
  // U+FFFD stands for what is not valid.
  if (shown.includes('\ufffd') && !isUtf8(directory.subarray(nameAt, extraAt)))
    broken(`the name of the entry ${shown} is not UTF-8, so Java refuses the whole archive`);
  if (commentAt < next && !isUtf8(directory.subarray(commentAt, next)))
    broken(`the comment of the entry ${shown} is not UTF-8`);
  return {
    entry: {
      name: shown,
      flags,
      method,
      time: directory.readUInt16LE(at + 12),
      date: directory.readUInt16LE(at + 14),
      crc: directory.readUInt32LE(at + 16),
      packedSize: sizes.packedSize,
      size: sizes.size,
      madeBy: directory.readUInt16LE(at + 4),
      attributes: directory.readUInt32LE(at + 38),
      position: sizes.offset + shift,
    },
    next,
  };
}

interface Sizes {
  readonly size: number;
  readonly packedSize: number;
  readonly offset: number;
}

/**
 * Sizes and place of an entry, from its extra field where the plain ones are too small for them; the field is checked
 * as Java does.
 */
function sizesOf(directory: Buffer, at: number, extraAt: number, extraEnd: number): Sizes {
  const plain = {
    packedSize: directory.readUInt32LE(at + 20),
    size: directory.readUInt32LE(at + 24),
    offset: directory.readUInt32LE(at + 42),
  };
  // Java holds the end record behind the directory, so that a field may reach into it.
  if (extraEnd > directory.length + endSize) broken('an extra field is longer than the central directory');
  if (extraAt === extraEnd) return plain;
  const extra = directory.subarray(extraAt, extraEnd);
  let sizes: Sizes | undefined;
  for (let field = 0; field + 4 <= extra.length;) {
    const tag = extra.readUInt16LE(field);
    const data = extra.subarray(field + 4, field + 4 + extra.readUInt16LE(field + 2));
    field += 4 + extra.readUInt16LE(field + 2);
    if (field > extra.length) broken('an extra field is longer than it can be');
    if (tag === 1) sizes ??= largeSizes(data, plain);
  }
  return sizes ?? plain;
}

const largeFieldSizes: readonly number[] = [8, 16, 24, 28];

function largeSizes(data: Buffer, plain: Sizes): Sizes {
  if (data.length === 0 && plain.size !== magic && plain.packedSize !== magic) return plain;
  if (!largeFieldSizes.includes(data.length)) broken('an extra field for large entries has a wrong size');
  if (plain.size === magic && signed64(data, 0) < 0) broken('an entry has a negative size');
  if (plain.packedSize === magic && data.length >= 16 && signed64(data, 8) < 0) broken('an entry has a negative size');
  let at = 0;
  const value = (small: number): number => {
    if (small !== magic || at + 8 > data.length) return small;
    at += 8;
    return signed64(data, at - 8);
  };
  const size = value(plain.size);
  const packedSize = value(plain.packedSize);
  return { size, packedSize, offset: value(plain.offset) };
}

/** Rounded beyond 2^53, where no file reaches. */
function signed64(bytes: Buffer, at: number): number {
  return Number(bytes.readBigInt64LE(at));
}

function broken(message: string): never {
  throw new ZipProblem(message);
}
