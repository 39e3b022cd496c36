import type { XmlAttribute } from '../xml/attribute.ts';
import { attributeValue, type XmlNode } from '../xml/tree.ts';
import { type Reading, synapseNamespace } from './reading.ts';
import {
  allows,
  type Check,
  checkAll,
  needs,
  needsChild,
  ownChild,
  ownChildren,
  type Refusal,
  short,
} from './refused.ts';
import { faultOfPath, pattern, xpath } from './expression-checks.ts';
import { isDynamic } from './values.ts';

/** A text without anything but blanks counts as none for some factories. */
const blank = (value: string | undefined): boolean => value === undefined || value.trim() === '';

const lacks = (what: string, hint: string): Refusal => ({ type: 'lacks', what, hint });

/** `MediatorPropertyFactory`: the properties of a log, an XSLT, a JSON transformation and an endpoint. */
export const loggedProperty: readonly Check[] = [
  (node) => (blank(attributeValue(node, 'name')) ? lacks('has no name', 'Write the attribute "name".') : undefined),
  valueOrExpression,
  (node) =>
    attributeValue(node, 'value')?.trim() === ''
      ? lacks('has an empty value', "Write the value, or the expression `''`.")
      : undefined,
  expressionAlone,
  allows('scope', ['default', 'axis2', 'axis2-client', 'transport']),
];

function valueOrExpression(node: XmlNode): Refusal | undefined {
  return hasEither(node) || node.children.length > 0
    ? undefined
    : lacks('has neither a value nor an expression', 'Write the attribute "value" or "expression".');
}

const expression = xpath('expression');

/** MI does not look at an expression beside a value. */
function expressionAlone(node: XmlNode): Refusal | undefined {
  return attributeValue(node, 'value') === undefined ? expression(node) : undefined;
}

/** `Enum.valueOf` of `XMLConfigConstants.DATA_TYPES`, and what Java makes of the value. */
const propertyTypes: ReadonlyMap<string, RegExp | undefined> = new Map([
  ['STRING', undefined],
  ['BOOLEAN', undefined],
  ['INTEGER', /^[+-]?\d+$/],
  ['LONG', /^[+-]?\d+$/],
  ['SHORT', /^[+-]?\d+$/],
  ['FLOAT', undefined],
  ['DOUBLE', undefined],
  ['OM', undefined],
  ['JSON', undefined],
]);

/** A property with a literal value has it converted while it is deployed, one with an expression at run time. */
function convertible(node: XmlNode): Refusal | undefined {
  const type = attributeValue(node, 'type');
  const value = attributeValue(node, 'value');
  if (type === undefined || value === undefined) return undefined;
  const form = propertyTypes.get(type);
  if (!propertyTypes.has(type))
    return {
      type: 'holds',
      what: `has the type "${type}"`,
      hint: `Write one of ${[...propertyTypes.keys()].join(', ')}.`,
    };
  return form === undefined || form.test(value) || isDynamic(value)
    ? undefined
    : { type: 'holds', what: `has the value "${value}", which is no ${type}`, hint: 'Correct the value or the type.' };
}

/** Headers of SOAP that need no namespace (`HeaderMediatorFactory`). */
const addressing: ReadonlySet<string> = new Set(['To', 'From', 'Action', 'FaultTo', 'ReplyTo', 'RelatesTo']);

function qualified(node: XmlNode): Refusal | undefined {
  const name = attributeValue(node, 'name');
  if (name === undefined)
    return node.children.length > 0 ? undefined : lacks('has no name', 'Write the attribute "name".');
  const scope = attributeValue(node, 'scope');
  if ((scope !== undefined && scope !== 'default') || name.includes(':') || addressing.has(name)) return undefined;
  return {
    type: 'holds',
    what: `has the name "${name}", which is no SOAP header without a namespace`,
    hint: 'Write scope="transport" for a header of HTTP, or a name with a prefix.',
  };
}

const removes = (node: XmlNode): boolean => attributeValue(node, 'action') === 'remove';

const filtered = [xpath('xpath'), xpath('source'), pattern('regex')] as const;

/** `FilterMediatorFactory`. */
function condition(node: XmlNode): Refusal | undefined {
  const written = attributeValue(node, 'xpath');
  if (written !== undefined)
    return blank(written) ? lacks('has an empty xpath', 'Write the condition.') : filtered[0](node);
  return blank(attributeValue(node, 'source')) || blank(attributeValue(node, 'regex'))
    ? lacks('has no condition', 'Write the attribute "xpath", or "source" and "regex".')
    : (filtered[1](node) ?? filtered[2](node));
}

