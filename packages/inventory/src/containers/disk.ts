import {
  closeSync,
  type Dirent,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readSync,
  realpathSync,
  type Stats,
  statSync,
} from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { withoutWaiting } from '../files/without-waiting.ts';
import { compareText } from '../model/diagnostic.ts';
import { decodeXml } from '../xml/decode.ts';
import { type Context, report, startOf } from './draft.ts';

/** Text of a file on disk; undefined, and a diagnostic, when it cannot be read or is too large. */
export function readText(context: Context, path: string): string | undefined {
  context.unread.delete(path);
  const bytes = readBytes(context, path);
  if (bytes !== undefined) context.filesRead?.add(path, bytes);
  return bytes && decodeText(context, bytes, context.display(path));
}

/**
 * Text of a deployment.toml as MI reads it, whatever its bytes: always UTF-8, and a byte order mark is part of it.
 * Undefined, and a diagnostic, when it cannot be read.
 */
export function readTomlText(context: Context, path: string): string | undefined {
  context.unread.delete(path);
  return readBytes(context, path)?.toString('utf8');
}

/** Where files of usual size are read into, one after the other: a buffer for each cost a tenth of the reading. */
const shared = Buffer.allocUnsafe(64 * 1024);

/**
 * Bytes of a file on disk, valid until the next one is read, of at most `limits.textBytes`; undefined, and a
 * diagnostic, when it cannot be read or is too large.
 */
function readBytes(context: Context, path: string): Buffer | undefined {
  let file: number | undefined;
  try {
    file = openSync(path, withoutWaiting);
    const status = fstatSync(file);
    if (!status.isFile()) {
      denied(context, path, notRegular);
      return undefined;
    }
    const { size } = status;
    if (size > context.limits.textBytes) {
      tooLarge(context, context.display(path), size);
      return undefined;
    }
    const bytes = size <= shared.length ? shared : Buffer.allocUnsafe(size);
    let length = 0;
    while (length < size) {
      const count = readSync(file, bytes, length, size - length, length);
      if (count === 0) break;
      length += count;
    }
    return bytes.subarray(0, length);
  } catch (error) {
    denied(context, path, error);
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** Longest beginning of a file in which its root element names its namespace. */
const beginning = 64 * 1024;

/**
 * False for a file that names nothing of MI where it begins, in whatever encoding; true where nobody can tell. For
 * files whose text cannot be read.
 */
export function mayBeArtifact(path: string): boolean {
  if (path.endsWith('.dbs')) return true;
  let file: number | undefined;
  try {
    file = openSync(path, withoutWaiting);
    const bytes = Buffer.alloc(beginning);
    const length = readSync(file, bytes, 0, bytes.length, 0);
    return bytes.toString('latin1', 0, length).replaceAll('\0', '').includes('http://ws.apache.org/ns/synapse');
  } catch {
    return true;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function tooLarge(context: Context, path: string, size: number): void {
  report(context, startOf(path), {
    code: 'MI-READ-TOO-LARGE',
    message: `${path} has ${size} bytes; at most ${context.limits.textBytes} are read.`,
    hint: 'Check that the file belongs here. Its content was not read.',
  });
}

/** @param error what the file system says, or in words what stands where a file should. */
function denied(context: Context, path: string, error: unknown): void {
  const reason = error instanceof Error ? (/^[A-Z]+/.exec(error.message)?.[0] ?? error.message) : String(error);
  report(context, startOf(context.display(path)), {
    code: 'MI-READ-DENIED',
    message: `${context.display(path)} cannot be read (${reason}).`,
    hint: `${error instanceof Error ? 'Make the file readable' : 'Put a file in its place'}, or exclude it from the given paths; everything else was read.`,
  });
}

/** Entries of a folder in the order of their names; empty, and a diagnostic, when it cannot be read. */
export function listFolder(context: Context, path: string): Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true })
      .filter((entry) => hasReadableName(context, below(path, entry.name)) && isReadable(context, path, entry))
      .toSorted((a, b) => compareText(a.name, b.name));
  } catch (error) {
    denied(context, path, error);
    return [];
  }
}

/** False, and a diagnostic, for a name that is not UTF-8: under the name that Node makes of it there is nothing. */
function hasReadableName(context: Context, path: string): boolean {
  if (!path.includes('\ufffd') || lstatSync(path, { throwIfNoEntry: false }) !== undefined) return true;
  report(context, startOf(context.display(path)), {
    code: 'MI-READ-DENIED',
    message: `${context.display(path)} cannot be read: its name is not valid UTF-8.`,
    hint: 'Rename it, or exclude it from the given paths; everything else was read.',
  });
  return false;
}

/** False for a pipe, a socket or a device; with a diagnostic where its name is that of something to deploy. */
function isReadable(context: Context, folder: string, entry: Dirent): boolean {
  if (entry.isFile() || entry.isDirectory() || entry.isSymbolicLink()) return true;
  if (/\.(?:xml|dbs|car)$/i.test(entry.name)) denied(context, below(folder, entry.name), notRegular);
  return false;
}

const notRegular = 'not a regular file';

/** Whether a folder is there, or a link to one. */
export function isFolder(path: string): boolean {
  return statOf(path)?.isDirectory() ?? false;
}

/** Whether a regular file is there, or a link to one. */
export function isFile(path: string): boolean {
  return statOf(path)?.isFile() ?? false;
}

/** Undefined for what does not exist or cannot be reached, for example a loop of links. */
function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

/** The path without links; as it is where it leads nowhere. */
export function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** Whether a file or folder is read by a link in a container already. */
export function isFollowed(context: Context, file: string): boolean {
  return context.followed.size > 0 && isInAny(context.followed, realPath(file));
}

