import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';

/** One member of a tar archive. Paths are relative, without a leading slash. */
export type TarEntry =
  | { readonly kind: 'folder'; readonly path: string; readonly mode: number; readonly owner?: number }
  | { readonly kind: 'link'; readonly path: string; readonly target: string }
  | {
      readonly kind: 'text';
      readonly path: string;
      readonly mode: number;
      readonly content: string | Buffer;
      readonly owner?: number;
    }
  | {
      readonly kind: 'file';
      readonly path: string;
      readonly mode: number;
      readonly source: string;
      readonly owner?: number;
    };

const blockSize = 512;

/** Writes a tar archive (POSIX 2001) and returns its SHA-256 digest in hex. The same entries give the same bytes. */
export function writeTar(target: string, entries: Iterable<TarEntry>): string {
  const digest = createHash('sha256');
  const output = openSync(target, 'w');
  const put = (data: Buffer): void => {
    digest.update(data);
    for (let done = 0; done < data.length;) done += writeSync(output, data, done);
  };
  const pad = (size: number): void => put(Buffer.alloc((blockSize - (size % blockSize)) % blockSize));
  const header = (path: string, type: string, mode: number, size: number, target_: string, owner: number): void => {
    if (Buffer.byteLength(path) > 100 || Buffer.byteLength(target_) > 100) {
      const records = Buffer.from(longRecord('path', path) + (target_ === '' ? '' : longRecord('linkpath', target_)));
      put(headerBlock('long-names', 'x', 0o644, records.length, '', 0));
      put(records);
      pad(records.length);
    }
    put(headerBlock(path, type, mode, size, target_, owner));
  };
  try {
    for (const entry of entries) {
      switch (entry.kind) {
        case 'folder':
          header(`${entry.path}/`, '5', entry.mode, 0, '', entry.owner ?? 0);
          break;
        case 'link':
          header(entry.path, '2', 0o777, 0, entry.target, 0);
          break;
        case 'text': {
          const content = Buffer.from(entry.content as string);
          header(entry.path, '0', entry.mode, content.length, '', entry.owner ?? 0);
          put(content);
          pad(content.length);
          break;
        }
        case 'file': {
          const input = openSync(entry.source, 'r');
          try {
            const { size } = fstatSync(input);
            header(entry.path, '0', entry.mode, size, '', entry.owner ?? 0);
            const chunk = Buffer.alloc(1 << 20);
            for (let read = 0; (read = readSync(input, chunk)) > 0;) put(chunk.subarray(0, read));
            pad(size);
          } finally {
            closeSync(input);
          }
          break;
        }
      }
    }
    put(Buffer.alloc(2 * blockSize));
  } finally {
    closeSync(output);
  }
  return digest.digest('hex');
}

/** A tar header block. Names that do not fit are cut; {@link writeTar} writes them in full before. */
function headerBlock(path: string, type: string, mode: number, size: number, target: string, owner: number): Buffer {
  const block = Buffer.alloc(blockSize);
  const octal = (value: number, at: number, length: number): void =>
    void block.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at);
  block.write(path, 0, 100);
  octal(mode, 100, 8);
  octal(owner, 108, 8);
  octal(owner, 116, 8);
  octal(size, 124, 12);
  octal(0, 136, 12); // a fixed time, so that the same content has the same digest
  block.fill(' ', 148, 156);
  block.write(type, 156);
  block.write(target, 157, 100);
  block.write('ustar\x0000', 257);
  octal(
    block.reduce((sum, byte) => sum + byte, 0),
    148,
    7,
  );
  return block;
}

/** A record of an extended header: its own length in decimal, a blank, `key=value` and a line feed. */
function longRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  let length = Buffer.byteLength(rest);
  while (`${length}`.length + Buffer.byteLength(rest) !== length) length = `${length}`.length + Buffer.byteLength(rest);
  return `${length}${rest}`;
}
