import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readRegularFile } from '@mi-patterns/inventory';
import { describe, writeGenerated, type WriteOutcome } from '@mi-patterns/values';
import { chartFolder } from '../chart.ts';
import type { Context } from '../context.ts';
import { display } from '../load.ts';

/** What one run writes beside the package, and how. */
export interface GeneratedFiles {
  readonly files: readonly { readonly file: string; readonly text: string }[];
  /** Folder of the values files; the schema of the chart lies there too. */
  readonly out: string;
  readonly force: boolean;
  readonly context: Context;
}

/**
 * What would become of the files if they were written now. All or none of them are written, since the files of one plan belong
 * together.
 */
export function outcomesOf(generated: GeneratedFiles): readonly WriteOutcome[] {
  return [...write(generated, true), ...schemaOutcome(generated)];
}

/** Writes the files, and beside them the schema with which editors complete and check the values. */
export function writeFiles(generated: GeneratedFiles): readonly WriteOutcome[] {
  const file = join(generated.out, schemaName);
  const schema = writeGenerated(file, chartSchema(), { force: true, shown: display(file, generated.context) });
  return [...write(generated, false), schema];
}

function write({ files, force, context }: GeneratedFiles, dryRun: boolean): WriteOutcome[] {
  return files.map(({ file, text }) => writeGenerated(file, text, { force, dryRun, shown: display(file, context) }));
}

const schemaName = 'values.schema.json';

function chartSchema(): string {
  return readFileSync(join(chartFolder(), schemaName), 'utf8');
}

/** JSON has no comments to seal: a schema is ours when it has the title of the chart's. */
function schemaOutcome({ out, force, context }: GeneratedFiles): readonly WriteOutcome[] {
  const file = join(out, schemaName);
  const path = display(file, context);
  if (!existsSync(file)) return [{ state: 'created', path }];
  const title = (text: string): unknown => {
    try {
      return (JSON.parse(text) as { readonly title?: unknown } | null)?.title;
    } catch {
      return undefined;
    }
  };
  const read = (): string => {
    try {
      return readRegularFile(file).toString('utf8');
    } catch {
      return '';
    }
  };
  const existing = read();
  if (existing === chartSchema()) return [{ state: 'unchanged', path }];
  if (force || title(existing) === title(chartSchema())) return [{ state: 'updated', path }];
  const source = { path, line: 1, column: 1 };
  const message = `${path} exists and is not the schema of the chart; it is left as it is.`;
  return [{ state: 'refused', path, diagnostic: describe('MI-WRITE-FOREIGN', message, source) }];
}
