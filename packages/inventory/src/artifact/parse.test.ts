import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ArtifactFacts } from '../model/inventory.ts';
import { parseArtifactFile } from './parse.ts';
import type { ParsedArtifact } from './parsed.ts';

const SYN = 'xmlns="http://ws.apache.org/ns/synapse"';

function only(text: string): ParsedArtifact {
  const { artifacts, diagnostics } = parseArtifactFile(text, 'f.xml');
  expect(diagnostics).toEqual([]);
  expect(artifacts).toHaveLength(1);
  return artifacts[0]!;
}

const codes = (text: string): string[] => parseArtifactFile(text, 'f.xml').diagnostics.map(({ code }) => code);

describe('kinds and names', () => {
  test.each([
    [`<api ${SYN} name="A" context="/a"><resource/></api>`, 'api', 'A'],
    [`<proxy ${SYN} name="P"><target inSequence="s"/></proxy>`, 'proxy-service', 'P'],
    [`<sequence ${SYN} name="S"/>`, 'sequence', 'S'],
    [`<endpoint ${SYN} name="E"><default/></endpoint>`, 'endpoint', 'E'],
    [`<template ${SYN} name="T"><sequence/></template>`, 'template', 'T'],
    [`<template ${SYN} name="T"><endpoint name="$name"/></template>`, 'template', 'T'],
    [`<localEntry ${SYN} key="L"/>`, 'local-entry', 'L'],
    [`<task ${SYN} name="K" class="org.acme.T"><trigger once="true"/></task>`, 'task', 'K'],
    [`<messageProcessor ${SYN} name="M" class="c" messageStore="s"/>`, 'message-processor', 'M'],
    [`<messageStore ${SYN} name="M"/>`, 'message-store', 'M'],
    [`<inboundEndpoint ${SYN} name="I" protocol="rabbitmq" sequence="s"/>`, 'inbound-endpoint', 'I'],
    [`<inboundEndpoint name="I" protocol="rabbitmq" sequence="s"/>`, 'inbound-endpoint', 'I'],
    [`<eventSource ${SYN} name="V"/>`, 'event-source', 'V'],
    [`<priorityExecutor ${SYN} name="X"/>`, 'unsupported', 'X'],
    ['<data name="D"/>', 'data-service', 'D'],
    ['<data xmlns="http://ws.wso2.org/dataservice" name="D"/>', 'data-service', 'D'],
    ['<datasource><name> DS </name></datasource>', 'data-source', 'DS'],
    [
      `<syn:api xmlns:syn="http://ws.apache.org/ns/synapse" name="A" context="/a"><syn:resource/></syn:api>`,
      'api',
      'A',
    ],
  ])('%s', (text, kind, name) => {
    expect(only(text)).toMatchObject({ kind, name, source: { path: 'f.xml', line: 1, column: 1 } });
  });

  test.each([
    ['org.apache.synapse.eventing.managers.DefaultInMemorySubscriptionManager', ['subscriptions']],
    ['com.acme.Manager', []],
  ])('an event source with the manager %s has the effects %j', (name, expected) => {
    const text = `<eventSource ${SYN} name="V"><subscriptionManager class="${name}"/></eventSource>`;
    expect(parseArtifactFile(text, 'f.xml').artifacts[0]?.effects.map(({ type }) => type)).toEqual(expected);
  });

  test('a file of another kind is no artifact, and no error', () => {
    expect(parseArtifactFile('<unit-test/>', 'f')).toEqual({ artifacts: [], root: 'unit-test', diagnostics: [] });
  });

  test('a broken file is a diagnostic that still names the root', () => {
    expect(parseArtifactFile('<task name="T">', 'f')).toMatchObject({
      artifacts: [],
      root: 'task',
      diagnostics: [{ code: 'MI-XML-MALFORMED' }],
    });
  });

  test('a wrong namespace does not hide a stateful artifact', () => {
    const { artifacts, diagnostics } = parseArtifactFile(
      '<task name="T" class="c"><trigger interval="5"/></task>',
      'f',
    );
    expect(artifacts[0]).toMatchObject({ kind: 'task', name: 'T', facts: { trigger: { interval: '5' } } });
    expect(diagnostics).toMatchObject([{ code: 'MI-XML-NAMESPACE', severity: 'error' }]);
  });

  // Seen on MI 4.3.0, with each kind in no namespace and in another one.
  test.each([
    ['api', '<api name="N" context="/n"/>', ['error MI-XML-NAMESPACE']],
    [
      'sequence',
      '<sequence name="N"><log/><filter xpath="//a"><then><drop/></then></filter></sequence>',
      ['error MI-XML-NAMESPACE'],
    ],
    ['template', '<template name="N"><sequence><log/></sequence></template>', ['warning MI-XML-NAMESPACE']],
    ['datasource', '<datasource xmlns="urn:n"><name>N</name></datasource>', ['error MI-XML-NAMESPACE']],
    ['localEntry', '<localEntry key="N">a</localEntry>', []],
    ['messageStore', '<messageStore name="N"/>', []],
    [
      'messageStore',
      '<messageStore name="N"><parameter name="a">b</parameter></messageStore>',
      ['warning MI-XML-PARAMETERS'],
    ],
    ['messageStore', `<messageStore name="N"><parameter ${SYN} name="a">b</parameter></messageStore>`, []],
    [
      'inboundEndpoint',
      '<inboundEndpoint name="N" protocol="http" sequence="S"><parameters><parameter name="a">b</parameter></parameters></inboundEndpoint>',
      ['error MI-XML-PARAMETERS'],
    ],
  ])('%s in a foreign namespace: %s', (_local, text, expected) => {
    const { artifacts, diagnostics } = parseArtifactFile(text, 'f');
    expect(artifacts).toHaveLength(1);
    expect(diagnostics.map(({ severity, code }) => `${severity} ${code}`)).toEqual(expected);
  });

  test.each([
    [`<api ${SYN} context="/a"/>`, ['MI-ARTIFACT-NAME']],
    [`<localEntry ${SYN}/>`, ['MI-ARTIFACT-NAME']],
    ['<datasource/>', ['MI-ARTIFACT-NAME']],
    [`<sequence ${SYN} name=" "/>`, ['MI-ARTIFACT-NAME']],
    [`<sequence ${SYN} name=" S"/>`, ['MI-ARTIFACT-NAME']],
    [
      `<inboundEndpoint ${SYN} name="a/b" protocol="jms" sequence="s"><parameters/></inboundEndpoint>`,
      ['MI-TASK-TRIGGER'],
    ],
    [
      `<inboundEndpoint ${SYN} name="a/b" protocol="jms" sequence="s"><parameters><parameter name="coordination">false</parameter></parameters></inboundEndpoint>`,
      [],
    ],
    [`<inboundEndpoint ${SYN} name="a/b" protocol="rabbitmq" sequence="s"/>`, []],
    [`<api ${SYN} name="A"><resource/></api>`, ['MI-ARTIFACT-INCOMPLETE']],
    [`<messageProcessor ${SYN} name="M"/>`, ['MI-ARTIFACT-INCOMPLETE', 'MI-ARTIFACT-INCOMPLETE']],
    [`<messageStore ${SYN} name="M" class="org.acme.RabbitMQStore"/>`, []],
    [`<messageStore ${SYN} name="M" class="org.acme.JmsStore"/>`, []],
    [`<inboundEndpoint ${SYN} name="I"/>`, ['MI-ARTIFACT-INCOMPLETE']],
    [`<task ${SYN} name="T" class="org.acme.T"><trigger interval="1" cron="* * * * * ?"/></task>`, ['MI-TASK-TRIGGER']],
    [`<task ${SYN} name="T" class="org.acme.T"><trigger interval="0" cron="* * * * * ?"/></task>`, []],
    [`<task ${SYN} name="T" class="org.acme.T"><trigger once="true" cron="* * * * * ?"/></task>`, ['MI-TASK-TRIGGER']],
    [`<task ${SYN} name="T" class="org.acme.T"><trigger count="4"/></task>`, ['MI-TASK-TRIGGER']],
    [`<task ${SYN} name="T" class="org.acme.T"><trigger count="5" cron="* * * * * ?"/></task>`, ['MI-TASK-TRIGGER']],
    [`<task ${SYN} name="T" class="org.acme.T"><trigger count="-1" cron="* * * * * ?"/></task>`, []],
    [`<task ${SYN} name="T" class="org.acme.T"><trigger interval="5m"/></task>`, ['MI-TASK-TRIGGER']],
    [
      `<task ${SYN} name="T" class="org.acme.T"><trigger interval="$SYSTEM:pace" count="\${configs.count}"/></task>`,
      [],
    ],
    [`<task ${SYN} name="T" class="org.acme.T"><trigger interval="-5"/></task>`, ['MI-TASK-TRIGGER']],
    [`<task ${SYN} name="T" class="org.acme.T"><trigger interval="8999999999999999" count="-2147483648"/></task>`, []],
    [`<task ${SYN} name="T" class="org.acme.T"><trigger interval="5" count="2147483648"/></task>`, ['MI-TASK-TRIGGER']],
    [`<task ${SYN} name="T" class="org.acme.T"><trigger interval="9223372036854775808"/></task>`, ['MI-TASK-TRIGGER']],
    [`<task ${SYN} name="T" class="org.acme.T"><trigger cron="*/5 * * * *"/></task>`, ['MI-CRON-INVALID']],
    [`<task ${SYN} name="T" class="org.acme.T"><trigger cron=""/></task>`, ['MI-CRON-INVALID']],
    [`<task ${SYN} name="T" class="org.acme.T"><trigger cron="0 0 12 * * ? 2020"/></task>`, ['MI-CRON-INVALID']],
    [`<task ${SYN} name="T" class="org.acme.T"><trigger cron="0 0 12 * * ? 2090"/></task>`, ['MI-CRON-ENDS']],
    [`<task ${SYN} name="T" class="org.acme.T"><trigger cron="$SYSTEM:pace"/></task>`, []],
    ...(
      [
        ['cronExpression', '*/5 * * * *', ['MI-CRON-INVALID']],
        ['cronExpression', '$SYSTEM:pace', ['MI-CRON-INVALID']],
        ['cronExpression', ' 0 * * * * ? ', []],
        ['cronExpression', ' ', []],
        ['interval', ' 1000 ', ['MI-PROCESSOR-INTERVAL']],
        ['interval', '', ['MI-PROCESSOR-INTERVAL']],
        ['interval', '+1000', []],
        ['member.count', 'x', ['MI-PROCESSOR-NUMBER']],
        ['member.count', '', ['MI-PROCESSOR-NUMBER']],
        ['member.count', ' 2 ', ['MI-PROCESSOR-NUMBER']],
        ['member.count', '$SYSTEM:count', ['MI-PROCESSOR-NUMBER']],
        ['member.count', '0', ['MI-PROCESSOR-NUMBER']],
        ['member.count', '2', []],
        ['max.delivery.attempts', 'four', []],
      ] as const
    ).map(([parameter, value, expected]): [string, string[]] => [
      `<messageProcessor ${SYN} name="M" class="c" messageStore="s"><parameter name="${parameter}">${value}</parameter></messageProcessor>`,
      [...expected],
    ]),
    ...['max.delivery.attempts', 'client.retry.interval'].flatMap((parameter): [string, string[]][] =>
      ['forwarder.ScheduledMessageForwardingProcessor', 'failover.FailoverScheduledMessageForwardingProcessor'].flatMap(
        (processor): [string, string[]][] =>
          [
            ['four', ['MI-PROCESSOR-NUMBER']],
            ['1.5', ['MI-PROCESSOR-NUMBER']],
            [' 4 ', ['MI-PROCESSOR-NUMBER']],
            ['-1', []],
          ].map(([value, expected]): [string, string[]] => [
            `<messageProcessor ${SYN} name="M" class="org.apache.synapse.message.processor.impl.${processor}" messageStore="s"><parameter name="${parameter}">${value as string}</parameter></messageProcessor>`,
            expected as string[],
          ]),
      ),
    ),
    [
      `<inboundEndpoint ${SYN} name="I" class="a.B"><parameters><parameter name="cronExpression">0 0 * * *</parameter></parameters></inboundEndpoint>`,
      ['MI-CRON-INVALID'],
    ],
    [
      `<inboundEndpoint ${SYN} name="I" class="a.B"><parameters><parameter name="interval">5</parameter><parameter name="cronExpression">0 0 * * *</parameter></parameters></inboundEndpoint>`,
      [],
    ],
    [`<task ${SYN} name="T" class="org.acme.T"><trigger once="true"/></task>`, []],
    [`<task ${SYN} name="T"><trigger once="true"/></task>`, ['MI-ARTIFACT-INCOMPLETE']],
    [
      `<task ${SYN} name="T"><trigger once="true"/><property name="message">text</property></task>`,
      ['MI-ARTIFACT-INCOMPLETE'],
    ],
    [
      `<task ${SYN} name="T"><trigger once="true"/><property name="message" value="text"/></task>`,
      ['MI-ARTIFACT-INCOMPLETE'],
    ],
    [`<task ${SYN} name="T"><trigger once="true"/><property name="message"><m xmlns=""/></property></task>`, []],
    [`<task ${SYN} name="T"><trigger once="true"/><property name="registryKey" value="gov:m"/></task>`, []],
    [
      `<task ${SYN} name="T"><trigger once="true"/><property name="injectTo" value="sequence"/><property name="message"><m xmlns=""/></property></task>`,
      ['MI-ARTIFACT-INCOMPLETE'],
    ],
  ])('%s is said to be refused by MI', (text, expected) => expect(codes(text)).toEqual(expected));

  test.each([
    ['', undefined],
    ['startOnLoad="true"', undefined],
    ['startOnLoad="false"', true],
    ['startOnLoad="no"', true],
    ['startOnLoad="${configs.start}"', undefined],
  ])('a task with %j starts paused, where MI reads it: %s', (attribute, startsPaused) => {
    const { facts } = only(
      `<task ${SYN} name="T" ${attribute}><trigger interval="5"/><property name="registryKey" value="gov:m"/></task>`,
    );
    expect(facts).toMatchObject({ kind: 'task', ...(startsPaused === undefined ? {} : { startsPaused }) });
    expect('startsPaused' in facts).toBe(startsPaused === true);
  });

  test.each([
    ['', true],
    ['startOnLoad="true"', true],
    ['startOnLoad="TRUE"', true],
    ['startOnLoad="FALSE"', false],
    ['startOnLoad="no"', false],
    ['startOnLoad=""', false],
    ['startOnLoad=" true "', false],
  ])('a proxy with %j starts: %s', (attribute, startOnLoad) => {
    expect(only(`<proxy ${SYN} name="P" ${attribute}><target inSequence="s"/></proxy>`).facts).toMatchObject({
      startOnLoad,
    });
  });

  test('definitions hold several artifacts, and their mediators are the main sequence', () => {
    const { artifacts } = parseArtifactFile(
      `<definitions ${SYN}><registry provider="r"/><taskManager provider="t"/><proxy name="P"/><sequence name="S"/><localEntry key="L">v</localEntry><in><sequence key="S"/></in></definitions>`,
      'synapse.xml',
    );
    expect(artifacts.map(({ kind, name }) => `${kind}/${name}`)).toEqual([
      'proxy-service/P',
      'sequence/S',
      'local-entry/L',
      'sequence/main',
    ]);
    expect(artifacts[3]?.references).toMatchObject([{ via: 'sequence/@key' }]);
  });
});

