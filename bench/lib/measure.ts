import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface Measurement {
  /** Wall time in milliseconds. */
  readonly milliseconds: number;
  /** Highest resident memory of the process in MiB; 0 where the system does not tell. */
  readonly memory: number;
  readonly exitCode: number;
}

/** Runs a command to its end, output discarded, and measures it. */
export async function measure(
  command: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly input?: string } = {},
): Promise<Measurement> {
  const started = performance.now();
  const child = spawn(command, args, {
    cwd: options.cwd,
    stdio: [options.input === undefined ? 'ignore' : 'pipe', 'ignore', 'ignore'],
  });
  if (options.input !== undefined) child.stdin?.end(options.input);
  let memory = 0;
  const poll = setInterval(() => (memory = Math.max(memory, peakMemory(child.pid))), 10);
  const exitCode = await new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => resolve(code ?? 1));
  });
  clearInterval(poll);
  return { milliseconds: performance.now() - started, memory, exitCode };
}

/** The fastest of several runs: the one that the rest of the machine disturbed least. */
export async function best(times: number, run: () => Promise<Measurement>): Promise<Measurement> {
  const runs: Measurement[] = [];
  for (let index = 0; index < times; index += 1) runs.push(await run());
  const fastest = runs.reduce((a, b) => (b.milliseconds < a.milliseconds ? b : a));
  return { ...fastest, memory: Math.max(...runs.map((one) => one.memory)) };
}

function peakMemory(pid: number | undefined): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/** Prints aligned columns. */
export function printTable(rows: readonly (readonly string[])[]): void {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  for (const row of rows)
    process.stdout.write(
      `${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  ')}\n`,
    );
}
