import { join } from 'node:path';
import { type FilesRead, homeFolder } from '@mi-patterns/inventory';
import { type PackageOptions, type PackagesRequest, parseDestination, pushTo } from '@mi-patterns/delivery';
import { environmentsOf, type LoadedConfiguration, runtimeVersions, valueAt } from '@mi-patterns/values';
import type { Context } from '../context/context.ts';
import { display } from '../context/files.ts';
import type { Progress } from '../output/progress.ts';

/** What is wanted of a package, and what the configuration says of it. */
export function packageOptions(
  wanted: Pick<PackageOptions, 'out' | 'formats' | 'filesRead'>,
  loaded: LoadedConfiguration | undefined,
  context: Context,
): PackageOptions {
  const configuration = loaded?.configuration ?? {};
  const version = configuration.runtime?.version;
  const home = homeFolder(context.environment);
  return {
    ...wanted,
    shown: display(wanted.out, context),
    cwd: context.cwd,
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
  filesRead: FilesRead | undefined,
): Pick<PackagesRequest, 'out' | 'shown' | 'optionsOf'> {
  return {
    out,
    shown: (folder) => display(folder, context),
    optionsOf: (folder, formats) => packageOptions({ out: folder, formats, filesRead }, loaded, context),
  };
}
