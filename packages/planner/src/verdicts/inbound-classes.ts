import { dirname } from 'node:path/posix';
import type { Parameter } from '@mi-patterns/inventory';
import { type BrokerRule, kafkaConnector, pulsar, rabbitmqConnector, solace } from './broker.ts';
import { fileRule, fixed, type InboundRule, mcpRule } from './inbound-protocols.ts';
import { pubSub, serviceBus, simpleQueue } from './shared-queues.ts';
import { setting } from './verdict.ts';

const twice = 'in two pods every event would be handled twice';
const registry = { what: 'registry' } as const;

/** As Java's `Boolean.parseBoolean`; a value that only the server knows counts as true. */
function isTrue(found: ReturnType<typeof setting>): boolean {
  return found.state === 'dynamic' || (found.state === 'literal' && found.value.toLowerCase() === 'true');
}

/**
 * Salesforce streaming (SalesforceStreamData.java, loadOptionalParameters): only with `replay` is there a position, in
 * the registry; with a file of event ids each start begins with what is in that file.
 */
export const salesforceStream: BrokerRule = (parameters) => {
  const replay = setting(parameters, 'connection.salesforce.replay');
  const file = setting(parameters, 'connection.salesforce.EventIDStoredFilePath');
  const parameter = replay.state === 'absent' ? {} : { parameter: replay.parameter };
  if (!isTrue(replay))
    return {
      class: 'isolate',
      why: `follows Salesforce events from the moment it connects, and misses those between two pods: ${twice}`,
      ...parameter,
    };
  if (file.state !== 'absent')
    return {
      class: 'isolate',
      why: `begins at each start with the Salesforce event that a file names: ${twice}`,
      parameter: file.parameter,
    };
  return {
    class: 'isolate',
    why: `reads Salesforce events from a position kept in the registry of its pod: ${twice}`,
    ...parameter,
    keeps: registry,
  };
};

/**
 * Salesforce Pub/Sub (Subscribe.java): the replay id is in the registry with `retrieveWithLastReplayId` only. A managed
 * subscription, whose position Salesforce keeps, does not write it (SFPubSubInboundFactory.java:179,
 * ManageSubscribe.java).
 */
export const salesforcePubSub: BrokerRule = (parameters) => {
  const method = setting(parameters, 'rpcMethod');
  if (method.state === 'literal' && method.value === 'Manage Subscribes')
    return {
      class: 'isolate',
      why: 'follows a managed subscription of Salesforce, which has one position for all subscribers: two pods would move it for each other',
      parameter: method.parameter,
    };
  const last = setting(parameters, 'retrieveWithLastReplayId');
  const kept = isTrue(last);
  return {
    class: 'isolate',
    why: kept
      ? `reads Salesforce events from a position kept in the registry of its pod: ${twice}`
      : `reads Salesforce events from its replay preset at each start: ${twice}`,
    ...(last.state === 'absent' ? {} : { parameter: last.parameter }),
    ...(kept ? { keeps: registry } : {}),
  };
};

/**
 * Rows of a table (DBEventPollingConsumer.java:183-225): the last timestamp is in the registry; what was polled is
 * deleted or marked in the table with the other two criteria.
 */
export const databaseEvents: BrokerRule = (parameters) => {
  const criteria = setting(parameters, 'filteringCriteria', 'listeningCriteria');
  const inTable = criteria.state === 'literal' && ['deleteAfterPoll', 'byBooleanColumn'].includes(criteria.value);
  return {
    class: 'isolate',
    why: inTable
      ? `polls a database table and ${criteria.value === 'deleteAfterPoll' ? 'deletes' : 'marks'} the rows that it has handled, without a lock: two pods would take the same rows`
      : `reads a database table from a position kept in the registry of its pod: ${twice}`,
    ...(criteria.state === 'absent' ? {} : { parameter: criteria.parameter }),
    ...(inTable ? {} : { keeps: registry }),
  };
};

