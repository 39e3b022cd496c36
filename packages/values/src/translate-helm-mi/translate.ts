import { compareSources, compareText, type Diagnostic } from '@mi-patterns/inventory';
import { describe, type ValuesCode } from '../catalogue.ts';
import type { Configuration } from '../generated/configuration.ts';
import type { Values } from '../merge.ts';
import { locate } from '../yaml/locate.ts';
import { readYaml, type YamlFile } from '../yaml/read.ts';
import { deploymentToml, type Secret } from './deployment-toml.ts';
import { isEmpty, type Settings, settingsOf } from './settings.ts';

export interface HelmMiTranslation {
  /** Undefined when the file is no values file of helm-mi. */
  readonly configuration?: Pick<Configuration, 'image' | 'runtime' | 'replicas'> & { readonly values: Values };
  /** Environment variables that replace passwords of the file, by name, with the key of the Secret that has to hold each. */
  readonly secrets: readonly { readonly variable: string; readonly key: string; readonly path: string }[];
  /** What has no counterpart, and what behaves differently, each with its place in the file. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Name of the Secret that the translated values refer to. */
const secretName = 'mi-secrets';

/** Passwords of the key stores in WSO2's images, and of its first user: no secrets. */
const publicPasswords = new Set(['', 'wso2carbon', 'admin']);

/**
 * Translates a values file of WSO2's own chart (wso2/helm-mi aa0a13e, chart `mi` 4.6.0-0, values_full.yaml and templates) to
 * the settings of this chart. Only what the file says is translated; what it leaves out gets the defaults here. Pure; never
 * throws.
 */
export function translateHelmMi(text: string, path: string): HelmMiTranslation {
  const file = readYaml(text, path, 'MI-VALUES', 'helm');
  if (file.value === undefined) return { secrets: [], diagnostics: file.diagnostics };
  if (!('wso2' in file.value))
    return {
      secrets: [],
      diagnostics: [
        finding(
          'MI-INIT-NOT-HELM-MI',
          `${path} is not a values file of wso2/helm-mi: it has no key \`wso2\`.`,
          'Name the values file that helm-mi was installed with.',
          file,
          [],
        ),
      ],
    };
  const settings = settingsOf(file.value);
  const secrets: { variable: string; key: string; path: string }[] = [];
  const secret: Secret = (place, variable) => {
    const value = settings.text(place);
    if (value === undefined || publicPasswords.has(value)) return undefined;
    if (value.startsWith('$')) return value;
    secrets.push({ variable, key: variable.toLowerCase().replaceAll('_', '-'), path: place });
    return `$env{${variable}}`;
  };
  const { datasource, ...coordination } = databases(settings, secret);
  const toml = { ...deploymentToml(settings, secret), datasource };
  const image = imageOf(settings);
  const version = settings.text('wso2.deployment.BuildVersion');
  const users = userOf(settings, version);
  const autoscaled = settings.given('wso2.deployment.hpa.enabled') !== undefined;
  const replicas = settings.given('wso2.deployment.replicas');
  const values = prune({
    deploymentToml: toml,
    ...coordination,
    properties: textValues(settings.mapping('wso2.config.fileProperties')),
    env: {
      ...textValues(settings.mapping('wso2.deployment.envs')),
      ...Object.fromEntries(
        secrets.map(({ variable, key }) => [variable, { secretKeyRef: { name: secretName, key } }]),
      ),
    },
    ...(users === undefined ? {} : { runtime: users }),
    workloadDefaults: workloadDefaults(settings, autoscaled),
    ingress: ingressOf(settings),
    gateway: gatewayOf(settings),
    ...(settings.given('wso2.deployment.mountCapps') === undefined
      ? {}
      : {
          artifacts: {
            source: 'persistentVolumeClaim',
            persistentVolumeClaim: { claimName: `${settings.text('cloudName') ?? 'cloud'}-RELEASE-carbonapps` },
          },
        }),
  }) as Values;
  const diagnostics = [
    ...notes(settings, file, secrets),
    ...settings
      .unused()
      .map((place) =>
        finding(
          'MI-INIT-NOT-TRANSLATED',
          `\`${place}\` has no counterpart and was left out${reasonOf(place)}.`,
          hintOf(place),
          file,
          place.split('.'),
        ),
      ),
  ].sort(
    (a, b) => compareSources(a.source, b.source) || compareText(a.code, b.code) || compareText(a.message, b.message),
  );
  return {
    configuration: {
      ...(isEmpty(image) ? {} : { image }),
      ...(version === undefined ? {} : { runtime: { version } }),
      ...(typeof replicas === 'number' && replicas > 1 && !autoscaled ? { replicas } : {}),
      values,
    },
    secrets,
    diagnostics,
  };
}

function imageOf(settings: Settings): NonNullable<Configuration['image']> {
  const text = (key: string): string | undefined => settings.text(`wso2.deployment.image.${key}`);
  const pull = settings.text('wso2.deployment.imagePullSecrets');
  return prune({
    registry: settings.text('containerRegistry')?.replace(/\/+$/, ''),
    repository: text('repository'),
    tag: text('digest') === undefined ? text('tag') : (text('tag'), undefined),
    digest: text('digest'),
    pullPolicy: text('pullPolicy'),
    pullSecrets: pull === undefined ? [] : [pull],
  }) as NonNullable<Configuration['image']>;
}

/** User and group ids that are not those of the image's version (802 up to MI 4.3, 10802 from 4.4). */
function userOf(settings: Settings, version: string | undefined): Values | undefined {
  const own = version !== undefined && /^4\.[0-3]\./.test(version) ? 802 : 10802;
  const id = (name: string, enabled: string): number | undefined => {
    const value = Number(settings.text(`wso2.deployment.securityContext.${name}`));
    return settings.given(`wso2.deployment.securityContext.${enabled}`) === undefined || !(value > 0) || value === own
      ? undefined
      : value;
  };
  const [uid, gid] = [id('runAsUser', 'enableRunAsUser'), id('runAsGroup', 'enableRunAsGroup')];
  return uid === undefined && gid === undefined ? undefined : { uid, gid };
}

function databases(settings: Settings, secret: Secret): Values {
  const source = (path: string): Values => ({
    url: settings.text(`${path}.url`),
    username: settings.text(`${path}.username`),
    driver: settings.text(`${path}.jdbc.driver`),
  });
  const users = source('wso2.config.userstore.rdbms');
  const coordination = source('wso2.config.coordination.rdbms');
  const pool = (path: string): Values => settings.mapping(`${path}.jdbc.poolParameters`);
  const userPassword = secret('wso2.config.userstore.rdbms.password', 'MI_USER_DB_PASSWORD');
  const result: Record<string, unknown> = {};
  if (!isEmpty(users['url']))
    result['datasource'] = [
      prune({
        id: 'WSO2CarbonDB',
        ...users,
        password: userPassword,
        pool_options: pool('wso2.config.userstore.rdbms'),
      }),
    ];
  if (!isEmpty(coordination['url'])) {
    const password = settings.text('wso2.config.coordination.rdbms.password');
    result['coordination'] = {
      mode: 'database',
      database: {
        ...coordination,
        ...(password === undefined ? {} : { passwordSecret: { name: secretName, key: 'coordination-db-password' } }),
        poolOptions: pool('wso2.config.coordination.rdbms'),
      },
    };
  }
  settings.take('wso2.config.coordination.nodeId');
  return result;
}

function workloadDefaults(settings: Settings, autoscaled: boolean): Values {
  const deployment = 'wso2.deployment';
  const number = (path: string): number | undefined => {
    const value = settings.given(`${deployment}.${path}`);
    return value === undefined ? undefined : Number(value);
  };
  const probe = (name: string, ...keys: string[]): Values =>
    Object.fromEntries(keys.map((key) => [key, number(`probes.${name}.${key}`)]));
  const keystores = settings.text(`${deployment}.JKSSecretName`);
  const level =
    settings.given(`${deployment}.securityContext.seLinux.enabled`) === undefined
      ? (settings.take(`${deployment}.securityContext.seLinux.level`), undefined)
      : settings.text(`${deployment}.securityContext.seLinux.level`);
  return {
    ...(autoscaled
      ? {
          autoscaling: {
            enabled: true,
            minReplicas: number('hpa.minReplicas'),
            maxReplicas: number('hpa.maxReplicas'),
            targetCpuUtilization: number('hpa.cpuUtilizationPercentage'),
            targetMemoryUtilization: number('hpa.memoryUtilizationPercentage'),
          },
        }
      : (settings.take(`${deployment}.hpa`), {})),
    ...(settings.given(`${deployment}.pdb.enabled`) === undefined
      ? (settings.take(`${deployment}.pdb`), {})
      : { disruptionBudget: { enabled: true, minAvailable: settings.given(`${deployment}.pdb.minAvailable`) } }),
    strategy: {
      maxSurge: settings.take(`${deployment}.strategy.rollingUpdate.maxSurge`),
      maxUnavailable: settings.take(`${deployment}.strategy.rollingUpdate.maxUnavailable`),
    },
    resources: {
      requests: { cpu: settings.text(`${deployment}.resources.requests.cpu`) },
      limits: { cpu: settings.text(`${deployment}.resources.limits.cpu`) },
    },
    heap: {
      max: heapSize(settings.text(`${deployment}.resources.jvm.memory.xmx`)),
      initial: heapSize(settings.text(`${deployment}.resources.jvm.memory.xms`)),
    },
    jvm: {
      arguments: [
        ...(settings.given(`${deployment}.synapseTest.enabled`) === undefined ? [] : ['-DsynapseTest=true']),
        ...settings.list(`${deployment}.cmdArgs`).map(String),
      ],
    },
    probes: {
      startup: probe('startup', 'initialDelaySeconds', 'periodSeconds', 'failureThreshold'),
      liveness: probe('liveness', 'periodSeconds'),
      readiness: probe('readiness', 'initialDelaySeconds', 'periodSeconds'),
    },
    nodeSelector: textValues(settings.mapping(`${deployment}.nodeSelector`)),
    podAnnotations: textValues(settings.mapping(`${deployment}.annotations`)),
    podSecurityContext:
      settings.given(`${deployment}.securityContext.apparmor`) === undefined
        ? {}
        : { appArmorProfile: { type: 'RuntimeDefault' } },
    containerSecurityContext: level === undefined ? {} : { seLinuxOptions: { level } },
    ...(keystores === undefined
      ? {}
      : {
          extraVolumes: { keystores: { secret: { secretName: keystores } } },
          extraVolumeMounts: keystoreMounts(settings),
        }),
  };
}

/** Each store of the Secret over the one in the image, as helm-mi mounts them (mi/templates/mi-deployment.yaml). */
function keystoreMounts(settings: Settings): Values {
  const version = settings.text('wso2.deployment.BuildVersion') ?? '4.6.0';
  const files = [
    'wso2.config.keyStore.primary.fileName',
    'wso2.config.keyStore.internal.fileName',
    'wso2.config.trustStore.primary.fileName',
  ].flatMap((path) => settings.text(path) ?? []);
  return Object.fromEntries(
    [...new Set(files)].map((file) => [
      `/home/wso2carbon/wso2mi-${version}/repository/resources/security/${file}`,
      { name: 'keystores', subPath: file, readOnly: true },
    ]),
  );
}

/** `1024m` of a JVM → `1024Mi`. */
function heapSize(size: string | undefined): string | undefined {
  const match = /^(\d+)([kmg])$/i.exec(size ?? '');
  return match === null
    ? undefined
    : `${match[1]}${(match[2] ?? 'm').toUpperCase() === 'K' ? 'Ki' : `${(match[2] ?? 'm').toUpperCase()}i`}`;
}

function ingressOf(settings: Settings): Values {
  const path = 'wso2.ingress';
  if (settings.given(`${path}.enabled`) === undefined || settings.given('wso2.gatewayAPI.enabled') !== undefined) {
    settings.take(path);
    return {};
  }
  const host = settings.text('wso2.deployment.hostname') ?? '*';
  return {
    enabled: true,
    className: settings.text(`${path}.ingressClassName`),
    annotations: textValues(settings.mapping(`${path}.annotations`)),
    hosts: { [host]: { paths: { '/': { port: 'https' } }, tlsSecret: settings.text(`${path}.tlsSecret`) } },
  };
}

function gatewayOf(settings: Settings): Values {
  const path = 'wso2.gatewayAPI';
  if (settings.given(`${path}.enabled`) === undefined) {
    settings.take(path);
    return {};
  }
  const host = settings.text('wso2.deployment.hostname');
  const route = { enabled: true, hostnames: host === undefined ? [] : [host], paths: { '/': { port: 'https' } } };
  // helm-mi makes a Gateway unless it is told not to.
  if (settings.take(`${path}.createGateway`) !== false) return { ...route, create: ownGateway(settings, path, host) };
  const name = settings.text(`${path}.gatewayName`) ?? 'envoy';
  return { ...route, parentRefs: { [name]: { name, namespace: settings.text(`${path}.gatewayNamespace`) } } };
}

/**
 * A Gateway of the release's own, as mi-gateway.yaml of helm-mi makes it: HTTPS on 443, plain HTTP on 80 only when asked for. This
 * chart makes it in the namespace of the release, under the name of the release.
 */
function ownGateway(settings: Settings, path: string, host: string | undefined): Values {
  settings.take(`${path}.gatewayName`);
  settings.take(`${path}.gatewayNamespace`);
  const secret = settings.text(`${path}.tlsSecret`);
  const hostname = host === undefined ? {} : { hostname: host };
  return {
    enabled: true,
    className: settings.text(`${path}.gatewayClassName`) ?? 'envoy',
    listeners: {
      https: {
        port: 443,
        protocol: 'HTTPS',
        ...hostname,
        ...(secret === undefined || secret === '' ? {} : { tls: { certificateRefs: [{ name: secret }] } }),
      },
      ...(settings.given(`${path}.httpListener.enabled`) === undefined
        ? {}
        : { http: { port: 80, protocol: 'HTTP', ...hostname } }),
    },
  };
}

function textValues(values: Values): Values {
  return Object.fromEntries(
    Object.entries(values).flatMap(([key, value]) =>
      value === null || value === undefined ? [] : [[key, String(value)]],
    ),
  );
}

/** What was translated and still behaves differently, or asks for something to be done. */
function notes(settings: Settings, file: YamlFile, secrets: HelmMiTranslation['secrets']): Diagnostic[] {
  const has = (path: string): boolean => settings.given(path) !== undefined;
  const info = (path: string, message: string, hint: string): Diagnostic[] =>
    has(path) ? [finding('MI-INIT-DIFFERENT', message, hint, file, path.split('.'))] : [];
  return [
    ...secrets.map(({ path, variable, key }) =>
      finding(
        'MI-INIT-SECRET',
        `The secret in \`${path}\` was not copied: values files are kept in git and in the release. The server reads it from ${variable}.`,
        `Put it into the Secret ${secretName} under ${key}: kubectl create secret generic ${secretName} --from-literal=${key}=…`,
        file,
        path.split('.'),
      ),
    ),
    ...(has('wso2.config.coordination.rdbms.password')
      ? [
          finding(
            'MI-INIT-SECRET',
            'The password of the coordination database was not copied.',
            `Put it into the Secret ${secretName} under coordination-db-password.`,
            file,
            'wso2.config.coordination.rdbms.password'.split('.'),
          ),
        ]
      : []),
    ...(has('wso2.gatewayAPI.enabled') && settings.take('wso2.gatewayAPI.createGateway') !== false
      ? [
          finding(
            'MI-INIT-DIFFERENT',
            'helm-mi makes a Gateway under a fixed name in another namespace; this chart makes one under the name of the release in its own namespace, with another address.',
            has('wso2.gatewayAPI.tlsSecret')
              ? 'Point the DNS name at the new address when the new release serves.'
              : 'Name a Secret with the certificate under gateway.create.listeners.https.tls (helm-mi makes a self-signed one), and point the DNS name at the new address when the new release serves.',
            file,
            ['wso2', 'gatewayAPI'],
          ),
        ]
      : []),
    ...info(
      'wso2.deployment.resources.jvm.memory.xmx',
      'helm-mi writes the heap to JAVA_MEM_OPTS, which MI never reads; here it takes effect.',
      'Check that the size is the one you want.',
    ),
    ...info(
      'wso2.deployment.resources.limits.memory',
      'The memory of the container follows from the heap here; the figures of the file were left out.',
      'Set heap.max and heap.overhead; together they are what the container gets.',
    ),
    ...info(
      'wso2.deployment.resources.requests.memory',
      'The memory of the container follows from the heap here; the figures of the file were left out.',
      'Set heap.max and heap.overhead; together they are what the container gets.',
    ),
    ...info(
      'wso2.deployment.mountCapps',
      'helm-mi named the claim after its release, which is not in the file.',
      'Replace RELEASE in artifacts.persistentVolumeClaim.claimName by the name of the release.',
    ),
    ...info(
      'wso2.deployment.securityContext.apparmor',
      'The AppArmor profile is a field of the pod since Kubernetes 1.30.',
      'On an older cluster remove workloadDefaults.podSecurityContext.appArmorProfile.',
    ),
    ...info(
      'wso2.deployment.securityContext.seccompProfile.type',
      'The pods have the seccomp profile RuntimeDefault always.',
      'Set workloadDefaults.podSecurityContext.seccompProfile for another.',
    ),
    ...info(
      'wso2.deployment.securityContext.seccompProfile.enabled',
      'The pods have the seccomp profile RuntimeDefault always.',
      'Nothing needs to be done.',
    ),
  ];
}

function reasonOf(path: string): string {
  const reasons: readonly (readonly [RegExp, string])[] = [
    [/^(provider|aws|azure|gcp)\b/, ': here, secrets come from Kubernetes Secrets, however those are filled'],
    [/secureVault/, ': secrets come from Kubernetes Secrets here, not from a vault file'],
    [/subscription/, ': a pull secret is named, not made'],
    [/ratelimit/i, ': it belongs to the ingress controller or the gateway'],
    [/configMaps\.entryPoint/, ': the entry point of the image is used as it is'],
    [/icp\.caCertSecretName/, ': the certificate is not imported into the trust store'],
  ];
  return reasons.find(([pattern]) => pattern.test(path))?.[1] ?? '';
}

function hintOf(path: string): string {
  if (/subscription/.test(path))
    return 'Make a pull secret with kubectl create secret docker-registry and name it under image.pullSecrets.';
  if (/^(provider|aws|azure|gcp)\b|secureVault/.test(path))
    return 'Let the CSI driver or External Secrets fill a Secret, and refer to it under env or extraVolumes.';
  return 'If it is needed, write it by hand: deploymentToml, extraVolumes, env and annotations take anything.';
}

function finding(
  code: ValuesCode,
  message: string,
  hint: string,
  file: YamlFile,
  place: readonly string[],
): Diagnostic {
  return describe(code, message, locate(file, place, 'key').source, hint);
}

function prune(value: unknown): unknown {
  if (Array.isArray(value) || typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => {
      const clean = prune(inner);
      const empty =
        clean === undefined ||
        clean === null ||
        (Array.isArray(clean) && clean.length === 0) ||
        (typeof clean === 'object' && !Array.isArray(clean) && Object.keys(clean).length === 0);
      return empty ? [] : [[key, clean]];
    }),
  );
}
