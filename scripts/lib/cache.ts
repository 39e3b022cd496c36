import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Folder for what is built or downloaded once for every checkout. Never inside the work tree. */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  if (environment.MI_PATTERNS_CACHE) return environment.MI_PATTERNS_CACHE;
  return join(environment.XDG_CACHE_HOME || join(homedir(), '.cache'), 'mi-patterns');
}

/** Makes a folder in the cache. Throws an Error that says what to set where this user cannot. */
export function makeCacheFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw Object.assign(
      new Error(`The folder ${folder} for tools and schemas cannot be made (${reason}).`, { cause: error }),
      { hint: 'Set MI_PATTERNS_CACHE to a folder that you can write to, then run the command again.' },
    );
  }
}
