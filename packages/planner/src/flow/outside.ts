import { type Artifact, isDynamic, type Parameter, withoutCredentials } from '@mi-patterns/inventory';
import { directoriesOf } from '../needs/directories.ts';
import { storeTypeOf } from '../verdicts/message-store.ts';
import { setting } from '../verdicts/verdict.ts';
import type { FlowNodeKind } from './model.ts';

/** Something outside of the pods that an artifact takes from or gives to. */
export interface Outside {
  readonly kind: Extract<FlowNodeKind, 'queue' | 'topic' | 'database' | 'directory' | 'mailbox' | 'host' | 'system'>;
  readonly name: string;
  /** `in`: messages come from it. `out`: they go to it. */
  readonly direction: 'in' | 'out';
  /** True for a directory of the pod itself. */
  readonly local?: boolean;
  /** What it is, where its name says that already. */
  readonly note?: '';
  /** The transport of a service that takes from it. */
  readonly transport?: string;
}

type Target = Omit<Outside, 'direction'>;

/** Parameters that name what a listener takes its messages from; the first one that is set counts. */
const sources: readonly (readonly [name: string, kind: Outside['kind']])[] = [
  ['rabbitmq.queue.name', 'queue'],
  ['topic.name', 'topic'],
  ['topic.names', 'topic'],
  ['topics', 'topic'],
  ['topic.pattern', 'topic'],
  ['mqtt.topic.name', 'topic'],
  ['topicNames', 'topic'],
  ['queueName', 'queue'],
  ['queueUrl', 'queue'],
  ['destination', 'queue'],
  ['transport.mail.Address', 'mailbox'],
  ['mail.pop3.user', 'mailbox'],
  ['mail.imap.user', 'mailbox'],
];

/** What an artifact itself takes from and gives to outside of its pod, as far as its files say. Secrets are hidden. */
export function outsideOf(artifact: Artifact): readonly Outside[] {
  const { facts } = artifact;
  const found: Outside[] = directoriesOf(artifact).map(({ uri, local, consumes }) => ({
    kind: 'directory',
    name: uri,
    direction: consumes ? 'in' : 'out',
    local,
    ...(consumes && facts.kind === 'proxy-service' ? { transport: 'vfs' } : {}),
  }));
  if (facts.kind === 'inbound-endpoint') found.push(...listened(facts.parameters, facts.protocol, found));
  if (facts.kind === 'proxy-service' && facts.transports !== undefined)
    for (const transport of facts.transports)
      if (!/^(https?|local|vfs|wss?)$/.test(transport))
        found.push(
          ...listened(facts.parameters, transport, found, artifact.name).map((one) => ({ ...one, transport })),
        );
  if (facts.kind === 'endpoint') found.push(...facts.addresses.flatMap(({ uri }) => addressed(uri)));
  if (facts.kind === 'local-entry' && facts.content?.endsWith('.init') === true)
    found.push({
      kind: 'system',
      name: `${facts.content.slice(0, -'.init'.length)} (${artifact.name})`,
      direction: 'out',
    });
  return found.map((one) => ({ ...one, name: withoutCredentials(one.name) }));
}

function listened(
  parameters: readonly Parameter[],
  protocol: string | undefined,
  known: readonly Outside[],
  fallback?: string,
): Outside[] {
  const name = protocol?.toLowerCase() ?? 'custom listener';
  if (name === 'jms') return [{ ...jmsSource(parameters, fallback), direction: 'in' }];
  if (name === 'all') return [{ kind: 'system', name: 'all transports', note: '', direction: 'in' }];
  if (name === 'tcp' || name === 'udp') {
    const port = setting(parameters, `transport.${name}.port`);
    const at = port.state === 'literal' ? `, port ${port.value}` : '';
    return [{ kind: 'system', name: `${name.toUpperCase()} clients${at}`, note: '', direction: 'in' }];
  }
  for (const [parameter, kind] of sources) {
    const value = setting(parameters, parameter);
    if (value.state === 'literal') return [{ kind, name: value.value, direction: 'in' }];
  }
  // HTTP and the like are called by clients, and files are known already.
  if (/^(https?|wss?|cxf_ws_rm|hl7|file|vfs)$/.test(name) || known.some(({ direction }) => direction === 'in'))
    return [];
  return [{ kind: 'system', name, direction: 'in' }];
}