describe('facts', () => {
  test.each<[string, ArtifactFacts | object]>([
    [
      `<api ${SYN} name="A" context="/a" version="1.0" version-type="url" hostname="h" port="80" binds-to="default, In"><resource/></api>`,
      {
        kind: 'api',
        context: '/a',
        apiVersion: '1.0',
        versionType: 'url',
        hostname: 'h',
        port: '80',
        bindsTo: ['default', 'In'],
        everyPath: ['*'],
      },
    ],
    [
      `<proxy ${SYN} name="P" transports="https  vfs" pinnedServers="a,b" startOnLoad="false"><parameter name="transport.vfs.FileURI">file:///in/a.xml</parameter><parameter name="k" key="conf:x"/><target inSequence="s"/></proxy>`,
      {
        transports: ['https', 'vfs'],
        pinnedServers: ['a', 'b'],
        startOnLoad: false,
        parameters: [
          { name: 'transport.vfs.FileURI', value: 'file:///in/a.xml', source: { path: 'f.xml', line: 1, column: 121 } },
          { name: 'k', key: 'conf:x' },
        ],
      },
    ],
    [`<messageStore ${SYN} name="M"/>`, { kind: 'message-store', parameters: [] }],
    [
      `<inboundEndpoint ${SYN} name="I" class="c" sequence="s" onError="e" suspend="true"><parameters><parameter name="interval">10</parameter></parameters></inboundEndpoint>`,
      {
        kind: 'inbound-endpoint',
        class: 'c',
        sequence: 's',
        onError: 'e',
        suspend: true,
        parameters: [{ name: 'interval', value: '10' }],
      },
    ],
    [
      `<data name="D" enableBoxcarring="true" disableLegacyBoxcarringMode="true"/>`,
      { kind: 'data-service', boxcarring: false },
    ],
    [
      `<data name="D" enableBoxcarring="true" transports="http https"/>`,
      { kind: 'data-service', boxcarring: true, transports: ['http', 'https'] },
    ],
    [
      '<datasource><name>D</name><jndiConfig><name>jdbc/D</name></jndiConfig></datasource>',
      { kind: 'data-source', jndiName: 'jdbc/D' },
    ],
    [`<localEntry ${SYN} key="L"><http.init/></localEntry>`, { kind: 'local-entry', content: 'http.init' }],
    [
      `<endpoint ${SYN} name="E"><failover><endpoint><address uri="http://a/"/></endpoint><endpoint><http uri-template="{x}"/></endpoint></failover></endpoint>`,
      { kind: 'endpoint', addresses: [{ uri: 'http://a/' }] },
    ],
  ])('%s', (text, facts) => expect(only(text).facts).toMatchObject(facts));

  test.each([
    ['<resource methods="GET POST" uri-template="/*"/>', ['GET', 'POST']],
    ['<resource methods="GET" uri-template="/x"/>', undefined],
    ['<resource methods="GET" url-mapping="/x"/>', undefined],
    ['<resource methods="GET" content-type="text/xml"/>', undefined],
    ['<resource methods="GET"/><resource methods="POST" uri-template="/x"/>', undefined],
  ])('by every path, an API takes what %s says', (resources, everyPath) => {
    const { facts } = only(`<api ${SYN} name="A" context="/a">${resources}</api>`);
    expect(facts.kind === 'api' && facts.everyPath).toEqual(everyPath);
  });

  test.each<[string, string, string | undefined]>([
    [
      'where MI reads it',
      '<parameters><parameter name="inbound.behavior">listening</parameter></parameters>',
      'listening',
    ],
    [
      'as it stands, with spaces',
      '<parameters><parameter name="inbound.behavior"> listening </parameter></parameters>',
      ' listening ',
    ],
    [
      'in CDATA',
      '<parameters><parameter name="inbound.behavior"><![CDATA[listening]]></parameter></parameters>',
      'listening',
    ],
    [
      'the last of two',
      '<parameters><parameter name="inbound.behavior">listening</parameter><parameter name="inbound.behavior">polling</parameter></parameters>',
      'polling',
    ],
    ['not from an attribute', '<parameters><parameter name="inbound.behavior" value="listening"/></parameters>', ''],
    [
      'not from a second list',
      '<parameters/><parameters><parameter name="inbound.behavior">listening</parameter></parameters>',
      undefined,
    ],
    ['not from outside of the list', '<parameter name="inbound.behavior">listening</parameter>', undefined],
    [
      'not from another namespace',
      '<parameters xmlns=""><parameter name="inbound.behavior">listening</parameter></parameters>',
      undefined,
    ],
  ])('inbound.behavior counts %s', (_, inside, expected) => {
    const [artifact] = parseArtifactFile(
      `<inboundEndpoint ${SYN} name="I" class="c">${inside}</inboundEndpoint>`,
      'f.xml',
    ).artifacts;
    const facts = artifact?.facts;
    expect(
      facts?.kind === 'inbound-endpoint' ? facts.parameters.map(({ name, value }) => [name, value]) : undefined,
    ).toEqual(expected === undefined ? [] : [['inbound.behavior', expected]]);
  });

  test('a task that injects into a sequence without a name is deployed, and fails when it runs', () => {
    expect(
      parseArtifactFile(
        `<task ${SYN} name="T"><trigger once="true"/><property name="injectTo" value="sequence"/><property name="message"><m xmlns=""/></property></task>`,
        'f.xml',
      ).diagnostics,
    ).toMatchObject([
      {
        severity: 'warning',
        message:
          'The task "T" injects into a sequence and has no property "sequenceName"; it is deployed, but fails each time it runs.',
        hint: 'Add the property "sequenceName".',
      },
    ]);
  });

  test('a proxy without transports is told from one with none', () => {
    expect(only(`<proxy ${SYN} name="P"><target inSequence="s"/></proxy>`).facts).not.toHaveProperty('transports');
    expect(only(`<proxy ${SYN} name="P" transports=""><target inSequence="s"/></proxy>`).facts).toHaveProperty(
      'transports',
      [],
    );
  });

  test('a task has its trigger as written, and the properties of its namespace, with inline XML as no value', () => {
    const { facts } = only(`<task ${SYN} name="T" pinnedServers="a b">
  <trigger count="1" interval="60"/>
  <property xmlns:task="http://www.wso2.org/products/wso2commons/tasks" name="sequenceName" value="S"/>
  <property name="message"><x xmlns=""/></property>
  <task:property xmlns:task="http://www.wso2.org/products/wso2commons/tasks" name="injectTo" value="proxy"/>
  <property name="injectTo">proxy</property>
</task>`);
    expect(facts).toMatchObject({
      class: 'org.apache.synapse.startup.tasks.MessageInjector',
      trigger: { interval: '60', count: '1', source: { line: 2, column: 3 } },
      properties: [{ name: 'sequenceName', value: 'S' }, { name: 'message' }],
      pinnedServers: ['a', 'b'],
    });
    expect(facts).not.toHaveProperty(['properties', 1, 'value']);
  });
});

