import { basename } from 'node:path';
import type { Diagnostic, Inventory } from '@mi-patterns/inventory';
import { environmentReadiness, plan, type Plan } from '@mi-patterns/planner';
import { type Environment, environmentsOf } from '../configuration/environments.ts';
import type { LoadedConfiguration } from '../configuration/loaded.ts';
import { planOptionsOf } from '../configuration/plan-options.ts';
import { chartDefaults } from '../generated/chart-defaults.ts';
import { isMapping, mappingOf, mergeValues, type Values } from '../mapping/merge.ts';
import { serverConfigurations } from '../server/server-configurations.ts';
import { checkValues, placed } from '../check/validate.ts';
import { valuesOf } from '../write/values-of-plan.ts';
import { effectiveWorkloads } from '../workloads/effective.ts';
import { withoutVolume } from '../rules/volumes.ts';
import { readValues, type ValuesText, type YamlFile } from '../yaml/read.ts';

/** What a generated values file was made from: the name and the digest in its header, and their line. */
interface ValuesOrigin {
  readonly name: string;
  readonly digest: string;
  readonly line: number;
}

/** A values file that `generate` has made, of several that lie over each other. */
export interface GeneratedValues {
  /** All files, the lowest first. */
  readonly layers: readonly ValuesFile[];
  readonly made: ValuesFile;
  readonly origin: ValuesOrigin;
}

/** The uppermost of several values files that `generate` has made; undefined where it has made none. */
export function generatedValues(layers: readonly ValuesFile[]): GeneratedValues | undefined {
  for (const made of layers.toReversed()) {
    const origin = originOf(made.text);
    if (origin !== undefined) return { layers, made, origin };
  }
  return undefined;
}

/** What the header of a generated file says it was made from; undefined for a file that `generate` has not made. */
function originOf(text: string): ValuesOrigin | undefined {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  if (lines[0]?.startsWith('# mi-patterns: sha256:') !== true) return undefined;
  const start = lines.indexOf('# Made from:');
  const found = start < 0 ? null : /^# {3}(.*) (sha256:[0-9a-f]{64})$/.exec(lines[start + 1] ?? '');
  return found === null ? undefined : { name: found[1] ?? '', digest: found[2] ?? '', line: start + 2 };
}

/** The sources of values as they are now. */
export interface CurrentSources {
  readonly digest: string;
  readonly loaded: LoadedConfiguration;
  readonly inventory: Inventory;
}

/** A values file: `path` as people see it, `file` where it is. */
interface ValuesFile extends Pick<ValuesText, 'text' | 'path'> {
  readonly file: string;
}

/**
 * What a generated values file, with those around it, and its sources say of each other: that the sources hold other
 * artifacts by now, so that a stateful artifact would run in no pod, or that they read settings which the values do not
 * give, so that no pod becomes ready, or use directories where the values mount no volume. Pure.
 */
export function compareWithSources(values: GeneratedValues, sources: CurrentSources): readonly Diagnostic[] {
  const { made: file, origin } = values;
  const planned = planOf(values, sources);
  const unanswered =
    planned === undefined
      ? []
      : [
          ...environmentReadiness(planned.plan, { environment: planned.environment.name, packaged: true }),
          ...directories(planned),
        ];
  if (sources.digest === origin.digest) return unanswered;
  const holder = origin.name === '.' ? 'the sources hold' : `${origin.name} holds`;
  const sentence = `The values were made from artifacts other than ${holder} now, or by another version of mi-patterns`;
  const finding = {
    code: 'MI-VALUES-STALE',
    hint: 'Run `mi-patterns generate`, and `mi-patterns generate --check` in the pipeline.',
    source: { path: file.path, line: origin.line, column: 1 },
  } as const;
  if (planned === undefined || !holdsPlan(planned))
    return [
      {
        ...finding,
        severity: 'error',
        message: `${sentence}: what was added since then may run in no pod, or in all of them.`,
      },
    ];
  return [{ ...finding, severity: 'warning', message: `${sentence}. Their workloads are still right.` }, ...unanswered];
}

interface PlannedFile {
  readonly plan: Plan;
  readonly environment: Environment;
  readonly values: Values;
  readonly read: YamlFile;
}

function directories({ plan: wanted, values, read }: PlannedFile): readonly Diagnostic[] {
  const workloads = effectiveWorkloads(mergeValues(chartDefaults, values));
  return withoutVolume(workloads, wanted).map((finding) => placed(read, finding));
}

/**
 * The plan for these values, whoever has edited them: the values count, not what the configuration would write.
 * Undefined where they break the schema or belong to no environment.
 */
function planOf({ layers, made }: GeneratedValues, { loaded, inventory }: CurrentSources): PlannedFile | undefined {
  const top = layers.at(-1) ?? made;
  const base = layers.slice(0, -1);
  const { values, breaksSchema } = checkValues(top.text, top.path, { base });
  const environment = environmentOf(made.file, loaded);
  if (values === undefined || breaksSchema || environment === undefined) return undefined;
  const { pattern } = mergeValues(chartDefaults, values) as Values & Pick<Plan, 'pattern'>;
  const options = planOptionsOf(loaded, { ...environment, pattern });
  const read = inventory.configurations.filter((one) => one.environment === undefined);
  const { configurations, given } = serverConfigurations(
    { ...environment, values },
    { loaded: undefined, files: layers.map(readValues), read },
  );
  const result = plan(
    { ...inventory, configurations: [...read, ...configurations], given },
    { ...options, environment: environment.name },
  );
  return { plan: result, environment, values, read: readValues({ ...top, base }) };
}

/**
 * Whether the values have the workloads that the plan calls for, no other, and each with all that the plan gives it.
 * Not known of archives for each workload, whose lists the package makes.
 */
function holdsPlan({ plan: wanted, environment, values }: PlannedFile): boolean {
  if (wanted.delivery !== 'roles') return false;
  const { pattern, coordination = {}, artifacts = {}, workloads } = valuesOf(wanted, environment, {});
  const names = (map: unknown): string => Object.keys(mappingOf(map)).toSorted().join();
  return (
    names(values['workloads']) === names(workloads) && holds(values, { pattern, coordination, artifacts, workloads })
  );
}

/** Whether every value of `part` stands in `whole`. */
function holds(whole: unknown, part: unknown): boolean {
  if (!isMapping(part)) return JSON.stringify(whole) === JSON.stringify(part);
  return Object.entries(part).every(([key, value]) => holds(isMapping(whole) ? whole[key] : undefined, value));
}

/** The environment that a file was made for, by the name `generate` gives it. */
function environmentOf(file: string, { configuration }: LoadedConfiguration): Environment | undefined {
  const name = /^values-(.*)\.yaml$/.exec(basename(file))?.[1];
  const environments = environmentsOf(configuration);
  return name === undefined && environments.length === 1
    ? environments[0]
    : environments.find((one) => one.name === name);
}
