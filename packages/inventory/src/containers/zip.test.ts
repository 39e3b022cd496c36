import { crc32, deflateRawSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { defaultLimits } from '../files/limits.ts';
import { openZip } from './zip.ts';

/** An archive with one entry; `packed` may be a part of its packed bytes, and `comment` longer than what follows. */
function archive(packed: Buffer, size: number, comment = 0): Buffer {
  const name = Buffer.from('a.xml');
  const common = Buffer.alloc(26);
  common.writeUInt16LE(20, 0);
  common.writeUInt16LE(8, 4);
  common.writeUInt32LE(packed.length, 14);
  common.writeUInt32LE(size, 18);
  common.writeUInt16LE(name.length, 22);
  const local = Buffer.concat([Buffer.from('PK\u0003\u0004'), common, name, packed]);
  const central = Buffer.concat([Buffer.from('PK\u0001\u0002\u0014\u0003'), common, Buffer.alloc(14), name]);
  const end = Buffer.alloc(22);
  end.write('PK\u0005\u0006');
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(local.length, 16);
  end.writeUInt16LE(comment, 20);
  return Buffer.concat([local, central, end]);
}

const content = Buffer.from('<api name="a"/>'.repeat(20));
const packed = deflateRawSync(content);

test('an archive whose comment is cut off is refused, as by Java', async () => {
  expect((await openZip(archive(packed, content.length), defaultLimits)).entries).toHaveLength(1);
  const { entries, faults } = await openZip(archive(packed, content.length, 1), defaultLimits);
  expect(entries).toEqual([]);
  expect(faults).toMatchObject([{ code: 'MI-ZIP-BROKEN', message: 'its comment is cut off' }]);
});

test('packed bytes that lack their last one are read where a zero byte completes them, as by Java', async () => {
  // An empty last block ends in zero bits.
  const ending = Buffer.concat([deflateRawSync(content, { finishFlush: 2 }), Buffer.from([3, 0])]);
  const read = async (bytes: Buffer): Promise<number> =>
    crc32(await (await openZip(archive(bytes, content.length), defaultLimits)).read('a.xml', 10_000));
  expect(await read(ending.subarray(0, -1))).toBe(crc32(content));
  await expect(read(ending.subarray(0, -2))).rejects.toMatchObject({ code: 'MI-ZIP-BROKEN' });
});
