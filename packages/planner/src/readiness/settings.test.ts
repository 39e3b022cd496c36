import type { GivenSettings, SettingNames, SettingRead } from '@mi-patterns/inventory';
import { describe, expect, it } from 'vitest';
import { findings, type Part, planOf, source } from '../../test/builder.ts';
import type { PlanOptions } from '../model/plan.ts';

type More = Parameters<typeof planOf>[2];
type Case = readonly [
  what: string,
  severity: 'error' | 'warning' | 'none',
  parts: Record<string, Part>,
  changes?: Partial<PlanOptions>,
  more?: More,
];

const setting = (from: SettingRead['from']): SettingRead => ({
  from,
  name: 'X',
  secret: false,
  source: source('src/x.xml', 60),
});
const reads = (from: SettingRead['from']): Part => ({ settings: [setting(from)] });
const given = (names: Partial<SettingNames> = {}, workloads: GivenSettings['workloads'] = {}): NonNullable<More> => ({
  given: [
    {
      environment: 'prod',
      everywhere: { variables: [], properties: [], aliases: [], open: false, ...names },
      workloads,
      hashicorpVault: false,
      timezone: 'UTC',
    },
  ],
});
const vfs = (parameters: Readonly<Record<string, string>>): Part => ({
  facts: { transports: ['vfs'] },
  parameters: {
    'transport.vfs.FileURI': 'file:///in',
    ...Object.fromEntries(Object.entries(parameters).map(([name, value]) => [`transport.vfs.${name}`, value])),
  },
});
const declared: Record<string, Part> = { 'property-file/config': reads('configurable') };
const secure = (protocol: string, parameters: Readonly<Record<string, string>>): Part => ({
  facts: { protocol },
  parameters: { 'wss.ssl.key.store.file': 'a.jks', 'mqtt.ssl.keystore.location': 'a.jks', ...parameters },
});
const wsdl = { facts: { wsdl: { source: source('src/p.xml', 7) } } };

