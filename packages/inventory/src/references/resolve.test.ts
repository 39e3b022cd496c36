import { describe, expect, test } from 'vitest';
import { parseArtifactFile } from '../artifact/parse.ts';
import type { ParsedArtifact } from '../artifact/parsed.ts';
import type { Application, ArtifactFacts, ServerConfiguration } from '../model/inventory.ts';
import { dispatchTargets } from './dispatch.ts';
import { registryPath } from './registry-path.ts';
import { resolveReferences, type ResolvableArtifact } from './resolve.ts';

const SYN = 'xmlns="http://ws.apache.org/ns/synapse"';
const place = { path: 'x', line: 1, column: 1 };

/** Artifacts of XML snippets (`@` stands for the namespace), each in the applications given. */
function read(snippets: readonly string[], applications: readonly string[] = []): ResolvableArtifact[] {
  return snippets.flatMap((snippet, at) =>
    parseArtifactFile(snippet.replace('@', SYN), `${at}.xml`).artifacts.map((parsed) => ({
      id: `${parsed.kind}/${parsed.name}`,
      parsed,
      applications,
    })),
  );
}

function other(name: string, facts: ArtifactFacts): ResolvableArtifact {
  const parsed: ParsedArtifact = { kind: facts.kind, name, source: place, facts, effects: [], references: [] };
  return { id: `${facts.kind}/${name}`, parsed, applications: [] };
}

interface Options {
  readonly extra?: readonly ResolvableArtifact[];
  readonly applications?: readonly Application[];
  readonly configurations?: readonly ServerConfiguration[];
}

/** `from relation to state` of every reference of the first snippet's artifact. */
function edges(
  snippets: readonly string[],
  { extra = [], applications = [], configurations = [] }: Options = {},
): string[] {
  const artifacts = read(snippets);
  const { references } = resolveReferences({ artifacts: [...artifacts, ...extra], applications, configurations });
  return references
    .filter(({ from }) => from === artifacts[0]?.id)
    .map(
      ({ via, relation, to, state, port }) =>
        `${via} ${relation} ${to} ${state}${port === undefined ? '' : `, if on port ${port}`}`,
    );
}

function resolve(snippets: readonly string[]): ReturnType<typeof resolveReferences> {
  return resolveReferences({ artifacts: read(snippets), applications: [], configurations: [] });
}

const sequence = (inner: string): string => `<sequence @ name="From">${inner}</sequence>`;
const configuration = (fields: Partial<ServerConfiguration>): ServerConfiguration => ({
  source: place,
  offset: 10,
  inboundPortOffset: false,
  listeners: [],
  ...fields,
});

const forwarder = (inner: string, attributes = ''): string =>
  `<messageProcessor @ name="M" class="org.apache.synapse.message.processor.impl.forwarder.ScheduledMessageForwardingProcessor" messageStore="St" ${attributes}>${inner}</messageProcessor>`;

describe('the endpoint of a stored message', () => {
  const stores = sequence('<property name="target.endpoint" value="E"/><store messageStore="St"/>');
  const endpoints = (snippets: readonly string[]): string[] =>
    edges(snippets).filter((edge) => edge.includes('endpoint/'));

  test('is what the processor without a target needs, not the flow that names it', () => {
    expect(endpoints([forwarder(''), stores, stores.replace('From', 'Again'), '<endpoint @ name="E"/>'])).toEqual([
      'property[@name="target.endpoint"] uses endpoint/E resolved',
    ]);
    expect(endpoints([stores, forwarder(''), '<endpoint @ name="E"/>'])).toEqual([]);
  });

  test('does not matter to a processor that has a target, or to one that does not forward', () => {
    expect(endpoints([forwarder('', 'targetEndpoint="T"'), stores])).toEqual([
      'messageProcessor/@targetEndpoint uses endpoint/T missing',
    ]);
    expect(endpoints([forwarder('<parameter name="target.endpoint">T</parameter>'), stores])).toEqual([
      'parameter[@name="target.endpoint"] uses endpoint/T missing',
    ]);
    expect(
      endpoints([
        '<messageProcessor @ name="M" class="org.apache.synapse.message.processor.impl.sampler.SamplingProcessor" messageStore="St"/>',
        stores,
      ]),
    ).toEqual([]);
  });
});

