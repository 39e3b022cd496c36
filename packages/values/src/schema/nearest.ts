import { compareText, editDistance, folded } from '@mi-patterns/inventory';

/**
 * The candidate that a mistyped word most likely means, or undefined when none is close: at most a third of the
 * letters wrong, a swap of neighbours counting once, upper and lower case and separators counting as the same letter.
 */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const wanted = folded(word);
  let best: { readonly candidate: string; readonly distance: number } | undefined;
  for (const candidate of [...candidates].sort(compareText)) {
    const known = folded(candidate);
    const limit = Math.max(1, Math.floor(Math.max(wanted.length, known.length) / 3));
    const distance = editDistance(wanted, known, limit);
    if (
      distance <= limit &&
      distance < Math.max(wanted.length, known.length) &&
      (best === undefined || distance < best.distance)
    ) {
      best = { candidate, distance };
    }
  }
  return best?.candidate;
}
