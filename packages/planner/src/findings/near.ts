import { compareText, editDistance, folded } from '@mi-patterns/inventory';

/**
 * The candidates closest to a mistyped name, best first: containing it, then few edits away. Ties in the order of the
 * text.
 */
export function nearest(wanted: string, candidates: readonly string[], most: number): string[] {
  const needle = folded(wanted);
  const bare = folded(afterSlash(wanted));
  // Of a name with every letter changed nothing is left.
  const limit = Math.min(bare.length - 1, Math.max(2, Math.floor(bare.length / 3)));
  const scored: { name: string; score: number }[] = [];
  for (const name of candidates) {
    const whole = folded(name);
    const own = folded(afterSlash(name));
    if (whole === needle || own === bare) scored.push({ name, score: 0 });
    else if (bare.length >= 3 && own.includes(bare)) scored.push({ name, score: 1 });
    else {
      const distance = editDistance(bare, own, limit);
      if (distance <= limit) scored.push({ name, score: 1 + distance });
    }
  }
  return scored
    .toSorted((a, b) => a.score - b.score || compareText(a.name, b.name))
    .slice(0, most)
    .map((entry) => entry.name);
}

/** The beginning of a hint that names what a mistyped name most likely means; empty where nothing is close. */
export function didYouMean(wanted: string, candidates: readonly string[]): string {
  const [meant] = nearest(wanted, candidates, 1);
  return meant === undefined ? '' : `Did you mean \`${meant}\`? `;
}

function afterSlash(id: string): string {
  return id.slice(id.indexOf('/') + 1);
}
