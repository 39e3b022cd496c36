import { existsSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import {
  compareDiagnostics,
  type FilesRead,
  type OpenRegistryImage,
  imageReference,
  type Inventory,
  printable,
  readInventory,
  readNamedFile,
  readRegularFile,
  relativePath,
  withImagePath,
  withServedDataSources,
  withServedPorts,
} from '@mi-patterns/inventory';
import { findConfiguration, type LoadedConfiguration } from '@mi-patterns/values';
import type { Context, GlobalOptions } from '../context/context.ts';
import { exitCodes } from '../context/exit-codes.ts';
import { CommandFailure } from '../context/failure.ts';
import { display, readText } from '../context/files.ts';
import { createProgress } from '../output/progress.ts';
import { collectFor, collectLessOften } from './memory.ts';
import { beyondRead, writtenConfigurations } from './server-configurations.ts';

/**
 * The configuration that `--config` names, or the nearest `mi-patterns.yaml` upward from `start`; undefined when there
 * is none. Throws {@link CommandFailure} when it cannot be read or has faults.
 */
export async function loadConfiguration(
  options: GlobalOptions,
  context: Context,
  start = context.cwd,
): Promise<LoadedConfiguration | undefined> {
  const file = options.config === undefined ? findConfiguration(start) : resolve(context.cwd, options.config);
  if (file === undefined) return undefined;
  const path = display(file, context);
  // A file that was found and not named may be anything; only a named one may be a pipe.
  const text = readText(file, path, undefined, options.config === undefined ? readRegularFile : readNamedFile);
  const { loadedConfiguration } = await import('./configuration.ts');
  const read = loadedConfiguration(text, { path, folder: dirname(file) });
  if (read.loaded === undefined) throw new CommandFailure(read.diagnostics, exitCodes.usage);
  // It may belong to another project than the one in this folder.
  if (options.config === undefined && dirname(file) !== context.cwd && !options.quiet)
    context.stderr(`Using ${printable(path)}.\n`);
  return read.loaded;
}

/**
 * The inventory of the given paths, or of the configuration's `artifacts` when no path is given, with the
 * `deployment.toml` files that the chart writes beside those that were read. Throws InputError for unreadable input and
 * {@link CommandFailure} when neither says what to read.
 * What is read of files is kept in `filesRead`, for a package.
 */
export async function loadInventory(
  paths: readonly string[],
  loaded: LoadedConfiguration | undefined,
  { filesRead, ...options }: GlobalOptions & { readonly filesRead?: FilesRead | undefined },
  context: Context,
): Promise<Inventory> {
  const progress = createProgress(context, options);
  const wanted = inputPaths(paths, loaded, context);
  if (paths.length === 0 && loaded !== undefined) await mustExist(loaded);
  try {
    const read = await readInventory(wanted, {
      cwd: context.cwd,
      filesRead,
      openRegistryImage: await imageClient(wanted, options, context),
      onProgress: ({ path, artifacts }) => {
        collectFor(artifacts);
        progress.count(`Reading ${path}`, artifacts, 'artifacts');
      },
    });
    const { configurations, given, environmentVersions, diagnostics } = await writtenConfigurations(
      loaded,
      read.configurations,
      context,
    );
    const served = withServedDataSources({
      ...read,
      configurations: [...read.configurations, ...configurations],
      ...(given.length === 0 ? {} : { given, environmentVersions }),
      diagnostics: [...read.diagnostics, ...beyondRead(diagnostics, read.diagnostics)].toSorted(compareDiagnostics),
    });
    const inventory = withServedPorts(served);
    if (given.length === 0) return inventory;
    const { withGivenValues } = await import('@mi-patterns/planner');
    return withGivenValues(inventory);
  } finally {
    progress.done();
  }
}

/** The client of registries, loaded only where an image is to be read from one. */
export async function imageClient(
  paths: readonly string[],
  options: GlobalOptions,
  context: Context,
): Promise<OpenRegistryImage | undefined> {
  const transports = paths.map((path) => imageReference(path)?.transport);
  if (transports.some((transport) => transport !== undefined)) collectLessOften();
  if (!transports.includes('oci')) return undefined;
  const { registryImages } = await import('@mi-patterns/delivery');
  return registryImages({ environment: context.environment, plainHttp: options.plainHttp === true });
}

/** Paths of the configuration that do not exist are told where it names them, as they are written there. */
async function mustExist({ configuration, folder, path, text }: LoadedConfiguration): Promise<void> {
  const missing = (configuration.artifacts ?? []).flatMap((name, index) =>
    imageReference(name) !== undefined || existsSync(resolve(folder, name)) ? [] : [{ name, index }],
  );
  if (missing.length === 0) return;
  const { locate, readYaml } = await import('./configuration.ts');
  const file = readYaml(text, path, 'MI-CONFIG', 'yaml-1.2');
  throw new CommandFailure(
    missing.map(({ name, index }) => ({
      code: 'MI-INPUT-MISSING',
      severity: 'error',
      message: `${name} does not exist.`,
      hint: 'Correct the path under `artifacts`; it is relative to the configuration.',
      source: locate(file, ['artifacts', String(index)], 'value').source,
    })),
    exitCodes.usage,
  );
}

/**
 * The paths to read: the operands, else the configuration's `artifacts`, else its folder or, without one, the current
 * folder.
 */
export function inputPaths(
  paths: readonly string[],
  loaded: LoadedConfiguration | undefined,
  context: Context,
): readonly string[] {
  if (paths.length > 0) return paths;
  if (loaded === undefined) return ['.'];
  // A configuration without a list stands in the folder that it is about.
  const artifacts = loaded.configuration.artifacts ?? [];
  if (artifacts.length === 0) return [relativePath(context.cwd, loaded.folder)];
  return artifacts.map((path) =>
    imageReference(path) === undefined
      ? relativePath(context.cwd, resolve(loaded.folder, path))
      : withImagePath(path, (file) => relative(context.cwd, resolve(loaded.folder, file)) || '.'),
  );
}
