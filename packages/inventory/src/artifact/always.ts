import { attribute, type XmlNode } from '../xml/tree.ts';

/** References by which the whole message goes on, or a copy of it: those of a condition or a fault do not count. */
const takenByAll: ReadonlySet<string> = new Set([
  'sequence/@key',
  'resource/@inSequence',
  'target/@inSequence',
  'target/@sequence',
  'target/@endpoint',
  'call-template/@target',
  'store/@messageStore',
  'send/@receive',
  'endpoint/@key',
  'address/@uri',
  'http/@uri-template',
  'callout/@serviceURL',
  'callout/@endpointKey',
]);

/** True for a kind of reference (`sequence/@key`) that each message takes which gets to its element. */
export function isTakenByAll(via: string): boolean {
  return takenByAll.has(via);
}

/** Elements that hand each message to what stands in them. */
const straight: ReadonlySet<string> = new Set(
  'api resource inSequence proxy target sequence template clone call send callout endpoint address http'.split(' '),
);

/** True for an element that hands each message to what stands in it; of several resources an API picks one. */
export function runsContent({ local, children }: XmlNode): boolean {
  return straight.has(local) && (local !== 'api' || children.filter((one) => one.local === 'resource').length === 1);
}

/** True for an element whose children run one after the other. */
export function isFlow({ local }: XmlNode): boolean {
  return local === 'sequence' || local === 'inSequence';
}

/**
 * Mediators after which the next one runs, unless they fail. Left out are those that may end a flow, such as `respond`,
 * `drop`, `iterate`, `cache`, `throttle`, `validate` and classes, and flows elsewhere, which may have one of them
 * (`mediate` of the mediators of wso2/wso2-synapse).
 */
const passing: ReadonlySet<string> = new Set(
  `log property propertyGroup variable payloadFactory header enrich call callout send store xslt fastXSLT xquery
  datamapper jsontransform dblookup dbreport dataServiceCall transaction smooks rewrite description`.split(/\s+/),
);
const branching: ReadonlySet<string> = new Set(['filter', 'then', 'else', 'switch', 'case', 'default']);

/** True when each message that gets to a mediator gets to the one behind it, unless it fails. */
export function goesOn(node: XmlNode): boolean {
  if (passing.has(node.local) || node.local.includes('.')) return true;
  return branching.has(node.local) && attribute(node, 'sequence') === undefined && node.children.every(goesOn);
}
