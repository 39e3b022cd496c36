import { attribute, attributeValue, type XmlNode } from '../xml/tree.ts';
import { faultOfFreeMarker } from './freemarker.ts';
import { isNoUri } from './values.ts';
import { compiled, faultOfJson, hasEither, value, xpath } from './expression-checks.ts';
import {
  allows,
  blank,
  type Check,
  each,
  eachHas,
  holds,
  lacks,
  needs,
  needsChild,
  ownChild,
  type Refusal,
  short,
} from './refused.ts';

const keyed = value('key');

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
const argumentOfJson = compiled('expression', 'JSONPath expression', faultOfJson);

/** `PayloadFactoryMediatorFactory`. */
function argumentsOf(node: XmlNode): Refusal | undefined {
  for (const argument of ownChild(node, 'args')?.children ?? []) {
    if (attributeValue(argument, 'value') !== undefined) continue;
    if (blank(attributeValue(argument, 'expression')))
      return {
        ...lacks('has an argument with neither a value nor an expression', 'Write one of the two.'),
        at: argument.offset,
      };
    const refusal = (attributeValue(argument, 'evaluator') === 'json' ? argumentOfJson : argumentAlone)(argument);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

function isFreeMarker(node: XmlNode): boolean {
  return attributeValue(node, 'template-type')?.toLowerCase() === 'freemarker';
}

/** `FreeMarkerTemplateProcessor`; a template that lies elsewhere is compiled when a message comes. */
function filled(node: XmlNode): Refusal | undefined {
  if (!isFreeMarker(node)) return undefined;
  const format = ownChild(node, 'format');
  if (format === undefined || attributeValue(format, 'key') !== undefined) return undefined;
  const fault = faultOfFreeMarker(format.text);
  return fault === undefined
    ? undefined
    : holds(
        `has a format that is not a valid FreeMarker template: ${fault}`,
        'Correct the template.',
        format.textOffset,
      );
}

/** `ValidateMediatorFactory`. */
function onFail(node: XmlNode): Refusal | undefined {
  return (ownChild(node, 'on-fail')?.children.length ?? 0) > 0
    ? undefined
    : lacks('has no mediators in "on-fail"', 'Say there what is to be done with a message that is not valid.');
}

/** `JSONTransformMediatorFactory`. */
function transformed(node: XmlNode): Refusal | undefined {
  return attributeValue(node, 'schema') !== undefined || ownChild(node, 'property') !== undefined
    ? undefined
    : lacks('has neither a schema nor a property', 'Write the attribute "schema", or add a "property".');
}

/** A feature of a validator or of XSLT. */
const features: readonly Check[] = [
  eachHas('feature', 'name'),
  eachHas('feature', 'value'),
  each('feature', allows('value', ['true', 'false'])),
];

/** `ResourceMapFactory`: what a schema or an XSLT imports. */
const imports: readonly Check[] = [eachHas('resource', 'location'), eachHas('resource', 'key')];

/** Names that people give to a language for which MI has another name, or none (`ScriptMediator.initScriptEngine`). */
const noLanguage =
  /^(?:java_?script|ecma_?script|nashorn|rhino|graal|ruby|jruby|python|jython)$|^(?!js$|groovy$)(?:js|groovy)$/i;

function language(node: XmlNode): Refusal | undefined {
  const found = attribute(node, 'language');
  return found !== undefined && noLanguage.test(found.value)
    ? {
        type: 'holds',
        what: `has the language "${found.value}"`,
        hint: 'Write js, rhinoJs, nashornJs, groovy or rb.',
        at: found.offset,
      }
    : undefined;
}

/** `XQueryMediatorFactory`. */
const variableTypes = [
  '', 'INT', 'INTEGER', 'BOOLEAN', 'BYTE', 'DOUBLE', 'SHORT', 'LONG', 'FLOAT', 'STRING', 'DOCUMENT', 'ELEMENT',
]; // prettier-ignore

const target = xpath('target', 'alone');

/** It looks at the expression of a variable with a name and a type, and without a value. */
function queried(variable: XmlNode): Refusal | undefined {
  const has = (name: string): boolean => !blank(attributeValue(variable, name));
  return has('name') && has('type') && has('expression') && !has('value') ? argumentAlone(variable) : undefined;
}

/** `FaultMediatorFactory`; the code of a SOAP fault has a prefix, which {@link declares} looks up. */
const fault: readonly Check[] = [
  allows('version', ['soap11', 'soap12', 'pox']),
  allows('response', ['true', 'false']),
  (node) =>
    attributeValue(node, 'version') === 'pox' ? undefined : (needsChild('code')(node) ?? needsChild('reason')(node)),
  each('code', valueOrExpressionOf('code')),
  each('reason', valueOrExpressionOf('reason')),
  each('code', code),
  each('code', xpath('expression', 'alone')),
  each('reason', xpath('expression', 'alone')),
  (node) => (attributeValue(node, 'version') === 'soap11' ? undefined : each('node', address)(node)),
  each('role', address),
  each('detail', xpath('expression', 'alone')),
];

/** The node and the role of a fault are URIs. */
function address({ local, text, textOffset }: XmlNode): Refusal | undefined {
  return isNoUri(text)
    ? holds(
        `has the ${local} "${short(text)}", which is no URI`,
        'Correct the URI; MI resolves no expression here.',
        textOffset,
      )
    : undefined;
}

const codesOfSoap11 = ['VersionMismatch', 'MustUnderstand', 'Client', 'Server'];
const codesOfSoap12 = ['VersionMismatch', 'MustUnderstand', 'DataEncodingUnknown', 'Sender', 'Receiver'];

/** The code is one of its SOAP version: 1.1 where none is written, 1.2 also of a fault without SOAP (`pox`). */
function code(node: XmlNode): Refusal | undefined {
  const found = attribute(node, 'value');
  if (found === undefined) return undefined;
  const version = node.parent === undefined ? undefined : attributeValue(node.parent, 'version');
  const codes = version === undefined || version === 'soap11' ? codesOfSoap11 : codesOfSoap12;
  const isOfSoap12 = version === undefined && codesOfSoap12.some((one) => found.value.endsWith(`:${one}`));
  return codes.some((one) => found.value.endsWith(`:${one}`))
    ? undefined
    : {
        type: 'holds',
        what: `has the code "${short(found.value)}"${isOfSoap12 ? ' and no version="soap12"' : ''}`,
        hint: isOfSoap12
          ? 'Write version="soap12".'
          : `Write a prefix of SOAP's namespace, a colon, and one of ${codes.join(', ')}.`,
        at: found.offset,
      };
}

function valueOrExpressionOf(what: string): Check {
  return (node) =>
    hasEither(node)
      ? undefined
      : lacks(`has a ${what} with neither a value nor an expression`, 'Write one of the two.');
}

const namespacesOfSoap: Readonly<Record<string, string>> = {
  soap11: 'http://schemas.xmlsoap.org/soap/envelope/',
  soap12: 'http://www.w3.org/2003/05/soap-envelope',
};

/** A header or the code of a fault whose prefix no element of the file declares, or of which none is that of SOAP. */
export function declares(node: XmlNode, file: string): Refusal | undefined {
  const part = node.local === 'makefault' ? ownChild(node, 'code') : node;
  const name = part === undefined ? undefined : attribute(part, node.local === 'makefault' ? 'value' : 'name');
  const scope = attributeValue(node, 'scope') ?? 'default';
  const prefix = scope === 'default' ? /^([^:]+):/.exec(name?.value ?? '')?.[1] : undefined;
  if (prefix === undefined || name === undefined) return undefined;
  if (!file.includes(`xmlns:${prefix}`))
    return holds(
      `has "${short(name.value)}", whose prefix is not declared`,
      `Declare its namespace with xmlns:${prefix}="…".`,
      name.offset,
    );
  // A code of another version has been told.
  const namespace =
    node.local === 'makefault' && part !== undefined && code(part) === undefined
      ? namespacesOfSoap[attributeValue(node, 'version') ?? 'soap11']
      : undefined;
  return namespace === undefined || file.includes(namespace)
    ? undefined
    : holds(
        `has "${short(name.value)}", whose prefix is not that of its version of SOAP`,
        `Write xmlns:${prefix}="${namespace}".`,
        name.offset,
      );
}

/** What MI refuses in mediators that change or check a message, as in mediator-checks.ts. */
export const transformations: readonly (readonly [mediator: string, checks: readonly Check[]])[] = [
  [
    'validate',
    [
      needsChild('schema'),
      eachHas('schema', 'key'),
      each('schema', keyed),
      onFail,
      xpath('source'),
      ...features,
      ...imports,
    ],
  ],
  ['script', [needs('language', 'filled'), language, keyed, eachHas('include', 'key')]],
  [
    'xslt',
    [
      needs('key'),
      keyed,
      xpath('source', 'alone'),
      ...features,
      eachHas('attribute', 'name'),
      eachHas('attribute', 'value'),
      ...imports,
    ],
  ],
  [
    'xquery',
    [
      needs('key'),
      keyed,
      each(
        'variable',
        allows('type', variableTypes, (type) => type.trim()),
      ),
      each('variable', queried),
      (node) => (blank(attributeValue(node, 'target')) ? undefined : target(node)),
    ],
  ],
  ['makefault', fault],
  ['jsontransform', [transformed]],
  ['enrich', [enrichment('source'), enrichment('target'), combination]],
  ['payloadFactory', [needsChild('format'), each('format', keyed), argumentsOf, filled]],
];
