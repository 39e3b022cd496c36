import type { Parameter } from '@mi-patterns/inventory';
import { listed } from '../findings/finding.ts';
import type { Port } from '../model/plan.ts';
import { alwaysShared, type BrokerRule, jmsOfService, mqttOfService, rabbitmq } from './broker.ts';
import { fixed } from './inbound-protocols.ts';
import { setting } from './verdict.ts';

/** What is known of one transport of a proxy service. */
export interface TransportRule {
  readonly find: BrokerRule;
  /** Where MI's source says it. */
  readonly origin: string;
  /**
   * Parameters without which the listener drops the service, with a line in the log of the server; of each list one is
   * enough. The listener is `AbstractTransportListenerEx` of wso2-axis2-transports: `loadConfiguration` returns false
   * or throws.
   */
  readonly needs?: readonly (readonly string[])[];
  /**
   * Parameters whose absence makes the listener mark the service as faulty. They are told of, but do not change the
   * verdict: whoever named the work to take (a directory, a queue) has only forgotten them, and the service takes it as
   * soon as they are there.
   */
  readonly expects?: readonly string[];
  /** Parameter that names a connection factory of the listener, and the name that counts without it. */
  readonly factory?: { readonly parameter: string; readonly byDefault?: string };
  /** Parameters that take these values only; with another one the listener drops the service. */
  readonly values?: { readonly parameters: readonly string[]; readonly allowed: readonly string[] };
  /**
   * How the names of the parameters start that only a consumer of this transport has; those of `needs` when missing.
   */
  readonly marks?: readonly string[];
  readonly port?: { readonly parameter: string; readonly protocol: Port['protocol'] };
}

function listens(what: string, origin: string): Pick<TransportRule, 'find' | 'origin'> {
  return { find: fixed({ class: 'stateless', why: `only answers ${what}: any pod can` }), origin };
}

function listensAt(what: string, parameter: string, protocol: Port['protocol'], origin: string): TransportRule {
  return { ...listens(what, origin), needs: [[parameter]], port: { parameter, protocol } };
}

function registers(what: string): TransportRule {
  return {
    find: fixed({
      class: 'isolate',
      why: `registers with ${what} from each pod that deploys it: with two pods, ${what} decides which of them gets a call, and the order is lost`,
    }),
    origin: 'product-integrator-mi axis2.xml.j2:359-373; the adapter itself is not public',
  };
}

/**
 * `transports=` of a proxy service. A listener starts in each pod, and the coordination database covers none of them.
 * Paths are in wso2-axis2-transports, unless they start with another repository.
 */
export const proxyTransports: ReadonlyMap<string, TransportRule> = new Map<string, TransportRule>([
  ['http', listens('HTTP requests', 'wso2-synapse PassThroughHttpListener.java')],
  ['https', listens('HTTPS requests', 'wso2-synapse PassThroughHttpSSLListener.java')],
  ['local', listens('calls from its own server', 'wso2-synapse ProxyService.java')],
  [
    'vfs',
    {
      find: fixed({
        class: 'isolate',
        why: 'polls a directory over the vfs transport: two pods could take the same file, because at most a .lock file keeps them apart (ClusterAware and DistributedLock have no effect)',
      }),
      origin: 'wso2-synapse vfs/PollTableEntry.java, loadConfigurationsFromService',
      needs: [['transport.vfs.FileURI']],
      expects: ['transport.vfs.ContentType'],
    },
  ],
  [
    'jms',
    {
      find: jmsOfService,
      origin: 'jms/JMSListener.java getConnectionFactory, JMSEndpoint.java loadConfiguration',
      factory: { parameter: 'transport.jms.ConnectionFactory', byDefault: 'default' },
      values: {
        parameters: ['transport.jms.DestinationType', 'transport.jms.ReplyDestinationType'],
        allowed: ['queue', 'topic'],
      },
      marks: ['transport.jms.'],
    },
  ],
  [
    'rabbitmq',
    {
      find: rabbitmq,
      origin: 'rabbitmq/RabbitMQEndpoint.java loadConfiguration, RabbitMQUtils.java declareQueue',
      needs: [['rabbitmq.connection.factory']],
      factory: { parameter: 'rabbitmq.connection.factory' },
      marks: ['rabbitmq.', 'transport.rabbitmq.'],
    },
  ],
  [
    'mailto',
    {
      find: fixed({ class: 'isolate', why: 'polls a mailbox: two pods could take the same mail' }),
      origin: 'mail/PollTableEntry.java loadConfiguration',
      needs: [['transport.mail.Address']],
    },
  ],
  [
    'mqtt',
    {
      find: mqttOfService,
      origin: 'mqtt/MqttListener.java getConnectionFactory, MqttEndpoint.java loadConfiguration',
      factory: { parameter: 'mqtt.connection.factory', byDefault: 'default' },
      marks: ['mqtt.', 'transport.mqtt.'],
    },
  ],
  [
    'fix',
    {
      find: fixed({
        class: 'isolate',
        why: 'holds a FIX session, and a counterparty accepts only one: a second pod would be refused',
      }),
      origin: 'wso2-synapse fix/FIXTransportListener.java startListeningForService',
      needs: [['transport.fix.AcceptorConfigURL', 'transport.fix.InitiatorConfigURL']],
      marks: ['transport.fix.'],
    },
  ],
  [
    'msmq',
    {
      find: alwaysShared('an MSMQ queue'),
      origin: 'msmq/MSMQEndpoint.java loadConfiguration',
      expects: ['transport.msmq.ContentType'],
      marks: ['transport.msmq.'],
    },
  ],
  ['sap', registers('SAP')],
  ['idoc', registers('SAP')],
  ['bapi', registers('SAP')],
  ['tcp', listensAt('TCP connections', 'transport.tcp.port', 'tcp', 'tcp/TCPEndpoint.java loadConfiguration')],
  ['udp', listensAt('UDP datagrams', 'transport.udp.port', 'udp', 'udp/Endpoint.java loadConfiguration')],
  [
    'hl7',
    listensAt(
      'HL7 messages',
      'transport.hl7.Port',
      'tcp',
      'product-integrator-mi business.messaging.hl7 HL7Endpoint.java loadConfiguration',
    ),
  ],
]);

