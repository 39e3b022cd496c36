import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { valueAt } from '../mapping/merge.ts';
import { validateValues } from '../check/validate.ts';
import { snake } from './deployment-toml.ts';
import { translateHelmMi } from './translate.ts';

const text = `containerRegistry: registry.example.com
wso2:
  subscription: {username: joe@example.com, password: hunter22}
  ingress:
    enabled: true
    ingressClassName: nginx
    annotations: {nginx.ingress.kubernetes.io/backend-protocol: HTTPS}
    tlsSecret: orders-tls
    ratelimit: {enabled: true, zoneName: z}
  config:
    portOffset: 10
    admin: {username: admin, password: s3cret-admin}
    keyStore:
      primary: {fileName: own.jks, alias: own, password: s3cret-store, keyPassword: s3cret-key}
    coordination:
      nodeId: node-1
      rdbms: {url: "jdbc:mysql://db/c", username: mi, password: s3cret-db, jdbc: {driver: com.mysql.jdbc.Driver, poolParameters: {maxActive: 20}}}
    icp: {enabled: true, environment: prod, icpUrl: "https://icp:9445", sslVerify: false, secret: s3cret-icp}
    synapseProperties: {synapse.threads.core: 40}
    mediation: {synapse: {coreThreads: 40, enableXpathDomFailover: false}, flow: {tracer: {collectPayloads: true}}}
    transport:
      jms:
        listener:
          - {name: myQueue, parameters: {initial_naming_factory: org.apache.activemq.jndi.ActiveMQInitialContextFactory, session_transaction: true}}
      http: {nonBlocking: {socketTimeout: 60000, sender: {warnOnHttp500: "x", proxyHost: proxy}}}
    managementApi: {authorizationHandler: {enable: true, resources: [/users]}}
    fileProperties: {endpoint.url: "http://backend"}
  deployment:
    hostname: mi.example.com
    BuildVersion: 4.6.0
    JKSSecretName: jks
    image: {repository: acme/orders, tag: 1.2.0, pullPolicy: Always}
    replicas: 3
    resources: {requests: {memory: 512Mi, cpu: 500m}, limits: {memory: 1Gi, cpu: "1"}, jvm: {memory: {xms: 512m, xmx: 1024m}}}
    envs: {wso2_oh_sample_baseUrl: "http://localhost:8290"}
    pdb: {enabled: true, minAvailable: 2}
    mystery: 1
`;

