import type { PlannerCode } from '../../src/findings/catalogue.ts';
import { source } from '../builder.ts';
import {
  vfs,
  inbound,
  mcp,
  failover,
  found,
  free,
  database,
  toml,
  runtime,
  listening,
  tasks,
  type Case,
} from './parts.ts';

/** Findings about the plan itself, its entry points and references. */
export const planCases = {
  'MI-PLAN-STATEFUL': [
    ['a task in many pods', 'error', { 'task/T': {} }, { pattern: 'multiple-replicas' }],
    ['a task overridden', 'none', { 'task/T': {} }, { pattern: 'multiple-replicas', ...free('task/T') }],
  ],
  'MI-PLAN-MANY-WORKLOADS': [
    ['21 tasks', 'warning', tasks(21)],
    ['20 tasks', 'none', tasks(20)],
    ['21 tasks in one workload', 'none', tasks(21), { isolate: 'one' }],
    ['21 tasks in one pod', 'none', tasks(21), { pattern: 'single-replica' }],
  ],
  'MI-PLAN-COORDINATED': [
    ['nothing stateful', 'info', { 'api/A': {} }, { pattern: 'coordinated' }],
    ['a task', 'none', { 'api/A': {}, 'task/T': {} }, { pattern: 'coordinated' }],
  ],
  'MI-PLAN-SINGLE': [
    ['one pod', 'info', { 'api/A': {} }, { pattern: 'single-replica' }],
    ['several', 'none', { 'api/A': {} }],
  ],
  'MI-PLAN-REPLICAS': [
    ['one replica', 'error', { 'api/A': {} }, { replicas: 1 }],
    ['no whole number', 'error', { 'api/A': {} }, { replicas: 2.5 }],
    ['one pod on purpose', 'none', { 'api/A': {} }, { replicas: 1, pattern: 'single-replica' }],
  ],
  'MI-PLAN-DATABASE': [
    ['nothing stateful', 'info', { 'api/A': {} }, database],
    ['a task', 'none', { 'task/T': {} }, database],
  ],
  'MI-PLAN-EMPTY': [
    ['a sequence only', 'error', { 'sequence/S': {} }],
    ['the sequence main only', 'error', { 'sequence/main': {} }],
    ['an API', 'none', { 'api/A': {} }],
  ],
  'MI-PLAN-NOT-DEPLOYED': [
    ['in no application', 'info', { 'task/T': { applications: [] }, 'api/A': {} }],
    ['a sequence in no application', 'none', { 'sequence/S': { applications: [] }, 'api/A': {} }],
  ],
  'MI-PLAN-INPUT': [
    ['a broken file', 'error', { 'task/T': {} }, {}, found('error', 'MI-XML-MALFORMED')],
    ['a file that is all comment', 'warning', { 'task/T': {} }, {}, found('warning', 'MI-PRJ-CONTENT')],
    ['an artifact that was not read', 'warning', { 'task/T': {} }, {}, found('warning', 'MI-LEGACY-UNMATCHED')],
    ['a deployment.toml in another folder', 'warning', { 'task/T': {} }, {}, found('warning', 'MI-TOML-PLACE')],
    ['a call that fails', 'warning', { 'task/T': {} }, {}, found('warning', 'MI-REF-PARAMETER')],
    ['queries that fail', 'warning', { 'task/T': {} }, {}, found('warning', 'MI-REF-JNDI')],
    ['a switch that MI does not read', 'warning', { 'task/T': {} }, {}, found('warning', 'MI-TOML-IGNORED')],
    ['a task that never runs', 'warning', { 'task/T': {} }, {}, found('warning', 'MI-CRON-INVALID')],
    ['a task that MI refuses', 'error', { 'task/T': {} }, {}, found('error', 'MI-TASK-TRIGGER', 'src/task/T.xml')],
    [
      'one that nothing delivers',
      'info',
      { 'task/T': { applications: [] }, 'api/A': {} },
      {},
      found('error', 'MI-TASK-TRIGGER', 'src/task/T.xml'),
    ],
    ['what packing again mends', 'none', { 'task/T': {} }, {}, found('error', 'MI-CAR-NO-ROLE')],
    ['a warning', 'none', { 'task/T': {} }, {}, found('warning', 'MI-PRJ-NO-POM')],
  ],
  'MI-PLAN-GROUP-EMPTY': [
    [
      'a glob that matches an API only',
      'error',
      { 'api/A': {}, 'task/T': {} },
      { isolate: { groups: [{ name: 'g', match: ['api/*'] }] } },
    ],
    [
      'a mistyped name beside one that matches',
      'error',
      { 'task/Rates': {}, 'task/T': {} },
      { isolate: { groups: [{ name: 'g', match: ['task/T', 'task/Rate'] }] } },
    ],
    [
      'a mistyped kind beside one that matches',
      'error',
      { 'task/T': {} },
      { isolate: { groups: [{ name: 'g', match: ['task/*', 'inbound/*'] }] } },
    ],
    ['a glob that matches', 'none', { 'task/T': {} }, { isolate: { groups: [{ name: 'g', match: ['task/*'] }] } }],
    [
      'a kind that may come later, beside one that matches',
      'none',
      { 'task/T': {} },
      { isolate: { groups: [{ name: 'g', match: ['task/*', 'inbound-endpoint/*', '*Nightly'] }] } },
    ],
  ],
  'MI-PLAN-GROUP-OVERLAP': [
    [
      'two groups with one task',
      'error',
      { 'task/T': {}, 'task/U': {} },
      {
        isolate: {
          groups: [
            { name: 'g', match: ['task/*'] },
            { name: 'h', match: ['task/T'] },
          ],
        },
      },
    ],
    [
      'two groups that divide a pair',
      'error',
      { 'task/T': { refs: { 'injects-into': ['proxy-service/P'] } }, 'proxy-service/P': vfs() },
      {
        isolate: {
          groups: [
            { name: 'g', match: ['task/*'] },
            { name: 'h', match: ['proxy-service/*'] },
          ],
        },
      },
    ],
    [
      'two groups apart',
      'none',
      { 'task/T': {}, 'task/U': {} },
      {
        isolate: {
          groups: [
            { name: 'g', match: ['task/U'] },
            { name: 'h', match: ['task/T'] },
          ],
        },
      },
    ],
  ],
  'MI-PLAN-GROUP-NAME': [
    ['capitals', 'error', { 'task/T': {} }, { isolate: { groups: [{ name: 'Nightly', match: ['task/*'] }] } }],
    [
      'the stateless name',
      'error',
      { 'task/T': {} },
      { isolate: { groups: [{ name: 'integration', match: ['task/*'] }] } },
    ],
    ['a label', 'none', { 'task/T': {} }, { isolate: { groups: [{ name: 'nightly-2', match: ['task/*'] }] } }],
  ],
  'MI-PLAN-NAME-CLASH': [
    ['names that differ in separators', 'error', { 'task/OrderTask': {}, 'task/order_task': {} }],
    [
      'one of them in a group',
      'none',
      { 'task/OrderTask': {}, 'task/order_task': {} },
      { isolate: { groups: [{ name: 'old', match: ['task/order_task'] }] } },
    ],
    ['two kinds', 'none', { 'task/Order': {}, 'message-processor/Order': {} }],
  ],
  'MI-PLAN-OVERRIDE': [
    ['an unknown id', 'error', { 'task/T': {} }, free('task/X')],
    ['no entry point', 'error', { 'task/T': {}, 'sequence/S': {} }, free('sequence/S')],
    ['no reason', 'error', { 'task/T': {} }, free('task/T', 'stateless', ' ')],
    ['as it should be', 'none', { 'task/T': {} }, free('task/T')],
  ],
  'MI-PLAN-OVERRIDDEN': [
    ['a task set free', 'warning', { 'task/T': {} }, free('task/T')],
    ['a queue set free', 'info', { 'inbound-endpoint/I': inbound('jms') }, free('inbound-endpoint/I')],
    ['no override', 'none', { 'task/T': {} }],
  ],
  'MI-PLAN-PORT': [
    [
      'a port by expression',
      'warning',
      { 'inbound-endpoint/I': inbound('http', { 'inbound.http.port': '${configs.port}' }) },
    ],
    [
      'a port below HL7 in lower case',
      'warning',
      { 'inbound-endpoint/I': inbound('hl7', { 'inbound.hl7.port': '20000' }) },
    ],
    ['a port with a default', 'none', { 'inbound-endpoint/I': inbound('grpc') }],
  ],
  'MI-PLAN-PORT-CLASH': [
    [
      'two listeners',
      'error',
      {
        'inbound-endpoint/I': inbound('http', { 'inbound.http.port': '9000' }),
        'inbound-endpoint/J': inbound('hl7', { 'inbound.hl7.Port': '9000' }),
      },
    ],
    ["MI's own port", 'error', { 'inbound-endpoint/I': inbound('http', { 'inbound.http.port': '8290' }) }],
    [
      "MI's port without the offset",
      'none',
      { 'inbound-endpoint/I': inbound('http', { 'inbound.http.port': '8280' }) },
    ],
  ],
  'MI-PLAN-AFFINITY': [
    ['MCP sessions', 'info', { 'inbound-endpoint/I': mcp }],
    ['a web socket', 'none', { 'inbound-endpoint/I': inbound('ws', { 'inbound.ws.port': '9000' }) }],
    ['one pod', 'none', { 'inbound-endpoint/I': mcp }, { pattern: 'single-replica' }],
  ],
  'MI-PLAN-PINNED': [
    ['another name', 'warning', { 'task/T': { facts: { pinnedServers: ['node1'] } } }],
    ['the default name', 'none', { 'task/T': { facts: { pinnedServers: ['localhost'] } } }],
    [
      'the name of deployment.toml',
      'none',
      { 'proxy-service/P': { facts: { pinnedServers: ['node1'] } } },
      {},
      toml({ synapseServerName: 'node1' }),
    ],
  ],
  'MI-PLAN-SUSPENDED': [
    ['one that cannot start', 'warning', { 'inbound-endpoint/I': { facts: { protocol: 'mqtt', suspend: true } } }],
    ['one that starts', 'warning', { 'inbound-endpoint/I': { facts: { protocol: 'rabbitmq', suspend: true } } }],
    [
      'a port that is not open',
      'warning',
      {
        'inbound-endpoint/I': {
          facts: { protocol: 'http', suspend: true },
          parameters: { 'inbound.http.port': '9000' },
        },
      },
    ],
    ['one that sleeps', 'none', { 'inbound-endpoint/I': { facts: { protocol: 'file', suspend: true } } }],
    ['not suspended', 'none', { 'inbound-endpoint/I': { facts: { protocol: 'mqtt' } } }],
    [
      'an MI that does not read it',
      'none',
      { 'inbound-endpoint/I': { facts: { protocol: 'mqtt', suspend: true } } },
      {},
      runtime('4.3.0'),
    ],
    ['a task that starts all the same', 'warning', { 'task/T': { facts: { startsPaused: true } } }],
    ['a task for an MI before', 'warning', { 'task/T': { facts: { startsPaused: true } } }, {}, runtime('4.6.0')],
    ['a task for an MI that may', 'warning', { 'task/T': { facts: { startsPaused: true } } }, {}, runtime('4.1.0')],
    ['a task that sleeps', 'none', { 'task/T': { facts: { startsPaused: true } } }, {}, runtime('4.7.0')],
  ],
  'MI-PLAN-STOPPED': [
    ['a proxy over HTTP', 'warning', { 'proxy-service/P': { facts: { startOnLoad: false } } }],
    [
      'a proxy that polls',
      'warning',
      { 'proxy-service/P': { ...vfs(), facts: { transports: ['vfs'], startOnLoad: false } } },
    ],
    ['a proxy that starts', 'none', { 'proxy-service/P': {} }],
  ],
  'MI-PLAN-PROCESSOR-STOPS': [
    ['no number', 'none', { 'message-processor/P': { parameters: { 'max.delivery.attempts': 'four' } } }],
    ['four attempts without a word', 'info', { 'message-processor/P': {} }],
    [
      'drop that MI does not understand',
      'info',
      { 'message-processor/P': { parameters: { 'max.delivery.drop': 'true' } } },
    ],
    ['a drop', 'none', { 'message-processor/P': { parameters: { 'max.delivery.drop': 'Enabled' } } }],
    [
      'a fail store',
      'none',
      { 'message-processor/P': { parameters: { 'message.processor.failMessagesStore': 'Dead' } } },
    ],
    ['no limit', 'none', { 'message-processor/P': { parameters: { 'max.delivery.attempts': '-1' } } }],
    ['a failover processor without a limit', 'none', { 'message-processor/P': { facts: { class: failover } } }],
    [
      'a failover processor with a fail store, which it does not read',
      'info',
      {
        'message-processor/P': {
          facts: { class: failover },
          parameters: {
            'message.target.store.name': 'M',
            'max.delivery.attempts': '3',
            'message.processor.failMessagesStore': 'Dead',
          },
        },
      },
    ],
  ],
  'MI-PLAN-NOT-SERVED': [
    [
      'a connection factory that the listener does not have',
      'warning',
      { 'proxy-service/P': { facts: { transports: ['jms'] } } },
      {},
      toml({ listeners: [{ ...listening, factories: ['orders'] }] }),
    ],
    [
      'the connection factory is there',
      'none',
      {
        'proxy-service/P': {
          facts: { transports: ['jms'] },
          parameters: { 'transport.jms.ConnectionFactory': 'orders' },
        },
      },
      {},
      toml({ listeners: [{ ...listening, factories: ['orders'] }] }),
    ],
    [
      'parameters of a consumer that the listener cannot use',
      'warning',
      { 'proxy-service/P': { facts: { transports: undefined }, parameters: { 'transport.jms.Destination': 'q' } } },
      {},
      toml({ listeners: [{ ...listening, factories: ['orders'] }] }),
    ],
    [
      'on every transport and written for none',
      'none',
      { 'proxy-service/P': { facts: { transports: ['all'] } } },
      {},
      toml({ listeners: [{ ...listening, factories: ['orders'] }] }),
    ],
    ['a FIX service without a session', 'warning', { 'proxy-service/P': { facts: { transports: ['fix'] } } }],
    [
      'a file proxy without a content type',
      'warning',
      { 'proxy-service/P': { facts: { transports: ['vfs'] }, parameters: { 'transport.vfs.FileURI': 'file:///in' } } },
    ],
  ],
  'MI-PLAN-LISTENER': [
    [
      'the values say nothing',
      'warning',
      { 'proxy-service/P': { facts: { transports: ['jms'] } } },
      {},
      toml({ environment: 'prod' }),
    ],
    [
      'the project enables it, the values do not',
      'warning',
      { 'proxy-service/P': { facts: { transports: ['jms'] } } },
      {},
      {
        configurations: [
          { listeners: [{ transport: 'jms', enabled: true, source: source('deployment.toml', 3) }] },
          { environment: 'prod' },
        ],
      },
    ],
    [
      'the values have a list where MI reads a table',
      'warning',
      { 'proxy-service/P': { facts: { transports: ['mailto'] } } },
      {},
      toml({ environment: 'prod', listenerLists: [{ transport: 'mailto', source: source('deployment.toml', 3) }] }),
    ],
    [
      'named by parameters alone',
      'warning',
      { 'proxy-service/P': { facts: { transports: undefined }, parameters: { 'rabbitmq.queue.name': 'orders' } } },
      {},
      toml({ environment: 'prod' }),
    ],
    [
      'a data service',
      'warning',
      { 'data-service/D': { facts: { transports: ['http', 'jms'] } } },
      {},
      toml({ environment: 'prod' }),
    ],
    [
      'the file for its workload lacks it',
      'warning',
      { 'proxy-service/P': { facts: { transports: ['jms'] } } },
      {},
      {
        configurations: [
          { environment: 'prod', listeners: [listening] },
          { environment: 'prod', workload: 'p-proxy' },
        ],
      },
    ],
    [
      'the file for its workload has it',
      'none',
      { 'proxy-service/P': { facts: { transports: ['jms'] } } },
      {},
      {
        configurations: [{ environment: 'prod' }, { environment: 'prod', workload: 'p-proxy', listeners: [listening] }],
      },
    ],
    [
      'the values enable it',
      'none',
      { 'proxy-service/P': { facts: { transports: ['jms'] } } },
      {},
      toml({ environment: 'prod', listeners: [listening] }),
    ],
    ['the image brings the file', 'none', { 'proxy-service/P': { facts: { transports: ['jms'] } } }, {}, toml({})],
    ['on by default', 'none', { 'proxy-service/P': vfs() }, {}, toml({ environment: 'prod' })],
    [
      'requests only',
      'none',
      {
        'proxy-service/P': {
          facts: { transports: ['http', 'local'] },
          parameters: { 'transport.jms.Destination': 'x' },
        },
      },
      {},
      toml({ environment: 'prod' }),
    ],
  ],
  'MI-PLAN-ONE-SHOT': [
    ['once', 'info', { 'task/T': { facts: { trigger: { once: 'true', source: source('t') } } } }],
    ['no trigger', 'none', { 'task/T': { facts: { trigger: undefined } } }],
    ['an interval', 'none', { 'task/T': {} }],
  ],
  'MI-PLAN-NEVER-RUNS': [
    ['count 0', 'info', { 'task/T': { facts: { trigger: { count: '0', interval: '5', source: source('t') } } } }],
    ['count 2', 'none', { 'task/T': { facts: { trigger: { count: '2', interval: '5', source: source('t') } } } }],
    ['a refused cron', 'none', { 'task/T': { facts: { trigger: { cron: '@daily', source: source('t') } } } }],
  ],
  'MI-INBOUND-UNSUPPORTED': [
    ['a protocol in capitals', 'error', { 'inbound-endpoint/I': inbound('HTTP') }],
    [
      'WS-RM',
      'error',
      { 'inbound-endpoint/I': { facts: { class: 'org.wso2.carbon.inbound.endpoint.ext.wsrm.InboundRMHttpListener' } } },
    ],
    ['a protocol by expression', 'none', { 'inbound-endpoint/I': inbound('$SYSTEM:p') }],
  ],
  'MI-REF-MISSING': [
    ['nothing of the name', 'warning', { 'api/A': { refs: { uses: ['!sequence/X'] } } }],
    [
      'read but not delivered',
      'warning',
      { 'api/A': { refs: { uses: ['sequence/X'] } }, 'sequence/X': { applications: [] } },
    ],
    ["MI's own", 'none', { 'api/A': { refs: { uses: ['=sequence/fault'] } } }],
  ],
} as const satisfies Partial<Record<PlannerCode, readonly Case[]>>;
