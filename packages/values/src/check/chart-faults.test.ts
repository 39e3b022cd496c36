import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { faultDiagnostics, parted } from './chart-faults.ts';

const templates = join(import.meta.dirname, '../../../../charts/micro-integrator/templates');

/** Sentences that stand in the templates of the chart, with `%s` where a value goes. */
const sentences = readdirSync(templates, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.(?:tpl|yaml)$/.test(file))
  .flatMap((file) => [...readFileSync(join(templates, file), 'utf8').matchAll(/"((?:[^"\\\n]|\\.)*\.)"/g)])
  .map(([, text = '']) => text.replaceAll('\\"', '"'))
  .filter((text) => / [a-z]+ [a-z]+ /.test(text) && !text.startsWith('\\n'));

/** Those of several sentences of which none says what to do. */
const withoutRemedy = [
  'This leads to workload %q, which does not exist. There are: %s.',
  'The key %.30s... has %d characters. It names the Secret, so it has at most 253.',
  "deployment.toml comes from the image, so deploymentToml is not used. The image's file must have [server] hot_deployment = false, and a graceful_shutdown_timeout of at most gracefulShutdown.timeoutSeconds.",
  "Workload %s runs MI's unit test server, which takes artifacts from anyone who reaches it. Not for production.",
  'Workload %s differs from others only in the archives that a container copies, and the chart cannot see what it copies: make sure that no stateful artifact is in both. Server roles, which mi-patterns package writes, prevent that whatever the archives are.',
  'The workload has no pod %s. Its pods are: %s.',
  'This leads to the port %s. Management, probes and metrics stay inside the cluster; use http, https or an exposed port of the workload.',
];

it('takes apart every sentence of the chart that says what to do', () => {
  const several = sentences.filter((text) => /\. [A-Z`]/.test(text) && !text.endsWith('. %s.'));
  expect(several.length).toBeGreaterThan(150);
  expect(new Set(several.filter((text) => parted(text).remedy === undefined))).toEqual(new Set(withoutRemedy));
  for (const text of several) {
    const { fault, remedy } = parted(text);
    expect([fault, remedy].filter(Boolean).join(' ')).toBe(text);
  }
});

it.each([
  [
    'Workload a is paused: nothing does its work. Remove paused. The same holds for workloads b and c.',
    'Workload a is paused: nothing does its work. The same holds for workloads b and c.',
    'Remove paused.',
  ],
  ['The tag moves. Use 1.2, or a digest.', 'The tag moves.', 'Use 1.2, or a digest.'],
  [
    'The roles differ. If these are one image, each would run everything. Name both by digest.',
    'The roles differ. If these are one image, each would run everything.',
    'Name both by digest.',
  ],
])('says of %j each part once', (sentence, message, hint) => {
  const [finding] = faultDiagnostics({ text: 'a: 1\n', path: 'v.yaml' }, [
    { code: 'MI-VALUES-PAUSED', path: ['a'], sentence },
  ]);
  expect(finding).toMatchObject({ message, hint });
});

it('gives the hint of the code where the sentence says only what is wrong', () => {
  const [finding] = faultDiagnostics({ text: 'a: 1\n', path: 'v.yaml' }, [
    { code: 'MI-VALUES-DRAIN', path: ['a'], sentence: 'No node can be drained.' },
  ]);
  expect(finding).toMatchObject({
    message: 'No node can be drained.',
    hint: 'Set `disruptionBudget.maxUnavailable: 1`.',
  });
});
