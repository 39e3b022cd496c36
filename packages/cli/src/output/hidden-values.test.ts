import { growthOf, linear } from '@mi-patterns/inventory/test-growth';
import { describe, expect, it } from 'vitest';
import { frameLines } from './frame.ts';

/** Every line of a text as a finding on it or beside it would show it. */
const shown = (text: string): string =>
  text
    .split('\n')
    .flatMap((_, index) => frameLines(text, { line: index + 1, column: 2 }).map((line) => line.text))
    .join('\n');

const inElement = (xml: string): string => `<inboundEndpoint name="I">\n${xml}\n</inboundEndpoint>`;

describe('a secret is never shown', () => {
  it.each([
    ['text of a parameter', inElement('<parameter name="store.jms.password">geheim</parameter>')],
    ['text that spans lines', inElement('<parameter name="token">\n  geheim\n  geheim\n</parameter>')],
    ['a parameter that spans lines', inElement('<parameter\n  locked="false"\n  name="token"\n>geheim</parameter>')],
    ['CDATA', inElement('<parameter name="password"><![CDATA[geheim]]></parameter>')],
    ['CDATA with markup', inElement('<parameter name="password"><![CDATA[a<b>\ngeheim]]></parameter>')],
    ['after an entity', inElement('<parameter name="password">a&lt;geheim</parameter>')],
    ['in elements', inElement('<parameter name="password">\n<a>\n<b>geheim</b>\n</a>\n</parameter>')],
    ['in an attribute of an element below', inElement('<parameter name="secret">\n<a value="geheim"/>\n</parameter>')],
    ['an element of the name', inElement('<wsse:Password Type="x">geheim</wsse:Password>')],
    ['an element of the name over lines', inElement('<ns:accessToken>\n\n   geheim\n</ns:accessToken>')],
    ['an attribute of the name', inElement('<a dbPassword="geheim"/>')],
    ['an attribute in single quotes', inElement("<a\n  client_secret='geheim'\n/>")],
    ['an attribute over lines', inElement('<a api-key="x\ngeheim\ngeheim"/>')],
    ['value after name', inElement('<property name="db.password" scope="default" value="geheim"/>')],
    ['value before name', inElement('<property value="geheim" name="db.password"/>')],
    ['an expression with a text', inElement(`<property name="token" expression="'geheim'"/>`)],
    ['a local entry', '<localEntry key="api.token">\n  geheim\n</localEntry>'],
    ['JAAS', inElement('<parameter name="sasl.jaas.config">X required password="geheim";</parameter>')],
    ['JAAS in an attribute', inElement(`<a jaas='X required password="geheim";'/>`)],
    ['an address', inElement('<address uri="ftp://me:geheim@host/in"/>')],
    ['an address with signs', inElement('<address uri="sftp://me:a/geheim@host/in"/>')],
    ['a query', inElement('<address uri="http://h/a?api_key=geheim&amp;x=1"/>')],
    ['a JDBC URL', inElement('<url>jdbc:sqlserver://h;user=a;password=geheim;x=1</url>')],
    ['a header', inElement('<header name="Authorization" value="Basic geheimgeheim"/>')],
    ['JSON in XML', inElement('<format>{"user": "a", "password": "geheim"}</format>')],
    ['JSON in CDATA', inElement('<format><![CDATA[{"token":"geheim"}]]></format>')],
    ['JSON in JSON', inElement(String.raw`<format>{"a":"{\"password\":\"geheim\"}"}</format>`)],
    ['XML in XML', inElement('<format>&lt;password&gt;geheim&lt;/password&gt;</format>')],
    ['a comment', inElement('<!-- password: geheim -->')],
    ['Base64 in lines', inElement('<a>\nZ2VoZWltZ2VoZWltZ2VoZWltZ2VoZWltZ2VoZWlt\n</a>')],
    ['a private key', inElement('<a>-----BEGIN PRIVATE KEY----- geheim</a>')],
    ['a broken end', '<a>\n<parameter name="password">geheim</parameter\n<b x="'],
    ['a broken start', '<a>\n<parameter name="password" value="geheim"\n<b/>'],
    ['a quote that is missing', '<a>\n<parameter name="password>geheim</parameter>\n</a>'],
    ['TOML', '[a]\npassword = "geheim"\n'],
    ['TOML with a dotted key', '[a]\nparameter."jms.Password" = "geheim"\n'],
    ['a TOML table', '[keystore]\n[secrets]\nalias = "[geheim]"\nother = "[geheim]"\n'],
    ['an inline TOML table', 'a = { user = "x", password = "geheim" }\n'],
    ['a TOML text over lines', 'password = """\nfoo = geheim\n geheim"""\nnext = 1\n'],
    ['a TOML list', 'tokens = [\n  "geheim",\n  "geheim",\n]\n'],
    ['a YAML block', 'privateKey: |\n  user: geheim\n  line geheim\nnext: 1\n'],
    ['a YAML text over lines', 'password: a\n  geheim\nnext: 1\n'],
    ['a YAML list', 'tokens:\n- geheim\n- geheim\n'],
    ['a YAML map', 'secret:\n  user: geheim\n  deep:\n    more: geheim\n'],
    ['YAML in brackets', 'a: { secrets: { a: "[geheim]", b: {c: geheim} }, tokens: [geheim, geheim], d: 1 }\n'],
    ['a YAML item', 'list:\n  - password: geheim\n    name: x\n'],
    ['JSON over lines', '{\n  "password":\n  "geheim",\n  "a": 1\n}'],
    ['properties', 'a=1\ndb.password=geheim\n'],
    ['properties over lines', 'a=1\ndb.password=a\\\ngeheim\\\ngeheim\nb=1\n'],
    ['properties with a colon', 'a=1\ndb.password : geheim\n'],
    ['a Dockerfile', 'FROM x\nENV DB_PASSWORD geheim\nARG TOKEN=geheim\n'],
  ])('%s', (_, text) => {
    expect(shown(text)).not.toMatch(/geheim|Z2Vo/);
  });
});

