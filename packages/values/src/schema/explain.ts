import type { SchemaError } from './schema-error.ts';
import type { Diagnostic } from '@mi-patterns/inventory';
import { type CodePrefix, describe } from '../findings/catalogue.ts';
import { valueAt, type Values } from '../mapping/merge.ts';
import { locate } from '../yaml/locate.ts';
import type { YamlFile } from '../yaml/read.ts';
import { pointerSegments, type JsonSchema } from './json-schema.ts';
import { sentenceFor, type Sentence } from './sentence.ts';
import { reduceErrors } from './reduce.ts';

/** A validator made from a schema: true when the data fits, else the errors are in `errors`. */
export interface Validator {
  (data: unknown): boolean;
  errors?: readonly SchemaError[] | null;
}

/** A fault with the path it is about. */
interface SchemaFault extends Sentence {
  readonly path: readonly string[];
}

/** Data to be checked, and the file it comes from. */
export interface CheckedData {
  /** What `file` says, merged over what lies below it. */
  readonly data: Values;
  readonly file: YamlFile;
  readonly prefix: CodePrefix;
  /** Keys that the data has around what the file says. */
  readonly wrapped?: number;
}

/** Every fault of data against a schema, one sentence for each; keys around the data are left out of paths. */
function schemaFaults(
  validator: Validator,
  root: JsonSchema,
  { data, file, wrapped = 0 }: CheckedData,
): readonly SchemaFault[] {
  if (validator(data)) return [];
  const faults = reduceErrors(validator.errors ?? [], root).map((reduced): SchemaFault => {
    const full = pointerSegments(reduced.error.instancePath);
    const path = full.slice(wrapped);
    const { written } = locate(file, path, 'value');
    return { path, ...sentenceFor(reduced, root, { path, value: valueAt(data, full), written }) };
  });
  return withoutRepeats(faults);
}

function withoutRepeats(faults: readonly SchemaFault[]): readonly SchemaFault[] {
  const seen = new Set<string>();
  return faults.filter((fault) => {
    const key = JSON.stringify([fault.path, fault.key, fault.code, fault.message]);
    return !seen.has(key) && seen.add(key) !== undefined;
  });
}

function faultDiagnostic(fault: SchemaFault, file: YamlFile, prefix: CodePrefix): Diagnostic {
  const { path } = fault;
  const place =
    fault.key === undefined
      ? locate(file, path, fault.code === 'MISSING' ? 'key' : 'value')
      : locate(file, [...path, fault.key], 'key');
  return describe(`${prefix}-${fault.code}`, fault.message, place.source, fault.hint);
}

/** A fault and the diagnostic that tells it, at the place in the file that says it or would have to. */
export interface ToldFault {
  readonly fault: SchemaFault;
  readonly diagnostic: Diagnostic;
}

/** All schema faults of the data, each at its place in the file. */
export function checkAgainstSchema(validator: Validator, root: JsonSchema, checked: CheckedData): readonly ToldFault[] {
  return schemaFaults(validator, root, checked).map((fault) => ({
    fault,
    diagnostic: faultDiagnostic(fault, checked.file, checked.prefix),
  }));
}
