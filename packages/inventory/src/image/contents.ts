import { addTo } from '../model/group.ts';
import { decompressed } from './decompress.ts';
import type { RegularFile } from './file-tree.ts';
import { eachLayerEntry } from './layers.ts';
import type { FoundFile } from './server-home.ts';
import type { ImageSource } from './source.ts';

/**
 * Hands out the content of files: at once when it was kept, else when {@link ImageContents.finish} reads the layers
 * again.
 */
export interface ImageContents {
  readonly use: (found: FoundFile, maximum: number, take: (content: Buffer | undefined) => void) => void;
  readonly finish: () => Promise<void>;
}

type Take = (content: Buffer | undefined) => void;

/** `take` gets undefined for a file that is larger than its `maximum`. */
export function imageContents(image: ImageSource): ImageContents {
  const later = new Map<RegularFile, Take[]>();
  return {
    use: ({ file }, maximum, take) => {
      if (file.size > maximum) return take(undefined);
      if (file.content !== undefined) return take(file.content);
      addTo(later, file, take);
    },
    finish: async () => {
      for (const layer of new Set([...later.keys()].map((file) => file.layer))) await readAgain(image, layer, later);
    },
  };
}

/** Reads one layer again. Files are known by their number in it, since a layer may have two of one name. */
async function readAgain(
  image: ImageSource,
  layer: number,
  later: ReadonlyMap<RegularFile, readonly Take[]>,
): Promise<void> {
  const wanted = new Map<number, readonly Take[]>();
  for (const [file, takes] of later) if (file.layer === layer) wanted.set(file.ordinal, takes);
  let ordinal = 0;
  await eachLayerEntry(image, layer, decompressed(image.layers[layer]?.open() ?? empty()), () => {
    ordinal += 1;
    const takes = wanted.get(ordinal);
    if (takes === undefined) return undefined;
    return async (content) => {
      for (const take of takes) take(content);
    };
  });
}

async function* empty(): AsyncIterable<Buffer> {}
