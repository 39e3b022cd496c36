import { resolve } from 'node:path';
import { type Artifact, type Diagnostic, type Inventory, readNamedFile, type Source } from '@mi-patterns/inventory';
import { visit } from 'yaml';
import type { CarriedOver } from '../carry-over/carry-over.ts';
import { locate } from '../yaml/locate.ts';
import { offsetIn, pathAt } from '../yaml/path-at.ts';
import { readValuesText, readYaml, type YamlFile } from '../yaml/read.ts';
import type { Environment } from './environments.ts';
import type { LoadedConfiguration } from './loaded.ts';

type Keys = readonly string[];

/** What of an inventory is asked for where findings about values are placed. */
export interface KnownPlaces extends Pick<Inventory, 'configurations'> {
  readonly artifacts: readonly Pick<Artifact, 'id' | 'source'>[];
}

/** Values that a command puts together in a file that nobody has written. */
export interface ComposedValues {
  readonly text: string;
  /** The file as people see it, and as the findings name it. */
  readonly shown: string;
  readonly environment: Environment;
  readonly inventory: KnownPlaces;
  /** Where a key of `deploymentToml` comes from that was carried over from the file of a project. */
  readonly carried?: CarriedOver['at'];
}

/** Where the settings of an environment were written. */
export interface SettingSources {
  readonly loaded: Pick<LoadedConfiguration, 'text' | 'path'> | undefined;
  /** Folder that the paths of values files are relative to. */
  readonly folder: string;
  /** A file as people see it. */
  readonly display: (file: string) => string;
  /** What the command line asks for; undefined where the configuration decides. */
  readonly replicas?: string | undefined;
}

interface Place {
  readonly source: Source;
  /** How many keys of the path the place has. */
  readonly depth: number;
}

/**
 * Findings about composed values, at the place where somebody wrote the setting: in the environment, in the values that
 * all environments share, or in a values file. What is about the id of an artifact is at the artifact.
 */
export function locateFindings(
  all: readonly Diagnostic[],
  made: ComposedValues,
  from: SettingSources,
): readonly Diagnostic[] {
  const diagnostics = locateSettings(locateReplicas(all, from, made.environment.name), made.environment.name, from);
  const isAbout = ({ source, related = [] }: Diagnostic): boolean =>
    [source, ...related].some((place) => place?.path === made.shown);
  // Reading what was just written takes as long as the rest of a command, and mostly nothing is wrong with it.
  if (!diagnostics.some(isAbout)) return diagnostics;
  const move = mover(made, from);
  return diagnostics.map((diagnostic) => {
    if (diagnostic.source === undefined || !isAbout(diagnostic)) return diagnostic;
    const source = move(diagnostic.source);
    return {
      ...diagnostic,
      // What is first in the composed file is nested in the file where it was written.
      message:
        source.path === made.shown
          ? diagnostic.message
          : diagnostic.message.replace('at the top of the file', 'at the top of the values'),
      source,
      ...(diagnostic.related === undefined ? {} : { related: diagnostic.related.map(move) }),
    };
  });
}

/**
 * What a plan says of its replicas, at the line that asks for them: that of the environment, or that of all of them.
 * It stays without a place where the command line asks.
 */
export function locateReplicas<Found extends Diagnostic>(
  diagnostics: readonly Found[],
  { loaded, replicas }: Pick<SettingSources, 'loaded' | 'replicas'>,
  environment?: string,
): readonly Found[] {
  if (loaded === undefined || replicas !== undefined) return diagnostics;
  return diagnostics.map((diagnostic) => {
    if (diagnostic.code !== 'MI-PLAN-REPLICAS') return diagnostic;
    const file = readYaml(loaded.text, loaded.path, 'MI-CONFIG', 'yaml-1.2');
    const paths = [...(environment === undefined ? [] : [['environments', environment, 'replicas']]), ['replicas']];
    const place = paths.map((path) => locate(file, path, 'value')).find(({ exact }) => exact);
    return place === undefined ? diagnostic : { ...diagnostic, source: place.source };
  });
}

/** Findings that are about one setting of the configuration, wherever else the values may have it from. */
const ofSetting: Readonly<Record<string, Keys>> = {
  'MI-PKG-RUNTIME': ['runtime', 'version'],
  'MI-PKG-NO-IMAGE': ['image', 'repository'],
};

