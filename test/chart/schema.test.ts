import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { JsonObject } from '@mi-patterns/helm';
import { Ajv } from 'ajv';
import draft6 from 'ajv/dist/refs/json-schema-draft-06.json' with { type: 'json' };
import { describe, expect, it } from 'vitest';
import { chart } from '../support/command.ts';
import { render } from './support.ts';
import {
  chartSchema,
  chartValues,
  isObject,
  passedOn,
  pathsOf,
  schemaNodes,
  valueAt,
  withValue,
} from './values-paths.ts';

const nodes = schemaNodes();
const ajv = new Ajv({
  strict: true,
  strictRequired: false,
  strictTypes: false,
  allowUnionTypes: true,
  allowMatchingProperties: true,
  allErrors: true,
}).addMetaSchema(draft6);
const validate = ajv.compile(chartSchema);

/** Maps that reach the manifest as they are, so that no template names what is in them. */
const writtenWhole = /(^|\.)env\.\*\.\w+$|^externalSecrets\.\*\.data\.\*\./;

const isTyped = (node: JsonObject): boolean => node.type !== undefined || node.const !== undefined;
const isDescribed = ({ description }: JsonObject): boolean =>
  typeof description === 'string' && description.trim() !== '';

describe('values.schema.json', () => {
  it('is a valid schema of draft 6, which has all that it uses and which helm checks faster than later ones', () => {
    expect(chartSchema.$schema).toBe('http://json-schema.org/draft-06/schema#');
    expect(ajv.validateSchema(chartSchema), ajv.errorsText()).toBe(true);
  });

  it('describes every value and gives it a type', () => {
    expect(nodes.filter(({ node }) => !isDescribed(node)).map(({ path }) => path)).toEqual([]);
    expect(nodes.filter(({ node }) => !isTyped(node)).map(({ path }) => path)).toEqual([]);
    expect(nodes.length).toBeGreaterThan(200);
  });

  it('has examples that it takes itself', () => {
    const examples = nodes.flatMap(({ path, node }) =>
      Array.isArray(node.examples) ? node.examples.map((example: unknown) => ({ path, node, example })) : [],
    );
    const wrong = examples
      .filter(({ node, example }) => !ajv.validate({ ...node, definitions: chartSchema.definitions }, example))
      .map(({ path, example }) => `${path}: ${JSON.stringify(example)}`);
    expect(wrong).toEqual([]);
    expect(examples.length).toBeGreaterThan(20);
  });

  it('takes null for each key that may be left out, as Helm leaves one that a later file takes back', () => {
    const resolved = ({ $ref, ...node }: JsonObject): JsonObject =>
      typeof $ref === 'string' ? resolved(valueAt(chartSchema, $ref.slice(2).split('/')) as JsonObject) : node;
    const refusing = (node: JsonObject, path: string): string[] =>
      Object.entries(node).flatMap(([key, inner]) => {
        if (!isObject(inner) || key === 'examples') return [];
        if (key !== 'properties') return refusing(inner, `${path}/${key}`);
        const required = Array.isArray(node.required) ? node.required : [];
        return Object.entries(inner as Record<string, JsonObject>).flatMap(([name, property]) => [
          ...(required.includes(name) || [resolved(property).type].flat().includes('null') ? [] : [`${path}/${name}`]),
          ...refusing(property, `${path}/${name}`),
        ]);
      });
    expect(refusing(chartSchema, '')).toEqual([]);
  });

  it('needs no other file: every $ref stays inside', () => {
    const references = [...JSON.stringify(chartSchema).matchAll(/"\$ref":"([^"]+)"/g)].map(
      ([, reference]) => reference ?? '',
    );
    expect(
      references.filter(
        (reference) =>
          !reference.startsWith('#/definitions/') || !isObject(valueAt(chartSchema, reference.slice(2).split('/'))),
      ),
    ).toEqual([]);
    expect(references.length).toBeGreaterThan(20);
    const definitions = Object.keys(isObject(chartSchema.definitions) ? chartSchema.definitions : {});
    expect(definitions.filter((name) => !references.includes(`#/definitions/${name}`))).toEqual([]);
  });

  it('has patterns that helm reads as a browser does: Go knows no look-around and no back-references', () => {
    const patterns = [...JSON.stringify(chartSchema).matchAll(/"pattern":("(?:[^"\\]|\\.)*")/g)].map(
      ([, text]) => JSON.parse(text ?? '""') as string,
    );
    const keys = nodes.flatMap(({ node }) =>
      Object.keys(isObject(node.patternProperties) ? node.patternProperties : {}),
    );
    expect([...patterns, ...keys].filter((pattern) => /\(\?[=!<]|\\[1-9]/.test(pattern))).toEqual([]);
    expect(patterns.length).toBeGreaterThan(10);
  });

  it('stays small where its size counts', () => {
    // The Secret of every release holds it, in base64 and then compressed; that Secret may have 1 MiB.
    const text = readFileSync(join(chart, 'values.schema.json'), 'base64');
    const bytes = gzipSync(text).length;
    console.info(`values.schema.json in a release Secret: ${(bytes / 1024).toFixed(1)} KiB`);
    expect(bytes).toBeLessThanOrEqual(64 * 1024);
  });

  it("takes the chart's own values, which declare every key of the release", () => {
    expect(validate(chartValues), ajv.errorsText(validate.errors)).toBe(true);
    const declared = Object.keys(isObject(chartSchema.properties) ? chartSchema.properties : {});
    expect(declared.filter((key) => !(key in chartValues) && !['enabled', 'global'].includes(key))).toEqual([]);
    expect(Object.keys(chartValues).filter((key) => !declared.includes(key))).toEqual([]);
  });
});

