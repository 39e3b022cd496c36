import type { Artifact } from '@mi-patterns/inventory';
import { describe, expect, it } from 'vitest';
import { forwarding, inventory, jdbcStore, type Part, polls, source } from '../../test/builder.ts';
import type { Verdict } from '../model/plan.ts';
import { inboundClasses } from './inbound-classes.ts';
import { inboundProtocols } from './inbound-protocols.ts';
import { findVerdicts } from './index.ts';
import { processorClasses } from './message-processor.ts';
import { storeClasses } from './message-store.ts';
import { listenerClasses, proxyTransports } from './proxy-transports.ts';

function verdict(id: string, part: Part, more: Parameters<typeof inventory>[1] = {}): Verdict {
  const found = findVerdicts(inventory({ [id]: part }, more)).get(id);
  if (found === undefined) throw new Error(`no verdict for ${id}`);
  return found;
}

const inbound = (facts: object, parameters: Part['parameters'] = {}): Verdict =>
  verdict('inbound-endpoint/In', { facts: facts as NonNullable<Part['facts']>, parameters });
const proxy = (
  transports: string[] | undefined,
  parameters: Part['parameters'] = {},
  more: Parameters<typeof inventory>[1] = {},
): Verdict => verdict('proxy-service/P', { facts: { transports }, parameters }, more);

const sharedTopic = {
  'transport.jms.ConnectionFactoryType': 'topic',
  'transport.jms.SharedSubscription': 'true',
  'transport.jms.JMSSpecVersion': '2.0',
};

describe('a proxy on every enabled transport with parameters of a consumer', () => {
  const rows: [string, string[] | undefined, Part['parameters'], Parameters<typeof inventory>[1], Verdict['class']][] =
    [
      ['no deployment.toml is known', undefined, { 'transport.jms.Destination': 'orders' }, {}, 'opaque'],
      [
        'the same for all',
        ['all'],
        { 'rabbitmq.queue.name': 'orders', 'rabbitmq.connection.factory': 'amqp' },
        {},
        'opaque',
      ],
      ['a queue without a connection factory', ['all'], { 'rabbitmq.queue.name': 'orders' }, {}, 'stateless'],
      ['a mailbox', undefined, { 'transport.mail.Address': 'a@b.c' }, {}, 'opaque'],
      [
        'what the chart writes does not say what was meant',
        undefined,
        { 'transport.jms.Destination': 'orders' },
        { configurations: [{ environment: 'prod' }] },
        'opaque',
      ],
      [
        'the values switch it off in so many words',
        undefined,
        { 'transport.jms.Destination': 'orders' },
        {
          configurations: [
            {
              environment: 'prod',
              listeners: [{ transport: 'jms', enabled: false, source: source('mi-patterns.yaml') }],
            },
          ],
        },
        'stateless',
      ],
      [
        'the file enables it',
        undefined,
        { 'transport.jms.Destination': 'orders' },
        { configurations: [{ listeners: [{ transport: 'jms', enabled: true, source: source('deployment.toml') }] }] },
        'broker-safe',
      ],
      [
        'the values of one environment enable it',
        undefined,
        { 'transport.jms.Destination': 'orders' },
        {
          configurations: [
            {},
            {
              environment: 'prod',
              listeners: [{ transport: 'jms', enabled: true, source: source('mi-patterns.yaml') }],
            },
          ],
        },
        'broker-safe',
      ],
      [
        'the file does not enable it',
        undefined,
        { 'transport.jms.Destination': 'orders' },
        { configurations: [{}] },
        'stateless',
      ],
      ['it names other transports', ['http'], { 'transport.jms.Destination': 'orders' }, {}, 'stateless'],
      ['a port only', undefined, { 'transport.tcp.port': '6000' }, {}, 'stateless'],
      ['none of them', undefined, { useOriginalwsdl: 'true' }, {}, 'stateless'],
    ];
  it.each(rows)('%s', (_, transports, parameters, more, expected) => {
    expect(proxy(transports, parameters, more).class).toBe(expected);
  });

  it('says why it is in doubt', () => {
    expect(proxy(undefined, { 'transport.jms.Destination': 'orders' })).toMatchObject({
      because:
        'Proxy service P is on every transport that its server enables and has parameters of the jms transport, but no deployment.toml was read: whether each pod would consume cannot be decided.',
      evidence: { text: '<parameter name="transport.jms.Destination">orders</parameter>' },
      undecided: 'value-of-the-server',
    });
  });
});

