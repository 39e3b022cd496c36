import { withoutCredentials } from '../text/credentials.ts';
import type { Address } from '../model/inventory.ts';
import { attribute, attributeValue, child, childrenNamed, type XmlNode } from '../xml/tree.ts';
import { readConnectorOperation } from './connector.ts';
import { type FactsReader, optional } from './kinds-entry.ts';
import { readMediation } from './mediation.ts';
import {
  compact,
  databaseEffect,
  effect,
  own,
  type Reading,
  refer,
  referAttribute,
  share,
  splitNames,
  synapseNamespace,
} from './reading.ts';
import { checkAll, holds, short } from './refused.ts';
import { embeddedDatabase, isDynamic } from './values.ts';

const addressAttributes: ReadonlyMap<string, string> = new Map([
  ['address', 'uri'],
  ['wsdl', 'uri'],
  ['http', 'uri-template'],
]);

export const readEndpoint: FactsReader = (reading, root) => {
  const addresses: Address[] = [];
  collectAddresses(reading, root, addresses);
  return { kind: 'endpoint', addresses: compact(addresses) };
};

function collectAddresses(reading: Reading, node: XmlNode, addresses: Address[]): void {
  const found = attribute(node, addressAttributes.get(node.local) ?? '');
  if (found !== undefined && found.value !== '' && !isDynamic(found.value) && !found.value.startsWith('$')) {
    addresses.push({ uri: own(found.value), source: reading.locate(found.offset) });
  }
  for (const inner of node.children) collectAddresses(reading, inner, addresses);
}

/**
 * What a flow can run or call by the key of the local entry that holds it (`SynapseConfiguration` of
 * wso2/wso2-synapse).
 */
const flowsInEntries: ReadonlySet<string> = new Set(['sequence', 'endpoint', 'template']);

/** What `src` of a local entry starts with (`EntryFactory` of wso2/wso2-synapse; seen on MI 4.3.0). */
const knownUrl = /^\s*(?:https?|ftp|file|jar|mailto):/i;

/**
 * A local entry is data, except for a connector's connection (`<http.init>`), the tools of an MCP inbound endpoint
 * (wso2/docs-mi
 * en/docs/reference/synapse-properties/inbound-endpoints/listening-inbound-endpoints/mcp-inbound-endpoint-properties.md)
 * and a whole sequence, endpoint or template.
 */
export const readLocalEntry: FactsReader = (reading, root, name) => {
  const content = root.children[0];
  const src = attribute(root, 'src');
  const isUrl = src !== undefined && (isDynamic(src.value) || knownUrl.test(src.value));
  if (!isUrl)
    checkAll(reading, root, () => `The local entry "${name}"`, [
      () =>
        src === undefined
          ? undefined
          : holds(
              `has the src "${short(src.value)}", which is no URL that Java knows`,
              'Write a URL such as file:/… or https://…, or put the content into the entry.',
              src.offset,
            ),
    ]);
  const location =
    src === undefined || !isUrl
      ? {}
      : { location: { uri: withoutCredentials(own(src.value.trim())), source: reading.locate(src.offset) } };
  if (content === undefined) return { kind: 'local-entry', ...location };
  if (content.local === 'mcptools') readTools(reading, content);
  else if (/^[\w-]+\.init$/.test(content.local)) readConnectorOperation(reading, content);
  else if (content.namespace === synapseNamespace && flowsInEntries.has(content.local))
    // MI builds it where a flow uses it, so that nothing in it keeps MI from deploying the entry (seen on MI 4.3.0).
    readMediation({ ...reading, diagnostics: [] }, content, content.namespace);
  return { kind: 'local-entry', ...location, content: share(content.local) };
};

function readTools(reading: Reading, tools: XmlNode): void {
  for (const tool of childrenNamed(tools, 'tool')) {
    const api = child(tool, 'api');
    const sequence = child(tool, 'sequence');
    if (api !== undefined)
      refer(reading, {
        via: 'tool/api',
        relation: 'offers-tool',
        kind: 'api',
        value: api.text.trim(),
        offset: api.offset,
      });
    if (sequence !== undefined)
      refer(reading, {
        via: 'tool/sequence',
        relation: 'offers-tool',
        kind: 'sequence',
        value: sequence.text.trim(),
        offset: sequence.offset,
      });
  }
}

/** `.dbs` files; property names as the data services component of wso2/product-integrator-mi reads them. */
export const readDataService: FactsReader = (reading, root) => {
  for (const config of childrenNamed(root, 'config')) {
    for (const property of childrenNamed(config, 'property')) readConfigProperty(reading, property);
  }
  readDataServiceKeys(reading, root);
  const transports = attributeValue(root, 'transports');
  const database = attributeValue(root, 'serviceStatus') === 'inactive' ? undefined : databaseOf(root);
  return {
    kind: 'data-service',
    boxcarring: isTrue(root, 'enableBoxcarring') && !isTrue(root, 'disableLegacyBoxcarringMode'),
    ...(transports === undefined ? {} : { transports: splitNames(transports) }),
    ...(database === undefined ? {} : { connects: reading.locate(database.offset) }),
  };
};

