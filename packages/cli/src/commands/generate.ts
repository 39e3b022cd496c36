import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { compareDiagnostics, type Diagnostic, readRegularFile } from '@mi-patterns/inventory';
import type { Plan } from '@mi-patterns/planner';
import {
  describe,
  type Environment,
  environmentNamed,
  environmentsOf,
  writeGenerated,
  type WriteOutcome,
} from '@mi-patterns/values';
import { chartFolder } from '../chart.ts';
import type { Context, GlobalOptions } from '../context.ts';
import {
  environmentValues,
  type EnvironmentValues,
  inputNames,
  inventoryDigest,
  pointAtPackage,
  writtenPlan,
} from '../environment-values.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { CommandFailure } from '../failure.ts';
import { display, loadConfiguration, loadInventory, type LoadedConfiguration, type PlanFlags } from '../load.ts';
import { formatDiagnostics, hasErrors } from '../output/diagnostics.ts';
import { createStyle } from '../output/style.ts';
import { formatTable } from '../output/table.ts';
import { createView } from '../output/view.ts';
import { placesOf, toldWhereWritten } from '../told-where-written.ts';
import { nextSteps } from '../next-steps.ts';
import { usage } from '../usage.ts';
import { type GitOpsFormat, gitOpsFiles } from '../gitops.ts';
import { destinationsOf, type EnvironmentPackages, packageFor } from '../package/for-environments.ts';
import { exitCodeOf } from './package.ts';

type GenerateOptions = GlobalOptions &
  PlanFlags & {
    readonly out: string;
    readonly env?: string;
    readonly force?: boolean;
    readonly package?: boolean;
    readonly format?: GitOpsFormat;
    readonly gitRepository?: string;
    readonly gitRevision?: string;
    readonly push?: boolean;
    readonly plainHttp?: boolean;
  };

/** `mi-patterns generate [PATH...] --out DIR [--env NAME]`: a validated values file for each environment. */
export async function generate(
  paths: readonly string[],
  options: GenerateOptions,
  context: Context,
): Promise<ExitCode> {
  const loaded = await loadConfiguration(options, context);
  const environments = chosenEnvironments(loaded, options);
  const inventory = await loadInventory(paths, loaded, options, context);
  const inputs = [{ path: inputNames(paths, loaded, context), digest: inventoryDigest(inventory) }];
  const out = resolve(context.cwd, options.out);
  const plans = new Map<string, Plan>();
  const generated: EnvironmentValues[] = [];
  for (const environment of environments) {
    const file = join(
      out,
      loaded?.configuration.environments === undefined ? 'values.yaml' : `values-${environment.name}.yaml`,
    );
    generated.push(
      await environmentValues(inventory, environment, {
        file,
        inputs,
        plans,
        flags: options,
        loaded,
        context,
        withoutPackage: options.package === false,
      }),
    );
  }
  const push =
    options.push === true ? { environment: context.environment, plainHttp: options.plainHttp === true } : undefined;
  if (push !== undefined && (options.package === false || destinationsOf(generated, push.plainHttp).length === 0))
    throw new CommandFailure([nothingToPush()], exitCodes.usage);
  // Everything that could refuse is asked before the first file is written.
  const more =
    options.format === undefined ? [] : gitOpsFiles(options.format, environments, { loaded, options, out, context });
  const refusals = refusalsOf(generated, more, out, options, context);
  const told = (one: EnvironmentValues): readonly Diagnostic[] =>
    toldWhereWritten(
      one.diagnostics,
      { text: one.text, shown: display(one.file, context), artifacts: placesOf(inventory) },
      one.environment,
      loaded,
      context,
    );
  const packaged =
    options.package === false ||
    refusals.length > 0 ||
    hasErrors(blocking(generated.flatMap(({ diagnostics }) => diagnostics)))
      ? undefined
      : await packageFor(generated, inventory, join(out, 'package'), {
          loaded,
          options,
          context,
          force: options.force === true,
          ...(push === undefined ? {} : { push }),
        });
  const delivered =
    packaged === undefined ? generated : generated.map((one) => pointAtPackage(one, packaged, inputs, context));
  const diagnostics = unique([...delivered.flatMap(told), ...(packaged?.diagnostics ?? [])]);
  const outcomes = hasErrors(blocking(diagnostics))
    ? []
    : refusals.length > 0
      ? refusals
      : writeAll(delivered, more, out, options, context);
  const refused = outcomes.flatMap((outcome) => (outcome.state === 'refused' ? [outcome.diagnostic] : []));
  const all = [...diagnostics, ...refused];
  if (options.json)
    context.stdout(`${JSON.stringify(generateDocument(delivered, outcomes, all, packaged), null, 2)}\n`);
  else tell(delivered, outcomes, all, { options, context, packaged, loaded });
  return exitCodeOf(all);
}

/** A setting that is missing keeps no file from being written: the values list it for its owner to fill in. */
function blocking(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return diagnostics.filter(({ code }) => code !== 'MI-READY-SETTING');
}

type Files = readonly { readonly file: string; readonly text: string }[];

/** What would be refused if these files were written: all or none of them are, since the files of one plan belong together. */
function refusalsOf(
  generated: Files,
  more: Files,
  out: string,
  options: GenerateOptions,
  context: Context,
): readonly WriteOutcome[] {
  const files = [...generated, ...more].map(({ file, text }) =>
    writeGenerated(file, text, { force: options.force === true, dryRun: true, shown: display(file, context) }),
  );
  return [...files, ...schemaRefusal(join(out, schemaName), options, context)].filter(
    ({ state }) => state === 'refused',
  );
}

