import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runsMicroIntegrator } from '@mi-patterns/audit';
import { type Diagnostic, inventoryDigest, temporaryFolder } from '@mi-patterns/inventory';
import { withChartFaults } from '@mi-patterns/helm';
import type { Plan } from '@mi-patterns/planner';
import {
  type ClusterEffectsOptions,
  type ExpectedArtifacts,
  fetchChart,
  type FetchedChart,
  goodRevision,
  releaseHistory,
  releaseValues,
  type RolloutEvent,
  type RolloutRequest,
  type Target,
} from '@mi-patterns/rollout';
import { runtimeVersions, type Values } from '@mi-patterns/values';
import { parse } from 'yaml';
import { chartFolder, chartSource } from '../chart.ts';
import type { Context } from '../context.ts';
import { inputNames, locatedFindings, valuesOfEnvironment } from '../environment.ts';
import { exitCodes } from '../exit-codes.ts';
import { CommandFailure } from '../failure.ts';
import { loadInventory } from '../load.ts';
import { hasErrors } from '../output/diagnostics.ts';
import { packageFor, pointAtPackage } from '@mi-patterns/delivery';
import { packagesRequest } from '../package-options.ts';
import { usage } from '../usage.ts';
import { archiveMaps, packageFindings } from './archives.ts';
import { type EnvironmentOptions, type Place, placeOf } from './place.ts';
import { type Promotion, promotionFrom } from './promotion.ts';

