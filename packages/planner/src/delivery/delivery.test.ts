import type { Inventory } from '@mi-patterns/inventory';
import { describe, expect, test } from 'vitest';
import { inventory, options, orders, type Part } from '../../test/builder.ts';
import type { Plan, PlanOptions } from '../model/plan.ts';
import { plan } from '../plan.ts';
import { checkDelivery } from './check.ts';
import { deliveryOf } from './delivery-of.ts';
import { deployedByWorkload, roleFilter } from './deployed.ts';
import type { PlannedDelivery } from './model.ts';

type More = Parameters<typeof inventory>[1];

function delivered(
  parts: Readonly<Record<string, Part>>,
  changes: Partial<PlanOptions> = {},
  more: More = {},
): {
  readonly read: Inventory;
  readonly made: Plan;
  readonly delivery: PlannedDelivery;
  readonly lists: Record<string, string[]>;
  readonly codes: string[];
} {
  const read = inventory(parts, more);
  const made = plan(read, options(changes));
  const delivery = deliveryOf(read, made);
  const lists = Object.fromEntries(
    [...deployedByWorkload(delivery, made)].map(([name, { common, own }]) => [
      name,
      [...common.list, ...own].map(({ artifact }) => artifact).toSorted(),
    ]),
  );
  return { read, made, delivery, lists, codes: checkDelivery(read, made, delivery).map(({ code }) => code) };
}

const stateless = ['api/OrderAPI', 'endpoint/OrderBackend', 'sequence/processOrder'];
const recurring = 'task/recurringOrder_Task';
const scheduled = 'task/schedulOrder_Task';

