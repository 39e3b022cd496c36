import { addTo } from '../model/group.ts';
import { defaultLimits, type Limits } from '../files/limits.ts';
import { decompressed } from './decompress.ts';
import { readFileTree, type RegularFile, resolve } from './file-tree.ts';
import { eachLayerEntry } from './layers.ts';
import type { ImageSource } from './source.ts';

/** A file of an image, links followed. */
export interface ImageFile {
  /** Its own path, without a `/` at the start. */
  readonly path: string;
  readonly content: Buffer;
  readonly mode: number;
  readonly owner: { readonly user: number; readonly group: number };
}

/**
 * The wanted files of an image by the paths that were asked for; those that it does not have are missing. Throws
 * InputError.
 */
export async function readImageFiles(
  image: ImageSource,
  paths: readonly string[],
  limits: Limits = defaultLimits,
): Promise<Map<string, ImageFile>> {
  const { root } = await readFileTree(image, limits, () => false);
  const wanted = new Map<RegularFile, { readonly asked: string; readonly path: string }[]>();
  for (const asked of paths) {
    const found = resolve(root, asked.split('/'));
    if (found?.node.type !== 'file') continue;
    const path = found.path.join('/');
    addTo(wanted, found.node, { asked, path });
  }
  const files = new Map<string, ImageFile>();
  for (const layer of new Set([...wanted.keys()].map((file) => file.layer))) {
    let ordinal = 0;
    const here = new Map(
      [...wanted].filter(([file]) => file.layer === layer).map(([file, names]) => [file.ordinal, { file, names }]),
    );
    await eachLayerEntry(image, layer, decompressed(image.layers[layer]?.open() ?? nothing()), () => {
      ordinal += 1;
      const found = here.get(ordinal);
      if (found === undefined) return undefined;
      const { mode, owner } = found.file;
      return (content) =>
        found.names.forEach(({ asked, path }) => void files.set(asked, { path, content, mode, owner }));
    });
  }
  return files;
}

async function* nothing(): AsyncIterable<Buffer> {}
