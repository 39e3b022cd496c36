import { attribute } from '../xml/tree.ts';
import { faultOfPattern, faultOfXPath } from './expressions.ts';
import { own } from './reading.ts';
import { type Check, short } from './refused.ts';
import { isDynamic } from './values.ts';

/** Expressions in which nothing was found: a project has most of them many times. */
const sound = new Set<string>();

/** As {@link faultOfXPath}; a JSONPath in `json-eval(…)` is left alone (`SynapsePathFactory` of wso2/wso2-synapse). */
export function faultOfPath(text: string): string | undefined {
  if (text.startsWith('json-eval(') || sound.has(text)) return undefined;
  const fault = faultOfXPath(text);
  // Made-up ones must not grow it for ever.
  if (fault === undefined && sound.size < 1000 && text.length < 200) sound.add(own(text));
  return fault;
}

/** The attribute is missing, or an XPath expression; `alone`: it may not be a JSONPath. */
export function xpath(name: string, alone?: 'alone'): Check {
  return compiled(name, 'XPath expression', alone === undefined ? faultOfPath : faultOfXPath);
}

/** The attribute is missing, or a regular expression. */
export function pattern(name: string): Check {
  return compiled(name, 'regular expression', (text) => (isDynamic(text) ? undefined : faultOfPattern(text)));
}

/** The attribute is missing, or nothing is wrong with it as what it has to be. */
export function compiled(name: string, kind: string, faultOf: (text: string) => string | undefined): Check {
  return (node) => {
    const found = attribute(node, name);
    const fault = found === undefined ? undefined : faultOf(found.value);
    return found === undefined || fault === undefined
      ? undefined
      : {
          type: 'holds',
          what: `has the ${name} "${short(found.value)}", which is not a valid ${kind}: ${fault}`,
          hint: `Correct the ${kind}.`,
          at: found.offset,
        };
  };
}
