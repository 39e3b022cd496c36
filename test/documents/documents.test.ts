import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { generatedFiles } from '../../scripts/generate.ts';
import { documentedCodes } from '../../packages/cli/src/codes/documented-codes.ts';
import {
  chart,
  copyOfOrders,
  miPatterns,
  orders,
  repository,
  temporaryFolder,
  type RunOptions,
} from '../support/command.ts';
import { documentFaults, documentSchema } from '../support/json-documents.ts';

const files = await generatedFiles();

describe('generated files', () => {
  it.each([...files].map(([path, text]) => ({ path, text })))('$path is up to date', ({ path, text }) => {
    const current = existsSync(join(repository, path)) ? readFileSync(join(repository, path), 'utf8').split('\n') : [];
    const wanted = text.split('\n');
    const line = wanted.findIndex((content, index) => content !== current[index]);
    expect(
      line < 0 && current.length === wanted.length
        ? 'up to date'
        : `differs from line ${line + 1} on: run npm run generate`,
    ).toBe('up to date');
  });
});

describe('diagnostics', () => {
  const sources = ['inventory', 'planner', 'values', 'delivery', 'helm', 'rollout', 'audit', 'cli'].flatMap((name) => {
    const folder = join(repository, 'packages', name, 'src');
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
      .map((file) => ({ file: `${name}/${file}`, text: readFileSync(join(folder, file), 'utf8') }));
  });
  const documented = new Set(documentedCodes().map(({ code }) => code));

  it('that the sources report are all documented', () => {
    // A code is a whole literal; one that ends in a hyphen or is only a prefix is put together elsewhere.
    const reported = sources.flatMap(({ file, text }) =>
      [...text.matchAll(/'(MI-[A-Z][A-Z0-9-]*[A-Z0-9])'/g)].map(([, code = '']) => ({ file, code })),
    );
    const prefixes = new Set(['MI-VALUES', 'MI-CONFIG']);
    expect(reported.length).toBeGreaterThan(150);
    expect(
      reported
        .filter(({ code }) => !documented.has(code) && !prefixes.has(code))
        .map(({ file, code }) => `${file}: ${code}`),
    ).toEqual([]);
  });

  it('that are documented are all reported', () => {
    const catalogues = /catalogue(-\w+)?\.ts$|archive\/findings\.ts$/;
    const all = sources
      .filter(({ file }) => !catalogues.test(file.replaceAll('\\', '/')))
      .map(({ text }) => text)
      .join('\n');
    const built = /^MI-(VALUES|CONFIG)-/;
    expect([...documented].filter((code) => !built.test(code) && !all.includes(`'${code}'`))).toEqual([]);
  });

  it('that are reported with a severity each time are documented with one of them', () => {
    const severities = new Map(documentedCodes().map(({ code, severity }) => [code, severity]));
    const reported = new Map<string, Set<string>>();
    const place = /(?:code: |finding\(\s*)'(MI-[A-Z0-9-]+)',\s*(?:(?:severity: )?'(error|warning|info)')?/g;
    for (const { text } of sources)
      // A severity that is worked out may be any.
      for (const [, code = '', severity = severities.get(code) ?? ''] of text.matchAll(place))
        reported.set(code, (reported.get(code) ?? new Set()).add(severity));
    expect(reported.size).toBeGreaterThan(150);
    expect([...reported].filter(([code, found]) => !found.has(severities.get(code) ?? ''))).toEqual([]);
  });

  it('say in the reference what they mean and what to do', () => {
    for (const { code, title, meaning, fix, severity } of documentedCodes()) {
      expect({
        code,
        severity: /^(error|warning|info)$/.test(severity),
        title: title.length > 3,
        meaning: /\.$/.test(meaning),
        fix: /\.$/.test(fix),
      }).toEqual({ code, severity: true, title: true, meaning: true, fix: true });
    }
  });
});

/** Runs a command and compares its document with the schema of that name. */
async function documentOf(name: string, args: readonly string[], options: RunOptions = {}): Promise<unknown> {
  const { stdout } = await miPatterns([...args, '--json'], options);
  const document: unknown = JSON.parse(stdout);
  expect(documentFaults(name, document)).toEqual([]);
  return document;
}

function copyWithoutConfiguration(): string {
  const folder = copyOfOrders();
  rmSync(join(folder, 'mi-patterns.yaml'));
  return folder;
}

describe('JSON documents', () => {
  const shared = process.env.MI_PATTERNS_SHARED ?? join(repository, '..', 'shared');
  const corpus = join(shared, 'corpus');

  it('of every command are as their schemas say', async () => {
    const out = temporaryFolder();
    await documentOf('scan', ['scan', orders]);
    await documentOf('explain', ['explain', 'recurringOrder_Task', orders]);
    await documentOf('explain', ['explain', 'PlaceOrderSeq', orders]);
    await documentOf('meaning', ['explain', 'broker-safe']);
    await documentOf('meaning', ['explain', 'MI-PLAN-STATEFUL', orders]);
    for (const flags of [
      [],
      ['--isolate', 'one'],
      ['--pattern', 'multiple-replicas'],
      ['--pattern', 'single-replica'],
      ['--coordination', 'database'],
      ['--delivery', 'archives'],
    ])
      await documentOf('plan', ['plan', orders, ...flags]);
    await documentOf('package', ['package', orders, '--out', join(out, 'package')]);
    await documentOf(
      'generate',
      ['generate', '--config', join(orders, 'mi-patterns.yaml'), '--out', join(out, 'values')],
      { cwd: orders },
    );
    writeFileSync(join(out, 'wrong.yaml'), 'replicaas: 2\nworkloads: {a: {replicas: x}}\n');
    await documentOf('validate', ['validate', join(out, 'wrong.yaml'), join(out, 'values', 'values-prod.yaml')]);
    // The chart's own suites take minutes on a busy machine, and have a test of their own.
    const oneSuite = join(out, 'chart');
    cpSync(chart, oneSuite, { recursive: true, filter: (path) => !/tests\/(?!probes).*_test\.yaml$/.test(path) });
    expect(await documentOf('test', ['test', '--chart', oneSuite, '--values', join(out, 'wrong.yaml')])).toMatchObject({
      passed: false,
    });
    await documentOf('comparison', ['diff', '--env', 'prod', '--against', 'env:staging'], { cwd: orders });
    await documentOf('init', ['init'], { cwd: copyWithoutConfiguration() });
    const noCluster = { cwd: orders, environment: { KUBECONFIG: '/nonexistent' } };
    expect(await documentOf('status', ['status'], noCluster)).toMatchObject({
      environments: [{ name: 'dev', state: 'unreachable', code: 'MI-TOOL-FAILED' }, {}, {}],
    });
    for (const args of [
      ['diff', '--env', 'dev'],
      ['rollout', '--env', 'dev', '--yes'],
      ['rollback', '--env', 'dev', '--yes'],
    ])
      await documentOf('failure', args, noCluster);
    for (const args of [
      ['scan', 'nowhere'],
      ['plan', '--frob'],
      ['explain', 'x', orders],
    ])
      await documentOf('failure', args);
  });

  it.skipIf(!existsSync(corpus))(
    'of real projects are so too (skipped without a corpus beside the repository)',
    async () => {
      await documentOf('scan', ['scan', corpus]);
      await documentOf('plan', ['plan', corpus]);
    },
  );

  it('need their version, and refuse a field that is not described', () => {
    const validate = documentSchema('failure');
    expect([
      validate({ formatVersion: 1, diagnostics: [] }),
      validate({ formatVersion: 1, diagnostics: [], more: 1 }),
      validate({ diagnostics: [] }),
      validate({ formatVersion: 1, diagnostics: [{ code: 'x' }] }),
    ]).toEqual([true, false, false, false]);
  });
});