describe('each place that refers to something', () => {
  test.each<[string, string[]]>([
    [sequence('<sequence key="A"/>'), ['sequence/@key uses sequence/A missing']],
    [
      sequence('<sequence key="main"/><sequence key="fault"/>'),
      ['sequence/@key uses sequence/main builtin', 'sequence/@key uses sequence/fault builtin'],
    ],
    [
      sequence('<sequence key="{$ctx:a}"/><sequence key="gov:seq/a"/>'),
      ['sequence/@key uses {$ctx:a} dynamic', 'sequence/@key uses registry-resource/_system/governance/seq/a missing'],
    ],
    ['<sequence @ name="From" onError="E"/>', ['sequence/@onError uses sequence/E missing']],
    [
      '<api @ name="A" context="/a"><resource><inSequence onError="E"/><outSequence onError="E"/><faultSequence onError="E"/></resource></api>',
      ['inSequence', 'outSequence', 'faultSequence'].map((element) => `${element}/@onError uses sequence/E missing`),
    ],
    [
      sequence(
        '<aggregate><onComplete onError="E"/></aggregate><throttle><onAccept onError="E"/><onReject onError="E"/></throttle>',
      ),
      ['onComplete', 'onAccept', 'onReject'].map((element) => `${element}/@onError uses sequence/E missing`),
    ],
    ['<template @ name="T" onError="E"><sequence/></template>', ['template/@onError uses sequence/E missing']],
    // MI keeps the blanks.
    [sequence('<sequence key=" main"/>'), ['sequence/@key uses sequence/ main missing']],
    [
      '<messageStore @ name="M" class="org.apache.synapse.message.store.impl.file.FileStore"/>',
      ['messageStore/@class needs-class library/org.apache.synapse.message.store.impl.file.FileStore missing'],
    ],
    ['<messageStore @ name="M" class="org.apache.synapse.message.store.impl.jms.JmsStore"/>', []],
    [
      '<endpoint @ name="E"><loadbalance algorithm="com.acme.A"/></endpoint>',
      ['loadbalance/@algorithm needs-class library/com.acme.A missing'],
    ],
    [
      '<endpoint @ name="E"><loadbalance algorithm=" com.acme.A "/></endpoint>',
      ['loadbalance/@algorithm needs-class library/com.acme.A missing'],
    ],
    [
      '<api @ name="A" context="/a" publishSwagger="gov:s.yaml"><resource inSequence="I" outSequence="O" faultSequence="F"/><handlers><handler class="com.acme.H"/></handlers></api>',
      [
        'api/@publishSwagger uses registry-resource/_system/governance/s.yaml missing',
        'resource/@inSequence uses sequence/I missing',
        'resource/@outSequence uses sequence/O missing',
        'resource/@faultSequence uses sequence/F missing',
        'handler/@class needs-class library/com.acme.H missing',
      ],
    ],
    ['<api @ name="A" context="/a" binds-to="default,In"/>', ['api/@binds-to binds-to inbound-endpoint/In missing']],
    [
      '<proxy @ name="P"><target inSequence="I" endpoint="E"/><publishWSDL key="conf:w" endpoint="W"><resource location="a" key="gov:r"/></publishWSDL><policy key="gov:p"/></proxy>',
      [
        'target/@inSequence uses sequence/I missing',
        'target/@endpoint uses endpoint/E missing',
        'publishWSDL/@key uses registry-resource/_system/config/w missing',
        'publishWSDL/@endpoint uses endpoint/W missing',
        'resource/@key uses registry-resource/_system/governance/r missing',
        'policy/@key uses registry-resource/_system/governance/p missing',
      ],
    ],
    [
      sequence(
        '<send receive="R"><endpoint key="E"/></send><callout endpointKey="K"/><endpoint key-expression="$ctx:e"/>',
      ),
      [
        'send/@receive uses sequence/R missing',
        'endpoint/@key uses endpoint/E missing',
        'callout/@endpointKey uses endpoint/K missing',
        'endpoint/@key-expression uses {$ctx:e} dynamic',
      ],
    ],
    [
      '<endpoint @ name="E" template="T" uri="http://elsewhere/"><loadbalance><endpoint key="A"/></loadbalance></endpoint>',
      ['endpoint/@template uses template/T missing', 'endpoint/@key uses endpoint/A missing'],
    ],
    [
      '<endpoint @ name="E"><address uri="http://a/"><enableSec policy="gov:sec"/></address></endpoint>',
      ['enableSec/@policy uses registry-resource/_system/governance/sec missing'],
    ],
    [
      sequence('<call-template target="T" onError="E"/>'),
      ['call-template/@target uses template/T missing', 'call-template/@onError uses sequence/E missing'],
    ],
    [
      sequence('<store messageStore="M" sequence="S"/>'),
      ['store/@messageStore stores-into message-store/M missing', 'store/@sequence uses sequence/S missing'],
    ],
    [
      sequence(
        '<clone><target sequence="S" endpoint="E"/></clone><foreach sequence="F"/><aggregate><onComplete sequence="C"/></aggregate>',
      ),
      [
        'target/@sequence uses sequence/S missing',
        'target/@endpoint uses endpoint/E missing',
        'foreach/@sequence uses sequence/F missing',
        'onComplete/@sequence uses sequence/C missing',
      ],
    ],
    [
      sequence(
        '<filter><then sequence="T"/><else sequence="E"/></filter><cache><onCacheHit sequence="H"/></cache><throttle onAccept="A" onReject="R"><policy key="gov:t"/></throttle><enqueue sequence="Q"/>',
      ),
      [
        'then/@sequence uses sequence/T missing',
        'else/@sequence uses sequence/E missing',
        'onCacheHit/@sequence uses sequence/H missing',
        'throttle/@onAccept uses sequence/A missing',
        'throttle/@onReject uses sequence/R missing',
        'throttle/policy/@key uses registry-resource/_system/governance/t missing',
        'enqueue/@sequence uses sequence/Q missing',
      ],
    ],
    [
      sequence(
        '<xslt key="conf:x"/><validate><schema key="resources:s.xsd"/></validate><script key="js" language="js"><include key="gov:i"/></script><datamapper config="gov:c" inputSchema="gov:i" outputSchema="gov:o"/><payloadFactory><format key="f"/></payloadFactory><enrich><source key="L"/><target/></enrich>',
      ),
      [
        'xslt/@key uses registry-resource/_system/config/x missing',
        'schema/@key uses registry-resource/_system/governance/mi-resources/s.xsd missing',
        'script/@key uses registry-resource/_system/governance/js missing',
        'include/@key uses registry-resource/_system/governance/i missing',
        'datamapper/@config uses registry-resource/_system/governance/c missing',
        'datamapper/@inputSchema uses registry-resource/_system/governance/i missing',
        'datamapper/@outputSchema uses registry-resource/_system/governance/o missing',
        'format/@key uses registry-resource/_system/governance/f missing',
        'source/@key uses registry-resource/_system/governance/L missing',
      ],
    ],
    [
      '<inboundEndpoint @ name="I" protocol="ws"><parameters><parameter name="ws.outflow.dispatch.sequence">O</parameter><parameter name="ws.outflow.dispatch.fault.sequence">F</parameter></parameters></inboundEndpoint>',
      [
        'parameter[@name="ws.outflow.dispatch.sequence"] uses sequence/O missing',
        'parameter[@name="ws.outflow.dispatch.fault.sequence"] uses sequence/F missing',
      ],
    ],
    [
      '<inboundEndpoint @ name="I" protocol="ws"><parameters><parameter name="dispatch.custom.sequence">true</parameter></parameters></inboundEndpoint>',
      ['parameter[@name="dispatch.custom.sequence"] dispatches-to {path of the connection} dynamic'],
    ],
    [
      '<inboundEndpoint @ name="I" protocol="ws"><parameters><parameter name="dispatch.custom.sequence">false</parameter></parameters></inboundEndpoint>',
      [],
    ],
    [
      '<endpoint @ name="E" onError="F"><http uri-template="https://example.com"><serverPushSequence>P</serverPushSequence></http></endpoint>',
      ['endpoint/@onError uses sequence/F missing', 'serverPushSequence uses sequence/P missing'],
    ],
    [
      sequence(
        '<dblookup><connection><pool><dsName>java:comp/env/jdbc/D</dsName></pool></connection></dblookup><dataServiceCall serviceName="DS"/>',
      ),
      ['dsName uses data-source/jdbc/D missing', 'dataServiceCall/@serviceName uses data-service/DS missing'],
    ],
    [
      '<messageStore @ name="M" class="org.apache.synapse.message.store.impl.jdbc.JDBCMessageStore"><parameter name="store.jdbc.dsName">jdbc/D</parameter></messageStore>',
      ['parameter[@name="store.jdbc.dsName"] uses data-source/jdbc/D missing'],
    ],
    [
      sequence('<class name="com.acme.M"/><class name="org.apache.synapse.mediators.builtin.LogMediator"/>'),
      ['class/@name needs-class library/com.acme.M missing'],
    ],
    [
      sequence(
        '<ai.agent><tools><tool name="t" template="T"/></tools><connections><llmConfigKey>K</llmConfigKey></connections></ai.agent>',
      ),
      [
        'ai.agent uses connector/ai missing',
        'tool/@template uses template/T missing',
        'llmConfigKey/text() uses local-entry/K missing',
      ],
    ],
    [
      sequence('<property name="p" expression="get-property(\'registry\',\'gov:a\')"/>'),
      ['property/@expression uses registry-resource/_system/governance/a missing'],
    ],
    ['<task @ name="T"/>', ['property[@name="injectTo"] injects-into sequence/main builtin']],
    ['<task @ name="T" class="com.acme.T"/>', ['task/@class needs-class library/com.acme.T missing']],
    [
      '<task @ name="T" class="org.wso2.carbon.ei.samples.T"/>',
      ['task/@class needs-class library/org.wso2.carbon.ei.samples.T missing'],
    ],
    ['<task @ name="T" class="org.wso2.carbon.eix.T"/>', []],
    [
      '<task @ name="T"><property name="injectTo" value="proxy"/><property name="proxyName" value="$CUSTOM_vault:proxy"/></task>',
      ['property[@name="proxyName"] injects-into $CUSTOM_vault:proxy dynamic'],
    ],
    [
      '<task @ name="T"><property name="injectTo" value="proxy"/><property name="proxyName" value="P"/></task>',
      ['property[@name="proxyName"] injects-into proxy-service/P missing'],
    ],
    [
      '<task @ name="T"><property name="injectTo" value="sequence"/><property name="sequenceName" value="S"/><property name="registryKey" value="conf:m"/></task>',
      [
        'property[@name="sequenceName"] injects-into sequence/S missing',
        'property[@name="registryKey"] uses registry-resource/_system/config/m missing',
      ],
    ],
    [
      '<messageProcessor @ name="M" class="org.apache.synapse.message.processor.impl.sampler.SamplingProcessor" messageStore="S" targetEndpoint="E"><parameter name="sequence">Q</parameter><parameter name="message.processor.failMessagesStore">F</parameter></messageProcessor>',
      [
        'messageProcessor/@messageStore consumes-from message-store/S missing',
        'parameter[@name="sequence"] uses sequence/Q missing',
        'parameter[@name="message.processor.failMessagesStore"] stores-into message-store/F missing',
      ],
    ],
    [
      '<messageProcessor @ name="M" class="org.apache.synapse.message.processor.impl.forwarder.ScheduledMessageForwardingProcessor" messageStore="S" targetEndpoint="E"/>',
      [
        'messageProcessor/@messageStore consumes-from message-store/S missing',
        'messageProcessor/@targetEndpoint uses endpoint/E missing',
      ],
    ],
    [
      '<messageStore @ name="S"><parameter name="store.failover.message.store.name">B</parameter></messageStore>',
      ['parameter[@name="store.failover.message.store.name"] stores-into message-store/B missing'],
    ],
    [
      '<inboundEndpoint @ name="I" class="com.acme.I" sequence="S" onError="E"><parameters><parameter name="interval" key="conf:i"/></parameters><handlers><handler class="com.acme.H"/></handlers></inboundEndpoint>',
      [
        'inboundEndpoint/@class needs-class library/com.acme.I missing',
        'inboundEndpoint/@sequence uses sequence/S missing',
        'inboundEndpoint/@onError uses sequence/E missing',
        'parameter/@key uses registry-resource/_system/config/i missing',
        'handler/@class needs-class library/com.acme.H missing',
      ],
    ],
    ['<inboundEndpoint @ name="I" protocol="http" class="com.acme.I"/>', []],
    [
      '<inboundEndpoint name="I" class="org.wso2.carbon.inbound.sse.McpInboundListener" sequence=""><parameters @><parameter name="mcp.tools.localentry">L</parameter></parameters></inboundEndpoint>',
      [
        'inboundEndpoint/@class needs-class library/org.wso2.carbon.inbound.sse.McpInboundListener missing',
        'parameter[@name="mcp.tools.localentry"] uses local-entry/L missing',
      ],
    ],
    [
      '<localEntry @ key="L"><mcptools><tool name="a"><api>A</api><resource>/x</resource></tool><tool name="b"><sequence>S</sequence></tool></mcptools></localEntry>',
      ['tool/api offers-tool api/A missing', 'tool/sequence offers-tool sequence/S missing'],
    ],
    [
      '<localEntry @ key="L"><sequence><store messageStore="M"/></sequence></localEntry>',
      ['store/@messageStore stores-into message-store/M missing'],
    ],
    [
      '<localEntry @ key="L"><endpoint><address uri="http://localhost:8290/services/P"/></endpoint></localEntry>',
      ['address/@uri calls-loopback proxy-service/P missing'],
    ],
    ['<localEntry @ key="L"><sequence xmlns=""><store messageStore="M"/></sequence></localEntry>', []],
    ['<localEntry @ key="L"><orders><store messageStore="M"/></orders></localEntry>', []],
    ['<localEntry @ key="L"><xsl:stylesheet xmlns:xsl="x"><sequence key="A"/></xsl:stylesheet></localEntry>', []],
    [
      '<data name="D"><config id="c"><property name="carbon_datasource_name">DS</property></config><query><result xsltPath="conf:x"/></query></data>',
      [
        'property[@name="carbon_datasource_name"] uses data-source/DS missing',
        'result/@xsltPath uses registry-resource/_system/config/x missing',
      ],
    ],
    [
      sequence(
        '<payloadFactory><format><sequence key="Data"/></format></payloadFactory><property name="p"><store messageStore="Data"/></property>',
      ),
      [],
    ],
  ])('%s', (snippet, expected) => expect(edges([snippet])).toEqual(expected));
});

