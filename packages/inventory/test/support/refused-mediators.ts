import { api, endpoint, inSequence, proxy, resource, type Told } from './texts.ts';

const route = (condition: string, attributes = ''): string =>
  inSequence(
    `<conditionalRouter ${attributes}><conditionalRoute><condition>${condition}</condition><target sequence="s"/></conditionalRoute></conditionalRouter>`,
  );
const rule = (parts: string): string => inSequence(`<rewrite><rewriterule>${parts}</rewriterule></rewrite>`);
const template = (text: string, mediaType = 'json'): string =>
  inSequence(
    `<payloadFactory media-type="${mediaType}" template-type="freemarker"><format><![CDATA[${text}]]></format><args/></payloadFactory>`,
  );
const fault = (parts: string, version = 'soap11', namespace = 'http://schemas.xmlsoap.org/soap/envelope/'): string =>
  inSequence(
    `<makefault version="${version}"><code xmlns:s="${namespace}" value="s:${version === 'soap11' ? 'Server' : 'Receiver'}"/><reason value="a"/>${parts}</makefault>`,
  );
const call = (parts: string): string => inSequence(`<call><endpoint key="E"/>${parts}</call>`);
const [router, rewrite] = ['The mediator `conditionalRouter`', 'The mediator `rewrite`'];

const templates = (
  [
    ['{"a": "${payload.a"}', 'a quote is not closed'],
    ['{"a": ${payload.a', '${ is not closed'],
    ['<#if a>', '<#if> is not closed'],
    ['<#list payload.items as i>${i}', '<#list> is not closed'],
    ['<#if a><#list b as c></#if></#list>', '</#if> closes nothing'],
    ['</#if>', '</#if> closes nothing'],
    ['<#foo>x</#foo>', 'there is no directive <#foo>'],
    ['<#-- a', '<#-- is not closed'],
    ['${1 + }', 'nothing follows "+" in ${1 +}'],
    ['${a.}', 'nothing follows "." in ${a.}'],
    ['${a?}', 'nothing follows "?" in ${a?}'],
    ['${"a}', 'a quote is not closed'],
    ['${f(a}', '"}" closes nothing'],
    ['${}', 'it has an empty ${}'],
    ['<#else>', '<#else> stands in no <#if>'],
    ['<@m>x', '<@> is not closed'],
    ['</@m>', '</@m> closes nothing'],
    ['<#noparse>${', '<#noparse is not closed'],
  ] as const
).map(
  ([text, what]) =>
    [
      template(text),
      `VALUE The mediator \`payloadFactory\` has a format that is not a valid FreeMarker template: ${what}`,
    ] as const,
);

const payload = (attributes: string, format: string): string =>
  inSequence(`<payloadFactory ${attributes}>${format}<args/></payloadFactory>`);
