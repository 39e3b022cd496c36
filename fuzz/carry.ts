import { isSecretName, readDeploymentToml } from '../packages/inventory/src/index.ts';
import { carriedOver } from '../packages/values/src/index.ts';
import { emitYaml } from '../packages/values/src/yaml/emit.ts';
import { renderMany } from '../packages/helm/test/resident.ts';
import { checkFindings, type Difference, each, type FuzzClass, raw, reasonFor } from './harness.ts';
import type { Random } from './mutate.ts';

/** What TOML has, as text: each leaf is written as TOML has it. */
type Toml = string | readonly Toml[] | { readonly [key: string]: Toml };

const tables = [
  'server', 'mediation', 'transport', 'datasource', 'keystore', 'truststore', 'user_store', 'cluster_config', 'secrets', 'system',
  'synapse_properties', 'custom_transport', 'super_admin', 'a', 'env', 'constructor', '__proto__', 'Größe', 'p.q', '',
] as const; // prettier-ignore
const keys = [
  'a', 'b', 'name', 'id', 'url', 'password', 'key_password', 'token', 'type', 'class', 'hostname', 'offset', 'hot_deployment', 'primary',
  'internal', 'file_name', 'parameter', 'serverRoles', 'nodeId', 'node_id', 'listener', 'sender', 'enable', 'graceful_shutdown_timeout',
  'p.password', 'a-b', 'a_b', 'A b', 'Größe', 'constructor', '__proto__', '日本', 'a"b', '1',
] as const; // prettier-ignore

const leaves = [
  '1', '-1', '0', '1_000', '0x10', '9007199254740993', '1.5', '1e3', 'inf', '-inf', 'nan', 'true', 'false', '1979-05-27T07:32:00Z',
  '1979-05-27', '07:32:00', '""', '"$env{A}"', '"$ecret"', '"wso2carbon"', '"localhost"', '"read_only_ldap"', '"WSO2_COORDINATION_DB"',
  '"repository/resources/security/wso2carbon.jks"', '"jdbc:x://u:p4ss@h/d"', '"a\\tb"', '"a\\nb"', '"\\u001b[31m"', '"{{ .Release }}"',
  "'a\\b'", '"""\na\nb"""', '"~"', '"yes"', '"0o17"', '"a: b"', '"# a"', '"日本"', '[]', '[1, 2]', '["a", "b"]', '[[1], [2]]', '[{ a = 1 }]',
] as const; // prettier-ignore

/** A table; what stands in it is a leaf, a table or a list of tables. */
function tableOf(next: Random, depth: number, number: { next: number }): Toml {
  return Object.fromEntries(
    Array.from({ length: next.below(5) }, () => {
      const key = next.pick(keys);
      const kind = next.below(depth === 0 ? 8 : 12);
      if (kind < 6) return [key, next.pick(leaves)];
      // Values that nothing else has, many of them secrets.
      if (kind < 8) return [key, JSON.stringify(`v${number.next++}v`)];
      if (kind < 10) return [key, tableOf(next, depth - 1, number)];
      return [key, Array.from({ length: 1 + next.below(2) }, () => tableOf(next, depth - 1, number))];
    }),
  );
}

const keyText = (key: string): string => (/^[\w-]+$/.test(key) ? key : JSON.stringify(key));

/** As people write it: leaves first, then tables and lists of tables under their whole names. */
function textOf(table: Readonly<Record<string, Toml>>, path: readonly string[] = []): string {
  const entries = Object.entries(table);
  const head = (key: string): string => [...path, key].map(keyText).join('.');
  return [
    ...entries.flatMap(([key, value]) => (typeof value === 'string' ? `${keyText(key)} = ${value}\n` : [])),
    ...entries.flatMap(([key, value]) => {
      if (typeof value === 'string') return [];
      if (!Array.isArray(value))
        return `[${head(key)}]\n${textOf(value as Readonly<Record<string, Toml>>, [...path, key])}`;
      return (value as readonly Readonly<Record<string, Toml>>[]).map(
        (one) => `[[${head(key)}]]\n${textOf(one, [...path, key])}`,
      );
    }),
  ].join('');
}

function documentOf(next: Random): string {
  const number = { next: 0 };
  const names = [...new Set(Array.from({ length: 1 + next.below(6) }, () => next.pick(tables)))];
  return textOf(
    Object.fromEntries(
      names.map((name) => [
        name,
        name === 'datasource' || name === 'custom_transport' || next.below(8) === 0
          ? Array.from({ length: 1 + next.below(3) }, () => tableOf(next, 1, number))
          : tableOf(next, 2, number),
      ]),
    ),
  );
}

/** Every leaf by its path; text stands for what values, which are JSON to helm, have no place for. */
function leavesOf(value: unknown, path: readonly string[] = []): [string, string][] {
  if (value instanceof Date) return [[path.join('.'), value.toISOString()]];
  if (typeof value !== 'object' || value === null) return [[path.join('.'), String(value)]];
  const entries = Object.entries(value);
  if (entries.length === 0) return Array.isArray(value) ? [[path.join('.'), '[]']] : [];
  return entries.flatMap(([key, inner]) => leavesOf(inner, [...path, key]));
}

interface Carried {
  readonly text: string;
  readonly document: Readonly<Record<string, unknown>>;
  readonly values: Readonly<Record<string, unknown>>;
  /** What findings name in their sentences. */
  readonly named: readonly string[];
}

