import type { Artifact, ArtifactFacts, Parameter, Source } from '@mi-patterns/inventory';
import { inboundRule, suspension } from '../verdicts/inbound-endpoint.ts';
import { topicOfInbound, topicOfProxy } from '../verdicts/jms-topics.ts';
import type { StoreType } from '../verdicts/message-store.ts';
import { type Servers, servedTransports, type ServedTransport, withDefaults } from '../verdicts/proxy-service.ts';
import { proxyTransports } from '../verdicts/proxy-transports.ts';
import { setting } from '../verdicts/verdict.ts';

type Parameters = readonly Parameter[];

/** Something that gives each message to one of its consumers, in words, and how to get each message to all of them. */
interface Words {
  readonly what: string;
  readonly hint: string;
}

/** One queue that an artifact takes messages from. */
export interface QueueUse extends Words {
  /** Equal for the consumers of one queue. Never shown: it may hold credentials. */
  readonly key: string;
}

const doItAll = 'or let one of them do it all.';
const queue: Words = {
  what: 'take from one queue',
  hint: `Give each a queue of its own, for example by a topic or an exchange that copies each message to both, ${doItAll}`,
};
const subscription: Words = {
  what: 'take from one subscription',
  hint: `Give each a subscription of its own, ${doItAll}`,
};
const group: Words = {
  what: 'read one Kafka topic as one group',
  hint: `Give each a group.id of its own, which gets each message to both, ${doItAll}`,
};
const mailbox: Words = { what: 'take from one mailbox', hint: `Give each a mailbox of its own, ${doItAll}` };

/**
 * The parameters that say what a consumer takes from: the names of the first entry, of which one must be there, and
 * then where it is. The sources are those of the verdicts.
 */
interface Place {
  readonly words: Words;
  readonly names: readonly (readonly string[])[];
}

const rabbitmq: Place = {
  words: queue,
  names: [
    ['rabbitmq.queue.name'],
    ['rabbitmq.server.host.name'],
    ['rabbitmq.server.port'],
    ['rabbitmq.server.virtual.host'],
  ],
};

/** By protocol or class of an inbound endpoint. */
const inboundPlaces: ReadonlyMap<string, Place> = new Map<string, Place>([
  ['jms', { words: queue, names: [['transport.jms.Destination'], ['java.naming.provider.url']] }],
  ['rabbitmq', rabbitmq],
  ['org.wso2.carbon.inbound.rabbitmq.RabbitMQListener', rabbitmq],
  ['kafka', { words: group, names: [['topics'], ['group.id'], ['zookeeper.connect']] }],
  [
    'org.wso2.carbon.inbound.kafka.KafkaMessageConsumer',
    { words: group, names: [['topic.name', 'topic.pattern'], ['group.id'], ['bootstrap.servers']] },
  ],
  ['org.wso2.carbon.inbound.amazonsqs.AmazonSQSPollingConsumer', { words: queue, names: [['destination']] }],
  [
    'org.wso2.carbon.inbound.asb.ASBEventConsumer',
    { words: queue, names: [['queueName', 'topicName'], ['subscriptionName'], ['connectionString']] },
  ],
  [
    'org.wso2.carbon.inbound.googlepubsub.GooglePubSubMessageConsumer',
    { words: subscription, names: [['subscriptionId'], ['projectId']] },
  ],
  [
    'org.wso2.integration.inbound.PulsarMessageConsumer',
    { words: subscription, names: [['subscriptionName'], ['topicNames', 'topicsPattern'], ['serviceUrl']] },
  ],
]);

/** Parameters by which consumers of one name get messages of their own. */
const dividing = [
  'transport.jms.MessageSelector',
  'transport.jms.SubscriptionDurable',
  'transport.jms.SharedSubscription',
];

/** A provider URL without `failover:` and its options, which say nothing of which broker it is, except for Qpid. */
function brokerOf(url: string): string {
  if (/brokerlist=/i.test(url)) return url;
  return url
    .trim()
    .replace(/^failover:(?:\/\/)?/i, '')
    .replace(/[?].*$/s, '')
    .replace(/[()]/g, '')
    .toLowerCase();
}

