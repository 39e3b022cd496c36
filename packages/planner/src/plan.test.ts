import type { Diagnostic } from '@mi-patterns/inventory';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codes, findings, inventory, options, orders, type Part, planOf, polls, source } from '../test/builder.ts';
import { embedded } from '../test/diagnostic-cases/parts.ts';
import { choicesOf } from './cost/choices.ts';
import { explain } from './explain.ts';
import { matchesGlob } from './grouping/glob.ts';
import { isWorkloadName, roleName, workloadName } from './grouping/names.ts';
import { plan } from './plan.ts';

const names = (made: ReturnType<typeof planOf>): string[] => made.workloads.map((workload) => workload.name);
const shape = (made: ReturnType<typeof planOf>): object =>
  Object.fromEntries(
    made.workloads.map((workload) => [workload.name, [workload.type, workload.replicas, workload.stateful]]),
  );

it('says of one stateful artifact that it runs in a pod of its own', () => {
  expect(planOf({ 'task/T': {}, 'api/A': {} }).patternBecause).toContain('so it runs in one pod of its own');
});

it('tells once what several environments take from the same line', () => {
  const file = embedded('Orders');
  const configurations = [file, { ...file, environment: 'test' }, { ...file, environment: 'prod' }];
  expect(findings(planOf({ 'api/A': {} }, {}, { configurations }), 'MI-ISO-EMBEDDED-DATABASE')).toHaveLength(1);
});

it.each([
  ['single-replica', 'task/T is stateful, and one pod runs everything.'],
  ['multiple-replicas', 'task/T is stateful, but every pod would run everything.'],
  ['coordinated', 'task/T is stateful, so it runs in one pod of its own, next to the replicas of the rest.'],
] as const)('says what the pattern asked for does with what is stateful: %s', (pattern, what) => {
  expect(planOf({ 'task/T': {}, 'api/A': {} }, { pattern }).patternBecause).toBe(`Requested: ${what}`);
});

it.each([
  ['each', 'so each runs in one pod of its own, next to the replicas of the rest.'],
  ['one', 'so they share one pod, next to the replicas of the rest.'],
  [
    { groups: [{ name: 'g', match: ['task/*'] }] },
    'so each runs in one pod, with the others of its group, next to the replicas of the rest.',
  ],
] as const)('says of several stateful artifacts where they run: %j', (isolate, where) => {
  expect(planOf({ 'task/T': {}, 'task/U': {}, 'api/A': {} }, { isolate }).patternBecause).toBe(
    `Chosen: task/T and task/U are stateful, ${where}`,
  );
});

it('promises other pods that keep serving only where there are any', () => {
  const requests = (parts: Record<string, Part>): string | undefined =>
    choicesOf(inventory(parts), planOf(parts)).find(({ isChosen }) => isChosen)?.requests;
  expect(requests({ 'task/T': {}, 'task/U': {} })).toContain('No other pod');
  expect(requests({ 'task/T': {}, 'api/A': {} })).toContain('keep serving');
});

it('gives the reason of the configuration for a workload that it asks for', () => {
  const verdicts = new Map([['api/A' as const, { class: 'isolate' as const, reason: 'one session only' }]]);
  const made = planOf({ 'api/A': {}, 'api/B': {} }, { verdicts });
  expect(made.workloads.find(({ type }) => type === 'stateful')?.because).toBe(
    'The configuration counts it as isolate: one session only.',
  );
});