describe('what a name means', () => {
  test('a sequence may stand in a local entry; a bare key is a local entry first, then a governance resource', () => {
    const resource = other('r', { kind: 'registry-resource', registryPath: '/_system/governance/only/there.xsl' });
    expect(
      edges(
        [
          sequence('<sequence key="L"/><xslt key="L"/><xslt key="only/there.xsl"/><xslt key="gov:/only/there.xsl"/>'),
          '<localEntry @ key="L"/>',
        ],
        { extra: [resource] },
      ),
    ).toEqual([
      'sequence/@key uses local-entry/L resolved',
      'xslt/@key uses local-entry/L resolved',
      'xslt/@key uses registry-resource/r resolved',
      'xslt/@key uses registry-resource/r resolved',
    ]);
  });

  test('a property of a resource, and what lies in a collection, need the resource that is declared', () => {
    const extra = [
      other('c', { kind: 'registry-resource', registryPaths: ['/_system/config/other', '/_system/config/dir/'] }),
      other('r', { kind: 'registry-resource', registryPath: '/_system/governance/r' }),
    ];
    expect(
      edges(
        [
          sequence(
            `<xslt key="conf:dir/a/b.xsl"/><xslt key="conf:directory"/><property name="p" expression="get-property('registry','gov:/r@x')"/>`,
          ),
        ],
        { extra },
      ),
    ).toEqual([
      'xslt/@key uses registry-resource/c resolved',
      'xslt/@key uses registry-resource/_system/config/directory missing',
      'property/@expression uses registry-resource/r resolved',
    ]);
  });

  test.each([
    [
      'dsName',
      '<dblookup><connection><pool><dsName>D</dsName></pool></connection></dblookup>',
      'jdbc/D',
      'sequence/From looks for the data source D in JNDI (dsName), where data-source/D is jdbc/D: MI does not find it.',
      'Write jdbc/D instead of D.',
    ],
    [
      'dsName',
      '<dblookup><connection><pool><dsName>D</dsName></pool></connection></dblookup>',
      undefined,
      'sequence/From looks for the data source D in JNDI (dsName), where data-source/D is not: MI does not find it.',
      'Add <jndiConfig><name>D</name></jndiConfig> to data-source/D.',
    ],
  ])(
    'a data source that %s calls by the wrong of its names is told of, and is what is meant',
    (via, flow, jndi, ...told) => {
      const config = jndi === undefined ? '' : `<jndiConfig><name>${jndi}</name></jndiConfig>`;
      const { references, diagnostics } = resolve([sequence(flow), `<datasource><name>D</name>${config}</datasource>`]);
      expect(references).toMatchObject([{ via, to: 'data-source/D', state: 'resolved' }]);
      expect(diagnostics.map(({ code, message, hint }) => [code, message, hint])).toEqual([['MI-REF-JNDI', ...told]]);
    },
  );

  test('a data service finds no data source by its JNDI name', () => {
    const { diagnostics } = resolve([
      '<data name="S"><config id="c"><property name="carbon_datasource_name">jdbc/D</property></config></data>',
      '<datasource><name>D</name><jndiConfig><name>jdbc/D</name></jndiConfig></datasource>',
    ]);
    expect(diagnostics.map(({ code, hint }) => [code, hint])).toEqual([['MI-REF-JNDI', 'Write D instead of jdbc/D.']]);
  });

  test('a data source of another server is not looked for', () => {
    expect(
      edges([
        sequence(
          '<dblookup><connection><pool><dsName>D</dsName><icClass>com.example.Factory</icClass></pool></connection></dblookup>',
        ),
        '<messageStore @ name="M" class="org.apache.synapse.message.store.impl.jdbc.JDBCMessageStore"><parameter name="store.jdbc.dsName">D</parameter><parameter name="store.jdbc.icClass">com.example.Factory</parameter></messageStore>',
      ]),
    ).toEqual([]);
  });

  test('a data source is found by JNDI name, a class by the library that holds it, a connector by its prefix', () => {
    const extra = [
      other('lib', { kind: 'library', role: 'class-mediator', classes: ['com.acme.M'] }),
      other('mi-connector-kafka-3.1.0', { kind: 'connector' }),
      other('salesforce', { kind: 'connector', connectorName: 'org.wso2.carbon.salesforcerest' }),
    ];
    expect(
      edges(
        [
          sequence(
            '<dblookup><dsName>jdbc/D</dsName></dblookup><dblookup><dsName>java:comp/env/jdbc/D</dsName></dblookup><class name="com.acme.M"/><kafka.publish/><salesforcerest.query/>',
          ),
          '<datasource><name>D</name><jndiConfig><name>jdbc/D</name></jndiConfig></datasource>',
        ],
        { extra },
      ),
    ).toEqual([
      'dsName uses data-source/D resolved',
      'dsName uses data-source/D resolved',
      'class/@name needs-class library/lib resolved',
      'kafka.publish uses connector/mi-connector-kafka-3.1.0 resolved',
      'salesforcerest.query uses connector/salesforce resolved',
    ]);
  });

  test('a connector that the pom names is found by the beginning of its operations, one that was read by its name only', () => {
    const operations = [sequence('<kafkaTransport.publish/><amazons3.get/><salesforce.query/><filex.read/>')];
    const extra = [
      other('mi-connector-kafka', { kind: 'connector' }),
      other('mi-connector-amazons3', { kind: 'connector' }),
      other('mi-connector-salesforcesoap', { kind: 'connector' }),
      other('mi-connector-file', { kind: 'connector', connectorName: 'org.wso2.carbon.file' }),
    ];
    expect(edges(operations, { extra })).toEqual([
      'kafkaTransport.publish uses connector/mi-connector-kafka resolved',
      'amazons3.get uses connector/mi-connector-amazons3 resolved',
      'salesforce.query uses connector/mi-connector-salesforcesoap resolved',
      'filex.read uses connector/filex missing',
    ]);
  });

  const common: Application = {
    id: 'common_1.0.0',
    type: 'project',
    name: 'common',
    version: '1.0.0',
    descriptorId: 'com.acme__common__1.0.0',
    source: place,
    versionedDeployment: true,
    fat: false,
    dependencies: [],
    deliveries: [],
  };

  test('names of versioned deployments lead into the application they name, and nowhere else', () => {
    const artifacts = [
      ...read([
        sequence(
          '<sequence key="com.acme__common__S"/><sequence key="com.acme__common__1.0.0__S"/><sequence key="com.acme__other__S"/><sequence key="com.acme__common__Elsewhere"/>',
        ),
      ]),
      ...read(['<sequence @ name="S"/>'], ['common_1.0.0']),
      ...read(['<sequence @ name="Elsewhere"/>'], ['x_1']),
    ];
    expect(
      resolveReferences({ artifacts, applications: [common], configurations: [] }).references.map(
        ({ to, state }) => `${to} ${state}`,
      ),
    ).toEqual([
      'sequence/S resolved',
      'sequence/S resolved',
      'sequence/com.acme__other__S missing',
      'sequence/com.acme__common__Elsewhere missing',
    ]);
  });

  test.each([
    ['exposing', '/com.acme/common/1.0.0/a/b', 'api/A resolved'],
    ['none', '/com.acme/common/1.0.0/a/b', 'api/context:/com.acme/common/1.0.0/a/b missing'],
    ['both', '/com.acme/common/1.0.0/a/b', 'api/A resolved'],
    ['exposing', '/a/b', 'api/context:/a/b missing'],
    ['none', '/a/b', 'api/A resolved'],
    ['both', '/a/b', 'api/A resolved'],
    ['exposing', '/services/com.acme__common__1.0.0/P', 'proxy-service/P resolved'],
    ['exposing', '/services/P', 'proxy-service/P missing'],
    ['both', '/services/P', 'proxy-service/P resolved'],
  ] as const)('servers that expose versions (%s) answer at %s: %s', (servers, path, to) => {
    const app: Application = { ...common, id: 'x_1' };
    const artifacts = read(
      [
        '<api @ name="A" context="/a"><resource methods="GET"><inSequence><respond/></inSequence></resource></api>',
        '<proxy @ name="P"><target><inSequence><respond/></inSequence></target></proxy>',
        `<endpoint @ name="E"><address uri="http://localhost:8290${path}"/></endpoint>`,
      ],
      ['x_1'],
    );
    const exposing = configuration({ exposesVersionedServices: true });
    const configurations = { none: [], exposing: [exposing], both: [exposing, configuration({})] }[servers];
    expect(
      resolveReferences({ artifacts, applications: [app], configurations }).references.map(
        (one) => `${one.to} ${one.state}`,
      ),
    ).toEqual([to]);
  });

  test.each([
    ['gov:/a//b/', '/_system/governance/a/b'],
    ['conf:a', '/_system/config/a'],
    ['local:a', '/_system/local/a'],
    ['resources:json/x', '/_system/governance/mi-resources/json/x'],
    ['a/b', '/_system/governance/a/b'],
    ['/_system/config/a', '/_system/config/a'],
  ])('the registry path of %s', (key, path) => expect(registryPath(key)).toBe(path));
});

