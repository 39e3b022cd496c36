import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseHelmError } from './helm-errors.ts';
import { renderChart } from './render.ts';

const chart = join(import.meta.dirname, '../../test/fixtures/tiny');
const refused = async (values: Record<string, unknown>, more: object = {}) => {
  const result = await renderChart({ chart, values: [values as never], ...more });
  if (result.state !== 'refused') throw new Error('the chart rendered');
  return result.diagnostics.map(({ code, message, source }) =>
    source === undefined ? `${code} ${message}` : `${code} ${source.path.replace(chart, '')}:${source.line} ${message}`,
  );
};

describe('what helm refuses', () => {
  it('names each fault the schema finds, always in the same order', async () => {
    expect(
      await refused({ replicas: 'abc', replicaas: 3, b: 1, a: 1, port: { nummer: 1 }, objects: { a: 1 } }),
    ).toEqual([
      'MI-CHART-SCHEMA `a`: unknown key.',
      'MI-CHART-SCHEMA `b`: unknown key.',
      'MI-CHART-SCHEMA `objects.a`: got number, want object.',
      "MI-CHART-SCHEMA `port`: got object, want integer; or missing property 'number'.",
      'MI-CHART-SCHEMA `replicaas`: unknown key.',
      'MI-CHART-SCHEMA `replicas`: got string, want integer.',
    ]);
  });

  it('repeats no secret that was written in place of a reference', () => {
    const text = [
      "Error: values don't meet the specifications of the schema(s) in the following chart(s):",
      'tiny:',
      "- at '/keystores/primary/passwordSecret/name': 'hunter2!' does not match pattern '^[a-z]+$'",
      "- at '/image/tag': 'a b' does not match pattern '^[a-z]+$'",
    ].join('\n');
    expect(parseHelmError(text, { chartFolder: chart })?.map(({ message }) => message)).toEqual([
      "`image.tag`: 'a b' does not match pattern '^[a-z]+$'.",
      "`keystores.primary.passwordSecret.name`: [hidden] does not match pattern '^[a-z]+$'.",
    ]);
  });

  it("gives the chart's own sentence without what Go wraps around it", async () => {
    expect(await refused({ refuse: '\n\npattern single-replica runs one pod: found 3.' })).toEqual([
      'MI-CHART-REFUSED pattern single-replica runs one pod: found 3.',
    ]);
    expect(await refused({ refuse: '- one thing\n- another thing' })).toEqual([
      'MI-CHART-REFUSED one thing',
      'MI-CHART-REFUSED another thing',
    ]);
    expect(await refused({ expression: '{{ fail "from inside tpl" }}' })).toEqual(['MI-CHART-REFUSED from inside tpl']);
  });

  it('ends for a sentence that only looks like a path', async () => {
    const sentence = `MI-A ${'a'.repeat(200)}!`;
    expect(await refused({ refuse: sentence })).toEqual([`MI-CHART-REFUSED ${sentence}`]);
  });

  it('says which expression of which template failed', async () => {
    expect(await refused({ broken: true })).toEqual([
      'MI-CHART-TEMPLATE /templates/_check.tpl:3 `.Values.not.there.either` cannot be read: what should hold `there` is null or absent.',
    ]);
    expect(await refused({ expression: '{{ .Values.a.b.c }}' })).toEqual([
      'MI-CHART-TEMPLATE `.Values.a.b.c` in a template of the values cannot be read: what should hold `b` is null or absent.',
    ]);
    expect(await refused({ expression: 'a\n"{{ .Release.Name }"' })).toEqual([
      'MI-CHART-TEMPLATE `{{ .Release.Name }` in a template of the values fails: unexpected "}" in operand.',
    ]);
    expect(await refused({ raw: 'a: b\n  c: d' })).toEqual([
      expect.stringMatching(
        /^MI-CHART-TEMPLATE \/templates\/objects\.yaml:1 tiny\/templates\/objects\.yaml writes invalid YAML/,
      ),
    ]);
  });

  it('refuses keys that occur twice in what a template writes, though helm does not', async () => {
    expect(
      await refused({
        raw: 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata: {a: "1"}\ndata: {a: "2"}',
        objects: null,
      }),
    ).toEqual([
      'MI-CHART-TEMPLATE tiny/templates/objects.yaml writes a manifest that Kubernetes refuses, line 5 of what it writes: Map keys must be unique',
    ]);
  });

  it('names missing files, broken values, an old cluster and a bad release name', async () => {
    const broken = join(import.meta.dirname, '../../test/fixtures/broken-values.yaml');
    expect(await renderChart({ chart, values: [broken] })).toMatchObject({
      state: 'refused',
      diagnostics: [{ code: 'MI-CHART-VALUES', source: { path: broken, line: 2 } }],
    });
    expect(await renderChart({ chart, values: ['/nowhere.yaml'] })).toMatchObject({
      state: 'refused',
      diagnostics: [{ code: 'MI-CHART-MISSING', message: 'The values file /nowhere.yaml does not exist.' }],
    });
    expect(await refused({}, { kubernetesVersion: '1.20' })).toEqual([
      'MI-CHART-KUBERNETES The chart needs Kubernetes >=1.25.0-0, not v1.20.',
    ]);
    expect(await refused({}, { release: 'Bad_Name' })).toEqual([
      'MI-CHART-REFUSED "Bad_Name" is not a valid release name: lower-case letters, digits and hyphens, at most 53 characters.',
    ]);
  });

  it('reads the one-line form of helm 3', () => {
    const text =
      'Error: UPGRADE FAILED: template: tiny/templates/cm.yaml:1:4: executing "tiny/templates/cm.yaml" at <include "tiny.check" .>: error calling include: template: tiny/templates/_h.tpl:3:42: executing "tiny.check" at <.Values.a.b.c>: nil pointer evaluating interface {}.b\n\nUse --debug flag to render out invalid YAML\n';
    expect(parseHelmError(text, { chartFolder: '/charts/tiny/' })).toMatchObject([
      { code: 'MI-CHART-TEMPLATE', source: { path: '/charts/tiny/templates/_h.tpl', line: 3, column: 42 } },
    ]);
  });

  it('leaves alone what is no refusal', () => {
    expect(
      parseHelmError('Error: Kubernetes cluster unreachable: dial tcp 127.0.0.1:8080: connection refused', {
        chartFolder: undefined,
      }),
    ).toBeUndefined();
  });
});
