import { parse, TomlError } from 'smol-toml';
import { finding } from '../findings/catalogue.ts';
import { compareText, type Diagnostic, type Source } from '../model/diagnostic.ts';
import { splitNames } from '../artifact/reading.ts';
import { embeddedDatabase } from '../artifact/values.ts';
import { defaultOffset } from '../model/mi-ports.ts';
import { grouped } from '../text/counted.ts';
import { isSecretName } from '../text/credentials.ts';
import type { KeyPlaces, Listener, ServerConfiguration, SettingRead } from '../model/inventory.ts';
import {
  factoriesOf,
  factoryDefaultsOf,
  mqttDefaultsOf,
  mqttFactory,
  topicFactoriesOf,
  topicsOf,
} from './connection-factories.ts';
import { deepKey, indexKeys, lateTable, mostParts } from './toml-keys.ts';
import { refusedByMi, type RefusedByMi } from './toml-versions.ts';
import { get, isPlain, numberOf, show, table, tables, truth, truthy, type Table } from './toml-values.ts';

interface Reading {
  readonly configuration?: Omit<ServerConfiguration, 'application'>;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads the facts of a deployment.toml that decide a verdict or a port. `configuration` is undefined, with one
 * diagnostic `MI-TOML-MALFORMED`, when the file is not TOML.
 */
export function readDeploymentToml(text: string, path: string): Reading {
  let document: unknown;
  try {
    document = parse(text, { integersAsBigInt: 'asNeeded' });
  } catch (error) {
    return { diagnostics: [malformed(path, error)] };
  }
  const newer = refusedByMi(text);
  if (newer !== undefined) return { diagnostics: [newerRefused(path, newer)] };
  const deep = deepKey(text);
  if (deep !== undefined) return { diagnostics: [deepRefused(path, deep)] };
  const late = lateTable(text);
  if (late !== undefined) return { diagnostics: [lateRefused(path, late)] };
  const at = indexKeys(text, path);
  const { configuration, diagnostics } = readServerDocument(document, { path, line: 1, column: 1 }, at);
  return { configuration: { ...configuration, document: { tables: table(document), at } }, diagnostics };
}

/**
 * The same facts of data that a deployment.toml is written from. Keys as in MI's
 * config-tool/templates/conf/axis2/axis2.xml.j2, jndi.properties.j2 and config-tool/key-mappings.json. A listener whose
 * switch is a placeholder such as `$env{X}` counts as enabled, with the diagnostic `MI-TOML-DYNAMIC`; a switch that MI
 * does not read is `MI-TOML-IGNORED`.
 */
export function readServerDocument(data: unknown, source: Source, at: KeyPlaces): Required<Reading> {
  const document = table(data);
  const diagnostics: Diagnostic[] = wrongTables(document, at);
  const server = table(document['server']);
  const properties = table(document['synapse_properties']);
  const offset = numberOf(server['offset']);
  const text = (value: unknown, ...keys: string[]): string | undefined =>
    textOf(value, { keys, source: at(...keys) }, diagnostics);
  if (server['offset'] !== undefined && offset === undefined && isPlain(server['offset'])) {
    diagnostics.push(
      dynamic(
        at('server', 'offset'),
        `the port offset is ${show(server['offset'])}`,
        `MI's default of ${defaultOffset} was taken`,
      ),
    );
  }
  if (server['offset'] !== undefined && !isPlain(server['offset'])) text(server['offset'], 'server', 'offset');
  const nodeId = text(table(document['cluster_config'])['node_id'], 'cluster_config', 'node_id');
  const hostname = text(server['hostname'], 'server', 'hostname');
  const serverName =
    text(properties['synapse.server.name'], 'synapse_properties', 'synapse.server.name') ??
    text(properties['synapse_server_name'], 'synapse_properties', 'synapse_server_name') ??
    text(server['synapse_config_server_name'], 'server', 'synapse_config_server_name') ??
    text(table(document['mediation'])['synapse_server_name'], 'mediation', 'synapse_server_name');
  const coordination = tables(document['datasource']).findIndex((entry) => entry['id'] === 'WSO2_COORDINATION_DB');
  return {
    configuration: {
      source,
      offset: offset ?? defaultOffset,
      ...portsOf(document),
      inboundPortOffset:
        truth(
          get(document, 'mediation', 'inbound', 'port_offset_enable') ?? properties['inbound.port.offset.enable'],
        ) === 'yes',
      ...(hostname !== undefined && truth(hostname) !== 'unknown' && { hostname }),
      ...listenersOf(document, at, diagnostics),
      ...topicFactoriesOf(document, at),
      ...topicsOf(document, at),
      ...(typeof server['hot_deployment'] === 'boolean' && { hotDeployment: server['hot_deployment'] }),
      ...(Array.isArray(server['roles']) && {
        serverRoles: server['roles'].filter((role) => isPlain(role)).map(String),
      }),
      ...dataSourcesOf(document, at),
      ...(coordination >= 0 && { coordinationDatabase: at(`datasource[${coordination}]`, 'id') }),
      ...embeddedDatabasesOf(document, at),
      ...(isHardened(table(document['task_handling'])) && { coordinationHardening: true as const }),
      ...taskNodesOf(document, at),
      ...(serverName !== undefined && { synapseServerName: serverName }),
      ...(isExposing(properties['expose.versioned.services']) && { exposesVersionedServices: true as const }),
      ...(nodeId !== undefined && { nodeId: { value: nodeId, source: at('cluster_config', 'node_id') } }),
      ...wsdlAddressesOf(document),
      ...settingsOf(document, at),
    },
    diagnostics,
  };
}

/** H2 serves its file to all who have it (H2, features.html, "Automatic Mixed Mode"); the chart sees the volumes. */
const servesItsFile = /^\s*jdbc:h2:(?!mem:).*;auto_server=true\s*(?:;|$)/i;

function dataSourcesOf(document: Table, at: KeyPlaces): Pick<ServerConfiguration, 'dataSources'> {
  const dataSources = tables(document['datasource']).flatMap(({ id }, index) =>
    typeof id === 'string' ? [{ id, source: at(`datasource[${index}]`, 'id') }] : [],
  );
  return dataSources.length === 0 ? {} : { dataSources };
}

/** Data sources that are a database inside of each server. */
function embeddedDatabasesOf(document: Table, at: KeyPlaces): Pick<ServerConfiguration, 'embeddedDatabases'> {
  const found = tables(document['datasource']).flatMap(({ id, url }, index) => {
    const asked = typeof url === 'string' && !(id === 'WSO2_COORDINATION_DB' && servesItsFile.test(url));
    const database = asked ? embeddedDatabase(url) : undefined;
    return database === undefined || typeof id !== 'string'
      ? []
      : [{ id, database, source: at(`datasource[${index}]`, 'url') }];
  });
  return found.length === 0 ? {} : { embeddedDatabases: found };
}

/**
 * The three keys that MI 4.7 wants before it arms (docs-mi configuring-coordination-hardening.md;
 * CoordinationHardeningConfig.java, `isStrictTrue`): one that is missing or false is an invalid profile, and the
 * feature is off by default.
 */
const hardeningKeys = ['coordination_hardening', 'enable_task_delete_barrier', 'synchronous_injection'] as const;

function isHardened(handling: Table): boolean {
  return hardeningKeys.every((key) => truth(handling[key]) === 'yes');
}

/** As Java reads a boolean; what only the server knows may be true. */
function isExposing(value: unknown): boolean {
  return value !== undefined && truth(value) !== 'no';
}

/** `TasksDSComponent.getResolver` and `TaskNodeResolver.init` of wso2/micro-integrator: the first resolver counts. */
function taskNodesOf(document: Table, at: KeyPlaces): Pick<ServerConfiguration, 'taskNodes'> {
  const resolver = table(document['task_handling'])['resolver_class'];
  if (typeof resolver !== 'string' || !resolver.trim().endsWith('.TaskNodeResolver')) return {};
  const nodes = tables(document['task_resolver'])[0]?.['task_nodes'];
  const names = isPlain(nodes) ? splitNames(String(nodes)) : [];
  const source = nodes === undefined ? at('task_handling', 'resolver_class') : at('task_resolver[0]', 'task_nodes');
  return { taskNodes: { names, source } };
}

/** Placeholders that MI's config mapper resolves when the server starts; with an unknown one it does not start. */
const placeholder = /\$(env|secret)\s*\{\s*([^}\s]{1,300})\s*\}/g;

