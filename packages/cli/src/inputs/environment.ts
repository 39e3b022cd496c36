import { basename, relative, resolve } from 'node:path';
import { guardInImage } from '@mi-patterns/delivery';
import { type Diagnostic, imageReference, type Inventory, isBelow } from '@mi-patterns/inventory';
import {
  type Environment,
  type EnvironmentRequest,
  environmentValues,
  type EnvironmentValues,
  type KnownPlaces,
  type LoadedConfiguration,
  locateFindings,
  writtenFindings,
} from '@mi-patterns/values';
import type { Context } from '../context/context.ts';
import { display } from '../context/files.ts';
import { inputPaths } from './load.ts';
import { type PlanFlags, planOptions } from './plan-options.ts';
import { readValuesDocuments } from './values-file.ts';

/** What a command asks of the values of its environments. */
export interface ValuesRun extends Pick<EnvironmentRequest, 'inputs' | 'plans'> {
  readonly flags: PlanFlags;
  readonly loaded: LoadedConfiguration | undefined;
  readonly context: Context;
  readonly withoutPackage?: boolean;
}

/**
 * The plan and the values of one environment; see {@link environmentValues}. Throws CommandFailure for an unreadable
 * values file.
 */
export async function valuesOfEnvironment(
  inventory: Inventory,
  environment: Environment,
  file: string,
  run: ValuesRun,
): Promise<EnvironmentValues> {
  const { flags, loaded, context, inputs, plans, withoutPackage = false } = run;
  const options = await planOptions(flags, loaded, context, environment);
  const documents = readValuesDocuments(environment, loaded, context);
  const valuesFiles = documents.map(({ value }) => value ?? {});
  const guard = guardInImage(environment, valuesFiles, { withoutPackage, images: inventory.images });
  const shown = display(file, context);
  const of = { environment, options, valuesFiles, file, shown, inputs, plans, guard };
  const made = environmentValues(inventory, { ...of, packaged: !withoutPackage, configuration: loaded?.path });
  // The file that is written has what YAML has made of them.
  return { ...made, diagnostics: [...made.diagnostics, ...documents.flatMap(writtenFindings)] };
}

/** Findings of an environment at the place where a user has written what they are about. */
export function locatedFindings(
  { diagnostics, text, shown, environment, carried }: EnvironmentValues,
  inventory: KnownPlaces,
  from: Pick<ValuesRun, 'loaded' | 'context'> & { readonly replicas?: string | undefined },
): readonly Diagnostic[] {
  const { loaded, context, replicas } = from;
  return locateFindings(
    diagnostics,
    { text, shown, environment, inventory, carried },
    { loaded, folder: loaded?.folder ?? context.cwd, display: (file) => display(file, context), replicas },
  );
}

/** Names of the inputs for the header: relative, because a values file must be the same on every machine. */
export function inputNames(
  paths: readonly string[],
  loaded: LoadedConfiguration | undefined,
  context: Context,
): string {
  const base = loaded?.folder ?? context.cwd;
  const names = inputPaths(paths, loaded, context).map((path) => {
    if (imageReference(path)?.transport === 'oci') return path;
    const file = resolve(context.cwd, imageReference(path)?.rest ?? path);
    return isBelow(base, file) ? relative(base, file).replaceAll('\\', '/') || '.' : basename(file);
  });
  return [...new Set(names)].sort().join(', ');
}