/** Short messages (SMPPListeningConsumer.java, newSession): the class is a client that binds to the SMS centre. */
export const shortMessages: BrokerRule = (parameters) => {
  const bind = setting(parameters, 'bindType');
  if (bind.state === 'literal' && bind.value === 'BIND_TX')
    return {
      class: 'isolate',
      why: 'binds to an SMS centre as a transmitter, which gets no messages: it needs bindType BIND_RX or BIND_TRX',
      parameter: bind.parameter,
    };
  return {
    class: 'isolate',
    why: 'binds to an SMS centre as a client: two pods would both bind, and messages may come twice',
  };
};

const fileOffsets = 'org.apache.kafka.connect.storage.FileOffsetBackingStore';
const fileHistory = 'io.debezium.storage.file.history.FileSchemaHistory';

/**
 * Debezium (CDCPollingConsumer.java:276-335): offset and schema history are files below `cdc/` of MI's home, which the
 * start script makes its working directory, unless a parameter names another file or another class of storage.
 */
export const changeDataCapture: BrokerRule = (parameters) => {
  const kept = cdcFolder(parameters, 'offset.storage', fileOffsets);
  const folders = [kept, cdcFolder(parameters, 'schema.history.internal', fileHistory)].flatMap((one) =>
    typeof one === 'string' ? [] : [one.folder],
  );
  const offset = setting(parameters, 'offset.storage');
  const where = typeof kept === 'string' ? keptElsewhere[kept] : 'in files of its pod';
  return {
    class: 'isolate',
    why: `follows the changes of a database from an offset kept ${where}: in two pods every change would be handled twice`,
    ...(offset.state === 'absent' ? {} : { parameter: offset.parameter }),
    ...(folders.length === 0 ? {} : { keeps: { what: 'offsets', folders: [...new Set(folders)] } }),
  };
};

const keptElsewhere = {
  outside: 'outside of its pod',
  memory: 'in memory, so that each new pod takes a snapshot of all tables again',
  unknown: 'in a place that only the server knows',
} as const;

/** The folder of a file of Debezium; `cdc` for the two default ones, so that one volume holds both. */
function cdcFolder(
  parameters: readonly Parameter[],
  storage: string,
  fileClass: string,
): keyof typeof keptElsewhere | { readonly folder: string | undefined } {
  const kind = setting(parameters, storage);
  if (kind.state === 'dynamic') return 'unknown';
  // Debezium's MemorySchemaHistory and Kafka Connect's MemoryOffsetBackingStore.
  if (kind.state === 'literal' && kind.value !== fileClass)
    return /\.Memory\w+$/.test(kind.value) ? 'memory' : 'outside';
  const file = setting(parameters, `${storage}.file.filename`);
  if (file.state === 'dynamic') return { folder: undefined };
  const folder = file.state === 'absent' ? 'cdc' : dirname(file.value);
  // A volume over MI's home or the root of the container would hide all that is there.
  if (folder === '.' || folder === '/') return { folder: undefined };
  return { folder: /^(\.\/)?cdc(\/|$)/.test(folder) ? 'cdc' : folder };
}

function polling(find: BrokerRule, origin: string): InboundRule {
  return { behavior: 'polling', find, suspend: 'asleep', origin };
}

function eventBased(find: BrokerRule, origin: string): InboundRule {
  return { behavior: 'event-based', find, suspend: 'ignored', origin };
}

/** The class of old EI that MI does not have, although MI's documentation still has a page on it. */
export const unsupportedInboundClass = 'org.wso2.carbon.inbound.endpoint.ext.wsrm.InboundRMHttpListener';

/**
 * `class=` of an inbound endpoint: the connectors of WSO2, each read in the repository of wso2-extensions that `origin`
 * names.
 */
