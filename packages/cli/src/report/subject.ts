import { relative, resolve } from 'node:path';
import { imageReference, type Inventory, inventoryDigest } from '@mi-patterns/inventory';
import type { Plan } from '@mi-patterns/planner';
import {
  environmentsOf,
  mappingOf,
  layerValues,
  type LoadedConfiguration,
  type Values,
  valuesOf,
} from '@mi-patterns/values';
import { stringify } from 'yaml';
import type { Context } from '../context/context.ts';
import { inputNames } from '../inputs/environment.ts';
import { shellWord } from '../output/shell.ts';
import { createView } from '../output/view.ts';
import { version } from '../context/version.ts';
import type { ReportSubject } from './data.ts';

/** What the report says of itself: for which release and environments, from which input, by which command. */
export function reportSubject(
  inventory: Inventory,
  plan: Plan,
  from: {
    readonly paths: readonly string[];
    readonly loaded: LoadedConfiguration | undefined;
    readonly context: Context;
  },
): ReportSubject {
  const { loaded, paths, context } = from;
  const { release, environments } = loaded?.configuration ?? {};
  return {
    ...(release === undefined ? {} : { release }),
    environments: Object.keys(environments ?? {}),
    digest: inventoryDigest(inventory),
    inputs: inputNames(paths, loaded, context),
    generate: generateCommand(paths, context),
    version,
    values: workloadValues(plan),
    textOf: createView(context, { verbose: false }).textOf,
  };
}

/**
 * The values of each workload as `generate` writes them for an environment of which nothing is said: what the plan
 * causes.
 */
function workloadValues(plan: Plan): ReadonlyMap<string, string> {
  const [environment] = environmentsOf({});
  if (environment === undefined || plan.workloads.length === 0) return new Map();
  const { workloads } = valuesOf(plan, environment, {});
  const recovered = plan.workloads.map(({ name, recovery, standby }) => [name, { recovery, standby }] as const);
  const recoveries = JSON.parse(JSON.stringify(Object.fromEntries(recovered))) as Values;
  return new Map(
    Object.entries(layerValues(mappingOf(workloads), recoveries)).map(([name, own]) => [
      name,
      stringify({ workloads: { [name]: own } }, { lineWidth: 0 }).trimEnd(),
    ]),
  );
}

/** The same for the same paths, in whatever order and spelling they were given. */
function generateCommand(paths: readonly string[], { cwd }: Pick<Context, 'cwd'>): string {
  const names = paths.map((path) =>
    imageReference(path) === undefined ? relative(cwd, resolve(cwd, path)).replaceAll('\\', '/') || '.' : path,
  );
  return ['mi-patterns generate', ...[...new Set(names)].toSorted().map(shellWord), '--out deploy'].join(' ');
}