describe('the order example', () => {
  it('is coordinated: the API in every replica, each task in a pod of its own', () => {
    const made = planOf(orders);
    expect(made.pattern).toBe('coordinated');
    expect(shape(made)).toEqual({
      integration: ['stateless', 3, []],
      'recurring-order-task': ['stateful', 1, ['task/recurringOrder_Task']],
      'schedul-order-task': ['stateful', 1, ['task/schedulOrder_Task']],
    });
    expect(made.workloads.map((workload) => workload.roles)).toEqual([
      [],
      ['MiIsolatedRecurringOrderTask'],
      ['MiIsolatedSchedulOrderTask'],
    ]);
    expect(made.workloads[1]?.artifacts).toEqual([
      'endpoint/OrderBackend',
      'sequence/processOrder',
      'task/recurringOrder_Task',
    ]);
    expect(made.workloads[1]?.because).toBe(
      'Task recurringOrder_Task fires every 60 s in each pod that deploys it: in two pods it would run twice.',
    );
    expect(made.diagnostics).toEqual([]);
    expect(made.cost.pods).toBe(5);
  });
  it('isolates one workload or named groups when asked', () => {
    expect(shape(planOf(orders, { isolate: 'one' }))).toEqual({
      integration: ['stateless', 3, []],
      stateful: ['stateful', 1, ['task/recurringOrder_Task', 'task/schedulOrder_Task']],
    });
    const grouped = planOf(orders, { isolate: { groups: [{ name: 'nightly', match: ['task/sched*'] }] } });
    expect(shape(grouped)).toEqual({
      integration: ['stateless', 3, []],
      nightly: ['stateful', 1, ['task/schedulOrder_Task']],
      'recurring-order-task': ['stateful', 1, ['task/recurringOrder_Task']],
    });
    expect(grouped.workloads[1]?.roles).toEqual(['MiIsolatedSchedulOrderTask']);
    expect(grouped.roles).toEqual(planOf(orders).roles);
    expect(grouped.diagnostics).toEqual([]);
  });
  it('refuses multiple replicas and names both tasks with the two ways out', () => {
    const refused = findings(planOf(orders, { pattern: 'multiple-replicas' }), 'MI-PLAN-STATEFUL');
    expect(refused.map((one) => [one.severity, one.source?.path, one.source?.line])).toEqual([
      ['error', 'src/task/recurringOrder_Task.xml', 2],
      ['error', 'src/task/schedulOrder_Task.xml', 2],
    ]);
    expect(refused[1]?.message).toContain('<trigger cron="0 0 2 * * ?"/>');
    for (const one of refused) expect(one.hint).toMatch(/--pattern coordinated.*verdicts:/);
  });
  it('runs in one pod with all roles as a single replica, so that one image serves both patterns', () => {
    const made = planOf(orders, { pattern: 'single-replica' });
    expect(made.workloads).toMatchObject([
      {
        name: 'integration',
        type: 'stateful',
        replicas: 1,
        roles: ['MiIsolatedRecurringOrderTask', 'MiIsolatedSchedulOrderTask'],
      },
    ]);
    expect([...made.roles]).toEqual([...planOf(orders).roles]);
    expect(codes(made)).toEqual(['MI-PLAN-SINGLE']);
  });
  it('is one workload with the database', () => {
    const made = planOf(orders, { coordination: 'database' });
    expect(made.coordination).toBe('database');
    expect(made.workloads).toMatchObject([
      {
        name: 'integration',
        type: 'stateless',
        replicas: 3,
        stateful: ['task/recurringOrder_Task', 'task/schedulOrder_Task'],
      },
    ]);
    expect(made.cost.downtime[0]?.podLoss).toBe(15);
  });
  it('is multiple-replicas when nothing is stateful, or both tasks are overridden', () => {
    expect(planOf({ 'api/A': {} }).pattern).toBe('multiple-replicas');
    const free = { class: 'stateless', reason: 'idempotent' } as const;
    const made = planOf(orders, {
      verdicts: new Map([
        ['task/recurringOrder_Task', free],
        ['task/schedulOrder_Task', free],
      ]),
    });
    expect(made.pattern).toBe('multiple-replicas');
    expect(made.verdicts.get('task/schedulOrder_Task')).toMatchObject({
      class: 'stateless',
      overridden: { found: 'isolate', reason: 'idempotent' },
    });
    expect(findings(made, 'MI-PLAN-OVERRIDDEN').map((one) => one.severity)).toEqual(['warning', 'warning']);
  });
  it('has no stateless workload when everything is stateful', () => {
    expect(names(planOf({ 'task/A': {} }))).toEqual(['a-task']);
  });
});

