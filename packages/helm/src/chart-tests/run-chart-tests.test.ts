import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPool } from './pool.ts';
import { runChartTests, type ChartTestOptions } from './run-chart-tests.ts';
import { steps, type TestReport } from './report.ts';
import { parseUnitTests } from './unit-tests.ts';

const fixtures = join(import.meta.dirname, '../../test/fixtures');
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'chart-tests-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A copy of the small chart with files replaced or added. */
function chartWith(name: string, files: Readonly<Record<string, string>>): string {
  const chart = join(folder, name);
  cpSync(join(fixtures, 'tiny'), chart, { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(chart, file), text);
  return chart;
}
function valuesFile(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}
const test = (options: Partial<ChartTestOptions>): Promise<TestReport> =>
  runChartTests({ chart: join(fixtures, 'tiny'), values: [], kubernetesVersions: ['1.30', '1.37'], ...options });
const states = (report: TestReport): string[] => report.rows.map((row) => `${row.step} ${row.outcome.state}`);
const messages = (report: TestReport, step: string): string[] =>
  report.rows
    .filter((row) => row.step === step)
    .flatMap((row) =>
      row.outcome.state === 'failed' ? row.outcome.diagnostics.map((diagnostic) => diagnostic.message) : [],
    );

describe('runChartTests', () => {
  it('passes a sound chart and reports each row once, in order', async () => {
    const seen: number[] = [];
    const report = await test({ onProgress: ({ done, total }) => seen.push(total - done) });
    expect(states(report)).toEqual(steps.map((step) => `${step} ok`));
    expect(seen).toEqual([6, 5, 4, 3, 2, 1, 0]);
    expect(report).toMatchObject({ passed: true, toolFailed: false, summary: { ok: 7, failed: 0, skipped: 0 } });
    expect(report.rows.map(({ outcome }) => (outcome.state === 'ok' ? outcome.detail : ''))).toEqual([
      '1 KiB, 3 references',
      '2 tests in 1 suite',
      '0 messages',
      '',
      '7 objects, 1.30–1.37',
      '7 objects, 1.30–1.37',
      '7 objects',
    ]);
    expect(await test({})).toEqual(report);
  });

  it('fails the right row of the right file, and skips what cannot be said', async () => {
    const report = await test({
      values: [
        valuesFile('bad-schema.yaml', 'replicas: x\nunknown: 1\n'),
        valuesFile('refused.yaml', 'refuse: not like this\n'),
        valuesFile('bad-object.yaml', 'objects: {apiService: {spec: {ports: [{port: x}], extra: 1}}}\n'),
        join(fixtures, 'breaches/MI-RULE-IMAGE-TAG.yaml'),
      ],
      skip: ['unit-tests'],
    });
    const bySubject = (name: string): string[] =>
      report.rows.filter((row) => row.subject.endsWith(name)).map((row) => `${row.step} ${row.outcome.state}`);
    expect(bySubject('bad-schema.yaml')).toEqual([
      'lint skipped',
      'schema failed',
      'render skipped',
      'kubernetes skipped',
      'rules skipped',
    ]);
    expect(bySubject('refused.yaml')).toEqual([
      'lint ok',
      'schema ok',
      'render failed',
      'kubernetes skipped',
      'rules skipped',
    ]);
    expect(bySubject('bad-object.yaml')).toEqual([
      'lint ok',
      'schema ok',
      'render ok',
      'kubernetes failed',
      'rules failed',
    ]);
    expect(bySubject('IMAGE-TAG.yaml')).toEqual(['lint ok', 'schema ok', 'render ok', 'kubernetes ok', 'rules failed']);
    expect(messages(report, 'schema')).toEqual(['`replicas`: got string, want integer.', '`unknown`: unknown key.']);
    expect(messages(report, 'render')).toEqual(['not like this']);
    expect(messages(report, 'kubernetes').sort()).toEqual([
      'Service/orders-api, spec.ports[0].port: got string, want integer (Kubernetes 1.30–1.37).',
      "Service/orders-api, spec: additional properties 'extra' not allowed (Kubernetes 1.30–1.37).",
    ]);
    expect(report).toMatchObject({ passed: false, toolFailed: false });
  });

  it('tests a file over those below it, and places a fault in the file that sets the value', async () => {
    const base = valuesFile('below.yaml', 'objects: {}\nreplicas: x\nunknown: 1\n');
    const report = await test({
      base: [base],
      values: [valuesFile('above.yaml', 'replicas: 2\n')],
      skip: ['unit-tests', 'lint', 'kubernetes', 'rules'],
    });
    const failed = report.rows.flatMap(({ outcome }) => (outcome.state === 'failed' ? [...outcome.diagnostics] : []));
    expect(failed).toMatchObject([{ message: '`unknown`: unknown key.', source: { path: base, line: 3, column: 1 } }]);
  });

  it('places what our chart refuses at its line, with the code of the fault', async () => {
    const file = valuesFile(
      'fault.yaml',
      'objects: {}\nrefuse: "MI-VALUES-ROLE-UNUSED objects: No workload has it."\n',
    );
    const report = await test({ values: [file], skip: ['unit-tests', 'lint', 'kubernetes', 'rules'] });
    const { outcome } = report.rows.find(({ step }) => step === 'render') ?? {};
    expect(outcome).toMatchObject({
      state: 'failed',
      detail: '1 fault',
      diagnostics: [
        { code: 'MI-VALUES-ROLE-UNUSED', message: 'No workload has it.', source: { path: file, line: 1, column: 10 } },
      ],
    });
  });

  it('tells once of a template that fails', async () => {
    const report = await test({
      values: [valuesFile('template.yaml', 'expression: "{{ .Values.a.b.c }}"\n')],
      skip: ['unit-tests', 'kubernetes', 'rules'],
    });
    expect(states(report)).toEqual(expect.arrayContaining(['lint skipped', 'render failed']));
    expect(messages(report, 'render')).toHaveLength(1);
  });

  it('tells once of values that are not YAML, which is no failure of helm', async () => {
    const report = await test({ values: [valuesFile('no.yaml', 'a: [\n')], skip: ['unit-tests'] });
    expect(states(report)).toEqual([
      'schema-document ok',
      'unit-tests skipped',
      'lint skipped',
      'schema skipped',
      'render failed',
      'kubernetes skipped',
      'rules skipped',
    ]);
    expect(report.toolFailed).toBe(false);
  });

  it('reports failing, broken and missing suites of helm-unittest', async () => {
    const failing = chartWith('failing', {
      'tests/objects_test.yaml':
        'suite: numbers\ntemplates: [objects.yaml]\ntests:\n  - it: counts wrongly\n    asserts:\n      - hasDocuments: {count: 8}\n',
    });
    expect(messages(await test({ chart: failing, skip: ['kubernetes', 'rules', 'lint'] }), 'unit-tests')).toEqual([
      expect.stringMatching(/^numbers: counts wrongly: .*Expected documents count to be: 8/i),
    ]);
    const broken = chartWith('broken', { 'tests/other_test.yaml': 'a: [' });
    expect(messages(await test({ chart: broken, skip: ['kubernetes', 'rules', 'lint'] }), 'unit-tests')).toEqual([
      expect.stringContaining('did not find expected node content'),
    ]);
    const none = chartWith('none', {});
    rmSync(join(none, 'tests'), { recursive: true });
    expect(states(await test({ chart: none }))).toContain('unit-tests skipped');
  });

  it('finds a schema that is no JSON, or refers to the web or to nothing', async () => {
    const skip = ['unit-tests', 'kubernetes', 'rules', 'lint'] as const;
    expect(
      messages(
        await test({ chart: chartWith('no-json', { 'values.schema.json': '{"a": }' }), skip }),
        'schema-document',
      ),
    ).toHaveLength(1);
    expect(
      messages(
        await test({
          chart: chartWith('web', {
            'values.schema.json':
              '{"properties": {"a": {"$ref": "https://example.com/a.json"}, "b": {"$ref": "#/definitions/none"}}}',
          }),
          skip,
        }),
        'schema-document',
      ),
    ).toEqual([
      'values.schema.json refers to https://example.com/a.json, outside the chart.',
      'values.schema.json refers to #/definitions/none, which is not in it.',
    ]);
    const none = chartWith('no-schema', {});
    rmSync(join(none, 'values.schema.json'));
    expect(states(await test({ chart: none, skip }))).toEqual(
      expect.arrayContaining(['schema-document skipped', 'schema skipped', 'render ok']),
    );
  });

  it('says so when helm lint finds a warning, a chart renders nothing, or a tool is missing', async () => {
    const noIcon = chartWith('lint', {
      'Chart.yaml':
        'apiVersion: v2\nname: tiny\nversion: 0.1.0\ndependencies: [{name: gone, version: 1.0.0, repository: "file://../gone"}]\n',
    });
    expect(
      messages(await test({ chart: noIcon, skip: ['unit-tests', 'kubernetes', 'rules'] }), 'lint').length,
    ).toBeGreaterThan(0);
    const empty = await test({ values: [valuesFile('empty.yaml', 'objects: null\n')], skip: ['unit-tests'] });
    expect(messages(empty, 'render')).toEqual(['The chart renders no object at all.']);
    const saved = process.env.MI_PATTERNS_KUBECONFORM;
    process.env.MI_PATTERNS_KUBECONFORM = '/nonexistent/kubeconform';
    try {
      const report = await test({ skip: ['unit-tests', 'lint'] });
      expect(report).toMatchObject({ passed: false, toolFailed: true });
      expect(messages(report, 'kubernetes')).toEqual([
        'MI_PATTERNS_KUBECONFORM names /nonexistent/kubeconform, which is not kubeconform or cannot be executed.',
      ]);
    } finally {
      if (saved === undefined) delete process.env.MI_PATTERNS_KUBECONFORM;
      else process.env.MI_PATTERNS_KUBECONFORM = saved;
    }
  });
});

describe('parseUnitTests', () => {
  it.each([
    [' FAIL  a\ttests/a_test.yaml\n', '1 passed, 1 total', true],
    [' FAIL  a\n', '1 passed, 1 total', true],
    ['', '1 failed, 0 passed, 1 total', true],
    ['', '1 errored, 1 total', true],
    [' PASS  a\ttests/a_test.yaml\n', '0 failed, 10 passed, 10 total', false],
  ])('%j with %s tells of failures: %s', (body, counts, saysFailure) =>
    expect(parseUnitTests(`${body}\nTest Suites: 1 passed, 1 total\nTests:       ${counts}\n`, 'x')).toMatchObject({
      saysFailure,
    }),
  );
  it('ends no message with a colon', () =>
    expect(
      parseUnitTests(' FAIL  \tt.yaml\n\t- broken:\n\nTest Suites: 1 total\nTests: 1 total\n', 'x')?.diagnostics,
    ).toMatchObject([{ message: 'broken' }]));
  it('wants a summary', () => expect(parseUnitTests('Error: unknown command', 'x')).toBeUndefined());
});

describe('createPool', () => {
  it('never runs more than allowed at a time, and all in the end', async () => {
    const pool = createPool(2);
    let [running, most] = [0, 0];
    const work = async (index: number): Promise<number> => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 5));
      running -= 1;
      if (index === 3) throw new Error('three');
      return index;
    };
    const results = await Promise.allSettled([0, 1, 2, 3, 4, 5].map((index) => pool(() => work(index))));
    expect(most).toBe(2);
    expect(results.map((result) => result.status)).toEqual([
      'fulfilled',
      'fulfilled',
      'fulfilled',
      'rejected',
      'fulfilled',
      'fulfilled',
    ]);
  });
});
