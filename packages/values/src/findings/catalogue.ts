import { type CodeEntry, describedCode as entry, type Diagnostic, type Source } from '@mi-patterns/inventory';

/** `MI-VALUES`: a values file of the chart. `MI-CONFIG`: `mi-patterns.yaml` or a group file. */
export type CodePrefix = 'MI-VALUES' | 'MI-CONFIG';

const error = (...words: readonly [title: string, meaning: string, fix: string]): CodeEntry => entry('error', ...words);
const warning = (...words: readonly [title: string, meaning: string, fix: string]): CodeEntry =>
  entry('warning', ...words);

/** Faults that any file checked against a schema can have. */
const shared = {
  SYNTAX: error(
    'Not valid YAML',
    'The text is not valid YAML from this position on.',
    'Correct the indentation, the quotes or the brackets here; spaces indent, tabs do not.',
  ),
  'DUPLICATE-KEY': error(
    'Duplicate key',
    'The same key appears twice in one mapping. Helm would silently use one of them.',
    'Keep one of the two, or move the content of both under one key.',
  ),
  LIMIT: error(
    'Too large, too deep, or too many aliases',
    'The file exceeds a limit that protects against files built to exhaust memory.',
    'Split the file, or replace the aliases with their content.',
  ),
  ROOT: error(
    'Not one mapping',
    'The file must hold exactly one YAML mapping.',
    'Write `key: value` lines at the outermost level, in one document.',
  ),
  'UNKNOWN-KEY': error(
    'Unknown key',
    'The key does not exist here, so it would have no effect.',
    'Use a key that exists here, or remove this one.',
  ),
  TYPE: error(
    'Wrong type',
    'The value has the wrong type for this key.',
    'Write a value of the expected type; text that looks like a number needs quotes.',
  ),
  CHOICE: error('Not one of the choices', 'The key takes one of a few fixed values.', 'Use one of the values listed.'),
  FORMAT: error(
    'Wrong format',
    'The text does not have the format that this key requires.',
    'Write the text in the described format.',
  ),
  RANGE: error(
    'Out of range',
    'A number, a text or a list is smaller or larger than allowed.',
    'Use a value within the limits.',
  ),
  MISSING: error('Missing key', 'A required key is missing.', 'Add the key.'),
  CONDITION: error(
    'Conflicting values',
    'The value is not allowed in combination with another one.',
    'Change one of the values that the message names.',
  ),
  SCHEMA: error('Not accepted', 'The key does not accept this value.', 'See the documentation of the key.'),
} as const;