describe('inbound endpoints by protocol', () => {
  const rows: [string, Part['parameters'], Verdict['class']][] = [
    ['file', {}, 'isolate'],
    ['jms', {}, 'broker-safe'],
    ['jms', { 'transport.jms.DestinationType': 'queue' }, 'broker-safe'],
    ['jms', { 'transport.jms.DestinationType': 'topic' }, 'isolate'],
    ['jms', { 'transport.jms.ConnectionFactoryType': 'Topic' }, 'isolate'],
    ['jms', { ...sharedTopic, 'transport.jms.DurableSubscriberName': 'orders' }, 'broker-safe'],
    ['jms', sharedTopic, 'isolate'],
    [
      'jms',
      { ...sharedTopic, 'transport.jms.DurableSubscriberName': 'orders', 'transport.jms.JMSSpecVersion': '2' },
      'isolate',
    ],
    ['jms', { 'transport.jms.Destination': 'orders', 'transport.jms.SubscriptionDurable': 'true' }, 'isolate'],
    ['jms', { 'transport.jms.Destination': 'orders', 'transport.jms.SubscriptionDurable': 'false' }, 'broker-safe'],
    ['jms', { 'transport.jms.Destination': 'dynamicTopics/prices' }, 'isolate'],
    ['jms', { 'transport.jms.Destination': 'dynamicQueues/prices' }, 'broker-safe'],
    [
      'jms',
      {
        'transport.jms.ConnectionFactoryType': 'topic',
        'transport.jms.SharedSubscription': 'true',
        'transport.jms.JMSSpecVersion': '1.1',
      },
      'isolate',
    ],
    ['jms', { 'transport.jms.ConnectionFactoryType': 'topic', 'transport.jms.SharedSubscription': 'true' }, 'isolate'],
    ['jms', { 'transport.jms.ConnectionFactoryType': 'topic', 'transport.jms.SharedSubscription': 'false' }, 'isolate'],
    ['jms', { 'transport.jms.DestinationType': { key: 'type' } }, 'opaque'],
    ['jms', { 'transport.jms.DestinationType': '${configs.type}' }, 'opaque'],
    ['kafka', { 'group.id': 'orders' }, 'broker-safe'],
    ['kafka', {}, 'isolate'],
    ['kafka', { 'group.id': 'orders', 'consumer.type': 'simple' }, 'isolate'],
    ['kafka', { 'group.id': '$SYSTEM:HOSTNAME' }, 'isolate'],
    ['kafka', { 'group.id': '$SYSTEM:GROUP' }, 'opaque'],
    ['kafka', { 'group.id': 'g', 'consumer.type': 'low' }, 'isolate'],
    ['mqtt', {}, 'isolate'],
    ['mqtt', { 'mqtt.topic.name': '$share/group/t' }, 'broker-safe'],
    ['mqtt', { 'mqtt.topic.name': '$share/group/t', 'mqtt.client.id': 'c1' }, 'isolate'],
    ['rabbitmq', { 'rabbitmq.queue.name': 'orders' }, 'broker-safe'],
    ['rabbitmq', { 'rabbitmq.queue.exclusive': 'true' }, 'isolate'],
    ['rabbitmq', { 'rabbitmq.queue.exclusive': 'false' }, 'broker-safe'],
    ['rabbitmq', { 'rabbitmq.queue.exclusive': '$SYSTEM:EXCLUSIVE' }, 'opaque'],
    ['rabbitmq', { 'rabbitmq.queue.name': '$SYSTEM:QUEUE' }, 'broker-safe'],
    ['rabbitmq', { 'rabbitmq.queue.name': '$SYSTEM:HOSTNAME' }, 'isolate'],
    ['mqtt', { 'mqtt.topic.name': '$share/g/t', 'mqtt.client.id': '$SYSTEM:HOSTNAME' }, 'broker-safe'],
    ['mqtt', { 'mqtt.topic.name': '$share/g/t', 'mqtt.client.id': '$SYSTEM:CLIENT' }, 'isolate'],
    ['http', {}, 'stateless'],
    ['https', {}, 'stateless'],
    ['ws', {}, 'stateless'],
    ['wss', {}, 'stateless'],
    ['ws', { 'ws.client.side.broadcast.level': '0' }, 'stateless'],
    ['ws', { 'ws.client.side.broadcast.level': '1' }, 'isolate'],
    ['wss', { 'ws.client.side.broadcast.level': '2' }, 'isolate'],
    ['ws', { 'ws.client.side.broadcast.level': '${configs.level}' }, 'opaque'],
    ['httpws', {}, 'stateless'],
    ['httpswss', {}, 'stateless'],
    ['hl7', {}, 'stateless'],
    ['grpc', {}, 'stateless'],
    ['FILE', {}, 'opaque'],
    ['cxf_ws_rm', {}, 'opaque'],
    ['$SYSTEM:protocol', {}, 'opaque'],
  ];
  it.each(rows)('%s %j is %s', (protocol, parameters, expected) => {
    expect(inbound({ protocol }, parameters).class).toBe(expected);
  });
  it('covers every protocol of the table', () => {
    expect([...inboundProtocols.keys()].filter((protocol) => !rows.some(([one]) => one === protocol))).toEqual([]);
  });
  it('goes by the protocol when a class is given too', () => {
    expect(inbound({ protocol: 'http', class: 'com.acme.Poller' }).class).toBe('stateless');
  });
  it('shows the parameter that decided', () => {
    expect(inbound({ protocol: 'jms' }, { 'transport.jms.DestinationType': 'topic' }).evidence).toEqual({
      ...source('src/inbound-endpoint/In.xml', 10),
      text: '<parameter name="transport.jms.DestinationType">topic</parameter>',
    });
  });
  it.each([
    [{ protocol: 'file' }, 'starts suspended in each new pod'],
    [{ protocol: 'jms' }, 'cannot be activated later'],
    [{ protocol: 'kafka' }, 'cannot be activated later'],
    [{ protocol: 'mqtt' }, 'cannot be activated later'],
    [{ protocol: 'grpc' }, 'cannot be activated later'],
    [{ protocol: 'hl7' }, 'cannot be activated later'],
    [{ protocol: 'rabbitmq' }, 'MI starts it although it is suspended'],
    [{ class: 'org.wso2.carbon.inbound.solace.SolaceEventListener' }, 'MI starts it although it is suspended'],
    [{ class: 'org.wso2.carbon.inbound.kafka.KafkaMessageConsumer' }, 'starts suspended in each new pod'],
    [{ protocol: 'http' }, 'opens no port'],
    [{ protocol: 'wss' }, 'opens no port'],
    [{ class: 'org.wso2.carbon.inbound.sse.McpInboundListener' }, 'opens no port'],
  ])('says what suspend does to %j', (facts, text) => {
    expect(inbound({ ...facts, suspend: true }).because).toContain(text);
    expect(inbound({ ...facts, suspend: false }).because).not.toContain(text);
    const before = { applications: [{ id: 'app_1', runtimeVersion: '4.3.0' }] };
    expect(verdict('inbound-endpoint/In', { facts: { ...facts, suspend: true } }, before).because).not.toContain(text);
  });
  it('has no verdict to give without protocol and class', () => {
    expect(inbound({})).toMatchObject({ class: 'opaque', undecided: 'unknown-protocol' });
  });
});

