import { parse, TomlError } from 'smol-toml';
import { compareText } from '../diagnostic.ts';
import type { Diagnostic, Source } from '../diagnostic.ts';
import type { ServerConfiguration } from '../model.ts';
import { indexKeys } from './toml-keys.ts';

/** MI's own port offset (distribution/src/conf: `[server] offset` of the shipped server, carbon's default 10). */
const defaultOffset = 10;

type Listener = ServerConfiguration['listeners'][number];
type Table = Record<string, unknown>;

/**
 * Reads the facts of a deployment.toml that decide a verdict or a port. `configuration` is undefined, with one diagnostic
 * `MI-TOML-MALFORMED`, when the file is not TOML. Keys as in MI's config-tool/templates/conf/axis2/axis2.xml.j2 and
 * config-tool/key-mappings.json; `listener_enable` and `listener.enable` are both taken. A listener whose switch is a
 * placeholder such as `$env{X}` counts as enabled, with the diagnostic `MI-TOML-DYNAMIC`.
 */
export function readDeploymentToml(
  text: string,
  path: string,
): { readonly configuration?: Omit<ServerConfiguration, 'application'>; readonly diagnostics: readonly Diagnostic[] } {
  let document: Table;
  try {
    document = parse(text, { integersAsBigInt: 'asNeeded' }) as Table;
  } catch (error) {
    return { diagnostics: [malformed(path, error)] };
  }
  const at = indexKeys(text, path);
  const diagnostics: Diagnostic[] = [];
  const server = table(document['server']);
  const properties = table(document['synapse_properties']);
  const offset = numberOf(server['offset']);
  if (server['offset'] !== undefined && offset === undefined) {
    const source = at('server', 'offset');
    diagnostics.push(dynamic(source, `the port offset is ${show(server['offset'])}`, `MI's default of ${defaultOffset} was taken`));
  }
  const nodeId = table(document['cluster_config'])['node_id'];
  const serverName = properties['synapse.server.name'] ?? properties['synapse_server_name'] ?? server['synapse_config_server_name'] ?? table(document['mediation'])['synapse_server_name'];
  const coordination = tables(document['datasource']).findIndex((entry) => entry['id'] === 'WSO2_COORDINATION_DB');
  return {
    configuration: {
      source: { path, line: 1, column: 1 },
      offset: offset ?? defaultOffset,
      inboundPortOffset: truth(get(document, 'mediation', 'inbound', 'port_offset_enable') ?? get(document, 'mediation', 'inbound.port_offset_enable') ?? properties['inbound.port.offset.enable']) === 'yes',
      ...(typeof server['hostname'] === 'string' && truth(server['hostname']) !== 'unknown' && { hostname: server['hostname'] }),
      listeners: listenersOf(document, at, diagnostics),
      ...topicFactoriesOf(document, at),
      ...(coordination >= 0 && { coordinationDatabase: at(`datasource[${coordination}]`, 'id') }),
      ...(typeof serverName === 'string' && { synapseServerName: serverName }),
      ...(nodeId !== undefined && { nodeId: { value: String(nodeId), source: at('cluster_config', 'node_id') } }),
    },
    diagnostics,
  };
}

/** Listeners of the JMS transport whose connection factory is one for topics; a proxy service names them. */
function topicFactoriesOf(document: Table, at: (...keys: string[]) => Source): Pick<ServerConfiguration, 'jmsTopicFactories'> {
  const listener = get(document, 'transport', 'jms', 'listener');
  const entries = Array.isArray(listener) ? tables(listener) : [table(listener)];
  const factories = entries.flatMap((entry, index) => {
    const parameters = { ...table(entry['parameter']), ...entry };
    const isTopic = Object.entries(parameters).some(([key, value]) => /(?:connection_?factory|destination)_?type$/i.test(key) && typeof value === 'string' && value.toLowerCase() === 'topic');
    const keys = Array.isArray(listener) ? ['transport', 'jms', `listener[${index}]`] : ['transport', 'jms', 'listener'];
    return isTopic && typeof entry['name'] === 'string' ? [{ name: entry['name'], source: at(...keys) }] : [];
  });
  return factories.length === 0 ? {} : { jmsTopicFactories: factories };
}