/** What a schema cannot say: rules of the patterns. */
const valuesRules = {
  'MI-VALUES-SINGLE-REPLICA': error(
    'More than a single replica',
    '`pattern: single-replica` promises that one pod runs everything: one workload, one replica, no autoscaling.',
    'Leave one workload with `replicas: 1`, or choose another pattern.',
  ),
  'MI-VALUES-MULTIPLE-REPLICAS': error(
    'Not several equal replicas',
    '`pattern: multiple-replicas` runs at least two identical pods, so nothing stateful may be in them.',
    'Give the workload at least 2 replicas and no stateful artifacts, or use `pattern: coordinated`.',
  ),
  'MI-VALUES-COORDINATED': error(
    'A stateful workload that could run twice',
    'A stateful workload has exactly one active pod, so that a task or processor never runs twice at the same time.',
    'Do what the message says. Mostly: `replicas: 1` without autoscaling, or `coordination.mode: database`.',
  ),
  'MI-VALUES-FENCING': error(
    'A fenced workload that could run in two pods',
    '`recovery: fenced` runs the server under lease-guard, which kills it before another may start. It needs times with a safety margin, and has no use for pods that may all be active. Only a fenced workload may have a standby.',
    'Change what the message names, or use another `recovery`.',
  ),
  'MI-VALUES-STATEFUL-EXPOSED': error(
    'A stateful workload on a public route',
    'A stateful workload has one active pod and is unavailable while that pod moves, so a public route may lead to it only if its values open the port.',
    'Route the public host to the stateless workload; or, if artifacts of the stateful one answer, open the port with `service.enabled: true` of the workload or an entry of its `ports`.',
  ),
  'MI-VALUES-NO-WORKLOAD': error(
    'A route to an unknown workload',
    'The host or path routes to a workload that the values do not define, or that they disable.',
    'Use the key of a workload.',
  ),
  'MI-VALUES-NOT-ISOLATED': error(
    'Stateful workload is not isolated',
    'It deploys the same archives as another workload and has no server role of its own, so the pods of both would run everything.',
    'Do what the message says. Artifacts are told apart by a server role, which `mi-patterns package` gives them and `artifacts.roles` of their workload lists.',
  ),
  'MI-VALUES-STATEFUL-TWICE': error(
    'One stateful artifact in two workloads',
    'A stateful artifact that two workloads list would be active in both.',
    'List it in one workload only.',
  ),
  'MI-VALUES-ROLE-TWICE': error(
    'One server role in two workloads',
    'Server roles decide which artifacts a pod deploys; a role of stateful artifacts in two workloads deploys them twice.',
    'Give the role to one workload only.',
  ),
  'MI-VALUES-ROLE-UNUSED': error(
    'A server role without a workload',
    'Artifacts with this role would not be deployed anywhere: MI skips them silently.',
    'Let one workload list the role under `artifacts.roles`; a role that is gone for good leaves `artifacts.roles` of the release too.',
  ),
  'MI-VALUES-ROLE-UNKNOWN': error(
    'Unknown server role',
    'No archive contains an artifact with this role, or the list is out of date: the workload would not deploy its artifacts.',
    'Correct the role, or add it to `artifacts.roles` of the release.',
  ),
  'MI-VALUES-ROLE-LEFT-OUT': warning(
    "MI's own server roles are left out",
    '`server.roles` in deployment.toml replaces the roles that every server has by default. MI silently skips artifacts whose role a server lacks, and builds give the default roles to everything.',
    "List MI's own roles under `deploymentToml.server.roles` too, or use `artifacts.roles`, which adds to them.",
  ),
  'MI-VALUES-STATEFUL-MISSING': error(
    'A stateful artifact in no workload',
    'The plan isolates the artifact, but no workload in the values lists it.',
    'List it under `artifacts.stateful` of the workload that carries its role.',
  ),
  'MI-VALUES-STATEFUL-EMPTY': warning(
    'A stateful workload without stateful artifacts',
    'The values do not say what the workload isolates, so a second workload with the same artifacts would go unnoticed.',
    'List the artifacts under `artifacts.stateful`.',
  ),
  'MI-VALUES-COORDINATION-DATABASE': error(
    'Database coordination with several workloads',
    "The task tables of MI have no column for a group: servers of all workloads that share the database take each other's tasks.",
    'Keep one workload with database coordination, or use `coordination.mode: isolate`.',
  ),
  'MI-VALUES-COORDINATION-URL': error(
    'Database coordination without a database',
    'The chart writes deployment.toml from the values, so the values must name the database; the deployment.toml of a project is not delivered.',
    'Set `coordination.database.url` and `.driver` under `values`, or use `coordination.mode: isolate`.',
  ),
  'MI-VALUES-NEEDS': error(
    'A feature lacks a required setting',
    'The feature is switched on, but a setting that it needs is empty, so the chart does not render.',
    'Set what the message names, or switch the feature off.',
  ),
  'MI-VALUES-RESERVED': error(
    'A name reserved by the chart',
    'The chart derives this setting from other values and refuses it elsewhere.',
    'Use the value that the message names.',
  ),
  'MI-VALUES-TIME-ZONE': warning(
    'A time zone that Java does not know, or reads differently',
    'Java silently uses UTC instead of a time zone that it does not know, and takes `UTC+2` for two hours behind UTC, as POSIX does: cron triggers fire hours early or late.',
    'Name a zone of the IANA database, for example `Europe/Berlin`; names are case-sensitive.',
  ),
  'MI-VALUES-WRITTEN': warning(
    'A setting that arrives in another form',
    'Variables, properties and annotations are text. Without quotes YAML reads some texts as numbers or as true and false, and those arrive: `1.10` becomes `1.1`, `0123` becomes `83`, and `yes` becomes `true`.',
    'Put it in quotes.',
  ),
  'MI-VALUES-UNPLANNED': error(
    'A workload outside the plan',
    'The values add a workload that the plan does not contain. If its key resembles a planned one, it is taken for a typing error.',
    'Use the key of a workload of the plan.',
  ),
  'MI-VALUES-NO-VOLUME': warning(
    'A directory of files that is on no volume',
    "An artifact takes files from a directory of its pod, or puts files into it, and the workload mounts no volume there or above, or only an `emptyDir`. Nobody else can put a file on a pod's own disk, so a file consumer silently never gets one, and what is written there is lost with the pod.",
    'Mount a volume that others can reach: an entry of `persistence` with `what: shared-directory`, `mountPath` and `existingClaim`, or `extraVolumes` and `extraVolumeMounts`. If another program of the pod fills or empties the directory, ignore the warning.',
  ),
  'MI-VALUES-RUNTIME-VERSION': warning(
    'A version of Micro Integrator that the chart does not know',
    'The version determines the home folder, user and settings; the chart is tested with the versions in its annotation.',
    'Correct `runtime.version`, or test this version carefully.',
  ),
  'MI-VALUES-NAME-LENGTH': error(
    'Name too long',
    "Kubernetes allows names of at most 63 characters, and the release name precedes the workload's name.",
    'Shorten the name that the message quotes: the release name, `fullnameOverride` or the key of the workload.',
  ),
  'MI-VALUES-NOT-RENDERED': warning(
    'Values that were checked against the schema only',
    'The chart checks the rules that combine several values. helm, which renders the chart, was not found, so these rules were not checked.',
    'Put helm on the PATH, or set MI_PATTERNS_HELM to its path, then validate again.',
  ),
  'MI-VALUES-RELEASE-SIZE': warning(
    'A release that is too large for Helm to record',
    'Helm compresses each release (the chart, the values and everything rendered) into one Secret, and a Secret holds at most 1 MiB. An install or upgrade that needs more fails.',
    'Install the projects as several releases, put stateful artifacts into groups so that fewer workloads are needed, or let Helm keep releases in a database (HELM_DRIVER=sql). Argo CD and `helm template` record no release.',
  ),
  'MI-VALUES-SECRET-INLINE': warning(
    'A secret in plain text',
    'The value looks like a password, token or key, or holds one (`amqp://user:password@host`, `;password=…`, `-Dname.password=…`); values files are stored in git and in the release.',
    'Refer to a Secret under `env`: `NAME: {secretKeyRef: {name: …, key: …}}`. Write `$env{NAME}` in `deploymentToml`, and `$SYSTEM:NAME` in artifacts.',
  ),
  'MI-VALUES-INTERRUPTED': warning(
    'Requests fail during an update or when a pod is lost',
    'With these values a workload that serves requests has moments without a ready pod, or its server is stopped while it works on requests.',
    'Change the value as the message says, or accept the interruption.',
  ),
  'MI-VALUES-PAUSED': warning(
    'A paused workload',
    'A paused workload has no pod, and no other workload does its work.',
    'Remove `paused` to start it again.',
  ),
  'MI-VALUES-DRAIN': warning(
    'A disruption budget that blocks drains',
    'The disruption budget never lets a pod go, so `kubectl drain` waits forever on each node that has one.',
    'Set `disruptionBudget.maxUnavailable: 1`.',
  ),
  'MI-VALUES-CLUSTER': warning(
    'The cluster must have something for this',
    'The setting needs an API, a kind of volume or a permission that not every cluster has.',
    'Make sure that the cluster has what the message names.',
  ),
  'MI-VALUES-PLACEHOLDER': warning(
    'A placeholder that nothing fills',
    'MI replaces `$env{NAME}` and `$secret{alias}` in deployment.toml at its start, and neither the environment nor `[secrets]` in the values has this name. Or a template in the values names a value that none of them sets, and becomes nothing.',
    'Set the variable under `env`, add the alias to `secrets`, or make sure that the image sets it; for a template, set the value.',
  ),
  'MI-VALUES-PATTERN': warning(
    'A pattern that the workloads do not need',
    '`pattern: coordinated` is for workloads with stateful artifacts, and the values have none.',
    'Use `pattern: multiple-replicas`, or give what is stateful a workload of `type: stateful`.',
  ),
  'MI-VALUES-RUNS-TWICE': warning(
    'Coordination that can run a task twice',
    'Servers that coordinate through a database can run a task twice when one of them, or the database, stalls.',
    'Use `coordination.mode: isolate`, or MI 4.7 with `coordination.database.hardening.enabled: true`.',
  ),
  'MI-VALUES-IMAGE-LATEST': warning(
    'An image without a fixed version',
    'The tag `latest` moves, so pods started on different days may run different images.',
    'Use the tag of a version, or a digest.',
  ),
  'MI-VALUES-NO-EFFECT': warning(
    'A setting without effect',
    'Another value, or the version of MI, makes this setting have no effect.',
    'Remove the setting, or change what the message names.',
  ),
  'MI-VALUES-DEMONSTRATION': warning(
    'Keys or passwords that everyone has',
    "MI's image comes with keystores and a user for demonstrations. Their passwords and private keys are public.",
    'Outside development, use your own keystores and passwords.',
  ),
  'MI-VALUES-UNREACHABLE': warning(
    'Requests that may not arrive',
    'With these values requests are refused on their way to a pod or from one, or reach another pod than intended.',
    'Change the value as the message says.',
  ),
  'MI-VALUES-UNIT-TESTS': warning(
    'A unit test server in the release',
    "MI's unit test server deploys the artifacts of anyone who reaches its port.",
    'Disable `unitTest` outside of development.',
  ),
  'MI-VALUES-ISOLATION-UNKNOWN': warning(
    'Isolation that the chart cannot check',
    'The chart compares the names of images, volumes and server roles, and does not look into them. These values may give an artifact or a server role to a workload without the chart noticing.',
    'Do what the message says. Archives with server roles, as `mi-patterns package` writes them, can be checked.',
  ),
} as const;

