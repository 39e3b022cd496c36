import { finding } from '../findings/catalogue.ts';
import type { Source } from '../model/diagnostic.ts';
import type { ArtifactFacts, Parameter } from '../model/inventory.ts';
import { attribute, attributeValue, child, childrenNamed, type XmlNode } from '../xml/tree.ts';
import {
  databaseEffect,
  effect,
  incomplete,
  own,
  type Reading,
  readParameters,
  refer,
  referAttribute,
  report,
  share,
  splitNames,
  synapseNamespace,
} from './reading.ts';
import { readCron } from './cron.ts';
import { checkInbound } from './consumer-checks.ts';
import {
  checkApi,
  checkProxy,
  checkTaskProperties,
  messageInjector,
  setterOf,
  templateExecutor,
} from './entry-checks.ts';
import { checkBlanks, checkParameterNames } from './parameter-checks.ts';
import { blanksElsewhere, checkNumbers, forwardingProcessors } from './processor-checks.ts';
import { parameterRules } from './reference-table.ts';
import { checkAll, namesClass } from './refused.ts';
import { checkProcessorName, checkStore } from './store-checks.ts';
import { givenByTask } from './template-parameters.ts';
import { checkTrigger } from './task-trigger.ts';
import { isDynamic } from './values.ts';

/** Reads what one kind of artifact says of itself, with the references its own attributes and parameters make. */
export type FactsReader = (reading: Reading, root: XmlNode, name: string) => ArtifactFacts;

/**
 * Attributes as `APIFactory` of wso2/wso2-synapse reads them; `binds-to` names inbound endpoints, `default` the usual
 * listeners.
 */
/**
 * See `everyPath` of an API. Seen on MI 4.3.0: a flow that came by the path `/x` of its API and calls an address gets
 * `/x` added to it, unless an HTTP endpoint with a method does.
 */
function methodsOfEveryPath(root: XmlNode): readonly string[] | undefined {
  const [only, another] = childrenNamed(root, 'resource');
  if (only === undefined || another !== undefined) return undefined;
  const path = attributeValue(only, 'uri-template') ?? attributeValue(only, 'url-mapping') ?? '/*';
  if (path !== '/*' || attribute(only, 'content-type') !== undefined || attribute(only, 'user-agent') !== undefined)
    return undefined;
  const methods = splitNames(attributeValue(only, 'methods') ?? '');
  return methods.length === 0 ? ['*'] : methods;
}

export const readApi: FactsReader = (reading, root, name) => {
  const context = attributeValue(root, 'context');
  const everyPath = methodsOfEveryPath(root);
  checkApi(reading, root, name);
  const bindsTo = attribute(root, 'binds-to');
  const inbounds = bindsTo === undefined ? [] : splitNames(bindsTo.value);
  for (const inbound of inbounds) {
    if (inbound !== 'default')
      refer(reading, {
        via: 'api/@binds-to',
        relation: 'binds-to',
        kind: 'inbound-endpoint',
        value: inbound,
        offset: bindsTo?.offset ?? root.offset,
      });
  }
  return {
    kind: 'api',
    context: own(context ?? ''),
    ...optional('apiVersion', attributeValue(root, 'version')),
    ...optional('versionType', attributeValue(root, 'version-type')),
    ...optional('hostname', attributeValue(root, 'hostname')),
    ...optional('port', attributeValue(root, 'port')),
    bindsTo: inbounds,
    ...(everyPath === undefined ? {} : { everyPath }),
  };
};

/**
 * `ProxyServiceFactory` of wso2/wso2-synapse; without `transports` every enabled transport serves the proxy. Any
 * `startOnLoad` but `true` stops it, also one with blanks (seen on MI 4.3.0).
 */
export const readProxy: FactsReader = (reading, root, name) => {
  checkProxy(reading, root, name);
  const transports = attributeValue(root, 'transports');
  const wsdl = child(root, 'publishWSDL');
  return {
    kind: 'proxy-service',
    ...(transports === undefined ? {} : { transports: splitNames(transports) }),
    pinnedServers: splitNames(attributeValue(root, 'pinnedServers') ?? ''),
    startOnLoad: (attributeValue(root, 'startOnLoad') ?? 'true').toLowerCase() === 'true',
    ...(wsdl === undefined ? {} : { wsdl: { source: reading.locate(wsdl.offset), ...loadedFrom(root, wsdl) } }),
    parameters: readParameters(reading, childrenNamed(root, 'parameter')),
  };
};

