import type { Parameter } from '@mi-patterns/inventory';
import { differsInEachPod, type Finding, setting, undecidedBy } from './verdict.ts';

/** A rule that reads the parameters of an inbound endpoint or proxy to tell how a broker treats several pods. */
export type BrokerRule = (parameters: readonly Parameter[]) => Finding;

/** Where a shared subscription has its name from. */
type SubscriptionName = 'named-by-parameter' | 'named-like-the-service';

/** What a broker does that divides the messages of one queue among its consumers. */
export const shared =
  'two pods would share the messages without handling one twice, but out of order, and WSO2 counts it as stateful';
const twice = 'in two pods every message would be handled twice';

function is(found: ReturnType<typeof setting>, value: string): boolean {
  return found.state === 'literal' && found.value.toLowerCase() === value.toLowerCase();
}

/**
 * JMS. A queue has competing consumers; each pod gets a copy of a topic's messages, except with a shared subscription,
 * which MI makes of whatever its destination is (createMessageConsumer of the inbound endpoint's
 * JMSConnectionFactory.java, createConsumer of the transport's JMSUtils.java). Without a type the destination is a
 * queue, unless it is written as something that only a topic has: a durable subscription, or the name by which ActiveMQ
 * looks topics up.
 */
function jmsRule(subscription: SubscriptionName): BrokerRule {
  return (parameters) => {
    const sharing = sharedSubscription(parameters, subscription);
    if (sharing !== undefined)
      return {
        class: 'broker-safe',
        why: `shares one subscription of a JMS topic with every other pod: ${shared}`,
        parameter: sharing,
      };
    const types = ['transport.jms.DestinationType', 'transport.jms.ConnectionFactoryType'].map((name) =>
      setting(parameters, name),
    );
    const topic = types.find((type) => is(type, 'topic'));
    if (topic?.state === 'literal') {
      const isRead = subscription === 'named-like-the-service' || isTopicFactory(parameters);
      return {
        class: 'isolate',
        why: isRead
          ? `listens to a JMS topic: ${twice}`
          : `says that its JMS destination is a topic, but MI reads that only from transport.jms.ConnectionFactoryType, as "topic" in lower case: it uses a queue, unless JNDI has a topic of that name, whose messages two pods would handle twice`,
        parameter: topic.parameter,
      };
    }
    const durable = setting(parameters, 'transport.jms.SubscriptionDurable');
    if (is(durable, 'true') && durable.state === 'literal') {
      return {
        class: 'isolate',
        why: 'has a durable subscription, so its JMS destination is a topic: a second pod would be refused, or handle every message again',
        parameter: durable.parameter,
      };
    }
    const destination = setting(parameters, 'transport.jms.Destination');
    if (destination.state === 'literal' && /^dynamicTopics\//i.test(destination.value)) {
      return {
        class: 'isolate',
        why: `listens to a JMS topic, by the name of its destination: ${twice}`,
        parameter: destination.parameter,
      };
    }
    const literal = types.find((type) => type.state === 'literal');
    const dynamic = types.find((type) => type.state === 'dynamic');
    if (dynamic?.state === 'dynamic') return undecidedBy(dynamic, 'the type of its JMS destination');
    return {
      class: 'broker-safe',
      why: `takes messages from a JMS queue: ${shared}`,
      ...(literal?.state === 'literal' ? { parameter: literal.parameter } : {}),
    };
  };
}

/**
 * The parameter that makes pods share one subscription of a topic. It counts only with `transport.jms.JMSSpecVersion`
 * exactly 2.0, for an inbound endpoint also 3.1 (JakartaConnectionFactory.java; the transport's jakarta
 * ServiceTaskManagerFactory takes 3.1 for 1.0.2b, which does not share); without a name for the subscription an inbound
 * endpoint falls back to one of its own, while a proxy service takes its own name (product-integrator-mi inbound
 * endpoint's JMSConnectionFactory.java, JMS transport's ServiceTaskManager and JMSUtils).
 */
