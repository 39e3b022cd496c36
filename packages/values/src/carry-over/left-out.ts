import type { Diagnostic, Source, TomlDocument } from '@mi-patterns/inventory';
import { describe } from '../findings/catalogue.ts';
import { isMapping, valueAt, type Values } from '../mapping/merge.ts';
import { isReference, publicPasswords } from '../mapping/secrets.ts';
import { settingThatOwns, type Setting, setting } from './settings.ts';

type Path = readonly string[];

/** A deployment.toml of a project, as read. */
export interface ProjectToml extends TomlDocument {
  readonly source: Source;
}

/** Why something is left out whatever the values say. */
interface Reason {
  readonly severity: 'info' | 'warning';
  readonly because: string;
  readonly hint: string;
}

/** A table, a key, or an element of an array of tables, that the chart writes, refuses, or has settings for. */
interface Left {
  readonly path: Path;
  /** The element of the array at `path` that has this key and value; the others are carried over. */
  readonly element?: readonly [key: string, value: string] | undefined;
  /** Settings of the chart that take its place. */
  readonly settings?: readonly Setting[];
  /** Keys of the table that these settings have a word for; the others are named. Missing: all. */
  readonly replaced?: readonly string[];
  /** Left out without a word when this holds: the chart does the same by itself. */
  readonly silent?: (value: unknown) => boolean;
  /** Why it is left out where the values set none of the settings; without a reason it is carried over then. */
  readonly otherwise?: Reason;
}

const store = (name: string): Left => ({
  path: name === 'truststore' ? ['truststore'] : ['keystore', name],
  silent: isDemonstrationStore,
  settings: [setting(`keystores.${name}`)],
  otherwise: {
    severity: 'warning',
    because: 'the chart mounts keystores from Secrets',
    hint: `Put the file into a Secret and name it in the values: \`keystores: {${name}: {secretName: NAME, key: FILE, alias: ALIAS, passwordSecret: {name: NAME, key: KEY}}}\`.`,
  },
});

const userStore = setting('userStore.type', (type) => type !== 'image');
const coordination = (name: string): Setting => setting(`coordination.database.${name}`);
const hardening = setting('coordination.database.hardening.enabled', (enabled) => enabled === true);

/**
 * All that the chart writes into deployment.toml from settings of its own, or refuses there. The templates
 * `_features.tpl`, `_coordination.tpl` and `_deployment-toml.tpl` of the chart say the same;
 * test/command/carry-over.test.ts holds the two against each other.
 */
