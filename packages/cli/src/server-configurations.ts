import {
  type Diagnostic,
  type GivenSettings,
  readServerDocument,
  type ServerConfiguration,
  type Source,
} from '@mi-patterns/inventory';
import type { Environment, Values, YamlFile } from '@mi-patterns/values';
import type { Context } from './context.ts';
import { CommandFailure } from './failure.ts';
import { givenSettings } from './given-settings.ts';
import type { LoadedConfiguration } from './load.ts';

/** What the chart's deployment.toml says of the pods of each environment, and what is wrong with it. */
export interface WrittenConfigurations {
  readonly configurations: readonly ServerConfiguration[];
  /** What each environment gives its pods; none where no configuration was found. */
  readonly given: readonly GivenSettings[];
  readonly diagnostics: readonly Diagnostic[];
}

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
 * The `deployment.toml` files that the chart writes from the values of every environment; none for one whose image brings the
 * file (`runtime.deploymentTomlFrom: image`). Verdicts go by all of them, since one image and its roles serve all environments.
 */
export async function writtenConfigurations(
  loaded: LoadedConfiguration | undefined,
  context: Context,
): Promise<WrittenConfigurations> {
  if (loaded === undefined) return { configurations: [withoutConfiguration], given: [], diagnostics: [] };
  const values = await import('./configuration.ts');
  const written = values.environmentsOf(loaded.configuration).map((environment) => {
    const files = filesOf(environment, loaded, context, values);
    return ofEnvironment(environment, loaded, files, values);
  });
  return {
    configurations: written.flatMap(({ configurations }) => configurations),
    given: written.flatMap(({ given }) => given),
    diagnostics: written.flatMap(({ diagnostics }) => diagnostics),
  };
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

function ofEnvironment(
  environment: Environment,
  loaded: LoadedConfiguration,
  files: readonly YamlFile[],
  values: ValuesModule,
): WrittenConfigurations {
  const { isMapping, layerValues, mergeValues, valueAt } = values;
  const all = mergeValues(
    values.chartDefaults,
    [...files.map(({ value }) => value ?? {}), environment.values].reduce<Values>(layerValues, {}),
  );
  const given = [givenSettings(environment.name, all, values)];
  if (valueAt(all, ['runtime', 'deploymentTomlFrom']) === 'image')
    return { configurations: [], given, diagnostics: [] };
  const mapping = (...path: string[]): Values => {
    const found = valueAt(all, path);
    return isMapping(found) ? found : {};
  };
  const shared = mergeValues(mapping('deploymentToml'), mapping('workloadDefaults', 'deploymentToml'));
  const own = Object.keys(mapping('workloads')).filter(
    (name) => Object.keys(mapping('workloads', name, 'deploymentToml')).length > 0,
  );
  const configuration = values.readYaml(loaded.text, loaded.path, 'MI-CONFIG', 'yaml-1.2');
  const written = [undefined, ...own].map((workload) => {
    const ofWorkload = workload === undefined ? [] : [['workloads', workload, 'deploymentToml']];
    const at = placesIn(
      environment.name,
      configuration,
      files,
      [...ofWorkload, ['workloadDefaults', 'deploymentToml'], ['deploymentToml']],
      values,
    );
    const toml =
      workload === undefined ? shared : mergeValues(shared, mapping('workloads', workload, 'deploymentToml'));
    const { configuration: server, diagnostics } = readServerDocument(toml, at(), at);
    return {
      configuration: {
        ...server,
        ...hardeningOf(mapping('coordination', 'database')),
        environment: environment.name,
        ...(workload === undefined ? {} : { workload }),
      },
      diagnostics,
    };
  });
  return {
    configurations: written.map((one) => one.configuration),
    given,
    diagnostics: written.flatMap(({ diagnostics }) => diagnostics),
  };
}

/** Whether the chart writes the whole block of coordination hardening: what it leaves out of the values is on. */
function hardeningOf(database: Values): Pick<ServerConfiguration, 'coordinationHardening'> {
  const hardening = database['hardening'];
  const said = typeof hardening === 'object' && hardening !== null ? (hardening as Values) : {};
  const whole =
    said['enabled'] === true && said['synchronousInjection'] !== false && database['taskDeleteBarrier'] !== false;
  return whole ? { coordinationHardening: true } : {};
}

/** Finds keys of the deployment.toml in what the values were read from; the file of the configuration stands for what is nowhere. */
function placesIn(
  environment: string,
  configuration: YamlFile,
  files: readonly YamlFile[],
  within: readonly (readonly string[])[],
  { locate }: ValuesModule,
): (...keys: string[]) => Source {
  const layers = [
    ...[['environments', environment, 'values'], ['values']].map((start) => ({ file: configuration, start })),
    ...files.toReversed().map((file) => ({ file, start: [] as string[] })),
  ];
  return (...keys) => {
    const segments = keys.flatMap((key) => key.replace(/\[(\d+)\]$/, '\0$1').split('\0'));
    for (const path of within) {
      for (const { file, start } of layers) {
        const found = locate(file, [...start, ...path, ...segments], 'key');
        if (found.exact) return found.source;
      }
    }
    return { path: configuration.path, line: 1, column: 1 };
  };
}
