import { lstatSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** Name of the configuration of a project. */
export const configurationName = 'mi-patterns.yaml';

/** The nearest `mi-patterns.yaml`, in a folder or one above it. */
export function findConfiguration(start: string): string | undefined {
  for (let folder = resolve(start); ; folder = dirname(folder)) {
    const file = join(folder, configurationName);
    if (isThere(file)) return file;
    if (dirname(folder) === folder) return undefined;
  }
}

/** Whether anything has that name, a broken link or a folder included: it must not be ignored silently. */
function isThere(file: string): boolean {
  try {
    return lstatSync(file, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}