export function sharedSubscription(
  parameters: readonly Parameter[],
  subscription: SubscriptionName,
): Parameter | undefined {
  const sharing = setting(parameters, 'transport.jms.SharedSubscription');
  const named =
    subscription === 'named-like-the-service' ||
    setting(parameters, 'transport.jms.DurableSubscriberName').state !== 'absent';
  const version = setting(parameters, 'transport.jms.JMSSpecVersion');
  const knows = is(version, '2.0') || (subscription === 'named-by-parameter' && is(version, '3.1'));
  const shares = sharing.state === 'literal' && is(sharing, 'true') && knows;
  return shares && named ? sharing.parameter : undefined;
}

/**
 * What makes the destination of an inbound endpoint a topic: `DestinationType` is not read (JMSConnectionFactory.java
 * and JakartaConnectionFactory.java of product-integrator-mi; seen on MI 4.3.0 with ActiveMQ).
 */
function isTopicFactory(parameters: readonly Parameter[]): boolean {
  const type = setting(parameters, 'transport.jms.ConnectionFactoryType');
  return type.state === 'literal' && type.value === 'topic';
}

/** JMS for an inbound endpoint. */
export const jms: BrokerRule = jmsRule('named-by-parameter');

/** JMS for a proxy service. */
export const jmsOfService: BrokerRule = jmsRule('named-like-the-service');

/** What Apache Commons Lang 2 takes for true and false, without regard to capitals (`BooleanUtils.toBooleanObject`). */
const trueWords: ReadonlySet<string> = new Set(['true', 'yes', 'on']);
export const falseWords: ReadonlySet<string> = new Set(['false', 'no', 'off']);

/**
 * The parameter that makes the queue a stream, which every consumer reads whole; or the one that hides whether it is
 * one.
 */
function streamSetting(parameters: readonly Parameter[]): ReturnType<typeof setting> {
  const types = ['rabbitmq.queue.type', 'rabbitmq.queue.optional.x-queue-type'].map((name) =>
    setting(parameters, name),
  );
  const queueArguments = setting(parameters, 'rabbitmq.queue.arguments');
  const stream = types.find((type) => is(type, 'stream'));
  if (stream !== undefined) return stream;
  if (queueArguments.state === 'literal' && /x-queue-type\W+stream/i.test(queueArguments.value)) return queueArguments;
  return types.find((type) => type.state === 'dynamic') ?? { state: 'absent' };
}

/**
 * RabbitMQ. A stream is read whole by each consumer. Queue arguments are `rabbitmq.queue.optional.<argument>` for the
 * built-in inbound endpoint and the transport (wso2-axis2-transports RabbitMQUtils.java, setQueueOptionalArguments);
 * the connector class has `rabbitmq.queue.type` and `rabbitmq.queue.arguments`, and alone keeps the offset, in the
 * registry (RabbitMQRegistryOffsetTracker.java).
 */
function rabbitmqRule(reader: 'transport' | 'connector'): BrokerRule {
  const keepsOffset = reader === 'connector';
  return (parameters) => {
    const stream = streamSetting(parameters);
    if (stream.state === 'dynamic') return undecidedBy(stream, 'the type of its RabbitMQ queue');
    if (stream.state === 'literal') {
      return {
        class: 'isolate',
        why: `reads a RabbitMQ stream${keepsOffset ? ' from an offset kept in the registry of its pod' : ', which each consumer reads whole'}: ${twice}`,
        parameter: stream.parameter,
        ...(keepsOffset ? { keeps: { what: 'registry' } as const } : {}),
      };
    }
    const exclusive = setting(parameters, 'rabbitmq.queue.exclusive');
    // Only who declares the queue makes it exclusive (RabbitMQUtils.java, declareQueue, of the transport and of the
    // connector).
    const declare = setting(
      parameters,
      reader === 'connector' ? 'rabbitmq.queue.auto.declare' : 'rabbitmq.queue.autodeclare',
    );
    const declares = declare.state !== 'literal' || !falseWords.has(declare.value.toLowerCase());
    // The connector declares a classic queue alone as exclusive (mi-inbound-rabbitmq RabbitMQUtils.java, declareQueue).
    const quorum = reader === 'connector' && is(setting(parameters, 'rabbitmq.queue.type'), 'quorum');
    if (!quorum && declares && exclusive.state === 'dynamic')
      return undecidedBy(exclusive, 'whether its RabbitMQ queue is exclusive');
    const isExclusive = exclusive.state === 'literal' && trueWords.has(exclusive.value.toLowerCase());
    if (!quorum && declares && isExclusive) {
      return {
        class: 'isolate',
        why: 'uses an exclusive RabbitMQ queue, which only one connection may open: a second pod would get no messages',
        parameter: exclusive.parameter,
      };
    }
    const queue = setting(parameters, 'rabbitmq.queue.name');
    if (queue.state === 'absent')
      return {
        class: 'broker-safe',
        why: 'names no RabbitMQ queue (rabbitmq.queue.name), without which it takes no messages: it works in no pod until it has one',
      };
    if (differsInEachPod(queue))
      return {
        class: 'isolate',
        why: `takes messages from a RabbitMQ queue with the name of its pod: a second pod would have a queue of its own, and what reaches both would be handled twice`,
        parameter: queue.parameter,
      };
    return {
      class: 'broker-safe',
      why: `takes messages from a RabbitMQ queue: ${shared}`,
      parameter: queue.parameter,
    };
  };
}

