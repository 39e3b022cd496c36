import { isSecretName } from '../packages/inventory/src/index.ts';
import { translateHelmMi } from '../packages/values/src/index.ts';
import { mutated } from './documents.ts';
import { checkFindings, type Difference, each, type FuzzClass, reasonFor } from './harness.ts';
import type { Random } from './mutate.ts';

type Data = string | number | boolean | null | readonly Data[] | { readonly [key: string]: Data };

const store = { fileName: 'text', type: 'text', alias: 'text', password: 'text', keyPassword: 'text' };
const database = {
  url: 'text',
  username: 'text',
  password: 'text',
  jdbc: { driver: 'text', poolParameters: { maxActive: 1 } },
};
const named = [{ name: 'text', parameters: { provider_url: 'text', password: 'text' } }];

/** What values of helm-mi hold (wso2/helm-mi aa0a13e, mi/values_full.yaml), by the type of each value. */
const seed: Data = {
  containerRegistry: 'text',
  cloudName: 'text',
  provider: 'text',
  aws: { region: 'text' },
  wso2: {
    subscription: { username: 'text', password: 'text' },
    ingress: { enabled: true, ingressClassName: 'text', annotations: { a: 'text' }, tlsSecret: 'text' },
    gatewayAPI: {
      enabled: true,
      createGateway: true,
      gatewayClassName: 'text',
      gatewayName: 'text',
      tlsSecret: 'text',
    },
    config: {
      portOffset: 1,
      admin: { username: 'text', password: 'text', createAdminAccount: true },
      userstore: {
        file: { enabled: true },
        rdbms: database,
        ldap: { connectionUrl: 'text', connectionName: 'text', connectionPassword: 'text', userSearchBase: 'text' },
      },
      coordination: { nodeId: 'text', rdbms: database },
      keyStore: { primary: store, internal: store },
      trustStore: { primary: store },
      icp: { enabled: true, environment: 'text', icpUrl: 'text', sslVerify: true, secret: 'text' },
      serviceCatalog: { enabled: true, apimHost: 'text', username: 'text', password: 'text' },
      transport: {
        vfs: { listener: { enable: true, keystore: store, customParameters: { a: 'text' } }, sender: { enable: true } },
        jndi: {
          connectionFactories: [{ name: 'text', url: 'text' }],
          queue: [{ jndiName: 'text', physicalName: 'text' }],
        },
        rabbitmq: { sender: named, listener: named },
        jms: { sender: named, listener: named },
        http: {
          blocking: { sender: { proxyHost: 'text' } },
          nonBlocking: { socketTimeout: 1, listener: { port: 1, keystore: store }, sender: { truststore: store } },
        },
      },
      mediation: { synapse: { coreThreads: 1 }, flow: { tracer: { collectPayloads: true } }, internalHttpApiPort: 1 },
      opentelemetry: { enable: true, host: 'text' },
      analytics: { enabled: true, publisher: 'text', apiAnalytics: true },
      synapseProperties: { 'synapse.a': 'text', 'a.password': 'text' },
      synapseHandlers: [{ name: 'text', class: 'text' }],
      messageFormatters: {
        nonBlocking: { textXml: 'text' },
        custom: { blocking: [{ contentType: 'text', class: 'text' }] },
      },
      managementApi: { authorizationHandler: { enable: true, resources: ['text'] } },
      vault: { hashicorp: { address: 'text', rootToken: 'text', secretId: 'text', engineVersion: 1 } },
      fileProperties: { 'endpoint.url': 'text', 'db.password': 'text' },
    },
    deployment: {
      hostname: 'text',
      BuildVersion: 'text',
      JKSSecretName: 'text',
      imagePullSecrets: 'text',
      image: { repository: 'text', tag: 'text', digest: 'text', pullPolicy: 'text' },
      replicas: 1,
      cmdArgs: ['text'],
      mountCapps: true,
      envs: { A: 'text', DB_PASSWORD: 'text' },
      nodeSelector: { a: 'text' },
      annotations: { a: 'text' },
      strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } },
      resources: { requests: { memory: 'text', cpu: 'text' }, jvm: { memory: { xms: '512m', xmx: '1024m' } } },
      probes: { startup: { periodSeconds: 1 }, liveness: { periodSeconds: 1 } },
      hpa: { enabled: true, minReplicas: 1, maxReplicas: 1 },
      pdb: { enabled: true, minAvailable: 1 },
      securityContext: { enableRunAsUser: true, runAsUser: 1, seLinux: { enabled: true, level: 'text' } },
      mystery: 'text',
    },
  },
};

const oddKeys = ['constructor', '__proto__', 'toString', 'a.b', 'Größe', '', 'x\u001b[31m', 'a\nb', '0', 'A'] as const;

/** One value that is somewhere in the file, and nowhere else. */
interface Leaf {
  readonly path: readonly string[];
  readonly text: string;
}

interface Input {
  readonly text: string;
  readonly leaves: readonly Leaf[];
}

