/** A word of a command that is printed to be copied: in quotes where a shell would not take it as it is. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./~-]+$/.test(word) && word !== '' ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
