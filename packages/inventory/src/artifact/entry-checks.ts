import { attribute, attributeValue, type XmlNode } from '../xml/tree.ts';
import { type Reading, report, synapseNamespace } from './reading.ts';
import {
  allows,
  type Check,
  checkAll,
  eachHas,
  needs,
  needsChild,
  ownChild,
  ownChildren,
  type Refusal,
  short,
} from './refused.ts';
import { compiled } from './expression-checks.ts';
import { faultOfPattern, faultOfResource } from './expressions.ts';
import { isDynamic } from './values.ts';

const holds = (what: string, hint: string, at?: number): Refusal => ({
  type: 'holds',
  what,
  hint,
  ...(at === undefined ? {} : { at }),
});

/**
 * What MI asks of an API before it deploys anything of its archive (`DeployerUtil.partiallyBuildAPI`): it logs the
 * exception, and the archive is neither deployed nor faulty (`CappDeployer.searchArtifacts`; seen on MI 4.3.0, and the
 * same in 4.6.0).
 */
function checkStart(reading: Reading, root: XmlNode, name: string): void {
  const drop = (code: 'MI-ARTIFACT-INCOMPLETE' | 'MI-ARTIFACT-VALUE', what: string, hint: string, at?: number): void =>
    report(reading, at ?? root.offset, {
      code,
      severity: 'error',
      message: `The API "${name}" ${what}; Micro Integrator drops the whole archive and stays ready.`,
      hint,
    });
  const context = attribute(root, 'context');
  if (context === undefined)
    drop('MI-ARTIFACT-INCOMPLETE', 'has no attribute "context"', 'Add the attribute "context".');
  else if (!context.value.startsWith('/'))
    drop(
      'MI-ARTIFACT-VALUE',
      `has the context "${short(context.value)}", which does not start with "/"`,
      'Write "/" in front of it.',
      context.offset,
    );
  const version = attributeValue(root, 'version') ?? '';
  const type = attribute(root, 'version-type');
  const strategy = type?.value.trim() ?? '';
  if (version !== '' && (type?.value ?? '') === '')
    drop('MI-ARTIFACT-INCOMPLETE', 'has a version and no version-type', 'Write version-type="context" or "url".');
  else if (!['', 'url', 'context'].includes(strategy))
    drop(
      'MI-ARTIFACT-VALUE',
      `has the version-type "${short(strategy)}"`,
      'Write version-type="context" or "url".',
      type?.offset,
    );
}

