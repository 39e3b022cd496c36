import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runChartTests } from '@mi-patterns/helm';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { chart } from '../support/command.ts';
import { suiteCases } from './suite-cases.ts';
import { render } from './support.ts';

/** Suites of the chart as their files hold them, each with its number of tests. */
function suites(): readonly number[] {
  const folder = join(chart, 'tests');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => /_test\.ya?ml$/.test(file));
  return files.flatMap((file) =>
    parseAllDocuments(readFileSync(join(folder, file), 'utf8')).map(
      (document) => (document.toJS() as { readonly tests: readonly unknown[] }).tests.length,
    ),
  );
}

describe("the chart's own unit tests", () => {
  it('all run, and all pass, as with `helm unittest charts/micro-integrator`', async () => {
    const report = await runChartTests({
      chart,
      values: [],
      skip: ['lint', 'schema', 'render', 'kubernetes', 'rules'],
    });
    const outcome = report.rows.find(({ step }) => step === 'unit-tests')?.outcome;
    const failures = outcome?.state === 'failed' ? outcome.diagnostics.map(({ message }) => message) : [];
    expect(failures).toEqual([]);
    const found = suites();
    const tests = found.reduce((sum, count) => sum + count, 0);
    expect(outcome).toEqual({ state: 'ok', detail: `${tests} tests in ${found.length} suites` });
    expect(tests).toBeGreaterThan(400);
  });

  // `mi-patterns test` relies on it: it does not run them again for the same chart.
  it('read no file outside of the chart', () => {
    const folder = join(chart, 'tests');
    const outside = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('_test.yaml'))
      .filter((file) =>
        /(?:values|chart|templates?):\s*\[?['"\s-]*(?:\.\.\/\.\.|\/)/.test(readFileSync(join(folder, file), 'utf8')),
      );
    expect(outside).toEqual([]);
  });

  it('use values that the chart takes as a whole: most tests render one template alone', async () => {
    const accepted = suiteCases().filter(({ isRefused, needsCluster }) => !isRefused && !needsCluster);
    expect(accepted.length).toBeGreaterThan(250);
    const outcomes = await Promise.all(
      accepted.map(async ({ name, values, release, kubernetesVersion }) => ({
        name,
        ...(await render(values, { release, ...(kubernetesVersion === undefined ? {} : { kubernetesVersion }) })),
      })),
    );
    expect(outcomes.filter(({ state }) => state === 'refused')).toEqual([]);
  });
});
