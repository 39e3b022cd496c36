import { distinctBy, readServerDocument, type ServerConfiguration } from '@mi-patterns/inventory';
import type { Environment, LoadedConfiguration, WrittenConfigurations, YamlFile } from '@mi-patterns/values';
import type { Context } from '../context/context.ts';
import { CommandFailure } from '../context/failure.ts';

/** What the chart writes where nobody says anything: no listener beyond MI's own defaults. */
const withoutConfiguration: ServerConfiguration = {
  ...readServerDocument({}, { path: 'values.yaml', line: 1, column: 1 }, () => ({
    path: 'values.yaml',
    line: 1,
    column: 1,
  })).configuration,
  environment: 'default',
};

/**
 * The `deployment.toml` files that the chart writes from the values of every environment; none for one whose image
 * brings the file (`runtime.deploymentTomlFrom: image`). Verdicts go by all of them, since one image and its roles
 * serve all environments.
 */
export async function writtenConfigurations(
  loaded: LoadedConfiguration | undefined,
  read: readonly ServerConfiguration[],
  context: Context,
): Promise<WrittenConfigurations> {
  const hasFiles = read.some(({ document }) => document !== undefined);
  if (loaded === undefined && !hasFiles)
    return { configurations: [withoutConfiguration], given: [], environmentVersions: [], diagnostics: [] };
  const values = await import('./configuration.ts');
  const written = values.environmentsOf(loaded?.configuration ?? {}).map((environment) => {
    const files = loaded === undefined ? [] : filesOf(environment, loaded, context, values);
    return values.serverConfigurations(environment, { loaded, files, read });
  });
  return {
    configurations: written.flatMap(({ configurations }) => configurations),
    // Without a configuration nobody had a place to give anything yet.
    given: loaded === undefined ? [] : written.flatMap(({ given }) => given),
    environmentVersions: loaded === undefined ? [] : written.flatMap(({ environmentVersions }) => environmentVersions),
    diagnostics: distinct(written.flatMap(({ diagnostics }) => diagnostics)),
  };
}

/** What several environments or workloads have from the same line is told once. */
function distinct(diagnostics: WrittenConfigurations['diagnostics']): WrittenConfigurations['diagnostics'] {
  return distinctBy(diagnostics, ({ code, source, message }) => JSON.stringify([code, source, message]));
}

/** What was not told of the files that were read: the values carry them over, with the place of each key. */
export function beyondRead(
  written: WrittenConfigurations['diagnostics'],
  read: WrittenConfigurations['diagnostics'],
): WrittenConfigurations['diagnostics'] {
  const isToml = ({ code }: (typeof read)[number]): boolean => code.startsWith('MI-TOML-');
  const known = distinct(read.filter(isToml));
  return distinct([...known, ...written]).slice(known.length);
}

type ValuesModule = typeof import('./configuration.ts');

/** A file that cannot be read is told by what writes values of it. */
function filesOf(
  environment: Environment,
  loaded: LoadedConfiguration,
  context: Context,
  values: ValuesModule,
): readonly YamlFile[] {
  try {
    return values.readValuesDocuments(environment, loaded, context);
  } catch (error) {
    if (error instanceof CommandFailure) return [];
    throw error;
  }
}
