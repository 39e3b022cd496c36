/**
 * The library: what the command does, as functions that print nothing and end no process. Everything exported here is
 * covered by semantic versioning; anything deeper in the package is not. docs/library.md shows each function at work.
 */
import {
  type Application,
  type Artifact,
  type ArtifactKind,
  type Diagnostic,
  InputError,
  type Inventory,
  inventoryDigest,
  isInputError,
  readInventory,
  type ReadOptions,
  type Reference,
  type Severity,
  type Source,
} from '@mi-patterns/inventory';
import { plan as planInventory, type Plan, type PlanOptions } from '@mi-patterns/planner';
import {
  type Environment,
  environmentsOf,
  planOptionsOf,
  type Values,
  writeValues as writeEnvironment,
  type WrittenValues,
} from '@mi-patterns/values';
import {
  type JudgeOptions,
  judgeValues,
  renderChart as render,
  type RenderOptions,
  type RenderResult,
} from '@mi-patterns/helm';
import { chartFolder } from './chart.ts';

export type { Application, Artifact, ArtifactKind, Diagnostic, Inventory, ReadOptions, Reference, Severity, Source };
export { InputError, isInputError, readInventory };
export type {
  Group,
  Pattern,
  Plan,
  PlanDiagnostic,
  PlanOptions,
  Verdict,
  VerdictClass,
  Workload,
} from '@mi-patterns/planner';
export type { Environment, LoadedConfiguration, Values, WrittenValues } from '@mi-patterns/values';
export {
  environmentsOf,
  findConfiguration,
  loadedConfiguration as readConfiguration,
  planOptionsOf,
  validateValues as validateWithoutHelm,
} from '@mi-patterns/values';
export type { KubernetesObject, RenderResult } from '@mi-patterns/helm';
export { isToolFailure, ToolFailure } from '@mi-patterns/helm';
export { chartFolder };

/**
 * What `mi-patterns plan` uses where nothing is said: a workload for each stateful artifact, three pods for the rest.
 */
const planDefaults: PlanOptions = planOptionsOf(undefined);

/** Chooses the pattern and the workloads. Pure: the same inventory and options give the same plan. */
export function plan(inventory: Inventory, options: Partial<PlanOptions> = {}): Plan {
  return planInventory(inventory, { ...planDefaults, ...options });
}

/** What a values file is made for. Missing members have the defaults that `mi-patterns generate` uses. */
export interface ValuesRequest {
  /** What the plan was made from; the header of the file names it and holds its digest. */
  readonly inventory: Inventory;
  readonly environment?: Partial<Environment>;
  /** Values that win over what the plan decides. */
  readonly overrides?: Values;
  /** Name of the file, for diagnostics. */
  readonly path?: string;
}

/**
 * Writes the values file that deploys a plan, with a comment at each workload, and checks it. Nothing is written to
 * disk. A file with errors in its `diagnostics` must not be deployed.
 */
export function writeValues(result: Plan, request: ValuesRequest): WrittenValues {
  const [defaults] = environmentsOf({});
  if (defaults === undefined) throw new Error('A configuration without environments has the default one.');
  const { inventory, environment = {}, overrides = {}, path = 'values.yaml' } = request;
  const inputs = [{ path: '.', digest: inventoryDigest(inventory) }];
  return writeEnvironment(
    result,
    { ...defaults, ...environment, values: { ...defaults.values, ...environment.values, ...overrides } },
    { schema: './values.schema.json', inputs },
    path,
  );
}

/** How to validate: by default against the chart that comes with this package. */
export type ValidateOptions = Partial<Omit<JudgeOptions, 'ask'>>;

/**
 * Every fault of a values file, with its line: the schema's, the plan's, and those that the chart finds when helm
 * renders it. Without helm a warning says that the chart was not asked.
 */
export function validate(text: string, path: string, options: ValidateOptions = {}): Promise<readonly Diagnostic[]> {
  return judgeValues(text, path, { chart: chartFolder(), ...options });
}

/** What to render: by default the chart that comes with this package. */
export type ChartRequest = Partial<Omit<RenderOptions, 'helm' | 'ask'>>;

/**
 * Renders the chart with `helm template`, offline. `refused` says why the values do not fit.
 * Throws a {@link ToolFailure} when helm is not installed, or fails for a reason of its own.
 */
export function renderChart(request: ChartRequest = {}): Promise<RenderResult> {
  return render({ chart: chartFolder(), ...request });
}
