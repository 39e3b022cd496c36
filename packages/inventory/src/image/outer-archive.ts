import { closeSync, openSync, readSync } from 'node:fs';
import { posix } from 'node:path';
import { decompressed, readFileBytes } from './decompress.ts';
import { imageFault } from './fault.ts';
import { collect, largestDocument } from './open-blobs.ts';
import { eachTarEntry, eachTarEntryAt, tarContent, type TarEntry, TarFault } from './tar.ts';

/** A tar file that holds an image: what `docker save` or `skopeo copy … oci-archive:` writes. */
export interface OuterArchive {
  readonly has: (name: string) => boolean;
  /** A small document in it. */
  readonly document: (name: string) => Promise<Buffer>;
  readonly open: (name: string) => AsyncIterable<Buffer>;
}

interface Member {
  readonly size: number;
  /** Where its content starts; undefined in a compressed archive, which is read again for each member. */
  readonly offset: number | undefined;
}

/** Reads the table of contents of an image archive. Nothing is unpacked: members are read where they lie. */
export async function openOuterArchive(path: string, name: string): Promise<OuterArchive> {
  const isCompressed = startsCompressed(path);
  const members = new Map<string, Member>();
  const links = new Map<string, string>();
  await readTable(path, name, isCompressed, (entry, offset) => {
    const at = clean(entry.name);
    if (entry.type === 'file') members.set(at, { size: entry.size, offset });
    // Old versions of docker save name a layer that several images share once and link to it.
    else if (entry.type === 'link') links.set(at, clean(posix.join(posix.dirname(at), entry.target)));
    else if (entry.type === 'hard-link') links.set(at, clean(entry.target));
  });
  const memberOf = (wanted: string, hops = 0): { readonly name: string; readonly member: Member } | undefined => {
    const at = clean(wanted);
    const member = members.get(at);
    if (member !== undefined) return { name: at, member };
    const target = links.get(at);
    return target === undefined || hops > 8 ? undefined : memberOf(target, hops + 1);
  };
  const open = (wanted: string): AsyncIterable<Buffer> => {
    const found = memberOf(wanted);
    if (found === undefined)
      throw imageFault('MI-IMAGE-BROKEN', name, `it lacks ${JSON.stringify(wanted)}, which it names`);
    return found.member.offset === undefined
      ? tarContent(
          decompressed(readFileBytes(path)),
          (entry) => entry.type === 'file' && clean(entry.name) === found.name,
        )
      : readFileBytes(path, found.member.offset, found.member.size);
  };
  return {
    has: (wanted) => memberOf(wanted) !== undefined,
    document: async (wanted) => {
      const bytes = await collect(open(wanted), largestDocument + 1);
      if (bytes.length > largestDocument)
        throw imageFault('MI-IMAGE-LIMIT', name, `${JSON.stringify(wanted)} is too large`);
      return bytes;
    },
    open,
  };
}

function clean(name: string): string {
  return posix.normalize(`/${name}`).slice(1).replace(/\/$/, '');
}

function startsCompressed(path: string): boolean {
  const head = Buffer.alloc(4);
  const file = openSync(path, 'r');
  try {
    readSync(file, head, 0, 4, 0);
  } finally {
    closeSync(file);
  }
  return (head[0] === 0x1f && head[1] === 0x8b) || head.readUInt32LE(0) === 0xfd2f_b528;
}

/** Visits each member with the place of its content. Content is not read where the file can be read from any place. */
async function readTable(
  path: string,
  name: string,
  isCompressed: boolean,
  visit: (entry: TarEntry, offset: number | undefined) => void,
): Promise<void> {
  try {
    if (isCompressed) {
      await eachTarEntry(decompressed(readFileBytes(path)), (entry) => {
        visit(entry, undefined);
        return undefined;
      });
      return;
    }
    await eachTarEntryAt(path, visit);
  } catch (error) {
    if (!(error instanceof TarFault) && !isUnpackingError(error)) throw error;
    throw imageFault('MI-IMAGE-BROKEN', name, error instanceof TarFault ? error.message : 'it is damaged');
  }
}

function isUnpackingError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^Z_|^ZSTD/.test(String(error.code));
}
