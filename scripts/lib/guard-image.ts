import { mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { buildGuard } from '../../packages/delivery/build-guard.mjs';
import { GUARD_ARCHITECTURES } from '../../packages/delivery/src/package/guard-architectures.mjs';
import { writeHashed, type FileDigest } from '../../packages/delivery/src/package/hashed-file.ts';
import { endTar, padding, tarHeader } from '../../packages/delivery/src/package/tar.ts';
import { openRegistry, type RegistryOptions } from '../../packages/delivery/src/registry/client.ts';
import type { Destination } from '../../packages/delivery/src/registry/destination.ts';
import { pushLayout } from '../../packages/delivery/src/registry/push-layout.ts';

const imageManifest = 'application/vnd.oci.image.manifest.v1+json';
const imageIndex = 'application/vnd.oci.image.index.v1+json';

/** The image of lease-guard for one processor, as an OCI layout. */
interface GuardLayout {
  readonly folder: string;
  readonly architecture: string;
  readonly manifest: FileDigest;
}

/**
 * Builds lease-guard and writes an OCI layout for each processor into a folder: the one program in an empty image with
 * its licences, as the Dockerfile beside its source has it. The same source and Go version give the same digests.
 * Throws when there is no Go.
 */
export function writeGuardImage(folder: string): readonly GuardLayout[] {
  const programs = join(folder, 'programs');
  if (!buildGuard(programs)) throw new Error('lease-guard is built with Go: install Go 1.25 or newer.');
  return GUARD_ARCHITECTURES.map(({ go, machine }) =>
    layoutOf(join(folder, machine), go, [
      ['lease-guard', readFileSync(join(programs, `lease-guard-${machine}`)), 0o755],
      ['licences.txt', readFileSync(join(programs, 'licences.txt')), 0o644],
    ]),
  );
}

/** Files with their modes, in the order in which they are in the layer. */
type LayerFiles = readonly (readonly [name: string, content: Buffer, mode: number])[];

function layoutOf(folder: string, architecture: string, files: LayerFiles): GuardLayout {
  const blobs = join(folder, 'blobs', 'sha256');
  mkdirSync(blobs, { recursive: true });
  const pieces: Uint8Array[] = files.flatMap(([name, content, mode]) => [
    tarHeader(name, content.length, { user: 0, group: 0, mode }),
    content,
    padding(content.length),
  ]);
  endTar((piece) => void pieces.push(piece));
  const layer = writeBlob(blobs, Buffer.concat(pieces));
  const config = writeBlob(
    blobs,
    JSON.stringify({
      architecture,
      config: { Entrypoint: ['/lease-guard'], User: '65532:65532' },
      os: 'linux',
      rootfs: { diff_ids: [layer.digest], type: 'layers' },
    }),
  );
  const manifest = writeBlob(
    blobs,
    JSON.stringify({
      schemaVersion: 2,
      mediaType: imageManifest,
      config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...config },
      layers: [{ mediaType: 'application/vnd.oci.image.layer.v1.tar', ...layer }],
    }),
  );
  writeHashed(join(folder, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  writeHashed(
    join(folder, 'index.json'),
    JSON.stringify({ schemaVersion: 2, mediaType: imageIndex, manifests: [{ mediaType: imageManifest, ...manifest }] }),
  );
  return { folder, architecture, manifest };
}

function writeBlob(blobs: string, content: string | Uint8Array): FileDigest {
  const written = writeHashed(join(blobs, '.blob'), content);
  renameSync(join(blobs, '.blob'), join(blobs, written.digest.slice('sha256:'.length)));
  return written;
}

/**
 * Pushes the images of all processors and an index of them, with the destination's tag. Returns the reference by
 * digest, for `fencing.image`. Throws RegistryFailure when the registry refuses.
 */
export async function pushGuardImage(
  layouts: readonly GuardLayout[],
  { tag, ...destination }: Destination,
  options: RegistryOptions,
): Promise<string> {
  for (const { folder } of layouts) await pushLayout(folder, { ...destination, tag: undefined }, options);
  const index = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: imageIndex,
      manifests: layouts.map(({ architecture, manifest }) => ({
        mediaType: imageManifest,
        ...manifest,
        platform: { architecture, os: 'linux' },
      })),
    }),
  );
  const { digest } = writeHashed(join(layouts[0]?.folder ?? '.', '..', 'index.json'), index);
  const registry = openRegistry({ ...destination, tag }, options);
  for (const reference of [digest, ...(tag === undefined ? [] : [tag])]) {
    const response = await registry.send('PUT', `/v2/${destination.repository}/manifests/${reference}`, {
      headers: { 'content-type': imageIndex },
      body: () => index,
      length: index.length,
    });
    if (response.status !== 201) throw await registry.refusal(`The index ${reference}`, response);
    await response.body?.cancel();
  }
  return `${destination.host}/${destination.repository}@${digest}`;
}
