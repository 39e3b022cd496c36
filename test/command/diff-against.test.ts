import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { miPatterns, repository } from '../support/command.ts';

const folder = mkdtempSync(join(tmpdir(), 'diff-against-'));
const git = (...args: readonly string[]): string =>
  execFileSync('git', ['-c', 'user.name=test', '-c', 'user.email=test@example.com', ...args], {
    cwd: folder,
    encoding: 'utf8',
    // What whoever runs the tests has set, such as signed commits, does not count.
    env: { ...process.env, GIT_CONFIG_GLOBAL: devNull, GIT_CONFIG_NOSYSTEM: '1' },
  });
const edit = (file: string, from: string, to: string): void => {
  const path = join(folder, file);
  writeFileSync(path, readFileSync(path, 'utf8').replace(from, to));
};
const diff = (against: string, ...more: readonly string[]): ReturnType<typeof miPatterns> =>
  miPatterns(['diff', '--env', 'prod', '--against', against, ...more], { cwd: folder });

beforeAll(() => {
  cpSync(join(repository, 'examples/orders'), folder, { recursive: true });
  git('init', '--quiet');
  git('add', '--all');
  git('commit', '--quiet', '--message', 'first');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('diff --against, without a cluster', () => {
  it('says that nothing changes where nothing did', async () => {
    const { exitCode: code, stdout } = await diff('git:HEAD');
    expect(code).toBe(0);
    expect(stdout).toContain('Nothing changes.');
    expect(stdout).not.toContain('artifacts differ');
  });

  it('finds the folder in the repository in a hook of git, too', async () => {
    const { exitCode: code, stdout } = await miPatterns(
      ['diff', '--env', 'prod', '--against', 'git:HEAD', '--config', '../mi-patterns.yaml'],
      { cwd: join(folder, 'src'), environment: { GIT_DIR: join(folder, '.git') } },
    );
    expect([code, stdout]).toEqual([0, expect.stringContaining('Nothing changes.')]);
  });

  it('shows the fields that changed since a revision, and that the artifacts did', async () => {
    edit('mi-patterns.yaml', 'replicas: 3', 'replicas: 5');
    edit('src/main/wso2mi/artifacts/tasks/recurringOrder_Task.xml', 'interval="60"', 'interval="30"');
    const { stdout } = await diff('git:HEAD');
    expect(stdout).toMatch(/Deployment\/orders-integration changes\n +spec\.replicas: 3 → 5/);
    expect(stdout).toContain('The artifacts differ too');
  });

  it('compares two environments in substance, not in names', async () => {
    const { stdout } = await diff('env:staging');
    expect(stdout).toContain('Ingress/orders is created');
    expect(stdout).not.toContain('namespace');
  });

  it('ends with 1 when the upgrade would run an artifact twice', async () => {
    const { exitCode: code, stdout } = await diff('env:dev');
    expect(code).toBe(1);
    expect(stdout).toContain('MI-UPGRADE-STATEFUL');
  });

  it('asks whether an environment is meant where its name is given as a file', async () => {
    const { exitCode: code, stderr } = await diff('staging');
    expect(code).toBe(2);
    expect(stderr).toContain('Did you mean env:staging?');
  });

  describe('with other values in prod', () => {
    const configuration = join(folder, 'mi-patterns.yaml');
    let before = '';
    beforeAll(() => {
      before = readFileSync(configuration, 'utf8');
    });
    afterEach(() => writeFileSync(configuration, before));
    const set = (values: string): void => edit('mi-patterns.yaml', '    values:\n', `    values:\n      ${values}\n`);

    it.each([
      ['ingres: {}', 'MI-VALUES-UNKNOWN-KEY'],
      ['workloads: {integration: {recovery: fenced}}', 'MI-VALUES-FENCING'],
    ])('names the line of the configuration that a refusal is about: %s', async (values, code) => {
      set(values);
      const { exitCode, stderr } = await diff('env:dev');
      expect([exitCode, stderr]).toEqual([1, expect.stringContaining(`${code}  mi-patterns.yaml:26:`)]);
    });

    it.each([
      ['artifacts: {source: configMap}', /"configMap":\{"name":"\S*-[0-9a-f]{10,}"/],
      [
        'artifacts: {source: imageVolume, imageVolume: {reference: "registry.example.com/a/b:1"}}',
        /"reference":"registry\.example\.com\/a\/b@sha256:/,
      ],
    ])('knows the archives that only the package names: %s', async (values, expected) => {
      set(values);
      const { stdout, stderr } = await diff('env:staging', '--json');
      expect(stderr).toBe('');
      expect(JSON.stringify(JSON.parse(stdout)).replaceAll('\\"', '"')).toMatch(expected);
    });
  });

  it('tells that a folder is in no repository of git, and what else to compare with', async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'diff-elsewhere-'));
    try {
      cpSync(join(repository, 'examples/orders'), elsewhere, { recursive: true });
      const { exitCode: code, stderr } = await miPatterns(['diff', '--env', 'prod', '--against', 'git:HEAD'], {
        cwd: elsewhere,
        environment: { LC_ALL: 'C' },
      });
      expect(code).toBe(2);
      expect(stderr).toContain('--against git:HEAD cannot be read: not a git repository');
      expect(stderr).toContain('without git, a file of rendered manifests');
    } finally {
      rmSync(elsewhere, { recursive: true, force: true });
    }
  });

  it.each([
    ['git:nosuch', 'MI-CLI-USAGE'],
    ['git:--output=x', 'MI-CLI-USAGE'],
    ['env:nosuch', 'MI-'],
    ['mi-patterns.yaml', 'MI-FILE'],
    ['nowhere.yaml', 'MI-FILE'],
  ])('tells that %s cannot be compared with', async (against, expected) => {
    const { exitCode: code, stderr } = await diff(against);
    expect(code).toBe(2);
    expect(stderr).toContain(expected);
  });
});
