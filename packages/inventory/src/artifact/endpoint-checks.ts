import { attribute, attributeValue, type XmlNode } from '../xml/tree.ts';
import { compiled, value, xpath } from './expression-checks.ts';
import { faultOfTemplate } from './expressions.ts';
import { loggedProperty } from './mediator-checks.ts';
import { type Reading, report, synapseNamespace } from './reading.ts';
import {
  allows,
  blank,
  type Check,
  checkAll,
  each,
  eachHas,
  holds,
  isInteger,
  lacks,
  needs,
  needsChild,
  ownChild,
  ownChildren,
  type Refusal,
  short,
} from './refused.ts';
import { isDynamic } from './values.ts';
import { faultOfXPath } from './xpath.ts';

/** `Long.parseLong`, but for the last digits; the others are `Integer.parseInt`. */
const long = (text: string): boolean => /^[+-]?\d+$/.test(text) && Math.abs(Number(text)) <= 2 ** 63;
const wholeNumbers = (text: string): boolean => text.split(/[, ]/).every((part) => part === '' || isInteger(part));
/** `Float.parseFloat`. */
const fraction = (text: string): boolean => /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?[fFdD]?$/.test(text);

const responseAction = (text: string): boolean => /^(?:discard|fault)$/i.test(text);

type Form = (text: string) => boolean;

