import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { withoutWaiting } from './without-waiting.ts';

/** Bytes that can be read at any position: a file on disk, or what lies in memory. */
export interface ByteSource {
  readonly size: number;
  /** Up to `length` bytes from `position`; fewer only where the source ends, none outside of it. */
  readonly read: (position: number, length: number) => Buffer;
  readonly close: () => void;
}

/**
 * Opens a regular file for reading and returns its descriptor. Throws for anything else: a pipe or a device never ends.
 */
export function openRegularFile(path: string): { readonly file: number; readonly size: number } {
  const file = openSync(path, withoutWaiting);
  try {
    const status = fstatSync(file);
    if (!status.isFile()) throw new NotRegular(path, status.isDirectory());
    return { file, size: status.size };
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

/** Carries a code and a path as errors of the file system do. */
class NotRegular extends Error {
  readonly code: 'EISDIR' | 'ENOTREGULAR';
  readonly path: string;

  constructor(path: string, isFolder: boolean) {
    super(isFolder ? 'a folder, not a file' : 'not a regular file');
    this.code = isFolder ? 'EISDIR' : 'ENOTREGULAR';
    this.path = path;
  }
}

/** Throws when the file cannot be opened or is not a regular one. */
export function openBytes(input: string | Buffer): ByteSource {
  if (typeof input !== 'string') return bytesInMemory(input);
  const { file, size } = openRegularFile(input);
  let recent: Window = { start: 0, bytes: Buffer.alloc(0) };
  let before = recent;
  return {
    size,
    read: (position, length) => {
      const count = bounded(size, position, length);
      if (count > windowStep) return readAt(file, position, count);
      if (!covers(recent, position, count)) {
        const other = covers(before, position, count) ? before : windowAt(file, size, position);
        before = recent;
        recent = other;
      }
      return recent.bytes.subarray(position - recent.start, position - recent.start + count);
    },
    close: () => closeSync(file),
  };
}

/**
 * Read at a time where less is asked for: headers and entries of an archive mostly follow each other. Two are kept,
 * since an archive is gone through several times. A new buffer for each: what was handed out stays as it is.
 */
interface Window {
  readonly start: number;
  readonly bytes: Buffer;
}

const windowBytes = 64 * 1024;
/** Windows begin at multiples of it, so that the next one is not read over again from a few bytes before. */
const windowStep = windowBytes / 2;

function windowAt(file: number, size: number, position: number): Window {
  const isLast = position + windowBytes >= size;
  const start = isLast ? position : position - (position % windowStep);
  return { start, bytes: readAt(file, start, bounded(size, start, windowBytes)) };
}

function covers({ start, bytes }: Window, position: number, count: number): boolean {
  return position >= start && position + count <= start + bytes.length;
}

function bytesInMemory(bytes: Buffer): ByteSource {
  return {
    size: bytes.length,
    read: (position, length) => {
      const count = bounded(bytes.length, position, length);
      return count === 0 ? Buffer.alloc(0) : bytes.subarray(position, position + count);
    },
    close: () => undefined,
  };
}

function bounded(size: number, position: number, length: number): number {
  return position < 0 || position >= size ? 0 : Math.max(0, Math.min(length, size - position));
}

function readAt(file: number, position: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  let done = 0;
  while (done < length) {
    const count = readSync(file, bytes, done, length - done, position + done);
    // The file became shorter while it was read.
    if (count === 0) break;
    done += count;
  }
  return bytes.subarray(0, done);
}
