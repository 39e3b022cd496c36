import type { Plan, Workload } from '@mi-patterns/planner';
import type { Environment } from '../src/configuration/environments.ts';

/** A workload of a test plan; what matters to the test is given. */
export function workload(fields: Partial<Workload> & Pick<Workload, 'name'>): Workload {
  const type = fields.type ?? 'stateless';
  return {
    type,
    replicas: type === 'stateful' ? 1 : 3,
    roles: [],
    entryPoints: [],
    stateful: [],
    artifacts: [],
    because: `${fields.name} exists.`,
    ports: [],
    http: [],
    affinity: [],
    persistence: [],
    directories: [],
    ...fields,
  };
}

export function plan(fields: Partial<Plan> & Pick<Plan, 'workloads'>): Plan {
  return {
    pattern: 'coordinated',
    patternBecause: 'Two tasks must run once.',
    coordination: 'isolate',
    delivery: 'roles',
    roles: new Map(),
    cost: { standbys: 0, pods: 0, memory: 0, cpu: 0, serverStarts: 0, downtime: [] },
    alternatives: [],
    verdicts: new Map(),
    readiness: { settings: [], archives: [], schedules: [], addresses: [] },
    diagnostics: [],
    ...fields,
  };
}

export function environment(fields: Partial<Environment> = {}): Environment {
  return {
    name: 'prod',
    order: 0,
    release: 'orders',
    coordination: 'isolate',
    image: {},
    runtime: {},
    gitOpsName: 'orders-prod',
    takeOver: [],
    approval: 'none',
    timeout: 600,
    valuesFiles: [],
    values: {},
    ...fields,
  };
}

/** The plan of the order example: one stateless workload and a task of its own. */
export const ordersPlan: Plan = plan({
  workloads: [
    workload({
      name: 'integration',
      entryPoints: ['api/OrderAPI', 'inbound-endpoint/OrderSocket'],
      because:
        'api/OrderAPI keeps nothing between two requests, so any number of equal pods can serve it; they share the load, and each can be replaced at any time.',
      ports: [{ name: 'ws-9091', number: 9091, protocol: 'ws', artifact: 'inbound-endpoint/OrderSocket' }],
      affinity: ['inbound-endpoint/OrderSocket'],
      persistence: [
        { artifact: 'api/OrderAPI', what: 'registry', because: 'API OrderAPI writes conf:last to the registry.' },
      ],
    }),
    workload({
      name: 'recurring-order-task',
      type: 'stateful',
      roles: ['MiIsolatedRecurringOrderTask'],
      stateful: ['task/recurringOrder_Task'],
      entryPoints: ['task/recurringOrder_Task'],
      because: 'task/recurringOrder_Task runs every 10 seconds in each pod that deploys it.',
      persistence: [
        {
          artifact: 'task/recurringOrder_Task',
          what: 'registry',
          because: 'Task recurringOrder_Task writes conf:last to the registry.',
        },
        {
          artifact: 'task/recurringOrder_Task',
          what: 'shared-directory',
          folder: '/in',
          because: 'Task recurringOrder_Task uses the directory file:///in.',
        },
      ],
    }),
  ],
});
