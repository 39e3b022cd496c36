import { type Dirent, lstatSync } from 'node:fs';
import { basename, dirname, join, sep } from 'node:path';
import { finding } from '../findings/catalogue.ts';
import { InputError } from '../files/input-error.ts';
import { isFile, isFolder, isIn, isInAny, isInsideRoots, listFolder, realPath } from './disk.ts';
import { type Context, report, startOf } from './draft.ts';
import { claimFolder, type Discovery, type Interest, isConnector, isExploded } from './folder-kind.ts';
import { isOwnPackage, packageManifest } from './own-package.ts';
import type { PomCache } from './pom.ts';

interface Walk {
  readonly context: Context;
  readonly found: Discovery;
  readonly poms: PomCache;
  /** Real paths of folders visited. */
  readonly seen: Set<string>;
  /** Folders that a container reader reads by itself, whether they exist or not. */
  readonly reserved: Set<string>;
  /** Real paths of those that exist. */
  readonly claimed: Set<string>;
  /** Folders in containers that their readers look into: links there are followed wherever they lead. */
  readonly parts: Set<string>;
  /** Links elsewhere, which are followed last: what they lead to may be reached without them. */
  readonly links: {
    readonly link: string;
    readonly root: string;
    readonly interest: Interest;
    readonly depth: number;
  }[];
  root: string;
  entries: number;
}

const outputFolders = new Set(['target', 'build', 'dist', 'out', 'bin']);
/** Where Maven and Gradle look for tests, which are no part of what they build. */
const tests = join(sep, 'src', 'test');
const buildFiles = ['pom.xml', 'build.gradle', 'build.gradle.kts', 'package.json', '.project'];

/**
 * Walks the given paths once and says what is there. Hidden folders, node_modules, build output beside a build file,
 * tests (`src/test`), what a server unpacked and packages of ours are left out; links to folders are followed only
 * inside the given paths. Throws {@link InputError} when there is too much to walk. The outcome does not depend on the
 * order of the paths.
 *
 * @param roots absolute paths that exist, without duplicates.
 */
export function discover(context: Context, roots: readonly string[]): Discovery {
  const found: Discovery = {
    projects: [],
    modules: [],
    exporters: [],
    archives: [],
    exploded: [],
    servers: [],
    configurations: [],
    tests: [],
    dockerfiles: [],
    loose: [],
  };
  const folders = roots.filter((root) => isFolder(root));
  const walk: Walk = {
    context,
    found,
    poms: new Map(),
    seen: new Set(),
    reserved: new Set(),
    claimed: new Set(),
    parts: new Set(),
    links: [],
    root: '',
    entries: 0,
  };
  for (const root of folders) {
    walk.root = root;
    if (!insideClaimed(walk, root)) visit(walk, root, 'everything', 0);
  }
  // Grows while links are followed.
  for (const { link, root, interest, depth } of walk.links) {
    walk.root = root;
    if (!insideClaimed(walk, link) && isInsideRoots(context, link)) visit(walk, link, interest, depth);
  }
  const others = roots.filter((root) => !folders.includes(root));
  if (others.length === 0) return found;
  const files = new Set(
    [...found.archives, ...found.configurations, ...found.loose.map(({ file }) => file)].map(realPath),
  );
  for (const root of others) {
    if (files.has(realPath(root))) continue;
    const name = root.toLowerCase();
    if (name.endsWith('.car')) found.archives.push(root);
    else if (insideClaimed(walk, root)) continue;
    else if (name.endsWith('.toml')) found.configurations.push(root);
    else if (basename(root) === 'pom.xml') visitNearby(walk, root);
    else found.loose.push({ file: root, root, given: true });
  }
  return found;
}

/** A pom.xml that is given stands for its folder. */
function visitNearby(walk: Walk, pom: string): void {
  walk.root = dirname(pom);
  visit(walk, dirname(pom), 'everything', 0);
}

