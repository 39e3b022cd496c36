import { type Dirent, existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { compareText } from '@mi-patterns/inventory';

/**
 * Every regular file and link to one below a folder, absolute, sorted by path; hidden ones too. Empty when there is no
 * such folder.
 */
export function filesUnder(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() || (entry.isSymbolicLink() && leadsToFile(pathOf(entry))))
      .map(pathOf)
      .toSorted(compareText);
  } catch {
    return [];
  }
}

const pathOf = (entry: Dirent): string => join(entry.parentPath, entry.name);
const leadsToFile = (link: string): boolean => existsSync(link) && statSync(link).isFile();
