import { basename, dirname, join, relative, sep } from 'node:path';
import { flowContents, mayHoldFlow } from './contents.ts';
import { filesBelow, filesIn, foldersIn, isFile, isFolder, readText } from './disk.ts';
import type { RegistryFile } from '../artifact/parsed.ts';
import { type Context, report } from './draft.ts';
import { childrenOf, type Element, readMarkup } from './markup.ts';
import { contentOfFile } from '../files/content-key.ts';
import { addToProject, type ProjectReading } from './project-reading.ts';
import { registryArtifact, registryEntries, type RegistryEntry, writtenResources } from './registry.ts';

/** Folders of resources/ that are no registry resources, or that have some by another path. */
const otherFolders = new Set(['connectors', 'inbound-connectors', 'metadata', 'api-definitions', 'conf', 'registry']);
const isOther = (folder: string): boolean => otherFolders.has(basename(folder));

/**
 * Registry resources that `resources/registry/artifact.xml` and `resources/artifact.xml` declare, and files beside them
 * that neither does. Registry paths map to folders as in wso2/mi-vscode, util/importCapp.ts.
 */
export function readRegistry(reading: ProjectReading, resources: string): void {
  const { context } = reading;
  const used = new Set<string>();
  for (const file of [join(resources, 'artifact.xml'), join(resources, 'registry', 'artifact.xml')]) {
    if (!isFile(file)) continue;
    for (const element of artifactElements(context, file))
      for (const read of readDeclared(reading, resources, file, element)) used.add(read);
  }
  const candidates = [
    ...filesBelow(context, join(resources, 'registry')),
    ...foldersIn(context, resources, isOther)
      .filter((folder) => !isOther(folder))
      .flatMap((folder) => filesBelow(context, folder)),
    ...filesIn(context, resources),
  ];
  for (const file of candidates.filter((candidate) => !used.has(candidate) && basename(candidate) !== 'artifact.xml')) {
    const path = context.display(file);
    const registryPath = registryPathOf(resources, file);
    const parsed = registryArtifact(
      basename(file),
      { path, line: 1, column: 1 },
      [{ path, registryPath, content: contentOfFile(file) }],
      flowsIn(context, [file]),
    );
    report(context, parsed.source, {
      code: 'MI-PRJ-UNLISTED-RESOURCE',
      message: `${path} is declared in no artifact.xml; the build skips it.`,
      hint: 'Declare it as a registry resource if a flow reads it.',
    });
    addToProject(reading, parsed, '');
  }
}

/** `<artifact>` elements of an artifact.xml; none, and a diagnostic, when it cannot be read. */
export function artifactElements(context: Context, file: string): readonly Element[] {
  const text = readText(context, file);
  if (text === undefined) return [];
  const document = readMarkup(text, context.display(file));
  if ('root' in document) return childrenOf(document.root, 'artifact');
  context.findings.diagnostics.push(document.problem);
  return [];
}

/** Reads a declared resource; returns the files that it has. */
function readDeclared(
  reading: ProjectReading,
  resources: string,
  descriptor: string,
  element: Element,
): readonly string[] {
  const { context } = reading;
  const name = element.attributes.get('name') ?? '';
  const version = element.attributes.get('version') ?? '';
  const { parsed, files } = readRegistryElement(context, element, (entry) => placesOf(resources, entry));
  const path = context.display(files.length === 1 && files[0] !== undefined ? files[0] : descriptor);
  if (files.length === 0) addToProject(reading, parsed, version);
  else
    addToProject(reading, parsed, version, {
      name,
      version,
      type: 'registry/resource',
      serverRole: 'EnterpriseIntegrator',
      file: 'registry-info.xml',
      path,
    });
  return files;
}

/**
 * Reads one `<artifact type="registry/resource">` of an artifact.xml; `candidates` says where the file of an entry may
 * lie.
 */
export function readRegistryElement(
  context: Context,
  element: Element,
  candidates: (entry: RegistryEntry) => readonly string[],
) {
  const files: string[] = [];
  const resources: RegistryFile[] = [];
  for (const entry of registryEntries(element)) {
    const places = candidates(entry);
    const place = places.find((candidate) => (entry.type === 'item' ? isFile(candidate) : isFolder(candidate)));
    const generated = place === undefined ? dataMapperSources(context, places) : [];
    if (generated.length > 0) {
      files.push(...generated);
      resources.push({
        path: context.display(generated[0] ?? ''),
        registryPath: entry.registryPath,
        ...(entry.mediaType && { mediaType: entry.mediaType }),
        content: () => '',
      });
      continue;
    }
    if (place === undefined) {
      report(context, entry.element.source, {
        code: 'MI-REGISTRY-NO-FILE',
        severity: 'warning',
        message: `Registry resource ${element.attributes.get('name') ?? ''} names ${entry.file || 'no file'}, which does not exist; the build skips it.`,
        hint: `Add the file, or remove the entry for ${entry.registryPath}.`,
      });
      continue;
    }
    for (const file of entry.type === 'item' ? [place] : filesBelow(context, place)) {
      files.push(file);
      const inside = relative(place, file).split(sep).join('/');
      resources.push({
        path: context.display(file),
        registryPath: entry.registryPath + inside,
        ...(entry.type === 'collection' && { inCollection: true as const }),
        ...(entry.mediaType && { mediaType: entry.mediaType }),
        content: contentOfFile(file),
      });
    }
  }
  return {
    parsed: writtenResources(
      context,
      element.attributes.get('name') ?? '',
      element.source,
      resources,
      flowsIn(context, files),
    ),
    files,
  };
}

/**
 * TypeScript beside a missing file of a data mapper: the build makes the file from it (vscode-car-plugin,
 * DataMapperBundler.java).
 */
function dataMapperSources(context: Context, places: readonly string[]): string[] {
  const folder = places
    .map((place) => dirname(place))
    .find((candidate) => candidate.includes(`${sep}datamapper${sep}`) && isFolder(candidate));
  return folder === undefined ? [] : filesIn(context, folder).filter((file) => file.endsWith('.ts'));
}

function flowsIn(context: Context, files: readonly string[]) {
  return files.filter(mayHoldFlow).map((file) => flowContents(readText(context, file) ?? '', context.display(file)));
}

/** Where the file of an entry may lie in a current MI project, by its registry path. */
export function placesOf(resources: string, entry: RegistryEntry): string[] {
  const path = entry.registryPath.replace(/\/$/, '');
  const folders: readonly (readonly [string, string])[] = [
    ['/_system/governance/mi-resources', resources],
    ['/_system/governance', join(resources, 'registry', 'gov')],
    ['/_system/config', join(resources, 'registry', 'conf')],
  ];
  return folders
    .filter(([prefix]) => path === prefix || path.startsWith(`${prefix}/`))
    .map(([prefix, folder]) => join(folder, path.slice(prefix.length)));
}

function registryPathOf(resources: string, file: string): string {
  const path = relative(resources, file).split(sep).join('/');
  if (path.startsWith('registry/gov/')) return `/_system/governance/${path.slice('registry/gov/'.length)}`;
  if (path.startsWith('registry/conf/')) return `/_system/config/${path.slice('registry/conf/'.length)}`;
  return `/_system/governance/mi-resources/${path}`;
}
