import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findTool, judgeValues, renderChart, run } from '@mi-patterns/helm';
import type { Diagnostic } from '@mi-patterns/inventory';
import { validateValues } from '@mi-patterns/values';
import { describe, expect, it } from 'vitest';
import { chart, miPatterns, orders, temporaryFolder } from '../support/command.ts';
import { suiteCases } from '../chart/suite-cases.ts';
import { render, resident, shared } from '../chart/support.ts';

const twoWorkloads = (nightly: object): object => ({
  pattern: 'coordinated',
  image: { repository: 'acme/orders', tag: '1' },
  workloads: { api: { type: 'stateless' }, nightly: { type: 'stateful', ...nightly } },
});

/** Values, and the code with which both refuse them; undefined where both take them. */
const cases: readonly (readonly [string, object, string?])[] = [
  ['the defaults', {}],
  ['a role of its own', twoWorkloads({ artifacts: { roles: ['Nightly'] } })],
  ['nothing that isolates', twoWorkloads({}), 'MI-VALUES-NOT-ISOLATED'],
  ['a word of JavaScript', { artifacts: { source: 'constructor' } }, 'MI-VALUES-CHOICE'],
  ['an unknown key', { replicaas: 3 }, 'MI-VALUES-UNKNOWN-KEY'],
];

const all = suiteCases();
const refused = all.filter(({ isRefused, needsCluster }) => isRefused && !needsCluster);

describe("each case of the chart's own suites", () => {
  // That the chart refuses these values, with these codes, is what the suites themselves see.
  it.concurrent.each(refused.map((one) => [one.name, one] as const))('%s: validate refuses it too', async (_, one) => {
    const { values, release, kubernetesVersion, codes } = one;
    const found = await judgeValues(JSON.stringify(values, null, 1), 'v.yaml', {
      chart,
      release,
      kubernetesVersion,
      ...resident,
    });
    const errors = found.filter(({ severity }) => severity === 'error');
    expect(errors).not.toEqual([]);
    expect(errors.map(({ code }) => code)).toEqual(expect.arrayContaining([...codes]));
  });

  it('that the chart accepts has no fault for validate either', () => {
    const faults = all
      .filter(({ isRefused }) => !isRefused)
      .flatMap(({ name, values }) => validateValues(JSON.stringify(values, null, 1), name))
      .filter(({ severity }) => severity === 'error');
    expect(faults).toEqual([]);
  });

  it('is read, but for what depends on the objects in a cluster', () => {
    expect(all.length).toBeGreaterThan(450);
    expect(refused.length).toBeGreaterThan(150);
    expect(all.filter(({ isRefused, needsCluster }) => isRefused && needsCluster).length).toBeLessThan(40);
  });
});

const inputs = join(shared, 'cases');
const folders = existsSync(inputs) ? readdirSync(inputs).filter((name) => name.startsWith('chart-')) : [];

describe.skipIf(folders.length === 0)(
  `real values${folders.length === 0 ? ' (skipped: no inputs beside the repository; set MI_PATTERNS_SHARED)' : ''}`,
  () => {
    it.concurrent.each(folders)('%s: validate and helm template agree', async (name) => {
      const file = join(inputs, name, 'values.yaml');
      const [found, rendered] = await Promise.all([
        judgeValues(readFileSync(file, 'utf8'), file, { chart }),
        renderChart({ chart, values: [file], release: 'r' }),
      ]);
      const errors = found.filter(({ severity }) => severity === 'error');
      expect(errors.length > 0 ? 'refused' : 'rendered', JSON.stringify(errors)).toBe(rendered.state);
    });
  },
);

/** Values that the chart takes and warns of, one warning or more from each template that has some. */
const warned = `image: {tag: latest}
pattern: coordinated
env: {DB_PASSWORD: hunter2}
deploymentToml:
  datasource: [{id: A, url: "$env{A_URL}", password: hunter2}]
keystores: {}
warnings: {configMap: false}
networkPolicy: {enabled: true}
ingress: {enabled: true, hosts: {a.example: {paths: {/: {}}}}}
workloads:
  integration: {type: stateless, replicas: 1, sessionAffinity: {type: ClientIP}}
  nightly:
    type: stateful
    artifacts: {roles: [Nightly]}
    files: {bin/micro-integrator.sh: {text: x}}
  reports: {type: stateful, paused: true, artifacts: {roles: [Reports], stateful: [task/reports]}}
`;

