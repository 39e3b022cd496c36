import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { compareText } from '@mi-patterns/inventory';

/** Every regular file below a folder, absolute, sorted by path; hidden ones too. Empty when there is no such folder. */
export function filesUnder(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .toSorted(compareText);
  } catch {
    return [];
  }
}
