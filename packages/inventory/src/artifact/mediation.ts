import type { Effect } from '../model/inventory.ts';
import { withoutCredentials } from '../text/credentials.ts';
import type { XmlAttribute } from '../xml/attribute.ts';
import { attribute, attributeValue, child, childrenNamed, type XmlNode } from '../xml/tree.ts';
import { goesOn, isFlow, runsContent } from './always.ts';
import { readConnectorOperation } from './connector.ts';
import { checkEndpoint } from './endpoint-checks.ts';
import { checkMediators } from './mediators.ts';
import { databaseEffect, effect, effectOf, own, type Reading, refer, share, synapseNamespace } from './reading.ts';
import { type AttributeRule, attributeRules, givers, targetOfMessage } from './reference-table.ts';
import type { GivenValue } from './parsed.ts';
import { givenBy } from './template-parameters.ts';
import { readSince } from './since.ts';
import { isLocalAddress, literalIn, type RegistryUse, registryUses } from './values.ts';

/** Mediators with state or work in one JVM, and the attribute that tells one from another. */
const effectRules: ReadonlyMap<string, { readonly type: Effect['type']; readonly subject: string }> = new Map([
  ['aggregate', { type: 'aggregate', subject: 'id' }],
  ['correlateOn', { type: 'correlation', subject: 'expression' }],
  ['cache', { type: 'cache', subject: 'id' }],
  ['throttle', { type: 'throttle', subject: 'id' }],
  ['enqueue', { type: 'enqueue', subject: 'executor' }],
  // SamplingThrottleMediator.java: a queue and a timer of the JVM.
  ['sampler', { type: 'sampler', subject: 'id' }],
  ['class', { type: 'class-mediator', subject: 'name' }],
  ['handler', { type: 'handler', subject: 'class' }],
  ['clone', { type: 'clone-or-iterate', subject: 'id' }],
  ['iterate', { type: 'clone-or-iterate', subject: 'id' }],
  ['foreach', { type: 'clone-or-iterate', subject: 'id' }],
  ['session', { type: 'endpoint-session', subject: 'type' }],
  ['scatter-gather', { type: 'clone-or-iterate', subject: 'id' }],
]);

/**
 * What stands in these is data, even when it looks like a mediator: an inline payload inherits the namespace around it.
 */
const opaque: ReadonlySet<string> = new Set(['format', 'source', 'property', 'header', 'message', 'description']);

/** Reads an element and everything below it: references, effects and uses of the registry. */
export function readMediation(reading: Reading, node: XmlNode, rootNamespace: string): void {
  reading.always = true;
  readBelow(reading, node, rootNamespace);
  reading.always = false;
}

function readBelow(reading: Reading, node: XmlNode, rootNamespace: string): void {
  readElement(reading, node);
  if (opaque.has(node.local)) return;
  checkMediators(reading, node);
  // The endpoint of a template is built when an endpoint uses it, with values for its `$name`s.
  if (node.local === 'endpoint' && node.namespace === synapseNamespace && node.parent?.local !== 'template')
    checkEndpoint(reading, node);
  const before = reading.always;
  let runs = before && runsContent(node);
  const { children } = node;
  for (let index = 0; index < children.length; index += 1) {
    const inner = children[index] as XmlNode;
    if (inner.namespace !== rootNamespace && inner.namespace !== synapseNamespace) continue;
    reading.always = runs;
    if (inner.local.includes('.')) readConnectorOperation(reading, inner);
    else readBelow(reading, inner, rootNamespace);
    runs &&= !isFlow(node) || goesOn(inner);
  }
  reading.always = before;
}

function readElement(reading: Reading, node: XmlNode): void {
  readSince(reading, node);
  const rules = attributeRules.get(node.local);
  if (rules !== undefined && node.attributes.length > 0) referAll(reading, node, rules);
  const rule = effectRules.get(node.local);
  if (rule !== undefined) effect(reading, rule.type, attributeValue(node, rule.subject) ?? '', node.offset);
  readers.get(node.local)?.(reading, node);
}

function referAll(reading: Reading, node: XmlNode, rules: readonly AttributeRule[]): void {
  for (let index = 0; index < rules.length; index += 1) {
    const { attribute: name, via, relation, target, trimmed } = rules[index] as AttributeRule;
    const found = attribute(node, name);
    if (found !== undefined)
      refer(reading, {
        // A throttle looks for its policy when a message comes, a proxy service for its own when it is deployed.
        via: node.local === 'policy' && node.parent?.local === 'throttle' ? 'throttle/policy/@key' : via,
        relation,
        kind: target,
        value: trimmed ? found.value.trim() : found.value,
        offset: found.offset,
        ...givenTo(reading, node, via),
        ...(via === 'http/@uri-template' ? methodOf(node) : nothing),
      });
  }
}

const nothing = {};

/** The method that an HTTP endpoint gives its calls (`HTTPEndpoint` of wso2/wso2-synapse). */
function methodOf(node: XmlNode): { readonly method?: string } {
  const method = attributeValue(node, 'method');
  return method === undefined ? nothing : { method: share(method.toUpperCase()) };
}