describe('effects', () => {
  // What needs a later version of MI is in since.test.ts.
  const effects = (mediators: string) =>
    only(`<sequence ${SYN} name="S">${mediators}</sequence>`)
      .effects.filter(({ type }) => type !== 'since-4.4')
      .map(({ type, subject, dynamic }) => [type, subject, dynamic]);
  test.each([
    ['<property name="gov:/a" scope="registry" value="1"/>', [['registry-write', 'gov:/a', false]]],
    ['<property name="gov:/a" scope="registry" action="remove"/>', []],
    [
      `<property name="v" expression="concat(get-property('system','a'), get-property('system', $k))"/>`,
      [
        ['system-property-read', 'a', false],
        ['system-property-read', '{$k}', true],
      ],
    ],
    [
      '<propertyGroup><property name="p" scope="system" value="1"/></propertyGroup>',
      [['system-property-write', 'p', false]],
    ],
    ['<property name="p" scope="default" value="1"/>', []],
    [
      `<property name="p" expression="get-property('registry', 'conf:/a@b')"/>`,
      [['registry-read', 'conf:/a@b', false]],
    ],
    [
      `<property name="p" expression="get-property(&quot;registry&quot;, $ctx:k)"/>`,
      [['registry-read', '{$ctx:k}', true]],
    ],
    [
      `<variable name="v" expression="\${registry(&quot;gov:a&quot;).property(&quot;b&quot;)}"/>`,
      [['registry-read', 'gov:a', false]],
    ],
    [
      '<payloadFactory media-type="json"><format>{"a": ${registry(payload.path)}}</format></payloadFactory>',
      [['registry-read', '{payload.path}', true]],
    ],
    [
      '<aggregate id="a"/><cache collector="true"/><throttle id="t"/><enqueue sequence="e" executor="x"/><sampler id="s"><target/></sampler>',
      [
        ['aggregate', 'a', false],
        ['cache', '', false],
        ['throttle', 't', false],
        ['enqueue', 'x', false],
        ['sampler', 's', false],
      ],
    ],
    [
      '<aggregate><correlateOn expression="$ctx:id"/></aggregate>',
      [
        ['aggregate', '', false],
        ['correlation', '$ctx:id', false],
      ],
    ],
    ['<class name="com.acme.M"/>', [['class-mediator', 'com.acme.M', false]]],
    [
      '<clone/><iterate expression="//a"><target/></iterate><foreach expression="//a"/><scatter-gather/>',
      [
        ['clone-or-iterate', '', false],
        ['clone-or-iterate', '', false],
        ['clone-or-iterate', '', false],
        ['clone-or-iterate', '', false],
      ],
    ],
    ['<send><endpoint><session type="http"/><loadbalance/></endpoint></send>', [['endpoint-session', 'http', false]]],
    [
      '<call><endpoint><wsdl uri=" http://h/s?wsdl" service="s" port="p"/></endpoint></call>',
      [['wsdl', 'http://h/s?wsdl', false]],
    ],
    [
      '<send><endpoint><address uri="http://a"><enableAddressing separateListener="true"/></address></endpoint></send>',
      [['separate-listener', '', false]],
    ],
    [
      '<send><endpoint><address uri="http://a"><enableAddressing separateListener="false"/></address></endpoint></send>',
      [],
    ],
    [
      '<call><endpoint><address uri="vfs:file:///out"/></endpoint></call><call><endpoint><address uri="http://example.com/out"/></endpoint></call>',
      [['directory', 'vfs:file:///out', false]],
    ],
    [
      '<call><endpoint><address uri=" jms:/q?a=b"/></endpoint></call><send><endpoint><address uri="rabbitmq:/q"/></endpoint></send>',
      [
        ['queue', 'jms:/q?a=b', false],
        ['queue', 'rabbitmq:/q', false],
      ],
    ],
    [
      '<call><endpoint template="T" uri="vfs:file:///out"><parameter name="p" value="jms:/q"/></endpoint></call><call><endpoint key="E"><parameter name="p" value="jms:/q"/></endpoint></call>',
      [
        ['directory', 'vfs:file:///out', false],
        ['queue', 'jms:/q', false],
      ],
    ],
    [
      '<payloadFactory><format><aggregate/></format></payloadFactory><log><property name="registry" value="registry"/></log>',
      [],
    ],
  ])('%s', (text, expected) => expect(effects(text)).toEqual(expected));

  test('the place of a use in a text is that of the use', () => {
    const found = only(
      `<sequence ${SYN} name="S"><payloadFactory template-type="freemarker"><format>\n  <![CDATA[ &  \${registry("gov:a")}]]></format></payloadFactory></sequence>`,
    ).effects;
    expect(found).toMatchObject([{ type: 'registry-read', source: { line: 2, column: 18 } }]);
    expect(found[0]).not.toHaveProperty('orEmpty');
  });

  test('get-property of the registry finds an empty text where there is nothing', () => {
    const found = only(
      `<sequence ${SYN} name="S"><property name="p" expression="get-property('registry', 'gov:a')"/></sequence>`,
    ).effects;
    expect(found).toMatchObject([{ type: 'registry-read', subject: 'gov:a', orEmpty: true }]);
  });
});