const configurationRules = {
  'MI-CONFIG-SAME-TARGET': error(
    'Two environments, one release',
    'Both environments name the same context, namespace and release, so each rollout would overwrite the other.',
    'Give each environment its own context, namespace or release.',
  ),
  'MI-CONFIG-REPLICAS': error(
    'Replicas do not fit the pattern',
    '`single-replica` runs one replica; `multiple-replicas` needs at least two.',
    'Change `replicas` or `pattern`.',
  ),
  'MI-CONFIG-GROUPS': error(
    'Groups and `isolate` do not agree',
    '`isolate: groups` needs `groups`, and `groups` has no effect otherwise.',
    'Set `isolate: groups` and name the groups, or remove them.',
  ),
  'MI-CONFIG-ARTIFACT-ID': error(
    'Not an artifact id',
    'An artifact is named `kind/name`, with a kind such as `task` or `api`.',
    'Use an id that `mi-patterns scan` prints.',
  ),
  'MI-CONFIG-GLOB-TWICE': error(
    'A pattern in two groups',
    'An artifact belongs to one group, so a pattern must not appear in two.',
    'Keep the pattern in one of the groups.',
  ),
  'MI-CONFIG-NO-ENVIRONMENT': error(
    'No such environment',
    'The configuration has no environment of this name.',
    'Use one of the environments listed.',
  ),
} as const;