/** What is said of a setting, at the line of the configuration that has it. */
function locateSettings(
  diagnostics: readonly Diagnostic[],
  environment: string,
  { loaded }: Pick<SettingSources, 'loaded'>,
): readonly Diagnostic[] {
  if (loaded === undefined || !diagnostics.some(({ code }) => Object.hasOwn(ofSetting, code))) return diagnostics;
  const file = readYaml(loaded.text, loaded.path, 'MI-CONFIG', 'yaml-1.2');
  return diagnostics.map((diagnostic) => {
    const setting = Object.hasOwn(ofSetting, diagnostic.code) ? ofSetting[diagnostic.code] : undefined;
    const places = setting === undefined ? [] : inConfiguration(file, environment, setting);
    const place = places.find(({ depth }) => depth === setting?.length);
    return place === undefined ? diagnostic : { ...diagnostic, source: place.source };
  });
}

/** Moves places of the composed file to where their setting was written, and leaves others as they are. */
function mover(made: ComposedValues, from: SettingSources): (source: Source) => Source {
  const values = readValuesText(made.text, made.shown);
  let known: ReadonlyMap<number, string> | undefined;
  const scalars = (): ReadonlyMap<number, string> => (known ??= scalarsOf(values));
  const configuration =
    from.loaded === undefined ? undefined : readYaml(from.loaded.text, from.loaded.path, 'MI-CONFIG', 'yaml-1.2');
  const artifacts = new Map(made.inventory.artifacts.map(({ id, source }) => [id, source]));
  const nowhere = (source: Source): Source =>
    configuration === undefined ? source : deepest(configuration, ['environments', made.environment.name]).source;
  return (source) => {
    if (source.path !== made.shown) return source;
    const path = pathAt(values, source);
    if (path === undefined) return nowhere(source);
    const artifact = artifacts.get(scalars().get(offsetIn(values, source)) ?? '');
    if (artifact !== undefined) return artifact;
    const places = [
      ...(configuration === undefined ? [] : inConfiguration(configuration, made.environment.name, path)),
      ...inValuesFiles(made.environment, from, path),
      ...inProjects(made, path),
    ];
    const best = places.reduce<Place | undefined>(
      (found, one) => (one.depth > (found?.depth ?? 0) ? one : found),
      undefined,
    );
    return best?.source ?? nowhere(source);
  };
}

/** Where the configuration sets a value, the strongest first. */
function inConfiguration(configuration: YamlFile, environment: string, path: Keys): readonly Place[] {
  const values = [['environments', environment, 'values'], ['values']];
  // `artifacts` of the configuration are what is read, not those of values.
  const bases = path[0] === 'artifacts' ? values : [...values, ['environments', environment], []];
  return bases
    .map((base) => ({ base, ...deepest(configuration, [...base, ...path]) }))
    .filter(({ base, depth }) => depth > base.length)
    .map(({ base, source, depth }) => ({ source, depth: depth - base.length }));
}

/** Where the values files set a value, the strongest first. */
function inValuesFiles(environment: Environment, { folder, display }: SettingSources, path: Keys): readonly Place[] {
  return environment.valuesFiles
    .toReversed()
    .map((name) => resolve(folder, name))
    .map((file) => deepest(readYaml(readNamedFile(file).toString('utf8'), display(file), 'MI-VALUES', 'helm'), path));
}

/** Where the file of a project says what `deploymentToml` has from it. */
function inProjects({ carried }: ComposedValues, [top, ...path]: Keys): readonly Place[] {
  if (carried === undefined || top !== 'deploymentToml') return [];
  for (let depth = path.length; depth > 0; depth -= 1) {
    const source = carried(...tomlKeys(path.slice(0, depth)));
    if (source !== undefined) return [{ source, depth: depth + 1 }];
  }
  return [];
}

/** Keys as the places of a deployment.toml have them: the number of an element stands with the name of its array. */
function tomlKeys(path: Keys): string[] {
  const keys: string[] = [];
  for (const key of path) {
    if (/^\d+$/.test(key) && keys.length > 0) keys.push(`${keys.pop() ?? ''}[${key}]`);
    else keys.push(key);
  }
  return keys;
}

/** Place of the deepest key of a path that is in the file. */
function deepest(file: YamlFile, path: Keys): Place {
  for (let depth = path.length; depth > 0; depth -= 1) {
    const { source, exact } = locate(file, path.slice(0, depth), 'key');
    if (exact) return { source, depth };
  }
  return { source: { path: file.path, line: 1, column: 1 }, depth: 0 };
}

/** The scalars of a file by the offset at which they begin, as texts: read once, for all findings. */
function scalarsOf({ document }: YamlFile): ReadonlyMap<number, string> {
  const scalars = new Map<number, string>();
  visit(document ?? null, {
    Scalar: (_key, { range, value }) => {
      if (range && !scalars.has(range[0])) scalars.set(range[0], String(value));
    },
  });
  return scalars;
}