/** `SequenceMediatorFactory`, of a sequence among mediators. */
function reference(node: XmlNode): Refusal | undefined {
  if (attributeValue(node, 'name') !== undefined) return undefined;
  if (attributeValue(node, 'key') === undefined) return lacks('has no key', 'Write the attribute "key".');
  return attributeValue(node, 'onError') === undefined
    ? undefined
    : { type: 'holds', what: 'has a key and an onError', hint: 'Write onError at the sequence that the key names.' };
}

/** The attribute that says more about a source or target of a type. */
const enrichedBy: ReadonlyMap<string, string> = new Map([
  ['property', 'property'],
  ['custom', 'xpath'],
  ['key', 'xpath'],
]);

const path = xpath('xpath');

function content(part: XmlNode): Refusal | undefined {
  return part.children.length > 0 || !blank(part.text) || attributeValue(part, 'key') !== undefined
    ? undefined
    : lacks('has a source of the type inline without content', 'Write the content, or the attribute "key".');
}

/** `EnrichMediatorFactory`: what the type of a source or target asks for. */
function enrichment(child: string): Check {
  return (node) => {
    const part = ownChild(node, child);
    if (part === undefined) return lacks(`has no element "${child}"`, `Add the element "${child}".`);
    const type = attributeValue(part, 'type') ?? 'custom';
    const wanted = enrichedBy.get(type);
    if (wanted === undefined) return child === 'source' && type === 'inline' ? content(part) : undefined;
    if (attributeValue(part, wanted) !== undefined) return wanted === 'xpath' ? path(part) : undefined;
    return lacks(
      `has a ${child} of the type ${type} without the attribute "${wanted}"`,
      `Write the attribute "${wanted}".`,
    );
  };
}

/** Types of a source and a target that do not go together; without one it is `custom`, but only of a source. */
const unlike: ReadonlySet<string> = new Set([
  'envelope custom',
  'envelope envelope',
  'envelope body',
  'body envelope',
  'body body',
  'custom envelope',
]);

/** `EnrichMediatorFactory.validateTypeCombination`. */
function combination(node: XmlNode): Refusal | undefined {
  const [source, target] = [ownChild(node, 'source'), ownChild(node, 'target')];
  if (source === undefined || target === undefined) return undefined;
  const from = attributeValue(source, 'type') ?? 'custom';
  const to = attributeValue(target, 'type');
  return unlike.has(`${from} ${to}`)
    ? { type: 'holds', what: `puts the ${from} into the ${to}`, hint: 'Choose another source or target.' }
    : (allows('type', ['custom', 'envelope', 'body', 'property', 'inline', 'key'])(source) ??
        allows('type', ['custom', 'envelope', 'body', 'property', 'key'])(target) ??
        allows('action', ['replace', 'child', 'sibling', 'remove'])(target));
}

const argumentAlone = xpath('expression', 'alone');

