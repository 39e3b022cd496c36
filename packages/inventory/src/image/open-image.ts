import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readRegularFile } from '../files/bounded-file.ts';
import { readFileBytes } from './decompress.ts';
import { imageFault } from './fault.ts';
import { collect, descriptorOf, largestDocument, openBlobs, parse } from './open-blobs.ts';
import { type OuterArchive, openOuterArchive } from './outer-archive.ts';
import type { ImageReference } from './paths.ts';
import type { BlobStore, Descriptor, ImageConfig, ImageSource, OpenRegistryImage } from './source.ts';

/**
 * Opens the image that a reference names. `resolvePath` makes a path of the reference absolute. Throws InputError when
 * there is no such image or it is damaged, and whatever `registry` throws.
 */
export async function openImage(
  { transport, rest }: ImageReference,
  options: { readonly resolvePath: (path: string) => string; readonly registry?: OpenRegistryImage | undefined },
): Promise<ImageSource> {
  if (transport === 'oci') {
    if (options.registry === undefined)
      throw imageFault(
        'MI-IMAGE-REFERENCE',
        rest,
        'no registry client is available here',
        'Save the image and read the file.',
      );
    return openBlobs(rest, await options.registry(rest));
  }
  const { path, tag, name } = fileOf(rest, options.resolvePath);
  const wanted = transport === 'oci-layout' ? 'a folder' : 'a regular file';
  const status = statSync(path);
  if (transport === 'oci-layout' ? !status.isDirectory() : !status.isFile())
    throw imageFault(
      'MI-IMAGE-REFERENCE',
      name,
      `it is not ${wanted}, as ${transport}: needs`,
      'Save the image first.',
    );
  if (transport === 'oci-layout') return openBlobs(name, layoutStore(name, path, tag));
  const archive = await openOuterArchive(path, name);
  return transport === 'oci-archive' || !archive.has('manifest.json')
    ? openBlobs(name, archiveStore(name, archive, tag))
    : openDockerArchive(name, archive, tag);
}

/** Splits `FILE[:TAG]`, where both may hold colons: the longest part that exists is the file. */
function fileOf(
  rest: string,
  resolvePath: (path: string) => string,
): { readonly path: string; readonly tag: string | undefined; readonly name: string } {
  for (let end = rest.length; end > 0; end = rest.lastIndexOf(':', end - 1)) {
    const path = resolvePath(rest.slice(0, end));
    if (existsSync(path))
      return { path, tag: end === rest.length ? undefined : rest.slice(end + 1), name: rest.slice(0, end) };
  }
  throw imageFault(
    'MI-IMAGE-REFERENCE',
    rest,
    'there is no such file or folder',
    'Check the path; relative paths start from the current folder.',
  );
}

/** Descriptor of the one image of an `index.json`, or of the one with a tag. */
function chooseImage(name: string, index: Buffer, tag: string | undefined): Descriptor {
  const { manifests } = parse(name, index, 'index.json') as { readonly manifests?: unknown };
  const all = (Array.isArray(manifests) ? manifests : []).map((one) => descriptorOf(name, one));
  const tagOf = ({ annotations }: Descriptor): string =>
    String(annotations?.['org.opencontainers.image.ref.name'] ?? '');
  const found = tag === undefined ? all : all.filter((one) => tagOf(one) === tag || tagOf(one).endsWith(`:${tag}`));
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  const tags = all.map(tagOf).filter((one) => one !== '');
  throw imageFault(
    'MI-IMAGE-REFERENCE',
    name,
    `${found.length === 0 ? `it holds no image${tag === undefined ? '' : ` with the tag ${tag}`}` : `it holds ${found.length} images`}${tags.length > 0 ? ` (tags: ${tags.join(', ')})` : ''}`,
  );
}