/** A part of the seed, with values that say where they come from; now and then one of another type, or another key. */
function partOf(data: Data, path: readonly string[], next: Random, leaves: Leaf[]): Data {
  const leaf = (...keys: readonly string[]): string => {
    const start = path.at(-1) === 'url' ? 'jdbc:x://u:p@' : next.pick(['', '', '', '$']);
    const text = `${start}v${leaves.length}v`;
    leaves.push({ path: [...path, ...keys], text });
    return text;
  };
  if (next.below(40) === 0)
    return next.pick<() => Data>([
      () => leaf(),
      () => [leaf('0')],
      () => ({ a: leaf('a') }),
      () => [[leaf('0', '0')]],
      () => [{ a: leaf('0', 'a'), value: leaf('0', 'value') }],
      () => null,
      () => 1.5,
      () => false,
      () => '',
      () => '$env{A}',
    ])();
  if (Array.isArray(data))
    return (data as readonly Data[]).map((item, index) => partOf(item, [...path, String(index)], next, leaves));
  if (typeof data === 'object' && data !== null)
    return Object.fromEntries(
      Object.entries(data)
        .filter(() => next.below(8) > 0)
        .map(([key, inner]) => [next.below(60) === 0 ? next.pick(oddKeys) : key, inner] as const)
        .map(([key, inner]) => [key, partOf(inner, [...path, key], next, leaves)]),
    );
  return data === 'text' ? leaf() : data;
}

/** Why a value neither arrives nor is named, where that is meant. */
const reasons = new Map<string, (one: { readonly place: string; readonly translated: string }) => boolean>([
  [
    "a part that is disabled or lacks its main setting is left out, as by helm-mi's templates",
    ({ place }) =>
      /^wso2\.(?:ingress|gatewayAPI|config\.(?:icp|serviceCatalog|vault|coordination\.rdbms|user[sS]tore)|deployment\.(?:hpa|pdb|securityContext))(?:\.|$)/.test(
        place,
      ),
  ],
  ['each pod has its own node id', ({ place }) => place.startsWith('wso2.config.coordination.nodeId')],
  ['a tag next to a digest is ignored', ({ place }) => place === 'wso2.deployment.image.tag'],
  [
    "a transport's keystore without a password is the one in helm-mi's complete example",
    ({ place }) => /^wso2\.config\.transport\..*\.(?:keystore|truststore)(?:\.|$)/.test(place),
  ],
  ['a JNDI name without a target is left out', ({ place }) => /\.jndi\.\w+\.\d+\.(?:n|jndiN)ame$/.test(place)],
  ['a switch is on, whatever stands there', ({ place }) => /(?:enabled?|mountCapps)(?:\.|$)/i.test(place)],
]);

/**
 * Values of helm-mi: what is translated holds each value, or a finding names its place; no secret arrives as it is, and
 * what is written is YAML that is read back the same.
 */
export const translate: FuzzClass = async (next, count) => {
  const inputs = Array.from({ length: count }, (): Input => {
    const leaves: Leaf[] = [];
    const text = JSON.stringify(partOf(seed, [], next, leaves), null, 1);
    if (next.below(5) === 0) return { text: mutated(text, next), leaves: [] };
    // Two parts may have got the same key.
    return { text, leaves: leaves.filter((leaf) => text.includes(leaf.text)) };
  });
  const differences: Difference[] = [];
  const { faults } = await each(inputs, ({ text, leaves }) => {
    const { configuration, diagnostics, secrets } = translateHelmMi(text, 'v.yaml');
    checkFindings(diagnostics, text);
    if (configuration === undefined) {
      if (diagnostics.length === 0) throw new Error('refused without a word');
      return;
    }
    const translated = JSON.stringify(configuration);
    if (/\[native code\]|\[object Object\]/.test(translated) || hasNoNumber(configuration))
      throw new Error(`no data: ${translated}`);
    const variables = new Set(secrets.map(({ variable }) => variable));
    if (variables.size < secrets.length) throw new Error('two secrets of one name');
    for (const leaf of leaves) {
      const arrives = translated.includes(leaf.text.replace(/^.*@|^\$/, ''));
      if (arrives && isSecret(leaf))
        differences.push({ shown: `${leaf.path.join('.')} is a secret and arrives: ${leaf.text}` });
      const line = text.slice(0, text.indexOf(JSON.stringify(leaf.text).slice(1, -1))).split('\n').length;
      const isNamed = diagnostics.some(
        ({ message, source }) =>
          (source !== undefined && source.line <= line && source.line > line - 5) ||
          message.includes(`\`${leaf.path.join('.')}`) ||
          isBelow(leaf, message),
      );
      if (!arrives && !isNamed)
        differences.push({
          shown: `${leaf.path.join('.')} is neither translated nor named: ${leaf.text}`,
          reason: reasonFor(reasons, { place: leaf.path.join('.'), translated }),
        });
    }
  });
  return { faults, differences, oracle: 'its invariants' };
};

/** The name of a Secret is none. */
const isSecret = ({ path, text }: Leaf): boolean =>
  (isSecretName(path.at(-1) ?? '') && !/(?:tlsSecret|SecretName|PullSecrets)$/.test(path.at(-1) ?? '')) ||
  text.includes('u:p@');

/** A finding about something that holds the value. */
const isBelow = ({ path }: Leaf, message: string): boolean => {
  const [, place] = /^`([^`]+)` /.exec(message) ?? [];
  return place !== undefined && `${path.join('.')}.`.startsWith(`${place.replace(/\.\d+$/, '')}.`);
};

const hasNoNumber = (value: unknown): boolean =>
  typeof value === 'number'
    ? !Number.isFinite(value)
    : typeof value === 'object' && value !== null && Object.values(value).some(hasNoNumber);
