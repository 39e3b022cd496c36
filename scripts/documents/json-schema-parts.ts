export type JsonSchema = Readonly<Record<string, unknown>>;
export type Fields = Readonly<Record<string, JsonSchema>>;

export const text = (description: string): JsonSchema => ({ type: 'string', description });
export const count = (description: string): JsonSchema => ({ type: 'integer', minimum: 0, description });
export const flag = (description: string): JsonSchema => ({ type: 'boolean', description });
export const choice = (values: readonly string[], description: string): JsonSchema => ({ enum: values, description });
export const list = (items: JsonSchema, description: string): JsonSchema => ({ type: 'array', items, description });
/** What a definition of the document describes, and a list of it. */
export const one = (definition: string, description: string): JsonSchema => ({
  $ref: `#/$defs/${definition}`,
  description,
});
export const several = (definition: string, description: string): JsonSchema =>
  list({ $ref: `#/$defs/${definition}` }, description);
export const ids = (description: string): JsonSchema => list({ type: 'string' }, description);

/** A mapping with exactly these keys; a key that ends in `?` may be missing. */
export function record(fields: Fields, description?: string): JsonSchema {
  const entries = Object.entries(fields).map(([key, schema]) => [key.replace(/\?$/, ''), schema] as const);
  const required = Object.keys(fields).filter((key) => !key.endsWith('?'));
  return {
    type: 'object',
    ...(description === undefined ? {} : { description }),
    additionalProperties: false,
    required,
    properties: Object.fromEntries(entries),
  };
}

export const patterns = ['single-replica', 'multiple-replicas', 'coordinated'];
