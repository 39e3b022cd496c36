import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compareText, isEntryPoint, readInventory } from '@mi-patterns/inventory';
import { findVerdicts, type VerdictClass } from '@mi-patterns/planner';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../support/command.ts';
import { projectFiles, readProjectText, writeProject } from '../support/projects.ts';

// The verdict of every entry point of every real project, legacy project and archive. Each was checked by hand against
// the XML: a change here is a change of what users are told, and needs a reason.

type Row = Readonly<Partial<Record<VerdictClass, readonly string[]>>>;

const proxies = (prefix: string, ...names: readonly (string | number)[]): string[] =>
  names.map((name) => `proxy-service/${prefix}${name}`);
const nothing: Row = {};

const table: Readonly<Record<string, Row>> = {
  'projects/APITesting': { stateless: ['api/RESTApi'] },
  'projects/ContentBasedRouting': { stateless: ['api/ArithmaticOperationServiceAPI'] },
  'projects/DatabasePolling': {
    affinity: ['data-service/DoctorsDataService'],
    isolate: ['task/DoctorsRecordsSyncTask'],
  },
  'projects/EmailService': { stateless: ['api/EmailService'] },
  'projects/ExceptionHandling': { stateless: ['api/TimeoutAPI'] },
  'projects/FetchSalesForceAccounts': { stateless: ['api/SalesForceAccountServiceAPI'] },
  'projects/FileTransfer': { isolate: ['inbound-endpoint/StudentDataFileProcessInboundEP'] },
  'projects/GuaranteedDelivery': {
    stateless: ['api/MockAPI', 'api/UserRegistrationAPI'],
    isolate: ['message-processor/UserRegistrationMP'],
  },
  'projects/HeaderBasedRouting': { stateless: ['api/CalculatorAPI'] },
  'projects/HelloDocker': { stateless: ['api/HelloWorld'] },
  'projects/HelloWorldService': { stateless: ['api/HelloWorld'] },
  'projects/JMSIntegration': {
    stateless: ['api/OrderPaymentServiceAPI'],
    'broker-safe': ['inbound-endpoint/OrderPaymentQueueInboundEP'],
  },
  'projects/KafkaConsumerAndProducer': {
    stateless: ['api/WeatherDataPublishAPI'],
    'broker-safe': ['inbound-endpoint/WeatherDataTransmitInboundEP'],
  },
  'projects/MessageFiltering': { stateless: ['api/PhoneVerifyAPI'] },
  'projects/PeriodicalScheduledTasks': { isolate: ['task/PersonRecordRetrieveTask'] },
  'projects/ProtocolSwitching': { stateless: ['api/StudentRegistrationAPI'] },
  'projects/ProxyingaRESTService': { stateless: ['api/UserInfoRestAPI'] },
  'projects/ProxyingaSOAPService': { stateless: ['proxy-service/ProxyForEchoService', 'proxy-service/echo'] },
  'projects/RESTDataService': { stateless: ['data-service/RESTDataService'] },
  'projects/RESTtoSOAPConversion': { stateless: ['api/CityInformationAPI'] },
  'projects/RabbitMQIntegration': {
    stateless: ['proxy-service/SalesOrderAddService'],
    'broker-safe': ['inbound-endpoint/SalesOrderQueueInboundEP'],
  },
  'projects/StudentsDataService': { stateless: ['data-service/StudentDataService'] },
  'projects/SynapseExpressions': { stateless: ['api/PromotionCheck', 'api/SynapseExpressions'] },
  'projects/UnitTestTutorial': { stateless: ['api/business-logic'] },
  'projects/XMLToJSONTransformation': { stateless: ['api/ScienceLabAPI'] },
  'projects/XMLtoJSONMapping': { stateless: ['api/EngineerEmployeeServiceAPI'] },

  'legacy/gateway': {
    stateless: [
      ...proxies(
        '4_1_1_1_',
        '10_Proxy_PublishWSDLInline',
        '11_Proxy_PublishWSDLWithResource',
        '13_Proxy_UseOriginalWSDL',
        '14_Proxy_PublishWSDLModifyUserWSDLPortAddress',
        '1_Proxy_SimplePassThroughTemplate',
        '2_Proxy_SimpleCustomTemplate',
        '3_Proxy_SimpleLogForwardTemplate',
        '4_Proxy_SimpleWSDLProxyTemplate',
        '5_Proxy_PassThroughWithNamedEP',
        '6_Proxy_PassThroughProxyEPinTarget',
        '7_Proxy_PublishWSDLFromRegistry',
        '8_Proxy_PublishWSDLFromURL',
      ),
      'proxy-service/4_SoapMappingProxy',
    ],
  },
  'legacy/routing': {
    stateless: [
      'api/5_1_API_Routing_messages_based_on_content_of_message_test',
      'api/5_3_1_1_1_API_load_balance_group_test',
      'api/5_3_1_1_2_API_load_balance_group_define_policy_test',
      'api/5_3_1_1_3_API_load_balance_group_define_nothing',
      'api/5_XMLMapping',
    ],
  },

  'archives/DemoProxy-1.0.0.car': { stateless: ['proxy-service/DemoProxy2'] },
  'archives/ESBproject1-1.0.0.car': nothing,
  'archives/ESBproject2-1.0.0.car': nothing,
  'archives/ESBproject3-1.0.0.car': nothing,
  'archives/ESBproject4-1.0.0.car': nothing,
  // Its proxy is not well formed, so MI drops the archive.
  'archives/FaultyCAppCompositeExporter_1.0.0.car': nothing,
  'archives/MediatorCApp2_1.0.0.car': { stateless: ['proxy-service/MediatorTestProxy'] },
  'archives/MediatorCApp_1.0.0.car': { stateless: ['proxy-service/MediatorTestProxy'] },
  'archives/ProxyServiceSecurityTestCaseCompositeExporter_1.0.0.car': {
    stateless: proxies('SecureStockQuoteProxy', 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16),
  },
  'archives/SecureProxyTestCaseCompositeExporter_1.0.0.car': {
    stateless: proxies('StockQuoteProxyScenario', 11, 12, 13, 14, 15, 16, 17),
  },
  'archives/ServiceChaining-1.0.0.car': { stateless: ['proxy-service/CreditProxy'] },
  'archives/SoapHeaderTestRegFiles_1.0.0.car': nothing,
  'archives/SynchroDepInValidCarApp_1.0.0.car': { isolate: ['message-processor/ScheduledProcessor1'] },
  'archives/SynchroDepValidCarApp_1.0.0.car': { isolate: ['message-processor/ScheduledProcessor'] },
  'archives/connectors-data-services-pack_1.0.0.car': {
    stateless: ['data-service/AbcDataService', 'data-service/HelloDataService'],
  },
  'archives/data-sources-pack_1.0.0-SNAPSHOT.car': nothing,
  'archives/esb-artifacts-car_1.0.0.car': {
    stateless: [
      'api/SampleAPI',
      'proxy-service/sampleCustomProxy',
      'proxy-service/samplePassThroughProxy',
      'proxy-service/transformProxySample',
    ],
  },
  'archives/hello-worldCompositeExporter_1.0.0.car': { stateless: ['api/HelloWorld'] },
  'archives/ws-policies-bCompositeExporter_1.0.0-SNAPSHOT.car': { stateless: ['proxy-service/StockQuoteProxyb'] },
  'archives/ws-policiesCompositeExporter_1.0.0-SNAPSHOT.car': { stateless: ['proxy-service/StockQuoteProxy'] },
  'archives/xslt-transformation-car_1.0.0.car': { stateless: ['proxy-service/xsltTransformationProxy'] },
};

