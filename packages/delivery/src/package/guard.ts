import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GUARD_ARCHITECTURES } from './guard-architectures.mjs';

/** A file of the guard, by its name in the image's own folder. */
export interface GuardFile {
  readonly name: string;
  readonly content: Buffer;
}

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
    { name: 'lease-guard', content: Buffer.from(`#!/bin/sh\n${licences(folder)}exec "$0-$(uname -m)" "$@"\n`) },
    ...guardPrograms().map((name) => ({ name, content: readFileSync(join(folder, name)) })),
  ];
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
