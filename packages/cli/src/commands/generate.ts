import { join, resolve } from 'node:path';
import {
  compareDiagnostics,
  type Diagnostic,
  createFilesRead,
  distinctBy,
  type FilesRead,
  hasErrors,
  type Inventory,
  inventoryDigest,
} from '@mi-patterns/inventory';
import { beginJudgement, findTool, withChartFaults } from '@mi-patterns/helm';
import { isMissingSetting, namesEnvironments, type Plan, readinessOfAll } from '@mi-patterns/planner';
import {
  createTransaction,
  type Environment,
  environmentsOf,
  type EnvironmentValues,
  type KnownPlaces,
  type LoadedConfiguration,
  type Transaction,
  type WriteOutcome,
} from '@mi-patterns/values';
import type { Context, GlobalOptions } from '../context/context.ts';
import { chartAsJudge } from '../chart.ts';
import { inputNames, locatedFindings, valuesOfEnvironment } from '../inputs/environment.ts';
import { type ExitCode, exitCodeOf } from '../context/exit-codes.ts';
import { wrongUse } from '../context/failure.ts';
import { type GeneratedFiles, outcomesOf, valuesFileName, writeFiles } from '../generate/files.ts';
import { generateDocument, tell } from '../generate/output.ts';
import { loadConfiguration, loadInventory } from '../inputs/load.ts';
import { collectNow } from '../inputs/memory.ts';
import { checkEffect, type PlanFlags } from '../inputs/plan-options.ts';
import { namedEnvironment } from '../inputs/named-environment.ts';
import { type GitOpsFormat, gitOpsFiles } from '../generate/gitops.ts';
import { leftOverFindings } from '../generate/left-over.ts';
import { moveFindings } from '../generate/moves.ts';
import {
  destinationsOf,
  type EnvironmentPackages,
  packageFor,
  pointAtPackage,
  waitsForPackage,
} from '@mi-patterns/delivery';
import { packagesRequest } from '../inputs/package-options.ts';
import { printJson } from '../output/json.ts';

type GenerateOptions = GlobalOptions &
  PlanFlags & {
    readonly out: string;
    readonly env?: string;
    readonly force?: boolean;
    readonly check?: boolean;
    readonly package?: boolean;
    readonly format?: GitOpsFormat;
    readonly gitRepository?: string;
    readonly gitRevision?: string;
    readonly push?: boolean;
    readonly plainHttp?: boolean;
  };

/**
 * `mi-patterns generate [PATH...] --out DIR [--env NAME]`: a validated values file for each environment and the package
 * that they deploy. All of it or nothing is written; with `--check` nothing is, and whatever would change is a finding.
 */
export async function generate(
  paths: readonly string[],
  options: GenerateOptions,
  context: Context,
): Promise<ExitCode> {
  // Package and values of one run take their places together, and what was prepared goes when the run fails.
  const transaction = createTransaction();
  try {
    return await generateIn(transaction, await startRun(paths, options, context));
  } finally {
    transaction.discard();
  }
}

async function generateIn(transaction: Transaction, run: Run): Promise<ExitCode> {
  const { options, context, planned } = run;
  if (options.push === true) assertSomethingToPush(planned, options);
  // Everything that could refuse is asked before the first file is written.
  const manifests = gitOpsManifests(run);
  const before = outcomesOf(filesOf(run, planned, manifests));
  const refusals = before.filter(({ state }) => state === 'refused');
  const { delivered, packaged } = await deliver(run, planned, refusals.length > 0, transaction);
  const written = (): ReturnType<typeof outcomesOf> => {
    if (refusals.length > 0) return refusals;
    const files = filesOf(run, delivered, manifests);
    return options.check === true ? outcomesOf(files) : writeFiles(files, transaction);
  };
  const all = findingsOf(run, delivered, packaged);
  const isBlocked = hasErrors(blocking(all));
  const findings = isBlocked ? all.filter((one) => !isOfOutput(one)) : all;
  const moves = isBlocked ? [] : await movesOf(run, delivered);
  const outcomes = isBlocked ? [] : written();
  transaction.discard();
  const refused = outcomes.flatMap((outcome) => (outcome.state === 'refused' ? [outcome.diagnostic] : []));
  const stale = options.check === true ? staleFindings(outcomes, packaged) : [];
  const diagnostics = [...findings, ...moves, ...refused, ...stale, ...leftOver(run)];
  const isWritten = outcomes.some(({ state }) => state !== 'refused');
  const shown = isWritten ? packaged : unwritten(packaged);
  const generated = {
    environments: delivered,
    packaged: shown,
    outcomes,
    diagnostics,
    isCheck: options.check === true,
  };
  if (options.json) printJson(generateDocument(generated), context.stdout);
  else tell(generated, options, context, run.loaded);
  return exitCodeOf(diagnostics);
}