/** As `refused` of refusals.ts, of mediators that are written less often. */
export const refusedMediators: Told = [
  ...templates,
  [
    route('<equal type="header" source="a" value="b"/>', 'continueAfter="maybe"'),
    `VALUE ${router} has the continueAfter "maybe"`,
  ],
  [route(''), `INCOMPLETE ${router} has an empty condition`],
  [route('<exists source="a"/>'), `VALUE ${router} has the condition \`exists\``],
  [route('<equal type="url" regex=".*"/>'), `INCOMPLETE ${router} has no attribute "value"`],
  [route('<equal type="body" source="a" value="b"/>'), `VALUE ${router} has the type "body"`],
  [route('<equal value="b"/>'), `INCOMPLETE ${router} has no attribute "source"`],
  [
    route('<match source="a" regex="("/>'),
    `VALUE ${router} has the regex "(", which is not a valid regular expression: "(" is not closed`,
  ],
  [
    route('<and><equal source="a" value="b"/></and>'),
    `INCOMPLETE ${router} has a condition \`and\` with fewer than 2 in it`,
  ],
  [route('<not/>'), `INCOMPLETE ${router} has a condition \`not\` with fewer than 1 in it`],
  [route('<not><or/></not>'), `INCOMPLETE ${router} has a condition \`or\` with fewer than 2 in it`],
  [rule('<action/>'), `INCOMPLETE ${rewrite} has an action with neither a value nor an xpath`],
  [rule('<action value="a" fragment="hostname"/>'), `VALUE ${rewrite} has the fragment "hostname"`],
  [rule('<action value="a" type="prefix"/>'), `VALUE ${rewrite} has the type "prefix"`],
  [rule('<action value="a" type="replace"/>'), `INCOMPLETE ${rewrite} has an action that replaces, without a regex`],
  [
    rule('<action value="a" type="remove-query-param"/>'),
    `VALUE ${rewrite} has an action that removes a parameter, of no query`,
  ],
  [
    rule('<action xpath="//a["/>'),
    `VALUE ${rewrite} has the xpath "//a[", which is not a valid XPath expression: "[" is not closed`,
  ],
  [
    rule('<condition><equal type="url" source="hostname" value="a"/></condition><action value="a"/>'),
    `VALUE ${rewrite} has the source "hostname"`,
  ],
  [inSequence('<enqueue executor="e"/>'), 'INCOMPLETE The mediator `enqueue` has no attribute "sequence"'],
  [
    inSequence('<enqueue sequence="" executor="e"/>'),
    'INCOMPLETE The mediator `enqueue` has an empty attribute "sequence"',
  ],
  [inSequence('<enqueue sequence="s"/>'), 'INCOMPLETE The mediator `enqueue` has no attribute "executor"'],
  [
    inSequence('<enqueue sequence="s" executor="e" priority="high"/>'),
    'VALUE The mediator `enqueue` has the priority "high", which is not a whole number',
  ],
  [fault('<role>http://a b</role>'), 'VALUE The mediator `makefault` has the role "http://a b", which is no URI'],
  [fault('<role>{$ctx:a}</role>'), 'VALUE The mediator `makefault` has the role "{$ctx:a}", which is no URI'],
  [
    fault('<node>a b</node>', 'soap12', 'http://www.w3.org/2003/05/soap-envelope'),
    'VALUE The mediator `makefault` has the node "a b", which is no URI',
  ],
  [
    fault('<detail expression="//a["/>'),
    'VALUE The mediator `makefault` has the expression "//a[", which is not a valid XPath expression: "[" is not closed',
  ],
  [
    fault('', 'soap12'),
    'VALUE The mediator `makefault` has "s:Receiver", whose prefix is not that of its version of SOAP',
  ],
  [
    fault('', 'soap11', 'urn:s'),
    'VALUE The mediator `makefault` has "s:Server", whose prefix is not that of its version of SOAP',
  ],
  [
    call('<source type="custom">//a[</source>'),
    'VALUE The mediator `call` has the source "//a[", which is not a valid expression: "[" is not closed',
  ],
  [call('<source/>'), 'VALUE The mediator `call` has the source "", which is not a valid expression: it is empty'],
  [call('<source type="inline"/>'), 'INCOMPLETE The mediator `call` has a source of the type inline without content'],
  [call('<target type="foo">a</target>'), 'VALUE The mediator `call` has the type "foo"'],
  [
    inSequence('<clone iterations="2"><target sequence="a"/><target sequence="b"/></clone>'),
    'VALUE The mediator `clone` has iterations and several targets',
  ],
  [
    inSequence('<clone iterations="{//a[}"><target sequence="a"/></clone>'),
    'VALUE The mediator `clone` has the iterations "{//a[}", which is not a valid expression: "[" is not closed',
  ],
  [
    inSequence(
      '<iterate expression="//a" attachPath="json-eval($.a)" preservePayload="true"><target sequence="s"/></iterate>',
    ),
    'VALUE The mediator `iterate` has a JSONPath and an XPath as expression and attachPath',
  ],
  [inSequence('<sampler><throttler/></sampler>'), 'INCOMPLETE The mediator `sampler` has no element "target"'],
  [
    inSequence('<sampler rate="a"><target sequence="s"/></sampler>'),
    'VALUE The mediator `sampler` has the rate "a", which is not a whole number',
  ],
  [
    inSequence('<callout initAxis2ClientOptions="a"/>'),
    'VALUE The mediator `callout` has the initAxis2ClientOptions "a"',
  ],
  [
    inSequence('<callout><enableSec/></callout>'),
    'INCOMPLETE The mediator `callout` has an enableSec without a policy',
  ],
  [
    inSequence('<throttle id="a"><policy key=""/></throttle>'),
    'INCOMPLETE The mediator `throttle` has a policy with an empty key',
  ],
  [
    inSequence('<property name="a" value="b" type="OM"/>'),
    'VALUE The mediator `property` has the value "b", which is no OM',
  ],
  [
    inSequence('<xquery key="k"><variable name="a" type="STRING" expression="//a["/></xquery>'),
    'VALUE The mediator `xquery` has the expression "//a[", which is not a valid XPath expression: "[" is not closed',
  ],
  [
    inSequence('<xquery key="k" target="//a["/>'),
    'VALUE The mediator `xquery` has the target "//a[", which is not a valid XPath expression: "[" is not closed',
  ],
  [inSequence('<script language=""/>'), 'INCOMPLETE The mediator `script` has an empty attribute "language"'],
  [
    inSequence('<script language="js" key="k"><include/></script>'),
    'INCOMPLETE The mediator `script` has a "include" without the attribute "key"',
  ],
  [inSequence('<bean/>'), 'INCOMPLETE The mediator `bean` has no attribute "var"'],
  [inSequence('<bean var="a" action="DELETE"/>'), 'VALUE The mediator `bean` has the action "DELETE"'],
  [
    inSequence('<bean var="a" action="set_property" property="p"/>'),
    'INCOMPLETE The mediator `bean` has no attribute "value"',
  ],
  [inSequence('<ejb beanstalk="b"/>'), 'INCOMPLETE The mediator `ejb` has no attribute "class"'],
  [
    inSequence('<ejb beanstalk="b" class="java.lang.String" stateful="true"/>'),
    'INCOMPLETE The mediator `ejb` has no attribute "id"',
  ],
  [inSequence('<pojoCommand/>'), 'INCOMPLETE The mediator `pojoCommand` has no attribute "name"'],
  [inSequence('<spring bean="b"/>'), 'INCOMPLETE The mediator `spring` has no attribute "key"'],
  [inSequence('<eventPublisher/>'), 'INCOMPLETE The mediator `eventPublisher` has no attribute "eventSourceName"'],
  [
    inSequence('<NTLM username="{//a[}"/>'),
    'VALUE The mediator `NTLM` has the username "{//a[}", which is not a valid expression: "[" is not closed',
  ],
];

