import type { Feature } from './feature.ts';

const gatewayApi = [
  'gateway.networking.k8s.io/v1',
  'gateway.networking.k8s.io/v1/HTTPRoute',
  'gateway.networking.k8s.io/v1/Gateway',
  'gateway.networking.k8s.io/v1/BackendTLSPolicy',
];
const theirCloud = {
  aws: { aws: { secretManager: { secretProviderClass: 'mi' } } },
  azure: { azure: { keyVault: { secretProviderClass: 'mi' } } },
  gcp: {
    gcp: {
      secretManager: {
        secretProviderClass: 'mi',
        serviceAccountKeySecret: 'mi',
        secretIdentifiers: { internalKeystorePassword: 'mi' },
      },
    },
  },
} as const;
const two = { pattern: 'multiple-replicas' };

/** Ports, Services, routes. */
export const exposureFeatures: readonly Feature[] = [
  { feature: 'HTTPS 8253', ours: {}, theirs: {}, shows: ({ text }) => text.includes('"port":8253') },
  {
    feature: 'Plain HTTP 8290',
    ours: {},
    shows: ({ of }) =>
      of('Service').some(({ spec }) => spec.ports.some(({ port }: { readonly port: number }) => port === 8290)),
  },
  {
    feature: 'Ports of listening inbound endpoints',
    ours: { workloads: { integration: { type: 'stateless', ports: { hl7: { port: 20000, protocol: 'tcp' } } } } },
    shows: ({ of, containers }) =>
      of('Service').some(({ spec }) => spec.ports.some(({ name }: { readonly name: string }) => name === 'hl7')) &&
      containers[0]?.ports.some(({ containerPort }: { readonly containerPort: number }) => containerPort === 20000),
  },
  {
    feature: 'LoadBalancer and NodePort, with annotations',
    ours: { service: { type: 'LoadBalancer', annotations: { 'example.com/balancer': 'internal' } } },
    shows: ({ of }) =>
      of('Service').some(
        ({ spec, metadata }) =>
          spec.type === 'LoadBalancer' && metadata.annotations?.['example.com/balancer'] === 'internal',
      ),
  },
  {
    feature: 'Session affinity',
    ours: { ...two, workloadDefaults: { sessionAffinity: { type: 'ClientIP' } } },
    shows: ({ of }) => of('Service').some(({ spec }) => spec.sessionAffinity === 'ClientIP'),
  },
  {
    feature: 'Ingress',
    ours: { ingress: { enabled: true, hosts: { 'orders.example.com': {} } } },
    theirs: { wso2: { gatewayAPI: { enabled: false }, ingress: { enabled: true } } },
    shows: ({ has }) => has('Ingress'),
  },
  {
    feature: '… that keeps the management API inside',
    ours: { ingress: { enabled: true, hosts: { 'orders.example.com': {} } } },
    theirs: { wso2: { gatewayAPI: { enabled: false }, ingress: { enabled: true } } },
    shows: ({ of }) => of('Ingress').length > 0 && !JSON.stringify(of('Ingress')).includes('/management'),
  },
  {
    feature: 'Gateway API route',
    ours: { gateway: { enabled: true, parentRefs: { public: { name: 'public' } } } },
    theirs: {},
    apiVersions: gatewayApi,
    shows: ({ has }) => has('HTTPRoute'),
  },
  {
    feature: '… only if the cluster has its API',
    ours: { gateway: { enabled: true, parentRefs: { public: { name: 'public' } } } },
    theirs: {},
    shows: ({ has }) => !has('HTTPRoute'),
  },
  {
    feature: 'Gateway created on request',
    ours: {
      gateway: {
        enabled: true,
        create: { enabled: true, className: 'envoy', listeners: { http: { port: 80, protocol: 'HTTP' } } },
      },
    },
    theirs: {},
    apiVersions: gatewayApi,
    shows: ({ has }) => has('Gateway'),
  },
  {
    feature: 'TLS from the gateway to the pods',
    ours: {
      gateway: {
        enabled: true,
        parentRefs: { public: { name: 'public' } },
        paths: { '/': { port: 'https' } },
        backendTls: { enabled: true, hostname: 'localhost', caConfigMap: 'mi-ca' },
      },
    },
    theirs: { wso2: { gatewayAPI: { backendTLS: { enabled: true } } } },
    apiVersions: gatewayApi,
    shows: ({ has }) => has('BackendTLSPolicy'),
  },
  {
    feature: 'OpenShift Route',
    ours: { route: { enabled: true, host: 'orders.apps.example.com' } },
    apiVersions: ['route.openshift.io/v1', 'route.openshift.io/v1/Route'],
    shows: ({ has }) => has('Route'),
  },
  {
    feature: 'OpenShift user ids',
    ours: {},
    theirs: { wso2: { deployment: { securityContext: { enableRunAsUser: false, enableRunAsGroup: false } } } },
    apiVersions: ['route.openshift.io/v1', 'security.openshift.io/v1'],
    shows: ({ pods }) =>
      pods.every((pod) => pod.securityContext?.runAsUser === undefined && pod.securityContext?.fsGroup === undefined),
  },
  { feature: 'NetworkPolicy', ours: { networkPolicy: { enabled: true } }, shows: ({ has }) => has('NetworkPolicy') },
];

