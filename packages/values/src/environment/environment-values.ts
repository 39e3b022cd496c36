import type { Diagnostic, Inventory } from '@mi-patterns/inventory';
import { environmentReadiness, plan, type Plan, type PlanOptions } from '@mi-patterns/planner';
import type { CarriedOver } from '../carry-over/carry-over.ts';
import type { Environment } from '../configuration/environments.ts';
import { chartDefaults } from '../generated/chart-defaults.ts';
import { layerValues, mergeValues, type Values } from '../mapping/merge.ts';
import type { GuardInImage } from '../workloads/recovery.ts';
import { carriedOver } from '../server/carried-over.ts';
import type { CheckedValues } from '../check/validate.ts';
import { podsOf, type WorkloadPods } from '../workloads/effective.ts';
import { type WriteContext, writeValues } from '../write/write-values.ts';
import { imageFindings } from './image.ts';
import { isAnswered, openFindings } from './open-findings.ts';
import { runtimeVersionFindings, runtimeVersionOf } from './runtime-version.ts';

/** What becomes of one environment: its plan and its values. */
export interface EnvironmentValues {
  readonly environment: Environment;
  readonly plan: Plan;
  readonly file: string;
  /** The file as people see it. */
  readonly shown: string;
  readonly text: string;
  /** What is in the file. */
  readonly values: Values;
  /** What is known about the file without the chart. */
  readonly checked: CheckedValues;
  /** MI version that the values and the package are made for. */
  readonly runtimeVersion: string;
  readonly valuesFiles: readonly Values[];
  /** What the file was written from, besides the plan and the environment. */
  readonly context: WriteContext;
  /** Where a key of `deploymentToml` comes from that was carried over from the file of a project. */
  readonly carried: CarriedOver['at'];
  readonly diagnostics: readonly Diagnostic[];
}

/** What the values of an environment are made from, besides the inventory. */
export interface EnvironmentRequest {
  readonly environment: Environment;
  readonly options: PlanOptions;
  /** Contents of the values files that the environment names. */
  readonly valuesFiles: readonly Values[];
  readonly file: string;
  /** The file as people see it. */
  readonly shown: string;
  /** What the inventory was read from: names and digest, for the header of the file. */
  readonly inputs: WriteContext['inputs'];
  readonly guard: GuardInImage;
  /** Whether a package is made for the values. */
  readonly packaged: boolean;
  /** Path of `mi-patterns.yaml`, as people see it. */
  readonly configuration: string | undefined;
  /** Plans by what decides them; filled. */
  readonly plans: Map<string, Plan>;
}

/**
 * The plan and the values file of one environment, as `generate` writes it and `rollout` deploys it, with all that is
 * known about it without the chart. Nothing is written.
 */
export function environmentValues(inventory: Inventory, request: EnvironmentRequest): EnvironmentValues {
  const { environment, valuesFiles, file, shown, inputs, guard } = request;
  const planned = sharedPlan(inventory, request);
  const runtimeVersion = runtimeVersionOf(inventory, environment, valuesFiles);
  const own = [...valuesFiles, environment.values].reduce(layerValues, {});
  const carried = carriedOver(inventory, environment, own);
  const schema = './values.schema.json';
  const context = { schema, inputs, carriedOver: carried.values, valuesFiles, runtimeVersion, guard };
  const { text, values, checked, diagnostics } = writeValues(planned, environment, context, shown);
  const open = planned.diagnostics.filter((finding) => !isAnswered(planned, values, inventory, finding));
  const readiness = environmentReadiness(
    { ...planned, diagnostics: open },
    {
      environment: inventory.given === undefined ? undefined : environment.name,
      packaged: request.packaged,
    },
  );
  const known = {
    environment,
    plan: planned,
    file,
    shown,
    text,
    values,
    checked,
    runtimeVersion,
    valuesFiles,
    context,
    carried: carried.at,
  };
  const findings = [
    ...openFindings(planned, values, inventory),
    ...readiness,
    ...diagnostics,
    ...carried.diagnostics,
    ...runtimeVersionFindings(inventory, environment, valuesFiles),
    ...imageFindings(values, request.configuration),
  ];
  return { ...known, diagnostics: findings };
}

/** Environments of the same pattern share a plan: planning a large inventory once is enough. */
function sharedPlan(inventory: Inventory, { environment, options, plans }: EnvironmentRequest): Plan {
  const { pattern, coordination, replicas } = options;
  const key = JSON.stringify([pattern, coordination, replicas, offsetsOf(inventory, environment.name)]);
  const shared = plans.get(key) ?? plan(inventory, { ...options, environment: environment.name });
  plans.set(key, shared);
  return shared;
}

/** What moves the ports of an environment: two with the same can share a plan. */
function offsetsOf({ configurations }: Inventory, environment: string): readonly unknown[] {
  return configurations
    .filter((configuration) => configuration.environment === environment)
    .map(({ workload, offset, inboundPortOffset }) => [workload, offset, inboundPortOffset]);
}

/** The values written again, for an environment that says more or with what is known by now. */
export function rewriteValues(
  one: EnvironmentValues,
  environment: Environment,
  more: Pick<WriteContext, 'artifacts' | 'workloadArtifacts'>,
): EnvironmentValues {
  const context = { ...one.context, ...more };
  const { text, values, checked, diagnostics } = writeValues(one.plan, environment, context, one.shown);
  return { ...one, text, values, checked, diagnostics: [...withoutFileFindings(one), ...diagnostics] };
}

/** Findings that are not about the values file. */
export function withoutFileFindings({
  diagnostics,
  shown,
}: Pick<EnvironmentValues, 'diagnostics' | 'shown'>): readonly Diagnostic[] {
  return diagnostics.filter(({ code, source }) => !code.startsWith('MI-VALUES-') || (source?.path ?? shown) !== shown);
}

/** What the values ask for: they may say more than the plan. */
export function writtenPlan({ plan: planned, values }: Pick<EnvironmentValues, 'plan' | 'values'>): {
  readonly pattern: Plan['pattern'];
  readonly workloads: readonly WorkloadPods[];
} {
  const all = mergeValues(chartDefaults, values);
  return { pattern: (all['pattern'] ?? planned.pattern) as Plan['pattern'], workloads: podsOf(all) };
}
