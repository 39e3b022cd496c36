import { type Environment, environmentNamed, type LoadedConfiguration, locate, readYaml } from '@mi-patterns/values';
import { exitCodes } from '../context/exit-codes.ts';
import { CommandFailure, wrongUse } from '../context/failure.ts';

/** The environment that `--env` names. Throws CommandFailure when there is no such, or no configuration. */
export function namedEnvironment(loaded: LoadedConfiguration | undefined, name: string): Environment {
  if (loaded === undefined) throw noConfiguration(name);
  const found = environmentNamed(
    loaded.configuration,
    name,
    () => locate(readYaml(loaded.text, loaded.path, 'MI-CONFIG', 'yaml-1.2'), ['environments'], 'key').source,
  );
  if ('diagnostic' in found) throw new CommandFailure([found.diagnostic], exitCodes.usage);
  return found.environment;
}

/** Why a command that needs a configuration cannot go on without one: it may have been called in the wrong folder. */
export function noConfiguration(environment: string | undefined): CommandFailure {
  const consequence = environment === undefined ? '' : `, so there is no environment ${environment}`;
  return wrongUse(
    `There is no mi-patterns.yaml here or above${consequence}.`,
    'Go to the folder of mi-patterns.yaml, name the file with --config FILE, or write one with mi-patterns init.',
  );
}