/** Images, archives, configuration, secrets, observability, contract. */
export const configurationFeatures: readonly Feature[] = [
  {
    feature: 'Image by digest',
    ours: { image: { digest: `sha256:${'a'.repeat(64)}` } },
    theirs: { wso2: { deployment: { image: { digest: `sha256:${'a'.repeat(64)}` } } } },
    shows: ({ containers }) => containers[0]?.image.endsWith(`@sha256:${'a'.repeat(64)}`),
  },
  {
    feature: 'Pull secrets',
    ours: { image: { pullSecrets: ['registry'] } },
    theirs: { wso2: { deployment: { imagePullSecrets: 'registry' } } },
    shows: ({ pods }) => pods[0]?.imagePullSecrets?.[0]?.name === 'registry',
  },
  {
    feature: 'Archives from a volume claim',
    ours: { artifacts: { source: 'persistentVolumeClaim', persistentVolumeClaim: { claimName: 'archives' } } },
    theirs: {
      provider: 'aws',
      aws: {
        storage: {
          provisioner: 'efs.csi.aws.com',
          storageClass: 'efs',
          capacity: '1Gi',
          fileSystemId: 'fs-1',
          cAppAccessPoint: 'fsap-1',
          directoryPerms: '0777',
        },
      },
      wso2: { deployment: { mountCapps: true } },
    },
    theirsNote: 'AWS EFS and GCP Filestore only',
    shows: ({ pods }) =>
      pods[0]?.volumes.some(
        ({ persistentVolumeClaim }: { readonly persistentVolumeClaim?: unknown }) =>
          persistentVolumeClaim !== undefined,
      ),
  },
  {
    feature: 'Archives from an OCI image volume',
    ours: { artifacts: { source: 'imageVolume', imageVolume: { reference: 'acme/archives:1.0.0' } } },
    shows: ({ pods }) => pods[0]?.volumes.some(({ image }: { readonly image?: unknown }) => image !== undefined),
  },
  {
    feature: 'Archives from a ConfigMap',
    ours: { artifacts: { source: 'configMap', configMap: { archives: { 'orders.car': { name: 'orders-archive' } } } } },
    shows: ({ text }) => text.includes('orders-archive'),
  },
  {
    feature: 'Archives chosen by an init container',
    ours: {
      artifacts: {
        source: 'initCopy',
        initCopy: { image: 'acme/archives:1.0.0', from: '/archives', select: ['orders_1.0.0.car'] },
      },
    },
    shows: ({ pods }) =>
      pods[0]?.initContainers?.some(({ image }: { readonly image: string }) => image === 'acme/archives:1.0.0') ===
      true,
  },
  {
    feature: 'Registry state and offsets on a volume',
    ours: { workloads: { integration: { persistence: { registry: { what: 'registry', size: '1Gi' } } } } },
    shows: ({ has }) => has('PersistentVolumeClaim'),
  },
  {
    feature: 'deployment.toml: any key',
    ours: { deploymentToml: { my_section: { my_key: 7 } } },
    theirs: { wso2: { config: { my_section: { my_key: 7 } } } },
    shows: ({ toml }) => toml.includes('my_key = 7'),
  },
  {
    feature: 'deployment.toml: user data sources',
    ours: { deploymentToml: { datasource: [{ id: 'ORDERS', url: 'jdbc:postgresql://db/orders' }] } },
    shows: ({ toml }) => toml.includes('id = "ORDERS"'),
  },
  {
    feature: 'deployment.toml: `hot_deployment = false`',
    ours: {},
    shows: ({ toml }) => toml.includes('hot_deployment = false'),
  },
  {
    feature: 'log4j2.properties',
    ours: { workloadDefaults: { log4j2: 'rootLogger.level = INFO\n' } },
    theirs: {},
    theirsNote: 'fixed file',
    shows: ({ of }) => of('ConfigMap').some(({ data }) => data?.['log4j2.properties'] !== undefined),
  },
  {
    feature: '… log levels by value',
    ours: { workloadDefaults: { logging: { level: 'DEBUG' } } },
    shows: ({ text }) => /rootLogger\.level ?= ?DEBUG/.test(text),
  },
  {
    feature: 'file.properties',
    ours: { properties: { region: 'eu' } },
    theirs: { wso2: { config: { fileProperties: { region: 'eu' } } } },
    shows: ({ of }) => of('ConfigMap').some(({ data }) => /region ?= ?eu/.test(data?.['file.properties'] ?? '')),
  },
  {
    feature: '… with a rolling update when it changes',
    ours: { properties: { region: 'eu' } },
    theirs: { wso2: { config: { fileProperties: { region: 'eu' } } } },
    differs: {
      ours: { properties: { region: 'us' } },
      theirs: { wso2: { config: { fileProperties: { region: 'us' } } } },
    },
    shows: ({ of }) => of('Deployment').length > 0,
  },
  {
    feature: 'Environment',
    ours: { env: { REGION: 'eu' } },
    theirs: { wso2: { deployment: { envs: { REGION: 'eu' } } } },
    shows: ({ containers }) => containers[0]?.env.some(({ name }: { readonly name: string }) => name === 'REGION'),
  },
  {
    feature: '… from Secrets',
    ours: { env: { DB_PASSWORD: { secretKeyRef: { name: 'db', key: 'password' } } } },
    shows: ({ containers }) =>
      containers[0]?.env.some(
        ({ valueFrom }: { readonly valueFrom?: { readonly secretKeyRef?: unknown } }) =>
          valueFrom?.secretKeyRef !== undefined,
      ),
  },
  {
    feature: '… whole ConfigMaps and Secrets',
    ours: { workloadDefaults: { envFrom: [{ secretRef: { name: 'db' } }] } },
    shows: ({ containers }) => containers[0]?.envFrom?.length === 1,
  },
  {
    feature: 'Keystores and truststores from Secrets',
    ours: {
      keystores: {
        primary: {
          secretName: 'keys',
          key: 'server.jks',
          alias: 'server',
          passwordSecret: { name: 'keys', key: 'password' },
        },
      },
    },
    theirs: { wso2: { deployment: { JKSSecretName: 'keys' } } },
    theirsNote: 'one Secret; two mounts of one path, which the API server refuses',
    shows: ({ pods }) =>
      pods[0]?.volumes.some(
        (volume: object) =>
          JSON.stringify(volume).includes('"secretName":"keys"') || JSON.stringify(volume).includes('"name":"keys"'),
      ),
  },
  ...(['aws', 'azure', 'gcp'] as const).map((provider): Feature => ({
    feature: `Secrets from a CSI driver (${provider})`,
    ours: {
      secretProviderClasses: {
        vault: { provider, force: true, parameters: { vault: 'orders' }, objects: { 'db-password': {} } },
      },
    },
    theirs: { provider, ...theirCloud[provider], wso2: { config: { secureVault: { enabled: true } } } },
    theirsNote: 'the internal keystore password only',
    apiVersions: ['secrets-store.csi.x-k8s.io/v1', 'secrets-store.csi.x-k8s.io/v1/SecretProviderClass'],
    shows: ({ has, pods }) => has('SecretProviderClass') && JSON.stringify(pods).includes('secrets-store.csi.k8s.io'),
  })),
  {
    feature: 'External Secrets',
    ours: {
      externalSecrets: {
        db: {
          store: { name: 'vault', kind: 'ClusterSecretStore' },
          data: { password: { key: 'orders/db', property: 'password' } },
          force: true,
        },
      },
    },
    apiVersions: ['external-secrets.io/v1', 'external-secrets.io/v1/ExternalSecret'],
    shows: ({ has }) => has('ExternalSecret'),
  },
  {
    feature: 'HashiCorp Vault',
    ours: {
      hashicorpVault: { enabled: true, address: 'https://vault:8200', tokenSecret: { name: 'vault', key: 'token' } },
    },
    theirs: { wso2: { config: { vault: { hashicorp: { address: 'https://vault:8200', rootToken: 'plain' } } } } },
    theirsNote: 'token in a ConfigMap',
    shows: ({ toml }) => toml.includes('[[external_vault]]'),
  },
  {
    feature: 'User store: file',
    ours: { userStore: { type: 'file', admin: { passwordSecret: { name: 'mi-admin', key: 'password' } } } },
    theirs: {},
    shows: ({ toml }) => /\[internal_apis\.file_user_store\]\nenable = true/.test(toml),
  },
  {
    feature: 'User store: RDBMS',
    ours: {
      userStore: { type: 'database', database: { url: 'jdbc:mysql://db/users', driver: 'com.mysql.cj.jdbc.Driver' } },
    },
    theirs: {
      wso2: {
        config: {
          userstore: {
            file: { enabled: false },
            rdbms: {
              url: 'jdbc:mysql://db/users',
              username: 'mi',
              password: 'mi',
              jdbc: { driver: 'com.mysql.cj.jdbc.Driver', poolParameters: {} },
            },
          },
        },
      },
    },
    shows: ({ toml }) => /type = "database"/.test(toml),
  },
  {
    feature: 'User store: LDAP',
    ours: { userStore: { type: 'ldap', ldap: { url: 'ldap://ldap:389' } } },
    theirs: {
      wso2: { config: { userstore: { file: { enabled: false }, ldap: { connectionUrl: 'ldap://ldap:389' } } } },
    },
    shows: ({ toml }) => toml.includes('connection_url = "ldap://ldap:389"'),
  },
  {
    feature: 'Integration control plane (ICP 2)',
    ours: {
      icp: {
        enabled: true,
        url: 'https://icp:9445',
        secret: { name: 'icp', key: 'secret' },
        environment: 'prod',
        project: 'orders',
        integration: 'orders',
      },
    },
    theirs: {
      wso2: {
        config: {
          icp: {
            enabled: true,
            icpUrl: 'https://icp:9445',
            secret: 's',
            environment: 'prod',
            project: 'orders',
            integration: 'orders',
          },
        },
      },
    },
    shows: ({ toml }) => toml.includes('[icp_config]'),
  },
  {
    feature: 'Prometheus monitors',
    ours: { metrics: { enabled: true, podMonitor: { enabled: true, force: true } } },
    apiVersions: ['monitoring.coreos.com/v1', 'monitoring.coreos.com/v1/PodMonitor'],
    shows: ({ has }) => has('PodMonitor') || has('ServiceMonitor'),
  },
  {
    feature: 'OpenTelemetry',
    ours: { tracing: { enabled: true, type: 'otlp', url: 'http://collector:4317' } },
    theirs: { wso2: { config: { opentelemetry: { enable: true, type: 'otlp', url: 'http://collector:4317' } } } },
    shows: ({ toml }) => /\[opentelemetry\]\n(?:.*\n)*?enable = true/.test(toml),
  },
  {
    feature: 'Synapse unit-test mode',
    ours: { workloads: { integration: { type: 'stateless', unitTest: { enabled: true } } } },
    theirs: { wso2: { deployment: { synapseTest: { enabled: true } } } },
    shows: ({ containers }) => JSON.stringify(containers).includes('-DsynapseTest'),
  },
  {
    feature: 'Start arguments',
    ours: { workloadDefaults: { jvm: { arguments: ['-Dorders=1'] } } },
    theirs: { wso2: { deployment: { cmdArgs: ['-Dorders=1'] } } },
    shows: ({ containers }) => JSON.stringify(containers).includes('-Dorders=1'),
  },
  {
    feature: '`helm test`',
    ours: { tests: { enabled: true } },
    shows: ({ objects }) =>
      objects.some(({ metadata }) => metadata.annotations?.['helm.sh/hook']?.includes('test') === true),
  },
  {
    feature: 'Invalid values are refused',
    ours: { replicaas: 3 },
    theirs: { replicaas: 3 },
    refuses: true,
    shows: () => false,
  },
];
