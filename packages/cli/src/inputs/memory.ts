import v8 from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * The pieces of an image pass by and are gone, but V8 takes them for a heap that grows and marks all of it after each
 * 30 MB: a third of the processor time of reading an image. With this limit it does so a few times, for 20 MB more of
 * memory.
 */
export function collectLessOften(): void {
  v8.setFlagsFromString('--heap-growing-percent=800');
}

/** From so many artifacts on, what has just been made mostly stays. */
const someArtifacts = 2_000;

/** From so many artifacts on, what V8 leaves lying about is worth some time. */
const manyArtifacts = 30_000;

/** Says how V8 is to collect garbage, from time to time while so many artifacts are read. */
export function collectFor(artifacts: number): void {
  if (artifacts > someArtifacts) keepYoungSmall();
  if (artifacts > manyArtifacts) collectOftener();
}

/**
 * V8 doubles the part of the heap for new objects, to 32 MB in Node 20 and 128 in Node 24, while much of what is in it
 * stays. From here on it stays as large as it is: a quarter of the memory and a twentieth of the processor time of a
 * run with 10,000 artifacts.
 */
function keepYoungSmall(): void {
  v8.setFlagsFromString('--semi-space-growth-factor=1');
}

/**
 * V8 lets a heap grow to three times what lives in it before it marks it again. With 100,000 artifacts that are 200 MB,
 * and collecting earlier takes a few percent of the time.
 */
function collectOftener(): void {
  v8.setFlagsFromString('--heap-growing-percent=20');
}

/**
 * Collects garbage now, and more often from now on, when there are many artifacts: for a command that waits for helm
 * most of its time, and holds values beside an inventory.
 */
export function collectNow({ artifacts }: { readonly artifacts: readonly unknown[] }): void {
  if (artifacts.length <= manyArtifacts) return;
  v8.setFlagsFromString('--heap-growing-percent=10');
  v8.setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}
