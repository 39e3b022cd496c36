import { versionOfImage } from '@mi-patterns/inventory';
import type { Configuration } from '../generated/configuration.ts';
import type { Settings } from './settings.ts';

/** Versions of MI that are known from elsewhere. */
export interface KnownVersions {
  /** Of the server in the image of the release, which was read. */
  readonly image?: string | undefined;
  /** That the projects are written for. */
  readonly projects?: string | undefined;
}

/** The version of MI to write, and where the file says another one or none. */
export interface RuntimeVersion {
  readonly version: string | undefined;
  readonly doubt?: { readonly place: readonly string[]; readonly message: string; readonly hint: string };
}

/** Of helm-mi (mi/values.yaml, whose image is 4.6.0): its templates mount with it whatever the image is. */
const defaultBuildVersion = '4.5.0';
const deployment = ['wso2', 'deployment'] as const;

/**
 * The version of MI in the image: as it was read, else by the tag of WSO2's image, else by `BuildVersion`. helm-mi uses
 * `BuildVersion` only for the folders that it mounts key stores and archives into (mi/templates/mi-deployment.yaml), so
 * it may long be wrong.
 */
export function runtimeVersion(
  settings: Settings,
  { registry, repository, tag }: NonNullable<Configuration['image']>,
  { image, projects }: KnownVersions,
): RuntimeVersion {
  const named = namedVersion(settings);
  const reference = `${[registry, repository].filter((part) => part !== undefined).join('/')}:${tag ?? ''}`;
  const found = image ?? versionOfImage(reference);
  if (found !== undefined && found !== named && named !== undefined)
    return {
      version: found,
      doubt: {
        place: [...deployment, 'BuildVersion'],
        message: `BuildVersion is ${named}, but the image ${image === undefined ? `${reference} has MI ${found} by its tag` : `has MI ${found}`}: \`runtime.version\` is ${found}.`,
        hint: 'Check that the server has found its key stores and archives until now: helm-mi mounts them into the home of BuildVersion.',
      },
    };
  if (found !== undefined) return { version: found };
  if (named !== undefined) {
    if (projects === undefined || projects === named) return { version: named };
    return {
      version: named,
      doubt: {
        place: [...deployment, 'BuildVersion'],
        message: `BuildVersion is ${named}, and the projects are written for MI ${projects}: \`runtime.version\` is ${named}.`,
        hint: 'Check which version the image has, and change runtime.version if it is another one: the pods look for the home of that version.',
      },
    };
  }
  if (settings.text('wso2.deployment.JKSSecretName') === undefined) return { version: undefined };
  // The folder of the key stores has the version in its name, so the image must be of the same one.
  const version = projects ?? defaultBuildVersion;
  return {
    version,
    doubt: {
      place: [...deployment, 'JKSSecretName'],
      message: `The file names no BuildVersion, so helm-mi mounts the key stores into the home of MI ${defaultBuildVersion}, its default. Here \`runtime.version\` and the mounts are ${version}${version === defaultBuildVersion ? '' : ', the version of the projects'}.`,
      hint: 'If the image has another version, change runtime.version and the paths of workloadDefaults.extraVolumeMounts together.',
    },
  };
}

/** `BuildVersion`, where it is a version that the chart takes. */
function namedVersion(settings: Settings): string | undefined {
  const named = settings.text('wso2.deployment.BuildVersion');
  if (named === undefined || /^[1-9]\d*\.\d+\.\d+(?:[-.][0-9A-Za-z.-]+)?$/.test(named)) return named;
  settings.leave('wso2.deployment.BuildVersion');
  return undefined;
}
