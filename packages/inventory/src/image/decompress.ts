import { createReadStream } from 'node:fs';
import { type Duplex, pipeline, Readable } from 'node:stream';
import zlib from 'node:zlib';

const pieceSize = 512 * 1024;

/** Bytes of a file, or of a part of it. */
export function readFileBytes(path: string, start = 0, length?: number): AsyncIterable<Buffer> {
  if (length === 0) return Readable.from([]) as AsyncIterable<Buffer>;
  return createReadStream(path, {
    start,
    ...(length === undefined ? {} : { end: start + length - 1 }),
    highWaterMark: pieceSize,
  }) as AsyncIterable<Buffer>;
}

/** Unpacks gzip and zstd, recognized by their first bytes, because media types and file names are often wrong. */
export async function* decompressed(chunks: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  const iterator = chunks[Symbol.asyncIterator]();
  const head: Buffer[] = [];
  let length = 0;
  while (length < 4) {
    const next = await iterator.next();
    if (next.done === true) break;
    head.push(next.value);
    length += next.value.length;
  }
  const start = Buffer.concat(head);
  const all = joined(start, iterator);
  if (start.length >= 2 && start[0] === 0x1f && start[1] === 0x8b)
    yield* through(all, zlib.createGunzip({ chunkSize: pieceSize }));
  else if (start.length >= 4 && start.readUInt32LE(0) === 0xfd2f_b528) yield* unpackZstd(all);
  else yield* all;
}

/** What comes out of a transformation; an error of the source ends both, and so does a reader that stops early. */
function through(chunks: AsyncIterable<Buffer>, transformation: Duplex): AsyncIterable<Buffer> {
  pipeline(Readable.from(chunks, { objectMode: false }), transformation, () => {});
  return transformation as AsyncIterable<Buffer>;
}

async function* joined(start: Buffer, rest: AsyncIterator<Buffer>): AsyncIterable<Buffer> {
  try {
    yield start;
    for (;;) {
      const next = await rest.next();
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    await rest.return?.();
  }
}

/** Node's own decompressor where there is one (22.15 and later), else fzstd. */
async function* unpackZstd(chunks: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  const { createZstdDecompress } = zlib as unknown as { readonly createZstdDecompress?: () => Duplex };
  if (createZstdDecompress !== undefined) {
    yield* through(chunks, createZstdDecompress());
    return;
  }
  const { Decompress } = await import('fzstd');
  const out: Buffer[] = [];
  const unpack = new Decompress((piece) => out.push(Buffer.from(piece.buffer, piece.byteOffset, piece.length)));
  for await (const chunk of chunks) {
    // A packed chunk can unpack to a thousand times its size, so it goes in small pieces.
    for (let at = 0; at < chunk.length; at += 16 * 1024) {
      unpack.push(chunk.subarray(at, at + 16 * 1024));
      yield* out.splice(0);
    }
  }
  unpack.push(new Uint8Array(0), true);
  yield* out.splice(0);
}
