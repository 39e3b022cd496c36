import type { Sink } from '../archive/zip-writer.ts';

/** Who owns a file in a tar file, and what others may do with it. */
export interface Ownership {
  readonly user: number;
  readonly group: number;
  readonly mode: number;
}

const byRoot: Ownership = { user: 0, group: 0, mode: 0o644 };

/** Pieces of a tar file (POSIX ustar; a pax header where a name is longer than 100 bytes). Time 0. */
export function tarHeader(name: string, size: number, ownership = byRoot): Buffer {
  const long = Buffer.byteLength(name) > 100;
  const header = block(long ? 'long-name' : name, size, '0', ownership);
  if (!long) return header;
  const record = paxRecord('path', name);
  return Buffer.concat([block('pax', record.length, 'x'), record, padding(record.length), header]);
}

/** What follows a file's content up to a full block. */
export function padding(size: number): Buffer {
  return Buffer.alloc((512 - (size % 512)) % 512);
}

/** The two empty blocks that end an archive. */
export function endTar(sink: Sink): void {
  sink(Buffer.alloc(1024));
}

function block(name: string, size: number, type: '0' | 'x', { user, group, mode } = byRoot): Buffer {
  const header = Buffer.alloc(512);
  const octal = (value: number, at: number, length: number): void =>
    void header.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at, 'latin1');
  header.write(name, 0, 'utf8');
  octal(mode, 100, 8);
  octal(user, 108, 8);
  octal(group, 116, 8);
  octal(size, 124, 12);
  octal(0, 136, 12);
  header.write('        ', 148, 'latin1');
  header.write(type, 156, 'latin1');
  header.write('ustar\u000000', 257, 'latin1');
  const sum = header.reduce((total, value) => total + value, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return header;
}

/** `<length> <key>=<value>\n`, where the length counts itself. */
function paxRecord(key: string, value: string): Buffer {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest + String(rest).length;
  if (rest + String(length).length !== length) length = rest + String(length).length;
  return Buffer.from(`${length} ${key}=${value}\n`);
}
