import { createHash } from 'node:crypto';
import { relative, resolve } from 'node:path';
import { compareVersions, type Diagnostic, imageReference, type Inventory } from '@mi-patterns/inventory';
import { environmentReadiness, isReadiness, type Plan, plan } from '@mi-patterns/planner';
import {
  carriedOver,
  chartDefaults,
  type CheckedValues,
  type Environment,
  layerValues,
  mergeValues,
  podsOf,
  runtimeVersions,
  type Values,
  type WorkloadPods,
  writeValues,
  type WrittenValues,
} from '@mi-patterns/values';
import type { Context } from './context.ts';
import { judgeValues } from './judge-values.ts';
import { display, inputPaths, type PlanFlags, planOptions } from './load.ts';
import type { LoadedConfiguration } from './loaded-configuration.ts';
import { type EnvironmentPackages, guardInImage, valuesFor } from '@mi-patterns/delivery';
import { readValuesFiles } from './values-file.ts';

/** What becomes of one environment: its plan and its values. */
export interface EnvironmentValues {
  readonly environment: Environment;
  readonly plan: Plan;
  readonly file: string;
  readonly text: string;
  /** What is in the file. */
  readonly values: Values;
  /** What is known about the file without the chart. */
  readonly checked: CheckedValues;
  /** MI version that the values and the package are made for. */
  readonly runtimeVersion: string;
  /** What the values take over from deployment.toml files of projects. */
  readonly carriedOver: Values;
  readonly valuesFiles: readonly Values[];
  readonly diagnostics: readonly Diagnostic[];
}

type Inputs = readonly { readonly path: string; readonly digest: string }[];

/**
 * The plan and the values file of one environment, as `generate` writes it and `rollout` brings it to a cluster; nothing is
 * written. `plans` keeps plans by what decides them. Throws CommandFailure when a values file cannot be read.
 */
export async function environmentValues(
  inventory: Inventory,
  environment: Environment,
  from: {
    readonly file: string;
    readonly inputs: Inputs;
    readonly plans: Map<string, Plan>;
    readonly flags: PlanFlags;
    readonly loaded: LoadedConfiguration | undefined;
    readonly context: Context;
    readonly withoutPackage?: boolean;
  },
): Promise<EnvironmentValues> {
  const flags = await planOptions(from.flags, from.loaded, from.context, environment);
  const valuesFiles = readValuesFiles(environment, from.loaded, from.context);
  // Environments of the same pattern share a plan: planning a large inventory once is enough.
  const key = JSON.stringify([
    flags.pattern,
    flags.coordination,
    flags.replicas,
    offsetsOf(inventory, environment.name),
  ]);
  const result = from.plans.get(key) ?? plan(inventory, { ...flags, environment: environment.name });
  from.plans.set(key, result);
  const runtimeVersion = runtimeVersionOf(inventory, environment, valuesFiles);
  const own = [...valuesFiles, environment.values].reduce(layerValues, {});
  const carried = carriedOver(inventory, environment, own);
  const written = writeValues(
    result,
    environment,
    {
      schema: './values.schema.json',
      inputs: from.inputs,
      carriedOver: carried.values,
      valuesFiles,
      runtimeVersion,
      guard: guardInImage(environment, valuesFiles, from.withoutPackage === true),
    },
    display(from.file, from.context),
  );
  const findings = [
    ...planFindings(result, written),
    ...environmentReadiness(result, {
      environment: inventory.given === undefined ? undefined : environment.name,
      packaged: from.withoutPackage !== true,
    }),
    ...written.diagnostics,
    ...carried.diagnostics,
    ...olderRuntime(inventory, runtimeVersion),
    ...assumedRuntime(inventory, environment, valuesFiles, runtimeVersion),
    ...withoutImage(written.values, from.loaded),
  ];
  return {
    environment,
    plan: result,
    file: from.file,
    text: written.text,
    values: written.values,
    checked: written.checked,
    runtimeVersion,
    carriedOver: carried.values,
    valuesFiles,
    diagnostics: findings,
  };
}

/** What moves the ports of an environment: two with the same can share a plan. */
function offsetsOf({ configurations }: Inventory, environment: string): readonly unknown[] {
  return configurations
    .filter((configuration) => configuration.environment === environment)
    .map(({ workload, offset, inboundPortOffset }) => [workload, offset, inboundPortOffset]);
}

/**
 * The version of MI that an environment runs: as its values or its configuration say, else the newest that a project is written
 * for, else that of the chart. Values and image are made for the same one.
 */
function runtimeVersionOf(inventory: Inventory, environment: Environment, valuesFiles: readonly Values[]): string {
  return saidVersion(environment, valuesFiles) ?? projectVersions(inventory).at(-1) ?? runtimeVersions.default;
}

function saidVersion(environment: Environment, valuesFiles: readonly Values[]): string | undefined {
  const { runtime } = [...valuesFiles, environment.values].reduce(layerValues, {}) as {
    readonly runtime?: { readonly version?: unknown };
  };
  return typeof runtime?.version === 'string' && runtime.version !== '' ? runtime.version : environment.runtime.version;
}

