import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { $, which } from 'zx';
import { cacheFolder, provideInCache } from '../../../scripts/lib/cache.ts';
import { writeImage } from './image.ts';
import type { BuiltImage } from './servers.ts';

const source = join(import.meta.dirname, '..', '..', '..', 'packages', 'lease-guard');

function sourcesDigest(): string {
  const digest = createHash('sha256');
  for (const file of readdirSync(source)
    .filter((name) => /^go\.mod$|(?<!_test)\.go$/.test(name))
    .sort())
    digest.update(file).update(readFileSync(join(source, file)));
  return digest.digest('hex').slice(0, 16);
}

/** The program of packages/lease-guard, static for Linux, built when the cache has none of these sources. */
export async function guardProgram(): Promise<string> {
  const program = join(cacheFolder(), 'test-programs', `lease-guard-${sourcesDigest()}`);
  return provideInCache(program, async (partial) => {
    if ((await which('go', { nothrow: true })) === null)
      throw new Error('lease-guard is built with Go: install Go 1.25 or newer.');
    await $({
      cwd: source,
      quiet: true,
      env: { ...process.env, CGO_ENABLED: '0', GOOS: 'linux', GOFLAGS: '-buildvcs=false -mod=readonly' },
    })`go build -trimpath -ldflags ${'-s -w'} -o ${partial} .`;
  });
}

/** Its image, as the Dockerfile beside it makes it: that one program. */
export async function guardImage(): Promise<BuiltImage> {
  const tag = sourcesDigest();
  const folder = join(cacheFolder(), 'test-images');
  const image = { name: `localhost/lease-guard:${tag}`, archive: join(folder, `lease-guard-${tag}.tar`) };
  if (!existsSync(image.archive)) {
    mkdirSync(folder, { recursive: true });
    writeImage(
      image.archive,
      image.name,
      [{ kind: 'file', path: 'lease-guard', mode: 0o755, source: await guardProgram() }],
      { entrypoint: ['/lease-guard'], user: '65532:65532' },
    );
  }
  return image;
}
