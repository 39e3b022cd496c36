import { growthOf, linear } from '../../test/support/growth.ts';
import { expect, test } from 'vitest';
import { isSecretName, withoutCredentials } from './credentials.ts';

test.each([
  ['ftp://user:pw@host/in', 'ftp://[hidden]@host/in'],
  ['vfs:smb://DOMAIN;user:p%40ss@host/share?x=1', 'vfs:smb://[hidden]@host/share?x=1'],
  ['sftp://user:p@ss@host/in', 'sftp://[hidden]@host/in'],
  ['jdbc:mysql://u:pw@h/db?user=u&password=pw&x=1', 'jdbc:mysql://[hidden]@h/db?user=u&password=[hidden]&x=1'],
  ['http://{uri.var.host}:8290/a?api_key=abc', 'http://{uri.var.host}:8290/a?api_key=[hidden]'],
  ['sftp://bob:a/b@h/in', 'sftp://[hidden]@h/in'],
  ['vfs:sftp://bob:a#b c@h:22/in', 'vfs:sftp://[hidden]@h:22/in'],
  ['ftp://u:p@ss@host', 'ftp://[hidden]@host'],
  ['http://host:8290/a?mail=x@y.z', 'http://host:8290/a?mail=x@y.z'],
  [
    'org.apache.kafka.common.security.plain.PlainLoginModule required username="app" password="a;b c";',
    'org.apache.kafka.common.security.plain.PlainLoginModule required username="app" password=[hidden];',
  ],
  ["x required password='a b';", 'x required password=[hidden];'],
  ['x required password=ab;', 'x required password=[hidden];'],
  ['x="required password=&quot;a b&quot;;"', 'x="required password=[hidden];"'],
  ['jdbc:oracle:thin:app/pw@h:1521:x', 'jdbc:oracle:thin:[hidden]@h:1521:x'],
  ['jdbc:sqlserver://h;user=a;pwd=b;x=1', 'jdbc:sqlserver://h;user=a;pwd=[hidden];x=1'],
  ['AccountName=a;AccountKey=b==;x=1', 'AccountName=a;AccountKey=[hidden];x=1'],
  ['Endpoint=sb://h/;SharedAccessKey=b=', 'Endpoint=sb://h/;SharedAccessKey=[hidden]'],
  ['Authorization: Bearer abcdef.ghi', 'Authorization: Bearer [hidden]'],
  ['Bearer abcdef.ghi', 'Bearer [hidden]'],
  ['https://h/in?sv=1&sig=a%2Bb&x=1', 'https://h/in?sv=1&sig=[hidden]&x=1'],
  ['https://h/in?X-Amz-Signature=abc', 'https://h/in?X-Amz-Signature=[hidden]'],
  ['https://hooks.slack.com/services/T0/B0/x?y=1', 'https://hooks.slack.com/services/[hidden]?y=1'],
  ['post to https://discord.com/api/webhooks/1/x now', 'post to https://discord.com/api/webhooks/[hidden] now'],
  ['https://acme.webhook.office.com/webhookb2/a@b/c', 'https://acme.webhook.office.com/webhookb2/[hidden]'],
  ['https://api.telegram.org/bot1:x/sendMessage', 'https://api.telegram.org/bot[hidden]'],
  ['https://acme.example.com/webhooks/orders', 'https://acme.example.com/webhooks/orders'],
  ['https://h/in?design=a', 'https://h/in?design=a'],
  ['a -----BEGIN PRIVATE KEY-----x-----END PRIVATE KEY----- b', 'a [hidden] b'],
  ['a basic integration', 'a basic integration'],
  ['See http://a/b and mail to me@b.c', 'See http://a/b and mail to me@b.c'],
  ['conf:/a@b', 'conf:/a@b'],
  ['image: robot:p%w@registry.example.com:5000/acme/mi', 'image: [hidden]@registry.example.com:5000/acme/mi'],
  ['registry: "robot:pw@registry.example.com"', 'registry: "[hidden]@registry.example.com"'],
  ['acme/mi:1@sha256:0a', 'acme/mi:1@sha256:0a'],
  ['registry.example.com:5000/mi:1@sha256:0a', 'registry.example.com:5000/mi:1@sha256:0a'],
  ['mailto:me@example.com', 'mailto:me@example.com'],
])('%s is shown as %s', (text, shown) => {
  expect(withoutCredentials(text)).toBe(shown);
});

test.each([
  'transport.jms.Password',
  'mqtt.server.password',
  'store.jdbc.password',
  'client_secret',
  'accessToken',
  'awsAccessKeyId',
  'api-key',
  'passphrase',
  'sasl.jaas.config',
  'pwd',
  'AccountKey',
  'basicAuth',
  'rest.header.Authorization',
])('%s names a secret', (name) => {
  expect(isSecretName(name)).toBe(true);
});

test.each([
  'transport.vfs.FileURI',
  'transport.PassThroughHttp',
  'interval',
  'rabbitmq.queue.name',
  'authorization.enable',
])('%s does not', (name) => {
  expect(isSecretName(name)).toBe(false);
});

test.each(['a://', '?password=', 'a://b:', '@'])('takes time in proportion to the text: %s', (part) => {
  expect(growthOf((size) => void withoutCredentials(part.repeat(size)), 12_500)).toBeLessThan(linear);
});