const writeRules = {
  'MI-WRITE-EDITED': error(
    'A file that someone edited',
    'The file was edited after it was generated; writing it again would lose the edits.',
    'Move the edits to `mi-patterns.yaml` (`values:` of the environment) and delete the file, or repeat with --force.',
  ),
  'MI-WRITE-FOREIGN': error(
    'A file that was not generated',
    'A file with this name exists, and this command did not write it.',
    'Choose another folder, move the file, or repeat with --force.',
  ),
  'MI-WRITE-FAILED': error(
    'The file cannot be written',
    'The operating system refused to write the file.',
    'Check the folder, its permissions and the free space.',
  ),
} as const;

const initRules = {
  'MI-INIT-NOT-HELM-MI': error(
    'Not from helm-mi',
    'The file lacks the key `wso2`, which holds all settings of that chart; or there is no such release, or another chart made it.',
    'Name the values file that helm-mi was installed with, or a live release of it.',
  ),
  'MI-INIT-NOT-TRANSLATED': warning(
    'A setting without an equivalent',
    'The helm-mi setting has no equivalent, so it was omitted.',
    'If you need it, add it manually: `deploymentToml`, `extraVolumes`, `env` and annotations accept anything.',
  ),
  'MI-INIT-SECRET': warning(
    'A secret that was not copied',
    'Values files are stored in git and in the release, so passwords are not copied into them.',
    'Store the password in the Secret that the values name.',
  ),
  'MI-INIT-VERSION': warning(
    'The version of MI is in doubt',
    "The values name another version of Micro Integrator than the image or the projects, or none. The chart looks for the server's home by `runtime.version`.",
    'Check which version the image has, and that `runtime.version` is the same.',
  ),
  'MI-INIT-IMAGE': warning(
    'The image is that of WSO2',
    'The values name the image that WSO2 publishes. It has no artifacts, and nobody else can push to its name.',
    'Name an image of your own, and build it of what `mi-patterns generate` writes.',
  ),
  'MI-INIT-DIFFERENT': entry(
    'info',
    'A setting that works differently',
    'The setting was translated, but behaves differently from helm-mi.',
    'Check that the result is what you want.',
  ),
} as const satisfies Readonly<Record<string, CodeEntry>>;

