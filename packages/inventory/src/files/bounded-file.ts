import { closeSync, openSync, readSync } from 'node:fs';
import { openRegularFile } from './byte-source.ts';
import { defaultLimits } from './limits.ts';

/** A file that is larger than what is read of any. Carries a code as errors of the file system do. */
class FileTooLarge extends Error {
  readonly code = 'EFBIG';
  readonly path: string;

  constructor(path: string, maximum: number) {
    super(`it has more than ${maximum} bytes, the most that are read`);
    this.path = path;
  }
}

/**
 * Bytes of a regular file of at most `maximum` bytes. Throws for pipes and devices, which may never end, and for larger
 * files.
 */
export function readRegularFile(path: string, maximum: number = defaultLimits.nestedBytes): Buffer {
  const { file, size } = openRegularFile(path);
  try {
    if (size > maximum) throw new FileTooLarge(path, maximum);
    return wholeFile(file, size) ?? readUpTo(file, path, maximum, 64 * 1024);
  } finally {
    closeSync(file);
  }
}

/**
 * Bytes of whatever a user named: a file, or a pipe such as `<(…)`. Throws for more than `maximum` bytes, so that no
 * pipe is read for ever.
 */
export function readNamedFile(path: string, maximum: number = defaultLimits.textBytes): Buffer {
  const file = openSync(path, 'r');
  try {
    return readUpTo(file, path, maximum, 64 * 1024);
  } finally {
    closeSync(file);
  }
}

/**
 * Bytes of a file that has the size it gives, in one read; undefined for one that has not, as files below /proc and
 * those that grow.
 */
function wholeFile(file: number, size: number): Buffer | undefined {
  if (size === 0) return undefined;
  const bytes = Buffer.allocUnsafe(size + 1);
  return readSync(file, bytes, 0, bytes.length, 0) === size ? bytes.subarray(0, size) : undefined;
}

/** Files below /proc and pipes have no size beforehand, so the end is where nothing more comes. */
function readUpTo(file: number, path: string, maximum: number, expected: number): Buffer {
  const parts: Buffer[] = [];
  for (let length = 0, room = expected; ; room = 1024 * 1024) {
    const part = Buffer.allocUnsafe(Math.min(room, maximum + 1 - length));
    const count = readSync(file, part, 0, part.length, null);
    if (count === 0) return parts.length === 1 ? (parts[0] ?? part) : Buffer.concat(parts);
    length += count;
    if (length > maximum) throw new FileTooLarge(path, maximum);
    parts.push(part.subarray(0, count));
  }
}
