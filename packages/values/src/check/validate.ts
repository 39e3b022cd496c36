import { compareDiagnostics, type Diagnostic, type Source } from '@mi-patterns/inventory';
import type { Plan } from '@mi-patterns/planner';
import { describe } from '../findings/catalogue.ts';
import { chartDefaults } from '../generated/chart-defaults.ts';
import { validate } from '../generated/validate-values.js';
import { valuesSchema } from '../schema/schemas.ts';
import { mergeValues, type Values } from '../mapping/merge.ts';
import type { Finding } from '../rules/finding.ts';
import { planRules } from '../rules/plan.ts';
import { timeZoneRules } from '../rules/time-zone.ts';
import { withoutEchoes } from '../schema/echoes.ts';
import { checkAgainstSchema } from '../schema/explain.ts';
import { locate } from '../yaml/locate.ts';
import { isTooLong, readValues, readValuesText, type ValuesText, type YamlFile } from '../yaml/read.ts';

export interface ValidateOptions {
  /** The plan that the values shall carry: each of its roles and stateful artifacts must be in a workload. */
  readonly plan?: Plan;
  /** Values files that this one lies over, as with several `-f` of helm: the lowest first. */
  readonly base?: readonly ValuesText[] | undefined;
}

/** What is known about a values file without rendering the chart. */
export interface CheckedValues {
  readonly diagnostics: readonly Diagnostic[];
  /** The content, over that of the files below; undefined when any is not a valid YAML mapping. */
  readonly values: Values | undefined;
  readonly breaksSchema: boolean;
  /** Paths of the values that the schema refuses as they are. */
  readonly refused: readonly (readonly string[])[];
}

/**
 * All faults of a values file that are known without the chart: syntax, the chart's schema, and what the plan wants, on
 * the values as Helm would merge them over the chart's. Read as Helm reads it (YAML 1.1). Sorted by place; never
 * throws. Rules between several values are the chart's own: it refuses to render, see `judgeValues` of the command.
 */
export function checkValues(text: string, path: string, options: ValidateOptions = {}): CheckedValues {
  const file = readValues({ text, path, base: options.base });
  if (file.value === undefined)
    return { diagnostics: file.diagnostics, values: undefined, breaksSchema: true, refused: [] };
  return checkFile(file, file.value, options);
}

/**
 * The same of values that were just written as this text, which is read only when a fault has to be placed in it: what
 * `emitYaml` writes reads back as it was.
 */
export function checkWritten(values: Values, text: string, path: string, options: ValidateOptions): CheckedValues {
  if (isTooLong(text)) return checkValues(text, path, options);
  let known: YamlFile | undefined;
  const read = (): YamlFile => (known ??= readValuesText(text, path));
  const file: YamlFile = {
    path,
    value: values,
    diagnostics: [],
    get document() {
      return read().document;
    },
    get lines() {
      return read().lines;
    },
  };
  return checkFile(file, values, options, (finding) => keyOfWorkload(text, path, finding));
}

/**
 * The key of a workload in a text of `emitYaml`, found without reading all of it, for which the library takes as long
 * as all else that is written; undefined for what it cannot find.
 */
export function keyOfWorkload(
  text: string,
  path: string,
  { path: keys, at }: Pick<Finding, 'path' | 'at'>,
): Source | undefined {
  const [above, key, ...below] = keys;
  if (above !== 'workloads' || key === undefined || below.length > 0 || at !== 'key') return undefined;
  const start = text.indexOf('\nworkloads:\n');
  const found = start < 0 ? -1 : text.indexOf(`\n  ${key}:`, start);
  const next = text.slice(start + 1, found).search(/\n[^ #\n]/);
  if (found < 0 || next >= 0) return undefined;
  return { path, line: text.slice(0, found + 1).split('\n').length, column: 3 };
}

function checkFile(
  file: YamlFile,
  own: Values,
  { plan }: ValidateOptions,
  known: (finding: Finding) => Source | undefined = () => undefined,
): CheckedValues {
  const values = mergeValues(chartDefaults, own);
  const faults = checkAgainstSchema(validate, valuesSchema, { data: values, file, prefix: 'MI-VALUES' });
  const findings = [...timeZoneRules(values), ...(plan === undefined ? [] : planRules(values, plan))];
  const told = findings.map((finding) => placed(file, finding, known(finding)));
  return {
    diagnostics: [...withoutEchoes(faults), ...told].sort(compareDiagnostics),
    values: own,
    breaksSchema: faults.length > 0,
    refused: faults.flatMap(({ fault: { code, path: where, key } }) =>
      code === 'MISSING' || code === 'CONDITION' ? [] : [key === undefined ? where : [...where, key]],
    ),
  };
}

/** The diagnostics of {@link checkValues}. */
export function validateValues(text: string, path: string, options: ValidateOptions = {}): readonly Diagnostic[] {
  return checkValues(text, path, options).diagnostics;
}

/** A broken rule as a diagnostic with its place in the file, which is looked for unless it is known. */
export function placed(
  file: YamlFile,
  { code, path, message, hint, severity, at }: Finding,
  known?: Source,
): Diagnostic {
  // A setting that is inherited from below this file is told where the file has the nearest key.
  const diagnostic = describe(code, message, known ?? locate(file, path, at ?? 'value').source, hint);
  return severity === undefined ? diagnostic : { ...diagnostic, severity };
}
