import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Longest time that laying out takes, libraries from Maven Central included, in milliseconds. */
const longest = 900_000;

/**
 * Lays Micro Integrator out in `folder` by a recipe, unless it is there. Test files run side by side and each may be
 * the first to need it: one does the work, the others wait for it. Throws what the recipe throws.
 */
export function layOutRuntime(recipe: string, folder: string): void {
  const lock = `${folder}.lock`;
  mkdirSync(dirname(folder), { recursive: true });
  while (!existsSync(join(folder, 'lib', '.complete'))) {
    if (isTaken(lock)) {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 250);
      continue;
    }
    try {
      execFileSync('bash', [recipe, folder], { stdio: ['ignore', 'ignore', 'pipe'], timeout: longest });
    } finally {
      rmSync(lock, { recursive: true, force: true });
    }
  }
}

/** Whether another process holds the lock; takes it where none does, or only one that was killed. */
function isTaken(lock: string): boolean {
  try {
    mkdirSync(lock);
    return false;
  } catch {
    const begun = statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if (Date.now() - begun > longest) rmSync(lock, { recursive: true, force: true });
    return true;
  }
}
