import { statSync } from 'node:fs';
import { resolve } from 'node:path';

/**
 * The file that can be opened, and the path in it where the place is in an archive or an image (`orders.car!/api.xml`).
 * Only the disk tells an image called `orders` from a folder called `orders!`. For showing: what is read is never found
 * by splitting a text.
 */
export function splitArchive(path: string, cwd: string): readonly [string, string | undefined] {
  for (let at = path.indexOf('!/'); at >= 0; at = path.indexOf('!/', at + 1))
    if (!isFolder(resolve(cwd, path.slice(0, at + 1)))) return [path.slice(0, at), path.slice(at + 2)];
  return [path, undefined];
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