/** A WSDL by its address, unless MI goes on without it (`ProxyService.buildAxisService` of wso2/wso2-synapse). */
function loadedFrom(root: XmlNode, wsdl: XmlNode): { readonly uri?: string } {
  const isSafe = childrenNamed(root, 'parameter').some(
    (node) => attributeValue(node, 'name') === 'enablePublishWSDLSafeMode' && node.text.trim().toLowerCase() === 'true',
  );
  const other = attributeValue(wsdl, 'endpoint') ?? attributeValue(wsdl, 'key');
  return isSafe || other !== undefined ? {} : optional('uri', attributeValue(wsdl, 'uri')?.trim());
}

/**
 * `SimpleQuartzFactory` and `TaskDescriptionFactory` of wso2/wso2-synapse; what is injected where, `MessageInjector`.
 */
export const readTask: FactsReader = (reading, root, name) => {
  const written = attribute(root, 'class');
  const className = written === undefined ? messageInjector : written.value.trim();
  if (written !== undefined)
    refer(reading, {
      via: 'task/@class',
      relation: 'needs-class',
      kind: 'class',
      value: written.value,
      offset: written.offset,
    });
  const properties = readParameters(reading, propertiesOf(root));
  const start = attributeValue(root, 'startOnLoad')?.trim() ?? 'true';
  const trigger = root.children.find(({ local, namespace }) => local === 'trigger' && namespace === root.namespace);
  const cron = trigger === undefined ? undefined : attributeValue(trigger, 'cron');
  checkAll(reading, root, () => `The task "${name}"`, [namesClass]);
  checkTrigger(reading, root, trigger, name);
  if (trigger !== undefined && cron !== undefined && !isDynamic(cron))
    checkCron(reading, `The task "${name}"`, cron, reading.locate(trigger.offset));
  checkTaskProperties(reading, root, name, className);
  if (className === messageInjector) readInjection(reading, root, name, properties);
  if (className === templateExecutor) readTemplateOf(reading, root, name);
  return {
    kind: 'task',
    class: share(className),
    ...(start.toLowerCase() === 'true' || isDynamic(start) ? {} : { startsPaused: true as const }),
    ...(trigger === undefined
      ? {}
      : {
          trigger: {
            ...optional('interval', attributeValue(trigger, 'interval')),
            ...optional('cron', attributeValue(trigger, 'cron')),
            ...optional('count', attributeValue(trigger, 'count')),
            ...optional('once', attributeValue(trigger, 'once')),
            source: reading.locate(trigger.offset),
          },
        }),
    properties,
    pinnedServers: splitNames(attributeValue(root, 'pinnedServers') ?? ''),
  };
};

/**
 * MI takes an archive whatever its cron expressions say, logs what Quartz throws, and is ready (seen on MI 4.3.0).
 */
function checkCron(reading: Reading, what: string, expression: string, source: Source): void {
  const found = readCron(expression);
  const shown = `the cron expression "${expression.slice(0, 80)}"`;
  if ('fault' in found)
    reading.diagnostics.push(
      finding(
        'MI-CRON-INVALID',
        `${what} has ${shown}, which ${found.fault}; Micro Integrator deploys it, but it never runs.`,
        found.fault.startsWith('never fires')
          ? 'Name a day that its months have, and a year to come, or none.'
          : 'Write it for Quartz, starting with the seconds: "0 0/5 * * * ?" fires every five minutes.',
        source,
      ),
    );
  else if (found.lastYear !== undefined)
    reading.diagnostics.push(
      finding(
        'MI-CRON-ENDS',
        `${what} has ${shown}, which fires in ${found.lastYear} for the last time; a pod that starts after that never runs it.`,
        'Omit the year if it should keep firing.',
        source,
      ),
    );
}

/**
 * A task reads the properties of its own namespace, and of each the attribute or the element: a text alone sets nothing
 * (`TaskDescriptionFactory` and `PropertyHelper`; seen on MI 4.3.0).
 */
function propertiesOf(root: XmlNode): readonly XmlNode[] {
  return root.children.filter(
    (node) =>
      node.local === 'property' &&
      node.namespace === root.namespace &&
      (node.children.length > 0 || attribute(node, 'value') !== undefined),
  );
}

