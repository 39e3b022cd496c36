import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../../scripts/lib/cache.ts';

/** The same run with nothing kept of an earlier one: it reads, and watches what it reads. */
export function anew<Result>(run: () => Result): () => Result {
  return () => {
    rmSync(join(cacheFolder(), 'answers'), { recursive: true, force: true });
    return run();
  };
}