/** RabbitMQ for the built-in inbound endpoint and for a proxy service. */
export const rabbitmq: BrokerRule = rabbitmqRule('transport');

/** RabbitMQ for the connector class of mi-inbound-rabbitmq. */
export const rabbitmqConnector: BrokerRule = rabbitmqRule('connector');

/** What the group of a Kafka consumer decides; undefined where there is none. */
function kafkaGroup(parameters: readonly Parameter[]): Finding | undefined {
  const group = setting(parameters, 'group.id');
  if (group.state === 'absent') return undefined;
  if (differsInEachPod(group))
    return {
      class: 'isolate',
      why: `reads Kafka topics in a group with the name of its pod: ${twice}`,
      parameter: group.parameter,
    };
  if (group.state === 'dynamic') return undecidedBy(group, 'its Kafka group.id');
  return {
    class: 'broker-safe',
    why: `reads Kafka topics in the group ${group.value}: ${shared}`,
    parameter: group.parameter,
  };
}

/**
 * Kafka by `protocol="kafka"`. Pods of one `group.id` share the partitions; the old simple consumer, which reads one
 * partition that its parameters name, shares nothing (SimpleKafkaMessageListener.java). The other one cannot be made
 * without a group (ConsumerConfig of Kafka 0.8, KAFKAMessageListener.java), and of any other type there is none
 * (KAFKAPollingConsumer.java, startsMessageListener).
 */
export const kafka: BrokerRule = (parameters) => {
  const consumer = setting(parameters, 'consumer.type');
  if (consumer.state === 'literal' && is(consumer, 'simple')) {
    return {
      class: 'isolate',
      why: `uses Kafka's simple consumer, which shares nothing between pods: ${twice}`,
      parameter: consumer.parameter,
    };
  }
  if (consumer.state === 'literal' && !is(consumer, 'highlevel')) {
    return {
      class: 'isolate',
      why: `has the Kafka consumer.type ${consumer.value}, which MI does not have (only highlevel and simple): it works in no pod until that is corrected`,
      parameter: consumer.parameter,
    };
  }
  return (
    kafkaGroup(parameters) ?? {
      class: 'isolate',
      why: 'has no Kafka group.id, without which the consumer does not start: it works in no pod until it has one',
    }
  );
};

/**
 * Kafka by the connector class (esb-inbound-kafka KafkaMessageConsumer.java, poll and validateMandatoryParameters):
 * partitions are assigned by hand for `topic.name` alone, not for a pattern, and without `group.id` the class refuses
 * to start.
 */
export const kafkaConnector: BrokerRule = (parameters) => {
  const assigned = setting(parameters, 'topic.partitions');
  const pattern =
    setting(parameters, 'topic.name').state === 'absent' && setting(parameters, 'topic.pattern').state !== 'absent';
  const group = kafkaGroup(parameters);
  if (group === undefined)
    return {
      class: 'isolate',
      why: 'has no Kafka group.id, without which its class does not start: it works in no pod until it has one',
    };
  return assigned.state === 'absent' || pattern
    ? group
    : {
        class: 'isolate',
        why: `reads Kafka partitions that are assigned by hand: ${twice}`,
        parameter: assigned.parameter,
      };
};

/** `SubscriptionType` of Pulsar, which the class reads with `valueOf`: exactly these words. */
const pulsarTypes = ['Exclusive', 'Shared', 'Failover', 'Key_Shared'];