function readInjection(reading: Reading, root: XmlNode, name: string, properties: readonly Parameter[]): void {
  const value = (property: string): string | undefined =>
    properties.find((candidate) => setterOf(candidate.name) === property)?.value;
  const place = (property: string): number => {
    const node = propertiesOf(root).find((candidate) => setterOf(attributeValue(candidate, 'name')) === property);
    return node === undefined ? root.offset : (attribute(node, 'value')?.offset ?? node.offset);
  };
  const named = (property: string, kind: 'sequence' | 'proxy-service'): void => {
    const target = value(property);
    // It is deployed all the same: only `MessageInjector.execute` looks for the name.
    if (target === undefined || target === '')
      report(reading, place('injectTo'), {
        code: 'MI-ARTIFACT-INCOMPLETE',
        severity: 'warning',
        message: `The task "${name}" injects into a ${kind === 'sequence' ? 'sequence' : 'proxy service'} and has no property "${property}"; it is deployed, but fails each time it runs.`,
        hint: `Add the property "${property}".`,
      });
    else
      refer(reading, {
        via: share(`property[@name="${property}"]`),
        relation: 'injects-into',
        kind,
        value: target,
        offset: place(property),
      });
  };
  checkMessage(reading, root, name);
  const injectTo = value('injectTo') ?? 'main';
  // `MessageInjector` compares without regard to capitals.
  const target = injectTo.toLowerCase();
  if (target === 'sequence') named('sequenceName', 'sequence');
  else if (target === 'proxy') named('proxyName', 'proxy-service');
  // Whatever else stands there means the main sequence.
  else
    refer(reading, {
      via: 'property[@name="injectTo"]',
      relation: 'injects-into',
      kind: 'sequence',
      value: isDynamic(injectTo) ? injectTo : 'main',
      offset: place('injectTo'),
    });
  refer(reading, {
    via: 'property[@name="registryKey"]',
    relation: 'uses',
    kind: 'resource',
    value: value('registryKey') ?? '',
    offset: place('registryKey'),
  });
  refer(reading, {
    via: 'property[@name="to"]',
    relation: 'uses',
    kind: 'address',
    value: value('to') ?? '',
    offset: place('to'),
  });
}

/** `TemplateMessageExecutor` of wso2/wso2-synapse, which MI takes with a template and an element of parameters only. */
function readTemplateOf(reading: Reading, root: XmlNode, name: string): void {
  const property = (wanted: string): XmlNode | undefined =>
    propertiesOf(root).findLast((node) => setterOf(attributeValue(node, 'name')) === wanted);
  const key = property('templateKey');
  const template = key === undefined ? undefined : attribute(key, 'value');
  if (template === undefined) incomplete(reading, `The task "${name}"`, 'property "templateKey"', root.offset);
  else
    refer(reading, {
      via: 'property[@name="templateKey"]',
      relation: 'injects-into',
      kind: 'template',
      value: template.value,
      offset: template.offset,
      gives: givenByTask(reading, property('templateParams')?.children[0]),
    });
  if ((property('templateParams')?.children.length ?? 0) === 0)
    incomplete(reading, `The task "${name}"`, 'property "templateParams" with an element', root.offset);
}

/**
 * The message of an injector is an element: it has no setter for a text, and passes over one without an element (seen
 * on MI 4.3.0).
 */
function checkMessage(reading: Reading, root: XmlNode, name: string): void {
  const property = (wanted: string): XmlNode | undefined =>
    propertiesOf(root).findLast((node) => setterOf(attributeValue(node, 'name')) === wanted);
  const message = property('message');
  const asText = message === undefined ? undefined : attribute(message, 'value');
  if (asText !== undefined)
    report(reading, asText.offset, {
      code: 'MI-ARTIFACT-INCOMPLETE',
      message: `The task "${name}" has its message in an attribute; Micro Integrator refuses to deploy it.`,
      hint: 'Write the message as an element inside the property.',
    });
  else if ((message?.children.length ?? 0) === 0 && property('registryKey') === undefined)
    report(reading, message?.offset ?? root.offset, {
      code: 'MI-ARTIFACT-INCOMPLETE',
      severity: 'warning',
      message: `The task "${name}" has neither a message nor a registryKey; it is deployed, but fails each time it runs.`,
      hint: 'Add a property "message" that contains the message as an element, or a property "registryKey".',
    });
}

/**
 * `MessageProcessorFactory` of wso2/wso2-synapse: class and store are mandatory, only the forwarding processor reads
 * `targetEndpoint`.
 */