/** A text where the payload is XML: refused before 4.4.0, which since.ts tells, and taken since. */
export const takenSince: readonly string[] = [
  payload('', '<format>{"a": $1}</format>'),
  payload('media-type="xml"', '<format/>'),
  payload('media-type="JSON"', '<format>{}</format>'),
  payload('media-type="xml"', '<format><![CDATA[<a>$1</a>]]></format>'),
];

/** As `taken` of refusals.ts. */
export const takenMediators: readonly string[] = [
  payload('media-type="application/json"', '<format>{}</format>'),
  payload('media-type="text"', '<format/>'),
  payload('media-type="xml"', '<format key=""/>'),
  payload('media-type="xml"', '<format>text <a xmlns="">x</a></format>'),
  payload('template-type="FreeMarker"', '<format/>'),
  ...[
    '{"a": "${payload.a}", "b": ${payload["b"]}}',
    '<#list payload.items as i>${i}<#sep>,</#list><#-- } ${ -->',
    '<#if (a > 1) && b?? >x<#elseif c == "}">y<#else>z</#if>',
    '<#if a > b>x</#if>',
    '<#assign x = {"a": [1, 2]}>${x.a[0]} ${x["a"]?size} ${(x.b)!} ${x.c!"-"} ${a??}',
    '<#assign y>text</#assign><#macro m p>x<#nested></#macro><@m p=1>y</@m><@m p=2/><@m p=(1 > 2)/>',
    '<#switch a><#case 1>x<#break><#default>y</#switch><#noparse>${</#noparse>',
    '<#ftl output_format="JSON">{}',
    '<# a> # { $ } </ a> <a/> #1 $1',
    '${\'a}\'} ${"\\"}"} ${r"\\"} #{1} <#list 1.. as i><#break></#list> ${[1, 2][0..]?size}',
    '<#function f a><#return a + 1></#function>${f(1)}<#attempt>a<#recover>b</#attempt>',
    '<#list a as b>${b}<#else>none</#list><#include "a.ftl"><#t>',
  ].map((text) => template(text)),
  template('<a>${payload.a}</a>', 'xml'),
  inSequence(
    '<payloadFactory media-type="json" template-type="freemarker"><format key="conf:a.ftl"/></payloadFactory>',
  ),
  inSequence('<payloadFactory media-type="json"><format>{"a": ${</format></payloadFactory>'.replace('${', '$')),
  route('<equal source="a" value="b"/>', 'continueAfter=" TRUE "'),
  route('<equal xmlns="" type="url" value="b"/>'),
  route(
    '<and><match type="param" source="a" regex="a*"/><not><equal type="soap" source="//a[" value="b"/></not></and>',
  ),
  rule(''),
  rule('<condition/><action type="remove"/>'),
  rule('<condition><equal type="url" source="port" value="1"/></condition><action value="a" fragment="full"/>'),
  rule('<action value="a" type="replace" regex="*a" fragment="path"/><action xpath="get-property(\'a\')"/>'),
  rule('<action value="a" type="remove-query-param" fragment="query"/>'),
  inSequence('<enqueue sequence="s" executor="e" priority="10"/><enqueue sequence="s" executor="e" priority=""/>'),
  fault('<role/><node>a b</node><detail>text</detail>'),
  fault('<role>http://a/b</role><node>http://a</node>', 'soap12', 'http://www.w3.org/2003/05/soap-envelope'),
  call('<source type="property">p</source><target type="property">q</target>'),
  call('<source type="custom">json-eval($.a)</source><target type="body"/>'),
  call('<source type="inline"><a xmlns=""/></source>'),
  call('<source type="foo">p[</source>'),
  inSequence('<clone iterations="x"><target sequence="a"/></clone><clone><target/><target sequence="b"/></clone>'),
  inSequence(
    '<iterate expression="json-eval($.a)" attachPath="json-eval($.b)" preservePayload="true"><target sequence="s"/></iterate>',
  ),
  inSequence('<sampler id="a" rate="1" unitTime="1000"><target sequence="s"/></sampler>'),
  inSequence(
    '<callout initAxis2ClientOptions="False"><enableSec outboundPolicy="p"/></callout><throttle id="a"><policy key="k"/></throttle>',
  ),
  inSequence('<property name="a" value=" &lt;a/>" type="OM"/><property name="a" value="{" type="JSON"/>'),
  inSequence(
    '<xquery key="k" target=""><variable expression="//a["/><variable name="a" type="INT" value="1" expression="//a["/></xquery>',
  ),
  inSequence(
    '<bean var="a" action="create" class="java.lang.Object"/><bean var="a" action="GET_PROPERTY" property="p" target="t"/>',
  ),
  inSequence('<spring bean="b" key="k"/><eventPublisher eventSourceName="a"/><NTLM username="a" password="{$ctx:a}"/>'),
];

