import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { compareText } from '@mi-patterns/inventory';
import type { Tool } from './tools.ts';

/**
 * Digest of the files of a chart's folder by path and bytes, and of the program that reads them; without its unit tests
 * where the program does not read those. Throws for what cannot be read.
 */
export function chartDigest(chart: string, tool: Tool, { unitTests }: { readonly unitTests: boolean }): string {
  const hash = createHash('sha256');
  const [program = '', ...words] = tool.command;
  const { size, mtimeMs } = statSync(program);
  hash.update(JSON.stringify([realpathSync(program), size, mtimeMs, words, tool.version?.version]));
  const parts = readdirSync(chart, { withFileTypes: true }).filter(({ name }) => unitTests || name !== 'tests');
  const files = parts
    .flatMap((part) => (part.isDirectory() ? filesBelow(join(chart, part.name)) : [join(chart, part.name)]))
    .map((file) => relative(chart, file))
    .sort(compareText);
  for (const file of files)
    hash.update(
      `${file}\0${createHash('sha256')
        .update(readFileSync(join(chart, file)))
        .digest('hex')}\n`,
    );
  return hash.digest('hex');
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name));
}
