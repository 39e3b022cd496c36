import { splitArchive } from './archive-place.ts';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Source } from '@mi-patterns/inventory';

/** Makes a text a link (OSC 8) in terminals that can, and leaves it alone elsewhere. */
export interface Links {
  /** A diagnostic code, linked to its entry in the reference. */
  readonly code: (text: string, code: string) => string;
  /** A place in a file, linked to the file. */
  readonly place: (text: string, source: Source) => string;
}

export const noLinks: Links = { code: (text) => text, place: (text) => text };

/** Links for a terminal that follows them; files are named relative to `cwd`. */
export function createLinks(cwd: string): Links {
  const reference = referenceOfCodes();
  return {
    code: (text, code) => (reference === undefined ? text : link(text, `${reference}#${code.toLowerCase()}`)),
    place: (text, { path }) => link(text, pathToFileURL(resolve(cwd, splitArchive(path, cwd)[0])).href),
  };
}

/** The page of all codes: it lies beside the built command, or in the checkout the sources are in. */
function referenceOfCodes(): string | undefined {
  const file = [
    join(import.meta.dirname, 'docs/diagnostics.md'),
    join(import.meta.dirname, '../../../../docs/diagnostics.md'),
  ].find((candidate) => existsSync(candidate));
  return file === undefined ? undefined : pathToFileURL(file).href;
}

function link(text: string, address: string): string {
  return `\u001b]8;;${address}\u001b\\${text}\u001b]8;;\u001b\\`;
}
