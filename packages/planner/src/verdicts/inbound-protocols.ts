import type { Port } from '../model/plan.ts';
import { type BrokerRule, jms, kafka, mqtt, rabbitmq } from './broker.ts';
import { type Finding, setting, undecidedBy } from './verdict.ts';

/** The port an inbound endpoint opens. */
export interface ListeningPort {
  readonly parameter: string;
  readonly default?: number;
  readonly protocol: Port['protocol'];
  /**
   * What adds the server's port offset: `inbound.port_offset_enable` of deployment.toml
   * (InboundHttpListener.java:52-57, InboundHttpsListener.java:45-50), or this parameter of the endpoint when it is
   * `true` (PersistenceUtils.java:321). Missing: nothing.
   */
  readonly offsetBy?: 'deployment.toml' | { readonly parameter: string };
}

/** What is known of one way to write an inbound endpoint. */
export interface InboundRule {
  readonly behavior: 'polling' | 'event-based' | 'listening';
  readonly find: BrokerRule;
  readonly port?: ListeningPort;
  /** What `suspend="true"` does from MI 4.4 on; before, MI does not read it. Missing: the class decides. */
  readonly suspend?: Suspend;
  /** Takes files from a directory. */
  readonly files?: true;
  /** Where MI's source says it: a repository of wso2-extensions, or a file of product-integrator-mi v4.6.0. */
  readonly origin: string;
}

/**
 * What MI makes of `suspend="true"`. `asleep`: started paused, or without its port, until somebody activates it.
 * `never`: not started, and `activate` does nothing, so it works in no pod (JMSProcessor.java, KAFKAProcessor.java,
 * MqttListener.java, InboundGRPCListener.java, InboundHL7Listener.java). `ignored`: event-based ones are started all
 * the same, because InboundOneTimeTriggerRequestProcessor.java does not hand the flag on to the task (MI 4.4 to 4.6).
 */
export type Suspend = 'asleep' | 'never' | 'ignored';

/** A rule that finds the same whatever the parameters say. */
export function fixed(finding: Finding): BrokerRule {
  return () => finding;
}

const fileWhy = 'polls a directory: two pods could take the same file, because at most a .lock file keeps them apart';
const socketWhy =
  'only answers over WebSocket connections, which stay with the pod that accepted them: any pod can, and nothing outlives a connection';

export const fileRule: InboundRule = {
  behavior: 'polling',
  find: fixed({ class: 'isolate', why: fileWhy }),
  files: true,
  suspend: 'asleep',
  origin: 'file/FilePollingConsumer.java',
};

/**
 * A WebSocket stays on its TCP connection (InboundWebsocketSourceHandler.java), so no client has to find its pod again.
 * With a broadcast level above 0 a message goes to every client of the path, as far as they are connected to the same
 * JVM (product-integrator-mi WebsocketSubscriberPathManager.java, InboundWebsocketResponseSender.java).
 */
export const socketRule: BrokerRule = (parameters) => {
  const level = setting(parameters, 'ws.client.side.broadcast.level');
  if (level.state === 'dynamic') return undecidedBy(level, 'its broadcast level');
  if (level.state === 'absent' || /^0+$/.test(level.value)) return { class: 'stateless', why: socketWhy };
  return {
    class: 'isolate',
    why: `passes messages on to the other clients of its path (broadcast level ${level.value}), but only to those of its own pod: clients of a second pod would miss them`,
    parameter: level.parameter,
  };
};

function webSocket(parameter: string, protocol: Port['protocol'], offsetParameter?: string): InboundRule {
  return {
    behavior: 'listening',
    find: socketRule,
    port: {
      parameter,
      protocol,
      ...(offsetParameter === undefined ? {} : { offsetBy: { parameter: offsetParameter } }),
    },
    suspend: 'asleep',
    origin: 'websocket/InboundWebsocketSourceHandler.java, WebsocketSubscriberPathManager.java',
  };
}

function listener(what: string, port: ListeningPort, origin: string, suspend: Suspend = 'asleep'): InboundRule {
  return {
    behavior: 'listening',
    find: fixed({ class: 'stateless', why: `only listens for ${what}: any pod can answer` }),
    port,
    suspend,
    origin,
  };
}

/**
 * `protocol=` of an inbound endpoint: exactly these, case-sensitive; MI throws on anything else
 * (product-integrator-mi v4.6.0 InboundRequestProcessorFactoryImpl.java:61-97).
 */
export const inboundProtocols: ReadonlyMap<string, InboundRule> = new Map<string, InboundRule>([
  ['file', fileRule],
  [
    'jms',
    { behavior: 'polling', find: jms, suspend: 'never', origin: 'jms/JMSProcessor.java, JMSConnectionFactory.java' },
  ],
  [
    'kafka',
    {
      behavior: 'polling',
      find: kafka,
      suspend: 'never',
      origin: 'kafka/KAFKAMessageListener.java, KAFKAProcessor.java',
    },
  ],
  [
    'mqtt',
    {
      behavior: 'event-based',
      find: mqtt,
      suspend: 'never',
      origin: 'mqtt/MqttListener.java, MqttConnectionFactory.java',
    },
  ],
  [
    'rabbitmq',
    { behavior: 'event-based', find: rabbitmq, suspend: 'ignored', origin: 'rabbitmq/RabbitMQConsumer.java' },
  ],
  [
    'http',
    listener(
      'HTTP requests',
      { parameter: 'inbound.http.port', protocol: 'http', offsetBy: 'deployment.toml' },
      'http/InboundHttpListener.java',
    ),
  ],
  [
    'https',
    listener(
      'HTTPS requests',
      { parameter: 'inbound.http.port', protocol: 'https', offsetBy: 'deployment.toml' },
      'https/InboundHttpsListener.java',
    ),
  ],
  ['ws', webSocket('inbound.ws.port', 'ws', 'ws.use.port.offset')],
  ['wss', webSocket('inbound.ws.port', 'wss', 'ws.use.port.offset')],
  ['httpws', webSocket('port', 'ws')],
  ['httpswss', webSocket('port', 'wss')],
  [
    'hl7',
    listener(
      'HL7 messages over MLLP',
      { parameter: 'inbound.hl7.Port', protocol: 'tcp' },
      'hl7/InboundHL7Listener.java',
      'never',
    ),
  ],
  [
    'grpc',
    listener(
      'gRPC calls',
      { parameter: 'inbound.grpc.port', default: 8888, protocol: 'grpc' },
      'grpc/InboundGRPCListener.java',
      'never',
    ),
  ],
]);

/**
 * MCP keeps sessions (McpSessionRegistry.java); its port parameter is not the one tools also write, and it adds the
 * port offset as HTTP does.
 */
export const mcpRule: InboundRule = {
  behavior: 'listening',
  find: fixed({
    class: 'affinity',
    why: 'keeps its sessions in the memory of a pod: it can run in several pods if each client always returns to the same one',
  }),
  port: { parameter: 'inbound.mcp.port', protocol: 'http', offsetBy: 'deployment.toml' },
  suspend: 'asleep',
  origin: 'mi-inbound-mcp McpInboundListener.java, McpSessionRegistry.java',
};
