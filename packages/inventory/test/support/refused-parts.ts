import { api, endpoint, inbound, inSequence, proxy, SYN, task, type Told } from './texts.ts';

const oauth = (grant: string): string =>
  endpoint(`<http><authentication><oauth>${grant}</oauth></authentication></http>`);

/** As `refused` of refusals.ts, of parts that are written less often. */
export const refusedParts: Told = [
  [
    api('context="/a"', '<resource methods="GET"><inSequence/></resource><handlers><handler/></handlers>'),
    'INCOMPLETE The API "A" has a "handler" without the attribute "class"',
  ],
  [
    proxy('<target endpoint="E"/><publishWSDL key="k"><resource location="l"/></publishWSDL>'),
    'INCOMPLETE The proxy service "P" has a "resource" without the attribute "key"',
  ],
  [inSequence('<sequence key=""/>'), 'INCOMPLETE The mediator `sequence` has an empty key'],
  [inSequence('<call><endpoint key=" "/></call>'), 'INCOMPLETE The endpoint has an empty key'],
  [`<endpoint ${SYN} name="E" template=""/>`, 'INCOMPLETE The endpoint has an empty template'],
  [`<endpoint ${SYN} name="E" key="F"/>`, 'VALUE The endpoint has a key although it is an artifact of its own'],
  [
    `<endpoint ${SYN} name="E" template="T"><parameter name="a"/></endpoint>`,
    'INCOMPLETE The endpoint has a "parameter" without the attribute "value"',
  ],
  [
    endpoint('<http><authentication/></http>'),
    'INCOMPLETE The endpoint of the type `http` has an authentication without credentials',
  ],
  [
    endpoint('<http><authentication><basicAuth><username>a</username><password/></basicAuth></authentication></http>'),
    'INCOMPLETE The endpoint of the type `http` has the authentication basicAuth without password',
  ],
  [
    oauth('<clientCredentials><clientId>a</clientId><clientSecret>b</clientSecret></clientCredentials>'),
    'INCOMPLETE The endpoint of the type `http` has the authentication clientCredentials without tokenUrl',
  ],
  [
    oauth(
      '<clientCredentials><clientId>a</clientId><clientSecret>b</clientSecret><tokenUrl>u</tokenUrl><requestParameters><parameter name="scope"/></requestParameters></clientCredentials>',
    ),
    'INCOMPLETE The endpoint of the type `http` has a parameter of its authentication without a name or a value',
  ],
  [
    endpoint(
      '<http><authentication><oauth/><basicAuth><username>a</username><password>b</password></basicAuth></authentication></http>',
    ),
    'INCOMPLETE The endpoint of the type `http` has an authentication without credentials',
  ],
  [
    oauth('<clientCredentials/><passwordCredentials/>'),
    'VALUE The endpoint of the type `http` has the authentication clientCredentials and passwordCredentials',
  ],
  [
    endpoint('<address uri="u"><enableAddressing version="2005"/></address>'),
    'VALUE The endpoint of the type `address` has the version "2005"',
  ],
  [
    endpoint('<loadbalance><member hostName="h" httpPort="80a"/></loadbalance>'),
    'VALUE The endpoint of the type `loadbalance` has the httpPort "80a", which is not a whole number',
  ],
  [
    endpoint('<recipientlist><endpoints value="{$.urls}"/></recipientlist>'),
    'VALUE The endpoint of the type `recipientlist` has the value "{$.urls}", which is not a valid expression: "$" has no name',
  ],
  [
    inSequence('<in><filter xpath="json-eval($.a) = \'b\'"><then/></filter></in>'),
    'VALUE The mediator `filter` has the xpath "json-eval($.a) = \'b\'", which is not a valid JSONPath expression: json-eval(…) stands alone, nothing is compared with it or added to it',
  ],
  [
    inSequence('<property name="a" expression="json-eval($.a[first])"/>'),
    'VALUE The mediator `property` has the expression "json-eval($.a[first])", which is not a valid JSONPath expression: "[first]" holds neither numbers, nor a name in quotes, nor a filter',
  ],
  ...[
    ['$.a[1,]', '"[1,]" holds neither numbers, nor a name in quotes, nor a filter'],
    ['$.a[?(@.b == 1]', '"(" is not closed'],
    ['$.a[?(@.b == 1))]', 'a filter is not followed by "]"'],
    ['$.a[?(@.b = 1)]', 'a filter compares with "==", not "="'],
    ['$.a[?(@.b and @.c)]', '"and" in a filter is no operator, which are "&&", "||", "==" and so on'],
    ['$.a[?(@.b eq 1)]', '"eq" in a filter is no operator, which are "&&", "||", "==" and so on'],
    ['$.a[?(b == 1)]', '"b" in a filter is neither a path that begins with "@" nor a text in quotes nor a number'],
    ['$.a[?(@.b == c)]', '"c" in a filter is neither a path that begins with "@" nor a text in quotes nor a number'],
    ['$.a[?(@.b == )]', 'a filter has nothing where a value must be'],
    ["$.a[?('b')]", '"\'b\'" in a filter is compared with nothing'],
    ['$.a[?(@b)]', '"@" is followed by neither "." nor "[" (in a filter)'],
  ].map(
    ([path = '', fault = '']) =>
      [
        inSequence(`<property name="a" expression="json-eval(${path})"/>`),
        `VALUE The mediator \`property\` has the expression "json-eval(${path})", which is not a valid JSONPath expression: ${fault}`,
      ] as const,
  ),
  [
    inSequence(
      '<payloadFactory media-type="json"><format>{}</format><args><arg evaluator="json" expression="$body"/></args></payloadFactory>',
    ),
    'VALUE The mediator `payloadFactory` has the expression "$body", which is not a valid JSONPath expression: "$" is followed by neither "." nor "["',
  ],
  [
    inSequence('<call-template target="t"><with-param name="a" value="{$.a}"/></call-template>'),
    'VALUE The mediator `call-template` has the value "{$.a}", which is not a valid expression: "$" has no name',
  ],
  [
    inSequence('<call-template target="t"><with-param name="" value="a"/></call-template>'),
    'INCOMPLETE The mediator `call-template` has an empty attribute "name"',
  ],
  [
    inSequence('<send receive="{//a[}"/>'),
    'VALUE The mediator `send` has the receive "{//a[}", which is not a valid expression: "[" is not closed',
  ],
  [inSequence('<class name=""/>'), 'INCOMPLETE The mediator `class` has an empty attribute "name"'],
  ...(
    [
      ['SHORT', '32768'],
      ['INTEGER', '-2147483649'],
      ['LONG', '9223372036854775808'],
    ] as const
  ).map(
    ([type, value]) =>
      [
        inSequence(`<property name="a" value="${value}" type="${type}"/>`),
        `VALUE The mediator \`property\` has the value "${value}", which is no ${type}`,
      ] as const,
  ),
  [
    inSequence('<aggregate><completeCondition><messageCount min="{$.a}"/></completeCondition></aggregate>'),
    'VALUE The mediator `aggregate` has the min "{$.a}", which is not a valid expression: "$" has no name',
  ],
  [
    inSequence('<header name="wsse:Security" action="remove"/>'),
    'VALUE The mediator `header` has "wsse:Security", whose prefix is not declared',
  ],
  [inSequence('<makefault/>'), 'INCOMPLETE The mediator `makefault` has no element "code"'],
  [
    inSequence(
      '<makefault><code xmlns:tns="http://www.w3.org/2003/05/soap-envelope" value="tns:Receiver"/><reason value="a"/></makefault>',
    ),
    'VALUE The mediator `makefault` has the code "tns:Receiver" and no version="soap12"',
  ],
  [
    inSequence('<makefault version="soap11"><code value="soap11Env:Server"/><reason value="a"/></makefault>'),
    'VALUE The mediator `makefault` has "soap11Env:Server", whose prefix is not declared',
  ],
  [
    inSequence('<property name="a" value="1,5" type="DOUBLE"/>'),
    'VALUE The mediator `property` has the value "1,5", which is no DOUBLE',
  ],
  [
    inSequence('<property name="a" value="b" group="1"/>'),
    'INCOMPLETE The mediator `property` has a group and no pattern',
  ],
  [
    inSequence('<class name="org.apache.synapse.mediators.builtin.LogMediator"><property name="separator"/></class>'),
    'INCOMPLETE A property of the mediator `class` has neither a value nor an expression',
  ],
  [
    inSequence('<validate><schema key="k"/><on-fail><log/></on-fail><feature name="f" value="yes"/></validate>'),
    'VALUE The mediator `validate` has the value "yes"',
  ],
  [
    inSequence('<xslt key="k"><resource location="l"/></xslt>'),
    'INCOMPLETE The mediator `xslt` has a "resource" without the attribute "key"',
  ],
  [
    inSequence('<xquery key="k"><variable name="a" type="string" value="b"/></xquery>'),
    'VALUE The mediator `xquery` has the type "string"',
  ],
  [
    inSequence('<script language="javascript">var a;</script>'),
    'VALUE The mediator `script` has the language "javascript"',
  ],
  [
    inSequence('<conditionalRouter><conditionalRoute><target sequence="s"/></conditionalRoute></conditionalRouter>'),
    'INCOMPLETE The mediator `conditionalRouter` has no element "condition"',
  ],
];

