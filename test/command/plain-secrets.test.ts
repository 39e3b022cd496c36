import { expect, it } from 'vitest';
import { plainSecretExpressions } from '@mi-patterns/values';
import { growthOf, linear } from '../../packages/inventory/test/support/growth.ts';
import { secretData } from '../../packages/helm/src/rules/secret-data.ts';
import { chartWarnings } from '../../packages/helm/src/render/chart-warnings.ts';
import { objects } from '../chart/support.ts';

/** Texts that hold a secret whatever they are the value of. */
const held = [
  'amqp://orders:hunter2@broker:5672/',
  'redis://:hunter2@cache',
  'jdbc:sqlserver://db:1433;user=orders;password=hunter2',
  'jdbc:mysql://db/orders?user=orders&password=hunter2&useSSL=true',
  'jdbc:oracle:thin:scott/tiger@//db:1521/orders',
  '-Xss1m -Djavax.net.ssl.keyStorePassword=hunter2',
  'run --password=hunter2 --verbose',
  'org.apache.kafka.common.security.plain.PlainLoginModule required username="a" password="hunter2";',
  'Endpoint=sb://orders.servicebus.windows.net/;SharedAccessKeyName=a;SharedAccessKey=aHVudGVyMg==',
  '-----BEGIN RSA PRIVATE KEY-----',
  'Authorization: Basic dXNlcjpodW50ZXIy',
  'curl -H "Authorization: Bearer eyJhbGciOi.J9"',
  'https://db.example.com/x?user=orders&pass=hunter2',
  'jdbc:mysql://db/orders?user=orders&password=${DB_PASSWORD:-hunter2}',
  'amqp://orders:${PASSWORD:-hunter2}@broker',
  'amqp://orders:${PASSWORD:hunter2}@broker',
  'jdbc:mysql://db/orders?user=orders&password=${db.password:hunter2}',
  // In parts, so that nobody who looks for leaked tokens finds these.
  `ghp_${'a1'.repeat(18)}`,
  `github_pat_${'a1'.repeat(18)}`,
  `key: glpat-${'a1'.repeat(10)}`,
  `xoxb-${'12'.repeat(12)}`,
  `AIza${'aB'.repeat(18)}`,
  `sk_live_${'a1'.repeat(12)}`,
  `SG.${'a1'.repeat(8)}.${'b2'.repeat(16)}`,
  `-Dnewrelic.config.license_key=${'a1'.repeat(18)}NRAL`,
  `npm_${'a1'.repeat(18)}`,
  `eyJ${'hb'.repeat(8)}.eyJ${'zd'.repeat(8)}.${'a1'.repeat(8)}`,
  `https://orders.blob.core.windows.net/c?sv=2026&sig=${'a1'.repeat(20)}%3D`,
  `https://hooks.slack.com/services/T0/B0/${'a1'.repeat(12)}`,
];

/** Texts that hold none. */
const harmless = [
  'https://orders.example.com:8080/a@b?x=y:z@c',
  'jdbc:sqlserver://db.database.windows.net:1433;user=orders@server;password=$env{DB_PASSWORD}',
  'jdbc:sqlserver://db;trustServerCertificate=true;password_encoder=x;passwordFile=/secrets/p',
  'jdbc:oracle:thin:@//db:1521/orders',
  'amqp://orders:$(PASSWORD)@broker amqp://orders:${PASSWORD}@broker amqp://%s:%s@%s amqp://<user>:<password>@broker',
  'amqp://orders:$secret{broker}@broker',
  '-Djavax.net.ssl.trustStorePassword=changeit -Djavax.net.ssl.keyStorePassword= -Dpassword.file=/secrets/p',
  '-Djavax.net.ssl.trustStorePassword=/secrets/password -Dpassword=$(P)',
  'run --password=$PASSWORD --token=$(cat /secrets/token)',
  'kube_secret_info{namespace="orders", secret="orders-db"} > 0',
  '[?&]password=[^&]*',
  'select * from users where password=:password',
  'set the password, then the token: see https://wiki.example.com/password',
  'Basic authentication, Basic JavaScript',
  'Title: Basic Integration REST-API for OAuth',
  'jdbc:mysql://db/orders?user=orders&password=${DB_PASSWORD:-}&a=b',
  'amqp://orders:${PASSWORD:-${OTHER}}@broker',
  'amqp://orders:${PASSWORD:${OTHER:}}@broker amqp://orders:${env:PASSWORD}@broker',
  'Bearer $env{TOKEN} Basic ${CREDENTIALS}',
  'Authorization: Bearer <token>, Authorization: Basic authentication',
  'https://example.com/x?bypass=all&compass=north',
  'https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX https://example.com/x?design=a&sig=',
  'npm_config_registry=https://npm.example.com sg.example.com ghp_config eyJ',
];

