import { readDeploymentToml, type Source } from '@mi-patterns/inventory';
import { describe, expect, test } from 'vitest';
import type { Values } from '../mapping/merge.ts';
import { carryOver } from './carry-over.ts';

const file = (tables: Values, path = 'deployment/deployment.toml') => {
  const source = { path, line: 1, column: 1 };
  return { source, tables, at: () => source };
};
const carried = (document: Values, given: Values = {}) => carryOver([file(document)], 'shop', given);
const left = (document: Values, given: Values = {}): string[] =>
  carried(document, given).diagnostics.map(({ message }) => /`(.*?)`/.exec(message)?.[1] ?? message);

/** What the editor writes into each new project. */
const fresh = {
  server: { hostname: 'localhost', hot_deployment: false },
  user_store: { type: 'read_only_ldap' },
  keystore: {
    primary: { file_name: 'repository/resources/security/wso2carbon.jks', password: 'wso2carbon', alias: 'wso2carbon' },
  },
  truststore: { file_name: 'repository/resources/security/client-truststore.jks', password: 'wso2carbon' },
};

describe('carrying deployment.toml over', () => {
  test('the file of a new project says nothing that the chart does not do by itself', () =>
    expect(carried(fresh)).toMatchObject({ values: {}, diagnostics: [] }));

  test('takes every other table as it is', () => {
    const toml = {
      server: { offset: 13, hostname: 'shop.example.com' },
      mediation: { synapse: { core_threads: 30 } },
      synapse_properties: { 'synapse.debugger': true },
      transport: { vfs: { listener: { enable: true } } },
    };
    const { values, diagnostics } = carried({ ...fresh, ...toml });
    expect({ values, diagnostics }).toEqual({ values: { deploymentToml: toml }, diagnostics: [] });
  });

  test('leaves out a system property that would replace the roles of a server, and says so', () => {
    const toml = { system: { parameter: { serverRoles: 'A', 'org.example.flag': 'on' } } };
    expect(left(toml)).toEqual(['system.parameter.serverRoles']);
    expect(carried(toml).values).toEqual({
      deploymentToml: { system: { parameter: { 'org.example.flag': 'on' } } },
    });
  });

  test('what JSON has no place for becomes text', () =>
    expect(carried({ a: { day: new Date(0), large: 2n ** 60n, none: Number.NaN, list: [Infinity] } }).values).toEqual({
      deploymentToml: {
        a: { day: '1970-01-01T00:00:00.000Z', large: '1152921504606846976', none: 'NaN', list: ['Infinity'] },
      },
    }));

  test('a password becomes a variable that a Secret fills, and stands nowhere in the values', () => {
    const { values, diagnostics } = carried({
      transport: { rabbitmq: { listener: [{ name: 'AMQP', parameter: { username: 'shop', password: 's3cret' } }] } },
      datasource: [{ id: 'SHOP', url: 'jdbc:mysql://u:hunter2@db/x', password: '$env{DB_PASSWORD}' }],
    });
    expect(JSON.stringify(values)).not.toMatch(/s3cret|hunter2/);
    expect(values['env']).toEqual({
      MI_DATASOURCE_SHOP_URL: { secretKeyRef: { name: 'shop-settings', key: 'MI_DATASOURCE_SHOP_URL' } },
      MI_TRANSPORT_RABBITMQ_LISTENER_AMQP_PARAMETER_PASSWORD: {
        secretKeyRef: { name: 'shop-settings', key: 'MI_TRANSPORT_RABBITMQ_LISTENER_AMQP_PARAMETER_PASSWORD' },
      },
    });
    expect(values['deploymentToml']).toMatchObject({
      datasource: [{ url: '$env{MI_DATASOURCE_SHOP_URL}', password: '$env{DB_PASSWORD}' }],
    });
    expect(diagnostics.map(({ code }) => code)).toEqual(['MI-TOML-SECRET']);
  });

  test('a password that begins with a dollar sign is one, and only what MI resolves is not', () => {
    const { values } = carried({ a: { password: '$ecret', token: '$secret{alias}', pwd: '$env{A}:$env{B}' } });
    expect(values['deploymentToml']).toEqual({
      a: { password: '$env{MI_A_PASSWORD}', token: '$secret{alias}', pwd: '$env{A}:$env{B}' },
    });
  });

  test('two secrets never share a variable', () =>
    expect(
      carried({
        'a-b': { password: 'one' },
        a_b: { password: 'two' },
        list: [
          { id: 'x', token: '1' },
          { id: 'x', token: '2' },
        ],
      }).values['deploymentToml'],
    ).toEqual({
      'a-b': { password: '$env{MI_A_B_PASSWORD}' },
      a_b: { password: '$env{MI_A_B_PASSWORD_2}' },
      list: [
        { id: 'x', token: '$env{MI_LIST_X_TOKEN}' },
        { id: 'x', token: '$env{MI_LIST_X_TOKEN_2}' },
      ],
    }));

  test('a secret of what is left out, or of what another file says instead, needs no variable', () => {
    const coordination = { datasource: [{ id: 'WSO2_COORDINATION_DB', password: 's3cret' }] };
    expect(carried(coordination).values).toEqual({});
    const files = [file({ a: { password: 'one' } }, 'a.toml'), file({ a: { password: 'two' } }, 'b.toml')];
    expect(Object.keys(carryOver(files, 'shop', {}).values['env'] as object)).toEqual(['MI_A_PASSWORD']);
  });

  test.each([
    ['admin', '$env{MI_SERVICE_CATALOG_1_PASSWORD}'],
    ['$ecret', '$env{MI_SERVICE_CATALOG_1_PASSWORD}'],
    ['$secret{catalog}', '$secret{catalog}'],
    ['$ref{super_admin.password}', '$ref{super_admin.password}'],
    ['wso2carbon', 'wso2carbon'],
  ])('the password %j stands in the values as %j', (password, expected) =>
    expect(carried({ service_catalog: [{ password }] }).values).toMatchObject({
      deploymentToml: { service_catalog: [{ password: expected }] },
    }),
  );

  test.each([
    [
      'a key store of its own',
      { keystore: { primary: { file_name: 'shop.jks', password: '$env{P}' } } },
      'keystore.primary',
    ],
    ['demonstration stores with another password', { truststore: { password: 'changed' } }, 'truststore'],
    ['demonstration stores with settings of their own', { truststore: { type: 'PKCS12' } }, 'truststore'],
    ['a key store that is a time', { keystore: { primary: new Date(0) } }, 'keystore.primary'],
    [
      'a key store that is no table',
      { keystore: { primary: { file_name: [Object.create(null)] } } },
      'keystore.primary',
    ],
    ['the time to stop', { server: { graceful_shutdown_timeout: 60 } }, 'server.graceful_shutdown_timeout'],
    ['a node id', { cluster_config: { node_id: 'node-1' } }, 'cluster_config'],
    ['secrets of the secure vault', { secrets: { db: '[plain]' } }, 'secrets'],
    ['another user store', { user_store: { type: 'database' } }, 'user_store.type'],
  ])('names %s, which is left out', (_what, document, name) => {
    expect(left(document)).toEqual([name]);
    expect(carried(document).values).toEqual({});
  });

  test('says of hot deployment why it is off, and of the time to stop where to set it', () => {
    const hints = (server: object): readonly unknown[] => carried({ server }).diagnostics.map(({ hint }) => hint);
    expect(hints({ hot_deployment: true })).toEqual([expect.stringMatching(/^Nothing to do: a change of archives/)]);
    expect(hints({ graceful_shutdown_timeout: 60 })).toEqual([
      expect.stringMatching(/^Set `gracefulShutdown\.timeout/),
    ]);
  });

  test('leaves the coordination database out and keeps the other data sources', () => {
    const { values, diagnostics } = carried({ datasource: [{ id: 'WSO2_COORDINATION_DB' }, { id: 'SHOP' }] });
    expect(values).toEqual({ deploymentToml: { datasource: [{ id: 'SHOP' }] } });
    expect(diagnostics).toHaveLength(1);
  });

  test('puts the files of several projects together in any order', () => {
    const [a, b] = [file({ server: { offset: 1 } }, 'a.toml'), file({ server: { offset: 2, x: 3 } }, 'b.toml')];
    expect(carryOver([b, a], 'shop', {}).values).toEqual({ deploymentToml: { server: { offset: 1, x: 3 } } });
    const { values, diagnostics } = carryOver([a, b], 'shop', {});
    expect(carryOver([b, a], 'shop', {})).toMatchObject({ values, diagnostics });
  });
});

describe('the files of several projects', () => {
  const place = (text: string, path: string) => {
    const { configuration } = readDeploymentToml(text, path);
    const source = { path, line: 1, column: 1 };
    return { source, tables: {}, at: () => source, ...configuration?.document };
  };
  const both = (a: string, b: string, given: Values = {}) =>
    carryOver([place(b, 'b.toml'), place(a, 'a.toml')], 'shop', given);
  const source = (id: string, url = 'jdbc:x'): string => `[[datasource]]\nid = "${id}"\nurl = "${url}"\n`;

  test('are put together by the names of data sources and connection factories', () => {
    const listener = (name: string): string => `[[transport.jms.listener]]\nname = "${name}"\n`;
    const { values, diagnostics, at } = both(
      source('A') + source('Same') + listener('qA'),
      source('Same') + source('B') + listener('qB'),
    );
    expect(diagnostics).toEqual([]);
    expect(values).toMatchObject({
      deploymentToml: {
        datasource: [{ id: 'A' }, { id: 'Same' }, { id: 'B' }],
        transport: { jms: { listener: [{ name: 'qA' }, { name: 'qB' }] } },
      },
    });
    expect(at('datasource[2]', 'id')).toMatchObject({ path: 'b.toml', line: 5 });
    expect(at('datasource[1]', 'id')).toMatchObject({ path: 'a.toml', line: 5 });
  });

  test.each<[string, string, readonly string[]]>([
    ['[server]\noffset = 1', '[server]\noffset = 2', ['server.offset 2:1 a.toml:2']],
    ['[server]\noffset = 1', '[server]\noffset = 1\nx = 1', []],
    [source('A'), source('A', 'jdbc:y'), ['datasource A 1:1 a.toml:1']],
    ['[a]\nlist = [1]', '[a]\nlist = [2]', ['a.list 2:1 a.toml:2']],
    ['[a]\nx = 1', 'a = 1', ['a 1:1 a.toml:1']],
    ['[a]\nx = 07:32:00', '[a]\nx = 1979-05-27', ['a.x 2:1 a.toml:2']],
  ])('%j and %j: %j', (a, b, expected) => {
    const { values, diagnostics } = both(a, b);
    expect(values['deploymentToml']).toMatchObject(both(a, '').values['deploymentToml'] as object);
    expect(
      diagnostics.map(
        ({ message, source: at, related = [] }) =>
          `${/`(.*?)`/.exec(message)?.[1]} ${at?.line}:${at?.column} ${related.map(({ path, line }) => `${path}:${line}`).join()}`,
      ),
    ).toEqual(expected);
  });

  test('are not compared where the values decide', () =>
    expect(
      both('[server]\noffset = 1', '[server]\noffset = 2', { deploymentToml: { server: { offset: 3 } } }),
    ).toMatchObject({
      values: {},
      diagnostics: [],
    }));
});

const secret = { name: 's', key: 'k' };
const user = { user: { name: 'dev', password: 'dev123' } };

describe('what the values set through a setting of the chart', () => {
  test.each<readonly [string, Values, Values]>([
    ['icp.enabled', { icp: { enabled: true } }, { dashboard_config: { dashboard_url: 'https://dev' } }],
    ['icp.enabled', { icp: { enabled: true } }, { icp_config: { icp_url: 'https://dev', secret: 'dev' } }],
    ['tracing.enabled', { tracing: { enabled: true } }, { opentelemetry: { type: 'jaeger', hostname: 'dev' } }],
    ['tracing.enabled', { tracing: { enabled: false } }, { opentelemetry: { enable: true, other: 1 } }],
    [
      'hashicorpVault.enabled',
      { hashicorpVault: { enabled: true } },
      { external_vault: [{ name: 'hashicorp', rootToken: 'dev' }] },
    ],
    [
      'metrics.enabled',
      { metrics: { enabled: true } },
      { synapse_handlers: [{ class: 'org.wso2.micro.integrator.observability.metric.handler.MetricHandler' }] },
    ],
    ['userStore.type', { userStore: { type: 'ldap' } }, { user_store: { connection_password: 'dev' } }],
    ['userStore.type', { userStore: { type: 'ldap' } }, { internal_apis: { file_user_store: { enable: true } } }],
    ['userStore.type', { userStore: { type: 'ldap' } }, { internal_apis: { users: [user] } }],
    ['userStore.type', { userStore: { type: 'database' } }, { realm_manager: { data_source: 'DEV' } }],
    ['userStore.type', { userStore: { type: 'database' } }, { datasource: [{ id: 'WSO2CarbonDB', password: 'dev' }] }],
    [
      'userStore.admin.passwordSecret',
      { userStore: { admin: { passwordSecret: secret } } },
      { internal_apis: { users: [user] } },
    ],
    [
      'userStore.admin.passwordSecret',
      { userStore: { admin: { passwordSecret: secret } } },
      { super_admin: { password: 'dev' } },
    ],
    ['userStore.admin.username', { userStore: { admin: { username: 'ops' } } }, { super_admin: { username: 'dev' } }],
    [
      'keystores.primary',
      { keystores: { primary: { secretName: 's' } } },
      { keystore: { primary: { file_name: 'dev.jks' } } },
    ],
    ['keystores.truststore', { keystores: { truststore: { secretName: 's' } } }, { truststore: { password: 'dev' } }],
    [
      'keystores.listener',
      { keystores: { listener: { secretName: 's' } } },
      { transport: { http: { listener: { keystore: { password: 'dev' } } } } },
    ],
    [
      'keystores.sender',
      { keystores: { sender: { secretName: 's' } } },
      { transport: { http: { sender: { keystore: { password: 'dev' } } } } },
    ],
    [
      'coordination.database.url',
      { coordination: { database: { url: 'jdbc:prod' } } },
      { datasource: [{ id: 'WSO2_COORDINATION_DB', password: 'dev' }] },
    ],
    [
      'coordination.database.resolver',
      { workloads: { shop: { coordination: { database: { resolver: 'round-robin' } } } } },
      { task_handling: { resolver_class: 'dev' } },
    ],
    [
      'coordination.database.hardening.enabled',
      { workloadDefaults: { coordination: { database: { hardening: { enabled: true } } } } },
      { task_handling: { enable_task_delete_barrier: false } },
    ],
    [
      'coordination.database.taskServerCount',
      { coordination: { database: { taskServerCount: 2 } } },
      { task_resolver: [{ task_server_count: 3 }] },
    ],
  ])('%s: %j takes the place of %j', (name, given, tables) => {
    const { values, diagnostics } = carried({ ...tables, other: { key: 1 } }, given);
    expect(values).toEqual({ deploymentToml: { other: { key: 1 } } });
    expect(diagnostics.map(({ code, severity, message }) => [code, severity, message])).toEqual([
      [
        'MI-TOML-LEFT-OUT',
        'info',
        expect.stringContaining(
          ` of deployment/deployment.toml is not carried over to the values: \`${name}\` in the values replaces it.`,
        ),
      ],
    ]);
  });

  test.each<readonly [Values, Values]>([
    [{ userStore: { type: 'image' } }, { user_store: { connection_url: 'ldap://dev' } }],
    [{ userStore: { type: 'ldap' } }, { super_admin: { username: 'dev' } }],
    [{ userStore: { admin: { username: 'ops' } } }, { super_admin: { create_admin_account: true } }],
    [{ tracing: { url: '' }, icp: null, keystores: { listener: {} } }, { opentelemetry: { enable: true } }],
    [{ hashicorpVault: { enabled: true } }, { external_vault: [{ name: 'other' }] }],
    [{ coordination: { database: { url: 'jdbc:prod' } } }, { task_handling: { resolver_class: 'project' } }],
  ])('%j leaves alone %j', (given, tables) =>
    expect(carried(tables, given).values).toEqual({ deploymentToml: tables }),
  );

  test('names the keys of a table that no setting replaces', () => {
    const [finding] = carried(
      { user_store: { type: 'read_write_ldap', connection_url: 'ldap://dev', base_dn: 'dc=dev' } },
      { userStore: { type: 'ldap' } },
    ).diagnostics;
    expect(finding).toMatchObject({
      severity: 'warning',
      message: expect.stringContaining('`userStore.type` in the values replaces it, but not `base_dn`.'),
      hint: 'Write under `deploymentToml.user_store` in the values what your servers still need of it.',
    });
  });

  test('says nothing of the user store that is in the file of each new project', () =>
    expect(left(fresh, { userStore: { type: 'ldap' } })).toEqual([]));
});

