import { compareText } from '../model/diagnostic.ts';
import type { KeyPlaces, Listener, Parameter, ServerConfiguration } from '../model/inventory.ts';
import { get, isPlain, table, tables, truth, type Table } from './toml-values.ts';

/** Listeners of the JMS transport whose connection factory is one for topics; a proxy service names them. */
export function topicFactoriesOf(document: Table, at: KeyPlaces): Pick<ServerConfiguration, 'jmsTopicFactories'> {
  const listener = get(document, 'transport', 'jms', 'listener');
  const entries = Array.isArray(listener) ? tables(listener) : [table(listener)];
  const factories = entries.flatMap((entry, index) => {
    const parameters = { ...table(entry['parameter']), ...entry };
    const isTopic = Object.entries(parameters).some(
      ([key, value]) =>
        /(?:connection_?factory|destination)_?type$/i.test(key) &&
        typeof value === 'string' &&
        value.toLowerCase() === 'topic',
    );
    const keys = Array.isArray(listener)
      ? ['transport', 'jms', `listener[${index}]`]
      : ['transport', 'jms', 'listener'];
    return isTopic && typeof entry['name'] === 'string' ? [{ name: entry['name'], source: at(...keys) }] : [];
  });
  return factories.length === 0 ? {} : { jmsTopicFactories: factories };
}

/**
 * Names under which JNDI finds topics (jndi.properties.j2); a service that names one as its destination listens to a
 * topic.
 */
export function topicsOf(document: Table, at: KeyPlaces): Pick<ServerConfiguration, 'jmsTopics'> {
  const names = Object.keys(table(get(document, 'transport', 'jndi', 'topic'))).toSorted(compareText);
  return names.length === 0
    ? {}
    : { jmsTopics: names.map((name) => ({ name, source: at('transport', 'jndi', 'topic', name) })) };
}

/**
 * Names of the connection factories of a listener: one for each element of the list (axis2.xml.j2:327-351). None when
 * the listener is only switched on. A table in the place of the list is not understood, and a name that only the server
 * knows hides all.
 */
export function factoriesOf(listener: unknown): Pick<Listener, 'factories'> {
  if (listener === undefined) return { factories: [] };
  if (!Array.isArray(listener)) return {};
  const names = tables(listener).map(({ name }) => name);
  const known = names.filter((name): name is string => typeof name === 'string' && truth(name) !== 'unknown');
  return known.length < names.length ? {} : { factories: known.toSorted(compareText) };
}

/** Keys of a JMS connection factory for parameters of services (config-tool's key-mappings.json:237-245). */
const jmsKeys: ReadonlyMap<string, string> = new Map([
  ['destination', 'transport.jms.Destination'],
  ['destination_type', 'transport.jms.DestinationType'],
  ['jms_spec_version', 'transport.jms.JMSSpecVersion'],
  ['subscription_durable', 'transport.jms.SubscriptionDurable'],
  ['durable_subscriber_name', 'transport.jms.DurableSubscriberName'],
]);

/** How the names of parameters start that say of destinations what they are; `topic.` names one for JNDI. */
const ofDestinations = /^(?:rabbitmq\.queue|transport\.jms|topic)\./;

/**
 * What connection factories say of destinations. A service takes over all that its factory says and it does not say
 * itself (wso2-axis2-transports RabbitMQEndpoint.java, createServiceTaskManager; JMS ServiceTaskManagerFactory.java,
 * getOptionalStringProperty and so on). Keys may be quoted or dotted.
 */
export function factoryDefaultsOf(
  listener: unknown,
  transport: string,
  at: KeyPlaces,
): Pick<Listener, 'factoryDefaults'> {
  const defaults = tables(listener).flatMap(({ name, parameter }, index) => {
    const source = at('transport', transport, `listener[${index}]`);
    const parameters = flat(parameter)
      .map(([key, value]): Parameter => ({ name: jmsKeys.get(key) ?? key, value, source }))
      .filter((one) => ofDestinations.test(one.name));
    return typeof name === 'string' && parameters.length > 0 ? [{ factory: name, parameters }] : [];
  });
  return defaults.length === 0 ? {} : { factoryDefaults: defaults };
}

function flat(value: unknown): [string, string][] {
  return Object.entries(table(value)).flatMap(([key, inner]): [string, string][] =>
    isPlain(inner) ? [[key, String(inner)]] : flat(inner).map(([rest, text]) => [`${key}.${rest}`, text]),
  );
}