describe('forced groups', () => {
  const injects = (proxy: string): Part => ({ refs: { 'injects-into': [`proxy-service/${proxy}`] } });
  const vfs: Part = { facts: { transports: ['vfs'] }, parameters: polls };
  it('keeps a task and the vfs proxy it injects into together, named after the proxy', () => {
    const made = planOf({ 'task/Z': injects('Files'), 'proxy-service/Files': vfs });
    expect(shape(made)).toEqual({ 'files-proxy': ['stateful', 1, ['proxy-service/Files', 'task/Z']] });
    expect(
      names(planOf({ 'task/A': injects('Files'), 'task/Z': injects('Files'), 'proxy-service/Files': vfs })),
    ).toEqual(['files-proxy']);
  });
  it('sees the path through sequences and an API of the same pod', () => {
    const made = planOf({
      'task/T': { refs: { 'injects-into': ['sequence/a'] } },
      'sequence/a': { refs: { 'calls-loopback': ['api/A'] } },
      'api/A': { refs: { uses: ['sequence/b'] } },
      'sequence/b': { refs: { 'calls-loopback': ['proxy-service/Files'] } },
      'proxy-service/Files': vfs,
    });
    expect(made.workloads.map((workload) => workload.stateful)).toEqual([[], ['proxy-service/Files', 'task/T']]);
    expect(findings(made, 'MI-ISO-LOOPBACK')).toHaveLength(1);
  });
  it('joins a task that stores in memory with the processor, and not with the processor of a broker store', () => {
    const flow = (facts: NonNullable<Part['facts']>): Record<string, Part> => ({
      'task/T': { refs: { 'injects-into': ['sequence/s'] } },
      'sequence/s': { refs: { 'stores-into': ['message-store/M'] } },
      'message-store/M': { facts },
      'message-processor/P': { refs: { 'consumes-from': ['message-store/M'] } },
    });
    expect(names(planOf(flow({})))).toEqual(['p-processor']);
    expect(codes(planOf(flow({})))).toEqual(['MI-PLAN-PROCESSOR-STOPS', 'MI-ISO-INMEM-LOSS']);
    expect(names(planOf(flow({ class: 'org.apache.synapse.message.store.impl.jms.JmsStore' })))).toEqual([
      'p-processor',
      't-task',
    ]);
  });
});

