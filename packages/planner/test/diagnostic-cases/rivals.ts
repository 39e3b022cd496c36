import type { PlannerCode } from '../../src/findings/catalogue.ts';
import { type Part, source } from '../builder.ts';
import { type Case, inbound, type More, resequence, toml, vfs } from './parts.ts';

const sampling = 'org.apache.synapse.message.processor.impl.sampler.SamplingProcessor';
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
/** A service on one transport, by a connection factory. */
const service = (transport: string, more: Part['parameters'] = {}, sequence?: string): Part => ({
  facts: { transports: [transport] },
  parameters: {
    [{ rabbitmq: 'rabbitmq.connection.factory' }[transport] ?? 'transport.jms.ConnectionFactory']: 'f',
    ...more,
  },
  ...(sequence && { refs: { uses: [`sequence/${sequence}`] }, as: { via: 'target/@inSequence' } }),
});
const onQueue = (name: string, sequence?: string): Part =>
  service('jms', { 'transport.jms.Destination': name }, sequence);
const onMqtt = (more: Part['parameters'] = {}): Part => ({
  facts: { transports: ['mqtt'] },
  parameters: { 'mqtt.connection.factory': 'mqttConFactory', ...more },
});
/** A listener whose connection factory says this. */
const factory = (transport: string, name: string, parameters: Readonly<Record<string, string>>): More =>
  toml({
    listeners: [
      {
        transport,
        enabled: true,
        source: source('deployment.toml'),
        factories: [name],
        factoryDefaults: [
          {
            factory: name,
            parameters: Object.entries(parameters).map(([key, value]) => ({
              name: key,
              value,
              source: source('deployment.toml'),
            })),
          },
        ],
      },
    ],
  });
const onFiles = (uri: string, pattern = '.*'): Part => ({
  ...vfs(uri),
  parameters: { ...vfs(uri).parameters, 'transport.vfs.FileNamePattern': pattern },
});
/** Change data capture by a connector of Debezium. */
const captures = (connector: string, id?: string): Part => ({
  facts: { class: 'org.wso2.carbon.inbound.cdc.CDCPollingConsumer' },
  parameters: {
    'connector.class': `io.debezium.connector.${connector}`,
    'database.hostname': 'db',
    ...(id !== undefined && { 'database.server.id': id }),
  },
});
const subscriber = (more: Part['parameters'], sequence = 'S'): Part => ({
  facts: { class: 'org.wso2.carbon.inbound.kafka.KafkaMessageConsumer', sequence },
  parameters: { 'bootstrap.servers': 'k:9092', 'topic.name': 't', ...more },
});
const from = (sequence: string): Part => ({
  facts: { class: sampling },
  parameters: { sequence },
  refs: { 'consumes-from': ['message-store/M'] },
});

