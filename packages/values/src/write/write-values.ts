import type { Diagnostic } from '@mi-patterns/inventory';
import type { Plan } from '@mi-patterns/planner';
import type { Environment } from '../configuration/environments.ts';
import { isMapping, type Values } from '../mapping/merge.ts';
import { type JsonSchema, resolve } from '../schema/json-schema.ts';
import { valuesSchema } from '../schema/schemas.ts';
import { seal } from '../files/seal.ts';
import { type CheckedValues, checkWritten } from '../check/validate.ts';
import { type ValuesContext, valuesOf } from './values-of-plan.ts';
import { type HeaderContext, writeHeader } from './header.ts';
import { missingSettings } from './missing-settings.ts';
import { emitYaml } from '../yaml/emit.ts';

/** What a values file is made from and says of its origin, besides the plan and the environment. */
export interface WriteContext extends ValuesContext, HeaderContext {}

export interface WrittenValues {
  /** The file, sealed; see `files/seal.ts`. */
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
  const text = seal(`${writeHeader(environment, plan.verdicts, context)}\n\n${body}${toFillIn}`);
  const checked = checkWritten(ordered, text, path, { plan });
  return { text, values: merged, diagnostics: checked.diagnostics, checked };
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
