import { compareText, type Source } from '../model/diagnostic.ts';
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

/**
 * Keys of a connection factory and the parameters of services that they become (config-tool's key-mappings.json), as
 * far as they say of destinations and brokers what they are.
 */
const jmsKeys: ReadonlyMap<string, string> = new Map([
  ['provider_url', 'java.naming.provider.url'],
  ['destination', 'transport.jms.Destination'],
  ['destination_type', 'transport.jms.DestinationType'],
  ['message_selector', 'transport.jms.MessageSelector'],
  ['jms_spec_version', 'transport.jms.JMSSpecVersion'],
  ['subscription_durable', 'transport.jms.SubscriptionDurable'],
  ['durable_subscriber_name', 'transport.jms.DurableSubscriberName'],
  ['durable_subscriber_client_id', 'transport.jms.DurableSubscriberClientID'],
]);

const rabbitmqKeys: ReadonlyMap<string, string> = new Map([
  ['hostname', 'rabbitmq.server.host.name'],
  ['port', 'rabbitmq.server.port'],
  ['virtual_host', 'rabbitmq.server.virtual.host'],
  ['queue_name', 'rabbitmq.queue.name'],
  ['queue_exclusive', 'rabbitmq.queue.exclusive'],
  ['queue_auto_declare', 'rabbitmq.queue.autodeclare'],
]);

const mqttKeys: ReadonlyMap<string, string> = new Map([
  ['hostname', 'mqtt.server.host.name'],
  ['server_port', 'mqtt.server.port'],
  ['client_id', 'mqtt.client.id'],
  ['topic_name', 'mqtt.topic.name'],
]);

/** Parameters that say of a destination or broker what it is; `topic.` names one for JNDI. */
const ofDestinations =
  /^(?:rabbitmq\.queue\.|rabbitmq\.server\.(?:host\.name|port|virtual\.host)$|transport\.jms\.|topic\.|java\.naming\.provider\.url$)/;

/** The one connection factory of the MQTT listener (axis2.xml.j2:399). */
export const mqttFactory = 'mqttConFactory';

/**
 * What connection factories say of destinations and brokers. A service takes over all that its factory says and it does
 * not say itself (wso2-axis2-transports RabbitMQEndpoint.java, createServiceTaskManager; JMS
 * ServiceTaskManagerFactory.java, getOptionalStringProperty and so on; MqttEndpoint.java, loadConfiguration). Keys may
 * be quoted or dotted.
 */
export function factoryDefaultsOf(
  listener: unknown,
  transport: string,
  at: KeyPlaces,
): Pick<Listener, 'factoryDefaults'> {
  const names = transport === 'jms' ? jmsKeys : rabbitmqKeys;
  const defaults = tables(listener).flatMap(({ name, parameter }, index) => {
    const source = at('transport', transport, `listener[${index}]`);
    const parameters = parametersOf(parameter, names, source).filter((one) => ofDestinations.test(one.name));
    return typeof name === 'string' && parameters.length > 0 ? [{ factory: name, parameters }] : [];
  });
  return defaults.length === 0 ? {} : { factoryDefaults: defaults };
}

/** The same of the MQTT listener, whose keys stand beside `enable` or under `parameter`. */
export function mqttDefaultsOf(listener: Table, at: KeyPlaces): Pick<Listener, 'factoryDefaults'> {
  const { parameter, ...own } = listener;
  const source = at('transport', 'mqtt', 'listener');
  const parameters = parametersOf({ ...own, ...table(parameter) }, mqttKeys, source).filter(({ name }) =>
    [...mqttKeys.values()].includes(name),
  );
  return parameters.length === 0 ? {} : { factoryDefaults: [{ factory: mqttFactory, parameters }] };
}

function parametersOf(keys: unknown, names: ReadonlyMap<string, string>, source: Source): Parameter[] {
  return flat(keys).map(([key, value]) => ({ name: names.get(key) ?? key, value, source }));
}

function flat(value: unknown): [string, string][] {
  return Object.entries(table(value)).flatMap(([key, inner]): [string, string][] =>
    isPlain(inner) ? [[key, String(inner)]] : flat(inner).map(([rest, text]) => [`${key}.${rest}`, text]),
  );
}