const files = (more: Readonly<Record<string, string>>, attributes = 'sequence="s"'): string =>
  inbound(`protocol="file" ${attributes}`, { interval: '1000', 'transport.vfs.FileURI': '/in', ...more });
const queue = (more: Readonly<Record<string, string>>): string =>
  inbound('protocol="jms" sequence="s"', { interval: '1000', 'transport.jms.Destination': 'q', ...more });
const socket = (level: string): string =>
  inbound('protocol="ws" sequence="s"', { 'inbound.ws.port': '9091', 'ws.client.side.broadcast.level': level });
const topic = (more: Readonly<Record<string, string>>): string =>
  inbound('protocol="mqtt" sequence="s"', {
    'mqtt.server.host.name': 'localhost',
    'mqtt.server.port': '1883',
    'mqtt.topic.name': 't',
    ...more,
  });
const keyStore =
  '<KeyStore xmlns=""><Location>repository/resources/security/wso2carbon.jks</Location><Type>JKS</Type><Password>p</Password><KeyPassword>p</KeyPassword></KeyStore>';
const secure = (more: Readonly<Record<string, string>>): string =>
  inbound('protocol="https" sequence="s"', { 'inbound.http.port': '8085', ...more });
const broker = { 'rabbitmq.connection.retry.count': '1', 'rabbitmq.connection.retry.interval': '1' };