const left: readonly Left[] = [
  ...['primary', 'internal', 'truststore'].map(store),
  ...['listener', 'sender'].map((name): Left => ({
    path: ['transport', 'http', name, 'keystore'],
    settings: [setting(`keystores.${name}`)],
  })),
  {
    path: ['server', 'hot_deployment'],
    silent: (value) => value === false,
    otherwise: {
      severity: 'info',
      because:
        'the chart writes false, since in a pod no archive changes in place, and with hot deployment the readiness check does not see faulty archives',
      hint: 'Nothing to do: a change of archives is a new image, or new pods.',
    },
  },
  ...['graceful_shutdown_enabled', 'graceful_shutdown_timeout'].map((key): Left => ({
    path: ['server', key],
    otherwise: {
      severity: 'info',
      because: 'the chart writes it to match the time that a pod has to stop',
      hint: 'Set `gracefulShutdown.timeoutSeconds` in the values to change the time.',
    },
  })),
  {
    path: ['cluster_config'],
    otherwise: {
      severity: 'warning',
      because: 'each server needs a node id of its own, and pods of one workload have the same file',
      hint: 'Set `coordination: database` in mi-patterns.yaml if a database should coordinate the servers.',
    },
  },
  // A coordination database makes servers form a cluster, which the chart arranges by itself or not at all.
  {
    path: ['datasource'],
    element: ['id', 'WSO2_COORDINATION_DB'],
    settings: [coordination('url')],
    otherwise: {
      severity: 'warning',
      because: 'with it, the servers would form a cluster',
      hint: 'Set `coordination: database` in mi-patterns.yaml and `coordination.database` (`url`, `driver`) under `values` if a database should coordinate the servers.',
    },
  },
  { path: ['task_handling', 'resolver_class'], settings: [coordination('resolver')] },
  { path: ['task_handling', 'resolving_period'], settings: [coordination('resolvingPeriodSeconds')] },
  { path: ['task_handling', 'resolving_frequency'], settings: [coordination('resolvingFrequency')] },
  { path: ['task_handling', 'enable_task_delete_barrier'], settings: [coordination('taskDeleteBarrier'), hardening] },
  { path: ['task_handling', 'enable_task_monitoring'], settings: [hardening] },
  ...['coordination_hardening', 'synchronous_injection'].map((key): Left => ({
    path: ['task_handling', key],
    settings: [coordination('hardening.enabled')],
  })),
  { path: ['task_resolver'], settings: [coordination('taskServerCount'), coordination('taskNodes')] },
  ...['serverRoles', 'nodeId'].map((key): Left => ({
    path: ['system', 'parameter', key],
    otherwise: {
      severity: 'warning',
      because: 'it would replace what the chart starts each server with',
      hint: 'Set `artifacts.roles` of a workload in the values if its server needs another role.',
    },
  })),
  {
    path: ['secrets'],
    otherwise: {
      severity: 'warning',
      because: 'secrets of the secure vault need the keystore and the keys that encrypted them',
      hint: 'Keep secrets in a Secret of Kubernetes: `env: {NAME: {secretKeyRef: …}}` in the values and `$env{NAME}` where it is used.',
    },
  },
  {
    path: ['user_store'],
    silent: (value) => isMapping(value) && Object.keys(value).join() === 'type' && value['type'] === 'read_only_ldap',
    settings: [userStore],
    replaced: ['type', 'connection_url', 'connection_name', 'connection_password', 'user_search_base'],
  },
  {
    path: ['user_store', 'type'],
    silent: (value) => value === 'read_only_ldap',
    otherwise: {
      severity: 'warning',
      because: 'the chart has its own settings for users',
      hint: 'Set `userStore` in the values.',
    },
  },
  { path: ['realm_manager'], settings: [userStore] },
  {
    path: ['datasource'],
    element: ['id', 'WSO2CarbonDB'],
    settings: [setting('userStore.type', (type) => type === 'database')],
  },
  { path: ['internal_apis', 'file_user_store'], settings: [userStore] },
  { path: ['internal_apis', 'users'], settings: [userStore, setting('userStore.admin.passwordSecret')] },
  {
    path: ['super_admin', 'username'],
    settings: [setting('userStore.admin.username'), setting('userStore.admin.passwordSecret')],
  },
  { path: ['super_admin', 'password'], settings: [setting('userStore.admin.passwordSecret')] },
  {
    path: ['external_vault'],
    element: ['name', 'hashicorp'],
    settings: [setting('hashicorpVault.enabled')],
    replaced: ['name', 'address', 'rootToken', 'roleId', 'secretId', 'engineVersion', 'namespace', 'cacheableDuration'],
  },
  {
    path: ['synapse_handlers'],
    element: ['class', 'org.wso2.micro.integrator.observability.metric.handler.MetricHandler'],
    settings: [setting('metrics.enabled')],
  },
  {
    path: ['opentelemetry'],
    settings: [setting('tracing.enabled')],
    replaced: ['enable', 'type', 'logs', 'url', 'host', 'hostname', 'port', 'properties'],
  },
  // The version of MI decides which of the two the chart writes; no server has two control planes.
  ...['icp_config', 'dashboard_config'].map((table): Left => ({
    path: [table],
    settings: [setting('icp.enabled')],
  })),
];

/** What the key stores in MI's image are described by: nothing of it tells more than the chart knows. */
const demonstration: Readonly<Record<string, (value: string) => boolean>> = {
  file_name: (value) => /^(?:repository\/resources\/security\/)?(?:wso2carbon|client-truststore)\.jks$/.test(value),
  type: (value) => value === 'JKS',
  alias: (value) => ['wso2carbon', 'symmetric.key.value'].includes(value),
  algorithm: (value) => value === 'AES',
  password: isOpen,
  key_password: isOpen,
};

function isOpen(value: string): boolean {
  return publicPasswords.has(value) || isReference(value);
}

