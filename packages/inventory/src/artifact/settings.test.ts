import { describe, expect, test } from 'vitest';
import { parseArtifactFile } from './parse.ts';

const synapse = 'xmlns="http://ws.apache.org/ns/synapse"';

function settings(text: string): string[] {
  const { artifacts } = parseArtifactFile(text.replace('@', synapse), 'a.xml');
  return artifacts.flatMap(({ settings: found }) =>
    (found ?? []).map(
      ({ from, name, secret, atOnce }) => `${from} ${name}${secret ? ' (secret)' : ''}${atOnce ? ' at once' : ''}`,
    ),
  );
}

// What MI 4.3.0 resolves when it deploys an archive, seen with each of these files.
describe('settings that an artifact reads', () => {
  test.each([
    ['<endpoint @ name="E"><address uri="$SYSTEM:URL"/></endpoint>', ['environment URL']],
    ['<endpoint @ name="E"><address uri="&#36;SYSTEM:URL"/></endpoint>', ['environment URL']],
    ['<endpoint @ name="E"><address uri="$FILE:url"/></endpoint>', ['file url']],
    // A value must start with the prefix, and MI resolves it only where a factory asks for it.
    ['<endpoint @ name="E"><address uri="http://$SYSTEM:HOST/x"/></endpoint>', []],
    ['<sequence @ name="S"><property name="x" value="$SYSTEM:URL"/></sequence>', []],
    [
      '<sequence @ name="S"><call><endpoint><http uri-template="$SYSTEM:URL"/></endpoint></call></sequence>',
      ['environment URL'],
    ],
    ['<task @ name="T"><trigger cron="$SYSTEM:CRON"/></task>', ['environment CRON']],
    [
      '<task @ name="T" group="$SYSTEM:G"><trigger interval="5"/><property name="message"><m xmlns="">$SYSTEM:M</m></property><property name="to" value="$SYSTEM:TO"/></task>',
      ['environment TO'],
    ],
    [
      '<endpoint @ name="$SYSTEM:E"><address uri="u" format="$SYSTEM:F"/><property name="a" value="$SYSTEM:V"/></endpoint>',
      [],
    ],
    [
      '<endpoint @ name="E" template="T" uri="$SYSTEM:URL"><parameter name="a" value="$SYSTEM:V"/></endpoint>',
      ['environment URL', 'environment V'],
    ],
    [
      '<endpoint @ name="E"><http uri-template="u"><authentication><basicAuth><password>$SYSTEM:P</password></basicAuth></authentication></http></endpoint>',
      ['environment P (secret)'],
    ],
    [
      '<inboundEndpoint @ name="I" protocol="http" sequence="$SYSTEM:S"><parameters><parameter name="$SYSTEM:N">$SYSTEM:PORT</parameter></parameters></inboundEndpoint>',
      ['environment PORT'],
    ],
    [
      '<sequence @ name="S"><dbreport><connection><pool><dsName>$SYSTEM:DS</dsName></pool></connection></dbreport><call><endpoint key="$SYSTEM:E"/></call></sequence>',
      ['environment DS'],
    ],
    ['<proxy @ name="P"><parameter name="transport.vfs.FileURI">$SYSTEM:DIR</parameter></proxy>', ['environment DIR']],
    [
      '<messageStore @ name="M"><parameter name="store.jdbc.password">$SYSTEM:DB</parameter></messageStore>',
      ['environment DB (secret)'],
    ],
    [
      '<datasource><name>D</name><definition><password>$FILE:db</password></definition></datasource>',
      ['file db (secret)'],
    ],
    ['<task @ name="T"><trigger cron="${configs.cron}"/></task>', ['configurable cron at once']],
    ['<endpoint @ name="E"><http uri-template="${configs.url}"/></endpoint>', ['configurable url at once']],
    [
      '<data name="D"><config id="c"><property name="url">$SYSTEM:URL</property><property name="xa"><property name="password">$FILE:pw</property></property></config><query id="q"><sql>${configs.not}</sql></query></data>',
      ['environment URL', 'file pw (secret)', 'configurable not'],
    ],
    [
      '<sequence @ name="S"><log><message>${configs.a + configs.b}</message></log></sequence>',
      ['configurable a', 'configurable b'],
    ],
    [
      '<sequence @ name="S"><property name="p" expression="wso2:vault-lookup(\'shop\')"/></sequence>',
      ['vault shop (secret)'],
    ],
    [
      '<sequence @ name="S"><property name="p" expression="wso2:vault-lookup(\'SHOP\', \'ENV\')"/></sequence>',
      ['environment SHOP (secret)'],
    ],
    [
      '<sequence @ name="S"><property name="p" expression="hashicorp:vault-lookup(\'shop\', \'key\')"/></sequence>',
      ['hashicorp-vault shop/key (secret)'],
    ],
    ['<api @ name="A" context="/a"><resource><inSequence><log category="$ctx:x"/></inSequence></resource></api>', []],
  ])('%s', (text, expected) => expect(settings(text)).toEqual(expected));
});

// Seen on MI 4.3.0 with `$SYSTEM:`; of configurables, `ResolverFactory` of wso2/wso2-synapse in MI 4.4 to 4.6.
describe('what MI does not resolve', () => {
  const stays = (written: string): string =>
    `"${written}" stays as it is written; Micro Integrator resolves a configurable only where a value here begins with it, and only by a name of letters, digits and "_".`;
  const replaces = (start: string): string =>
    `The value of "${start}" takes the place of the whole text; Micro Integrator leaves out what follows it here.`;
  test.each<readonly [attributes: string, message?: string | undefined, setting?: string]>([
    ['uri="$SYSTEM:BASE/orders"', replaces('$SYSTEM:BASE'), 'environment BASE'],
    ['uri="${configs.base}?a=b"', replaces('${configs.base}'), 'configurable base at once'],
    ['uri="${configs.db.url}"', stays('${configs.db.url}')],
    ['uri="http://u:p@${configs.host}/a"', stays('${configs.host}')],
    ['uri="http://h/$SYSTEM:A"'],
    ['uri="u" format="${configs.a.b}"', undefined, 'configurable a.b'],
  ])('%s', (attributes, message, setting) => {
    const text = `<endpoint @ name="E"><address ${attributes}/></endpoint>`;
    const { diagnostics } = parseArtifactFile(text.replace('@', synapse), 'a.xml');
    expect(diagnostics.map((one) => one.message)).toEqual(message === undefined ? [] : [message]);
    expect(settings(text)).toEqual(setting === undefined ? [] : [setting]);
  });
});
