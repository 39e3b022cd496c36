import type { Source } from '../model/diagnostic.ts';

/** Turns offsets of one text into places a person can open. */
export type Locator = (offset: number) => Source;

/**
 * Returns a function from offset to line and column, both from 1; a column counts UTF-16 code units, as editors do. A
 * line ends at LF, CR LF or CR. A byte order mark has no column. Lines are indexed on the first call: most texts need
 * no place.
 */
export function createLocator(text: string, path: string): Locator {
  let starts: number[] | undefined;
  let recent = 0;
  return (offset) => {
    starts ??= lineStarts(text);
    // Places are asked for mostly in reading order, so the line before is the best guess.
    let low = (starts[recent] ?? 0) <= offset ? recent : 0;
    let high = starts.length - 1;
    if ((starts[low + 1] ?? Infinity) > offset) high = low;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    recent = low;
    return { path, line: low + 1, column: Math.max(offset - (starts[low] ?? 0), 0) + 1 };
  };
}

function lineStarts(text: string): number[] {
  const starts = [text.charCodeAt(0) === 0xfeff ? 1 : 0];
  if (!text.includes('\r')) {
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
    return starts;
  }
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x0a || (code === 0x0d && text.charCodeAt(at + 1) !== 0x0a)) starts.push(at + 1);
  }
  return starts;
}
