import { cpSync, existsSync, lstatSync, readdirSync, realpathSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  type Diagnostic,
  forgetTemporary,
  isTemporary,
  noTemporaryFolder,
  packageManifest,
  readRegularFile,
  removeLeftOvers,
  temporaryBeside,
  temporaryFolder,
} from '@mi-patterns/inventory';
import { describe, makeFolder, writeFailed } from '@mi-patterns/values';
import { digestOf, filesBelow } from './hashed-file.ts';

/** The file that says what a package holds, and by which a later run recognises its own files. */
export const manifestName = packageManifest.name;

interface ListedFile {
  readonly path: string;
  readonly digest: string;
  readonly size: number;
}

/** A folder beside the wanted one, to be filled and then put in its place. */
export interface Staging {
  readonly folder: string;
  /** What {@link commit} will do; to be asked when the folder is filled. */
  readonly state: () => 'created' | 'updated' | 'unchanged';
  /** Puts the folder in place: all of it or nothing. Returns what takes that back. */
  readonly commit: () => () => void;
  /** Removes what was written; does nothing after {@link commit}. */
  readonly discard: () => void;
  /** Removes the old content, which {@link commit} keeps. */
  readonly finish: () => void;
}

/** Puts a folder in its place now, by itself, and says what that did. */
export function commitNow(staging: Staging): 'created' | 'updated' | 'unchanged' {
  const state = staging.state();
  staging.commit();
  staging.finish();
  return state;
}

/**
 * Starts to write a folder. Returns diagnostics instead when it cannot be made, or when there is something in it that
 * this tool has not written or that was changed since. With `force` changed files of a package are overwritten, and
 * files that were added stay; a folder of somebody else is never overwritten.
 */
export function stageFolder(
  wanted: string,
  {
    shown,
    force = false,
    dryRun = false,
  }: { readonly shown: string; readonly force?: boolean; readonly dryRun?: boolean },
): Staging | { readonly diagnostics: readonly Diagnostic[] } {
  try {
    return staged(wanted, shown, { force, dryRun });
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error;
    if (isTemporary(wanted)) throw noTemporaryFolder(error);
    return { diagnostics: [writeFailed(shown, error)] };
  }
}

function staged(
  wanted: string,
  shown: string,
  { force, dryRun }: { readonly force: boolean; readonly dryRun: boolean },
): ReturnType<typeof stageFolder> {
  const target = realPathOf(wanted);
  if (!dryRun) removeLeftOvers(target);
  const found = stateOf(target, shown);
  if (found.refusal !== undefined && !(force && found.isOurs)) return { diagnostics: [found.refusal] };
  if (dryRun) return stagingOf(target, temporaryFolder().path, found);
  const folder = temporaryBeside(target, 'tmp');
  const isAlone = !existsSync(dirname(folder));
  try {
    makeFolder(folder);
  } catch (error) {
    forgetTemporary(folder);
    throw error;
  }
  const staging = stagingOf(target, folder, found);
  return isAlone ? { ...staging, discard: () => discardWithParent(staging) } : staging;
}

/** Removes the folder and the one above it, which did not exist before, unless something else is in it by now. */
function discardWithParent(staging: Staging): void {
  staging.discard();
  const parent = dirname(staging.folder);
  if (existsSync(parent) && readdirSync(parent).length === 0) rmdirSync(parent);
}

function stagingOf(target: string, folder: string, found: Found): Staging {
  const isEmpty = (): boolean => !existsSync(target) || readdirSync(target).length === 0;
  const discard = (): void => {
    rmSync(folder, { recursive: true, force: true });
    forgetTemporary(folder);
  };
  const state: Staging['state'] = () => {
    if (isEmpty()) return 'created';
    const manifest = join(target, manifestName);
    const isSame = found.isWhole && readRegularFile(manifest).equals(readRegularFile(join(folder, manifestName)));
    return isSame ? 'unchanged' : 'updated';
  };
  let old: string | undefined;
  const moveIn = (): void => {
    renameSync(folder, target);
    forgetTemporary(folder);
  };
  const commit = (): (() => void) => {
    const what = state();
    if (what === 'unchanged') {
      discard();
      return () => {};
    }
    if (what === 'created') {
      if (existsSync(target)) rmdirSync(target);
      moveIn();
      return () => rmSync(target, { recursive: true, force: true });
    }
    for (const path of found.added.filter((file) => !existsSync(join(folder, file))))
      cpSync(join(target, path), join(folder, path), { verbatimSymlinks: true });
    const kept = temporaryBeside(target, 'old');
    renameSync(target, kept);
    try {
      moveIn();
    } catch (error) {
      renameSync(kept, target);
      forgetTemporary(kept);
      throw error;
    }
    old = kept;
    return () => {
      rmSync(target, { recursive: true, force: true });
      renameSync(kept, target);
      forgetTemporary(kept);
      old = undefined;
    };
  };
  const finish = (): void => {
    if (old === undefined) return;
    rmSync(old, { recursive: true, force: true });
    forgetTemporary(old);
  };
  return { folder, state, commit, discard, finish };
}

