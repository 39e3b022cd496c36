import { join } from 'node:path';
import { homeFolder } from '@mi-patterns/inventory';
import {
  type PackageFormat,
  type PackageOptions,
  type PackagesRequest,
  parseDestination,
  pushTo,
} from '@mi-patterns/delivery';
import { environmentsOf, type LoadedConfiguration, runtimeVersions, valueAt } from '@mi-patterns/values';
import type { Context } from '../context/context.ts';
import { display } from '../context/files.ts';
import type { Progress } from '../output/progress.ts';

/** What the configuration says of a package. */
export function packageOptions(
  out: string,
  loaded: LoadedConfiguration | undefined,
  context: Context,
  formats: readonly PackageFormat[],
): PackageOptions {
  const configuration = loaded?.configuration ?? {};
  const version = configuration.runtime?.version;
  const home = homeFolder(context.environment);
  return {
    out,
    shown: display(out, context),
    cwd: context.cwd,
    formats,
    ...(version === undefined ? {} : { runtimeVersion: version }),
    defaultRuntimeVersion: runtimeVersions.default,
    withDeploymentToml: environmentsOf(configuration).some(
      ({ values }) => valueAt(values, ['runtime', 'deploymentTomlFrom']) === 'image',
    ),
    ...(home === undefined ? {} : { mavenRepository: join(home, '.m2', 'repository') }),
  };
}

/**
 * The registry that `--push` names, for the options of a package; nothing without it. Throws RegistryFailure for a
 * destination that is none.
 */
export function pushOptions(
  { push, plainHttp = false }: { readonly push?: string; readonly plainHttp?: boolean },
  { environment }: Context,
  progress: Progress,
): Pick<PackageOptions, 'push'> {
  if (push === undefined) return {};
  const options = { environment, plainHttp, onProgress: progress.step };
  return { push: pushTo([parseDestination(push, plainHttp)], options) };
}

/** What the packages of environments have in common, from the configuration. */
export function packagesRequest(
  out: string,
  loaded: LoadedConfiguration | undefined,
  context: Context,
): Pick<PackagesRequest, 'out' | 'shown' | 'optionsOf'> {
  return {
    out,
    shown: (folder) => display(folder, context),
    optionsOf: (folder, formats) => packageOptions(folder, loaded, context, formats),
  };
}