describe('structure stays', () => {
  it.each([
    ['<task name="RefreshToken" class="C" group="g">\n  <trigger interval="60"/>\n</task>'],
    ['<api name="TokenAPI" context="/token">\n  <resource methods="GET" uri-template="/a"/>\n</api>'],
    ['<sequence name="secretSequence">\n  <log level="full"/>\n</sequence>'],
    ['<a>\n<call-template target="passwordPolicy"/>\n</a>'],
    ['tokenBucket_size = 1x\nnext = 1'.replace('tokenBucket_size', 'bucket_size')],
  ])('%s', (text) => {
    const frame = frameLines(text, { line: 2, column: 1 }).map((line) => line.text);
    expect(frame).toEqual(text.split('\n').slice(0, 3));
  });

  it.each([
    [
      '<p>\n<parameter name="token" locked="x">a</parameter>',
      2,
      '<parameter name="token" locked="[hidden]">[hidden]</parameter>',
    ],
    [
      '<p>\n  <property name="password" value="a" scope="axis2"/>',
      2,
      '  <property name="password" value="[hidden]" scope="axis2"/>',
    ],
    ['<p>\n<parameter name="secret">\n  <value>a</value>', 3, '  <value>[hidden]</value>'],
    ['x: 1\npasswordSecret:\n  name: database', 3, '  name: [hidden]'],
    ['x: 1\npasswordSecret:\n  name: database', 2, 'passwordSecret:'],
    ['x: 1\npasswordSecret:\n  name: database\nreplicas: 2', 4, 'replicas: 2'],
    ['[a]\npassword = "a" # why', 2, 'password = [hidden]'],
    ['[secrets]\na = "b"\n[server]\noffset = 1', 4, 'offset = 1'],
  ])('%j, line %i', (text, line, wanted) => {
    expect(frameLines(text, { line, column: 2 }).find(({ marked }) => marked)?.text).toBe(wanted);
  });

  const lines = ['<a b="', '<a ', "<a b='c' ", '<![CDATA[', '<!-- ', '</a>', '<password>', 'a = ', '[secrets]\n'];
  it.each([
    ...[...lines, 'token: |\n  a\n', '\\\n'].map((part): [string, string, string] => ['<x>\n', part, '']),
    ['a\n', 'password: {\n', ''],
    ['a\nword', ' ', ''],
    ['a\nENV word', ' ', ''],
    ['a\n', '[', ''],
    ['a\n', '- ', ''],
    ['a\n[a', ']', 'x'],
    ['<x>\n<a ', 'b', '>'],
    ['<x>\n</a', ' ', 'b>'],
  ])('takes time in proportion to the text: %j, %j, %j', (start, part, end) => {
    const show = (size: number): void => void frameLines(start + part.repeat(size) + end, { line: 2, column: 2 });
    expect(growthOf(show, 12_500)).toBeLessThan(linear);
  });
});
