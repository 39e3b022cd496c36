import { compareText, type Diagnostic, type Source, type TomlDocument } from '@mi-patterns/inventory';
import { describe, type ValuesCode } from '../catalogue.ts';
import { isMapping, layerValues, valueAt, type Values } from '../merge.ts';
import { isReference, publicPasswords, variableNames, withoutSecrets } from '../secrets.ts';

/** A deployment.toml of a project, as read. */
export interface ProjectToml extends TomlDocument {
  readonly source: Source;
}

/** What the values take over from deployment.toml files of projects. */
export interface CarriedOver {
  /** `deploymentToml` and the variables for its secrets; goes below everything that an environment says. */
  readonly values: Values;
  /** What was left out and why, and what needs a Secret. */
  readonly diagnostics: readonly Diagnostic[];
}

type Path = readonly string[];

/** A table or key that is not carried over. */
interface Left {
  readonly path: Path;
  /** Left out without a word when this holds: the chart does the same by itself. */
  readonly silent?: (value: unknown) => boolean;
  /** Carried over all the same when this holds. */
  readonly keep?: (value: unknown) => boolean;
  /** Values that say the same in the chart's own words; where they are set nothing is said. */
  readonly instead?: Path;
  readonly severity: 'info' | 'warning';
  readonly because: string;
  readonly hint: string;
}

const stores = (name: string): Left => ({
  path: name === 'truststore' ? ['truststore'] : ['keystore', name],
  silent: isDemonstrationStore,
  instead: ['keystores', name, 'secretName'],
  severity: 'warning',
  because: 'the chart mounts key stores from Secrets',
  hint: `Put the file into a Secret and name it in the values: \`keystores: {${name}: {secretName: NAME, key: FILE, alias: ALIAS, passwordSecret: {name: NAME, key: KEY}}}\`.`,
});

