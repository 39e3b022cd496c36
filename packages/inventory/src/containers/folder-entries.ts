import type { Archive } from './zip.ts';

/**
 * Folders of an archive that have no entry before the files in them. MI unpacks entry by entry without making parent
 * folders, of archives (AppDeployerUtils.extract) and of connectors alike, and fails at such a file.
 *
 * @param isUnpacked whether MI unpacks the entry at all.
 */
export function foldersWithoutEntry(
  { entries }: Pick<Archive, 'entries'>,
  isUnpacked: (name: string) => boolean,
): readonly string[] {
  const made = new Set<string>();
  const missing = new Set<string>();
  // Files of a folder mostly follow its entry.
  let latest = '';
  for (const { name } of entries) {
    const end = name.lastIndexOf('/') + 1;
    if (end === 0 || (end === latest.length && name.startsWith(latest)) || !isUnpacked(name)) continue;
    const folder = name.slice(0, end);
    if (end < name.length) {
      if (!made.has(folder)) missing.add(folder);
      continue;
    }
    latest = folder;
    for (let at = name.indexOf('/'); at >= 0; at = name.indexOf('/', at + 1)) made.add(name.slice(0, at + 1));
  }
  return [...missing];
}

/** "the folder op/ and 2 more". */
export function foldersInWords([first = '', ...more]: readonly string[]): string {
  return `the folder ${first}${more.length === 0 ? '' : ` and ${more.length} more`}`;
}
