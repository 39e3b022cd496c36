import { expect, it } from 'vitest';
import type { Diagnostic } from '@mi-patterns/inventory';
import type { TestReport } from '@mi-patterns/helm';
import { secretsToldOnce } from './test-secrets.ts';

type Warned = TestReport['warnings'][number]['findings'][number];

const breach = (message: string): Diagnostic => ({
  code: 'MI-RULE-PLAIN-SECRET',
  severity: 'error',
  message: `${message} looks like a secret in plain text.`,
  hint: 'Keep it in a Secret.',
});

const warned = (path: readonly string[], name = path.at(-1) ?? ''): Warned => ({
  code: 'MI-VALUES-SECRET-INLINE',
  path,
  sentence: `\`${name}\` looks like a secret, and it is in plain text. Refer to a Secret.`,
});

function told(breaches: readonly Diagnostic[], findings: readonly Warned[]): readonly string[] {
  const report: TestReport = {
    chart: 'chart',
    kubernetesVersions: ['1.37'],
    tools: [],
    rows: [{ step: 'rules', subject: 'v.yaml', outcome: { state: 'failed', detail: '', diagnostics: [...breaches] } }],
    warnings: [{ subject: 'v.yaml', findings }],
    summary: { ok: 0, failed: 1, skipped: 0 },
    passed: false,
    toolFailed: false,
  };
  const once = secretsToldOnce(report, (path, all) =>
    all.map(({ path: keys, code, sentence }) => ({
      code: code as Diagnostic['code'],
      severity: 'warning',
      message: sentence,
      hint: 'Refer to a Secret.',
      source: { path: `${path} ${keys.join('.')}`, line: 1, column: 1 },
    })),
  );
  const rows = once.report.rows.flatMap(({ outcome }) => (outcome.state === 'failed' ? outcome.diagnostics : []));
  return [...rows, ...once.warnings].map(
    ({ code, source, hint }) => `${code} ${source?.path ?? 'no place'}: ${hint ?? ''}`,
  );
}

it.each([
  ['a variable', 'Deployment/a: the variable DB_PASSWORD of the container mi', warned(['env', 'DB_PASSWORD'])],
  [
    'a variable of a container in a list',
    'Deployment/a: the variable X_TOKEN of the container side',
    warned(['workloadDefaults', 'extraContainers', 'side', 'env', '0', 'value'], 'X_TOKEN'),
  ],
  [
    'an option of the JVM',
    'Deployment/a: the variable NODE_PARAMS of the container mi',
    warned(['workloadDefaults', 'jvm', 'options', '1'], 'options'),
  ],
  ['a line', 'ConfigMap/a: data.deployment.toml, line 3 (db_token)', warned(['deploymentToml', 'a', 'db_token'])],
  [
    'a file',
    'ConfigMap/a: data.conf__a_1b.properties, line 1 (x)',
    warned(['files', 'conf/a_b.properties', 'text'], 'text'),
  ],
  [
    'an argument of a container',
    'Deployment/a: spec.template.spec.containers[side].args[0]',
    warned(['workloadDefaults', 'extraContainers', 'side', 'args', '0'], 'args'),
  ],
  [
    'a word of a hook',
    'Deployment/a: spec.template.spec.containers[mi].lifecycle.preStop.exec.command[2]',
    warned(['workloads', 'a', 'lifecycle', 'preStop', 'exec', 'command', '2'], 'command'),
  ],
  ['an annotation', 'Ingress/a: metadata.annotations.acme.io/auth', warned(['ingress', 'annotations', 'acme.io/auth'])],
])('tells a secret once, at its place in the values: %s', (_, message, warning) => {
  expect(told([breach(message)], [warning])).toEqual([
    `MI-RULE-PLAIN-SECRET v.yaml ${warning.path.join('.')}: Refer to a Secret.`,
  ]);
});

it('takes no word of another container for the same', () => {
  const other = warned(['workloadDefaults', 'extraContainers', 'other', 'args', '0'], 'args');
  expect(told([breach('Deployment/a: spec.template.spec.containers[side].args[0]')], [other])).toHaveLength(2);
});

it('leaves what only one of the two has', () => {
  const other: Warned = { code: 'MI-VALUES-INTERRUPTED', path: ['env', 'A'], sentence: '`A` is a word. Set it.' };
  expect(told([breach('the variable A of the container mi')], [warned(['env', 'B']), other])).toEqual([
    'MI-RULE-PLAIN-SECRET no place: Keep it in a Secret.',
    'MI-VALUES-SECRET-INLINE v.yaml env.B: Refer to a Secret.',
    'MI-VALUES-INTERRUPTED v.yaml env.A: Refer to a Secret.',
  ]);
});
