import type { ArtifactId } from '../model.ts';

export type DispatchResult = { readonly ids: readonly ArtifactId[] } | { readonly refused: string };

/** In how many ways repetitions can share a text between them, about. */
function waysOf(length: number, repetitions: number): number {
  let ways = 1;
  for (let one = 1; one <= repetitions; one += 1) ways *= length / one;
  return ways;
}

/**
 * Finds what an HTTP inbound endpoint may hand requests to: each path that the whole of the pattern can match, as
 * `InboundHttpServerWorker` of wso2/product-micro-integrator asks. A request path is longer than the path it is found
 * by, so some continuations are tried as well, and a pattern that spells the path out counts as a match: too many
 * rather than too few.
 *
 * @returns the matching ids, or why the pattern cannot be tried here.
 */
export function dispatchTargets(
  pattern: string,
  paths: readonly { readonly path: string; readonly id: ArtifactId }[],
): DispatchResult {
  // A repeated group, or many repetitions in a row, can keep a backtracking matcher busy for ever.
  const repetitions = Math.max(...pattern.split('|').map((branch) => branch.match(/[^\\][*+]/g)?.length ?? 0));
  const longest = paths.reduce((most, { path }) => Math.max(most, path.length), 0);
  if (pattern.length > 1000 || /\)[*+{]/.test(pattern) || repetitions > 4 || waysOf(longest, repetitions) > 1e8)
    return { refused: 'it repeats too much to be tried safely' };
  let expression: RegExp;
  try {
    expression = new RegExp(`^(?:${pattern.replace(/\*\+|\+\+/g, '*')})$`);
  } catch {
    return { refused: 'it is not a regular expression that this command can read' };
  }
  const spelled = pattern.replace(/\\([^A-Za-z0-9])/g, '$1');
  const matches = ({ path }: { readonly path: string }): boolean =>
    [path === '' ? '/' : path, `${path}/`, `${path}/x`, `${path}/x/y`, `${path}?x=y`].some((candidate) =>
      expression.test(candidate),
    ) ||
    (path !== '' && spelled.includes(`${path}/`) && !spelled.includes('(?!'));
  return { ids: [...new Set(paths.filter(matches).map(({ id }) => id))] };
}
