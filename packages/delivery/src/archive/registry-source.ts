import { statSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import {
  artifactElements,
  type Delivery,
  type Element,
  newContext,
  placesOf,
  readRegularFile,
  registryEntries,
  type RegistryEntry,
} from '@mi-patterns/inventory';
import { filesUnder } from './files.ts';
import { attributes, escapeText } from './markup-text.ts';

interface RegistryFile {
  /** Path inside the artifact's folder. */
  readonly name: string;
  readonly bytes: () => Buffer;
}

/**
 * `registry-info.xml` and `resources/…` of a registry resource, from the artifact.xml that declares it: the one above
 * its file (current project: resources/ or resources/registry/; legacy: the module's). As
 * CAppHandler.processRegistryResources, entries whose file is not there are left out. Undefined when no entry has its
 * file.
 */
export function registryFiles(delivery: Delivery, path: string): RegistryFile[] | undefined {
  const declared = declaration(delivery, path);
  if (declared === undefined) return undefined;
  const found = registryEntries(declared.element).flatMap((entry) => {
    const place = candidates(declared.descriptor, entry).find((candidate) =>
      entry.type === 'item' ? isKind(candidate, 'file') : isKind(candidate, 'folder'),
    );
    return place === undefined ? [] : [{ entry, place }];
  });
  if (found.length === 0) return undefined;
  const info = `<?xml version="1.0" encoding="UTF-8"?>\n<resources>\n${found.map(({ entry }) => markup(entry.element, 1)).join('')}</resources>\n`;
  return [
    { name: 'registry-info.xml', bytes: () => Buffer.from(info) },
    ...found.flatMap(({ entry, place }): RegistryFile[] => {
      const base = `resources/${entry.file}`;
      if (entry.type === 'item') return [{ name: base, bytes: () => readRegularFile(place) }];
      return filesUnder(place).map((file) => ({
        name: `${base}/${relative(place, file).split(sep).join('/')}`,
        bytes: () => readRegularFile(file),
      }));
    }),
  ];
}

/** The same for a file whose place in the registry is known and that nothing declares. */
export function resourceAt(registryPath: string, path: string): RegistryFile[] {
  const end = registryPath.lastIndexOf('/');
  const file = registryPath.slice(end + 1);
  const info = `<?xml version="1.0" encoding="UTF-8"?>\n<resources>\n    <item>\n        <file>${escapeText(file)}</file>\n        <path>${escapeText(registryPath.slice(0, end))}</path>\n    </item>\n</resources>\n`;
  return [
    { name: 'registry-info.xml', bytes: () => Buffer.from(info) },
    { name: `resources/${file}`, bytes: () => readRegularFile(path) },
  ];
}

function declaration(
  delivery: Delivery,
  path: string,
): { readonly element: Element; readonly descriptor: string } | undefined {
  const context = newContext();
  for (
    let folder = isKind(path, 'folder') ? path : dirname(path), depth = 0;
    depth < 64;
    folder = dirname(folder), depth++
  ) {
    const descriptor = join(folder, 'artifact.xml');
    if (isKind(descriptor, 'file')) {
      const element = artifactElements(context, descriptor).find(
        ({ attributes: values }) => values.get('name') === delivery.name && values.get('type') === 'registry/resource',
      );
      if (element !== undefined) return { element, descriptor };
    }
    if (dirname(folder) === folder) return undefined;
  }
  return undefined;
}

function candidates(descriptor: string, entry: RegistryEntry): string[] {
  const folder = dirname(descriptor);
  const resources = basename(folder) === 'registry' ? dirname(folder) : folder;
  return [...placesOf(resources, entry), join(folder, entry.file)];
}

function isKind(path: string, kind: 'file' | 'folder'): boolean {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats !== undefined && (kind === 'file' ? stats.isFile() : stats.isDirectory());
}

function markup(element: Element, depth: number): string {
  const indent = '    '.repeat(depth);
  const start = `${indent}<${element.name}${attributes(element.attributes.all())}`;
  if (element.children.length > 0)
    return `${start}>\n${element.children.map((inner) => markup(inner, depth + 1)).join('')}${indent}</${element.name}>\n`;
  return element.text === '' ? `${start}/>\n` : `${start}>${escapeText(element.text)}</${element.name}>\n`;
}