/** `PayloadFactoryMediatorFactory`. */
function argumentsOf(node: XmlNode): Refusal | undefined {
  for (const argument of ownChild(node, 'args')?.children ?? []) {
    if (attributeValue(argument, 'value') !== undefined) continue;
    if (blank(attributeValue(argument, 'expression')))
      return {
        ...lacks('has an argument with neither a value nor an expression', 'Write one of the two.'),
        at: argument.offset,
      };
    const refusal = attributeValue(argument, 'evaluator') === 'json' ? undefined : argumentAlone(argument);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/** Each child of this name passes a check. */
function each(child: string, check: Check): Check {
  return (node) => {
    for (const inner of node.children) {
      const refusal = inner.local === child && inner.namespace === synapseNamespace ? check(inner) : undefined;
      if (refusal !== undefined) return { at: inner.offset, ...refusal };
    }
    return undefined;
  };
}

/** Each child of this name has the attribute. */
function eachHas(child: string, name: string): Check {
  return each(child, (inner) =>
    attributeValue(inner, name) === undefined
      ? lacks(`has a "${child}" without the attribute "${name}"`, `Write the attribute "${name}".`)
      : undefined,
  );
}

/** `ForEachMediatorFactory`; with a `collection` it is another mediator (MI 4.4 and later). */
function loop(node: XmlNode): Refusal | undefined {
  if (!blank(attributeValue(node, 'collection'))) return undefined;
  if (attributeValue(node, 'expression') === undefined)
    return lacks('has no attribute "expression"', 'Write the attribute "expression".');
  const sequence = attributeValue(node, 'sequence') === undefined ? ownChild(node, 'sequence') : undefined;
  const sender = sequence?.children.find(({ local }) => local === 'call' || local === 'send' || local === 'callout');
  return sender === undefined
    ? expression(node)
    : {
        type: 'holds',
        what: `has the mediator \`${sender.local}\` in its sequence`,
        hint: 'Use the mediator `iterate`, or put the call into a sequence of its own.',
        at: sender.offset,
      };
}

/** `AggregateMediatorFactory`. */
function completion(node: XmlNode): Refusal | undefined {
  const timeout = ownChild(node, 'completeCondition');
  const seconds = timeout === undefined ? undefined : attributeValue(timeout, 'timeout');
  return seconds === undefined || /^[+-]?\d{1,18}$/.test(seconds) || isDynamic(seconds)
    ? undefined
    : {
        type: 'holds',
        what: `has the timeout "${short(seconds)}", which is not a whole number`,
        hint: 'Write the timeout in seconds, without a unit or blanks.',
        at: timeout?.offset ?? node.offset,
      };
}

const pathAlone = xpath('xpath', 'alone');

/** `CalloutMediatorFactory`. */
function carried(child: string): Check {
  return each(child, (part) => {
    if (child === 'source' && attributeValue(part, 'type') === 'envelope') return undefined;
    if (attributeValue(part, 'xpath') !== undefined) return pathAlone(part);
    return attributeValue(part, 'key') === undefined
      ? lacks(`has a ${child} with neither an xpath nor a key`, 'Write one of the two.')
      : undefined;
  });
}

/** Types of `java.sql.Types` as `Statement.addParameter` knows them. */
const columnTypes = [
  'CHAR', 'VARCHAR', 'LONGVARCHAR', 'NUMERIC', 'DECIMAL', 'BIT', 'TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT', 'REAL', 'FLOAT',
  'DOUBLE', 'DATE', 'TIME', 'TIMESTAMP',
]; // prettier-ignore

/** `AbstractDBMediatorFactory`, of `dblookup` and `dbreport`. */
const database: readonly Check[] = [
  (node) => {
    const connection = ownChild(node, 'connection');
    const pool = connection === undefined ? undefined : ownChild(connection, 'pool');
    if (pool === undefined) return lacks('has no connection', 'Add `<connection><pool>`, and in it a dsName.');
    if (ownChild(pool, 'dsName') !== undefined) return undefined;
    if (ownChild(pool, 'driver') === undefined)
      return lacks('has a pool with neither a dsName nor a driver', 'Add one of the two.');
    const missing = ['url', 'user', 'password'].find((name) => ownChild(pool, name) === undefined);
    return missing === undefined
      ? undefined
      : lacks(`has a pool without the element "${missing}"`, `Add the element "${missing}".`);
  },
  each('statement', needsChild('sql')),
  each(
    'statement',
    each('result', (result) => needs('name')(result) ?? needs('column')(result)),
  ),
  each(
    'statement',
    each('parameter', (parameter) =>
      hasEither(parameter)
        ? (needs('type')(parameter) ?? allows('type', columnTypes)(parameter) ?? expression(parameter))
        : undefined,
    ),
  ),
];

/** `ValidateMediatorFactory`. */
function onFail(node: XmlNode): Refusal | undefined {
  return (ownChild(node, 'on-fail')?.children.length ?? 0) > 0
    ? undefined
    : lacks('has no mediators in "on-fail"', 'Say there what is to be done with a message that is not valid.');
}

/** `IterateMediatorFactory`. */
function attached(node: XmlNode): Refusal | undefined {
  return attributeValue(node, 'attachPath') === undefined ||
    attributeValue(node, 'preservePayload')?.toLowerCase() === 'true'
    ? undefined
    : { type: 'holds', what: 'has an attachPath', hint: 'Write preservePayload="true", or remove the attachPath.' };
}

/** `LogMediatorFactory`; one with `logFullPayload` does not look at its level (MI 4.4 and later). */
function level(node: XmlNode): Refusal | undefined {
  return attributeValue(node, 'logFullPayload')?.toLowerCase() === 'true'
    ? undefined
    : allows('level', ['simple', 'headers', 'full', 'custom'])(node);
}

/** `JSONTransformMediatorFactory`. */
function transformed(node: XmlNode): Refusal | undefined {
  return attributeValue(node, 'schema') !== undefined || ownChild(node, 'property') !== undefined
    ? undefined
    : lacks('has neither a schema nor a property', 'Write the attribute "schema", or add a "property".');
}

/**
 * What the factories of wso2/wso2-synapse (v4.0.0-wso2v119 and v4.1.0-wso2v67, `config/xml`) refuse in a mediator,
 * whatever its flow does. Seen on MI 4.3.0.
 */
const mediators: ReadonlyMap<string, readonly Check[]> = new Map([
  [
    'property',
    [
      needs('name', 'filled'),
      (node) => (removes(node) ? undefined : valueOrExpression(node)),
      expressionAlone,
      convertible,
      pattern('pattern'),
      allows('scope', [
        'default', 'axis2', 'axis2-client', 'transport', 'operation', 'registry', 'system', 'analytics', 'trace',
      ]), // prettier-ignore
    ],
  ],
  [
    'header',
    [
      qualified,
      (node) =>
        removes(node) || attributeValue(node, 'name') === undefined || hasEither(node)
          ? undefined
          : lacks('has neither a value nor an expression', 'Write the attribute "value" or "expression".'),
      expressionAlone,
      allows('scope', ['default', 'transport']),
    ],
  ],
  [
    'log',
    [
      level,
      allows('category', ['INFO', 'TRACE', 'DEBUG', 'WARN', 'ERROR', 'FATAL'], (value) => value.trim().toUpperCase()),
    ],
  ],
  ['filter', [condition]],
  ['switch', [needs('source'), xpath('source'), eachHas('case', 'regex'), each('case', pattern('regex'))]],
  ['sequence', [reference]],
  ['call-template', [needs('target', 'filled'), eachHas('with-param', 'value')]],
  ['store', [needs('messageStore')]],
  ['validate', [needsChild('schema'), eachHas('schema', 'key'), onFail, xpath('source')]],
  ['script', [needs('language')]],
  ['xslt', [needs('key'), xpath('source', 'alone')]],
  ['class', [needs('name')]],
  ['transaction', [needs('action')]],
  ['iterate', [needs('expression'), expression, needsChild('target'), attached]],
  ['foreach', [loop]],
  ['aggregate', [completion, each('correlateOn', expression), each('onComplete', expression)]],
  ['callout', [carried('source'), carried('target')]],
  ['dblookup', database],
  ['dbreport', database],
  ['throttle', [needs('id', 'filled')]],
  ['jsontransform', [transformed]],
  ['enrich', [enrichment('source'), enrichment('target'), combination]],
  ['payloadFactory', [needsChild('format'), argumentsOf]],
]);

function hasEither(node: XmlNode): boolean {
  return attributeValue(node, 'value') !== undefined || attributeValue(node, 'expression') !== undefined;
}

/** Scopes that both a property and one in a log or an XSLT may have. */
const commonScopes: ReadonlySet<string> = new Set(['default', 'axis2', 'axis2-client', 'transport']);

/**
 * True for the kind of property that files are full of: no rule finds anything in it. Asking each of them took a tenth
 * of the processor time of reading 1,000 artifacts.
 */
function isPlainProperty({ attributes }: XmlNode): boolean {
  let isNamed = false;
  let hasValue = false;
  for (let index = 0; index < attributes.length; index += 1) {
    const { name, value } = attributes[index] as XmlAttribute;
    if (name === 'name') isNamed = !blank(value);
    else if (name === 'value') hasValue = value.length > 0 && !blank(value);
    else if (name === 'expression') hasValue = faultOfPath(value) === undefined;
    else if (!(name === 'scope' && commonScopes.has(value)) && !(name === 'type' && value === 'STRING')) return false;
  }
  return isNamed && hasValue;
}

/** Tells of what MI refuses in a mediator, and in the properties that are its children. */
export function checkMediator(reading: Reading, node: XmlNode): void {
  if (node.local === 'property' && isPlainProperty(node)) return;
  const checks = mediators.get(node.local);
  if (checks !== undefined) checkAll(reading, node, subjectOf, checks);
  if (node.local === 'log' || node.local === 'xslt' || node.local === 'jsontransform')
    for (const property of ownChildren(node, 'property'))
      if (!isPlainProperty(property))
        checkAll(reading, property, () => `A property of the mediator \`${node.local}\``, loggedProperty);
  if (node.local === 'propertyGroup')
    for (const property of ownChildren(node, 'property')) checkMediator(reading, property);
}

function subjectOf({ local }: XmlNode): string {
  return `The mediator \`${local}\``;
}