/** True for a table that names the key stores in MI's image, whose password everyone knows, and nothing else. */
function isDemonstrationStore(value: unknown): boolean {
  return (
    isMapping(value) &&
    Object.entries(value).every(
      ([key, text]) =>
        typeof text === 'string' && Object.hasOwn(demonstration, key) && demonstration[key]?.(text) === true,
    )
  );
}

/**
 * The tables of a file without what the chart does itself, and without what `given`, the values of the environment, set
 * through settings of the chart: what goes into `deploymentToml` would beat them. An element that is left out of an
 * array leaves `undefined` in its place, so that the others keep their numbers. What was left out is told.
 */
export function withoutLeft({ tables, source, at }: ProjectToml, given: Values, diagnostics: Diagnostic[]): Values {
  return left.reduce((kept, entry) => {
    const found = find(kept, entry);
    if (found === undefined) return kept;
    const owner = settingThatOwns(entry.settings ?? [], given);
    const reason = owner === undefined ? entry.otherwise : placeTaken(owner, entry, found.value);
    if (reason === undefined) return kept;
    if (entry.silent?.(found.value) !== true)
      diagnostics.push({
        ...describe(
          'MI-TOML-LEFT-OUT',
          `\`${nameOf(entry)}\` of ${source.path} is not carried over to the values: ${reason.because}.`,
          at(...found.keys),
          reason.hint,
        ),
        severity: reason.severity,
      });
    return without(kept, entry);
  }, withoutDefaultHost(tables));
}

/** `[server] hostname = "localhost"` is in the file of each new project, and what the chart writes anyway. */
function withoutDefaultHost(tables: Values): Values {
  const path = ['server', 'hostname'];
  return valueAt(tables, path) === 'localhost' ? without(tables, { path }) : tables;
}

/** What an entry is about in a file, and the keys that lead there; undefined where the file does not say it. */
function find(tables: Values, { path, element }: Left): { readonly value: unknown; readonly keys: Path } | undefined {
  const value = valueAt(tables, path);
  if (element === undefined) return value === undefined ? undefined : { value, keys: path };
  const index = Array.isArray(value) ? value.findIndex((item) => is(item, element)) : -1;
  if (index < 0) return undefined;
  const keys = [...path.slice(0, -1), `${path.at(-1) ?? ''}[${index}]`, element[0]];
  return { value: (value as readonly unknown[])[index], keys };
}

function is(item: unknown, [key, value]: readonly [string, string]): boolean {
  return isMapping(item) && item[key] === value;
}

function nameOf({ path, element }: Left): string {
  return element === undefined ? path.join('.') : `[[${path.join('.')}]] ${element[0]} = "${element[1]}"`;
}

function placeTaken({ name, value: set }: { name: string; value: unknown }, entry: Left, value: unknown): Reason {
  const others =
    set === false || entry.replaced === undefined || !isMapping(value)
      ? []
      : Object.keys(value).filter((key) => entry.replaced?.includes(key) !== true);
  const table = `deploymentToml.${entry.path.join('.')}`;
  if (others.length === 0)
    return {
      severity: 'info',
      because: `\`${name}\` in the values replaces it`,
      hint: `Nothing to do. What you write under \`${table}\` in the values still counts.`,
    };
  return {
    severity: 'warning',
    because: `\`${name}\` in the values replaces it, but not ${others.map((key) => `\`${key}\``).join(', ')}`,
    hint: `Write under \`${table}\` in the values what your servers still need of it.`,
  };
}

/** The tables without what an entry is about; a table or an array that is empty then goes too. */
function without(tables: Values, { path, element }: Pick<Left, 'path' | 'element'>): Values {
  const [key = '', ...rest] = path;
  const { [key]: value, ...others } = tables;
  const inner = rest.length > 0 ? withoutInner(value, { path: rest, element }) : withoutElement(value, element);
  return inner === undefined ? others : { ...tables, [key]: inner };
}

function withoutInner(value: unknown, { path, element }: Pick<Left, 'path' | 'element'>): unknown {
  if (!isMapping(value)) return value;
  const inner = without(value, { path, element });
  return Object.keys(inner).length === 0 ? undefined : inner;
}

function withoutElement(value: unknown, element: Left['element']): unknown {
  if (element === undefined || !Array.isArray(value)) return undefined;
  const kept = value.map((item: unknown) => (is(item, element) ? undefined : item));
  return kept.every((item) => item === undefined) ? undefined : kept;
}
