import { existsSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a folder and those above it by `make`, unless they are there. Throws what `make` throws. Node's own recursive
 * way never returns where a folder that is there answers ENOENT, as `/proc` does, and homes that are mounted on demand.
 */
export function makeFolders(folder: string, make: (folder: string) => void): void {
  if (existsSync(folder)) return;
  makeFolders(dirname(folder), make);
  try {
    make(folder);
  } catch (error) {
    // Another process may have made it meanwhile.
    if (!existsSync(folder)) throw error;
  }
}
