import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCommandLine } from '../command-line.ts';

const example = join(import.meta.dirname, '../../../../examples/orders');
let folder: string;

interface Said {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

async function run(...words: string[]): Promise<Said> {
  let out = '';
  let err = '';
  const exitCode = await runCommandLine(words, { cwd: folder, environment: {}, stdout: (text) => void (out += text), stderr: (text) => void (err += text), columns: undefined, colour: false, interactive: false });
  return { exitCode, out, err };
}

const text = (file: string): string => readFileSync(join(folder, file), 'utf8');

/** The sample without its configuration. */
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'generate-'));
  cpSync(example, folder, { recursive: true, filter: (file) => !file.endsWith('mi-patterns.yaml') });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('generate beside the project', () => {
  it('never takes what an earlier run has written for an artifact', async () => {
    expect((await run('init')).exitCode).toBe(0);
    expect((await run('generate')).exitCode).toBe(0);
    expect(text('values-prod.yaml')).toContain('recurringOrder_Task');
    rmSync(join(folder, 'src/main/wso2mi/artifacts/tasks/recurringOrder_Task.xml'));
    expect((await run('generate')).exitCode).toBe(0);
    expect(text('values-prod.yaml')).not.toContain('recurringOrder_Task');
    expect(text('package/delivery.json')).not.toContain('recurringOrder_Task');
  });
});