function layoutStore(name: string, folder: string, tag: string | undefined): BlobStore {
  const fileOfBlob = ({ digest }: Descriptor): string => {
    const path = join(folder, 'blobs', ...digest.split(':'));
    const status = statSync(path, { throwIfNoEntry: false });
    if (status === undefined) throw imageFault('MI-IMAGE-BROKEN', name, `it lacks the blob ${digest}`);
    if (!status.isFile()) throw imageFault('MI-IMAGE-BROKEN', name, `its blob ${digest} is not a regular file`);
    return path;
  };
  const small = (path: string, what: string): Buffer => {
    if (!existsSync(path))
      throw imageFault('MI-IMAGE-BROKEN', name, `it has no ${what}, so it is not an OCI image layout`);
    if (statSync(path).size > largestDocument) throw imageFault('MI-IMAGE-LIMIT', name, `its ${what} is too large`);
    return readRegularFile(path, largestDocument);
  };
  return {
    root: async () => {
      const chosen = chooseImage(name, small(join(folder, 'index.json'), 'index.json'), tag);
      return { bytes: small(fileOfBlob(chosen), 'manifest'), digest: chosen.digest };
    },
    manifest: async (descriptor) => small(fileOfBlob(descriptor), 'manifest'),
    blob: (descriptor) => readFileBytes(fileOfBlob(descriptor)),
  };
}

function archiveStore(name: string, archive: OuterArchive, tag: string | undefined): BlobStore {
  const blobOf = ({ digest }: Descriptor): string => `blobs/${digest.replace(':', '/')}`;
  return {
    root: async () => {
      if (!archive.has('index.json'))
        throw imageFault('MI-IMAGE-BROKEN', name, 'it has no index.json, so it is not an image archive');
      const chosen = chooseImage(name, await archive.document('index.json'), tag);
      return { bytes: await archive.document(blobOf(chosen)), digest: chosen.digest };
    },
    manifest: (descriptor) => archive.document(blobOf(descriptor)),
    blob: (descriptor) => archive.open(blobOf(descriptor)),
  };
}

interface SavedImage {
  readonly Config?: unknown;
  readonly RepoTags?: unknown;
  readonly Layers?: unknown;
}

/** An archive as `docker save` and `podman save` write it: `manifest.json` lists images with their layers. */
async function openDockerArchive(name: string, archive: OuterArchive, tag: string | undefined): Promise<ImageSource> {
  const list = parse(name, await archive.document('manifest.json'), 'manifest.json');
  const images = (Array.isArray(list) ? list : []) as SavedImage[];
  const tagsOf = ({ RepoTags }: SavedImage): string[] => (Array.isArray(RepoTags) ? RepoTags.map(String) : []);
  const found =
    tag === undefined
      ? images
      : images.filter((image) =>
          tagsOf(image).some((one) => one === tag || one.endsWith(`:${tag}`) || one.endsWith(`/${tag}`)),
        );
  const [only] = found;
  if (only === undefined || found.length > 1)
    throw imageFault(
      'MI-IMAGE-REFERENCE',
      name,
      `${only === undefined ? `it holds no image${tag === undefined ? '' : ` with the tag ${tag}`}` : `it holds ${found.length} images`} (tags: ${images.flatMap(tagsOf).join(', ')})`,
    );
  if (
    typeof only.Config !== 'string' ||
    !Array.isArray(only.Layers) ||
    !only.Layers.every((layer) => typeof layer === 'string')
  )
    throw imageFault('MI-IMAGE-BROKEN', name, 'its manifest.json names no configuration or no layers');
  const layers = only.Layers as readonly string[];
  const lost = layers.find((layer) => !archive.has(layer));
  if (lost !== undefined)
    throw imageFault('MI-IMAGE-BROKEN', name, `it lacks the layer ${JSON.stringify(lost)}, which it names`);
  const configBytes = await collect(archive.open(only.Config));
  const config = parse(name, configBytes, 'configuration') as ImageConfig;
  return {
    name,
    config,
    configBytes,
    layers: layers.map((layer) => ({ open: () => archive.open(layer) })),
    otherPlatforms: [],
  };
}
