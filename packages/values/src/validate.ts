import { compareDiagnostics, type Diagnostic } from '@mi-patterns/inventory';
import type { Plan } from '@mi-patterns/planner';
import { catalogue, describe } from './catalogue.ts';
import { chartDefaults } from './generated/chart-defaults.ts';
import { validate } from './generated/validate-values.js';
import { valuesSchema } from './schema/schemas.ts';
import { layerValues, mergeValues, valueAt, type Values } from './merge.ts';
import { artifactRules } from './rules/artifacts.ts';
import { contradictionRules } from './rules/contradictions.ts';
import { isolationRules } from './rules/isolation.ts';
import { fencingRules } from './rules/fencing.ts';
import type { Finding } from './rules/finding.ts';
import { memoryRules } from './rules/memory.ts';
import { needRules } from './rules/needs.ts';
import { patternRules } from './rules/patterns.ts';
import { releaseRules } from './rules/release.ts';
import { reservedRules } from './rules/reserved.ts';
import { effectiveWorkloads } from './rules/workloads.ts';
import { withoutEchoes } from './schema/echoes.ts';
import { checkAgainstSchema } from './schema/explain.ts';
import { locate } from './yaml/locate.ts';
import { readYaml } from './yaml/read.ts';

export interface ValidateOptions {
  /** Values of the files given before this one, lowest first; the chart's own values are always below. */
  readonly below?: readonly Values[];
  /** Name of the release, for the length of names; not checked when absent. */
  readonly release?: string;
  /** The plan that the values shall carry: each of its roles and stateful artifacts must be in a workload. */
  readonly plan?: Plan;
  /** Set when the names of ConfigMaps with archives are written into the values later. */
  readonly archivesFollow?: boolean;
  /** Set when the chart judges the values too: what it refuses is left to it. */
  readonly chartJudges?: boolean;
}

/**
 * All faults of a values file at once: syntax, the chart's schema, and the rules of the patterns that a schema cannot
 * hold, on the values as Helm would merge them. Read as Helm reads it (YAML 1.1). Sorted by place; never throws.
 */
export function validateValues(text: string, path: string, options: ValidateOptions = {}): readonly Diagnostic[] {
  const file = readYaml(text, path, 'MI-VALUES', 'helm');
  if (file.value === undefined) return file.diagnostics;
  const values = mergeValues(chartDefaults, [...(options.below ?? []), file.value].reduce(layerValues));
  const findings = ruleFindings(values, options);
  const faults = checkAgainstSchema(validate, valuesSchema, file, values, 'MI-VALUES')
    // What a rule says in the words of the pattern, the schema's condition need not repeat.
    .filter(({ fault }) => fault.code !== 'CONDITION' || !findings.some((finding) => saysTheSame(finding, fault.path)));
  const rules = findings.map((finding) => findingDiagnostic(finding));
  return [...withoutEchoes(faults), ...rules].sort(compareDiagnostics);

  function findingDiagnostic({ code, path: where, message, hint, related, severity, at }: Finding): Diagnostic {
    // A setting that is inherited from below this file is told where the file has the nearest key.
    const source = locate(file, where, at ?? 'value').source;
    const told = describe(
      code,
      message,
      source,
      hint,
      related?.map((other) => locate(file, other, 'value').source),
    );
    return severity === undefined ? told : { ...told, severity };
  }
}

/** The content of a values file, read as Helm reads it; undefined when it is no valid YAML mapping. Does not look at the schema. */
export function readValues(
  text: string,
  path: string,
): { readonly values?: Values; readonly diagnostics: readonly Diagnostic[] } {
  const { value, diagnostics } = readYaml(text, path, 'MI-VALUES', 'helm');
  return value === undefined ? { diagnostics } : { values: value, diagnostics };
}

/** The broken rules of values that are already merged over the chart's. */
function ruleFindings(values: Values, options: ValidateOptions): readonly Finding[] {
  const pattern = valueAt(values, ['pattern']);
  const input = {
    values,
    pattern: typeof pattern === 'string' ? pattern : 'single-replica',
    mode: valueAt(values, ['coordination', 'mode']) === 'database' ? 'database' : 'isolate',
    workloads: effectiveWorkloads(values),
    release: options.release,
    plan: options.plan,
    archivesFollow: options.archivesFollow === true,
  } as const;
  const findings = [
    ...patternRules(input),
    ...artifactRules(input),
    ...isolationRules(input),
    ...releaseRules(input),
    ...fencingRules(input),
    ...needRules(input),
    ...reservedRules(input),
    ...contradictionRules(input),
    ...memoryRules(input),
  ];
  const left = options.chartJudges === true ? findings.filter(isLeftToCommand) : findings;
  const seen = new Set<string>();
  // One inherited setting breaks a rule in every workload; it is told once.
  return left.filter(({ code, path }) => {
    const key = JSON.stringify([code, path]);
    return !seen.has(key) && seen.add(key) !== undefined;
  });
}

/** Warnings, which the chart gives without a place, and what only the plan tells. */
function isLeftToCommand({ code }: Finding): boolean {
  return (
    catalogue[code].severity === 'warning' || code === 'MI-VALUES-UNPLANNED' || code === 'MI-VALUES-STATEFUL-MISSING'
  );
}

/** A rule about a pattern says all there is to say about the pods of a workload, or about one inherited setting. */
function saysTheSame({ code, path: told }: Finding, path: readonly string[]): boolean {
  if (!['MI-VALUES-SINGLE-REPLICA', 'MI-VALUES-MULTIPLE-REPLICAS', 'MI-VALUES-COORDINATED'].includes(code))
    return false;
  const length = told[0] === 'workloads' ? 2 : told.length;
  return path.length <= length
    ? path.every((segment, index) => told[index] === segment)
    : told.slice(0, length).every((segment, index) => path[index] === segment);
}
