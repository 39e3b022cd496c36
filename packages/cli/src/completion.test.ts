import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const command = new URL('../bin/mi-patterns.js', import.meta.url).pathname;
const orders = new URL('../../../examples/orders', import.meta.url).pathname;
const broken = mkdtempSync(join(tmpdir(), 'completion-'));
writeFileSync(join(broken, 'mi-patterns.yaml'), 'environments: [');
afterAll(() => rmSync(broken, { recursive: true }));

/** What the shell's script asks for: the words typed so far, the last of them unfinished. */
function complete(cwd: string, ...words: readonly string[]): { candidates: string[]; directive: string } {
  const text = execFileSync(process.execPath, [command, 'complete', '--', ...words], {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines = text.trimEnd().split('\n');
  return { candidates: lines.slice(0, -1).map((line) => line.split('\t')[0] ?? ''), directive: lines.at(-1) ?? '' };
}

describe('completion', () => {
  it('knows commands, options and their choices', () => {
    expect(complete(orders, 'roll').candidates).toEqual(['rollout', 'rollback']);
    expect(complete(orders, 'plan', '--pattern', '').candidates).toEqual([
      'single-replica',
      'multiple-replicas',
      'coordinated',
    ]);
  });

  it('knows the environments of the project', () => {
    expect(complete(orders, 'rollout', '--env', 's').candidates).toEqual(['staging']);
  });

  it('knows artifacts by id and by name, and codes', () => {
    expect(complete(orders, 'explain', 'task/rec').candidates).toEqual(['task/recurringOrder_Task']);
    expect(complete(orders, 'explain', 'recurringOrder').candidates).toEqual(['recurringOrder_Task']);
    expect(complete(orders, 'explain', 'MI-ISO-STATE').candidates).toEqual(['MI-ISO-STATE-PVC']);
  });

  it.each([
    ['scan', 's'],
    ['validate', ''],
    ['plan', '--config', 'm'],
    ['plan', '--verbose', 'm'],
    ['generate', '--out', ''],
  ])('leaves %j to the shell, which knows the files', (...words) => {
    expect(complete(orders, ...words)).toEqual({ candidates: [], directive: ':0' });
  });

  it.each(['bash', 'zsh', 'fish'])('%s parses its script', (shell) => {
    const text = execFileSync(process.execPath, [command, 'complete', shell], { encoding: 'utf8' });
    const script = join(broken, `script.${shell}`);
    writeFileSync(script, text);
    if (spawnSync(shell, ['-c', 'true']).status !== 0) return;
    expect(spawnSync(shell, ['-n', script], { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
  });

  it('bash completes commands, and files where they belong', () => {
    const bin = mkdtempSync(join(tmpdir(), 'completion-bin-'));
    writeFileSync(join(bin, 'mi-patterns'), `#!/bin/sh\nexec "${process.execPath}" "${command}" "$@"\n`, {
      mode: 0o755,
    });
    const ask = (line: string): string =>
      execFileSync(
        'bash',
        [
          '-c',
          `source <(mi-patterns complete bash); COMP_WORDS=(${line}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); __mi_patterns_complete 2> /dev/null; echo "\${COMPREPLY[*]}"; complete -p mi-patterns`,
        ],
        { cwd: orders, encoding: 'utf8', env: { ...process.env, PATH: `${bin}:${process.env['PATH']}` } },
      );
    const registered = 'complete -o default -F __mi_patterns_complete mi-patterns\n';
    expect(ask('mi-patterns sc')).toBe(`scan\n${registered}`);
    expect(ask('mi-patterns scan s')).toBe(`\n${registered}`);
    rmSync(bin, { recursive: true });
  });

  it.each([['x'], ['plan', '--pattern', 'x'], ['rollout', '--env', 'x']])('knows no file for %j', (...words) => {
    expect(complete(orders, ...words)).toEqual({ candidates: [], directive: ':4' });
  });

  it('says nothing about a project that cannot be read', () => {
    expect(complete(broken, 'rollout', '--env', '').candidates).toEqual([]);
  });
});
