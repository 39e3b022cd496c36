import type { Limits } from '../files/limits.ts';
import { checkLimits, eachLayer, type LayerListing } from './layers.ts';
import type { ImageSource } from './source.ts';
import type { TarEntry } from './tar.ts';

export interface FolderNode {
  readonly type: 'folder';
  readonly children: Map<string, FileNode>;
}

export interface RegularFile {
  readonly type: 'file';
  readonly size: number;
  /** Layer that brings it, and which entry of that layer it is, to read it again. */
  readonly layer: number;
  readonly ordinal: number;
  readonly mode: number;
  readonly owner: TarEntry['owner'];
  /** Kept while the layer was read, when it was asked for and there was room. */
  content?: Buffer;
}

interface LinkNode {
  readonly type: 'link';
  readonly target: string;
}

export type FileNode = FolderNode | RegularFile | LinkNode | { readonly type: 'other' };

export interface FileTree {
  readonly root: FolderNode;
  /** Names that were left out because they would leave the image, as the archive has them. */
  readonly refused: readonly string[];
  /** Files, links and folders in all layers together. */
  readonly entries: number;
  /** Unpacked bytes of all layers together. */
  readonly bytes: number;
}

const whiteout = '.wh.';
const opaque = '.wh..wh..opq';

/**
 * Lays the layers of an image over each other, as a container sees them (OCI image specification, layer.md): whiteouts
 * remove, files replace. Content is kept only where `wantsContent` says so and up to `limits.imageKeptBytes` in all.
 * Throws InputError when a layer is damaged or the image is beyond a limit.
 */
export async function readFileTree(
  image: ImageSource,
  limits: Limits,
  wantsContent: (path: string, size: number) => boolean,
): Promise<FileTree> {
  const root: FolderNode = { type: 'folder', children: new Map() };
  const refused: string[] = [];
  let [entries, bytes, kept, layer] = [0, 0, 0, 0];
  const wanted = ({ name, type, size }: TarEntry): boolean => {
    const parts = type === 'file' ? partsOf(name) : undefined;
    return parts !== undefined && wantsContent(`/${parts.join('/')}`, size);
  };
  for await (const listing of eachLayer(image, limits, wanted)) {
    entries += listing.entries.length;
    bytes += listing.bytes;
    checkLimits(image.name, limits, entries, bytes);
    const added = layOver(root, layer, listing, refused);
    layer += 1;
    for (const { node, content } of added) {
      if (kept + content.length > limits.imageKeptBytes) continue;
      kept += content.length;
      node.content = content;
    }
  }
  return { root, refused, entries, bytes };
}

/** Lays one layer over what is below it. Returns the files whose content was kept while it was read. */
function layOver(
  root: FolderNode,
  layer: number,
  listing: LayerListing,
  refused: string[],
): { readonly node: RegularFile; readonly content: Buffer }[] {
  /** What this layer has brought: whiteouts in it remove only what lies below. */
  const own = new Set<FileNode>();
  const added: { readonly node: RegularFile; readonly content: Buffer }[] = [];
  for (const [index, { entry, content }] of listing.entries.entries()) {
    const parts = partsOf(entry.name);
    if (parts === undefined) {
      refused.push(entry.name);
      continue;
    }
    const name = parts.at(-1);
    if (name === undefined) continue;
    const folder = folderFor(root, parts.slice(0, -1), own);
    if (name.startsWith(whiteout)) {
      remove(folder, name, own);
      continue;
    }
    const node = nodeOf(root, entry, { layer, ordinal: index + 1 }, folder.children.get(name));
    if (node === undefined) {
      refused.push(`${entry.name} -> ${entry.target}`);
      continue;
    }
    folder.children.set(name, node);
    own.add(node);
    if (node.type === 'file' && entry.type === 'file' && content !== undefined) added.push({ node, content });
  }
  return added;
}

/**
 * The parts of a path in a layer; undefined for one that leads out of the image. Absolute names start at the image's
 * root.
 */
function partsOf(name: string): string[] | undefined {
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  return parts.includes('..') || name.includes('\0') || parts.length > 256 ? undefined : parts;
}

/**
 * The folder for an entry. A link to a folder stays a link: what a layer puts "below" it lies where the link leads, so
 * it is resolved, and made where nothing is there.
 */
function folderFor(root: FolderNode, parts: readonly string[], own: Set<FileNode>): FolderNode {
  let folder = root;
  for (const [index, part] of parts.entries()) {
    let next = folder.children.get(part);
    if (next?.type === 'link') next = resolve(root, parts.slice(0, index + 1))?.node;
    if (next?.type !== 'folder') {
      next = { type: 'folder', children: new Map() };
      folder.children.set(part, next);
      own.add(next);
    }
    folder = next;
  }
  return folder;
}

function remove(folder: FolderNode, name: string, own: ReadonlySet<FileNode>): void {
  if (name === opaque) keepOwn(folder, own);
  else {
    const removed = name.slice(whiteout.length);
    const node = folder.children.get(removed);
    if (node === undefined) return;
    if (!own.has(node)) folder.children.delete(removed);
    else if (node.type === 'folder') keepOwn(node, own);
  }
}

/** Leaves only what the layer itself has brought, which may come before the whiteout in it. */
function keepOwn(folder: FolderNode, own: ReadonlySet<FileNode>): void {
  for (const [name, node] of folder.children) {
    if (node.type === 'folder') {
      keepOwn(node, own);
      if (node.children.size === 0 && !own.has(node)) folder.children.delete(name);
    } else if (!own.has(node)) folder.children.delete(name);
  }
}

/** Undefined for a hard link to what is not in the image. */
function nodeOf(
  root: FolderNode,
  entry: TarEntry,
  place: Pick<RegularFile, 'layer' | 'ordinal'>,
  before: FileNode | undefined,
): FileNode | undefined {
  switch (entry.type) {
    case 'folder':
      return before?.type === 'folder' ? before : { type: 'folder', children: new Map() };
    case 'link':
      return { type: 'link', target: entry.target };
    case 'hard-link': {
      const parts = partsOf(entry.target);
      const node = parts === undefined ? undefined : resolve(root, parts)?.node;
      return node?.type === 'file' ? node : undefined;
    }
    case 'file':
      return { type: 'file', size: entry.size, ...place, mode: entry.mode, owner: entry.owner };
    default:
      return { type: 'other' };
  }
}

/**
 * What a path leads to, links followed inside of the image: `..` at its root stays there, as for a process in the
 * container.
 */
export function resolve(
  root: FolderNode,
  path: readonly string[],
): { readonly node: FileNode; readonly path: readonly string[] } | undefined {
  const rest = [...path].toReversed();
  let found: { readonly name: string; readonly node: FileNode }[] = [];
  for (let hops = 0; rest.length > 0;) {
    const part = rest.pop() ?? '';
    if (part === '' || part === '.') continue;
    if (part === '..') {
      found.pop();
      continue;
    }
    const folder = found.at(-1)?.node ?? root;
    const node = folder.type === 'folder' ? folder.children.get(part) : undefined;
    if (node === undefined) return undefined;
    if (node.type !== 'link') {
      found.push({ name: part, node });
      continue;
    }
    hops += 1;
    if (hops > 40 || node.target.length > 4096) return undefined;
    if (node.target.startsWith('/')) found = [];
    rest.push(...node.target.split('/').toReversed());
  }
  return { node: found.at(-1)?.node ?? root, path: found.map(({ name }) => name) };
}
