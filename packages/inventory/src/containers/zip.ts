import { inflateRawSync } from 'node:zlib';
import type { Limits } from '../files/limits.ts';
import { type ByteSource, openBytes } from '../files/byte-source.ts';
import { contentKeyOf } from '../files/content-key.ts';
import { type CentralEntry, dataPosition, deflated, readCentralDirectory, ZipProblem } from './zip-directory.ts';

/** One file or folder of an archive. */
interface ArchiveEntry {
  /** Path inside the archive with `/` separators; a folder ends in `/`. */
  readonly name: string;
  /** Unpacked size in bytes. */
  readonly size: number;
}

/** Files of an archive, packed or unpacked, in the order they are stored. Nothing is ever written to disk. */
export interface Archive {
  readonly entries: readonly ArchiveEntry[];
  readonly has: (name: string) => boolean;
  /**
   * Unpacked bytes of one entry, which may be a part of a larger buffer. Throws an {@link ArchiveFault} when it is
   * broken or larger than `maximum` bytes.
   */
  readonly read: (name: string, maximum: number) => Buffer;
  /** Asks for size and check sum of an entry, which can be done when the archive is closed as well. */
  readonly contentOf: (name: string) => () => string;
  /** What is wrong with the archive as a whole or with entries that were left out. */
  readonly faults: readonly ArchiveFault[];
  readonly close: () => void;
}

/** A ZIP file, whose entries can also be copied as they are packed. */
export interface ZipArchive extends Archive {
  readonly records: readonly CentralEntry[];
  /** Undefined when the file cannot be read. */
  readonly source: ByteSource | undefined;
}

export type ArchiveFaultCode =
  | 'MI-ZIP-BROKEN'
  | 'MI-ZIP-PATH'
  | 'MI-ZIP-LIMIT'
  | 'MI-ZIP-ENCRYPTED'
  | 'MI-ZIP-DUPLICATE'
  | 'MI-READ-DENIED';

/** Why an archive, or an entry of it, cannot be read. */
export class ArchiveFault extends Error {
  readonly code: ArchiveFaultCode;
  /** Name of the entry, when it is about one. */
  readonly entry: string | undefined;

  constructor(code: ArchiveFaultCode, message: string, entry?: string) {
    super(message);
    this.code = code;
    this.entry = entry;
  }
}

/** Bytes of a central directory for each entry that it may have: names of usual length several times over. */
const directoryBytesPerEntry = 1024;

/**
 * Opens a ZIP file as `java.util.zip.ZipFile` does (MI: AppDeployerUtils.extract). Entries with names that leave the
 * archive and entries beyond the limits are left out and named in `faults`; a file that Java refuses has no entries and
 * one fault. Of entries with one name the last counts: MI unpacks them one over the other. Never throws.
 *
 * @param input path of a file, or the bytes of an archive in an archive.
 */
export function openZip(input: string | Buffer, limits: Limits): ZipArchive {
  let source: ByteSource | undefined;
  try {
    source = openBytes(input);
    const records = readCentralDirectory(source, {
      entries: limits.archiveEntries,
      bytes: limits.archiveEntries * directoryBytesPerEntry,
    });
    return archiveOf(source, records, limits);
  } catch (error) {
    source?.close();
    return {
      entries: [],
      records: [],
      source: undefined,
      faults: [faultOf(error)],
      has: () => false,
      read: (name) => {
        throw new ArchiveFault('MI-ZIP-BROKEN', 'the archive cannot be read', name);
      },
      contentOf: () => () => '',
      close: () => undefined,
    };
  }
}

function archiveOf(source: ByteSource, all: readonly CentralEntry[], limits: Limits): ZipArchive {
  const faults: ArchiveFault[] = [];
  const readable = new Map<string, CentralEntry>();
  let unpacked = 0;
  for (const record of all) {
    unpacked += record.size;
    const problem = refusal(record, unpacked, limits);
    if (problem !== undefined) faults.push(problem);
    else {
      if (readable.has(record.name)) faults.push(twice(record.name));
      readable.set(record.name, record);
    }
    if (unpacked > limits.unpackedBytes) break;
  }
  const records = [...readable.values()];
  return {
    entries: records,
    records,
    source,
    faults,
    has: (name) => readable.has(name),
    read: (name, maximum) => {
      const record = readable.get(name);
      if (record === undefined) throw new ArchiveFault('MI-ZIP-BROKEN', 'there is no such entry', name);
      try {
        return unpack(source, record, maximum);
      } catch (error) {
        throw faultOf(error, name);
      }
    },
    contentOf: (name) => {
      const { size = 0, crc = 0 } = readable.get(name) ?? {};
      return () => contentKeyOf(size, crc);
    },
    close: source.close,
  };
}