function jmsSource(parameters: readonly Parameter[], fallback: string | undefined): Target {
  const destination = setting(parameters, 'transport.jms.Destination');
  const isTopic = ['transport.jms.DestinationType', 'transport.jms.ConnectionFactoryType'].some((name) => {
    const type = setting(parameters, name);
    return type.state === 'literal' && type.value.toLowerCase() === 'topic';
  });
  const name = destination.state === 'literal' ? destination.value : (fallback ?? 'a JMS destination set at run time');
  return jmsTarget(name, isTopic ? 'topic' : 'queue');
}

function jmsTarget(name: string, said: 'queue' | 'topic'): Target {
  return {
    kind: said === 'topic' || /^\/?dynamicTopics\//i.test(name) ? 'topic' : 'queue',
    name: name.replace(/^\/+/, '').replace(/^(?:dynamic)?(?:queues?|topics?)\//i, ''),
  };
}

/** Where an address leads. Addresses of the server itself are references, and directories are known from elsewhere. */
function addressed(uri: string): Outside[] {
  const [, scheme = '', rest = ''] = /^([a-z][a-z0-9+.-]*):(.*)$/is.exec(uri.trim()) ?? [];
  const [path = '', query = ''] = rest.split('?');
  switch (scheme.toLowerCase()) {
    case 'local':
    case 'vfs':
      return [];
    case 'jms':
      return [
        {
          ...jmsTarget(path.replace(/^\/+/, ''), /DestinationType=topic/i.test(query) ? 'topic' : 'queue'),
          direction: 'out',
        },
      ];
    case 'rabbitmq': {
      const queue = /(?:^|&|;)rabbitmq\.queue\.name=([^&;]+)/.exec(query)?.[1];
      const exchange = /(?:^|&|;)rabbitmq\.exchange\.name=([^&;]+)/.exec(query)?.[1];
      return [{ kind: 'queue', name: queue ?? exchange ?? path.replace(/^\/+/, ''), direction: 'out' }];
    }
    case 'mailto':
      return [{ kind: 'mailbox', name: path, direction: 'out' }];
    case '':
      return uri.trim() === '' ? [] : [{ kind: 'host', name: shortened(uri.trim()), direction: 'out' }];
    default: {
      const host = /^\/\/(?:[^/@]*@)?([^/]+)/.exec(path)?.[1] ?? path;
      return [{ kind: 'host', name: isDynamic(host) ? shortened(host) : host.toLowerCase(), direction: 'out' }];
    }
  }
}

function shortened(text: string): string {
  return text.length > 48 ? `${text.slice(0, 47)}…` : text;
}

/** Where a message store keeps its messages; undefined for one in the memory of its pod or of an unknown class. */
export function storeTarget(artifact: Artifact): Target | undefined {
  if (artifact.facts.kind !== 'message-store') return undefined;
  const { parameters } = artifact.facts;
  const literal = (name: string): string | undefined => {
    const value = setting(parameters, name);
    return value.state === 'literal' ? withoutCredentials(value.value) : undefined;
  };
  switch (storeTypeOf(artifact)) {
    case 'jms':
      return jmsTarget(literal('store.jms.destination') ?? artifact.name, 'queue');
    case 'rabbitmq':
      return { kind: 'queue', name: literal('store.rabbitmq.queue.name') ?? artifact.name };
    case 'jdbc':
      return { kind: 'database', name: `table ${literal('store.jdbc.table') ?? artifact.name}` };
    default:
      return undefined;
  }
}