test('whatever the file holds, reading it neither throws nor forgets what is wrong', () => {
  const tag = fc.constantFrom(
    'api',
    'proxy',
    'task',
    'property',
    'endpoint',
    'inboundEndpoint',
    'parameter',
    'parameters',
    'trigger',
    'localEntry',
    'mcptools',
    'tool',
    'http.get',
    'relativePath',
    'messageProcessor',
    'definitions',
    'store',
    'target',
    'address',
    'data',
    'config',
    'datasource',
    'name',
    'jndiConfig',
  );
  const attributeText = fc
    .tuple(
      fc.constantFrom(
        'name',
        'key',
        'context',
        'uri',
        'configKey',
        'class',
        'value',
        'sequence',
        'expression',
        'messageStore',
      ),
      fc.constantFrom(
        '',
        'x',
        '{a}',
        '$SYSTEM:a',
        'http://localhost:8290/a',
        "get-property('registry'",
        'a__b__c',
        'constructor',
      ),
    )
    .map(([name, value]) => ` ${name}="${value}"`);
  const element = fc.letrec<{ e: string }>((tie) => ({
    e: fc
      .tuple(
        tag,
        fc.option(attributeText, { nil: '' }),
        fc.array(fc.oneof({ maxDepth: 4 }, fc.constant('t'), tie('e')), { maxLength: 3 }),
      )
      .map(([name, attributes, inner]) => `<${name}${attributes}>${inner.join('')}</${name}>`),
  })).e;
  fc.assert(
    fc.property(tag, element, (name, inner) => {
      const { artifacts, diagnostics } = parseArtifactFile(`<${name} ${SYN} name="N" key="N">${inner}</${name}>`, 'f');
      for (const { code, hint, source } of diagnostics)
        expect([code.startsWith('MI-'), hint !== '', source?.line]).toEqual([true, true, 1]);
      for (const artifact of artifacts)
        for (const { source } of artifact.references) expect(source.column).toBeGreaterThan(0);
    }),
    { numRuns: 500 },
  );
});
