import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { compareDiagnostics, type Diagnostic, type Inventory } from '@mi-patterns/inventory';
import { type Plan, plan, type PlanOptions } from '@mi-patterns/planner';
import { type Environment, environmentNamed, environmentsOf, type Values, writeGenerated, type WriteOutcome, writeValues } from '@mi-patterns/values';
import { chartFolder } from '../chart.ts';
import type { Context, GlobalOptions } from '../context.ts';
import { planTitle } from '../diagrams/text.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { CommandFailure } from '../failure.ts';
import { display, inputPaths, loadConfiguration, loadInventory, type LoadedConfiguration, type PlanFlags, planOptions } from '../load.ts';
import { formatDiagnostics, hasErrors } from '../output/diagnostics.ts';
import { createStyle } from '../output/style.ts';
import { formatTable } from '../output/table.ts';
import { readValuesFile } from '../values-file.ts';

type GenerateOptions = GlobalOptions & PlanFlags & { readonly out: string; readonly env?: string; readonly force?: boolean };

/** What becomes of one environment: its plan and its values file, written to disk only when every environment is sound. */
interface Generated {
  readonly environment: Environment;
  readonly plan: Plan;
  readonly file: string;
  readonly text: string;
  readonly diagnostics: readonly Diagnostic[];
}

/** `mi-patterns generate [PATH...] --out DIR [--env NAME]`: a validated values file for each environment. */
export async function generate(paths: readonly string[], options: GenerateOptions, context: Context): Promise<ExitCode> {
  const loaded = loadConfiguration(options, context);
  const environments = chosenEnvironments(loaded, options);
  const inventory = await loadInventory(paths, loaded, options, context);
  const inputs = [{ path: inputNames(paths, loaded, context), digest: inventoryDigest(inventory) }];
  const out = resolve(context.cwd, options.out);
  const plans = new Map<string, Plan>();
  const generated = environments.map((environment) => {
    const flags = planOptions(options, loaded, context, environment);
    const file = join(out, loaded?.configuration.environments === undefined ? 'values.yaml' : `values-${environment.name}.yaml`);
    const valuesFiles = environment.valuesFiles.map((path) => readValuesFile(resolve(loaded?.folder ?? context.cwd, path), context));
    return generateOne(inventory, environment, flags, { file, inputs, valuesFiles, plans }, context);
  });
  const diagnostics = unique([...generated.flatMap((one) => one.diagnostics)]);
  const outcomes = hasErrors(diagnostics) ? [] : writeAll(generated, out, options, context);
  const refused = outcomes.flatMap((outcome) => (outcome.state === 'refused' ? [outcome.diagnostic] : []));
  const all = [...diagnostics, ...refused];
  if (options.json) context.stdout(`${JSON.stringify(generateDocument(generated, outcomes, all), null, 2)}\n`);
  else tell(generated, outcomes, all, options, context);
  return hasErrors(all) ? exitCodes.findings : exitCodes.fine;
}

function generateOne(
  inventory: Inventory,
  environment: Environment,
  flags: PlanOptions,
  from: { readonly file: string; readonly inputs: readonly { readonly path: string; readonly digest: string }[]; readonly valuesFiles: readonly Values[]; readonly plans: Map<string, Plan> },
  context: Context,
): Generated {
  // Environments of the same pattern share a plan: planning a large inventory once is enough.
  const key = JSON.stringify([flags.pattern, flags.coordination, flags.replicas]);
  const result = from.plans.get(key) ?? plan(inventory, flags);
  from.plans.set(key, result);
  const shown = display(from.file, context);
  const { text, diagnostics } = writeValues(result, environment, { schema: './values.schema.json', inputs: from.inputs, valuesFiles: from.valuesFiles }, shown);
  return { environment, plan: result, file: from.file, text, diagnostics: [...result.diagnostics, ...diagnostics] };
}

