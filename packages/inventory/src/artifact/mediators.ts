import type { XmlNode } from '../xml/tree.ts';
import { parameterText } from './expression-checks.ts';
import { checkMediator } from './mediator-checks.ts';
import { type Reading, report, synapseNamespace } from './reading.ts';
import { checkAll, ownChild } from './refused.ts';

/**
 * Mediators of all versions of MI: the factories that MediatorFactoryFinder of MI 4.3.0 has at run time, those that
 * wso2/wso2-synapse added since, and those of wso2/product-integrator-mi (components/mediation/mediators). The
 * documentation writes `dataServicesCall`, which MI had before 4.0 (DataServiceCallMediatorConstants).
 */
const known: ReadonlySet<string> = new Set(
  `NTLM aggregate annotatedCommand bean builder cache call call-template callout class clone comment conditionalRouter
  dataServiceCall datamapper dblookup dbreport detach drop ejb enqueue enrich entitlementService eventPublisher
  fastXSLT filter foreach header in iterate jsontransform log loopback makefault oauthService opa out payloadFactory
  pojoCommand property propertyGroup replace respond rewrite rules sampler scatter-gather script send sequence smooks
  spring store switch template throttle throwError transaction validate variable xquery xslt`.split(/\s+/),
);

/** Elements whose children are mediators; some only below a parent, since others have children of that name, too. */
const lists: ReadonlyMap<string, string | undefined> = new Map([
  ['sequence', undefined],
  ['inSequence', undefined],
  ['outSequence', undefined],
  ['faultSequence', undefined],
  ['in', undefined],
  ['out', undefined],
  ['onComplete', 'aggregate'],
  ['onCacheHit', 'cache'],
  ['onAccept', 'throttle'],
  ['onReject', 'throttle'],
  ['on-fail', 'validate'],
  ['then', 'filter'],
  ['else', 'filter'],
  ['case', 'switch'],
  ['default', 'switch'],
]);

/**
 * Tells of children that are no mediators: MI refuses the artifact for "Unknown mediator referenced by configuration
 * element", and with it the whole archive (seen on MI 4.3.0; MediatorFactoryFinder.java of wso2/wso2-synapse). A name
 * with a dot is an operation of a connector, and a library may add mediators of its own.
 */
export function checkMediators(reading: Reading, node: XmlNode): void {
  // `FilterMediatorFactory`: without a `then`, the children of a filter are its mediators.
  const isFilter = node.local === 'filter' && node.namespace === synapseNamespace;
  if (isFilter ? ownChild(node, 'then') !== undefined : !lists.has(node.local)) return;
  const parent = lists.get(node.local);
  if (parent !== undefined && node.parent?.local !== parent) return;
  for (const child of node.children) {
    const { local, namespace, offset } = child;
    const isKnown = known.has(local);
    if (isKnown && namespace === synapseNamespace) {
      checkMediator(reading, child);
      continue;
    }
    if (local.includes('.') && namespace === synapseNamespace)
      checkParameters(reading, child.children, `The operation \`${local}\``);
    if (local.includes('.') || local === 'description') continue;
    const isElsewhere = isKnown && namespace !== synapseNamespace;
    // That its artifact is in a wrong namespace has been told once.
    if (isElsewhere && artifactOf(child)?.namespace === namespace) continue;
    const name = isElsewhere ? `\`${local}\` of the namespace "${namespace}"` : `\`${local}\``;
    report(reading, offset, {
      code: 'MI-XML-MEDIATOR',
      message: `Micro Integrator has no mediator ${name}. Unless a library adds it, the server ${reading.afterwards}.`,
      hint: isElsewhere
        ? `Write it in the namespace ${synapseNamespace}.`
        : 'Correct the name, or add the library or connector that provides the mediator.',
    });
  }
}

/** Tells of what MI refuses in the parameters of a connector's operation. */
function checkParameters(reading: Reading, parameters: readonly XmlNode[], subject: string): void {
  for (const parameter of parameters) {
    const { children, textOffset } = parameter;
    if (children.length > 0) checkParameters(reading, children, subject);
    // Blanks before a brace, which are not in what was read where a section of CDATA follows, make a text of it.
    else if (reading.text.startsWith('>{', textOffset - 1)) checkAll(reading, parameter, subject, [parameterText]);
  }
}

/** The element of the artifact around a node. A mediator right below `<definitions>` has none. */
function artifactOf({ parent }: XmlNode): XmlNode | undefined {
  if (parent === undefined || parent.local === 'definitions') return undefined;
  return parent.parent === undefined || parent.parent.local === 'definitions' ? parent : artifactOf(parent);
}