/** Entry points of our own projects that are not stateless; all others are. They are here in every clone. */
const own: Readonly<Record<string, Row>> = {
  files: { isolate: ['inbound-endpoint/FileIn', 'proxy-service/FileProxy'] },
  'jms-inbound': { 'broker-safe': ['inbound-endpoint/JmsIn'] },
  kafka: { 'broker-safe': ['inbound-endpoint/KafkaIn'] },
  'lacks-inbound-class': { opaque: ['inbound-endpoint/LacksInboundClass'] },
  'lacks-store': { isolate: ['message-processor/LacksStore'] },
  'lacks-task-class': { isolate: ['task/LacksTaskClass'] },
  'lacks-task-sequence': { isolate: ['task/LacksTaskSequence'] },
  'legacy-esb': { isolate: ['task/StockCount'] },
  mqtt: { isolate: ['inbound-endpoint/MqttIn'] },
  rabbitmq: { 'broker-safe': ['inbound-endpoint/RabbitmqIn'] },
  stores: { isolate: ['message-processor/OrdersOut', 'message-processor/OrdersSample'] },
  tasks: { isolate: ['task/AtNight', 'task/EveryHour', 'task/OnceAtStart', 'task/Thrice', 'task/ToProxy'] },
  umlauts: { isolate: ['task/Nächtlicher Abgleich'] },
  'unset-processor': { isolate: ['message-processor/UnsetProcessor'] },
  'unset-task': { isolate: ['task/UnsetTask'] },
  'unset-task-property': { isolate: ['task/UnsetTaskProperty'] },
};

const shared =
  process.env['MI_PATTERNS_SHARED'] ?? resolve(fileURLToPath(new URL('../../..', import.meta.url)), 'shared');
const corpus = join(shared, 'corpus');
const present = existsSync(corpus);
if (!present)
  console.warn(
    `Verdicts of real inputs are not checked: there is no folder ${corpus} (MI_PATTERNS_SHARED names its parent).`,
  );

async function verdictsIn(path: string, cwd = corpus): Promise<Record<string, string[]>> {
  const inventory = await readInventory([path], { cwd });
  const verdicts = findVerdicts(inventory);
  const found: Record<string, string[]> = {};
  for (const { id } of inventory.artifacts.filter(isEntryPoint))
    (found[verdicts.get(id)?.class ?? 'none'] ??= []).push(id);
  return found;
}

describe('verdicts of our own projects', () => {
  test.each(projectFiles.map((file) => readProjectText(file)))('$name', async (project) => {
    const cwd = temporaryFolder();
    writeProject(project, cwd);
    const { stateless = [], ...others } = await verdictsIn('.', cwd);
    expect(others).toEqual(own[project.name] ?? {});
    expect([stateless, ...Object.values(others)].flat()).not.toEqual([]);
  });
  test('the table has no project that is gone', () =>
    expect(Object.keys(own).filter((name) => !projectFiles.includes(`${name}.txt`))).toEqual([]));
});

describe.skipIf(!present)(
  `verdicts of real inputs${present ? '' : ' (skipped: no corpus beside the repository; set MI_PATTERNS_SHARED)'}`,
  () => {
    test('the table has every project and archive', () => {
      const inputs = ['archives', 'legacy', 'projects'].flatMap((folder) =>
        readdirSync(join(corpus, folder)).map((name) => `${folder}/${name}`),
      );
      expect(inputs.toSorted(compareText)).toEqual(Object.keys(table).toSorted(compareText));
    });
    // Without the corpus the test above alone is skipped, for all of them.
    test.each(present ? Object.entries(table) : [])('%s', async (path, expected) => {
      const sorted = Object.fromEntries(
        Object.entries(expected).map(([found, ids]) => [found, ids.toSorted(compareText)]),
      );
      expect(await verdictsIn(path)).toEqual(sorted);
    });
  },
);
