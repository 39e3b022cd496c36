import { compareDiagnostics, type Diagnostic } from '@mi-patterns/inventory';
import type { Plan } from '@mi-patterns/planner';
import { describe } from '../findings/catalogue.ts';
import { chartDefaults } from '../generated/chart-defaults.ts';
import { validate } from '../generated/validate-values.js';
import { valuesSchema } from '../schema/schemas.ts';
import { mergeValues, type Values } from '../mapping/merge.ts';
import type { Finding } from '../rules/finding.ts';
import { planRules } from '../rules/plan.ts';
import { timeZoneRules } from '../rules/time-zone.ts';
import { writtenRules } from '../rules/written.ts';
import { withoutEchoes } from '../schema/echoes.ts';
import { checkAgainstSchema } from '../schema/explain.ts';
import { locate } from '../yaml/locate.ts';
import { keepWrittenText, readValues, type ValuesText, type YamlFile } from '../yaml/read.ts';

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
  const checked = checkFile(file, file.value, options);
  const diagnostics = [...checked.diagnostics, ...writtenFindings(file)].sort(compareDiagnostics);
  return { ...checked, diagnostics };
}

/** Settings of a file that arrive as another text than they are written. */
export function writtenFindings(file: YamlFile): readonly Diagnostic[] {
  return writtenRules(file).map((finding) => placed(file, finding));
}

/** The same of values that `emitYaml` has just written as this text, which reads back as they are. */
export function checkWritten(values: Values, text: string, path: string, options: ValidateOptions): CheckedValues {
  const file = keepWrittenText(text, path, values);
  return file.value === undefined ? checkValues(text, path, options) : checkFile(file, file.value, options);
}

function checkFile(file: YamlFile, own: Values, { plan }: ValidateOptions): CheckedValues {
  const values = mergeValues(chartDefaults, own);
  const faults = checkAgainstSchema(validate, valuesSchema, { data: values, file, prefix: 'MI-VALUES' });
  const findings = [...timeZoneRules(values), ...(plan === undefined ? [] : planRules(values, plan))];
  const told = findings.map((finding) => placed(file, finding));
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

/** A broken rule as a diagnostic with its place in the file. */
export function placed(file: YamlFile, { code, path, message, hint, severity, at }: Finding): Diagnostic {
  // A setting that is inherited from below this file is told where the file has the nearest key.
  const diagnostic = describe(code, message, locate(file, path, at ?? 'value').source, hint);
  return severity === undefined ? diagnostic : { ...diagnostic, severity };
}