/** What the file takes from the environment and the secure vault, and the aliases that it gives the vault itself. */
function settingsOf(document: Table, at: KeyPlaces): Pick<ServerConfiguration, 'settings' | 'aliases'> {
  const settings: SettingRead[] = [];
  const visit = (value: unknown, keys: readonly string[]): void => {
    if (typeof value === 'string') {
      for (const [, kind, name = ''] of value.matchAll(placeholder))
        settings.push({
          from: kind === 'env' ? 'environment' : 'vault',
          name,
          secret: kind === 'secret' || isSecretName(keys.at(-1) ?? '') || isSecretName(name),
          source: at(...keys),
        });
    } else if (Array.isArray(value)) {
      const last = keys.at(-1) ?? '';
      for (const [index, item] of value.entries()) visit(item, [...keys.slice(0, -1), `${last}[${index}]`]);
    } else {
      for (const [key, inner] of Object.entries(table(value))) visit(inner, [...keys, key]);
    }
  };
  visit(document, []);
  const aliases = Object.keys(table(document['secrets'])).toSorted(compareText);
  return { ...(settings.length === 0 ? {} : { settings }), ...(aliases.length === 0 ? {} : { aliases }) };
}

/** Listeners whose address in WSDLs the file sets, in either form that key-mappings.json leads to `WSDLEPRPrefix`. */
function wsdlAddressesOf(document: Table): Pick<ServerConfiguration, 'wsdlAddresses'> {
  const transport = (...keys: string[]): unknown => get(document, 'transport', ...keys);
  const addresses = (
    [
      ['http', transport('http', 'listener', 'wsdl_epr_prefix')],
      ['https', transport('http', 'listener', 'secured_wsdl_epr_prefix')],
      ['http', transport('http', 'listener', 'parameter', 'WSDLEPRPrefix')],
      ['https', transport('https', 'listener', 'parameter', 'WSDLEPRPrefix')],
    ] as const
  ).flatMap(([listener, value]) => (typeof value === 'string' && value.trim() !== '' ? [listener] : []));
  return addresses.length === 0 ? {} : { wsdlAddresses: [...new Set(addresses)] };
}

