/**
 * Artifacts as people get them wrong, and the sentences that say so; the same on a real server is
 * `test/runtime/refusals.test.ts`.
 */
import { refusedAround, refusedMediators, takenAround, takenMediators } from './refused-mediators.ts';
import { refusedInbounds, refusedParts, refusedStores, takenParts } from './refused-parts.ts';
import { api, database, endpoint, inbound, inSequence, proxy, resource, SYN, task, type Told } from './texts.ts';

/** MI drops the whole archive and stays ready. */
export const dropped: Told = [
  [api(''), 'INCOMPLETE The API "A" has no attribute "context"'],
  [api('context="orders"'), 'VALUE The API "A" has the context "orders", which does not start with "/"'],
  [api('context=""'), 'VALUE The API "A" has the context "", which does not start with "/"'],
  [api('context="/a" version="1.0"'), 'INCOMPLETE The API "A" has a version and no version-type'],
  [api('context="/a" version="1.0" version-type="header"'), 'VALUE The API "A" has the version-type "header"'],
];

/** MI refuses the artifact and takes back the whole archive. */
export const refused: Told = [
  [api('context="/a"', ''), 'INCOMPLETE The API "A" has no element "resource"'],
  [api('context="/a" port="80a"'), 'VALUE The API "A" has the port "80a", which is not a whole number'],
  [api('context="/a" transports="http https"'), 'VALUE The API "A" has the transports "http https"'],
  [api('context="/a"', '<resource methods="GET,POST"/>'), 'VALUE A resource of the API "A" has the methods "GET,POST"'],
  [api('context="/a"', '<resource protocol="HTTP"/>'), 'VALUE A resource of the API "A" has the protocol "HTTP"'],
  [proxy(''), 'INCOMPLETE The proxy service "P" has no element "target"'],
  [
    proxy('<target outSequence="s"/>'),
    'INCOMPLETE The proxy service "P" has a target with neither an inSequence nor an endpoint',
  ],
  [
    proxy('<target endpoint="E"/><policy type="in"/>'),
    'INCOMPLETE The proxy service "P" has a policy without the attribute "key"',
  ],
  [
    proxy('<target endpoint="E"/><parameter>a</parameter>'),
    'INCOMPLETE The proxy service "P" has a parameter without the attribute "name"',
  ],
  [endpoint(''), 'INCOMPLETE The endpoint has no address, nor anything else that says what it is'],
  [endpoint('<address/>'), 'INCOMPLETE The endpoint of the type `address` has no attribute "uri"'],
  [
    endpoint('<address uri="u"><timeout><duration>30s</duration></timeout></address>'),
    'VALUE The endpoint of the type `address` has the duration "30s", which is not a number',
  ],
  [
    endpoint('<http><suspendOnFailure><progressionFactor>1,5</progressionFactor></suspendOnFailure></http>'),
    'VALUE The endpoint of the type `http` has the progressionFactor "1,5", which is not a number',
  ],
  [
    endpoint('<http><timeout><responseAction>retry</responseAction></timeout></http>'),
    'VALUE The endpoint of the type `http` has the responseAction "retry"',
  ],
  [
    endpoint('<http><retryConfig><disabledErrorCodes>101503;101504</disabledErrorCodes></retryConfig></http>'),
    'VALUE The endpoint of the type `http` has the disabledErrorCodes "101503;101504", which is not a number',
  ],
  [endpoint('<failover/>'), 'INCOMPLETE The endpoint of the type `failover` has no element "endpoint"'],
  [
    endpoint('<failover><endpoint key="A"/><endpoint key="A"/></failover>'),
    'VALUE The endpoint of the type `failover` has the endpoint "A" twice',
  ],
  [
    endpoint('<loadbalance policy="roundRobin" algorithm="a"><endpoint key="A"/></loadbalance>'),
    'VALUE The endpoint of the type `loadbalance` has both a policy and an algorithm',
  ],
  [inbound('protocol="http"', {}), 'INCOMPLETE The inbound endpoint "I" has no parameter "inbound.http.port"'],
  [
    inbound('protocol="http"', { 'inbound.http.port': '\n8085\n' }),
    'VALUE The inbound endpoint "I" has the inbound.http.port " 8085 ", which is not a whole number',
  ],
  [
    inbound('protocol="file" sequence="s"', { interval: '5s', 'transport.vfs.FileURI': '/in' }),
    'VALUE The inbound endpoint "I" has the interval "5s", which is not a whole number',
  ],
  [
    inbound('protocol="file" sequence="s"', { interval: '5' }),
    'INCOMPLETE The inbound endpoint "I" has no parameter "transport.vfs.FileURI"',
  ],
  [
    inbound('protocol="file" sequence="s"', { interval: '5', 'transport.vfs.FileURI': '' }),
    'INCOMPLETE The inbound endpoint "I" has an empty transport.vfs.FileURI',
  ],
  [inSequence('<script/>'), 'INCOMPLETE The mediator `script` has no attribute "language"'],
  [
    `<messageStore ${SYN} name="M" class="org.apache.synapse.message.store.impl.jms.JmsStore"/>`,
    'INCOMPLETE The message store "M" has no parameters',
  ],
  [
    `<messageStore ${SYN} name="M" class="org.apache.synapse.message.store.impl.rabbitmq.RabbitMQStore"><parameter name="store.rabbitmq.username">a</parameter></messageStore>`,
    'INCOMPLETE The message store "M" has no parameter "store.rabbitmq.password"',
  ],
  [
    task('<property name="sequencename" value="S"/>'),
    'VALUE The task "T" has the property "sequencename", which MessageInjector does not have',
  ],
  [
    `<messageProcessor ${SYN} name="my processor" class="c" messageStore="s"/>`,
    'VALUE The message processor "my processor" has a name with blanks or signs that no URI has',
  ],
  [
    `<messageStore ${SYN} name="M"><parameter>a</parameter></messageStore>`,
    'INCOMPLETE The message store "M" has a parameter without the attribute "name"',
  ],
  [inSequence('<property value="a"/>'), 'INCOMPLETE The mediator `property` has no attribute "name"'],
  [inSequence('<property name="a"/>'), 'INCOMPLETE The mediator `property` has neither a value nor an expression'],
  [
    inSequence('<property name="a" value="b" scope="context"/>'),
    'VALUE The mediator `property` has the scope "context"',
  ],
  [inSequence('<property name="a" value="b" type="int"/>'), 'VALUE The mediator `property` has the type "int"'],
  [
    inSequence('<propertyGroup><property name="a" value="b" type="INTEGER"/></propertyGroup>'),
    'VALUE The mediator `property` has the value "b", which is no INTEGER',
  ],
  [inSequence('<log level="FULL"/>'), 'VALUE The mediator `log` has the level "FULL"'],
  [
    inSequence('<log level="custom"><property value="a"/></log>'),
    'INCOMPLETE A property of the mediator `log` has no name',
  ],
  [
    inSequence('<header name="Accept" value="a"/>'),
    'VALUE The mediator `header` has the name "Accept", which is no SOAP header without a namespace',
  ],
  [inSequence('<filter source="//a"><then/></filter>'), 'INCOMPLETE The mediator `filter` has no condition'],
  [inSequence('<switch><default/></switch>'), 'INCOMPLETE The mediator `switch` has no attribute "source"'],
  [
    inSequence('<switch source="//a"><case/></switch>'),
    'INCOMPLETE The mediator `switch` has a "case" without the attribute "regex"',
  ],
  [inSequence('<sequence/>'), 'INCOMPLETE The mediator `sequence` has no key'],
  [inSequence('<call-template/>'), 'INCOMPLETE The mediator `call-template` has no attribute "target"'],
  [inSequence('<store/>'), 'INCOMPLETE The mediator `store` has no attribute "messageStore"'],
  [
    inSequence('<validate><schema key="k"/></validate>'),
    'INCOMPLETE The mediator `validate` has no mediators in "on-fail"',
  ],
  [inSequence('<iterate expression="//a"/>'), 'INCOMPLETE The mediator `iterate` has no element "target"'],
  [
    inSequence('<enrich><source type="property"/><target type="body"/></enrich>'),
    'INCOMPLETE The mediator `enrich` has a source of the type property without the attribute "property"',
  ],
  [
    inSequence('<enrich><source type="inline"/><target type="body"/></enrich>'),
    'INCOMPLETE The mediator `enrich` has a source of the type inline without content',
  ],
  [
    inSequence('<enrich><source type="body"/><target type="body"/></enrich>'),
    'VALUE The mediator `enrich` puts the body into the body',
  ],
  [
    inSequence('<payloadFactory><format><a xmlns=""/></format><args><arg/></args></payloadFactory>'),
    'INCOMPLETE The mediator `payloadFactory` has an argument with neither a value nor an expression',
  ],
  [
    api(
      'context="/a"',
      `${resource('methods="GET" uri-template="/o"')}${resource('methods="PUT GET" url-mapping="/o"')}`,
    ),
    'VALUE The API "A" has two resources for GET /o',
  ],
  [
    api('context="/a"', `${resource('methods="GET"')}${resource('methods="PUT"')}`),
    'VALUE The API "A" has two resources without a path',
  ],
  [
    api('context="/a"', resource('uri-template="/o/{i"')),
    'VALUE A resource of the API "A" has the uri-template "/o/{i", which is not a valid URI template: "{" is not closed',
  ],
  [
    api('context="/a"', resource('uri-template="/o/id}"')),
    'VALUE A resource of the API "A" has the uri-template "/o/id}", which is not a valid URI template: "}" closes nothing',
  ],
  [
    api('context="/a"', resource('uri-template="/o{?id}"')),
    'VALUE A resource of the API "A" has the uri-template "/o{?id}", which is not a valid URI template: a variable starts with "?"',
  ],
  [
    endpoint('<http uri-template="http://h/{uri.var.order-id}"/>'),
    'VALUE The endpoint of the type `http` has the uri-template "http://h/{uri.var.order-id}", which is not a valid URI template: the variable "uri.var.order-id" has other signs than letters, digits, "_" and "."',
  ],
  [endpoint('<wsdl port="P"/>'), 'INCOMPLETE The endpoint of the type `wsdl` has no attribute "service"'],
  [endpoint('<http/><property name="a" value=""/>'), 'INCOMPLETE A property of the endpoint has an empty value'],
  [
    endpoint('<session/><loadbalance/>'),
    'INCOMPLETE The endpoint of the type `loadbalance` has a session without the attribute "type"',
  ],
  [
    endpoint('<http><timeout><duration>$SYSTEM:TIME</duration></timeout></http>'),
    'VALUE The endpoint of the type `http` has the duration "$SYSTEM:TIME", which is not a number',
  ],
  [
    inbound('protocol="http"', { 'inbound.http.port': '80850' }),
    'VALUE The inbound endpoint "I" has the inbound.http.port 80850',
  ],
  [
    inbound('protocol="http"', { 'inbound.http.port': '8085', 'dispatch.filter.pattern': '*' }),
    'VALUE The inbound endpoint "I" has the dispatch.filter.pattern "*", which is not a valid regular expression: nothing stands before "*" that could be repeated',
  ],
  [
    inSequence(
      '<payloadFactory><format><a xmlns=""/></format><args><arg expression="json-eval($.b)"/></args></payloadFactory>',
    ),
    'VALUE The mediator `payloadFactory` has the expression "json-eval($.b)", which is not a valid XPath expression: "$" has no name',
  ],
  [inbound('protocol="ws"', {}), 'INCOMPLETE The inbound endpoint "I" has no parameter "inbound.ws.port"'],
  [
    inbound('protocol="rabbitmq" sequence="s"', { 'rabbitmq.server.host.name': 'a,b', 'rabbitmq.server.port': '5672' }),
    'VALUE The inbound endpoint "I" has the hosts "a,b" and the ports "5672"',
  ],
  [
    inSequence('<log level="custom"><property name="a" value=""/></log>'),
    'INCOMPLETE A property of the mediator `log` has an empty value',
  ],
  [
    inSequence('<filter xpath="$ctx:a == \'b\'"><then/></filter>'),
    'VALUE The mediator `filter` has the xpath "$ctx:a == \'b\'", which is not a valid XPath expression: it has "=="',
  ],
  [
    inSequence('<property name="a" expression="get-property(\'b\'"/>'),
    'VALUE The mediator `property` has the expression "get-property(\'b\'", which is not a valid XPath expression: "(" is not closed',
  ],
  [
    inSequence('<property name="a" expression="text file path"/>'),
    'VALUE The mediator `property` has the expression "text file path", which is not a valid XPath expression: no operator stands before "file"',
  ],
  [
    inSequence('<iterate expression="$.orders"><target sequence="s"/></iterate>'),
    'VALUE The mediator `iterate` has the expression "$.orders", which is not a valid XPath expression: "$" has no name',
  ],
  [
    inSequence('<switch source="//a"><case regex="*.json"/></switch>'),
    'VALUE The mediator `switch` has the regex "*.json", which is not a valid regular expression: nothing stands before "*" that could be repeated',
  ],
  [
    inSequence('<foreach expression="//a"><sequence><call/></sequence></foreach>'),
    'VALUE The mediator `foreach` has the mediator `call` in its sequence',
  ],
  [
    inSequence('<aggregate><completeCondition timeout="5s"/></aggregate>'),
    'VALUE The mediator `aggregate` has the timeout "5s", which is not a whole number',
  ],
  [
    inSequence('<callout><source/><target key="k"/></callout>'),
    'INCOMPLETE The mediator `callout` has a source with neither an xpath nor a key',
  ],
  [inSequence('<dbreport/>'), 'INCOMPLETE The mediator `dbreport` has no connection'],
  [
    inSequence(database('<parameter value="a" type="varchar"/>')),
    'VALUE The mediator `dblookup` has the type "varchar"',
  ],
  [inSequence(database('<result name="a"/>')), 'INCOMPLETE The mediator `dblookup` has no attribute "column"'],
  [inSequence('<throttle><policy/></throttle>'), 'INCOMPLETE The mediator `throttle` has no attribute "id"'],
  [inSequence('<jsontransform/>'), 'INCOMPLETE The mediator `jsontransform` has neither a schema nor a property'],
  ...refusedAround,
  ...refusedMediators,
  ...refusedParts,
  ...refusedInbounds,
  ...refusedStores,
];

