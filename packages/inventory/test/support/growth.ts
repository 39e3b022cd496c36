/** What {@link growthOf} stays below where time grows with the size: between 4 and 16, with room for chance. */
export const linear = 9;

/**
 * How many times as much processor time a task takes with four times as much to do: about 4 where time grows with the
 * size, 16 where it grows with its square. The least of some measurements, since V8 collects and compiles in threads of
 * its own.
 */
export function growthOf(task: (size: number) => void, size: number, attempts = 5): number {
  let least = Infinity;
  for (let attempt = 0; attempt < attempts && least > linear; attempt += 1) {
    const large = shortest(() => task(4 * size));
    // Below a millisecond the clock is too coarse.
    least = Math.min(
      least,
      large /
        Math.max(
          1,
          shortest(() => task(size)),
        ),
    );
  }
  return least;
}

const shortest = (task: () => void): number => Math.min(...Array.from({ length: 5 }, () => processorTime(task)));

/**
 * Processor time of a task in milliseconds. All of it: what the kernel counts as the program's own is a share of that,
 * which it estimates, and which can stand still for some milliseconds.
 */
export function processorTime(task: () => void): number {
  const start = process.cpuUsage();
  task();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}
