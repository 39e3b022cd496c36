import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Removes the oldest files of a cache, so that another one of so many bytes fits in. Throws what the operating system
 * says, also when another process removes a file at the same time.
 */
export function makeRoom(
  folder: string,
  bytes: number,
  most: { readonly files: number; readonly bytes: number },
): void {
  const kept = readdirSync(folder)
    .map((name) => ({ path: join(folder, name), status: statSync(join(folder, name)) }))
    .toSorted((a, b) => b.status.mtimeMs - a.status.mtimeMs);
  let sum = bytes;
  for (const [index, { path, status }] of kept.entries()) {
    sum += status.size;
    if (index >= most.files - 1 || sum > most.bytes) rmSync(path, { force: true });
  }
}