/**
 * Unpacked bytes; like Java, by the packed size alone: what the entry says of its unpacked one is only an early
 * refusal.
 */
function unpack(source: ByteSource, record: CentralEntry, maximum: number): Buffer {
  if (record.size > maximum) throw tooLarge(record.size, maximum);
  const packed = source.read(dataPosition(source, record), Math.min(record.packedSize, source.size));
  if (record.method === deflated)
    return packed.length === 0 && record.packedSize === 0
      ? unexpectedEnd()
      : inflate(packed, { maxOutputLength: Math.max(1, maximum), chunkSize: pieceOf(record.size) });
  if (packed.length > maximum) throw tooLarge(packed.length, maximum);
  return packed;
}

/** Room for an entry of usual size, and for one byte more: with it zlib sees the end at once. */
function pieceOf(size: number): number {
  return Math.min(Math.max(smallestPiece, size + 1), largestPiece);
}

/** What zlib takes at least, in bytes. */
const smallestPiece = 64;
const largestPiece = 64 * 1024;

/**
 * Java adds one zero byte to packed bytes that end too early (ZipFile.ZipFileInflaterInputStream.fill), so that some
 * are read.
 */
function inflate(packed: Buffer, options: { readonly maxOutputLength: number; readonly chunkSize: number }): Buffer {
  try {
    return inflateRawSync(packed, options);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'Z_BUF_ERROR')) throw error;
    return inflateRawSync(Buffer.concat([packed, Buffer.alloc(1)]), options);
  }
}

function unexpectedEnd(): never {
  throw new ZipProblem('its packed bytes end too early');
}

function tooLarge(size: number, maximum: number): ZipProblem {
  return new ZipProblem(`it has ${size} bytes; at most ${maximum} are read`, 'limit');
}

function refusal(record: CentralEntry, unpacked: number, limits: Limits): ArchiveFault | undefined {
  const { name, size, packedSize } = record;
  const badPath = wrongPath(name);
  if (badPath !== undefined) return new ArchiveFault('MI-ZIP-PATH', `its name is not allowed (${badPath})`, name);
  if (unpacked > limits.unpackedBytes)
    return new ArchiveFault('MI-ZIP-LIMIT', `the archive unpacks to more than ${limits.unpackedBytes} bytes`, name);
  if (size > 1024 * 1024 && size > packedSize * limits.compressionRatio)
    return new ArchiveFault('MI-ZIP-LIMIT', `it unpacks to more than ${limits.compressionRatio} times its size`, name);
  return undefined;
}

/** Why a name must not be unpacked; undefined for one that may. */
export function wrongPath(name: string): string | undefined {
  if (name.includes('\\') || name.includes('\0')) return 'invalid character';
  if (name.startsWith('/') || /^[a-z]:/i.test(name)) return 'absolute path';
  return name.includes('..') && name.split('/').includes('..') ? 'it leaves the archive' : undefined;
}

function twice(name: string): ArchiveFault {
  return new ArchiveFault('MI-ZIP-DUPLICATE', 'is in the archive twice; MI unpacks the last one over the others', name);
}

function faultOf(error: unknown, entry?: string): ArchiveFault {
  if (error instanceof ArchiveFault) return error;
  if (error instanceof ZipProblem) return new ArchiveFault(codeOf[error.kind], error.message, entry);
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ENOTREGULAR') return new ArchiveFault('MI-READ-DENIED', 'it is not a regular file', entry);
  if (code === 'ERR_BUFFER_TOO_LARGE')
    return new ArchiveFault('MI-ZIP-LIMIT', 'it unpacks to more than it declares and than is read', entry);
  if (/^E[A-Z]+$/.test(code)) return new ArchiveFault('MI-READ-DENIED', `it cannot be read (${code})`, entry);
  return new ArchiveFault('MI-ZIP-BROKEN', lower(error instanceof Error ? error.message : String(error)), entry);
}

const codeOf = { broken: 'MI-ZIP-BROKEN', encrypted: 'MI-ZIP-ENCRYPTED', limit: 'MI-ZIP-LIMIT' } as const;

function lower(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1).replace(/\.$/, '');
}
