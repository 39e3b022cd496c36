import { compareSources, compareText, type Diagnostic, withoutTrailingSlashes } from '@mi-patterns/inventory';
import { describe, type ValuesCode } from '../findings/catalogue.ts';
import type { Configuration } from '../generated/configuration.ts';
import { isMapping, type Values } from '../mapping/merge.ts';
import { isReference, isSecret, publicPasswords, variableNames, withoutSecrets } from '../mapping/secrets.ts';
import { locate } from '../yaml/locate.ts';
import { readValues, type ValuesText, type YamlFile } from '../yaml/read.ts';
import { deploymentToml, type Secret } from './deployment-toml.ts';
import { exposureDifferences, gatewayOf, ingressOf } from './exposure.ts';
import { keystoreVolumes } from './keystores.ts';
import { type KnownVersions, runtimeVersion } from './runtime-version.ts';
import { isEmpty, type Settings, settingsOf, textValues } from './settings.ts';
import { differences, hintOf, reasonOf } from './words.ts';

interface TranslatedSecret {
  readonly variable: string;
  readonly key: string;
  readonly path: string;
}

export interface HelmMiTranslation {
  /** Undefined when the file is no values file of helm-mi. */
  readonly configuration?: Pick<Configuration, 'image' | 'runtime' | 'replicas'> & { readonly values: Values };
  /**
   * Environment variables that replace passwords of the file, by name, with the key of the Secret that has to hold
   * each.
   */
  readonly secrets: readonly TranslatedSecret[];
  /** What has no counterpart, and what behaves differently, each with its place in the file. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Name of the Secret that the translated values refer to. */
const secretName = 'mi-secrets';

/**
 * Translates a values file of WSO2's own chart (wso2/helm-mi aa0a13e, chart `mi` 4.6.0-0, values_full.yaml and
 * templates) to the settings of this chart. Only what the file says is translated; what it leaves out gets the defaults
 * here. Pure; never throws.
 *
 * @param known versions of MI that the file cannot know.
 * @param base files that it lies over, as with several `-f` of helm: the lowest first.
 */
export function translateHelmMi(
  text: string,
  path: string,
  known: KnownVersions = {},
  base: readonly ValuesText[] = [],
): HelmMiTranslation {
  const file = readValues({ text, path, base });
  if (file.value === undefined) return { secrets: [], diagnostics: file.diagnostics };
  if (!('wso2' in file.value))
    return {
      secrets: [],
      diagnostics: [
        finding(file, [], {
          code: 'MI-INIT-NOT-HELM-MI',
          message: `${path} is not a values file of wso2/helm-mi: it has no key \`wso2\`.`,
          hint: 'Name the values file that helm-mi was installed with.',
        }),
      ],
    };
  const settings = settingsOf(file.value);
  const secrets: TranslatedSecret[] = [];
  const image = imageOf(settings);
  const { version, doubt } = runtimeVersion(settings, image, known);
  const autoscaled = settings.given('wso2.deployment.hpa.enabled') !== undefined;
  const replicas = settings.number('wso2.deployment.replicas') ?? 1;
  const values = valuesFrom(settings, secrets, { version, autoscaled, file: file.value });
  const assumed = doubt === undefined ? [] : [finding(file, doubt.place, { code: 'MI-INIT-VERSION', ...doubt })];
  const foreign = 'artifacts' in values ? undefined : imageOfWso2(image);
  const named = foreign === undefined ? image : withoutName(image);
  const diagnostics = [
    ...notes(settings, file, { secrets, version }),
    ...assumed,
    ...(foreign === undefined ? [] : [imageNote(file, foreign)]),
    ...notTranslated(settings, file),
  ].sort(
    (a, b) => compareSources(a.source, b.source) || compareText(a.code, b.code) || compareText(a.message, b.message),
  );
  return {
    configuration: {
      ...(isEmpty(named) ? {} : { image: named }),
      ...(version === undefined ? {} : { runtime: { version } }),
      ...(replicas > 1 && !autoscaled ? { replicas } : {}),
      values,
    },
    secrets,
    diagnostics,
  };
}

/** The values of this chart; secrets that are not copied are added to the list. */
function valuesFrom(
  settings: Settings,
  secrets: TranslatedSecret[],
  {
    version,
    autoscaled,
    file,
  }: { readonly version: string | undefined; readonly autoscaled: boolean; readonly file: Values },
): Values {
  const secret = secretReader(settings, secrets);
  const { datasource, ...coordination } = databases(settings, secret);
  const nameOf = variableNames();
  // Beyond the passwords that helm-mi knows: parameters of transports, properties, addresses.
  const toml = withoutSecrets(
    { ...deploymentToml(settings, secret), datasource },
    { names: [], keys: [] },
    ({ names }, text) => {
      const variable = nameOf(names, text);
      if (!secrets.some((one) => one.variable === variable))
        secrets.push(secretAt(variable, pathOf(file, text)?.join('.') ?? 'wso2.config'));
      return variable;
    },
  );
  const open = (path: string): Values =>
    Object.fromEntries(
      Object.entries(textValues(settings, path)).filter(([name, text]) => {
        if (!isSecret(name, String(text)) || isReference(String(text))) return true;
        if (!secrets.some((one) => one.variable === name)) secrets.push(secretAt(name, `${path}.${name}`));
        return false;
      }),
    );
  const [properties, variables] = [open('wso2.config.fileProperties'), open('wso2.deployment.envs')];
  const users = userOf(settings, version);
  return prune({
    deploymentToml: toml,
    ...coordination,
    properties,
    env: {
      ...variables,
      ...Object.fromEntries(
        secrets.map(({ variable, key }) => [variable, { secretKeyRef: { name: secretName, key } }]),
      ),
    },
    ...(users === undefined ? {} : { runtime: users }),
    serviceAccount: serviceAccountOf(settings),
    trustedCertificates: trustedCertificates(settings),
    workloadDefaults: { ...workloadDefaults(settings, autoscaled), ...keystoreVolumes(settings, version) },
    ingress: ingressOf(settings, version),
    gateway: gatewayOf(settings),
    ...artifactsOf(settings),
  }) as Values;
}

/** Reads a secret as the variable that replaces it, and keeps it in the list. */
function secretReader(settings: Settings, secrets: TranslatedSecret[]): Secret {
  return (place, variable) => {
    const value = settings.text(place);
    if (value === undefined || publicPasswords.has(value)) return undefined;
    if (isReference(value)) return value;
    secrets.push(secretAt(variable, place));
    return `$env{${variable}}`;
  };
}

function secretAt(variable: string, path: string): TranslatedSecret {
  return { variable, key: variable.toLowerCase().replace(/[^-.a-z0-9]+/g, '-'), path };
}

/** Where a text stands in the file. */
function pathOf(value: unknown, text: string): readonly string[] | undefined {
  if (value === text) return [];
  if (!isMapping(value) && !Array.isArray(value)) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    const rest = pathOf(inner, text);
    if (rest !== undefined) return [key, ...rest];
  }
  return undefined;
}