/**
 * Transports whose listener axis2.xml.j2 switches by `listener_enable`, else by whether anything stands under
 * `listener`.
 */
const switchedBeside: ReadonlySet<string> = new Set(['jms', 'rabbitmq']);

function listenersOf(
  document: Table,
  at: KeyPlaces,
  diagnostics: Diagnostic[],
): Pick<ServerConfiguration, 'listeners' | 'listenerLists'> {
  const found: FoundListeners = { listeners: [], lists: [], diagnostics, at };
  for (const [name, value] of Object.entries(table(document['transport'])).toSorted(([a], [b]) => compareText(a, b))) {
    // `blocking` configures the client side of the call mediator, not a listener of services.
    if (name === 'blocking') continue;
    const transport = table(value);
    const inner = table(transport['listener']);
    const mail = typeof inner['name'] === 'string' ? inner['name'] : 'mailto';
    const protocol = name === 'mail' ? mail : name;
    if (switchedBeside.has(name)) addSwitchedBeside(found, name, transport);
    else addSwitchedInside(found, name, protocol, transport);
    // axis2.xml.j2 reads `secured_enable` for https and one switch each for SAP's two listeners.
    if (name === 'http' && inner['secured_enable'] !== undefined)
      addListener(found, ['transport', name, 'listener', 'secured_enable'], inner['secured_enable'], {
        transport: 'https',
      });
    if (name === 'sap') {
      for (const protocolOfSap of ['bapi', 'idoc']) {
        const sap = table(inner[protocolOfSap])['enable'];
        if (sap !== undefined)
          addListener(found, ['transport', name, 'listener', protocolOfSap, 'enable'], sap, {
            transport: protocolOfSap,
          });
      }
    }
  }
  for (const [index, custom] of tables(table(document['custom_transport'])['listener']).entries()) {
    const { protocol, class: className } = custom;
    if (typeof protocol === 'string') {
      const source = at('custom_transport', `listener[${index}]`, 'protocol');
      const known = typeof className === 'string' ? { class: className.trim() } : {};
      found.listeners.push({ transport: protocol, enabled: true, source, ...known });
    }
  }
  const { listeners, lists } = found;
  return {
    listeners: listeners.toSorted((a, b) => compareText(a.transport, b.transport) || a.source.line - b.source.line),
    ...(lists.length === 0 ? {} : { listenerLists: lists }),
  };
}