function carry(text: string): Carried | undefined {
  const { configuration, diagnostics } = readDeploymentToml(text, 'p/deployment/deployment.toml');
  checkFindings(diagnostics, text);
  if (configuration === undefined) return undefined;
  const document = configuration.document?.tables ?? {};
  const read = { ...configuration, application: 'p' };
  const carried = carriedOver({ configurations: [read] }, { release: 'orders' }, {});
  checkFindings(carried.diagnostics, text);
  const yaml = emitYaml(carried.values, new Map());
  if (raw.test(yaml)) throw new Error(`raw characters: ${JSON.stringify(yaml)}`);
  checkSecrets(document, carried.values, yaml);
  return {
    text: yaml,
    document,
    values: carried.values,
    named: carried.diagnostics.map(({ message }) => message),
  };
}

/** Throws for a secret that arrives as it is, and for a variable that several share or nothing reads. */
function checkSecrets(document: unknown, values: Carried['values'], yaml: string): void {
  const arrived = new Map(leavesOf(values['deploymentToml']));
  const secrets = leavesOf(document).filter(
    ([path, value]) => /^v\d+v$|^\$ecret$/.test(value) && isSecretName(path.split('.').at(-1) ?? ''),
  );
  const shown = secrets.find(([path, value]) => arrived.get(path) === value);
  if (shown !== undefined) throw new Error(`${JSON.stringify(shown)} is a secret`);
  if (/u:p4ss@/.test(yaml)) throw new Error('a password in an address arrives');
  const variables = Object.keys((values['env'] ?? {}) as object);
  const unread = variables.find((name) => !yaml.includes(`$env{${name}}`));
  if (unread !== undefined) throw new Error(`nothing reads ${unread}`);
  const shared = variables.find((name) => yaml.split(`$env{${name}}`).length > 2);
  if (shared !== undefined) throw new Error(`several secrets are ${shared}`);
}

interface Lost {
  readonly path: string;
  readonly value: string;
  readonly rendered: string | undefined;
}

const reasons = new Map<string, (one: Lost) => boolean>([
  [
    'what the chart says by itself is left out without a word',
    ({ path, value }) =>
      (path === 'server.hot_deployment' && value === 'false') ||
      (path === 'user_store.type' && value === 'read_only_ldap') ||
      (/^(?:keystore\.(?:primary|internal)|truststore)\./.test(path) &&
        /^(?:repository.*\.jks|wso2carbon|\$env\{A\}|)$/.test(value)),
  ],
]);

/**
 * deployment.toml files of projects on their way into the values: the file that the chart renders says what the first
 * one said, but for what findings name, secrets, and what the chart says by itself.
 */
export const carryOver: FuzzClass = async (next, count) => {
  const inputs = Array.from({ length: count }, () => documentOf(next));
  const { answers, faults } = await each(inputs, carry);
  const differences: Difference[] = [];
  const items = answers.flatMap((carried, index) =>
    carried === undefined ? [] : [{ index, text: carried.text === '' ? '{}' : carried.text }],
  );
  await renderMany(items, ({ index }, helm) => {
    const carried = answers[index];
    if (carried === undefined) return;
    const file =
      helm.state === 'refused'
        ? undefined
        : helm.objects.flatMap(({ object }) => {
            const data = object['data'] as Readonly<Record<string, string>> | undefined;
            return data?.['deployment.toml'] ?? [];
          })[0];
    if (helm.state === 'refused' || file === undefined) {
      const refusals = helm.state === 'refused' ? helm.diagnostics : [];
      const said = refusals.map(({ code, message }) => `${code} ${message}`).join(' ');
      const isTold =
        refusals.length > 0 && refusals.every(({ code }) => ['MI-CHART-SCHEMA', 'MI-CHART-REFUSED'].includes(code));
      differences.push({
        shown: `input ${index}: refused: ${said.slice(0, 300)}`,
        reason: isTold
          ? 'a value that should be a table or a port is refused by the chart with its own message'
          : undefined,
      });
      return;
    }
    const { configuration, diagnostics } = readDeploymentToml(file, 'rendered.toml');
    const rendered = new Map(leavesOf(configuration?.document?.tables));
    if (configuration === undefined) {
      differences.push({ shown: `input ${index}: no TOML: ${diagnostics[0]?.message}` });
      return;
    }
    for (const [path, value] of leavesOf(withoutCoordination(carried.document))) {
      const there = rendered.get(path);
      if (there === value) continue;
      if (carried.named.some((message) => namedIn(message, path))) continue;
      if (there !== undefined && /^\$env\{MI_/.test(there)) continue;
      const lost = { path, value, rendered: there };
      differences.push({ shown: `input ${index}: ${JSON.stringify(lost)}`, reason: reasonFor(reasons, lost) });
    }
  });
  return { faults, differences, oracle: 'against what is rendered' };
};

/** The data source of the coordination database is left out, with a finding; those behind it move up. */
function withoutCoordination(document: Carried['document']): Carried['document'] {
  const sources: unknown = document['datasource'];
  if (!Array.isArray(sources)) return document;
  const kept = sources.filter((one: { readonly id?: unknown } | null) => one?.id !== 'WSO2_COORDINATION_DB');
  const { datasource: _, ...others } = document;
  return sources.length > 0 && kept.length === 0 ? others : { ...document, datasource: kept };
}

const namedIn = (message: string, path: string): boolean => {
  const [, name = ''] = /^`(.+?)` of /.exec(message) ?? [];
  return name !== '' && (path === name || path.startsWith(`${name}.`));
};
