import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isLate, processorTime } from './processor-time.ts';
import type { Job, Told } from './run.ts';

/**
 * Runs classes of a module in a process that is ended when an input takes too long, and tells each class once. The
 * classes after one that was ended are run in another process.
 */
export async function runClasses(module: string, job: Job, tell: (told: Told) => void): Promise<void> {
  let left = job.classes;
  while (left.length > 0) {
    const told = await runOnce(module, { ...job, classes: left }, tell);
    left = left.slice(told);
  }
}

/** Answers how many classes were told. */
async function runOnce(module: string, job: Job, tell: (told: Told) => void): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'fuzz-watch-'));
  const file = join(folder, 'progress');
  const progress = openSync(file, 'w');
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', join(import.meta.dirname, 'run.ts'), module, JSON.stringify(job)],
    { stdio: ['ignore', 'inherit', 'inherit', progress, 'ipc'] },
  );
  let told = 0;
  let late = false;
  let read = '';
  let since = { clock: Date.now(), processor: processorTime(child.pid) };
  const look = setInterval(() => {
    const now = reading(file);
    if (now.join(' ') !== read) since = { clock: Date.now(), processor: processorTime(child.pid) };
    read = now.join(' ');
    const limit = Number(now[2] ?? 0);
    late = limit > 0 && isLate(child.pid, since, limit);
    if (late) child.kill('SIGKILL');
  }, 200);
  child.on('message', (message) => {
    told += 1;
    tell(message as Told);
  });
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((done) =>
    child.once('close', (...ended) => done(ended)),
  );
  clearInterval(look);
  const [, input = '-'] = reading(file);
  closeSync(progress);
  rmSync(folder, { recursive: true });
  const name = job.classes[told];
  if (name === undefined) return told;
  const what = late ? 'no answer in time' : `the process ended with ${signal ?? code}`;
  tell({ name, faults: [`input ${input}: ${what}`], differences: [], oracle: 'ended early' });
  return told + 1;
}

/** The class, the number of its input and the milliseconds that it may take. */
const reading = (file: string): readonly string[] => readFileSync(file, 'utf8').trim().split(' ');
