import { join } from 'node:path';
import { runsMicroIntegrator } from '@mi-patterns/audit';
import { lacksArchives, packageFor, pointAtPackage } from '@mi-patterns/delivery';
import { withChartFaults } from '@mi-patterns/helm';
import {
  counted,
  createFilesRead,
  type Diagnostic,
  type FilesRead,
  hasErrors,
  type Inventory,
  inventoryDigest,
  temporaryFolder,
} from '@mi-patterns/inventory';
import type { Plan } from '@mi-patterns/planner';
import {
  checkPromoted,
  type ClusterEffectsOptions,
  fetchChart,
  type FetchedChart,
  type PreparedRelease,
  prepareRelease,
  type Promotion,
  promotionFrom,
  targetOf,
  type RolloutEvent,
  type Target,
  type Tools,
  workloadNamed,
} from '@mi-patterns/rollout';
import type { Environment, EnvironmentValues, Values } from '@mi-patterns/values';
import { parse } from 'yaml';
import { chartAsJudge, chartSource } from '../chart.ts';
import type { Context } from '../context/context.ts';
import { inputNames, locatedFindings, valuesOfEnvironment } from '../inputs/environment.ts';
import { exitCodes } from '../context/exit-codes.ts';
import { CommandFailure, inputFailure, wrongUse } from '../context/failure.ts';
import { loadInventory } from '../inputs/load.ts';
import { packagesRequest } from '../inputs/package-options.ts';
import {
  choiceOf,
  type Chosen,
  chosenEnvironment,
  commandTools,
  type EnvironmentOptions,
  type Place,
} from './place.ts';
import { asCommandFailure } from './stopped.ts';

/** Everything a rollout or a diff needs to know, with the files it needs on this machine. */
export interface PreparedRollout extends Place {
  readonly plan: Plan;
  readonly chart: FetchedChart;
  readonly facts: PreparedRelease['facts'];
  readonly effectOptions: ClusterEffectsOptions;
  /** Warnings and notes of the plan and the values. */
  readonly diagnostics: readonly Diagnostic[];
  readonly promotion: Promotion | undefined;
  /** Revision whose values were taken for all but the one workload that is rolled out. */
  readonly base: number | undefined;
  readonly dispose: () => void;
}

type Report = (event: RolloutEvent) => void;

type PrepareOptions = EnvironmentOptions & {
  readonly promote?: string;
  readonly only?: string;
  readonly approve?: string;
};

/** What the steps before a rollout go by; the cluster is reached last. */
interface Preparation extends Chosen {
  readonly tools: Tools;
  readonly options: PrepareOptions;
  readonly context: Context;
  readonly step: Step;
  readonly inventory: Inventory;
  /** What the files held when they were planned. */
  readonly filesRead: FilesRead;
  readonly digest: string;
  readonly promotion: Promotion | undefined;
  /** Folder for the files of this run. */
  readonly folder: string;
}

/**
 * Scan, plan, generate, validate and the chart: everything before the cluster is asked to change. Names and values are
 * checked before the kubeconfig is read: what is wrong with them is so in every cluster. `chosen`: the
 * environment, where it has been read. Throws CommandFailure with the findings when the values are not sound,
 * InputError and ToolFailure as those steps do.
 */
export async function prepareRollout(
  options: PrepareOptions,
  context: Context,
  report: Report,
  chosen?: Chosen,
): Promise<PreparedRollout> {
  assertOneSource(options);
  const place = chosen ?? (await choiceOf(options, context));
  const source = promotedEnvironment(options, place);
  const tools = commandTools(options, context);
  const step = stepsOf(report);
  const filesRead = createFilesRead();
  const inventory = await step(
    'scan',
    () => loadInventory([], place.loaded, { ...options, quiet: true, filesRead }, context),
    ({ artifacts }) => `${artifacts.length} artifacts`,
  );
  const digest = inventoryDigest(inventory);
  const promotion =
    source === undefined ? undefined : await promotionOf(source, { to: place.environment, digest, tools });
  const environment = promotion?.environment ?? place.environment;
  const work = temporaryFolder();
  const read = { inventory, filesRead, digest, tools };
  const prepared = { ...place, ...read, environment, options, context, step, promotion, folder: work.path };
  let chart: FetchedChart | undefined;
  const dispose = (): void => {
    work.remove();
    chart?.dispose();
  };
  try {
    const generated = await soundValues(prepared);
    const values = parse(generated.text) as Values;
    if (options.only !== undefined) workloadNamed(options.only, values);
    const target = await targetOf(place.environment, tools);
    chart = await fetchChart(chartSource(place.loaded, promotion?.chartVersion), tools);
    if (promotion !== undefined) checkPromoted(promotion, chart, values);
    return { ...(await preparedRollout(prepared, { generated, chart, target })), dispose };
  } catch (error) {
    dispose();
    throw asCommandFailure(error);
  }
}

