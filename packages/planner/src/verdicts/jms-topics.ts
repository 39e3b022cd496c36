import type { Artifact, Parameter, ServerConfiguration, Source } from '@mi-patterns/inventory';
import { sharedSubscription } from './broker.ts';
import { evidence, parameterText, reasonOf, type Ruling, setting } from './verdict.ts';

/** What the `deployment.toml` files say of JMS topics, by name. */
export interface JmsTopics {
  /** Connection factories for topics; a proxy service names one in `transport.jms.ConnectionFactory`. */
  readonly factories: ReadonlyMap<string, Source>;
  /** Destinations that JNDI finds as topics (config-tool's jndi.properties.j2). */
  readonly destinations: ReadonlyMap<string, Source>;
}

/** Parameters that say what the destination is. */
const types = ['transport.jms.DestinationType', 'transport.jms.ConnectionFactoryType'];

export const noTopics: JmsTopics = { factories: new Map(), destinations: new Map() };

/** The topics that the JNDI settings of any server name. */
export function jmsTopics(configurations: readonly ServerConfiguration[]): JmsTopics {
  const byName = (
    list: (configuration: ServerConfiguration) => ServerConfiguration['jmsTopics'],
  ): ReadonlyMap<string, Source> =>
    new Map(
      configurations.flatMap((configuration) =>
        (list(configuration) ?? []).map(({ name, source }) => [name, source] as const),
      ),
    );
  return {
    factories: byName(({ jmsTopicFactories }) => jmsTopicFactories),
    destinations: byName(({ jmsTopics: topics }) => topics),
  };
}

/**
 * A JMS proxy may get a topic from JNDI, or from its connection factory; `default` is the one it has without a name.
 * Its own `ConnectionFactoryType` does not count here (ServiceTaskManagerFactory of the JMS transport), and a
 * `DestinationType` decides only where JNDI does not know the name. Without a destination it has its own name
 * (JMSEndpoint of the JMS transport).
 */
export function topicOfProxy(
  artifact: Artifact,
  parameters: readonly Parameter[],
  topics: JmsTopics,
): Ruling | undefined {
  if (sharedSubscription(parameters, 'named-like-the-service') !== undefined) return undefined;
  const byName = topicByName(artifact, parameters, topics, artifact.name);
  if (byName !== undefined) return byName;
  const isTyped = setting(parameters, 'transport.jms.DestinationType').state !== 'absent';
  return isTyped ? undefined : topicByFactory(artifact, parameters, topics);
}

/**
 * The same for an inbound endpoint, which has neither connection factories of deployment.toml nor a destination of its
 * name.
 */
export function topicOfInbound(
  artifact: Artifact,
  parameters: readonly Parameter[],
  topics: JmsTopics,
): Ruling | undefined {
  return sharedSubscription(parameters, 'named-by-parameter') === undefined
    ? topicByName(artifact, parameters, topics)
    : undefined;
}

/**
 * A destination that JNDI knows as a topic. MI looks the name up as a `Destination` of any type and consumes from what
 * it gets, also where it is said to be a queue (lookupDestination and createConsumer of the transport's JMSUtils.java,
 * createDestination and createMessageConsumer of the inbound endpoint's JMSConnectionFactory.java). JNDI gets the
 * parameters as well, where `topic.NAME` makes a topic of a name, as in jndi.properties.
 */
function topicByName(
  artifact: Artifact,
  parameters: readonly Parameter[],
  { destinations }: JmsTopics,
  byDefault?: string,
): Ruling | undefined {
  const own = parameters.some(({ name }) => name.startsWith('topic.'));
  if (destinations.size === 0 && !own) return undefined;
  const named = setting(parameters, 'transport.jms.Destination');
  if (named.state === 'dynamic') {
    const isTyped = types.some((type) => setting(parameters, type).state !== 'absent');
    return isTyped ? undefined : undecided(artifact, 'JMS destination', named);
  }
  const name = named.state === 'absent' ? byDefault : named.value;
  if (name === undefined) return undefined;
  const says = setting(parameters, `topic.${name}`);
  const source = says.state === 'absent' ? destinations.get(name) : says.parameter.source;
  if (source === undefined) return undefined;
  const where = says.state === 'absent' ? '[transport.jndi.topic] in deployment.toml' : `the parameter topic.${name}`;
  return {
    class: 'isolate',
    because: reasonOf(
      artifact,
      `listens to a JMS topic, as ${where} says of its destination ${name}: in two pods every message would be handled twice`,
    ),
    evidence: evidence(source, says.state === 'absent' ? `topic ${name}` : parameterText(says.parameter)),
  };
}

function topicByFactory(
  artifact: Artifact,
  parameters: readonly Parameter[],
  { factories }: JmsTopics,
): Ruling | undefined {
  if (factories.size === 0) return undefined;
  const named = setting(parameters, 'transport.jms.ConnectionFactory');
  if (named.state === 'dynamic') return undecided(artifact, 'JMS connection factory', named);
  const name = named.state === 'absent' ? 'default' : named.value;
  const source = factories.get(name);
  if (source === undefined) return undefined;
  return {
    class: 'isolate',
    because: reasonOf(
      artifact,
      `listens to a JMS topic, as its connection factory ${name} in deployment.toml says: in two pods every message would be handled twice`,
    ),
    evidence: evidence(source, `connection factory ${name} for topics`),
  };
}

function undecided(
  artifact: Artifact,
  what: string,
  named: Extract<ReturnType<typeof setting>, { state: 'dynamic' }>,
): Ruling {
  return {
    class: 'opaque',
    because: reasonOf(
      artifact,
      `takes its ${what} from ${named.text}, which only the server can resolve, and JNDI or deployment.toml has one for topics: in two pods every message might be handled twice`,
    ),
    evidence: evidence(named.parameter.source, parameterText(named.parameter)),
    undecided: 'value-of-the-server',
  };
}
