import { basename, dirname, resolve } from 'node:path';
import { isRegistryFailure } from '@mi-patterns/delivery';
import { type Diagnostic, inventoryDigest, isInputError } from '@mi-patterns/inventory';
import { compareWithSources, configurationName, type CurrentSources, generatedValues } from '@mi-patterns/values';
import type { Context, GlobalOptions } from '../context/context.ts';
import { CommandFailure, wrongUse } from '../context/failure.ts';
import { display, type NamedText, readTexts } from '../context/files.ts';
import { loadConfiguration, loadInventory } from './load.ts';

/**
 * The values files that the user named, in their order. Throws {@link CommandFailure} for one that cannot be read, and
 * for a configuration: judged as values, every key of it would be a fault.
 */
export function readValuesFiles(named: readonly string[], context: Context): readonly NamedText[] {
  const configuration = named.find((name) => basename(name) === configurationName);
  if (configuration !== undefined)
    throw wrongUse(
      `${display(resolve(context.cwd, configuration), context)} is a configuration, not a values file.`,
      'mi-patterns generate --out deploy checks it, and writes its values files: name those.',
    );
  return readTexts(named, context);
}

/**
 * What a generated values file and its sources say of each other; see {@link compareWithSources}. Nothing where
 * `generate` has made none of the files. Where configuration or sources are not in reach, as in a repository of values
 * alone, `outOfReach` is the path of that file.
 *
 * @param layers files that lie over each other, the lowest first.
 */
export async function valuesAndSources(
  layers: readonly NamedText[],
  options: GlobalOptions,
  context: Context,
): Promise<{ readonly diagnostics: readonly Diagnostic[]; readonly outOfReach?: string }> {
  const generated = generatedValues(layers);
  if (generated === undefined) return { diagnostics: [] };
  const { made, origin } = generated;
  const sources = await sourcesNow(dirname(made.file), options, context);
  return sources?.name === origin.name
    ? { diagnostics: compareWithSources(generated, sources) }
    : { diagnostics: [], outOfReach: made.path };
}

interface NamedSources extends CurrentSources {
  readonly name: string;
}

/** The artifacts that the configuration near a folder names; undefined when they cannot be read. */
async function sourcesNow(folder: string, options: GlobalOptions, context: Context): Promise<NamedSources | undefined> {
  try {
    const silent = { ...options, quiet: true };
    const loaded = await loadConfiguration(silent, context, folder);
    if (loaded === undefined) return undefined;
    const { inputNames } = await import('./environment.ts');
    const inventory = await loadInventory([], loaded, silent, context);
    return { name: inputNames([], loaded, context), digest: inventoryDigest(inventory), loaded, inventory };
  } catch (error) {
    // The sources are not in reach, or not readable: what is wrong with them is told by the commands that read them.
    if (error instanceof CommandFailure || isInputError(error) || isRegistryFailure(error)) return undefined;
    throw error;
  }
}
