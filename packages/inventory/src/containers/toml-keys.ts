import type { Source } from '../model/diagnostic.ts';
import type { KeyPlaces } from '../model/inventory.ts';

/**
 * Returns a function that finds where a key stands. The nearest table that stands in the file answers for a key that
 * does not, the array for an element that has no line of its own, the file's start for none. For text that is known to
 * be valid TOML: it looks at lines, not at the grammar.
 */
export function indexKeys(text: string, path: string): KeyPlaces {
  const places = new Map<string, Source>();
  for (const { keys, line, column } of placesOf(text)) remember(places, keys, { path, line, column });
  return (...keys) => {
    for (let length = keys.length; length > 0; length--) {
      const nearest = keys.slice(0, length).join('\0');
      const place = places.get(nearest) ?? places.get(nearest.replace(/\[\d+\]$/, ''));
      if (place !== undefined) return place;
    }
    return { path, line: 1, column: 1 };
  };
}

/** Where a table or a key of a TOML file stands. */
interface Placed {
  readonly kind: 'table' | 'array of tables' | 'key';
  /** Names of its tables, then its own. */
  readonly keys: readonly string[];
  readonly line: number;
  readonly column: number;
}

/**
 * The first table whose header comes after that of a table within it: `[a.b]`, then `[a]`. TOML allows it; the parser
 * of MI (cava-toml 0.5.0) makes a table of it that holds itself, and the server ends with a StackOverflowError while it
 * starts. `inner` is the header before it. For text that is known to be valid TOML.
 */
export function lateTable(text: string): (Placed & { readonly inner: string }) | undefined {
  const opened = new Map<string, string>();
  for (const placed of placesOf(text)) {
    const { kind, keys } = placed;
    if (kind === 'key') continue;
    const inner = kind === 'table' ? opened.get(keys.join('\0')) : undefined;
    if (inner !== undefined) return { ...placed, inner };
    for (let length = keys.length - 1; length > 0; length--) {
      const outer = keys.slice(0, length).join('\0');
      if (!opened.has(outer)) opened.set(outer, keys.join('.'));
    }
  }
  return undefined;
}

/** Most parts of a key that are followed; the longest keys of MI have about ten. */
export const mostParts = 100;

/**
 * The first key or table that has more parts than {@link mostParts}: each part is a table in another one, and a file
 * that is nothing but dots would take all memory. For text that is known to be valid TOML.
 */
export function deepKey(text: string): Placed | undefined {
  for (const placed of placesOf(text)) if (placed.keys.length > mostParts) return placed;
  return undefined;
}

function* placesOf(text: string): Generator<Placed> {
  const counts = new Map<string, number>();
  let prefix: string[] = [];
  let quotes: string | undefined;
  for (const [index, line] of text.split('\n').entries()) {
    const continued = quotes !== undefined;
    quotes = openQuotes(line, quotes);
    if (continued) continue;
    const header = /^(\s*)(\[\[?)\s*(\S(?:.*?\S)??)\s*\]\]?\s*(#.*)?$/s.exec(line);
    if (header !== null && !line.includes('=')) {
      prefix = parts(header[3] ?? '');
      if (prefix.length > mostParts) {
        yield { kind: 'table', keys: prefix, line: index + 1, column: (header[1] ?? '').length + 1 };
        return;
      }
      const parent = numbered(prefix.slice(0, -1), counts);
      let last = prefix.at(-1) ?? '';
      if (header[2] === '[[') {
        const full = [...parent, last].join('\0');
        const count = counts.get(full) ?? 0;
        counts.set(full, count + 1);
        last = `${last}[${count}]`;
      } else last = numbered(prefix, counts).at(-1) ?? last;
      prefix = [...parent, last];
      const kind = header[2] === '[[' ? 'array of tables' : 'table';
      yield { kind, keys: prefix, line: index + 1, column: (header[1] ?? '').length + 1 };
      continue;
    }
    const assignment = /^(\s*)((?:"[^"]*"|'[^']*'|[^#="'\s])(?:[^=#]*?[^=#\s])??)\s*=/.exec(line);
    if (assignment !== null) {
      const keys = [...prefix, ...parts(assignment[2] ?? '')];
      yield { kind: 'key', keys, line: index + 1, column: (assignment[1] ?? '').length + 1 };
    }
  }
}

/** Remembers the key and the tables it opens by being dotted, unless they are known. */
function remember(places: Map<string, Source>, keys: readonly string[], source: Source): void {
  for (let length = keys.length; length > 0; length--) {
    const key = keys.slice(0, length).join('\0');
    if (!places.has(key)) places.set(key, source);
  }
}

/** A table below an array of tables belongs to its last element. */
function numbered(keys: readonly string[], counts: ReadonlyMap<string, number>): string[] {
  const result: string[] = [];
  for (const key of keys) {
    const count = counts.get([...result, key].join('\0'));
    result.push(count === undefined ? key : `${key}[${count - 1}]`);
  }
  return result;
}

function parts(dotted: string): string[] {
  return [...dotted.matchAll(/"([^"]*)"|'([^']*)'|([^.\s"']+)/g)].map(
    (match) => match[1] ?? match[2] ?? match[3] ?? '',
  );
}

/** Whether a text of three quotes goes on after this line, and with which quotes. */
function openQuotes(line: string, before: string | undefined): string | undefined {
  let open = before;
  for (const match of line.matchAll(/"""|'''/g)) {
    if (open === undefined) open = match[0];
    else if (open === match[0]) open = undefined;
  }
  return open;
}
