import {
  type BrokerRule,
  jms,
  jmsOfService,
  kafka,
  kafkaConnector,
  pulsar,
  rabbitmq,
  rabbitmqConnector,
  solace,
} from './broker.ts';
import {
  changeDataCapture,
  databaseEvents,
  salesforcePubSub,
  salesforceStream,
  shortMessages,
} from './inbound-classes.ts';
import { socketRule } from './inbound-protocols.ts';
import { pubSub, serviceBus, simpleQueue } from './shared-queues.ts';

/** Parameters with the values that change an answer. */
export type Example = Readonly<Record<string, string>>;

const jmsTopics: readonly Example[] = [
  { 'transport.jms.DestinationType': 'topic' },
  {
    'transport.jms.DestinationType': 'topic',
    'transport.jms.SharedSubscription': 'true',
    'transport.jms.JMSSpecVersion': '2.0',
    'transport.jms.DurableSubscriberName': 'orders',
  },
  { 'transport.jms.SubscriptionDurable': 'true' },
  { 'transport.jms.Destination': 'dynamicTopics/prices' },
  { 'transport.jms.DestinationType': '$SYSTEM:TYPE' },
];

const streams: readonly Example[] = [
  { 'rabbitmq.queue.name': 'orders' },
  { 'rabbitmq.queue.name': '$SYSTEM:HOSTNAME' },
  { 'rabbitmq.queue.optional.x-queue-type': 'stream' },
  { 'rabbitmq.queue.exclusive': 'true' },
];

const outside = { 'offset.storage': 'io.debezium.storage.jdbc.offset.JdbcOffsetBackingStore' };

/** For each rule the parameters that change its answer, for the documentation; a test holds each against the rule. */
export const examples: ReadonlyMap<BrokerRule, readonly Example[]> = new Map<BrokerRule, readonly Example[]>([
  [jms, [{ 'transport.jms.ConnectionFactoryType': 'topic' }, ...jmsTopics]],
  [jmsOfService, jmsTopics],
  [rabbitmq, streams],
  [
    rabbitmqConnector,
    [{ 'rabbitmq.queue.name': 'orders' }, { 'rabbitmq.queue.type': 'STREAM' }, { 'rabbitmq.queue.exclusive': 'true' }],
  ],
  [
    kafka,
    [{ 'group.id': 'orders' }, { 'group.id': 'orders', 'consumer.type': 'simple' }, { 'group.id': '$SYSTEM:GROUP' }],
  ],
  [
    kafkaConnector,
    [
      { 'group.id': 'orders', 'topic.name': 'orders' },
      { 'group.id': 'orders', 'topic.name': 'orders', 'topic.partitions': '0,1' },
      { 'group.id': 'orders', 'topic.pattern': 'orders.*', 'topic.partitions': '0,1' },
      { 'group.id': '$SYSTEM:GROUP' },
    ],
  ],
  [simpleQueue, [{ autoRemoveMessage: 'false' }]],
  [serviceBus, [{ sessionEnabled: 'true' }]],
  [pubSub, [{ enableMessageOrdering: 'true' }]],
  [shortMessages, [{ bindType: 'BIND_TX' }]],
  [
    pulsar,
    [
      { subscriptionType: 'Shared' },
      { subscriptionType: 'Failover' },
      { subscriptionType: 'shared' },
      { subscriptionType: '$SYSTEM:TYPE' },
    ],
  ],
  [
    solace,
    [
      { 'solace.destinationType': 'QUEUE' },
      { 'solace.destinationType': 'QUEUE', 'solace.queueAccessType': 'EXCLUSIVE' },
      { 'solace.destinationType': 'QUEUE', 'solace.provisionDestination': 'true' },
    ],
  ],
  [socketRule, [{ 'ws.client.side.broadcast.level': '1' }, { 'ws.client.side.broadcast.level': '$SYSTEM:LEVEL' }]],
  [
    changeDataCapture,
    [
      { 'offset.storage.file.filename': '/data/cdc/offsets.dat' },
      { 'offset.storage.file.filename': 'offsets.dat' },
      { 'offset.storage': 'org.apache.kafka.connect.storage.MemoryOffsetBackingStore' },
      { ...outside, 'schema.history.internal': 'io.debezium.storage.jdbc.history.JdbcSchemaHistory' },
    ],
  ],
  [
    salesforceStream,
    [
      { 'connection.salesforce.replay': 'true' },
      { 'connection.salesforce.replay': 'true', 'connection.salesforce.EventIDStoredFilePath': '/ids.txt' },
    ],
  ],
  [salesforcePubSub, [{ retrieveWithLastReplayId: 'true' }, { rpcMethod: 'Manage Subscribes' }]],
  [databaseEvents, [{ filteringCriteria: 'deleteAfterPoll' }, { filteringCriteria: 'byBooleanColumn' }]],
]);