/** Why `generate` would not write a folder, if so. */
export function refusalOf(wanted: string, shown: string, force: boolean): Diagnostic | undefined {
  const { refusal, isOurs } = stateOf(realPathOf(wanted), shown);
  if (refusal === undefined || (force && isOurs)) return undefined;
  const option = isOurs ? '--force overwrites changed files' : '--no-package writes no package';
  return { ...refusal, hint: `${refusal.hint} generate ${option}.` };
}

function realPathOf(wanted: string): string {
  return existsSync(wanted) ? realpathSync(wanted) : wanted;
}

/** Whether a package of ours lies in a folder: what a run that makes none would leave behind, old. */
export function holdsPackage(folder: string): boolean {
  return listedFiles(folder) !== undefined;
}

/** What lies in a folder that is to be written. */
interface Found {
  /** Why it must not be overwritten. */
  readonly refusal?: Diagnostic;
  readonly isOurs: boolean;
  /** Every file of our package is there as it was written. */
  readonly isWhole: boolean;
  /** Files that are not of our package. */
  readonly added: readonly string[];
}

function stateOf(target: string, shown: string): Found {
  const none = { isOurs: false, isWhole: false, added: [] };
  const stats = lstatSync(target, { throwIfNoEntry: false });
  if (stats === undefined) return none;
  const source = { path: shown, line: 1, column: 1 };
  if (!stats.isDirectory())
    return {
      ...none,
      refusal: describe(
        'MI-WRITE-FOREIGN',
        `${shown} is a file, not a folder.`,
        source,
        'Name a folder that does not exist yet.',
      ),
    };
  if (readdirSync(target).length === 0) return none;
  const listed = listedFiles(target);
  if (listed === undefined)
    return {
      ...none,
      refusal: describe(
        'MI-WRITE-FOREIGN',
        `${shown} is not empty, and is not a package of mi-patterns.`,
        source,
        'Name another folder, or move your files away.',
      ),
    };
  const files = filesBelow(target).filter((path) => path !== manifestName);
  const changed = files.filter((path) => !isUnchanged(target, path, listed.get(path)));
  const added = changed.filter((path) => !listed.has(path));
  const [first] = changed;
  if (first === undefined) return { isOurs: true, isWhole: files.length === listed.size, added };
  const more = changed.length === 1 ? '' : ` and ${changed.length - 1} more`;
  const refusal = describe(
    'MI-WRITE-EDITED',
    `${shown} contains files that were added or changed since it was written: ${first}${more}. It was not changed.`,
    source,
    'Name another folder, or move your files away.',
  );
  return { refusal, isOurs: true, isWhole: false, added };
}

function isUnchanged(folder: string, path: string, listed: ListedFile | undefined): boolean {
  if (listed === undefined || !lstatSync(join(folder, path)).isFile()) return false;
  return digestOf(join(folder, path)).digest === listed.digest;
}

function listedFiles(folder: string): Map<string, ListedFile> | undefined {
  try {
    const { madeBy, files } = JSON.parse(readRegularFile(join(folder, manifestName)).toString('utf8')) as {
      readonly madeBy?: unknown;
      readonly files?: readonly ListedFile[];
    };
    return madeBy === packageManifest.madeBy && Array.isArray(files)
      ? new Map(files.map((file: ListedFile) => [file.path, file]))
      : undefined;
  } catch {
    return undefined;
  }
}
