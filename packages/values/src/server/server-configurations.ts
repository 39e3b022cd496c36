import {
  embeddedDatabase,
  type GivenSettings,
  readServerDocument,
  type ServerConfiguration,
  type Source,
  type Diagnostic,
} from '@mi-patterns/inventory';
import { type Environment, namedVersion } from '../configuration/environments.ts';
import { chartDefaults } from '../generated/chart-defaults.ts';
import { layerValues, mappingOf, mergeValues, valueAt, type Values } from '../mapping/merge.ts';
import { nestDottedKeys } from '../mapping/nest-dotted-keys.ts';
import { locate } from '../yaml/locate.ts';
import { readYaml, type YamlFile } from '../yaml/read.ts';
import type { CarriedOver } from '../carry-over/carry-over.ts';
import { carriedOver } from './carried-over.ts';
import { givenSettings } from './given-settings.ts';

/** What the chart's deployment.toml says of the pods of an environment, and what is wrong with it. */
export interface WrittenConfigurations {
  readonly configurations: readonly ServerConfiguration[];
  /** What the environment gives its pods. */
  readonly given: readonly GivenSettings[];
  /** The version of MI that it names. */
  readonly environmentVersions: readonly (string | undefined)[];
  readonly diagnostics: readonly Diagnostic[];
}

/** What the values of an environment are put together from. */
export interface ConfigurationSources {
  /** Text and path of `mi-patterns.yaml`; undefined without one. */
  readonly loaded: { readonly text: string; readonly path: string } | undefined;
  /** The values files of the environment. */
  readonly files: readonly YamlFile[];
  /** The deployment.toml files of the projects. */
  readonly read: readonly ServerConfiguration[];
}

/** Stands for a place where nothing says anything: the chart's own values do. */
const chartValues: Source = { path: 'values.yaml', line: 1, column: 1 };

/**
 * The `deployment.toml` files that the chart writes for the pods of an environment, one for all workloads and one for
 * each that changes it; none where the image brings the file (`runtime.deploymentTomlFrom: image`).
 */
export function serverConfigurations(environment: Environment, from: ConfigurationSources): WrittenConfigurations {
  const { loaded, files } = from;
  const own = [...files.map(({ value }) => value ?? {}), environment.values].reduce<Values>(layerValues, {});
  const carried = carriedOver({ configurations: from.read }, environment, own);
  const all = mergeValues(chartDefaults, layerValues(carried.values, own));
  const known = {
    given: [givenSettings(environment.name, all)],
    environmentVersions: [namedVersion(environment, own)],
  };
  if (valueAt(all, ['runtime', 'deploymentTomlFrom']) === 'image')
    return { configurations: [], ...known, diagnostics: [] };
  const mapping = (...path: string[]): Values => mappingOf(valueAt(all, path));
  const toml = (...path: string[]): Values => nestDottedKeys(mapping(...path, 'deploymentToml'));
  const shared = mergeValues(toml(), toml('workloadDefaults'));
  const workloads = Object.keys(mapping('workloads')).filter(
    (name) => Object.keys(mapping('workloads', name, 'deploymentToml')).length > 0,
  );
  const configuration = loaded === undefined ? undefined : readYaml(loaded.text, loaded.path, 'MI-CONFIG', 'yaml-1.2');
  const written = [undefined, ...workloads].map((workload) => {
    const ofWorkload = workload === undefined ? [] : [['workloads', workload, 'deploymentToml']];
    const at = placesIn(environment.name, { configuration, files, carried: carried.at }, [
      ...ofWorkload,
      ['workloadDefaults', 'deploymentToml'],
      ['deploymentToml'],
    ]);
    const document = workload === undefined ? shared : mergeValues(shared, toml('workloads', workload));
    const { configuration: server, diagnostics } = readServerDocument(document, at(), at);
    return {
      configuration: {
        ...server,
        ...hardeningOf(mapping('coordination', 'database')),
        ...databaseOf(all, server, placesIn(environment.name, { configuration, files, carried: carried.at }, [[]])),
        environment: environment.name,
        ...(workload === undefined ? {} : { workload }),
      },
      diagnostics,
    };
  });
  return {
    configurations: written.map((one) => one.configuration),
    ...known,
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

/** The database that the chart coordinates with: it asks for both keys (`mi.coordination.toml`). */
function databaseOf(
  values: Values,
  { embeddedDatabases = [] }: ServerConfiguration,
  at: (...keys: string[]) => Source,
): Pick<ServerConfiguration, 'chartDatabase' | 'embeddedDatabases'> {
  const [url, driver] = ['url', 'driver'].map((key) => valueAt(values, ['coordination', 'database', key]));
  if (typeof url !== 'string' || url === '' || typeof driver !== 'string' || driver === '') return {};
  const source = at('coordination', 'database', 'url');
  const database = embeddedDatabase(url);
  return {
    chartDatabase: source,
    ...(database === undefined
      ? {}
      : { embeddedDatabases: [...embeddedDatabases, { id: 'WSO2_COORDINATION_DB', database, source }] }),
  };
}

/**
 * Finds keys of the deployment.toml in what the values were read from, and below that in the files of projects from
 * which they are carried over; the file of the configuration stands for what is nowhere.
 */
function placesIn(
  environment: string,
  from: {
    readonly configuration: YamlFile | undefined;
    readonly files: readonly YamlFile[];
    readonly carried: CarriedOver['at'];
  },
  within: readonly (readonly string[])[],
): (...keys: string[]) => Source {
  const { configuration, files, carried } = from;
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
        const found = locateDotted(file, [...start, ...path], segments);
        if (found !== undefined) return found;
      }
    }
    const [first] = files;
    const nowhere = configuration?.path ?? first?.path;
    return carried(...keys) ?? (nowhere === undefined ? chartValues : { path: nowhere, line: 1, column: 1 });
  };
}

/** Where a file says a key; in `deploymentToml` one key may stand for several, with dots between them. */
function locateDotted(file: YamlFile, above: readonly string[], segments: readonly string[]): Source | undefined {
  const { exact, source } = locate(file, [...above, ...segments], 'key');
  if (exact) return source;
  for (let length = segments.length; length > 0; length--) {
    const key = segments.slice(0, length).join('.');
    if (!locate(file, [...above, key], 'key').exact) continue;
    const found = locateDotted(file, [...above, key], segments.slice(length));
    if (found !== undefined) return found;
  }
  return undefined;
}
