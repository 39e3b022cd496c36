import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CheckedValues, checkValues, readConfiguration, readGroups } from '../packages/values/src/index.ts';
import { type Outcome as Rendered, renderMany } from '../packages/helm/test/resident.ts';
import {
  checkFindings,
  type Difference,
  each,
  filesBelow,
  type FuzzClass,
  type Outcome,
  raw,
  reasonFor,
  root,
} from './harness.ts';
import { mutate, type Random } from './mutate.ts';
import { readAsHelm, readingDifference, readingReasons } from './yaml.ts';

/** What YAML, JavaScript, helm or a terminal takes for something else than text. */
const odd = [
  '~',
  'yes',
  '.nan',
  '1e400',
  '0o17',
  '9007199254740993',
  '2026-01-01',
  '{}',
  '[]',
  '[[1]]',
  '""',
  '!!int x',
  '&a [*a]',
  '*a',
  'constructor',
  '__proto__',
  'toString',
  '"\\u001b[31m"',
  '"\\u202e"',
  '"\\ud800"',
  '"::error::x"',
  '{{ .Release.Name }}',
  '"{{ fail 1 }}"',
  '"a\\nb: 1"',
  '<<',
  '? a',
  '- a',
  '|',
  '\t',
  '\u2028',
  '-1',
  '1.5',
  'x'.repeat(5000),
  '{'.repeat(200),
] as const;

/** A line changed: its value, its key, its indentation, or the line taken twice; or some bytes. */
export function mutated(text: string, next: Random): string {
  const lines = text.split('\n');
  for (let round = 1 + next.below(3); round > 0; round -= 1) {
    const at = next.below(lines.length);
    const line = lines[at] ?? '';
    const kind = next.below(6);
    if (kind < 2) lines[at] = line.replace(/:.*$/, () => `: ${next.pick(odd)}`);
    else if (kind === 2) lines[at] = line.replace(/[^\s:#-][^:]*(?=:)/, () => next.pick(odd));
    else if (kind === 3) lines.splice(at, 0, line);
    else if (kind === 4) lines[at] = ` ${line}`;
    else return mutate(Buffer.from(lines.join('\n')), next).toString('utf8');
  }
  return lines.join('\n');
}

function texts(...files: readonly string[]): readonly string[] {
  return files.map((file) => readFileSync(file, 'utf8'));
}

async function documents(
  seeds: readonly string[],
  [next, count]: readonly [Random, number],
  read: (text: string) => Parameters<typeof checkFindings>[0],
): Promise<Outcome> {
  const inputs = Array.from({ length: count }, () => mutated(next.pick(seeds), next));
  const { faults } = await each(inputs, (text) => checkFindings(read(text), text));
  return { faults, differences: [], oracle: 'no oracle' };
}

const valuesSeeds = (): readonly string[] =>
  texts(
    ...filesBelow(join(root, 'charts/micro-integrator/examples'), 'values.yaml'),
    ...filesBelow(join(root, 'charts/micro-integrator/ci'), '.yaml'),
  );

export const values: FuzzClass = (next, count) =>
  documents(valuesSeeds(), [next, count], (text) => checkValues(text, 'v.yaml').diagnostics);

const configurationSeeds = (): readonly string[] => [
  ...texts(...filesBelow(join(root, 'examples'), 'mi-patterns.yaml')),
  'artifacts: [p]\ngroups:\n  orders: [task/A, "task/B*"]\nverdicts:\n  task/A: {class: stateless, reason: x}\nenvironments:\n  dev: {namespace: d, replicas: 2}\n  prod:\n    namespace: p\n    values:\n      image: {tag: "1"}\n',
];

export const configuration: FuzzClass = (next, count) =>
  documents(configurationSeeds(), [next, count], (text) => readConfiguration(text, 'c.yaml').diagnostics);

export const groups: FuzzClass = (next, count) =>
  documents(
    ['orders: [task/A, "task/B*"]\nrest:\n  - proxy-service/?\n', 'groups:\n  a: [task/*]\n'],
    [next, count],
    (text) => readGroups(text, 'g.yaml').diagnostics,
  );

/** A values file as it was answered by us and by helm. */
interface TwoVerdicts {
  readonly text: string;
  readonly ours: CheckedValues;
  readonly helm: Rendered;
}

/** In what the verdicts on values differ that both have read; undefined when they agree. */
function verdictDifference({ ours, helm }: TwoVerdicts): string | undefined {
  const error = ours.diagnostics.find(({ severity }) => severity === 'error');
  const refusals = helm.state === 'refused' ? helm.diagnostics : [];
  const bySchema = refusals.some(({ code }) => code === 'MI-CHART-SCHEMA');
  if (bySchema && !ours.breaksSchema) return `only helm: ${refusals[0]?.message.slice(0, 300)}`;
  if (error !== undefined && (helm.state === 'rendered' || (ours.breaksSchema && !bySchema)))
    return `only validate: ${error.code} ${error.message.slice(0, 200)}`;
  const unclean = refusals.find(({ message }) => raw.test(message));
  if (unclean !== undefined) return `raw: ${JSON.stringify(unclean.message)}`;
  // What the chart refuses it refuses in words of its own.
  const crashed = refusals.find(({ code }) => !['MI-CHART-SCHEMA', 'MI-CHART-REFUSED'].includes(code));
  return crashed === undefined ? undefined : `the chart failed: ${crashed.code} ${crashed.message.slice(0, 400)}`;
}

/** True when the expression that a message begins with stands in a template of the values. */
function isOfTemplate(text: string, message: string): boolean {
  const [, expression] = /^`([^`]+)`/.exec(message) ?? [];
  return (
    expression !== undefined && (text.match(/\{\{.*?\}\}/g) ?? []).some((template) => template.includes(expression))
  );
}

/** Why verdicts differ, where that is meant. */
const verdictReasons = new Map<string, (one: TwoVerdicts) => boolean>([
  [
    "a template in the values that is invalid or fails is reported with helm's message",
    ({ text, helm }) =>
      helm.state === 'refused' &&
      helm.diagnostics.some(({ message }) => /cannot parse template/.test(message) || isOfTemplate(text, message)),
  ],
]);

/**
 * Values files: what is read in them and whether they keep to the schema, against helm's reader of YAML and its engine,
 * which judges them by the same schema in another language. What the chart refuses, `validate` has from helm.
 */
export const chart: FuzzClass = async (next, count) => {
  const seeds = valuesSeeds();
  const inputs = Array.from({ length: count }, () => mutated(next.pick(seeds), next));
  const { answers, faults } = await each(inputs, (text) => ({
    file: readAsHelm(text),
    ours: checkValues(text, 'v.yaml'),
  }));
  const differences: Difference[] = [];
  const items = inputs.flatMap((text, index) => (answers[index] === undefined ? [] : [{ index, text }]));
  await renderMany(items, ({ index, text }, helm) => {
    const answer = answers[index];
    if (answer === undefined) return;
    const { file, ours } = answer;
    const reading = readingDifference(file, helm);
    const one = { text, ours, helm };
    const verdict = file.value === undefined || helm.read === undefined ? undefined : verdictDifference(one);
    if (reading !== undefined)
      differences.push({
        shown: `input ${index}: ${reading}`,
        reason: reasonFor(readingReasons, { ours: file, helm }),
      });
    else if (verdict !== undefined)
      differences.push({ shown: `input ${index}: ${verdict}`, reason: reasonFor(verdictReasons, one) });
  });
  return { faults, differences, oracle: "against helm's engine" };
};