describe('translateHelmMi', () => {
  const result = translateHelmMi(text, 'values.yaml');
  const values = result.configuration?.values;

  it('translates image, replicas, exposure, memory and what stands in deployment.toml', () => {
    expect(result.configuration).toMatchObject({
      image: { registry: 'registry.example.com', repository: 'acme/orders', tag: '1.2.0', pullPolicy: 'Always' },
      runtime: { version: '4.6.0' },
      replicas: 3,
      values: {
        deploymentToml: {
          server: { hostname: 'mi.example.com' },
          super_admin: { username: 'admin', create_admin_account: false, password: '$env{MI_ADMIN_PASSWORD}' },
          keystore: {
            primary: {
              file_name: 'repository/resources/security/own.jks',
              alias: 'own',
              password: '$env{MI_KEYSTORE_PASSWORD}',
              key_password: '$env{MI_KEYSTORE_KEY_PASSWORD}',
            },
          },
          icp_config: {
            enabled: true,
            runtime: '$env{POD_NAME}',
            environment: 'prod',
            icp_url: 'https://icp:9445',
            ssl_verify: false,
            secret: '$env{MI_ICP_SECRET}',
          },
          synapse_properties: { 'synapse.threads.core': 40 },
          mediation: { synapse: { core_threads: 40 }, stat: { tracer: { collect_payloads: true } } },
          transport: {
            jms: { listener_enable: true, listener: [{ name: 'myQueue', parameter: { session_transaction: true } }] },
            http: { socket_timeout: 60000, sender: { warn_on_http_500: 'x', proxy_host: 'proxy' } },
          },
          management_api: { authorization_handler: { enable: true, resources: [{ path: '/users' }] } },
        },
        coordination: {
          mode: 'database',
          database: {
            url: 'jdbc:mysql://db/c',
            username: 'mi',
            passwordSecret: { name: 'mi-secrets', key: 'coordination-db-password' },
            poolOptions: { maxActive: 20 },
          },
        },
        properties: { 'endpoint.url': 'http://backend' },
        env: {
          wso2_oh_sample_baseUrl: 'http://localhost:8290',
          MI_ADMIN_PASSWORD: { secretKeyRef: { name: 'mi-secrets', key: 'mi-admin-password' } },
        },
        workloadDefaults: {
          heap: { max: '1024Mi', initial: '512Mi' },
          resources: { requests: { cpu: '500m' }, limits: { cpu: '1' } },
          disruptionBudget: { enabled: true, minAvailable: 2 },
          extraVolumes: { keystores: { secret: { secretName: 'jks' } } },
          extraVolumeMounts: Object.fromEntries(
            ['own.jks', 'wso2carbon.jks', 'client-truststore.jks'].map((file) => [
              `/home/wso2carbon/wso2mi-4.6.0/repository/resources/security/${file}`,
              { name: 'keystores', subPath: file },
            ]),
          ),
        },
        ingress: {
          enabled: true,
          className: 'nginx',
          hosts: { 'mi.example.com': { paths: { '/': { port: 'https' } }, tlsSecret: 'orders-tls' } },
        },
      },
    });
    // What helm-mi's template leaves out because it is false is left out here too.
    expect(valueAt(values, ['deploymentToml', 'mediation', 'synapse', 'enable_xpath_dom_failover'])).toBeUndefined();
  });

  it.each([
    ['4.4.0', '4.4.0', 'Here `runtime.version` and the mounts are 4.4.0, the version of the projects.'],
    [undefined, '4.5.0', 'Here `runtime.version` and the mounts are 4.5.0.'],
  ])('mounts key stores for one version where the file names none and projects name %s', (projects, version, here) => {
    const file = 'wso2:\n  deployment:\n    JKSSecretName: jks\n';
    const { configuration, diagnostics } = translateHelmMi(file, 'values.yaml', { projects });
    expect(configuration?.runtime).toEqual({ version });
    const mounts = valueAt(configuration?.values ?? {}, ['workloadDefaults', 'extraVolumeMounts']) as object;
    expect(Object.keys(mounts)).toEqual(
      ['wso2carbon.jks', 'client-truststore.jks'].map(
        (name) => `/home/wso2carbon/wso2mi-${version}/repository/resources/security/${name}`,
      ),
    );
    expect(diagnostics).toMatchObject([
      {
        code: 'MI-INIT-VERSION',
        message: `The file names no BuildVersion, so helm-mi mounts the key stores into the home of MI 4.5.0, its default. ${here}`,
        source: { path: 'values.yaml', line: 3 },
      },
    ]);
  });

  it.each([
    // As in mi/values.yaml of helm-mi itself.
    ['image: {repository: wso2mi, tag: "4.6.0"}', {}, '4.6.0', 'the image wso2mi:4.6.0 has MI 4.6.0 by its tag'],
    ['image: {repository: acme/orders, tag: "1.0"}', { image: '4.4.0' }, '4.4.0', 'but the image has MI 4.4.0'],
    ['image: {repository: acme/orders, tag: "1.0"}', { projects: '4.4.0' }, '4.5.0', 'written for MI 4.4.0'],
    ['image: {repository: acme/orders, tag: "1.0"}', { projects: '4.5.0' }, '4.5.0', undefined],
    ['image: {repository: acme/wso2mi, tag: 4.5.0-rocky}', { projects: '4.4.0' }, '4.5.0', undefined],
    ['image: {repository: acme/orders, tag: "1.0"}', {}, '4.5.0', undefined],
  ])('believes the image more than BuildVersion: %s, %j', (image, known, version, said) => {
    const file = `wso2:\n  deployment:\n    BuildVersion: 4.5.0\n    JKSSecretName: jks\n    ${image}\n`;
    const { configuration, diagnostics } = translateHelmMi(file, 'values.yaml', known);
    expect(configuration?.runtime).toEqual({ version });
    expect(JSON.stringify(configuration?.values)).toContain(`/wso2mi-${version}/repository/resources/security/`);
    expect(diagnostics).toMatchObject(
      said === undefined
        ? []
        : [{ code: 'MI-INIT-VERSION', message: expect.stringContaining(said), source: { line: 3 } }],
    );
  });

  it('leaves out a BuildVersion that is no version', () => {
    const file = 'wso2:\n  deployment: {BuildVersion: latest, image: {repository: acme/orders, tag: "1"}}\n';
    const { configuration, diagnostics } = translateHelmMi(file, 'values.yaml', { projects: '4.4.0' });
    expect(configuration?.runtime).toBeUndefined();
    expect(diagnostics.map(({ message }) => message)).toEqual([
      '`wso2.deployment.BuildVersion` has no counterpart and was left out: it is no version of MI.',
    ]);
  });

  it.each([
    ['containerRegistry: docker.wso2.com', 'image: {repository: wso2mi, tag: "4.6.0"}', false],
    ['containerRegistry: ""', 'image: {repository: wso2/wso2mi, tag: "4.6.0"}', false],
    ['containerRegistry: docker.wso2.com', 'image: {repository: wso2mi, tag: "4.6.0"}, mountCapps: true', true],
    ['containerRegistry: registry.acme.com', 'image: {repository: wso2/wso2mi, tag: "4.6.0"}', true],
  ])('leaves out an image of WSO2 that has no artifacts: %s, %s', (registry, deployment, isKept) => {
    const file = `${registry}\nwso2:\n  deployment: {${deployment}}\n`;
    const { configuration, diagnostics } = translateHelmMi(file, 'values.yaml');
    expect(configuration?.image?.repository !== undefined).toBe(isKept);
    expect(configuration?.runtime).toEqual({ version: '4.6.0' });
    expect(diagnostics.map(({ code }) => code).includes('MI-INIT-IMAGE')).toBe(!isKept);
  });

  it('copies no secret, and says of each where it goes', () => {
    expect(JSON.stringify(result)).not.toMatch(/s3cret|hunter22/);
    expect(result.secrets.map(({ variable }) => variable)).toEqual([
      'MI_ADMIN_PASSWORD',
      'MI_KEYSTORE_PASSWORD',
      'MI_KEYSTORE_KEY_PASSWORD',
      'MI_ICP_SECRET',
    ]);
  });

  it('lists what it did not translate, with its place', () => {
    const left = result.diagnostics
      .filter(({ code }) => code === 'MI-INIT-NOT-TRANSLATED')
      .map(({ message, source }) => `${source?.line} ${message}`);
    expect(left).toEqual([
      '3 `wso2.subscription.username` has no counterpart and was left out: a pull secret is named, not made.',
      '3 `wso2.subscription.password` has no counterpart and was left out: a pull secret is named, not made.',
      '9 `wso2.ingress.ratelimit.enabled` has no counterpart and was left out: it belongs to the ingress controller or the gateway.',
      '9 `wso2.ingress.ratelimit.zoneName` has no counterpart and was left out: it belongs to the ingress controller or the gateway.',
      '37 `wso2.deployment.mystery` has no counterpart and was left out.',
    ]);
  });

  it('takes passwords that helm-mi knows nothing of for secrets too, wherever they stand', () => {
    const more = translateHelmMi(
      `wso2:
  config:
    admin: {password: $ecret-1}
    coordination: {rdbms: {url: "jdbc:mysql://u:s3cret-2@db/c"}}
    transport: {rabbitmq: {listener: [{name: AMQP, parameters: {password: s3cret-3, username: mi}}]}}
    synapseProperties: {a.password: s3cret-4}
    fileProperties: {db.password: s3cret-5, db.name: orders}
  deployment:
    envs: {DB_PASSWORD: s3cret-6, REGION: eu}
`,
      'values.yaml',
    );
    expect(JSON.stringify(more)).not.toMatch(/[s$][3e]cret-/);
    expect(more.secrets.map(({ variable, path }) => `${variable} ${path}`)).toEqual([
      'MI_COORDINATION_DB_URL wso2.config.coordination.rdbms.url',
      'MI_ADMIN_PASSWORD wso2.config.admin.password',
      'MI_SYNAPSE_PROPERTIES_A_PASSWORD wso2.config.synapseProperties.a.password',
      'MI_TRANSPORT_RABBITMQ_LISTENER_AMQP_PARAMETER_PASSWORD wso2.config.transport.rabbitmq.listener.0.parameters.password',
      'db.password wso2.config.fileProperties.db.password',
      'DB_PASSWORD wso2.deployment.envs.DB_PASSWORD',
    ]);
    expect(more.configuration?.values).toMatchObject({
      properties: { 'db.name': 'orders' },
      env: { REGION: 'eu', DB_PASSWORD: { secretKeyRef: { name: 'mi-secrets', key: 'db-password' } } },
    });
  });

  it('names what is of another kind than helm-mi has there, and what an entry has beyond it', () => {
    const { configuration, diagnostics } = translateHelmMi(
      `wso2:
  config:
    synapseHandlers: [{name: a, class: b, order: c}, {class: d}]
    synapseProperties: {constructor: x}
  deployment:
    hostname: [mi.example.com]
    envs: [{name: A, value: b}]
    annotations: {a: {b: c}}
    hpa: {enabled: true, minReplicas: two}
    resources: {jvm: {memory: {xmx: 1.5g}}}
`,
      'values.yaml',
    );
    expect(
      diagnostics.flatMap(({ code, message }) =>
        code === 'MI-INIT-NOT-TRANSLATED' ? (/^`(.+?)`/.exec(message)?.[1] ?? '') : [],
      ),
    ).toEqual([
      'wso2.config.synapseHandlers.0.order',
      'wso2.config.synapseHandlers.1',
      'wso2.deployment.hostname',
      'wso2.deployment.envs',
      'wso2.deployment.annotations.a',
      'wso2.deployment.hpa.minReplicas',
      'wso2.deployment.resources.jvm.memory.xmx',
    ]);
    expect(configuration?.values).toMatchObject({
      deploymentToml: { synapse_handlers: [{ name: 'a', class: 'b' }], synapse_properties: { constructor: 'x' } },
    });
  });

  it('gives values that the chart takes', () => {
    // Without coordination: the database allows one workload only, which the planner decides.
    const { coordination: _coordination, ...rest } = values ?? {};
    const file = JSON.stringify({
      pattern: 'multiple-replicas',
      ...rest,
      workloads: { integration: { type: 'stateless', replicas: 3 } },
    });
    expect(validateValues(file, 'v.json').filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it('refuses what is no values file of helm-mi', () => {
    expect(translateHelmMi('replicaCount: 1\n', 'v.yaml').diagnostics.map(({ code }) => code)).toEqual([
      'MI-INIT-NOT-HELM-MI',
    ]);
    expect(translateHelmMi('a: [', 'v.yaml').diagnostics.map(({ code }) => code)).toEqual(['MI-VALUES-SYNTAX']);
  });
});

const shared = process.env.MI_PATTERNS_SHARED ?? join(import.meta.dirname, '../../../../../shared');
const peer = join(shared, 'peers/helm-mi/mi');

describe.skipIf(!existsSync(peer))("helm-mi's own files (skipped: no copy of wso2/helm-mi)", () => {
  // Without the copy the test below alone is skipped, for all of them.
  it.each(existsSync(peer) ? ['values.yaml', 'values_full.yaml', 'values_local.yaml'] : [])(
    '%s translates to values that the chart takes',
    (name) => {
      const { configuration, diagnostics } = translateHelmMi(readFileSync(join(peer, name), 'utf8'), name);
      expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
      const file = JSON.stringify({
        pattern: 'single-replica',
        image: configuration?.image ?? {},
        ...configuration?.values,
      });
      expect(validateValues(file, name).filter(({ severity }) => severity === 'error')).toEqual([]);
    },
  );

  it('names keys of deployment.toml as its template does', () => {
    const template = readFileSync(join(peer, 'confs/deployment.toml'), 'utf8');
    // The section [secrets] has names of its own for all passwords; none of them is translated.
    const written = [
      ...template
        .replace(/^(?:transport|vfs)_.*$/gm, '')
        .matchAll(
          /^([\w.]+) = \{\{ \.Values\.wso2\.config\.(?:mediation|transport|managementApi|opentelemetry|messageFormatters|messageBuilders)\.([\w.]+)/gm,
        ),
    ];
    expect(written.length).toBeGreaterThan(150);
    const wrong = written
      .filter(
        ([, key = '', path = '']) =>
          !(path.endsWith('fileName') && key.endsWith('location')) &&
          snake(path.split('.').at(-1) ?? '') !== key.split('.').at(-1),
      )
      .map(([line]) => line);
    expect(wrong).toEqual([]);
  });
});

describe('a Gateway of helm-mi', () => {
  const translate = (gateway: string): ReturnType<typeof translateHelmMi> =>
    translateHelmMi(
      `wso2:\n  deployment: {hostname: mi.example.com}\n  gatewayAPI: {enabled: true, gatewayName: envoy, gatewayNamespace: gateways${gateway}}\n`,
      'values.yaml',
    );

  it('of its own becomes one of the release, unless it is told to use another', () => {
    const own = translate(', gatewayClassName: eg, tlsSecret: mi-tls, httpListener: {enabled: true}');
    expect(own.configuration?.values['gateway']).toEqual({
      enabled: true,
      hostnames: ['mi.example.com'],
      paths: { '/': { port: 'https' } },
      create: {
        enabled: true,
        className: 'eg',
        listeners: {
          https: {
            port: 443,
            protocol: 'HTTPS',
            hostname: 'mi.example.com',
            tls: { certificateRefs: [{ name: 'mi-tls' }] },
          },
          http: { port: 80, protocol: 'HTTP', hostname: 'mi.example.com' },
        },
      },
    });
    expect(own.diagnostics.map(({ code }) => code)).toEqual(['MI-INIT-DIFFERENT']);
    const existing = translate(', createGateway: false');
    expect(existing.configuration?.values['gateway']).toMatchObject({
      parentRefs: { envoy: { name: 'envoy', namespace: 'gateways' } },
    });
    expect(existing.diagnostics).toEqual([]);
  });

  it('without a certificate is told: helm-mi makes a self-signed one', () => {
    expect(translate('').diagnostics[0]?.hint).toContain('gateway.create.listeners.https.tls');
  });
});

describe('settings that only some charts of helm-mi have, or switch on by themselves', () => {
  const translate = (settings: string): ReturnType<typeof translateHelmMi> =>
    translateHelmMi(settings, 'values.yaml', { image: '4.5.0' });

  it.each(['dashboard', 'icp'])('%s.url is the dashboard of MI up to 4.5', (name) => {
    const { configuration, diagnostics } = translate(
      `wso2: {config: {${name}: {url: "https://icp:9743", groupId: eu, heartbeatInterval: 7, managementPort: 9164}}}`,
    );
    expect(configuration?.values['deploymentToml']).toEqual({
      dashboard_config: {
        dashboard_url: 'https://icp:9743',
        heartbeat_interval: 7,
        group_id: 'eu',
        node_id: '$env{POD_NAME}',
        management_port: 9164,
      },
    });
    expect(diagnostics.map(({ code }) => code)).toEqual(['MI-INIT-DIFFERENT']);
  });

  it('the certificate of the control plane goes into the trust store of the image', () => {
    const icp = (more: string): ReturnType<typeof translateHelmMi> =>
      translate(`wso2: {config: {icp: {enabled: true, icpUrl: "https://icp:9445", caCertSecretName: icp}}${more}}`);
    expect(icp('').configuration?.values['trustedCertificates']).toEqual({
      'icp-ca': { secret: { name: 'icp', key: 'ca.crt' } },
    });
    const own = icp(', deployment: {JKSSecretName: jks, BuildVersion: 4.5.0}');
    expect(own.configuration?.values['trustedCertificates']).toBeUndefined();
    expect(own.diagnostics[0]?.hint).toContain('keystores.truststore');
  });

  it('an Ingress is made where the file only says how it is to be', () => {
    const { configuration, diagnostics } = translate(
      'wso2: {ingress: {ingressClassName: nginx, tlsSecret: tls}, deployment: {hostname: mi.example.com}}',
    );
    expect(configuration?.values['ingress']).toMatchObject({
      enabled: true,
      className: 'nginx',
      hosts: { 'mi.example.com': { tlsSecret: 'tls' } },
    });
    expect(diagnostics.map(({ message }) => message)).toEqual([
      'The file does not say that an Ingress is wanted. It was translated, because helm-mi makes one by default up to its charts for MI 4.5.',
    ]);
    for (const none of ['{enabled: false, tlsSecret: tls}', '{annotations: , tlsSecret: ""}'])
      expect(translate(`wso2: {ingress: ${none}}`)).toMatchObject({ configuration: { values: {} }, diagnostics: [] });
  });

  it('an Ingress is made for a host of which the file says no more, by the charts up to MI 4.5', () => {
    const ofVersion = (image: string, more = ''): ReturnType<typeof translate> =>
      translateHelmMi(`wso2: {deployment: {hostname: mi.example.com}${more}}`, 'values.yaml', { image });
    const old = ofVersion('4.5.0');
    expect(old.configuration?.values['ingress']).toEqual({
      enabled: true,
      hosts: { 'mi.example.com': { paths: { '/': { port: 'https' } } } },
    });
    expect(old.diagnostics.map(({ message }) => message)).toEqual([expect.stringContaining('It was translated')]);
    const current = ofVersion('4.6.0');
    expect(current.configuration?.values).not.toHaveProperty('ingress');
    expect(current.diagnostics).toMatchObject([
      { code: 'MI-INIT-DIFFERENT', message: expect.stringContaining('neither an Ingress nor a Gateway') as string },
    ]);
    const without = ofVersion('4.5.0', ', ingress: {enabled: false}');
    expect(without.configuration?.values).not.toHaveProperty('ingress');
    expect(without.diagnostics).toEqual([]);
  });

  it('a Gateway is used where the file only says which', () => {
    const { configuration } = translate('wso2: {gatewayAPI: {createGateway: false, gatewayName: shared}}');
    expect(configuration?.values['gateway']).toMatchObject({ enabled: true, parentRefs: { shared: {} } });
    expect(
      translate('wso2: {gatewayAPI: {enabled: false, gatewayName: shared}}').configuration?.values['gateway'],
    ).toBeUndefined();
  });

  it('the gateway checks the certificate of MI', () => {
    const tls = (more: string): ReturnType<typeof translateHelmMi> =>
      translate(`wso2: {gatewayAPI: {createGateway: false, backendTLS: {enabled: true${more}}}}`);
    const named = tls(', hostname: mi, caCertConfigMap: mi-ca');
    expect(named.configuration?.values['gateway']).toMatchObject({
      backendTls: { enabled: true, hostname: 'mi', caConfigMap: 'mi-ca' },
    });
    expect(named.diagnostics).toEqual([]);
    expect(tls('').diagnostics[0]?.hint).toContain('gateway.backendTls.caConfigMap');
  });

  it('the account, the user and seccomp', () => {
    const { configuration, diagnostics } = translate(
      `provider: aws
aws: {serviceAccountName: orders, storage: {capacity: 1Gi}}
wso2: {deployment: {securityContext: {seccompProfile: true, runAsUser: "10001"}}}`,
    );
    expect(configuration?.values).toMatchObject({
      serviceAccount: { create: false, name: 'orders' },
      runtime: { uid: 10001 },
    });
    expect(diagnostics.map(({ code, message }) => `${code} ${message}`)).toEqual([
      'MI-INIT-NOT-TRANSLATED `aws.storage.capacity` has no counterpart and was left out: a claim is named, not made.',
      'MI-INIT-DIFFERENT The pods have the seccomp profile RuntimeDefault always.',
    ]);
  });
});