describe('a failover store in memory', () => {
  const jms = { class: 'org.apache.synapse.message.store.impl.jms.JmsStore' };
  const stores: Readonly<Record<string, Part>> = {
    'message-store/Jms': { facts: jms, refs: { 'stores-into': ['message-store/Memory'] } },
    'message-store/Memory': {},
    'message-processor/Forward': { refs: { 'consumes-from': ['message-store/Jms'] } },
    'message-processor/Back': {
      refs: { 'consumes-from': ['message-store/Memory'], 'stores-into': ['message-store/Jms'] },
    },
  };
  const storing = (entry: string, relation: 'uses' | 'injects-into'): Record<string, Part> => ({
    ...stores,
    [entry]: { refs: { [relation]: ['sequence/s'] } },
    'sequence/s': { refs: { 'stores-into': ['message-store/Jms'] } },
  });
  it.each(['roles', 'archives'] as const)(
    'does not tie who only takes from the store to the processor of the failover store, delivered by %s',
    (delivery) => {
      const made = planOf(stores, { delivery });
      expect(names(made)).toEqual(['back-processor', 'forward-processor']);
      expect(made.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    },
  );
  it('ties a task that stores to the processor of the failover store', () => {
    expect(names(planOf(storing('task/T', 'injects-into')))).toEqual(['back-processor', 'forward-processor']);
    expect(planOf(storing('task/T', 'injects-into')).workloads[0]?.stateful).toEqual([
      'message-processor/Back',
      'task/T',
    ]);
  });
  it('loses what an API stores in other pods', () => {
    expect(findings(planOf(storing('api/A', 'uses')), 'MI-ISO-INMEM-STORE').map(({ message }) => message)).toEqual([
      expect.stringContaining('What api/A stores in other pods is never processed.'),
    ]);
  });
});

describe('server roles', () => {
  const forced: Record<string, Part> = {
    'task/Z': { refs: { 'injects-into': ['proxy-service/Files'] } },
    'proxy-service/Files': { facts: { transports: ['vfs'] }, parameters: polls },
    'api/A': {},
  };
  it('belong to one entry point each; a workload has those of its own', () => {
    const [, group] = planOf(forced).workloads;
    expect(group).toMatchObject({ name: 'files-proxy', roles: ['MiIsolatedFilesProxy', 'MiIsolatedZTask'] });
    expect(group).not.toHaveProperty('role');
    expect(planOf(orders).workloads[1]).toMatchObject({
      role: 'MiIsolatedRecurringOrderTask',
      roles: ['MiIsolatedRecurringOrderTask'],
    });
  });
  it('are the same for every pattern and grouping, so that an archive packed once serves them all', () => {
    const all = { ...orders, ...forced };
    const [first, ...others] = (
      [
        {},
        { isolate: 'one' },
        { isolate: { groups: [{ name: 'g', match: ['task/*'] }] } },
        { pattern: 'single-replica' },
        { pattern: 'multiple-replicas' },
        { coordination: 'database' },
      ] as const
    ).map((changes) => [...planOf(all, changes).roles]);
    expect(first).toHaveLength(4);
    for (const other of others) expect(other).toEqual(first);
    expect(planOf(all, { isolate: 'one' }).workloads[1]?.roles).toEqual(
      [...(first ?? [])].map(([, role]) => role).toSorted(),
    );
  });
  it('differ where names differ in capitals or separators only', () => {
    const roles = [
      ...planOf({ 'task/Order_Task': {}, 'task/orderTask': {}, 'task/other': {} }, { isolate: 'one' }).roles.values(),
    ];
    expect(new Set(roles).size).toBe(3);
    for (const role of roles) expect(role).toMatch(/^MiIsolated[A-Za-z0-9]+$/);
  });
});

describe('names', () => {
  it.each([
    ['task', 'recurringOrder_Task', 'recurring-order-task', 'MiIsolatedRecurringOrderTask'],
    ['task', 'HTTPPing', 'http-ping-task', 'MiIsolatedHttpPingTask'],
    ['message-processor', 'OrderProcessor', 'order-processor', 'MiIsolatedOrderProcessor'],
    ['inbound-endpoint', 'order.files v2', 'order-files-v2-inbound', 'MiIsolatedOrderFilesV2Inbound'],
  ] as const)('%s %s is %s with role %s', (kind, name, label, role) => {
    const found = workloadName({ id: `${kind}/${name}`, kind, name });
    expect(found).toBe(label);
    expect(roleName(found)).toBe(role);
  });
  it('makes a short label of any name, and a role of letters and digits that is different for different labels', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), fc.string({ maxLength: 60 }), (a, b) => {
        const [one, other] = [a, b].map((name) => workloadName({ id: `task/${name}`, kind: 'task', name }));
        expect(isWorkloadName(one ?? '')).toBe(true);
        expect(roleName(one ?? '')).toMatch(/^MiIsolated[A-Za-z0-9]+$/);
        expect(roleName(one ?? '') === roleName(other ?? '')).toBe(one === other);
      }),
    );
    expect(roleName('a-1-task')).not.toBe(roleName('a1-task'));
    expect(workloadName({ id: 'task/été', kind: 'task', name: 'été' })).not.toBe(
      workloadName({ id: 'task/èté', kind: 'task', name: 'èté' }),
    );
  });
  it.each([
    ['task/*', 'task/a', true],
    ['task/*Order*', 'task/newOrders', true],
    ['*/?', 'task/ab', false],
    ['task/a.c', 'task/abc', false],
    ['*a*a*a*a*a*a*a*b', 'a'.repeat(2000), false],
  ])('glob %s on %s is %s', (glob, text, expected) => {
    expect(matchesGlob(glob, text)).toBe(expected);
  });
});