function artifactsOf(settings: Settings): Values {
  if (settings.given('wso2.deployment.mountCapps') === undefined) return {};
  const claimName = `${settings.text('cloudName') ?? 'cloud'}-RELEASE-carbonapps`;
  return { artifacts: { source: 'persistentVolumeClaim', persistentVolumeClaim: { claimName } } };
}

function notTranslated(settings: Settings, file: YamlFile): readonly Diagnostic[] {
  return settings.unused().map((place) =>
    finding(file, place.split('.'), {
      code: 'MI-INIT-NOT-TRANSLATED',
      message: `\`${place}\` has no counterpart and was left out${reasonOf(place)}.`,
      hint: hintOf(place),
    }),
  );
}

function imageOf(settings: Settings): NonNullable<Configuration['image']> {
  const text = (key: string): string | undefined => settings.text(`wso2.deployment.image.${key}`);
  const pull = settings.text('wso2.deployment.imagePullSecrets');
  const registry = settings.text('containerRegistry');
  return prune({
    registry: registry === undefined ? undefined : withoutTrailingSlashes(registry),
    repository: text('repository'),
    tag: text('digest') === undefined ? text('tag') : (text('tag'), undefined),
    digest: text('digest'),
    pullPolicy: text('pullPolicy'),
    pullSecrets: pull === undefined ? [] : [pull],
  }) as NonNullable<Configuration['image']>;
}

/** An image of WSO2 itself, which has none of the artifacts. */
function imageOfWso2({ registry, repository, tag }: NonNullable<Configuration['image']>): string | undefined {
  const reference = `${[registry, repository].filter((part) => part !== undefined).join('/')}:${tag ?? ''}`;
  return /^(?:docker\.wso2\.com\/|(?:docker\.io\/)?wso2\/)wso2mi:/.test(reference) ? reference : undefined;
}

