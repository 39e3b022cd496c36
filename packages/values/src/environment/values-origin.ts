import { basename } from 'node:path';
import type { Diagnostic, Inventory } from '@mi-patterns/inventory';
import { environmentReadiness, plan, type Plan } from '@mi-patterns/planner';
import { type Environment, environmentsOf } from '../configuration/environments.ts';
import type { LoadedConfiguration } from '../configuration/loaded.ts';
import { planOptionsOf } from '../configuration/plan-options.ts';
import { chartDefaults } from '../generated/chart-defaults.ts';
import { mergeValues, type Values } from '../merge.ts';
import { serverConfigurations } from '../server/server-configurations.ts';
import { checkValues } from '../validate.ts';
import { readYaml } from '../yaml/read.ts';

/** What a generated values file was made from: the name and the digest in its header, and their line. */
export interface ValuesOrigin {
  readonly name: string;
  readonly digest: string;
  readonly line: number;
}

/** What the header of a generated file says it was made from; undefined for a file that `generate` has not made. */
export function originOfValues(text: string): ValuesOrigin | undefined {
  if (!/^# mi-patterns: sha256:/.test(text)) return undefined;
  const lines = text.split(/\r?\n/);
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

/**
 * What a generated values file and its sources say of each other: that the sources hold other artifacts by now, so that
 * a stateful artifact would run in no pod, or that they read settings which the values do not give, so that no pod
 * becomes ready. `shown`: the file as people see it. Pure.
 */
export function compareWithSources(
  { file, shown, text }: { readonly file: string; readonly shown: string; readonly text: string },
  origin: ValuesOrigin,
  sources: CurrentSources,
): readonly Diagnostic[] {
  if (sources.digest === origin.digest) return missingSettings({ file, shown, text }, sources);
  return [
    {
      code: 'MI-VALUES-STALE',
      severity: 'error',
      message: `The values were made from other artifacts than ${origin.name === '.' ? 'the sources hold' : `${origin.name} holds`} now: what was added since then may run in no pod, or in all of them.`,
      hint: 'Run `mi-patterns generate`, and `mi-patterns generate --check` in the pipeline.',
      source: { path: shown, line: origin.line, column: 1 },
    },
  ];
}

/**
 * What the pods of these values lack, whoever has edited them: the values count, not what the configuration would
 * write.
 */
function missingSettings(
  { file, shown, text }: { readonly file: string; readonly shown: string; readonly text: string },
  { loaded, inventory }: CurrentSources,
): readonly Diagnostic[] {
  const { values, breaksSchema } = checkValues(text, file);
  const environment = environmentOf(file, loaded);
  if (values === undefined || breaksSchema || environment === undefined) return [];
  const { pattern } = mergeValues(chartDefaults, values) as Values & Pick<Plan, 'pattern'>;
  const options = planOptionsOf(loaded, { ...environment, pattern });
  const read = inventory.configurations.filter((one) => one.environment === undefined);
  const { configurations, given } = serverConfigurations(
    { ...environment, values },
    { loaded: undefined, files: [readYaml(text, shown, 'MI-VALUES', 'helm')], read },
  );
  const result = plan(
    { ...inventory, configurations: [...read, ...configurations], given },
    { ...options, environment: environment.name },
  );
  return environmentReadiness(result, { environment: environment.name, packaged: true });
}

/** The environment that a file was made for, by the name `generate` gives it. */
function environmentOf(file: string, { configuration }: LoadedConfiguration): Environment | undefined {
  const name = /^values-(.*)\.yaml$/.exec(basename(file))?.[1];
  const environments = environmentsOf(configuration);
  return name === undefined && environments.length === 1
    ? environments[0]
    : environments.find((one) => one.name === name);
}
