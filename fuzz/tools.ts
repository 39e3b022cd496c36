import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runUnitTests } from '../packages/helm/src/chart-tests/unit-tests.ts';
import { checkKubernetesSchemas } from '../packages/helm/test/rendered.ts';
import { isJsonObject, isToolFailure, type KubernetesObject } from '../packages/helm/src/index.ts';
import type { Diagnostic } from '../packages/inventory/src/index.ts';
import { checkTold, each, type FuzzClass, root } from './harness.ts';
import { type Json, mutate, mutateJson, type Random } from './mutate.ts';

const objects: readonly KubernetesObject[] = [
  { apiVersion: 'v1', kind: 'Service', metadata: { name: 'a' }, spec: { ports: [{ port: 80 }] } },
  { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'b' }, spec: { replicas: 'three' } },
  { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'HTTPRoute', metadata: { name: 'r' } },
];
const resource = (index: number, status: string, msg: string): Record<string, Json> => ({
  filename: `/tmp/x/0-${index}.json`,
  kind: objects[index]?.kind ?? '',
  name: objects[index]?.metadata.name ?? '',
  version: objects[index]?.apiVersion ?? '',
  status,
  msg,
});
const fault = "problem validating schema. Check JSON formatting: jsonschema validation failed with 'd.json#' - at '/spec/replicas': got string, want null or integer"; // prettier-ignore
const answer = (...resources: readonly Json[]): Json => ({ resources });
const valid = resource(0, 'statusValid', '');
const invalid = resource(1, 'statusInvalid', fault);

const oddMessages = [
  '', ' ', fault, `${fault} - at '/spec': missing property 'template'`, "- at '/a", "- at '': ", "x - at '/~1/~0': y", '\u001b[31mred\n::error::x',
  'password: hunter2', 'x'.repeat(100_000), '\u202e', "a - at '/x': validation failed",
] as const; // prettier-ignore
const statuses = ['statusValid', 'statusInvalid', 'statusError', 'statusSkipped', 'statusEmpty', 'valid', ''] as const;

function kubeconformSays(next: Random): string {
  const one = (index: number): Json => resource(index, next.pick(statuses), next.pick(oddMessages));
  const text = next.pick<() => string>([
    () => JSON.stringify(mutateJson(answer(valid, invalid), next)),
    () => JSON.stringify(answer(...Array.from({ length: next.below(5) }, () => one(next.below(3))))),
    () => JSON.stringify(answer(one(0), one(1))),
    () => mutate(Buffer.from(JSON.stringify(answer(valid, invalid), null, 2)), next).toString('utf8'),
    () => JSON.stringify(answer(valid, invalid)).slice(0, next.below(300)),
    () => JSON.stringify(answer(valid, resource(1, 'statusValid', ''))),
    () => JSON.stringify(answer(valid, invalid, resource(1, 'statusValid', ''))),
    // Other formats and versions of the tool.
    () => JSON.stringify([valid, invalid]),
    () => `${JSON.stringify(valid)}\n${JSON.stringify(invalid)}\n`,
    () => JSON.stringify(answer(valid, { ...invalid, msg: fault, validationErrors: [{ path: '/spec', msg: 'x' }] })),
    () => '/tmp/x/0-0.json - Service a is valid\nSummary: 2 resources found in 2 files - Valid: 2, Invalid: 0\n',
    () => '',
  ])();
  return text;
}

const summary = (suites: string, tests: string): string =>
  `\nCharts:      1 passed, 1 total\nTest Suites: ${suites}\nTests:       ${tests}\nSnapshot:    0 passed, 0 total\nTime:        12ms\n`;
const failing =
  ' FAIL  objects\ttests/objects_test.yaml\n\t- renders seven objects\n\n\t\t- asserts[0] `hasDocuments` fail\n\t\t\tExpected documents count to be:\n\t\t\t\t8\n\t\t\tActual:\n\t\t\t\t7\n';
const passing = ' PASS  objects\ttests/objects_test.yaml\n';
const head = '\n### Chart [ tiny ] .\n\n';

function unitTestsSay(next: Random): string {
  const counts = next.pick(['1 passed, 1 total', '1 failed, 0 passed, 1 total', '1 failed, 1 errored, 0 passed, 1 total', '0 passed, 0 total', '2 passed, 2 total', 'x total', '1 total']); // prettier-ignore
  const body = next.pick([
    passing,
    failing,
    failing.replace('objects_test', '\u001b[31m_test').replace('seven', 'password=hunter2\u202e'),
    failing.replaceAll('\n', '\r\n'),
    failing.replace('\ttests/objects_test.yaml', ''),
    ' FAIL  objects\t\n\t- execution error: parse error at (tiny/templates/objects.yaml:3)\n',
    '{"testsuites": []}\n',
    '<?xml version="1.0"?><testsuites/>\n',
    'x'.repeat(100_000),
    '',
  ]);
  const text = `${head}${body}${next.pick([summary(counts, counts), summary('1 passed, 1 total', counts), summary(counts, '2 passed, 2 total'), ''])}`;
  return next.below(3) === 0 ? mutate(Buffer.from(text), next).toString('utf8') : text;
}