describe('delivery by roles', () => {
  test('is one set; each task is in its own workload only, the rest in all', () => {
    const { delivery, lists, codes } = delivered(orders);
    expect(delivery.sets.map(({ name, archives }) => [name, archives.map(({ file }) => file)])).toEqual([
      ['image', ['app_1_1.car']],
    ]);
    expect(delivery.roles).toEqual(['MiIsolatedRecurringOrderTask', 'MiIsolatedSchedulOrderTask']);
    expect(lists).toEqual({
      integration: stateless,
      'recurring-order-task': [...stateless, recurring],
      'schedul-order-task': [...stateless, scheduled],
    });
    expect(codes).toEqual([]);
  });

  test('says which artifacts a server role of somebody else kept asleep until now', () => {
    const roles = (role: string): More => ({
      applications: [
        {
          id: 'app_1',
          type: 'archive',
          deliveries: Object.keys(orders).map((artifact) => ({
            artifact,
            name: artifact,
            version: '1',
            type: 'synapse/x',
            file: 'x.xml',
            path: 'x',
            serverRole: artifact === recurring ? role : 'EnterpriseServiceBus',
          })),
        },
      ],
    });
    expect(
      delivered(orders, {}, roles('NightServer')).made.diagnostics.filter(
        ({ code }) => code === 'MI-DELIVERY-ROLE-REPLACED',
      ),
    ).toMatchObject([
      {
        severity: 'warning',
        artifacts: [recurring],
        message: `${recurring} of app_1 carries the server role NightServer, so servers with MI's own roles leave it out today. The plan runs it: the archives that package writes carry roles that its servers have.`,
      },
    ]);
    expect(
      delivered(orders, {}, roles('MiIsolatedRecurringOrderTask')).made.diagnostics.map(({ code }) => code),
    ).not.toContain('MI-DELIVERY-ROLE-REPLACED');
    // MI deploys it in no role.
    const bundle = { 'unsupported/bundle': {}, 'api/A': {} } as const;
    const delivery = { name: 'bundle', version: '1', type: 'lib/library/bundle', file: 'b.jar', path: 'b' };
    const unsupported: More = {
      applications: [
        {
          id: 'app_1',
          type: 'archive',
          deliveries: [{ ...delivery, artifact: 'unsupported/bundle', serverRole: 'ApplicationServer' }],
        },
      ],
    };
    expect(delivered(bundle, {}, unsupported).made.diagnostics.map(({ code }) => code)).not.toContain(
      'MI-DELIVERY-ROLE-REPLACED',
    );
  });

  test('is the same for every pattern and grouping', () => {
    const [first, ...others] = [
      {},
      { pattern: 'single-replica' },
      { isolate: 'one' },
      { coordination: 'database' },
    ].map((changes) => delivered(orders, changes as Partial<PlanOptions>));
    for (const { delivery, codes } of others) {
      expect(delivery.sets[0]?.archives).toEqual(first?.delivery.sets[0]?.archives);
      expect(codes).toEqual([]);
    }
  });

  test("gives artifacts a role that every server has in place of somebody else's", () => {
    const own = (role: string): More => ({
      applications: [
        {
          id: 'app_1',
          deliveries: [
            {
              artifact: 'api/A',
              name: 'A',
              version: '1',
              type: 'synapse/api',
              serverRole: role,
              file: 'A.xml',
              path: 'A.xml',
            },
          ],
        },
      ],
    });
    const roleOf = (role: string): string | undefined =>
      delivered({ 'api/A': {} }, {}, own(role)).delivery.sets[0]?.archives[0]?.artifacts[0]?.serverRole;
    expect([roleOf('DataServicesServer'), roleOf('Team7')]).toEqual(['DataServicesServer', 'EnterpriseIntegrator']);
  });

  test('gives each artifact of a project a name of its own; those of an archive keep theirs', () => {
    const parts = { 'api/same': {}, 'sequence/same': {}, 'endpoint/same': {} };
    const names = (type: 'project' | 'archive'): string[] =>
      delivered(parts, {}, { applications: [{ id: 'app_1', type }] }).delivery.sets[0]!.archives[0]!.artifacts.map(
        ({ delivery, name }) => `${delivery.artifact} ${name}`,
      );
    expect(names('project')).toEqual(['api/same same', 'endpoint/same same_endpoint', 'sequence/same same_sequence']);
    expect(new Set(names('archive').map((line) => line.split(' ')[1]))).toEqual(new Set(['same']));
  });

  test('says which role no workload has', () => {
    const { read, made, delivery } = delivered(orders);
    const without = {
      ...made,
      workloads: made.workloads.map((workload) => ({
        ...workload,
        roles: workload.roles.filter((role) => role !== 'MiIsolatedSchedulOrderTask'),
      })),
    };
    const found = checkDelivery(read, without, delivery);
    expect(found.map(({ code, artifacts }) => [code, artifacts])).toEqual([
      ['MI-DELIVERY-MISSING', [scheduled]],
      ['MI-DELIVERY-MISSING', [scheduled]],
      ['MI-DELIVERY-ROLE', [scheduled]],
    ]);
    expect(found[2]?.message).toBe(
      'No workload has the server role MiIsolatedSchedulOrderTask, so no server would deploy task/schedulOrder_Task.',
    );
  });

  test('says when a second workload has the role of a stateful artifact', () => {
    const { read, made, delivery } = delivered(orders);
    const both = {
      ...made,
      workloads: made.workloads.map((workload) => ({
        ...workload,
        roles: made.workloads.flatMap(({ roles }) => roles),
      })),
    };
    expect(checkDelivery(read, both, delivery).map(({ code, artifacts }) => [code, artifacts])).toEqual([
      ['MI-DELIVERY-TWICE', [recurring]],
      ['MI-DELIVERY-TWICE', [scheduled]],
    ]);
  });
});

