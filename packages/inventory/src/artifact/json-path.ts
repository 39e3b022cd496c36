import { closing, faultOfFilter } from './json-path-filter.ts';

/**
 * What is wrong with a JSONPath expression as json-path 2.7.0 to 2.10.0 compiles it (`SynapseJsonPath` of
 * wso2/wso2-synapse; seen on MI 4.3.0); undefined where nothing is found. As the end of a sentence, like the faults of
 * expressions.ts; it goes over the text once.
 */
export function faultOfJsonPath(expression: string): string | undefined {
  // A property may stand for the root, and a dot at the end counts for nothing.
  const path = expression.replace(/^\$(?:ctx|trp|axis2):[\w-]*/, '$').replace(/\.$/, '');
  const text = path.trimEnd();
  if (text === '') return 'it is empty';
  const isRooted = text.startsWith('$') || text.startsWith('@');
  if (isRooted && text.length > 1 && !/[.[]/.test(text.charAt(1)))
    return `"${text.charAt(0)}" is followed by neither "." nor "["`;
  for (let at = isRooted ? 1 : 0; at < text.length; at++) {
    const sign = text.charAt(at);
    // A function, whose arguments are expressions of another kind.
    if (sign === '(') return undefined;
    if (isBlank(sign)) return 'it has a blank outside of quotes';
    if (sign === '.') {
      if (text.startsWith('...', at)) return 'it has "..."';
      if (at === text.length - 1) return 'nothing follows "."';
    } else if (sign === '[' && at < text.length - 1) {
      const group = endOfGroup(text, at + 1);
      if (typeof group === 'string') return group;
      at = group;
    }
  }
  return undefined;
}

const isBlank = (sign: string): boolean => sign === ' ' || sign === '\t' || sign === '\n' || sign === '\r';

/** Places in a list, from its end if negative. */
const indices = /^-?\d+(?: *, *-?\d+)*$/;

/** A part of a list by its ends, one at least; what else there is of signs counts for nothing. */
function isSlice(content: string): boolean {
  return /^[\d: -]+$/.test(content) && /^(?:-?\d+:|:-?\d)/.test(content.replaceAll(' ', ''));
}

const unclosed = '"[" is not closed';

/** Where a bracket closes whose content starts at an index, or what is wrong in it. */
function endOfGroup(text: string, from: number): number | string {
  let at = from;
  while (isBlank(text.charAt(at))) at += 1;
  const sign = text.charAt(at);
  if (sign === '?') return endOfFilter(text, at + 1);
  if (sign === "'" || sign === '"') return endOfNames(text, at);
  const end = text.indexOf(']', at);
  if (end === -1) return unclosed;
  const content = text.slice(at, end).trimEnd();
  if (content === '') return 'nothing stands in "[]"';
  return content === '*' || indices.test(content) || isSlice(content)
    ? end
    : `"[${content.slice(0, 30)}]" holds neither numbers, nor a name in quotes, nor a filter`;
}

/** The names in quotes of a bracket, with commas between them. */
function endOfNames(text: string, from: number): number | string {
  let at = from;
  for (;;) {
    const quote = text.charAt(at);
    if (quote === ']') return `a quote is missing in "[…]"`;
    // json-path passes over some of what may stand there.
    if (quote !== "'" && quote !== '"') return text.length;
    const end = closing(text, at, quote);
    if (end === -1) return `the quote ${quote} is not closed`;
    at = end + 1;
    while (isBlank(text.charAt(at))) at += 1;
    if (text.charAt(at) === ']') return at;
    if (at >= text.length) return unclosed;
    if (text.charAt(at) !== ',') return `"${text.charAt(at)}" follows a name in quotes`;
    at += 1;
    while (isBlank(text.charAt(at))) at += 1;
  }
}

/** A filter `(…)`; what follows one with a regular expression is left alone. */
function endOfFilter(text: string, from: number): number | string {
  let begin = from;
  while (isBlank(text.charAt(begin))) begin += 1;
  if (text.charAt(begin) !== '(') return '"?" is not followed by "("';
  let depth = 0;
  for (let at = begin; at < text.length; at++) {
    const sign = text.charAt(at);
    if (sign === "'" || sign === '"') {
      at = closing(text, at, sign);
      if (at === -1) return `the quote ${sign} is not closed`;
    } else if (sign === '/') return text.length;
    else if (sign === '(') depth += 1;
    else if (sign === ')') {
      depth -= 1;
      if (depth === 0) return behindFilter(text, begin + 1, at);
    }
  }
  return '"(" is not closed';
}

function behindFilter(text: string, begin: number, end: number): number | string {
  let at = end + 1;
  while (isBlank(text.charAt(at))) at += 1;
  if (text.charAt(at) !== ']') return 'a filter is not followed by "]"';
  // Filters in filters are left alone, so that one after the other is gone over once.
  const isNested = /\[\s*\?/.test(text.slice(begin, end));
  return (isNested ? undefined : faultOfFilter(text.slice(begin, end), faultOfJsonPath)) ?? at;
}