/** The name of a JMS destination without what JNDI has before it: `dynamicQueues/orders` is `orders`. */
function jmsName(name: string): string {
  return name.replace(/^\/+/, '').replace(/^(?:dynamic)?(?:queues?|topics?)\//i, '');
}

/**
 * The text of parameters, joined; undefined where the first is missing. An expression is equal to itself, since one
 * server resolves both.
 */
function keyOf(parameters: Parameters, names: readonly (readonly string[])[]): string | undefined {
  const texts = names.map((some) => {
    const found = setting(parameters, ...some);
    if (found.state === 'absent') return undefined;
    if (found.state === 'dynamic') return found.parameter.value ?? `key ${found.text}`;
    switch (found.parameter.name) {
      case 'java.naming.provider.url':
        return brokerOf(found.value);
      case 'transport.jms.Destination':
      case 'store.jms.destination':
        return jmsName(found.value);
      default:
        return found.value;
    }
  });
  return texts[0] === undefined ? undefined : JSON.stringify(texts);
}

/** What an artifact takes messages from that come to one consumer only; none for one that starts stopped. */
export function queuesOf(artifact: Artifact, servers: Servers): readonly QueueUse[] {
  const { facts } = artifact;
  if (facts.kind === 'inbound-endpoint') return queueOfInbound(artifact, facts, servers);
  return facts.kind === 'proxy-service' && facts.startOnLoad ? queuesOfService(artifact, facts, servers) : [];
}

type InboundFacts = Extract<ArtifactFacts, { kind: 'inbound-endpoint' }>;
type ServiceFacts = Extract<ArtifactFacts, { kind: 'proxy-service' }>;

/** True for an inbound endpoint that takes nothing until somebody activates it. */
export function sleeps(facts: InboundFacts): boolean {
  return (suspension(facts, []) ?? 'ignored') !== 'ignored';
}

function queueOfInbound(artifact: Artifact, facts: InboundFacts, { topics }: Servers): readonly QueueUse[] {
  const { parameters } = facts;
  const place = inboundPlaces.get(facts.protocol ?? facts.class ?? '');
  if (place === undefined || sleeps(facts) || isDivided(parameters)) return [];
  if (inboundRule(facts)?.find(parameters).class !== 'broker-safe') return [];
  if (facts.protocol === 'jms' && topicOfInbound(artifact, parameters, topics) !== undefined) return [];
  return useOf(parameters, place);
}

function useOf(parameters: Parameters, { words, names }: Place): readonly QueueUse[] {
  const key = keyOf(parameters, names);
  return key === undefined ? [] : [{ ...words, key: `${words.what} ${key}` }];
}

function isDivided(parameters: Parameters): boolean {
  return dividing.some((name) => setting(parameters, name).state !== 'absent');
}

function queuesOfService(
  artifact: Artifact,
  { transports, parameters }: ServiceFacts,
  { enabled, topics }: Servers,
): readonly QueueUse[] {
  return servedTransports(artifact, transports, parameters, enabled).served.flatMap((transport) => {
    const { type } = transport;
    if (type === 'mailto')
      return useOf(parameters, { words: mailbox, names: [['transport.mail.Address'], ['transport.mail.Folder']] });
    const place = type === 'jms' || type === 'rabbitmq' ? inboundPlaces.get(type) : undefined;
    if (type === undefined || place === undefined) return [];
    return everyConfiguration(artifact, transport, parameters).flatMap((all) => {
      if (proxyTransports.get(type)?.find(all).class !== 'broker-safe' || isDivided(all)) return [];
      return type === 'jms' && topicOfProxy(artifact, all, topics) !== undefined ? [] : useOf(all, place);
    });
  });
}

/**
 * The key of the queue at the end of an address, where that says which broker it is; undefined for any other one. With
 * an exchange, RabbitMQ decides which queue a message gets to.
 */
export function queueOfAddress(
  uri: string,
  source: Source,
): { readonly key: string; readonly name: string } | undefined {
  const [, scheme = '', path = '', query = ''] = /^(jms|rabbitmq):\/*([^?]*)[?](.*)$/is.exec(uri) ?? [];
  const type = scheme.toLowerCase();
  const place = inboundPlaces.get(type);
  const said = query.split(/[&;]/).flatMap((pair): Parameter[] => {
    const at = pair.indexOf('=');
    return at === -1 ? [] : [{ name: pair.slice(0, at), value: pair.slice(at + 1), source }];
  });
  const has = (name: string): boolean => setting(said, name).state === 'literal';
  const isTopic = said.some(({ name, value }) => name.endsWith('Type') && value?.toLowerCase() === 'topic');
  if (place === undefined || isTopic || has('rabbitmq.exchange.name') || !has(brokers.get(type) ?? ''))
    return undefined;
  const all: Parameter[] = [{ name: 'transport.jms.Destination', value: path, source }, ...said];
  const [use] = useOf(all, place);
  const name = setting(all, place.names[0]?.[0] ?? '');
  return use === undefined || name.state !== 'literal' ? undefined : { key: use.key, name: jmsName(name.value) };
}

/** Where the broker of a transport is, and so what its connection factory stands for where nobody knows more. */
const brokers: ReadonlyMap<string, string> = new Map([
  ['jms', 'java.naming.provider.url'],
  ['rabbitmq', 'rabbitmq.server.host.name'],
  ['mqtt', 'mqtt.server.host.name'],
]);

/**
 * All parameters that a service has over one transport, for each connection factory that it may have. Without a
 * destination a JMS service has its own name (JMSEndpoint of the JMS transport).
 */
function everyConfiguration(artifact: Artifact, transport: ServedTransport, parameters: Parameters): Parameter[][] {
  const { type = '' } = transport;
  const { source } = artifact;
  const rule = proxyTransports.get(type)?.factory;
  const named = setting(parameters, rule?.parameter ?? '');
  const factory = named.state === 'absent' ? rule?.byDefault : (named.parameter.value ?? named.parameter.key);
  const own: Parameter[] = [
    { name: brokers.get(type) ?? '', value: `factory ${factory ?? ''}`, source },
    ...(type === 'jms' ? [{ name: 'transport.jms.Destination', value: artifact.name, source }] : []),
  ];
  return withDefaults(transport, parameters).map((all) => [...own, ...all]);
}

const changeDataCapture = 'org.wso2.carbon.inbound.cdc.CDCPollingConsumer';

/**
 * Parameters that name the client that a consumer is for its broker, and the broker. MySQL knows who follows its
 * changes by a server id, PostgreSQL by a slot, which Debezium calls `debezium` where nobody says otherwise.
 */
const clientPlaces: ReadonlyMap<string, Place['names']> = new Map([
  ['mqtt', [['mqtt.client.id'], ['mqtt.server.host.name'], ['mqtt.server.port']]],
  ['jms', [['transport.jms.DurableSubscriberClientID'], ['java.naming.provider.url']]],
  [changeDataCapture, [['database.server.id', 'slot.name'], ['database.hostname'], ['database.port']]],
]);

const storePlaces: Readonly<Partial<Record<StoreType, Place>>> = {
  jms: { words: queue, names: [['store.jms.destination'], ['java.naming.provider.url']] },
  rabbitmq: {
    words: queue,
    names: [
      ['store.rabbitmq.queue.name'],
      ['store.rabbitmq.host.name'],
      ['store.rabbitmq.host.port'],
      ['store.rabbitmq.virtual.host'],
    ],
  },
};

/**
 * The queue that a message processor takes from with this store; undefined for a store that is none. Of a resequence
 * store, `peek` of `ResequenceMessageStore` (wso2/wso2-synapse) counts on with each message that it gives.
 */
export function queueOfStore({ id, facts }: Artifact, type: StoreType): QueueUse | undefined {
  const place = storePlaces[type];
  const isQueue = place !== undefined || type === 'in-memory' || type === 'resequence';
  if (facts.kind !== 'message-store' || !isQueue) return undefined;
  const [use] = place === undefined ? [] : useOf(facts.parameters, place);
  return use ?? { ...queue, key: id };
}

/** The clients that an artifact is for brokers which let one client of an id connect, by protocol. */
export function clientsOf(
  artifact: Artifact,
  { enabled }: Servers,
): readonly { readonly protocol: string; readonly key: string }[] {
  const { facts } = artifact;
  const ofOne = (protocol: string | undefined, all: Parameters): { protocol: string; key: string }[] => {
    const names = clientPlaces.get(protocol ?? '');
    const key = names === undefined ? undefined : keyOf(all, names);
    return protocol === undefined || key === undefined ? [] : [{ protocol, key: `${protocol} ${key}` }];
  };
  if (facts.kind === 'inbound-endpoint') {
    const slot = { name: 'slot.name', value: 'debezium', source: artifact.source };
    const connector = setting(facts.parameters, 'connector.class');
    const isPostgres = connector.state === 'literal' && connector.value.endsWith('.PostgresConnector');
    const all = isPostgres ? [slot, ...facts.parameters] : facts.parameters;
    return sleeps(facts) ? [] : ofOne(facts.protocol ?? facts.class, all);
  }
  if (facts.kind !== 'proxy-service' || !facts.startOnLoad) return [];
  return servedTransports(artifact, facts.transports, facts.parameters, enabled).served.flatMap((transport) =>
    everyConfiguration(artifact, transport, facts.parameters).flatMap((all) => ofOne(transport.type, all)),
  );
}
