import { runtimeVersions } from '../generated/runtime-versions.ts';
import { isMapping, mergeValues, valueAt, type Values } from '../merge.ts';
import { list } from '../schema/words.ts';
import type { Finding, RuleInput } from './finding.ts';
import type { EffectiveWorkload } from './workloads.ts';

const code = 'MI-VALUES-NEEDS';
type Path = readonly string[];

/** What must be there once something is switched on; the chart refuses to render without it. */
interface Need {
  /** The setting that switches it on, and the value that does; any but the empty one where none is named. */
  readonly when: Path;
  readonly is?: unknown;
  /** Needed keys, each set by itself. */
  readonly all: readonly Path[];
  /** One of these is enough instead. */
  readonly or?: readonly (readonly Path[])[];
  readonly hint: string;
}

const needs: readonly Need[] = [
  {
    when: ['ingress', 'enabled'],
    is: true,
    all: [['ingress', 'hosts']],
    or: [[['ingress', 'additional']]],
    hint: 'Name a host, or "*" for any: `hosts: {orders.example.com: {}}`.',
  },
  {
    when: ['gateway', 'enabled'],
    is: true,
    all: [['gateway', 'parentRefs']],
    or: [[['gateway', 'create', 'enabled']]],
    hint: 'Name the Gateway: `parentRefs: {public: {name: public, namespace: gateways}}`; or set `gateway.create.enabled`.',
  },
  {
    when: ['gateway', 'create', 'enabled'],
    is: true,
    all: [['gateway', 'create', 'className']],
    hint: 'Name the class of the Gateway, which `kubectl get gatewayclass` lists.',
  },
  {
    when: ['gateway', 'backendTls', 'enabled'],
    is: true,
    all: [['gateway', 'backendTls', 'hostname']],
    hint: "Set the name in MI's certificate.",
  },
  {
    when: ['userStore', 'type'],
    is: 'file',
    all: [['userStore', 'admin', 'passwordSecret']],
    hint: "Name the Secret with the administrator's password.",
  },
  {
    when: ['userStore', 'type'],
    is: 'ldap',
    all: [['userStore', 'ldap', 'url']],
    hint: 'Set the address of the directory.',
  },
  {
    when: ['userStore', 'type'],
    is: 'database',
    all: [
      ['userStore', 'database', 'url'],
      ['userStore', 'database', 'driver'],
    ],
    hint: 'Set the address of the database and the class of its JDBC driver.',
  },
  {
    when: ['hashicorpVault', 'enabled'],
    is: true,
    all: [['hashicorpVault', 'address']],
    hint: 'Set the address of the vault.',
  },
  {
    when: ['hashicorpVault', 'enabled'],
    is: true,
    all: [['hashicorpVault', 'tokenSecret']],
    or: [
      [
        ['hashicorpVault', 'roleIdSecret'],
        ['hashicorpVault', 'secretIdSecret'],
      ],
    ],
    hint: 'Set `tokenSecret`, or `roleIdSecret` and `secretIdSecret`.',
  },
  {
    when: ['tracing', 'enabled'],
    is: true,
    all: [['tracing', 'url']],
    or: [[['tracing', 'host']]],
    hint: 'Set `tracing.url` or `tracing.host`.',
  },
  { when: ['icp', 'enabled'], is: true, all: [['icp', 'url']], hint: 'Set the address of the control plane.' },
  ...['primary', 'internal'].map((name): Need => ({
    when: ['keystores', name, 'secretName'],
    all: [['keystores', name, 'alias']],
    hint: 'Name the private key in the keystore.',
  })),
  ...['primary', 'internal', 'listener', 'sender', 'truststore'].map((name): Need => ({
    when: ['keystores', name, 'secretName'],
    all: [['keystores', name, 'key']],
    or: [[['keystores', name, 'fileName']]],
    hint: 'Name the key of the Secret that holds the file.',
  })),
  ...['primary', 'internal', 'listener', 'sender'].map((name): Need => ({
    when: ['keystores', name, 'secretName'],
    all: [['keystores', name, 'passwordSecret']],
    hint: 'Put the password of the keystore into a Secret and name it.',
  })),
];