const cases = {
  'MI-READY-SETTING': [
    ['a variable with no environment known', 'warning', { 'api/A': reads('environment') }],
    ['a variable that is not set', 'error', { 'api/A': reads('environment') }, {}, given()],
    ['a variable that is set', 'none', { 'api/A': reads('environment') }, {}, given({ variables: ['X'] })],
    [
      'the host name, which each container has',
      'none',
      { 'api/A': { settings: [{ ...setting('environment'), name: 'HOSTNAME' }] } },
      {},
      given(),
    ],
    ['a variable that may come from a Secret', 'none', { 'api/A': reads('environment') }, {}, given({ open: true })],
    ['a line of file.properties', 'error', { 'api/A': reads('file') }, {}, given({ variables: ['X'], open: true })],
    [
      'a template of endpoints, resolved in use',
      'warning',
      { 'template/T': { ...reads('environment'), facts: { endpoint: true } }, 'api/A': {} },
      {},
      given(),
    ],
    [
      'a variable that a vault-lookup asks for',
      'warning',
      { 'api/A': { settings: [{ ...setting('environment'), lookup: true }] } },
      {},
      given(),
    ],
    ['a template of sequences', 'error', { 'template/T': reads('environment'), 'api/A': {} }, {}, given()],
    [
      'a variable in one of two workloads',
      'error',
      { 'api/A': reads('environment'), 'task/T': {} },
      {},
      given({}, { integration: { variables: ['X'], properties: [], aliases: [], open: false } }),
    ],
    [
      'a task whose own workload has it',
      'none',
      { 'api/A': {}, 'task/T': reads('environment') },
      {},
      given({}, { 't-task': { variables: ['X'], properties: [], aliases: [], open: false } }),
    ],
    [
      'deployment.toml',
      'error',
      { 'api/A': {} },
      {},
      { ...given(), configurations: [{ environment: 'prod', settings: [setting('environment')] }] },
    ],
    [
      'deployment.toml of the project, which the chart does not deliver',
      'none',
      { 'api/A': {} },
      {},
      { ...given(), configurations: [{ settings: [setting('environment')] }] },
    ],
  ],
  'MI-READY-LOCK': [
    ['a proxy on a directory', 'warning', { 'proxy-service/P': vfs({}) }],
    ['a file inbound endpoint', 'warning', { 'inbound-endpoint/I': { ...vfs({}), facts: { protocol: 'file' } } }],
    ['locks of its own node only', 'warning', { 'proxy-service/P': vfs({ AutoLockRelease: 'true' }) }],
    [
      'locks of every node',
      'none',
      { 'proxy-service/P': vfs({ AutoLockRelease: 'true', LockReleaseSameNode: 'false' }) },
    ],
    ['no locks', 'none', { 'proxy-service/P': vfs({ Locking: 'disable' }) }],
    ['a proxy over HTTP', 'none', { 'proxy-service/P': {} }],
  ],
  'MI-READY-LOCATION': [
    [
      'an entry with a src',
      'warning',
      { 'api/A': {}, 'local-entry/E': { facts: { location: { uri: 'file:/x.xml', source: source('e.xml') } } } },
    ],
    [
      'the WSDL of an endpoint',
      'warning',
      { 'api/A': {}, 'endpoint/E': { effects: [{ type: 'wsdl', subject: 'http://a/b?wsdl' }] } },
    ],
    ...['api/A', 'proxy-service/P', 'sequence/S', 'template/T'].map((id): Case => [
      `the WSDL of an endpoint in ${id}`,
      'warning',
      { 'api/A': {}, [id]: { effects: [{ type: 'wsdl', subject: 'http://a/b?wsdl' }] } },
    ]),
    [
      'the WSDL of an endpoint that is built when a flow uses it',
      'none',
      {
        'api/A': {},
        'local-entry/E': { facts: { content: 'endpoint' }, effects: [{ type: 'wsdl', subject: 'http://a/b?wsdl' }] },
        'template/T': { facts: { endpoint: true }, effects: [{ type: 'wsdl', subject: 'http://a/b?wsdl' }] },
      },
    ],
    ['the key store of a WebSocket', 'warning', { 'inbound-endpoint/I': secure('wss', {}) }],
    ['the key store of MQTT', 'warning', { 'inbound-endpoint/I': secure('mqtt', { 'mqtt.ssl.enable': 'true' }) }],
    ['MQTT without TLS', 'none', { 'inbound-endpoint/I': secure('mqtt', {}) }],
    [
      'the key store of MI itself',
      'none',
      {
        'inbound-endpoint/I': secure('wss', {
          'wss.ssl.key.store.file': 'repository/resources/security/wso2carbon.jks',
        }),
      },
    ],
    [
      'a WSDL at an address that only the server knows',
      'none',
      { 'api/A': { effects: [{ type: 'wsdl', subject: '$SYSTEM:URL', dynamic: true }] } },
    ],
    [
      'the WSDL of a proxy',
      'warning',
      { 'proxy-service/P': { facts: { wsdl: { uri: 'http://a/b?wsdl', source: source('p.xml') } } } },
    ],
    [
      'a store in RabbitMQ',
      'warning',
      {
        'api/A': {},
        'message-store/M': { facts: { class: 'org.apache.synapse.message.store.impl.rabbitmq.RabbitMQStore' } },
      },
    ],
    ['a data service with a database', 'warning', { 'data-service/D': { facts: { connects: source('d.dbs') } } }],
    [
      'two data services',
      'warning',
      {
        'data-service/D': { facts: { connects: source('d.dbs') } },
        'data-service/E': { facts: { connects: source('e.dbs') } },
      },
    ],
    ['a data service without a database', 'none', { 'data-service/D': {} }],
    [
      'a resequencing store',
      'warning',
      {
        'api/A': {},
        'message-store/M': {
          facts: { class: 'org.apache.synapse.message.store.impl.resequencer.ResequenceMessageStore' },
        },
      },
    ],
    [
      'a store in a database',
      'none',
      {
        'api/A': {},
        'message-store/M': { facts: { class: 'org.apache.synapse.message.store.impl.jdbc.JDBCMessageStore' } },
      },
    ],
    ['an entry with its content', 'none', { 'api/A': {}, 'local-entry/E': {} }],
    [
      'a store of a class of that name',
      'none',
      { 'api/A': {}, 'message-store/M': { facts: { class: 'org.acme.RabbitMQStore' } } },
    ],
    ['a WSDL in the registry', 'none', { 'proxy-service/P': wsdl }],
  ],
  'MI-READY-WSDL': [
    ['a WSDL, and no address for it', 'warning', { 'proxy-service/P': wsdl }, {}, given()],
    ['a WSDL where no environment is known', 'warning', { 'proxy-service/P': wsdl }],
    [
      'an address for one of two listeners',
      'warning',
      { 'proxy-service/P': wsdl },
      {},
      { ...given(), configurations: [{ environment: 'prod', wsdlAddresses: ['http'] }] },
    ],
    [
      'an address for both listeners',
      'none',
      { 'proxy-service/P': wsdl },
      {},
      { ...given(), configurations: [{ environment: 'prod', wsdlAddresses: ['http', 'https'] }] },
    ],
    [
      'an address in the file that the image brings',
      'none',
      { 'proxy-service/P': wsdl },
      {},
      { ...given(), configurations: [{ wsdlAddresses: ['http', 'https'] }] },
    ],
    [
      'an address for the one listener of the service',
      'none',
      { 'proxy-service/P': { facts: { ...wsdl.facts, transports: ['https', 'jms'] } } },
      {},
      { ...given(), configurations: [{ environment: 'prod', wsdlAddresses: ['https'] }] },
    ],
    ['a service of JMS', 'none', { 'proxy-service/P': { facts: { ...wsdl.facts, transports: ['jms'] } } }, {}, given()],
    ['a service without a WSDL of its own', 'none', { 'proxy-service/P': {} }, {}, given()],
  ],
  'MI-READY-CONFIGURABLE': [
    ['one without a value', 'warning', { ...declared, 'api/A': reads('configurable') }, {}, given()],
    [
      'one from the environment',
      'none',
      { ...declared, 'api/A': reads('configurable') },
      {},
      given({ variables: ['X'] }),
    ],
    [
      'one from file.properties',
      'none',
      { ...declared, 'api/A': reads('configurable') },
      {},
      given({ properties: ['X'] }),
    ],
    ['one that is not declared', 'warning', { 'api/A': reads('configurable') }, {}, given({ variables: ['X'] })],
  ],
  'MI-READY-VAULT': [
    ['a secret of HashiCorp Vault', 'warning', { 'api/A': reads('hashicorp-vault') }, {}, given()],
    ['an alias, which the image may bring', 'none', { 'api/A': reads('vault') }, {}, given()],
  ],
} satisfies Record<string, readonly Case[]>;

