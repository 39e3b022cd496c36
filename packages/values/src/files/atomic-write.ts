import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  lstatSync,
  openSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';
import {
  type Diagnostic,
  forgetTemporary,
  makeFolders,
  makeOurFolder,
  readRegularFile,
  removeLeftOvers,
  temporaryBeside,
} from '@mi-patterns/inventory';
import { describe } from '../findings/catalogue.ts';
import { sealState } from './seal.ts';
import type { Step, Transaction } from './transaction.ts';

/**
 * Writes a file so that a reader sees the old content or the new one, never a part, also when the process dies: a
 * temporary file beside it is renamed over it. Makes missing folders, keeps the permissions, follows a symbolic link.
 * What is no file, such as /dev/null, is never replaced by one. `mode`: permissions that it has from the start, instead
 * of those it had. Throws what the operating system says.
 */
export function writeAtomically(path: string, content: string | Uint8Array, mode?: number): void {
  const step = stageFile(path, content, mode);
  try {
    step.commit();
  } catch (error) {
    step.discard();
    throw error;
  }
}

/** The same in two steps: the temporary file is written, `commit` renames it. Throws what the operating system says. */
export function stageFile(path: string, content: string | Uint8Array, wanted?: number): Step {
  const target = realPathOf(path);
  mustBeFile(target, path);
  makeFolder(dirname(target));
  removeLeftOvers(target);
  const temporary = temporaryBeside(target, 'tmp');
  const discard = (): void => {
    rmSync(temporary, { force: true });
    forgetTemporary(temporary);
  };
  try {
    const file = openSync(temporary, 'wx', wanted);
    try {
      writeFileSync(file, content);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    const mode = wanted ?? statSync(target, { throwIfNoEntry: false })?.mode;
    if (mode !== undefined) chmodSync(temporary, mode & 0o777);
  } catch (error) {
    discard();
    throw withPath(error, path);
  }
  const commit = (): (() => void) => {
    const before = statSync(target, { throwIfNoEntry: false })?.isFile() === true ? readRegularFile(target) : undefined;
    renameSync(temporary, target);
    forgetTemporary(temporary);
    return () => (before === undefined ? rmSync(target, { force: true }) : writeAtomically(target, before));
  };
  return { commit, discard };
}

function mustBeFile(target: string, path: string): void {
  const found = statSync(target, { throwIfNoEntry: false });
  if (found === undefined || found.isFile()) return;
  const code = found.isDirectory() ? 'EISDIR' : 'EINVAL';
  throw Object.assign(new Error(found.isDirectory() ? 'it is a folder' : 'it is not a regular file'), { code, path });
}

/** Errors of writing name a descriptor at best: with the path that people know. */
function withPath(error: unknown, path: string): unknown {
  if (!(error instanceof Error)) return error;
  const code = 'code' in error ? error.code : undefined;
  return Object.assign(new Error(error.message.replace(/, .*$/s, '')), { code, path });
}

/** Makes a folder and those above it for what is written into it: what nothing came into goes again. */
export function makeFolder(folder: string): void {
  makeFolders(folder, makeOurFolder);
}

/** Where a path leads, by links too, also those to a file that is not there yet. */
function realPathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    const isLink = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
    return isLink && (error as NodeJS.ErrnoException).code === 'ENOENT'
      ? realPathOf(resolve(dirname(path), readlinkSync(path)))
      : path;
  }
}

/** What became of a generated file. */
export type WriteOutcome =
  | { readonly state: 'created' | 'updated' | 'unchanged'; readonly path: string }
  | { readonly state: 'refused'; readonly path: string; readonly diagnostic: Diagnostic };

interface GeneratedOptions {
  readonly force?: boolean;
  readonly shown?: string;
  readonly dryRun?: boolean;
  /** The file is only prepared; it is written with the transaction. */
  readonly transaction?: Transaction;
}

/**
 * Writes a text that {@link seal} has made, unless that would overwrite what a user has written: a file edited since it
 * was generated, or one that was never generated, is refused with a diagnostic, and replaced only with `force`. `shown`
 * is the path in diagnostics; with `dryRun` the answer is what would become of the file, and nothing is written. Never
 * throws for a file that cannot be read or written: that is refused too.
 */
export function writeGenerated(path: string, sealed: string, options: GeneratedOptions = {}): WriteOutcome {
  const shown = options.shown ?? path;
  const source = { path: shown, line: 1, column: 1 };
  try {
    const existing = readIfPresent(path);
    // Where git writes Windows line ends, the same file comes back however often it is generated and committed.
    if (existing === sealed || existing?.replaceAll('\r\n', '\n') === sealed)
      return { state: 'unchanged', path: shown };
    const state =
      existing === undefined || existing.trim() === '' || options.force === true ? 'intact' : sealState(existing);
    if (state === 'edited')
      return {
        state: 'refused',
        path: shown,
        diagnostic: describe(
          'MI-WRITE-EDITED',
          `${shown} was edited since it was generated; it was not changed.`,
          source,
        ),
      };
    if (state === 'foreign')
      return {
        state: 'refused',
        path: shown,
        diagnostic: describe('MI-WRITE-FOREIGN', `${shown} exists and was not generated; it was not changed.`, source),
      };
    if (options.dryRun === true) mustBeWritable(realPathOf(path));
    else if (options.transaction === undefined) writeAtomically(path, sealed);
    else options.transaction.add(stageFile(path, sealed));
    return { state: existing === undefined ? 'created' : 'updated', path: shown };
  } catch (error) {
    return {
      state: 'refused',
      path: shown,
      diagnostic: writeFailed(shown, error),
    };
  }
}

/** What the operating system says, in words. */
const reasons: Readonly<Record<string, string>> = {
  EACCES: 'this user may not write to it',
  EDQUOT: 'no space left on the disk',
  EISDIR: 'it is a folder',
  ELOOP: 'a link in its path leads back to itself',
  ENOENT: 'a link in its path leads nowhere',
  ENAMETOOLONG: 'its name is too long',
  ENOSPC: 'no space left on the disk',
  ENOTDIR: 'a part of its path is a file, not a folder',
  EPERM: 'this user may not write to it',
  EROFS: 'the file system is read-only',
};

/** What is told when the operating system does not let a file or folder be written. */
export function writeFailed(shown: string, error: unknown): Diagnostic {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const reason = reasons[code] ?? (error instanceof Error ? error.message.replace(/\.$/, '') : String(error));
  return describe('MI-WRITE-FAILED', `${shown} cannot be written: ${reason}.`, {
    path: shown,
    line: 1,
    column: 1,
  });
}

/**
 * Throws where a file could not be written: what is nearest above it is no folder, or one that this user may not write
 * to.
 */
function mustBeWritable(path: string): void {
  let folder = dirname(path);
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
  if (!statSync(folder).isDirectory()) throw Object.assign(new Error('no folder'), { code: 'ENOTDIR', path });
  accessSync(folder, constants.W_OK);
}

function readIfPresent(path: string): string | undefined {
  try {
    return readRegularFile(path).toString('utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
