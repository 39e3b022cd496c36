import type { PlannerCode } from '../../src/findings/catalogue.ts';
import { jdbcStore, type Part } from '../builder.ts';
import { chain, failover, free, vfs, runtime, type Case } from './parts.ts';

const sampling = 'org.apache.synapse.message.processor.impl.sampler.SamplingProcessor';

const goes = (...to: string[]): Part => ({ refs: { uses: to }, as: { always: true } });
const calls = (to: string, everyPath: readonly string[] | undefined, method?: string): Part => ({
  facts: { context: '/a', bindsTo: [], ...(everyPath && { everyPath }) },
  refs: { 'calls-loopback': [to] },
  as: { always: true, ...(method && { method }) },
});
const callsItself = (everyPath: readonly string[] | undefined, method?: string): Part =>
  calls('api/A', everyPath, method);
const stores = (store: string): Part => ({ refs: { 'stores-into': [store] }, as: { always: true } });
const onError = (to: string): Part => ({ refs: { uses: [to] }, as: { via: 'sequence/@onError' } });
/** A store and a processor whose sequence stores into the next one. */
const stage = (name: string, to: string, parameters: Part['parameters'] = {}): Record<string, Part> => ({
  [`message-store/${name}`]: {},
  [`message-processor/${name}`]: {
    facts: { class: sampling },
    parameters,
    refs: { 'consumes-from': [`message-store/${name}`], uses: [`sequence/to-${to}`] },
    as: { via: 'parameter[@name="sequence"]' },
  },
  [`sequence/to-${to}`]: stores(`message-store/${to}`),
});

const correlating = (subject: string): Part => ({ effects: [{ type: 'aggregate' }, { type: 'correlation', subject }] });

const system = (does: 'read' | 'write', subject = 'p'): Required<Pick<Part, 'effects'>> => ({
  effects: [{ type: `system-property-${does}`, subject }],
});
/** Two JDBC stores of one data source, each with a processor. */
const tables = (...names: readonly (string | undefined)[]): Record<string, Part> =>
  Object.assign(
    {},
    ...names.map((table, index) => ({
      [`message-store/M${index}`]: {
        facts: { class: jdbcStore },
        parameters: { 'store.jdbc.dsName': 'DS', ...(table === undefined ? {} : { 'store.jdbc.table': table }) },
      },
      [`message-processor/P${index}`]: { refs: { 'consumes-from': [`message-store/M${index}`] } },
    })),
  ) as Record<string, Part>;

/** The artifact with an address that each of its messages is sent to. */
const sends = (uri: string, part: Part = {}): Part => ({
  ...part,
  effects: [{ type: uri.startsWith('vfs:') ? 'directory' : 'queue', subject: uri, always: true }],
});
const writes = (directory: string, part: Part): Part => sends(`vfs:file://${directory}`, part);
const moves = (from: string, to: string): Part => ({
  ...vfs(from),
  parameters: {
    ...vfs(from).parameters,
    'transport.vfs.ActionAfterProcess': 'MOVE',
    'transport.vfs.MoveAfterProcess': to,
  },
});
/** An inbound endpoint of the queue `q`, whose sequence sends each message to the endpoint E. */
const onQueue = (broker: string): Record<string, Part> => ({
  'inbound-endpoint/I': {
    facts: { protocol: 'jms', sequence: 'S' },
    parameters: { 'transport.jms.Destination': 'q', 'java.naming.provider.url': broker },
    refs: { uses: ['sequence/S'] },
    as: { via: 'inboundEndpoint/@sequence' },
  },
  'sequence/S': goes('endpoint/E'),
});

/** An inbound endpoint that runs a sequence. */
const runs = (inbound: Record<string, unknown>, sequence: Record<string, unknown>): Record<string, Part> => ({
  'inbound-endpoint/I': {
    facts: { ...inbound, sequence: 'S' },
    refs: { uses: ['sequence/S'] },
    as: { via: 'inboundEndpoint/@sequence' },
  },
  'sequence/S': { facts: sequence },
  'sequence/H': {},
});

