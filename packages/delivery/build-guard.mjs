// Builds lease-guard for the images that `mi-patterns package` writes. The same source and Go version give the same
// bytes.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GUARD_ARCHITECTURES } from './src/package/guard-architectures.mjs';

const source = join(import.meta.dirname, '../lease-guard');

/**
 * Builds the programs into a folder, with the licences of what is in them, and returns whether it could: without Go it
 * does nothing.
 */
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
        env: { ...process.env, CGO_ENABLED: '0', GOOS: 'linux', GOARCH: go, GOWORK: 'off', GOFLAGS: '-mod=readonly' },
      },
    );
    if (status !== 0) throw new Error(`lease-guard for ${go} cannot be built:\n${stderr}`);
  }
  writeFileSync(join(folder, 'licences.txt'), guardLicences());
  return true;
}

/** Its own licence, and that of Go, whose library is in every program that Go builds. It has no other module. */
function guardLicences() {
  return `lease-guard is a part of mi-patterns (Apache-2.0: https://www.apache.org/licenses/LICENSE-2.0).
It holds the Go standard library (BSD-3-Clause):

${goLicence()}
`;
}

/** The licence text of Go. */
function goLicence() {
  const root = spawnSync('go', ['env', 'GOROOT'], { encoding: 'utf8' }).stdout.trim();
  // Debian keeps licences elsewhere.
  const file = [join(root, 'LICENSE'), '/usr/share/doc/golang-go/copyright'].find((path) => existsSync(path));
  if (file === undefined) throw new Error(`the licence of Go is not in ${root}`);
  return readFileSync(file, 'utf8').trim();
}
