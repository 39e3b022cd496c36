import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readRegularFile } from '@mi-patterns/inventory';
import {
  describe,
  type Environment,
  type LoadedConfiguration,
  type Transaction,
  writeFailed,
  writeGenerated,
  type WriteOutcome,
} from '@mi-patterns/values';
import { chartFolder } from '../chart.ts';
import type { Context } from '../context/context.ts';
import { display } from '../context/files.ts';

/** What one run writes beside the package, and how. */
export interface GeneratedFiles {
  readonly files: readonly { readonly file: string; readonly text: string }[];
  /** Folder of the values files; the schema of the chart lies there too. */
  readonly out: string;
  readonly force: boolean;
  readonly context: Context;
}

/** Name of the values file of an environment; without configured environments there is one for all. */
export function valuesFileName({ name }: Environment, loaded: LoadedConfiguration | undefined): string {
  return loaded?.configuration.environments === undefined ? 'values.yaml' : `values-${name}.yaml`;
}

/**
 * What would become of the files if they were written now. All or none of them are written, since the files of one plan
 * belong together.
 */
export function outcomesOf(generated: GeneratedFiles): readonly WriteOutcome[] {
  return [...write(generated, { dryRun: true }), ...schemaOutcome(generated)];
}

/**
 * Writes the files, and beside them the schema with which editors complete and check the values, together with what
 * else is in the transaction: all of it or nothing.
 */
export function writeFiles(generated: GeneratedFiles, transaction: Transaction): readonly WriteOutcome[] {
  const file = join(generated.out, schemaName);
  const shown = display(file, generated.context);
  const schema = writeGenerated(file, chartSchema(), { force: true, shown, transaction });
  const all = [...write(generated, { transaction }), schema];
  const refused = all.filter(({ state }) => state === 'refused');
  if (refused.length > 0) return refused;
  try {
    transaction.commit();
    return all;
  } catch (error) {
    const path = display(generated.out, generated.context);
    return [{ state: 'refused', path, diagnostic: writeFailed(path, error) }];
  }
}

function write(
  { files, force, context }: GeneratedFiles,
  how: { readonly dryRun?: boolean; readonly transaction?: Transaction },
): WriteOutcome[] {
  return files.map(({ file, text }) => writeGenerated(file, text, { force, shown: display(file, context), ...how }));
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
  const message = `${path} exists and is not the schema of the chart; it was not changed.`;
  return [{ state: 'refused', path, diagnostic: describe('MI-WRITE-FOREIGN', message, source) }];
}
