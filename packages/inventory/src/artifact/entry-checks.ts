import { attribute, attributeValue, type XmlNode } from '../xml/tree.ts';
import { type Reading, report, synapseNamespace } from './reading.ts';
import {
  allows,
  type Check,
  checkAll,
  eachHas,
  holds,
  isInteger,
  named,
  needsChild,
  notBlank,
  ownChild,
  ownChildren,
  type Refusal,
  short,
} from './refused.ts';
import { checkFiles } from './consumer-checks.ts';
import { compiled } from './expression-checks.ts';
import { faultOfResource } from './expressions.ts';
import { findIn } from './parameter-checks.ts';

/**
 * What MI asks of an API before it deploys anything of its archive (`DeployerUtil.partiallyBuildAPI`): it logs the
 * exception, and the archive is neither deployed nor faulty (`CappDeployer.searchArtifacts`; seen on MI 4.3.0, and the
 * same in 4.6.0).
 */
function checkStart(reading: Reading, root: XmlNode, name: string): void {
  const drop = (code: 'MI-ARTIFACT-INCOMPLETE' | 'MI-ARTIFACT-VALUE', what: string, hint: string, at?: number): void =>
    report(reading, at ?? root.offset, {
      code,
      message: `The API "${name}" ${what}; Micro Integrator ${reading.afterwards.replace('undeploys', 'drops')} and stays ready.`,
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

/** `Resource.setContentType`. */
function contentType(node: XmlNode): Refusal | undefined {
  const found = attribute(node, 'content-type');
  return found === undefined || found.value === '' || /^[^/]*\/+[^/]+(?:\/+)?$/.test(found.value)
    ? undefined
    : holds(
        `has the content-type "${short(found.value)}"`,
        'Write a type and a subtype, as in text/xml.',
        found.offset,
      );
}

const namesIn = (node: XmlNode): readonly string[] =>
  (attributeValue(node, 'binds-to') ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');

/** `InboundApiUtils.populateBindsTo`: a resource is bound to some of what its API is bound to. */
function bound(node: XmlNode): Refusal | undefined {
  const ofParent = node.parent === undefined ? [] : namesIn(node.parent);
  const all = ofParent.length === 0 ? ['default'] : ofParent;
  const other = namesIn(node).find((name) => !all.includes(name));
  return other === undefined
    ? undefined
    : holds(
        `is bound to "${short(other)}", which its API is not`,
        'Add it to binds-to of the API, or remove it here.',
        attribute(node, 'binds-to')?.offset,
      );
}

const ofResource: readonly Check[] = [
  knownMethods,
  mapped,
  allows('protocol', ['', 'http', 'https']),
  contentType,
  bound,
];

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
    checkAll(reading, wsdl, subject, [
      notBlank('key', 'endpoint'),
      eachHas('resource', 'location'),
      eachHas('resource', 'key'),
    ]);
  for (const policy of ownChildren(root, 'policy'))
    checkAll(reading, policy, subject, [named('policy', 'key'), notBlank('key'), allows('type', ['in', 'out'])]);
  const parameters = ownChildren(root, 'parameter');
  for (const parameter of parameters) checkAll(reading, parameter, subject, [named('parameter', 'name')]);
  const find = findIn(parameters);
  const transports = attributeValue(root, 'transports') ?? 'all';
  if (find('transport.vfs.FileURI') !== undefined && /\b(?:vfs|all)\b/.test(transports))
    checkFiles(reading, find, subject, 'proxy');
}

/** The class that every task has unless it brings its own, and the other one of MI, which runs a template. */
export const messageInjector = 'org.apache.synapse.startup.tasks.MessageInjector';
export const templateExecutor = 'org.apache.synapse.startup.tasks.TemplateMessageExecutor';

/** What the tasks of wso2/wso2-synapse have a setter for; `sequential` since MI 4.4. */
const properties: ReadonlyMap<string, readonly string[]> = new Map([
  [
    messageInjector,
    [
      'message', 'to', 'format', 'invokeHandlers', 'soapAction', 'injectTo', 'sequenceName', 'sequential', 'proxyName',
      'registryKey',
    ], // prettier-ignore
  ],
  [templateExecutor, ['templateKey', 'templateParams']],
]);

/** The classes of tasks that MI brings (wso2-synapse core MessageInjector.java, TemplateMessageExecutor.java). */
export const taskClasses: ReadonlySet<string> = new Set(properties.keys());

/** A property by its setter: that starts with a capital, whatever the property does. */
export function setterOf(name: string | undefined): string | undefined {
  return name === undefined ? undefined : name.charAt(0).toLowerCase() + name.slice(1);
}

/** `TaskDescriptionFactory` and `PropertyHelper` of wso2/wso2-synapse. */
export function checkTaskProperties(reading: Reading, root: XmlNode, name: string, className: string): void {
  const settable = properties.get(className);
  if (settable === undefined) return;
  for (const property of ownChildren(root, 'property')) {
    const called = attribute(property, 'name');
    checkAll(reading, property, `The task "${name}"`, [
      named('property', 'name'),
      // Without a value it is passed over.
      () =>
        called === undefined ||
        settable.includes(setterOf(called.value) ?? '') ||
        (attribute(property, 'value') === undefined && property.children.length === 0)
          ? undefined
          : holds(
              `has the property "${short(called.value)}", which ${className.replace(/^.*\./, '')} does not have`,
              `Write one of ${settable.join(', ')}.`,
              called.offset,
            ),
    ]);
  }
}
