/** A path or address without slashes at its end. Each run of slashes is looked at once, however long it is. */
export function withoutTrailingSlashes(path: string): string {
  return path.replace(/(?<!\/)\/+$/, '');
}

/** A path as every system reads it: Integration Studio on Windows writes artifact.xml with backslashes. */
export function withSlashes(path: string): string {
  return path.replaceAll('\\', '/');
}
