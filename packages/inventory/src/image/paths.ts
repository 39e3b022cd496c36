import { isAbsolute, relative } from 'node:path';

const imagePrefixes = ['oci:', 'docker-archive:', 'oci-archive:', 'oci-layout:'] as const;

type ImageTransport = 'oci' | 'docker-archive' | 'oci-archive' | 'oci-layout';

export interface ImageReference {
  readonly transport: ImageTransport;
  /** What follows the prefix: a reference in a registry, or a path with an optional `:TAG`. */
  readonly rest: string;
}

/** The image that a PATH names by its prefix; undefined for a path on disk. */
export function imageReference(path: string): ImageReference | undefined {
  const prefix = imagePrefixes.find((candidate) => path.startsWith(candidate));
  if (prefix === undefined) return undefined;
  return { transport: prefix.slice(0, -1) as ImageTransport, rest: path.slice(prefix.length) };
}

/** `oci-archive:FILE:TAG` with its path changed; a reference to a registry stays as it is. */
export function withImagePath(path: string, change: (file: string) => string): string {
  const reference = imageReference(path);
  if (reference === undefined) return change(path);
  return reference.transport === 'oci' ? path : `${reference.transport}:${change(reference.rest)}`;
}

/** True for a folder itself and for all below it; a name may begin with two dots, and Windows has several drives. */
export function isBelow(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !/^\.\.[\\/]/.test(way) && !isAbsolute(way);
}

/** A path between two folders, as a PATH that no image is meant by: a folder may be called `oci:orders`. */
export function relativePath(from: string, to: string): string {
  const path = relative(from, to).replaceAll('\\', '/') || '.';
  return imageReference(path) === undefined ? path : `./${path}`;
}

/** Folder of an image in which `package` keeps what it adds; lease-guard is there where the command has it. */
export const packageFolder = '/home/wso2carbon/mi-patterns';
