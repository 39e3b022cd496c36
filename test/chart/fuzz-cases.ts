import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '@mi-patterns/helm';
import { parse } from 'yaml';
import { chart } from '../support/command.ts';
import {
  chartValues,
  isObject,
  passedOn,
  pathsOf,
  schemaNodes,
  valueAt,
  withValue,
  type Path,
} from './values-paths.ts';

export interface Case {
  readonly name: string;
  readonly values: JsonObject;
  readonly skipSchemaValidation: boolean;
}

export const withoutSchema = ' without the schema';

const wrongTypes: readonly unknown[] = [null, 'text', 7, true, false, [], {}, ['text'], { text: 'text' }];
const extremeNumbers: readonly unknown[] = [-1, 0, 0.5, 1e15, 1e19, -9.3e18];
/** Empty, long, foreign, and what YAML, Helm's templates or a shell would take for something else. */
const extremeTexts: readonly string[] = [
  '',
  ' ',
  'x'.repeat(300),
  'ünïcode 😀',
  '"quoted": {{ x }}\n- y',
  '{{ fail "injected" }}',
  'line\nbreak: true\n',
  'on',
  'null',
  '~',
  '0123',
  '1e3',
  '2026-01-01',
  '- item',
  '# text',
  '*alias',
  "$(whoami) `id` '; exit 1",
  '\u0000\u0007\u2028',
];
const replacements: readonly unknown[] = [...wrongTypes, ...extremeNumbers, ...extremeTexts];
const extremeKeys: readonly string[] = [
  '',
  ' ',
  'on',
  '~',
  '0123',
  '1e3',
  'a b',
  'a/b',
  'UPPER',
  'ünï',
  'k'.repeat(300),
  '{{ fail "injected" }}',
  '../up',
  '"',
  'a\nb: c',
];

function valuesOf(example: string): JsonObject {
  return parse(readFileSync(join(chart, 'examples', example, 'values.yaml'), 'utf8')) as JsonObject;
}

const exampleNames = readdirSync(join(chart, 'examples'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .sort();
const patterns = ['single-replica', 'multiple-replicas', 'coordinated'];

/** Every key of values.yaml, everything else that the schema declares, and what a workload may say. */
export function allPaths(): Path[] {
  const declared = schemaNodes()
    .map(({ path }) => path)
    .filter((path) => path !== '' && !/\*|\[/.test(path))
    .map((path) => path.split('.'));
  const ofWorkload = pathsOf(chartValues.workloadDefaults).map((path) => ['workloads', 'integration', ...path]);
  const all = [...pathsOf(chartValues), ...declared, ...ofWorkload, ['workloads', 'integration']];
  return [...new Map(all.map((path) => [path.join('\u0000'), path])).values()];
}

/** Each key of each pattern to null, to a wrong type, to an extreme. */
function casesOfKeys(): Case[] {
  const paths = allPaths();
  return patterns.flatMap((name) => {
    const values = valuesOf(name);
    return paths.flatMap((path) => replaced(name, values, path));
  });
}

/** The same for what the examples say, so that optional features are on, and entries of maps are reached. */
function casesOfExamples(): Case[] {
  return exampleNames.flatMap((name) => {
    const values = valuesOf(name);
    return pathsOf(values).flatMap((path) => [...replaced(name, values, path), ...renamed(name, values, path)]);
  });
}

function replaced(base: string, values: JsonObject, path: Path): Case[] {
  return replacements
    .filter((value) => value === null || !isPassedOn(typeof value === 'object' ? path : path.slice(0, -1)))
    .flatMap((value) => {
      const one = {
        name: `${base}: ${path.join('.')} = ${JSON.stringify(value).slice(0, 60)}`,
        values: withValue(values, path, value),
      };
      // Without the schema, as with helm's --skip-schema-validation, the templates still must not trip over null.
      return [
        { ...one, skipSchemaValidation: false },
        ...(value === null ? [{ ...one, name: one.name + withoutSchema, skipSchemaValidation: true }] : []),
      ];
    });
}

/** The entry under another key: names of the user's own end up in names of objects, paths, labels and YAML keys. */
function renamed(base: string, values: JsonObject, path: Path): Case[] {
  if (isPassedOn(path.slice(0, -1))) return [];
  const parent = path.slice(0, -1);
  const map = parent.length === 0 ? values : valueAt(values, parent);
  if (!isObject(map)) return [];
  const { [path.at(-1) ?? '']: entry, ...others } = map;
  return extremeKeys.map((key) => {
    const changed = { ...others, [key]: entry };
    return {
      name: `${base}: ${path.join('.')} under the key ${JSON.stringify(key).slice(0, 40)}`,
      values: parent.length === 0 ? changed : withValue(values, parent, changed),
      skipSchemaValidation: false,
    };
  });
}

/**
 * What is handed on to Kubernetes as it is may hold anything that Kubernetes knows; made-up keys are not for the chart
 * to judge.
 */
function isPassedOn(path: Path): boolean {
  return passedOn.test(
    path
      .join('.')
      .replace(/^workloads\.[^.]+/, 'workloads.*')
      .replace(/(extra\w+)\.[^.]+/, '$1.*'),
  );
}

export const allCases = (): Case[] => [...casesOfKeys(), ...casesOfExamples()];

/** The same numbers from 0 to 1 for the same seed (mulberry32). */
export function randomNumbers(start: number): () => number {
  let state = start >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** null for half of the sample, then anything. */
export function sampled(cases: readonly Case[], size: number, seed: number): Case[] {
  const random = randomNumbers(seed);
  const nulls = cases.filter(({ name }) => name.endsWith(`= null${withoutSchema}`));
  const pick = (from: readonly Case[], count: number): Case[] =>
    Array.from({ length: count }, () => from[Math.floor(random() * from.length)] as Case);
  return [...new Set([...pick(nulls, size / 2), ...pick(cases, size / 2)])];
}
