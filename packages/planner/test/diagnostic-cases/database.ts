import type { PlannerCode } from '../../src/findings/catalogue.ts';
import { source } from '../builder.ts';
import {
  vfs,
  inbound,
  twoApps,
  database,
  toml,
  runtime,
  coordinationDatabase,
  chartDatabase,
  embedded,
  type Case,
} from './parts.ts';

const taskNodes = { names: ['n1', 'n2'], source: source('deployment.toml', 5) };
const podName = { value: '$env{POD_NAME}', source: source('deployment.toml', 3) };

/** Findings about coordination by a database. */
export const databaseCases = {
  'MI-DB-MISSING': [
    ['no data source', 'warning', { 'task/T': {} }, database],
    ['a data source', 'none', { 'task/T': {} }, database, toml({ coordinationDatabase })],
    [
      'a data source of the project, which is not carried over',
      'warning',
      { 'task/T': {} },
      database,
      { configurations: [{ coordinationDatabase }, { environment: 'prod' }] },
    ],
    [
      'a data source in deploymentToml',
      'none',
      { 'task/T': {} },
      database,
      toml({ environment: 'prod', coordinationDatabase }),
    ],
    ['coordination.database', 'none', { 'task/T': {} }, database, toml({ environment: 'prod', chartDatabase })],
  ],
  'MI-DB-PINNED': [
    ['pinned', 'error', { 'task/T': { facts: { pinnedServers: ['localhost'] } } }, database],
    ['not pinned', 'none', { 'task/T': {} }, database],
  ],
  'MI-DB-PROXY': [
    ['vfs', 'error', { 'proxy-service/P': vfs() }, database],
    ['a queue', 'warning', { 'proxy-service/P': { facts: { transports: ['jms'] } } }, database],
    ['a data service on a queue', 'warning', { 'data-service/D': { facts: { transports: ['jms'] } } }, database],
    [
      'a web socket that broadcasts',
      'error',
      { 'inbound-endpoint/I': inbound('ws', { 'inbound.ws.port': '9091', 'ws.client.side.broadcast.level': '1' }) },
      database,
    ],
    ['a file inbound endpoint', 'none', { 'inbound-endpoint/I': inbound('file') }, database],
    ['http', 'none', { 'proxy-service/P': {}, 'task/T': {} }, database],
  ],
  'MI-DB-ONE-WORKLOAD': [
    ['by the database', 'info', { 'task/T': {} }, database],
    ['isolated', 'none', { 'task/T': {} }],
  ],
  'MI-DB-NAME': [
    ['in two applications', 'error', { 'task/T': twoApps }, database],
    ['an API in two applications', 'none', { 'api/A': twoApps, 'task/T': {} }, database],
  ],
  'MI-DB-AT-MOST-ONCE': [
    ['4.6', 'warning', { 'task/T': {} }, database, runtime('4.6.0')],
    ['unknown', 'warning', { 'task/T': {} }, database],
    ['4.10 without a word on hardening', 'warning', { 'task/T': {} }, database, runtime('4.10.0')],
    [
      '4.7 hardened',
      'none',
      { 'task/T': {} },
      database,
      { ...runtime('4.7.0'), ...toml({ coordinationDatabase, coordinationHardening: true }) },
    ],
    [
      '4.7 hardened in one of two files',
      'warning',
      { 'task/T': {} },
      database,
      {
        ...runtime('4.7.0'),
        configurations: [{ coordinationDatabase, coordinationHardening: true }, { coordinationDatabase }],
      },
    ],
    [
      '4.7 hardened in the values of each environment',
      'none',
      { 'task/T': {} },
      database,
      {
        ...runtime('4.7.0'),
        configurations: [{ coordinationDatabase }, { environment: 'prod', coordinationHardening: true }],
      },
    ],
    [
      '4.7 hardened in the values of one environment',
      'warning',
      { 'task/T': {} },
      database,
      {
        ...runtime('4.7.0'),
        configurations: [{ environment: 'dev' }, { environment: 'prod', coordinationHardening: true }],
      },
    ],
    [
      '4.7 hardened by a file that is not carried over',
      'warning',
      { 'task/T': {} },
      database,
      {
        ...runtime('4.7.0'),
        configurations: [
          { coordinationDatabase, coordinationHardening: true },
          { environment: 'prod', chartDatabase },
        ],
      },
    ],
    [
      '4.6, which does not know the keys',
      'warning',
      { 'task/T': {} },
      database,
      { ...runtime('4.6.0'), ...toml({ coordinationDatabase, coordinationHardening: true }) },
    ],
  ],
  'MI-DB-COORDINATION-FALSE': [
    ['4.4', 'error', { 'inbound-endpoint/I': inbound('file', { coordination: 'false' }) }, database, runtime('4.4.0')],
    ['4.5', 'info', { 'inbound-endpoint/I': inbound('file', { coordination: 'false' }) }, database, runtime('4.5.0')],
    ['unknown', 'warning', { 'inbound-endpoint/I': inbound('file', { coordination: 'false' }) }, database],
    [
      '4.4 in an environment, for which a project for 4.5 is built',
      'error',
      { 'inbound-endpoint/I': inbound('file', { coordination: 'false' }) },
      database,
      { ...runtime('4.5.0'), environmentVersions: ['4.4.0'] },
    ],
    ['isolated', 'none', { 'inbound-endpoint/I': inbound('file', { coordination: 'false' }) }],
    ...['FALSE', 'no', ''].map((word): Case => [
      `as "${word}", which is not true`,
      'error',
      { 'inbound-endpoint/I': inbound('file', { coordination: word }) },
      database,
      runtime('4.4.0'),
    ]),
    ['True', 'none', { 'inbound-endpoint/I': inbound('file', { coordination: 'True' }) }, database, runtime('4.4.0')],
    [
      'a word that RabbitMQ knows',
      'error',
      { 'inbound-endpoint/I': inbound('rabbitmq', { coordination: 'Off' }) },
      database,
      runtime('4.4.0'),
    ],
    [
      'a word that RabbitMQ does not know',
      'none',
      { 'inbound-endpoint/I': inbound('rabbitmq', { coordination: '0' }) },
      database,
      runtime('4.4.0'),
    ],
  ],
  'MI-DB-EMBEDDED': [
    ['in each pod', 'error', { 'task/T': {} }, database, toml(embedded('WSO2_COORDINATION_DB'))],
    ['of another data source', 'none', { 'task/T': {} }, database, toml(embedded('Orders'))],
    [
      'in the values',
      'error',
      { 'task/T': {} },
      database,
      toml({
        ...embedded('WSO2_COORDINATION_DB'),
        coordinationDatabase: undefined,
        environment: 'prod',
        chartDatabase,
      }),
    ],
    ['isolated', 'none', { 'task/T': {} }, {}, toml(embedded('WSO2_COORDINATION_DB'))],
    [
      'of the project, where the values name a server',
      'none',
      { 'task/T': {} },
      database,
      { configurations: [embedded('WSO2_COORDINATION_DB'), { environment: 'prod', chartDatabase }] },
    ],
  ],
  'MI-DB-TASK-NODES': [
    ['nodes of names', 'error', { 'task/T': {} }, database, toml({ taskNodes })],
    ['and ids of the environment', 'warning', { 'task/T': {} }, database, toml({ taskNodes, nodeId: podName })],
    ['and the id of one', 'none', { 'task/T': {} }, database, toml({ taskNodes, nodeId: { ...podName, value: 'n1' } })],
    ['any node', 'none', { 'task/T': {} }, database, toml({})],
    ['without a database', 'none', { 'task/T': {} }, {}, toml({ taskNodes })],
  ],
  'MI-DB-NODE-ID': [
    [
      'fixed',
      'error',
      { 'task/T': {} },
      database,
      toml({ nodeId: { value: 'node1', source: source('deployment.toml', 3) } }),
    ],
    [
      'from the environment',
      'none',
      { 'task/T': {} },
      database,
      toml({ nodeId: { value: '$env{POD_NAME}', source: source('deployment.toml', 3) } }),
    ],
  ],
  'MI-DB-ONE-SHOT': [
    ['once', 'info', { 'task/T': { facts: { trigger: { once: 'true', source: source('t') } } } }, database],
    ['an interval', 'none', { 'task/T': {} }, database],
  ],
  'MI-DB-SETUP': [
    ['by the database', 'info', { 'task/T': {} }, database],
    ['isolated', 'none', { 'task/T': {} }],
  ],
} as const satisfies Partial<Record<PlannerCode, readonly Case[]>>;