/** MI deploys the task, and it never runs; by its trigger. */
export const neverRun: Told = [
  ['', 'The task "T" has no trigger'],
  ['<trigger/>', 'The trigger of the task "T" has neither an interval nor a cron expression'],
  ['<trigger count="1"/>', 'The trigger of the task "T" has neither an interval nor a cron expression'],
  ['<trigger once="TRUE"/>', 'The trigger of the task "T" has neither an interval nor a cron expression'],
  ['<trigger xmlns="" interval="1"/>', 'The task "T" has no trigger'],
  ['<trigger interval="0" count="3"/>', 'The trigger of the task "T" has the interval 0'],
  ['<trigger interval="-1"/>', 'The trigger of the task "T" has the interval -1'],
  ['<trigger once="true" interval="0"/>', 'The trigger of the task "T" has the interval 0'],
].map(([trigger = '', sentence = '']) => [task('', trigger), sentence] as const);

/** Triggers of tasks that run. */
export const running: readonly string[] = [
  '<trigger once="true"/>',
  '<trigger once="true" interval="1" count="3"/>',
  '<trigger once="true" count="3"/>',
  '<trigger once="true" count="0"/>',
  '<trigger interval="1" count="-1"/>',
  '<trigger interval="31536000"/>',
  '<trigger cron="0/1 * * * * ?" interval="-1"/>',
  '<trigger cron="0/1 * * * * ?" interval="0" count="1" once="false"/>',
].map((trigger) =>
  task('<property name="InjectTo" value="sequence"/><property name="SequenceName" value="S"/>', trigger),
);