export const readMessageProcessor: FactsReader = (reading, root, name) => {
  const className = attributeValue(root, 'class')?.trim();
  const store = attributeValue(root, 'messageStore');
  if (className === undefined) incomplete(reading, `The message processor "${name}"`, 'attribute "class"', root.offset);
  if (store === undefined)
    incomplete(reading, `The message processor "${name}"`, 'attribute "messageStore"', root.offset);
  referAttribute(reading, root, 'class', { kind: 'class' });
  referAttribute(reading, root, 'messageStore', { kind: 'message-store', relation: 'consumes-from' });
  if (forwardingProcessors.has(className ?? '')) referAttribute(reading, root, 'targetEndpoint', { kind: 'endpoint' });
  const parameters = readReferringParameters(reading, parametersOf(root));
  const subject = `The message processor "${name}"`;
  checkAll(reading, root, subject, [namesClass]);
  checkParameterNames(reading, root, subject);
  checkBlanks(reading, parametersOf(root), subject, blanksElsewhere);
  checkProcessorName(reading, root);
  checkNumbers(reading, root, name, className);
  // A blank one counts as none, and the interval as it stands.
  const cron = parameters.findLast((parameter) => parameter.name === 'cronExpression');
  if (cron?.value !== undefined && cron.value !== '' && !cron.value.includes('{'))
    checkCron(reading, `The message processor "${name}"`, cron.value, cron.source);
  return {
    kind: 'message-processor',
    class: share(className ?? ''),
    messageStore: own(store?.trim() ?? ''),
    ...optional('targetEndpoint', attributeValue(root, 'targetEndpoint')),
    parameters,
  };
};

/**
 * Stores and processors have only the parameters of MI's own namespace, whatever that of their root (seen on MI 4.3.0).
 */
function parametersOf(root: XmlNode): XmlNode[] {
  return childrenNamed(root, 'parameter').filter(({ namespace }) => namespace === synapseNamespace);
}

export const readMessageStore: FactsReader = (reading, root, name) => {
  checkStore(reading, root, name);
  referAttribute(reading, root, 'class', { kind: 'class' });
  const nodes = parametersOf(root);
  const url = nodes.findLast((node) => attributeValue(node, 'name') === 'store.jdbc.connection.url');
  if (url !== undefined) databaseEffect(reading, url.text, url.offset);
  return {
    kind: 'message-store',
    ...optional('class', attributeValue(root, 'class')?.trim()),
    parameters: readReferringParameters(reading, nodes),
  };
};

/**
 * `InboundEndpointFactory` of wso2/wso2-synapse. An HTTP inbound endpoint with `dispatch.filter.pattern` hands a
 * request whose whole path matches to any API or proxy (`InboundHttpServerWorker`); an MCP one offers the tools of a
 * local entry.
 */
export const readInboundEndpoint: FactsReader = (reading, root, name) => {
  const protocol = attributeValue(root, 'protocol');
  const className = attributeValue(root, 'class');
  if (protocol === undefined && className === undefined)
    incomplete(reading, `The inbound endpoint "${name}"`, 'attribute "protocol" or "class"', root.offset);
  checkInbound(reading, root, name);
  // With both, the protocol decides and the class is never loaded.
  if (protocol === undefined) referAttribute(reading, root, 'class', { kind: 'class' });
  referAttribute(reading, root, 'sequence', { kind: 'sequence' });
  referAttribute(reading, root, 'onError', { kind: 'sequence' });
  const nodes = [
    ...childrenNamed(root, 'parameters').flatMap((group) => childrenNamed(group, 'parameter')),
    ...childrenNamed(root, 'parameter'),
  ].filter((node) => !isBehavior(node));
  const parameters = [...readReferringParameters(reading, nodes), ...readBehavior(reading, root)];
  const literal = (wanted: string): Parameter | undefined =>
    parameters.findLast(
      (parameter) => parameter.name === wanted && parameter.value !== undefined && parameter.value !== '',
    );
  const tools = literal('mcp.tools.localentry') ?? literal('mcp.tools');
  if (tools?.value !== undefined)
    refer(reading, {
      via: share(`parameter[@name="${tools.name}"]`),
      relation: 'uses',
      kind: 'local-entry',
      value: tools.value,
      offset: offsetOf(nodes, tools.name),
    });
  if (protocol !== undefined) readHandlers(reading, nodes, parameters);
  const cron = literal('cronExpression');
  // `GenericProcessor` of wso2/product-micro-integrator reads it since 4.5, where there is no interval.
  if (
    protocol === undefined &&
    cron?.value !== undefined &&
    literal('interval') === undefined &&
    !isDynamic(cron.value)
  )
    checkCron(reading, `The inbound endpoint "${name}"`, cron.value, cron.source);
  const filter = literal('dispatch.filter.pattern');
  const enabled = literal('api.dispatching.enabled');
  if (filter?.value !== undefined) addDispatch(reading, 'dispatch.filter.pattern', filter.value, filter);
  else if (enabled?.value?.toLowerCase() === 'true') addDispatch(reading, 'api.dispatching.enabled', '.*', enabled);
  // It names no sequence: with `true`, one that is called as the path of a connection gets its messages
  // (InboundWebsocketSourceHandler.java of wso2/product-integrator-mi).
  const custom = literal('dispatch.custom.sequence');
  if (custom?.value?.toLowerCase() === 'true')
    addDispatch(reading, 'dispatch.custom.sequence', '{path of the connection}', custom);
  return {
    kind: 'inbound-endpoint',
    ...optional('protocol', protocol),
    ...optional('class', className),
    ...optional('sequence', attributeValue(root, 'sequence')),
    ...optional('onError', attributeValue(root, 'onError')),
    suspend: attributeValue(root, 'suspend')?.toLowerCase() === 'true',
    parameters,
  };
};

