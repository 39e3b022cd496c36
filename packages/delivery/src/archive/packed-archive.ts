import { statSync } from 'node:fs';
import { join, sep } from 'node:path';
import {
  type ArchiveFault,
  type ByteSource,
  type CentralEntry,
  dataPosition,
  type Limits,
  openZip,
  readRegularFile,
} from '@mi-patterns/inventory';
import { filesUnder } from './files.ts';
import type { PackedEntry, Sink, ZipEntry } from './zip-writer.ts';

/** An archive whose entries can be read, or copied without unpacking. */
export interface PackedArchive {
  /** Entries that can be read, in the order they are stored. */
  readonly entries: readonly ZipEntry[];
  readonly faults: readonly ArchiveFault[];
  /** Unpacked bytes of an entry. */
  readonly read: (name: string) => Buffer;
  /** The whole archive as it is; undefined for an unpacked folder. */
  readonly copyAll: ((sink: Sink) => void) | undefined;
  readonly close: () => void;
}

const pieceSize = 1024 * 1024;

/**
 * Opens an archive on disk or in memory, or the folder of an unpacked application, for copying. Never throws for a
 * broken archive: it has faults and what could be read of it.
 */
export function openPacked(source: string | Buffer, limits: Limits): PackedArchive {
  if (typeof source === 'string' && statSync(source).isDirectory()) return openFolder(source);
  const zip = openZip(source, limits);
  const bytes = zip.source;
  return {
    entries: bytes === undefined ? [] : zip.records.map((record) => ({ type: 'packed', entry: packed(bytes, record) })),
    faults: zip.faults,
    read: (name) => zip.read(name, limits.nestedBytes),
    copyAll:
      bytes === undefined || zip.records.length === 0 ? undefined : (sink) => copyBytes(bytes, 0, bytes.size, sink),
    close: zip.close,
  };
}

function packed(source: ByteSource, record: CentralEntry): PackedEntry {
  return {
    ...record,
    utf8: (record.flags & 0x0800) !== 0,
    copy: (sink) => copyBytes(source, dataPosition(source, record), record.packedSize, sink),
  };
}

function copyBytes(source: ByteSource, start: number, length: number, sink: Sink): void {
  for (let done = 0; done < length;) {
    const piece = source.read(start + done, Math.min(pieceSize, length - done));
    if (piece.length === 0) throw new Error('the archive became shorter while it was read');
    sink(piece);
    done += piece.length;
  }
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
      return readRegularFile(path);
    },
  }));
  return {
    entries,
    faults: [],
    read: (name) => readRegularFile(join(folder, name)),
    copyAll: undefined,
    close: () => undefined,
  };
}