const running = (properties: string): string =>
  `<task ${SYN} name="T" class="org.apache.synapse.startup.tasks.TemplateMessageExecutor"><trigger interval="1"/>${properties}</task>`;
const templateKey = '<property name="templateKey" value="t"/>';
const templateParams = '<property name="templateParams"><p xmlns=""><a>1</a></p></property>';

/** As `refused` of refusals.ts, of inbound endpoints. */
export const refusedInbounds: Told = [
  [
    running(`${templateKey}${templateParams}<property name="to" value="a"/>`),
    'VALUE The task "T" has the property "to", which TemplateMessageExecutor does not have',
  ],
  [
    inbound('protocol="httpws" sequence="s"', { 'inbound.http.port': '8085' }),
    'INCOMPLETE The inbound endpoint "I" has no parameter "port"',
  ],
  [
    inbound('protocol="wss" sequence="s"', { 'inbound.ws.port': '9097', 'wss.ssl.key.store.file': '/k.jks' }),
    'INCOMPLETE The inbound endpoint "I" has no parameter "wss.ssl.key.store.pass"',
  ],
  [
    inbound('class="org.apache.synapse.startup.tasks.MessageInjector"', { interval: '5s' }),
    'VALUE The inbound endpoint "I" has the interval "5s", which is not a whole number',
  ],
  [inbound('protocol="rabbitmq"', broker), 'INCOMPLETE The inbound endpoint "I" has no attribute "sequence"'],
  [queue({ 'concurrent.consumers': '0' }), 'VALUE The inbound endpoint "I" has the concurrent.consumers 0'],
  [
    socket('1.5'),
    'VALUE The inbound endpoint "I" has the ws.client.side.broadcast.level "1.5", which is not a whole number',
  ],
  [socket('3'), 'VALUE The inbound endpoint "I" has the ws.client.side.broadcast.level 3'],
  [
    inbound('protocol="httpswss" sequence="s"', { port: '9443' }),
    'INCOMPLETE The inbound endpoint "I" has no parameter "keystore"',
  ],
  [
    topic({ 'mqtt.ssl.enable': 'true', 'mqtt.ssl.keystore.location': 'a' }),
    'INCOMPLETE The inbound endpoint "I" has no parameter "mqtt.ssl.keystore.type"',
  ],
  [
    queue({ 'transport.jms.CacheLevel': 'auto' }),
    'VALUE The inbound endpoint "I" has the transport.jms.CacheLevel "auto", which is not a whole number',
  ],
  [
    queue({ 'transport.jms.RetriesBeforeSuspension': '' }),
    'VALUE The inbound endpoint "I" has the transport.jms.RetriesBeforeSuspension "", which is not a whole number',
  ],
];

