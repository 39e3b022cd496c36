import { printable } from '@mi-patterns/inventory';

/** A word of a command that is printed to be copied: in quotes where a shell would not take it as it is. */
export function shellWord(word: string): string {
  if (printable(word) !== word) return `$'${printable(word.replace(/[\\']/g, '\\$&'))}'`;
  return /^[\w@%+=:,./~-]+$/.test(word) && word !== '' ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