/** Values of a setting `….password`. */
const passwords = [
  'hunter2',
  '123456',
  '$ecret',
  '\\x',
  'Tr0ub4dor&3',
  'a b',
  'changeme!',
  'Ab:c/d#e',
  '/aB3/xY9',
  '*Hunter2!',
  '*hunter2',
  'ADMIN_PASS',
  'DB_PASSWORD',
  '${NAME:-plain}',
  '${NAME:plain}',
  '${NAME:=plain}',
  '${db.password:pl@in}',
  '${FIRST:${SECOND:plain}}',
  'a${X}:${Y:-plain}',
  '${env:NAME:-hunter2}',
  '[Pa55',
];
const noPasswords = [
  '${NAME:}',
  '${NAME:?no password}',
  '${db.password:${NAME}}',
  '${spring.password:changeit}',
  '${NAME:#{null}}',
  '${vault:secret/data/db:password}',
  '${file:UTF-8:/secrets/password}',
  '',
  '0',
  '4096',
  'true',
  'null',
  'wso2carbon',
  'changeme',
  '<password>',
  '***',
  'xxxx',
  '[hidden]',
  '$env{P}',
  '$secret{p}',
  '$sys{p}',
  '$ref{p}',
  '${P}',
  '$(P)',
  '$FILE:p',
  '$SYSTEM:P',
  '/run/secrets/p',
  'file:///run/secrets/p',
  'vault:secret/data/db#password',
  'ref+vault://secret/db',
  'arn:aws:secretsmanager:eu-west-1:1:secret:p',
  'p@azurekeyvault',
  'ENC(pG9e3EZLIGipuN+D8rU8D65ghC1RJhFF)',
  'ENC[AES256_GCM,data:3PTvx6o=,type:str]',
  '{cipher}AQB4c2VjcmV0',
  'TODO',
  'tbd',
  'n/a',
  'N/A',
  'REPLACE_ME',
  'Replace with the real one',
  'your-secret-key',
  'yourpassword',
  'PUT_THE_PASSWORD_HERE',
  '${P:-}',
  '${P:-changeit}',
  '${P:-${Q}}',
  '${env:P}-a:b',
  'a$${P}',
  '*',
  '***p***',
  'yes',
  '15m',
  '30 s',
  '1.5h',
  '64Ki',
  './conf/p',
  '/run/secrets/DB_PASSWORD',
  'conf:/orders/p',
  'vault://secret/data/db',
];

/** Names that say what their values are, and others. */
const names = [
  'password',
  'DB_PASSWD',
  'keyPassphrase',
  'clientSecret',
  'TOKEN',
  'x-api-key',
  'AWS_SECRET_KEY',
  'accountKey',
  'CREDENTIALS',
  'PRIVATE_KEY',
  'db.pwd',
  'DB_PASS',
  'dbpass',
  'keyStorePass',
  'PASSWORD_2',
  'subscription-key',
];
const otherNames = [
  'bypass',
  'compass',
  'passed',
  'passwordFile',
  'token_endpoint',
  'password_encoder',
  'secretName',
  'keyAlias',
  'TOKENS_PER_HOUR',
];

interface Case {
  readonly key: string;
  readonly text: string;
  readonly isSecret: boolean;
}

const texts = [
  ...held.map((text) => ({ key: 'x', text, isSecret: true })),
  ...harmless.map((text) => ({ key: 'x', text, isSecret: false })),
];
const settings = [
  ...texts,
  { key: 'x', text: 'Basic dXNlcjpodW50ZXIy', isSecret: true },
  ...passwords.map((text) => ({ key: 'password', text, isSecret: true })),
  ...noPasswords.map((text) => ({ key: 'password', text, isSecret: false })),
  ...names.map((key) => ({ key, text: 'hunter2', isSecret: true })),
  ...otherNames.map((key) => ({ key, text: 'hunter2', isSecret: false })),
];

/** A part of the values for the cases, each under a name that begins with its mark. */
type Place = (cases: readonly (Case & { readonly name: string })[]) => object;

const byName: Place = (cases) => Object.fromEntries(cases.map(({ name, text }) => [name, text]));
const container = (spec: object): object => ({
  workloadDefaults: { extraContainers: { side: { image: 'a:1', ...spec } } },
});
const list: Place = (cases) => cases.map(({ name, text }) => ({ name, value: text }));

const places: readonly (readonly [string, readonly Case[], Place])[] = [
  ['env', settings, (cases) => ({ env: byName(cases) })],
  ['env of a workload', settings, (cases) => ({ workloads: { a: { type: 'stateless', env: byName(cases) } } })],
  ['deploymentToml', settings, (cases) => ({ deploymentToml: { synapse_properties: byName(cases) } })],
  ['properties', settings, (cases) => ({ properties: byName(cases) })],
  ['env of a container', settings, (cases) => container({ env: list(cases) })],
  [
    'data of a ConfigMap',
    settings,
    (cases) => ({ extraObjects: { c: { apiVersion: 'v1', kind: 'ConfigMap', data: byName(cases) } } }),
  ],
  ['annotations of pods', texts, (cases) => ({ workloadDefaults: { podAnnotations: byName(cases) } })],
  [
    'values of options of a container',
    settings,
    (cases) => ({
      workloadDefaults: {
        extraContainers: Object.fromEntries(
          cases.map(({ key, text }, index) => [`n${index}-c`, { image: 'a:1', args: ['run', `--${key}`, text] }]),
        ),
      },
    }),
  ],
  ['arguments of a container', texts, (cases) => container({ args: cases.map(({ name, text }) => `${name} ${text}`) })],
];

