import { join } from 'node:path';
import { type Diagnostic, groupBy, type Inventory } from '@mi-patterns/inventory';
import { deliveryOf, type Plan } from '@mi-patterns/planner';
import {
  type Environment,
  type EnvironmentValues,
  mappingOf,
  layerValues,
  rewriteValues,
  type Transaction,
  valueAt,
  type Values,
  type WriteContext,
} from '@mi-patterns/values';
import { archiveSourceOf, formatsOf } from './archive-source.ts';
import { selectionFolder } from './image.ts';
import { holdsPackage, refusalOf } from './output-folder.ts';
import type { RegistryOptions } from '../registry/client.ts';
import { type Destination, parseDestination } from '../registry/destination.ts';
import { pushTo } from '../registry/push-volumes.ts';
import { type PackageFormat, type PackageOptions, type PackageResult, writePackage } from './write-package.ts';

interface Planned {
  readonly environment: Environment;
  readonly plan: Plan;
  /** What is in its values file. */
  readonly values: Values;
  readonly valuesFiles: readonly Values[];
  /** MI version that the values are made for. */
  readonly runtimeVersion: string;
}

/** The packages that serve some environments: one, unless they divide the archives in different ways. */
export interface EnvironmentPackages {
  readonly packages: readonly { readonly out: string; readonly result: PackageResult }[];
  /** The package of an environment. */
  readonly of: (one: { readonly environment: Environment }) => PackageResult | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** Where packages for environments go, and what is common to them. */
export interface PackagesRequest {
  readonly out: string;
  /** A folder as people see it. */
  readonly shown: (folder: string) => string;
  /** The options of the package in a folder. */
  readonly optionsOf: (folder: string, formats: readonly PackageFormat[]) => PackageOptions;
  readonly push?: RegistryOptions;
  readonly force?: boolean;
  /** Says what would become of each package and leaves what is there as it is. */
  readonly dryRun?: boolean;
  readonly transaction?: Transaction;
}

/**
 * Writes a package for environments. Roles follow from the artifacts alone, so all environments share one; where
 * archives are divided, each way of dividing them gets its folder, and each version of MI, named after the first
 * environment that has it. A package that cannot be made is a warning here, unless an old one would stay behind: the
 * values are complete without it, and `package` says it as an error.
 */
export async function packageFor(
  planned: readonly Planned[],
  inventory: Inventory,
  request: PackagesRequest,
): Promise<EnvironmentPackages> {
  const { out, shown } = request;
  const groups = groupsThatShare(planned, inventory);
  // A run for one environment writes where the one for all has put its package.
  const folderOf = ([first]: readonly Planned[]): string => {
    const own = join(out, first?.environment.name ?? '');
    return groups.length > 1 || holdsPackage(own) ? own : out;
  };
  // All or none: the packages and the values of one run belong together.
  const refused = groups.flatMap(
    (group) => refusalOf(folderOf(group), shown(folderOf(group)), request.force === true) ?? [],
  );
  if (refused.length > 0) return { packages: [], of: () => undefined, diagnostics: refused };
  const packages: { readonly out: string; readonly result: PackageResult; readonly isOld: boolean }[] = [];
  const byEnvironment = new Map<string, PackageResult>();
  for (const group of groups) {
    const folder = folderOf(group);
    const result = await packageOf(group, inventory, folder, request);
    for (const { environment } of group) byEnvironment.set(environment.name, result);
    packages.push({ out: shown(folder), result, isOld: result.state === 'refused' && holdsPackage(folder) });
  }
  const told = new Set(planned.flatMap(({ plan }) => plan.diagnostics.map((diagnostic) => JSON.stringify(diagnostic))));
  return {
    packages,
    of: ({ environment }) => byEnvironment.get(environment.name),
    diagnostics: packages.flatMap(({ result, isOld }) =>
      result.diagnostics
        .filter((diagnostic) => isNews(diagnostic, told))
        .map((diagnostic) => asWarning(diagnostic, isOld)),
    ),
  };
}

/** Environments by the package that serves them: those of one version of MI that divide the archives alike. */
function groupsThatShare(planned: readonly Planned[], inventory: Inventory): readonly Group[] {
  const [only, ...others] = planned;
  if (only !== undefined && others.length === 0) return [[only]];
  const wayOf = ({ plan, runtimeVersion }: Planned): string => {
    const { mode, sets } = deliveryOf(inventory, plan);
    return JSON.stringify([
      mode,
      runtimeVersion,
      sets.map(({ name, archives }) => [
        mode === 'roles' ? '' : name,
        archives.map((archive) => [
          archive.file,
          archive.artifacts.map(({ name: artifact, serverRole }) => [artifact, serverRole]),
        ]),
      ]),
    ]);
  };
  return [...groupBy(planned, wayOf).values()];
}

type Group = readonly [Planned, ...Planned[]];

/** The package of a group: its archives in every format that an environment of it takes. */
function packageOf(
  group: Group,
  inventory: Inventory,
  folder: string,
  request: PackagesRequest,
): Promise<PackageResult> {
  const [{ plan, runtimeVersion }] = group;
  const formats = [...new Set(group.flatMap(formatsOf))].toSorted();
  const push =
    request.push === undefined || !formats.includes('volume')
      ? {}
      : { push: pushTo(destinationsOf(group, request.push.plainHttp), request.push) };
  return writePackage(inventory, plan, {
    ...request.optionsOf(folder, formats),
    runtimeVersion,
    force: request.force === true,
    dryRun: request.dryRun === true,
    ...(request.transaction === undefined ? {} : { transaction: request.transaction }),
    withDeploymentToml: group.some(({ values }) => valueAt(values, ['runtime', 'deploymentTomlFrom']) === 'image'),
    ...push,
  });
}

function isNews(diagnostic: Diagnostic, told: ReadonlySet<string>): boolean {
  return (
    /^MI-(PKG|DELIVERY|WRITE|PUSH)-/.test(diagnostic.code) ||
    (diagnostic.severity === 'error' && !told.has(JSON.stringify(diagnostic)))
  );
}

function asWarning(diagnostic: Diagnostic, isOld: boolean): Diagnostic {
  if (diagnostic.severity !== 'error') return diagnostic;
  // That the package was to be pushed was asked for, and the values would point at nothing. Beside new values an old
  // package would be deployed.
  if (isOld || /^MI-(PUSH|WRITE)-/.test(diagnostic.code)) return diagnostic;
  return { ...diagnostic, severity: 'warning', message: `${diagnostic.message} The package was not written.` };
}

/** The repositories that environments take their volume from, each once. A reference by digest is somebody else's. */
export function destinationsOf(
  planned: readonly Pick<Planned, 'environment' | 'valuesFiles'>[],
  plainHttp: boolean,
): Destination[] {
  const references = planned
    .map(archiveSourceOf)
    .filter(({ source, reference }) => source === 'imageVolume' && reference !== '' && !reference.includes('@'));
  return [...new Set(references.map(({ reference }) => reference))]
    .toSorted()
    .map((reference) => parseDestination(reference, plainHttp));
}

/** Whether the values of an environment are likely to change once its package is known; see {@link valuesFor}. */
export function waitsForPackage(planned: Pick<Planned, 'environment' | 'valuesFiles' | 'plan'>): boolean {
  return planned.plan.delivery === 'archives' || ['configMap', 'imageVolume'].includes(archiveSourceOf(planned).source);
}

/** The values of an environment, written again now that the digests of what they point at are known. */
export function pointAtPackage(one: EnvironmentValues, packaged: EnvironmentPackages): EnvironmentValues {
  const points = valuesFor(one.environment, one.valuesFiles, packaged.of(one));
  return points === undefined ? one : rewriteValues(one, points.environment, points.context);
}

/** Whether pods would mount archives from ConfigMaps that only a package can name, and none was made. */
export function lacksArchives(packaged: EnvironmentPackages, values: Values): boolean {
  const isRefused = packaged.packages.some(({ result }) => result.state === 'refused');
  const archives = valueAt(values, ['artifacts', 'configMap', 'archives']);
  return (
    isRefused &&
    valueAt(values, ['artifacts', 'source']) === 'configMap' &&
    Object.keys(mappingOf(archives)).length === 0
  );
}

/**
 * What the values of an environment say of its package: digests of volumes, names of ConfigMaps, folders to copy from.
 */
function valuesFor(
  environment: Environment,
  valuesFiles: readonly Values[],
  result: PackageResult | undefined,
):
  | { readonly environment: Environment; readonly context: Pick<WriteContext, 'artifacts' | 'workloadArtifacts'> }
  | undefined {
  if (result === undefined || result.state === 'refused') return undefined;
  const { source, reference } = archiveSourceOf({ environment, valuesFiles });
  const divided = result.delivery.mode === 'archives';
  const pointsAtPackage =
    source === 'configMap' ||
    (source === 'imageVolume' && reference !== '' && !reference.includes('@')) ||
    (source === 'image' && divided);
  if (!pointsAtPackage) return undefined;
  const artifactsOf = (set: PackageSet): Values => pointerTo(set, source, reference);
  if (divided) {
    const workloadArtifacts = Object.fromEntries(result.sets.map((set) => [set.name, artifactsOf(set)]));
    return { environment, context: { workloadArtifacts } };
  }
  const [set] = result.sets;
  if (set === undefined) return { environment, context: {} };
  const artifacts = artifactsOf(set);
  if (source !== 'imageVolume') return { environment, context: { artifacts } };
  // The environment's own reference names the repository; with the digest it lies over it.
  return { environment: { ...environment, values: layerValues(environment.values, { artifacts }) }, context: {} };
}

type PackageSet = PackageResult['sets'][number];

/** `artifacts` of the pods that run a set of archives. */
function pointerTo({ name, configMaps, volumeDigest }: PackageSet, source: string, reference: string): Values {
  switch (source) {
    case 'configMap': {
      const archives = Object.entries(configMaps ?? {}).map(([file, configMap]) => [file, { name: configMap }]);
      return { configMap: { archives: Object.fromEntries(archives) } };
    }
    case 'imageVolume':
      return { imageVolume: { reference: `${reference.replace(/:[^/:]+$/, '')}@${volumeDigest ?? ''}` } };
    default:
      return { source: 'initCopy', initCopy: { from: selectionFolder(name), select: ['*.car'] } };
  }
}
