import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync, closeSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { collectorOfGo } from '../../../packages/helm/src/tools/run.ts';

/** A process that the harness started, told from a later one with the same number by its start time. */
export interface ProcessRecord {
  readonly name: string;
  readonly pid: number;
  /** Clock ticks since boot, field 22 of /proc/PID/stat. */
  readonly startTicks: string;
  readonly recordedAt: number;
}

const recordFolder = (folder: string): string => join(folder, 'processes');

/**
 * Starts a command that outlives this program and returns its process id.
 * The child writes its own record before it becomes the command, so that no crash of this program can leave a process
 * without one. Output goes to `log/NAME.log`. The API server takes 0.83 of the processor time with `collectorOfGo`, and
 * 270 MiB more.
 */
export function startRecorded(
  folder: string,
  name: string,
  command: readonly string[],
  environment: NodeJS.ProcessEnv = process.env,
): number {
  mkdirSync(recordFolder(folder), { recursive: true });
  mkdirSync(join(folder, 'log'), { recursive: true });
  const log = openSync(join(folder, 'log', `${name}.log`), 'a');
  try {
    const script = 'read -r stat < "/proc/$$/stat" && printf "%s\\n" "$stat" > "$1" && shift && exec "$@"';
    const child = spawn('/bin/sh', ['-c', script, 'sh', join(recordFolder(folder), name), ...command], {
      detached: true,
      stdio: ['ignore', log, log],
      env: { ...collectorOfGo, ...environment },
      cwd: folder,
    });
    child.on('error', () => undefined); // seen as a missing process by whoever waits for it
    child.unref();
    if (child.pid === undefined) throw new Error(`${command[0]} could not be started.`);
    return child.pid;
  } finally {
    closeSync(log);
  }
}

/** Records of a cluster folder, the oldest first. */
export function readRecords(folder: string): ProcessRecord[] {
  if (!existsSync(recordFolder(folder))) return [];
  return readdirSync(recordFolder(folder))
    .flatMap((name) => {
      const path = join(recordFolder(folder), name);
      const fields = parseStat(readFileSync(path, 'utf8'));
      return fields === undefined ? [] : [{ name, ...fields, recordedAt: statSync(path).mtimeMs }];
    })
    .sort((a, b) => a.recordedAt - b.recordedAt);
}

/** True while the recorded process itself runs; false for a zombie and for a stranger with the same number. */
export function isRunning(record: ProcessRecord): boolean {
  const path = `/proc/${record.pid}/stat`;
  try {
    const now = parseStat(readFileSync(path, 'utf8'));
    return now !== undefined && now.startTicks === record.startTicks && now.state !== 'Z' && now.state !== 'X';
  } catch {
    return false;
  }
}

/** Ends the named process by SIGKILL, waits until it is gone and removes its record. Does nothing without a record. */
export async function stopRecorded(folder: string, name: string): Promise<void> {
  const record = readRecords(folder).find((candidate) => candidate.name === name);
  if (record !== undefined && isRunning(record)) {
    process.kill(record.pid, 'SIGKILL');
    await until(60, `end of ${name} (process ${record.pid})`, () => !isRunning(record));
  }
  rmSync(join(recordFolder(folder), name), { force: true });
}

/**
 * Waits until `test` is true, asking every 100 ms. Throws after `seconds` with what was waited for and the last error.
 */
export async function until(seconds: number, what: string, test: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + seconds * 1000;
  let last: unknown;
  for (;;) {
    try {
      if (await test()) return;
    } catch (error) {
      last = error;
    }
    if (performance.now() > end)
      throw new Error(
        `Waited ${seconds} s in vain for: ${what}.${last instanceof Error ? ` Last answer: ${last.message}` : ''}`,
      );
    await sleep(100);
  }
}

/** The process name in field 2 may hold spaces and brackets; the fields after its last bracket do not. */
function parseStat(text: string): { pid: number; state: string; startTicks: string } | undefined {
  const pid = Number.parseInt(text, 10);
  const rest = text
    .slice(text.lastIndexOf(')') + 2)
    .trim()
    .split(' ');
  const [state, startTicks] = [rest[0], rest[19]];
  return Number.isInteger(pid) && state !== undefined && startTicks !== undefined
    ? { pid, state, startTicks }
    : undefined;
}