/**
 * Pulsar (mi-inbound-pulsar PulsarMessageConsumer.java). `Exclusive` is the default and lets one consumer connect; the
 * other types divide the messages, and with any other word the class does not start.
 */
export const pulsar: BrokerRule = (parameters) => {
  const type = setting(parameters, 'subscriptionType');
  if (type.state === 'dynamic') return undecidedBy(type, 'its Pulsar subscription type');
  if (type.state === 'literal' && !pulsarTypes.includes(type.value)) {
    return {
      class: 'isolate',
      why: `has the Pulsar subscription type ${type.value}, with which its class does not start (it takes ${pulsarTypes.join(', ')}): it works in no pod until that is corrected`,
      parameter: type.parameter,
    };
  }
  if (type.state === 'absent' || type.value === 'Exclusive') {
    return {
      class: 'isolate',
      why: 'has an exclusive Pulsar subscription: the broker would reject a second pod',
      ...(type.state === 'literal' ? { parameter: type.parameter } : {}),
    };
  }
  return {
    class: 'broker-safe',
    why: `has a ${type.value} Pulsar subscription: ${shared}`,
    parameter: type.parameter,
  };
};

/**
 * Solace (mi-inbound-solace SolaceEventListener.java, buildEndpointProperties). Only a queue that is not exclusive is
 * shared; one that the class provisions is exclusive unless `queueAccessType` is NON_EXCLUSIVE. Otherwise the broker
 * has it as it was made.
 */
export const solace: BrokerRule = (parameters) => {
  const type = setting(parameters, 'solace.destinationType');
  if (type.state === 'dynamic') return undecidedBy(type, 'its Solace destination type');
  if (type.state === 'absent' || !is(type, 'queue')) {
    return {
      class: 'isolate',
      why: `subscribes to a Solace topic: ${twice}`,
      ...(type.state === 'literal' ? { parameter: type.parameter } : {}),
    };
  }
  const access = setting(parameters, 'solace.queueAccessType');
  if (access.state === 'dynamic') return undecidedBy(access, 'the access type of its Solace queue');
  const provision = setting(parameters, 'solace.provisionDestination');
  const provisions = provision.state === 'dynamic' || is(provision, 'true');
  if (is(access, 'exclusive') || (provisions && !is(access, 'non_exclusive'))) {
    return {
      class: 'isolate',
      why: 'uses an exclusive Solace queue: a second pod would get no messages',
      parameter: [access, provision].find((one) => one.state !== 'absent')?.parameter ?? type.parameter,
    };
  }
  return {
    class: 'broker-safe',
    why: `takes messages from a Solace queue: ${shared}`,
    parameter: type.parameter,
  };
};

const oneClientId = 'two pods with one client id would disconnect each other';

/**
 * MQTT: each subscriber gets every message, except of a topic `$share/GROUP/TOPIC`, which the broker shares (section
 * 4.8.2 of MQTT 5.0; brokers offer it to older clients too). Without an id the client makes one up.
 */
function mqttRule(clientId: 'by-parameter-alone' | 'also-by-connection-factory'): BrokerRule {
  return (parameters) => {
    const topic = setting(parameters, 'mqtt.topic.name');
    if (topic.state !== 'literal' || !topic.value.startsWith('$share/'))
      return {
        class: 'isolate',
        why: `subscribes over MQTT: ${oneClientId}; with different ids, each would handle every message`,
      };
    const id = setting(parameters, 'mqtt.client.id');
    const { parameter } = topic;
    if (clientId === 'also-by-connection-factory' || (id.state !== 'absent' && !differsInEachPod(id)))
      return {
        class: 'isolate',
        why: `subscribes to ${topic.value} over MQTT, which the broker shares among different client ids: ${oneClientId}`,
        parameter,
      };
    return {
      class: 'broker-safe',
      why: `subscribes to ${topic.value} over MQTT, which the broker shares: ${shared}`,
      parameter,
    };
  };
}

/** MQTT for an inbound endpoint. */
export const mqtt = mqttRule('by-parameter-alone');

/** MQTT for a proxy service. */
export const mqttOfService = mqttRule('also-by-connection-factory');

/** A broker whose consumers always share, such as MSMQ. */
export function alwaysShared(what: string): BrokerRule {
  return () => ({ class: 'broker-safe', why: `takes messages from ${what}: ${shared}` });
}
