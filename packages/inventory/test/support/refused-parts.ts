import { api, endpoint, inbound, inSequence, proxy, SYN, type Told } from './texts.ts';

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
    inSequence('<filter xpath="json-eval($.a) = \'b\'"><then/></filter>'),
    'VALUE The mediator `filter` has the xpath "json-eval($.a) = \'b\'", which is not a valid JSONPath expression: json-eval(…) stands alone, nothing is compared with it or added to it',
  ],
  [
    inSequence('<property name="a" expression="json-eval($.a[first])"/>'),
    'VALUE The mediator `property` has the expression "json-eval($.a[first])", which is not a valid JSONPath expression: "[first]" holds neither a number, nor a name in quotes, nor a filter',
  ],
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
const broker = { 'rabbitmq.connection.retry.count': '1', 'rabbitmq.connection.retry.interval': '1' };

/** As `refused` of refusals.ts, of inbound endpoints. */
export const refusedInbounds: Told = [
  [inbound('protocol="rabbitmq"', broker), 'INCOMPLETE The inbound endpoint "I" has no attribute "sequence"'],
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

/** MI deploys it, and it does not do its work. */
export const idle: Told = [
  [
    files({}, ''),
    'INCOMPLETE The inbound endpoint "I" has no attribute "sequence"; Micro Integrator takes its messages and handles none of them.',
  ],
  [
    files({ 'transport.vfs.FileNamePattern': '*.xml' }),
    'VALUE The inbound endpoint "I" has the transport.vfs.FileNamePattern "*.xml", which is not a valid regular expression: nothing stands before "*" that could be repeated; Micro Integrator deploys it, but it takes no file.',
  ],
  [
    files({ 'transport.vfs.MoveTimestampFormat': 'yyyyMMddTHHmm' }),
    'VALUE The inbound endpoint "I" has the transport.vfs.MoveTimestampFormat "yyyyMMddTHHmm", in which Java does not know "T"; Micro Integrator deploys it, but it cannot move its files.',
  ],
  [
    proxy(
      '<target inSequence="s"/><parameter name="transport.vfs.FileURI">/in</parameter><parameter name="transport.vfs.FileNamePattern">*</parameter>',
    ),
    'VALUE The proxy service "P" has the transport.vfs.FileNamePattern "*", which is not a valid regular expression: nothing stands before "*" that could be repeated; Micro Integrator deploys it, but it takes no file.',
  ],
];

/** As `taken` of refusals.ts. */
export const takenParts: readonly string[] = [
  ...[
    "$", '$.', '$ctx:a.b', "$.a['b c', 'd']", '$.a[ 0 ].b', '$..a', '$.a[*].b', '$.a[?(@.b == \'c d\')]', '$.a.length()', '$.a ',
    '$.{get-property(\'a b\')}.c', 'a.b',
  ].map((path) => inSequence(`<property name="a" expression="json-eval(${path})"/>`)), // prettier-ignore
  inSequence(
    '<call-template target="t"><with-param name="a" value="{ $ctx:a }"/><with-param name="b" value="{{$ctx:a}}"/></call-template>',
  ),
  inSequence('<sequence key="{json-eval($.a)}"/><store messageStore="{$ctx:a}"/>'),
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
    'transport.vfs.MoveTimestampFormat': "yyyyMMdd'T'HHmmssSSS_XXX",
  }),
  queue({ 'transport.jms.CacheLevel': '' }),
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
];
