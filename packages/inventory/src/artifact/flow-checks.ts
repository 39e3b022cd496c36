import { attribute, attributeValue, type XmlNode } from '../xml/tree.ts';
import { faultOfPath, isJsonEval, value, xpath } from './expression-checks.ts';
import {
  allows,
  blank,
  type Check,
  each,
  holds,
  isInteger,
  lacks,
  needs,
  needsChild,
  notBlank,
  ownChildren,
  type Refusal,
  short,
} from './refused.ts';
import { isDynamic } from './values.ts';

/** `CallMediatorFactory.populateSource`: without a type, the text is an expression. */
function source(node: XmlNode): Refusal | undefined {
  const type = attributeValue(node, 'type') ?? 'custom';
  if (type === 'inline')
    return node.children.length > 0 || !blank(node.text)
      ? undefined
      : lacks('has a source of the type inline without content', 'Write the content.');
  if (type !== 'custom') return undefined;
  const fault = faultOfPath(node.text);
  return fault === undefined
    ? undefined
    : holds(
        `has the source "${short(node.text)}", which is not a valid expression: ${fault}`,
        'Correct the expression.',
        node.textOffset,
      );
}

const targetOfCall = allows('type', ['envelope', 'body', 'property', 'custom', 'inline', 'variable']);

function priority(node: XmlNode): Refusal | undefined {
  const found = attribute(node, 'priority');
  return found === undefined || found.value === '' || isInteger(found.value)
    ? undefined
    : holds(
        `has the priority "${short(found.value)}", which is not a whole number`,
        'Write digits only.',
        found.offset,
      );
}

/** `SamplingThrottleMediatorFactory`. */
function number(name: string): Check {
  return (node) => {
    const found = attribute(node, name);
    return found === undefined || /^[+-]?\d{1,18}$/.test(found.value)
      ? undefined
      : holds(
          `has the ${name} "${short(found.value)}", which is not a whole number`,
          'Write digits only.',
          found.offset,
        );
  };
}

/** `IterateMediatorFactory`: both are XPath, or both JSONPath. */
export function alike(node: XmlNode): Refusal | undefined {
  const [expression, attachPath] = [attribute(node, 'expression'), attribute(node, 'attachPath')];
  if (expression === undefined || attachPath === undefined || blank(attachPath.value)) return undefined;
  if (isDynamic(expression.value) || isDynamic(attachPath.value)) return undefined;
  return isJsonEval(expression.value) === isJsonEval(attachPath.value)
    ? undefined
    : holds(
        'has a JSONPath and an XPath as expression and attachPath',
        'Write both in the same language.',
        attachPath.offset,
      );
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

/** `CalloutMediatorFactory`. */
const secured: Check = each('enableSec', (node) =>
  ['policy', 'outboundPolicy', 'inboundPolicy'].some((name) => attributeValue(node, name) !== undefined)
    ? undefined
    : lacks('has an enableSec without a policy', 'Write the attribute "policy".'),
);

/** What MI refuses in mediators that pass messages on, as in mediator-checks.ts. */
export const flows: readonly (readonly [mediator: string, checks: readonly Check[]])[] = [
  ['call', [each('source', source), each('target', targetOfCall)]],
  ['send', [value('receive')]],
  ['store', [needs('messageStore'), value('messageStore')]],
  ['enqueue', [needs('sequence', 'filled'), needs('executor', 'filled'), priority]],
  [
    'clone',
    [
      each('target', notBlank('sequence')),
      value('iterations'),
      (node) =>
        attributeValue(node, 'iterations') !== undefined && ownChildren(node, 'target').length > 1
          ? holds('has iterations and several targets', 'Keep one target, or remove the iterations.')
          : undefined,
    ],
  ],
  ['sampler', [needsChild('target'), number('rate'), number('unitTime')]],
  [
    'callout',
    [
      carried('source'),
      carried('target'),
      allows('initAxis2ClientOptions', ['true', 'false'], (written) => written.toLowerCase()),
      secured,
    ],
  ],
];