describe.each(Object.entries(cases))('%s', (code, own: readonly Case[]) => {
  it.each(own.map((row) => ({ what: row[0], row })))('$what', ({ row: [, severity, parts, changes, more] }) => {
    const found = findings(planOf(parts, changes, more), code);
    expect(found.map((one) => one.severity)).toEqual(severity === 'none' ? [] : [severity]);
  });
});

it('says of a configurable what its lack leads to', () => {
  const atOnce: Part = { settings: [{ ...setting('configurable'), atOnce: true }] };
  const said = (parts: Record<string, Part>): string[] =>
    findings(planOf({ 'api/A': {}, ...parts }, {}, given()), 'MI-READY-CONFIGURABLE').map(
      ({ message, hint }) => `${message} ${hint}`,
    );
  const line =
    'Add the line `X:string` to src/main/wso2mi/resources/conf/config.properties; MI reads no other configurables.';
  expect(said({ 'sequence/S': reads('configurable') })).toEqual([
    `sequence/S reads the configurable X, which no config.properties declares: the flow that uses it fails. ${line}`,
  ]);
  expect(said({ 'endpoint/E': atOnce })).toEqual([
    `endpoint/E reads the configurable X, which no config.properties declares: without it, MI undeploys the whole archive, and no pod that has the archive becomes ready. ${line}`,
  ]);
  expect(said({ ...declared, 'template/T': { ...atOnce, facts: { endpoint: true } } })).toEqual([
    'property-file/config and template/T read the configurable X, which the environment prod does not set (integration): MI logs an error, and a flow that uses it fails. Set it under `values` in mi-patterns.yaml: `properties: {X: …}`.',
  ]);
});

it('names the time zone beside each cron expression', () => {
  const task = { facts: { trigger: { cron: '0 0 2 * * ?', source: source('t.xml', 3) } } };
  const never = { facts: { trigger: { cron: '0 2 * * *', source: source('t.xml', 3) } } };
  const { schedules } = planOf({ 'task/T': task, 'task/Never': never, 'api/A': {} }, {}, given()).readiness;
  expect(schedules).toEqual([
    {
      artifact: 'task/T',
      cron: '0 0 2 * * ?',
      source: source('t.xml', 3),
      environments: [{ environment: 'prod', timezone: 'UTC' }],
    },
  ]);
});

it('names the environments that lack a setting together', () => {
  const lacking = ['dev', 'prod'].flatMap(
    (environment) => given().given?.map((one) => ({ ...one, environment })) ?? [],
  );
  const { diagnostics } = planOf({ 'api/A': reads('environment') }, {}, { given: lacking });
  expect(diagnostics.map(({ message }) => message).join()).toContain(
    'which the environments dev and prod do not set (integration)',
  );
  // An empty value that is copied would count as set.
  expect(diagnostics[0]?.hint).toBe('Set it under `values` in mi-patterns.yaml: `env: {X: …}`.');
});
