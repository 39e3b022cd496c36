import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { miPatterns } from '../support/command.ts';
import { folderWith, pom } from './support.ts';

const synapse = 'xmlns="http://ws.apache.org/ns/synapse"';
const artifacts = 'src/main/wso2mi/artifacts';

/** Ways in which artifacts hold a password. Each is followed by something that a finding points at. */
const ways: Readonly<Record<string, string>> = {
  attribute: '<property name="db.password" value="geheim"/>',
  single: "<property value='geheim' name='api-key'/>",
  expression: `<property name="token" expression="'geheim'"/>`,
  text: '<with-param name="password">geheim</with-param>',
  lines: '<property name="secret">\n  <a>\n    geheim\n  </a>\n</property>',
  cdata: '<property name="password"><![CDATA[geheim]]></property>',
  entity: '<property name="password" value="a&lt;geheim&#x21;"/>',
  header: '<header name="Authorization" scope="transport" value="Basic geheimgeheim"/>',
  bearer: '<header name="Authorization" scope="transport" value="Bearer geheim.geheim.geheim"/>',
  json: '<payloadFactory media-type="json"><format>{"user": "a", "password": "geheim"}</format><args/></payloadFactory>',
  jsonText:
    '<payloadFactory media-type="json"><format><![CDATA[{"a":"{\\"token\\":\\"geheim\\"}"}]]></format><args/></payloadFactory>',
  xml: '<payloadFactory media-type="xml"><format><wsse:Password xmlns:wsse="w">geheim</wsse:Password></format><args/></payloadFactory>',
  address: '<send><endpoint><address uri="ftp://me:geheim@host/in"/></endpoint></send>',
  query: '<call><endpoint><http method="get" uri-template="http://localhost:1/a?api_key=geheim"/></endpoint></call>',
  comment: '<!-- password: geheim -->',
  log: '<log><message>password=geheim</message></log>',
  script: '<script language="js"><![CDATA[var password = "geheim";]]></script>',
  jaas: '<property name="sasl.jaas.config" value="x required username=&quot;a&quot; password=&quot;geheim&quot;;"/>',
  base64: '<property name="x"><a>\nZ2VoZWltZ2VoZWltZ2VoZWltZ2VoZWltZ2VoZWlt\n</a></property>',
  connector:
    '<salesforce.init><username>a</username><password>geheim</password><securityToken>geheim</securityToken></salesforce.init>',
  call: '<call-template target="none"><with-param name="accessKey" value="geheim"/></call-template>',
};

const inbound = (name: string, more: string): string =>
  `<inboundEndpoint ${synapse} name="${name}" protocol="kafka" sequence="none" onError="none" suspend="false">\n<parameters>\n<parameter name="interval">1x</parameter>\n${more}\n<parameter name="coordination">perhaps</parameter>\n</parameters>\n</inboundEndpoint>`;

