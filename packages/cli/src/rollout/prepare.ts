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
} from '@mi-patterns/rollout';
import type { EnvironmentValues, Values } from '@mi-patterns/values';
import { parse } from 'yaml';
import { chartAsJudge, chartSource } from '../chart.ts';
import type { Context } from '../context/context.ts';
import { inputNames, locatedFindings, valuesOfEnvironment } from '../inputs/environment.ts';
import { exitCodes } from '../context/exit-codes.ts';
import { CommandFailure, inputFailure, wrongUse } from '../context/failure.ts';
import { loadInventory } from '../inputs/load.ts';
import { packagesRequest } from '../inputs/package-options.ts';
import { type Chosen, chosenEnvironment, commandTools, type EnvironmentOptions, type Place, placeOf } from './place.ts';
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

/** What the steps before a rollout go by. */
interface Preparation extends Place {
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
 * Scan, plan, generate, validate and the chart: everything before the cluster is asked to change. `chosen`: the
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
  const place = await placeOf(options, context, chosen);
  const step = stepsOf(report);
  const filesRead = createFilesRead();
  const inventory = await step(
    'scan',
    () => loadInventory([], place.loaded, { ...options, quiet: true, filesRead }, context),
    ({ artifacts }) => `${artifacts.length} artifacts`,
  );
  const digest = inventoryDigest(inventory);
  const promotion = await promotionOf(options, place, digest, context);
  const environment = promotion?.environment ?? place.environment;
  const work = temporaryFolder();
  const read = { inventory, filesRead, digest };
  const prepared = { ...place, ...read, environment, options, context, step, promotion, folder: work.path };
  let chart: FetchedChart | undefined;
  const dispose = (): void => {
    work.remove();
    chart?.dispose();
  };
  try {
    const generated = await soundValues(prepared);
    chart = await fetchChart(chartSource(place.loaded, promotion?.chartVersion), place.target.tools);
    if (promotion !== undefined) checkPromoted(promotion, chart, parse(generated.text) as Values);
    return { ...(await preparedRollout(prepared, generated, chart)), dispose };
  } catch (error) {
    dispose();
    throw asCommandFailure(error);
  }
}

/** What `--promote` brings; undefined without it. Throws CommandFailure when it cannot be brought as it is. */
async function promotionOf(
  options: PrepareOptions,
  place: Place,
  digest: string,
  context: Context,
): Promise<Promotion | undefined> {
  if (options.promote === undefined) return undefined;
  const { name, ...other } = chosenEnvironment(place.loaded, options.promote);
  if (name === place.environment.name)
    throw inputFailure(
      'MI-PROMOTE-SELF',
      `${options.promote} cannot be promoted to itself.`,
      'Name the environment to promote from.',
    );
  const target = await targetOf({ name, ...other }, commandTools(options, context));
  return promotionFrom({ name, target }, place.environment, digest).catch((error: unknown) => {
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

async function preparedRollout(
  prepared: Preparation,
  generated: EnvironmentValues,
  chart: FetchedChart,
): Promise<Omit<PreparedRollout, 'dispose'>> {
  const { environment, inventory, loaded, target, options, context, promotion, digest, folder } = prepared;
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
