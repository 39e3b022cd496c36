import { compareDiagnostics, type Diagnostic } from '@mi-patterns/inventory';
import { catalogue, describe, type ValuesCode } from '../findings/catalogue.ts';
import { locate } from '../yaml/locate.ts';
import { readValuesText } from '../yaml/read.ts';

/**
 * What the chart said of values while it rendered them: a code, the path of the value, and a sentence with the way out.
 */
export interface ChartFault {
  readonly code: string;
  readonly path: readonly string[];
  readonly sentence: string;
}

/**
 * Faults and warnings of the chart as diagnostics of a values file. A workload inherits from `workloadDefaults` and
 * from the release, so each is placed where the file says the value: in the workload, in the defaults, or at the top;
 * else at the nearest key.
 */
export function faultDiagnostics(text: string, path: string, faults: readonly ChartFault[]): readonly Diagnostic[] {
  if (faults.length === 0) return [];
  const file = readValuesText(text, path);
  const diagnostics = faults.map(({ code, path: where, sentence }) => {
    const places = placesOf(where).map((place) => locate(file, place, 'value'));
    const { source } = places.find(({ exact }) => exact) ?? places[0] ?? locate(file, [], 'value');
    return describe(knownCode(code), sentence, source);
  });
  const seen = new Set<string>();
  // One inherited setting breaks a rule in every workload; it is told once. One place can have several warnings of a
  // kind.
  return diagnostics
    .filter(({ code, source, severity, message }) => {
      const key = JSON.stringify([code, source, severity === 'error' ? '' : message]);
      return !seen.has(key) && seen.add(key) !== undefined;
    })
    .toSorted(compareDiagnostics);
}

/** Where a value of a workload may be written, most specific first. */
function placesOf(path: readonly string[]): readonly (readonly string[])[] {
  const [root, , ...setting] = path;
  return root === 'workloads' && setting.length > 0 ? [path, ['workloadDefaults', ...setting], setting] : [path];
}

function knownCode(code: string): ValuesCode {
  return Object.hasOwn(catalogue, code) ? (code as ValuesCode) : 'MI-VALUES-CONDITION';
}
