import { createHash } from 'node:crypto';
import { readFileSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { chartFiles } from './chart-files.ts';
import type { Tool } from './tools.ts';

/**
 * Digest of the files of a chart's folder by path and bytes, and of the program that reads them; `unitTests`: of those
 * that Helm does not read as well. Throws for what cannot be read.
 */
export function chartDigest(chart: string, tool: Tool, { unitTests }: { readonly unitTests: boolean }): string {
  const hash = createHash('sha256');
  const [program = '', ...words] = tool.command;
  const { size, mtimeMs } = statSync(program);
  hash.update(JSON.stringify([realpathSync(program), size, mtimeMs, words, tool.version?.version]));
  for (const file of chartFiles(chart, { ofHelm: !unitTests }))
    hash.update(
      `${file}\0${createHash('sha256')
        .update(readFileSync(join(chart, file)))
        .digest('hex')}\n`,
    );
  return hash.digest('hex');
}