describe('calls to the server itself', () => {
  const apis = [
    '<api @ name="Orders" context="/orders"/>',
    '<api @ name="OrdersV2" context="/orders" version="2" version-type="url"/>',
    '<api @ name="In" context="/in" binds-to="HttpIn"/>',
    '<proxy @ name="P"/>',
    '<data name="D"/>',
    '<inboundEndpoint @ name="HttpIn" protocol="http"><parameters><parameter name="inbound.http.port">9000</parameter></parameters></inboundEndpoint>',
  ];
  const call = (uri: string, options: Options = {}): string[] =>
    edges([`<endpoint @ name="E"><address uri="${uri}"/></endpoint>`, ...apis], options).map((edge) =>
      edge.replace('address/@uri calls-loopback ', ''),
    );

  test.each([
    ['http://localhost:8290/orders', ['api/Orders resolved']],
    ['http://localhost:8290/orders?a=b', ['api/Orders resolved']],
    ['https://127.0.0.1:8253/orders/2/x', ['api/OrdersV2 resolved']],
    ['http://[::1]:8280/orders/3', ['api/Orders resolved, if on port 8280']],
    ['https://localhost:8243/none', ['api/context:/none missing, if on port 8243']],
    ['http://0.0.0.0:8290/ordersX', ['api/context:/ordersX missing']],
    ['http://localhost:8290/services/P', ['proxy-service/P resolved']],
    ['http://localhost:8290/services/P.PHttpSoap11Endpoint', ['proxy-service/P resolved']],
    ['http://localhost:8290/services/D/op', ['data-service/D resolved']],
    ['http://localhost:8290/services/None', ['proxy-service/None missing']],
    ['local:///services/P', ['proxy-service/P resolved']],
    ['local://axis2services/P', ['proxy-service/P resolved']],
    ['http://localhost:8290/orders/{uri.var.id}', ['api/Orders resolved']],
    ['http://localhost:8290/{uri.var.what}/x', ['http://localhost:8290/{uri.var.what}/x dynamic']],
    ['http://localhost:8290/ord{uri.var.x}', ['http://localhost:8290/ord{uri.var.x} dynamic']],
    ['http://${host}:8290/orders', ['http://${host}:8290/orders dynamic']],
    ['${configs.url}', ['${configs.url} dynamic']],
    ['$SYSTEM:url', ['$SYSTEM:url dynamic']],
    ['$CUSTOM_vault:url', ['$CUSTOM_vault:url dynamic']],
    ['http://localhost:8080/orders', []],
    ['http://localhost/orders', []],
    ['http://example.com:8290/orders', []],
    ['jms:/queue', []],
    // An API bound to an inbound endpoint answers there and only there.
    ['http://localhost:8290/in', ['api/context:/in missing']],
    ['http://localhost:9000/in/x', ['api/In resolved']],
    ['http://localhost:9000/orders', ['inbound-endpoint/HttpIn resolved']],
  ])('%s', (uri, expected) => expect(call(uri)).toEqual(expected));

  test.each(['http://{uri.var.host}:8290/orders', '{$ctx:to}'])(
    'by the expression %s are those of an http endpoint',
    (uri) => {
      expect(call(uri)).toEqual([]);
      expect(edges([`<endpoint @ name="E"><http uri-template="${uri}"/></endpoint>`])).toEqual([
        `http/@uri-template calls-loopback ${uri} dynamic`,
      ]);
    },
  );

  test('follow the configured offset and host name', () => {
    const configurations = [configuration({ offset: 20, hostname: 'Orders.acme.com', inboundPortOffset: true })];
    expect(call('http://localhost:8300/orders', { configurations })).toEqual(['api/Orders resolved']);
    expect(call('http://localhost:8280/orders', { configurations })).toEqual(['api/Orders resolved, if on port 8280']);
    const moved = [configuration({ offset: 0, ports: { http: 8001 } })];
    expect(call('http://localhost:8001/orders', { configurations: moved })).toEqual(['api/Orders resolved']);
    expect(call('https://orders.acme.com:8263/orders', { configurations })).toEqual(['api/Orders resolved']);
    expect(call('http://localhost:9020/orders', { configurations })).toEqual(['inbound-endpoint/HttpIn resolved']);
  });

  test('are found in values, connector parameters and HTTP connections with their relative path', () => {
    const from = sequence(
      '<property name="u" value="http://localhost:8290/orders"/><x.call><url> http://localhost:8290/orders </url></x.call><http.get configKey="C"><relativePath>/orders/${vars.id}</relativePath></http.get><http.get configKey="C"><relativePath>/none</relativePath></http.get><http.get configKey="Far"><relativePath>/orders</relativePath></http.get>',
    );
    const entries = [
      '<localEntry @ key="C"><http.init><baseUrl>http://localhost:8290</baseUrl></http.init></localEntry>',
      '<localEntry @ key="Far"><http.init><baseUrl>https://example.com</baseUrl></http.init></localEntry>',
    ];
    expect(edges([from, ...apis, ...entries]).filter((edge) => edge.includes('loopback'))).toEqual([
      'property/@value calls-loopback api/Orders resolved',
      'url/text() calls-loopback api/Orders resolved',
      'http.get/relativePath calls-loopback api/Orders resolved',
      'http.get/relativePath calls-loopback api/context:/none missing',
    ]);
    // The connection alone calls nothing: its operations do.
    expect(edges([entries[0]!, from])).toEqual(['http.init uses connector/http missing']);
  });
});

