import type { Diagnostic, Severity, Source } from '@mi-patterns/inventory';

/** What a code stands for. `fix` is also the hint of a diagnostic that has none of its own. */
export interface CatalogueEntry {
  readonly severity: Severity;
  readonly title: string;
  readonly meaning: string;
  readonly fix: string;
}

/** `MI-VALUES`: a values file of the chart. `MI-CONFIG`: `mi-patterns.yaml` or a group file. */
export type CodePrefix = 'MI-VALUES' | 'MI-CONFIG';

const error = (title: string, meaning: string, fix: string): CatalogueEntry => ({
  severity: 'error',
  title,
  meaning,
  fix,
});
const warning = (title: string, meaning: string, fix: string): CatalogueEntry => ({
  severity: 'warning',
  title,
  meaning,
  fix,
});

/** Faults that any file checked against a schema can have. */
const shared = {
  SYNTAX: error(
    'Not valid YAML',
    'The text cannot be read as YAML from this place on.',
    'Correct the indentation, the quotes or the brackets here; spaces indent, tabs do not.',
  ),
  'DUPLICATE-KEY': error(
    'A key twice',
    'The same key stands twice in one mapping. Helm would take one of them without a word.',
    'Keep one of the two, or move the content of both under one key.',
  ),
  LIMIT: error(
    'Too big, too deep, or too many aliases',
    'The file exceeds a limit that protects against files made to exhaust memory.',
    'Split the file, or write out what the aliases stand for.',
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
    'The value is of another type than the key takes.',
    'Write a value of the expected type; text that looks like a number needs quotes.',
  ),
  CHOICE: error('Not one of the choices', 'The key takes one of a few fixed values.', 'Use one of the values listed.'),
  FORMAT: error(
    'Wrong format',
    'The text does not have the form that the key needs.',
    'Write the text in the form described.',
  ),
  RANGE: error(
    'Out of range',
    'A number, a text or a list is smaller or larger than allowed.',
    'Use a value within the limits.',
  ),
  MISSING: error('Missing key', 'A key that is needed here is not there.', 'Add the key.'),
  CONDITION: error(
    'Does not go together',
    'The value is not allowed together with another one.',
    'Change one of the two.',
  ),
  SCHEMA: error('Not accepted', 'The value is not what the key takes.', 'See the documentation of the key.'),
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
    '`pattern: multiple-replicas` runs the same pod at least twice, so nothing stateful may be in it.',
    'Give the workload at least 2 replicas and no stateful artifacts, or use `pattern: coordinated`.',
  ),
  'MI-VALUES-COORDINATED': error(
    'A stateful workload that could run twice',
    'A stateful workload has exactly one active pod, so that a task or a processor never runs twice at once.',
    'Set `replicas: 1` and leave autoscaling off for it, or use `coordination.mode: database`.',
  ),
  'MI-VALUES-FENCING': error(
    'A fenced workload that cannot be kept to one pod',
    '`recovery: fenced` runs the server under lease-guard, which kills it before another may start. It needs times that leave room, and makes no sense for pods that may all be active. Only a fenced workload may have a standby.',
    'Change the times of `fencing`, or use another `recovery`.',
  ),
  'MI-VALUES-STATEFUL-EXPOSED': error(
    'A stateful workload on a public route',
    'A stateful workload has one pod and is down while it moves, so the public host must not lead to it.',
    'Route the public host to the stateless workload.',
  ),
  'MI-VALUES-NO-WORKLOAD': error(
    'A route to a workload that is not there',
    'The host or path leads to a workload that the values do not have or leave out.',
    'Use the key of a workload.',
  ),
  'MI-VALUES-NOT-ISOLATED': error(
    'Stateful workload that nothing isolates',
    'It has the archives of another workload and no server role of its own, so the pods of both would run all of it.',
    'Give its artifacts a server role, as `mi-patterns package` does, and list it under `artifacts.roles` of the workload.',
  ),
  'MI-VALUES-STATEFUL-TWICE': error(
    'One stateful artifact in two workloads',
    'A stateful artifact listed in two workloads would be active in both of them.',
    'List it in one workload only.',
  ),
  'MI-VALUES-ROLE-TWICE': error(
    'One server role in two workloads',
    'Server roles decide which artifacts a pod deploys; a role of stateful artifacts in two workloads deploys them twice.',
    'Give the role to one workload only.',
  ),
  'MI-VALUES-ROLE-UNUSED': error(
    'A server role that no workload has',
    'Artifacts with this role would be deployed nowhere: MI drops them without a word.',
    'Add the role to `artifacts.roles` of the workload that shall run them.',
  ),
  'MI-VALUES-ROLE-UNKNOWN': error(
    'A server role that the release does not list',
    'No archive has an artifact with this role, or the list is old: the workload would not deploy what it is there for.',
    'Correct the role, or add it to `artifacts.roles` of the release.',
  ),
  'MI-VALUES-STATEFUL-MISSING': error(
    'A stateful artifact in no workload',
    'The plan isolates the artifact, but no workload of the values lists it.',
    'List it under `artifacts.stateful` of the workload that carries its role.',
  ),
  'MI-VALUES-STATEFUL-EMPTY': warning(
    'A stateful workload without stateful artifacts',
    'Nothing says what the workload isolates, so a second workload with the same work cannot be noticed.',
    'List the artifacts under `artifacts.stateful`.',
  ),
  'MI-VALUES-COORDINATION-DATABASE': error(
    'Database coordination with several workloads',
    "The task tables of MI have no column for a group: servers of all workloads that share the database take each other's tasks.",
    'Keep one workload with database coordination, or use `coordination.mode: isolate`.',
  ),
  'MI-VALUES-COORDINATION-URL': error(
    'Database coordination without a database',
    'The chart writes deployment.toml from the values, so the database must be in them; what the deployment.toml of a project says is not delivered.',
    'Set `coordination.database.url` and `.driver` under `values`, or use `coordination.mode: isolate`.',
  ),
  'MI-VALUES-NEEDS': error(
    'Something that is switched on lacks what it needs',
    'The chart refuses to render such values.',
    'Set the key that is empty, or switch it off.',
  ),
  'MI-VALUES-RESERVED': error(
    'A name that the chart writes itself',
    'The chart derives the setting from others and refuses it from anybody else.',
    'Use the value of the chart that the hint names.',
  ),
  'MI-VALUES-UNPLANNED': error(
    'A workload that the plan does not have',
    'Values that are written for a plan add a workload to it. Where its key is near that of another one it is mistyped, and an error.',
    'Use the key of a workload of the plan.',
  ),
  'MI-VALUES-RUNTIME-VERSION': warning(
    'A version of Micro Integrator that the chart does not know',
    'Home folder, user and settings follow from the version; the chart is tested with the versions that its annotation names.',
    'Correct `runtime.version`, or try it out with care.',
  ),
  'MI-VALUES-NAME-LENGTH': error(
    'A name that gets too long',
    "Kubernetes takes names of at most 63 characters, and the release name is in front of the workload's.",
    'Shorten the key of the workload or the release name.',
  ),
  'MI-VALUES-NOT-RENDERED': warning(
    'Values that were checked against the schema only',
    'The rules that need several values at once are those of the chart, and helm, which renders it, was not found.',
    'Put helm on PATH, or name the file in MI_PATTERNS_HELM, and validate again.',
  ),
  'MI-VALUES-SECRET-INLINE': warning(
    'A secret in plain text',
    'The value looks like a password or a token; values files are kept in git and in the release.',
    'Refer to a Secret: `{secretKeyRef: {name: …, key: …}}`.',
  ),
} as const;