/** What all phases of a run go by. */
interface Run {
  readonly options: GenerateOptions;
  readonly context: Context;
  readonly loaded: LoadedConfiguration | undefined;
  readonly material: Material;
  readonly places: KnownPlaces;
  readonly planned: readonly EnvironmentValues[];
  readonly environments: readonly Environment[];
  readonly inputs: readonly { readonly path: string; readonly digest: string }[];
  /** Folder of the values files. */
  readonly out: string;
}

/** What only a package is made of. It is let go of as early as possible, being most of what a large run holds. */
interface Material {
  inventory?: Inventory;
  /** What the files held when they were planned. */
  filesRead?: FilesRead;
}

async function startRun(paths: readonly string[], options: GenerateOptions, context: Context): Promise<Run> {
  if (options.check === true && options.push === true)
    throw wrongUse('--check writes and pushes nothing, so it cannot be combined with --push.', 'Omit one of them.');
  for (const [option, value] of [
    ['--git-repository', options.gitRepository],
    ['--git-revision', options.gitRevision],
  ])
    if (value !== undefined && options.format === undefined)
      throw wrongUse(`${option} is for the manifests of --format argocd or flux.`, 'Add one of them, or omit it.');
  // Found while the sources are read; that there is none is told when the chart is to be asked.
  void findTool('helm').catch(() => undefined);
  const loaded = await loadConfiguration(options, context);
  const environments = chosenEnvironments(loaded, options);
  checkEffect(
    options,
    environments.map(({ pattern }) => options.pattern ?? pattern ?? loaded?.configuration.pattern),
  );
  const filesRead = options.package === false ? undefined : createFilesRead();
  const inventory = await loadInventory(paths, loaded, { ...options, filesRead }, context);
  collectNow(inventory);
  const inputs = [{ path: inputNames(paths, loaded, context), digest: inventoryDigest(inventory) }];
  const out = resolve(context.cwd, options.out);
  const run = { options, context, loaded, environments, inputs, out };
  const planned = await planEnvironments(run, inventory);
  const material = filesRead === undefined ? {} : { inventory, filesRead };
  return { ...run, planned, material, places: placesOf(inventory) };
}

function placesOf({ artifacts, configurations }: Inventory): KnownPlaces {
  return { artifacts: artifacts.map(({ id, source }) => ({ id, source })), configurations };
}

async function planEnvironments(
  run: Omit<Run, 'material' | 'places' | 'planned'>,
  inventory: Inventory,
): Promise<readonly EnvironmentValues[]> {
  const { options, context, loaded, inputs, out } = run;
  const plans = new Map<string, Plan>();
  const planned: EnvironmentValues[] = [];
  for (const environment of run.environments) {
    const file = join(out, valuesFileName(environment, loaded));
    const withoutPackage = options.package === false;
    const request = { inputs, plans, flags: options, loaded, context, withoutPackage };
    planned.push(await valuesOfEnvironment(inventory, environment, file, request));
  }
  return planned;
}

function gitOpsManifests({ options, environments, loaded, out, context }: Run): GeneratedFiles['files'] {
  return options.format === undefined
    ? []
    : gitOpsFiles(options.format, environments, { loaded, options, out, context });
}

/** What would run twice where these values are applied over those that are deployed. */
function movesOf(
  { options, context, loaded, out }: Run,
  values: readonly EnvironmentValues[],
): Promise<readonly Diagnostic[]> {
  return moveFindings(values, {
    out,
    format: options.format,
    revision: options.gitRevision,
    isCheck: options.check === true,
    listsEnvironments: loaded?.configuration.environments !== undefined,
    environments: environmentsOf(loaded?.configuration ?? {}),
    ask: context.askHelm,
  });
}

/** What earlier runs left in the folder. Files of environments that this run was not asked for are not left over. */
function leftOver(run: Run): readonly Diagnostic[] {
  const { options, context, loaded, out } = run;
  const all = environmentsOf(loaded?.configuration ?? {});
  return leftOverFindings({
    out,
    context,
    format: options.format,
    valuesFiles: new Set(all.map((environment) => valuesFileName(environment, loaded))),
    environments: new Set(all.map(({ name }) => name)),
    chosen: new Set(run.environments.map(({ name }) => name)),
    isCheck: options.check === true,
  });
}

function filesOf(
  { options, out, context }: Run,
  values: readonly EnvironmentValues[],
  manifests: GeneratedFiles['files'],
): GeneratedFiles {
  return { files: [...values, ...manifests], out, force: options.force === true, context };
}

interface Delivered {
  readonly delivered: readonly EnvironmentValues[];
  readonly packaged: EnvironmentPackages | undefined;
}