/**
 * Classes of listeners that MI brings, and the transport each one is: `[[custom_transport.listener]]` gives any name to
 * any class (axis2.xml.j2:409-440), so the class says what the name is.
 */
export const listenerClasses: ReadonlyMap<string, string> = new Map([
  ['org.apache.synapse.transport.passthru.PassThroughHttpListener', 'http'],
  ['org.apache.synapse.transport.passthru.PassThroughHttpSSLListener', 'https'],
  ['org.apache.synapse.transport.passthru.PassThroughHttpMultiSSLListener', 'https'],
  ['org.apache.synapse.transport.nhttp.HttpCoreNIOListener', 'http'],
  ['org.apache.synapse.transport.nhttp.HttpCoreNIOSSLListener', 'https'],
  ['org.apache.synapse.transport.nhttp.HttpCoreNIOMultiSSLListener', 'https'],
  ['org.apache.synapse.transport.netty.listener.Axis2HttpTransportListener', 'http'],
  ['org.apache.synapse.transport.netty.listener.Axis2HttpSSLTransportListener', 'https'],
  ['org.apache.synapse.transport.vfs.VFSTransportListener', 'vfs'],
  ['org.apache.synapse.transport.fix.FIXTransportListener', 'fix'],
  ['org.apache.axis2.transport.jms.JMSListener', 'jms'],
  ['org.apache.axis2.transport.rabbitmq.RabbitMQListener', 'rabbitmq'],
  ['org.apache.axis2.transport.mail.MailTransportListener', 'mailto'],
  ['org.apache.axis2.transport.mqtt.MqttListener', 'mqtt'],
  ['org.apache.axis2.transport.msmq.MSMQListener', 'msmq'],
  ['org.apache.axis2.transport.tcp.TCPTransportListener', 'tcp'],
  ['org.apache.axis2.transport.udp.UDPListener', 'udp'],
  ['org.wso2.micro.integrator.business.messaging.hl7.transport.HL7TransportListener', 'hl7'],
]);

/** Listeners that are on without a word in `deployment.toml` (MI's config-tool default.json:202,214). */
export const transportsEnabledByDefault: readonly string[] = ['http', 'https', 'vfs'];

/** A parameter that the listener of a transport wants and the service does not have; undefined when it has them all. */
export function missingExpected({ expects = [] }: TransportRule, parameters: readonly Parameter[]): string | undefined {
  return expects.find((name) => setting(parameters, name).state === 'absent');
}

/**
 * Why the listener of a transport would not load a service with these parameters; undefined when it would, or when only
 * a server can tell. `factories` are the names of the listener's connection factories, undefined when they are not
 * known.
 */
export function whyNotLoaded(
  { needs = [], factory, values }: TransportRule,
  parameters: readonly Parameter[],
  factories: ReadonlySet<string> | undefined,
): { readonly why: string; readonly parameter?: Parameter } | undefined {
  const missing = needs.find((names) => setting(parameters, ...names).state === 'absent');
  if (missing !== undefined) return { why: `it has no parameter ${missing.join(' or ')}` };
  if (factory !== undefined && factories !== undefined) {
    const named = setting(parameters, factory.parameter);
    const otherwise = named.state === 'absent' ? factory.byDefault : undefined;
    const name = named.state === 'literal' ? named.value : otherwise;
    if (name !== undefined && !factories.has(name)) {
      const has = factories.size === 0 ? 'has none' : `has ${listed([...factories])}`;
      return {
        why: `it asks for the connection factory ${name}, and the listener in deployment.toml ${has}`,
        ...(named.state === 'absent' ? {} : { parameter: named.parameter }),
      };
    }
  }
  for (const name of values?.parameters ?? []) {
    const chosen = setting(parameters, name);
    if (chosen.state === 'literal' && values?.allowed.includes(chosen.value) === false)
      return {
        why: `its ${name} is ${chosen.value}, and MI takes ${values.allowed.join(' or ')} only`,
        parameter: chosen.parameter,
      };
  }
  return undefined;
}
