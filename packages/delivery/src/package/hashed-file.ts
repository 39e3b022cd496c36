import { createHash } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  fchmodSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  writeSync,
} from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { compareText } from '@mi-patterns/inventory';

/** A file with its size in bytes and its digest, `sha256:…`. */
export interface FileDigest {
  readonly digest: string;
  readonly size: number;
}

/** A file that cannot be written: the system's error names a descriptor at best. */
export class WriteFault extends Error {
  readonly path: string;

  constructor(path: string, cause: unknown) {
    super(`${path} cannot be written`, { cause });
    this.path = path;
  }
}

/** Bytes that wait in memory for each file that is open. */
const gatheredBytes = 256 * 1024;

function writing<T>(path: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    throw new WriteFault(path, error);
  }
}

export interface HashedFile {
  readonly write: (bytes: Uint8Array) => void;
  /** Closes the file and answers what was written. */
  readonly close: () => FileDigest;
}

/**
 * Creates a file, with its folders, that is written piece by piece and hashed on the way. Everybody may read it,
 * whatever the umask: in an image it is read by users that nobody here knows.
 */
export function createHashedFile(path: string): HashedFile {
  const file = writing(path, () => {
    mkdirSync(dirname(path), { recursive: true });
    const opened = openSync(path, 'w');
    fchmodSync(opened, 0o644);
    return opened;
  });
  const hash = createHash('sha256');
  let size = 0;
  let waiting = 0;
  const put = (bytes: Uint8Array): void => {
    writing(path, () => {
      for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done);
    });
    hash.update(bytes);
  };
  const flush = (): void => {
    if (waiting > 0) put(gathered.subarray(0, waiting));
    waiting = 0;
  };
  // Headers and small entries are gathered: a call to the system for each took a fifth of the time of an archive.
  const gathered = Buffer.allocUnsafe(gatheredBytes);
  return {
    write: (bytes) => {
      if (waiting + bytes.length > gathered.length) flush();
      if (bytes.length > gathered.length) put(bytes);
      else {
        gathered.set(bytes, waiting);
        waiting += bytes.length;
      }
      size += bytes.length;
    },
    close: () => {
      try {
        flush();
      } finally {
        closeSync(file);
      }
      return { digest: `sha256:${hash.digest('hex')}`, size };
    },
  };
}

/** Writes a whole file, as {@link createHashedFile} does. */
export function writeHashed(path: string, content: string | Uint8Array): FileDigest {
  const file = createHashedFile(path);
  file.write(typeof content === 'string' ? Buffer.from(content) : content);
  return file.close();
}

/** Copies a file without reading it here, with the mode of {@link createHashedFile}. */
export function copyWritten(from: string, to: string): void {
  writing(to, () => {
    mkdirSync(dirname(to), { recursive: true });
    copyFileSync(from, to, constants.COPYFILE_FICLONE);
    chmodSync(to, 0o644);
  });
}

/**
 * Hands a file on piece by piece. The receiver must be done with a piece when it returns, since all pieces share their
 * memory.
 */
export function readPieces(path: string, take: (bytes: Uint8Array) => void): void {
  const file = openSync(path, 'r');
  try {
    // A new piece of memory for each, and one to find the end of the file, makes V8 collect garbage early.
    const piece = Buffer.allocUnsafe(Math.min(1024 * 1024, fstatSync(file).size + 1));
    for (;;) {
      const count = readSync(file, piece, 0, piece.length, null);
      if (count === 0) return;
      take(piece.subarray(0, count));
    }
  } finally {
    closeSync(file);
  }
}

/** Digest and size of a file on disk. */
export function digestOf(path: string): FileDigest {
  const hash = createHash('sha256');
  let size = 0;
  readPieces(path, (bytes) => {
    hash.update(bytes);
    size += bytes.length;
  });
  return { digest: `sha256:${hash.digest('hex')}`, size };
}

/** Lets everybody enter the folders below one, for the same reason as {@link createHashedFile}. */
export function openFolders(folder: string): void {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }))
    if (entry.isDirectory()) chmodSync(join(entry.parentPath, entry.name), 0o755);
}

/** Everything in a folder that is no folder, as sorted paths with `/`; links and other special files too. */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .toSorted(compareText);
}
