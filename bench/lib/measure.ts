import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface Measurement {
  /** Wall time in milliseconds. */
  readonly milliseconds: number;
  /** Highest resident memory of the process in MiB; 0 where the system does not tell. */
  readonly memory: number;
  /**
   * Processor time of all its threads in milliseconds, to a hundredth of a second; 0 where the system does not tell.
   */
  readonly processor: number;
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
  let [memory, processor] = [0, 0];
  const poll = setInterval(() => {
    memory = Math.max(memory, peakMemory(child.pid));
    processor = Math.max(processor, processorTime(child.pid));
  }, 10);
  const exitCode = await new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => resolve(code ?? 1));
  });
  clearInterval(poll);
  return { milliseconds: performance.now() - started, memory, processor, exitCode };
}

/** The fastest of several runs: the one that the rest of the machine disturbed least. */
export async function best(times: number, run: () => Promise<Measurement>): Promise<Measurement> {
  const runs: Measurement[] = [];
  for (let index = 0; index < times; index += 1) runs.push(await run());
  const fastest = runs.reduce((a, b) => (b.milliseconds < a.milliseconds ? b : a));
  return { ...fastest, memory: Math.max(...runs.map((one) => one.memory)) };
}

/** Several runs of one command, in milliseconds. */
export interface Series {
  readonly median: number;
  readonly shortest: number;
  readonly longest: number;
  /** Highest of all runs, in MiB. */
  readonly memory: number;
}

/**
 * Runs commands in turn, A B A B …, so that a machine that gets slower meanwhile makes all of them slower. The first
 * round, which fills the caches of the system, does not count. Throws when a command ends with another exit code than 0
 * or 1, which says findings.
 */
export async function alternating(times: number, commands: readonly (() => Promise<Measurement>)[]): Promise<Series[]> {
  const runs = commands.map((): Measurement[] => []);
  for (let round = 0; round <= times; round += 1) {
    for (const [index, command] of commands.entries()) {
      const run = await command();
      if (run.exitCode > 1) throw new Error(`A command ended with ${run.exitCode}.`);
      if (round > 0) runs[index]?.push(run);
    }
  }
  return runs.map((of) => {
    const sorted = of.map(({ milliseconds }) => milliseconds).toSorted((a, b) => a - b);
    return {
      median: sorted[sorted.length >> 1] ?? 0,
      shortest: sorted[0] ?? 0,
      longest: sorted.at(-1) ?? 0,
      memory: Math.max(...of.map(({ memory }) => memory)),
    };
  });
}

/** `312 ms (305–340)`. */
export function shown({ median, shortest, longest }: Series): string {
  return `${Math.round(median)} ms (${Math.round(shortest)}–${Math.round(longest)})`;
}

function peakMemory(pid: number | undefined): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/** User and system time (proc(5), fields 14 and 15), in ticks of a hundredth of a second. */
function processorTime(pid: number | undefined): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10;
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