/**
 * Classes that see each message of a WebSocket inbound endpoint, of the second as many as `;` parts
 * (PipelineHandlerBuilderUtil.java, SubprotocolBuilderUtil.java of wso2/product-integrator-mi).
 */
const webSocketHandlers: ReadonlySet<string> = new Set(['ws.pipeline.handler.class', 'ws.subprotocol.handler.class']);

function readHandlers(reading: Reading, nodes: readonly XmlNode[], parameters: readonly Parameter[]): void {
  for (const { name, value = '' } of parameters.filter((parameter) => webSocketHandlers.has(parameter.name)))
    for (const handler of value.split(';').map((one) => one.trim())) {
      if (handler === '' || isDynamic(handler)) continue;
      const offset = offsetOf(nodes, name);
      effect(reading, 'handler', handler, offset);
      refer(reading, {
        via: share(`parameter[@name="${name}"]`),
        relation: 'needs-class',
        kind: 'class',
        value: handler,
        offset,
      });
    }
}

function isBehavior(node: XmlNode): boolean {
  return attributeValue(node, 'name') === 'inbound.behavior';
}

/**
 * `inbound.behavior` exactly as `InboundEndpointFactory` reads it: in the first `<parameters>` of synapse's namespace,
 * the text as it stands. It can free a class from isolation, so what MI does not read must not count.
 */
function readBehavior(reading: Reading, root: XmlNode): readonly Parameter[] {
  const group = childrenNamed(root, 'parameters').find(({ namespace }) => namespace === synapseNamespace);
  const node =
    group === undefined
      ? undefined
      : childrenNamed(group, 'parameter').findLast(
          (candidate) => candidate.namespace === synapseNamespace && isBehavior(candidate),
        );
  if (node === undefined) return [];
  return readParameters(reading, [node]).map((parameter) =>
    parameter.key === undefined ? { ...parameter, value: own(node.text) } : parameter,
  );
}

function addDispatch(reading: Reading, parameter: string, pattern: string, { source }: Parameter): void {
  const target = isDynamic(pattern)
    ? ({ type: 'dynamic', expression: pattern } as const)
    : ({ type: 'dispatch', pattern } as const);
  reading.references.push({ via: share(`parameter[@name="${parameter}"]`), relation: 'dispatches-to', source, target });
}

function readReferringParameters(reading: Reading, nodes: readonly XmlNode[]): readonly Parameter[] {
  const parameters = readParameters(reading, nodes);
  for (const { name, value } of parameters) {
    const rule = value === undefined || value === '' ? undefined : parameterRules.get(name);
    // With a class of its own for JNDI, it is the data source of another server (`JDBCConfiguration`).
    if (rule?.target === 'data-source' && parameters.some((one) => one.name === 'store.jdbc.icClass')) continue;
    if (rule !== undefined && value !== undefined)
      refer(reading, {
        via: share(`parameter[@name="${name}"]`),
        relation: rule.relation,
        kind: rule.target,
        value,
        offset: offsetOf(nodes, name),
      });
  }
  return parameters;
}

function offsetOf(nodes: readonly XmlNode[], name: string): number {
  return nodes.find((node) => attributeValue(node, 'name') === name)?.offset ?? 0;
}

/** `{ [key]: value }` when there is a value, else nothing, as exactOptionalPropertyTypes asks for. */
export function optional<Key extends string>(key: Key, value: string | undefined): { readonly [name in Key]?: string } {
  return value === undefined ? {} : ({ [key]: share(value) } as { readonly [name in Key]?: string });
}
