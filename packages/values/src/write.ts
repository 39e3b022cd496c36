import { compareText, type Diagnostic, printable } from '@mi-patterns/inventory';
import { claimsOf, isDivided, listed, type Plan, type Workload } from '@mi-patterns/planner';
import type { Environment } from './configuration/environments.ts';
import { valuesSchema } from './schema/schemas.ts';
import { isMapping, layerValues, type Values } from './merge.ts';
import { resolve, type JsonSchema } from './schema/json-schema.ts';
import { list } from './schema/words.ts';
import { chooseRecovery, type GuardInImage } from './recovery.ts';
import { seal } from './seal.ts';
import { type CheckedValues, checkWritten } from './validate.ts';
import { missingSettings } from './write-settings.ts';
import { commentKey, emitYaml, wrapComment } from './yaml/emit.ts';

/** What a values file says of its origin, and what comes from neither plan nor environment. */
export interface WriteContext {
  /** Path of the chart's schema for editors, relative to the values file. */
  readonly schema: string;
  /** What the plan was made from: path as the user gave it, and the digest of its content, `sha256:…`. */
  readonly inputs: readonly { readonly path: string; readonly digest: string }[];
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

export interface WrittenValues {
  /** The file, sealed; see `seal.ts`. */
  readonly text: string;
  /** What is in it. */
  readonly values: Values;
  /**
   * Faults of the file against schema and plan. Errors come from overrides: the file must not be written then. What the
   * chart refuses is not among them.
   */
  readonly diagnostics: readonly Diagnostic[];
  /** All that is known about the file without the chart, so that nobody has to read it again. */
  readonly checked: CheckedValues;
}

/**
 * The values file of one environment: what the plan decides, over it the environment's values files and values, and a
 * comment at each workload that says why it exists. `path` is used in diagnostics only. The same input gives the same
 * bytes.
 */
export function writeValues(plan: Plan, environment: Environment, context: WriteContext, path: string): WrittenValues {
  const comments = new Map<string, string>();
  const merged = valuesOf(plan, environment, context, comments);
  const ordered = inSchemaOrder(merged, valuesSchema) as Values;
  const body = emitYaml(ordered, comments);
  const missing = missingSettings(plan.readiness, environment.name, environment.release);
  const toFillIn = missing.length === 0 ? '' : `\n${missing.map((line) => `# ${line}\n`).join('')}`;
  const text = seal(`${header(environment, context)}\n\n${body}${toFillIn}`);
  const checked = checkWritten(ordered, text, path, { plan });
  return { text, values: merged, diagnostics: checked.diagnostics, checked };
}

/**
 * The values of one environment as {@link writeValues} writes them, for those who need no file; `comments` is filled.
 */
export function valuesOf(
  plan: Plan,
  environment: Environment,
  context: Omit<WriteContext, 'schema' | 'inputs'>,
  comments: Map<string, string> = new Map(),
): Values {
  const generated = generatedValues(plan, environment, context, comments);
  const layers = [context.carriedOver ?? {}, ...(context.valuesFiles ?? []), environment.values];
  const overridden = layers.reduce(layerValues, generated);
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

function header(environment: Environment, context: WriteContext): string {
  const lines = [
    `Values of the micro-integrator chart for the environment ${environment.name}, made by mi-patterns generate.`,
    'Do not edit: change mi-patterns.yaml and generate again.',
    ...(context.inputs.length === 0
      ? []
      : [
          '',
          'Made from:',
          ...context.inputs
            .toSorted((a, b) => compareText(a.path, b.path))
            .map(({ path, digest }) => `  ${path} ${digest}`),
        ]),
  ];
  const comment = lines.flatMap((line) => (line.startsWith('  ') ? [printable(line)] : wrapComment(line, 98)));
  // Editors look for the line about the schema at the top of the file.
  return [`# yaml-language-server: $schema=${context.schema}`, ...comment.map((line) => `# ${line}`.trimEnd())].join(
    '\n',
  );
}

function generatedValues(
  plan: Plan,
  environment: Environment,
  context: Omit<WriteContext, 'schema' | 'inputs'>,
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
function releaseArtifacts(plan: Plan, context: Omit<WriteContext, 'schema' | 'inputs'>): Values {
  const roles = plan.delivery === 'roles' ? [...new Set(plan.roles.values())].sort(compareText) : [];
  const artifacts = { ...context.artifacts, ...(roles.length === 0 ? {} : { roles }) };
  return Object.keys(artifacts).length === 0 ? {} : { artifacts };
}

function workloadValues(
  workload: Workload,
  plan: Plan,
  context: Omit<WriteContext, 'schema' | 'inputs'>,
  comments: Map<string, string>,
): Values {
  const path = ['workloads', workload.name];
  const kept = keptStates(workload);
  const claims = claimsOf(workload);
  comments.set(
    commentKey(path),
    [
      workload.because,
      ...(workload.type === 'stateless'
        ? kept.map(({ what, because }) => `Lost with a pod, and different in each: ${what} (${because})`)
        : kept
            .filter(({ what }) => !claims.some((claim) => claim.what === what))
            .map(
              ({ what, because }) =>
                `Lost with the pod: ${what} (${because}) Keep it with persistence, at the path that the artifact uses.`,
            )),
    ].join('\n'),
  );
  for (const { name, what } of claims)
    comments.set(commentKey([...path, 'persistence', name]), kept.find((state) => state.what === what)?.because ?? '');
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

/** One entry for each kind of state, with all reasons, in the order of the plan. */
function keptStates({ persistence }: Workload): readonly { readonly what: string; readonly because: string }[] {
  const reasons = new Map<string, Set<string>>();
  for (const { what, because } of persistence) reasons.set(what, (reasons.get(what) ?? new Set()).add(because));
  return [...reasons].map(([what, because]) => ({ what, because: [...because].join(' ') }));
}

/** Keys in the order in which the schema names them; keys that it does not name keep their order, behind the others. */
function inSchemaOrder(value: unknown, schema: unknown): unknown {
  if (!isMapping(value)) return value;
  const node = resolve(valuesSchema, schema);
  const properties = node.properties ?? {};
  const known = Object.keys(properties).filter((key) => Object.hasOwn(value, key));
  const others = Object.keys(value).filter((key) => !Object.hasOwn(properties, key));
  return Object.fromEntries(
    [...known, ...others].map((key) => [
      key,
      inSchemaOrder(value[key], properties[key] ?? patternSchema(node, key) ?? node.additionalProperties),
    ]),
  );
}

function patternSchema(node: JsonSchema, key: string): unknown {
  return Object.entries(node.patternProperties ?? {}).find(([pattern]) => new RegExp(pattern, 'u').test(key))?.[1];
}
