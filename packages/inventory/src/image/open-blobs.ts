import { createHash } from 'node:crypto';
import { imageFault } from './fault.ts';
import type { BlobStore, Descriptor, ImageConfig, ImageSource } from './source.ts';

/** Manifests and configurations are small documents; registries take at most 4 MiB (OCI distribution specification). */
export const largestDocument = 4 * 1024 * 1024;

interface Manifest {
  readonly manifests?: unknown;
  readonly config?: unknown;
  readonly layers?: unknown;
}

/**
 * The image that a store of blobs holds. Of a multi-platform index the image for linux/amd64 is read, else that for
 * linux/arm64, else the first. Every document and layer is checked against its digest. Throws InputError.
 */
export async function openBlobs(name: string, store: BlobStore): Promise<ImageSource> {
  let { bytes, digest } = await store.root();
  let otherPlatforms: readonly string[] = [];
  // An index may name an index; no builder nests them deeper than this.
  for (let depth = 0; ; depth++) {
    const document = parse(name, bytes, 'manifest') as Manifest;
    if (!Array.isArray(document.manifests))
      return { ...(await imageOf(name, store, document)), digest, otherPlatforms };
    if (depth > 3) throw imageFault('MI-IMAGE-BROKEN', name, 'its index names an index, and so on without end');
    const chosen = choosePlatform(
      name,
      document.manifests.map((one) => descriptorOf(name, one)),
    );
    otherPlatforms = chosen.others;
    bytes = checked(name, await store.manifest(chosen.descriptor), chosen.descriptor);
    digest = chosen.descriptor.digest;
  }
}

async function imageOf(
  name: string,
  store: BlobStore,
  manifest: Manifest,
): Promise<Omit<ImageSource, 'digest' | 'otherPlatforms'>> {
  if (!Array.isArray(manifest.layers) || manifest.config === undefined)
    throw imageFault('MI-IMAGE-BROKEN', name, 'its manifest lists no layers, so it is not a container image');
  const layers = manifest.layers.map((layer) => descriptorOf(name, layer));
  const descriptor = descriptorOf(name, manifest.config);
  if (descriptor.size > largestDocument) throw imageFault('MI-IMAGE-LIMIT', name, 'its configuration is too large');
  const configBytes = checked(name, await collect(store.blob(descriptor)), descriptor);
  const config = parse(name, configBytes, 'configuration');
  return {
    name,
    config: config as ImageConfig,
    configBytes,
    layers: layers.map((layer) => ({
      digest: layer.digest,
      size: layer.size,
      ...(layer.mediaType === undefined ? {} : { mediaType: layer.mediaType }),
      open: () => verified(name, store.blob(layer), layer),
    })),
    ...(store.close === undefined ? {} : { close: store.close }),
  };
}

/** A descriptor of an image's documents. Throws InputError for one without a sha256 digest and a size. */
export function descriptorOf(name: string, value: unknown): Descriptor {
  const { digest, size } = (value ?? {}) as { readonly digest?: unknown; readonly size?: unknown };
  if (typeof digest !== 'string' || !/^sha256:[0-9a-f]{64}$/.test(digest))
    throw imageFault('MI-IMAGE-BROKEN', name, 'it names a blob by something that is not a sha256 digest');
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0)
    throw imageFault('MI-IMAGE-BROKEN', name, `it gives no size for ${digest}`);
  return value as Descriptor;
}

const preferred = ['linux/amd64', 'linux/arm64'];

function choosePlatform(
  name: string,
  descriptors: readonly Descriptor[],
): { readonly descriptor: Descriptor; readonly others: readonly string[] } {
  // Builders add attestations, which are no images, under an unknown platform.
  const images = descriptors
    .map((descriptor) => ({ descriptor, platform: platformOf(descriptor.platform ?? {}) }))
    .filter(({ platform }) => !platform.startsWith('unknown/'));
  const found =
    preferred.flatMap(
      (wanted) => images.find(({ platform }) => platform === wanted || platform.startsWith(`${wanted}/`)) ?? [],
    )[0] ?? images[0];
  if (found === undefined) throw imageFault('MI-IMAGE-BROKEN', name, 'its index names no image');
  return {
    descriptor: found.descriptor,
    others: images.filter((one) => one !== found).map(({ platform }) => platform),
  };
}

/** `linux/arm64/v8`; parts that are missing are left out. */
export function platformOf(platform: {
  readonly os?: unknown;
  readonly architecture?: unknown;
  readonly variant?: unknown;
}): string {
  return [platform.os, platform.architecture, platform.variant]
    .filter((part): part is string => typeof part === 'string' && /^[\w.-]+$/.test(part))
    .join('/');
}

/** Passes a blob on and throws at its end, or where it becomes too long, when it is not what its digest says. */
async function* verified(
  name: string,
  chunks: AsyncIterable<Buffer>,
  { digest, size }: Descriptor,
): AsyncIterable<Buffer> {
  const hash = createHash('sha256');
  let length = 0;
  for await (const chunk of chunks) {
    length += chunk.length;
    if (length > size) throw imageFault('MI-IMAGE-DIGEST', name, `the blob ${digest} is longer than its manifest says`);
    hash.update(chunk);
    yield chunk;
  }
  if (`sha256:${hash.digest('hex')}` !== digest)
    throw imageFault('MI-IMAGE-DIGEST', name, `the bytes of ${digest} have another digest`);
}

function checked(name: string, bytes: Buffer, { digest }: Descriptor): Buffer {
  if (`sha256:${createHash('sha256').update(bytes).digest('hex')}` !== digest)
    throw imageFault('MI-IMAGE-DIGEST', name, `the bytes of ${digest} have another digest`);
  return bytes;
}

/** The first bytes, at least `maximum` of them where there are as many: whoever gets more knows it is too long. */
export async function collect(chunks: AsyncIterable<Buffer>, maximum = largestDocument): Promise<Buffer> {
  const all: Buffer[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    length += chunk.length;
    if (length > maximum) break;
    all.push(chunk);
  }
  return Buffer.concat(all);
}

/** A JSON document of an image; `what` names it in the error. Throws InputError for anything but an object. */
export function parse(name: string, bytes: Buffer, what: string): object {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // Said below; what JSON.parse says quotes the document.
  }
  throw imageFault('MI-IMAGE-BROKEN', name, `its ${what} is not a JSON document`);
}