/** Findings about consumers of one queue, directory or client id. */
export const rivalCases = {
  'MI-PLAN-SAME-CLIENT': [
    ['MQTT', 'warning', { 'inbound-endpoint/A': mqtt('c'), 'inbound-endpoint/B': mqtt('c') }],
    ['ids of their own', 'none', { 'inbound-endpoint/A': mqtt('c'), 'inbound-endpoint/B': mqtt('d') }],
    ['two brokers', 'none', { 'inbound-endpoint/A': mqtt('c'), 'inbound-endpoint/B': mqtt('c', 'n') }],
    ['none given', 'none', { 'inbound-endpoint/A': inbound('mqtt'), 'inbound-endpoint/B': inbound('mqtt') }],
    [
      'MQTT services with the id of their connection factory',
      'warning',
      { 'proxy-service/A': onMqtt(), 'proxy-service/B': onMqtt() },
      {},
      factory('mqtt', 'mqttConFactory', { 'mqtt.client.id': 'c' }),
    ],
    [
      'MQTT services with ids of their own',
      'none',
      { 'proxy-service/A': onMqtt({ 'mqtt.client.id': 'a' }), 'proxy-service/B': onMqtt({ 'mqtt.client.id': 'b' }) },
      {},
      factory('mqtt', 'mqttConFactory', { 'mqtt.client.id': 'c' }),
    ],
    [
      'change data capture with one server id',
      'warning',
      {
        'inbound-endpoint/A': captures('mysql.MySqlConnector', '7'),
        'inbound-endpoint/B': captures('mysql.MySqlConnector', '7'),
      },
    ],
    [
      'with two',
      'none',
      {
        'inbound-endpoint/A': captures('mysql.MySqlConnector', '7'),
        'inbound-endpoint/B': captures('mysql.MySqlConnector', '8'),
      },
    ],
    [
      'with the slot that PostgreSQL has by default',
      'warning',
      {
        'inbound-endpoint/A': captures('postgresql.PostgresConnector'),
        'inbound-endpoint/B': captures('postgresql.PostgresConnector'),
      },
    ],
    [
      'a service and an inbound endpoint',
      'warning',
      {
        'proxy-service/A': onMqtt({ 'mqtt.client.id': 'c', 'mqtt.server.host.name': 'm', 'mqtt.server.port': '1883' }),
        'inbound-endpoint/B': mqtt('c'),
      },
    ],
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
      'two processors of a resequence store',
      'warning',
      {
        'message-store/M': { facts: { class: resequence } },
        'message-processor/P': from('S'),
        'message-processor/Q': from('T'),
      },
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
    ['two services', 'warning', { 'proxy-service/A': onQueue('q'), 'proxy-service/B': onQueue('dynamicQueues/q') }],
    [
      'a service on the queue that another has by its name',
      'warning',
      { 'proxy-service/A': onQueue('B'), 'proxy-service/B': service('jms') },
    ],
    [
      'services on queues of their names',
      'none',
      { 'proxy-service/A': service('jms'), 'proxy-service/B': service('jms') },
    ],
    [
      'two services that hand on to one sequence',
      'none',
      { 'sequence/S': {}, 'proxy-service/A': onQueue('q', 'S'), 'proxy-service/B': onQueue('q', 'S') },
    ],
    [
      'a service that is stopped',
      'none',
      {
        'proxy-service/A': onQueue('q'),
        'proxy-service/B': { ...onQueue('q'), facts: { transports: ['jms'], startOnLoad: false } },
      },
    ],
    [
      'services on topics',
      'none',
      {
        'proxy-service/A': service('jms', {
          'transport.jms.DestinationType': 'topic',
          'transport.jms.Destination': 't',
        }),
        'proxy-service/B': service('jms', {
          'transport.jms.DestinationType': 'topic',
          'transport.jms.Destination': 't',
        }),
      },
    ],
    [
      'services by two connection factories',
      'none',
      {
        'proxy-service/A': onQueue('q'),
        'proxy-service/B': service('jms', { 'transport.jms.Destination': 'q', 'transport.jms.ConnectionFactory': 'g' }),
      },
    ],
    [
      'a service and an inbound endpoint at its broker',
      'warning',
      { 'proxy-service/A': onQueue('q'), 'inbound-endpoint/B': taking('jms', 'q', 'S', at('tcp://mq:61616')) },
      {},
      factory('jms', 'f', { 'java.naming.provider.url': 'tcp://mq:61616' }),
    ],
    [
      'a service and an inbound endpoint at another broker',
      'none',
      { 'proxy-service/A': onQueue('q'), 'inbound-endpoint/B': taking('jms', 'q', 'S', at('tcp://other:61616')) },
      {},
      factory('jms', 'f', { 'java.naming.provider.url': 'tcp://mq:61616' }),
    ],
    [
      'RabbitMQ services on the queue of their connection factory',
      'warning',
      { 'proxy-service/A': service('rabbitmq'), 'proxy-service/B': service('rabbitmq') },
      {},
      factory('rabbitmq', 'f', { 'rabbitmq.queue.name': 'q' }),
    ],
    [
      'one mailbox',
      'warning',
      {
        'proxy-service/A': { facts: { transports: ['mailto'] }, parameters: { 'transport.mail.Address': 'a@b.c' } },
        'proxy-service/B': { facts: { transports: ['mailto'] }, parameters: { 'transport.mail.Address': 'a@b.c' } },
      },
    ],
    [
      'one Kafka group',
      'warning',
      {
        'inbound-endpoint/A': subscriber({ 'group.id': 'g' }),
        'inbound-endpoint/B': subscriber({ 'group.id': 'g' }, 'T'),
      },
    ],
    [
      'two Kafka groups',
      'none',
      {
        'inbound-endpoint/A': subscriber({ 'group.id': 'g' }),
        'inbound-endpoint/B': subscriber({ 'group.id': 'h' }, 'T'),
      },
    ],
    [
      'two topics in one Kafka group',
      'none',
      {
        'inbound-endpoint/A': subscriber({ 'group.id': 'g' }),
        'inbound-endpoint/B': subscriber({ 'group.id': 'g', 'topic.name': 'u' }, 'T'),
      },
    ],
    [
      'one that is suspended',
      'none',
      {
        'inbound-endpoint/A': taking('jms', 'q', 'S'),
        'inbound-endpoint/B': { ...taking('jms', 'q', 'T'), facts: { protocol: 'jms', sequence: 'T', suspend: true } },
      },
    ],
    [
      'one directory, in one pod',
      'warning',
      { 'proxy-service/A': onFiles('file:///in'), 'proxy-service/B': onFiles('/in') },
      { pattern: 'single-replica' },
    ],
    [
      'other files of one directory, in one pod',
      'none',
      { 'proxy-service/A': onFiles('file:///in', 'a.*'), 'proxy-service/B': onFiles('/in', 'b.*') },
      { pattern: 'single-replica' },
    ],
    [
      'files that only the server can tell apart, in one pod',
      'none',
      { 'proxy-service/A': onFiles('/in', '${configs.a}'), 'proxy-service/B': onFiles('/in', '${configs.b}') },
      { pattern: 'single-replica' },
    ],
  ],
} as const satisfies Partial<Record<PlannerCode, readonly Case[]>>;
