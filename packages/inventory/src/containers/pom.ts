import { dirname, join, resolve } from 'node:path';
import type { Source } from '../model/diagnostic.ts';
import { isFile, isFolder, readText } from './disk.ts';
import type { Context } from './draft.ts';
import { child, childrenOf, childText, type Element, readMarkup } from './markup.ts';

/** What a pom.xml says, with the properties of its parents and every `${…}` that can be resolved. */
export interface Pom {
  readonly groupId: string;
  readonly artifactId: string;
  readonly version: string;
  readonly packaging: string;
  readonly properties: ReadonlyMap<string, string>;
  /** Where each property is set. */
  readonly propertySources: ReadonlyMap<string, Source>;
  readonly dependencies: readonly PomDependency[];
  readonly source: Source;
}

export interface PomDependency {
  readonly groupId: string;
  readonly artifactId: string;
  readonly version: string;
  readonly type: string;
  /** `test`, `provided` and so on; `compile` when the pom says nothing. */
  readonly scope: string;
  readonly source: Source;
}

/** Pom files by path, read once. */
export type PomCache = Map<string, Pom | undefined>;

const maximumParents = 16;

/**
 * Reads `pom.xml` of a folder; undefined when there is none or when it cannot be read, which is reported once. Parents
 * are followed by `<relativePath>` (default `../pom.xml`) when they are on disk, as Maven does; a version, groupId or
 * property that only a parent in a repository knows stays as written.
 */
export function readPom(context: Context, folder: string, cache: PomCache): Pom | undefined {
  return readPomFile(context, join(folder, 'pom.xml'), cache, 0);
}

function readPomFile(context: Context, path: string, cache: PomCache, depth: number): Pom | undefined {
  if (cache.has(path)) return cache.get(path);
  // Set before the parent is read: a pom that is its own parent ends here.
  cache.set(path, undefined);
  if (depth > maximumParents || !isFile(path)) return undefined;
  const text = readText(context, path);
  if (text === undefined) return undefined;
  const document = readMarkup(text, context.display(path));
  if ('problem' in document) {
    context.findings.diagnostics.push(document.problem);
    return undefined;
  }
  if (document.root.name !== 'project') return undefined;
  const parent = parentFile(path, document.root);
  const found = parent === undefined ? undefined : readPomFile(context, parent.file, cache, depth + 1);
  // Maven takes the file only if it is the parent that is named.
  const pom = pomOf(document.root, found?.artifactId === parent?.artifactId ? found : undefined);
  cache.set(path, pom);
  return pom;
}

/** The file of the parent that a pom names, and the artifact it has to be; undefined where there is none to read. */
function parentFile(
  path: string,
  root: Element,
): { readonly file: string; readonly artifactId: string | undefined } | undefined {
  const declared = child(root, 'parent');
  if (declared === undefined) return undefined;
  const relative = child(declared, 'relativePath');
  if (relative !== undefined && relative.text === '') return undefined;
  const named = resolve(dirname(path), relative?.text ?? '../pom.xml');
  return { file: isFolder(named) ? join(named, 'pom.xml') : named, artifactId: childText(declared, 'artifactId') };
}

function pomOf(root: Element, parent: Pom | undefined): Pom {
  const declared = child(root, 'parent');
  const properties = new Map(parent?.properties);
  const propertySources = new Map(parent?.propertySources);
  for (const property of child(root, 'properties')?.children ?? []) {
    properties.set(property.name, property.text);
    propertySources.set(property.name, property.source);
  }
  const raw = {
    groupId: childText(root, 'groupId') ?? parent?.groupId ?? childText(declared, 'groupId') ?? '',
    artifactId: childText(root, 'artifactId') ?? '',
    version: childText(root, 'version') ?? parent?.version ?? childText(declared, 'version') ?? '',
  };
  const known = new Map(properties);
  for (const prefix of ['project.', 'pom.', '']) {
    for (const [name, value] of Object.entries(raw))
      if (prefix !== '' || !known.has(name)) known.set(`${prefix}${name}`, value);
  }
  for (const name of ['groupId', 'version'] as const) {
    const text = parent?.[name] ?? childText(declared, name);
    if (text !== undefined) known.set(`project.parent.${name}`, text);
  }
  const fill = (text: string): string => interpolate(text, known);
  return {
    groupId: fill(raw.groupId),
    artifactId: fill(raw.artifactId),
    version: fill(raw.version),
    packaging: fill(childText(root, 'packaging') ?? 'jar'),
    properties: new Map([...properties].map(([name, value]) => [name, fill(value)])),
    propertySources,
    dependencies: dependenciesOf(root, fill),
    source: (child(root, 'artifactId') ?? root).source,
  };
}

/**
 * What a pom depends on, with version and scope from its dependency management where it does not say them. Of one that
 * is listed twice Maven takes the last, with a warning (3.8.7, DefaultModelNormalizer.java).
 */
function dependenciesOf(root: Element, fill: (text: string) => string): Pom['dependencies'] {
  const said = (element: Element, name: string): string => fill(childText(element, name) ?? '');
  const keyOf = (element: Element): string => `${said(element, 'groupId')}:${said(element, 'artifactId')}`;
  const managed = new Map(
    childrenOf(child(child(root, 'dependencyManagement'), 'dependencies'), 'dependency').map((element) => [
      keyOf(element),
      { version: said(element, 'version'), scope: said(element, 'scope') },
    ]),
  );
  const listed = new Map<string, PomDependency>();
  for (const element of childrenOf(child(root, 'dependencies'), 'dependency')) {
    const above = managed.get(keyOf(element));
    const type = fill(childText(element, 'type') ?? 'jar');
    listed.set(`${keyOf(element)}:${type}:${said(element, 'classifier')}`, {
      groupId: said(element, 'groupId'),
      artifactId: said(element, 'artifactId'),
      version: fill(childText(element, 'version') ?? above?.version ?? ''),
      type,
      scope: said(element, 'scope') || above?.scope || 'compile',
      source: element.source,
    });
  }
  return [...listed.values()];
}

/** Text longer than this is left as it is written: properties of properties of properties multiply. */
const longestFilled = 64 * 1024;

/** Replaces `${name}` by its value, also inside values, but never for ever. */
function interpolate(text: string, values: ReadonlyMap<string, string>, depth = 0): string {
  if (depth > 8 || text.length > longestFilled || !text.includes('${')) return text;
  let room = longestFilled;
  const filled = text.replace(/\$\{([^{}]*)\}/g, (whole, name: string) => {
    const value = values.get(name) ?? whole;
    room -= value.length;
    return room < 0 ? whole : value;
  });
  return filled === text ? text : interpolate(filled, values, depth + 1);
}

/** The plugin and MI write versions of artifacts without `-SNAPSHOT` (vscode-car-plugin, CARMojo.java). */
export function withoutSnapshot(version: string): string {
  return version.replace('-SNAPSHOT', '');
}
