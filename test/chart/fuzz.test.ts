import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkKubernetesSchemas, checkRules, kubernetesVersions, type JsonObject, type RenderedObject } from '@mi-patterns/helm';
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { chart } from '../support/command.ts';
import { inParallel, render } from './support.ts';
import { chartValues, isObject, passedOn, pathsOf, schemaNodes, withValue, type Path } from './values-paths.ts';

/** MI_PATTERNS_FUZZ=all renders every case (minutes); otherwise a sample, other cases with another MI_PATTERNS_FUZZ_SEED. */
const whole = process.env.MI_PATTERNS_FUZZ === 'all';
const seed = Number(process.env.MI_PATTERNS_FUZZ_SEED ?? 1);
const sampleSize = 220;
const withoutSchema = ' without the schema';

interface Case {
  readonly name: string;
  readonly values: JsonObject;
  readonly skipSchemaValidation: boolean;
}

const bases = ['single-replica', 'multiple-replicas', 'coordinated'].map((name) => ({ name, values: parse(readFileSync(join(chart, 'examples', name, 'values.yaml'), 'utf8')) as JsonObject }));
const replacements: readonly unknown[] = [null, 'text', '', 7, -1, 0, 1e15, 0.5, true, false, [], {}, ['text'], { text: 'text' }, 'x'.repeat(300), '"quoted": {{ x }}\n- y', 'ünïcode 😀'];

/** Every key of values.yaml, everything else that the schema declares, and what a workload may say. */
function allPaths(): Path[] {
  const declared = schemaNodes()
    .map(({ path }) => path)
    .filter((path) => path !== '' && !/\*|\[/.test(path))
    .map((path) => path.split('.'));
  const ofWorkload = pathsOf(chartValues.workloadDefaults).map((path) => ['workloads', 'integration', ...path]);
  const all = [...pathsOf(chartValues), ...declared, ...ofWorkload, ['workloads', 'integration']];
  return [...new Map(all.map((path) => [path.join('\u0000'), path])).values()];
}

function allCases(): Case[] {
  const paths = allPaths();
  return bases.flatMap((base) =>
    paths.flatMap((path) =>
      // What is handed on to Kubernetes as it is may hold anything that Kubernetes knows; made-up keys are not for the chart to judge.
      replacements.filter((value) => !(typeof value === 'object' && value !== null && passedOn.test(path.join('.').replace(/^workloads\.\w+/, 'workloads.*')))).flatMap((value) => {
        const one = { name: `${base.name}: ${path.join('.')} = ${JSON.stringify(value).slice(0, 60)}`, values: withValue(base.values, path, value) };
        // Without the schema, as with helm's --skip-schema-validation, the templates still must not trip over null.
        return [{ ...one, skipSchemaValidation: false }, ...(value === null ? [{ ...one, name: one.name + withoutSchema, skipSchemaValidation: true }] : [])];
      }),
    ),
  );
}

/** The same numbers from 0 to 1 for the same seed (mulberry32). */
function randomNumbers(start: number): () => number {
  let state = start >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** null for each path in one of the patterns, then anything. */
function sampled(cases: readonly Case[]): Case[] {
  const random = randomNumbers(seed);
  const nulls = cases.filter(({ name }) => name.endsWith(`= null${withoutSchema}`));
  const pick = (from: readonly Case[], count: number): Case[] => Array.from({ length: count }, () => from[Math.floor(random() * from.length)] as Case);
  return [...new Set([...pick(nulls, sampleSize / 2), ...pick(cases, sampleSize / 2)])];
}

describe('any value of any key', () => {
  it('is refused in a sentence, or renders objects that Kubernetes takes', async () => {
    const cases = whole ? allCases() : sampled(allCases());
    const crashes: string[] = [];
    const rendered: { readonly name: string; readonly objects: readonly RenderedObject[] }[] = [];
    let refused = 0;
    await inParallel(cases, async ({ name, values, skipSchemaValidation }) => {
      const result = await render(values, { skipSchemaValidation });
      if (result.state === 'rendered') {
        rendered.push({ name, objects: result.objects });
        // Who switches the schema off is spared a crash, not a wrong value.
        if (!skipSchemaValidation) crashes.push(...checkRules(result.objects.map(({ object }) => object)).filter(({ severity, code }) => severity === 'error' && !toldByUs.has(code)).map(({ code, message }) => `${name}: ${code} ${message}`));
        return;
      }
      refused += 1;
      const unclear = result.diagnostics.filter(({ code, message }) => !['MI-CHART-SCHEMA', 'MI-CHART-REFUSED'].includes(code) || /nil pointer|interface conversion|can't evaluate|wrong type for value|error calling|<nil>|map\[|%!/.test(message));
      crashes.push(...unclear.map(({ code, message }) => `${name}: ${code} ${message}`));
    });
    expect(crashes.sort().slice(0, 40)).toEqual([]);
    expect(await invalid(rendered.filter(({ name }) => !name.endsWith(withoutSchema)))).toEqual([]);
    console.info(`${cases.length} values: ${rendered.length} rendered, ${refused} refused`);
    // Both happen, else the sample looks at nothing.
    expect(Math.min(rendered.length, refused)).toBeGreaterThan(20);
  }, 3_600_000);
});

/** Rules about what a user chose (a tag that moves), not about what the chart made of it. */
const toldByUs = new Set(['MI-RULE-IMAGE-TAG', 'MI-RULE-POD-SECURITY', 'MI-RULE-PLAIN-SECRET']);

/** What the schemas of the newest Kubernetes say; each object is compared once, however many cases have it. */
async function invalid(rendered: readonly { readonly name: string; readonly objects: readonly RenderedObject[] }[]): Promise<string[]> {
  const version = kubernetesVersions.at(-1) ?? '';
  const different = new Map(rendered.flatMap(({ objects }) => objects.map((object) => [JSON.stringify(object.object), object] as const)));
  const check = await checkKubernetesSchemas([...different.values()], version);
  if (check.diagnostics.length === 0) return [];
  const perCase = await inParallel(rendered, async ({ name, objects }) => (await checkKubernetesSchemas(objects, version)).diagnostics.map(({ message }) => `${name}: ${message}`));
  return perCase.flat().sort();
}

describe('the cases', () => {
  it('reach every key of values.yaml', () => {
    const paths = new Set(allPaths().map((path) => path.join('.')));
    expect(pathsOf(chartValues).filter((path) => !paths.has(path.join('.')))).toEqual([]);
    expect(paths.size).toBeGreaterThan(150);
    expect(isObject(chartValues.image)).toBe(true);
  });
});
