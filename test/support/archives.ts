import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';
import { SaxesParser } from 'saxes';

/**
 * Reads a whole archive with a library that shares no code with ours; the entries in their order. Throws for a broken
 * one.
 */
function entriesOf(archive: string): ReadonlyMap<string, Uint8Array> {
  return new Map(Object.entries(unzipSync(readFileSync(archive))));
}

/** Unpacks an archive into a folder; the names of its entries, in their order. */
export function unpack(archive: string, folder: string): readonly string[] {
  const entries = entriesOf(archive);
  for (const [name, bytes] of entries) {
    const path = join(folder, name);
    if (name.endsWith('/')) mkdirSync(path, { recursive: true });
    else {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, bytes);
    }
  }
  return [...entries.keys()];
}

export function entryNames(archive: string): readonly string[] {
  return [...entriesOf(archive).keys()];
}

/** The text of one entry. */
export function readEntry(archive: string, name: string): string {
  return Buffer.from(entriesOf(archive).get(name) ?? '').toString('utf8');
}

/** Throws when a text is not well-formed XML. */
export function checkXml(text: string): void {
  new SaxesParser({ xmlns: true }).write(text).close();
}