describe('inbound endpoints by class', () => {
  const rows: [string, Part['parameters'], Verdict['class']][] = [
    ['org.wso2.carbon.inbound.kafka.KafkaMessageConsumer', { 'group.id': 'g' }, 'broker-safe'],
    ['org.wso2.carbon.inbound.kafka.KafkaMessageConsumer', { 'group.id': 'g', 'topic.partitions': '0' }, 'isolate'],
    [
      'org.wso2.carbon.inbound.kafka.KafkaMessageConsumer',
      { 'group.id': 'g', 'topic.pattern': 'o.*', 'topic.partitions': '0' },
      'broker-safe',
    ],
    [
      'org.wso2.carbon.inbound.kafka.KafkaMessageConsumer',
      { 'group.id': 'g', 'topic.name': 't', 'topic.pattern': 'o.*', 'topic.partitions': '0' },
      'isolate',
    ],
    [
      'org.wso2.carbon.inbound.kafka.KafkaMessageConsumer',
      { 'group.id': 'g', 'consumer.type': 'simple' },
      'broker-safe',
    ],
    ['org.wso2.carbon.inbound.kafka.KafkaMessageConsumer', { 'topic.name': 't' }, 'isolate'],
    ['org.wso2.carbon.inbound.amazonsqs.AmazonSQSPollingConsumer', {}, 'broker-safe'],
    ['org.wso2.carbon.inbound.cdc.CDCPollingConsumer', {}, 'isolate'],
    ['org.wso2.carbon.inbound.salesforce.poll.SalesforceStreamData', {}, 'isolate'],
    ['org.wso2.carbon.inbound.sf.pubsub.SFPubSubInboundFactory', {}, 'isolate'],
    ['org.wso2.carbon.inbound.localfile.LocalFileOneTimePolling', {}, 'isolate'],
    ['org.wso2.carbon.inbound.twitter.poll.TwitterStreamData', {}, 'isolate'],
    ['org.wso2.integration.inbound.PulsarMessageConsumer', {}, 'isolate'],
    ['org.wso2.integration.inbound.PulsarMessageConsumer', { subscriptionType: 'Shared' }, 'broker-safe'],
    ['org.wso2.integration.inbound.PulsarMessageConsumer', { subscriptionType: 'Key_Shared' }, 'broker-safe'],
    ['org.wso2.integration.inbound.PulsarMessageConsumer', { subscriptionType: 'Exclusive' }, 'isolate'],
    ['org.wso2.integration.inbound.PulsarMessageConsumer', { subscriptionType: 'shared' }, 'isolate'],
    ['org.wso2.carbon.inbound.googlepubsub.GooglePubSubMessageConsumer', {}, 'broker-safe'],
    ['org.wso2.carbon.inbound.vfs.VFSConsumer', {}, 'isolate'],
    ['org.wso2.carbon.inbound.poll.dbeventlistener.DBEventPollingConsumer', {}, 'isolate'],
    ['org.wso2.carbon.inbound.rabbitmq.RabbitMQListener', { 'rabbitmq.queue.type': 'QUORUM' }, 'broker-safe'],
    ['org.wso2.carbon.inbound.rabbitmq.RabbitMQListener', { 'rabbitmq.queue.type': 'STREAM' }, 'isolate'],
    ['org.wso2.carbon.inbound.asb.ASBEventConsumer', {}, 'broker-safe'],
    ['org.wso2.carbon.inbound.solace.SolaceEventListener', { 'solace.destinationType': 'QUEUE' }, 'broker-safe'],
    [
      'org.wso2.carbon.inbound.solace.SolaceEventListener',
      { 'solace.destinationType': 'QUEUE', 'solace.queueAccessType': 'EXCLUSIVE' },
      'isolate',
    ],
    [
      'org.wso2.carbon.inbound.solace.SolaceEventListener',
      { 'solace.destinationType': 'QUEUE', 'solace.provisionDestination': 'true' },
      'isolate',
    ],
    [
      'org.wso2.carbon.inbound.solace.SolaceEventListener',
      {
        'solace.destinationType': 'QUEUE',
        'solace.provisionDestination': 'true',
        'solace.queueAccessType': 'non_exclusive',
      },
      'broker-safe',
    ],
    ['org.wso2.carbon.inbound.solace.SolaceEventListener', { 'solace.destinationType': 'TOPIC' }, 'isolate'],
    ['org.wso2.carbon.inbound.smpp.SMPPListeningConsumer', {}, 'isolate'],
    ['org.wso2.carbon.inbound.iso8583.listening.ISO8583MessageConsumer', {}, 'stateless'],
    ['org.wso2.carbon.inbound.sse.McpInboundListener', {}, 'affinity'],
    ['org.wso2.carbon.inbound.SSE.McpInboundListener', {}, 'affinity'],
    ['org.wso2.carbon.inbound.endpoint.ext.wsrm.InboundRMHttpListener', {}, 'affinity'],
    ['com.acme.Consumer', {}, 'opaque'],
    ['com.acme.Consumer', { 'inbound.behavior': 'eventBased' }, 'opaque'],
    ['com.acme.Consumer', { 'inbound.behavior': 'event-based' }, 'opaque'],
    ['com.acme.Consumer', { 'inbound.behavior': 'Listening' }, 'opaque'],
    ['com.acme.Consumer', { 'inbound.behavior': 'listening' }, 'stateless'],
    ['com.acme.Consumer', { 'inbound.behavior': ' listening ' }, 'opaque'],
  ];
  it.each(rows)('%s %j is %s', (name, parameters, expected) => {
    expect(inbound({ class: name }, parameters).class).toBe(expected);
  });
  it.each([
    ['kafka.KafkaMessageConsumer', { 'topic.name': 't' }, 'works in no pod'],
    ['sf.pubsub.SFPubSubInboundFactory', { rpcMethod: 'Manage Subscribes' }, 'one position for all'],
    ['asb.ASBEventConsumer', { sessionEnabled: 'TRUE' }, 'with order kept within a'],
    ['asb.ASBEventConsumer', { sessionEnabled: 'false' }, 'but out of order'],
    ['googlepubsub.GooglePubSubMessageConsumer', { enableMessageOrdering: 'true' }, 'with order kept within a'],
    ['googlepubsub.GooglePubSubMessageConsumer', { enableMessageOrdering: 'yes' }, 'but out of order'],
    ['amazonsqs.AmazonSQSPollingConsumer', { autoRemoveMessage: 'false' }, 'comes back'],
    ['amazonsqs.AmazonSQSPollingConsumer', { autoRemoveMessage: 'no' }, 'comes back'],
    ['amazonsqs.AmazonSQSPollingConsumer', { autoRemoveMessage: 'True' }, 'but out of order'],
    ['amazonsqs.AmazonSQSPollingConsumer', { autoRemoveMessage: '' }, 'but out of order'],
    ['smpp.SMPPListeningConsumer', { bindType: 'BIND_TX' }, 'gets no messages'],
    ['smpp.SMPPListeningConsumer', { bindType: 'BIND_TRX' }, 'messages may come twice'],
    ['cdc.CDCPollingConsumer', { 'offset.storage': 'a.b.MemoryOffsetBackingStore' }, 'a snapshot of all tables again'],
    ['cdc.CDCPollingConsumer', { 'offset.storage': '$SYSTEM:STORAGE' }, 'only the server knows'],
  ])('%s %j says: %s', (name, parameters: Part['parameters'], text) => {
    expect(inbound({ class: `org.wso2.carbon.inbound.${name}` }, parameters).because).toContain(text);
  });
  it('covers every class of the table', () => {
    expect([...inboundClasses.keys()].filter((name) => !rows.some(([one]) => one === name))).toEqual([]);
  });
  it('explains a behavior that MI does not know', () => {
    expect(inbound({ class: 'com.acme.Consumer' }, { 'inbound.behavior': 'event-based' }).because).toContain(
      'is not a value MI knows',
    );
  });
});

