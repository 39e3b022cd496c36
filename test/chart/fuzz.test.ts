import { checkRules, kubernetesVersions, type RenderedObject } from '@mi-patterns/helm';
import { checkSeveral } from '../../packages/helm/src/schemas/kubeconform.ts';
import { describe, expect, it } from 'vitest';
import { examples } from '../../scripts/lib/chart-docs.ts';
import { allCases, allPaths, sampled, withoutSchema, type Case } from './fuzz-cases.ts';
import { renderMany, type Outcome } from '../../packages/helm/test/resident.ts';
import { inParallel, render } from './support.ts';
import { chartValues, isObject, pathsOf } from './values-paths.ts';

/**
 * MI_PATTERNS_FUZZ=all renders every case (ten minutes of one core), a number that many; otherwise a sample. Another
 * MI_PATTERNS_FUZZ_SEED draws others.
 */
const asked = process.env.MI_PATTERNS_FUZZ;
const seed = Number(process.env.MI_PATTERNS_FUZZ_SEED ?? 1);
const sampleSize = 220;

/** Rules about what a user chose (a tag that moves, a budget of 0), not about what the chart made of it. */
const toldByUs = new Set([
  'MI-RULE-IMAGE-TAG',
  'MI-RULE-BLOCKED-DRAIN',
  'MI-RULE-POD-SECURITY',
  'MI-RULE-PLAIN-SECRET',
]);
/** Most values may be templates: one of the user's own that fails is refused in the user's words. */
const unclear = /nil pointer|interface conversion|can't evaluate|wrong type for value|error calling|<nil>|map\[|%!/;

describe('any value of any key', () => {
  it('is refused in a sentence, or renders objects that Kubernetes takes', async () => {
    const apiVersions = asked === undefined ? [] : [...new Set(examples().flatMap((example) => example.apiVersions))];
    const drawn = asked === 'all' ? allCases() : sampled(allCases(), Number(asked ?? sampleSize), seed);
    const cases = drawn.map((one) => ({ ...one, apiVersions }));
    const found: string[] = [];
    /** Each object once, with the first case that has it. */
    const different = new Map<string, { readonly name: string; readonly object: RenderedObject }>();
    const counts = { rendered: 0, refused: 0 };
    const judge = ({ name, skipSchemaValidation }: Case, outcome: Outcome): void => {
      counts[outcome.state] += 1;
      if (outcome.state === 'refused') {
        found.push(
          ...outcome.diagnostics
            // A template of the user's that is none, or reads what is not there, is told in helm's words.
            .filter(({ message }) => !/calling tpl: cannot parse template|in a template of the values /.test(message))
            .filter(
              ({ code, message }) => !['MI-CHART-SCHEMA', 'MI-CHART-REFUSED'].includes(code) || unclear.test(message),
            )
            .map(({ code, message }) => `${name}: ${code} ${message}`),
        );
        return;
      }
      found.push(...outcome.faults.map(({ template, line, message }) => `${name}: ${template}:${line} ${message}`));
      // Who switches the schema off is spared a crash, not a wrong value.
      if (skipSchemaValidation) return;
      found.push(
        ...checkRules(outcome.objects.map(({ object }) => object))
          .filter(({ severity, code }) => severity === 'error' && !toldByUs.has(code))
          .map(({ code, message }) => `${name}: ${code} ${message}`),
      );
      for (const object of outcome.objects) {
        const text = JSON.stringify(object.object);
        if (!different.has(text)) different.set(text, { name, object });
      }
    };
    if (asked !== undefined) await renderMany(cases, judge);
    else
      await inParallel(cases, async (one) => {
        const result = await render(one.values, { skipSchemaValidation: one.skipSchemaValidation });
        judge(one, result.state === 'rendered' ? { ...result, faults: [] } : result);
      });
    found.push(...(await invalid([...different.values()])));
    console.info(
      `${cases.length} values: ${counts.rendered} rendered (${different.size} different objects), ${counts.refused} refused, ${found.length} wrong`,
    );
    expect(found.sort().slice(0, 60)).toEqual([]);
    // Both happen, else the sample looks at nothing.
    expect(Math.min(counts.rendered, counts.refused)).toBeGreaterThan(20);
    expect(cases.some(({ name }) => name.endsWith(withoutSchema))).toBe(true);
  }, 3_600_000);
});

/** What the schemas of the newest Kubernetes say. */
async function invalid(all: readonly { readonly name: string; readonly object: RenderedObject }[]): Promise<string[]> {
  const portions = Array.from({ length: Math.ceil(all.length / 1000) }, (_, index) =>
    all.slice(index * 1000, (index + 1) * 1000),
  );
  const found: string[] = [];
  for (const portion of portions) {
    const checks = await checkSeveral(
      portion.map(({ object }) => [object]),
      kubernetesVersions.at(-1) ?? '',
    );
    found.push(
      ...checks.flatMap(({ diagnostics }, index) =>
        diagnostics.map(({ message }) => `${portion[index]?.name}: ${message}`),
      ),
    );
  }
  return found;
}

describe('the cases', () => {
  it('reach every key of values.yaml', () => {
    const paths = new Set(allPaths().map((path) => path.join('.')));
    expect(pathsOf(chartValues).filter((path) => !paths.has(path.join('.')))).toEqual([]);
    expect(paths.size).toBeGreaterThan(150);
    expect(isObject(chartValues.image)).toBe(true);
  });
});
