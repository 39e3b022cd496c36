import { renameSync } from 'node:fs';
import { basename, join } from 'node:path';
import { createHashedFile, type FileDigest, readPieces, writeHashed } from './hashed-file.ts';
import { endTar, padding, tarHeader } from './tar.ts';

/**
 * Writes an OCI image layout whose one image holds the archives at its root, for an image volume. The layer is not
 * compressed: compressors differ from machine to machine, and the digest must not. Returns the digest of the manifest,
 * which is what a reference by digest names once the image is in a registry.
 */
export function writeOciLayout(
  folder: string,
  archives: readonly { readonly path: string; readonly size: number }[],
  labels: Readonly<Record<string, string>>,
): { readonly digest: string } {
  const blobs = join(folder, 'blobs', 'sha256');
  const layer = writeLayer(join(blobs, '.layer'), archives);
  renameSync(join(blobs, '.layer'), join(blobs, hexOf(layer)));
  const config = writeBlob(blobs, {
    architecture: 'amd64',
    config: { Labels: labels },
    os: 'linux',
    rootfs: { diff_ids: [layer.digest], type: 'layers' },
  });
  const manifest = writeBlob(blobs, {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: config.digest, size: config.size },
    layers: [{ mediaType: 'application/vnd.oci.image.layer.v1.tar', digest: layer.digest, size: layer.size }],
    annotations: labels,
  });
  writeHashed(join(folder, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  writeHashed(
    join(folder, 'index.json'),
    JSON.stringify({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.index.v1+json',
      manifests: [
        {
          mediaType: 'application/vnd.oci.image.manifest.v1+json',
          digest: manifest.digest,
          size: manifest.size,
          annotations: { 'org.opencontainers.image.ref.name': 'latest' },
        },
      ],
    }),
  );
  return { digest: manifest.digest };
}

function writeLayer(path: string, archives: readonly { readonly path: string; readonly size: number }[]): FileDigest {
  const layer = createHashedFile(path);
  for (const archive of archives) {
    layer.write(tarHeader(basename(archive.path), archive.size));
    readPieces(archive.path, layer.write);
    layer.write(padding(archive.size));
  }
  endTar(layer.write);
  return layer.close();
}

function writeBlob(blobs: string, value: unknown): FileDigest {
  const written = writeHashed(join(blobs, '.blob'), JSON.stringify(value));
  renameSync(join(blobs, '.blob'), join(blobs, hexOf(written)));
  return written;
}

function hexOf({ digest }: FileDigest): string {
  return digest.slice('sha256:'.length);
}
