import type { Readable } from 'node:stream';
import type { Entry, ZipFile } from 'yauzl';
import type { Limits } from '../limits.ts';

/** One file or folder of an archive. */
export interface ArchiveEntry {
  /** Path inside the archive with `/` separators; a folder ends in `/`. */
  readonly name: string;
  /** Unpacked size in bytes. */
  readonly size: number;
}

/** Files of an archive, packed or unpacked, in the order they are stored. Nothing is ever written to disk. */
export interface Archive {
  readonly entries: readonly ArchiveEntry[];
  /** Unpacked bytes of one entry. Throws an {@link ArchiveFault} when it is broken, encrypted or larger than `maximum` bytes. */
  readonly read: (name: string, maximum: number) => Promise<Buffer>;
  /** What is wrong with the archive as a whole or with entries that were left out. */
  readonly faults: readonly ArchiveFault[];
  readonly close: () => void;
}

export type ArchiveFaultCode =
  | 'MI-ZIP-BROKEN'
  | 'MI-ZIP-PATH'
  | 'MI-ZIP-LIMIT'
  | 'MI-ZIP-ENCRYPTED'
  | 'MI-ZIP-DUPLICATE'
  | 'MI-READ-DENIED';

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

/**
 * Opens a ZIP file by its central directory, as `java.util.zip.ZipFile` does (MI: AppDeployerUtils.extract). Entries with names
 * that leave the archive, encrypted entries and entries beyond the limits are left out and named in `faults`; a file that is
 * no ZIP at all has no entries and one fault. Never throws.
 *
 * @param input path of a file, or the bytes of an archive in an archive.
 */
export async function openZip(input: string | Buffer, limits: Limits): Promise<Archive> {
  const faults: ArchiveFault[] = [];
  const readable = new Map<string, Entry>();
  const entries: ArchiveEntry[] = [];
  let file: ZipFile;
  // Loaded with the first archive: projects without one need neither it nor Node's streams and zlib.
  const { default: yauzl } = await import('yauzl');
  try {
    file = await openFile(yauzl, input);
  } catch (error) {
    return { entries, faults: [fault(error)], read: unreadable, close: () => undefined };
  }
  // A size field that lies makes yauzl fail while reading; an error event must never reach the process.
  file.on('error', () => undefined);
  if (file.entryCount > limits.archiveEntries) {
    file.close();
    const message = `it has ${file.entryCount} entries; at most ${limits.archiveEntries} are read`;
    return { entries, faults: [new ArchiveFault('MI-ZIP-LIMIT', message)], read: unreadable, close: () => undefined };
  }
  let unpacked = 0;
  try {
    await eachEntry(file, (entry) => {
      const name = yauzl.getFileNameLowLevel(entry.generalPurposeBitFlag, entry.fileNameRaw, entry.extraFields, true);
      unpacked += entry.uncompressedSize;
      const problem =
        refusal(yauzl.validateFileName(name), entry, name, unpacked, limits) ??
        (readable.has(name) ? twice(name) : undefined);
      if (problem !== undefined) faults.push(problem);
      else {
        readable.set(name, entry);
        entries.push({ name, size: entry.uncompressedSize });
      }
      return unpacked <= limits.unpackedBytes;
    });
  } catch (error) {
    faults.push(fault(error));
  }
  const read = async (name: string, maximum: number): Promise<Buffer> => {
    const entry = readable.get(name);
    if (entry === undefined) throw new ArchiveFault('MI-ZIP-BROKEN', 'there is no such entry', name);
    if (entry.uncompressedSize > maximum) {
      throw new ArchiveFault(
        'MI-ZIP-LIMIT',
        `it has ${entry.uncompressedSize} bytes; at most ${maximum} are read`,
        name,
      );
    }
    try {
      return await readEntry(file, entry);
    } catch (error) {
      throw fault(error, name);
    }
  };
  return { entries, faults, read, close: () => file.close() };
}

function refusal(
  wrongName: string | null,
  entry: Entry,
  name: string,
  unpacked: number,
  limits: Limits,
): ArchiveFault | undefined {
  const badPath = wrongName ?? (/[\0]|^[a-z]:/i.test(name) ? 'invalid character or drive letter' : undefined);
  if (badPath) return new ArchiveFault('MI-ZIP-PATH', `its name is not allowed (${badPath.replace(/:.*/s, '')})`, name);
  if (entry.isEncrypted()) return new ArchiveFault('MI-ZIP-ENCRYPTED', 'it is encrypted', name);
  if (entry.compressionMethod !== 0 && entry.compressionMethod !== 8) {
    return new ArchiveFault(
      'MI-ZIP-BROKEN',
      `it is packed with method ${entry.compressionMethod}; Java reads only stored and deflated entries`,
      name,
    );
  }
  if (unpacked > limits.unpackedBytes) {
    return new ArchiveFault('MI-ZIP-LIMIT', `the archive unpacks to more than ${limits.unpackedBytes} bytes`, name);
  }
  if (entry.uncompressedSize > 1024 * 1024 && entry.uncompressedSize > entry.compressedSize * limits.compressionRatio) {
    return new ArchiveFault('MI-ZIP-LIMIT', `it unpacks to more than ${limits.compressionRatio} times its size`, name);
  }
  return undefined;
}

function twice(name: string): ArchiveFault {
  return new ArchiveFault('MI-ZIP-DUPLICATE', 'it is in the archive twice; the first one was read', name);
}

function openFile(yauzl: typeof import('yauzl'), input: string | Buffer): Promise<ZipFile> {
  // Names are decoded and checked here, entry by entry, so that one bad name does not hide the others.
  const options = { lazyEntries: true, autoClose: false, decodeStrings: false, validateEntrySizes: true };
  return new Promise((resolve, reject) => {
    const done = (error: Error | null, file: ZipFile): void => (error ? reject(error) : resolve(file));
    if (typeof input === 'string') yauzl.open(input, options, done);
    else yauzl.fromBuffer(input, options, done);
  });
}

/** Visits entries until the visitor answers false. */
function eachEntry(file: ZipFile, visit: (entry: Entry) => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    file.on('error', reject);
    file.on('end', resolve);
    file.on('entry', (entry: Entry) => {
      try {
        if (visit(entry)) file.readEntry();
        else resolve();
      } catch (error) {
        reject(error);
      }
    });
    file.readEntry();
  });
}

function readEntry(file: ZipFile, entry: Entry): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    file.openReadStream(entry, (error: Error | null, stream: Readable) => {
      if (error) {
        reject(error);
        return;
      }
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('error', reject);
      stream.on('end', () => resolve(Buffer.concat(chunks)));
    });
  });
}

function fault(error: unknown, entry?: string): ArchiveFault {
  if (error instanceof ArchiveFault) return error;
  const reason = error instanceof Error ? error.message : String(error);
  const denied = /^(EACCES|EPERM|EISDIR|ENOENT|EIO)\b/.exec(reason)?.[0];
  if (denied !== undefined) return new ArchiveFault('MI-READ-DENIED', `it cannot be read (${denied})`, entry);
  return new ArchiveFault('MI-ZIP-BROKEN', lower(reason), entry);
}

function lower(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1).replace(/\.$/, '');
}

async function unreadable(name: string): Promise<Buffer> {
  throw new ArchiveFault('MI-ZIP-BROKEN', 'the archive cannot be read', name);
}
