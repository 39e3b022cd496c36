import type { JsonSchema, SchemaOrBoolean } from './json-schema.ts';
import { configurationSchema, valuesSchema } from './schemas.ts';

const prefix = 'chart-';

/**
 * The schema that `init` writes next to mi-patterns.yaml for editors: as the command checks the file, and with the
 * shape of the chart's values under each `values`, so that editors complete and check those too. What is written there
 * is laid over what the plan decides, so rules about the values as a whole (`required`, `allOf`) are left to
 * `generate`.
 */
export function editorSchema(): JsonSchema {
  const { properties = {}, definitions = {} } = withChartReferences(valuesSchema) as JsonSchema & Definitions;
  const own = (configurationSchema as Definitions).definitions ?? {};
  const values: JsonSchema = {
    ...(own['values'] as JsonSchema),
    properties,
    additionalProperties: false,
  };
  const chart = Object.entries(definitions).map(([name, definition]) => [`${prefix}${name}`, definition]);
  return { ...configurationSchema, definitions: { ...own, values, ...Object.fromEntries(chart) } };
}

interface Definitions {
  readonly definitions?: Readonly<Record<string, SchemaOrBoolean>>;
}

/** A copy of the chart's schema whose references name definitions by the prefix: several names are in both schemas. */
function withChartReferences(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withChartReferences);
  if (typeof schema !== 'object' || schema === null) return schema;
  const entries = Object.entries(schema).map(([key, value]) => [
    key,
    key === '$ref' && typeof value === 'string'
      ? value.replace('#/definitions/', `#/definitions/${prefix}`)
      : withChartReferences(value),
  ]);
  return Object.fromEntries(entries) as unknown;
}
