import type { Diagnostic } from '@mi-patterns/inventory';
import { faultDiagnostics, locate, readValues, type ValuesText, type YamlFile } from '@mi-patterns/values';
import { readFault } from '../render/helm-errors.ts';

/**
 * What a chart refuses of the text of a values file: our chart names the code and the value of each fault, and helm the
 * key that breaks a schema or the template that fails, which then stand at their lines. Everything else stays as it is.
 */
export function placedRefusals(refused: readonly Diagnostic[], values: ValuesText): readonly Diagnostic[] {
  const faults = refused.flatMap(({ message }) => readFault(message) ?? []);
  const others = refused.filter(({ message }) => readFault(message) === undefined);
  const file = others.some(isOfSchema) ? readValues(values) : undefined;
  const placed = others.map((one) =>
    file === undefined || !isOfSchema(one) ? placedAtTemplate(one, values) : placedInSchema(one, file),
  );
  return [...faultDiagnostics(values, faults), ...placed];
}

function isOfSchema({ code }: Diagnostic): boolean {
  return code === 'MI-CHART-SCHEMA';
}

/** With the line of the key that the sentence names first; that of a key that is missing is its parent's. */
function placedInSchema(refusal: Diagnostic, file: YamlFile): Diagnostic {
  const keys = /^`([^`]+)`: /.exec(refusal.message)?.[1]?.split('.') ?? [];
  const [part, hint] = refusal.message.endsWith(': unknown key.')
    ? (['key', 'Correct the key, or remove it.'] as const)
    : (['value', 'Correct the value.'] as const);
  return { ...refusal, hint, source: locate(file, keys, part).source };
}

/** With the place of the template in the values that failed, as far as it stands in a file as it was read. */
function placedAtTemplate(refusal: Diagnostic, { base = [], ...top }: ValuesText): Diagnostic {
  const step = /^`(.+?)` in a template of the values /.exec(refusal.message)?.[1];
  if (step === undefined || refusal.source !== undefined) return refusal;
  const file = [...base, top].findLast(({ text }) => text.includes(step)) ?? top;
  const before = file.text.slice(0, Math.max(0, file.text.indexOf(step))).split('\n');
  return {
    ...refusal,
    source: { path: file.path, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 },
  };
}
