import type { Inventory } from '../packages/inventory/src/index.ts';
import { plan, type Plan } from '../packages/planner/src/index.ts';
import { inventory, options, type Part } from '../packages/planner/test/builder.ts';
import { each, type FuzzClass } from './harness.ts';
import type { Random } from './mutate.ts';

const kinds = [
  'task',
  'api',
  'sequence',
  'endpoint',
  'proxy-service',
  'inbound-endpoint',
  'message-store',
  'message-processor',
];
const relations = ['uses', 'injects-into', 'consumes-from', 'produces-to'] as const;
const names = ['A', 'B', 'Ä', 'a-b', 'constructor', '__proto__', '日本', 'x'.repeat(80)];

function partsOf(next: Random): Readonly<Record<string, Part>> {
  const ids = [
    ...new Set(
      Array.from({ length: 1 + next.below(14) }, () => `${next.pick(kinds)}/${next.pick(names)}${next.below(3)}`),
    ),
  ];
  return Object.fromEntries(
    ids.map((id): [string, Part] => [
      id,
      {
        applications: [next.pick(['app_1', 'app_2', 'app_3'])],
        ...(id.startsWith('inbound')
          ? { facts: { protocol: next.pick(['file', 'jms', 'http', 'kafka', 'nonsense']) } }
          : {}),
        refs: Object.fromEntries(
          relations
            .filter(() => next.below(3) === 0)
            .map((relation) => [relation, [`${next.pick(['', '', '', '?', '!'])}${next.pick(ids)}`]]),
        ),
      },
    ]),
  );
}

/** Kinds that start work by themselves, as far as their verdict says so. */
const entryKinds = /^(task|api|proxy-service|inbound-endpoint|message-processor)\//;
const scales: ReadonlySet<string> = new Set(['stateless', 'affinity']);

/**
 * Throws when a plan without errors leaves an entry point out, or gives a stateful one to no or to several workloads of
 * pods.
 */
export function checkPlan(made: Plan): void {
  for (const [id, verdict] of made.verdicts) {
    if (!entryKinds.test(id)) continue;
    const holders = made.workloads.filter(({ entryPoints }) => entryPoints.includes(id));
    if (holders.length === 0) throw new Error(`${id} runs nowhere`);
    if (scales.has(verdict.class)) continue;
    if (made.pattern === 'coordinated' && (holders.length > 1 || holders[0]?.type !== 'stateful'))
      throw new Error(
        `${id} is ${verdict.class} and runs in ${holders.map(({ name, type }) => `${name} (${type})`).join(', ')}`,
      );
  }
  // Isolating takes nothing away from what scales.
  const scaling = made.workloads.filter(({ type }) => type === 'stateless').flatMap(({ entryPoints }) => entryPoints);
  for (const [id, verdict] of made.verdicts)
    if (entryKinds.test(id) && scales.has(verdict.class) && scaling.length > 0 && !scaling.includes(id))
      throw new Error(`${id} is ${verdict.class} and does not scale`);
}

/** Everything a plan says, with maps as lists so that nothing is lost. */
export const textOf = (made: Plan): string =>
  JSON.stringify(made, (_key, value: unknown) =>
    value instanceof Map ? [...value] : value instanceof Set ? [...value] : value,
  );

function turned(read: Inventory): Inventory {
  return { ...read, artifacts: [...read.artifacts], applications: read.applications.toReversed() };
}

/**
 * Inventories of all shapes: each stateful artifact runs once, none is left out, and the order of what was read changes
 * no byte.
 */
export const plans: FuzzClass = async (next, count) => {
  const inputs = Array.from({ length: count }, () => ({
    read: inventory(partsOf(next)),
    options: options({
      isolate: next.pick(['each', 'one']),
      coordination: 'isolate',
      replicas: 1 + next.below(5),
      ...(next.below(2) === 0 ? {} : { pattern: 'coordinated' }),
    }),
  }));
  const { answers, faults } = await each(inputs, (input) => {
    const made = plan(input.read, input.options);
    const works = !made.diagnostics.some(({ severity }) => severity === 'error');
    if (works) checkPlan(made);
    if (textOf(made) !== textOf(plan(input.read, input.options))) throw new Error('the same input makes two plans');
    if (textOf(made) !== textOf(plan(turned(input.read), input.options))) throw new Error('the order changes the plan');
    return works;
  });
  return { faults, differences: [], oracle: `its invariants, ${answers.filter(Boolean).length} without errors` };
};