const part = fc.record({
  kind: fc.constantFrom(
    'api',
    'task',
    'message-processor',
    'inbound-endpoint',
    'proxy-service',
    'sequence',
    'message-store',
  ),
  name: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
  targets: fc.array(fc.nat(30), { maxLength: 3 }),
});

/** A random inventory; references go to whatever the numbers hit, with a relation that fits the kind. */
function random(drawn: readonly { kind: string; name: string; targets: readonly number[] }[]): Record<string, Part> {
  const ids = [...new Set(drawn.map((one) => `${one.kind}/${one.name}`))];
  return Object.fromEntries(
    drawn.map((one) => {
      const targets = one.targets.map((number) => ids[number % ids.length] ?? '');
      const stores = targets.filter((id) => id.startsWith('message-store/'));
      const rest = targets.filter((id) => !id.startsWith('message-store/'));
      const facts =
        one.kind === 'inbound-endpoint'
          ? { facts: { protocol: one.name === 'a' ? 'http' : 'file' } }
          : one.kind === 'proxy-service' && one.name < 'c'
            ? { facts: { transports: ['vfs'] }, parameters: polls }
            : {};
      return [
        `${one.kind}/${one.name}`,
        {
          ...facts,
          refs: { uses: rest, [one.kind === 'message-processor' ? 'consumes-from' : 'stores-into']: stores },
        },
      ];
    }),
  );
}

