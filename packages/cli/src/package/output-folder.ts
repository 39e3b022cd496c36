import { randomBytes } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, realpathSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type Diagnostic, packageManifest } from '@mi-patterns/inventory';
import { digestOf, filesBelow } from './hashed-file.ts';

/** The file that says what a package holds, and by which a later run recognises its own files. */
export const manifestName = packageManifest.name;

export interface ListedFile {
  readonly path: string;
  readonly digest: string;
  readonly size: number;
}

/** A folder beside the wanted one, to be filled and then put in its place. */
export interface Staging {
  readonly folder: string;
  /** Puts the folder in place: all of it or nothing. */
  readonly commit: () => 'created' | 'updated' | 'unchanged';
  /** Removes what was written; does nothing after {@link commit}. */
  readonly discard: () => void;
}

/**
 * Starts to write a folder. Returns diagnostics instead when there is something in it that this tool has not written, or that
 * was changed since: it is never overwritten.
 */
export function stageFolder(wanted: string, shown: string): Staging | { readonly diagnostics: readonly Diagnostic[] } {
  const target = existsSync(wanted) ? realpathSync(wanted) : wanted;
  const refusal = refusalOf(target, shown);
  if (refusal !== undefined) return { diagnostics: [refusal] };
  mkdirSync(dirname(target), { recursive: true });
  const beside = (what: string): string => join(dirname(target), `.${basename(target)}.${randomBytes(6).toString('hex')}.${what}`);
  const folder = beside('tmp');
  mkdirSync(folder);
  const discard = (): void => rmSync(folder, { recursive: true, force: true });
  const commit = (): 'created' | 'updated' | 'unchanged' => {
    if (!existsSync(target)) {
      renameSync(folder, target);
      return 'created';
    }
    const manifest = join(target, manifestName);
    if (existsSync(manifest) && readFileSync(manifest).equals(readFileSync(join(folder, manifestName)))) {
      discard();
      return 'unchanged';
    }
    if (readdirSync(target).length === 0) {
      rmdirSync(target);
      renameSync(folder, target);
      return 'created';
    }
    const old = beside('old');
    renameSync(target, old);
    try {
      renameSync(folder, target);
    } catch (error) {
      renameSync(old, target);
      throw error;
    }
    rmSync(old, { recursive: true, force: true });
    return 'updated';
  };
  return { folder, commit, discard };
}

function refusalOf(target: string, shown: string): Diagnostic | undefined {
  const stats = lstatSync(target, { throwIfNoEntry: false });
  if (stats === undefined) return undefined;
  const source = { path: shown, line: 1, column: 1 };
  if (!stats.isDirectory()) return { code: 'MI-WRITE-FOREIGN', severity: 'error', message: `${shown} is a file, not a folder.`, hint: 'Name a folder that does not exist yet.', source };
  if (readdirSync(target).length === 0) return undefined;
  const listed = listedFiles(target);
  const hint = 'Name another folder, or move your files away.';
  if (listed === undefined) return { code: 'MI-WRITE-FOREIGN', severity: 'error', message: `${shown} is not empty, and no package of mi-patterns.`, hint, source };
  const others = filesBelow(target).filter((path) => path !== manifestName && !isUnchanged(target, path, listed.get(path)));
  if (others.length === 0) return undefined;
  const [first = ''] = others;
  const more = others.length === 1 ? '' : ` and ${others.length - 1} more`;
  return { code: 'MI-WRITE-EDITED', severity: 'error', message: `${shown} holds files that were added or changed since it was written: ${first}${more}. It is left as it is.`, hint, source };
}

function isUnchanged(folder: string, path: string, listed: ListedFile | undefined): boolean {
  if (listed === undefined || !lstatSync(join(folder, path)).isFile()) return false;
  return digestOf(join(folder, path)).digest === listed.digest;
}

function listedFiles(folder: string): Map<string, ListedFile> | undefined {
  try {
    const { madeBy, files } = JSON.parse(readFileSync(join(folder, manifestName), 'utf8')) as { readonly madeBy?: unknown; readonly files?: readonly ListedFile[] };
    return madeBy === packageManifest.madeBy && Array.isArray(files) ? new Map(files.map((file: ListedFile) => [file.path, file])) : undefined;
  } catch {
    return undefined;
  }
}
