import { join } from 'node:path';
import { readRegularFile } from '../files/bounded-file.ts';

/**
 * The file by which a folder that `mi-patterns package` or `generate` has written is known, and what it says of its
 * maker.
 */
export const packageManifest = { name: 'delivery.json', madeBy: 'mi-patterns package' } as const;

/** Whether a folder was written by us. A file of that name by anybody else is no reason to pass a folder over. */
export function isOwnPackage(folder: string): boolean {
  try {
    const manifest: unknown = JSON.parse(readRegularFile(join(folder, packageManifest.name)).toString('utf8'));
    return (
      typeof manifest === 'object' &&
      manifest !== null &&
      'madeBy' in manifest &&
      manifest.madeBy === packageManifest.madeBy
    );
  } catch {
    return false;
  }
}