/** What is collected while listeners are read. */
interface FoundListeners {
  readonly listeners: Listener[];
  readonly lists: { readonly transport: string; readonly source: Source }[];
  readonly diagnostics: Diagnostic[];
  readonly at: KeyPlaces;
}

/** Adds a listener that a value switches; one that nobody knows before the server starts counts as enabled. */
function addListener(
  { listeners, diagnostics, at }: FoundListeners,
  path: readonly string[],
  value: unknown,
  { transport, ...more }: Omit<Listener, 'enabled' | 'source'>,
): void {
  const source = at(...path);
  if (!isPlain(value))
    diagnostics.push(wrongType(source, `whether the ${transport} listener runs`, value, 'true or false'));
  const enabled = truth(value);
  if (enabled === 'unknown') {
    diagnostics.push(
      dynamic(source, `whether the ${transport} listener runs is ${show(value)}`, 'it was assumed to be enabled'),
    );
  }
  listeners.push({ transport, enabled: enabled !== 'no', source, ...more });
}

/** JMS and RabbitMQ: `listener_enable` switches the listener, or that anything is under `listener`. */
function addSwitchedBeside(found: FoundListeners, name: string, transport: Table): void {
  const { listeners, diagnostics, at } = found;
  const listener = transport['listener'];
  const inner = table(listener);
  const switched = transport['listener_enable'];
  const single = Object.keys(inner).length > 0 ? 'listener' : undefined;
  const first = tables(listener).length > 0 ? 'listener[0]' : single;
  const factories = { ...factoriesOf(listener), ...factoryDefaultsOf(listener, name, at) };
  if (switched !== undefined)
    addListener(found, ['transport', name, 'listener_enable'], truthy(switched), { transport: name, ...factories });
  else if (first !== undefined)
    listeners.push({ transport: name, enabled: true, source: at('transport', name, first), ...factories });
  const isOff = inner['enable'] !== undefined && truth(inner['enable']) === 'no';
  if (isOff && (switched === undefined || truthy(switched) !== false)) {
    diagnostics.push(
      ignored(
        at('transport', name, 'listener', 'enable'),
        `[transport.${name}] listener.enable`,
        `any key under listener starts the ${name} listener`,
        `Write listener_enable = false in [transport.${name}].`,
      ),
    );
  }
}

/** All other transports: `listener.enable` switches the listener. */
function addSwitchedInside(found: FoundListeners, name: string, protocol: string, transport: Table): void {
  const { diagnostics, at } = found;
  const inner = table(transport['listener']);
  const factories = name === 'mqtt' ? { factories: [mqttFactory], ...mqttDefaultsOf(inner, at) } : {};
  if (inner['enable'] !== undefined)
    addListener(found, ['transport', name, 'listener', 'enable'], inner['enable'], {
      transport: protocol,
      ...factories,
    });
  if (tables(transport['listener']).length > 0) addList(found, name);
  if (transport['listener_enable'] === undefined) return;
  diagnostics.push(
    ignored(
      at('transport', name, 'listener_enable'),
      `[transport.${name}] listener_enable`,
      `MI reads listener.enable for ${name}`,
      `Write listener.enable = ${show(transport['listener_enable'])} in [transport.${name}].`,
    ),
  );
}

/** A list in the place of the one table that axis2.xml.j2 reads: it finds no `enable` in it, and starts no listener. */
function addList({ lists, diagnostics, at }: FoundListeners, name: string): void {
  const source = at('transport', name, 'listener[0]');
  const header = `[transport.${name}.listener]`;
  lists.push({ transport: name === 'mail' ? 'mailto' : name, source });
  diagnostics.push(
    ignored(
      source,
      `[${header}]`,
      `it is a list, and MI reads the table ${header}`,
      `Write ${header}, with single brackets; in values \`deploymentToml.transport.${name}.listener: {enable: true}\`, without a list.`,
    ),
  );
}

