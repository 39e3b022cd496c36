/**
 * Artifacts that MI 4.3.0 deploys, most of what each kind may hold in them. `@` stands for a name that is its own, and
 * `PORT` for a port.
 */
const messageProcessor = 'org.apache.synapse.message.processor.impl';
const messageStore = 'org.apache.synapse.message.store.impl';

const parameters = (values: Readonly<Record<string, string>>): string =>
  Object.entries(values)
    .map(([name, value]) => `<parameter name="${name}">${value}</parameter>`)
    .join('');

const sequence = (mediators: string): string => `<sequence name="@">${mediators}</sequence>`;

const task = (trigger: string): string =>
  `<task name="@" class="org.apache.synapse.startup.tasks.MessageInjector" group="synapse.simple.quartz">${trigger}
    <property name="message"><m xmlns="">x</m></property><property name="injectTo" value="sequence"/>
    <property name="sequenceName" value="@s"/></task>`;

const inbound = (protocol: string, values: Readonly<Record<string, string>>): string =>
  `<inboundEndpoint name="@" protocol="${protocol}" sequence="@s" onError="@s" suspend="false">
    <parameters>${parameters(values)}</parameters></inboundEndpoint>`;

const processor = (attributes: string, values: Readonly<Record<string, string>>): string =>
  `<messageProcessor name="@" ${attributes} messageStore="@m">${parameters(values)}</messageProcessor>`;

const polling = { interval: '60000', sequential: 'true', coordination: 'true' };

