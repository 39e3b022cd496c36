/** In how many ways repetitions can share a text between them, about. */
function waysOf(length: number, repetitions: number): number {
  let ways = 1;
  for (let one = 1; one <= repetitions; one += 1) ways *= length / one;
  return ways;
}

/**
 * The expression for texts that a pattern of a project or of a cluster matches as a whole, as Java's `matches` asks; or
 * why it cannot be tried here.
 *
 * @param longest length of the longest text that it will be tried with.
 */
export function foreignPattern(pattern: string, longest: number): RegExp | { readonly refused: string } {
  // A repeated group, or many repetitions in a row, can keep a backtracking matcher busy for ever.
  const repetitions = Math.max(...pattern.split('|').map((branch) => branch.match(/[^\\][*+]/g)?.length ?? 0));
  if (pattern.length > 1000 || /\)[*+{]/.test(pattern) || repetitions > 4 || waysOf(longest, repetitions) > 1e8)
    return { refused: 'it has repeated groups, so evaluating it could take forever' };
  try {
    return new RegExp(`^(?:${pattern.replace(/\*\+|\+\+/g, '*')})$`);
  } catch {
    return { refused: 'it is not a regular expression that this command can read' };
  }
}
