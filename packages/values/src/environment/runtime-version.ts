import { compareVersions, type Diagnostic, type Inventory } from '@mi-patterns/inventory';
import { type Environment, namedVersion } from '../configuration/environments.ts';
import { describe } from '../findings/catalogue.ts';
import { runtimeVersions } from '../generated/runtime-versions.ts';
import { layerValues, type Values } from '../mapping/merge.ts';

/**
 * The version of MI that an environment runs: as its values or its configuration say, else the newest that a project is
 * written for, else that of the chart. Values and image are made for the same one.
 */
export function runtimeVersionOf(
  inventory: Inventory,
  environment: Environment,
  valuesFiles: readonly Values[],
): string {
  return (
    namedVersion(environment, layered(environment, valuesFiles)) ??
    projectVersions(inventory).at(-1) ??
    runtimeVersions.default
  );
}

/**
 * What there is to say about the version that an environment runs: that it was assumed, or is older than a project
 * needs.
 */
export function runtimeVersionFindings(
  inventory: Inventory,
  environment: Environment,
  valuesFiles: readonly Values[],
): readonly Diagnostic[] {
  const version = runtimeVersionOf(inventory, environment, valuesFiles);
  const isNamed = namedVersion(environment, layered(environment, valuesFiles)) !== undefined;
  return [...olderVersion(inventory, version), ...(isNamed ? [] : assumedVersion(inventory, version))];
}

/**
 * That the chart does not know the version that is named for a package. Of the values that `generate` writes, the chart
 * itself says so.
 */
export function unknownRuntimeVersion({ runtime: { version } }: Pick<Environment, 'runtime'>): readonly Diagnostic[] {
  const { from, before } = runtimeVersions;
  // As the chart does: 4.8.0-beta counts as 4.8.0.
  const release = version?.match(/^\d+\.\d+\.\d+/)?.[0];
  if (release === undefined || (compareVersions(release, from) >= 0 && compareVersions(release, before) < 0)) return [];
  const message = `The version of MI is ${version}, but the chart is made for Micro Integrator >=${from} <${before}.`;
  return [describe('MI-VALUES-RUNTIME-VERSION', message, undefined)];
}

function layered({ values }: Environment, valuesFiles: readonly Values[]): Values {
  return [...valuesFiles, values].reduce(layerValues, {});
}

/** The version decides user, folders and Java version, so a guess is reported. */
function assumedVersion(inventory: Inventory, version: string): readonly Diagnostic[] {
  if (projectVersions(inventory).length > 0) return [];
  return [
    describe(
      'MI-PKG-RUNTIME-ASSUMED',
      `Nothing names the version of Micro Integrator, so the values and the image are made for ${version}.`,
      inventory.applications[0]?.source,
      'Name it in mi-patterns.yaml: `runtime: {version: 4.4.0}`. It decides the user, the home folder and the Java version.',
    ),
  ];
}

/** A version as images have it, with three numbers: `4.4` is the first release of its line. */
function complete(version = ''): string {
  return /^[1-9]\d*\.\d+$/.test(version) ? `${version}.0` : version;
}

/** Versions that projects are written for, the newest last. */
function projectVersions({ applications }: Inventory): readonly string[] {
  return applications
    .map(({ runtimeVersion }) => complete(runtimeVersion))
    .filter((version) => /^[1-9]\d*\.\d+\.\d+([-.][0-9A-Za-z.-]+)?$/.test(version))
    .toSorted(compareVersions);
}

function olderVersion(inventory: Inventory, version: string): readonly Diagnostic[] {
  const newest = projectVersions(inventory).at(-1);
  if (newest === undefined || compareVersions(version, newest) >= 0) return [];
  const application = inventory.applications.find(({ runtimeVersion }) => complete(runtimeVersion) === newest);
  const message = `${application?.name ?? 'A project'} is written for Micro Integrator ${newest}, but \`runtime.version\` is ${version}.`;
  return [describe('MI-PKG-RUNTIME', message, application?.source)];
}
