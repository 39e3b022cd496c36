import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { $, which } from 'zx';
import { cacheFolder, provideInCache } from '../../../scripts/lib/cache.ts';

const source = join(import.meta.dirname, '..', 'programs');

/** Digest of the sources of the harness's own Go programs; images made of them are named by it in the cache. */
export function programsDigest(): string {
  const digest = createHash('sha256');
  const files = readdirSync(source, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  for (const file of files) digest.update(file.slice(source.length)).update(readFileSync(file));
  return digest.digest('hex').slice(0, 16);
}

/**
 * Folder with the built programs `mi-stand-in`, `load` and `tick-counter`, static for Linux, built when not in the
 * cache. Throws an Error that says what to install when there is no Go.
 */
export async function providePrograms(): Promise<string> {
  const target = join(cacheFolder(), 'test-programs', programsDigest());
  return provideInCache(target, async (partial) => {
    if ((await which('go', { nothrow: true })) === null)
      throw new Error('The test programs are built with Go: install Go 1.24 or newer.');
    mkdirSync(partial);
    const flags = ['-trimpath', '-gcflags=all=-dwarf=false', '-ldflags', '-s -w', '-o', `${partial}/`];
    await $({
      cwd: source,
      quiet: true,
      env: { ...process.env, CGO_ENABLED: '0', GOOS: 'linux', GOFLAGS: '-buildvcs=false -mod=readonly' },
    })`go build ${flags} ./...`;
  });
}