type SharedCode = `${CodePrefix}-${keyof typeof shared}`;
/** Findings about deployment.toml files of projects that the values take over. */
const tomlRules = {
  'MI-TOML-LEFT-OUT': warning(
    'Part of deployment.toml is not carried over',
    'The values include the deployment.toml of a project, except for what they set through a setting of the chart, which wins, and for what the chart writes itself or refuses.',
    'Use the setting that the hint names.',
  ),
  'MI-TOML-IMAGE': warning(
    "The image's deployment.toml is replaced",
    'The chart writes deployment.toml from the values, in place of the file that the image has. What only the file says, such as data sources and listeners, is lost.',
    'Set `runtime.deploymentTomlFrom: image` to keep the file, or write what is needed under `deploymentToml`.',
  ),
  'MI-TOML-DIFFERS': warning(
    'Projects with different settings',
    'The deployment.toml files of two projects give one key, or one data source or connection factory, different values. The pods get one file with the settings of all projects, so the first file wins, in the order of paths.',
    'Make them the same, give data sources and connection factories names of their own, write the right value under `deploymentToml` in the values, or plan the projects for separate releases.',
  ),
  'MI-TOML-SECRET': warning(
    'Password in deployment.toml',
    'The deployment.toml of a project holds passwords. The values read them from a Secret, so that they never appear in a ConfigMap.',
    'Create the Secret that the message names in the namespace of each environment.',
  ),
} as const;

/** Findings about the version and the image that the values name, and about what they were made from. */
const sourceRules = {
  'MI-PKG-RUNTIME': warning(
    'Older Micro Integrator than the project needs',
    'The configuration or the values name an older version than the project names.',
    'Use the version that the project needs, or test the project with the older one.',
  ),
  'MI-PKG-RUNTIME-ASSUMED': entry(
    'info',
    'Unknown version of Micro Integrator',
    'No configuration, values file, pom or Dockerfile names a version, so the newest one is assumed.',
    'Set `runtime.version`: it decides the user, the home folder and the Java version.',
  ),
  'MI-PKG-NO-IMAGE': warning(
    'No image is named',
    "If neither the configuration nor the values name an image, the chart uses WSO2's own, which contains none of your artifacts. The repository `example/…` is the placeholder that `init` writes.",
    'Build and push the image that the package describes, then name it under `image`.',
  ),
  'MI-VALUES-STALE': error(
    'Values made from older artifacts',
    'The header of a generated values file records the digest of the artifacts it was made from. They have changed since then, or another version of mi-patterns reads them differently: a task added in the meantime would run in no pod, or in all of them. A warning where the workloads of the file are still right.',
    'Run `mi-patterns generate`.',
  ),
} as const;

export type ValuesCode =
  | keyof typeof tomlRules
  | keyof typeof sourceRules
  | SharedCode
  | keyof typeof valuesRules
  | keyof typeof configurationRules
  | keyof typeof writeRules
  | keyof typeof initRules;

function prefixed(prefix: CodePrefix): Record<string, CodeEntry> {
  return Object.fromEntries(Object.entries(shared).map(([suffix, described]) => [`${prefix}-${suffix}`, described]));
}

/** Every code of this package with its meaning and way out; codes are permanent. */
export const catalogue: Readonly<Record<ValuesCode, CodeEntry>> = {
  ...prefixed('MI-VALUES'),
  ...valuesRules,
  ...prefixed('MI-CONFIG'),
  ...configurationRules,
  ...writeRules,
  ...tomlRules,
  ...sourceRules,
  ...initRules,
} as Record<ValuesCode, CodeEntry>;

/** A diagnostic of this package; severity comes from the catalogue, and the hint where none is given (`more`). */
export function describe(
  code: ValuesCode,
  message: string,
  source: Source | undefined,
  more: string | { readonly hint?: string | undefined; readonly related?: readonly Source[] } = {},
): Diagnostic {
  const { hint, related = [] } = typeof more === 'string' ? { hint: more } : more;
  const { severity, fix } = catalogue[code];
  return {
    code,
    severity,
    message,
    hint: hint ?? fix,
    ...(source === undefined ? {} : { source }),
    ...(related.length === 0 ? {} : { related }),
  };
}

declare module '@mi-patterns/inventory' {
  // oxlint-disable-next-line typescript/no-empty-object-type -- adds the codes above
  interface DiagnosticCodes extends Readonly<Record<ValuesCode, true>> {}
}
