import { attribute, attributeValue, type XmlNode } from '../xml/tree.ts';
import { type Reading, report, synapseNamespace } from './reading.ts';
import { isDynamic } from './values.ts';

/** What MI refuses in an element, as the end of a sentence whose subject is the element, and what to do. */
export interface Refusal {
  /** `lacks`: something is missing. `holds`: something is there that MI does not take. */
  readonly type: 'lacks' | 'holds';
  readonly what: string;
  readonly hint: string;
  /** Where, when it is not the element itself. */
  readonly at?: number;
}

/** One thing that a factory of wso2/wso2-synapse asks of an element; undefined when it is content. */
export type Check = (node: XmlNode) => Refusal | undefined;

/** True for a text without anything but blanks, which counts as none for some factories. */
export const blank = (value: string | undefined): boolean => value === undefined || value.trim() === '';

/** Something is missing. */
export const lacks = (what: string, hint: string): Refusal => ({ type: 'lacks', what, hint });

/** Something is there that MI does not take; `at`: where, when it is not the element itself. */
export const holds = (what: string, hint: string, at?: number): Refusal => ({
  type: 'holds',
  what,
  hint,
  ...(at === undefined ? {} : { at }),
});

/** `Integer.parseInt`. */
export const isInteger = (text: string): boolean => /^[+-]?\d+$/.test(text) && Math.abs(Number(text)) < 2 ** 31;

/** Most characters of a value that a sentence shows. */
const shown = 60;

/** The element has the attribute; with `filled` it is not empty either. */
export function needs(name: string, filled?: 'filled'): Check {
  return (node) => {
    const value = attributeValue(node, name);
    if (value !== undefined && (filled === undefined || value !== '')) return undefined;
    return {
      type: 'lacks',
      what: value === undefined ? `has no attribute "${name}"` : `has an empty attribute "${name}"`,
      hint: `Write the attribute "${name}".`,
    };
  };
}

/** The attribute is missing, or more than blanks: MI takes an empty name for the root of its registry, and fails. */
export function notBlank(...names: readonly string[]): Check {
  return (node) => {
    const empty = names.find((name) => attributeValue(node, name)?.trim() === '');
    return empty === undefined
      ? undefined
      : lacks(`has an empty attribute "${empty}"`, `Write the attribute "${empty}".`);
  };
}

/** A child that has no such attribute. */
export function named(what: string, by: string): Check {
  return (node) =>
    attributeValue(node, by) === undefined
      ? { type: 'lacks', what: `has a ${what} without the attribute "${by}"`, hint: `Write the attribute "${by}".` }
      : undefined;
}

/** A class that is written is named: MI loads it while it deploys the artifact (seen on MI 4.3.0). */
export function namesClass(node: XmlNode): Refusal | undefined {
  return attributeValue(node, 'class')?.trim() === ''
    ? lacks('has an empty class', 'Write the name of the class.')
    : undefined;
}

/** The element has a child of MI's namespace with one of these names. */
export function needsChild(...names: readonly string[]): Check {
  return (node) =>
    names.some((name) => ownChild(node, name) !== undefined)
      ? undefined
      : { type: 'lacks', what: `has no element ${quoted(names)}`, hint: `Add the element ${quoted(names)}.` };
}

/** The attribute is missing or has one of these values, as they stand. */
export function allows(name: string, values: readonly string[], reading: (value: string) => string = same): Check {
  return (node) => {
    const found = attribute(node, name);
    if (found === undefined || values.includes(reading(found.value)) || isDynamic(found.value)) return undefined;
    return {
      type: 'holds',
      what: `has the ${name} "${short(found.value)}"`,
      hint: `Write one of ${values.filter((value) => value !== '').join(', ')}.`,
      at: found.offset,
    };
  };
}

/** Each child of this name passes a check. */
export function each(child: string, check: Check): Check {
  return (node) => {
    for (const inner of node.children) {
      const refusal = inner.local === child && inner.namespace === synapseNamespace ? check(inner) : undefined;
      if (refusal !== undefined) return { at: inner.offset, ...refusal };
    }
    return undefined;
  };
}

/** Each child of this name has the attribute. */
export function eachHas(child: string, name: string): Check {
  return each(child, (inner) =>
    attributeValue(inner, name) === undefined
      ? lacks(`has a "${child}" without the attribute "${name}"`, `Write the attribute "${name}".`)
      : undefined,
  );
}

/** The first child of this name that MI finds: it looks in its own namespace alone. */
export function ownChild(node: XmlNode, name: string): XmlNode | undefined {
  const { children } = node;
  for (let index = 0; index < children.length; index += 1) {
    const one = children[index];
    if (one?.local === name && one.namespace === synapseNamespace) return one;
  }
  return undefined;
}

/** The children of this name that MI finds. */
export function ownChildren(node: XmlNode, name: string): readonly XmlNode[] {
  return node.children.filter(({ local, namespace }) => local === name && namespace === synapseNamespace);
}

/** Tells what the checks find wrong with an element; `subject` begins the sentence, made only where it is needed. */
export function checkAll(
  reading: Reading,
  node: XmlNode,
  subject: string | ((node: XmlNode) => string),
  checks: readonly Check[],
): void {
  for (let index = 0; index < checks.length; index += 1) {
    const refusal = checks[index]?.(node);
    if (refusal !== undefined) refuse(reading, node, typeof subject === 'string' ? subject : subject(node), refusal);
  }
}

/** Tells of one thing for which MI refuses the artifact. */
function refuse(reading: Reading, node: XmlNode, subject: string, { type, what, hint, at }: Refusal): void {
  report(reading, at ?? node.offset, {
    code: type === 'lacks' ? 'MI-ARTIFACT-INCOMPLETE' : 'MI-ARTIFACT-VALUE',
    message: `${subject} ${what}; Micro Integrator refuses it and ${reading.afterwards}.`,
    hint,
  });
}

/** A value as a sentence shows it. */
export function short(value: string): string {
  return value.slice(0, shown).replaceAll(/\s/g, ' ');
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(' or ');
}

function same(value: string): string {
  return value;
}