describe('proxy services by transport', () => {
  it.each([
    [['http'], 'stateless'],
    [['vfs'], 'isolate'],
  ] as const)('a stopped one on %j is still %s, and says so', (transports, expected) => {
    const found = verdict('proxy-service/P', { facts: { transports, startOnLoad: false }, parameters: polls });
    expect(found.class).toBe(expected);
    expect(found.because).toMatch(/; its startOnLoad stops it in each new pod until it is started there\.$/);
  });

  const rows: [string, Part['parameters'], Verdict['class']][] = [
    ['http', {}, 'stateless'],
    ['https', {}, 'stateless'],
    ['local', {}, 'stateless'],
    ['vfs', polls, 'isolate'],
    ['vfs', { ...polls, 'transport.vfs.ClusterAware': 'true' }, 'isolate'],
    ['jms', {}, 'broker-safe'],
    ['jms', { 'transport.jms.DestinationType': 'topic' }, 'isolate'],
    ['jms', sharedTopic, 'broker-safe'],
    ['jms', { 'transport.jms.Destination': 'dynamicTopics/prices' }, 'isolate'],
    ['rabbitmq', { 'rabbitmq.connection.factory': 'amqp' }, 'broker-safe'],
    ['mailto', { 'transport.mail.Address': 'a@b.c' }, 'isolate'],
    ['mqtt', {}, 'isolate'],
    ['mqtt', { 'mqtt.topic.name': '$share/group/t' }, 'isolate'],
    ['fix', { 'transport.fix.AcceptorConfigURL': 'file:a.cfg' }, 'isolate'],
    ['msmq', {}, 'broker-safe'],
    ['vfs', { 'transport.vfs.FileURI': 'file:///in' }, 'isolate'],
    ['vfs', {}, 'stateless'],
    ['sap', {}, 'isolate'],
    ['idoc', {}, 'isolate'],
    ['bapi', {}, 'isolate'],
    ['tcp', {}, 'stateless'],
    ['udp', {}, 'stateless'],
    ['hl7', {}, 'stateless'],
    ['smoke', {}, 'opaque'],
    ['${configs.transport}', {}, 'opaque'],
  ];
  it.each(rows)('%s %j is %s', (transport, parameters, expected) => {
    expect(proxy([transport], parameters).class).toBe(expected);
  });
  it('covers every transport of the table', () => {
    expect([...proxyTransports.keys()].filter((name) => !rows.some(([one]) => one === name))).toEqual([]);
  });
  it('goes by the transport that allows least', () => {
    expect(proxy(['http', 'jms', 'vfs'], polls).class).toBe('isolate');
    expect(proxy(['http', 'jms']).class).toBe('broker-safe');
  });
  it.each([[undefined], [['all']]])('with transports %j is stateless until a listener would start', (transports) => {
    expect(proxy(transports).class).toBe('stateless');
    const polling = proxy(transports, polls);
    expect(polling).toMatchObject({ class: 'isolate', evidence: { line: 10 } });
  });
  const listener = (transport: string, enabled = true): Parameters<typeof inventory>[1] => ({
    configurations: [{ listeners: [{ transport, enabled, source: source('deployment.toml', 7) }] }],
  });
  it('without transports is consumed by listeners that deployment.toml enables', () => {
    expect(proxy(undefined, {}, listener('jms'))).toMatchObject({
      class: 'broker-safe',
      evidence: { path: 'deployment.toml', line: 7 },
    });
    expect(proxy(undefined, {}, listener('jms', false)).class).toBe('stateless');
    expect(proxy(undefined, {}, listener('mailto')).class).toBe('stateless');
    expect(proxy(undefined, { 'transport.mail.Address': 'a@b.c' }, listener('mailto')).class).toBe('isolate');
  });
  it.each([
    [{ 'transport.jms.ConnectionFactory': 'topics' }, 'isolate'],
    [{ 'transport.jms.ConnectionFactory': 'topics', 'transport.jms.ConnectionFactoryType': 'queue' }, 'isolate'],
    [{ 'transport.jms.ConnectionFactory': '${configs.factory}' }, 'opaque'],
    [{ 'transport.jms.ConnectionFactory': 'topics', 'transport.jms.DestinationType': 'queue' }, 'broker-safe'],
    [{ 'transport.jms.ConnectionFactory': 'queues' }, 'broker-safe'],
    [{}, 'broker-safe'],
  ])('with %j and a connection factory for topics is %s', (parameters, expected) => {
    const configurations = [{ jmsTopicFactories: [{ name: 'topics', source: source('deployment.toml', 6) }] }];
    expect(proxy(['jms'], parameters, { configurations }).class).toBe(expected);
  });
  const ofFactory = (parameters: Record<string, string>): Parameters<typeof inventory>[1] => {
    const place = source('deployment.toml', 6);
    const said = Object.entries(parameters).map(([name, value]) => ({ name, value, source: place }));
    const factoryDefaults = [{ factory: 'default', parameters: said }];
    return { configurations: [{ listeners: [{ transport: 'jms', enabled: true, source: place, factoryDefaults }] }] };
  };
  it.each([
    ['a topic', { 'transport.jms.DestinationType': 'topic' }, {}, 'isolate'],
    ['the destination', { 'transport.jms.Destination': 'dynamicTopics/prices' }, {}, 'isolate'],
    [
      'another destination than its own',
      { 'transport.jms.Destination': 'dynamicTopics/prices' },
      { 'transport.jms.Destination': 'orders' },
      'broker-safe',
    ],
    ['a durable subscription', { 'transport.jms.SubscriptionDurable': 'true' }, {}, 'isolate'],
    ['a shared subscription', sharedTopic, {}, 'broker-safe'],
    ['a topic of its name', { 'topic.P': 'a.b' }, {}, 'isolate'],
    ['a topic of another name', { 'topic.Q': 'a.b' }, {}, 'broker-safe'],
    [
      'a topic',
      { 'transport.jms.DestinationType': 'topic' },
      { 'transport.jms.ConnectionFactory': 'x' },
      'broker-safe',
    ],
    [
      'a topic and may be another one',
      { 'transport.jms.DestinationType': 'topic' },
      { 'transport.jms.ConnectionFactory': '$SYSTEM:F' },
      'isolate',
    ],
  ])('takes over %s from its JMS connection factory', (_, said, parameters, expected) => {
    expect(proxy(['jms'], parameters, ofFactory(said)).class).toBe(expected);
  });
  it.each([
    ['queue', 'isolate'],
    [undefined, 'isolate'],
  ])('listens to a topic that JNDI has, with the type %s', (type, expected) => {
    const configurations = [{ jmsTopics: [{ name: 'prices', source: source('deployment.toml', 9) }] }];
    const named = { 'transport.jms.Destination': 'prices' };
    const typed = (name: string): Record<string, string> => (type === undefined ? named : { ...named, [name]: type });
    expect(proxy(['jms'], typed('transport.jms.DestinationType'), { configurations }).class).toBe(expected);
    const parameters = typed('transport.jms.ConnectionFactoryType');
    expect(inbound({ protocol: 'jms' }, { ...parameters, 'topic.prices': 'a.b' })).toMatchObject({
      class: expected,
      evidence: { text: '<parameter name="topic.prices">a.b</parameter>' },
    });
  });
  it.each([
    [{ 'transport.jms.ConnectionFactoryType': 'topic' }, 'listens to a JMS topic'],
    [{ 'transport.jms.ConnectionFactoryType': 'Topic' }, 'it uses a queue, unless JNDI has a topic'],
    [{ 'transport.jms.DestinationType': 'topic' }, 'it uses a queue, unless JNDI has a topic'],
    [
      { 'transport.jms.DestinationType': 'topic', 'transport.jms.ConnectionFactoryType': 'queue' },
      'it uses a queue, unless JNDI has a topic',
    ],
    [
      { 'transport.jms.DestinationType': 'topic', 'transport.jms.ConnectionFactoryType': 'topic' },
      'listens to a JMS topic',
    ],
  ])('says of an inbound endpoint with %j whether it really is on a topic', (parameters, words) => {
    const found = inbound({ protocol: 'jms' }, parameters);
    expect(found.class).toBe('isolate');
    expect(found.because).toContain(words);
    expect(proxy(['jms'], { 'transport.jms.DestinationType': 'topic' }).because).toContain('listens to a JMS topic');
  });
  const factories = (transport: string, names: string[]): Parameters<typeof inventory>[1] => ({
    configurations: [
      { listeners: [{ transport, enabled: true, factories: names, source: source('deployment.toml', 7) }] },
    ],
  });
  it.each([
    ['jms', ['orders'], {}, 'stateless'],
    ['jms', ['default', 'orders'], {}, 'broker-safe'],
    ['jms', ['orders'], { 'transport.jms.ConnectionFactory': 'orders' }, 'broker-safe'],
    ['jms', ['orders'], { 'transport.jms.ConnectionFactory': 'Orders' }, 'stateless'],
    ['jms', ['orders'], { 'transport.jms.ConnectionFactory': '$SYSTEM:FACTORY' }, 'broker-safe'],
    ['jms', ['default'], { 'transport.jms.DestinationType': 'Topic' }, 'stateless'],
    ['jms', ['default'], { 'transport.jms.DestinationType': 'topic' }, 'isolate'],
    ['jms', ['default'], { 'transport.jms.ReplyDestinationType': 'Queue' }, 'stateless'],
    ['jms', ['default'], { 'transport.jms.ReplyDestinationType': 'queue' }, 'broker-safe'],
    ['rabbitmq', ['amqp'], {}, 'stateless'],
    ['rabbitmq', ['amqp'], { 'rabbitmq.connection.factory': 'amqp' }, 'broker-safe'],
    ['rabbitmq', ['amqp'], { 'rabbitmq.connection.factory': 'other' }, 'stateless'],
    ['mqtt', ['mqttConFactory'], {}, 'stateless'],
    ['mqtt', ['mqttConFactory'], { 'mqtt.connection.factory': 'mqttConFactory' }, 'isolate'],
  ])('named or not, %s is served as its listener with the factories %j would load it: %j is %s', (...row) => {
    const [transport, names, parameters, expected] = row;
    expect(proxy([transport], parameters, factories(transport, names)).class).toBe(expected);
    expect(proxy(undefined, parameters, factories(transport, names)).class).toBe(expected);
  });
  it('does not promise a lock to one that works without', () => {
    expect(
      proxy(['vfs'], { 'transport.vfs.FileURI': 'file:///in', 'transport.vfs.Locking': 'disable' }).because,
    ).toContain('at most a .lock file keeps them apart');
  });
  it('says why a listener does not load it', () => {
    expect(proxy(['jms'], {}, factories('jms', ['orders'])).because).toBe(
      'Proxy service P receives no messages: the jms listener does not load it, because it asks for the connection factory default, and the listener in deployment.toml has orders.',
    );
    expect(proxy(['fix']).because).toContain(
      'no parameter transport.fix.AcceptorConfigURL or transport.fix.InitiatorConfigURL',
    );
  });

  const custom = (transport: string, name: string | undefined): Parameters<typeof inventory>[1] => ({
    configurations: [
      {
        listeners: [
          {
            transport,
            enabled: true,
            ...(name === undefined ? {} : { class: name }),
            source: source('deployment.toml', 7),
          },
        ],
      },
    ],
  });
  it.each([
    ['org.apache.synapse.transport.passthru.PassThroughHttpMultiSSLListener', {}, 'stateless'],
    ['org.apache.synapse.transport.nhttp.HttpCoreNIOSSLListener', {}, 'stateless'],
    ['org.apache.synapse.transport.vfs.VFSTransportListener', polls, 'isolate'],
    ['org.apache.synapse.transport.vfs.VFSTransportListener', {}, 'stateless'],
    ['org.apache.axis2.transport.jms.JMSListener', {}, 'broker-safe'],
    ['com.acme.Listener', {}, 'opaque'],
  ])('a custom listener of the class %s with %j is judged by the class: %s', (name, parameters, expected) => {
    expect(proxy(['second'], parameters, custom('second', name)).class).toBe(expected);
    expect(proxy(undefined, parameters, custom('second', name)).class).toBe(expected);
    // The name of another transport does not count either.
    expect(proxy(['jms'], parameters, custom('jms', name)).class).toBe(expected);
  });

  it('names the class of a listener that MI does not bring', () => {
    expect(proxy(['hl7'], {}, custom('hl7', 'com.acme.Listener')).because).toContain(
      'is served by the transport hl7, whose class com.acme.Listener is not part of MI',
    );
    expect(proxy(['pigeon'], {}).because).toContain('is served by the transport pigeon, which is not part of MI');
  });
  it('knows what each class of its table is', () => {
    for (const type of listenerClasses.values()) expect(proxyTransports.has(type)).toBe(true);
  });
  it('does not poll when deployment.toml switches the vfs listener off', () => {
    expect(proxy(undefined, polls, listener('vfs', false)).class).toBe('stateless');
  });
});