/** Everything that is switched on has what it needs: features of the release, the database that coordinates, the archives. */
export function needRules(input: RuleInput): readonly Finding[] {
  return [
    ...needs.flatMap((need) => missing(input.values, need)),
    ...databaseNeeds(input),
    ...versionNeeds(input),
    ...input.workloads.flatMap((workload) => archiveNeeds(input, workload)),
  ];
}

function missing(values: Values, { when, is, all, or = [], hint }: Need): readonly Finding[] {
  const value = valueAt(values, when);
  const isOn =
    (is === undefined ? isSet(value) : value === is) &&
    (when[0] !== 'gateway' || valueAt(values, ['gateway', 'enabled']) === true);
  const isTracedToLog = when[0] === 'tracing' && valueAt(values, ['tracing', 'type']) === 'log';
  const absent = all.filter((path) => !isSet(valueAt(values, path)));
  if (
    !isOn ||
    isTracedToLog ||
    absent.length === 0 ||
    or.some((paths) => paths.every((path) => isSet(valueAt(values, path))))
  )
    return [];
  return [
    {
      code,
      path: when,
      message: `\`${when.join('.')}\` is ${is === undefined ? 'set' : `\`${String(is)}\``}, but ${list(
        absent.map((path) => path.join('.')),
        'and',
      )} ${absent.length === 1 ? 'is' : 'are'} empty.`,
      hint,
    },
  ];
}

/** Empty text, an empty mapping or list, false and null are what is not set. */
function isSet(value: unknown): boolean {
  if (value === undefined || value === null || value === '' || value === false) return false;
  return typeof value !== 'object' || Object.values(value).some((entry) => entry !== null);
}

/** Id of the data source by which MI coordinates its servers. */
const coordinationSource = 'WSO2_COORDINATION_DB';

function databaseNeeds({ values, pattern, mode, workloads }: RuleInput): readonly Finding[] {
  if (mode !== 'database') return [];
  const path = ['coordination', 'mode'];
  const wrongPattern: readonly Finding[] =
    pattern === 'coordinated'
      ? []
      : [
          {
            code,
            path,
            message: `\`coordination.mode\` is \`database\`, which needs several equal servers, but the pattern is \`${pattern}\`.`,
            hint: 'Use `pattern: coordinated`, or `coordination.mode: isolate`.',
          },
        ];
  const ofImage: readonly Finding[] =
    valueAt(values, ['runtime', 'deploymentTomlFrom']) === 'image'
      ? [
          {
            code,
            path: ['runtime', 'deploymentTomlFrom'],
            message:
              '`coordination.mode: database` writes deployment.toml, but `runtime.deploymentTomlFrom` is `image`.',
            hint: 'Use `runtime.deploymentTomlFrom: values`.',
          },
        ]
      : [];
  if (ofImage.length > 0) return [...wrongPattern, ...ofImage];
  const schemaJob: readonly Finding[] =
    valueAt(values, ['coordination', 'schemaJob', 'enabled']) === true &&
    !isSet(valueAt(values, ['coordination', 'schemaJob', 'image']))
      ? [
          {
            code,
            path: ['coordination', 'schemaJob', 'enabled'],
            message: '`coordination.schemaJob.enabled` is `true`, but `coordination.schemaJob.image` is empty.',
            hint: 'Name an image of yours that brings the database scripts of MI and a client.',
          },
        ]
      : [];
  const without = workloads
    .filter(({ settings }) => !hasOwnSource(values, settings))
    .map(({ key, settings }) => ({
      key,
      absent: ['url', 'driver'].filter((name) => !isSet(valueAt(databaseOf(values, settings), [name]))),
    }))
    .filter(({ absent }) => absent.length > 0);
  const [first] = without;
  if (first === undefined) return [...wrongPattern, ...schemaJob];
  const keys = first.absent.map((name) => `coordination.database.${name}`);
  return [
    ...wrongPattern,
    ...schemaJob,
    {
      code: 'MI-VALUES-COORDINATION-URL',
      path,
      message: `\`coordination.mode\` is \`database\`, but ${list(keys, 'and')} ${keys.length === 1 ? 'is' : 'are'} empty (${without.length === 1 ? 'workload' : 'workloads'} ${list(
        without.map(({ key }) => key),
        'and',
      )}).`,
    },
  ];
}

function databaseOf(values: Values, settings: Values): Values {
  const [release, own] = [
    valueAt(values, ['coordination', 'database']),
    valueAt(settings, ['coordination', 'database']),
  ].map((value) => (isMapping(value) ? value : {}));
  return mergeValues(release ?? {}, own ?? {});
}

