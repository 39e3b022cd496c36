import { describe, expect, it } from 'vitest';
import { findings, jdbcStore, type Part, planOf, polls, source } from '../../test/builder.ts';
import type { PlanOptions } from '../model.ts';
import { plannerCatalogue, type PlannerCode } from './catalogue.ts';

type More = Parameters<typeof planOf>[2];
/** Artifacts, options and the rest of the inventory; and the severity expected, or `none`. */
type Case = readonly [
  what: string,
  severity: 'error' | 'warning' | 'info' | 'none',
  parts: Record<string, Part>,
  changes?: Partial<PlanOptions>,
  more?: More,
];

const vfs = (uri = 'file:///in'): Part => ({
  facts: { transports: ['vfs'] },
  parameters: { ...polls, 'transport.vfs.FileURI': uri },
});
const inbound = (protocol: string, parameters: Part['parameters'] = {}, refs: Part['refs'] = {}): Part => ({
  facts: { protocol },
  parameters,
  refs,
});
const mcp: Part = {
  facts: { class: 'org.wso2.carbon.inbound.sse.McpInboundListener' },
  parameters: { 'inbound.mcp.port': '9000' },
};
const resequence = 'org.apache.synapse.message.store.impl.resequencer.ResequenceMessageStore';
const chain = (storeClass: string | undefined, writer: string, processor: Part = {}): Record<string, Part> => ({
  [writer]: { refs: { uses: ['sequence/in'] } },
  'sequence/in': { refs: { uses: ['template/put'] } },
  'template/put': { refs: { 'stores-into': ['message-store/M'] } },
  'message-store/M': { facts: { class: storeClass } },
  'message-processor/P': { ...processor, refs: { 'consumes-from': ['message-store/M'] } },
});
const twoApps: Pick<Part, 'applications'> = { applications: ['a_1', 'b_1'] };
const free = (
  id: string,
  to: 'stateless' | 'isolate' | 'pod-local' = 'stateless',
  reason = 'known',
): Partial<PlanOptions> => ({ verdicts: new Map([[id, { class: to, reason }]]) });
const database: Partial<PlanOptions> = { coordination: 'database' };
const archives: Partial<PlanOptions> = { delivery: 'archives' };
const toml = (configuration: object): More => ({ configurations: [configuration] });
const runtime = (runtimeVersion: string): More => ({ applications: [{ id: 'app_1', runtimeVersion }] });
const delivered = (id: string, file: string): object => ({
  artifact: id,
  name: 'x',
  version: '1',
  type: 'synapse/sequence',
  file,
  path: file,
});
const coordinationDatabase = source('deployment.toml', 9);
const listening = { transport: 'jms', enabled: true, source: source('mi-patterns.yaml', 8) };

const tasks = (number: number): Record<string, Part> =>
  Object.fromEntries(Array.from({ length: number }, (_, index) => [`task/T${index}`, {}]));

