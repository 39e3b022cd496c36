import { execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { residentHelm } from '@mi-patterns/helm/test-resident';
import { runCommandLine } from '../command-line.ts';

const example = join(import.meta.dirname, '../../../../examples/orders');
let folder: string;

async function run(...words: string[]): Promise<{ readonly exitCode: number; readonly said: string }> {
  let said = '';
  const exitCode = await runCommandLine(words, {
    cwd: folder,
    environment: {},
    stdout: (text) => void (said += text),
    stderr: (text) => void (said += text),
    columns: undefined,
    colour: false,
    interactive: false,
    ...residentHelm,
  });
  return { exitCode, said };
}

/** What is said of errors and of what the base settles, as `CODE place`; the rest of `files` is written before. */
async function found(files: Readonly<Record<string, string>>, ...words: string[]): Promise<readonly string[]> {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const { said } = await run('validate', '--json', ...words);
  const { diagnostics } = JSON.parse(said) as {
    diagnostics: { code: string; source: { path: string; line: number; column: number } }[];
  };
  return diagnostics
    .filter(({ code }) => code !== 'MI-VALUES-DEMONSTRATION')
    .map(({ code, source }) => `${code} ${source.path}:${source.line}:${source.column}`);
}

const base = `image: {repository: acme/orders, tag: "1"}
pattern: multiple-replicas
workloads:
  integration:
    type: stateless
    replicas: 2
`;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'validate-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('validate --base', () => {
  const overlay = 'workloads:\n  integration:\n    resources: {limits: {memory: 2Gi}}\n';

  it('does not ask an overlay for what the files below it settle', async () => {
    expect(await found({ 'base.yaml': base, 'over.yaml': overlay }, 'over.yaml')).toEqual([
      'MI-VALUES-INTERRUPTED over.yaml:2:3',
    ]);
    expect(await found({}, '--base', 'base.yaml', 'over.yaml')).toEqual([]);
    expect(await found({}, 'over.yaml', '--base=base.yaml')).toEqual([]);
  });

  it('places a finding in the file that sets the value, and tells it once', async () => {
    const wrong = base.replace('2\n', '1\n').replace('pattern', 'patern: x\npattern');
    const files = { 'base.yaml': wrong, 'over.yaml': overlay, 'other.yaml': 'workloads: {integration: {heap: 3}}\n' };
    expect(await found(files, '--base', 'base.yaml', 'over.yaml', 'other.yaml')).toEqual([
      'MI-VALUES-UNKNOWN-KEY base.yaml:2:1',
      'MI-VALUES-MULTIPLE-REPLICAS base.yaml:7:15',
      'MI-VALUES-TYPE other.yaml:1:33',
    ]);
  });

  it('has the order of helm: later files win, lists replace, null removes', async () => {
    const files = {
      'base.yaml': base,
      'one.yaml': 'workloads: {integration: {replicas: 1}}\n',
      'two.yaml': 'workloads: {integration: {replicas: 3}}\n',
      'null.yaml': 'pattern: null\nworkloads:\n  integration: {type: null, replicas: null}\n',
    };
    const over = (...names: string[]): Promise<readonly string[]> =>
      found(files, ...names.slice(0, -1).flatMap((name) => ['--base', name]), ...names.slice(-1));
    expect(await over('base.yaml', 'two.yaml', 'one.yaml')).toEqual(['MI-VALUES-MULTIPLE-REPLICAS one.yaml:1:37']);
    expect(await over('base.yaml', 'one.yaml', 'two.yaml')).toEqual([]);
    expect(await over('base.yaml', 'base.yaml', 'base.yaml')).toEqual([]);
    expect(await over('base.yaml', 'null.yaml')).toEqual(['MI-VALUES-INTERRUPTED null.yaml:3:23']);
  });

  it.each([
    ['a syntax error', 'a: [', 'MI-VALUES-SYNTAX base.yaml:1:5'],
    ['two documents', 'a: 1\n---\nb: 1\n', 'MI-VALUES-ROOT base.yaml:3:1'],
    ['a list', '- a\n', 'MI-VALUES-ROOT base.yaml:1:1'],
  ])('tells of %s in a file below', async (_, text, expected) => {
    expect(await found({ 'base.yaml': text, 'over.yaml': overlay }, '--base', 'base.yaml', 'over.yaml')).toEqual([
      expected,
    ]);
  });

  it('names the way to standard input', async () => {
    expect((await run('validate', '-')).said).toBe(
      'error MI-FILE  -:1:1\n    - does not exist.\n    → To read standard input, name /dev/stdin.\n',
    );
  });

  it.skipIf(process.platform === 'win32')(
    'tests with values from a pipe, which can be read once only (skipped on Windows, which has no mkfifo)',
    async () => {
      const [pipe, chart] = [join(folder, 'pipe'), join(import.meta.dirname, '../../../helm/test/fixtures/tiny')];
      execFileSync('mkfifo', [pipe]);
      spawn('sh', ['-c', `printf 'replicas: no-number\\n' > ${pipe}`]);
      const { said } = await run('test', '--chart', chart, '--values', 'pipe');
      expect(said).toMatch(/^pipe +helm lint/m);
      expect(said).toMatch(/^error MI-CHART-SCHEMA {2}pipe:1:11$/m);
    },
  );

  it('tells of a file below that is missing or a configuration', async () => {
    writeFileSync(join(folder, 'over.yaml'), overlay);
    expect(await run('validate', '--base', 'base.yaml', 'over.yaml')).toMatchObject({
      exitCode: 2,
      said: expect.stringContaining('error MI-FILE  base.yaml:1:1\n    base.yaml does not exist.') as string,
    });
    expect(await run('validate', '--base', 'mi-patterns.yaml', 'over.yaml')).toMatchObject({
      exitCode: 2,
      said: expect.stringContaining('mi-patterns.yaml is a configuration, not a values file.') as string,
    });
    expect(await run('test', '--values', 'mi-patterns.yaml')).toMatchObject({
      exitCode: 2,
      said: expect.stringContaining('mi-patterns.yaml is a configuration, not a values file.') as string,
    });
    expect(await run('test', '--base', 'over.yaml')).toMatchObject({
      exitCode: 2,
      said: expect.stringContaining('--base needs --values.') as string,
    });
  });

  it('counts the findings of each file apart, and tells those of the file below once', async () => {
    writeFileSync(join(folder, 'base.yaml'), `${base}replicaas: 3\n`);
    writeFileSync(join(folder, 'a.yaml'), overlay);
    writeFileSync(join(folder, 'b.yaml'), `${overlay}ingres: {}\n`);
    const { exitCode, said } = await run('validate', '--base', 'base.yaml', 'a.yaml', 'b.yaml');
    expect(exitCode).toBe(1);
    expect(said).toMatch(/^a\.yaml: 1 error in base\.yaml$/m);
    expect(said).toMatch(/^b\.yaml: 1 error, 1 error in base\.yaml$/m);
    expect(said.match(/base\.yaml:\d+:\d+/g)).toHaveLength(1);
  });

  it('compares a generated file below with its sources', async () => {
    cpSync(example, folder, { recursive: true });
    writeFileSync(join(folder, 'over.yaml'), overlay);
    await run('generate', '--env', 'prod', '--no-package');
    expect(await found({}, '--base', 'values-prod.yaml', 'over.yaml')).toEqual([]);
    rmSync(join(folder, 'src/main/wso2mi/artifacts/tasks/recurringOrder_Task.xml'));
    expect(await found({}, '--base', 'values-prod.yaml', 'over.yaml')).toEqual([
      'MI-VALUES-STALE values-prod.yaml:7:1',
    ]);
    rmSync(join(folder, 'mi-patterns.yaml'));
    expect((await run('validate', '--base', 'values-prod.yaml', 'over.yaml')).said).toMatch(
      /^over\.yaml: .*; values-prod\.yaml was not compared with its artifacts, which were not found: name its mi-patterns\.yaml with --config FILE$/m,
    );
  });
});
