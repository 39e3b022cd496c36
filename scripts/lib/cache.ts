import { homedir } from 'node:os';
import { join } from 'node:path';

/** Folder for what is built or downloaded once for every checkout. Never inside the work tree. */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  if (environment.MI_PATTERNS_CACHE) return environment.MI_PATTERNS_CACHE;
  return join(environment.XDG_CACHE_HOME || join(homedir(), '.cache'), 'mi-patterns');
}
