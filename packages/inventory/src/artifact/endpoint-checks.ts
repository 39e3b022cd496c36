import { attributeValue, type XmlNode } from '../xml/tree.ts';
import { type Reading } from './reading.ts';
import { type Check, checkAll, needs, needsChild, numberAt, ownChild, ownChildren, type Refusal } from './refused.ts';

const whole = (text: string): boolean => /^[+-]?\d+$/.test(text);
const wholeNumbers = (text: string): boolean => text.split(/[, ]/).every((part) => part === '' || whole(part));
/** `Float.parseFloat`. */
const fraction = (text: string): boolean => /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?[fFdD]?$/.test(text);

/** `EndpointDefinitionFactory`, of all endpoints with an address. */
const definition: readonly Check[] = [
  numberAt(['timeout', 'duration'], whole),
  action,
  numberAt(['markForSuspension', 'errorCodes'], wholeNumbers),
  numberAt(['markForSuspension', 'retriesBeforeSuspension'], whole),
  numberAt(['markForSuspension', 'retryDelay'], whole),
  numberAt(['suspendDurationOnFailure'], whole),
  numberAt(['suspendOnFailure', 'errorCodes'], wholeNumbers),
  numberAt(['suspendOnFailure', 'initialDuration'], whole),
  numberAt(['suspendOnFailure', 'progressionFactor'], fraction),
  numberAt(['suspendOnFailure', 'maximumDuration'], whole),
  numberAt(['retryConfig', 'disabledErrorCodes'], wholeNumbers),
  numberAt(['retryConfig', 'enabledErrorCodes'], wholeNumbers),
];

function action(node: XmlNode): Refusal | undefined {
  const timeout = ownChild(node, 'timeout');
  const found = timeout === undefined ? undefined : ownChild(timeout, 'responseAction');
  if (found === undefined || found.children.length > 0 || /^(?:discard|fault)$/i.test(found.text.trim()))
    return undefined;
  return {
    type: 'holds',
    what: `has the responseAction "${found.text.trim().slice(0, 60)}"`,
    hint: 'Write discard or fault.',
    at: found.offset,
  };
}

/** `LoadbalanceEndpointFactory` and `LoadbalanceAlgorithmFactory`. */
function algorithm(node: XmlNode): Refusal | undefined {
  const policy = attributeValue(node, 'policy');
  if (policy === undefined) return undefined;
  if (attributeValue(node, 'algorithm') !== undefined)
    return { type: 'holds', what: 'has both a policy and an algorithm', hint: 'Keep the algorithm.' };
  return policy.trim() === 'roundRobin'
    ? undefined
    : { type: 'holds', what: `has the policy "${policy.slice(0, 60)}"`, hint: 'Write roundRobin, or an algorithm.' };
}

/** One with sessions may have no children (`SALoadbalanceEndpointFactory`). */
function members(node: XmlNode): Refusal | undefined {
  return node.parent !== undefined && ownChild(node.parent, 'session') !== undefined
    ? undefined
    : needsChild('endpoint', 'member')(node);
}

/** `EndpointFactory.getEndpoints`: what a group holds more than once by its key. */
function siblings(node: XmlNode): Refusal | undefined {
  const keys = ownChildren(node, 'endpoint').flatMap((endpoint) => attributeValue(endpoint, 'key') ?? []);
  const twice = keys.find((key, index) => keys.indexOf(key) !== index);
  return twice === undefined
    ? undefined
    : { type: 'holds', what: `has the endpoint "${twice}" twice`, hint: 'Name it once.' };
}

/** What an endpoint is, in the order in which `EndpointFactory` of wso2/wso2-synapse looks for it. */
const forms: ReadonlyMap<string, readonly Check[]> = new Map([
  ['address', [needs('uri'), ...definition]],
  ['wsdl', definition],
  ['default', definition],
  ['loadbalance', [members, algorithm, siblings]],
  ['dynamicLoadbalance', []],
  ['serviceDynamicLoadbalance', []],
  ['failover', [needsChild('endpoint'), siblings]],
  ['recipientlist', [needsChild('endpoint', 'member', 'endpoints'), siblings]],
  ['http', definition],
  ['class', []],
]);

/** Tells of what MI refuses in an endpoint (the factories in `config/xml/endpoints`; seen on MI 4.3.0). */
export function checkEndpoint(reading: Reading, node: XmlNode): void {
  if (['key', 'key-expression', 'template'].some((name) => attributeValue(node, name) !== undefined)) return;
  for (const [name, checks] of forms) {
    const form = ownChild(node, name);
    if (form === undefined) continue;
    checkAll(reading, form, `The endpoint of the type \`${name}\``, checks);
    return;
  }
  checkAll(reading, node, 'The endpoint', [
    () => ({
      type: 'lacks',
      what: 'has no address, nor anything else that says what it is',
      hint: 'Add an element such as "address" or "http", or a key.',
    }),
  ]);
}
