// Builds lease-guard for the images that `mi-patterns package` writes. The same source and Go version give the same
// bytes.
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { GUARD_ARCHITECTURES } from './src/package/guard-architectures.mjs';

const source = join(import.meta.dirname, '../lease-guard');

/** Builds the programs into a folder and returns whether it could: without Go it does nothing. */
export function buildGuard(folder) {
  if (spawnSync('go', ['version']).status !== 0) return false;
  mkdirSync(folder, { recursive: true });
  for (const { go, machine } of GUARD_ARCHITECTURES) {
    const { status, stderr } = spawnSync(
      'go',
      [
        'build',
        '-trimpath',
        '-buildvcs=false',
        '-ldflags',
        '-s -w -buildid=',
        '-o',
        join(folder, `lease-guard-${machine}`),
        '.',
      ],
      {
        cwd: source,
        encoding: 'utf8',
        env: { ...process.env, CGO_ENABLED: '0', GOOS: 'linux', GOARCH: go, GOFLAGS: '-mod=readonly' },
      },
    );
    if (status !== 0) throw new Error(`lease-guard for ${go} cannot be built:\n${stderr}`);
  }
  return true;
}