function writeAll(
  generated: Files,
  more: Files,
  out: string,
  options: GenerateOptions,
  context: Context,
): readonly WriteOutcome[] {
  const schema = join(out, schemaName);
  const outcomes = [...generated, ...more].map(({ file, text }) =>
    writeGenerated(file, text, { force: options.force === true, shown: display(file, context) }),
  );
  // Editors complete and check the values with the schema beside them.
  return [
    ...outcomes,
    writeGenerated(schema, readFileSync(join(chartFolder(), schemaName), 'utf8'), {
      force: true,
      shown: display(schema, context),
    }),
  ];
}

const schemaName = 'values.schema.json';

/** JSON has no comments to seal: a schema is ours when it has the title of the chart's. */
function schemaRefusal(file: string, options: GenerateOptions, context: Context): readonly WriteOutcome[] {
  if (options.force === true || !existsSync(file)) return [];
  const titleOf = (path: string): unknown => {
    try {
      return (JSON.parse(readRegularFile(path).toString('utf8')) as { readonly title?: unknown } | null)?.title;
    } catch {
      return undefined;
    }
  };
  const path = display(file, context);
  if (titleOf(file) === titleOf(join(chartFolder(), schemaName))) return [];
  return [
    {
      state: 'refused',
      path,
      diagnostic: describe(
        'MI-WRITE-FOREIGN',
        `${path} exists and is not the schema of the chart; it is left as it is.`,
        { path, line: 1, column: 1 },
      ),
    },
  ];
}

function chosenEnvironments(loaded: LoadedConfiguration | undefined, options: GenerateOptions): readonly Environment[] {
  const configuration = loaded?.configuration ?? {};
  if (options.env === undefined) return environmentsOf(configuration);
  if (loaded === undefined)
    throw new CommandFailure(
      [
        usage(
          `--env ${options.env} names an environment, but there is no mi-patterns.yaml here or above.`,
          'Name the configuration with --config FILE, write one with mi-patterns init, or leave --env away.',
        ),
      ],
      exitCodes.usage,
    );
  const found = environmentNamed(configuration, options.env, { path: loaded.path, line: 1, column: 1 });
  if ('diagnostic' in found) throw new CommandFailure([found.diagnostic], exitCodes.usage);
  return [found.environment];
}

function nothingToPush(): Diagnostic {
  return usage(
    '--push has nothing to push: no environment takes its archives from a volume in a repository that the values name.',
    'Set `artifacts.source: imageVolume` and `artifacts.imageVolume.reference: REGISTRY/REPOSITORY:TAG` in the values of an environment, and leave --no-package away.',
  );
}

function unique(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return [...new Map(diagnostics.map((diagnostic) => [JSON.stringify(diagnostic), diagnostic])).values()].sort(
    compareDiagnostics,
  );
}

function generateDocument(
  generated: readonly EnvironmentValues[],
  outcomes: readonly WriteOutcome[],
  diagnostics: readonly Diagnostic[],
  packaged: EnvironmentPackages | undefined,
): object {
  return {
    environments: generated.map((one) => ({
      name: one.environment.name,
      ...writtenPlan(one),
      workloads: writtenPlan(one).workloads.map(({ name, type, replicas }) => ({ name, type, replicas })),
    })),
    files: outcomes.map(({ path, state }) => ({ path, state })),
    packages:
      packaged?.packages.map(({ out, result }) => ({
        path: out,
        state: result.state,
        mode: result.delivery.mode,
        roles: result.delivery.roles,
        sets: result.sets,
        pushed: result.pushed,
      })) ?? [],
    diagnostics,
  };
}

function tell(
  generated: readonly EnvironmentValues[],
  outcomes: readonly WriteOutcome[],
  diagnostics: readonly Diagnostic[],
  {
    options,
    context,
    packaged,
    loaded,
  }: {
    readonly options: GenerateOptions;
    readonly context: Context;
    readonly packaged: EnvironmentPackages | undefined;
    readonly loaded: LoadedConfiguration | undefined;
  },
): void {
  const style = createStyle(context.colour);
  const lines = formatDiagnostics(diagnostics, createView(context, options));
  if (lines.length > 0) context.stderr(`${lines.join('\n')}\n\n`);
  if (outcomes.every(({ state }) => state === 'refused')) {
    context.stderr(
      `${packaged?.packages.some(({ result }) => result.state !== 'refused') === true ? 'No values file' : 'Nothing'} was written.\n`,
    );
    return;
  }
  const rows = [
    ...outcomes.map(({ path, state }) => [state, path]),
    ...(packaged?.packages ?? []).map(({ out, result }) => [
      result.state === 'refused' ? 'not written' : result.state,
      `${out}/`,
    ]),
  ];
  context.stdout(`${formatTable(rows, undefined).join('\n')}\n`);
  for (const { reference, tag, state } of packaged?.packages.flatMap(({ result }) => result.pushed) ?? [])
    context.stdout(
      `${state === 'pushed' ? 'pushed' : 'already there'}: ${reference}${tag === undefined ? '' : ` (${tag})`}\n`,
    );
  if (options.quiet || hasErrors(diagnostics)) return;
  context.stdout(
    `\nNext:\n${nextSteps(generated, packaged, { loaded, context, style })
      .map((line) => `  ${line}`)
      .join('\n')}\n`,
  );
}