describe('secrets are taken from what is carried over alone', () => {
  const variables = (document: Values, given: Values = {}): readonly string[] =>
    Object.keys((carried(document, given).values['env'] ?? {}) as Values);

  test('not from a data source that is left out', () =>
    expect(
      variables({
        datasource: [
          { id: 'WSO2_COORDINATION_DB', password: 'root' },
          { id: 'SHOP', password: 's3cret' },
        ],
      }),
    ).toEqual(['MI_DATASOURCE_SHOP_PASSWORD']));

  test('not from what the values write under deploymentToml, whose keys may hold dots', () =>
    expect(
      carried(
        { a: { b: { password: 'one', user: 'u' } }, list: [{ password: 'two' }], gone: { token: 'three' } },
        { deploymentToml: { 'a.b.password': '$env{P}', list: [], gone: null } },
      ),
    ).toMatchObject({ values: { deploymentToml: { a: { b: { user: 'u' } } } }, diagnostics: [] }));

  test('not from a file that another one beats', () =>
    expect(
      carryOver(
        [file({ a: { password: '$env{P}' } }, 'a.toml'), file({ a: { password: 's3cret' } }, 'b.toml')],
        'shop',
        {},
      ).diagnostics.map(({ code }) => code),
    ).toEqual(['MI-TOML-DIFFERS']));

  test('those that the values give are asked of nobody', () =>
    expect(carried({ a: { password: 's3cret' } }, { env: { MI_A_PASSWORD: { secretKeyRef: secret } } })).toMatchObject({
      values: { deploymentToml: { a: { password: '$env{MI_A_PASSWORD}' } } },
      diagnostics: [],
    }));
});