const target = '<target><inSequence/></target>';
const pace = (text: string): string =>
  endpoint(`<address uri="u"><timeout><duration>${text}</duration></timeout></address>`);

const paths = (
  [
    ['//a/b c', 'no operator stands before "c"'],
    ['//a/', 'nothing follows "/"'],
    ['$body/a/::text()', '"::text" cannot stand after "/"'],
    ['a::b', '"a::b" cannot stand first'],
    ["concat('a' 'b')", `no operator stands before "'b'"`],
    ['a ? b : c', 'it has "?" outside of quotes'],
    ['if (a) then b', 'no operator stands before "then"'],
    ['()', 'nothing follows "("'],
    ['$ctx:', 'nothing follows ":"'],
  ] as const
).map(
  ([path, what]) =>
    [
      inSequence(`<property name="a" expression="${path}"/>`),
      `VALUE The mediator \`property\` has the expression "${path}", which is not a valid XPath expression: ${what}`,
    ] as const,
);

/** As `refused` of refusals.ts, of what stands around mediators. */
export const refusedAround: Told = [
  ...paths,
  [
    inSequence('<filter xpath="//a"><then sequence=""/></filter>'),
    'INCOMPLETE The mediator `filter` has an empty attribute "sequence"',
  ],
  [
    inSequence('<iterate expression="//a"><target sequence=" "/></iterate>'),
    'INCOMPLETE The mediator `iterate` has an empty attribute "sequence"',
  ],
  [
    inSequence('<throttle id="a" onReject=""/>'),
    'INCOMPLETE The mediator `throttle` has an empty attribute "onReject"',
  ],
  [
    api('context="/a"', resource('methods="GET" content-type="json"')),
    'VALUE A resource of the API "A" has the content-type "json"',
  ],
  [
    api('context="/a"', resource('methods="GET" binds-to="b"')),
    'VALUE A resource of the API "A" is bound to "b", which its API is not',
  ],
  [
    api('context="/a" binds-to="a, b"', resource('methods="GET" binds-to="b,c"')),
    'VALUE A resource of the API "A" is bound to "c", which its API is not',
  ],
  [
    api('context="/a"', resource('uri-template="/o/{a*}"')),
    'VALUE A resource of the API "A" has the uri-template "/o/{a*}", which is not a valid URI template: a variable has "*"',
  ],
  [proxy(`${target}<publishWSDL key=""/>`), 'INCOMPLETE The proxy service "P" has an empty attribute "key"'],
  [proxy(`${target}<policy key=" "/>`), 'INCOMPLETE The proxy service "P" has an empty attribute "key"'],
  [
    endpoint('<loadbalance><endpoint key="a"/><member hostName="h" httpPort="1"/></loadbalance>'),
    'VALUE The endpoint of the type `loadbalance` has endpoints and members',
  ],
  [
    endpoint('<dynamicLoadbalance><membershipHandler/></dynamicLoadbalance>'),
    'INCOMPLETE The endpoint of the type `dynamicLoadbalance` has a "membershipHandler" without the attribute "class"',
  ],
  [
    endpoint('<serviceDynamicLoadbalance/>'),
    'INCOMPLETE The endpoint of the type `serviceDynamicLoadbalance` has no element "loadBalancerConfig"',
  ],
  [endpoint('<class/>'), 'INCOMPLETE The endpoint of the type `class` has no attribute "name"'],
  [
    pace('9223372036854777856'),
    'VALUE The endpoint of the type `address` has the duration "9223372036854777856", which is not a number',
  ],
  [
    pace('{//a[}'),
    'VALUE The endpoint of the type `address` has the duration "{//a[}", which is not a valid expression: "[" is not closed',
  ],
  [
    endpoint(
      '<address uri="u"><suspendOnFailure><initialDuration>2147483648</initialDuration></suspendOnFailure></address>',
    ),
    'VALUE The endpoint of the type `address` has the initialDuration "2147483648", which is not a number',
  ],
];

/** As `taken` of refusals.ts. */
export const takenAround: readonly string[] = [
  ...['child::*order', 'x:', '$x/', 'f(1,)', '.5 + 1.', '* * *', '..[1]', "a'"].map((path) =>
    inSequence(`<property name="a" expression="${path}"/>`),
  ),
  api('context="/a"', resource('methods="GET" content-type="application/json" binds-to="default"')),
  api('context="/a" binds-to="a, b"', resource('methods="GET" content-type="" binds-to="b"')),
  api('context="/a"', resource('uri-template="/o/{a.b}/{c-d}/{e,f}/{#g}/*"')),
  proxy('<target inSequence=""/>'),
  pace('9223372036854775807'),
  pace("{get-property('a')}"),
  endpoint('<loadbalance><member hostName="h" httpPort="1"/></loadbalance>'),
  endpoint(
    '<address uri="u"><suspendOnFailure><maximumDuration>9223372036854775807</maximumDuration></suspendOnFailure></address>',
  ),
];