/** Written so that what calls no template costs one look at a table. */
function givenTo(reading: Reading, node: XmlNode, via: string): { readonly gives?: readonly GivenValue[] } {
  const element = givers.get(via);
  return element === undefined ? nothing : { gives: givenBy(reading, node, element) };
}

/** What else is read of an element, by its name; a literal URL may stand in some as a plain value. */
const readers: ReadonlyMap<string, (reading: Reading, node: XmlNode) => void> = new Map([
  ['endpoint', readEndpointExpression],
  ['endpoints', readEndpointExpression],
  ['dsName', readDataSource],
  ['url', readUrl],
  ...['property', 'header', 'variable', 'with-param', 'parameter'].map((name) => [name, readValue] as const),
  ['address', readSink],
  ['wsdl', readDescription],
  ['script', readScript],
  ['enableAddressing', readAddressing],
  ['serverPushSequence', readPushSequence],
]);

/** With a class of its own for JNDI, it is the data source of another server (`AbstractDBMediatorFactory`). */
function readDataSource(reading: Reading, { parent, text, offset }: XmlNode): void {
  if (parent === undefined || child(parent, 'icClass') === undefined)
    refer(reading, { via: 'dsName', relation: 'uses', kind: 'data-source', value: text.trim(), offset });
}

function readUrl(reading: Reading, { parent, text, offset }: XmlNode): void {
  if (parent?.local === 'pool') databaseEffect(reading, text, offset);
}

/** EndpointDefinitionFactory.java:102 of wso2/wso2-synapse reads the text "true". */
function readAddressing(reading: Reading, node: XmlNode): void {
  if (attributeValue(node, 'separateListener')?.trim().toLowerCase() === 'true')
    effect(reading, 'separate-listener', '', node.offset);
}

function readPushSequence(reading: Reading, { text, offset }: XmlNode): void {
  refer(reading, { via: 'serverPushSequence', relation: 'uses', kind: 'sequence', value: text.trim(), offset });
}

// Bounded, so that a hostile script cannot make the search quadratic.
const writingCalls =
  /(?:\.(?:newResource|newNonEmptyResource|updateResource)|\b(System)\.setProperty)\s{0,20}\(([^,)\n]{1,300})/g;

/**
 * What a script keeps in its pod: it gets at the registry by `mc.getConfiguration()` (CommonScriptMessageContext.java
 * and Registry.java of wso2/wso2-synapse), and at all of Java.
 */