/**
 * The text of a setting; a number or boolean is read as the text it is written as. A table or list gets the diagnostic
 * `MI-TOML-TYPE`.
 */
function textOf(
  value: unknown,
  { keys, source }: { readonly keys: readonly string[]; readonly source: Source },
  diagnostics: Diagnostic[],
): string | undefined {
  if (value === undefined) return undefined;
  if (isPlain(value)) return String(value);
  diagnostics.push(wrongType(source, keys.join('.'), value, 'text'));
  return undefined;
}

function wrongType(source: Source, what: string, value: unknown, wanted: string): Diagnostic {
  return finding(
    'MI-TOML-TYPE',
    `In ${source.path} ${what} is ${show(value)}, where Micro Integrator reads ${wanted}.`,
    'Correct the value; it was not read.',
    source,
  );
}

/** Tables that are read here; anything else in their place is a diagnostic. */
const readTables = [
  'server',
  'synapse_properties',
  'mediation',
  'cluster_config',
  'transport',
  'task_handling',
  'custom_transport',
];

function wrongTables(document: Table, at: KeyPlaces): Diagnostic[] {
  return readTables.flatMap((name) =>
    document[name] === undefined || table(document[name]) === document[name]
      ? []
      : [wrongType(at(name), name, document[name], 'a table')],
  );
}

function dynamic(source: Source, what: string, taken: string): Diagnostic {
  return finding(
    'MI-TOML-DYNAMIC',
    `In ${source.path} ${what}, which is known only when the server starts; ${taken}.`,
    'Write the literal value in deployment.toml if it is the same in every environment.',
    source,
  );
}

function ignored(source: Source, key: string, because: string, hint: string): Diagnostic {
  return finding('MI-TOML-IGNORED', `In ${source.path} ${key} has no effect: ${because}.`, hint, source);
}

function newerRefused(path: string, { what, instead, line, column }: RefusedByMi): Diagnostic {
  return finding(
    'MI-TOML-MALFORMED',
    `${path} has ${what}, which TOML allows but MI's parser refuses.`,
    `${instead}. A server does not start with the file as it is; its listeners and ports were not read.`,
    { path, line, column },
  );
}

function deepRefused(path: string, { keys, line, column }: NonNullable<ReturnType<typeof deepKey>>): Diagnostic {
  return finding(
    'MI-TOML-MALFORMED',
    `${path} has a key of ${grouped(keys.length)} parts; at most ${mostParts} are read, and MI has no key with that many.`,
    'Correct the key. Listeners and ports of the file were not read.',
    { path, line, column },
  );
}

function lateRefused(
  path: string,
  { keys, inner, line, column }: NonNullable<ReturnType<typeof lateTable>>,
): Diagnostic {
  const outer = keys.join('.');
  return finding(
    'MI-TOML-MALFORMED',
    `${path} has [${outer}] after [${inner}], which TOML allows. MI does not start with it, because its parser creates a table that contains itself.`,
    `Move [${outer}] above [${inner}]. Listeners and ports of the file were not read.`,
    { path, line, column },
  );
}

function malformed(path: string, error: unknown): Diagnostic {
  const [line, column] = error instanceof TomlError ? [error.line, error.column] : [1, 1];
  const reason =
    (error instanceof Error ? error.message : String(error)).split('\n')[0]?.replace(/^Invalid TOML document: /, '') ??
    '';
  return finding(
    'MI-TOML-MALFORMED',
    `${path} is not valid TOML: ${reason}.`,
    'Correct the file: a server does not start with it. Its listeners and ports were not read.',
    { path, line, column: Math.max(1, column) },
  );
}

/** The keys are those of the listeners in config-tool's key-mappings.json and templates/conf/axis2/axis2.xml.j2. */
function portsOf(document: Readonly<Record<string, unknown>>): Pick<ServerConfiguration, 'ports'> {
  const port = (...keys: string[]): number | undefined => numberOf(get(document, 'transport', ...keys));
  const http = port('http', 'listener', 'parameter', 'port') ?? port('http', 'listener', 'port');
  const https = port('https', 'listener', 'parameter', 'port') ?? port('http', 'listener', 'secured_port');
  if (http === undefined && https === undefined) return {};
  return { ports: { ...(http === undefined ? {} : { http }), ...(https === undefined ? {} : { https }) } };
}