it.each(places)('the chart and `mi-patterns test` tell secrets in %s, and only those', async (_, cases, place) => {
  const marked = cases.map((one, index) => ({ ...one, name: `n${index}_${one.key}` }));
  const rendered = await objects(place(marked) as never);
  const warned = chartWarnings(rendered).filter(({ code }) => code === 'MI-VALUES-SECRET-INLINE');
  const told = (sentences: readonly string[]): readonly string[] => {
    const found = sentences.flatMap((sentence) => /\bn(\d+)[_-]|args[.[](\d+)/.exec(sentence)?.slice(1) ?? []);
    return marked.filter((_one, index) => found.includes(String(index))).map(({ name, text }) => `${name}: ${text}`);
  };
  const expected = marked.filter(({ isSecret }) => isSecret).map(({ name, text }) => `${name}: ${text}`);
  expect(told(warned.map(({ path, sentence }) => `${path.join('.')} ${sentence}`))).toEqual(expected);
  expect(told(secretData.check(rendered).map(({ message }) => message))).toEqual(expected);
});

it('is told of whole files by their lines, but for comments and what [secrets] has encrypted', async () => {
  const files = {
    'conf/a.properties': { text: '# db.password = hunter2\ndb.user = a\ndb.password = hunter2\n' },
    'conf/b.yaml': {
      text: 'db:\n  # password: hunter2\n  password: ${DB_PASSWORD} # hunter2\n  token: |\n  secret: *alias\n',
    },
    'conf/security/cipher-text.properties': {
      text: '# a.password=[hunter2]\nKeyStore.Password=cpw74SGeBNgAVpryqj5/xshSyW5BDW9d1UW0xMZDxVeoa6xS6CFtU+E==\n',
    },
    'conf/cipher-text.properties': { text: 'KeyStore.Password=[hunter2]\nOther.Password=[$env{OTHER}]\n' },
    'conf/c.groovy': { text: 'password = context.getProperty("password")\n' },
  };
  const secrets = { db_password: 'aGVsbG8gd29ybGQ=', open: '[hunter2]', put_in: '[$env{OPEN}]' };
  const rendered = await objects({ files, deploymentToml: { secrets } });
  const found = chartWarnings(rendered).filter(({ code }) => code === 'MI-VALUES-SECRET-INLINE');
  expect(found.map(({ path }) => path.join(' '))).toEqual([
    'deploymentToml secrets open',
    'files conf/a.properties text',
    'files conf/cipher-text.properties text',
  ]);
  expect(secretData.check(rendered).map(({ message }) => message)).toEqual([
    expect.stringMatching(/^data\.deployment\.toml, line \d+ \(open\) looks/),
    expect.stringMatching(/^data\..*a\.properties.*, line 3 \(db\.password\) looks/),
    expect.stringMatching(/^data\..*cipher-text\.properties, line 1 \(KeyStore\.Password\) looks/),
  ]);
});

it('leaves what brings secrets from elsewhere, Secrets and templates alone', async () => {
  const rendered = await objects({
    secretProviderClasses: {
      orders: { provider: 'aws', env: { DB_PASSWORD: 'db-password' }, objects: { 'db-password': { name: 'prod/db' } } },
    },
    extraObjects: {
      a: { apiVersion: 'v1', kind: 'Secret', stringData: { password: 'hunter2' } },
      b: 'apiVersion: v1\nkind: ConfigMap\ndata:\n  password: "{{ .Values.fullnameOverride }}"\n',
      c: { apiVersion: 'external-secrets.io/v1', kind: 'ExternalSecret', spec: { data: [{ secretKey: 'password' }] } },
    },
  });
  expect(chartWarnings(rendered).filter(({ code }) => code === 'MI-VALUES-SECRET-INLINE')).toEqual([]);
  expect(secretData.check(rendered)).toEqual([]);
});

it.each(Object.entries(plainSecretExpressions))(
  'looks for %s in time that grows with the text only',
  (_, { flags, source }) => {
    const expression = new RegExp(source, `${flags}g`);
    for (const part of [
      'a',
      '-D',
      '.',
      '/a..',
      ' ',
      '"',
      '$',
      '$a',
      'password',
      '://',
      ':',
      '&a',
      '=',
      ' a.password',
      '[',
      '@',
      '${a:-',
      '$(:',
      'eyj',
      'sg.a',
      'a1nral',
    ]) {
      const look = (size: number): void => void part.repeat(size).replace(expression, '');
      expect(growthOf(look, 5_000), JSON.stringify(part)).toBeLessThan(linear);
    }
  },
);
