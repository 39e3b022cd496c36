import { crc32 } from 'node:zlib';
import { checkEntryName } from './entry-names.ts';

/**
 * Where the bytes of an archive go, piece by piece and in order. The receiver must be done with a piece when it
 * returns, since headers share their memory.
 */
export type Sink = (bytes: Uint8Array) => void;

/** An entry of an existing archive as it is stored there, to be copied without unpacking. */
export interface PackedEntry {
  /** Path inside the archive with `/` separators; a folder ends in `/`. */
  readonly name: string;
  /** Whether the entry says that its name is UTF-8, as which Java reads it in any case. */
  readonly utf8: boolean;
  /** 0 stored, 8 deflated. */
  readonly method: number;
  readonly crc: number;
  readonly packedSize: number;
  readonly size: number;
  /** As MS-DOS has it. */
  readonly time: number;
  readonly date: number;
  /** Version and system that wrote the entry: it says how names and attributes are meant. */
  readonly madeBy: number;
  readonly attributes: number;
  /** Hands on the packed bytes. */
  readonly copy: (sink: Sink) => void;
}

export type ZipEntry =
  | { readonly type: 'folder'; /** Ends in `/`. */ readonly name: string }
  | { readonly type: 'file'; readonly name: string; readonly bytes: Uint8Array }
  | { readonly type: 'packed'; readonly entry: PackedEntry };

/** Where the entries of an archive go, one after the other: cheaper than an iterator for each of tens of thousands. */
export type EntrySink = (entry: ZipEntry) => void;

/** 1980-01-01 00:00, the first moment that ZIP knows. */
const epoch = { time: 0, date: 0x0021 } as const;

/** ZIP 2.0 on Unix: unzip takes the names of other systems for those of their code pages. */
const unix = 0x0314;
const folderMode = 0o040755;
const fileMode = 0o100644;

const most = { entries: 0xffff, bytes: 0xffff_fffe } as const;

const nothing = Buffer.alloc(0);

/** Bytes of a local header before the name. */
const localBytes = 30;
/** Room for the name of an entry, in bytes; `checkEntryName` lets none through that is longer. */
const nameBytes = 8 * 1024;

/** What headers say of an entry beside its name. */
type Fields = Omit<PackedEntry, 'name' | 'copy'>;

/** Thrown when an archive needs more than a ZIP file without the 64-bit extension can hold, 65,535 entries or 4 GiB. */
export class ArchiveTooLarge extends Error {}

/**
 * Writes a ZIP file of the entries that `writeEntries` hands on, in their order. New files are stored, not deflated:
 * what deflate makes of them depends on the build of zlib, and the same input must give the same bytes on any machine.
 * Packed entries are copied as they are. A folder without an entry of its own gets one before the first file in it,
 * because MI unpacks without making folders (AppDeployerUtils.extract). Memory: one new file and the table of contents.
 */
export function writeZip(writeEntries: (write: EntrySink) => void, sink: Sink): void {
  const contents = tableOfContents();
  const folders = new Set<string>();
  let offset = 0;
  const emit: Sink = (bytes) => {
    offset += bytes.length;
    if (offset > most.bytes) throw new ArchiveTooLarge('an archive of more than 4 GiB');
    sink(bytes);
  };
  // One buffer for all local headers: V8 looks after tens of thousands one by one.
  const header = Buffer.allocUnsafe(localBytes + nameBytes);
  const begin = (fields: Fields, nameLength: number): void => {
    if (contents.count() === most.entries) throw new ArchiveTooLarge(`an archive of more than ${most.entries} entries`);
    setLocalHeader(header, fields, nameLength);
    contents.add(fields, header, nameLength, offset);
    emit(header.subarray(0, localBytes + nameLength));
  };
  const add = (name: string, bytes: Uint8Array): void => {
    const nameLength = header.write(name, localBytes);
    begin(newFields(name, bytes, nameLength), nameLength);
    if (bytes.length > 0) emit(bytes);
  };
  const copy = (entry: PackedEntry): void => {
    begin(entry, header.write(entry.name, localBytes));
    entry.copy(emit);
  };
  writeEntries((entry) => {
    const name = entry.type === 'packed' ? entry.entry.name : entry.name;
    checkEntryName(name);
    for (const folder of missingFolders(name, folders)) add(folder, nothing);
    if (entry.type === 'packed') {
      if (!name.endsWith('/') || !folders.has(name)) copy(entry.entry);
    } else if (entry.type === 'file') add(name, entry.bytes);
    else if (!folders.has(name)) add(name, nothing);
    if (name.endsWith('/')) folders.add(name);
  });
  const start = offset;
  emit(contents.bytes());
  emit(endOfContents(contents.count(), offset - start, start));
}

