import { readFileSync } from 'node:fs';

/** How many times its limit an input may take on a machine that is busy with other work. */
const busy = 6;

/** Processor time of a process in milliseconds; undefined where the system does not tell it as Linux does. */
export function processorTime(pid: number | undefined): number | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name before it may hold anything. Times are in hundredths of a second (proc_pid_stat(5)).
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return undefined;
  }
}

/**
 * Whether a process has taken longer than its limit in milliseconds: by its own processor time, since a busy machine
 * makes it wait, and by the clock when it only waits.
 */
export function isLate(
  pid: number | undefined,
  since: { readonly clock: number; readonly processor: number | undefined },
  limit: number,
): boolean {
  const clock = Date.now() - since.clock;
  if (clock <= limit) return false;
  const processor = processorTime(pid);
  if (processor === undefined || since.processor === undefined) return true;
  return processor - since.processor > limit || clock > busy * limit;
}