function withoutName({
  pullPolicy,
  pullSecrets,
}: NonNullable<Configuration['image']>): NonNullable<Configuration['image']> {
  return prune({ pullPolicy, pullSecrets }) as NonNullable<Configuration['image']>;
}

function imageNote(file: YamlFile, image: string): Diagnostic {
  return finding(file, ['wso2', 'deployment', 'image'], {
    code: 'MI-INIT-IMAGE',
    message: `${image} is the image of WSO2, which has none of your artifacts, so it was left out.`,
    hint: 'Write the name of an image of your own under `image`: `mi-patterns generate` makes what it is built of.',
  });
}

/** User and group ids that are not those of the image's version (802 up to MI 4.3, 10802 from 4.4). */
function userOf(settings: Settings, version: string | undefined): Values | undefined {
  const own = version !== undefined && /^4\.[0-3]\./.test(version) ? 802 : 10802;
  const id = (name: string, enabled: string): number | undefined => {
    const value = settings.number(`wso2.deployment.securityContext.${name}`) ?? 0;
    // On unless it is switched off; the charts for MI 4.2 and 4.3 have no switch.
    return settings.take(`wso2.deployment.securityContext.${enabled}`) === false || !(value > 0) || value === own
      ? undefined
      : value;
  };
  const [uid, gid] = [id('runAsUser', 'enableRunAsUser'), id('runAsGroup', 'enableRunAsGroup')];
  return uid === undefined && gid === undefined ? undefined : { uid, gid };
}

/** helm-mi uses the account only where the provider is aws. */
function serviceAccountOf(settings: Settings): Values {
  const name = settings.text('aws.serviceAccountName');
  return name === undefined || settings.take('provider') !== 'aws' ? {} : { create: false, name };
}

/**
 * The certificate of the control plane, which the entry point of helm-mi imports into the trust store. This chart
 * imports it too, into the trust store of the image.
 */
function trustedCertificates(settings: Settings): Values {
  const isOwn = ['deployment.JKSSecretName', 'config.trustStore.primary.password', 'config.trustStore.primary.fileName']
    .map((path) => settings.peek(`wso2.${path}`))
    .some((value) => !isEmpty(value) && value !== 'wso2carbon' && value !== 'client-truststore.jks');
  const path = 'wso2.config.icp.caCertSecretName';
  if (isOwn || settings.peek('wso2.config.icp.enabled') !== true) return {};
  const name = settings.text(path);
  return name === undefined ? {} : { 'icp-ca': { secret: { name, key: 'ca.crt' } } };
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
        url: secretUrl(settings, secret),
        ...(password === undefined ? {} : { passwordSecret: { name: secretName, key: 'coordination-db-password' } }),
        poolOptions: pool('wso2.config.coordination.rdbms'),
      },
    };
  }
  settings.take('wso2.config.coordination.nodeId');
  return result;
}

/** The address of the coordination database; one that holds a password becomes a variable. */
function secretUrl(settings: Settings, secret: Secret): string | undefined {
  const path = 'wso2.config.coordination.rdbms.url';
  const url = settings.text(path);
  return url !== undefined && isSecret('url', url) ? secret(path, 'MI_COORDINATION_DB_URL') : url;
}

const deployment = 'wso2.deployment';

function numberAt(settings: Settings, path: string): number | undefined {
  return settings.number(`${deployment}.${path}`);
}

function workloadDefaults(settings: Settings, autoscaled: boolean): Values {
  const text = (path: string): string | undefined => settings.text(`${deployment}.${path}`);
  return {
    ...scalingOf(settings, autoscaled),
    strategy: {
      maxSurge: settings.take(`${deployment}.strategy.rollingUpdate.maxSurge`),
      maxUnavailable: settings.take(`${deployment}.strategy.rollingUpdate.maxUnavailable`),
    },
    resources: {
      requests: { cpu: text('resources.requests.cpu') },
      limits: { cpu: text('resources.limits.cpu') },
    },
    heap: {
      max: heapSize(settings, 'resources.jvm.memory.xmx'),
      initial: heapSize(settings, 'resources.jvm.memory.xms'),
    },
    jvm: {
      arguments: [
        ...(settings.given(`${deployment}.synapseTest.enabled`) === undefined ? [] : ['-DsynapseTest=true']),
        ...settings.list(`${deployment}.cmdArgs`).flatMap((word, index) => {
          if (typeof word !== 'object') return [String(word)];
          settings.leave(`${deployment}.cmdArgs`, index);
          return [];
        }),
      ],
    },
    probes: probesOf(settings),
    nodeSelector: textValues(settings, `${deployment}.nodeSelector`),
    podAnnotations: textValues(settings, `${deployment}.annotations`),
    ...securityOf(settings),
  };
}