describe('unknown keys', () => {
  it('are refused in every map whose keys are ours, with the path', () => {
    const maps = [[], ...pathsOf(chartValues).filter((path) => isObject(valueAt(chartValues, path)))].map((path) =>
      path.join('.'),
    );
    const accepted = maps.filter((path) =>
      validate(withValue(chartValues, [...path.split('.').filter(Boolean), 'unKnown'], { un: 'known' })),
    );
    expect(accepted.filter((path) => !passedOn.test(path)).sort()).toEqual([]);
    for (const path of ['image', 'workloadDefaults.probes.readiness']) {
      validate(withValue(chartValues, [...path.split('.'), 'unKnown'], 1));
      expect(ajv.errorsText(validate.errors)).toContain(
        `data/${path.replaceAll('.', '/')} must NOT have additional properties`,
      );
    }
  });

  it.each([
    ['at the top', { replicaas: 3 }, 'replicaas'],
    ['in a group', { image: { tagg: '1' } }, 'image.tagg'],
    ['in a workload', { workloads: { integration: { replicaas: 3 } } }, 'workloads.integration'],
    [
      'far below',
      { workloadDefaults: { probes: { readiness: { periodSecond: 3 } } } },
      'workloadDefaults.probes.readiness.periodSecond',
    ],
  ])('%s are refused by helm, with the path', async (_, values, path) => {
    const result = await render(values);
    expect(result.state).toBe('refused');
    const messages = result.state === 'refused' ? result.diagnostics.map(({ message }) => message).join('\n') : '';
    expect(messages).toContain(path);
  });

  it('but `global` and `enabled` are taken, as every subchart gets them', async () => {
    expect(
      (await render({ enabled: true, global: { imageRegistry: 'registry.example.com', theirs: { any: 1 } } })).state,
    ).toBe('rendered');
  });
});

