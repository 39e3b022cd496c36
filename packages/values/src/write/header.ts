import { compareText, printable } from '@mi-patterns/inventory';
import type { Plan } from '@mi-patterns/planner';
import type { Environment } from '../configuration/environments.ts';
import { sealState } from '../files/seal.ts';
import { wrapComment } from '../yaml/emit.ts';

/** What a generated values file says of itself in comments, besides what it was made from. */
export interface ValuesHeader {
  readonly environment: string;
  readonly release: string;
  /** Undefined: the namespace of the context. */
  readonly namespace: string | undefined;
  /** Digests of what it was made from. */
  readonly made: readonly string[];
  /** What mi-patterns.yaml counted artifacts as, by their ids. */
  readonly verdicts: ReadonlyMap<string, string>;
}

/** What a header says besides the environment and its verdicts. */
export interface HeaderContext {
  /** Path of the chart's schema for editors, relative to the values file. */
  readonly schema: string;
  /** What the plan was made from: path as the user gave it, and the digest of its content, `sha256:…`. */
  readonly inputs: readonly { readonly path: string; readonly digest: string }[];
}

const madeMark = '# Made from:';
const placeMark = '# Deployed as:';
const verdictsMark = '# By the verdicts of mi-patterns.yaml:';
const width = 98;

/** The first lines of a values file. {@link readHeader} reads them. */
export function writeHeader(
  { name, release, namespace }: Environment,
  verdicts: Plan['verdicts'],
  { schema, inputs }: HeaderContext,
): string {
  const place = `release ${release}, ${namespace === undefined ? '' : `namespace ${namespace}, `}environment ${name}`;
  const counted = [...verdicts].flatMap(([id, one]) => (one.overridden === undefined ? [] : [`${id} ${one.class}`]));
  const made = inputs.map(({ path, digest }) => `${path} ${digest}`);
  const lines = [
    ...wrapComment(
      `Values of the micro-integrator chart for the environment ${name}, made by mi-patterns generate.`,
      width,
    ).map((line) => `# ${line}`),
    '# Do not edit: change mi-patterns.yaml and generate again.',
    ...listed(madeMark, made),
    ...listed(placeMark, [place]),
    ...listed(verdictsMark, counted),
  ];
  // Editors look for the line about the schema at the top of the file.
  return [`# yaml-language-server: $schema=${schema}`, ...lines].join('\n');
}

function listed(title: string, entries: readonly string[]): readonly string[] {
  if (entries.length === 0) return [];
  return ['#', title, ...entries.toSorted(compareText).map((entry) => `#   ${printable(entry)}`)];
}

/** What only values files of a release say. */
export function releaseMark(release: string): string {
  return `#   release ${release}, `;
}

/** What a values file says of itself; undefined for one that `generate` has not made, or before it said so. */
export function readHeader(text: string): ValuesHeader | undefined {
  if (sealState(text) === 'foreign') return undefined;
  const lines = text.split(/\r?\n/);
  const [place = ''] = entriesBelow(placeMark, lines);
  const found = /^release (\S+), (?:namespace (\S+), )?environment (\S+)$/.exec(place);
  if (found === null) return undefined;
  const [, release = '', namespace, environment = ''] = found;
  const verdicts = entriesBelow(verdictsMark, lines).map((entry): [string, string] => {
    const end = entry.lastIndexOf(' ');
    return [entry.slice(0, end), entry.slice(end + 1)];
  });
  const made = entriesBelow(madeMark, lines).map((entry) => entry.slice(entry.lastIndexOf(' ') + 1));
  return { environment, release, namespace, made, verdicts: new Map(verdicts) };
}

function entriesBelow(title: string, lines: readonly string[]): readonly string[] {
  const start = lines.indexOf(title) + 1;
  if (start === 0) return [];
  const length = lines.slice(start).findIndex((line) => !line.startsWith('#   '));
  return lines.slice(start, length < 0 ? undefined : start + length).map((line) => line.slice(4));
}