/** Everything a rollout or a diff needs to know, with the files it needs on this machine. */
export interface PreparedRollout extends Place {
  readonly plan: Plan;
  readonly chart: FetchedChart;
  readonly facts: RolloutRequest['facts'];
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

/**
 * Scan, plan, generate, validate and the chart: everything before the cluster is asked to change. Throws CommandFailure
 * with the findings when the values are not sound, InputError and ToolFailure as those steps do.
 */
export async function prepareRollout(
  options: PrepareOptions,
  context: Context,
  report: Report,
): Promise<PreparedRollout> {
  assertOneSource(options);
  const place = await placeOf(options, context);
  const { loaded, target } = place;
  const step = stepsOf(report);
  const inventory = await step(
    'scan',
    () => loadInventory([], loaded, { ...options, quiet: true }, context),
    ({ artifacts }) => `${artifacts.length} artifacts`,
  );
  const digest = inventoryDigest(inventory);
  const promotion =
    options.promote === undefined
      ? undefined
      : await promotionFrom(options.promote, place, digest, { context, options });
  const environment = promotion === undefined ? place.environment : promotion.environment;
  const work = temporaryFolder();
  let chart: FetchedChart | undefined;
  const dispose = (): void => {
    work.remove();
    chart?.dispose();
  };
  try {
    const inputs = [{ path: inputNames([], loaded, context), digest }];
    const file = join(work.path, 'values.yaml');
    const planned = await step(
      'plan',
      () => valuesOfEnvironment(inventory, environment, file, { inputs, plans: new Map(), flags: {}, loaded, context }),
      ({ plan }) =>
        `${plan.pattern}, ${plan.workloads.length} ${plan.workloads.length === 1 ? 'workload' : 'workloads'}`,
    );
    const generated = await step(
      'generate',
      async () => {
        if (hasErrors(planned.diagnostics)) return planned;
        const packaged = await packageFor(
          [planned],
          inventory,
          packagesRequest(join(work.path, 'package'), loaded, context),
        );
        const pointed = pointAtPackage(planned, packaged);
        const judged = await withChartFaults(pointed, inventory, chartFolder());
        return {
          ...judged,
          diagnostics: [...judged.diagnostics, ...packageFindings(packaged, parse(pointed.text) as Values)],
        };
      },
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
    chart = await fetchChart(chartSource(loaded, promotion?.chartVersion), target.tools);
    promotion?.check(chart, parse(generated.text) as Values);
    const one =
      options.only === undefined
        ? undefined
        : await onlyWorkload(options.only, parse(generated.text) as Values, target);
    const values = one === undefined ? generated.text : JSON.stringify(one.values, null, 2);
    writeFileSync(file, values, { mode: 0o600 });
    const { plan } = generated;
    const besideValues = join(work.path, 'beside.yaml');
    writeFileSync(besideValues, JSON.stringify({ workloads: pausedWorkloads(plan) }), { mode: 0o600 });
    return {
      ...place,
      environment,
      plan,
      chart,
      promotion,
      base: one?.base,
      diagnostics: generated.diagnostics,
      facts: factsOf({ plan, chart, values, digest }, options),
      effectOptions: {
        target,
        chart: chart.folder,
        values: [file],
        besideValues,
        // One workload alone cannot do what an old release did.
        takeOver: options.only === undefined ? environment.takeOver : [],
        runsServer: runsMicroIntegrator,
        archives: archiveMaps(work.path),
        timeout: environment.timeout,
        evidenceFolder: join(loaded?.folder ?? context.cwd, 'mi-patterns-evidence'),
        startSeconds: startSecondsOf(plan),
        // What the other workloads run is not what this plan says.
        expected: expectedOf(plan).filter(({ component }) => options.only === undefined || component === options.only),
        login: loginOf(context),
      },
      dispose,
    };
  } catch (error) {
    dispose();
    throw error;
  }
}

function assertOneSource(options: PrepareOptions): void {
  if (options.only !== undefined && options.promote !== undefined)
    throw new CommandFailure(
      [
        usage(
          '--only and --promote exclude each other: --promote brings all that another environment runs.',
          'Leave one of them away.',
        ),
      ],
      exitCodes.usage,
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

/** What the record of the rollout says of it. */
function factsOf(
  made: { readonly plan: Plan; readonly chart: FetchedChart; readonly values: string; readonly digest: string },
  options: PrepareOptions,
): RolloutRequest['facts'] {
  const { plan, chart, values, digest } = made;
  const workloads = plan.workloads.map(({ name, type, replicas, roles, stateful, artifacts }) => [
    name,
    type,
    replicas,
    roles,
    stateful,
    artifacts,
  ]);
  return {
    pattern: plan.pattern,
    planDigest: sha256(JSON.stringify([plan.pattern, plan.coordination, plan.delivery, workloads])),
    artifactsDigest: digest,
    valuesDigest: sha256(values),
    chart: `${chart.name}-${chart.version}`,
    chartDigest: chart.digest,
    image: imageOf(parse(values) as Values),
    ...(options.only === undefined ? {} : { only: options.only }),
    ...(options.promote === undefined ? {} : { promotedFrom: options.promote }),
    ...(options.approve === undefined ? {} : { approvedBy: options.approve }),
  };
}

/** Values with which no stateful workload has a pod. */
function pausedWorkloads({ workloads }: Plan): Values {
  return Object.fromEntries(
    workloads.filter(({ type }) => type === 'stateful').map(({ name }) => [name, { paused: true }]),
  );
}

/**
 * The values of the last good revision, with one workload's taken from the new ones: image and the rest of the release stay as
 * they are. A newer revision that failed or was cut off does not count: the release is brought back from it first.
 */
async function onlyWorkload(
  name: string,
  values: Values,
  target: Target,
): Promise<{ readonly values: Values; readonly base: number }> {
  const workloads = (values['workloads'] ?? {}) as Values;
  if (workloads[name] === undefined)
    throw new CommandFailure(
      [usage(`There is no workload \`${name}\` in the plan.`, `Workloads are ${Object.keys(workloads).join(', ')}.`)],
      exitCodes.usage,
    );
  const base = goodRevision(await releaseHistory(target));
  const live = base === undefined ? undefined : await releaseValues(target, base);
  if (base === undefined || live === undefined)
    throw new CommandFailure(
      [
        usage(
          '--only changes one workload of a running release; there is no release yet.',
          'Roll out everything first, without --only.',
        ),
      ],
      exitCodes.usage,
    );
  return {
    base,
    values: { ...live, workloads: { ...((live['workloads'] ?? {}) as Values), [name]: workloads[name] } },
  };
}

function imageOf(values: Values): string {
  const image = (values['image'] ?? {}) as {
    readonly registry?: string;
    readonly repository?: string;
    readonly tag?: string;
    readonly digest?: string;
  };
  const runtime = (values['runtime'] ?? {}) as { readonly version?: string };
  const name = `${image.registry ? `${image.registry}/` : ''}${image.repository ?? 'wso2/wso2mi'}`;
  return image.digest
    ? `${name}@${image.digest}`
    : `${name}:${image.tag || runtime.version || runtimeVersions.default}`;
}

function startSecondsOf(plan: Plan): (component: string) => number {
  const seconds = new Map(plan.cost.downtime.map(({ workload, podLoss }) => [workload, podLoss]));
  const slowest = Math.max(10, ...seconds.values());
  return (component) => seconds.get(component) || slowest;
}

function expectedOf(plan: Plan): ExpectedArtifacts[] {
  const isolated = plan.coordination === 'isolate' ? plan.workloads.flatMap(({ stateful }) => stateful) : [];
  return plan.workloads.map(({ name, entryPoints, stateful }) => ({
    component: name,
    present: entryPoints,
    absent: isolated.filter((id) => !stateful.includes(id)),
  }));
}

function loginOf(context: Context): ClusterEffectsOptions['login'] {
  const { MI_PATTERNS_MANAGEMENT_USER: user, MI_PATTERNS_MANAGEMENT_PASSWORD: password } = context.environment;
  return user === undefined || password === undefined ? undefined : { user, password };
}

function sha256(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}
