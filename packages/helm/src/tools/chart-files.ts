import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { compareText } from '@mi-patterns/inventory';

/**
 * Paths of the files of a chart's folder, relative to it and sorted. `ofHelm`: without the folders that its
 * `.helmignore` names, which Helm neither reads nor records. Throws for what cannot be read.
 */
export function chartFiles(chart: string, { ofHelm }: { readonly ofHelm: boolean }): readonly string[] {
  const ignored = ofHelm ? ignoredFolders(chart) : [];
  return readdirSync(chart, { withFileTypes: true })
    .filter(({ name }) => !ignored.includes(`${name}/`))
    .flatMap((part) => (part.isDirectory() ? filesBelow(join(chart, part.name)) : [join(chart, part.name)]))
    .map((file) => relative(chart, file))
    .sort(compareText);
}

/** Lines of `.helmignore` that name a folder. */
function ignoredFolders(chart: string): readonly string[] {
  const file = join(chart, '.helmignore');
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split(/\r?\n/) : [];
  return lines.filter((line) => /^[\w.-]+\/$/.test(line));
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name));
}
