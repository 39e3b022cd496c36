import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { run } from './run.ts';

const running = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

it('ends a program with the process that started it, also when that is killed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'watchdog-'));
  const file = join(folder, 'pid');
  const program = `import { run } from ${JSON.stringify(import.meta.resolve('./run.ts'))};\nawait run(['sh', '-c', 'echo $$ > "$PID_FILE"; exec sleep 60'], { diesWithUs: true });`;
  const parent = spawn(
    process.execPath,
    ['--import', import.meta.resolve('tsx'), '--input-type=module', '--eval', program],
    { env: { ...process.env, PID_FILE: file }, stdio: 'ignore' },
  );
  try {
    const written = (): string => (existsSync(file) ? readFileSync(file, 'utf8') : '');
    await expect.poll(written).toMatch(/^\d+\n$/);
    const pid = Number(written());
    expect(running(pid)).toBe(true);
    parent.kill('SIGKILL');
    await once(parent, 'exit');
    await expect.poll(() => running(pid)).toBe(false);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

it('passes on what the program says and how it ends', async () => {
  expect(
    await run(['sh', '-c', 'echo out; echo err >&2; exit 3'], { diesWithUs: true, expectedExitCodes: [3] }),
  ).toEqual({ exitCode: 3, stdout: 'out\n', stderr: 'err\n' });
  await expect(run(['sleep', '60'], { diesWithUs: true, timeout: 300 })).rejects.toMatchObject({ reason: 'timeout' });
  await expect(run(['/does/not/exist'], { diesWithUs: true })).rejects.toMatchObject({ exitCode: 127 });
});