const script = (text: string): string => inSequence(`<script language="js"><![CDATA[${text}]]></script>`);

/** Scripts that MI 4.3.0 refuses, and what is said of their text. */
export const refusedScripts: Told = [
  [script('var a = <b>{1}</b>;'), "Unexpected token '<'"],
  [script('if (a) {'), 'Unexpected end of input'],
  [script('return 1;'), 'Illegal return statement'],
  [script('var a = 1;\n}'), "Unexpected token '}'"],
];

const polls = (more: Readonly<Record<string, string>>): string =>
  proxy(
    `<target inSequence="s"/>${Object.entries({
      'transport.vfs.FileURI': '/in',
      'transport.vfs.ContentType': 'text/xml',
      ...more,
    })
      .map(([name, value]) => `<parameter name="${name}">${value}</parameter>`)
      .join('')}`,
  );
const all = { 'transport.vfs.FileNamePattern': '.*' };
const inDatabase = (store: string, parameters: Readonly<Record<string, string>>): string =>
  `<messageStore ${SYN} name="M" class="org.apache.synapse.message.store.impl.${store}">${Object.entries(parameters)
    .map(([name, value]) => `<parameter name="${name}">${value}</parameter>`)
    .join('')}</messageStore>`;
const processor = (parameter: string, value: string): string =>
  `<messageProcessor ${SYN} name="MP" class="org.apache.synapse.message.processor.impl.sampler.SamplingProcessor" messageStore="s"><parameter name="${parameter}">${value}</parameter></messageProcessor>`;

const forwarder = (parameters: string): string =>
  `<messageProcessor ${SYN} name="MP" class="org.apache.synapse.message.processor.impl.forwarder.ScheduledMessageForwardingProcessor" messageStore="s">${parameters}</messageProcessor>`;

/** As `refused` of refusals.ts, of tasks that run a template. */
export const refusedTasks: Told = [
  [running(templateKey), 'The task "T" has no property "templateParams" with an element'],
  [running(templateParams), 'The task "T" has no property "templateKey"'],
  [
    running(`${templateKey}<property name="templateParams" value="a"/>`),
    'The task "T" has no property "templateParams" with an element',
  ],
];

