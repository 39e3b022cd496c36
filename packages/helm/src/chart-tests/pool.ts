import { availableParallelism } from 'node:os';

/** Runs work as soon as there is a place for it. */
export type Pool = <Result>(work: () => Promise<Result>) => Promise<Result>;

/** Runs work at most `width` at a time (as many as there are cores when absent) and keeps the order of the results. */
export function createPool(width: number = availableParallelism()): Pool {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (running >= width) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await work();
    } finally {
      // The place is handed on without being freed, so that nobody else can take it in between.
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
