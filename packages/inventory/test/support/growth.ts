/** What {@link growthOf} stays below where time grows with the size: between 4 and 16, with room for chance. */
export const linear = 9;

/**
 * How many times as much processor time a task takes with four times as much to do: about 4 where time grows with the
 * size, 16 where it grows with its square. The least of some measurements, since V8 collects and compiles in threads of
 * its own.
 */
export function growthOf(task: (size: number) => void, size: number): number {
  let least = Infinity;
  for (let attempt = 0; attempt < 5 && least > linear; attempt += 1) {
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

function shortest(task: () => void): number {
  const times = Array.from({ length: 5 }, () => {
    const start = process.cpuUsage();
    task();
    return process.cpuUsage(start).user / 1000;
  });
  return Math.min(...times);
}