/** Whether a link in a container leads to this very file. */
export function isLinkedTo(context: Context, file: string): boolean {
  return context.followed.size > 0 && context.followed.has(realPath(file));
}

/** For paths without links: whether one is in a set, or below one that is. */
export function isInAny(paths: ReadonlySet<string>, path: string): boolean {
  for (let above = path; ; above = dirname(above)) {
    if (paths.has(above)) return true;
    if (above === dirname(above)) return false;
  }
}

/** For paths without links: whether one is a folder itself, or below it. */
export function isIn(folder: string, path: string): boolean {
  return path === folder || path.startsWith(join(folder, sep));
}

/** False, and a diagnostic, for a link to a folder outside of the given ones. */
export function isInsideRoots(context: Context, link: string): boolean {
  const target = realPath(link);
  if (context.roots.some((root) => isIn(root, target))) return true;
  notFollowed(context, link, ' outside the given paths', 'Pass the path of its target too, if it contains artifacts.');
  return false;
}

function notFollowed(context: Context, link: string, where: string, hint: string): void {
  report(context, startOf(context.display(link)), {
    code: 'MI-READ-LINK',
    message: `${context.display(link)} is a link to a folder${where} and was not followed.`,
    hint,
  });
}

/** Absolute paths of what lies directly in a folder, in the order of the names. */
export interface FolderContents {
  /** Regular files and links to them. */
  readonly files: readonly string[];
  readonly hiddenFiles: readonly string[];
  /** Hidden ones and links left out. */
  readonly folders: readonly string[];
  /** Links to folders, but for those that lead back to where they are. */
  readonly links: readonly string[];
  /** Those of the files that are links, hidden ones too. */
  readonly fileLinks: readonly string[];
}

/** Reads a folder that exists; empty, and a diagnostic, when it cannot be read. */
export function contentsOf(context: Context, folder: string): FolderContents {
  const files: string[] = [];
  const hiddenFiles: string[] = [];
  const folders: string[] = [];
  const links: string[] = [];
  const fileLinks: string[] = [];
  for (const entry of listFolder(context, folder)) {
    const path = below(folder, entry.name);
    const isHidden = entry.name.startsWith('.');
    const isLink = entry.isSymbolicLink() && isFile(path);
    if (isLink) fileLinks.push(path);
    if (isLink || entry.isFile()) (isHidden ? hiddenFiles : files).push(path);
    else if (!isHidden && entry.isDirectory()) folders.push(path);
    else if (!isHidden && entry.isSymbolicLink() && leadsToFolder(context, folder, path)) links.push(path);
  }
  return { files, hiddenFiles, folders, links, fileLinks };
}

/** For a link to something else than a file; a diagnostic for one that leads nowhere. */
function leadsToFolder(context: Context, folder: string, link: string): boolean {
  const target = statOf(link);
  if (target === undefined) denied(context, link, 'it is a link that leads nowhere');
  else if (!target.isDirectory()) denied(context, link, notRegular);
  return target?.isDirectory() === true && !isIn(realPath(link), realPath(folder));
}

/**
 * The folders and the links that are followed, as the build follows them (java.io.File.listFiles in
 * CAppHandler.processArtifactsInFolder): those inside the given paths, and those that are read in any case.
 */
export function withLinks(
  context: Context,
  { folders, links }: Pick<FolderContents, 'folders' | 'links'>,
  isRead: (link: string) => boolean = () => false,
): readonly string[] {
  const followed = links.filter((link) => isRead(link) || isInsideRoots(context, link));
  for (const link of followed) context.followed.add(realPath(link));
  return [...folders, ...followed];
}

const nothing: FolderContents = { files: [], hiddenFiles: [], folders: [], links: [], fileLinks: [] };

/** As {@link contentsOf}; empty when there is no such folder. */
function contentsIfAny(context: Context, folder: string): FolderContents {
  return isFolder(folder) ? contentsOf(context, folder) : nothing;
}

/**
 * Regular files directly in a folder, links to files included, hidden ones left out. Empty when there is no such
 * folder.
 */
export function filesIn(context: Context, folder: string): readonly string[] {
  return contentsIfAny(context, folder).files;
}

/**
 * Folders directly in a folder, links as `withLinks` follows them included, hidden ones left out. Empty when there is
 * no such folder.
 */
export function foldersIn(context: Context, folder: string, isRead: (link: string) => boolean): readonly string[] {
  return withLinks(context, contentsIfAny(context, folder), isRead);
}

/**
 * As `join`, for the name of an entry, which needs no normalizing; folders are normalized, and none but the root ends
 * in a separator.
 */
function below(folder: string, name: string): string {
  return folder.endsWith(sep) ? folder + name : folder + sep + name;
}

/** Every file below a folder, sorted by path folder by folder. A link to a folder is told, and not followed. */
export function filesBelow(context: Context, folder: string, depth = 0): string[] {
  if (depth > context.limits.folderDepth) return [];
  const { files, folders, links } = contentsIfAny(context, folder);
  for (const link of links)
    notFollowed(context, link, '', 'Put the folder itself in its place, if it holds something to deploy.');
  return [...files, ...folders.flatMap((inner) => filesBelow(context, inner, depth + 1))];
}

/**
 * Text of a file by its name: XML by byte order mark or declaration, with a diagnostic when it is not in that encoding;
 * else UTF-8.
 */
export function decodeText(context: Context, bytes: Buffer, path: string): string | undefined {
  if (!/(\.(xml|dbs)|\/\.project)$/i.test(path)) return bytes.toString('utf8').replace(/^\uFEFF/, '');
  const decoded = decodeXml(bytes, path);
  if ('text' in decoded) return decoded.text;
  context.findings.diagnostics.push(decoded.diagnostic);
  return undefined;
}
