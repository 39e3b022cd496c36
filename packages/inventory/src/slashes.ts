/** A path or address without slashes at its end. Each run of slashes is looked at once, however long it is. */
export function withoutTrailingSlashes(path: string): string {
  return path.replace(/(?<!\/)\/+$/, '');
}
