/** What of two names is compared: upper and lower case are the same, and separators say nothing. */
export function folded(name: string): string {
  return name.toLowerCase().replace(/[_\s.-]/g, '');
}

/**
 * Insertions, deletions, replacements and swaps of neighbours that turn one word into the other, or `most + 1` as soon
 * as there are more than `most`.
 */
export function editDistance(a: string, b: string, most: number = Infinity): number {
  if (Math.abs(a.length - b.length) > most) return most + 1;
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  let leastBefore = 0;
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    let least = row;
    for (let column = 1; column <= b.length; column += 1) {
      const isSame = a[row - 1] === b[column - 1];
      let cost = Math.min(
        (previous[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (previous[column - 1] ?? 0) + (isSame ? 0 : 1),
      );
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1])
        cost = Math.min(cost, (beforePrevious[column - 2] ?? 0) + 1);
      current.push(cost);
      least = Math.min(least, cost);
    }
    // A swap reaches back over one row.
    if (least > most && leastBefore > most) return most + 1;
    leastBefore = least;
    beforePrevious = previous;
    previous = current;
  }
  return Math.min(previous[b.length] ?? 0, most + 1);
}