/** As `refused` of refusals.ts, of stores, and of what names no class. */
export const refusedStores: Told = [
  [
    inDatabase('resequencer.ResequenceMessageStore', { 'store.jdbc.dsName': 'd' }),
    'INCOMPLETE The message store "M" has no parameter "store.resequence.timeout"',
  ],
  [
    inDatabase('resequencer.ResequenceMessageStore', { 'store.jdbc.dsName': 'd', 'store.resequence.timeout': '5s' }),
    'VALUE The message store "M" has the store.resequence.timeout "5s", which is not a whole number',
  ],
  [
    inDatabase('resequencer.ResequenceMessageStore', { 'store.resequence.timeout': '5' }),
    'INCOMPLETE The message store "M" has neither the parameter "store.jdbc.dsName" nor "store.jdbc.driver"',
  ],
  [`<messageStore ${SYN} name="M" class=""/>`, 'INCOMPLETE The message store "M" has an empty class'],
  [
    `<messageProcessor ${SYN} name="MP" class=" " messageStore="s"/>`,
    'INCOMPLETE The message processor "MP" has an empty class',
  ],
  [`<task ${SYN} name="T" class=""><trigger interval="5"/></task>`, 'INCOMPLETE The task "T" has an empty class'],
  [
    `<localEntry ${SYN} key="L" src="conf/a.xml"/>`,
    'VALUE The local entry "L" has the src "conf/a.xml", which is no URL that Java knows',
  ],
  [`<localEntry ${SYN} key="L" src=""/>`, 'VALUE The local entry "L" has the src "", which is no URL that Java knows'],
  [inbound('class=""', { interval: '5' }), 'INCOMPLETE The inbound endpoint "I" has an empty class'],
];

/** MI deploys it, and loses its messages or handles them twice. */
export const harmful: Told = [
  [
    task('', '<trigger interval="9223372036854776"/>'),
    'MI-TASK-TRIGGER The trigger of the task "T" has the interval "9223372036854776", which is more than Java can count in milliseconds; Micro Integrator deploys it, but it never runs, or no task of the server runs after it has.',
  ],
  [
    files({}, ''),
    'INCOMPLETE The inbound endpoint "I" has no attribute "sequence"; Micro Integrator takes its messages and handles none of them.',
  ],
  [
    files({ 'transport.vfs.ActionAfterProcess': 'MOVE', 'transport.vfs.MoveTimestampFormat': 'yyyyMMddTHHmm' }),
    'VALUE The inbound endpoint "I" has the transport.vfs.MoveTimestampFormat "yyyyMMddTHHmm", in which Java does not know "T"; Micro Integrator deploys it, but it cannot move its files.',
  ],
];

/** MI 4.3.0 refuses it, and MI 4.5 does not. */
export const refusedBefore: Told = [
  [
    inbound('class="org.apache.synapse.startup.tasks.MessageInjector"', { 'inbound.behavior': 'polling' }),
    'INCOMPLETE The inbound endpoint "I" polls and has no parameter "interval"; Micro Integrator before 4.5 refuses it and undeploys the whole archive.',
  ],
];

const kept = 'Micro Integrator keeps them, and takes it for another value.';

const shut = 'Micro Integrator deploys it, but it opens no port.';

