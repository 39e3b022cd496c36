import { compareDiagnostics, type Diagnostic } from '@mi-patterns/inventory';
import { catalogue, describe, type ValuesCode } from '../findings/catalogue.ts';
import { locate } from '../yaml/locate.ts';
import { readValues, type ValuesText } from '../yaml/read.ts';

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
export function faultDiagnostics(values: ValuesText, faults: readonly ChartFault[]): readonly Diagnostic[] {
  if (faults.length === 0) return [];
  const file = readValues(values);
  const diagnostics = faults.map(({ code, path: where, sentence }) => {
    const places = placesOf(where).map((place) => locate(file, place, 'value'));
    const { source } = places.find(({ exact }) => exact) ?? places[0] ?? locate(file, [], 'value');
    const { fault, remedy } = parted(sentence);
    return describe(knownCode(code), fault, source, remedy);
  });
  const seen = new Set<string>();
  // One inherited setting breaks a rule in every workload; it is told once. One place can have several warnings of a
  // kind.
  return diagnostics
    .filter(({ code, source, severity, message, hint }) => {
      const key = JSON.stringify([code, source, ...(severity === 'error' ? [] : [message, hint])]);
      return !seen.has(key) && seen.add(key) !== undefined;
    })
    .toSorted(compareDiagnostics);
}

/** How the chart begins what to do about a fault. A test holds every sentence of the chart against it. */
const remedyStart = new RegExp(
  `(?<=\\.) (?=(?:${[
    'Add',
    'Before production,',
    'Correct',
    'Deliver',
    'Enable',
    'End',
    'For',
    'Give',
    'If [^,]+, (?:put|set)',
    'Install',
    'Keep',
    'Leave',
    'List',
    'Lower',
    'Make',
    'Name',
    'Put',
    'Raise',
    'Refer',
    'Remove',
    'Rename',
    'Route',
    'Set',
    'Shorten',
    'Switch',
    'To',
    'Use',
    'Write',
  ].join('|')}) )`,
);

/** What the chart adds where a sentence is about several workloads. */
const scope = / (?:The same holds for|This concerns) workloads? [^.]+\.$/;

/**
 * A sentence of the chart in two: helm prints it whole, and a finding has what to do as its hint. No `remedy` where the
 * sentence has none.
 */
export function parted(sentence: string): { readonly fault: string; readonly remedy: string | undefined } {
  const about = scope.exec(sentence)?.[0] ?? '';
  const said = sentence.slice(0, sentence.length - about.length);
  const at = said.search(remedyStart);
  return at < 0
    ? { fault: sentence, remedy: undefined }
    : { fault: `${said.slice(0, at)}${about}`, remedy: said.slice(at + 1) };
}

/** Where a value of a workload may be written, most specific first. */
function placesOf(path: readonly string[]): readonly (readonly string[])[] {
  const [root, , ...setting] = path;
  return root === 'workloads' && setting.length > 0 ? [path, ['workloadDefaults', ...setting], setting] : [path];
}

function knownCode(code: string): ValuesCode {
  return Object.hasOwn(catalogue, code) ? (code as ValuesCode) : 'MI-VALUES-CONDITION';
}
