import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '../packages/helm/src/index.ts';
import { checkValues, readConfiguration, readGroups, readYaml } from '../packages/values/src/index.ts';
import { renderMany } from '../test/chart/many/render.ts';
import {
  checkFindings,
  type Difference,
  each,
  filesBelow,
  type FuzzClass,
  type Outcome,
  raw,
  root,
} from './harness.ts';
import { mutate, type Random } from './mutate.ts';

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
function mutated(text: string, next: Random): string {
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

/**
 * Whether values keep to the schema: what we say against helm's engine, which judges them by the same file in another
 * language.
 */
export const chart: FuzzClass = async (next, count) => {
  const seeds = valuesSeeds();
  const inputs: { readonly values: JsonObject; readonly skipSchemaValidation: boolean; readonly text: string }[] = [];
  while (inputs.length < count) {
    const text = mutated(next.pick(seeds), next);
    const { value } = readYaml(text, 'v.yaml', 'MI-VALUES', 'helm');
    if (value !== undefined) inputs.push({ values: value as JsonObject, skipSchemaValidation: false, text });
  }
  const differences: Difference[] = [];
  await renderMany(inputs, ({ text }, outcome) => {
    const ours = checkValues(text, 'v.yaml');
    const bySchema = outcome.state === 'refused' && outcome.diagnostics.some(({ code }) => code === 'MI-CHART-SCHEMA');
    const errors = ours.diagnostics.filter(({ severity }) => severity === 'error');
    if (bySchema !== ours.breaksSchema)
      differences.push({
        shown: bySchema
          ? `only helm: ${outcome.diagnostics[0]?.message.slice(0, 200)}`
          : `only validate: ${errors[0]?.message.slice(0, 200)}`,
      });
    if (outcome.state === 'refused' && outcome.diagnostics.some(({ message }) => raw.test(message)))
      differences.push({ shown: `raw: ${JSON.stringify(outcome.diagnostics[0]?.message)}` });
  });
  return { faults: [], differences, oracle: "against helm's engine" };
};
