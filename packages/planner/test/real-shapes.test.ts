import { describe, expect, test } from 'vitest';
import { explain } from '../src/explain.ts';
import { plan } from '../src/plan.ts';
import { referenceDiagnostics } from '../src/diagnostics/references.ts';
import { findVerdicts } from '../src/verdicts/index.ts';
import { findings, options, polls } from './builder.ts';
import { namespace, parameters, project, readFiles } from './shapes.ts';

// From files as people write them to the verdict: reading and judging together.

const proxy = (transports: string | undefined, values: Readonly<Record<string, string>> = {}): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<proxy name="P" ${transports === undefined ? '' : `transports="${transports}"`} startOnLoad="true" ${namespace}><target><inSequence><respond/></inSequence></target>${parameters(values)}</proxy>`;

async function verdictOf(
  document: string,
  id: string,
  more: Readonly<Record<string, string>> = {},
): Promise<string | undefined> {
  return findVerdicts(await readFiles(project([document], more))).get(id)?.class;
}

describe('transports of a proxy service, as written', () => {
  test.each([
    ['vfs', polls, 'isolate'],
    ['http,vfs', polls, 'isolate'],
    ['jms, http', {}, 'broker-safe'],
    [' https\n http ', {}, 'stateless'],
    ['http https local', polls, 'stateless'],
    ['all', {}, 'stateless'],
    ['all', polls, 'isolate'],
    ['', {}, 'stateless'],
    ['', polls, 'isolate'],
    [undefined, {}, 'stateless'],
    [undefined, polls, 'isolate'],
    ['VFS', polls, 'opaque'],
  ])('%j with %j is %s', async (transports, values, expected) => {
    expect(await verdictOf(proxy(transports, values), 'proxy-service/P')).toBe(expected);
  });

  test.each([
    ['[transport.jms]\nlistener_enable = true\n', {}, 'stateless'],
    ['[[transport.jms.listener]]\nname = "default"\n', {}, 'broker-safe'],
    ['[transport.jms]\nlistener.enable = true\n', {}, 'broker-safe'],
    ['[transport]\njms.listener_enable = true\njms.listener = [{name = "default"}]\n', {}, 'broker-safe'],
    ['transport.jms.listener_enable = true\r\n', {}, 'stateless'],
    ['[transport.jms.listener]\nenable = true\n', {}, 'broker-safe'],
    ['[[transport.jms.listener]]\nname = "queue"\nparameter.initial_naming_factory = "x"\n', {}, 'stateless'],
    ['[[transport.jms.listener]]\nname = "default"\nparameter.connection_factory_type = "topic"\n', {}, 'isolate'],
    ['[[transport.jms.listener]]\nname = "other"\nparameter.connection_factory_type = "topic"\n', {}, 'stateless'],
    [
      '[[transport.jms.listener]]\nname = "other"\nparameter.connection_factory_type = "topic"\n',
      { 'transport.jms.ConnectionFactory': 'other' },
      'isolate',
    ],
    [
      '[[transport.jms.listener]]\nname = "other"\nparameter.connection_factory_type = "topic"\n',
      { 'transport.jms.ConnectionFactory': 'other', 'transport.jms.DestinationType': 'queue' },
      'broker-safe',
    ],
    ['[transport.jms]\nsender_enable = true\n', {}, 'stateless'],
    ['[transport.jms]\nlistener_enable = false\n', {}, 'stateless'],
    [
      '[transport.jms]\nlistener_enable = "$env{JMS}"\n[[transport.jms.listener]]\nname = "default"\n',
      {},
      'broker-safe',
    ],
    ['[transport.rabbitmq]\nlistener_enable = true\n', {}, 'stateless'],
    ['[transport.mail.listener]\nenable = true\nname = "mailto"\n', {}, 'stateless'],
    ['[transport.mail.listener]\nenable = true\nname = "mailto"\n', { 'transport.mail.Address': 'a@b.c' }, 'isolate'],
    ['[transport.vfs]\nlistener_enable = false\n', polls, 'isolate'],
    ['[transport.vfs]\nlistener.enable = false\n', polls, 'stateless'],
    ['[transport.jms.listener]\nenable = false\n', {}, 'broker-safe'],
    [
      '[[transport.jms.listener]]\nname = "default"\n[transport.jndi.topic]\nPrices = "a.b"\n',
      { 'transport.jms.Destination': 'Prices' },
      'isolate',
    ],
    [
      '[[transport.jms.listener]]\nname = "default"\n[transport.jndi.topic]\nPrices = "a.b"\n',
      { 'transport.jms.Destination': 'Orders' },
      'broker-safe',
    ],
    [
      '[[transport.jms.listener]]\nname = "default"\n[transport.jndi.topic]\nPrices = "a.b"\n',
      { 'transport.jms.Destination': '$SYSTEM:DESTINATION' },
      'opaque',
    ],
    ['[[transport.jms.listener]]\nname = "default"\n[transport.jndi.topic]\nP = "a.b"\n', {}, 'isolate'],
  ])('without transports under %j with %j is %s', async (toml, values, expected) => {
    expect(await verdictOf(proxy(undefined, values), 'proxy-service/P', { 'deployment/deployment.toml': toml })).toBe(
      expected,
    );
  });
});

test.each([
  ['enableBoxcarring="true"', 'affinity'],
  ['enableBoxcarring="TRUE" disableLegacyBoxcarringMode="false"', 'affinity'],
  ['enableBoxcarring="true" disableLegacyBoxcarringMode="true"', 'stateless'],
  ['disableLegacyBoxcarringMode="false"', 'stateless'],
  ['enableBatchRequests="true" transports="http https local"', 'stateless'],
  ['transports="http jms"', 'broker-safe'],
])('a data service with %s is %s', async (attributes, expected) => {
  expect(await verdictOf(`<data name="D" ${attributes}><config id="c"/></data>`, 'data-service/D')).toBe(expected);
});

describe('a deployment.toml outside of the module counts for its proxies', () => {
  const pom = (name: string, properties: string): string =>
    `<project><groupId>g</groupId><artifactId>${name}</artifactId><version>1</version><packaging>pom</packaging><properties>${properties}</properties></project>`;
  const marks = '<projectType>integration-project</projectType>';
  test.each(['deployment/deployment.toml', 'docker-build/deployment/deployment.toml'])('%s', async (toml) => {
    const inventory = await readFiles({
      'pom.xml': pom('all', `${marks}<is.consolidated.project>true</is.consolidated.project>`),
      'docker-build/pom.xml':
        '<project><parent><groupId>g</groupId><artifactId>all</artifactId><version>1</version></parent><artifactId>docker-build</artifactId><packaging>pom</packaging></project>',
      [toml]: '[[transport.jms.listener]]\nname = "default"\n',
      'one/pom.xml': pom('one', marks),
      'one/src/main/wso2mi/artifacts/proxy-services/P.xml': proxy(undefined),
    });
    expect(inventory.applications.map(({ name }) => name)).toEqual(['one']);
    expect(findVerdicts(inventory).get('proxy-service/P')?.class).toBe('broker-safe');
  });
});

describe('processors say what two pods would do, by the store they take from', () => {
  test.each([
    ['', 'each pod has a store of its own in memory'],
    [
      'class="org.apache.synapse.message.store.impl.jdbc.JDBCMessageStore"',
      'deliver a message twice, because the store does not lock',
    ],
    ['class="org.apache.synapse.message.store.impl.jms.JmsStore"', 'out of order'],
    [
      'class="org.apache.synapse.message.store.impl.resequencer.ResequenceMessageStore"',
      'count the sequence on its own',
    ],
    ['class="com.acme.Store"', 'whose class is unknown'],
  ])('%s', async (store, text) => {
    const inventory = await readFiles(
      project([
        `<messageStore name="S" ${store} ${namespace}/>`,
        `<messageProcessor name="M" class="org.apache.synapse.message.processor.impl.sampler.SamplingProcessor" messageStore="S" ${namespace}><parameter name="interval">500</parameter></messageProcessor>`,
      ]),
    );
    const because = findVerdicts(inventory).get('message-processor/M')?.because;
    expect(because).toMatch(
      /^Message processor M samples the messages of message store S every 500 ms in each pod that deploys it: /,
    );
    expect(because).toContain(text);
  });
  test('a broker store whose failover store is in memory is a black hole for its writers in other pods', async () => {
    const inventory = await readFiles(
      project([
        `<api name="A" context="/a" ${namespace}><resource methods="POST"><inSequence><store messageStore="Queue"/></inSequence></resource></api>`,
        `<messageStore name="Queue" class="org.apache.synapse.message.store.impl.jms.JmsStore" ${namespace}>${parameters({ 'store.failover.message.store.name': 'Memory' })}</messageStore>`,
        `<messageStore name="Memory" ${namespace}/>`,
        `<messageProcessor name="Back" class="org.apache.synapse.message.processor.impl.failover.FailoverScheduledMessageForwardingProcessor" messageStore="Memory" ${namespace}>${parameters({ 'message.target.store.name': 'Queue' })}</messageProcessor>`,
      ]),
    );
    const [found] = findings(plan(inventory, options()), 'MI-ISO-INMEM-STORE');
    expect(found?.message).toContain('What api/A stores in other pods is never processed.');
  });
  test('a store in memory that a call names to a template belongs to who calls, task and API alike', async () => {
    const inventory = await readFiles(
      project([
        `<template name="Keep" ${namespace}><parameter name="store"/><sequence><store messageStore="{$func:store}"/></sequence></template>`,
        `<api name="A" context="/a" ${namespace}><resource methods="POST"><inSequence><call-template target="Keep"><with-param name="store" value="Memory"/></call-template></inSequence></resource></api>`,
        `<task name="T" class="org.apache.synapse.startup.tasks.TemplateMessageExecutor" ${namespace}><trigger interval="60"/><property name="templateKey" value="Keep"/><property name="templateParams"><with xmlns=""><store>Other</store></with></property></task>`,
        ...['Memory', 'Other'].flatMap((store) => [
          `<messageStore name="${store}" ${namespace}/>`,
          `<messageProcessor name="Of${store}" class="org.apache.synapse.message.processor.impl.sampler.SamplingProcessor" messageStore="${store}" ${namespace}/>`,
        ]),
      ]),
    );
    const made = plan(inventory, options());
    expect(findings(made, 'MI-ISO-INMEM-STORE').map(({ message }) => message)).toEqual([
      expect.stringContaining('What api/A stores in other pods is never processed.'),
    ]);
    expect(findings(made, 'MI-ISO-DYNAMIC')).toEqual([]);
    expect(made.workloads.map(({ stateful }) => stateful)).toEqual([
      [],
      ['message-processor/OfMemory'],
      ['message-processor/OfOther', 'task/T'],
    ]);
  });
});

describe('what is shown', () => {
  const secrets = ['s3cret', 'p%40ss', 'dbpw'];
  const documents = [
    `<inboundEndpoint name="Files" protocol="file" sequence="S" onError="fault" ${namespace}><parameters>${parameters({ 'transport.vfs.FileURI': 'ftp://user:s3cret@host/in?vfs.passive=true' })}</parameters></inboundEndpoint>`,
    `<inboundEndpoint name="Queue" protocol="jms" sequence="S" onError="fault" ${namespace}><parameters>${parameters({ 'transport.jms.Password': 's3cret', 'transport.jms.DestinationType': '${configs.type}' })}</parameters></inboundEndpoint>`,
    `<proxy name="P" transports="" ${namespace}><target><inSequence><respond/></inSequence></target>${parameters({ ...polls, 'transport.vfs.FileURI': 'smb://user:p%40ss@host/share' })}</proxy>`,
    `<proxy name="Q" transports="vfs" ${namespace}><target><inSequence><respond/></inSequence></target>${parameters({ ...polls, 'transport.vfs.FileURI': 'smb://user:p%40ss@host/share' })}</proxy>`,
    `<endpoint name="E" ${namespace}><http uri-template="http://user:s3cret@{uri.var.host}/x"/></endpoint>`,
    `<messageStore name="J" class="org.apache.synapse.message.store.impl.jdbc.JDBCMessageStore" ${namespace}>${parameters({ 'store.jdbc.password': 'dbpw', 'store.jdbc.connection.url': 'jdbc:mysql://u:dbpw@h/db?password=dbpw' })}</messageStore>`,
    `<sequence name="S" ${namespace}><call><endpoint key="E"/></call><send><endpoint><address uri="vfs:ftp://user:s3cret@host/out"/></endpoint></send></sequence>`,
  ];
  test('never holds a password: verdicts, findings, references and facts', async () => {
    const inventory = await readFiles(project(documents));
    const made = plan(inventory, options());
    const explained = inventory.artifacts.map(({ id }) => explain(inventory, made, id));
    const shown = JSON.stringify([
      ...made.verdicts,
      made.diagnostics,
      made.workloads,
      referenceDiagnostics(inventory),
      inventory.references,
      inventory.diagnostics,
      explained,
    ]);
    for (const secret of secrets) expect(shown).not.toContain(secret);
    expect(made.verdicts.get('proxy-service/P')?.evidence.text).toBe(
      '<parameter name="transport.vfs.FileURI">smb://[hidden]@host/share</parameter>',
    );
  });
});

test('the directory of a file connection is a folder of each pod', async () => {
  const document = (type: string): string[] => [
    `<localEntry key="DISK" ${namespace}><file.init><connectionType>${type}</connectionType><name>DISK</name><workingDir>/data/out</workingDir></file.init></localEntry>`,
    `<api name="A" context="/a" ${namespace}><resource methods="POST"><inSequence><file.write configKey="DISK"><filePath>x.txt</filePath></file.write></inSequence></resource></api>`,
  ];
  const [local, remote] = await Promise.all(
    ['LOCAL', 'SFTP'].map(async (type) =>
      findings(plan(await readFiles(project(document(type))), options()), 'MI-ISO-FILES'),
    ),
  );
  expect(local?.map(({ message }) => message)).toEqual([
    'The directory /data/out is used by local-entry/DISK in several pods (integration): each pod has a folder of its own unless they share a volume.',
  ]);
  expect(remote).toEqual([]);
});

test('of two parameters with one name the last counts, as in MI', async () => {
  const inbound = (first: string, last: string): string =>
    `<inboundEndpoint name="I" protocol="jms" sequence="s" ${namespace}><parameters><parameter name="transport.jms.ConnectionFactoryType">${first}</parameter><parameter name="transport.jms.ConnectionFactoryType">${last}</parameter></parameters></inboundEndpoint>`;
  expect(await verdictOf(inbound('queue', 'topic'), 'inbound-endpoint/I')).toBe('isolate');
  expect(await verdictOf(inbound('topic', 'queue'), 'inbound-endpoint/I')).toBe('broker-safe');
});

test('an address inside a flow puts files into the directory that another pod takes them from', async () => {
  const writes = (uri: string): string =>
    `<api name="A" context="/a" ${namespace}><resource methods="POST"><inSequence><call><endpoint><address uri="${uri}"/></endpoint></call></inSequence></resource></api>`;
  const documents = ['vfs:file:///in', 'vfs:file:///elsewhere', 'http://example.com/in'].map((uri) =>
    project([writes(uri), proxy('vfs', polls)]),
  );
  const [same, other, none] = await Promise.all(
    documents.map(async (files) =>
      findings(plan(await readFiles(files), options()), 'MI-ISO-FILES').map(({ artifacts }) => artifacts),
    ),
  );
  expect(same).toEqual([['api/A', 'proxy-service/P']]);
  expect(other).toEqual([['api/A']]);
  expect(none).toEqual([]);
});

test('the sequence that takes the errors of all flows is in every workload', async () => {
  const files = (fault: string): Record<string, string> =>
    project([
      `<task name="T" ${namespace}><trigger interval="5"/><property name="injectTo" value="sequence"/><property name="sequenceName" value="s"/><property name="message"><m xmlns=""/></property></task>`,
      `<sequence name="s" ${namespace}><log/></sequence>`,
      `<api name="A" context="/a" ${namespace}><resource methods="GET"><inSequence><respond/></inSequence></resource></api>`,
      `<sequence name="${fault}" ${namespace}><call><endpoint key="Alerts"/></call></sequence>`,
      `<endpoint name="Alerts" ${namespace}><address uri="http://alerts.example.com"/></endpoint>`,
    ]);
  const ofTask = async (fault: string): Promise<readonly string[] | undefined> =>
    plan(await readFiles(files(fault)), options({ delivery: 'archives' })).workloads.find(({ stateful }) =>
      stateful.includes('task/T'),
    )?.artifacts;
  expect(await ofTask('fault')).toEqual(['endpoint/Alerts', 'sequence/fault', 'sequence/s', 'task/T']);
  expect(await ofTask('faults')).toEqual(['sequence/s', 'task/T']);
});

test('handler classes of APIs and inbound endpoints are named as what cannot be seen', async () => {
  const handlers = '<handlers><handler class="com.acme.Audit"/></handlers>';
  const inventory = await readFiles(
    project([
      `<api name="A" context="/a" ${namespace}><resource methods="GET"><inSequence><respond/></inSequence></resource>${handlers}</api>`,
      `<inboundEndpoint name="I" protocol="http" ${namespace}><parameters>${parameters({ 'inbound.http.port': '8085' })}</parameters>${handlers}</inboundEndpoint>`,
      `<inboundEndpoint name="W" protocol="ws" ${namespace}><parameters>${parameters({ 'inbound.ws.port': '8086', 'ws.pipeline.handler.class': 'com.acme.Audit', 'ws.subprotocol.handler.class': 'com.acme.Audit;$SYSTEM:OTHER' })}</parameters></inboundEndpoint>`,
    ]),
  );
  const [found, ...others] = findings(plan(inventory, options()), 'MI-ISO-CUSTOM');
  expect(others).toEqual([]);
  expect(found?.message).toMatch(
    /^The class com\.acme\.Audit \(handler\) of api\/A, inbound-endpoint\/I and inbound-endpoint\/W is not part of MI/,
  );
});

describe('a database inside of the server', () => {
  const flow = (url: string): string =>
    `<api name="A" context="/a" ${namespace}><resource methods="POST"><inSequence><dbreport><connection><pool><driver>x.D</driver><url>${url}</url></pool></connection><statement><sql>x</sql></statement></dbreport></inSequence></resource></api>`;
  const said = async (
    documents: readonly string[],
    more: Readonly<Record<string, string>> = {},
  ): Promise<readonly string[]> =>
    findings(plan(await readFiles(project(documents, more)), options()), 'MI-ISO-EMBEDDED-DATABASE').map(
      ({ message }) => message.split(':')[0] ?? '',
    );

  test.each([
    ['jdbc:h2:mem:orders', 'an H2 database in the memory'],
    ['jdbc:h2:./repository/database/Orders;USER=a', 'an H2 database in the files'],
    ['JDBC:H2:file:/data/orders', 'an H2 database in the files'],
    ['jdbc:h2:tcp://db/orders', undefined],
    ['jdbc:derby:memory:orders;create=true', 'a Derby database in the memory'],
    ['jdbc:derby://db/orders', undefined],
    ['jdbc:hsqldb:mem:orders', 'an HSQLDB database in the memory'],
    ['jdbc:hsqldb:hsql://db/orders', undefined],
    ['jdbc:sqlite::memory:', 'an SQLite database in the memory'],
    ['jdbc:sqlite:/data/orders.db', 'an SQLite database in the files'],
    ['jdbc:mysql://db/h2', undefined],
    ['$SYSTEM:URL', undefined],
  ])('%s', async (url, what) => {
    expect(await said([flow(url)])).toEqual(what === undefined ? [] : [`API A uses ${what} of each pod`]);
  });

  test('of data sources, data services, message stores and deployment.toml', async () => {
    const store = `<messageStore name="S" class="org.apache.synapse.message.store.impl.jdbc.JDBCMessageStore" ${namespace}><parameter name="store.jdbc.connection.url">jdbc:h2:mem:s</parameter></messageStore>`;
    const documents = [
      '<data name="Own"><config id="c"><property name="url">jdbc:h2:mem:d</property></config></data>',
      '<data name="Other"><config id="c"><property name="carbon_datasource_name">D</property></config></data>',
      `<api name="A" context="/a" ${namespace}><resource methods="POST"><inSequence><store messageStore="S"/></inSequence></resource></api>`,
      store,
    ];
    const source =
      '<datasource><name>D</name><definition type="RDBMS"><configuration><url>jdbc:derby:d</url></configuration></definition></datasource>';
    const more = {
      'src/main/wso2mi/artifacts/data-sources/D.xml': source,
      'deployment/deployment.toml': '[[datasource]]\nid = "T"\nurl = "jdbc:h2:mem:t"\n',
    };
    expect((await said(documents, more)).toSorted((a, b) => a.localeCompare(b))).toEqual([
      'Data service Own uses an H2 database in the memory of each pod',
      'Data source D uses a Derby database in the files of each pod',
      'Message store S uses an H2 database in the memory of each pod',
      'The data source T in deployment.toml is an H2 database in the memory of each pod',
    ]);
    const verdict = findVerdicts(await readFiles(project([store]))).get('message-store/S');
    expect(verdict?.because).toBe(
      'Message store S keeps its messages in an H2 database in the memory of each pod: other pods never see them.',
    );
  });
});

test('a script that writes to the registry or sets a system property keeps it in its pod', async () => {
  const script = (text: string): string =>
    `<api name="A" context="/a" ${namespace}><resource methods="POST"><inSequence><script language="js"><![CDATA[${text}]]></script></inSequence></resource></api>`;
  const found = async (text: string): Promise<readonly (readonly [string, string])[]> => {
    const { diagnostics } = plan(await readFiles(project([script(text)])), options());
    return diagnostics
      .filter(({ code }) => code === 'MI-ISO-REGISTRY' || code === 'MI-ISO-SYSTEM-PROPERTY')
      .map(({ message, source }) => [/writes (.*?)(?: in one|:)/.exec(message)?.[1] ?? message, `${source?.column}`]);
  };
  const start = script('').indexOf(']]>') + 1;
  const registry = 'mc.getConfiguration().getRegistry()';
  expect(await found(`${registry}.newNonEmptyResource("gov:/last", false, "text/plain", "1", "");`)).toEqual([
    ['the registry key /_system/governance/last', `${start + registry.length}`],
  ]);
  expect(await found(`${registry}.updateResource('gov:/' + name, value)`)).toEqual([
    ['a registry key that only the server knows', `${start + registry.length}`],
  ]);
  expect(await found('java.lang.System.setProperty("last", "1")')).toEqual([
    ['the Java system property last', `${start + 'java.lang.'.length}`],
  ]);
  expect(await found('mc.setProperty("last", "1"); client.updateResource("/orders/1")')).toEqual([]);
});

test('a class whose behavior only the server knows is said to be undecided, not to poll', async () => {
  const document = `<inboundEndpoint name="I" class="com.acme.Feed" sequence="s" ${namespace}><parameters>${parameters({ 'inbound.behavior': '${configs.behavior}' })}</parameters></inboundEndpoint>`;
  const verdict = findVerdicts(await readFiles(project([document]))).get('inbound-endpoint/I');
  expect(verdict).toMatchObject({ class: 'opaque', undecided: 'value-of-the-server' });
  expect(verdict?.because).toContain('takes its inbound.behavior from ${configs.behavior}');
  expect(verdict?.because).not.toContain('polls');
});

test('a data service that is called without an address is not to be given another one', async () => {
  const inventory = await readFiles(
    project([
      '<data name="D" transports="http jms"><operation name="o"><call-query href="q"/></operation></data>',
      `<api name="A" context="/a" ${namespace}><resource methods="POST"><inSequence><dataServiceCall serviceName="D"><operations type="single"><operation name="o"/></operations></dataServiceCall></inSequence></resource></api>`,
    ]),
  );
  const [found] = findings(plan(inventory, options()), 'MI-ISO-LOOPBACK');
  expect(found?.hint).toMatch(/^Call it over HTTP at the Service of workload d-data-service, /);
});

describe('a data service connects to its database while MI deploys it', () => {
  const driver = '<property name="driverClassName">com.mysql.jdbc.Driver</property>';
  const url = (text: string): string => `<property name="url">${text}</property>`;
  const said = async (attributes: string, properties: string): Promise<readonly string[]> => {
    const inventory = await readFiles(
      project([`<data name="D" ${attributes}><config id="c">${properties}</config></data>`]),
    );
    return plan(inventory, options())
      .diagnostics.filter(({ code }) => code === 'MI-READY-LOCATION' || code === 'MI-REF-MISSING')
      .map(({ code, message }) => `${code} ${message.replace(/^.*: /, '')}`);
  };
  const undeployed = 'MI-REF-MISSING without it, MI does not deploy the archive.';
  const connects =
    'MI-READY-LOCATION if nothing answers there while a pod starts, MI undeploys the whole archive and the pod does not become ready.';
  const later = 'MI-REF-MISSING without it, the server becomes ready but never reaches the database.';

  test.each([
    ['jdbc:mysql://db/orders', 1],
    ['jdbc:h2:mem:orders', 0],
  ])('that of a data source, %s', async (address, times) => {
    const folder = 'src/main/wso2mi/artifacts/data-sources';
    const source = `<datasource><name>DS</name><definition type="RDBMS"><configuration><url>${address}</url></configuration></definition></datasource>`;
    const service =
      '<data name="D"><config id="c"><property name="carbon_datasource_name">DS</property></config></data>';
    const inventory = await readFiles(project([service], { [`${folder}/DS.xml`]: source }));
    expect(findings(plan(inventory, options()), 'MI-READY-LOCATION')).toHaveLength(times);
  });

  test.each([
    ['', driver + url('jdbc:mysql://db/orders'), [connects, undeployed]],
    ['', '<property name="carbon_datasource_name">DS</property>', [connects, undeployed]],
    ['serviceStatus="inactive"', driver + url('jdbc:mysql://db/orders'), [later]],
    ['', driver.replace('com.mysql.jdbc', 'org.h2') + url('jdbc:h2:mem:orders'), []],
    ['', '<property name="csv_datasource">file:/orders.csv</property>', []],
  ])('%s %s', async (attributes, properties, expected) => expect(await said(attributes, properties)).toEqual(expected));
});

const vfsOff = '[transport.vfs]\nlistener.enable = false\n';
test.each<{ transports: string | undefined; times: number; toml?: string }>([
  { transports: 'vfs', times: 1 },
  { transports: 'http vfs', times: 1 },
  { transports: 'all', times: 1 },
  { transports: undefined, times: 1 },
  { transports: 'files', times: 1 },
  { transports: 'http https local', times: 0 },
  { transports: 'jms', times: 0 },
  { transports: 'all', times: 0, toml: vfsOff },
  { transports: undefined, times: 0, toml: vfsOff },
  { transports: 'vfs', times: 1, toml: vfsOff },
])(
  'a service on the transports $transports takes files from its directory $times times',
  async ({ transports, times, toml }) => {
    const more = toml === undefined ? {} : { 'deployment/deployment.toml': toml };
    const inventory = await readFiles(project([proxy(transports, polls)], more));
    const made = plan(inventory, options({ pattern: 'multiple-replicas' }));
    expect(findings(made, 'MI-ISO-FILES')).toHaveLength(times);
    expect(findings(made, 'MI-READY-LOCK')).toHaveLength(times);
  },
);

test('a parameter by the key of a local entry makes MI refuse the archive', async () => {
  const entry = `<localEntry key="Group" ${namespace}>orders</localEntry>`;
  const inbound = (key: string): string =>
    `<inboundEndpoint name="I" protocol="kafka" sequence="main" ${namespace}><parameters><parameter name="group.id" key="${key}"/></parameters></inboundEndpoint>`;
  const store = `<messageStore name="S" class="org.apache.synapse.message.store.impl.jms.JmsStore" ${namespace}><parameter name="store.jms.destination" key="Group"/></messageStore>`;
  const said = async (documents: readonly string[]): Promise<readonly (readonly [string, string])[]> => {
    const inventory = await readFiles(project(documents));
    const found = referenceDiagnostics(inventory).filter(({ code }) => code.startsWith('MI-REF-KEY'));
    expect(findings(plan(inventory, options()), 'MI-REF-KEY')).toEqual(found);
    return found.map(({ severity, message }) => [severity, message.split(',')[0] ?? '']);
  };
  expect(await said([entry, inbound('Group'), store])).toEqual([
    ['error', 'Inbound endpoint I takes a parameter from the local entry Group'],
    ['error', 'Message store S takes a parameter from the local entry Group'],
  ]);
  expect(await said([entry, inbound('gov:kafka/group.txt')])).toEqual([]);
  expect(await said([entry.replace('>orders', ' src="file:group.txt">'), inbound('Group')])).toEqual([]);
  const [missing] = referenceDiagnostics(await readFiles(project([inbound('gov:kafka/group.txt')])));
  expect(missing?.message).toMatch(/: without it, MI does not deploy the archive\.$/);
});

test('a task that runs a template shares the pod of the store that the template puts messages into', async () => {
  const task = `<task name="Poll" class="org.apache.synapse.startup.tasks.TemplateMessageExecutor" ${namespace}><trigger interval="5"/><property name="templateKey" value="Fetch"/><property name="templateParams"><p xmlns=""/></property></task>`;
  const template = `<template name="Fetch" ${namespace}><sequence><store messageStore="Orders"/></sequence></template>`;
  const store = `<messageStore name="Orders" ${namespace}/>`;
  const processor = `<messageProcessor name="Send" class="org.apache.synapse.message.processor.impl.sampler.SamplingProcessor" messageStore="Orders" ${namespace}/>`;
  const found = plan(await readFiles(project([task, template, store, processor])), options());
  expect(found.workloads.map(({ entryPoints }) => entryPoints)).toEqual([['message-processor/Send', 'task/Poll']]);
  expect(findings(found, 'MI-ISO-CUSTOM')).toEqual([]);
});
