import { attributeValue, type XmlNode } from '../xml/tree.ts';
import { compiled, xpath } from './expression-checks.ts';
import { faultOfTemplate } from './expressions.ts';
import { loggedProperty } from './mediator-checks.ts';
import { type Reading, synapseNamespace } from './reading.ts';
import { type Check, checkAll, needs, needsChild, ownChild, ownChildren, type Refusal, short } from './refused.ts';
import { isDynamic } from './values.ts';

const whole = (text: string): boolean => /^[+-]?\d+$/.test(text);
const wholeNumbers = (text: string): boolean => text.split(/[, ]/).every((part) => part === '' || whole(part));
/** `Float.parseFloat`. */
const fraction = (text: string): boolean => /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?[fFdD]?$/.test(text);

const responseAction = (text: string): boolean => /^(?:discard|fault)$/i.test(text);

type Form = (text: string) => boolean;

/** What the text of an element must be, by the element that it is in. */
const formsOfTexts: ReadonlyMap<string, ReadonlyMap<string, Form>> = new Map(
  Object.entries({
    timeout: { duration: whole, responseAction },
    markForSuspension: { errorCodes: wholeNumbers, retriesBeforeSuspension: whole, retryDelay: whole },
    suspendOnFailure: {
      errorCodes: wholeNumbers,
      initialDuration: whole,
      progressionFactor: fraction,
      maximumDuration: whole,
    },
    retryConfig: { disabledErrorCodes: wholeNumbers, enabledErrorCodes: wholeNumbers },
  }).map(([part, forms]) => [part, new Map(Object.entries<Form>(forms))]),
);

/** `EndpointDefinitionFactory`, of all endpoints with an address. One pass, since most endpoints have such parts. */
function definition(node: XmlNode): Refusal | undefined {
  for (const part of node.children) {
    if (part.namespace !== synapseNamespace) continue;
    const forms = formsOfTexts.get(part.local);
    if (forms === undefined) {
      const refusal = part.local === 'suspendDurationOnFailure' ? otherThan(whole, part) : undefined;
      if (refusal !== undefined) return refusal;
      continue;
    }
    for (const inner of part.children) {
      const form = inner.namespace === synapseNamespace ? forms.get(inner.local) : undefined;
      const refusal = form === undefined ? undefined : otherThan(form, inner);
      if (refusal !== undefined) return refusal;
    }
  }
  return undefined;
}

function otherThan(form: Form, { local, text, offset, children }: XmlNode): Refusal | undefined {
  const found = text.trim();
  if (children.length > 0 || form(found)) return undefined;
  if (form === responseAction)
    return {
      type: 'holds',
      what: `has the responseAction "${short(found)}"`,
      hint: 'Write discard or fault.',
      at: offset,
    };
  // MI resolves no variable in these; an expression may stand for the duration alone.
  if (local === 'duration' && found.startsWith('{')) return undefined;
  return {
    type: 'holds',
    what: `has the ${local} "${short(found)}", which is not a number`,
    hint: 'Write a number, or remove the element.',
    at: offset,
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
  const session = node.parent === undefined ? undefined : ownChild(node.parent, 'session');
  if (session === undefined) return needsChild('endpoint', 'member')(node);
  if (attributeValue(session, 'type') === undefined)
    return {
      type: 'lacks',
      what: 'has a session without the attribute "type"',
      hint: 'Write its type.',
      at: session.offset,
    };
  const timeout = ownChild(session, 'sessionTimeout');
  return timeout === undefined ? undefined : otherThan(whole, timeout);
}

/** `EndpointFactory.getEndpoints`: what a group holds more than once by its key. */
function siblings(node: XmlNode): Refusal | undefined {
  const keys = ownChildren(node, 'endpoint').flatMap((endpoint) => attributeValue(endpoint, 'key') ?? []);
  const twice = keys.find((key, index) => keys.indexOf(key) !== index);
  return twice === undefined
    ? undefined
    : { type: 'holds', what: `has the endpoint "${twice}" twice`, hint: 'Name it once.' };
}

const template = compiled('uri-template', 'URI template', (text) =>
  isDynamic(text) ? undefined : faultOfTemplate(text),
);

/** What an endpoint is, in the order in which `EndpointFactory` of wso2/wso2-synapse looks for it. */
const forms: ReadonlyMap<string, readonly Check[]> = new Map([
  ['address', [needs('uri'), definition]],
  ['wsdl', [needs('service'), needs('port'), definition]],
  ['default', [definition]],
  ['loadbalance', [members, algorithm, siblings]],
  ['dynamicLoadbalance', []],
  ['serviceDynamicLoadbalance', []],
  ['failover', [needsChild('endpoint'), siblings]],
  ['recipientlist', [needsChild('endpoint', 'member', 'endpoints'), siblings]],
  ['http', [template, definition]],
  ['class', []],
]);

/** Attributes of an endpoint that is described elsewhere. */
const elsewhere: ReadonlySet<string> = new Set(['key', 'key-expression', 'template']);

const byExpression = [xpath('key-expression')];

/** Tells of what MI refuses in an endpoint (the factories in `config/xml/endpoints`; seen on MI 4.3.0). */
export function checkEndpoint(reading: Reading, node: XmlNode): void {
  if (node.attributes.some(({ name }) => elsewhere.has(name))) {
    checkAll(reading, node, 'The endpoint', byExpression);
    return;
  }
  for (const [name, checks] of forms) {
    const form = ownChild(node, name);
    if (form === undefined) continue;
    const subject = `The endpoint of the type \`${name}\``;
    checkAll(reading, form, subject, checks);
    for (const property of node.children)
      if (property.local === 'property' && property.namespace === synapseNamespace)
        checkAll(reading, property, 'A property of the endpoint', loggedProperty);
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
