import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { groupBy } from './model/group.ts';
import type { Inventory } from './model/inventory.ts';
import { isBelow, relativePath } from './image/paths.ts';
import { readInventory } from './read-inventory.ts';

/**
 * Folders of projects and archives, relative to the configuration, that give what was read of the whole folder; the
 * folder itself where they give anything else. A list that left a module out would deliver nothing of it.
 *
 * @param cwd the folder that {@link ReadOptions.cwd} named when the inventory was read.
 */
export async function artifactPaths(inventory: Inventory, folder: string, cwd = folder): Promise<readonly string[]> {
  const paths = rootPaths(inventory, folder, cwd);
  if (paths.includes('.')) return paths;
  const again = await readInventory(paths, { cwd: folder });
  return delivered(again, folder) === delivered(inventory, cwd) ? paths : ['.'];
}

/** Everything that another list of paths could lose: what is delivered, and the files that say what the servers are. */
function delivered({ applications, configurations }: Inventory, cwd: string): string {
  return JSON.stringify([
    applications.map(({ id, deliveries }) => [id, deliveries.map(({ artifact, version }) => `${artifact} ${version}`)]),
    configurations.map(({ source }) => resolve(cwd, source.path)),
  ]);
}

/**
 * The root of each application; a folder that holds another listed one stands for it, and a folder of several archives
 * for them, so that an archive that is added later is not left out.
 */
function rootPaths(inventory: Inventory, folder: string, cwd: string): readonly string[] {
  const roots = new Map(
    inventory.applications.map((application) => [rootOf(application, cwd), application.type === 'archive']),
  );
  const archives = groupBy(
    [...roots].filter(([, isArchive]) => isArchive),
    ([path]) => dirname(path),
  );
  const paths = [...roots.keys()].map((path) =>
    (archives.get(dirname(path)) ?? []).length > 1 && roots.get(path) === true ? dirname(path) : path,
  );
  const unique = [...new Set(paths.length === 0 ? ['.'] : paths.map((path) => relativePath(folder, path)))].sort();
  if (unique.includes('.')) return ['.'];
  return unique.filter((path) => !unique.some((other) => other !== path && path.startsWith(`${other}/`)));
}

/**
 * A project's folder, an archive's file; for a composite exporter the folder that holds it and the modules it takes
 * from.
 */
function rootOf({ type, source, within, deliveries }: Inventory['applications'][number], cwd: string): string {
  const path = resolve(cwd, within?.archive ?? source.path);
  if (type === 'archive') return path;
  const own = statSync(path).isDirectory() ? path : dirname(path);
  return type === 'exporter' ? deliveries.map((one) => resolve(cwd, one.path)).reduce(commonFolder, own) : own;
}

function commonFolder(one: string, other: string): string {
  return isBelow(one, other) ? one : commonFolder(dirname(one), other);
}
