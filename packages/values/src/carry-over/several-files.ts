import { isDeepStrictEqual } from 'node:util';
import { ownValue } from '@mi-patterns/inventory';
import { isMapping, type Values } from '../mapping/merge.ts';
import { labelOf } from '../mapping/secrets.ts';

type Path = readonly string[];

/** How a file is held against what was said before it. */
export interface Comparison {
  /** Tables of an array are added to those before where each has a name; otherwise the earlier array is the whole. */
  readonly byElement: boolean;
  /** Told where the file says something else, by the keys that lead there in it and in the earlier one. */
  readonly differs: (keys: Path, earlier: Path) => void;
}

/**
 * What a file says beyond an earlier one. Of an array of tables with names, `[[datasource]]` by id and listeners by
 * name, the others stay as `undefined`, so that the rest keep their numbers.
 */
export function beyond(table: Values, earlier: Values, comparison: Comparison, path: Path = []): Values {
  return Object.fromEntries(
    Object.entries(table).flatMap(([key, value]): (readonly [string, unknown])[] => {
      if (!Object.hasOwn(earlier, key)) return [[key, value]];
      const [before, keys] = [earlier[key], [...path, key]];
      if (isMapping(value) && isMapping(before)) {
        const inner = beyond(value, before, comparison, keys);
        return Object.keys(inner).length === 0 ? [] : [[key, inner]];
      }
      const known = comparison.byElement ? elementsOf(before) : undefined;
      if (known === undefined || elementsOf(value) === undefined) {
        if (!isDeepStrictEqual(value, before)) comparison.differs(keys, keys);
        return [];
      }
      const kept = (value as readonly unknown[]).map((item, index) => {
        const position = known.findIndex((one) => labelOf(one) === labelOf(item));
        if (position === -1) return item;
        if (item !== undefined && !isDeepStrictEqual(item, known[position]))
          comparison.differs([...path, `${key}[${index}]`], [...path, `${key}[${position}]`]);
        return undefined;
      });
      return kept.every((item) => item === undefined) ? [] : [[key, kept]];
    }),
  );
}

/** The tables of an array, without holes; undefined for anything else, and where one has no name. */
function elementsOf(value: unknown): readonly unknown[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const elements = (value as readonly unknown[]).filter((item) => item !== undefined);
  return elements.every((item) => labelOf(item) !== undefined) ? elements : undefined;
}

/** Two documents of which the second says only what is beyond the first; arrays of both are joined. */
export function joined(earlier: Values, later: Values): Values {
  const both = Object.entries(later).map(([key, value]): readonly [string, unknown] => {
    const before = ownValue(earlier, key);
    if (isMapping(before) && isMapping(value)) return [key, joined(before, value)];
    if (Array.isArray(before) && Array.isArray(value))
      return [key, [...(before as unknown[]), ...(value as unknown[])]];
    return [key, value];
  });
  return Object.fromEntries([...Object.entries(earlier), ...both]);
}