describe('any inventory', () => {
  it('has every entry point in exactly one workload and loses no artifact', () => {
    fc.assert(
      fc.property(
        fc.array(part, { minLength: 1, maxLength: 25 }),
        fc.constantFrom('each', 'one' as const),
        (drawn, isolate) => {
          const all = inventory(random(drawn));
          const made = plan(all, options({ isolate: isolate as 'each' | 'one', pattern: 'coordinated' }));
          const starts = made.workloads.flatMap((workload) => workload.entryPoints);
          expect(new Set(starts).size).toBe(starts.length);
          const stateful = made.workloads.flatMap((workload) => workload.stateful);
          expect(new Set(stateful).size).toBe(stateful.length);
          expect([...made.roles.keys()].toSorted()).toEqual([...stateful].toSorted());
          for (const workload of made.workloads)
            expect(workload.type === 'stateful').toBe(workload.stateful.length > 0);
          const placed = new Set(made.workloads.flatMap((workload) => workload.artifacts));
          expect(placed.size).toBe(made.workloads.length > 0 ? all.artifacts.length : 0);
          // What a stateful workload reaches is never isolated elsewhere.
          for (const workload of made.workloads.filter((one) => one.type === 'stateful')) {
            expect(workload.artifacts.filter((id) => made.roles.has(id))).toEqual(workload.stateful);
          }
        },
      ),
    );
  });
  it('gives the same plan whatever the order of artifacts was', () => {
    fc.assert(
      fc.property(fc.array(part, { maxLength: 20 }), (drawn) => {
        const parts = random(drawn);
        const turned = Object.fromEntries(Object.entries(parts).toReversed());
        const [one, other] = [planOf(turned), planOf(parts)].map((made) =>
          JSON.stringify({ ...made, verdicts: [...made.verdicts], roles: [...made.roles] }),
        );
        expect(one).toBe(other);
      }),
    );
  });
  it('renames no workload when an artifact is added that belongs to none of its groups', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.stringMatching(/^[A-Za-z][A-Za-z0-9_.-]{0,50}$/), { minLength: 2, maxLength: 8 }),
        (list) => {
          const [added = '', ...rest] = list;
          const before = planOf(Object.fromEntries(rest.map((name) => [`task/${name}`, {}])));
          const after = planOf({
            ...Object.fromEntries(rest.map((name) => [`task/${name}`, {}])),
            [`task/${added}`]: {},
            'api/New': {},
            [`message-processor/${added}`]: {},
          });
          // Names that would clash make the plan an error instead of a renaming.
          fc.pre(!codes(after).includes('MI-PLAN-NAME-CLASH'));
          for (const workload of before.workloads) {
            expect(after.workloads.find((other) => other.stateful[0] === workload.stateful[0])).toMatchObject({
              name: workload.name,
              role: workload.role,
            });
          }
        },
      ),
    );
  });
  it('of 100,000 artifacts is planned in linear time', () => {
    const parts: Record<string, Part> = {};
    for (let number = 0; number < 25_000; number++) {
      const shared = `sequence/s${number % 500}`;
      parts[`api/a${number}`] = { refs: { uses: [`sequence/own${number}`, shared] } };
      parts[`sequence/own${number}`] = { refs: { uses: [`endpoint/e${number}`, shared] } };
      parts[`endpoint/e${number}`] = {};
      parts[number % 50 === 0 ? `task/t${number}` : `template/t${number}`] = {
        refs: { uses: [`sequence/own${number}`] },
      };
    }
    for (let number = 0; number < 500; number++)
      parts[`sequence/s${number}`] = number % 3 === 0 ? { refs: { uses: [`sequence/s${(number * 7) % 500}`] } } : {};
    const all = inventory(parts);
    // About 1 s on an idle core. What is no longer linear does not end before the test is given up.
    expect(plan(all, options()).workloads).toHaveLength(501);
  }, 180_000);
});

describe('explain', () => {
  const all = inventory({ ...orders, 'sequence/OrderAPI': {} });
  const made = plan(all, options({ pattern: 'multiple-replicas' }));
  it('tells verdict, needs, users, workload and findings', () => {
    const found = explain(all, made, 'schedulOrder_Task');
    expect(found).toMatchObject({
      type: 'found',
      verdict: { class: 'isolate' },
      reaches: ['endpoint/OrderBackend', 'sequence/processOrder'],
      neededBy: [],
      workloads: ['integration'],
      diagnostics: [{ code: 'MI-PLAN-STATEFUL' }],
    });
    expect(explain(all, made, 'sequence/processOrder')).toMatchObject({
      entryPoints: ['api/OrderAPI', 'task/recurringOrder_Task', 'task/schedulOrder_Task'],
    });
  });
  it('tells findings of a file with several artifacts by their place', () => {
    const said = (line: number): Diagnostic => ({
      code: 'MI-XML-LIMIT',
      severity: 'error',
      message: 'It names ab, whatever it is about.',
      hint: '',
      source: source('synapse.xml', line),
    });
    const parsed = inventory({ 'sequence/a': {}, 'sequence/ab': {} }, { diagnostics: [1, 4, 9].map(said) });
    const artifacts = parsed.artifacts.map((artifact) => ({
      ...artifact,
      source: source('synapse.xml', artifact.name === 'a' ? 3 : 8),
    }));
    const two = { ...parsed, artifacts };
    const lines = (wanted: string): unknown[] => {
      const found = explain(two, plan(two, options()), wanted);
      return found.type === 'found' ? found.diagnostics.map((one) => one.source?.line) : [];
    };
    expect(lines('a')).toEqual([1, 4]);
    expect(lines('ab')).toEqual([1, 9]);
  });
  it('asks back when a name is ambiguous or unknown', () => {
    expect(explain(all, made, 'OrderAPI')).toEqual({
      type: 'ambiguous',
      wanted: 'OrderAPI',
      matches: ['api/OrderAPI', 'sequence/OrderAPI'],
    });
    expect(explain(all, made, 'schedulOrderTask')).toMatchObject({ type: 'unknown', near: ['task/schedulOrder_Task'] });
    expect(explain(all, made, 'recuringOrder_Tsk')).toMatchObject({
      type: 'unknown',
      near: ['task/recurringOrder_Task'],
    });
    expect(explain(all, made, 'nothing at all like it')).toMatchObject({ type: 'unknown', near: [] });
  });
});

