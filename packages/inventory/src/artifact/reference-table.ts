import type { Relation } from '../model/inventory.ts';
import type { TargetKind } from './parsed.ts';

export interface AttributeRule {
  readonly attribute: string;
  /** `element/@attribute`, made once: a string for each reference would be most of an inventory's memory. */
  readonly via: string;
  readonly target: TargetKind;
  readonly relation: Relation;
  /** MI takes blanks around it away. */
  readonly trimmed?: true;
}

// Element, attributes, what they name, how it is used. From the mediator and endpoint factories of wso2/wso2-synapse
// (modules/core/src/main/java/org/apache/synapse/config/xml) and the mediator pages of wso2/docs-mi.
const rows: readonly (readonly [
  elements: string,
  attributes: string,
  target: TargetKind,
  relation?: Relation,
  trimmed?: true,
])[] = [
  ['sequence', 'key onError', 'sequence'],
  // SequenceMediatorFactory.java, createAnonymousSequence, and TemplateMediatorFactory.java (seen on MI 4.3.0).
  ['inSequence outSequence faultSequence onComplete onAccept onReject template', 'onError', 'sequence'],
  ['resource target', 'inSequence outSequence faultSequence', 'sequence'],
  ['target then else case default foreach onComplete onCacheHit store enqueue', 'sequence', 'sequence'],
  ['target', 'endpoint', 'endpoint'],
  ['throttle entitlementService', 'onAccept onReject', 'sequence'],
  ['entitlementService', 'obligations advice', 'sequence'],
  ['send', 'receive', 'sequence'],
  ['call-template', 'target', 'template'],
  ['call-template', 'onError', 'sequence'],
  ['tool', 'template', 'template'],
  ['endpoint', 'key', 'endpoint'],
  ['endpoint', 'onError', 'sequence'],
  ['endpoint', 'template', 'template'],
  ['endpoint', 'uri', 'address'],
  ['callout publishWSDL', 'endpointKey endpoint', 'endpoint'],
  ['address wsdl publishWSDL', 'uri', 'address'],
  ['http', 'uri-template', 'address'],
  ['callout', 'serviceURL', 'address'],
  ['store', 'messageStore', 'message-store', 'stores-into'],
  ['dataServiceCall', 'serviceName', 'data-service'],
  ['api', 'publishSwagger', 'resource'],
  [
    'policy publishWSDL resource schema include xslt fastXSLT xquery variable script source format spring',
    'key',
    'resource',
  ],
  ['enableSec enableRM', 'policy inboundPolicy outboundPolicy', 'resource'],
  ['datamapper', 'config inputSchema outputSchema xsltStyleSheet', 'resource'],
  ['jsontransform', 'schema', 'resource'],
  ['smooks', 'config-key', 'resource'],
  ['class pojoCommand annotatedCommand', 'name', 'class'],
  ['handler messageQueue membershipHandler', 'class', 'class'],
  // LoadbalanceAlgorithmFactory.java trims the name.
  ['loadbalance', 'algorithm', 'class', 'uses', true],
];

/** The attributes of each element that refer to another artifact. */
export const attributeRules: ReadonlyMap<string, readonly AttributeRule[]> = build();

function build(): Map<string, AttributeRule[]> {
  const table = new Map<string, AttributeRule[]>();
  for (const [elements, attributes, target, relation = 'uses', trimmed] of rows) {
    for (const element of elements.split(' ')) {
      const rules = table.get(element) ?? [];
      for (const attribute of attributes.split(' '))
        rules.push({ attribute, via: `${element}/@${attribute}`, target, relation, ...(trimmed && { trimmed }) });
      table.set(element, rules);
    }
  }
  return table;
}

/**
 * Attributes whose text MI takes for a name, braces included, so that it finds nothing by an expression (seen on MI
 * 4.3.0).
 */
export const namesOnly: ReadonlySet<string> = new Set([
  'then/@sequence',
  'else/@sequence',
  'target/@sequence',
  'target/@endpoint',
  'foreach/@sequence',
  'onComplete/@sequence',
  'throttle/@onAccept',
  'throttle/@onReject',
  'store/@sequence',
  'call-template/@target',
  'call-template/@onError',
  'callout/@endpointKey',
  'endpoint/@key',
  'endpoint/@template',
]);

/** Attributes that MI evaluates where they are an expression, by `ValueFactory` or `SynapsePathFactory`. */
const evaluated: ReadonlySet<string> = new Set([
  'sequence/@key',
  'store/@messageStore',
  'endpoint/@key-expression',
  'send/@receive',
  'script/@key',
  'include/@key',
  'xslt/@key',
  'fastXSLT/@key',
  'xquery/@key',
  'schema/@key',
  'format/@key',
  'jsontransform/@schema',
  'datamapper/@config',
  'datamapper/@inputSchema',
  'datamapper/@outputSchema',
  'datamapper/@xsltStyleSheet',
]);

/** True for a reference (`sequence/@key`) that MI evaluates where it is an expression; parameters of connectors are. */
export function takesExpressions(via: string): boolean {
  return evaluated.has(via) || via.endsWith('onfigKey') || via.endsWith('onfigKey/text()');
}

/** By what a reference calls a template, and the elements there that give values for its parameters. */
export const givers: ReadonlyMap<string, 'with-param' | 'parameter'> = new Map([
  ['call-template/@target', 'with-param'],
  ['endpoint/@template', 'parameter'],
]);

/**
 * A property that a flow gives a message before it stores it: the endpoint that a forwarding processor without a target
 * of its own sends the message to (`ForwardingService` of wso2/wso2-synapse). Not the flow but the processor needs that
 * endpoint.
 */
export const targetOfMessage = { property: 'target.endpoint', via: 'property[@name="target.endpoint"]' } as const;

/** Parameters of message processors, stores and inbound endpoints that name another artifact. */
export const parameterRules: ReadonlyMap<string, { readonly target: TargetKind; readonly relation: Relation }> =
  new Map([
    ['sequence', { target: 'sequence', relation: 'uses' }],
    ['message.processor.reply.sequence', { target: 'sequence', relation: 'uses' }],
    ['message.processor.fault.sequence', { target: 'sequence', relation: 'uses' }],
    ['message.processor.deactivate.sequence', { target: 'sequence', relation: 'uses' }],
    ['message.processor.failMessagesStore', { target: 'message-store', relation: 'stores-into' }],
    ['message.target.store.name', { target: 'message-store', relation: 'stores-into' }],
    ['target.endpoint', { target: 'endpoint', relation: 'uses' }],
    ['ws.outflow.dispatch.sequence', { target: 'sequence', relation: 'uses' }],
    ['ws.outflow.dispatch.fault.sequence', { target: 'sequence', relation: 'uses' }],
    ['store.failover.message.store.name', { target: 'message-store', relation: 'stores-into' }],
    ['store.jdbc.dsName', { target: 'data-source', relation: 'uses' }],
  ]);