/** The version decides user, folders and Java version, so a guess is told. */
function assumedRuntime(
  inventory: Inventory,
  environment: Environment,
  valuesFiles: readonly Values[],
  version: string,
): readonly Diagnostic[] {
  if (saidVersion(environment, valuesFiles) !== undefined || projectVersions(inventory).length > 0) return [];
  return [
    {
      code: 'MI-PKG-RUNTIME-ASSUMED',
      severity: 'info',
      message: `Nothing names the version of Micro Integrator, so ${version} was assumed: values and image are made for it.`,
      hint: 'Name it in mi-patterns.yaml: `runtime: {version: 4.4.0}`. It decides the user, the home folder and the Java version.',
      ...(inventory.applications[0] === undefined ? {} : { source: inventory.applications[0].source }),
    },
  ];
}

/** Complete versions that projects are written for, the newest last. */
function projectVersions({ applications }: Inventory): readonly string[] {
  return applications
    .flatMap(({ runtimeVersion }) =>
      runtimeVersion !== undefined && /^[1-9]\d*\.\d+\.\d+([-.][0-9A-Za-z.-]+)?$/.test(runtimeVersion)
        ? runtimeVersion
        : [],
    )
    .toSorted(compareVersions);
}

function olderRuntime(inventory: Inventory, version: string): readonly Diagnostic[] {
  const newest = projectVersions(inventory).at(-1);
  if (newest === undefined || compareVersions(version, newest) >= 0) return [];
  const application = inventory.applications.find(({ runtimeVersion }) => runtimeVersion === newest);
  return [
    {
      code: 'MI-PKG-RUNTIME',
      severity: 'warning',
      message: `${application?.name ?? 'A project'} is written for Micro Integrator ${newest}, but \`runtime.version\` is ${version}.`,
      hint: 'Use the version that the project names, or test the project with the older one.',
      ...(application === undefined ? {} : { source: application.source }),
    },
  ];
}

type Volumes = Readonly<Record<string, { readonly what?: string } | null>>;

/**
 * Findings of the plan that the values do not answer: they say themselves whether there is a coordination database, and often
 * have the volume for state that a new pod would start without.
 */
function planFindings({ diagnostics, workloads }: Plan, { values }: WrittenValues): readonly Diagnostic[] {
  const written = (values['workloads'] ?? {}) as Readonly<Record<string, { readonly persistence?: Volumes } | null>>;
  const everywhere = ((values['workloadDefaults'] ?? {}) as { readonly persistence?: Volumes }).persistence;
  const isKept = (id: string): boolean => {
    const needs = workloads.flatMap(({ name, persistence }) =>
      persistence
        .filter(({ artifact, what }) => artifact === id && what !== 'shared-directory')
        .map(({ what }) => ({ name, what })),
    );
    return (
      needs.length > 0 &&
      needs.every(({ name, what }) =>
        Object.entries({ ...everywhere, ...written[name]?.persistence }).some(([key, volume]) =>
          // A volume says what it is for, or its name does.
          volume === null ? false : (volume.what ?? key) === what,
        ),
      )
    );
  };
  return diagnostics
    .filter(
      ({ code, artifacts }) =>
        code !== 'MI-DB-MISSING' && !isReadiness({ code }) && !(code === 'MI-ISO-STATE-PVC' && artifacts.every(isKept)),
    )
    .map((finding) => (finding.code === 'MI-ISO-STATE-PVC' ? { ...finding, severity: 'warning' } : finding));
}

/** The chart's own image is that of WSO2, which starts without a single artifact. */
function withoutImage(values: Values, loaded: LoadedConfiguration | undefined): readonly Diagnostic[] {
  const { image, artifacts } = mergeValues(chartDefaults, values) as {
    readonly image?: { readonly registry?: string; readonly repository?: string };
    readonly artifacts?: { readonly source?: string };
  };
  const { image: ofChart } = chartDefaults as { readonly image?: typeof image };
  if (
    artifacts?.source !== 'image' ||
    image?.repository !== ofChart?.repository ||
    image?.registry !== ofChart?.registry
  )
    return [];
  return [
    {
      code: 'MI-PKG-NO-IMAGE',
      severity: 'warning',
      message: "No image is named, so the chart takes WSO2's own, which has none of the artifacts.",
      hint: 'Build an image from the package, push it, and name it in mi-patterns.yaml: `image: {repository: acme/orders, tag: 1.2.0}`.',
      ...(loaded === undefined ? {} : { source: { path: loaded.path, line: 1, column: 1 } }),
    },
  ];
}

