import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const nothing = Buffer.alloc(0);

/** What a tar file is read from. */
export interface PieceReader {
  /** The next `length` bytes, fewer at the end. */
  readonly take: (length: number) => Buffer | Promise<Buffer>;
  /** Passes over `length` bytes; false when the input ends before. */
  readonly skip: (length: number) => boolean | Promise<boolean>;
  /** Bytes taken and passed over so far. */
  readonly position: number;
}

/** Reads a file in pieces; what is passed over is not read at all. */
export class FilePieces implements PieceReader {
  position = 0;
  readonly #file: number;
  readonly #size: number;

  constructor(path: string) {
    this.#file = openSync(path, 'r');
    this.#size = fstatSync(this.#file).size;
  }

  take(length: number): Buffer {
    const piece = Buffer.alloc(Math.min(length, this.#size - this.position));
    const count = readSync(this.#file, piece, 0, piece.length, this.position);
    this.position += count;
    return piece.subarray(0, count);
  }

  skip(length: number): boolean {
    this.position += length;
    return this.position <= this.#size;
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** Reads a stream in pieces of any length, holding no more than one piece and one chunk in memory. */
export class Pieces implements PieceReader {
  position = 0;
  #chunk: Buffer = nothing;
  #at = 0;
  readonly #chunks: AsyncIterator<Buffer>;

  constructor(chunks: AsyncIterable<Buffer>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** The next `length` bytes, fewer at the end of the stream. Valid as long as the caller likes. */
  async take(length: number): Promise<Buffer> {
    if (this.#chunk.length - this.#at >= length) {
      this.position += length;
      this.#at += length;
      return this.#chunk.subarray(this.#at - length, this.#at);
    }
    const parts: Buffer[] = [];
    let missing = length;
    do {
      const part = this.#chunk.subarray(this.#at, this.#at + missing);
      this.#at += part.length;
      missing -= part.length;
      parts.push(part);
    } while (missing > 0 && (await this.#fill()));
    this.position += length - missing;
    return Buffer.concat(parts);
  }

  /** Passes over `length` bytes; false when the stream ends before. */
  async skip(length: number): Promise<boolean> {
    let missing = length;
    while (missing > this.#chunk.length - this.#at) {
      missing -= this.#chunk.length - this.#at;
      if (!(await this.#fill())) return false;
    }
    this.#at += missing;
    this.position += length;
    return true;
  }

  /** The next `length` bytes as they come; fewer at the end of the stream. */
  async *stream(length: number): AsyncIterable<Buffer> {
    for (let missing = length; missing > 0;) {
      const part = this.#chunk.subarray(this.#at, this.#at + missing);
      this.#at += part.length;
      this.position += part.length;
      missing -= part.length;
      if (part.length > 0) yield part;
      if (missing > 0 && !(await this.#fill())) return;
    }
  }

  /** Reads to the end of the stream, so that its digest is known. */
  async drain(): Promise<void> {
    while (await this.#fill());
  }

  /** Ends the stream early. */
  async close(): Promise<void> {
    await this.#chunks.return?.();
  }

  async #fill(): Promise<boolean> {
    this.#at = 0;
    this.#chunk = nothing;
    for (;;) {
      const next = await this.#chunks.next();
      if (next.done === true) return false;
      if (next.value.length === 0) continue;
      this.#chunk = next.value;
      return true;
    }
  }
}
