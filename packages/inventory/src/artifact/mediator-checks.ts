import { attributeValue, type XmlNode } from '../xml/tree.ts';
import { type Reading, synapseNamespace } from './reading.ts';
import { allows, type Check, checkAll, needs, needsChild, ownChild, ownChildren, type Refusal } from './refused.ts';
import { isDynamic } from './values.ts';

/** A text without anything but blanks counts as none for some factories. */
const blank = (value: string | undefined): boolean => value === undefined || value.trim() === '';

const lacks = (what: string, hint: string): Refusal => ({ type: 'lacks', what, hint });

/** `MediatorPropertyFactory`: the properties of a log, an XSLT and a call of a class. */
const loggedProperty: readonly Check[] = [
  (node) => (blank(attributeValue(node, 'name')) ? lacks('has no name', 'Write the attribute "name".') : undefined),
  valueOrExpression,
  allows('scope', ['default', 'axis2', 'axis2-client', 'transport']),
];

function valueOrExpression(node: XmlNode): Refusal | undefined {
  return hasEither(node) || node.children.length > 0
    ? undefined
    : lacks('has neither a value nor an expression', 'Write the attribute "value" or "expression".');
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

/** `FilterMediatorFactory`. */
function condition(node: XmlNode): Refusal | undefined {
  const xpath = attributeValue(node, 'xpath');
  if (xpath !== undefined) return blank(xpath) ? lacks('has an empty xpath', 'Write the condition.') : undefined;
  return blank(attributeValue(node, 'source')) || blank(attributeValue(node, 'regex'))
    ? lacks('has no condition', 'Write the attribute "xpath", or "source" and "regex".')
    : undefined;
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

/** `EnrichMediatorFactory`: what the type of a source or target asks for. */
function enrichment(child: string): Check {
  return (node) => {
    const part = ownChild(node, child);
    if (part === undefined) return lacks(`has no element "${child}"`, `Add the element "${child}".`);
    const type = attributeValue(part, 'type') ?? 'custom';
    const wanted = enrichedBy.get(type);
    return wanted === undefined || attributeValue(part, wanted) !== undefined
      ? undefined
      : lacks(
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

/** `PayloadFactoryMediatorFactory`. */
function argumentsOf(node: XmlNode): Refusal | undefined {
  const list = ownChild(node, 'args');
  const empty = list?.children.find(
    (argument) => attributeValue(argument, 'value') === undefined && blank(attributeValue(argument, 'expression')),
  );
  return empty === undefined
    ? undefined
    : { ...lacks('has an argument with neither a value nor an expression', 'Write one of the two.'), at: empty.offset };
}

/** Each child of this name has the attribute. */
function eachHas(child: string, name: string): Check {
  return (node) => {
    const without = node.children.find(
      (inner) =>
        inner.local === child && inner.namespace === synapseNamespace && attributeValue(inner, name) === undefined,
    );
    return without === undefined
      ? undefined
      : {
          ...lacks(`has a "${child}" without the attribute "${name}"`, `Write the attribute "${name}".`),
          at: without.offset,
        };
  };
}

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
      convertible,
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
  ['switch', [needs('source'), eachHas('case', 'regex')]],
  ['sequence', [reference]],
  ['call-template', [needs('target', 'filled'), eachHas('with-param', 'value')]],
  ['store', [needs('messageStore')]],
  ['validate', [needsChild('schema'), eachHas('schema', 'key'), onFail]],
  ['script', [needs('language')]],
  ['xslt', [needs('key')]],
  ['class', [needs('name')]],
  ['transaction', [needs('action')]],
  ['iterate', [needs('expression'), needsChild('target'), attached]],
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
  for (const { name, value } of attributes) {
    if (name === 'name') isNamed = !blank(value);
    else if (name === 'value' || name === 'expression') hasValue = true;
    else if (!(name === 'scope' && commonScopes.has(value)) && !(name === 'type' && value === 'STRING')) return false;
  }
  return isNamed && hasValue;
}

/** Tells of what MI refuses in a mediator, and in the properties that are its children. */
export function checkMediator(reading: Reading, node: XmlNode): void {
  if (node.local === 'property' && isPlainProperty(node)) return;
  const checks = mediators.get(node.local);
  if (checks !== undefined) checkAll(reading, node, subjectOf, checks);
  if (node.local === 'log' || node.local === 'xslt')
    for (const property of ownChildren(node, 'property'))
      if (!isPlainProperty(property))
        checkAll(reading, property, () => `A property of the mediator \`${node.local}\``, loggedProperty);
  if (node.local === 'propertyGroup')
    for (const property of ownChildren(node, 'property')) checkMediator(reading, property);
}

function subjectOf({ local }: XmlNode): string {
  return `The mediator \`${local}\``;
}
