import { alwaysShared, kafka, pulsar, rabbitmqConnector, solace } from './broker.ts';
import { fileRule, fixed, type InboundRule, mcpRule } from './inbound-protocols.ts';

function registryPosition(what: string): InboundRule {
  return {
    behavior: 'polling',
    find: fixed({
      class: 'isolate',
      why: `reads ${what} from a position kept in the registry of its pod: in two pods every event would be handled twice`,
    }),
    keeps: 'registry',
  };
}

/** The class of old EI that MI does not have, although MI's documentation still has a page on it. */
export const unsupportedInboundClass = 'org.wso2.carbon.inbound.endpoint.ext.wsrm.InboundRMHttpListener';

/**
 * `class=` of an inbound endpoint: the connectors of WSO2, read in the wso2-extensions repository named in each comment.
 */
export const inboundClasses: ReadonlyMap<string, InboundRule> = new Map<string, InboundRule>([
  // esb-inbound-kafka
  ['org.wso2.carbon.inbound.kafka.KafkaMessageConsumer', { behavior: 'polling', find: kafka }],
  // esb-inbound-amazonsqs
  [
    'org.wso2.carbon.inbound.amazonsqs.AmazonSQSPollingConsumer',
    { behavior: 'polling', find: alwaysShared('an Amazon SQS queue') },
  ],
  // mi-inbound-cdc: Debezium
  [
    'org.wso2.carbon.inbound.cdc.CDCPollingConsumer',
    {
      behavior: 'polling',
      find: fixed({
        class: 'isolate',
        why: 'follows the changes of a database from an offset kept in files of its pod: in two pods every change would be handled twice',
      }),
      keeps: 'offsets',
    },
  ],
  // esb-inbound-salesforce
  ['org.wso2.carbon.inbound.salesforce.poll.SalesforceStreamData', registryPosition('Salesforce events')],
  // mi-inbound-salesforcepubsub
  ['org.wso2.carbon.inbound.sf.pubsub.SFPubSubInboundFactory', registryPosition('Salesforce events')],
  // mi-inbound-pulsar
  ['org.wso2.integration.inbound.PulsarMessageConsumer', { behavior: 'polling', find: pulsar }],
  // mi-inbound-googlepubsub
  [
    'org.wso2.carbon.inbound.googlepubsub.GooglePubSubMessageConsumer',
    { behavior: 'polling', find: alwaysShared('a Google Pub/Sub subscription') },
  ],
  // mi-inbound-file: the file inbound endpoint of MI 4.6
  ['org.wso2.carbon.inbound.vfs.VFSConsumer', fileRule],
  // esb-inbound-dbevent
  ['org.wso2.carbon.inbound.poll.dbeventlistener.DBEventPollingConsumer', registryPosition('a database table')],
  // mi-inbound-rabbitmq
  ['org.wso2.carbon.inbound.rabbitmq.RabbitMQListener', { behavior: 'event-based', find: rabbitmqConnector }],
  // mi-inbound-asb
  [
    'org.wso2.carbon.inbound.asb.ASBEventConsumer',
    { behavior: 'event-based', find: alwaysShared('an Azure Service Bus queue or subscription') },
  ],
  // mi-inbound-solace
  ['org.wso2.carbon.inbound.solace.SolaceEventListener', { behavior: 'event-based', find: solace }],
  // esb-inbound-smpp: a client, despite its name
  [
    'org.wso2.carbon.inbound.smpp.SMPPListeningConsumer',
    {
      behavior: 'event-based',
      find: fixed({
        class: 'isolate',
        why: 'binds to an SMS centre as a client: two pods would both bind, and messages may come twice',
      }),
    },
  ],
  // esb-inbound-iso8583
  [
    'org.wso2.carbon.inbound.iso8583.listening.ISO8583MessageConsumer',
    {
      behavior: 'listening',
      find: fixed({ class: 'stateless', why: 'only listens for ISO 8583 messages: any pod can answer' }),
      port: { parameter: 'port', protocol: 'tcp' },
    },
  ],
  // mi-inbound-mcp, documentation only
  ['org.wso2.carbon.inbound.sse.McpInboundListener', mcpRule],
  // wso2/carbon-mediation
  [
    unsupportedInboundClass,
    {
      behavior: 'listening',
      find: fixed({
        class: 'affinity',
        why: 'uses WS-ReliableMessaging, whose sessions live in one pod; the class exists only in the old Enterprise Integrator, not in MI',
      }),
      port: { parameter: 'inbound.cxf.rm.port', protocol: 'http' },
    },
  ],
]);
