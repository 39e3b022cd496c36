import { type Target, targetOf, type Tools, toolsOfMachine } from '@mi-patterns/rollout';
import { type Environment, environmentsOf, type LoadedConfiguration } from '@mi-patterns/values';
import type { Context, GlobalOptions } from '../context/context.ts';
import { CommandFailure, wrongUse } from '../context/failure.ts';
import { loadConfiguration } from '../inputs/load.ts';
import { namedEnvironment, noConfiguration } from '../inputs/named-environment.ts';

export type EnvironmentOptions = GlobalOptions & { readonly env?: string };

/** The environment a command is about, and the configuration that has it. */
export interface Chosen {
  readonly loaded: LoadedConfiguration | undefined;
  readonly environment: Environment;
}

/** The same, and how its cluster is reached. */
export interface Place extends Chosen {
  readonly target: Target;
}

/** The tools of this machine; with `--verbose` each command is shown before it runs. */
export function commandTools(options: Pick<GlobalOptions, 'verbose'>, context: Context): Tools {
  return toolsOfMachine(
    options.verbose ? (command) => context.stderr(`$ ${command.map(quoted).join(' ')}\n`) : () => {},
    context.environment,
  );
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/**
 * The environment that `--env` names, or the only one. Throws CommandFailure when there is no such or more than one, or
 * when one is named without a configuration.
 */
export function chosenEnvironment(loaded: LoadedConfiguration | undefined, name: string | undefined): Environment {
  if (name === undefined) {
    const environments = environmentsOf(loaded?.configuration ?? {});
    const [only] = environments;
    if (only !== undefined && environments.length === 1) return only;
    throw wrongUse(
      'Which environment? There is more than one.',
      `Give --env NAME; environments are ${environments.map((each) => each.name).join(', ')}.`,
    );
  }
  return namedEnvironment(loaded, name);
}

/**
 * The configuration of a command that asks a cluster. Throws CommandFailure without one: in the wrong folder, the
 * command would ask for a release that nobody has named, or install it.
 */
export async function clusterConfiguration(
  options: EnvironmentOptions,
  context: Context,
): Promise<LoadedConfiguration> {
  const loaded = await loadConfiguration(options, context);
  if (loaded === undefined) throw noConfiguration(options.env);
  return loaded;
}

/**
 * The environment of a command that changes a cluster. Says at once all that the command misses: its environment, and
 * somebody who confirms the change. `unconfirmed` says the latter. Throws CommandFailure.
 */
export async function confirmableChoice(
  options: EnvironmentOptions & { readonly yes?: boolean },
  context: Context,
  unconfirmed: CommandFailure,
): Promise<Chosen> {
  const isAnswerable = options.yes === true || (context.ask !== undefined && !options.json);
  const loaded = await clusterConfiguration(options, context);
  try {
    const environment = chosenEnvironment(loaded, options.env);
    if (isAnswerable) return { loaded, environment };
  } catch (error) {
    if (isAnswerable || !(error instanceof CommandFailure)) throw error;
    throw new CommandFailure([...error.diagnostics, ...unconfirmed.diagnostics], error.exitCode);
  }
  throw unconfirmed;
}

/** Configuration and environment that the options name. Throws CommandFailure when there is no such. */
export async function choiceOf(options: EnvironmentOptions, context: Context): Promise<Chosen> {
  const loaded = await clusterConfiguration(options, context);
  return { loaded, environment: chosenEnvironment(loaded, options.env) };
}

/**
 * Configuration, environment and cluster that the options name; `chosen`: what was read before. Throws CommandFailure
 * and ToolFailure.
 */
export async function placeOf(options: EnvironmentOptions, context: Context, chosen?: Chosen): Promise<Place> {
  const { loaded, environment } = chosen ?? (await choiceOf(options, context));
  return { loaded, environment, target: await targetOf(environment, commandTools(options, context)) };
}

/** Where a rollout goes, as the documents of `--json` begin. */
export function placeDocument({ environment, target }: Pick<Place, 'environment' | 'target'>): object {
  return {
    environment: environment.name,
    release: target.release,
    namespace: target.namespace,
    context: target.context,
  };
}