/** What the text of an element must be, by the element that it is in. */
const formsOfTexts: ReadonlyMap<string, ReadonlyMap<string, Form>> = new Map(
  Object.entries({
    timeout: { duration: long, responseAction },
    markForSuspension: { errorCodes: wholeNumbers, retriesBeforeSuspension: isInteger, retryDelay: isInteger },
    suspendOnFailure: {
      errorCodes: wholeNumbers,
      initialDuration: isInteger,
      progressionFactor: fraction,
      maximumDuration: long,
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
      const refusal = part.local === 'suspendDurationOnFailure' ? otherThan(long, part) : undefined;
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
  const expression = local === 'duration' ? /^\{(.*)\}$/.exec(text)?.[1] : undefined;
  if (expression !== undefined) {
    const fault = faultOfXPath(expression);
    return fault === undefined
      ? undefined
      : holds(
          `has the duration "${short(found)}", which is not a valid expression: ${fault}`,
          'Correct the expression.',
          offset,
        );
  }
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
  return timeout === undefined ? undefined : otherThan(long, timeout);
}

/** Endpoints and members do not go together. */
function mixed(node: XmlNode): Refusal | undefined {
  return ownChild(node, 'endpoint') !== undefined && ownChild(node, 'member') !== undefined
    ? holds('has endpoints and members', 'Keep the endpoints or the members.')
    : undefined;
}

/** `ServiceDynamicLoadbalanceEndpointFactory`. */
const services: Check = (node) =>
  attributeValue(node, 'configuration') === undefined ? needsChild('loadBalancerConfig')(node) : undefined;

/** `EndpointFactory.getEndpoints`: what a group holds more than once by its key. */
function siblings(node: XmlNode): Refusal | undefined {
  const keys = ownChildren(node, 'endpoint').flatMap((endpoint) => attributeValue(endpoint, 'key') ?? []);
  const twice = keys.find((key, index) => keys.indexOf(key) !== index);
  return twice === undefined
    ? undefined
    : { type: 'holds', what: `has the endpoint "${twice}" twice`, hint: 'Name it once.' };
}

/** `EndpointFactory.createMember` and `RecipientListEndpointFactory`: `$SYSTEM:` may stand for each. */
const member: readonly Check[] = [
  eachHas('member', 'hostName'),
  ...['httpPort', 'httpsPort'].map((name) => each('member', isPort(name))),
];

function isPort(name: string): Check {
  return (node) => {
    const found = attribute(node, name);
    return found === undefined || isInteger(found.value) || isDynamic(found.value)
      ? undefined
      : {
          type: 'holds',
          what: `has the ${name} "${short(found.value)}", which is not a whole number`,
          hint: 'Write digits only, or remove the attribute.',
          at: found.offset,
        };
  };
}

/**
 * What each kind of authentication cannot be without (`OAuthUtils`; `AuthUtils` asks for `basicAuth` without `oauth`
 * only).
 */
const credentials: ReadonlyMap<string, readonly string[]> = new Map([
  ['basicAuth', ['username', 'password']],
  ['clientCredentials', ['clientId', 'clientSecret', 'tokenUrl']],
  ['authorizationCode', ['clientId', 'clientSecret', 'refreshToken', 'tokenUrl']],
  ['passwordCredentials', ['clientId', 'clientSecret', 'username', 'password', 'tokenUrl']],
]);

function authentication(node: XmlNode): Refusal | undefined {
  const found = ownChild(node, 'authentication');
  if (found === undefined) return undefined;
  const oauth = ownChild(found, 'oauth');
  const kinds = [...credentials.keys()].filter(
    (kind) => (kind === 'basicAuth') === (oauth === undefined) && ownChild(oauth ?? found, kind),
  );
  const [kind = ''] = kinds;
  const at = found.offset;
  if (kinds.length === 0)
    return { ...lacks('has an authentication without credentials', 'Add `basicAuth`, or `oauth` with its grant.'), at };
  if (kinds.length > 1)
    return { type: 'holds', what: `has the authentication ${kinds.join(' and ')}`, hint: 'Keep one of them.', at };
  const given = ownChild(oauth ?? found, kind) ?? found;
  const missing = credentials.get(kind)?.find((name) => blank(ownChild(given, name)?.text));
  if (missing !== undefined)
    return {
      ...lacks(`has the authentication ${kind} without ${missing}`, `Add the element "${missing}" with its value.`),
      at: given.offset,
    };
  for (const [group, one] of [
    ['requestParameters', 'parameter'],
    ['customHeaders', 'header'],
  ] as const) {
    const empty = ownChildren(ownChild(given, group) ?? found, one).find(
      (part) => blank(attributeValue(part, 'name')) || blank(part.text),
    );
    if (empty !== undefined)
      return {
        ...lacks(`has a ${one} of its authentication without a name or a value`, 'Write both, or remove it.'),
        at: empty.offset,
      };
  }
  return undefined;
}

/** `EndpointDefinitionFactory`. */
const addressing = each(
  'enableAddressing',
  allows('version', ['final', 'submission'], (version) => version.trim()),
);

const template = compiled('uri-template', 'URI template', (text) =>
  isDynamic(text) ? undefined : faultOfTemplate(text),
);

/** What an endpoint is, in the order in which `EndpointFactory` of wso2/wso2-synapse looks for it. */
const forms: ReadonlyMap<string, readonly Check[]> = new Map([
  ['address', [needs('uri'), definition, addressing]],
  ['wsdl', [needs('service'), needs('port'), definition, addressing]],
  ['default', [definition, addressing]],
  ['loadbalance', [members, mixed, algorithm, siblings, ...member]],
  ['dynamicLoadbalance', [eachHas('membershipHandler', 'class')]],
  ['serviceDynamicLoadbalance', [services]],
  ['failover', [needsChild('endpoint'), siblings]],
  [
    'recipientlist',
    [
      needsChild('endpoint', 'member', 'endpoints'),
      mixed,
      siblings,
      ...member,
      eachHas('endpoints', 'value'),
      each('endpoints', value('value')),
    ],
  ],
  ['http', [template, definition, addressing, authentication]],
  ['class', [needs('name')]],
]);

/** Attributes of an endpoint that is described elsewhere. */
const elsewhere: ReadonlySet<string> = new Set(['key', 'key-expression', 'template']);

/** Of an endpoint that is described elsewhere; one that is an artifact of its own must describe itself. */
const elsewhereChecks: readonly Check[] = [
  xpath('key-expression'),
  ...['key', 'template'].map(
    (name): Check =>
      (node) =>
        attributeValue(node, name)?.trim() === '' ? lacks(`has an empty ${name}`, `Write the ${name}.`) : undefined,
  ),
  (node) =>
    node.parent === undefined && !blank(attributeValue(node, 'key'))
      ? {
          type: 'holds',
          what: 'has a key although it is an artifact of its own',
          hint: 'Describe the endpoint here, and use the key where it is called.',
        }
      : undefined,
  (node) =>
    attributeValue(node, 'template') === undefined
      ? undefined
      : (eachHas('parameter', 'name')(node) ?? eachHas('parameter', 'value')(node)),
];

/** Tells of what MI refuses in an endpoint (the factories in `config/xml/endpoints`; seen on MI 4.3.0). */
export function checkEndpoint(reading: Reading, node: XmlNode): void {
  if (node.attributes.some(({ name }) => elsewhere.has(name))) {
    checkAll(reading, node, 'The endpoint', elsewhereChecks);
    return;
  }
  for (const [name, checks] of forms) {
    const form = ownChild(node, name);
    if (form === undefined) continue;
    const subject = `The endpoint of the type \`${name}\``;
    checkAll(reading, form, subject, checks);
    if (name === 'address') checkAddress(reading, form, subject);
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

/**
 * `EndpointDefinition.getAddress` puts properties of the message in the place of `${name}`, and nothing else: `{name}`
 * is called as it is written (seen on MI 4.3.0).
 */
function checkAddress(reading: Reading, node: XmlNode, subject: string): void {
  const uri = attribute(node, 'uri');
  if (uri === undefined || !/(?<!\$)\{[^{}]*\}/.test(uri.value)) return;
  report(reading, uri.offset, {
    code: 'MI-ARTIFACT-VALUE',
    severity: 'warning',
    message: `${subject} has an expression in braces in its uri; Micro Integrator calls the address with the braces as they are.`,
    hint: 'Use an `http` endpoint with a uri-template, or write ${name} for a property of the message.',
  });
}
