import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import yauzl from 'yauzl';
import type { Entry, ZipFile } from 'yauzl';
import { openZip } from '../containers/zip.ts';
import type { ArchiveFault } from '../containers/zip.ts';
import type { Limits } from '../limits.ts';
import { filesUnder } from './files.ts';
import type { PackedEntry, Sink, ZipEntry } from './zip-writer.ts';

/** An archive whose entries can be read, or copied without unpacking. */
export interface PackedArchive {
  /** Entries that can be read, in the order they are stored. */
  readonly entries: readonly ZipEntry[];
  readonly faults: readonly ArchiveFault[];
  /** Unpacked bytes of an entry. */
  readonly read: (name: string) => Promise<Buffer>;
  /** The whole archive as it is; undefined for an unpacked folder. */
  readonly copyAll: ((sink: Sink) => void) | undefined;
  readonly close: () => void;
}

const pieceSize = 1024 * 1024;
const smallArchive = 32 * 1024 * 1024;

/**
 * Opens an archive on disk or in memory, or the folder of an unpacked application, for copying. Never throws for a broken
 * archive: it has faults and what could be read of it.
 *
 * @param inMemory archives of up to this many bytes are read into memory as a whole.
 */
export async function openPacked(
  source: string | Buffer,
  limits: Limits,
  inMemory = smallArchive,
): Promise<PackedArchive> {
  if (typeof source === 'string' && statSync(source).isDirectory()) return openFolder(source);
  // The table of contents is read in many small steps: from memory they cost nothing.
  const input = typeof source === 'string' && statSync(source).size <= inMemory ? readFileSync(source) : source;
  const readable = await openZip(input, limits);
  if (readable.entries.length === 0)
    return {
      entries: [],
      faults: readable.faults,
      read: (name) => readable.read(name, 0),
      copyAll: undefined,
      close: readable.close,
    };
  const opened = await openSource(input);
  const names = new Set(readable.entries.map(({ name }) => name));
  return {
    entries: opened.entries.filter(({ name }) => names.delete(name)).map((entry) => ({ type: 'packed', entry })),
    faults: readable.faults,
    read: (name) => readable.read(name, limits.nestedBytes),
    copyAll: opened.copyAll,
    close: () => {
      readable.close();
      opened.close();
    },
  };
}

function openFolder(folder: string): PackedArchive {
  const entries = filesUnder(folder).map((path): ZipEntry => ({
    type: 'file',
    name: path
      .slice(folder.length + 1)
      .split(sep)
      .join('/'),
    // Read when it is written, so that a large folder never lies in memory as a whole.
    get bytes() {
      return readFileSync(path);
    },
  }));
  return {
    entries,
    faults: [],
    read: async (name) => readFileSync(join(folder, name)),
    copyAll: undefined,
    close: () => undefined,
  };
}

async function openSource(
  input: string | Buffer,
): Promise<{ readonly entries: PackedEntry[]; readonly copyAll: (sink: Sink) => void; readonly close: () => void }> {
  const zip = await openFile(input);
  const file = typeof input === 'string' ? openSync(input, 'r') : undefined;
  const size = typeof input === 'string' ? statSync(input).size : input.length;
  const copy = (start: number, length: number, sink: Sink): void => {
    if (typeof input !== 'string') sink(input.subarray(start, start + length));
    else copyFile(file ?? -1, start, length, sink);
  };
  /** Where an entry's bytes start: behind its own header, whose length may differ from that in the table of contents. */
  const dataOf = (offset: number): number => {
    const header = Buffer.alloc(30);
    if (typeof input !== 'string') input.copy(header, 0, offset, offset + 30);
    else readSync(file ?? -1, header, 0, 30, offset);
    if (header.readUInt32LE(0) !== 0x0403_4b50)
      throw new Error('an entry does not start where the table of contents says');
    return offset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  };
  const entries: PackedEntry[] = [];
  const close = (): void => {
    zip.close();
    if (file !== undefined) closeSync(file);
  };
  try {
    for (const entry of await allEntries(zip)) {
      entries.push({
        name: yauzl.getFileNameLowLevel(entry.generalPurposeBitFlag, entry.fileNameRaw, entry.extraFields, true),
        rawName: Buffer.from(entry.fileNameRaw),
        utf8: (entry.generalPurposeBitFlag & 0x0800) !== 0,
        method: entry.compressionMethod,
        crc: entry.crc32,
        packedSize: entry.compressedSize,
        size: entry.uncompressedSize,
        time: entry.lastModFileTime,
        date: entry.lastModFileDate,
        madeBy: entry.versionMadeBy,
        attributes: entry.externalFileAttributes,
        copy: (sink) => copy(dataOf(entry.relativeOffsetOfLocalHeader), entry.compressedSize, sink),
      });
    }
  } catch (error) {
    close();
    throw error;
  }
  return { entries, copyAll: (sink) => copy(0, size, sink), close };
}

function copyFile(file: number, start: number, length: number, sink: Sink): void {
  for (let done = 0; done < length;) {
    const piece = Buffer.allocUnsafe(Math.min(pieceSize, length - done));
    const count = readSync(file, piece, 0, piece.length, start + done);
    if (count === 0) throw new Error('the archive became shorter while it was read');
    sink(piece.subarray(0, count));
    done += count;
  }
}

function openFile(input: string | Buffer): Promise<ZipFile> {
  const options = { lazyEntries: true, autoClose: false, decodeStrings: false, validateEntrySizes: false };
  return new Promise((resolve, reject) => {
    const done = (error: Error | null, file: ZipFile): void => (error ? reject(error) : resolve(file));
    if (typeof input === 'string') yauzl.open(input, options, done);
    else yauzl.fromBuffer(input, options, done);
  });
}

function allEntries(file: ZipFile): Promise<Entry[]> {
  return new Promise((resolve, reject) => {
    const entries: Entry[] = [];
    file.on('error', reject);
    file.on('end', () => resolve(entries));
    file.on('entry', (entry: Entry) => {
      entries.push(entry);
      file.readEntry();
    });
    file.readEntry();
  });
}
