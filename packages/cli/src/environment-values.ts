import { createHash } from 'node:crypto';
import { relative, resolve } from 'node:path';
import type { Diagnostic, Inventory } from '@mi-patterns/inventory';
import { type Plan, plan } from '@mi-patterns/planner';
import { type Environment, type Values, writeValues } from '@mi-patterns/values';
import type { Context } from './context.ts';
import { display, inputPaths, type LoadedConfiguration, type PlanFlags, planOptions } from './load.ts';
import { type EnvironmentPackages, valuesFor } from './package/for-environments.ts';
import { readValuesFiles } from './values-file.ts';

/** What becomes of one environment: its plan and its values. */
export interface EnvironmentValues {
  readonly environment: Environment;
  readonly plan: Plan;
  readonly file: string;
  readonly text: string;
  readonly valuesFiles: readonly Values[];
  readonly diagnostics: readonly Diagnostic[];
}

type Inputs = readonly { readonly path: string; readonly digest: string }[];

/**
 * The plan and the values file of one environment, as `generate` writes it and `rollout` brings it to a cluster; nothing is
 * written. `plans` keeps plans by what decides them. Throws CommandFailure when a values file cannot be read.
 */
export async function environmentValues(
  inventory: Inventory,
  environment: Environment,
  from: { readonly file: string; readonly inputs: Inputs; readonly plans: Map<string, Plan>; readonly flags: PlanFlags; readonly loaded: LoadedConfiguration | undefined; readonly context: Context; readonly withoutPackage?: boolean },
): Promise<EnvironmentValues> {
  const flags = await planOptions(from.flags, from.loaded, from.context, environment);
  const valuesFiles = readValuesFiles(environment, from.loaded, from.context);
  // Environments of the same pattern share a plan: planning a large inventory once is enough.
  const key = JSON.stringify([flags.pattern, flags.coordination, flags.replicas]);
  const result = from.plans.get(key) ?? plan(inventory, flags);
  from.plans.set(key, result);
  const { text, diagnostics } = writeValues(result, environment, { schema: './values.schema.json', inputs: from.inputs, valuesFiles, archivesFollow: from.withoutPackage !== true }, display(from.file, from.context));
  return { environment, plan: result, file: from.file, text, valuesFiles, diagnostics: [...planFindings(result), ...diagnostics.map((diagnostic) => besideProject(diagnostic, inventory))] };
}

/** Findings of the plan that values cannot answer: whether there is a coordination database they say themselves. */
function planFindings({ diagnostics }: Plan): readonly Diagnostic[] {
  return diagnostics.filter(({ code }) => code !== 'MI-DB-MISSING');
}

/** The database that the values lack is often in the deployment.toml of the project, which is not what the chart delivers. */
function besideProject(diagnostic: Diagnostic, { configurations }: Inventory): Diagnostic {
  const places = configurations.flatMap(({ coordinationDatabase }) => coordinationDatabase ?? []);
  if (diagnostic.code !== 'MI-VALUES-COORDINATION-URL' || places.length === 0) return diagnostic;
  return { ...diagnostic, related: places, hint: 'The chart writes deployment.toml from the values and does not deliver that of the project: carry its data source over to `coordination.database` (`url`, `driver`) under `values`, or use `coordination: isolate`.' };
}

/** The values again, now that the digests of what they point at are known. */
export function pointAtPackage(one: EnvironmentValues, packaged: EnvironmentPackages, inputs: Inputs, context: Context): EnvironmentValues {
  const points = valuesFor(one.environment, one.valuesFiles, packaged.of(one.plan));
  if (points === undefined) return one;
  const written = writeValues(one.plan, points.environment, { schema: './values.schema.json', inputs, valuesFiles: one.valuesFiles, ...points.context }, display(one.file, context));
  return { ...one, text: written.text, diagnostics: [...planFindings(one.plan), ...written.diagnostics] };
}

/** Names of the inputs for the header: relative, because a values file must be the same on every machine. */
export function inputNames(paths: readonly string[], loaded: LoadedConfiguration | undefined, context: Context): string {
  const base = loaded?.folder ?? context.cwd;
  const names = inputPaths(paths, loaded, context).map((path) => {
    const name = relative(base, resolve(context.cwd, path)).replaceAll('\\', '/');
    return name === '' ? '.' : name.startsWith('..') ? (name.split('/').pop() ?? name) : name;
  });
  return [...new Set(names)].sort().join(', ');
}

/** Digest of what was read, the places left out, so that it is the same wherever the project lies. */
export function inventoryDigest(inventory: Inventory): string {
  const hash = createHash('sha256');
  for (const part of [inventory.artifacts, inventory.references]) {
    for (let start = 0; start < part.length; start += digestBatch) hash.update(part.slice(start, start + digestBatch).map((entry) => JSON.stringify(withoutPlaces(entry))).join(''));
  }
  return `sha256:${hash.digest('hex')}`;
}

/** Artifacts hashed at a time: calls into the hash cost more than what they hash. */
const digestBatch = 200;

/** A copy without what says where something lies. A third of the time of a replacer, which JSON.stringify calls for each value. */
function withoutPlaces(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.length === 0 ? value : value.map(withoutPlaces);
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    if (key !== 'source' && key !== 'duplicates' && key !== 'path') copy[key] = withoutPlaces((value as Record<string, unknown>)[key]);
  }
  return copy;
}
