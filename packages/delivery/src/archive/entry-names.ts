import { printable, uniqueNames, wrongPath } from '@mi-patterns/inventory';

/** Longest name of a file or folder on the file systems that archives are unpacked to, in bytes. */
const longestPart = 255;
/** Longest path that Linux takes, in bytes. Each folder in it gets an entry of its own. */
const longestPath = 4095;
/** Room for the number that tells folders of one name apart. */
const longestPlain = 200;

/** An entry that MI could not unpack, or that another tool would unpack elsewhere. */
export class UnsafeEntryName extends Error {
  constructor(name: string, problem: string) {
    super(
      `the entry ${printable(name.length > 200 ? `${name.slice(0, 200)}…` : name)} cannot be in an archive: ${problem}`,
    );
  }
}

/**
 * A name of one file or folder: without what separates folders or leaves them, orders a terminal about or is reserved
 * on some file system, and short enough.
 */
export function plainName(name: string): string {
  const plain = shortened(name.replace(/[/\\:*?"<>|\p{Cc}\p{Cf}\p{Zl}\p{Zp}]|\.{2,}/gu, '_'));
  return /^(\.|META-INF|metadata|dependencies)?$/i.test(plain) ? `_${plain}` : plain;
}

/** The start of a name that is too long for a file system; the ending of a file stays. */
function shortened(name: string): string {
  if (Buffer.byteLength(name) <= longestPlain) return name;
  const ending = /\.[A-Za-z0-9]{1,10}$/.exec(name)?.[0] ?? '';
  const start = Buffer.from(name)
    .subarray(0, longestPlain - ending.length)
    .toString('utf8');
  return start.replace(/\uFFFD$/, '') + ending;
}

/** Folder names for artifacts, by name and version; MI does not look at them, but at the artifact.xml in each. */
export function folderNames(): (name: string, version: string) => string {
  const unique = uniqueNames((folder) => folder.toLowerCase());
  return (name, version) => {
    const wanted = plainName(`${name}_${version}`);
    return unique(wanted, (number) => `${wanted}-${number}`);
  };
}

/** A path of names as most are, and short enough: there is nothing in it to refuse. */
const usualPath = /^(?:\w[\w.-]{0,200}\/){0,19}(?:\w[\w.-]{0,200})?$/;

/** Throws {@link UnsafeEntryName} for an entry that must not be written. */
export function checkEntryName(name: string): void {
  if (usualPath.test(name)) return;
  const problem = wrongPath(name) ?? (printable(name) === name ? undefined : 'it contains control characters');
  if (problem !== undefined) throw new UnsafeEntryName(name, problem);
  if (Buffer.byteLength(name) > longestPath) throw new UnsafeEntryName(name, `it is longer than ${longestPath} bytes`);
  if (name.split('/').some((part) => part === '.' || Buffer.byteLength(part) > longestPart))
    throw new UnsafeEntryName(name, `a part of it is longer than ${longestPart} bytes, or a dot`);
}
