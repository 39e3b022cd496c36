import values from '../../../../charts/micro-integrator/values.schema.json' with { type: 'json' };
import configuration from '../../schema/mi-patterns.schema.json' with { type: 'json' };
import type { JsonSchema } from './json-schema.ts';

/** Schema of the chart's values: the one source of their shape. */
export const valuesSchema: JsonSchema = values as JsonSchema;

/** Schema of `mi-patterns.yaml`. */
export const configurationSchema: JsonSchema = configuration as JsonSchema;