/** `RESTConstants.METHODS`. */
const methods: ReadonlySet<string> = new Set(['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'HEAD', 'PATCH']);

/** `ResourceFactory.configureFilters`. */
function knownMethods(node: XmlNode): Refusal | undefined {
  const found = attribute(node, 'methods');
  if (found === undefined || found.value === '') return undefined;
  const unknown = found.value
    .trim()
    .split(' ')
    .find((method) => !methods.has(method));
  return unknown === undefined
    ? undefined
    : holds(
        `has the methods "${short(found.value)}"`,
        `Write some of ${[...methods].join(', ')}, with one blank between them.`,
        found.offset,
      );
}

/** `Integer.parseInt`. */
function integer(name: string): Check {
  return (node) => {
    const found = attribute(node, name);
    return found === undefined || found.value === '' || isInteger(found.value)
      ? undefined
      : holds(
          `has the ${name} "${short(found.value)}", which is not a whole number`,
          'Write digits only.',
          found.offset,
        );
  };
}

const isInteger = (text: string): boolean => /^[+-]?\d+$/.test(text) && Math.abs(Number(text)) < 2 ** 31;

const ofApi: readonly Check[] = [
  needsChild('resource'),
  twice,
  integer('port'),
  allows('transports', ['', 'http', 'https']),
];
/** `ResourceFactory.configureURLMappings`: a template counts only without a mapping. */
function mapped(node: XmlNode): Refusal | undefined {
  return (attributeValue(node, 'url-mapping') ?? '') === '' ? template(node) : undefined;
}

const template = compiled('uri-template', 'URI template', faultOfResource);

const ofResource: readonly Check[] = [knownMethods, mapped, allows('protocol', ['', 'http', 'https'])];

/** `API.addResource`: a path belongs to one resource for each method, and so does all that has no path. */
function twice(node: XmlNode): Refusal | undefined {
  const resources = ownChildren(node, 'resource');
  if (resources.length < 2) return undefined;
  const taken = new Set<string>();
  for (const resource of resources) {
    const path = attributeValue(resource, 'url-mapping') || attributeValue(resource, 'uri-template') || '';
    const kinds = path === '' ? [''] : (attributeValue(resource, 'methods') ?? '').trim().split(' ');
    for (const method of new Set(kinds)) {
      const key = `${method} ${path}`;
      if (taken.has(key) && (method !== '' || path === ''))
        return holds(
          path === '' ? 'has two resources without a path' : `has two resources for ${method} ${short(path)}`,
          'Give each a path or a method of its own.',
          resource.offset,
        );
      taken.add(key);
    }
  }
  return undefined;
}

/** `APIFactory` and `ResourceFactory` of wso2/wso2-synapse. */
export function checkApi(reading: Reading, root: XmlNode, name: string): void {
  // For another namespace MI refuses it anyway.
  if (root.namespace !== synapseNamespace) return;
  checkStart(reading, root, name);
  checkAll(reading, root, () => `The API "${name}"`, ofApi);
  const handlers = ownChild(root, 'handlers');
  if (handlers !== undefined) checkAll(reading, handlers, () => `The API "${name}"`, [eachHas('handler', 'class')]);
  for (const resource of ownChildren(root, 'resource'))
    checkAll(reading, resource, () => `A resource of the API "${name}"`, ofResource);
}

/** `ProxyServiceFactory` of wso2/wso2-synapse. */
export function checkProxy(reading: Reading, root: XmlNode, name: string): void {
  if (root.namespace !== synapseNamespace) return;
  const subject = `The proxy service "${name}"`;
  checkAll(reading, root, subject, [needsChild('target')]);
  const target = ownChild(root, 'target');
  const isSet = (what: string): boolean =>
    target !== undefined && (attributeValue(target, what) !== undefined || ownChild(target, what) !== undefined);
  if (target !== undefined && !isSet('inSequence') && !isSet('endpoint'))
    checkAll(reading, target, subject, [
      () => ({
        type: 'lacks',
        what: 'has a target with neither an inSequence nor an endpoint',
        hint: 'Add one of the two.',
      }),
    ]);
  const wsdl = ownChild(root, 'publishWSDL');
  if (wsdl !== undefined)
    checkAll(reading, wsdl, subject, [eachHas('resource', 'location'), eachHas('resource', 'key')]);
  for (const policy of ownChildren(root, 'policy'))
    checkAll(reading, policy, subject, [named('policy', 'key'), allows('type', ['in', 'out'])]);
  const parameters = ownChildren(root, 'parameter');
  for (const parameter of parameters) checkAll(reading, parameter, subject, [named('parameter', 'name')]);
  const find = (wanted: string): XmlNode | undefined =>
    parameters.findLast((parameter) => attributeValue(parameter, 'name') === wanted);
  if (find('transport.vfs.FileURI') !== undefined) checkFiles(reading, find, subject);
}

/** A child that has no such attribute. */
function named(what: string, by: string): Check {
  return (node) =>
    attributeValue(node, by) === undefined
      ? { type: 'lacks', what: `has a ${what} without the attribute "${by}"`, hint: `Write the attribute "${by}".` }
      : undefined;
}

/** Parameters of stores and processors have a name (`MessageStoreFactory`, `MessageProcessorFactory`). */
export function checkParameterNames(reading: Reading, root: XmlNode, subject: string): void {
  for (const parameter of ownChildren(root, 'parameter'))
    checkAll(reading, parameter, subject, [named('parameter', 'name')]);
}

/** What `RabbitMQStore` and `JmsStore` of wso2/wso2-synapse cannot be without. */
export function checkStore(reading: Reading, root: XmlNode, name: string): void {
  const subject = `The message store "${name}"`;
  checkParameterNames(reading, root, subject);
  const parameters = ownChildren(root, 'parameter');
  // A class of one's own may have the same last name.
  const store = attributeValue(root, 'class')?.trim();
  if (root.namespace !== synapseNamespace) return;
  if (store === 'org.apache.synapse.message.store.impl.jms.JmsStore' && parameters.length === 0)
    checkAll(reading, root, subject, [
      () => ({ type: 'lacks', what: 'has no parameters', hint: 'Say where its broker is.' }),
    ]);
  if (store !== 'org.apache.synapse.message.store.impl.rabbitmq.RabbitMQStore') return;
  for (const wanted of ['store.rabbitmq.username', 'store.rabbitmq.password'])
    if (!parameters.some((parameter) => attributeValue(parameter, 'name') === wanted))
      checkAll(reading, root, subject, [missing(wanted)]);
  const find = (wanted: string): XmlNode | undefined =>
    parameters.findLast((parameter) => attributeValue(parameter, 'name') === wanted);
  checkAll(reading, root, subject, [() => brokers(find('store.rabbitmq.host.name'), find('store.rabbitmq.host.port'))]);
}

const missing =
  (wanted: string): Check =>
  () => ({ type: 'lacks', what: `has no parameter "${wanted}"`, hint: `Add the parameter "${wanted}".` });

/** Characters that cannot stand in a URI, as those of the registry's paths are made into one. */
const noUri = /[\s"<>[\\\]^`{|}]|%(?![0-9a-fA-F]{2})/;

/** A message processor keeps its state in the registry, in a file with its name (seen on MI 4.3.0). */
export function checkProcessorName(reading: Reading, root: XmlNode): void {
  const name = attribute(root, 'name');
  if (name === undefined || !noUri.test(name.value)) return;
  checkAll(reading, root, `The message processor "${short(name.value)}"`, [
    () => holds('has a name with blanks or signs that no URI has', 'Rename it.', name.offset),
  ]);
}

/** What `MessageInjector` of wso2/wso2-synapse has a setter for; `sequential` since MI 4.4. */
const injectorProperties: ReadonlySet<string> = new Set([
  'message', 'to', 'format', 'invokeHandlers', 'soapAction', 'injectTo', 'sequenceName', 'sequential', 'proxyName',
  'registryKey',
]); // prettier-ignore

/** A property by its setter: that starts with a capital, whatever the property does. */
export function setterOf(name: string | undefined): string | undefined {
  return name === undefined ? undefined : name.charAt(0).toLowerCase() + name.slice(1);
}

const settable = (name: string): boolean => injectorProperties.has(setterOf(name) ?? '');

/** `TaskDescriptionFactory` and `PropertyHelper` of wso2/wso2-synapse. */
export function checkInjectorProperties(reading: Reading, root: XmlNode, name: string): void {
  for (const property of ownChildren(root, 'property')) {
    const called = attribute(property, 'name');
    checkAll(reading, property, `The task "${name}"`, [
      named('property', 'name'),
      () =>
        called === undefined || settable(called.value)
          ? undefined
          : holds(
              `has the property "${short(called.value)}", which MessageInjector does not have`,
              `Write one of ${[...injectorProperties].join(', ')}.`,
              called.offset,
            ),
    ]);
  }
}

/** Parameters that MI takes for a number as they stand, blanks included, and whether they must be there. */
interface NumberParameter {
  readonly name: string;
  readonly required: boolean;
  /** Without a text, it counts as missing. */
  readonly mayBeEmpty?: true;
  /** The numbers that it may be, where MI does not take every one. */
  readonly range?: readonly [least: number, most: number];
}

const ports = [0, 65_535] as const;
const port: NumberParameter = { name: 'inbound.http.port', required: true, range: ports };
const socket: NumberParameter = { name: 'inbound.ws.port', required: true, range: ports };
const interval: NumberParameter = { name: 'interval', required: false };

/**
 * By protocol: `InboundHttpListener`, `InboundWebsocketListener`, `VFSProcessor`, `JMSProcessor`, `KAFKAProcessor` and
 * `MqttConnectionFactory` of wso2/product-integrator-mi.
 */
const numbers: Readonly<Record<string, readonly NumberParameter[]>> = {
  http: [port],
  https: [port],
  ws: [socket],
  wss: [socket],
  file: [{ ...interval, required: true }],
  jms: [
    interval,
    { name: 'concurrent.consumers', required: false },
    { name: 'transport.jms.CacheLevel', required: false, mayBeEmpty: true },
    { name: 'transport.jms.RetriesBeforeSuspension', required: false },
  ],
  kafka: [interval],
  mqtt: [
    { name: 'mqtt.server.port', required: true, range: [1, 65_534] },
    { name: 'mqtt.subscription.qos', required: false },
  ],
};

/** Parameters that an inbound endpoint cannot be without, of those that are no numbers. */
const texts: Readonly<Record<string, readonly string[]>> = {
  mqtt: ['mqtt.server.host.name', 'mqtt.topic.name'],
  file: ['transport.vfs.FileURI'],
};

/**
 * What MI refuses in the parameters of an inbound endpoint. One that is suspended is not started, so MI 4.3.0 takes it
 * as it is (`InboundEndpoint.init`).
 */
export function checkInbound(reading: Reading, root: XmlNode, name: string): void {
  const protocol = attributeValue(root, 'protocol');
  if (root.namespace !== synapseNamespace || attributeValue(root, 'suspend')?.toLowerCase() === 'true') return;
  const group = ownChild(root, 'parameters');
  const parameters = group === undefined ? [] : ownChildren(group, 'parameter');
  const subject = `The inbound endpoint "${name}"`;
  for (const parameter of parameters) checkAll(reading, parameter, subject, [named('parameter', 'name')]);
  if (protocol === undefined) return;
  const find = (wanted: string): XmlNode | undefined =>
    parameters.findLast((parameter) => attributeValue(parameter, 'name') === wanted);
  const needed = [
    ...(texts[protocol] ?? []),
    ...(numbers[protocol] ?? []).filter(({ required }) => required).map((number) => number.name),
  ];
  for (const wanted of needed)
    if (find(wanted) === undefined) checkAll(reading, group ?? root, subject, [missing(wanted)]);
  const folder = protocol === 'file' ? find('transport.vfs.FileURI') : undefined;
  if (folder !== undefined && folder.text === '' && folder.children.length === 0 && !isKept(folder))
    checkAll(reading, folder, subject, [
      () => ({ type: 'lacks', what: 'has an empty transport.vfs.FileURI', hint: 'Write the folder that it polls.' }),
    ]);
  for (const number of numbers[protocol] ?? []) {
    const node = find(number.name);
    if (node !== undefined) checkAll(reading, node, subject, [isNumber(number)]);
  }
  if (protocol === 'file') checkFiles(reading, find, subject);
  if (protocol === 'rabbitmq') checkAll(reading, root, subject, [needs('sequence', 'filled')]);
  if (sequenced.has(protocol) && (attributeValue(root, 'sequence') ?? '').trim() === '')
    report(reading, root.offset, {
      code: 'MI-ARTIFACT-INCOMPLETE',
      severity: 'error',
      message: `${subject} has no attribute "sequence"; Micro Integrator takes its messages and handles none of them.`,
      hint: 'Add the attribute "sequence", with the sequence that handles the messages.',
    });
  const filter = find('dispatch.filter.pattern');
  if (filter !== undefined && (protocol === 'http' || protocol === 'https'))
    checkAll(reading, filter, subject, [filters]);
  if (protocol === 'rabbitmq')
    checkAll(reading, group ?? root, subject, [
      () => brokers(find('rabbitmq.server.host.name'), find('rabbitmq.server.port')),
    ]);
  const coordination = find('coordination')?.text.trim().toLowerCase();
  if ((protocol === 'file' || protocol === 'jms') && name.includes('/') && coordination !== 'false')
    // Seen on MI 4.3.0: the task that polls is written to a file with its name.
    report(reading, attribute(root, 'name')?.offset ?? root.offset, {
      code: 'MI-TASK-TRIGGER',
      severity: 'error',
      message: `The name of the inbound endpoint "${name}" has a "/"; Micro Integrator deploys it, but it never polls.`,
      hint: 'Rename it: MI writes a file with its name.',
    });
}

/**
 * Protocols whose messages go to the sequence and nowhere else: without one, a file is deleted unread
 * (FileInjectHandler, seen on MI 4.3.0; likewise the handlers of the others in wso2/product-integrator-mi). That of
 * RabbitMQ refuses the inbound endpoint.
 */
const sequenced: ReadonlySet<string> = new Set(['file', 'jms', 'kafka', 'mqtt']);

/** Letters that `SimpleDateFormat` knows; others stand in quotes. */
const dateLetters = /^[GyYMLwWDdFEuaHkKhmsSzZX]$/;

/** The first letter of a date format that Java does not know. */
function unknownLetter(format: string): string | undefined {
  return [...format.replaceAll(/'[^']*'/g, '')].find((sign) => /[a-zA-Z]/.test(sign) && !dateLetters.test(sign));
}

/**
 * Patterns of a consumer of files that are looked at when it takes a file: FilePollingConsumer of
 * wso2/product-integrator-mi and PollTableEntry of wso2/wso2-synapse (seen on MI 4.3.0).
 */
function checkFiles(reading: Reading, find: (name: string) => XmlNode | undefined, subject: string): void {
  const tell = (name: string, faultOf: (text: string) => string | undefined, outcome: string, hint: string): void => {
    const node = find(name);
    const written = node?.text.trim() ?? '';
    const fault = node === undefined || isKept(node) || isDynamic(written) ? undefined : faultOf(written);
    if (node !== undefined && fault !== undefined)
      report(reading, node.offset, {
        code: 'MI-ARTIFACT-VALUE',
        severity: 'error',
        message: `${subject} has the ${name} "${short(written)}", ${fault}; Micro Integrator deploys it, but ${outcome}.`,
        hint,
      });
  };
  tell(
    'transport.vfs.FileNamePattern',
    (text) => {
      const fault = faultOfPattern(text);
      return fault === undefined ? undefined : `which is not a valid regular expression: ${fault}`;
    },
    'it takes no file',
    'Write a regular expression for the whole name, such as .*\\.xml for all that end in ".xml".',
  );
  tell(
    'transport.vfs.MoveTimestampFormat',
    (text) => {
      const letter = unknownLetter(text);
      return letter === undefined ? undefined : `in which Java does not know "${letter}"`;
    },
    'it cannot move its files',
    "Write letters that are no part of the date in quotes, as in yyyyMMdd'T'HHmmss.",
  );
}

/** The pattern of the paths that an HTTP inbound endpoint dispatches to APIs and proxies. */
function filters(node: XmlNode): Refusal | undefined {
  const written = node.text.trim();
  const fault = isKept(node) || isDynamic(written) ? undefined : faultOfPattern(written);
  return fault === undefined
    ? undefined
    : holds(
        `has the dispatch.filter.pattern "${short(written)}", which is not a valid regular expression: ${fault}`,
        'Correct the regular expression.',
      );
}

function isNumber({ name, mayBeEmpty, range }: NumberParameter): Check {
  return (node) => {
    const { text } = node;
    if (isKept(node) || isDynamic(text.trim()) || (mayBeEmpty && text === '')) return undefined;
    const isWhole =
      node.children.length === 0 && (name === 'interval' ? /^[+-]?\d{1,18}$/.test(text) : isInteger(text));
    if (!isWhole)
      return holds(
        `has the ${name} "${short(text)}", which is not a whole number`,
        'Write digits only, without blanks or line ends.',
      );
    if (range === undefined || (Number(text) >= range[0] && Number(text) <= range[1])) return undefined;
    return holds(`has the ${name} ${short(text)}`, `Write a number from ${range[0]} to ${range[1]}.`);
  };
}

/** `initConnectionFactory` of `RabbitMQConnectionFactory` and of `RabbitMQStore`: a port for each host. */
function brokers(hosts: XmlNode | undefined, portsOfHosts: XmlNode | undefined): Refusal | undefined {
  const host = hosts?.text.trim() || 'localhost';
  const list = portsOfHosts?.text.trim() || '5672';
  if (isDynamic(host) || isDynamic(list) || [hosts, portsOfHosts].some((node) => node !== undefined && isKept(node)))
    return undefined;
  const at = portsOfHosts?.offset ?? hosts?.offset;
  if (splitAsJava(host).length !== splitAsJava(list).length)
    return holds(
      `has the hosts "${short(host)}" and the ports "${short(list)}"`,
      'Write a port for each host, separated by commas.',
      at,
    );
  const odd = splitAsJava(list).find((one) => !isInteger(one.trim()));
  return odd === undefined
    ? undefined
    : holds(`has the port "${short(odd)}", which is not a whole number`, 'Write digits only.', at);
}

/** Splits at commas, without what is empty at the end. */
function splitAsJava(text: string): readonly string[] {
  const parts = text.split(',');
  while (parts.at(-1) === '') parts.pop();
  return parts;
}

/** True for a parameter whose value is in the registry. */
function isKept(node: XmlNode): boolean {
  return attributeValue(node, 'key') !== undefined;
}
