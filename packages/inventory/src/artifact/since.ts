import type { XmlAttribute } from '../xml/attribute.ts';
import { attributeValue, type XmlNode } from '../xml/tree.ts';
import { effect, type Reading, synapseNamespace } from './reading.ts';
import { ownChild, short } from './refused.ts';

/** Mediators that MI has since 4.4.0 (`MediatorFactoryFinder` of wso2/wso2-synapse, v4.0.0-wso2v119 and -wso2v215). */
const mediators: ReadonlySet<string> = new Set(['variable', 'scatter-gather', 'throwError']);

/** An expression of Synapse's own language, in any text: MI before 4.4.0 takes it for a plain one. */
const inText = /\$\{\s*(?:(?:payload|vars|headers|params|props|attributes)\b|registry\()/;

/** Attributes that MI before 4.4.0 compiles as an XPath expression, and so refuses the artifact. */
const compiled: ReadonlySet<string> = new Set(['expression', 'xpath', 'source', 'collection']);

/**
 * Tells the first thing in an artifact that MI has since 4.4.0 only: refused before, or passed on as it is written.
 * What is only logged is told, too, but it hides no other finding: nothing else goes wrong before (MI 4.3.0).
 */
export function readSince(reading: Reading, node: XmlNode): void {
  if (reading.newer === 'needed') return;
  const found = newerIn(node, reading.hasExpressions);
  if (found !== undefined) needsNewer(reading, found, node.offset);
  else if (reading.newer === 'nothing' && isLogged(node)) {
    reading.newer = 'logged';
    effect(reading, 'logs-since-4.4', 'an expression in the element `message` of a log', node.offset);
  }
}

function isLogged({ local, parent, text }: XmlNode): boolean {
  return local === 'message' && parent?.local === 'log' && inText.test(text);
}

/** Tells something that MI has since 4.4.0 only, unless that has been told of its artifact. */
export function needsNewer(reading: Reading, what: string, offset: number): void {
  if (reading.newer === 'needed') return;
  reading.newer = 'needed';
  effect(reading, 'since-4.4', what, offset);
}

function newerIn(node: XmlNode, hasExpressions: boolean): string | undefined {
  const { local, namespace, attributes } = node;
  if (namespace === synapseNamespace && mediators.has(local)) return `the mediator \`${local}\``;
  if (!hasExpressions) return local === 'format' ? textAsXml(node) : undefined;
  for (let index = 0; index < attributes.length; index += 1) {
    const { name, value } = attributes[index] as XmlAttribute;
    if (value.includes('${') && (inText.test(value) || (compiled.has(name) && value.startsWith('${'))))
      return `the expression ${short(value)}`;
  }
  const isSent = (local === 'message' && !isLogged(node)) || (local === 'format' && !isFreeMarker(node));
  const text = isSent ? node.text : '';
  if (text !== '' && inText.test(text)) return `an expression in the element \`${local}\``;
  return local === 'format' ? textAsXml(node) : undefined;
}

const isFreeMarker = ({ parent }: XmlNode): boolean =>
  parent !== undefined && attributeValue(parent, 'template-type')?.toLowerCase() === 'freemarker';

/** `PayloadFactoryMediatorFactory` asks for an element where the payload is XML, until it takes a text for it, too. */
function textAsXml(node: XmlNode): string | undefined {
  const { parent } = node;
  const mediaType = parent === undefined ? '' : (attributeValue(parent, 'media-type') ?? 'xml');
  return parent?.local === 'payloadFactory' &&
    ownChild(parent, 'format') === node &&
    node.children.length === 0 &&
    attributeValue(node, 'key') === undefined &&
    !/json|text/.test(mediaType) &&
    !isFreeMarker(node)
    ? 'a payload of XML whose format is a text'
    : undefined;
}
