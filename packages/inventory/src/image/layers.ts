import { isInputError } from '../files/input-error.ts';
import type { Limits } from '../files/limits.ts';
import { decompressed } from './decompress.ts';
import { imageFault } from './fault.ts';
import type { ImageSource } from './source.ts';
import { eachTarEntry, type TakeContent, type TarEntry, TarFault } from './tar.ts';

/** What one layer holds, in the order of its archive. */
export interface LayerListing {
  readonly entries: readonly LayerEntry[];
  /** Unpacked bytes of its files. */
  readonly bytes: number;
}

interface LayerEntry {
  readonly entry: TarEntry;
  /** Kept while the layer was read, when it was wanted and there was room. */
  readonly content?: Buffer;
}

/** Node unpacks in threads of its own, so several layers at once keep all processors busy. */
const layersAtOnce = 3;

/**
 * Lists the layers of an image, lowest first. The next ones are read meanwhile. Each layer keeps at most
 * `limits.imageKeptBytes` of content. Throws InputError for the lowest layer that is damaged or beyond a limit.
 */
export async function* eachLayer(
  image: ImageSource,
  limits: Limits,
  wantsContent: (entry: TarEntry) => boolean,
): AsyncIterable<LayerListing> {
  const state = { stopped: false };
  const started: Promise<LayerListing>[] = [];
  try {
    for (const index of image.layers.keys()) {
      for (let next = started.length; next < Math.min(index + layersAtOnce, image.layers.length); next++) {
        const listing = listLayer(image, next, { limits, wantsContent, state });
        // Its failure counts when its turn comes.
        listing.catch(() => {});
        started.push(listing);
      }
      yield await (started[index] as Promise<LayerListing>);
      delete started[index];
    }
  } finally {
    state.stopped = true;
  }
}

interface Listing {
  readonly limits: Limits;
  readonly wantsContent: (entry: TarEntry) => boolean;
  readonly state: { readonly stopped: boolean };
}

async function listLayer(
  image: ImageSource,
  index: number,
  { limits, wantsContent, state }: Listing,
): Promise<LayerListing> {
  const entries: { entry: TarEntry; content?: Buffer }[] = [];
  let [bytes, kept] = [0, 0];
  const stored = untilStopped(image.layers[index]?.open() ?? nothing(), state);
  await eachLayerEntry(image, index, decompressed(stored), (entry) => {
    bytes += entry.size;
    checkLimits(image.name, limits, entries.length + 1, bytes);
    const listed: { entry: TarEntry; content?: Buffer } = { entry };
    entries.push(listed);
    if (kept + entry.size > limits.imageKeptBytes || !wantsContent(entry)) return undefined;
    kept += entry.size;
    // A copy, because a small file is only a view of a large piece, which it would keep in memory.
    return (content) => void (listed.content = Buffer.from(content));
  });
  return { entries, bytes };
}

async function* untilStopped(
  chunks: AsyncIterable<Buffer>,
  state: { readonly stopped: boolean },
): AsyncIterable<Buffer> {
  for await (const chunk of chunks) {
    if (state.stopped) return;
    yield chunk;
  }
}

async function* nothing(): AsyncIterable<Buffer> {}

/** Throws InputError when so many files, or so many unpacked bytes, are beyond a limit. */
export function checkLimits(name: string, limits: Limits, entries: number, bytes: number): void {
  if (entries > limits.imageEntries)
    throw imageFault('MI-IMAGE-LIMIT', name, `it has more than ${limits.imageEntries} files`);
  if (bytes > limits.imageBytes)
    throw imageFault('MI-IMAGE-LIMIT', name, `it unpacks to more than ${limits.imageBytes} bytes`);
}

/** Reads a layer and says which one it is when it is damaged. */
export async function eachLayerEntry(
  image: ImageSource,
  index: number,
  chunks: AsyncIterable<Buffer>,
  visit: (entry: TarEntry) => TakeContent,
): Promise<void> {
  try {
    await eachTarEntry(chunks, visit);
  } catch (error) {
    if (isInputError(error)) throw error;
    const isDamage =
      error instanceof TarFault ||
      (error instanceof Error && 'code' in error && /^(Z_|ZSTD)/.test(String(error.code))) ||
      (error instanceof Error && /zstd/i.test(error.message));
    if (!isDamage) throw error;
    const reason = error instanceof TarFault ? error.message : 'its compression is damaged';
    const layer = image.layers[index]?.digest;
    throw imageFault(
      'MI-IMAGE-BROKEN',
      image.name,
      `layer ${index + 1} of ${image.layers.length}${layer === undefined ? '' : ` (${layer.slice(0, 19)})`}: ${reason}`,
    );
  }
}