/** Whether the deployment.toml of a workload names the database itself. */
export function hasOwnSource(values: Values, settings: Values): boolean {
  const sources =
    valueAt(settings, ['deploymentToml', 'datasource']) ?? valueAt(values, ['deploymentToml', 'datasource']);
  return Array.isArray(sources) && sources.some((source) => isMapping(source) && source['id'] === coordinationSource);
}

const sources: Readonly<Record<string, { readonly key: Path; readonly hint: string }>> = {
  imageVolume: {
    key: ['imageVolume', 'reference'],
    hint: 'Set the image that holds the archives: `REGISTRY/REPOSITORY:TAG`.',
  },
  persistentVolumeClaim: {
    key: ['persistentVolumeClaim', 'claimName'],
    hint: 'Set the claim that holds the archives.',
  },
  configMap: {
    key: ['configMap', 'archives'],
    hint: 'Name a ConfigMap for each archive: `orders.car: {name: orders-archives}`.',
  },
  initCopy: { key: ['initCopy', 'select'], hint: 'List file names or patterns, `orders_1.0.0.car` for instance.' },
};

function archiveNeeds(
  { values, archivesFollow }: RuleInput,
  { settings, pathOf }: EffectiveWorkload,
): readonly Finding[] {
  const at = (path: Path): unknown =>
    valueAt(settings, ['artifacts', ...path]) ?? valueAt(values, ['artifacts', ...path]);
  const source = at(['source']);
  const need =
    typeof source === 'string' && !(archivesFollow && source === 'configMap') && Object.hasOwn(sources, source)
      ? sources[source]
      : undefined;
  if (need === undefined || isSet(at(need.key))) return [];
  const own = valueAt(settings, ['artifacts', 'source']) !== undefined;
  return [
    {
      code,
      path: own ? pathOf('artifacts', 'source') : ['artifacts', 'source'],
      message: `\`artifacts.source\` is \`${String(source)}\`, but \`artifacts.${need.key.join('.')}\` is empty.`,
      hint: need.hint,
    },
  ];
}

/** A volume in MI's home folder, whose name has MI's version, needs to know the version in an image of the user's. */
function versionNeeds({ values, workloads }: RuleInput): readonly Finding[] {
  const image = (key: string): unknown => valueAt(values, ['image', key]);
  const ofChart = image('repository') === 'wso2/wso2mi' && !isSet(image('tag')) && !isSet(image('digest'));
  if (ofChart || isSet(valueAt(values, ['runtime', 'version'])) || isSet(valueAt(values, ['runtime', 'home'])))
    return [];
  const paths: Path[] = [
    ...(isSet(values['trustedCertificates']) ? [['trustedCertificates']] : []),
    ...workloads.flatMap((workload) => mountsInHome(values, workload)),
  ];
  return paths.map((path): Finding => ({
    code: 'MI-VALUES-NEEDS',
    path,
    message: `\`${path.join('.')}\` is mounted in MI's home folder, whose name has the version of MI in the image, but \`runtime.version\` is empty: an upgrade of the chart would move the mount away from it.`,
    hint: `Set \`runtime.version\` to the version of MI in the image, ${runtimeVersions.default} for instance.`,
  }));
}

function mountsInHome(values: Values, { settings, pathOf }: EffectiveWorkload): readonly Path[] {
  const persistence = valueAt(settings, ['persistence']);
  const source = valueAt(settings, ['artifacts', 'source']) ?? valueAt(values, ['artifacts', 'source']);
  return [
    ...(isMapping(persistence)
      ? Object.entries(persistence)
          .filter(([, volume]) => isMapping(volume) && !isSet(volume['mountPath']))
          .map(([name]) => pathOf('persistence', name))
      : []),
    ...(source === 'imageVolume' || source === 'persistentVolumeClaim' || source === 'initCopy'
      ? [isSet(valueAt(settings, ['artifacts', 'source'])) ? pathOf('artifacts', 'source') : ['artifacts', 'source']]
      : []),
    ...(valueAt(settings, ['readOnlyRootFilesystem']) === true ||
    valueAt(settings, ['containerSecurityContext', 'readOnlyRootFilesystem']) === true
      ? [pathOf('readOnlyRootFilesystem')]
      : []),
  ];
}
