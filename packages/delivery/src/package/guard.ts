import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GUARD_ARCHITECTURES } from './guard-architectures.mjs';
import { copyWritten, digestOf, type FileDigest, writeHashed } from './hashed-file.ts';

/** A file of the guard, by its name in the image's own folder: a script with its text, or the path of a program. */
export type GuardFile =
  | { readonly name: string; readonly text: string }
  | { readonly name: string; readonly program: string };

/** Whether this build has {@link guardFiles}; they are not read. */
export function hasGuard(folder = guardFolder()): boolean {
  return [...guardPrograms(), 'licences.txt'].every((name) => existsSync(join(folder, name)));
}

function guardPrograms(): readonly string[] {
  return GUARD_ARCHITECTURES.map(({ machine }) => `lease-guard-${machine}`);
}

/**
 * lease-guard for the image: a script of that name, which becomes the program for the processor, and the programs.
 * Empty when this build of the command has none, because it was built without Go.
 */
export function guardFiles(folder = guardFolder()): readonly GuardFile[] {
  if (!hasGuard(folder)) return [];
  return [
    { name: 'lease-guard', text: `#!/bin/sh\n${licences(folder)}exec "$0-$(uname -m)" "$@"\n` },
    ...guardPrograms().map((name) => ({ name, program: join(folder, name) })),
  ];
}

/** The bytes of a file of the guard; a program is read from disk. */
export function contentOfGuard(file: GuardFile): Buffer {
  return 'text' in file ? Buffer.from(file.text) : readFileSync(file.program);
}

const copied = new Map<string, FileDigest>();

/**
 * Writes the files of the guard into a folder and answers their digests by path. The programs are 13 MB and the same in
 * every image of a package: the system copies them, and each is hashed once.
 */
export function writeGuard(folder: string, files: readonly GuardFile[]): ReadonlyMap<string, FileDigest> {
  return new Map(
    files.map((file) => {
      const path = join(folder, file.name);
      const digest = 'text' in file ? writeHashed(path, file.text) : copyProgram(file.program, path);
      chmodSync(path, 0o755);
      return [path, digest];
    }),
  );
}

function copyProgram(program: string, path: string): FileDigest {
  copyWritten(program, path);
  const digest = copied.get(program) ?? digestOf(program);
  copied.set(program, digest);
  return digest;
}

/** The licences of the programs as comments: they ask for it wherever the programs are copied, and images are. */
function licences(folder: string): string {
  const text = readFileSync(join(folder, 'licences.txt'), 'utf8').trim();
  return text
    .split(/\r?\n/)
    .map((line) => `${`# ${line}`.trimEnd()}\n`)
    .join('');
}

/** The programs travel with the command: beside its bundle, or in its `dist` while it runs from its sources. */
function guardFolder(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  const bundled = join(here, 'lease-guard');
  return existsSync(bundled) ? bundled : join(here, '../../../cli/dist/lease-guard');
}
