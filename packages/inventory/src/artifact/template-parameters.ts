import { attribute, attributeValue, childrenNamed, type XmlNode } from '../xml/tree.ts';
import type { GivenValue, TemplateParameter } from './parsed.ts';
import { own, type Reading, share, synapseNamespace } from './reading.ts';
import { literalIn } from './values.ts';

/**
 * What a call gives for the parameters of a template: `<with-param>` of a `<call-template>`, `<parameter>` of an
 * endpoint. Of two with one name the last counts (`InvokeMediator.addInvokeParam`, `TemplateEndpoint.addParameter` of
 * wso2/wso2-synapse). An endpoint's parameters are called `$name`, as its template writes them.
 */
export function givenBy(reading: Reading, call: XmlNode, element: 'with-param' | 'parameter'): readonly GivenValue[] {
  const isEndpoint = element === 'parameter';
  const given = childrenNamed(call, element).flatMap((node): GivenValue[] => {
    const [name, value] = [attribute(node, 'name'), attribute(node, 'value')];
    if (name === undefined || value === undefined || node.namespace !== synapseNamespace) return [];
    return [
      {
        name: share(isEndpoint ? `$${name.value}` : name.value),
        via: share(`${element}[@name="${name.value}"]`),
        value: nameIn(isEndpoint ? value.value : (literalIn(value.value) ?? value.value)),
        source: reading.locate(value.offset),
      },
    ];
  });
  const uri = isEndpoint ? attribute(call, 'uri') : undefined;
  return uri === undefined
    ? given
    : [{ name: '$uri', via: 'endpoint/@uri', source: reading.locate(uri.offset) }, ...given];
}

/** A value as far as it may name something: payloads are values too. */
function nameIn(value: string): string {
  return own(value.slice(0, 4096));
}

/** The same of a task, whose element of parameters has one element for each (`TemplateMessageExecutor`). */
export function givenByTask(reading: Reading, parameters: XmlNode | undefined): readonly GivenValue[] {
  return (parameters?.children ?? []).map(({ local, text, textOffset }) => ({
    name: share(local),
    via: share(`templateParams/${local}`),
    value: nameIn(literalIn(text) ?? text),
    source: reading.locate(textOffset),
  }));
}

/**
 * What a template declares; MI gives it nothing else (`TemplateContext.setupParams`, `Template.replace`). One of
 * endpoints has a name and an address, whether it says so or not.
 */
export function declaredBy(reading: Reading, template: XmlNode): readonly TemplateParameter[] {
  const endpoint = template.children.find(({ local }) => local === 'endpoint');
  const isEndpoint = endpoint !== undefined;
  const used = new Set(endpoint === undefined ? [] : textsIn(endpoint));
  const declared = childrenNamed(template, 'parameter').flatMap((node): TemplateParameter[] => {
    const name = attribute(node, 'name');
    if (name === undefined || node.namespace !== synapseNamespace) return [];
    const value = isEndpoint ? undefined : attribute(node, 'defaultValue');
    return [
      {
        name: share(isEndpoint ? `$${name.value.trim()}` : name.value),
        ...(value === undefined ? {} : { value: own(value.value) }),
        ...(isEndpoint ? neededIn(used, `$${name.value}`) : mandatory(node)),
        source: reading.locate(value?.offset ?? node.offset),
      },
    ];
  });
  if (!isEndpoint) return declared;
  const source = reading.locate(template.offset);
  return [...declared, { name: '$name', source }, { name: '$uri', ...neededIn(used, '$uri'), source }];
}

/** `TemplateMediatorFactory.initParameters`; MI does not look for a default then (seen on MI 4.3.0). */
function mandatory(parameter: XmlNode): Pick<TemplateParameter, 'isNeeded'> {
  return attributeValue(parameter, 'isMandatory')?.toLowerCase() === 'true' ? { isNeeded: true } : {};
}

/**
 * MI replaces what is `$host` as a whole, and leaves that text where nobody gives it a value. The name of an endpoint
 * comes from itself, and does no harm as a text.
 */
function neededIn(used: ReadonlySet<string>, name: string): Pick<TemplateParameter, 'isNeeded'> {
  return used.has(name) && name !== '$name' ? { isNeeded: true } : {};
}

/** The values of all attributes and elements. */
function textsIn(node: XmlNode): string[] {
  return [...node.attributes.map(({ value }) => value), node.text, ...node.children.flatMap(textsIn)];
}
