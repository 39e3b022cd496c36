import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { miPatterns, orders, temporaryFolder } from '../support/command.ts';
import { render } from './support.ts';

const coordinated = { pattern: 'coordinated', image: { repository: 'acme/orders', tag: '1' } };
const twoWorkloads = (other: object, release: object = {}): object => ({
  ...coordinated,
  ...release,
  workloads: { api: { type: 'stateless' }, nightly: { type: 'stateful', ...other } },
});
const database = (settings: object, workload: object = { type: 'stateless', replicas: 3 }): object => ({
  ...coordinated,
  coordination: { mode: 'database', database: { url: 'jdbc:a://db/c', driver: 'd', ...settings } },
  workloads: { api: workload },
});

/** Values, and the code with which both refuse them; undefined where both take them. */
const cases: readonly (readonly [string, object, string?])[] = [
  ['the defaults', {}],
  ['a role of its own', twoWorkloads({ artifacts: { roles: ['Nightly'] } })],
  ['a truststore with the key of the chart', { keystores: { truststore: { secretName: 's' } } }],
  ['a listed role of MI', { artifacts: { roles: ['EnterpriseIntegrator'] } }],
  ['nothing that isolates', twoWorkloads({}), 'MI-VALUES-NOT-ISOLATED'],
  ['a file beside the archives', twoWorkloads({ files: { 'conf/a': { text: 'x' } } }), 'MI-VALUES-NOT-ISOLATED'],
  [
    'an isolated role of every server',
    twoWorkloads({ artifacts: { roles: ['Mi'] } }, { deploymentToml: { server: { roles: ['Mi.*'] } } }),
    'MI-VALUES-ROLE-TWICE',
  ],
  ['a port of MI', { workloads: { a: { ports: { x: { port: 8290 } } } } }, 'MI-VALUES-CONDITION'],
  ['a keystore without a password', { keystores: { primary: { secretName: 's' } } }, 'MI-VALUES-NEEDS'],
  ['an offset in words', { deploymentToml: { server: { offset: 'ten' } } }, 'MI-VALUES-RANGE'],
  ['an ExternalSecret without data', { externalSecrets: { a: { store: { name: 's' } } } }, 'MI-VALUES-NEEDS'],
  [
    'an Ingress to two workloads',
    { ...coordinated, workloads: { a: {}, b: {} }, ingress: { enabled: true, hosts: { 'a.example.com': {} } } },
    'MI-VALUES-NO-WORKLOAD',
  ],
  [
    'a mount of a volume that is not there',
    { workloadDefaults: { extraVolumeMounts: { '/a': { name: 'none' } } } },
    'MI-VALUES-CONDITION',
  ],
  ['a class without a provider', { secretProviderClasses: { a: { objects: { b: {} } } } }, 'MI-VALUES-NEEDS'],
  ['a heap among the options', { workloadDefaults: { jvm: { options: ['-Xmx2g'] } } }, 'MI-VALUES-RESERVED'],
  ['more servers than pods', database({ resolver: 'round-robin', taskServerCount: 4 }), 'MI-VALUES-CONDITION'],
  ['no named server', database({ resolver: 'task-nodes' }), 'MI-VALUES-NEEDS'],
  ['two pods of a single replica', { workloads: { a: { replicas: 2 } } }, 'MI-VALUES-SINGLE-REPLICA'],
  ['a word of JavaScript', { artifacts: { source: 'constructor' } }, 'MI-VALUES-CHOICE'],
  ['an unknown key', { replicaas: 3 }, 'MI-VALUES-UNKNOWN-KEY'],
];

describe('validate and the chart', () => {
  it.each(cases)('say the same about %s', async (_, values, code) => {
    const file = join(temporaryFolder(), 'values.yaml');
    writeFileSync(file, JSON.stringify(values, null, 2));
    const [rendered, answer] = await Promise.all([render(values as never), miPatterns(['validate', file, '--json'])]);
    const { diagnostics } = JSON.parse(answer.stdout) as {
      readonly diagnostics: readonly { readonly code: string; readonly source: { readonly line: number } }[];
    };
    expect(answer.exitCode, answer.stdout).toBe(code === undefined ? 0 : 1);
    expect(rendered.state).toBe(code === undefined ? 'rendered' : 'refused');
    if (code !== undefined) expect(diagnostics).toContainEqual(expect.objectContaining({ code }));
    // Every fault stands at the value or its nearest key, never at the top for want of a place.
    for (const { source } of diagnostics) expect(source.line).toBeGreaterThan(1);
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
