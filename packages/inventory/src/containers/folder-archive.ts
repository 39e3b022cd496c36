import { statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { readRegularFile } from '../files/bounded-file.ts';
import { contentOfFile } from '../files/content-key.ts';
import { type Archive, ArchiveFault } from './zip.ts';

/**
 * An unpacked application folder, to be read as if it were packed.
 *
 * @param files absolute paths of the files below `root`.
 */
export function openFolder(root: string, files: readonly string[]): Archive {
  const names = new Set(files.map((file) => relative(root, file).split(sep).join('/')));
  return {
    entries: [...names].map((name) => ({ name, size: 0 })),
    faults: [],
    has: (name) => names.has(name),
    read: (name, maximum) => {
      const path = join(root, name);
      const { size } = statSync(path);
      if (size > maximum)
        throw new ArchiveFault('MI-ZIP-LIMIT', `it has ${size} bytes; at most ${maximum} are read`, name);
      return readRegularFile(path);
    },
    contentOf: (name) => contentOfFile(join(root, name)),
    close: () => undefined,
  };
}