export const inboundClasses: ReadonlyMap<string, InboundRule> = new Map<string, InboundRule>([
  [
    'org.wso2.carbon.inbound.kafka.KafkaMessageConsumer',
    polling(kafkaConnector, 'esb-inbound-kafka KafkaMessageConsumer.java, validateMandatoryParameters and poll'),
  ],
  [
    'org.wso2.carbon.inbound.amazonsqs.AmazonSQSPollingConsumer',
    polling(simpleQueue, 'esb-inbound-amazonsqs AmazonSQSPollingConsumer.java, poll'),
  ],
  [
    'org.wso2.carbon.inbound.cdc.CDCPollingConsumer',
    polling(changeDataCapture, 'mi-inbound-cdc CDCPollingConsumer.java:276-335'),
  ],
  [
    'org.wso2.carbon.inbound.salesforce.poll.SalesforceStreamData',
    polling(salesforceStream, 'esb-inbound-salesforce SalesforceStreamData.java, loadOptionalParameters'),
  ],
  [
    'org.wso2.carbon.inbound.sf.pubsub.SFPubSubInboundFactory',
    polling(salesforcePubSub, 'mi-inbound-salesforcepubsub Subscribe.java:245'),
  ],
  [
    'org.wso2.carbon.inbound.localfile.LocalFileOneTimePolling',
    polling(
      fixed({ class: 'isolate', why: 'watches a directory, without a lock: two pods would take the same file' }),
      'esb-inbound-localfile LocalFileOneTimePolling.java, watchDirectory and processFile',
    ),
  ],
  [
    'org.wso2.carbon.inbound.twitter.poll.TwitterStreamData',
    polling(
      fixed({ class: 'isolate', why: `follows a stream of Twitter from the moment it connects: ${twice}` }),
      'esb-inbound-twitter TwitterStreamData.java',
    ),
  ],
  [
    'org.wso2.integration.inbound.PulsarMessageConsumer',
    polling(pulsar, 'mi-inbound-pulsar PulsarMessageConsumer.java'),
  ],
  [
    'org.wso2.carbon.inbound.googlepubsub.GooglePubSubMessageConsumer',
    polling(
      pubSub,
      'mi-inbound-googlepubsub GooglePubSubMessageConsumer.java, receiveMessages; GooglePubSubSubscriptionManager.java',
    ),
  ],
  // The file inbound endpoint of MI 4.6.
  ['org.wso2.carbon.inbound.vfs.VFSConsumer', { ...fileRule, origin: 'mi-inbound-file VFSConsumer.java' }],
  [
    'org.wso2.carbon.inbound.poll.dbeventlistener.DBEventPollingConsumer',
    polling(databaseEvents, 'esb-inbound-dbevent DBEventPollingConsumer.java:183-225'),
  ],
  [
    'org.wso2.carbon.inbound.rabbitmq.RabbitMQListener',
    eventBased(rabbitmqConnector, 'mi-inbound-rabbitmq RabbitMQListener.java, RabbitMQRegistryOffsetTracker.java'),
  ],
  [
    'org.wso2.carbon.inbound.asb.ASBEventConsumer',
    eventBased(serviceBus, 'mi-inbound-asb ASBEventConsumer.java, buildProcessorClient'),
  ],
  [
    'org.wso2.carbon.inbound.solace.SolaceEventListener',
    eventBased(solace, 'mi-inbound-solace SolaceEventListener.java'),
  ],
  // A client, despite its name.
  [
    'org.wso2.carbon.inbound.smpp.SMPPListeningConsumer',
    eventBased(shortMessages, 'esb-inbound-smpp SMPPListeningConsumer.java, newSession'),
  ],
  [
    'org.wso2.carbon.inbound.iso8583.listening.ISO8583MessageConsumer',
    {
      behavior: 'listening',
      find: fixed({ class: 'stateless', why: 'only listens for ISO 8583 messages: any pod can answer' }),
      port: { parameter: 'port', protocol: 'tcp' },
      origin: 'esb-inbound-iso8583 ISO8583MessageConsumer.java',
    },
  ],
  ['org.wso2.carbon.inbound.sse.McpInboundListener', mcpRule],
  // The package before the first release of the connector, which tools of that time write.
  ['org.wso2.carbon.inbound.SSE.McpInboundListener', mcpRule],
  [
    unsupportedInboundClass,
    {
      behavior: 'listening',
      find: fixed({
        class: 'affinity',
        why: 'uses WS-ReliableMessaging, whose sessions live in one pod; the class exists only in the old Enterprise Integrator, not in MI',
      }),
      port: { parameter: 'inbound.cxf.rm.port', protocol: 'http' },
      origin: 'wso2/carbon-mediation InboundRMHttpListener.java',
    },
  ],
]);
