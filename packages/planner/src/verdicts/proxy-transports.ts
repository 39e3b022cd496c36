import type { Port } from '../model.ts';
import { alwaysShared, type BrokerRule, jmsOfService, rabbitmq } from './broker.ts';
import { fixed } from './inbound-protocols.ts';

/** What is known of one transport of a proxy service. */
export interface TransportRule {
  readonly find: BrokerRule;
  /** A proxy that is on "all transports" gets this one only with the parameter: without it the listener drops the service. */
  readonly needs?: string;
  /** How the names of the parameters start that only a consumer of this transport has. */
  readonly marks?: readonly string[];
  readonly port?: { readonly parameter: string; readonly protocol: Port['protocol'] };
}

function listens(what: string): BrokerRule {
  return fixed({ class: 'stateless', why: `only answers ${what}: any pod can` });
}

function registers(what: string): TransportRule {
  return {
    find: fixed({
      class: 'isolate',
      why: `registers with ${what} from each pod that deploys it: with two pods it is up to ${what} which of them gets a call, and the order is lost`,
    }),
  };
}

/**
 * `transports=` of a proxy service. A listener starts in each pod, and the coordination database covers none of them
 * (wso2-synapse modules/transports; parameters needed: PollTableEntry.java of vfs and mail, Endpoint.java of tcp and udp).
 */
export const proxyTransports: ReadonlyMap<string, TransportRule> = new Map<string, TransportRule>([
  ['http', { find: listens('HTTP requests') }],
  ['https', { find: listens('HTTPS requests') }],
  ['local', { find: listens('calls from its own server') }],
  [
    'vfs',
    {
      find: fixed({
        class: 'isolate',
        why: 'polls a directory over the vfs transport: two pods could take the same file, because only a .lock file keeps them apart (ClusterAware and DistributedLock have no effect)',
      }),
      needs: 'transport.vfs.FileURI',
    },
  ],
  ['jms', { find: jmsOfService, marks: ['transport.jms.'] }],
  ['rabbitmq', { find: rabbitmq, marks: ['rabbitmq.', 'transport.rabbitmq.'] }],
  [
    'mailto',
    {
      find: fixed({ class: 'isolate', why: 'polls a mailbox: two pods could take the same mail' }),
      needs: 'transport.mail.Address',
    },
  ],
  [
    'mqtt',
    {
      find: fixed({
        class: 'isolate',
        why: 'subscribes over MQTT: two pods with one client id would throw each other out, with different ids each would handle every message',
      }),
      marks: ['mqtt.', 'transport.mqtt.'],
    },
  ],
  [
    'fix',
    {
      find: fixed({
        class: 'isolate',
        why: 'holds a FIX session, and a counterparty accepts one only: a second pod would be refused',
      }),
      marks: ['transport.fix.'],
    },
  ],
  ['msmq', { find: alwaysShared('an MSMQ queue'), marks: ['transport.msmq.'] }],
  ['sap', registers('SAP')],
  ['idoc', registers('SAP')],
  ['bapi', registers('SAP')],
  [
    'tcp',
    {
      find: listens('TCP connections'),
      needs: 'transport.tcp.port',
      port: { parameter: 'transport.tcp.port', protocol: 'tcp' },
    },
  ],
  [
    'udp',
    {
      find: listens('UDP datagrams'),
      needs: 'transport.udp.port',
      port: { parameter: 'transport.udp.port', protocol: 'udp' },
    },
  ],
  [
    'hl7',
    {
      find: listens('HL7 messages'),
      needs: 'transport.hl7.Port',
      port: { parameter: 'transport.hl7.Port', protocol: 'tcp' },
    },
  ],
]);

/** Listeners that are on without a word in `deployment.toml` (MI's config-tool default.json:202,214). */
export const transportsEnabledByDefault: readonly string[] = ['http', 'https', 'vfs'];
