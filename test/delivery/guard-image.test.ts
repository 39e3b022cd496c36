import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseDestination } from '../../packages/delivery/src/index.ts';
import { pushGuardImage, writeGuardImage } from '../../scripts/lib/guard-image.ts';
import { temporaryFolder } from '../support/command.ts';
import { startRegistry, type TestRegistry } from './registry.ts';

const go = spawnSync('go', ['version']);

describe.skipIf(go.status !== 0)('the image of lease-guard (skipped without Go)', () => {
  let registry: TestRegistry;
  beforeAll(async () => {
    registry = await startRegistry();
  });
  afterAll(() => registry.close());

  it("holds the program and its licences, Go's too", () => {
    const [layout] = writeGuardImage(temporaryFolder());
    const blobs = join(layout?.folder ?? '', 'blobs', 'sha256');
    const layers = readdirSync(blobs).map((name) => readFileSync(join(blobs, name)));
    const layer = layers.find((blob) => blob.subarray(257, 262).toString() === 'ustar');
    const listed = spawnSync('tar', ['-tvf', '-'], { input: layer, encoding: 'utf8' }).stdout.trim().split('\n');
    expect(listed.map((line) => line.replace(/^(\S+).* (\S+)$/, '$1 $2'))).toEqual([
      '-rwxr-xr-x lease-guard',
      '-rw-r--r-- licences.txt',
    ]);
    const text = spawnSync('tar', ['-xOf', '-', 'licences.txt'], { input: layer, encoding: 'utf8' }).stdout;
    expect(text).toMatch(/The Go Authors[\s\S]*Redistributions in binary form must reproduce/);
  });

  it('has the same digests again, and is pulled for each processor', async () => {
    const layouts = writeGuardImage(temporaryFolder());
    expect(writeGuardImage(temporaryFolder()).map(({ manifest }) => manifest)).toEqual(
      layouts.map(({ manifest }) => manifest),
    );
    const destination = parseDestination(`${registry.host}/acme/lease-guard:1`, true);
    const reference = await pushGuardImage(layouts, destination, { environment: {}, plainHttp: true });
    const read = async (path: string): Promise<{ readonly [key: string]: unknown }> =>
      (await (await fetch(`http://${registry.host}/v2/acme/lease-guard/${path}`)).json()) as { [key: string]: unknown };
    expect(reference).toMatch(/\/acme\/lease-guard@sha256:[0-9a-f]{64}$/);
    const index = await read('manifests/1');
    expect(await read(`manifests/${reference.split('@')[1]}`)).toEqual(index);
    const manifests = index['manifests'] as { digest: string; platform: { architecture: string; os: string } }[];
    expect(manifests.map(({ platform }) => `${platform.os}/${platform.architecture}`)).toEqual([
      'linux/amd64',
      'linux/arm64',
    ]);
    for (const { digest, platform } of manifests) {
      const { config } = (await read(`manifests/${digest}`)) as { config: { digest: string } };
      expect(await read(`blobs/${config.digest}`)).toMatchObject({
        architecture: platform.architecture,
        config: { Entrypoint: ['/lease-guard'], User: '65532:65532' },
      });
    }
  });
});