/** The environment that `--promote` names; undefined without it. Throws CommandFailure when it cannot be promoted. */
function promotedEnvironment(options: PrepareOptions, { loaded, environment }: Chosen): Environment | undefined {
  if (options.promote === undefined) return undefined;
  const source = chosenEnvironment(loaded, options.promote);
  if (source.name !== environment.name) return source;
  throw inputFailure(
    'MI-PROMOTE-SELF',
    `${options.promote} cannot be promoted to itself.`,
    'Name the environment to promote from.',
  );
}

/** What an environment brings to another. Throws CommandFailure when it cannot be brought as it is, and ToolFailure. */
async function promotionOf(
  source: Environment,
  { to, digest, tools }: { readonly to: Environment; readonly digest: string; readonly tools: Tools },
): Promise<Promotion> {
  const target = await targetOf(source, tools);
  return promotionFrom({ name: source.name, target }, to, digest).catch((error: unknown) => {
    throw asCommandFailure(error);
  });
}

/** The values of the environment, packed and judged. Throws CommandFailure with the findings when they have errors. */
async function soundValues(prepared: Preparation): Promise<EnvironmentValues> {
  const { inventory, environment, loaded, context, digest, folder, step } = prepared;
  const inputs = [{ path: inputNames([], loaded, context), digest }];
  const file = join(folder, 'values.yaml');
  const run = { inputs, plans: new Map(), flags: {}, loaded, context };
  const planned = await step(
    'plan',
    () => valuesOfEnvironment(inventory, environment, file, run),
    ({ plan }) => `${plan.pattern}, ${counted(plan.workloads.length, 'workload')}`,
  );
  const generated = await step(
    'generate',
    () => (hasErrors(planned.diagnostics) ? planned : delivered(planned, prepared)),
    () => '',
  );
  await step(
    'validate',
    () => {
      if (hasErrors(generated.diagnostics))
        throw new CommandFailure(locatedFindings(generated, inventory, { loaded, context }), exitCodes.findings);
    },
    () => '',
  );
  return generated;
}

/** The values with their package, and what the chart refuses in them. */
async function delivered(planned: EnvironmentValues, prepared: Preparation): Promise<EnvironmentValues> {
  const { inventory, filesRead, loaded, context, folder } = prepared;
  const request = packagesRequest(join(folder, 'package'), loaded, context, filesRead);
  const packaged = await packageFor([planned], inventory, request);
  const judged = await withChartFaults(pointAtPackage(planned, packaged), inventory, chartAsJudge(context));
  // Values stay right without a package while the archives are in an image; as ConfigMaps there would be nothing to
  // mount.
  if (lacksArchives(packaged, parse(judged.text) as Values))
    throw new CommandFailure(
      packaged.packages.flatMap(({ result }) => result.diagnostics.filter(({ severity }) => severity === 'error')),
      exitCodes.findings,
    );
  return { ...judged, diagnostics: [...judged.diagnostics, ...packaged.diagnostics] };
}

/** What is rolled out, with which chart, and to where. */
interface Ready {
  readonly generated: EnvironmentValues;
  readonly chart: FetchedChart;
  readonly target: Target;
}

async function preparedRollout(
  prepared: Preparation,
  { generated, chart, target }: Ready,
): Promise<Omit<PreparedRollout, 'dispose'>> {
  const { environment, inventory, loaded, options, context, promotion, digest, folder } = prepared;
  const { plan, text } = generated;
  // The values lie in a folder that is gone when this is read: findings name what they were made from.
  const diagnostics = locatedFindings(generated, inventory, { loaded, context });
  const { only, promote, approve } = options;
  const release = { plan, environment, target, chart, values: text, artifactsDigest: digest, folder };
  const asked = { only, promotedFrom: promote, approvedBy: approve };
  const { facts, base, ...ready } = await prepareRelease({ ...release, ...asked });
  const effectOptions = {
    ...ready.effectOptions,
    runsServer: runsMicroIntegrator,
    evidenceFolder: join(loaded?.folder ?? context.cwd, 'mi-patterns-evidence'),
  };
  return { loaded, target, environment, plan, chart, promotion, base, diagnostics, facts, effectOptions };
}

function assertOneSource(options: PrepareOptions): void {
  if (options.only !== undefined && options.promote !== undefined)
    throw wrongUse(
      '--only and --promote exclude each other: --promote brings all that another environment runs.',
      'Omit one of them.',
    );
}

type Step = <Result>(
  name: 'scan' | 'plan' | 'generate' | 'validate',
  work: () => Promise<Result> | Result,
  detail: (result: Result) => string,
) => Promise<Result>;

/** Runs a step and reports when it starts and what it gave. */
function stepsOf(report: Report): Step {
  return async (name, work, detail) => {
    report({ type: 'step', step: name, state: 'started', detail: '' });
    const result = await work();
    report({ type: 'step', step: name, state: 'done', detail: detail(result) });
    return result;
  };
}