describe('templates and schema', () => {
  const templates = readdirSync(join(chart, 'templates'), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(tpl|yaml|txt)$/.test(file))
    .map((file) => ({
      file,
      text: readFileSync(join(chart, 'templates', file), 'utf8').replace(/\{\{-? ?\/\*[\s\S]*?\*\/ ?-?\}\}/g, ''),
    }));
  const all = templates.map(({ text }) => text).join('\n');

  it('agree: what a template reads is declared', () => {
    const declared = new Set(nodes.map(({ path }) => path));
    const workload = new Set(
      [...declared].filter((path) => path.startsWith('workloads.*.')).map((path) => path.slice('workloads.*.'.length)),
    );
    const isDeclared = (path: string, known: ReadonlySet<string>): boolean =>
      known.has(path) || [...known].some((candidate) => candidate.startsWith(`${path}.`)) || opened(path, known);
    const undeclared = ({ file, text }: { readonly file: string; readonly text: string }): string[] => [
      ...[...text.matchAll(/\.Values((?:\)?\.[A-Za-z][A-Za-z0-9]*)+)/g)]
        .map(([, path]) => clean(path))
        .filter((path) => !path.startsWith('resolved') && !isDeclared(path, declared))
        .map((path) => `${file}: .Values.${path}`),
      ...[...text.matchAll(/\$(?:workload\.)?values((?:\)?\.[A-Za-z][A-Za-z0-9]*)+)/g)]
        .map(([, path]) => clean(path))
        .filter((path) => !isDeclared(path, workload))
        .map((path) => `${file}: a workload's ${path}`),
    ];
    expect(templates.flatMap(undeclared)).toEqual([]);
    expect(
      undeclared({ file: 'wrong', text: '{{ .Values.imagee.tag }}{{ (.Values.image).tagg }}{{ $values.heapp.max }}' }),
    ).toEqual(['wrong: .Values.imagee.tag', 'wrong: .Values.image.tagg', "wrong: a workload's heapp.max"]);
  });

  it('agree: what is declared is read by a template', () => {
    const names = nodes
      .filter(
        ({ path, node }) =>
          !passedOn.test(path) && !writtenWhole.test(path) && !isObject(node.properties) && !/(\*|\[\])$/.test(path),
      )
      .map(({ path }) => path);
    const unread = names.filter((path) => !isRead(path, all));
    expect(unread).toEqual([]);
    expect(isRead('image.nobodyReadsThis', all)).toBe(false);
    expect(names.length).toBeGreaterThan(150);
  });

  it('agree: every helper is defined once and used, and every helper that is used is defined', () => {
    const defined = [...all.matchAll(/\bdefine "([^"]+)"/g)].map(([, name = '']) => name);
    // A helper is named where it is included, or where its name is chosen.
    const used = new Set(
      [...all.replaceAll(/\bdefine "[^"]+"/g, '').matchAll(/"(mi\.[\w.]+)"/g)].map(([, name = '']) => name),
    );
    expect(defined.filter((name) => !used.has(name))).toEqual([]);
    const included = [...all.matchAll(/\b(?:include|template) "([^"]+)"/g)].map(([, name = '']) => name);
    expect(included.filter((name) => !defined.includes(name))).toEqual([]);
    expect(defined.filter((name, index) => defined.indexOf(name) !== index)).toEqual([]);
    expect(defined.length).toBeGreaterThan(100);
  });
});

const clean = (path: string | undefined): string => (path ?? '').replaceAll(')', '').replace(/^\./, '');

/** Below a map that is passed on, anything may be read. */
function opened(path: string, known: ReadonlySet<string>): boolean {
  const parts = path.split('.');
  return (
    parts.some((_, index) => index > 0 && known.has(`${parts.slice(0, index).join('.')}.*`)) || passedOn.test(path)
  );
}

/** By its own name: `.name`, or "name" where a helper is handed keys. */
function isRead(path: string, text: string): boolean {
  const name =
    path
      .split('.')
      .filter((part) => part !== '*')
      .at(-1) ?? '';
  return new RegExp(`(\\.${name}\\b|"${name}")`).test(text);
}
