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
  for (const { name } of entries) {
    if (!isUnpacked(name)) continue;
    const folder = name.slice(0, name.lastIndexOf('/') + 1);
    if (name.endsWith('/'))
      for (let end = name.indexOf('/'); end >= 0; end = name.indexOf('/', end + 1)) made.add(name.slice(0, end + 1));
    else if (folder !== '' && !made.has(folder)) missing.add(folder);
  }
  return [...missing];
}

/** "the folder op/ and 2 more". */
export function foldersInWords([first = '', ...more]: readonly string[]): string {
  return `the folder ${first}${more.length === 0 ? '' : ` and ${more.length} more`}`;
}
