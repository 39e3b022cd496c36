import { attribute, attributeValue, type XmlNode } from '../xml/tree.ts';
import { pattern, xpath } from './expression-checks.ts';
import { allows, type Check, each, holds, lacks, needs, needsChild, ownChild, type Refusal, short } from './refused.ts';

const conditions = ['and', 'or', 'not', 'match', 'equal'];
/** What a condition may look at; the first where nothing is said. */
const looksAt = ['header', 'param', 'url', 'property', 'soap'];
const partsOfUrl = ['protocol', 'user', 'host', 'port', 'path', 'query', 'ref'];

const regex = pattern('regex');
const kindOfSource = allows('type', looksAt);
const partOfUrl = allows('source', partsOfUrl);

/** `EvaluatorFactoryFinder` of wso2/wso2-synapse, which looks at names without their namespace. */
function condition(node: XmlNode): Refusal | undefined {
  const { local, children, offset } = node;
  if (!conditions.includes(local))
    return holds(`has the condition \`${short(local)}\``, `Write one of ${conditions.join(', ')}.`, offset);
  if (local === 'match' || local === 'equal') {
    const refusal = compared(node);
    return refusal === undefined ? undefined : { at: offset, ...refusal };
  }
  const least = local === 'not' ? 1 : 2;
  if (children.length < least)
    return {
      ...lacks(
        `has a condition \`${local}\` with fewer than ${least} in it`,
        `Write ${least === 1 ? 'a condition' : 'two conditions'} in it.`,
      ),
      at: offset,
    };
  return (local === 'not' ? children.slice(0, 1) : children).map(condition).find((one) => one !== undefined);
}

/** `TextProcessingEvaluatorFactory`, `MatchFactory` and `EqualFactory`. */
function compared(node: XmlNode): Refusal | undefined {
  const type = attributeValue(node, 'type') ?? 'header';
  const refusal = kindOfSource(node) ?? (type === 'url' ? partOfUrl(node) : needs('source')(node));
  if (refusal !== undefined) return refusal;
  return node.local === 'equal' ? needs('value')(node) : (needs('regex')(node) ?? regex(node));
}

/** The first condition in an element; a router must have one, and a rule may do without. */
function conditionIn(node: XmlNode, must: boolean): Refusal | undefined {
  const found = ownChild(node, 'condition');
  const [first] = found?.children ?? [];
  if (first !== undefined) return condition(first);
  return must && found !== undefined
    ? { ...lacks('has an empty condition', `Write one of ${conditions.join(', ')}.`), at: found.offset }
    : undefined;
}

/** `JavaUtils.isTrueExplicitly` and its opposite. */
const truths = ['true', 'yes', '1', 'false', 'no', '0'];
const truth = (name: string): Check => allows(name, truths, (value) => value.trim().toLowerCase());

const conditionOfRoute: Check = (route) => conditionIn(route, true);

const actions = ['set', 'append', 'prepend', 'replace', 'remove', 'remove-query-param'];
const path = xpath('xpath', 'alone');

/** `URLRewriteMediatorFactory`. */
function action(node: XmlNode): Refusal | undefined {
  const type = attributeValue(node, 'type');
  const has = (name: string): boolean => attribute(node, name) !== undefined;
  if (!has('value') && !has('xpath') && type !== 'remove')
    return lacks('has an action with neither a value nor an xpath', 'Write one of the two.');
  if (type === 'replace' && !has('regex'))
    return lacks('has an action that replaces, without a regex', 'Write the attribute "regex".');
  if (type === 'remove-query-param' && attributeValue(node, 'fragment') !== 'query')
    return holds('has an action that removes a parameter, of no query', 'Write fragment="query".');
  return path(node) ?? allows('fragment', [...partsOfUrl, 'full'])(node) ?? allows('type', actions)(node);
}

/** What MI refuses in mediators that decide by conditions of their own, as in mediator-checks.ts. */
export const conditionals: readonly (readonly [mediator: string, checks: readonly Check[]])[] = [
  [
    'conditionalRouter',
    [
      truth('continueAfter'),
      each('conditionalRoute', truth('breakRoute')),
      each('conditionalRoute', needsChild('condition')),
      each('conditionalRoute', needsChild('target')),
      each('conditionalRoute', conditionOfRoute),
    ],
  ],
  ['rewrite', [each('rewriterule', each('action', action)), each('rewriterule', (rule) => conditionIn(rule, false))]],
];