describe('a warning of the chart', () => {
  it('comes out of validate as helm install prints it, each at its place', async () => {
    const file = join(temporaryFolder(), 'values.yaml');
    writeFileSync(file, warned);
    const helm = await findTool('helm');
    const install = ['install', 'orders', chart, '--dry-run=client', '--values', file];
    const notes = (await run([...helm.command, ...install])).stdout.split('\nWarnings:\n')[1] ?? '';
    const said = [...notes.matchAll(/^ {2}- (MI-VALUES-\S+) (\S+): (.+)$/gm)];
    expect(new Set(said.map(([, code]) => code)).size).toBeGreaterThan(8);
    expect(said.filter(([, , place = '', sentence = '']) => sentence.startsWith(place))).toEqual([]);
    const answer = await miPatterns(['validate', file, '--json']);
    const { diagnostics } = JSON.parse(answer.stdout) as {
      readonly diagnostics: readonly (Diagnostic & { readonly source: { readonly line: number } })[];
    };
    const parts = (text: string): string =>
      text
        .split(/(?<=\.) /)
        .toSorted()
        .join(' ');
    const sentences = new Set(said.map(([, , , sentence = '']) => parts(sentence)));
    // What to do, in the chart's sentence, is the hint of the finding.
    const whole = ({ message, hint }: Diagnostic): string =>
      [parts(`${message} ${hint}`)].find((text) => sentences.has(text)) ?? parts(message);
    expect(diagnostics.map((finding) => `${finding.code} ${whole(finding)}`).toSorted()).toEqual(
      said.map(([, code, , sentence = '']) => `${code} ${parts(sentence)}`).toSorted(),
    );
    const lines = new Map(diagnostics.map(({ code, source }) => [code, warned.split('\n')[source.line - 1]]));
    expect(lines.get('MI-VALUES-IMAGE-LATEST')).toContain('latest');
    expect(lines.get('MI-VALUES-PLACEHOLDER')).toContain('datasource');
    expect(lines.get('MI-VALUES-DEMONSTRATION')).toContain('keystores');
    expect(lines.get('MI-VALUES-PAUSED')).toContain('reports');
    expect(lines.get('MI-VALUES-ISOLATION-UNKNOWN')).toContain('bin/micro-integrator.sh');
    expect(answer.exitCode).toBe(0);
  });

  it.each(['text', 'sarif', 'github', 'junit'])('is in the answer as %s', async (format) => {
    const file = join(temporaryFolder(), 'values.yaml');
    writeFileSync(file, warned);
    const { stdout } = await miPatterns(['validate', file, '--format', format]);
    expect(stdout).toContain('MI-VALUES-IMAGE-LATEST');
    expect(stdout).not.toContain('hunter2');
  });
});

describe('the command and the chart', () => {
  it.each(cases)('say the same about %s', async (_, values, code) => {
    const file = join(temporaryFolder(), 'values.yaml');
    writeFileSync(file, JSON.stringify(values, null, 2));
    const [rendered, answer] = await Promise.all([render(values as never), miPatterns(['validate', file, '--json'])]);
    const { diagnostics } = JSON.parse(answer.stdout) as {
      readonly diagnostics: readonly Pick<Diagnostic, 'code' | 'severity' | 'source'>[];
    };
    expect(answer.exitCode, answer.stdout).toBe(code === undefined ? 0 : 1);
    expect(rendered.state).toBe(code === undefined ? 'rendered' : 'refused');
    if (code !== undefined) expect(diagnostics).toContainEqual(expect.objectContaining({ code }));
    // Every fault stands at the value or its nearest key, never at the top for want of a place.
    for (const { severity, source } of diagnostics) if (severity === 'error') expect(source?.line).toBeGreaterThan(1);
  });

  it.each([
    ['validate', ['values.yaml'], 0],
    ['generate', [orders, '--out', 'deploy'], 0],
  ])('%s says without helm that only the schema was checked', async (command, args, expected) => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'values.yaml'), JSON.stringify({ workloads: { a: { replicas: 2 } } }, null, 2));
    const environment = { MI_PATTERNS_HELM: '', PATH: '/nonexistent', MI_PATTERNS_CACHE: cwd };
    const { stdout, stderr, exitCode } = await miPatterns([command, ...args], { cwd, environment });
    expect(stdout + stderr).toContain('MI-VALUES-NOT-RENDERED');
    expect(exitCode).toBe(expected);
  });

  it('generate writes nothing that the chart refuses, and says where the value was written', async () => {
    const cwd = temporaryFolder();
    const values = 'artifacts: [.]\npattern: coordinated\nvalues:\n  workloads:\n    nightly: {type: stateful}\n';
    writeFileSync(join(cwd, 'mi-patterns.yaml'), values.replace('.', orders));
    const { stderr, exitCode } = await miPatterns(['generate', '--out', 'deploy'], { cwd });
    expect(stderr).toContain('error MI-VALUES-NOT-ISOLATED  mi-patterns.yaml:5:');
    expect(exitCode).toBe(1);
    expect(existsSync(join(cwd, 'deploy'))).toBe(false);
  });
});
