import type { ArtifactKind, Inventory, Relation } from '../packages/inventory/src/index.ts';
import { type Group, plan, type Plan, type PlanOptions } from '../packages/planner/src/index.ts';
import { inventory, jdbcStore, options, type Part, polls } from '../packages/planner/test/builder.ts';
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
  'data-service',
  'template',
  'local-entry',
  'library',
] as const satisfies readonly ArtifactKind[];
const relations = [
  'uses',
  'injects-into',
  'consumes-from',
  'stores-into',
  'calls-loopback',
  'binds-to',
  'dispatches-to',
  'offers-tool',
  'needs-class',
] as const satisfies readonly Relation[];
const names = ['A', 'B', 'Ä', 'a-b', 'constructor', '__proto__', '日本', 'x'.repeat(80)];
const protocols = ['file', 'jms', 'http', 'kafka', 'rabbitmq', 'mqtt', 'wss', 'nonsense'];

/** What an artifact says of itself beyond the simplest of its kind. */
function factsOf(id: string, next: Random): Pick<Part, 'facts' | 'parameters'> {
  if (id.startsWith('inbound'))
    return {
      facts: { protocol: next.pick(protocols), suspend: next.below(5) === 0 },
      parameters: { 'inbound.http.port': next.pick(['8285', '8290', 'x']), 'transport.vfs.FileURI': '/in' },
    };
  if (id.startsWith('proxy'))
    return next.below(2) === 0
      ? {}
      : { facts: { transports: [next.pick(['vfs', 'jms', 'local'])] }, parameters: polls };
  if (id.startsWith('message-store') && next.below(2) === 0)
    return { facts: { class: jdbcStore }, parameters: { 'store.jdbc.table': 't' } };
  return id.startsWith('task') && next.below(3) === 0 ? { facts: { pinnedServers: ['a'] } } : {};
}

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
        ...factsOf(id, next),
        refs: Object.fromEntries(
          relations
            .filter(() => next.below(5) === 0)
            .map((relation) => [relation, [`${next.pick(['', '', '', '?', '!', '='])}${next.pick(ids)}`]]),
        ),
      },
    ]),
  );
}

const classes = ['stateless', 'isolate', 'broker-safe', 'affinity', 'pod-local', 'opaque'] as const;

/** What a user may ask of a plan: groups that overlap or match nothing, and verdicts of their own, too. */
function optionsOf(parts: Readonly<Record<string, Part>>, next: Random): PlanOptions {
  const ids = Object.keys(parts);
  const globs = [...ids, 'task/*', '*', 'tsk/A0', '*/A?', 'message-processor/*'];
  const groups = (): readonly Group[] =>
    Array.from({ length: 1 + next.below(3) }, () => ({
      name: next.pick(['night', 'bank', 'integration', 'x-1']),
      match: Array.from({ length: 1 + next.below(3) }, () => next.pick(globs)),
    }));
  return options({
    isolate: next.pick(['each', 'one', { groups: groups() }]),
    coordination: next.below(4) === 0 ? 'database' : 'isolate',
    delivery: next.pick(['roles', 'archives']),
    replicas: 1 + next.below(5),
    verdicts: new Map(
      next.below(3) === 0 ? [[next.pick([...ids, 'task/none']), { class: next.pick(classes), reason: 'known' }]] : [],
    ),
    ...next.pick([{}, { pattern: 'coordinated' }, { pattern: 'single-replica' }, { pattern: 'multiple-replicas' }]),
  });
}

/** Kinds that start work by themselves, as far as their verdict says so. */
const entryKinds = /^(task|api|proxy-service|inbound-endpoint|message-processor)\//;
const scales: ReadonlySet<string> = new Set(['stateless', 'affinity', 'pod-local']);

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
    if (
      made.pattern === 'coordinated' &&
      made.coordination === 'isolate' &&
      (holders.length > 1 || holders[0]?.type !== 'stateful')
    )
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
 * Inventories of all shapes: each stateful artifact runs once, none is left out, the order of what was read changes no
 * byte, and an artifact has the same role however it is grouped, so that one image serves every plan.
 */
export const plans: FuzzClass = async (next, count) => {
  const inputs = Array.from({ length: count }, () => {
    const parts = partsOf(next);
    return { read: inventory(parts), options: optionsOf(parts, next) };
  });
  const { answers, faults } = await each(inputs, (input) => {
    const made = plan(input.read, input.options);
    const works = !made.diagnostics.some(({ severity }) => severity === 'error');
    if (works) checkPlan(made);
    if (textOf(made) !== textOf(plan(input.read, input.options))) throw new Error('the same input makes two plans');
    if (textOf(made) !== textOf(plan(turned(input.read), input.options))) throw new Error('the order changes the plan');
    const { pattern: _pattern, ...other } = input.options;
    const { roles } = plan(input.read, { ...other, isolate: 'each', coordination: 'isolate' });
    if (JSON.stringify([...made.roles]) !== JSON.stringify([...roles])) throw new Error('the roles depend on the plan');
    return works;
  });
  return { faults, differences: [], oracle: `its invariants, ${answers.filter(Boolean).length} without errors` };
};
