import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { jsonSchemas } from '../../scripts/documents/json-schemas.ts';

const compiled = new Map<string, ValidateFunction>();

/** The check of a documented `--json` document. */
export function documentSchema(name: string): ValidateFunction {
  let validate = compiled.get(name);
  if (validate === undefined) {
    const schema = jsonSchemas[name]?.schema;
    if (schema === undefined) throw new Error(`No document ${name} is described.`);
    validate = new Ajv2020({ allErrors: true }).compile(schema);
    compiled.set(name, validate);
  }
  return validate;
}

/** How a document differs from what its description says, a sentence each. */
export function documentFaults(name: string, document: unknown): string[] {
  const validate = documentSchema(name);
  validate(document);
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  );
}
