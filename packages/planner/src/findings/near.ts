import { compareText } from '@mi-patterns/inventory';

/**
 * The candidates closest to a mistyped name, best first: containing it, then few edits away. Ties in the order of the
 * text.
 */
export function nearest(wanted: string, candidates: readonly string[], most: number): string[] {
  const needle = fold(wanted);
  const bare = fold(afterSlash(wanted));
  // Of a name with every letter changed nothing is left.
  const limit = Math.min(bare.length - 1, Math.max(2, Math.floor(bare.length / 3)));
  const scored: { name: string; score: number }[] = [];
  for (const name of candidates) {
    const whole = fold(name);
    const own = fold(afterSlash(name));
    if (whole === needle || own === bare) scored.push({ name, score: 0 });
    else if (bare.length >= 3 && own.includes(bare)) scored.push({ name, score: 1 });
    else {
      const distance = edits(bare, own, limit);
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

function fold(text: string): string {
  return text.toLowerCase().replace(/[_\s.-]/g, '');
}

function afterSlash(id: string): string {
  return id.slice(id.indexOf('/') + 1);
}

/** Levenshtein distance, or `limit + 1` as soon as it must be greater. */
function edits(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    let least = row;
    for (let column = 1; column <= b.length; column++) {
      const changed = (previous[column - 1] ?? 0) + Number(a[row - 1] !== b[column - 1]);
      const cost = Math.min(changed, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1);
      current.push(cost);
      least = Math.min(least, cost);
    }
    if (least > limit) return limit + 1;
    previous = current;
  }
  return previous[b.length] ?? limit + 1;
}
