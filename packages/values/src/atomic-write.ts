import { randomBytes } from 'node:crypto';
import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type Diagnostic, readRegularFile } from '@mi-patterns/inventory';
import { describe } from './catalogue.ts';
import { sealState } from './seal.ts';

/**
 * Writes a file so that a reader sees the old content or the new one, never a part, also when the process dies: a
 * temporary file beside it is renamed over it. Makes missing folders, keeps the permissions, follows a symbolic link.
 * Throws what the operating system says.
 */
export function writeAtomically(path: string, content: string | Uint8Array): void {
  const target = realPathOf(path);
  makeFolder(dirname(target));
  const temporary = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    const file = openSync(temporary, 'wx');
    try {
      writeFileSync(file, content);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    const mode = statSync(target, { throwIfNoEntry: false })?.mode;
    if (mode !== undefined) chmodSync(temporary, mode & 0o777);
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** Makes a folder and those above it. Node's recursive mkdir never returns where a file system answers ENOENT, as /proc does. */
export function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  if (dirname(folder) !== folder) makeFolder(dirname(folder));
  try {
    mkdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

function realPathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** What became of a generated file. */
export type WriteOutcome =
  | { readonly state: 'created' | 'updated' | 'unchanged'; readonly path: string }
  | { readonly state: 'refused'; readonly path: string; readonly diagnostic: Diagnostic };

/**
 * Writes a text that {@link seal} has made, unless that would overwrite what a user has written: a file edited since it was
 * generated, or one that was never generated, is refused with a diagnostic, and replaced only with `force`.
 * `shown` is the path in diagnostics; with `dryRun` the answer is what would become of the file, and nothing is written. Never throws for a file that cannot be read or written: that is refused too.
 */
export function writeGenerated(
  path: string,
  sealed: string,
  options: { readonly force?: boolean; readonly shown?: string; readonly dryRun?: boolean } = {},
): WriteOutcome {
  const shown = options.shown ?? path;
  const source = { path: shown, line: 1, column: 1 };
  try {
    const existing = readIfPresent(path);
    if (existing === sealed) return { state: 'unchanged', path: shown };
    const state =
      existing === undefined || existing.trim() === '' || options.force === true ? 'intact' : sealState(existing);
    if (state === 'edited')
      return {
        state: 'refused',
        path: shown,
        diagnostic: describe(
          'MI-WRITE-EDITED',
          `${shown} was edited since it was generated; it is left as it is.`,
          source,
        ),
      };
    if (state === 'foreign')
      return {
        state: 'refused',
        path: shown,
        diagnostic: describe('MI-WRITE-FOREIGN', `${shown} exists and was not generated; it is left as it is.`, source),
      };
    if (options.dryRun === true) mustBeWritable(realPathOf(path));
    else writeAtomically(path, sealed);
    return { state: existing === undefined ? 'created' : 'updated', path: shown };
  } catch (error) {
    return {
      state: 'refused',
      path: shown,
      diagnostic: describe(
        'MI-WRITE-FAILED',
        `${shown} cannot be written: ${error instanceof Error ? error.message : String(error)}.`,
        source,
      ),
    };
  }
}

/** Throws where a file could not be written: what is nearest above it is no folder, or one that this user may not write to. */
function mustBeWritable(path: string): void {
  let folder = dirname(path);
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
  if (!statSync(folder).isDirectory()) throw new Error(`ENOTDIR: not a directory, open '${path}'`);
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
