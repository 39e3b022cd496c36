import { foreignPattern } from '../text/foreign-pattern.ts';
import type { ArtifactId } from '../model/inventory.ts';

export type DispatchResult = { readonly ids: readonly ArtifactId[] } | { readonly refused: string };

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
  const longest = paths.reduce((most, { path }) => Math.max(most, path.length), 0);
  const expression = foreignPattern(pattern, longest);
  if ('refused' in expression) return expression;
  const spelled = pattern.replace(/\\([^A-Za-z0-9])/g, '$1');
  const matches = ({ path }: { readonly path: string }): boolean =>
    [path === '' ? '/' : path, `${path}/`, `${path}/x`, `${path}/x/y`, `${path}?x=y`].some((candidate) =>
      expression.test(candidate),
    ) ||
    (path !== '' && spelled.includes(`${path}/`) && !spelled.includes('(?!'));
  return { ids: [...new Set(paths.filter(matches).map(({ id }) => id))] };
}