function scalingOf(settings: Settings, autoscaled: boolean): Values {
  const budget = settings.given(`${deployment}.pdb.enabled`) !== undefined;
  const scaling = autoscaled
    ? {
        autoscaling: {
          enabled: true,
          minReplicas: numberAt(settings, 'hpa.minReplicas'),
          maxReplicas: numberAt(settings, 'hpa.maxReplicas'),
          targetCpuUtilization: numberAt(settings, 'hpa.cpuUtilizationPercentage'),
          targetMemoryUtilization: numberAt(settings, 'hpa.memoryUtilizationPercentage'),
        },
      }
    : (settings.take(`${deployment}.hpa`), {});
  const disruption = budget
    ? { disruptionBudget: { enabled: true, minAvailable: settings.given(`${deployment}.pdb.minAvailable`) } }
    : (settings.take(`${deployment}.pdb`), {});
  return { ...scaling, ...disruption };
}

function probesOf(settings: Settings): Values {
  const probe = (name: string, ...keys: string[]): Values =>
    Object.fromEntries(keys.map((key) => [key, numberAt(settings, `probes.${name}.${key}`)]));
  return {
    startup: probe('startup', 'initialDelaySeconds', 'periodSeconds', 'failureThreshold'),
    liveness: probe('liveness', 'periodSeconds'),
    readiness: probe('readiness', 'initialDelaySeconds', 'periodSeconds'),
  };
}

function securityOf(settings: Settings): Values {
  const base = `${deployment}.securityContext`;
  // `true` in the charts for MI 4.2 and 4.3, a mapping since.
  settings.take(`${base}.seccompProfile`);
  const level =
    settings.given(`${base}.seLinux.enabled`) === undefined
      ? (settings.take(`${base}.seLinux.level`), undefined)
      : settings.text(`${base}.seLinux.level`);
  return {
    podSecurityContext:
      settings.given(`${base}.apparmor`) === undefined ? {} : { appArmorProfile: { type: 'RuntimeDefault' } },
    containerSecurityContext: level === undefined ? {} : { seLinuxOptions: { level } },
  };
}

/** `1024m` of a JVM → `1024Mi`. */
function heapSize(settings: Settings, path: string): string | undefined {
  const [, size, unit] = /^(\d+)([kmg])$/i.exec(settings.text(`${deployment}.${path}`) ?? '') ?? [];
  if (unit === undefined) settings.leave(`${deployment}.${path}`);
  return unit === undefined ? undefined : `${size}${unit.toUpperCase()}i`;
}

/** What was translated and still behaves differently, or asks for something to be done. */
function notes(
  settings: Settings,
  file: YamlFile,
  { secrets, version }: { readonly secrets: readonly TranslatedSecret[]; readonly version: string | undefined },
): Diagnostic[] {
  const has = (path: string): boolean => settings.given(path) !== undefined;
  return [
    ...secretNotes(file, secrets, has('wso2.config.coordination.rdbms.password')),
    ...[...exposureDifferences(settings, version), ...differences.filter(([path]) => has(path))].map(
      ([path, message, hint]) => finding(file, path.split('.'), { code: 'MI-INIT-DIFFERENT', message, hint }),
    ),
  ];
}

function secretNotes(file: YamlFile, secrets: readonly TranslatedSecret[], hasDatabase: boolean): Diagnostic[] {
  const database = finding(file, 'wso2.config.coordination.rdbms.password'.split('.'), {
    code: 'MI-INIT-SECRET',
    message: 'The password of the coordination database was not copied.',
    hint: `Put it into the Secret ${secretName} under coordination-db-password.`,
  });
  return [
    ...secrets.map(({ path, variable, key }) =>
      finding(file, path.split('.'), {
        code: 'MI-INIT-SECRET',
        message: `The secret in \`${path}\` was not copied: values files are kept in git and in the release. The server reads it from ${variable}.`,
        hint: `${path.startsWith('wso2.config.fileProperties.') ? `Read it as \${configs.${variable}}: it is no property of the file any more. ` : ''}Put it into the Secret ${secretName} under ${key}: kubectl create secret generic ${secretName} --from-literal=${key}=…`,
      }),
    ),
    ...(hasDatabase ? [database] : []),
  ];
}

function finding(
  file: YamlFile,
  place: readonly string[],
  { code, message, hint }: { readonly code: ValuesCode; readonly message: string; readonly hint: string },
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
