import type { Diagnostic } from '@mi-patterns/inventory';
import type { ToldFault } from './explain.ts';

/**
 * Drops faults that follow from another one: a missing key that is there with a typing mistake, and a condition on a
 * value that is of the wrong type anyway.
 */
export function withoutEchoes(told: readonly ToldFault[]): readonly Diagnostic[] {
  const at = (path: readonly string[]): string => JSON.stringify(path);
  const meant = new Set(
    told.flatMap(({ fault }) => (fault.meant === undefined ? [] : [at([...fault.path, fault.meant])])),
  );
  const wrong = new Set(
    told.flatMap(({ fault }) =>
      fault.code === 'TYPE' || fault.code === 'CHOICE' || fault.code === 'FORMAT' ? [at(fault.path)] : [],
    ),
  );
  return told
    .filter(({ fault }) => fault.missing === undefined || !meant.has(at([...fault.path, fault.missing])))
    .filter(({ fault }) => fault.code !== 'CONDITION' || !wrong.has(at(fault.path)))
    .map(({ diagnostic }) => diagnostic);
}
