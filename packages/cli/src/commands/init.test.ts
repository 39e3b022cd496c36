import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCommandLine } from '../command-line.ts';

const example = join(import.meta.dirname, '../../../../examples/orders');
let folder: string;
let output: string;

const init = (...words: string[]): Promise<number> =>
  runCommandLine(['init', ...words], {
    cwd: folder,
    environment: {},
    stdout: (text) => void (output += text),
    stderr: (text) => void (output += text),
    columns: undefined,
    colour: false,
    interactive: false,
  });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'init-'));
  output = '';
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('init', () => {
  it('writes a configuration that the other commands take, and never overwrites it', async () => {
    cpSync(example, join(folder, 'services/orders'), {
      recursive: true,
      filter: (file) => !file.endsWith('mi-patterns.yaml'),
    });
    expect(await init()).toBe(0);
    const text = readFileSync(join(folder, 'mi-patterns.yaml'), 'utf8');
    expect(text).toContain('# yaml-language-server: $schema=./mi-patterns.schema.json');
    expect(text).toMatch(/artifacts: \[services\/orders\]/);
    expect(text).toMatch(/dev:\n {4}namespace: orders-dev\n {4}pattern: single-replica/);
    output = '';
    expect(
      await runCommandLine(['plan', '--json'], {
        cwd: folder,
        environment: {},
        stdout: (more) => void (output += more),
        stderr: () => {},
        columns: undefined,
        colour: false,
        interactive: false,
      }),
    ).toBe(0);
    expect(JSON.parse(output)).toMatchObject({ pattern: 'coordinated' });
    expect(await init()).toBe(2);
    expect(readFileSync(join(folder, 'mi-patterns.yaml'), 'utf8')).toBe(text);
  });

  it('takes over the settings of helm-mi, and keeps a list of the rest', async () => {
    cpSync(example, folder, { recursive: true, filter: (file) => !file.endsWith('mi-patterns.yaml') });
    writeFileSync(
      join(folder, 'helm-mi.yaml'),
      'wso2:\n  config: {portOffset: 20, secureVault: {enabled: true}}\n  deployment: {replicas: 4, image: {repository: acme/orders, tag: 2.0.0}}\n',
    );
    expect(await init('--from-helm-mi', 'helm-mi.yaml')).toBe(0);
    const text = readFileSync(join(folder, 'mi-patterns.yaml'), 'utf8');
    expect(text).toMatch(/image:\n {2}repository: acme\/orders\n {2}tag: "2.0.0"/);
    expect(text).toContain('replicas: 4');
    expect(text).toContain('offset: 20');
    expect(text).toMatch(/# Not translated:\n# {3}helm-mi.yaml:2 `wso2.config.secureVault.enabled`/);
  });

  it('writes what generate takes, also where helm-mi scales automatically and development has a single replica', async () => {
    cpSync(example, folder, {
      recursive: true,
      filter: (file) => !file.endsWith('mi-patterns.yaml') && !file.endsWith('_Task.xml'),
    });
    writeFileSync(
      join(folder, 'helm-mi.yaml'),
      'containerRegistry: registry.example.com\nwso2:\n  deployment:\n    hpa: {enabled: true, minReplicas: 2, maxReplicas: 5, cpuUtilizationPercentage: 75}\n    image: {repository: acme/orders, tag: 2.0.0}\n',
    );
    expect(await init('--from-helm-mi', 'helm-mi.yaml')).toBe(0);
    output = '';
    const exitCode = await runCommandLine(['generate', '--no-package'], {
      cwd: folder,
      environment: {},
      stdout: () => {},
      stderr: (more) => void (output += more),
      columns: undefined,
      colour: false,
      interactive: false,
    });
    expect({ exitCode, isRefused: output.includes('error') }).toEqual({ exitCode: 0, isRefused: false });
    expect(readFileSync(join(folder, 'values-dev.yaml'), 'utf8')).toContain('pattern: single-replica');
    expect(readFileSync(join(folder, 'values-prod.yaml'), 'utf8')).toMatch(
      /registry: registry.example.com\n(.*\n)*.*autoscaling:\n +enabled: true/,
    );
  });

  it('says when there is nothing to configure', async () => {
    expect(await init()).toBe(2);
    expect(output).toContain('MI-INPUT-EMPTY');
  });
});
