import { dirname } from 'node:path';
import { isRegistryFailure } from '@mi-patterns/delivery';
import { type Diagnostic, isInputError } from '@mi-patterns/inventory';
import type { Context, GlobalOptions } from './context.ts';
import { CommandFailure } from './failure.ts';
import { loadConfiguration, loadInventory } from './load.ts';

/**
 * Says that a generated values file was made from other artifacts than its sources hold now: a stateful artifact that was added
 * since then would run in no pod. Nothing for a file that `generate` has not made, and where configuration or sources are not in
 * reach, as in a repository of values alone.
 */
export async function staleValues(
  file: string,
  shown: string,
  text: string,
  { options, context }: { readonly options: GlobalOptions; readonly context: Context },
): Promise<readonly Diagnostic[]> {
  const made = madeFrom(text);
  if (made === undefined) return [];
  const now = await sourcesNow(dirname(file), options, context);
  if (now === undefined || now.name !== made.name || now.digest === made.digest) return [];
  return [
    {
      code: 'MI-VALUES-STALE',
      severity: 'error',
      message: `The values were made from other artifacts than ${made.name === '.' ? 'the sources hold' : `${made.name} holds`} now: what was added since then may run in no pod, or in all of them.`,
      hint: 'Run `mi-patterns generate`, and `mi-patterns generate --check` in the pipeline.',
      source: { path: shown, line: made.line, column: 1 },
    },
  ];
}

/** What the header of a generated file says it was made from. */
function madeFrom(text: string): { readonly name: string; readonly digest: string; readonly line: number } | undefined {
  if (!/^# mi-patterns: sha256:/.test(text)) return undefined;
  const lines = text.split(/\r?\n/);
  const start = lines.indexOf('# Made from:');
  const found = start < 0 ? null : /^# {3}(.*) (sha256:[0-9a-f]{64})$/.exec(lines[start + 1] ?? '');
  return found === null ? undefined : { name: found[1] ?? '', digest: found[2] ?? '', line: start + 2 };
}

/** Name and digest of the artifacts that the configuration near a folder names; undefined when they cannot be read. */
async function sourcesNow(
  folder: string,
  options: GlobalOptions,
  context: Context,
): Promise<{ readonly name: string; readonly digest: string } | undefined> {
  try {
    const loaded = await loadConfiguration(options, context, folder);
    if (loaded === undefined) return undefined;
    const { inputNames, inventoryDigest } = await import('./environment-values.ts');
    const inventory = await loadInventory([], loaded, { ...options, quiet: true }, context);
    return { name: inputNames([], loaded, context), digest: inventoryDigest(inventory) };
  } catch (error) {
    // The sources are not in reach, or not readable: what is wrong with them is told by the commands that read them.
    if (error instanceof CommandFailure || isInputError(error) || isRegistryFailure(error)) return undefined;
    throw error;
  }
}