describe('delivery by archives', () => {
  test('gives each workload what its entry points need, under a name of its own', () => {
    const { delivery, lists, codes } = delivered(orders, { delivery: 'archives' });
    expect(delivery.sets.map(({ name, archives }) => [name, archives.map((archive) => archive.name)])).toEqual([
      ['integration', ['app_1-integration']],
      ['recurring-order-task', ['app_1-recurring-order-task']],
      ['schedul-order-task', ['app_1-schedul-order-task']],
    ]);
    expect(lists).toEqual({
      integration: stateless,
      'recurring-order-task': ['endpoint/OrderBackend', 'sequence/processOrder', recurring],
      'schedul-order-task': ['endpoint/OrderBackend', 'sequence/processOrder', scheduled],
    });
    expect(codes).toEqual([]);
  });

  test('keeps dependencies between applications among the parts that a workload gets', () => {
    const parts: Record<string, Part> = {
      'api/A': { applications: ['a_1'], refs: { uses: ['sequence/S'] } },
      'sequence/S': { applications: ['b_1'] },
      'sequence/T': { applications: ['b_1'] },
      'task/T': { applications: ['b_1'], refs: { 'injects-into': ['sequence/T'] } },
    };
    const application = (id: string, dependencies: string[]): object => ({
      id,
      name: id.slice(0, 1),
      version: '1',
      groupId: 'g',
      descriptorId: `g__${id.slice(0, 1)}__1`,
      runtimeVersion: '4.6.0',
      dependencies,
    });
    const { delivery } = delivered(
      parts,
      { delivery: 'archives' },
      { applications: [application('a_1', ['g__b__1', 'g__outside__1']), application('b_1', [])] },
    );
    expect(delivery.sets[0]?.archives.map(({ name, descriptor }) => [name, descriptor])).toEqual([
      ['a', { id: 'g__a__1', dependencies: ['g__b-integration__1', 'g__outside__1'] }],
      ['b-integration', { id: 'g__b-integration__1', dependencies: [] }],
    ]);
    expect(delivery.sets[1]?.archives.map(({ descriptor }) => descriptor)).toEqual([
      { id: 'g__b-t-task__1', dependencies: [] },
    ]);
  });

  test('brings what no reference names, with what it needs, to every workload that finds artifacts by an expression', () => {
    const parts: Record<string, Part> = {
      'api/A': { refs: { uses: ['sequence/common'] } },
      'sequence/common': {},
      'sequence/onlyByParameter': { refs: { uses: ['sequence/common'] } },
      'template/T': { refs: { uses: ['?{$func:next}'] } },
      'task/night': { refs: { uses: ['template/T'] } },
      'task/other': { refs: { 'calls-loopback': ['?{uri}'] } },
    };
    const { lists, codes } = delivered(parts, { delivery: 'archives' });
    expect(lists).toEqual({
      integration: ['api/A', 'sequence/common', 'sequence/onlyByParameter'],
      'night-task': ['sequence/common', 'sequence/onlyByParameter', 'task/night', 'template/T'],
      'other-task': ['task/other'],
    });
    expect(codes).toEqual([]);
  });

  test('refuses to divide an application with versioned deployment', () => {
    expect(
      delivered(orders, { delivery: 'archives' }, { applications: [{ id: 'app_1', versionedDeployment: true }] }).codes,
    ).toEqual(['MI-ISO-VERSIONED', 'MI-ISO-VERSIONED', 'MI-ISO-VERSIONED']);
  });

  test.each([
    [
      'data source',
      {
        'data-source/D': { applications: ['a_1', 'b_1'] },
        'api/A': { applications: ['a_1'], refs: { uses: ['data-source/D'] } },
      },
      {},
      'MI-ISO-DS-DUP',
    ],
    [
      'call over localhost',
      { 'api/A': {}, 'task/T': { refs: { 'calls-loopback': ['api/A'] } } },
      { 'task-t': ['api/A'] },
      'MI-ISO-LOOPBACK',
    ],
    [
      'injected proxy',
      { 'proxy-service/P': {}, 'task/T': { refs: { 'injects-into': ['proxy-service/P'] } } },
      { 'task-t': ['proxy-service/P'] },
      'MI-ISO-INJECT-PROXY',
    ],
    [
      'message store',
      { 'api/A': { refs: { 'stores-into': ['message-store/S'] } }, 'message-store/S': {} },
      { integration: ['message-store/S'] },
      'MI-DELIVERY-MISSING',
    ],
  ] as const)('finds in the lists themselves: %s', (_, parts, absent, code) => {
    const { read, made, delivery } = delivered(parts as Record<string, Part>, { delivery: 'archives' });
    // The archives of a tool that has forgotten something.
    const gone = new Set<string>(Object.values(absent).flat());
    const faulty = {
      ...delivery,
      sets: delivery.sets.map((set) => ({
        ...set,
        archives: set.archives.map((archive) => ({
          ...archive,
          artifacts: archive.artifacts.filter(({ delivery: { artifact } }) => !gone.has(artifact)),
        })),
      })),
    };
    expect(checkDelivery(read, { ...made, diagnostics: [] }, faulty).map((found) => found.code)).toContain(code);
  });
});

test('a role is a regular expression that must match in full', () => {
  const accepts = roleFilter(['EnterpriseIntegrator', 'Team[0-9]']);
  expect(['EnterpriseIntegrator', 'Enterprise', 'Team7', 'Team77', 'xTeam7'].filter(accepts)).toEqual([
    'EnterpriseIntegrator',
    'Team7',
  ]);
});

test.each(['(a+)+', 'a(', 'a*a*a*a*a*a*'])('a role that cannot be tried, as %s, lets everything in', (role) => {
  expect(roleFilter([role])(`${'a'.repeat(40)}!`)).toBe(true);
});