describe('dispatching inbound endpoints', () => {
  const inbound = (pattern: string): string =>
    `<inboundEndpoint @ name="I" protocol="http"><parameters><parameter name="dispatch.filter.pattern">${pattern}</parameter></parameters></inboundEndpoint>`;
  const targets = ['<api @ name="A" context="/a"/>', '<api @ name="B" context="/b"/>', '<proxy @ name="P"/>'];
  const via = 'parameter[@name="dispatch.filter.pattern"] dispatches-to';
  test.each([
    ['.*', [`${via} api/A resolved`, `${via} api/B resolved`, `${via} proxy-service/P resolved`]],
    ['^(/a|/services/P)$', [`${via} api/A resolved`, `${via} proxy-service/P resolved`]],
    ['/a/deep/down/.*', [`${via} api/A resolved`]],
    ['(?!/services).*', [`${via} api/A resolved`, `${via} api/B resolved`]],
    ['/none', [`${via} api/matching:/none missing`]],
    ['(', [`${via} ( dynamic`]],
    ['(a+)+x', [`${via} (a+)+x dynamic`]],
  ])('%s', (pattern, expected) => expect(edges([inbound(pattern), ...targets])).toEqual(expected));

  test('a pattern that cannot be tried is said, and not tried', () => {
    const paths = [{ path: `/${'a'.repeat(200)}`, id: 'api/A' }];
    for (const pattern of ['(a|aa)+$', '(.*)*x', '.*.*.*.*.*.*.*x', '((a+)+)+', '(/a{1,9}){1,99}x'])
      expect(dispatchTargets(pattern, paths)).toHaveProperty('refused');
    const { diagnostics } = resolveReferences({
      artifacts: read([inbound('(')]),
      applications: [],
      configurations: [],
    });
    expect(diagnostics).toMatchObject([{ code: 'MI-DISPATCH-PATTERN', severity: 'warning' }]);
  });
});

test('the order of artifacts changes nothing', () => {
  const from = sequence('<sequence key="B"/><sequence key="A"/>');
  const artifacts = read([
    from,
    '<sequence @ name="A"/>',
    '<api @ name="X" context="/x"><resource inSequence="From"/></api>',
    '<api @ name="Y" context="/x"/>',
    '<endpoint @ name="E"><address uri="http://localhost:8290/x"/></endpoint>',
  ]);
  const forward = resolveReferences({ artifacts, applications: [], configurations: [] });
  expect(resolveReferences({ artifacts: artifacts.toReversed(), applications: [], configurations: [] })).toEqual(
    forward,
  );
  expect(forward.references.map(({ from: source, to }) => `${source} ${to}`)).toEqual([
    'api/X sequence/From',
    'endpoint/E api/X',
    'sequence/From sequence/B',
    'sequence/From sequence/A',
  ]);
  expect(forward.references[2]?.source).toEqual({
    path: '0.xml',
    line: 1,
    column: from.replace('@', SYN).indexOf('key="B"') + 1,
  });
});