const files = (): Readonly<Record<string, string>> => ({
  'p/pom.xml': pom('<db.password>geheim</db.password><dockerfile.base.image>u:geheim@h/x</dockerfile.base.image>'),
  ...Object.fromEntries(
    Object.entries(ways).flatMap(([name, xml]) => [
      [
        `p/${artifacts}/sequences/${name}.xml`,
        `<sequence ${synapse} name="${name}">\n${xml}\n<sequence key="missing"/>\n</sequence>`,
      ],
      [
        `p/${artifacts}/sequences/${name}Broken.xml`,
        `<sequence ${synapse} name="${name}Broken">\n${xml}\n</wrong>\n${xml}`,
      ],
      [
        `p/${artifacts}/tasks/${name}.xml`,
        `<task ${synapse} name="${name}" class="org.acme.T" group="g"><trigger interval="60"/>\n<property xmlns:task="http://www.wso2.org/products/wso2commons/tasks" name="message">\n${xml}\n</property></task>`,
      ],
    ]),
  ),
  [`p/${artifacts}/inbound-endpoints/K.xml`]: inbound(
    'K',
    '<parameter name="sasl.jaas.config">X required username="a" password="geheim";</parameter>\n<parameter name="ssl.key.password">geheim</parameter>\n<parameter name="bootstrap.servers">a:geheim@h:1</parameter>',
  ),
  [`p/${artifacts}/inbound-endpoints/J.xml`]: inbound(
    'J',
    '<parameter name="transport.jms.Password">geheim</parameter>\n<parameter name="java.naming.provider.url">tcp://u:geheim@h:1?password=geheim</parameter>',
  ).replace('kafka', 'jms'),
  [`p/${artifacts}/inbound-endpoints/F.xml`]: inbound(
    'F',
    '<parameter name="transport.vfs.FileURI">sftp://u:a/geheim@h/in</parameter>',
  ).replace('kafka', 'file'),
  [`p/${artifacts}/message-stores/S.xml`]: `<messageStore ${synapse} name="S" class="org.apache.synapse.message.store.impl.jdbc.JDBCMessageStore">\n<parameter name="store.jdbc.connection.url">jdbc:sqlserver://h;user=a;password=geheim</parameter>\n<parameter name="store.jdbc.password">geheim</parameter>\n</messageStore>`,
  [`p/${artifacts}/message-stores/R.xml`]: `<messageStore ${synapse} name="R" class="org.apache.synapse.message.store.impl.rabbitmq.RabbitMQStore">\n<parameter name="store.rabbitmq.password">geheim</parameter>\n<parameter name="store.rabbitmq.host.name">amqp://u:geheim@h</parameter>\n</messageStore>`,
  [`p/${artifacts}/local-entries/api.token.xml`]: `<localEntry ${synapse} key="api.token"><![CDATA[geheim]]></localEntry>`,
  [`p/${artifacts}/proxy-services/P.xml`]: `<proxy ${synapse} name="P" transports="jms" startOnLoad="true">\n<target><inSequence/></target>\n<parameter name="transport.jms.Password">geheim</parameter>\n<parameter name="transport.jms.Destination">q?password=geheim</parameter>\n</proxy>`,
  [`p/src/main/wso2mi/resources/conf/config.properties`]: 'db.password:geheim\n',
  'p/deployment/docker/Dockerfile':
    'ARG BASE_IMAGE\nFROM ${BASE_IMAGE}\nENV SHOP=geheim\nENV OLD geheim\nRUN <<EOF\nlogin geheim\nEOF\n',
  'p/deployment/deployment.toml':
    '[server]\noffset = "$env{X}"\n[[transport.jms.listener]]\nname = "a"\nparameter.password = "geheim"\nparameter.\'java.naming.provider.url\' = "tcp://u:geheim@h:1"\n[transport.jms]\nlistener_enable = "perhaps"\n[secrets]\nalias = "[geheim]"\n[[datasource]]\nid = "WSO2_COORDINATION_DB"\nurl = "jdbc:mysql://u:geheim@h/d"\npassword = "geheim"\n',
  'values.yaml':
    'pattern: coordinated\nimage: { repository: 1 }\nenv: { DB_PASSWORD: geheim, url: "ftp://u:geheim@h" }\ndeploymentToml: { secrets: { a: "[geheim]" }, keystore: { primary: { password: geheim } } }\nunknown: { password: geheim }\ncoordination: { database: { password: geheim, url: "jdbc:mysql://u:geheim@h/d" } }\n',
});

/** Without what keeps `generate` from writing. */
const readable = (): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(files())
      .filter(([path]) => !/Broken|[JR]\.xml$|sequences\/cdata\.xml$|deployment\.toml$/.test(path))
      .map(([path, text]) => [path, text.replace('>1x<', '>1<')]),
  );

const secret = /geheim|Z2Vo/i;

function contents(folder: string): readonly (readonly [string, string])[] {
  return (
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      // An archive holds the artifacts as they are.
      .filter((name) => !name.endsWith('.car') && statSync(join(folder, name)).isFile())
      .map((name) => [name, readFileSync(join(folder, name), 'latin1')] as const)
  );
}

describe('a password in an artifact', () => {
  it.each([
    ['scan', 'p', '--verbose'],
    ['scan', 'p', '--json'],
    ['scan', 'p', '--format', 'sarif'],
    ['plan', 'p', '--verbose'],
    ['plan', 'p', '--json'],
    ['explain', 'inbound-endpoint/K', 'p'],
    ['explain', 'inbound-endpoint/F', 'p', '--json'],
    ['explain', 'proxy-service/P', 'p'],
    ['explain', 'message-store/S', 'p'],
    ['validate', 'values.yaml'],
    ['validate', 'values.yaml', '--json'],
    ['generate', 'p', '--check', '--verbose'],
  ])('is not in what %j prints', async (...args) => {
    const { stdout, stderr } = await miPatterns(args, { cwd: folderWith(files()) });
    const lines = `${stdout}${stderr}`.split('\n');
    expect(lines.filter((line) => secret.test(line)).map((line) => line.slice(0, 600))).toEqual([]);
    expect(lines.length).toBeGreaterThan(3);
  });

  it.each([
    ['plan', 'p', '--report', 'made/report.html'],
    ['plan', 'p', '--diagram', 'made/diagram.svg'],
    ['plan', 'p', '--diagram', 'made/diagram.mmd'],
    ['generate', 'p', '--out', 'made'],
  ])('is in no file that %j writes', async (...args) => {
    const cwd = folderWith(args[0] === 'generate' ? readable() : files());
    const { stdout, stderr } = await miPatterns(args, { cwd });
    expect(`${stdout}${stderr}`).not.toMatch(secret);
    const written = contents(join(cwd, 'made'));
    expect(written.length).toBeGreaterThan(0);
    expect(
      written.flatMap(([name, text]) => {
        const at = text.search(secret);
        return at === -1 ? [] : [`${name}: ${text.slice(Math.max(0, at - 200), at + 60)}`];
      }),
    ).toEqual([]);
  });
});