function visit(walk: Walk, folder: string, interest: Interest, depth: number): void {
  const { context, found } = walk;
  const real = realPath(folder);
  if (walk.seen.has(real)) return;
  walk.seen.add(real);
  if (depth > context.limits.folderDepth) {
    report(context, startOf(context.display(folder)), {
      code: 'MI-READ-TOO-DEEP',
      message: `${context.display(folder)} is more than ${context.limits.folderDepth} folders deep and was not read.`,
      hint: 'Pass the path of the project itself.',
    });
    return;
  }
  const entries = listFolder(context, folder);
  count(walk, entries.length);
  const folderNames = new Set(entries.filter((entry) => kindOf(folder, entry) === 'folder').map((entry) => entry.name));
  const fileNames = new Set(entries.filter((entry) => kindOf(folder, entry) === 'file').map((entry) => entry.name));
  // Below a given path a package is what an earlier run made of the artifacts, not a source of them; a given one is
  // read.
  if (depth > 0 && fileNames.has(packageManifest.name) && isOwnPackage(folder)) {
    walk.seen.delete(real);
    if (!context.roots.includes(real)) reportOwnPackage(context, folder);
    return;
  }
  if (isConnector(context, folder, fileNames)) return;
  if (interest === 'archives' || interest === 'leftovers') {
    takeFiles(walk, folder, fileNames, interest);
    for (const name of folderNames) descend(walk, join(folder, name), interest, depth);
    return;
  }
  if (isExploded(folder, fileNames, folderNames)) {
    found.exploded.push(folder);
    return;
  }
  const claim = claimFolder(context, found, walk.poms, { folder, folders: folderNames, files: fileNames });
  const inner: Interest = claim.interest === 'containers' ? 'containers' : interest;
  takeFiles(walk, folder, fileNames, inner);
  const hasBuild = buildFiles.some((name) => fileNames.has(name));
  for (const path of claim.inner.keys()) walk.parts.add(join(folder, path));
  for (const path of claim.folders) reserve(walk, { folder, real }, path);
  for (const name of folderNames) {
    if (name === 'node_modules' || (hasBuild && outputFolders.has(name) && !claim.folders.has(name))) continue;
    descend(walk, join(folder, name), claim.inner.get(name) ?? inner, depth);
  }
}

/** Leaves a folder in a container to its reader, and what a link on the way to it leads to. */
function reserve(
  { context, reserved, parts }: Walk,
  { folder, real }: { readonly folder: string; readonly real: string },
  path: string,
): void {
  const place = join(folder, path);
  reserved.add(place);
  for (let above = dirname(place); above !== folder; above = dirname(above)) parts.add(above);
  const target = realPath(place);
  if (target !== join(real, path) && !isIn(target, real) && isFolder(target)) context.followed.add(target);
}

function reportOwnPackage(context: Context, folder: string): void {
  const shown = context.display(folder);
  report(context, startOf(shown), {
    code: 'MI-READ-PACKAGE',
    message: `${shown} is a package that mi-patterns wrote, so it is not read.`,
    hint: 'To read it, pass the folder or an archive in it as a path.',
  });
}

function takeArchives(walk: Walk, folder: string, files: Iterable<string>): void {
  for (const name of files) if (name.toLowerCase().endsWith('.car')) walk.found.archives.push(join(folder, name));
}

function takeFiles(walk: Walk, folder: string, files: ReadonlySet<string>, interest: Interest): void {
  if (interest !== 'leftovers') takeArchives(walk, folder, files);
  const isContainer = interest === 'everything' || interest === 'containers';
  for (const name of files) {
    const file = join(folder, name);
    if (isContainer && name === 'deployment.toml') walk.found.configurations.push(file);
    else if (isContainer && /^Dockerfile(\.\w+)?$/.test(name)) walk.found.dockerfiles.push(file);
    else if (/\.(xml|dbs)$/i.test(name) && name !== 'pom.xml') {
      if (interest === 'everything') walk.found.loose.push({ file, root: walk.root, given: false });
      else walk.context.unread.add(file);
    }
  }
}

function descend(walk: Walk, path: string, interest: Interest, depth: number): void {
  if (walk.reserved.has(path)) {
    walk.claimed.add(realPath(path));
    return;
  }
  if (path.endsWith(tests)) walk.found.tests.push(path);
  if (basename(path).startsWith('.') || isUnpacked(path) || path.endsWith(tests)) return;
  if (lstatSync(path).isSymbolicLink() && !walk.parts.has(path))
    walk.links.push({ link: path, root: walk.root, interest, depth: depth + 1 });
  else visit(walk, path, interest, depth + 1);
}

/**
 * Where a server unpacks its archives, `tmp/carbonapps`: copies of what lies elsewhere or is gone, which the next start
 * removes.
 */
function isUnpacked(path: string): boolean {
  return basename(path) === 'carbonapps' && basename(dirname(path)) === 'tmp';
}

/** True for a path in a folder that is read as part of a container: it is in the inventory already. */
const insideClaimed = (walk: Walk, path: string): boolean => isInAny(walk.claimed, realPath(path));

function count(walk: Walk, entries: number): void {
  walk.entries += entries;
  if (walk.entries <= walk.context.limits.walkedEntries) return;
  throw new InputError([
    finding(
      'MI-INPUT-TOO-LARGE',
      `The given paths contain more than ${walk.context.limits.walkedEntries} files and folders.`,
      'Pass the paths of the projects and archives themselves.',
    ),
  ]);
}

function kindOf(folder: string, entry: Dirent): 'file' | 'folder' | 'other' {
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return 'folder';
  if (!entry.isSymbolicLink()) return 'other';
  const target = join(folder, entry.name);
  if (isFile(target)) return 'file';
  return isFolder(target) ? 'folder' : 'other';
}