/** A forwarding processor that names no endpoint. */
const aimless: Part = { facts: { targetEndpoint: undefined } };

/** Findings about what flows do, in one pod too. */
export const flowCases = {
  'MI-PLAN-NEWER': [
    ['an earlier version', 'error', { 'api/A': { effects: [{ type: 'since-4.4' }] } }, {}, runtime('4.3.0')],
    [
      'an earlier version, twice',
      'error',
      { 'api/A': { effects: [{ type: 'since-4.4' }] }, 'api/B': { effects: [{ type: 'since-4.4' }] } },
      {},
      runtime('4.2.0'),
    ],
    [
      'a log in an earlier version',
      'warning',
      { 'api/A': { effects: [{ type: 'logs-since-4.4' }] } },
      {},
      runtime('4.3.0'),
    ],
    [
      'a log and more in an earlier version',
      'error',
      { 'api/A': { effects: [{ type: 'logs-since-4.4' }] }, 'api/B': { effects: [{ type: 'since-4.4' }] } },
      {},
      runtime('4.3.0'),
    ],
    ['the version that has it', 'none', { 'api/A': { effects: [{ type: 'since-4.4' }] } }, {}, runtime('4.4.0')],
    ['a version that is not known', 'none', { 'api/A': { effects: [{ type: 'since-4.4' }] } }],
    ...(
      [
        ['an earlier version that the environment names', 'error', '4.4.0', ['4.3.0']],
        ['an earlier version that one environment names', 'error', '4.4.0', [undefined, '4.3.0']],
        ['an environment that names none', 'error', '4.3.0', ['4.4.0', undefined]],
        ['the version that each environment names', 'none', '4.3.0', ['4.4.0', '4.6.0']],
      ] as const
    ).map(([name, severity, written, environmentVersions]): Case => [
      name,
      severity,
      { 'api/A': { effects: [{ type: 'since-4.4' }] } },
      {},
      { ...runtime(written), environmentVersions },
    ]),
    [
      'the version of an image, whatever an environment names',
      'none',
      { 'api/A': { effects: [{ type: 'since-4.4' }] } },
      {},
      {
        ...runtime('4.4.0'),
        environmentVersions: ['4.3.0'],
        images: [{ homes: [{ path: '/home', version: '4.4.0', fileProperties: [] }] } as never],
      },
    ],
    ['nothing new', 'none', { 'api/A': {} }, {}, runtime('4.3.0')],
  ],
  'MI-PLAN-ON-ERROR': [
    ['no handler', 'warning', runs({ protocol: 'file' }, { onError: 'H' })],
    ['another handler', 'warning', runs({ protocol: 'rabbitmq', onError: 'fault' }, { onError: 'H' })],
    ['the same handler', 'none', runs({ protocol: 'file', onError: 'H' }, { onError: 'H' })],
    ['a handler that is nowhere', 'none', runs({ protocol: 'file' }, { onError: 'X' })],
    ['a handler of its own alone', 'none', runs({ protocol: 'file', onError: 'H' }, {})],
    ['a protocol that keeps that of the sequence', 'none', runs({ protocol: 'http' }, { onError: 'H' })],
  ],
  'MI-PLAN-PROCESSOR-TARGET': [
    ['forwarding without an endpoint', 'warning', { 'message-processor/P': aimless }],
    ['forwarding to one', 'none', { 'message-processor/P': { facts: { targetEndpoint: 'E' } } }],
    [
      'forwarding to what a parameter names',
      'none',
      { 'message-processor/P': { ...aimless, parameters: { 'target.endpoint': 'E' } } },
    ],
    [
      'forwarding to what each message names',
      'none',
      {
        'message-processor/P': {
          ...aimless,
          refs: { uses: ['?$ctx:where'] },
          as: { via: 'property[@name="target.endpoint"]' },
        },
      },
    ],
    ['sampling without a sequence', 'error', { 'message-processor/P': { facts: { class: sampling } } }],
    [
      'sampling with one',
      'none',
      { 'message-processor/P': { facts: { class: sampling }, parameters: { sequence: 'S' } } },
    ],
    ['failover without a store', 'error', { 'message-processor/P': { facts: { class: failover } } }],
    [
      'failover with one',
      'none',
      {
        'message-processor/P': { facts: { class: failover }, parameters: { 'message.target.store.name': 'M' } },
      },
    ],
    ['a class of its own', 'none', { 'message-processor/P': { facts: { class: 'com.acme.Processor' } } }],
  ],
  'MI-ISO-SYSTEM-PROPERTY': [
    ['in replicas', 'warning', { 'api/A': { effects: [{ type: 'system-property-write', subject: 'p' }] } }],
    ['in a task', 'none', { 'task/T': { effects: [{ type: 'system-property-write', subject: 'p' }] } }],
    ['in a task, for an API', 'warning', { 'task/T': system('write'), 'api/A': system('read') }],
    ['in a task, for another property of an API', 'none', { 'task/T': system('write'), 'api/A': system('read', 'q') }],
    [
      'in a task, for an API of its pod',
      'none',
      { 'task/T': system('write'), 'api/A': system('read') },
      { pattern: 'single-replica' },
    ],
    [
      'in a task that reads it',
      'none',
      { 'task/T': { effects: [...system('write').effects, ...system('read').effects] } },
    ],
  ],
  'MI-ISO-JDBC-TWO': [
    [
      'two processors',
      'error',
      { ...chain(jdbcStore, 'api/A'), 'message-processor/Q': { refs: { 'consumes-from': ['message-store/M'] } } },
    ],
    ['one processor in three pods', 'error', chain(jdbcStore, 'api/A'), free('message-processor/P')],
    ['two members', 'warning', chain(jdbcStore, 'api/A', { parameters: { 'member.count': '2' } })],
    ['two stores on the table that stores have', 'error', tables(undefined, undefined)],
    ['two stores on one table', 'error', tables('t', 't')],
    ['two stores on tables of their own', 'none', tables(undefined, 't')],
    ['one processor', 'none', chain(jdbcStore, 'api/A')],
  ],
  'MI-ISO-CORRELATION': [
    ['by a value', 'warning', { 'api/A': correlating("get-property('id')") }],
    ['by a value, in one pod', 'warning', { 'api/A': correlating('$ctx:id') }, { pattern: 'single-replica' }],
    ['all into one', 'none', { 'api/A': correlating("'all'") }],
    ['a task, which runs one flow at a time', 'none', { 'task/T': correlating('$ctx:id') }],
    ['an aggregate without', 'none', { 'api/A': { effects: [{ type: 'aggregate' }] } }],
  ],
  'MI-REF-CIRCLE': [
    ['sequences', 'warning', { 'sequence/A': goes('sequence/B'), 'sequence/B': goes('sequence/A') }],
    ['a template of itself', 'warning', { 'template/A': goes('template/A') }],
    [
      'with a condition',
      'none',
      { 'sequence/A': goes('sequence/B'), 'sequence/B': { refs: { uses: ['sequence/A'] } } },
    ],
    [
      'two ways to one end',
      'none',
      { 'sequence/A': goes('sequence/B', 'sequence/C'), 'sequence/B': goes('sequence/C'), 'sequence/C': {} },
    ],
    ['an API that calls itself', 'warning', { 'api/A': callsItself(['GET']) }],
    ['by a method that it has', 'warning', { 'api/A': callsItself(['GET', 'POST'], 'POST') }],
    ['by another one', 'none', { 'api/A': callsItself(['GET'], 'POST') }],
    ['by one of all', 'warning', { 'api/A': callsItself(['*'], 'POST') }],
    ['an API that a request may find no resource of', 'none', { 'api/A': callsItself(undefined) }],
    [
      'two APIs without a method in common',
      'none',
      { 'api/A': calls('api/B', ['GET']), 'api/B': calls('api/A', ['POST']) },
    ],
    ['two APIs with one', 'warning', { 'api/A': calls('api/B', ['GET']), 'api/B': calls('api/A', ['POST', 'GET']) }],
    ['the sequence that handles its own faults', 'warning', { 'sequence/A': onError('sequence/A') }],
    ['a step behind it', 'warning', { 'sequence/A': onError('sequence/B'), 'sequence/B': goes('sequence/A') }],
    ['the faults of another', 'none', { 'sequence/A': onError('sequence/B'), 'sequence/B': {} }],
    ['processors that store for each other', 'warning', { ...stage('A', 'B'), ...stage('B', 'A') }],
    ['a processor that stores for itself', 'warning', stage('A', 'A')],
    ['processors one behind the other', 'none', { ...stage('A', 'B'), ...stage('B', 'C'), 'message-store/C': {} }],
    ['one that is off', 'none', { ...stage('A', 'B'), ...stage('B', 'A', { 'is.active': 'false' }) }],
    [
      'a flow that stores what failed, to try it again',
      'none',
      { ...stage('A', 'B'), 'sequence/to-B': onError('sequence/again'), 'sequence/again': stores('message-store/A') },
    ],
    ['a service that writes into the directory it polls', 'warning', { 'proxy-service/P': writes('/in', vfs()) }],
    [
      'one that takes other names than it may write',
      'none',
      {
        'proxy-service/P': writes('/in', {
          ...vfs(),
          parameters: { ...vfs().parameters, 'transport.vfs.FileNamePattern': '.*\\.csv' },
        }),
      },
    ],
    [
      'one that writes there sometimes',
      'none',
      { 'proxy-service/P': { ...vfs(), effects: [{ type: 'directory', subject: 'vfs:file:///in' }] } },
    ],
    ['one that writes elsewhere', 'none', { 'proxy-service/P': writes('/out', vfs()) }],
    [
      'one that is stopped',
      'none',
      { 'proxy-service/P': { ...writes('/in', vfs()), facts: { transports: ['vfs'], startOnLoad: false } } },
    ],
    [
      'two that move files to each other',
      'warning',
      { 'proxy-service/P': moves('file:///a', '/b'), 'proxy-service/Q': moves('file:///b', '/a') },
    ],
    [
      'one that moves files into its own, as MI-PLAN-FILE-AGAIN says',
      'none',
      { 'proxy-service/P': moves('/in', '/in') },
    ],
    [
      'two of which one moves files into a folder of the day',
      'none',
      {
        'proxy-service/P': moves('file:///a', '/b'),
        'proxy-service/Q': {
          ...moves('file:///b', '/a'),
          parameters: { ...moves('file:///b', '/a').parameters, 'transport.vfs.SubFolderTimestampFormat': 'yyyyMMdd' },
        },
      },
    ],
    [
      'two of which one keeps what fails',
      'none',
      {
        'proxy-service/P': moves('file:///a', '/b'),
        'proxy-service/Q': {
          ...vfs('/b'),
          parameters: { ...vfs('/b').parameters, 'transport.vfs.MoveAfterFailure': '/a' },
        },
      },
    ],
    [
      'an inbound endpoint that sends to its queue, by a sequence and an endpoint',
      'warning',
      { ...onQueue('tcp://mq:1'), 'endpoint/E': sends('jms:/q?java.naming.provider.url=tcp://mq:1') },
    ],
    [
      'one that sends to a queue of that name at another broker',
      'none',
      { ...onQueue('tcp://mq:1'), 'endpoint/E': sends('jms:/q?java.naming.provider.url=tcp://other:1') },
    ],
    [
      'one that sends to another queue',
      'none',
      { ...onQueue('tcp://mq:1'), 'endpoint/E': sends('jms:/r?java.naming.provider.url=tcp://mq:1') },
    ],
    [
      'one that sends to a topic of that name',
      'none',
      {
        ...onQueue('tcp://mq:1'),
        'endpoint/E': sends('jms:/q?java.naming.provider.url=tcp://mq:1&transport.jms.DestinationType=topic'),
      },
    ],
    ['one that does not say which broker', 'none', { ...onQueue('tcp://mq:1'), 'endpoint/E': sends('jms:/q') }],
  ],
} as const satisfies Partial<Record<PlannerCode, readonly Case[]>>;
