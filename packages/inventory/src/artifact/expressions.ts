/**
 * What is wrong with expressions that MI compiles while it deploys an artifact. Each looks for what people get wrong
 * only, so that an expression without a finding may still be none; it goes over the text once.
 */

/** As the end of a sentence: "…, which is no XPath: " and then this. */
type Fault = string | undefined;

/**
 * What is wrong with a regular expression of Java (`java.util.regex.Pattern`); undefined where nothing is found, and
 * for one with a text in `\Q…\E`, a control character or a comment.
 */
export function faultOfPattern(text: string): Fault {
  if (text.includes('\\Q') || text.includes('\\c') || text.includes('#')) return undefined;
  let depth = 0;
  /** Whether there is something that can be repeated. */
  let isAtom = false;
  for (let at = 0; at < text.length; at++) {
    const sign = text.charAt(at);
    if (sign === '\\') {
      at += 1;
      if (at === text.length) return 'nothing follows "\\"';
      // A name: `\p{Alpha}`, `\x{41}`.
      if (text.charAt(at + 1) === '{' && 'pPxN'.includes(text.charAt(at))) at = Math.max(at, text.indexOf('}', at));
      isAtom = true;
    } else if (sign === '[') {
      at = endOfClass(text, at);
      if (at === -1) return '"[" is not closed';
      isAtom = true;
    } else if (sign === '(') {
      depth += 1;
      isAtom = false;
      if (text.charAt(at + 1) === '?') at += 1;
    } else if (sign === ')') {
      depth -= 1;
      if (depth < 0) return '")" closes nothing';
      isAtom = true;
    } else if (sign === '*' || sign === '+' || sign === '?') {
      if (!isAtom) return `nothing stands before "${sign}" that could be repeated`;
      const next = text.charAt(at + 1);
      // Possessive or lazy.
      if (next === '+' || next === '?') at += 1;
      isAtom = false;
    } else if (sign === '{') {
      const end = text.indexOf('}', at);
      if (end === -1 || !isCount(text.slice(at + 1, end))) return '"{" begins no count';
      at = end;
    } else isAtom = sign !== '|';
  }
  return depth > 0 ? '"(" is not closed' : undefined;
}

/** Where a class of characters ends, which may hold others; -1 when it does not. */
function endOfClass(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    const sign = text.charAt(at);
    if (sign === '\\') at += 1;
    else if (sign === '[') {
      depth += 1;
      if (text.charAt(at + 1) === '^') at += 1;
      // A bracket at the start of a class is one of its characters.
      if (text.charAt(at + 1) === ']') at += 1;
    } else if (sign === ']') {
      depth -= 1;
      if (depth === 0) return at;
    }
  }
  return -1;
}

const isCount = (text: string): boolean => /^\d+(?:,\d*)?$/.test(text);

/** Signs that a variable of a URI template may start with (RFC 6570), and those that its name cannot have. */
const operators = '+#./;?&';
const unnamed = /[^\w.%,:*+-]|(?<!:)[+-]/;

/**
 * What is wrong with the template of an HTTP endpoint (handy-uri-templates 2.1.8); undefined where nothing is found.
 */
export function faultOfTemplate(text: string): Fault {
  for (let at = text.indexOf('{'), before = 0; ; before = at, at = text.indexOf('{', at)) {
    const stray = text.indexOf('}', before);
    if (stray !== -1 && (at === -1 || stray < at)) return '"}" closes nothing';
    if (at === -1) return undefined;
    const end = text.indexOf('}', at);
    if (end === -1) return '"{" is not closed';
    const name = text.slice(at + (operators.includes(text.charAt(at + 1)) ? 2 : 1), end);
    if (name === '') return 'a variable has no name';
    if (unnamed.test(name)) return `the variable "${name}" has other signs than letters, digits, "_" and "."`;
    at = end + 1;
  }
}

/**
 * What is wrong with the template of an API's resource (`URITemplateParser` of wso2/wso2-synapse, which is another
 * one); undefined where nothing is found.
 */
export function faultOfResource(template: string): Fault {
  const text = template !== '/' && template.endsWith('/') ? template.slice(0, -1) : template;
  let start = -1;
  for (let at = 0; at < text.length; at++) {
    const sign = text.charAt(at);
    if (sign === '{') {
      if (start !== -1) return '"{" stands in a variable';
      if (at === 0) return 'it starts with "{"';
      if (at + 2 >= text.length) return '"{" is not closed';
      start = at + 1;
    } else if (sign === '}') {
      if (start === -1) return '"}" closes nothing';
      if (at === start) return 'a variable has no name';
      if (unsupported.includes(text.charAt(start))) return `a variable starts with "${text.charAt(start)}"`;
      const [odd] = noVariable.exec(text.slice(start, at)) ?? [];
      if (odd !== undefined) return `a variable has "${odd}"`;
      start = -1;
    }
  }
  return undefined;
}

const unsupported = ';?&';
/** Signs that a variable cannot have (`Variable` and `Expression`; seen on MI 4.3.0). */
const noVariable = /[*\s%|$@!]/;
