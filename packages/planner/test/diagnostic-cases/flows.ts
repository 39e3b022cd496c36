import type { PlannerCode } from '../../src/findings/catalogue.ts';
import { jdbcStore, type Part } from '../builder.ts';
import { chain, free, inbound, runtime, type Case } from './parts.ts';

const sampling = 'org.apache.synapse.message.processor.impl.sampler.SamplingProcessor';

const goes = (...to: string[]): Part => ({ refs: { uses: to }, as: { always: true } });
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

const mqtt = (client: string, host = 'm'): Part =>
  inbound('mqtt', { 'mqtt.client.id': client, 'mqtt.server.host.name': host, 'mqtt.server.port': '1883' });
/** A provider URL. */
const at = (url: string): Part['parameters'] => ({ 'java.naming.provider.url': url });
const taking = (protocol: string, queue: string, sequence: string, more: Part['parameters'] = {}): Part => ({
  facts: { protocol, sequence },
  parameters: { [protocol === 'jms' ? 'transport.jms.Destination' : 'rabbitmq.queue.name']: queue, ...more },
});
const jmsStore: Part = {
  facts: { class: 'org.apache.synapse.message.store.impl.jms.JmsStore' },
  parameters: { 'store.jms.destination': 'q' },
};
const from = (sequence: string): Part => ({
  facts: { class: sampling },
  parameters: { sequence },
  refs: { 'consumes-from': ['message-store/M'] },
});

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
    ['the version that has it', 'none', { 'api/A': { effects: [{ type: 'since-4.4' }] } }, {}, runtime('4.4.0')],
    ['a version that is not known', 'none', { 'api/A': { effects: [{ type: 'since-4.4' }] } }],
    ['nothing new', 'none', { 'api/A': {} }, {}, runtime('4.3.0')],
  ],
  'MI-PLAN-SAME-CLIENT': [
    ['MQTT', 'warning', { 'inbound-endpoint/A': mqtt('c'), 'inbound-endpoint/B': mqtt('c') }],
    ['ids of their own', 'none', { 'inbound-endpoint/A': mqtt('c'), 'inbound-endpoint/B': mqtt('d') }],
    ['two brokers', 'none', { 'inbound-endpoint/A': mqtt('c'), 'inbound-endpoint/B': mqtt('c', 'n') }],
    ['none given', 'none', { 'inbound-endpoint/A': inbound('mqtt'), 'inbound-endpoint/B': inbound('mqtt') }],
  ],
  'MI-PLAN-SHARED-QUEUE': [
    [
      'JMS',
      'warning',
      { 'inbound-endpoint/A': taking('jms', 'q', 'S'), 'inbound-endpoint/B': taking('jms', 'q', 'T') },
    ],
    [
      'JMS, by two spellings of the broker',
      'warning',
      {
        'inbound-endpoint/A': taking('jms', 'q', 'S', at('tcp://MQ:61616')),
        'inbound-endpoint/B': taking('jms', 'q', 'T', at('failover:(tcp://mq:61616)?randomize=false')),
      },
    ],
    [
      'JMS, at two brokers in options',
      'none',
      {
        'inbound-endpoint/A': taking('jms', 'q', 'S', at("amqp://u:p@c/carbon?brokerlist='tcp://a:5675'")),
        'inbound-endpoint/B': taking('jms', 'q', 'T', at("amqp://u:p@c/carbon?brokerlist='tcp://b:5675'")),
      },
    ],
    [
      'RabbitMQ',
      'warning',
      { 'inbound-endpoint/A': taking('rabbitmq', 'q', 'S'), 'inbound-endpoint/B': taking('rabbitmq', 'q', 'T') },
    ],
    [
      'one sequence, to take more',
      'none',
      { 'inbound-endpoint/A': taking('jms', 'q', 'S'), 'inbound-endpoint/B': taking('jms', 'q', 'S') },
    ],
    [
      'by selector',
      'none',
      {
        'inbound-endpoint/A': taking('jms', 'q', 'S', { 'transport.jms.MessageSelector': 'x=1' }),
        'inbound-endpoint/B': taking('jms', 'q', 'T', { 'transport.jms.MessageSelector': 'x=2' }),
      },
    ],
    [
      'a topic',
      'none',
      {
        'inbound-endpoint/A': taking('jms', 'q', 'S', { 'transport.jms.ConnectionFactoryType': 'topic' }),
        'inbound-endpoint/B': taking('jms', 'q', 'T', { 'transport.jms.ConnectionFactoryType': 'topic' }),
      },
    ],
    [
      'two queues',
      'none',
      { 'inbound-endpoint/A': taking('jms', 'q', 'S'), 'inbound-endpoint/B': taking('jms', 'r', 'T') },
    ],
    [
      'two processors',
      'warning',
      { 'message-store/M': jmsStore, 'message-processor/P': from('S'), 'message-processor/Q': from('T') },
    ],
    [
      'two that do the same',
      'none',
      { 'message-store/M': jmsStore, 'message-processor/P': from('S'), 'message-processor/Q': from('S') },
    ],
    [
      'a processor and an inbound endpoint',
      'warning',
      { 'message-store/M': jmsStore, 'message-processor/P': from('S'), 'inbound-endpoint/A': taking('jms', 'q', 'S') },
    ],
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
  ],
} as const satisfies Partial<Record<PlannerCode, readonly Case[]>>;