describe('each finding is where the key stands', () => {
  const placesOf = (text: string): readonly (readonly [string, ...string[]])[] => {
    const source = { path: 'deployment.toml', line: 1, column: 1 };
    const { configuration } = readDeploymentToml(text, source.path);
    const { tables = {}, at = () => source } = configuration?.document ?? {};
    const shown = (place: Source | undefined): string => `${place?.line}:${place?.column}`;
    return carryOver([{ source, tables, at }], 'shop', {}).diagnostics.map(
      ({ code, source: first, related = [] }) => [code, shown(first), ...related.map(shown)] as const,
    );
  };

  test.each([
    ['[server]\noffset = 1\n  graceful_shutdown_timeout = 60', 'MI-TOML-LEFT-OUT', '3:3'],
    ['[server]\noffset = 1\n[keystore.primary]\nfile_name = "shop.jks"', 'MI-TOML-LEFT-OUT', '3:1'],
    ['[system]\nx = 1\n[system.parameter]\ny = 1\nnodeId = "a"', 'MI-TOML-LEFT-OUT', '5:1'],
    ['\n[secrets]\ndb = "[plain]"', 'MI-TOML-LEFT-OUT', '2:1'],
    ['\n[cluster_config]\nnode_id = "node-1"', 'MI-TOML-LEFT-OUT', '2:1'],
    ['[[datasource]]\nid = "SHOP"\n[[datasource]]\nid = "WSO2_COORDINATION_DB"', 'MI-TOML-LEFT-OUT', '4:1'],
    ['[[datasource]]\nid = "A"\n[[datasource]]\nid = "B"\npassword = "s3cret"', 'MI-TOML-SECRET', '5:1'],
    ['[a]\nx = 1\nlist = [{ password = "s3cret" }]', 'MI-TOML-SECRET', '3:1'],
    ['[a]\npassword = "s3cret"\n[b]\npassword = "s3cret"', 'MI-TOML-SECRET', '2:1', '4:1'],
  ])('%j: %s', (text, ...expected) => expect(placesOf(text)).toEqual([expected]));
});
