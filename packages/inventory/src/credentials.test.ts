import { expect, test } from 'vitest';
import { isSecretName, withoutCredentials } from './credentials.ts';

test.each([
  ['ftp://user:pw@host/in', 'ftp://[hidden]@host/in'],
  ['vfs:smb://DOMAIN;user:p%40ss@host/share?x=1', 'vfs:smb://[hidden]@host/share?x=1'],
  ['sftp://user:p@ss@host/in', 'sftp://[hidden]@host/in'],
  ['jdbc:mysql://u:pw@h/db?user=u&password=pw&x=1', 'jdbc:mysql://[hidden]@h/db?user=u&password=[hidden]&x=1'],
  ['http://{uri.var.host}:8290/a?api_key=abc', 'http://{uri.var.host}:8290/a?api_key=[hidden]'],
  ['See http://a/b and mail to me@b.c', 'See http://a/b and mail to me@b.c'],
  ['conf:/a@b', 'conf:/a@b'],
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
])('%s names a secret', (name) => {
  expect(isSecretName(name)).toBe(true);
});

test.each(['transport.vfs.FileURI', 'transport.PassThroughHttp', 'interval', 'rabbitmq.queue.name'])(
  '%s does not',
  (name) => {
    expect(isSecretName(name)).toBe(false);
  },
);

test('a long text takes no long time', () => {
  const start = performance.now();
  withoutCredentials(`${'a://'.repeat(50_000)}@${'?password='.repeat(50_000)}`);
  expect(performance.now() - start).toBeLessThan(2000);
});
