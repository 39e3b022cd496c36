import { type BrokerRule, shared } from './broker.ts';
import { type Finding, setting } from './verdict.ts';

const stillStateful = 'so WSO2 counts it as stateful';

function isTrue(found: ReturnType<typeof setting>): boolean {
  return found.state === 'literal' && found.value.toLowerCase() === 'true';
}

/**
 * Amazon SQS (esb-inbound-amazonsqs AmazonSQSPollingConsumer.java). A message stays in the queue when
 * `autoRemoveMessage` is anything but empty or true, so each comes again after its visibility timeout unless the flow
 * deletes it.
 */
export const simpleQueue: BrokerRule = (parameters): Finding => {
  const removes = setting(parameters, 'autoRemoveMessage');
  if (removes.state === 'literal' && !isTrue(removes))
    return {
      class: 'broker-safe',
      why: `takes messages from an Amazon SQS queue and leaves them there: each comes back after its visibility timeout, in any pod, unless the flow deletes it, ${stillStateful}`,
      parameter: removes.parameter,
    };
  return { class: 'broker-safe', why: `takes messages from an Amazon SQS queue: ${shared}` };
};

/**
 * Azure Service Bus (mi-inbound-asb ASBEventConsumer.java). With `sessionEnabled` one consumer at a time holds a
 * session, which keeps the order of its messages.
 */
export const serviceBus: BrokerRule = (parameters): Finding => {
  const sessions = setting(parameters, 'sessionEnabled');
  if (isTrue(sessions) && sessions.state === 'literal')
    return {
      class: 'broker-safe',
      why: `takes messages from Azure Service Bus by session: two pods would share the sessions, with order kept within a session but not between sessions, ${stillStateful}`,
      parameter: sessions.parameter,
    };
  return { class: 'broker-safe', why: `takes messages from an Azure Service Bus queue or subscription: ${shared}` };
};

/**
 * Google Pub/Sub (mi-inbound-googlepubsub GooglePubSubMessageConsumer.java, GooglePubSubSubscriptionManager.java): all
 * pods name the same subscription, so its messages are shared; with `enableMessageOrdering` those of one ordering key
 * stay in order.
 */
export const pubSub: BrokerRule = (parameters): Finding => {
  const ordered = setting(parameters, 'enableMessageOrdering');
  if (isTrue(ordered) && ordered.state === 'literal')
    return {
      class: 'broker-safe',
      why: `takes messages from a Google Pub/Sub subscription in the order of their keys: two pods would share the keys, with order kept within a key but not between keys, ${stillStateful}`,
      parameter: ordered.parameter,
    };
  return { class: 'broker-safe', why: `takes messages from a Google Pub/Sub subscription: ${shared}` };
};