/** MI 4.3.0 deploys it. */
export const taken: readonly string[] = [
  api('context="/a/" version="1" version-type=" url " port="" transports="https"'),
  api('context="/a" version="" version-type=""', '<resource methods=" GET POST " protocol=""/>'),
  proxy('<target inSequence="s"/><parameter name="a" key="k"/>'),
  endpoint(
    '<address uri=""><timeout><duration> 30 </duration><responseAction> Fault </responseAction></timeout></address>',
  ),
  endpoint("<http><timeout><duration>{get-property('t')}</duration></timeout></http>"),
  endpoint(
    '<default><suspendOnFailure><errorCodes>-1, 101503</errorCodes><progressionFactor>1e1</progressionFactor></suspendOnFailure></default>',
  ),
  endpoint('<session type="http"/><loadbalance/>'),
  `<endpoint ${SYN} name="E" template="T" uri="u"/>`,
  `<template ${SYN} name="T"><endpoint name="$name"><address><timeout><duration>$d</duration></timeout></address></endpoint></template>`,
  inbound('protocol="http" suspend="true"', {}),
  task('<property name="SoapAction" value="a"/><property name="other"/>'),
  inSequence('<property name="a" action="remove"/><property name="a"><b xmlns=""/></property>'),
  inSequence('<property name="a" expression="//b" type="int"/>'),
  inSequence('<property name="a" value="" scope="axis2" type="INTEGER" action="remove"/>').replace(
    ' type="INTEGER"',
    '',
  ),
  inSequence('<log category=" info " level="full"/>'),
  inSequence(
    '<header name="To" value="a"/><header name="Accept" scope="transport" value="a"/><header><a xmlns=""/></header>',
  ),
  inSequence('<header name="a:b" xmlns:a="u" action="remove"/>'),
  inSequence('<filter source="//a" regex="b"><log/></filter>'),
  inSequence('<sequence name="Inner"><log/></sequence>'),
  inSequence('<enrich><source type="inline">{"a": 1}</source><target type="body"/></enrich>'),
  inSequence('<enrich><source type="inline" key="k"/><target type="body"/></enrich>'),
  inSequence('<enrich><source xpath="//a"/><target action="child" type="body"/></enrich>'),
  inSequence('<payloadFactory><format key="k"/><args/></payloadFactory>'),
  inSequence('<iterate expression="//a"><target sequence="s"/></iterate>'),
  api('context="/a"', `${resource('uri-template="/o"')}${resource('methods="GET" uri-template="/o"')}`),
  api(
    'context="/a"',
    `${resource('methods="GET" uri-template="/o/{a-b}?c={d}"')}${resource('uri-template="/o/{a}/{+b}"')}`,
  ),
  endpoint('<http uri-template="http://h/{uri.var.a}{?b,c}"/><property name="a" expression="//b"/>'),
  inSequence('<property name="a" value=""/><property name="b" value="c" expression="//["/>'),
  inSequence('<log level="custom"><property name="a" expression="concat($ctx:a, \'(\')"/></log>'),
  inSequence('<filter source="$ctx:a" regex="\\d{2,}|[^]*](?i)b.*"><log/></filter>'),
  inSequence(
    '<foreach expression="json-eval($.a)"><sequence><filter xpath="//a"><then><call/></then></filter></sequence></foreach>',
  ),
  inSequence(database('<parameter value="a" type="VARCHAR"/><result name="a" column="b"/>')),
  inSequence('<callout><source type="envelope"/><target key="k"/></callout>'),
  ...takenAround,
  ...takenMediators,
  ...takenParts,
];

/** MI deploys it where it finds the policy or the variable. */
export const takenWithMore: readonly string[] = [
  proxy('<target><endpoint key="E"/></target><policy key="p" type="out"/>'),
  inbound('protocol="http"', { 'inbound.http.port': '$SYSTEM:PORT' }),
  task('', '<trigger interval="$SYSTEM:PACE"/>'),
  task('', '<trigger once="$SYSTEM:ONCE"/>'),
  inbound('class="a.B"', { 'inbound.behavior': 'eventBased' }),
  inbound('class="a.B"', { cronExpression: '0 * * * * ?' }),
];
