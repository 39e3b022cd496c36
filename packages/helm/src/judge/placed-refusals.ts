import type { Diagnostic } from '@mi-patterns/inventory';
import { faultDiagnostics } from '@mi-patterns/values';
import { readFault } from '../render/helm-errors.ts';

/**
 * What a chart refuses of the text of a values file: our chart names the code and the value of each fault, which then
 * stands at its line. Everything else stays as it is.
 */
export function placedRefusals(refused: readonly Diagnostic[], text: string, path: string): readonly Diagnostic[] {
  const faults = refused.flatMap(({ message }) => readFault(message) ?? []);
  const others = refused.filter(({ message }) => readFault(message) === undefined);
  return [...faultDiagnostics(text, path, faults), ...others];
}
