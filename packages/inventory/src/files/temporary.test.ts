import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'temporary-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs lines of a module that has the functions of temporary.ts. */
async function exitOf(lines: string): Promise<unknown> {
  const imports = `import { makeOurFolder, startWithUs, temporaryFolder } from ${JSON.stringify(import.meta.resolve('./temporary.ts'))};`;
  const child = spawn(
    process.execPath,
    ['--import', import.meta.resolve('tsx'), '--input-type=module', '--eval', `${imports}\n${lines}`],
    { cwd: folder, stdio: 'ignore' },
  );
  return once(child, 'exit');
}

// The signal comes in the very call that starts the first program or makes the first folder.
it.each(['SIGINT', 'SIGTERM'] as const)('ends with a program that is starting, after %s', async (signal) => {
  const lines = `import { spawn } from 'node:child_process';
    startWithUs(() => { const program = spawn('sleep', ['60']); process.kill(process.pid, '${signal}'); return program; });`;
  expect(await exitOf(lines)).toEqual([signal === 'SIGINT' ? 130 : 143, null]);
});

it('leaves what is temporary to who decides how the process ends, until then', async () => {
  const lines = `import { existsSync } from 'node:fs';
    process.env.TMPDIR = process.cwd();
    const { path } = temporaryFolder();
    process.on('SIGTERM', () => setImmediate(() => process.exit(existsSync(path) ? 7 : 8)));
    process.kill(process.pid, 'SIGTERM'); setInterval(() => {}, 1000);`;
  expect(await exitOf(lines)).toEqual([7, null]);
  expect(readdirSync(folder)).toEqual([]);
});

it('leaves no folder that is being made', async () => {
  const lines = `makeOurFolder('new'); process.kill(process.pid, 'SIGTERM'); setInterval(() => {}, 1000);`;
  expect(await exitOf(lines)).toEqual([143, null]);
  expect(readdirSync(folder)).toEqual([]);
});
