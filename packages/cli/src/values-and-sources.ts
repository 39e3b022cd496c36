import { basename, dirname } from 'node:path';
import { isRegistryFailure } from '@mi-patterns/delivery';
import { type Diagnostic, type Inventory, inventoryDigest, isInputError } from '@mi-patterns/inventory';
import { environmentReadiness, type Plan, plan } from '@mi-patterns/planner';
import {
  chartDefaults,
  checkValues,
  type CheckedValues,
  type Environment,
  environmentsOf,
  mergeValues,
  serverConfigurations,
  type Values,
} from '@mi-patterns/values';
import type { Context, GlobalOptions } from './context.ts';
import { CommandFailure } from './failure.ts';
import { loadConfiguration, loadInventory, planOptions } from './load.ts';
import type { LoadedConfiguration } from '@mi-patterns/values';

/**
 * What a generated values file and the sources it was made from say of each other: that the sources hold other artifacts by now,
 * so that a stateful artifact would run in no pod, or that they read settings which the values do not give, so that no pod becomes
 * ready. Nothing for a file that `generate` has not made, and where configuration or sources are not in reach, as in a repository
 * of values alone.
 */
export async function valuesAndSources(
  file: string,
  shown: string,
  text: string,
  from: { readonly options: GlobalOptions; readonly context: Context },
): Promise<readonly Diagnostic[]> {
  const made = madeFrom(text);
  const sources = made === undefined ? undefined : await sourcesNow(dirname(file), from);
  if (made === undefined || sources === undefined || sources.name !== made.name) return [];
  if (sources.digest === made.digest) return readinessOfValues(file, checkValues(text, shown), sources, from);
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

interface Sources {
  readonly name: string;
  readonly digest: string;
  readonly loaded: LoadedConfiguration;
  readonly inventory: Inventory;
}

/** The artifacts that the configuration near a folder names; undefined when they cannot be read. */
async function sourcesNow(
  folder: string,
  { options, context }: { readonly options: GlobalOptions; readonly context: Context },
): Promise<Sources | undefined> {
  try {
    const loaded = await loadConfiguration(options, context, folder);
    if (loaded === undefined) return undefined;
    const { inputNames } = await import('./environment.ts');
    const inventory = await loadInventory([], loaded, { ...options, quiet: true }, context);
    return { name: inputNames([], loaded, context), digest: inventoryDigest(inventory), loaded, inventory };
  } catch (error) {
    // The sources are not in reach, or not readable: what is wrong with them is told by the commands that read them.
    if (error instanceof CommandFailure || isInputError(error) || isRegistryFailure(error)) return undefined;
    throw error;
  }
}

/** What the pods of these values lack, whoever has edited them: the values count, not what the configuration would write. */
async function readinessOfValues(
  file: string,
  { values, breaksSchema }: CheckedValues,
  { loaded, inventory }: Sources,
  { context }: { readonly context: Context },
): Promise<readonly Diagnostic[]> {
  const environment = environmentOf(file, loaded);
  if (values === undefined || breaksSchema || environment === undefined) return [];
  const { pattern } = mergeValues(chartDefaults, values) as Values & Pick<Plan, 'pattern'>;
  const options = await planOptions({}, loaded, context, { ...environment, pattern });
  const read = inventory.configurations.filter((one) => one.environment === undefined);
  const { configurations, given } = serverConfigurations(
    { ...environment, values },
    { loaded: undefined, files: [], read },
  );
  const result = plan(
    { ...inventory, configurations: [...read, ...configurations], given },
    { ...options, environment: environment.name },
  );
  return environmentReadiness(result, { environment: environment.name, packaged: true });
}

/** The environment that a file was made for, by the name `generate` gives it. */
function environmentOf(file: string, { configuration }: LoadedConfiguration): Environment | undefined {
  const name = /^values-(.*)\.yaml$/.exec(basename(file))?.[1];
  const environments = environmentsOf(configuration);
  return name === undefined && environments.length === 1
    ? environments[0]
    : environments.find((one) => one.name === name);
}
