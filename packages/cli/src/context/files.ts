import { isUtf8 } from 'node:buffer';
import { relative, resolve } from 'node:path';
import { isBelow, readNamedFile, type Source } from '@mi-patterns/inventory';
import type { Context } from './context.ts';
import { inputFailure } from './failure.ts';

/** A path as people see it: relative to the working folder where it lies below it, with `/`. */
export function display(file: string, context: Pick<Context, 'cwd'>): string {
  return (isBelow(context.cwd, file) ? relative(context.cwd, file) || '.' : file).replaceAll('\\', '/');
}

/** A file that the user named, with its text and its path as people see it. */
export interface NamedText {
  readonly file: string;
  readonly path: string;
  readonly text: string;
}

/** The files that the user named, in their order. Throws {@link CommandFailure} for one that cannot be read. */
export function readTexts(named: readonly string[], context: Pick<Context, 'cwd'>): readonly NamedText[] {
  return named.map((name) => {
    const file = resolve(context.cwd, name);
    const path = display(file, context);
    return { file, path, text: readText(file, path) };
  });
}

/** Where a file was named that cannot be read, and what to do about it. */
export interface Naming {
  readonly hint: string;
  readonly source: Source;
}

/**
 * The text of a file that the user named, shown as `path`; `naming` is asked only when it cannot be read, and is the
 * file itself where nothing else named it. Throws {@link CommandFailure}, also for what is not UTF-8: helm refuses it.
 */
export function readText(
  file: string,
  path: string,
  naming?: () => Naming,
  read: (file: string) => Buffer = readNamedFile,
): string {
  const bytes = bytesOf(file, path, naming, read);
  const fault = faultOfEncoding(bytes);
  if (fault === undefined) return bytes.toString('utf8');
  throw inputFailure('MI-FILE', `${path} is not text in UTF-8.`, fault, { path, line: 1, column: 1 });
}

/** What to do about a text that is not in UTF-8; undefined for one that is. */
function faultOfEncoding(bytes: Buffer): string | undefined {
  const [first, second] = bytes;
  // A byte order mark, or the zeros beside ASCII.
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff) || first === 0 || second === 0)
    return 'It is in UTF-16, which Windows PowerShell writes with `>`: save it as UTF-8.';
  return isUtf8(bytes) ? undefined : 'Save it as UTF-8.';
}

function bytesOf(
  file: string,
  path: string,
  naming: (() => Naming) | undefined,
  read: (file: string) => Buffer,
): Buffer {
  try {
    return read(file);
  } catch (error) {
    const reasons: Readonly<Record<string, string>> = {
      ENOENT: 'does not exist',
      EISDIR: 'is a folder, not a file',
      EACCES: 'is not readable for this user',
      EFBIG: 'is too large',
      ELOOP: 'is a link that leads back to itself',
      ENOTREGULAR: 'is not a regular file',
    };
    const reason = reasons[error instanceof Error && 'code' in error ? String(error.code) : ''] ?? 'cannot be read';
    const { hint, source } = naming?.() ?? {
      hint:
        path === '-'
          ? 'To read standard input, name /dev/stdin.'
          : 'Check the path and its permissions, then run the command again.',
      source: { path, line: 1, column: 1 },
    };
    throw inputFailure('MI-FILE', `${path} ${reason}.`, hint, source);
  }
}
