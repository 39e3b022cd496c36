import { crc32 } from 'node:zlib';
import { readRegularFile } from './bounded-file.ts';

/** A text by which contents are told apart: as an archive has size and check sum in its table of contents. */
export function contentKeyOf(size: number, crc: number): string {
  return `${size}:${crc}`;
}

/** Asks for the same of a file; the answer is empty for one that cannot be read. */
export function contentOfFile(path: string): () => string {
  return () => {
    try {
      const bytes = readRegularFile(path);
      return contentKeyOf(bytes.length, crc32(bytes));
    } catch {
      return '';
    }
  };
}