it('a JMS 3.1 subscription is shared by inbound endpoints, and not by proxies', () => {
  const parameters = {
    ...sharedTopic,
    'transport.jms.DestinationType': 'topic',
    'transport.jms.DurableSubscriberName': 's',
    'transport.jms.JMSSpecVersion': '3.1',
  };
  expect(inbound({ protocol: 'jms' }, parameters).class).toBe('broker-safe');
  expect(proxy(['jms'], parameters).class).toBe('isolate');
});

const stream = { 'rabbitmq.queue.optional.x-queue-type': 'stream' };
describe('a RabbitMQ queue', () => {
  const connected = { 'rabbitmq.connection.factory': 'amqp' };
  it.each([
    [stream, 'isolate'],
    [{ 'rabbitmq.queue.optional.x-queue-type': 'quorum' }, 'broker-safe'],
    [{ 'rabbitmq.queue.optional.x-queue-type': '$SYSTEM:TYPE' }, 'opaque'],
    [{ 'rabbitmq.queue.exclusive': 'yes' }, 'isolate'],
    [{ 'rabbitmq.queue.exclusive': 'On' }, 'isolate'],
    [{ 'rabbitmq.queue.exclusive': '1' }, 'broker-safe'],
    [{ 'rabbitmq.queue.exclusive': 'no' }, 'broker-safe'],
  ])('with %j is %s for inbound endpoint, class and proxy', (parameters, expected) => {
    expect(inbound({ protocol: 'rabbitmq' }, parameters).class).toBe(expected);
    expect(inbound({ class: 'org.wso2.carbon.inbound.rabbitmq.RabbitMQListener' }, parameters).class).toBe(expected);
    expect(proxy(['rabbitmq'], { ...connected, ...parameters }).class).toBe(expected);
  });
  it('is exclusive for the connector class only when it is a classic one', () => {
    const quorum = { 'rabbitmq.queue.type': 'QUORUM', 'rabbitmq.queue.exclusive': 'true' };
    expect(inbound({ class: 'org.wso2.carbon.inbound.rabbitmq.RabbitMQListener' }, quorum).class).toBe('broker-safe');
    expect(inbound({ protocol: 'rabbitmq' }, quorum).class).toBe('isolate');
  });
  it('is exclusive only for who declares it', () => {
    const found = { 'rabbitmq.queue.exclusive': 'true' };
    const connector = { class: 'org.wso2.carbon.inbound.rabbitmq.RabbitMQListener' };
    expect(inbound({ protocol: 'rabbitmq' }, { ...found, 'rabbitmq.queue.autodeclare': 'no' }).class).toBe(
      'broker-safe',
    );
    expect(inbound({ protocol: 'rabbitmq' }, { ...found, 'rabbitmq.queue.auto.declare': 'no' }).class).toBe('isolate');
    expect(inbound(connector, { ...found, 'rabbitmq.queue.auto.declare': 'false' }).class).toBe('broker-safe');
    expect(inbound(connector, { ...found, 'rabbitmq.queue.autodeclare': 'false' }).class).toBe('isolate');
  });
  it.each([
    ['its own factory', { 'rabbitmq.connection.factory': 'streams' }, 'isolate'],
    ['another factory', connected, 'broker-safe'],
    ['a factory that only the server knows', { 'rabbitmq.connection.factory': '$SYSTEM:F' }, 'isolate'],
    [
      'its own factory, which it contradicts',
      { 'rabbitmq.connection.factory': 'streams', 'rabbitmq.queue.optional.x-queue-type': 'classic' },
      'broker-safe',
    ],
  ])('takes over what is said by %s', (_, parameters, expected) => {
    const place = source('deployment.toml', 3);
    const parameter = { name: 'rabbitmq.queue.optional.x-queue-type', value: 'stream', source: place };
    const listener = {
      transport: 'rabbitmq',
      enabled: true,
      source: place,
      factories: ['amqp', 'streams'],
      factoryDefaults: [{ factory: 'streams', parameters: [parameter] }],
    };
    expect(proxy(['rabbitmq'], parameters, { configurations: [{ listeners: [listener] }] }).class).toBe(expected);
  });
  it('keeps the offset of a stream in the registry with the connector class only', () => {
    expect(inbound({ protocol: 'rabbitmq' }, stream).because).not.toContain('registry');
    expect(inbound({ class: 'org.wso2.carbon.inbound.rabbitmq.RabbitMQListener' }, stream).because).toContain(
      'registry of its pod',
    );
  });
});