export const artifacts: readonly string[] = [
  `<api name="@" context="/@">
    <resource methods="GET POST" uri-template="/x/{id}"><inSequence><log level="simple"/><respond/></inSequence>
      <outSequence/><faultSequence/></resource>
    <resource methods="PUT" uri-template="/x/{id}"><inSequence><respond/></inSequence></resource></api>`,
  `<api name="@" context="/@" version="1.0.0" version-type="url" hostname="localhost" port="8290" transports="http">
    <resource methods="GET" url-mapping="/y" protocol="http" inSequence="@s" outSequence="@s" faultSequence="@s"/>
    <resource methods="POST" url-mapping="/z"><inSequence><respond/></inSequence></resource></api>`,
  `<proxy name="@" transports="http https" startOnLoad="true"><description>d</description>
    <target><inSequence><respond/></inSequence><outSequence><send/></outSequence><faultSequence/></target>
    <parameter name="a">b</parameter></proxy>`,
  `<proxy name="@" transports="http" pinnedServers="localhost" statistics="enable" trace="enable">
    <target endpoint="@e" inSequence="@s" faultSequence="@s"/><enableAddressing/></proxy>`,
  `<proxy name="@" startOnLoad="false"><target><endpoint><address uri="http://localhost:1/"/></endpoint></target>
    <policy key="@p" type="in"/><parameter name="transport.vfs.FileURI">/tmp/none</parameter></proxy>`,
  `<sequence name="@" onError="@s" statistics="enable" trace="enable"><description>d</description>
    <log level="custom" category="INFO" separator=","><property name="a" value="b"/>
      <property name="c" expression="get-property('x')"/></log>
    <property name="p" value="1" scope="default" type="STRING" action="set"/><property name="q" expression="//x"/>
    <property name="r" expression="json-eval($.a)"/><sequence key="@s"/><drop/></sequence>`,
  sequence(`<filter source="get-property('x')" regex="a.*"><then><log/></then><else><drop/></else></filter>
    <filter xpath="$ctx:a = 'b'"><then><log/></then></filter>
    <switch source="//a"><case regex="b"><log/></case><default><log/></default></switch>
    <clone continueParent="true"><target><sequence><log/></sequence></target><target sequence="@s"/></clone>
    <iterate expression="//a" id="i"><target><sequence><log/></sequence></target></iterate>
    <foreach expression="//b"><sequence><log/></sequence></foreach>
    <aggregate id="i"><completeCondition timeout="5"><messageCount min="1" max="2"/></completeCondition>
      <onComplete expression="//a"><log/></onComplete></aggregate>`),
  sequence(`<call blocking="true"><endpoint><http method="get" uri-template="http://localhost:1/{uri.var.x}"/></endpoint>
    </call><send><endpoint key="@e"/></send><loopback/>
    <callout serviceURL="http://localhost:1/" action="a"><source xpath="//a"/><target key="k"/></callout>`),
  sequence(`<payloadFactory media-type="json"><format>{"a":"$1"}</format><args><arg evaluator="xml" expression="//a"/>
      <arg evaluator="json" expression="$.a"/><arg value="b"/></args></payloadFactory>
    <enrich><source type="inline" clone="true"><x xmlns=""/></source><target type="body" action="child"/></enrich>
    <enrich><source type="custom" xpath="//a"/><target type="property" property="p"/></enrich>
    <header name="a" value="b" scope="transport"/><header name="To" action="remove"/>
    <propertyGroup><property name="a" value="b"/></propertyGroup>
    <call-template target="t"><with-param name="a" value="b"/></call-template><store messageStore="@m"/>`),
  sequence(`<validate cache-schema="true"><schema key="k"/><on-fail><log/></on-fail></validate>
    <xslt key="k" source="//a"><property name="a" value="b"/></xslt>
    <script language="js">mc.setProperty("a","b");</script>
    <class name="org.apache.synapse.mediators.builtin.LogMediator"/><transaction action="new"/>
    <throttle id="A"><policy/></throttle><jsontransform schema="k"/>`),
  sequence(`<dbreport><connection><pool><driver>org.h2.Driver</driver><url>jdbc:h2:mem:x</url><user>a</user>
      <password>b</password></pool></connection><statement><sql>select 1</sql><parameter value="a" type="VARCHAR"/>
      <parameter expression="//a" type="INTEGER"/></statement></dbreport>
    <dblookup><connection><pool><dsName>none</dsName></pool></connection><statement><sql>select 1</sql>
      <result name="a" column="b"/></statement></dblookup>`),
  `<template name="@"><parameter name="a" isMandatory="true" defaultValue="b"/><parameter name="c"/>
    <sequence><log level="custom"><property name="a" expression="$func:a"/></log></sequence></template>`,
  `<template name="@"><parameter name="uri"/><endpoint name="$name"><address uri="$uri"/></endpoint></template>`,
  `<endpoint name="@"><address uri="http://localhost:1/a" format="soap11" optimize="mtom" encoding="UTF-8">
    <timeout><duration>1000</duration><responseAction>fault</responseAction></timeout>
    <suspendOnFailure><errorCodes>101503,101504</errorCodes><initialDuration>1000</initialDuration>
      <progressionFactor>2.0</progressionFactor><maximumDuration>64000</maximumDuration></suspendOnFailure>
    <markForSuspension><errorCodes>101504</errorCodes><retriesBeforeSuspension>3</retriesBeforeSuspension>
      <retryDelay>1</retryDelay></markForSuspension>
    <retryConfig><disabledErrorCodes>101507</disabledErrorCodes></retryConfig>
    <enableAddressing separateListener="true" version="final"/></address></endpoint>`,
  `<endpoint name="@"><http method="post" uri-template="http://localhost:1/{uri.var.a}/b"><timeout>
    <duration>5</duration></timeout></http><property name="a" value="b" scope="default"/></endpoint>`,
  `<endpoint name="@"><default format="pox"/></endpoint>`,
  `<endpoint name="@"><session type="http"><sessionTimeout>20000</sessionTimeout></session>
    <loadbalance algorithm="org.apache.synapse.endpoints.algorithms.RoundRobin" failover="true">
    <endpoint><address uri="http://localhost:1/"/></endpoint><endpoint key="@e"/></loadbalance></endpoint>`,
  `<endpoint name="@"><loadbalance algorithm="org.apache.synapse.endpoints.algorithms.RoundRobin">
    <member hostName="a" httpPort="8080" httpsPort="8443"/></loadbalance></endpoint>`,
  `<endpoint name="@"><failover dynamic="true" buildMessage="true">
    <endpoint name="@a"><address uri="http://localhost:1/"/></endpoint>
    <endpoint name="@b"><http method="get" uri-template="http://localhost:2/"/></endpoint></failover></endpoint>`,
  `<endpoint name="@"><recipientlist><endpoint><address uri="http://localhost:1/"/></endpoint>
    <endpoint><default/></endpoint></recipientlist></endpoint>`,
  `<endpoint name="@" template="t" uri="http://localhost:1/"><parameter name="a" value="b"/></endpoint>`,
  `<localEntry key="@">some text</localEntry>`,
  `<localEntry key="@"><a xmlns=""><b/></a></localEntry>`,
  `<messageStore name="@" class="${messageStore}.memory.InMemoryStore"><parameter name="a">b</parameter></messageStore>`,
  `<messageStore name="@" class="${messageStore}.jms.JmsStore">${parameters({
    'java.naming.factory.initial': 'org.apache.activemq.jndi.ActiveMQInitialContextFactory',
    'java.naming.provider.url': 'tcp://localhost:1',
    'store.jms.destination': 'q',
    'store.jms.JMSSpecVersion': '1.1',
  })}</messageStore>`,
  `<messageStore name="@" class="${messageStore}.rabbitmq.RabbitMQStore">${parameters({
    'store.rabbitmq.host.name': 'localhost',
    'store.rabbitmq.host.port': '1',
    'store.rabbitmq.queue.name': 'q',
    'store.rabbitmq.username': 'a',
    'store.rabbitmq.password': 'b',
    'rabbitmq.connection.retry.count': '1',
    'rabbitmq.connection.retry.interval': '1',
  })}</messageStore>`,
  processor(`class="${messageProcessor}.sampler.SamplingProcessor"`, {
    interval: '60000',
    concurrency: '1',
    sequence: '@s',
    'is.active': 'true',
  }),
  processor(`class="${messageProcessor}.forwarder.ScheduledMessageForwardingProcessor" targetEndpoint="@e"`, {
    interval: '60000',
    'client.retry.interval': '1000',
    'max.delivery.attempts': '4',
    'member.count': '1',
    'message.processor.fault.sequence': '@s',
    'non.retry.status.codes': '500,501',
  }),
  processor(`class="${messageProcessor}.forwarder.ScheduledMessageForwardingProcessor" targetEndpoint="@e"`, {
    cronExpression: '0 0 3 * * ?',
    'is.active': 'false',
  }),
  task('<trigger interval="3600" count="2"/>'),
  task('<trigger once="true"/>'),
  task('<trigger cron="0/1 * * * * ?"/>'),
  inbound('http', { 'inbound.http.port': 'PORT', 'dispatch.filter.pattern': '/a/.*' }),
  inbound('file', { ...polling, 'transport.vfs.FileURI': '/tmp/none', 'transport.vfs.ContentType': 'text/xml' }),
  inbound('jms', {
    ...polling,
    'transport.jms.Destination': 'q',
    'transport.jms.ConnectionFactoryJNDIName': 'QueueConnectionFactory',
    'java.naming.factory.initial': 'org.apache.activemq.jndi.ActiveMQInitialContextFactory',
    'java.naming.provider.url': 'tcp://localhost:1',
  }),
  inbound('mqtt', {
    'mqtt.connection.factory': 'f',
    'mqtt.server.host.name': 'localhost',
    'mqtt.server.port': '1',
    'mqtt.topic.name': 't',
    'mqtt.subscription.qos': '0',
    'mqtt.client.id': '@',
  }),
  inbound('rabbitmq', {
    'rabbitmq.connection.factory': 'f',
    'rabbitmq.server.host.name': 'localhost',
    'rabbitmq.server.port': '1',
    'rabbitmq.queue.name': 'q',
    'rabbitmq.connection.retry.count': '1',
    'rabbitmq.connection.retry.interval': '1',
  }),
].map((text) => text.replace(/^<\w+/, '$& xmlns="http://ws.apache.org/ns/synapse"'));