/** By these `ConfigFactory` of wso2/product-integrator-mi knows the databases that it connects to at once. */
const connecting: ReadonlySet<string> = new Set([
  'driverClassName',
  'dataSourceClassName',
  'org.wso2.ws.dataservice.driver',
  'org.wso2.ws.dataservice.xa_datasource_class',
  'carbon_datasource_name',
  'jndi_resource_name',
]);

/** The first configuration of a data service with a database outside of the pod. */
function databaseOf(root: XmlNode): XmlNode | undefined {
  return childrenNamed(root, 'config').find((config) => {
    const properties = childrenNamed(config, 'property');
    return (
      properties.some((property) => connecting.has(attributeValue(property, 'name') ?? '')) &&
      !properties.some(({ text }) => embeddedDatabase(text) !== undefined)
    );
  });
}

/** As Java's `Boolean.parseBoolean`. */
function isTrue(node: XmlNode, name: string): boolean {
  return attributeValue(node, name)?.toLowerCase() === 'true';
}

function readConfigProperty(reading: Reading, property: XmlNode): void {
  const name = attributeValue(property, 'name') ?? '';
  const via = share(`property[@name="${name}"]`);
  if (name === 'carbon_datasource_name' || name === 'jndi_resource_name')
    refer(reading, {
      via,
      relation: 'uses',
      kind: 'data-source',
      value: property.text.trim(),
      offset: property.offset,
    });
  else if (
    name === 'custom_query_datasource_class' ||
    name === 'custom_tabular_datasource_class' ||
    name === 'driverClassName'
  )
    refer(reading, {
      via,
      relation: 'needs-class',
      kind: 'class',
      value: property.text.trim(),
      offset: property.offset,
    });
  // RDBMSConfig and its old form (DBConstants of wso2/product-integrator-mi).
  else if (name === 'url' || name === 'org.wso2.ws.dataservice.protocol')
    databaseEffect(reading, property.text, property.offset);
  else if (/^\s*(?:gov|conf|local|resources):/.test(property.text))
    refer(reading, { via, relation: 'uses', kind: 'resource', value: property.text, offset: property.offset });
  else if (/^\s*(?:https?:\/\/|local:)/i.test(property.text))
    refer(reading, { via, relation: 'uses', kind: 'address', value: property.text, offset: property.offset });
}

function readDataServiceKeys(reading: Reading, node: XmlNode): void {
  for (const inner of node.children) {
    if (inner.local === 'policy') referAttribute(reading, inner, 'key', { kind: 'resource' });
    else if (inner.local === 'result') referAttribute(reading, inner, 'xsltPath', { kind: 'resource' });
    else if (inner.local === 'validateCustom') referAttribute(reading, inner, 'class', { kind: 'class' });
    readDataServiceKeys(reading, inner);
  }
}

/**
 * `<datasource>`: named by its `<name>` element; `<jndiConfig><name>` is what `dsName` and data services may use
 * instead.
 */
export const readDataSource: FactsReader = (reading, root) => {
  const definition = child(root, 'definition');
  const configuration = definition === undefined ? undefined : child(definition, 'configuration');
  const driver = configuration === undefined ? undefined : child(configuration, 'driverClassName');
  if (driver !== undefined)
    refer(reading, {
      via: 'driverClassName',
      relation: 'needs-class',
      kind: 'class',
      value: driver.text.trim(),
      offset: driver.offset,
    });
  const url = configuration === undefined ? undefined : child(configuration, 'url');
  if (url !== undefined) databaseEffect(reading, url.text, url.offset);
  const jndi = child(root, 'jndiConfig');
  const name = jndi === undefined ? undefined : child(jndi, 'name')?.text.trim();
  return { kind: 'data-source', ...optional('jndiName', name === '' ? undefined : name) };
};

export const readSequence: FactsReader = (_reading, root) => ({
  kind: 'sequence',
  ...optional('onError', attributeValue(root, 'onError')),
});
export const readTemplate: FactsReader = (_reading, root) => ({
  kind: 'template',
  ...(child(root, 'endpoint') === undefined ? {} : { endpoint: true }),
});

/** Another manager than this one may keep its subscriptions anywhere (`EventSourceFactory` of wso2/wso2-synapse). */
const inMemory = 'org.apache.synapse.eventing.managers.DefaultInMemorySubscriptionManager';

export const readEventSource: FactsReader = (reading, root) => {
  const manager = child(root, 'subscriptionManager');
  if (manager !== undefined && attributeValue(manager, 'class')?.trim() === inMemory)
    effect(reading, 'subscriptions', '', manager.offset);
  return { kind: 'event-source' };
};
export const readPriorityExecutor: FactsReader = () => ({ kind: 'unsupported', type: 'synapse/priority-executor' });