/** MI deploys it, and it does not do its work. */
export const idle: Told = [
  [
    queue({ 'concurrent.consumers': '-1' }),
    'VALUE The inbound endpoint "I" has the concurrent.consumers -1; Micro Integrator deploys it, but it takes no message.',
  ],
  [
    secure({ keystore: keyStore.replace(' xmlns=""', '') }),
    `INCOMPLETE The inbound endpoint "I" has a keystore without the element "Password" in no namespace; ${shut}`,
  ],
  [
    secure({ keystore: keyStore.replace(/<KeyPassword>.*<\/KeyPassword>/, '') }),
    `INCOMPLETE The inbound endpoint "I" has a keystore without the element "KeyPassword"; ${shut}`,
  ],
  [
    secure({ keystore: keyStore, truststore: 'a.jks' }),
    `INCOMPLETE The inbound endpoint "I" has a truststore without the element "Password"; ${shut}`,
  ],
  [
    files({ 'transport.vfs.FileNamePattern': '*.xml' }),
    'VALUE The inbound endpoint "I" has the transport.vfs.FileNamePattern "*.xml", which is not a valid regular expression: nothing stands before "*" that could be repeated; Micro Integrator deploys it, but it takes no file.',
  ],
  [
    files({ 'transport.vfs.FileURI': '\n  /in\n' }),
    `VALUE The inbound endpoint "I" has blanks or line ends around the value of transport.vfs.FileURI; ${kept}`,
  ],
  [
    files({ 'transport.vfs.FileURI': ' ' }),
    'INCOMPLETE The inbound endpoint "I" has nothing but blanks in transport.vfs.FileURI; Micro Integrator deploys it, but it takes no file.',
  ],
  [
    files({ 'transport.vfs.ActionAfterProcess': ' MOVE', 'transport.vfs.MoveAfterProcess': '/out' }),
    `VALUE The inbound endpoint "I" has blanks or line ends around the value of transport.vfs.ActionAfterProcess; ${kept}`,
  ],
  [
    polls({ 'transport.vfs.FileNamePattern': '*' }),
    'VALUE The proxy service "P" has the transport.vfs.FileNamePattern "*", which is not a valid regular expression: nothing stands before "*" that could be repeated; Micro Integrator deploys it, but it takes no file.',
  ],
  [
    polls({}),
    'INCOMPLETE The proxy service "P" has no parameter "transport.vfs.FileNamePattern"; Micro Integrator deploys it, but it takes no file of a folder.',
  ],
  [
    endpoint('<address uri="http://a/b/{uri.var.city}"/>'),
    'VALUE The endpoint of the type `address` has an expression in braces in its uri; Micro Integrator calls the address with the braces as they are.',
  ],
  [
    polls({ ...all, 'transport.PollInterval': '1s' }),
    'VALUE The proxy service "P" has the transport.PollInterval "1s", which is not a whole number of seconds; Micro Integrator deploys it, but it polls only every five minutes.',
  ],
  [
    polls({ ...all, 'transport.vfs.MaxRetryCount': 'x' }),
    'VALUE The proxy service "P" has the transport.vfs.MaxRetryCount "x", which is not a whole number; Micro Integrator deploys it, but it takes no file.',
  ],
  [
    polls({ ...all, 'transport.vfs.MoveTimestampFormat': 'yyyyMMddTHHmm' }),
    'VALUE The proxy service "P" has the transport.vfs.MoveTimestampFormat "yyyyMMddTHHmm", in which Java does not know "T"; Micro Integrator deploys it, but it takes no file.',
  ],
  [
    processor('sequence', '\ns\n'),
    `VALUE The message processor "MP" has blanks or line ends around the value of sequence; ${kept}`,
  ],
  [
    inDatabase('jdbc.JDBCMessageStore', { 'store.jdbc.table': 't' }),
    'INCOMPLETE The message store "M" has neither the parameter "store.jdbc.dsName" nor "store.jdbc.driver"; Micro Integrator deploys it, but no flow can put a message into it.',
  ],
];