function writeAll(generated: readonly Generated[], out: string, options: GenerateOptions, context: Context): readonly WriteOutcome[] {
  const force = options.force === true;
  const schema = join(out, 'values.schema.json');
  const outcomes = generated.map(({ file, text }) => writeGenerated(file, text, { force, shown: display(file, context) }));
  // Editors complete and check the values with the schema beside them. JSON has no comments to seal, so it is always ours.
  return [...outcomes, writeGenerated(schema, readFileSync(join(chartFolder(), 'values.schema.json'), 'utf8'), { force: true, shown: display(schema, context) })];
}

function chosenEnvironments(loaded: LoadedConfiguration | undefined, options: GenerateOptions): readonly Environment[] {
  const configuration = loaded?.configuration ?? {};
  if (options.env === undefined) return environmentsOf(configuration);
  const found = environmentNamed(configuration, options.env, { path: loaded?.path ?? 'mi-patterns.yaml', line: 1, column: 1 });
  if ('diagnostic' in found) throw new CommandFailure([found.diagnostic], exitCodes.usage);
  return [found.environment];
}

/** Names of the inputs for the header: relative, because a values file must be the same on every machine. */
function inputNames(paths: readonly string[], loaded: LoadedConfiguration | undefined, context: Context): string {
  const base = loaded?.folder ?? context.cwd;
  return inputPaths(paths, loaded, context)
    .map((path) => {
      const name = relative(base, resolve(context.cwd, path)).replaceAll('\\', '/');
      return name === '' ? '.' : name.startsWith('..') ? (name.split('/').pop() ?? name) : name;
    })
    .sort()
    .join(', ');
}

/** Digest of what was read, the places left out, so that it is the same wherever the project lies. */
function inventoryDigest(inventory: Inventory): string {
  const withoutPlaces = (key: string, value: unknown): unknown => (key === 'source' || key === 'duplicates' || key === 'path' ? undefined : value);
  const hash = createHash('sha256');
  for (const artifact of inventory.artifacts) hash.update(JSON.stringify(artifact, withoutPlaces));
  for (const reference of inventory.references) hash.update(JSON.stringify(reference, withoutPlaces));
  return `sha256:${hash.digest('hex')}`;
}

function unique(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return [...new Map(diagnostics.map((diagnostic) => [JSON.stringify(diagnostic), diagnostic])).values()].sort(compareDiagnostics);
}

function generateDocument(generated: readonly Generated[], outcomes: readonly WriteOutcome[], diagnostics: readonly Diagnostic[]): object {
  return {
    environments: generated.map(({ environment, plan: result }) => ({ name: environment.name, pattern: result.pattern, workloads: result.workloads.map(({ name, type, replicas }) => ({ name, type, replicas })) })),
    files: outcomes.map(({ path, state }) => ({ path, state })),
    diagnostics,
  };
}

function tell(generated: readonly Generated[], outcomes: readonly WriteOutcome[], diagnostics: readonly Diagnostic[], options: GenerateOptions, context: Context): void {
  const style = createStyle(context.colour);
  const lines = formatDiagnostics(diagnostics, style, context.columns, options.verbose);
  if (lines.length > 0) context.stderr(`${lines.join('\n')}\n\n`);
  if (outcomes.length === 0) {
    context.stderr('Nothing was written.\n');
    return;
  }
  context.stdout(`${formatTable(outcomes.map(({ path, state }) => [state, path]), undefined).join('\n')}\n`);
  if (options.quiet) return;
  const chart = display(chartFolder(), context);
  const next = generated.map(({ environment, file, plan: result }) => [
    style.dim(`# ${environment.name}: ${planTitle(result)}`),
    `helm upgrade --install ${environment.release} ${chart} --values ${display(file, context)}${environment.namespace === undefined ? '' : ` --namespace ${environment.namespace} --create-namespace`}${environment.context === undefined ? '' : ` --kube-context ${environment.context}`}`,
  ]);
  context.stdout(`\nNext:\n${next.flat().map((line) => `  ${line}`).join('\n')}\n`);
}
