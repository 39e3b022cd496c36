import { createHash } from 'node:crypto';
import { crc32, deflateRawSync } from 'node:zlib';

/** Numbers that follow from a seed alone. */
export interface Random {
  readonly below: (limit: number) => number;
  readonly pick: <T>(list: readonly T[]) => T;
}

export function random(seed: string): Random {
  let state = createHash('sha256').update(seed).digest().readUInt32LE(0);
  const below = (limit: number): number => {
    // Mulberry32.
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
  return { below, pick: (list) => list[below(list.length)] as never };
}

const odd = [0, 1, 2, 8, 9, 0x3c, 0x50, 0x7f, 0x80, 0xc3, 0xfe, 0xff];

/** Some bytes changed, removed, doubled or moved. */
export function mutate(input: Buffer, next: Random): Buffer {
  let bytes = input;
  for (let round = next.below(4); round > 0 && bytes.length > 0; round -= 1) {
    const at = next.below(bytes.length);
    const length = 1 + next.below(8);
    const kind = next.below(5);
    if (kind === 0) bytes[at] = next.pick(odd);
    else if (kind === 1) bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
    else if (kind === 2) bytes = Buffer.concat([bytes.subarray(0, at + length), bytes.subarray(at)]);
    else if (kind === 3) bytes[at] = next.below(256);
    else bytes = bytes.subarray(0, Math.max(1, bytes.length - length));
  }
  return bytes;
}

/** A small archive whose directory is near its end, so that a change often hits it. */
export function archiveOf(next: Random): Buffer {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let offset = 0;
  for (let number = next.below(4); number >= 0; number -= 1) {
    const name = Buffer.from(next.pick(['a.xml', 'f/', 'f/b.xml', 'Größe.xml', 'META-INF/M', `n${number}`]));
    const content = Buffer.from('x'.repeat(next.below(40)));
    const packed = next.below(2) === 0 ? content : deflateRawSync(content);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(next.pick([0, 0x0800]), 2);
    common.writeUInt16LE(packed === content ? 0 : 8, 4);
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(content.length, 18);
    common.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from('PK\u0003\u0004'), common, name, packed]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    centrals.push(Buffer.concat([Buffer.from('PK\u0001\u0002\u0014\u0003'), common, rest, name]));
    locals.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(centrals);
  const end = Buffer.alloc(22);
  end.write('PK\u0005\u0006');
  end.writeUInt16LE(centrals.length, 8);
  end.writeUInt16LE(centrals.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, directory, end]);
}

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** What stands where something else is expected. */
const oddValues = [
  null, true, 0, -1, 1.5, 1e300, '', 'x', '\u001b[31m\n::error::', '\u202e', '\ud800', '$env{A}', [], {}, [[]], [null], [1], { a: 1 },
  'x'.repeat(3000),
] as const; // prettier-ignore

/** A document with some of its parts changed, left out, doubled, or under another key. */
export function mutateJson(document: Json, next: Random): Json {
  let changed = document;
  for (let round = 1 + next.below(3); round > 0; round -= 1) changed = withOneChange(changed, next);
  return changed;
}

function withOneChange(value: Json, next: Random): Json {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  if (entries.length === 0 || next.below(12) === 0) return next.pick(oddValues);
  const at = next.below(entries.length);
  const kind = next.below(16);
  const rest = entries.flatMap(([key, inner], index): [string, Json][] => {
    if (index !== at) return [[key, inner]];
    if (kind === 0) return [];
    if (kind === 1) return [[next.pick(['constructor', '__proto__', 'items', 'name', '']), inner]];
    if (kind === 2) return [[key, inner], [`${key}2`, inner]]; // prettier-ignore
    return [[key, withOneChange(inner, next)]];
  });
  return Array.isArray(value) ? rest.map(([, inner]) => inner) : Object.fromEntries(rest);
}