/** As `taken` of refusals.ts. */
export const takenParts: readonly string[] = [
  running(templateKey + templateParams),
  running(templateKey.replace('templateKey', 'TemplateKey') + templateParams),
  ...[
    "$", '$.', '$ctx:a.b', "$.a['b c', 'd']", '$.a[ 0 ].b', '$..a', '$.a[*].b', '$.a[?(@.b == \'c d\')]', '$.a.length()', '$.a ', "$.a[?(!(@.b in ['x', 'y']) &amp;&amp; (@['c'] &gt;= -1.5 || $.d == null))].e", '$.a[? (@.b.length() &gt; 2)]', '$.a[-2:]', '$.a[?(@.b =~ /x|y/i)]', '$.a[?(@.b == {$ctx:b})]',
    '$.{get-property(\'a b\')}.c', 'a.b',
  ].map((path) => inSequence(`<property name="a" expression="json-eval(${path})"/>`)), // prettier-ignore
  inSequence(
    '<call-template target="t"><with-param name="a" value="{ $ctx:a }"/><with-param name="b" value="{{$ctx:a}}"/></call-template>',
  ),
  inSequence('<sequence key="{json-eval($.a)}"/><store messageStore="{$ctx:a}"/><send receive="{$ctx:a}"/>'),
  inSequence('<call-template target="t"><with-param value="a"/></call-template><send receive="s"/>'),
  inSequence(
    '<property name="a" value="-32768" type="SHORT"/><property name="a" value="+2147483647" type="INTEGER"/><property name="a" value="-9223372036854775808" type="LONG"/>',
  ),
  inSequence('<header name="wsse:Security" xmlns:wsse="urn:w" action="remove"/>'),
  inSequence(
    '<makefault version="soap12"><code xmlns:tns="http://www.w3.org/2003/05/soap-envelope" value="tns:Receiver"/><reason value=""/></makefault>',
  ),
  inSequence(
    '<makefault version="pox"><code xmlns:a="http://www.w3.org/2003/05/soap-envelope" value="a:Sender"/></makefault><makefault version="pox"/>',
  ),
  inSequence(
    '<property name="a" value=" 1.5e3f " type="DOUBLE"/><property name="a" expression="//b" pattern="(b)" group="1"/>',
  ),
  inSequence(
    '<class name="org.apache.synapse.mediators.builtin.LogMediator"><property name="separator" value=""/></class>',
  ),
  inSequence('<script language="rhinoJs">var a;</script><xquery key="k"><variable name="a" type="INT"/></xquery>'),
  oauth(
    '<clientCredentials><clientId>$ctx:a</clientId><clientSecret>{//b}</clientSecret><tokenUrl>u</tokenUrl><requestParameters/></clientCredentials>',
  ),
  endpoint(
    '<http><authentication><oauth><clientCredentials><clientId>a</clientId><clientSecret>b</clientSecret><tokenUrl>u</tokenUrl></clientCredentials></oauth><basicAuth/></authentication></http>',
  ),
  endpoint('<address uri="u"><enableAddressing version=" final "/></address>'),
  endpoint('<loadbalance><member hostName="h" httpPort="80"/></loadbalance>'),
  files({
    'transport.vfs.FileNamePattern': '(?i).*\\.(xml|csv)',
    'transport.vfs.MoveTimestampFormat': "yyyyMMdd'T'HHmmssSSS_XXX ",
  }),
  queue({ 'transport.jms.CacheLevel': '' }),
  files({ 'transport.vfs.MoveTimestampFormat': 'yyyyMMddTHHmm' }),
  polls({ 'transport.vfs.FileURI': '\n/in/orders.xml?a=b/c\n', 'transport.PollInterval': ' 5 ' }),
  polls({ ...all, 'transport.PollInterval': '500ms', 'transport.vfs.ReconnectTimeout': '5' }),
  processor('cronExpression', ' 0 * * * * ? '),
  inDatabase('jdbc.JDBCMessageStore', { 'store.jdbc.dsName': 'd' }),
  inSequence('<in><log/></in><out><log/></out>'),
  ...[
    'for each (var a in [1]) {}',
    'try { } catch (e if e instanceof Error) { }',
    'var a = function(b) b * b;',
    'var a = new java.lang.Runnable() { run: function() {} };',
    'let a = (b) => ({...b}); a?.c ?? `${a}`;',
    'importPackage(java.util);',
  ].map(script),
  inSequence('<script language="rhinoJs"><![CDATA[var a = <b>{1}</b>;]]></script>'),
  inSequence('<call><endpoint name="E" key="F"/></call>'),
  `<localEntry ${SYN} key="L"><endpoint ${SYN}/></localEntry>`,
  secure({ keystore: keyStore }),
  secure({ keystore: `<![CDATA[${keyStore}]]>` }),
  secure({}),
  socket(''),
  socket('2'),
  topic({ 'mqtt.ssl.enable': 'false' }),
  queue({ 'concurrent.consumers': '2' }),
  queue({ interval: '0' }),
];

/** MI deploys it, and it polls without a pause; the sentence says what has that interval. */
export const restless: Told = [
  [files({ interval: '0' }), 'The inbound endpoint "I" has the interval 0'],
  [files({ interval: '-5' }), 'The inbound endpoint "I" has the interval -5'],
  [forwarder('<parameter name="interval">0</parameter>'), 'The message processor "MP" has the interval 0'],
];

/** As {@link restless}, with a pause. */
export const resting: readonly string[] = [
  files({ interval: '1' }),
  forwarder('<parameter name="interval">1</parameter>'),
  forwarder('<parameter name="interval">0</parameter><parameter name="cronExpression">0 * * * * ?</parameter>'),
  processor('interval', '0'),
];
