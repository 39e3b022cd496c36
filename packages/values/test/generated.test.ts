import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import draft6 from 'ajv/dist/refs/json-schema-draft-06.json' with { type: 'json' };
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generateFiles, inlineBranches } from '../generate.ts';
import { chartDefaults } from '../src/generated/chart-defaults.ts';
import { validate as validateConfiguration } from '../src/generated/validate-configuration.js';
import { validate } from '../src/generated/validate-values.js';
import { configurationSchema, valuesSchema } from '../src/schema/schemas.ts';
import { deepEqual } from '../src/schema/deep-equal.ts';
import { pointerSegments, schemaAt, type JsonSchema } from '../src/schema/json-schema.ts';

const files = await generateFiles();

describe('generated files', () => {
  it.each(
    [...files].map(([url, text]) => ({ name: url.slice(url.lastIndexOf('/') + 1), path: fileURLToPath(url), text })),
  )('$name is what the schema gives', ({ path, text }) => {
    expect(firstDifference(readFileSync(path, 'utf8').split('\n'), text.split('\n'))).toBe('none');
  });

  it("takes the chart's own values", () => {
    validate(chartDefaults);
    expect(validate.errors ?? []).toEqual([]);
  });
});

function firstDifference(actual: readonly string[], expected: readonly string[]): string {
  const index = expected.findIndex((line, at) => line !== actual[at]);
  if (index < 0 && actual.length === expected.length) return 'none';
  return `line ${index < 0 ? expected.length + 1 : index + 1}: a schema has changed, run npx tsx packages/values/generate.ts`;
}

/** Data that is near what a schema takes: right in most places, wrong in some. */
function near(root: JsonSchema, schema: unknown, depth: number): fc.Arbitrary<unknown> {
  const wrong = fc.constantFrom<unknown>(null, 'x', 0, 7, true, [], {}, ['a', 'a'], { name: 'a' });
  if (typeof schema !== 'object' || schema === null || depth > 5) return wrong;
  const node = schema as JsonSchema;
  if (node.$ref !== undefined) return near(root, schemaAt(root, pointerSegments(node.$ref)), depth + 1);
  const branches = node.anyOf ?? node.oneOf;
  if (branches !== undefined && node.properties === undefined)
    return fc.oneof(...branches.map((branch) => near(root, branch, depth + 1)));
  if (node.enum !== undefined)
    return fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...node.enum) }, { weight: 1, arbitrary: wrong });
  const types = typeof node.type === 'string' ? [node.type] : (node.type ?? []);
  if (types.includes('object')) {
    const entries = Object.entries(node.properties ?? {}).map(
      ([key, property]) => [key, near(root, property, depth + 1)] as const,
    );
    const known = fc.record(Object.fromEntries(entries), { requiredKeys: [] });
    const extra = fc.dictionary(
      fc.constantFrom('a', 'b-c', 'Bad Key', 'http'),
      near(root, node.additionalProperties, depth + 1),
      { maxKeys: 2 },
    );
    return fc.oneof(
      {
        weight: 9,
        arbitrary: fc
          .tuple(known, fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: extra }))
          .map(([a, b]) => ({ ...b, ...a })),
      },
      { weight: 1, arbitrary: wrong },
    );
  }
  if (types.includes('array')) return fc.array(near(root, node.items, depth + 1), { maxLength: 3 });
  const scalars: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
    string: fc.constantFrom('a', '', '512Mi', '4.6.0', 'task/x', 'A b'),
    integer: fc.integer({ min: -1, max: 70_000 }),
    number: fc.integer(),
    boolean: fc.boolean(),
    null: fc.constant(null),
  };
  return fc.oneof(
    { weight: 1, arbitrary: wrong },
    ...types.map((type) => ({ weight: 5, arbitrary: scalars[type] ?? wrong })),
  );
}

describe.each([
  ['values', valuesSchema, validate],
  ['configuration', configurationSchema, validateConfiguration],
] as const)('the validator of %s', (_name, schema, generated) => {
  const reference = new Ajv({ allErrors: true, strict: false, validateFormats: false })
    .addMetaSchema(draft6)
    .compile(schema);

  it('agrees with ajv on the schema as it stands', () => {
    let taken = 0;
    fc.assert(
      fc.property(near(schema, schema, 0), (data) => {
        const expected = reference(data);
        taken += expected ? 1 : 0;
        expect(generated(data)).toBe(expected);
      }),
      { numRuns: 150, seed: 1 },
    );
    expect(reference({})).toBe(generated({}));
    expect(taken).toBeLessThan(150);
  });

  it('names for every error a place that the schema has', () => {
    fc.assert(
      fc.property(near(schema, schema, 0), (data) => {
        generated(data);
        for (const error of generated.errors ?? []) {
          if (error.keyword === 'false schema' || error.keyword === 'if' || error.schemaPath.endsWith('/if/type'))
            continue;
          expect({ ...error, found: schemaAt(schema, pointerSegments(error.schemaPath)) !== undefined }).toMatchObject({
            found: true,
          });
        }
      }),
      { numRuns: 100, seed: 2 },
    );
  });
});

describe('inlineBranches', () => {
  it('stops at a definition that contains itself', () => {
    const schema: JsonSchema = {
      definitions: { tree: { anyOf: [{ type: 'string' }, { type: 'array', items: { $ref: '#/definitions/tree' } }] } },
      oneOf: [{ $ref: '#/definitions/tree' }],
    };
    const validator = new Ajv({ strict: false }).compile(inlineBranches(schema));
    expect(
      [
        ['a', ['b']],
        ['a', [1]],
      ].map((data) => validator(data)),
    ).toEqual([true, false]);
  });
});

describe('deepEqual', () => {
  it('compares JSON data by content', () => {
    const copy = (data: unknown): unknown => JSON.parse(JSON.stringify(data));
    fc.assert(
      fc.property(fc.jsonValue(), (data) => deepEqual(copy(data), copy(data))),
      { numRuns: 50 },
    );
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => deepEqual(a, b) === (canonical(a) === canonical(b))),
      { numRuns: 100 },
    );
    expect([deepEqual({ a: undefined }, { b: undefined }), deepEqual([], {}), deepEqual(null, {})]).toEqual([
      false,
      false,
      false,
    ]);
  });
});

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : Object.is(each, -0)
        ? 0
        : each,
  );
}