/** What the chart writes itself, refuses, or has settings of its own for. */
const left: readonly Left[] = [
  ...['primary', 'internal', 'truststore'].map(stores),
  ...['hot_deployment', 'graceful_shutdown_enabled', 'graceful_shutdown_timeout'].map((key): Left => ({
    path: ['server', key],
    silent: (value) => key === 'hot_deployment' && value === false,
    severity: 'info',
    because: 'the chart writes it, so that it fits the checks and the time that a pod gets to stop',
    hint: 'Set `gracefulShutdown.timeoutSeconds` in the values where the time must be another.',
  })),
  {
    path: ['server', 'hostname'],
    silent: (value) => value === 'localhost',
    keep: (value) => value !== 'localhost',
    severity: 'info',
    because: 'it is the default',
    hint: 'Nothing to do.',
  },
  {
    path: ['cluster_config'],
    severity: 'warning',
    because: 'each server needs a node id of its own, and pods of one workload have the same file',
    hint: 'Set `coordination: database` in mi-patterns.yaml where a database shall coordinate the servers.',
  },
  ...['serverRoles', 'nodeId'].map((key): Left => ({
    path: ['system', 'parameter', key],
    severity: 'warning',
    because: 'it would replace what the chart starts each server with',
    hint: 'Set `artifacts.roles` of a workload in the values where its server needs another role.',
  })),
  {
    path: ['secrets'],
    severity: 'warning',
    because: 'secrets of the secure vault need the key store and the keys that encrypted them',
    hint: 'Keep secrets in a Secret of Kubernetes: `env: {NAME: {secretKeyRef: …}}` in the values and `$env{NAME}` where it is used.',
  },
  {
    path: ['user_store', 'type'],
    silent: (value) => value === 'read_only_ldap',
    instead: ['userStore', 'type'],
    severity: 'warning',
    because: 'the chart has settings of its own for the users',
    hint: 'Set `userStore` in the values.',
  },
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
 * The values that bring the deployment.toml files of projects to the pods: every table, but for what the chart does
 * itself, which is named. A password or the like becomes an environment variable that the Secret `<release>-settings`
 * fills. Where two files differ the first wins. Pure; the order of the files does not matter.
 *
 * @param given what the environment sets, which says some of it in the chart's own words.
 */
export function carryOver(files: readonly ProjectToml[], release: string, given: Values): CarriedOver {
  const diagnostics: Diagnostic[] = [];
  const found = new Map<string, Source>();
  const nameOf = variableNames();
  const sorted = files.toSorted((a, b) => compareText(a.source.path, b.source.path));
  const documents = sorted.map((file) => {
    const kept = withoutLeft(file, given, diagnostics);
    const open = withoutSecrets(kept, { names: [], keys: [] }, ({ names, keys }, secret) => {
      const name = nameOf(names, secret);
      if (!found.has(name)) found.set(name, file.at(...keys));
      return name;
    }) as Values;
    return withoutCoordination({ ...file, tables: open }, diagnostics);
  });
  const deploymentToml = documents.reduceRight<Values>((below, document) => layerValues(below, document), {});
  // What another file or the chart says instead needs no Secret.
  const read = new Set([...JSON.stringify(deploymentToml).matchAll(/\$env\{(\w+)\}/g)].map(([, name]) => name));
  const variables = new Map([...found].filter(([variable]) => read.has(variable)));
  const name = `${release}-settings`;
  const env = Object.fromEntries(
    [...variables.keys()]
      .toSorted(compareText)
      .map((variable) => [variable, { secretKeyRef: { name, key: variable } }]),
  );
  const [first, ...others] = variables.values();
  if (first !== undefined)
    diagnostics.push(
      finding('MI-TOML-SECRET', 'warning', {
        message: `deployment.toml holds passwords; the values take them from the Secret ${name} instead: ${Object.keys(env).join(', ')}.`,
        hint: `Create the Secret in the namespace of each environment: kubectl create secret generic ${name} --from-literal=${Object.keys(env)[0] ?? ''}=…`,
        source: first,
        ...(others.length === 0 ? {} : { related: others }),
      }),
    );
  return {
    values: {
      ...(Object.keys(deploymentToml).length === 0 ? {} : { deploymentToml }),
      ...(variables.size === 0 ? {} : { env }),
    },
    diagnostics,
  };
}

function withoutLeft({ tables, source, at }: ProjectToml, given: Values, diagnostics: Diagnostic[]): Values {
  return left.reduce((kept, { path, silent, keep, instead, severity, because, hint }) => {
    const value = valueAt(kept, path);
    if (value === undefined || keep?.(value) === true) return kept;
    if (silent?.(value) !== true && (instead === undefined || valueAt(given, instead) === undefined))
      diagnostics.push(
        finding('MI-TOML-LEFT-OUT', severity, {
          message: `\`${path.join('.')}\` of ${source.path} is not carried over into the values: ${because}.`,
          hint,
          source: at(...path),
        }),
      );
    return without(kept, path);
  }, tables);
}

/** The document without a key; a table that is empty then goes too. */
function without(document: Values, [key = '', ...rest]: Path): Values {
  const { [key]: value, ...others } = document;
  const inner = rest.length === 0 || !isMapping(value) ? {} : without(value, rest);
  return Object.keys(inner).length === 0 ? others : { ...others, [key]: inner };
}

/** A coordination database makes servers form a cluster, which the chart arranges by itself or not at all. */
function withoutCoordination({ tables, source, at }: ProjectToml, diagnostics: Diagnostic[]): Values {
  const sources = tables['datasource'];
  if (!Array.isArray(sources)) return tables;
  const isCoordination = (entry: unknown): boolean => isMapping(entry) && entry['id'] === 'WSO2_COORDINATION_DB';
  const index = sources.findIndex(isCoordination);
  if (index < 0) return tables;
  const kept = sources.filter((entry) => !isCoordination(entry));
  diagnostics.push(
    finding('MI-TOML-LEFT-OUT', 'warning', {
      message: `The data source WSO2_COORDINATION_DB of ${source.path} is not carried over into the values: with it the servers form a cluster.`,
      hint: 'Set `coordination: database` in mi-patterns.yaml and `coordination.database` (`url`, `driver`) under `values` where a database shall coordinate the servers.',
      source: at(`datasource[${index}]`, 'id'),
    }),
  );
  const { datasource: _all, ...others } = tables;
  return kept.length === 0 ? others : { ...others, datasource: kept };
}

function finding(
  code: Extract<ValuesCode, 'MI-TOML-LEFT-OUT' | 'MI-TOML-SECRET'>,
  severity: 'info' | 'warning',
  { message, hint, source, ...more }: Pick<Diagnostic, 'message' | 'hint' | 'related'> & { readonly source: Source },
): Diagnostic {
  return { ...describe(code, message, source, hint), severity, ...more };
}