/** The package, and the values that point at it with what the chart refuses in them. Refused values are not pushed. */
async function deliver(
  run: Run,
  planned: readonly EnvironmentValues[],
  isRefused: boolean,
  transaction: Transaction,
): Promise<Delivered> {
  const { options, context } = run;
  const isRehearsal = options.check === true || options.push === true;
  // helm looks at the values while the package is written.
  const begun = await Promise.all(
    planned.map((one) => (isRefused || waitsForPackage(one) ? undefined : beginJudgement(one, chartAsJudge(context)))),
  );
  // With the inventory gone, reading the values for the places of warnings needs no memory more.
  collectNow(run.places);
  const packaged = isRefused
    ? undefined
    : await packageOf(run, planned, isRehearsal ? 'rehearse' : transaction).catch((error: unknown) => {
        for (const judgement of begun) judgement?.stop();
        throw error;
      });
  if (options.push !== true) letGo(run);
  const pointed = packaged === undefined ? planned : planned.map((one) => pointAtPackage(one, packaged));
  const delivered = await Promise.all(
    pointed.map((one, index) => withChartFaults(one, run.places, chartAsJudge(context), begun[index])),
  );
  return options.push !== true || hasErrors(blocking(delivered.flatMap(({ diagnostics }) => diagnostics)))
    ? { delivered, packaged }
    : { delivered, packaged: await packageOf(run, planned, transaction) };
}

/** For a run that makes no package any more. */
function letGo({ material, places }: Run): void {
  const isPackaged = material.inventory !== undefined;
  delete material.inventory;
  delete material.filesRead;
  if (isPackaged) collectNow(places);
}

/** The package that the values deploy; undefined when none is wanted, or the values would not be written. */
async function packageOf(
  { options, context, loaded, material: { inventory, filesRead }, out }: Run,
  planned: readonly EnvironmentValues[],
  transaction: Transaction | 'rehearse',
): Promise<EnvironmentPackages | undefined> {
  if (inventory === undefined || hasErrors(blocking(planned.flatMap(({ diagnostics }) => diagnostics))))
    return undefined;
  return packageFor(planned, inventory, {
    ...packagesRequest(join(out, 'package'), loaded, context, filesRead),
    force: options.force === true,
    ...(transaction === 'rehearse' ? { dryRun: true } : { transaction }),
    ...(options.push === true && transaction !== 'rehearse'
      ? { push: { environment: context.environment, plainHttp: options.plainHttp === true } }
      : {}),
  });
}

/** What is said of all environments; a finding that several share names them all. */
function findingsOf(
  run: Run,
  delivered: readonly EnvironmentValues[],
  packaged: EnvironmentPackages | undefined,
): readonly Diagnostic[] {
  const { loaded, context, options } = run;
  const from = { loaded, context, replicas: options.replicas };
  const each = [
    ...delivered.flatMap((one) => locatedFindings(one, run.places, from)),
    ...(packaged?.diagnostics ?? []),
  ];
  const shared = readinessOfAll(delivered.map(({ environment: { name }, plan }) => ({ environment: name, plan })));
  const all = [...each.filter((one) => !namesEnvironments(one)), ...shared];
  return distinctBy(all, (finding) => JSON.stringify(finding)).sort(compareDiagnostics);
}

/** One finding for each file and package that is not what it would be if it were generated now. */
function staleFindings(
  outcomes: readonly WriteOutcome[],
  packaged: EnvironmentPackages | undefined,
): readonly Diagnostic[] {
  const all = [
    ...outcomes,
    ...(packaged?.packages ?? []).map(({ out, result }) => ({ path: `${out}/`, state: result.state })),
  ];
  return all.flatMap(({ path, state }) =>
    state === 'created' || state === 'updated'
      ? [
          {
            code: 'MI-GENERATE-STALE',
            severity: 'error',
            message: `${path} ${state === 'created' ? 'does not exist' : 'does not match its sources'}.`,
            hint: 'Run mi-patterns generate and commit what it writes.',
            source: { path, line: 1, column: 1 },
          },
        ]
      : [],
  );
}

/** Packages that were prepared and not put in their places. */
function unwritten(packaged: EnvironmentPackages | undefined): EnvironmentPackages | undefined {
  return packaged === undefined
    ? undefined
    : {
        ...packaged,
        packages: packaged.packages.map(({ out, result }) => ({ out, result: { ...result, state: 'refused' } })),
      };
}

/** True for a warning about values or a package, of which there are none where nothing is written. */
function isOfOutput({ code, severity }: Diagnostic): boolean {
  return severity !== 'error' && /^MI-(PKG|VALUES)-/.test(code);
}

/** A setting that is missing keeps no file from being written: the values list it for its owner to fill in. */
function blocking(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return diagnostics.filter((one) => !isMissingSetting(one));
}

function chosenEnvironments(loaded: LoadedConfiguration | undefined, options: GenerateOptions): readonly Environment[] {
  return options.env === undefined
    ? environmentsOf(loaded?.configuration ?? {})
    : [namedEnvironment(loaded, options.env)];
}

function assertSomethingToPush(planned: readonly EnvironmentValues[], options: GenerateOptions): void {
  if (options.package !== false && destinationsOf(planned, options.plainHttp === true).length > 0) return;
  throw wrongUse(
    '--push has nothing to push: no environment takes its archives from a volume in a repository that the values name.',
    'Set `artifacts.source: imageVolume` and `artifacts.imageVolume.reference: REGISTRY/REPOSITORY:TAG` in the values of an environment, and omit --no-package.',
  );
}