const names = ['@ b', '@/b', '@ ', 'ä@', 'main', 'gov:/@', "{get-property('x')}", '$ctx:@', 'nosuch'];
const booleans = ['true', 'false', 'TRUE', 'yes'];
const numbers = ['0', '-1', '1', ' 1 ', '1.5', '1s', '99999', '2147483648', '99999999999999999999'];
const classes = [
  'NoSuch',
  'org.apache.synapse.NoSuch',
  `${messageProcessor}.sampler.SamplingProcessor`,
  `${messageStore}.memory.InMemoryStore`,
  'org.apache.synapse.message.store.InMemoryMessageStore',
];
const expressions = [
  '//x', '$ctx:x', 'json-eval($.a)', '${payload.a}', 'get-property(', '//ns:x', 'concat("a', '$.a', 'fn:x()', '{//x}', '//x[', 'a =',
  "get-property('transport','x')", '//x[@a="b"]/c', "normalize-space(//*[local-name()='a'])",
]; // prettier-ignore
const addresses = ['http://localhost:1/', 'localhost', 'http://a b/', 'jms:/q', 'http://localhost:99999/'];
const templates = [
  '/a', 'a', '/a/{b', '/a/}b', '/{a}/{a}', '/*', '/', '/a?b={c}', '/{a*}', '/{+a}', '/{}', '/a/{b-c}', '/a/{b}.{c}', '/{a}{b}', '/{b c}',
]; // prettier-ignore
const words = ['', ' ', '$SYSTEM:NO_SUCH', 'x', 'X y'];