interface Input {
  readonly tool: 'kubeconform' | 'helm-unittest';
  readonly stdout: string;
  readonly stderr: string;
  /** How it ends: an exit code, or by a signal. */
  readonly end: string;
}

function inputOf(next: Random): Input {
  const tool = next.pick(['kubeconform', 'helm-unittest'] as const);
  return {
    tool,
    stdout: tool === 'kubeconform' ? kubeconformSays(next) : unitTestsSay(next),
    stderr: next.pick(['', '', '', '\u001b[31mError: password=hunter2\n::error::x\n', 'panic: runtime error\n']),
    end: next.pick([
      'exit 0',
      'exit 0',
      'exit 0',
      'exit 0',
      'exit 1',
      'exit 1',
      'exit 1',
      next.pick(['exit 2', 'exit 127', 'kill -9 $$']),
    ]),
  };
}

/** A program that says it is the tool, and answers from files. */
function standIn(folder: string, { tool, stdout, stderr, end }: Input): string {
  const path = join(folder, tool);
  writeFileSync(`${path}.out`, stdout);
  writeFileSync(`${path}.err`, stderr);
  const about = tool === 'kubeconform' ? 'echo v0.8.0' : "echo '--skip-schema-validation'";
  const asked = tool === 'kubeconform' ? '-v' : '--help';
  const script = [
    '#!/bin/sh',
    `if [ "$*" = ${asked} ]; then ${about}; exit 0; fi`,
    `cat ${path}.out; cat ${path}.err >&2; ${end}`,
  ];
  writeFileSync(path, `${script.join('\n')}\n`, { mode: 0o755 });
  return path;
}

/** What must not be shown. After a word that changed bytes made of `password`, it is no secret. */
const secretsOf = ({ stdout, stderr }: Input): readonly string[] =>
  /(?<!password(?:=|: ))hunter2/.test(stdout + stderr) ? [] : ['hunter2'];

function checkFound(diagnostics: readonly Diagnostic[], input: Input): void {
  checkTold(diagnostics, secretsOf(input));
  const empty = diagnostics.find(({ message }) => /: \.?$/.test(message));
  if (empty !== undefined) throw new Error(`no reason: ${empty.message}`);
}

/** Throws where an answer is taken for another one than it is. */
async function kubeconform(input: Input, environment: NodeJS.ProcessEnv): Promise<void> {
  const check = await checkKubernetesSchemas(
    objects.map((object) => ({ object, template: 'tiny/templates/x.yaml' })),
    '1.37',
    { environment },
  );
  checkFound(check.diagnostics, input);
  if (check.diagnostics.length > 0) return;
  const report: unknown = JSON.parse(input.stdout);
  const resources = isJsonObject(report) && Array.isArray(report['resources']) ? report['resources'] : [];
  const told = (index: number): unknown[] =>
    resources.filter((one) => isJsonObject(one) && String(one['filename']).endsWith(`0-${index}.json`));
  const sound = [0, 1].every(
    (index) =>
      told(index).length > 0 && told(index).every((one) => isJsonObject(one) && one['status'] === 'statusValid'),
  );
  if (!sound || input.end !== 'exit 0') throw new Error(`taken for sound: ${input.stdout} (${input.end})`);
}

async function unitTests(input: Input, environment: NodeJS.ProcessEnv, chart: string): Promise<void> {
  const outcome = await runUnitTests(chart, { environment });
  if (outcome.state === 'failed') return checkFound(outcome.diagnostics, input);
  if (input.end !== 'exit 0' || /^ FAIL |[1-9]\d* (?:failed|errored)/m.test(input.stdout))
    throw new Error(`taken for sound: ${input.stdout} (${input.end})`);
}

/** Answers of kubeconform and helm-unittest that are odd, cut off or another version's: never taken for sound. */
export const tools: FuzzClass = async (next, count) => {
  const inputs = Array.from({ length: count }, () => inputOf(next));
  const folder = mkdtempSync(join(tmpdir(), 'fuzz-'));
  const chart = join(folder, 'tiny');
  cpSync(join(root, 'packages/helm/test/fixtures/tiny'), chart, { recursive: true });
  let refused = 0;
  const { faults } = await each(inputs, async (input) => {
    const named = { MI_PATTERNS_KUBECONFORM: '', MI_PATTERNS_HELM_UNITTEST: '' };
    named[input.tool === 'kubeconform' ? 'MI_PATTERNS_KUBECONFORM' : 'MI_PATTERNS_HELM_UNITTEST'] = standIn(
      folder,
      input,
    );
    const environment = { ...process.env, ...named };
    try {
      if (input.tool === 'kubeconform') await kubeconform(input, environment);
      else await unitTests(input, environment, chart);
    } catch (error) {
      if (!isToolFailure(error)) throw error;
      refused += 1;
      checkTold([{ code: 'MI-TOOL-OUTPUT' as never, severity: 'error', message: error.message, hint: error.hint }], secretsOf(input)); // prettier-ignore
    }
  });
  rmSync(folder, { recursive: true });
  return { faults, differences: [], oracle: `${count - faults.length - refused} answered, ${refused} refused` };
};