/** The folders above an entry that have no entry yet, outermost first; marks them as made. */
function missingFolders(name: string, made: Set<string>): string[] {
  const missing: string[] = [];
  for (let end = name.indexOf('/'); end >= 0 && end < name.length - 1; end = name.indexOf('/', end + 1)) {
    const folder = name.slice(0, end + 1);
    if (made.has(folder)) continue;
    made.add(folder);
    missing.push(folder);
  }
  return missing;
}

function newFields(name: string, bytes: Uint8Array, nameLength: number): Fields {
  return {
    utf8: nameLength !== name.length,
    method: 0,
    crc: crc32(bytes),
    packedSize: bytes.length,
    size: bytes.length,
    time: epoch.time,
    date: epoch.date,
    madeBy: unix,
    attributes: name.endsWith('/') ? folderMode * 0x1_0000 + 0x10 : fileMode * 0x1_0000,
  };
}

/** Fields that local and central header share, from `version needed` on. */
function setCommon(header: Buffer, at: number, fields: Fields, nameLength: number): void {
  header.writeUInt16LE(20, at);
  header.writeUInt16LE(fields.utf8 ? 0x0800 : 0, at + 2);
  header.writeUInt16LE(fields.method, at + 4);
  header.writeUInt16LE(fields.time, at + 6);
  header.writeUInt16LE(fields.date, at + 8);
  header.writeUInt32LE(fields.crc, at + 10);
  header.writeUInt32LE(fields.packedSize, at + 14);
  header.writeUInt32LE(fields.size, at + 18);
  header.writeUInt16LE(nameLength, at + 22);
}

/** Fills in a local header, in which the name stands already. */
function setLocalHeader(header: Buffer, fields: Fields, nameLength: number): void {
  header.writeUInt32LE(0x0403_4b50, 0);
  setCommon(header, 4, fields, nameLength);
  header.writeUInt16LE(0, 28);
}

/** The central directory in the making, one buffer that grows. */
function tableOfContents(): {
  /** Takes the name from the local header. */
  readonly add: (fields: Fields, local: Buffer, nameLength: number, offset: number) => void;
  readonly count: () => number;
  readonly bytes: () => Buffer;
} {
  let headers = Buffer.allocUnsafe(16 * 1024);
  let [end, count] = [0, 0];
  return {
    add(fields, local, nameLength, offset) {
      const size = 46 + nameLength;
      if (end + size > headers.length) {
        const larger = Buffer.allocUnsafe(Math.max(2 * headers.length, end + size));
        headers.copy(larger, 0, 0, end);
        headers = larger;
      }
      headers.fill(0, end, end + 46);
      headers.writeUInt32LE(0x0201_4b50, end);
      headers.writeUInt16LE(fields.madeBy, end + 4);
      setCommon(headers, end + 6, fields, nameLength);
      headers.writeUInt32LE(fields.attributes >>> 0, end + 38);
      headers.writeUInt32LE(offset, end + 42);
      local.copy(headers, end + 46, localBytes, localBytes + nameLength);
      end += size;
      count += 1;
    },
    count: () => count,
    bytes: () => headers.subarray(0, end),
  };
}

function endOfContents(entries: number, size: number, start: number): Buffer {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x0605_4b50, 0);
  end.writeUInt16LE(entries, 8);
  end.writeUInt16LE(entries, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(start, 16);
  return end;
}
