import { readdirSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { readRegularFile } from '../bounded-file.ts';
import { compareText } from '../diagnostic.ts';
import { defaultLimits } from '../limits.ts';
import type { Limits } from '../limits.ts';
import type { Delivery } from '../model.ts';
import { openZip } from './zip.ts';

export interface DeliveredFile {
  /** Path below {@link Delivery.path} when that is a folder, else the file's own name; `/` separators. */
  readonly name: string;
  readonly bytes: Buffer;
}

/**
 * Reads again the bytes that an application delivers for an artifact: one file, or all files of a folder, sorted by
 * name. For a delivery out of an archive whose path is the artifact's folder (registry resources) that is
 * `registry-info.xml` and `resources/…`. Throws when the file is gone or an archive has changed since it was read.
 *
 * @param cwd the folder that {@link ReadOptions.cwd} named when the inventory was read.
 */
export function readDeliveredFiles(
  delivery: Pick<Delivery, 'path'>,
  cwd: string = process.cwd(),
  limits: Limits = defaultLimits,
): DeliveredFile[] {
  const [file = '', ...inner] = delivery.path.split('!/');
  if (inner.length === 0) return filesOnDisk(resolve(cwd, file));
  let container: string | Buffer = resolve(cwd, file);
  for (const archive of inner.slice(0, -1)) {
    const [only] = filesInArchive(container, archive, limits);
    if (only === undefined) throw new Error(`${delivery.path} is no longer there`);
    container = only.bytes;
  }
  const files = filesInArchive(container, inner.at(-1) ?? '', limits);
  if (files.length === 0) throw new Error(`${delivery.path} is no longer there`);
  return files;
}

function filesOnDisk(path: string): DeliveredFile[] {
  try {
    return [{ name: path.slice(path.lastIndexOf(sep) + 1), bytes: readRegularFile(path) }];
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EISDIR')) throw error;
  }
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => ({
      name: file
        .slice(path.length + 1)
        .split(sep)
        .join('/'),
      bytes: readRegularFile(file),
    }))
    .toSorted((a, b) => compareText(a.name, b.name));
}

function filesInArchive(container: string | Buffer, path: string, limits: Limits): DeliveredFile[] {
  const archive = openZip(container, limits);
  try {
    const files: DeliveredFile[] = [];
    for (const { name } of archive.entries.toSorted((a, b) => compareText(a.name, b.name))) {
      if (name === path)
        files.push({
          name: name.slice(name.lastIndexOf('/') + 1),
          bytes: archive.read(name, limits.nestedBytes),
        });
      else if (name.startsWith(`${path}/`) && !name.endsWith('/'))
        files.push({ name: name.slice(path.length + 1), bytes: archive.read(name, limits.nestedBytes) });
    }
    return files;
  } finally {
    archive.close();
  }
}
