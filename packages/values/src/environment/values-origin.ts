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
import { readYaml, type YamlFile } from '../yaml/read.ts';

/** What a generated values file was made from: the name and the digest in its header, and their line. */
export interface ValuesOrigin {
  readonly name: string;
  readonly digest: string;
  readonly line: number;
}

/** What the header of a generated file says it was made from; undefined for a file that `generate` has not made. */
export function originOfValues(text: string): ValuesOrigin | undefined {
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

/** A values file; `shown`: its path as people see it. */
interface ValuesFile {
  readonly file: string;
  readonly shown: string;
  readonly text: string;
}

/**
 * What a generated values file and its sources say of each other: that the sources hold other artifacts by now, so that
 * a stateful artifact would run in no pod, or that they read settings which the values do not give, so that no pod
 * becomes ready, or use directories where the values mount no volume. Pure.
 */
export function compareWithSources(
  values: ValuesFile,
  origin: ValuesOrigin,
  sources: CurrentSources,
): readonly Diagnostic[] {
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
  const made = `The values were made from artifacts other than ${holder} now, or by another version of mi-patterns`;
  const finding = {
    code: 'MI-VALUES-STALE',
    hint: 'Run `mi-patterns generate`, and `mi-patterns generate --check` in the pipeline.',
    source: { path: values.shown, line: origin.line, column: 1 },
  } as const;
  if (planned === undefined || !holdsPlan(planned))
    return [
      {
        ...finding,
        severity: 'error',
        message: `${made}: what was added since then may run in no pod, or in all of them.`,
      },
    ];
  return [{ ...finding, severity: 'warning', message: `${made}. Their workloads are still right.` }, ...unanswered];
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
function planOf({ file, shown, text }: ValuesFile, { loaded, inventory }: CurrentSources): PlannedFile | undefined {
  const { values, breaksSchema } = checkValues(text, file);
  const environment = environmentOf(file, loaded);
  if (values === undefined || breaksSchema || environment === undefined) return undefined;
  const { pattern } = mergeValues(chartDefaults, values) as Values & Pick<Plan, 'pattern'>;
  const options = planOptionsOf(loaded, { ...environment, pattern });
  const read = inventory.configurations.filter((one) => one.environment === undefined);
  const yaml = readYaml(text, shown, 'MI-VALUES', 'helm');
  const { configurations, given } = serverConfigurations(
    { ...environment, values },
    { loaded: undefined, files: [yaml], read },
  );
  const result = plan(
    { ...inventory, configurations: [...read, ...configurations], given },
    { ...options, environment: environment.name },
  );
  return { plan: result, environment, values, read: yaml };
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