describe('tasks', () => {
  const rows: [Record<string, string> | undefined, string][] = [
    [{ interval: '60' }, 'every 60 s'],
    [{ cron: '0 0 2 * * ?' }, 'cron expression 0 0 2 * * ?'],
    [{ once: 'true' }, 'once at each start of each pod'],
    [undefined, 'never runs, because it has no trigger; with an interval of a second or more it would run in each pod'],
    [{}, 'never runs, because it has neither an interval nor a cron expression'],
    [{ count: '1', interval: '5' }, 'once at each start of each pod'],
    [
      { count: '5', interval: '2' },
      'fires 5 times, every 2 s, at each start of each pod that deploys it: in two pods all of that would happen twice',
    ],
    [{ count: '-1', interval: '2' }, 'fires every 2 s in each pod that deploys it: in two pods it would run twice'],
    [{ interval: '0' }, 'never runs, because its interval is 0'],
    [{ once: 'true', interval: '0' }, 'never runs, because its interval is 0'],
    [{ once: 'true', count: '0' }, 'once at each start of each pod'],
    [{ once: 'false', interval: '7' }, 'every 7 s'],
    [{ once: 'true', interval: '7' }, 'once at each start of each pod'],
    [{ count: '0', interval: '2' }, 'never runs'],
    [{ count: '0', cron: '0 0 2 * * ?' }, 'never runs'],
    [
      { cron: '*/5 * * * *' },
      'never runs, because its cron expression "*/5 * * * *" has 5 fields of the 6 or 7 that Quartz needs',
    ],
    [{ cron: '' }, 'never runs, because its cron expression "" is empty; with a valid one it would run in each pod'],
    [{ cron: '$SYSTEM:pace' }, 'by the cron expression $SYSTEM:pace'],
    [{ interval: '-5' }, 'never runs, because its interval is -5'],
    [{ count: '0' }, 'never runs'],
    [{ count: '0', interval: '0' }, 'never runs'],
    [{ interval: '$SYSTEM:pace' }, 'at the interval $SYSTEM:pace'],
  ];
  it.each(rows)('with trigger %j is isolated and says so', (attributes, text) => {
    const trigger = attributes === undefined ? undefined : { ...attributes, source: source('t.xml', 4) };
    const found = verdict('task/T', { facts: { trigger } });
    expect(found.class).toBe('isolate');
    expect(found.because).toContain(text);
    expect(found.evidence.line).toBe(attributes === undefined ? 1 : 4);
  });
  it('is isolated with a custom class too', () => {
    expect(verdict('task/T', { facts: { class: 'com.acme.Job' } }).class).toBe('isolate');
  });

  it.each([
    ['4.7.0', '; its startOnLoad pauses it in each new pod until it is activated there.'],
    [
      '4.1.0',
      '; its startOnLoad pauses it in each new pod until it is activated there, if its MI has the updates for it.',
    ],
    ['4.6.0', '; its startOnLoad="false" has no effect before MI 4.7.'],
    [undefined, '; its startOnLoad="false" has no effect before MI 4.7.'],
  ])('that start paused, with MI %s, say whether they run', (runtimeVersion, end) => {
    const found = findVerdicts(
      inventory(
        { 'task/T': { facts: { startsPaused: true } } },
        { applications: [{ id: 'app_1', ...(runtimeVersion === undefined ? {} : { runtimeVersion }) }] },
      ),
    ).get('task/T');
    expect(found?.class).toBe('isolate');
    expect(found?.because.endsWith(`in two pods it would run twice${end}`)).toBe(true);
  });
});

