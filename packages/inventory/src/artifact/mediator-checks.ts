import type { XmlAttribute } from '../xml/attribute.ts';
import { attribute, attributeValue, type XmlNode } from '../xml/tree.ts';
import type { Reading } from './reading.ts';
import {
  allows,
  blank,
  type Check,
  checkAll,
  each,
  eachHas,
  lacks,
  needs,
  needsChild,
  notBlank,
  ownChild,
  ownChildren,
  type Refusal,
  short,
} from './refused.ts';
import {
  expression,
  expressionAlone,
  faultOfPath,
  hasEither,
  isJsonEval,
  pattern,
  value as valueOf,
  valueOrExpression,
  xpath,
} from './expression-checks.ts';
import { beans } from './bean-checks.ts';
import { conditionals } from './condition-checks.ts';
import { alike, flows } from './flow-checks.ts';
import { checkScript } from './script-checks.ts';
import { declares, transformations } from './transformation-checks.ts';
import { isDynamic } from './values.ts';

/** `MediatorPropertyFactory`, as `ClassMediatorFactory` uses it, too. */
const classProperty: readonly Check[] = [
  (node) => (blank(attributeValue(node, 'name')) ? lacks('has no name', 'Write the attribute "name".') : undefined),
  valueOrExpression,
  expressionAlone,
  allows('scope', ['default', 'axis2', 'axis2-client', 'transport']),
];

/** The properties of a log, an XSLT, a JSON transformation and an endpoint. */
export const loggedProperty: readonly Check[] = [
  ...classProperty,
  (node) =>
    attributeValue(node, 'value')?.trim() === ''
      ? lacks('has an empty value', "Write the value, or the expression `''`.")
      : undefined,
];