/** The database that the values lack is often in the deployment.toml of the project, which is not what the chart delivers. */
function besideProject(diagnostic: Diagnostic, { configurations }: Inventory): Diagnostic {
  const places = configurations.flatMap(({ coordinationDatabase }) => coordinationDatabase ?? []);
  if (diagnostic.code !== 'MI-VALUES-COORDINATION-URL' || places.length === 0) return diagnostic;
  return {
    ...diagnostic,
    related: places,
    hint: 'The coordination database of deployment.toml is not carried over: set `coordination.database` (`url`, `driver`) under `values`, or use `coordination: isolate`.',
  };
}

/** The chart's judgement of values, which goes on while other work is done. */
interface Judgement {
  /** The text that is judged. */
  readonly text: string;
  readonly found: Promise<readonly Diagnostic[]>;
  readonly stop: () => void;
}

/** Asks helm about the values, and comes back as soon as helm runs: it needs a processor of its own, but not this process. */
export async function beginJudgement(
  { plan: carried, environment, text, file, checked }: EnvironmentValues,
  context: Context,
): Promise<Judgement> {
  const stopping = new AbortController();
  return new Promise((comeBack) => {
    const found = judgeValues(text, display(file, context), {
      plan: carried,
      release: environment.release,
      checked,
      signal: stopping.signal,
      onStart: () => begun(),
    });
    const begun = (): void => comeBack({ text, found, stop: () => stopping.abort() });
    // Whoever waits for the findings meets the failure.
    found.then(begun, begun);
  });
}

/** The values with all findings about them, what the chart refuses included. A judgement of other values does not count. */
export async function withChartFaults(
  one: EnvironmentValues,
  inventory: Inventory,
  context: Context,
  begun?: Judgement,
): Promise<EnvironmentValues> {
  const isSame = begun?.text === one.text;
  if (!isSame) begun?.stop();
  const found = await (isSame ? begun : await beginJudgement(one, context)).found;
  return {
    ...one,
    diagnostics: [...withoutValues(one.diagnostics), ...found.map((finding) => besideProject(finding, inventory))],
  };
}

/** Findings that are not about the values file. */
function withoutValues(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return diagnostics.filter(({ code }) => !code.startsWith('MI-VALUES-'));
}

/** The values again, now that the digests of what they point at are known. */
export function pointAtPackage(
  one: EnvironmentValues,
  packaged: EnvironmentPackages,
  inputs: Inputs,
  context: Context,
): EnvironmentValues {
  const points = valuesFor(one.environment, one.valuesFiles, packaged.of(one));
  if (points === undefined) return one;
  const written = writeValues(
    one.plan,
    points.environment,
    {
      schema: './values.schema.json',
      inputs,
      carriedOver: one.carriedOver,
      valuesFiles: one.valuesFiles,
      runtimeVersion: one.runtimeVersion,
      guard: guardInImage(one.environment, one.valuesFiles, false),
      ...points.context,
    },
    display(one.file, context),
  );
  return {
    ...one,
    text: written.text,
    values: written.values,
    checked: written.checked,
    diagnostics: [...withoutValues(one.diagnostics), ...written.diagnostics],
  };
}

/** What the values ask for: they may say more than the plan. */
export function writtenPlan({ plan: planned, values }: EnvironmentValues): {
  readonly pattern: Plan['pattern'];
  readonly workloads: readonly WorkloadPods[];
} {
  const all = mergeValues(chartDefaults, values);
  return { pattern: (all['pattern'] ?? planned.pattern) as Plan['pattern'], workloads: podsOf(all) };
}

/** Names of the inputs for the header: relative, because a values file must be the same on every machine. */
export function inputNames(
  paths: readonly string[],
  loaded: LoadedConfiguration | undefined,
  context: Context,
): string {
  const base = loaded?.folder ?? context.cwd;
  const names = inputPaths(paths, loaded, context).map((path) => {
    if (imageReference(path)?.transport === 'oci') return path;
    const name = relative(base, resolve(context.cwd, imageReference(path)?.rest ?? path)).replaceAll('\\', '/');
    if (name.startsWith('..')) return name.split('/').pop() ?? name;
    return name || '.';
  });
  return [...new Set(names)].sort().join(', ');
}

/** Digest of what was read, the places left out, so that it is the same wherever the project lies. */
export function inventoryDigest(inventory: Inventory): string {
  const hash = createHash('sha256');
  for (const part of [inventory.artifacts, inventory.references]) {
    for (let start = 0; start < part.length; start += digestBatch)
      hash.update(
        part
          .slice(start, start + digestBatch)
          .map((entry) => JSON.stringify(withoutPlaces(entry)))
          .join(''),
      );
  }
  return `sha256:${hash.digest('hex')}`;
}

/** Artifacts hashed at a time: calls into the hash cost more than what they hash. */
const digestBatch = 200;

/** A copy without what says where something lies. A third of the time of a replacer, which JSON.stringify calls for each value. */
function withoutPlaces(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.length === 0 ? value : value.map(withoutPlaces);
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    if (key !== 'source' && key !== 'duplicates' && key !== 'path')
      copy[key] = withoutPlaces((value as Record<string, unknown>)[key]);
  }
  return copy;
}
