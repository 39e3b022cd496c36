import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { makeFolders } from '../../packages/inventory/src/files/make-folders.ts';

/** Folder for what is built or downloaded once for every checkout. Never inside the work tree. */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  if (environment.MI_PATTERNS_CACHE) return environment.MI_PATTERNS_CACHE;
  return join(environment.XDG_CACHE_HOME || join(homedir(), '.cache'), 'mi-patterns');
}

/** Makes a folder in the cache. Throws an Error that says what to set where this user cannot. */
export function makeCacheFolder(folder: string): void {
  try {
    makeFolders(folder, (path) => mkdirSync(path));
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw Object.assign(
      new Error(`The folder ${folder} for tools and schemas cannot be made (${reason}).`, { cause: error }),
      { hint: 'Set MI_PATTERNS_CACHE to a folder that you can write to, then run the command again.' },
    );
  }
}

/** Older than this, what a run began to make is nobody's any more: the run was killed. In milliseconds. */
const longestRun = 24 * 60 * 60 * 1000;

/**
 * A file or folder of the cache. `make` writes it to the path that it is given, unless it is there; it gets its name
 * when it is whole. Two runs may make the same one at once: the first keeps its place. Throws what `make` throws.
 */
export async function provideInCache(target: string, make: (partial: string) => Promise<unknown>): Promise<string> {
  if (existsSync(target)) return target;
  const folder = dirname(target);
  makeCacheFolder(folder);
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const begun = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Infinity;
    if (name.endsWith('.part') && Date.now() - begun > longestRun) rmSync(path, { recursive: true, force: true });
  }
  // Not the number of this process: in a container the next one often has the same.
  const partial = `${target}.${randomBytes(6).toString('hex')}.part`;
  try {
    await make(partial);
    renameSync(partial, target);
  } catch (error) {
    // A folder cannot take the place of one that another run has made meanwhile; a file can.
    if (!existsSync(target)) throw error;
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
  return target;
}
