import { isDeepStrictEqual } from 'node:util';
import { readYaml, type YamlFile } from '../packages/values/src/index.ts';
import { type Outcome, renderMany } from '../packages/helm/test/resident.ts';
import { type Difference, each, type FuzzClass, reasonFor } from './harness.ts';
import type { Random } from './mutate.ts';

/** What YAML 1.1, YAML 1.2 and Go take for something else than text, and pieces of it. */
const scalars = [
  '+', '-', '0', '0o', '0O', '0x', '0X', '0b', '0B', '_', '1', '7', '8', '9', '10', '.', 'e', 'E', 'e+', 'e-', 'inf', '.inf', '.NaN',
  '.Inf', '~', 'null', 'Null', 'NULL', 'nULL', 'yes', 'Yes', 'YES', 'y', 'Y', 'n', 'N', 'no', 'on', 'Off', 'ON', 'true', 'TRUE', 'tRUE',
  '<<', '=', ':', '12:30', '2026-01-01', 'T', 'a', 'f', 'F', ' ', '', '!!str ', '!!int ', '!!float ', '!!bool ', '!!null ', '!!binary ',
  '!!x ', '"', '""', "''", '1234567.5', '0.1', '1e3', '9007199254740993', '18446744073709551615', '0xffffffffffffffffff',
] as const; // prettier-ignore

const structure = [
  'a', 'b', '1', '~', '""', "'", '"', 'yes', '0o17', ': ', ':', '- ', '-', '? ', '?', '\n', '\n ', '\n  ', '\n', '  ', ' ', '[', ']', '{',
  '}', ',', '#', ' #', '|', '>', '|-', '|2', '&a ', '*a', '*a ', '!!str ', '! ', '%', '@', '`', '---', '\n---\n', '...', '\n...\n', '<<: ',
  '\t', '\r', '\r\n', '\u0085', '\u2028', '\u00a0', '\ufeff', 'é', '\\', '\\n', '\\x41', '\\u2028', 'x: 1', 'y: [1]', '\u0000', '\u007f',
  '\u{1f600}',
] as const; // prettier-ignore

const some = (next: Random, list: readonly string[], most: number): string =>
  Array.from({ length: 1 + next.below(most) }, () => next.pick(list)).join('');

function documentOf(next: Random): string {
  const kind = next.below(4);
  if (kind === 0) return `k: ${some(next, scalars, 3)}\nl: [1]\n`;
  if (kind === 1) return `${some(next, scalars, 3)}: v\nl: 1\n`;
  return `k: 1\n${some(next, structure, 12)}\n`;
}

/** What is kept of a file: the whole of it would fill the memory. */
type Read = Pick<YamlFile, 'value' | 'diagnostics'>;

export function readAsHelm(text: string): Read {
  const { value, diagnostics } = readYaml(text, 'v.yaml', 'MI-VALUES', 'helm');
  return { value, diagnostics };
}

/** A text as it was read by us and by helm. */
interface TwoReadings {
  readonly ours: Read;
  readonly helm: Outcome;
}

/** In what the two differ, in a sentence; undefined when they agree. */
export function readingDifference({ value, diagnostics }: Read, helm: Outcome): string | undefined {
  const refusal = helm.state === 'refused' ? (helm.diagnostics[0]?.message.slice(0, 300) ?? '') : '';
  if (helm.read === undefined) return value === undefined ? undefined : `only helm cannot read it: ${refusal}`;
  if (value === undefined) return `only we cannot read it: ${diagnostics[0]?.code} ${diagnostics[0]?.message}`;
  // Zero with a sign is zero.
  const [ours, theirs] = [value, helm.read].map((read): unknown => JSON.parse(JSON.stringify(read)));
  if (isDeepStrictEqual(ours, theirs)) return undefined;
  return `read differently: ${JSON.stringify(ours).slice(0, 2000)} | ${JSON.stringify(theirs).slice(0, 2000)}`;
}

const refused =
  (pattern: RegExp) =>
  ({ ours }: TwoReadings): boolean =>
    ours.value === undefined && ours.diagnostics.some(({ code, message }) => pattern.test(`${code} ${message}`));

/** Why a text is read in another way than by helm, where that is meant: nothing is read as something else. */
export const readingReasons = new Map<string, (one: TwoReadings) => boolean>([
  ['a key that appears twice is refused; helm takes the last', refused(/-DUPLICATE-KEY /)],
  ['several documents are refused; helm merges them', refused(/more than one YAML document| separates documents/)],
  ['a number that JSON cannot hold, or not exactly, is refused', refused(/-RANGE /)],
  [
    'a key that is a number in an unusual form is refused: `1.10` would arrive as `1.1`',
    refused(/ The key .* is read as the number /),
  ],
  ['a key that is a mapping or a list is refused', refused(/ A key is a (?:mapping|list)/)],
  [
    'a key without quotes before `:}`, `:,` or `:]` is refused; helm takes the colon as its end',
    refused(/Helm reads the colon/),
  ],
  ['!!binary is refused; helm reads the bytes as text', refused(/!!binary/)],
  [
    'characters that only helm skips, or takes for the end of a line, are refused',
    refused(/ ends a line for helm| only a carriage return| is not allowed in YAML unescaped/),
  ],
  ['a key before a `<<` that brings it too is refused; helm takes that of `<<`', refused(/ from the `<<` below it/)],
  ['`<<` with a tag is refused; helm reads it as a normal key', refused(/Merge sources must be maps/)],
  [
    'text after the first mapping, which helm ignores, is refused; so is what only YAML 1.1 allows, which helm reads',
    refused(/-SYNTAX (?:This is not valid YAML|A tab indents this line|The alias )|-ROOT |-LIMIT /),
  ],
  [
    "what only YAML 1.2 allows, such as a line with only a tab, is refused by helm alone; validate shows helm's message",
    ({ ours, helm }) => ours.value !== undefined && helm.read === undefined,
  ],
]);

/** Small texts full of what YAML 1.1 and 1.2 read differently: what we read of them, and what helm does. */
export const yaml: FuzzClass = async (next, count) => {
  const inputs = Array.from({ length: count }, () => documentOf(next));
  const { answers, faults } = await each(inputs, readAsHelm);
  const differences: Difference[] = [];
  const items = inputs.flatMap((text, index) =>
    answers[index] === undefined ? [] : [{ index, text, onlyRead: true }],
  );
  await renderMany(items, ({ index, text }, helm) => {
    const ours = answers[index];
    if (ours === undefined) return;
    const difference = readingDifference(ours, helm);
    const shown = `input ${index}: ${JSON.stringify(text)}: ${difference}`;
    if (difference !== undefined) differences.push({ shown, reason: reasonFor(readingReasons, { ours, helm }) });
  });
  return { faults, differences, oracle: "against helm's reader" };
};