/** `Double.parseDouble`, but for hexadecimal digits. */
const decimal = /^\s*[+-]?(?:NaN|Infinity|0[xX].*|(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?[fFdD]?)\s*$/;

/** `Integer.parseInt` and its like, of so many bits. */
const ofBits =
  (bits: number) =>
  (text: string): boolean => {
    if (!/^[+-]?\d{1,40}$/.test(text)) return false;
    const value = BigInt(text.replace('+', ''));
    return BigInt.asIntN(bits, value) === value;
  };
const isDecimal = (text: string): boolean => decimal.test(text);

/** `Enum.valueOf` of `XMLConfigConstants.DATA_TYPES`, and what Java makes of the value. */
const propertyTypes: ReadonlyMap<string, ((text: string) => boolean) | undefined> = new Map([
  ['STRING', undefined],
  ['BOOLEAN', undefined],
  ['INTEGER', ofBits(32)],
  ['LONG', ofBits(64)],
  ['SHORT', ofBits(16)],
  ['FLOAT', isDecimal],
  ['DOUBLE', isDecimal],
  ['OM', (text) => /^\s*</.test(text)],
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
  return form === undefined || form(value) || isDynamic(value)
    ? undefined
    : { type: 'holds', what: `has the value "${value}", which is no ${type}`, hint: 'Correct the value or the type.' };
}

/** `PropertyMediatorFactory`: which group of the pattern becomes the value. */
function group(node: XmlNode): Refusal | undefined {
  const found = attribute(node, 'group');
  if (found === undefined) return undefined;
  if (attributeValue(node, 'pattern') === undefined) return lacks('has a group and no pattern', 'Write the pattern.');
  return /^\+?\d+$/.test(found.value)
    ? undefined
    : {
        type: 'holds',
        what: `has the group "${short(found.value)}", which is not a whole number`,
        hint: 'Write digits only.',
        at: found.offset,
      };
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
  if (written !== undefined) {
    if (blank(written)) return lacks('has an empty xpath', 'Write the condition.');
    const refusal = filtered[0](node);
    return refusal === undefined || !isJsonEval(written)
      ? refusal
      : {
          ...refusal,
          hint: 'Write source="json-eval(…)", and what it is compared with as regex="…", in place of xpath.',
        };
  }
  return blank(attributeValue(node, 'source')) || blank(attributeValue(node, 'regex'))
    ? lacks('has no condition', 'Write the attribute "xpath", or "source" and "regex".')
    : (filtered[1](node) ?? filtered[2](node));
}

const keyed = valueOf('key');

/** `SequenceMediatorFactory`, of a sequence among mediators. */
function reference(node: XmlNode): Refusal | undefined {
  if (attributeValue(node, 'name') !== undefined) return undefined;
  const key = attributeValue(node, 'key');
  if (key === undefined) return lacks('has no key', 'Write the attribute "key".');
  if (blank(key)) return lacks('has an empty key', 'Write the name of a sequence.');
  return attributeValue(node, 'onError') === undefined
    ? keyed(node)
    : { type: 'holds', what: 'has a key and an onError', hint: 'Write onError at the sequence that the key names.' };
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

const [least, most] = [valueOf('min'), valueOf('max')];

function counted(node: XmlNode): Refusal | undefined {
  const complete = ownChild(node, 'completeCondition');
  return complete === undefined ? undefined : each('messageCount', (count) => least(count) ?? most(count))(complete);
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

/** `ThrottleMediatorFactory`. */
function policy(node: XmlNode): Refusal | undefined {
  return attributeValue(node, 'key') === '' ? lacks('has a policy with an empty key', 'Write the key.') : undefined;
}

const attachPath = xpath('attachPath');

/** `IterateMediatorFactory`. */
function attached(node: XmlNode): Refusal | undefined {
  return attributeValue(node, 'attachPath') === undefined ||
    attributeValue(node, 'preservePayload')?.toLowerCase() === 'true'
    ? attachPath(node)
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
      expressionAlone,
      convertible,
      pattern('pattern'),
      group,
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
  ['filter', [condition, each('then', notBlank('sequence')), each('else', notBlank('sequence'))]],
  ['switch', [needs('source'), xpath('source'), eachHas('case', 'regex'), each('case', pattern('regex'))]],
  ['sequence', [reference]],
  [
    'call-template',
    [
      needs('target', 'filled'),
      eachHas('with-param', 'value'),
      each('with-param', valueOf('value')),
      // MI passes over one without a name.
      each('with-param', (node) => (attributeValue(node, 'name') === '' ? needs('name', 'filled')(node) : undefined)),
    ],
  ],
  ['class', [needs('name', 'filled')]],
  ['transaction', [needs('action')]],
  [
    'iterate',
    [needs('expression'), expression, needsChild('target'), attached, alike, each('target', notBlank('sequence'))],
  ],
  ['foreach', [loop, notBlank('sequence')]],
  [
    'aggregate',
    [
      completion,
      counted,
      each('correlateOn', expression),
      each('onComplete', expression),
      each('onComplete', notBlank('sequence')),
    ],
  ],
  ['dblookup', database],
  ['dbreport', database],
  ['throttle', [needs('id', 'filled'), each('policy', policy), notBlank('onAccept', 'onReject')]],
  ...beans,
  ...conditionals,
  ...flows,
  ...transformations,
]);

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

/** What is asked of the properties that are children of a mediator. */
const properties: ReadonlyMap<string, readonly Check[]> = new Map([
  ['log', loggedProperty],
  ['xslt', loggedProperty],
  ['jsontransform', loggedProperty],
  ['class', classProperty],
]);

/** Tells of what MI refuses in a mediator, and in the properties that are its children. */
export function checkMediator(reading: Reading, node: XmlNode): void {
  if (node.local === 'property' && isPlainProperty(node)) return;
  const checks = mediators.get(node.local);
  if (checks !== undefined) checkAll(reading, node, subjectOf, checks);
  if (node.local === 'header' || node.local === 'makefault')
    checkAll(reading, node, subjectOf, [(header) => declares(header, reading.text)]);
  if (node.local === 'script') checkScript(reading, node);
  const ofProperties = properties.get(node.local);
  if (ofProperties !== undefined)
    for (const property of ownChildren(node, 'property'))
      if (!isPlainProperty(property))
        checkAll(reading, property, () => `A property of the mediator \`${node.local}\``, ofProperties);
  if (node.local === 'propertyGroup')
    for (const property of ownChildren(node, 'property')) checkMediator(reading, property);
}

function subjectOf({ local }: XmlNode): string {
  return `The mediator \`${local}\``;
}