describe('sentences', () => {
  const chain: Record<string, Part> = {
    'task/Nightly': { refs: { 'injects-into': ['sequence/S'] } },
    'sequence/S': { refs: { 'stores-into': ['message-store/M'] } },
    'message-store/M': {},
    'message-processor/P': { refs: { 'consumes-from': ['message-store/M'] } },
  };

  it('say how artifacts reach each other, and count the pods that they need', () => {
    const shared = planOf(chain);
    expect(shared.patternBecause).toBe('Chosen: message-processor/P and task/Nightly are stateful and share one pod.');
    expect(shared.workloads.map(({ because }) => because)).toEqual([
      'task/Nightly stores into message-store/M, message-processor/P takes from it, and it is in memory, so both need one pod.',
    ]);
    const counting = planOf({
      ...chain,
      'message-store/M': {
        facts: { class: 'org.apache.synapse.message.store.impl.resequencer.ResequenceMessageStore' },
      },
    });
    expect(counting.workloads.map(({ because }) => because)).toEqual([
      'task/Nightly stores into message-store/M, message-processor/P takes from it, and it counts in memory, so both need one pod.',
    ]);
    const { 'task/Nightly': _task, ...rivals } = chain;
    const both = planOf({ ...rivals, 'message-processor/Q': { refs: { 'consumes-from': ['message-store/M'] } } });
    expect(both.workloads.map(({ because }) => because)).toEqual([
      'message-processor/P and message-processor/Q take from message-store/M, and it is in memory, so both need one pod.',
    ]);
    const more = planOf({ ...chain, 'task/Other': {}, 'api/A': {} });
    expect(more.patternBecause).toBe(
      'Chosen: message-processor/P, task/Nightly and task/Other are stateful, so they run in 2 pods of their own, next to the replicas of the rest.',
    );
    const called = planOf({
      'task/A': { refs: { 'injects-into': ['sequence/S'] } },
      'task/B': { refs: { 'injects-into': ['proxy-service/P'] } },
      'sequence/S': { refs: { 'calls-loopback': ['proxy-service/P'] } },
      'proxy-service/P': {
        facts: { transports: ['vfs'] },
        parameters: { 'transport.vfs.FileURI': 'file:///in', 'transport.vfs.ContentType': 'text/plain' },
      },
    });
    expect(called.workloads.map(({ because }) => because)).toEqual([
      'task/A calls proxy-service/P through sequence/S; task/B injects into proxy-service/P, so they need one pod.',
    ]);
  });

  it('are about one entry point where there is one', () => {
    const [found] = findings(planOf({ 'api/A': {} }, { pattern: 'single-replica' }), 'MI-PLAN-SINGLE');
    expect(found?.message).toContain('its one entry point is down for about');
  });

  it('say of a task that no server is named for it', () => {
    const { workloads } = planOf({ 'task/T': { facts: { pinnedServers: ['nodeA'] } } });
    expect(workloads[0]?.because).toBe('Task T is pinned to nodeA; no server has that name, so it never runs.');
  });

  it('list transports with commas', () => {
    const { verdicts } = planOf({ 'proxy-service/P': { facts: { transports: ['http', 'https', 'local'] } } });
    expect(verdicts.get('proxy-service/P')?.because).toContain('over http, https and local');
  });
});
