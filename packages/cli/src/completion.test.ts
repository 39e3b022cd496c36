import { execFileSync } from 'node:child_process';
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
function complete(cwd: string, ...words: readonly string[]): { candidates: string[]; errors: string } {
  const text = execFileSync(process.execPath, [command, 'complete', '--', ...words], {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines = text.trimEnd().split('\n');
  return { candidates: lines.slice(0, -1).map((line) => line.split('\t')[0] ?? ''), errors: lines.at(-1) ?? '' };
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

  it('says nothing about a project that cannot be read', () => {
    expect(complete(broken, 'rollout', '--env', '').candidates).toEqual([]);
  });
});