/** What people write as an attribute, a parameter or a text of a name; of any other name, {@link words} alone. */
export const values: ReadonlyMap<string, readonly string[]> = new Map(
  (
    [
      ['name key sequence onError messageStore targetEndpoint target endpoint inSequence', names],
      ['context', ['@', '/', '/@/', '//@', '/@/{version}', '/@?x=1', '/@ /b', 'http://h/@', '/@/*']],
      ['version-type', ['url', 'context', 'URL', 'none', 'path']],
      ['transports', ['http', 'http https', 'http,https', 'HTTP', 'vfs', 'http, vfs']],
      ['methods', ['GET', 'get', 'GET,POST', 'GET  POST', 'FETCH', ' GET', '*', 'GET PUT', 'PUT']],
      ['url-mapping', ['/a', 'a', '/*', '*.x', '*', '/a*b', '/y', '/z']],
      ['uri-template', templates],
      ['uri serviceURL', addresses],
      ['protocol', ['http', 'HTTP', 'https', 'ftp', 'file', 'wss', 'ws', 'jms', 'kafka', 'mqtt', 'feed', 'rabbitmq', 'cxf_ws_rm']], // prettier-ignore
      ['class algorithm', classes],
      ['cron cronExpression', ['0 0/5 * * * ?', '* * * * *', '0 0 0 31 2 ?', '@daily', ' 0 0 3 * * ? ', '61 * * * * ?']], // prettier-ignore
      ['once startOnLoad suspend dynamic blocking isMandatory sequential coordination is.active', booleans],
      ['expression xpath source', expressions],
      [
        'regex dispatch.filter.pattern',
        ['a', '(', '[', '*', 'a{', 'a{2}', '\\d+', '(?i)a', '[a-z&&[^b]]', '\\p{Alpha}'],
      ],
      ['scope', ['default', 'axis2', 'axis2-client', 'transport', 'operation', 'registry', 'system', 'synapse', 'DEFAULT']], // prettier-ignore
      ['type', ['STRING', 'INTEGER', 'string', 'http', 'in', 'body', 'property', 'custom', 'inline', 'JSON', 'VARCHAR', 'DATE']], // prettier-ignore
      ['action', ['set', 'remove', 'SET', 'new', 'child', 'sibling', 'replace', 'rollback']],
      ['level category', ['simple', 'full', 'SIMPLE', 'INFO', 'info', 'debug']],
      ['language', ['js', 'rb', 'groovy', 'nashornJs', 'python', 'javascript']],
      ['media-type evaluator format', ['json', 'xml', 'text', 'JSON', 'soap12', 'pox', 'rest']],
      ['method', ['get', 'GET', 'fetch', 'patch', 'options']],
      ['value', ['$FILE:NO_SUCH', '${configs.x}', '$env{X}', '${payload.a}', '$ctx:x', '1']],
      ['responseAction', ['fault', 'discard', 'FAULT', ' fault ', 'never']],
      ['errorCodes disabledErrorCodes non.retry.status.codes', ['a', '101503,', '101503 101504', '101503;101504']],
      ['progressionFactor', ['1,5', '1e3', '.5', '2f']],
      ['mqtt.subscription.qos', ['1', '2', '3', 'a']],
      ['store.rabbitmq.host.name rabbitmq.server.host.name', ['a,b', 'localhost,']],
      ['store.rabbitmq.host.port rabbitmq.server.port', ['5672,5673', 'a']],
      [
        `interval count port timeout min max httpPort httpsPort duration initialDuration maximumDuration retryDelay
        retriesBeforeSuspension sessionTimeout inbound.http.port member.count max.delivery.attempts concurrency
        client.retry.interval mqtt.server.port rabbitmq.server.port store.rabbitmq.host.port`,
        numbers,
      ],
    ] as const
  ).flatMap(([of, some]) => of.split(/\s+/).map((name) => [name, [...some, ...words]] as const)),
);
export { words };
