import { attributeValue, type XmlNode } from '../xml/tree.ts';
import { value } from './expression-checks.ts';
import { type Check, holds, needs, type Refusal, short } from './refused.ts';

/** What each action of a bean asks for (`BeanMediatorFactory`). */
const ofActions: ReadonlyMap<string, readonly string[]> = new Map([
  ['CREATE', ['class']],
  ['REMOVE', []],
  ['SET_PROPERTY', ['property', 'value']],
  ['GET_PROPERTY', ['property', 'target']],
]);

function bean(node: XmlNode): Refusal | undefined {
  const missing = all('var', 'action')(node);
  const action = attributeValue(node, 'action');
  if (missing !== undefined || action === undefined) return missing;
  const needed = ofActions.get(action.toUpperCase());
  return needed === undefined
    ? holds(`has the action "${short(action)}"`, `Write one of ${[...ofActions.keys()].join(', ')}.`)
    : all(...needed)(node);
}

/** `EJBMediatorFactory`. */
function enterpriseBean(node: XmlNode): Refusal | undefined {
  const is = (name: string): boolean => attributeValue(node, name)?.toLowerCase() === 'true';
  return all('beanstalk', 'class', ...(is('stateful') ? ['id'] : []), ...(is('remove') ? [] : ['method']))(node);
}

/** The element has all of these attributes; the first that is missing is told. */
function all(...names: readonly string[]): Check {
  const checks = names.map((name) => needs(name));
  return (node) => {
    for (const check of checks) {
      const refusal = check(node);
      if (refusal !== undefined) return refusal;
    }
    return undefined;
  };
}

/** What MI refuses in mediators that call Java, as in mediator-checks.ts. */
export const beans: readonly (readonly [mediator: string, checks: readonly Check[]])[] = [
  ['bean', [bean]],
  ['ejb', [enterpriseBean]],
  ['pojoCommand', [needs('name')]],
  ['annotatedCommand', [needs('name')]],
  ['spring', [all('bean', 'key')]],
  ['eventPublisher', [needs('eventSourceName')]],
  ['NTLM', ['username', 'password', 'host', 'domain'].map((name) => value(name))],
];