function listenersOf(document: Table, at: (...keys: string[]) => Source, diagnostics: Diagnostic[]): Listener[] {
  const listeners: Listener[] = [];
  const add = (transport: string, value: unknown, source: Source): void => {
    const enabled = truth(value);
    if (enabled === 'unknown') {
      diagnostics.push(dynamic(source, `whether the ${transport} listener runs is ${show(value)}`, 'it was taken as enabled'));
    }
    listeners.push({ transport, enabled: enabled !== 'no', source });
  };
  for (const [name, value] of Object.entries(table(document['transport'])).toSorted(([a], [b]) => compareText(a, b))) {
    // `blocking` configures the client side of the call mediator, not a listener of services.
    if (name === 'blocking') continue;
    const transport = table(value);
    const listener = transport['listener'];
    const inner = table(listener);
    const protocol = name === 'mail' ? (typeof inner['name'] === 'string' ? inner['name'] : 'mailto') : name;
    const flag = transport['listener_enable'] ?? inner['enable'] ?? transport['listener.enable'];
    const several = tables(listener).length;
    if (flag !== undefined) add(protocol, flag, transport['listener_enable'] === undefined ? at('transport', name, 'listener', 'enable') : at('transport', name, 'listener_enable'));
    else if (several > 0) listeners.push({ transport: protocol, enabled: true, source: at('transport', name, 'listener[0]') });
    // axis2.xml.j2 reads `secured_enable` for https and one switch each for SAP's two listeners.
    if (name === 'http' && inner['secured_enable'] !== undefined) add('https', inner['secured_enable'], at('transport', name, 'listener', 'secured_enable'));
    if (name === 'sap') {
      for (const protocolOfSap of ['bapi', 'idoc']) {
        const sap = table(inner[protocolOfSap])['enable'];
        if (sap !== undefined) add(protocolOfSap, sap, at('transport', name, 'listener', protocolOfSap, 'enable'));
      }
    }
  }
  for (const [index, custom] of tables(table(document['custom_transport'])['listener']).entries()) {
    if (typeof custom['protocol'] === 'string') add(custom['protocol'], true, at('custom_transport', `listener[${index}]`, 'protocol'));
  }
  return listeners.toSorted((a, b) => compareText(a.transport, b.transport) || a.source.line - b.source.line);
}

/** Jinja compares with `true`; a text `"true"` is taken for it too. A placeholder cannot be known before the server starts. */
function truth(value: unknown): 'yes' | 'no' | 'unknown' {
  if (value === true || (typeof value === 'string' && value.toLowerCase() === 'true')) return 'yes';
  return typeof value === 'string' && /\$(env|sys|secret|ref)\s*\{|\{\{/.test(value) ? 'unknown' : 'no';
}

function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number' && Number.isInteger(value)) return value;
  return typeof value === 'string' && /^\s*-?\d{1,5}\s*$/.test(value) ? Number(value) : undefined;
}

function table(value: unknown): Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Table) : {};
}

function tables(value: unknown): Table[] {
  return Array.isArray(value) ? value.map(table) : [];
}

function get(value: unknown, ...keys: string[]): unknown {
  return keys.reduce<unknown>((inner, key) => table(inner)[key], value);
}

function show(value: unknown): string {
  return typeof value === 'string' ? `"${value}"` : typeof value === 'object' ? 'not a plain value' : String(value);
}

function dynamic(source: Source, what: string, taken: string): Diagnostic {
  return {
    code: 'MI-TOML-DYNAMIC',
    severity: 'info',
    message: `In ${source.path} ${what}, which is known only when the server starts; ${taken}.`,
    hint: 'Write the value out in deployment.toml if it is the same in every environment.',
    source,
  };
}

function malformed(path: string, error: unknown): Diagnostic {
  const [line, column] = error instanceof TomlError ? [error.line, error.column] : [1, 1];
  const reason = (error instanceof Error ? error.message : String(error)).split('\n')[0]?.replace(/^Invalid TOML document: /, '') ?? '';
  return {
    code: 'MI-TOML-MALFORMED',
    severity: 'error',
    message: `${path} is not valid TOML: ${reason}.`,
    hint: 'Correct the file: a server does not start with it. Its listeners and ports were not read.',
    source: { path, line, column: Math.max(1, column) },
  };
}