const cases: Readonly<Record<Exclude<PlannerCode, 'MI-REF-DYNAMIC' | `MI-READY-${string}`>, readonly Case[]>> = {
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
    ['an API', 'none', { 'api/A': {} }],
  ],
  'MI-PLAN-NOT-DEPLOYED': [
    ['in no application', 'info', { 'task/T': { applications: [] }, 'api/A': {} }],
    ['a sequence in no application', 'none', { 'sequence/S': { applications: [] }, 'api/A': {} }],
  ],
  'MI-PLAN-DUPLICATE': [
    ['a task in two applications', 'error', { 'task/T': twoApps }],
    [
      'a sequence in two applications of a single replica',
      'error',
      { 'sequence/S': twoApps, 'api/A': {} },
      { pattern: 'single-replica' },
    ],
    ['a connector in two applications', 'none', { 'connector/C': twoApps, 'task/T': {} }],
    ['the main sequence, which is overwritten instead', 'none', { 'sequence/main': twoApps, 'task/T': {} }],
    [
      'two versioned applications',
      'none',
      { 'task/T': twoApps },
      {},
      {
        applications: [
          { id: 'a_1', versionedDeployment: true },
          { id: 'b_1', versionedDeployment: true },
        ],
      },
    ],
    [
      'an inbound endpoint, which is never versioned',
      'error',
      { 'inbound-endpoint/I': { ...inbound('file'), ...twoApps } },
      {},
      {
        applications: [
          { id: 'a_1', versionedDeployment: true },
          { id: 'b_1', versionedDeployment: true },
        ],
      },
    ],
    [
      'a project and its own archive',
      'none',
      { 'task/T': twoApps },
      {},
      {
        applications: [
          { id: 'a_1', name: 'a', version: '1.0.0-SNAPSHOT' },
          { id: 'b_1', name: 'a', version: '1.0.0', type: 'archive' },
        ],
      },
    ],
  ],
  'MI-PLAN-INPUT': [
    [
      'a broken file',
      'error',
      { 'task/T': {} },
      {},
      {
        diagnostics: [
          {
            code: 'MI-XML-MALFORMED',
            severity: 'error',
            message: 'The file ends inside a tag.',
            hint: 'Correct the XML.',
            source: source('src/x.xml'),
          },
        ],
      },
    ],
    [
      'an artifact of an exporter that was not read',
      'warning',
      { 'task/T': {} },
      {},
      {
        diagnostics: [
          {
            code: 'MI-LEGACY-UNMATCHED',
            severity: 'warning',
            message: 'It is in none of the given paths.',
            hint: 'Give its path.',
          },
        ],
      },
    ],
    [
      'a switch that MI does not read',
      'warning',
      { 'task/T': {} },
      {},
      {
        diagnostics: [
          {
            code: 'MI-TOML-IGNORED',
            severity: 'warning',
            message: 'It does nothing.',
            hint: 'Write the other key.',
            source: source('deployment.toml'),
          },
        ],
      },
    ],
    [
      'what packing again mends',
      'none',
      { 'task/T': {} },
      {},
      { diagnostics: [{ code: 'MI-CAR-NO-ROLE', severity: 'error', message: 'It has no role.', hint: 'Add one.' }] },
    ],
    [
      'a warning',
      'none',
      { 'task/T': {} },
      {},
      { diagnostics: [{ code: 'MI-PRJ-NO-POM', severity: 'warning', message: 'It has no pom.', hint: 'Add one.' }] },
    ],
  ],
  'MI-PLAN-GROUP-EMPTY': [
    [
      'a glob that matches an API only',
      'error',
      { 'api/A': {}, 'task/T': {} },
      { isolate: { groups: [{ name: 'g', match: ['api/*'] }] } },
    ],
    ['a glob that matches', 'none', { 'task/T': {} }, { isolate: { groups: [{ name: 'g', match: ['task/*'] }] } }],
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
    ['no trigger', 'info', { 'task/T': { facts: { trigger: undefined } } }],
    ['an interval', 'none', { 'task/T': {} }],
  ],
  'MI-PLAN-NEVER-RUNS': [
    ['count 0', 'info', { 'task/T': { facts: { trigger: { count: '0', interval: '5', source: source('t') } } } }],
    ['count 2', 'none', { 'task/T': { facts: { trigger: { count: '2', interval: '5', source: source('t') } } } }],
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
  'MI-ISO-JDBC-TWO': [
    [
      'two processors',
      'error',
      { ...chain(jdbcStore, 'api/A'), 'message-processor/Q': { refs: { 'consumes-from': ['message-store/M'] } } },
    ],
    ['one processor in three pods', 'error', chain(jdbcStore, 'api/A'), free('message-processor/P')],
    ['two members', 'warning', chain(jdbcStore, 'api/A', { parameters: { 'member.count': '2' } })],
    ['one processor', 'none', chain(jdbcStore, 'api/A')],
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
  'MI-ISO-SYSTEM-PROPERTY': [
    ['in replicas', 'warning', { 'api/A': { effects: [{ type: 'system-property-write', subject: 'p' }] } }],
    ['in a task', 'none', { 'task/T': { effects: [{ type: 'system-property-write', subject: 'p' }] } }],
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
      'in one pod',
      'none',
      {
        'inbound-endpoint/I': inbound('jms', {}, { uses: ['sequence/s'] }),
        'sequence/s': { effects: [{ type: 'aggregate' }] },
      },
    ],
  ],
  'MI-ISO-FILES': [
    [
      'two that poll one directory',
      'warning',
      {
        'proxy-service/P': vfs('vfs:file:///in/'),
        'inbound-endpoint/I': inbound('file', { 'transport.vfs.FileURI': 'file:///in' }),
      },
    ],
    [
      'an API that writes where a proxy polls',
      'warning',
      {
        'proxy-service/P': vfs(),
        'api/A': { refs: { uses: ['endpoint/E'] } },
        'endpoint/E': { effects: [{ type: 'directory', subject: 'vfs:file:///in' }] },
      },
    ],
    [
      'an API that writes to an SFTP server',
      'none',
      {
        'api/A': { refs: { uses: ['endpoint/E'] } },
        'endpoint/E': { effects: [{ type: 'directory', subject: 'vfs:sftp://u:p@host/in' }] },
      },
    ],
    ['two directories', 'none', { 'proxy-service/P': vfs('file:///a'), 'proxy-service/Q': vfs('file:///b') }],
  ],
  'MI-ISO-STATE-PVC': [
    [
      'change data capture',
      'warning',
      { 'inbound-endpoint/I': { facts: { class: 'org.wso2.carbon.inbound.cdc.CDCPollingConsumer' } } },
    ],
    [
      'a RabbitMQ stream',
      'warning',
      {
        'inbound-endpoint/I': {
          facts: { class: 'org.wso2.carbon.inbound.rabbitmq.RabbitMQListener' },
          parameters: { 'rabbitmq.queue.type': 'STREAM' },
        },
      },
    ],
    ['a processor that switches itself off', 'warning', { 'message-processor/P': {} }],
    ['a processor that drops', 'none', { 'message-processor/P': { parameters: { 'max.delivery.drop': 'Enabled' } } }],
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
    [
      'two archives with main',
      'error',
      { 'api/A': twoApps, 'sequence/main': twoApps },
      {},
      {
        applications: [
          { id: 'a_1', deliveries: [delivered('sequence/main', 'main-1.0.0.xml')] as never },
          { id: 'b_1', deliveries: [delivered('sequence/main', 'main.xml')] as never },
        ],
      },
    ],
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
  ],
  'MI-ISO-CAPACITY': [
    ['a cache in replicas', 'info', { 'api/A': { effects: [{ type: 'cache' }, { type: 'throttle' }] } }],
    ['a cache in one pod', 'none', { 'task/T': { effects: [{ type: 'cache' }] } }],
  ],
  'MI-ISO-MIXED-TRANSPORT': [
    ['vfs and http', 'warning', { 'proxy-service/P': { ...vfs(), facts: { transports: ['http', 'vfs'] } } }],
    ['a data service on a queue and http', 'warning', { 'data-service/D': { facts: { transports: ['http', 'jms'] } } }],
    ['a data service on a queue', 'none', { 'data-service/D': { facts: { transports: ['jms'] } } }],
    ['vfs', 'none', { 'proxy-service/P': vfs() }],
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
  'MI-DB-MISSING': [
    ['no data source', 'warning', { 'task/T': {} }, database],
    ['a data source', 'none', { 'task/T': {} }, database, toml({ coordinationDatabase })],
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
    ['4.10', 'none', { 'task/T': {} }, database, runtime('4.10.0')],
  ],
  'MI-DB-COORDINATION-FALSE': [
    ['4.4', 'error', { 'inbound-endpoint/I': inbound('file', { coordination: 'false' }) }, database, runtime('4.4.0')],
    ['4.5', 'info', { 'inbound-endpoint/I': inbound('file', { coordination: 'false' }) }, database, runtime('4.5.0')],
    ['unknown', 'warning', { 'inbound-endpoint/I': inbound('file', { coordination: 'false' }) }, database],
    ['isolated', 'none', { 'inbound-endpoint/I': inbound('file', { coordination: 'false' }) }],
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
    ['once', 'info', { 'task/T': { facts: { trigger: undefined } } }, database],
    ['an interval', 'none', { 'task/T': {} }, database],
  ],
  'MI-DB-SETUP': [
    ['by the database', 'info', { 'task/T': {} }, database],
    ['isolated', 'none', { 'task/T': {} }],
  ],
};

describe.each(Object.entries(cases))('%s', (code, rows) => {
  it.each(rows.map((row) => ({ what: row[0], expected: row[1], row })))(
    '$what: $expected',
    ({ row: [, severity, parts, changes, more] }) => {
      const found = findings(planOf(parts, changes, more), code);
      expect(found.map((one) => one.severity)).toEqual(severity === 'none' ? [] : found.map(() => severity));
      expect(found.length > 0).toBe(severity !== 'none');
      for (const one of found) {
        expect(one.message).toMatch(/^\S.*[.!]$/s);
        expect(one.hint).toMatch(/\.$/);
        expect(Object.keys(one.source ?? source(''))).toEqual(['path', 'line', 'column']);
      }
    },
  );
  it('is in the catalogue, fires in one case and not in another', () => {
    expect(Object.keys(plannerCatalogue)).toContain(code);
    expect(new Set(rows.map(([, severity]) => severity === 'none'))).toEqual(new Set([true, false]));
  });
});

describe('what a finding says', () => {
  it('names API, store and processor of an in-memory store, with their places and the ways out', () => {
    const [found] = findings(planOf(chain(undefined, 'api/Orders')), 'MI-ISO-INMEM-STORE');
    expect(found?.message).toBe(
      'Message store M lives in the memory of each pod, but only one pod runs message-processor/P. What api/Orders stores in other pods is never processed.',
    );
    expect(found?.related?.map((one) => one.path)).toEqual(['src/message-processor/P.xml', 'src/template/put.xml']);
    expect(found?.hint).toContain('message-processor/P: {class: pod-local, reason: …}');
    expect(found?.artifacts).toEqual(['api/Orders', 'message-processor/P', 'message-store/M']);
  });
  it('suggests the name that was meant, of the same kind only', () => {
    const hints = (refs: NonNullable<Part['refs']>): string[] =>
      findings(
        planOf({ 'api/A': { refs }, 'endpoint/OrderBackendEP': {}, 'sequence/OrderBackendSeq': {} }),
        'MI-REF-MISSING',
      ).map(({ hint }) => hint);
    const [near = ''] = hints({ uses: ['!endpoint/OrderBackndEP'] });
    expect(near).toMatch(/^Did you mean endpoint\/OrderBackendEP\? Give the path/);
    const [far = ''] = hints({ uses: ['!endpoint/Billing'] });
    expect(far).toMatch(/^Give the path/);
  });
  it('adds the port offset only where it counts', () => {
    const ports = (parameters: Part['parameters'], more?: More): number[] =>
      planOf({ 'inbound-endpoint/I': inbound('ws', parameters) }, {}, more).workloads[0]?.ports.map(
        (port) => port.number,
      ) ?? [];
    expect(ports({ 'inbound.ws.port': '9091' })).toEqual([9091]);
    expect(ports({ 'inbound.ws.port': '9091', 'ws.use.port.offset': 'true' })).toEqual([9101]);
    expect(ports({ 'inbound.ws.port': '9091' }, toml({ offset: 3, inboundPortOffset: true }))).toEqual([9094]);
  });
});
