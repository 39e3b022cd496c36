import { compareText } from '@mi-patterns/inventory';
import { claimsOf, isDivided, listed, type Plan, type Workload } from '@mi-patterns/planner';
import type { Environment } from '../configuration/environments.ts';
import { layerValues, type Values } from '../mapping/merge.ts';
import { chooseRecovery, type GuardInImage } from '../workloads/recovery.ts';
import { isKept } from '../rules/volumes.ts';
import { list } from '../schema/words.ts';
import { commentKey } from '../yaml/emit.ts';

/** What the values of an environment are made from, besides the plan and the environment. */
export interface ValuesContext {
  /** `artifacts` of single workloads by name, where each gets its own archives. */
  readonly workloadArtifacts?: Readonly<Record<string, Values>>;
  /** `artifacts` of the release: where archives come from. */
  readonly artifacts?: Values;
  /** What is carried over from deployment.toml files of projects; goes below the values files. */
  readonly carriedOver?: Values;
  /** Contents of the environment's values files, in their order. */
  readonly valuesFiles?: readonly Values[];
  /** MI version of the image, where the environment names none. */
  readonly runtimeVersion?: string;
  /** What decides the recovery of stateful workloads; without it none is written, and the chart's own applies. */
  readonly guard?: GuardInImage;
}

/**
 * The values of one environment: what the plan decides, and over it the environment's values files and values.
 * `comments` is filled: why each workload exists, and why it has what it has.
 */
export function valuesOf(
  plan: Plan,
  environment: Environment,
  context: ValuesContext,
  comments: Map<string, string> = new Map(),
): Values {
  const generated = generatedValues(plan, environment, context, comments);
  const layers = [context.carriedOver ?? {}, ...(context.valuesFiles ?? []), environment.values];
  const overridden = layers.reduce(layerValues, generated);
  for (const workload of plan.workloads)
    comments.set(commentKey(['workloads', workload.name]), whyWorkload(workload, overridden));
  return context.guard === undefined ? overridden : withRecovery(overridden, context.guard, comments);
}

/** The values with a recovery for each stateful workload that has none. */
function withRecovery(values: Values, guard: GuardInImage, comments: Map<string, string>): Values {
  const chosen = [...chooseRecovery(values, guard)];
  // A reason is written once: of ten tasks, nine have the same.
  const first = new Map(chosen.toReversed().map(([workload, { because }]) => [because, workload]));
  for (const [workload, { because }] of chosen)
    comments.set(
      commentKey(['workloads', workload, 'recovery']),
      first.get(because) === workload ? because : `As for ${first.get(because)}.`,
    );
  return layerValues(values, {
    workloads: Object.fromEntries(chosen.map(([workload, { way }]) => [workload, way])),
  });
}

function generatedValues(
  plan: Plan,
  environment: Environment,
  context: ValuesContext,
  comments: Map<string, string>,
): Values {
  comments.set(commentKey(['pattern']), plan.patternBecause);
  const runtime = {
    ...(context.runtimeVersion === undefined ? {} : { version: context.runtimeVersion }),
    ...environment.runtime,
  };
  return {
    pattern: plan.pattern,
    ...(Object.keys(environment.image).length === 0 ? {} : { image: environment.image }),
    ...(Object.keys(runtime).length === 0 ? {} : { runtime }),
    ...releaseArtifacts(plan, context),
    // Database coordination belongs to the coordinated pattern; the others have nothing to coordinate.
    ...(plan.pattern === 'coordinated' ? { coordination: { mode: plan.coordination } } : {}),
    workloads: Object.fromEntries(
      plan.workloads.map((workload) => [workload.name, workloadValues(workload, plan, context, comments)]),
    ),
  };
}

/** Where archives come from, and the roles in them: with the list the chart refuses a role that no workload carries. */
function releaseArtifacts(plan: Plan, context: ValuesContext): Values {
  const roles = plan.delivery === 'roles' ? [...new Set(plan.roles.values())].sort(compareText) : [];
  const artifacts = { ...context.artifacts, ...(roles.length === 0 ? {} : { roles }) };
  return Object.keys(artifacts).length === 0 ? {} : { artifacts };
}

function workloadValues(workload: Workload, plan: Plan, context: ValuesContext, comments: Map<string, string>): Values {
  const path = ['workloads', workload.name];
  const claims = claimsOf(workload);
  const states = claims.length === 0 ? [] : statesOf(workload.persistence);
  for (const { name, what } of claims)
    comments.set(
      commentKey([...path, 'persistence', name]),
      states.find((state) => state.what === what)?.because ?? '',
    );
  for (const port of workload.ports) comments.set(commentKey([...path, 'ports', port.name]), port.artifact);
  if (workload.affinity.length > 0)
    comments.set(
      commentKey([...path, 'sessionAffinity']),
      `Clients of ${list(workload.affinity, 'and')} must return to the same pod.`,
    );
  const service = serviceOf(workload, plan);
  if (service !== undefined)
    comments.set(commentKey([...path, 'service']), `Only this workload answers HTTP for ${listed(workload.http, 5)}.`);
  const artifacts = {
    ...context.workloadArtifacts?.[workload.name],
    ...(plan.delivery === 'roles' && workload.roles.length > 0 ? { roles: workload.roles } : {}),
    ...(workload.stateful.length > 0 ? { stateful: workload.stateful } : {}),
  };
  return {
    type: workload.type,
    replicas: workload.replicas,
    ...(Object.keys(artifacts).length === 0 ? {} : { artifacts }),
    ...(workload.ports.length === 0 ? {} : { ports: portsOf(workload) }),
    ...(claims.length === 0
      ? {}
      : {
          persistence: Object.fromEntries(
            claims.map(({ name, what, mountPath }) => [
              name,
              { what, ...(mountPath === undefined ? {} : { mountPath }), size: '1Gi' },
            ]),
          ),
        }),
    ...(workload.affinity.length === 0 ? {} : { sessionAffinity: { type: 'ClientIP' } }),
    ...(service === undefined ? {} : { service }),
  };
}

function portsOf({ ports }: Workload): Values {
  return Object.fromEntries(
    ports.map(({ name, number, protocol }) => [name, { port: number, protocol, expose: true }]),
  );
}

/** MI's own listeners of a stateful workload get a Service only if its values ask for one. */
function serviceOf({ type, http }: Workload, plan: Plan): Values | undefined {
  return type === 'stateful' && http.length > 0 && isDivided(plan) ? { enabled: true } : undefined;
}

/** Why a workload exists, and what is lost with its pods under these values. */
function whyWorkload({ name, type, because: reason, persistence }: Workload, values: Values): string {
  const lost = statesOf(persistence.filter((state) => !isKept(values, name, state)));
  return [
    reason,
    ...lost.map(({ what, because }) =>
      type === 'stateless'
        ? `Lost with a pod, and different in each: ${what} (${because})`
        : `Lost with the pod: ${what} (${because}) Keep it with persistence, at the path that the artifact uses.`,
    ),
  ].join('\n');
}

/** One entry for each kind of state, with all reasons, in the order of the plan. */
function statesOf(
  persistence: Workload['persistence'],
): readonly { readonly what: string; readonly because: string }[] {
  const reasons = new Map<string, Set<string>>();
  for (const { what, because } of persistence) reasons.set(what, (reasons.get(what) ?? new Set()).add(because));
  return [...reasons].map(([what, because]) => ({ what, because: [...because].join(' ') }));
}
