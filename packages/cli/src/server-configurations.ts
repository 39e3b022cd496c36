import {
  type Diagnostic,
  type GivenSettings,
  readServerDocument,
  type ServerConfiguration,
  type Source,
} from '@mi-patterns/inventory';
import type { Environment, Values, YamlFile } from '@mi-patterns/values';
import type { Context } from './context.ts';
import { carriedOver } from './carried-over.ts';
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
  read: readonly ServerConfiguration[],
  context: Context,
): Promise<WrittenConfigurations> {
  const hasFiles = read.some(({ document }) => document !== undefined);
  if (loaded === undefined && !hasFiles) return { configurations: [withoutConfiguration], given: [], diagnostics: [] };
  const values = await import('./configuration.ts');
  const written = values.environmentsOf(loaded?.configuration ?? {}).map((environment) => {
    const files = loaded === undefined ? [] : filesOf(environment, loaded, context, values);
    return ofEnvironment(environment, { loaded, files, read }, values);
  });
  return {
    configurations: written.flatMap(({ configurations }) => configurations),
    // Without a configuration nobody had a place to give anything yet.
    given: loaded === undefined ? [] : written.flatMap(({ given }) => given),
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
  from: {
    readonly loaded: LoadedConfiguration | undefined;
    readonly files: readonly YamlFile[];
    readonly read: readonly ServerConfiguration[];
  },
  values: ValuesModule,
): WrittenConfigurations {
  const { isMapping, layerValues, mergeValues, valueAt } = values;
  const { loaded, files } = from;
  const own = [...files.map(({ value }) => value ?? {}), environment.values].reduce<Values>(layerValues, {});
  const carried = carriedOver({ configurations: from.read }, environment, own, values);
  const all = mergeValues(values.chartDefaults, layerValues(carried.values, own));
  const given = [givenSettings(environment.name, all, values)];
  if (valueAt(all, ['runtime', 'deploymentTomlFrom']) === 'image')
    return { configurations: [], given, diagnostics: [] };
  const mapping = (...path: string[]): Values => {
    const found = valueAt(all, path);
    return isMapping(found) ? found : {};
  };
  const toml = (...path: string[]): Values => values.nestDottedKeys(mapping(...path, 'deploymentToml'));
  const shared = mergeValues(toml(), toml('workloadDefaults'));
  const workloads = Object.keys(mapping('workloads')).filter(
    (name) => Object.keys(mapping('workloads', name, 'deploymentToml')).length > 0,
  );
  const configuration =
    loaded === undefined ? undefined : values.readYaml(loaded.text, loaded.path, 'MI-CONFIG', 'yaml-1.2');
  const fallback = from.read.find(({ document }) => document !== undefined)?.source;
  const written = [undefined, ...workloads].map((workload) => {
    const ofWorkload = workload === undefined ? [] : [['workloads', workload, 'deploymentToml']];
    const at = placesIn(
      environment.name,
      { configuration, files, fallback: fallback ?? withoutConfiguration.source },
      [...ofWorkload, ['workloadDefaults', 'deploymentToml'], ['deploymentToml']],
      values,
    );
    const document = workload === undefined ? shared : mergeValues(shared, toml('workloads', workload));
    const { configuration: server, diagnostics } = readServerDocument(document, at(), at);
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
  from: {
    readonly configuration: YamlFile | undefined;
    readonly files: readonly YamlFile[];
    readonly fallback: Source;
  },
  within: readonly (readonly string[])[],
  { locate }: ValuesModule,
): (...keys: string[]) => Source {
  const { configuration, files, fallback } = from;
  const layers = [
    ...(configuration === undefined
      ? []
      : [['environments', environment, 'values'], ['values']].map((start) => ({ file: configuration, start }))),
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
    return configuration === undefined ? fallback : { path: configuration.path, line: 1, column: 1 };
  };
}
