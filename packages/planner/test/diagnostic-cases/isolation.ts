import type { PlannerCode } from '../../src/findings/catalogue.ts';
import { jdbcStore, type Part, source } from '../builder.ts';
import {
  vfs,
  inbound,
  resequence,
  chain,
  twoApps,
  free,
  database,
  archives,
  toml,
  delivered,
  coordinationDatabase,
  embedded,
  runtime,
  type Case,
} from './parts.ts';

const h2: Part = { effects: [{ type: 'embedded-database', subject: 'an H2 database in the memory of each pod' }] };

const answersFrom = (
  caller: string,
  subject = 'rabbitmq:/?rabbitmq.queue.name=q&rabbitmq.replyto.name=r',
): Record<string, Part> => ({
  [caller]: { refs: { uses: ['endpoint/E'] } },
  'endpoint/E': { effects: [{ type: 'queue', subject }] },
});

/** A data source that deployment.toml has. */
const dataSource = (id: string): object => ({ dataSources: [{ id, source: source('deployment.toml', 4) }] });

/** Findings about what isolation divides. */
export const isolationCases = {
  'MI-ISO-INMEM-STORE': [
    ['an API that stores through a template', 'error', chain(undefined, 'api/A')],
    ['a task that stores: one group', 'none', chain(undefined, 'task/T')],
    ['the task and the database', 'error', chain(undefined, 'task/T'), database],
    ['one pod', 'none', chain(undefined, 'api/A'), { pattern: 'single-replica' }],
    ['every pod processes its own', 'none', chain(undefined, 'api/A'), free('message-processor/P', 'pod-local')],
    ['a broker', 'none', chain('org.apache.synapse.message.store.impl.jms.JmsStore', 'api/A')],
  ],
  'MI-ISO-INMEM-LOSS': [
    ['in memory', 'warning', { 'api/A': {}, 'message-store/M': {} }],
    ['in a database', 'none', { 'api/A': {}, 'message-store/M': { facts: { class: jdbcStore } } }],
  ],
  'MI-ISO-RESEQUENCE': [
    ['an API in three pods', 'error', chain(resequence, 'api/A')],
    ['a task', 'none', chain(resequence, 'task/T')],
  ],
  'MI-ISO-LOOPBACK': [
    [
      'an API calls a vfs proxy',
      'error',
      { 'api/A': { refs: { 'calls-loopback': ['proxy-service/P'] } }, 'proxy-service/P': vfs() },
    ],
    [
      'a task calls an API: it is everywhere',
      'none',
      { 'task/T': { refs: { 'calls-loopback': ['api/A'] } }, 'api/A': {} },
    ],
    [
      'one pod',
      'none',
      { 'api/A': { refs: { 'calls-loopback': ['proxy-service/P'] } }, 'proxy-service/P': vfs() },
      { pattern: 'single-replica' },
    ],
  ],
  'MI-ISO-INJECT-PROXY': [
    [
      'a task set free',
      'error',
      { 'task/T': { refs: { 'injects-into': ['proxy-service/P'] } }, 'proxy-service/P': vfs() },
      free('task/T'),
    ],
    [
      'a proxy nothing delivers',
      'error',
      { 'task/T': { refs: { 'injects-into': ['proxy-service/P'] } }, 'proxy-service/P': { applications: [] } },
    ],
    ['an HTTP proxy', 'none', { 'task/T': { refs: { 'injects-into': ['proxy-service/P'] } }, 'proxy-service/P': {} }],
    [
      'a vfs proxy in the same group',
      'none',
      { 'task/T': { refs: { 'injects-into': ['proxy-service/P'] } }, 'proxy-service/P': vfs() },
    ],
  ],
  'MI-ISO-REGISTRY': [
    [
      'a task writes, an API reads',
      'error',
      {
        'task/T': { effects: [{ type: 'registry-write', subject: 'gov:/a/b' }] },
        'api/A': { effects: [{ type: 'registry-read', subject: '/_system/governance/a/b' }] },
      },
    ],
    [
      'a task writes, an API refers to the resource',
      'error',
      {
        'task/T': { effects: [{ type: 'registry-write', subject: 'conf:x' }] },
        'api/A': { refs: { uses: ['registry-resource/x'] } },
        'registry-resource/x': { facts: { registryPath: '/_system/config/x' } },
      },
    ],
    [
      'replicas that write',
      'warning',
      {
        'api/A': {
          effects: [
            { type: 'registry-write', subject: 'a' },
            { type: 'registry-read', subject: 'a' },
          ],
        },
      },
    ],
    [
      'another key',
      'none',
      {
        'task/T': { effects: [{ type: 'registry-write', subject: 'gov:/a/b' }] },
        'api/A': { effects: [{ type: 'registry-read', subject: 'conf:/a/b' }] },
      },
    ],
    [
      'one pod',
      'none',
      { 'api/A': { effects: [{ type: 'registry-write', subject: 'a' }] } },
      { pattern: 'single-replica' },
    ],
  ],
  'MI-ISO-SUBSCRIPTIONS': [
    [
      'beside an API in replicas',
      'warning',
      { 'api/A': {}, 'event-source/E': { effects: [{ type: 'subscriptions', subject: '' }] } },
    ],
    [
      'in one pod',
      'none',
      { 'api/A': {}, 'event-source/E': { effects: [{ type: 'subscriptions', subject: '' }] } },
      { pattern: 'single-replica' },
    ],
    ['with a manager of its own', 'none', { 'api/A': {}, 'event-source/E': {} }],
  ],
  'MI-ISO-SESSION': [
    [
      'behind an API in replicas',
      'warning',
      {
        'api/A': { refs: { uses: ['endpoint/E'] } },
        'endpoint/E': { effects: [{ type: 'endpoint-session', subject: 'http' }] },
      },
    ],
    [
      'behind a task',
      'none',
      {
        'task/T': { refs: { uses: ['endpoint/E'] } },
        'endpoint/E': { effects: [{ type: 'endpoint-session', subject: 'http' }] },
      },
    ],
  ],
  'MI-ISO-CALLBACK': [
    [
      'in every replica',
      'warning',
      { 'api/A': { refs: { uses: ['endpoint/E'] } }, 'endpoint/E': { effects: [{ type: 'separate-listener' }] } },
    ],
    [
      'in one pod',
      'none',
      { 'task/T': { refs: { uses: ['endpoint/E'] } }, 'endpoint/E': { effects: [{ type: 'separate-listener' }] } },
    ],
  ],
  'MI-ISO-REPLIES': [
    ['of an API', 'warning', answersFrom('api/A')],
    ['from MI 4.5 on', 'warning', answersFrom('api/A'), {}, runtime('4.5.0')],
    ['before, each request has a queue of its own', 'none', answersFrom('api/A'), {}, runtime('4.4.0')],
    ['one request after the other', 'none', answersFrom('task/T')],
    ['of a queue for each request', 'none', answersFrom('api/A', 'rabbitmq:/?rabbitmq.queue.name=q')],
  ],
  'MI-ISO-AI-STATE': [
    [
      'memory of replicas',
      'warning',
      { 'api/A': { refs: { uses: ['local-entry/M'] } }, 'local-entry/M': { effects: [{ type: 'chat-memory' }] } },
    ],
    [
      'store of one pod',
      'warning',
      { 'task/T': { refs: { uses: ['local-entry/M'] } }, 'local-entry/M': { effects: [{ type: 'vector-store' }] } },
    ],
    ['used by nobody', 'none', { 'api/A': {}, 'local-entry/M': { effects: [{ type: 'vector-store' }] } }],
  ],
  'MI-ISO-EMBEDDED-DATABASE': [
    ['of replicas', 'warning', { 'api/A': { refs: { uses: ['data-source/D'] } }, 'data-source/D': h2 }],
    ['of one pod', 'info', { 'task/T': { refs: { uses: ['data-source/D'] } }, 'data-source/D': h2 }],
    ['used by nobody', 'none', { 'api/A': {}, 'data-source/D': h2 }],
    ['of deployment.toml', 'warning', { 'api/A': {} }, {}, toml(embedded('Orders'))],
    ['of deployment.toml, with one pod', 'none', { 'api/A': {} }, { pattern: 'single-replica' }, toml(embedded('O'))],
    ['of the coordination', 'none', { 'api/A': {} }, {}, toml(embedded('WSO2_COORDINATION_DB'))],
  ],
  'MI-ISO-AGGREGATE': [
    [
      'alone',
      'warning',
      { 'api/A': { refs: { uses: ['sequence/s'] } }, 'sequence/s': { effects: [{ type: 'aggregate' }] } },
    ],
    [
      'after an iterate beside it',
      'none',
      {
        'api/A': { refs: { uses: ['sequence/s', 'sequence/i'] } },
        'sequence/s': { effects: [{ type: 'aggregate' }] },
        'sequence/i': { effects: [{ type: 'clone-or-iterate' }] },
      },
    ],
    [
      'after an iterate of another flow that has it too',
      'warning',
      {
        'api/A': { refs: { uses: ['sequence/s', 'sequence/i'] } },
        'api/B': { refs: { uses: ['sequence/s'] } },
        'sequence/s': { effects: [{ type: 'aggregate' }] },
        'sequence/i': { effects: [{ type: 'clone-or-iterate' }] },
      },
    ],
    [
      'in one pod',
      'none',
      {
        'inbound-endpoint/I': inbound('jms', {}, { uses: ['sequence/s'] }),
        'sequence/s': { effects: [{ type: 'aggregate' }] },
      },
    ],
  ],
  'MI-ISO-STATE-PVC': [
    [
      'change data capture',
      'info',
      { 'inbound-endpoint/I': { facts: { class: 'org.wso2.carbon.inbound.cdc.CDCPollingConsumer' } } },
    ],
    [
      'a RabbitMQ stream',
      'info',
      {
        'inbound-endpoint/I': {
          facts: { class: 'org.wso2.carbon.inbound.rabbitmq.RabbitMQListener' },
          parameters: { 'rabbitmq.queue.type': 'STREAM' },
        },
      },
    ],
    [
      'change data capture with its files outside',
      'none',
      {
        'inbound-endpoint/I': {
          facts: { class: 'org.wso2.carbon.inbound.cdc.CDCPollingConsumer' },
          parameters: { 'offset.storage': 'a.Jdbc', 'schema.history.internal': 'a.Jdbc' },
        },
      },
    ],
    ['a processor that switches itself off', 'none', { 'message-processor/P': {} }],
    ['a task that starts paused', 'info', { 'task/T': { facts: { startsPaused: true } } }, {}, runtime('4.7.0')],
    ['a task that may start paused', 'info', { 'task/T': { facts: { startsPaused: true } } }, {}, runtime('4.1.0.9')],
    ['a task that MI starts', 'none', { 'task/T': { facts: { startsPaused: true } } }, {}, runtime('4.6.0')],
    [
      'a processor that starts deactivated',
      'info',
      { 'message-processor/P': { parameters: { 'is.active': 'false' } } },
    ],
    ['a suspended consumer', 'info', { 'inbound-endpoint/I': { facts: { protocol: 'file', suspend: true } } }],
    ['one that never starts', 'none', { 'inbound-endpoint/I': { facts: { protocol: 'jms', suspend: true } } }],
    ['a file inbound endpoint', 'none', { 'inbound-endpoint/I': inbound('file') }],
  ],
  'MI-ISO-BINDS-TO': [
    [
      'bound to an isolated listener',
      'error',
      {
        'api/A': { facts: { bindsTo: ['I'] }, refs: { 'binds-to': ['inbound-endpoint/I'] } },
        'inbound-endpoint/I': { facts: { class: 'com.acme.L' } },
      },
    ],
    [
      'and to the default one',
      'none',
      {
        'api/A': { facts: { bindsTo: ['I', 'default'] }, refs: { 'binds-to': ['inbound-endpoint/I'] } },
        'inbound-endpoint/I': { facts: { class: 'com.acme.L' } },
      },
    ],
    [
      'bound to a listener',
      'none',
      {
        'api/A': { facts: { bindsTo: ['I'] }, refs: { 'binds-to': ['inbound-endpoint/I'] } },
        'inbound-endpoint/I': inbound('http'),
        'task/T': {},
      },
    ],
  ],
  'MI-ISO-DISPATCH': [
    [
      'to a vfs proxy',
      'error',
      { 'inbound-endpoint/I': inbound('http', {}, { 'dispatches-to': ['proxy-service/P'] }), 'proxy-service/P': vfs() },
    ],
    [
      'to an API',
      'none',
      { 'inbound-endpoint/I': inbound('http', {}, { 'dispatches-to': ['api/A'] }), 'api/A': {}, 'task/T': {} },
    ],
  ],
  'MI-ISO-MAINSEQ': [
    ['a task with the default injectTo', 'warning', { 'task/T': { refs: { 'injects-into': ['=sequence/main'] } } }],
    [
      'a main sequence that stores in memory for a processor elsewhere',
      'warning',
      { ...chain(undefined, 'sequence/main'), 'api/A': {} },
    ],
    ['a main sequence that stores in a broker', 'none', { ...chain(jdbcStore, 'sequence/main'), 'api/A': {} }],
    [
      'a fault sequence that stores in memory for a processor elsewhere',
      'error',
      { ...chain(undefined, 'sequence/fault'), 'api/A': {} },
    ],
    [
      'the same where the database picks the pod of the processor',
      'error',
      { ...chain(undefined, 'sequence/fault'), 'api/A': {} },
      database,
    ],
    [
      'the same in one pod',
      'none',
      { ...chain(undefined, 'sequence/fault'), 'api/A': {} },
      { pattern: 'single-replica' },
    ],
    [
      'the same with a processor in every pod',
      'none',
      { ...chain(undefined, 'sequence/fault'), 'api/A': {} },
      free('message-processor/P', 'pod-local'),
    ],
    [
      'a fault sequence that calls an isolated proxy',
      'error',
      { 'sequence/fault': { refs: { 'calls-loopback': ['proxy-service/P'] } }, 'proxy-service/P': vfs(), 'api/A': {} },
    ],
    [
      'an isolated proxy where the database coordinates',
      'none',
      { 'sequence/fault': { refs: { 'calls-loopback': ['proxy-service/P'] } }, 'proxy-service/P': vfs(), 'task/T': {} },
      database,
    ],
    ['a fault sequence that stores in a broker', 'none', { ...chain(jdbcStore, 'sequence/fault'), 'api/A': {} }],
    ['another sequence that nothing runs', 'none', { ...chain(undefined, 'sequence/faults'), 'api/A': {} }],
    [
      'a sequence whose file only starts like main',
      'none',
      { 'api/A': twoApps, 'sequence/mainFlow': twoApps },
      {},
      {
        applications: [
          { id: 'a_1', deliveries: [delivered('sequence/mainFlow', 'mainFlow-1.0.0.xml')] as never },
          { id: 'b_1', deliveries: [delivered('sequence/mainFlow', 'mainFlow-1.0.0.xml')] as never },
        ],
      },
    ],
  ],
  'MI-ISO-DYNAMIC': [
    [
      'an expression next to a store in memory',
      'warning',
      { 'api/A': { refs: { uses: ['?{$ctx:x}'] } }, 'message-store/M': {}, 'task/T': {} },
    ],
    ['an expression in archives', 'warning', { 'api/A': { refs: { uses: ['?{$ctx:x}'] } }, 'task/T': {} }, archives],
    [
      'a Java class beside a store in memory',
      'none',
      { 'data-service/D': { refs: { 'needs-class': ['?$SYSTEM:DRIVER'] } }, 'message-store/M': {}, 'task/T': {} },
    ],
    ['an expression that finds everything', 'info', { 'api/A': { refs: { uses: ['?{$ctx:x}'] } } }],
    [
      'a verdict by key',
      'warning',
      { 'inbound-endpoint/I': inbound('jms', { 'transport.jms.DestinationType': { key: 'k' } }) },
    ],
    ['a literal', 'none', { 'api/A': { refs: { uses: ['sequence/s'] } }, 'sequence/s': {} }],
  ],
  'MI-ISO-CUSTOM': [
    ['a task class', 'warning', { 'task/T': { facts: { class: 'com.acme.Job' } }, 'api/A': {} }],
    ['a class mediator', 'warning', { 'api/A': { effects: [{ type: 'class-mediator', subject: 'com.acme.M' }] } }],
    ['a store class', 'warning', { 'api/A': {}, 'message-store/M': { facts: { class: 'com.acme.S' } } }],
    [
      'one pod',
      'info',
      { 'api/A': { effects: [{ type: 'class-mediator', subject: 'com.acme.M' }] } },
      { pattern: 'single-replica' },
    ],
    [
      "MI's own mediator",
      'none',
      { 'api/A': { effects: [{ type: 'class-mediator', subject: 'org.apache.synapse.mediators.X' }] } },
    ],
  ],
  'MI-ISO-SAME-CAR': [
    ['archives', 'warning', { 'api/A': {}, 'task/T': {} }, archives],
    ['roles', 'none', { 'api/A': {}, 'task/T': {} }],
    [
      'archives of their own',
      'none',
      { 'api/A': { applications: ['a_1'] }, 'task/T': { applications: ['b_1'] } },
      archives,
    ],
  ],
  'MI-ISO-VERSIONED': [
    [
      'versioned',
      'warning',
      { 'api/A': {}, 'task/T': {} },
      archives,
      { applications: [{ id: 'app_1', versionedDeployment: true }] },
    ],
    ['not versioned', 'none', { 'api/A': {}, 'task/T': {} }, archives],
  ],
  'MI-ISO-DS-DUP': [
    ['in two', 'error', { 'api/A': twoApps, 'data-source/D': twoApps }],
    ['in one', 'none', { 'api/A': twoApps, 'data-source/D': { applications: ['a_1'] } }],
    ['in one and in the file', 'error', { 'api/A': {}, 'data-source/D': {} }, {}, toml(dataSource('D'))],
    ['in one, and another one in the file', 'none', { 'api/A': {}, 'data-source/D': {} }, {}, toml(dataSource('E'))],
  ],
  'MI-ISO-CAPACITY': [
    ['a cache in replicas', 'info', { 'api/A': { effects: [{ type: 'cache' }, { type: 'throttle' }] } }],
    ['a sampler in replicas', 'info', { 'api/A': { effects: [{ type: 'sampler' }] } }],
    ['a cache in one pod', 'none', { 'task/T': { effects: [{ type: 'cache' }] } }],
  ],
  'MI-ISO-MIXED-TRANSPORT': [
    ['vfs and http', 'warning', { 'proxy-service/P': { ...vfs(), facts: { transports: ['http', 'vfs'] } } }],
    ['a data service on a queue and http', 'warning', { 'data-service/D': { facts: { transports: ['http', 'jms'] } } }],
    ['a data service on a queue', 'none', { 'data-service/D': { facts: { transports: ['jms'] } } }],
    ['vfs', 'none', { 'proxy-service/P': vfs() }],
  ],
  'MI-ISO-CLIENTS': [
    ['an API that has to be alone', 'warning', { 'api/A': {} }, free('api/A', 'isolate')],
    ['an API in every replica', 'none', { 'api/A': {} }],
    [
      'an API that only an inbound endpoint leads to',
      'none',
      { 'api/A': { facts: { bindsTo: ['I'] } } },
      free('api/A', 'isolate'),
    ],
    ['one pod', 'none', { 'api/A': {} }, { ...free('api/A', 'isolate'), pattern: 'single-replica' }],
  ],
  'MI-ISO-DB-SHARED': [
    ['two workloads', 'error', { 'api/A': {}, 'task/T': {} }, {}, toml({ coordinationDatabase })],
    ['one workload', 'none', { 'task/T': {} }, {}, toml({ coordinationDatabase })],
    ['by the database', 'none', { 'api/A': {}, 'task/T': {} }, database, toml({ coordinationDatabase })],
  ],
  'MI-ISO-COORDINATION': [
    [
      'many pods rely on it',
      'warning',
      { 'inbound-endpoint/I': inbound('file', { coordination: 'true' }) },
      { pattern: 'multiple-replicas' },
    ],
    ['one pod has it', 'none', { 'inbound-endpoint/I': inbound('file', { coordination: 'true' }) }],
    ['not said', 'none', { 'inbound-endpoint/I': inbound('file') }, { pattern: 'multiple-replicas' }],
  ],
} as const satisfies Partial<Record<PlannerCode, readonly Case[]>>;
