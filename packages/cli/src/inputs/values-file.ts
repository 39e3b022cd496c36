import { resolve } from 'node:path';
import type { Source } from '@mi-patterns/inventory';
import {
  type Environment,
  type LoadedConfiguration,
  locate,
  readYaml,
  type Values,
  type YamlFile,
} from '@mi-patterns/values';
import type { Context } from '../context/context.ts';
import { exitCodes } from '../context/exit-codes.ts';
import { CommandFailure } from '../context/failure.ts';
import { display, readText } from '../context/files.ts';

/**
 * The values files that the configuration names for an environment, read as helm reads them, in their order. Throws
 * {@link CommandFailure}: at the line that names it when a file is missing, at the line in it when it is no YAML
 * mapping.
 */
export function readValuesFiles(
  environment: Environment,
  loaded: LoadedConfiguration | undefined,
  context: Pick<Context, 'cwd'>,
): readonly Values[] {
  return readValuesDocuments(environment, loaded, context).map(({ value }) => value ?? {});
}

/** The same with the places in each file. */
export function readValuesDocuments(
  environment: Environment,
  loaded: LoadedConfiguration | undefined,
  context: Pick<Context, 'cwd'>,
): readonly YamlFile[] {
  return environment.valuesFiles.map((name, index) => {
    const file = resolve(loaded?.folder ?? context.cwd, name);
    const path = display(file, context);
    const text = readText(file, path, () => ({
      hint: 'Correct `valuesFiles`, or write the file. Its path is relative to the configuration.',
      source: placeOfName(environment, index, loaded, context),
    }));
    const read = readYaml(text, path, 'MI-VALUES', 'helm');
    if (read.value === undefined) throw new CommandFailure(read.diagnostics, exitCodes.usage);
    return read;
  });
}

/** Where the configuration names a values file: those of the defaults come before the environment's own. */
function placeOfName(
  environment: Environment,
  index: number,
  loaded: LoadedConfiguration | undefined,
  context: Pick<Context, 'cwd'>,
): Source {
  const path = loaded === undefined ? 'mi-patterns.yaml' : display(loaded.path, context);
  const configuration = readYaml(loaded?.text ?? '', path, 'MI-CONFIG', 'yaml-1.2');
  const shared = loaded?.configuration.valuesFiles?.length ?? 0;
  return locate(
    configuration,
    index < shared
      ? ['valuesFiles', String(index)]
      : ['environments', environment.name, 'valuesFiles', String(index - shared)],
    'value',
  ).source;
}