function readScript(reading: Reading, { text, textOffset }: XmlNode): void {
  const hasRegistry = text.includes('getRegistry');
  if (!hasRegistry && !text.includes('setProperty')) return;
  for (const [call, system, argument = ''] of text.matchAll(writingCalls)) {
    if (system === undefined && !hasRegistry) continue;
    const literal = /^\s*(["'])([^"']*)\1\s*$/.exec(argument)?.[2];
    // CDATA shifts a text against its file, so the place is searched in the file itself.
    const at = reading.text.indexOf(call, textOffset);
    effect(
      reading,
      system === undefined ? 'registry-write' : 'system-property-write',
      literal ?? `{${argument.trim()}}`,
      at === -1 ? textOffset : at,
    );
  }
}

/** What an address by one of these schemes puts messages into. */
const sinks: ReadonlyMap<string, Effect['type']> = new Map([
  ['vfs', 'directory'],
  ['jms', 'queue'],
  ['rabbitmq', 'queue'],
]);

/** `<address uri="vfs:…">` puts files into a directory, `jms:` and `rabbitmq:` messages into a queue. */
function readSink(reading: Reading, node: XmlNode): void {
  const found = sinkOf(reading, attribute(node, 'uri'));
  if (found !== undefined) reading.effects.push(reading.always ? { ...found, always: true } : found);
}

/** The same for an address that an endpoint gives its template. */
function readSinksOfTemplate(reading: Reading, node: XmlNode): void {
  if (attribute(node, 'template') === undefined) return;
  const parameters = childrenNamed(node, 'parameter').map((parameter) => attribute(parameter, 'value'));
  for (const address of [attribute(node, 'uri'), ...parameters]) {
    const found = sinkOf(reading, address);
    if (found !== undefined) reading.effects.push(found);
  }
}

function sinkOf(reading: Reading, address: XmlAttribute | undefined): Effect | undefined {
  if (address === undefined) return undefined;
  const type = sinks.get(/^\s*([a-z]{3,8}):/i.exec(address.value)?.[1]?.toLowerCase() ?? '');
  return type === undefined ? undefined : effectOf(reading, type, address.value.trim(), address.offset);
}

/** An endpoint by WSDL, which `WSDLEndpointFactory` reads while the artifact around it is deployed. */
function readDescription(reading: Reading, node: XmlNode): void {
  const uri = attribute(node, 'uri');
  if (uri !== undefined && node.parent?.local === 'endpoint' && node.namespace === synapseNamespace)
    effect(reading, 'wsdl', withoutCredentials(uri.value.trim()), uri.offset);
}

/**
 * `<endpoint key-expression>` is decided at run time; `<endpoints value>` of a recipient list is a list of addresses or
 * an expression.
 */
function readEndpointExpression(reading: Reading, node: XmlNode): void {
  readSinksOfTemplate(reading, node);
  const expression = attribute(node, 'key-expression');
  if (expression !== undefined)
    refer(reading, {
      via: 'endpoint/@key-expression',
      relation: 'uses',
      kind: 'endpoint',
      value: `{${expression.value}}`,
      offset: expression.offset,
    });
  const list = node.local === 'endpoints' ? attribute(node, 'value') : undefined;
  for (const address of list?.value.split(',') ?? [])
    refer(reading, {
      via: 'endpoints/@value',
      relation: 'uses',
      kind: 'address',
      value: address,
      offset: list?.offset ?? node.offset,
    });
}

function readValue(reading: Reading, node: XmlNode): void {
  const scope = node.local === 'property' ? attributeValue(node, 'scope') : undefined;
  // PropertyMediator.java of wso2/wso2-synapse removes nothing in these two scopes.
  if ((scope === 'registry' || scope === 'system') && attributeValue(node, 'action') !== 'remove') {
    effect(
      reading,
      scope === 'registry' ? 'registry-write' : 'system-property-write',
      attributeValue(node, 'name') ?? '',
      node.offset,
    );
  }
  const value = attribute(node, 'value');
  if (value !== undefined && node.local === 'property' && attributeValue(node, 'name') === targetOfMessage.property)
    refer(reading, {
      via: targetOfMessage.via,
      relation: 'uses',
      kind: 'endpoint',
      value: value.value,
      offset: value.offset,
    });
  if (value !== undefined && isLocalAddress(value.value))
    refer(reading, {
      via: `${node.local}/@value`,
      relation: 'uses',
      kind: 'address',
      value: value.value,
      offset: value.offset,
    });
  noteConstant(reading, node);
}

/** What may name something: no number, address, text of several words or part of a protocol. */
const nameLike = /^(?=.*\p{L})(?!(?:true|false|text|application|image|multipart)\b|\w+:\/\/)[^\s{}$<>"'=?;]{2,200}$/iu;
/** Settings of MI, such as `HTTP_SC`, and those that everybody writes. */
const setting = /^[A-Z][A-Z\d_.]*$|^(?:messageType|ContentType|Action|uri\.var\..*)$/;

/** Notes a constant that a flow gives a message, by which something behind it may find its target. */
function noteConstant(reading: Reading, node: XmlNode): void {
  if (node.local !== 'property' && node.local !== 'variable') return;
  const [name, found] = [attributeValue(node, 'name'), attribute(node, 'value') ?? attribute(node, 'expression')];
  if (name === undefined || found === undefined || setting.test(name)) return;
  const value = found.name === 'value' ? found.value : textOf(found.value);
  if (value === undefined || !nameLike.test(value)) return;
  const scope = attributeValue(node, 'scope') ?? 'default';
  if ((scope !== 'default' && scope !== 'synapse') || node.namespace !== synapseNamespace) return;
  reading.sets.push({
    name: share(`${node.local === 'property' ? 'ctx' : 'var'}:${name}`),
    via: share(`${node.local}[@name="${name}"]`),
    value: own(value),
    source: reading.locate(found.offset),
  });
}

/** The text that an expression of XPath or Synapse is, and nothing else: `'Orders'`, `${'Orders'}`. */
function textOf(expression: string): string | undefined {
  return literalIn(expression.startsWith('$') ? expression.slice(1) : `{${expression}}`);
}

/** Finds every use of the registry in expressions, payload templates included. */
export function readRegistryUses(reading: Reading, node: XmlNode): void {
  if (!reading.mentionsRegistry) return;
  for (const { name, value, offset } of node.attributes) {
    for (const use of registryUses(value)) registryRead(reading, share(`${node.local}/@${name}`), use, offset);
  }
  if (node.text !== '') {
    let from = node.textOffset;
    for (const use of registryUses(node.text)) {
      // Entities and CDATA shift a text against its file, so the place is searched in the file itself.
      const at = reading.text.indexOf(use.head, from);
      if (at !== -1) from = at + 1;
      registryRead(reading, share(`${node.local}/text()`), use, at === -1 ? node.textOffset : at);
    }
  }
  for (const inner of node.children) readRegistryUses(reading, inner);
}

function registryRead(reading: Reading, via: string, { scope, key, dynamic, head }: RegistryUse, offset: number): void {
  if (key === '') return;
  const subject = dynamic ? `{${key}}` : key;
  if (scope === 'system') {
    effect(reading, 'system-property-read', subject, offset);
    return;
  }
  reading.effects.push({
    type: 'registry-read',
    subject: own(subject),
    dynamic,
    // `registry(…)` of Synapse expressions fails instead (PredefinedFunctionNode.java of wso2/wso2-synapse).
    ...(head === 'get-property(' ? { orEmpty: true } : {}),
    source: reading.locate(offset),
  });
  refer(reading, { via, relation: 'uses', kind: 'resource', value: subject, offset });
}