it('says that nothing deploys what is in no application', () => {
  const found = findVerdicts(inventory({ 'task/T': {}, 'task/Left': { applications: [] } }));
  expect(found.get('task/Left')?.because).toBe(
    'Task Left is in no application that was read, so nothing deploys it. If it were deployed, it fires every 60 s in each pod that deploys it: in two pods it would run twice.',
  );
  expect(found.get('task/T')?.because).toMatch(/^Task T fires every 60 s/);
});

describe('message processors, stores, data services and APIs', () => {
  it.each([
    ['false', true],
    ['no', true],
    ['true', false],
    [undefined, false],
  ])('a processor with is.active %s says whether it starts asleep: %s', (active, asleep) => {
    const found = verdict('message-processor/M', { parameters: active === undefined ? {} : { 'is.active': active } });
    expect(found.class).toBe('isolate');
    expect(found.because.endsWith('; it starts deactivated in each new pod until it is activated there.')).toBe(asleep);
  });

  it('a processor with a cron expression that Quartz refuses says that it never runs', () => {
    const found = verdict('message-processor/M', {
      facts: { messageStore: 'S' },
      parameters: { cronExpression: '@daily' },
    });
    expect(found.class).toBe('isolate');
    expect(found.because).toMatch(
      /takes no message from message store S, because its cron expression "@daily" has 1 field of .*; with a valid one, each pod that deploys it would\./,
    );
  });

  it.each([...processorClasses.keys(), 'com.acme.Processor'])('processor %s is isolated', (name) => {
    expect(verdict('message-processor/P', { facts: { class: name, messageStore: 'S' } })).toMatchObject({
      class: 'isolate',
      evidence: { text: `class="${name}" messageStore="S"` },
    });
  });
  it.each([
    [undefined, 'pod-local'],
    ['org.apache.synapse.message.store.impl.memory.InMemoryStore', 'pod-local'],
    ['org.apache.synapse.message.store.InMemoryMessageStore', 'pod-local'],
    ['org.apache.synapse.message.store.impl.resequencer.ResequenceMessageStore', 'pod-local'],
    ['org.apache.synapse.message.store.impl.jms.JmsStore', 'stateless'],
    ['org.wso2.carbon.message.store.persistence.jms.JMSMessageStore', 'stateless'],
    ['org.apache.synapse.message.store.impl.rabbitmq.RabbitMQStore', 'stateless'],
    [jdbcStore, 'stateless'],
    ['com.acme.Store', 'opaque'],
  ])('store %s is %s', (name, expected) => {
    expect(verdict('message-store/S', { facts: { class: name } }).class).toBe(expected);
    expect(name !== undefined && storeClasses.has(name)).toBe(name !== undefined && expected !== 'opaque');
  });
  it.each([
    [{}, 'stateless'],
    [{ boxcarring: true }, 'affinity'],
    [{ transports: ['http', 'local'] }, 'stateless'],
    [{ boxcarring: true, transports: ['http'] }, 'affinity'],
    [{ transports: ['jms'] }, 'broker-safe'],
  ])('data service %j is %s', (facts, expected) => {
    expect(verdict('data-service/D', { facts }).class).toBe(expected);
  });
  it('an API is stateless, whatever its flow does', () => {
    expect(verdict('api/A', { effects: [{ type: 'cache' }] }).class).toBe('stateless');
  });
  it('gives no verdict to what starts no work', () => {
    const found = findVerdicts(inventory({ 'sequence/S': {}, 'endpoint/E': {}, 'library/L': {} }));
    expect([...found.keys()]).toEqual([]);
  });
});

it('speaks of the artifact by kind and name, in one sentence', () => {
  const all = inventory({
    'task/T': {},
    'api/A': {},
    'message-processor/P': {},
    'inbound-endpoint/I': { facts: { protocol: 'file' } },
    'proxy-service/X': {},
  });
  const verdicts = findVerdicts(all);
  for (const artifact of all.artifacts as readonly Artifact[]) {
    const because = verdicts.get(artifact.id)?.because ?? '';
    expect(because).toContain(artifact.name);
    expect(because).toMatch(/^[A-Z].*[^.]\.$/);
  }
  expect(forwarding).toContain('forwarder');
});