const configurationRules = {
  'MI-CONFIG-SAME-TARGET': error(
    'Two environments, one release',
    'Both environments name the same context, namespace and release, so each rollout would replace the other.',
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
    'An artifact belongs to one group; the same pattern in two groups cannot be decided.',
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
    'The file was changed since it was generated; writing it again would lose the changes.',
    'Move the changes to `mi-patterns.yaml` (`values:` of the environment) and delete the file, or repeat with --force.',
  ),
  'MI-WRITE-FOREIGN': error(
    'A file that was not generated',
    'A file of this name exists and does not come from this command.',
    'Choose another folder, move the file away, or repeat with --force.',
  ),
  'MI-WRITE-FAILED': error(
    'The file cannot be written',
    'The operating system refused to write the file.',
    'Check the folder, its permissions and the free space.',
  ),
} as const;

const initRules = {
  'MI-INIT-NOT-HELM-MI': error(
    'Not a values file of helm-mi',
    'The file lacks the key `wso2`, under which all settings of that chart stand.',
    'Name the values file that helm-mi was installed with.',
  ),
  'MI-INIT-NOT-TRANSLATED': warning(
    'A setting without a counterpart',
    'The setting of helm-mi has nothing to be translated to, so it was left out.',
    'If it is needed, write it by hand: `deploymentToml`, `extraVolumes`, `env` and annotations take anything.',
  ),
  'MI-INIT-SECRET': warning(
    'A secret that was not copied',
    'Values files are kept in git and in the release, so passwords are not copied into them.',
    'Put the secret into the Secret that the values name.',
  ),
  'MI-INIT-DIFFERENT': {
    severity: 'info',
    title: 'A setting that works differently',
    meaning: 'The setting was translated, and behaves differently here than with helm-mi.',
    fix: 'Check that the result is the one you want.',
  },
} as const satisfies Readonly<Record<string, CatalogueEntry>>;

type SharedCode = `${CodePrefix}-${keyof typeof shared}`;
/** Findings about deployment.toml files of projects that the values take over. */
const tomlRules = {
  'MI-TOML-LEFT-OUT': warning(
    'Part of deployment.toml that is not carried over',
    'The values carry the deployment.toml of a project over, but for what the chart has settings of its own for, writes itself or refuses.',
    'Use the setting that the hint names.',
  ),
  'MI-TOML-SECRET': warning(
    'Password in deployment.toml',
    'The deployment.toml of a project holds passwords. The values take them from a Secret: they never stand in a ConfigMap.',
    'Create the Secret that the message names in the namespace of each environment.',
  ),
} as const;

export type ValuesCode =
  | keyof typeof tomlRules
  | SharedCode
  | keyof typeof valuesRules
  | keyof typeof configurationRules
  | keyof typeof writeRules
  | keyof typeof initRules;

function prefixed(prefix: CodePrefix): Record<string, CatalogueEntry> {
  return Object.fromEntries(Object.entries(shared).map(([suffix, entry]) => [`${prefix}-${suffix}`, entry]));
}

/** Every code of this package with its meaning and way out; codes are permanent. */
export const catalogue: Readonly<Record<ValuesCode, CatalogueEntry>> = {
  ...prefixed('MI-VALUES'),
  ...valuesRules,
  ...prefixed('MI-CONFIG'),
  ...configurationRules,
  ...writeRules,
  ...tomlRules,
  ...initRules,
} as Record<ValuesCode, CatalogueEntry>;

/** A diagnostic of this package; severity and, unless given, hint come from the catalogue. */
export function describe(
  code: ValuesCode,
  message: string,
  source: Source,
  hint?: string,
  related?: readonly Source[],
): Diagnostic {
  const entry = catalogue[code];
  return {
    code,
    severity: entry.severity,
    message,
    hint: hint ?? entry.fix,
    source,
    ...(related === undefined || related.length === 0 ? {} : { related }),
  };
}
