import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { InputError, writeTemporary } from '@mi-patterns/inventory';
import { didYouMean, type Plan } from '@mi-patterns/planner';
import { type Environment, runtimeVersions, type Values } from '@mi-patterns/values';
import { parse } from 'yaml';
import { archiveMapsIn } from '../release/archive-maps.ts';
import type { ExpectedArtifacts } from '../checks/artifact-check.ts';
import type { FetchedChart } from './chart-source.ts';
import type { ClusterEffectsOptions } from '../cluster/options.ts';
import { goodRevision, releaseHistory, releaseValues, type Target } from '../release/release.ts';
import type { RolloutRequest } from '../steps/roll-out.ts';

/** What is to be rolled out, and where. */
export interface ReleaseInput {
  readonly plan: Plan;
  readonly environment: Environment;
  readonly target: Target;
  readonly chart: FetchedChart;
  /** The values file, with everything that the environment sets. */
  readonly values: string;
  readonly artifactsDigest: string;
  /** Folder of files that helm reads; archives that pods mount as ConfigMaps are below it. */
  readonly folder: string;
  /** The one workload that changes. */
  readonly only?: string | undefined;
  readonly promotedFrom?: string | undefined;
  readonly approvedBy?: string | undefined;
}

/** What `rollOut` and `clusterEffects` need to know of a release. */
export interface PreparedRelease {
  readonly facts: RolloutRequest['facts'];
  /** Revision whose values were taken for all but the one workload that is rolled out. */
  readonly base: number | undefined;
  readonly effectOptions: Pick<
    ClusterEffectsOptions,
    'target' | 'chart' | 'values' | 'besideValues' | 'takeOver' | 'archives' | 'timeout' | 'startSeconds' | 'expected'
  >;
}

/**
 * Writes the values of a release for helm and says what its rollout goes by. Throws InputError when `only` names no
 * workload or nothing is released yet, and ToolFailure when the cluster cannot be asked.
 */
export async function prepareRelease(input: ReleaseInput): Promise<PreparedRelease> {
  const { plan, environment, target, chart, folder, only } = input;
  const one = only === undefined ? undefined : await onlyWorkload(only, parse(input.values) as Values, target);
  const values = one === undefined ? input.values : JSON.stringify(one.values, null, 2);
  const file = join(folder, 'values.yaml');
  writeTemporary(file, values);
  const besideValues = join(folder, 'beside.yaml');
  writeTemporary(besideValues, JSON.stringify({ workloads: pausedWorkloads(plan) }));
  return {
    facts: factsOf(input, values),
    base: one?.base,
    effectOptions: {
      target,
      chart: chart.folder,
      values: [file],
      besideValues,
      // One workload alone cannot do what an old release did.
      takeOver: only === undefined ? environment.takeOver : [],
      archives: archiveMapsIn(folder),
      timeout: environment.timeout,
      startSeconds: startSecondsOf(plan),
      // What the other workloads run is not what this plan says.
      expected: expectedOf(plan).filter(({ component }) => only === undefined || component === only),
    },
  };
}

/** What the record of the rollout says of it. */
function factsOf(input: ReleaseInput, values: string): RolloutRequest['facts'] {
  const { plan, chart, artifactsDigest, only, promotedFrom, approvedBy } = input;
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
    artifactsDigest,
    valuesDigest: sha256(values),
    chart: `${chart.name}-${chart.version}`,
    chartDigest: chart.digest,
    image: imageOf(parse(values) as Values),
    ...(only === undefined ? {} : { only }),
    ...(promotedFrom === undefined ? {} : { promotedFrom }),
    ...(approvedBy === undefined ? {} : { approvedBy }),
  };
}

/** Values with which no stateful workload has a pod. */
function pausedWorkloads({ workloads }: Plan): Values {
  return Object.fromEntries(
    workloads.filter(({ type }) => type === 'stateful').map(({ name }) => [name, { paused: true }]),
  );
}

/**
 * The values of the last good revision, with one workload's taken from the new ones: image and the rest of the release
 * stay as they are. A newer revision that failed or was cut off does not count: the release is brought back from it
 * first. Throws InputError when there is no such workload, or no release yet.
 */
async function onlyWorkload(
  name: string,
  values: Values,
  target: Target,
): Promise<{ readonly values: Values; readonly base: number }> {
  const workload = workloadNamed(name, values);
  const base = goodRevision(await releaseHistory(target));
  const live = base === undefined ? undefined : await releaseValues(target, base);
  if (base === undefined || live === undefined)
    throw wrongUse(
      '--only changes one workload of a running release; there is no release yet.',
      'Roll out everything first, without --only.',
    );
  return {
    base,
    values: { ...live, workloads: { ...((live['workloads'] ?? {}) as Values), [name]: workload } },
  };
}

/** The workload of the values with this name. Throws InputError when there is none; no cluster is asked. */
export function workloadNamed(name: string, values: Values): unknown {
  const workloads = (values['workloads'] ?? {}) as Values;
  if (Object.hasOwn(workloads, name)) return workloads[name];
  throw wrongUse(
    `There is no workload \`${name}\` in the plan.`,
    `${didYouMean(name, Object.keys(workloads))}Workloads are ${Object.keys(workloads).join(', ')}.`,
  );
}

function wrongUse(message: string, hint: string): InputError {
  return new InputError([{ code: 'MI-CLI-USAGE', severity: 'error', message, hint }]);
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

function sha256(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}
