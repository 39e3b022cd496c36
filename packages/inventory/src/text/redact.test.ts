import { growthOf, linear } from '../../test/support/growth.ts';
import { describe, expect, it } from 'vitest';
import { redact, redactCommand } from './redact.ts';

describe('redact', () => {
  it.each([
    ['password=hunter2 next', 'password=[hidden] next'],
    ['db_password: "a b c", x', 'db_password: [hidden], x'],
    ['https://user:pw@example.com/x', 'https://[hidden]@example.com/x'],
    ['oci://token@example.com', 'oci://[hidden]@example.com'],
    ['Authorization: Bearer abcdef123456', 'Authorization: Bearer [hidden]'],
    ['sftp://bob:a/b@h/in', 'sftp://[hidden]@h/in'],
    [
      'sasl.jaas.config=x required username="a" password="b c";',
      'sasl.jaas.config=x required username="a" password=[hidden];',
    ],
    ['jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIx.sig_x end', 'jwt [hidden] end'],
    ['-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nafter', '[hidden]\nafter'],
    ['aws_secret_access_key = AKIA/xyz', 'aws_secret_access_key = [hidden]'],
    ['\u001b[31mred\u001b[0m \u0007bell \u001b]0;title\u0007x\u202e', 'red bell x'],
    ['one\r\ntwo\tthree', 'one\ntwo\tthree'],
    [
      String.raw`log {\"user\":\"ann\",\"password\":\"p, \\\"w\"}`,
      String.raw`log {\"user\":\"ann\",\"password\":[hidden]}`,
    ],
    ['<wsse:Password Type="x">hunter2</wsse:Password>', '<wsse:Password Type="x">[hidden]</wsse:Password>'],
    [
      '<parameter name="transport.jms.Password" locked="false">x</parameter>',
      '<parameter name="transport.jms.Password" locked="false">[hidden]</parameter>',
    ],
    [
      '<property name="db_password" value="x"/> <property value=\'x\' name=\'api-key\'/>',
      '<property name="db_password" value=[hidden]/> <property value=[hidden] name=\'api-key\'/>',
    ],
    ['&lt;db.password&gt;a&lt;/db.password&gt;', '&lt;db.password&gt;[hidden]&lt;/db.password&gt;'],
    ['<db.paswrd>x</db.password>', '<db.paswrd>[hidden]</db.password>'],
    ['<db.passwordx</db.password>', '<[hidden]</db.password>'],
    ['<a name="token>x</a>', '<a name="token>[hidden]</a>'],
    ['<task name="Token" a="b"> <trigger/>', '<task name="Token" a="b"> <trigger/>'],
    ['<property name="token" value="[hidden]"/>', '<property name="token" value="[hidden]"/>'],
    ['<property name="user" value="ann"/>', '<property name="user" value="ann"/>'],
    ['secrets "orders-db" not found', 'secrets "orders-db" not found'],
    // As an API server quotes a pod that it refuses to change.
    [
      'core.EnvVar{Name:"URL", Value:"x"}, core.EnvVar{Name:"DB_PASSWORD", Value:"a\\"b", ValueFrom:nil}',
      'core.EnvVar{Name:"URL", Value:"x"}, core.EnvVar{Name:"DB_PASSWORD", Value:[hidden], ValueFrom:nil}',
    ],
    [
      '[{"name":"TOKEN","value":"abc"},{"name":"B","value":"b"}]',
      '[{"name":"TOKEN","value":[hidden]},{"name":"B","value":"b"}]',
    ],
    ['"{\\"name\\":\\"TOKEN\\",\\"value\\":\\"a b\\"}"', '"{\\"name\\":\\"TOKEN\\",\\"value\\":[hidden]}"'],
    ['map[name:DB_PASSWORD value:abc] map[name:B value:b]', 'map[name:DB_PASSWORD value:[hidden]] map[name:B value:b]'],
    ['- name: TOKEN\n  value: abc\n- name: B\n  value: b', '- name: TOKEN\n  value: [hidden]\n- name: B\n  value: b'],
    [
      '{"name":"TOKEN","valueFrom":{"secretKeyRef":{"name":"a"}}}',
      '{"name":"TOKEN","valueFrom":{"secretKeyRef":{"name":"a"}}}',
    ],
    ['"failed: password=\\"hunter 2\\" is wrong"', '"failed: password=[hidden] is wrong"'],
  ])('%j', (text, clean) => expect(redact(text)).toBe(clean));

  it('hides the literal secrets given and the values of options', () => {
    expect(redact('it was s3cr3t!', ['s3cr3t!'])).toBe('it was [hidden]');
    expect(redactCommand(['helm', '--kube-token', 'abc', '--set', 'db.password=x'])).toEqual([
      'helm',
      '--kube-token',
      '[hidden]',
      '--set',
      'db.password=[hidden]',
    ]);
  });

  const openings = [
    'password',
    '://',
    '<password ',
    'name="password" ',
    'value="x" ',
    'password\\":\\"',
    'password=\\"',
  ];
  const parts = [
    'a-',
    'a.',
    'api-',
    '48-65-6c-',
    'eyJ-',
    'token-',
    'a://b:',
    'name="a-',
    'name:"token", value:"',
    'name: token ,',
    '<a-',
    '>a</password',
    '</a-',
    '<a</password',
    '\u001b]',
  ];
  it.each([...openings, ...parts])('takes time in proportion to the text: %j', (part) => {
    expect(growthOf((size) => void redact(part.repeat(size)), 5_000)).toBeLessThan(linear);
  });
});
