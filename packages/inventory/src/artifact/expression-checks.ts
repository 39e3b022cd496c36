import { attribute, attributeValue, type XmlNode } from '../xml/tree.ts';
import { faultOfPattern } from './expressions.ts';
import { faultOfJsonPath } from './json-path.ts';
import { own } from './reading.ts';
import { type Check, holds, lacks, type Refusal, short } from './refused.ts';
import { isDynamic } from './values.ts';
import { faultOfXPath } from './xpath.ts';

/** The same check, which remembers texts in which nothing was found: a project has most expressions many times. */
function remembering(faultOf: (text: string) => string | undefined): (text: string) => string | undefined {
  const sound = new Set<string>();
  return (text) => {
    if (sound.has(text)) return undefined;
    const fault = faultOf(text);
    // Made-up ones must not grow it for ever.
    if (fault === undefined && sound.size < 1000 && text.length < 200) sound.add(own(text));
    return fault;
  };
}

const faultAlone = remembering(faultOfXPath);

/** As {@link faultOfXPath}, or as {@link faultOfJsonPath} of what stands in `json-eval(…)`. */
export const faultOfPath = remembering((text) => (isJsonEval(text) ? faultOfJsonEval(text) : faultOfXPath(text)));

/** As {@link faultOfJsonPath}, in `json-eval(…)` or without it. */
export const faultOfJson = remembering((text) => faultOfJsonPath(withoutJsonEval(text)));

const jsonEval = 'json-eval(';
/** True for a JSONPath in `json-eval(…)`, whatever stands in it. */
export const isJsonEval = (text: string): boolean => text.startsWith(jsonEval);

/** The JSONPath in `json-eval(…)`, or the text itself where it is none. */
function withoutJsonEval(text: string): string {
  return isJsonEval(text) ? text.slice(jsonEval.length, -1) : text;
}

/** `SynapsePathFactory` of wso2/wso2-synapse takes all but the last sign for the path, whatever that is. */
function faultOfJsonEval(text: string): string | undefined {
  const fault = faultOfJsonPath(withoutJsonEval(text));
  return fault !== undefined && /\)\s*(?:[=!<>+*,-]|and\b|or\b)/.test(text)
    ? 'json-eval(…) stands alone, nothing is compared with it or added to it'
    : fault;
}

/** The attribute is missing, or an XPath expression; without `alone` it may be a JSONPath in `json-eval(…)`. */
export function xpath(name: string, alone?: 'alone'): Check {
  const [ofXPath, ofJson] = [
    compiled(name, 'XPath expression', alone === undefined ? faultOfPath : faultAlone),
    compiled(name, 'JSONPath expression', faultOfPath),
  ];
  return (node) => (alone === undefined && isJsonEval(attributeValue(node, name) ?? '') ? ofJson(node) : ofXPath(node));
}

/** The attribute is missing, or a text, or an expression in braces that compiles (`ValueFactory`). */
export function value(name: string): Check {
  return compiled(name, 'expression', faultOfValue);
}

function faultOfValue(text: string): string | undefined {
  const isExpression = text.startsWith('{') && text.endsWith('}') && !/^\{\{.*\}\}$|^\{\$\{/s.test(text);
  return isExpression ? faultOfPath(text.slice(1, -1)) : undefined;
}

/**
 * A parameter of a connector's operation is a text, or an expression in braces that compiles (`createInvokeParam` of
 * MediatorFactoryFinder.java in wso2/wso2-synapse; seen on MI 4.3.0).
 */
export function parameterText({ local, text, textOffset }: XmlNode): Refusal | undefined {
  const fault = faultOfValue(text);
  return fault === undefined
    ? undefined
    : holds(
        `has the ${local} "${short(text)}", which is not a valid expression: ${fault}`,
        'Correct the expression, or put a blank before the brace of a text.',
        textOffset,
      );
}

/** The attribute is missing, or a regular expression. */
export function pattern(name: string): Check {
  return compiled(name, 'regular expression', (text) => (isDynamic(text) ? undefined : faultOfPattern(text)));
}

/** The attribute is missing, or nothing is wrong with it as what it has to be. */
export function compiled(name: string, kind: string, faultOf: (text: string) => string | undefined): Check {
  return (node) => {
    const found = attribute(node, name);
    const fault = found === undefined ? undefined : faultOf(found.value);
    return found === undefined || fault === undefined
      ? undefined
      : {
          type: 'holds',
          what: `has the ${name} "${short(found.value)}", which is not a valid ${kind}: ${fault}`,
          hint: `Correct the ${kind}.`,
          at: found.offset,
        };
  };
}

/** True for an element with a value or an expression. */
export function hasEither(node: XmlNode): boolean {
  return attributeValue(node, 'value') !== undefined || attributeValue(node, 'expression') !== undefined;
}

/** The element has a value, an expression or an element. */
export function valueOrExpression(node: XmlNode): Refusal | undefined {
  return hasEither(node) || node.children.length > 0
    ? undefined
    : lacks('has neither a value nor an expression', 'Write the attribute "value" or "expression".');
}

/** The expression of an element, if there is one. */
export const expression = xpath('expression');

/** MI does not look at an expression beside a value. */
export function expressionAlone(node: XmlNode): Refusal | undefined {
  return attributeValue(node, 'value') === undefined ? expression(node) : undefined;
}
