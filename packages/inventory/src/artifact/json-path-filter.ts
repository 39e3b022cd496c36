/** Operators of a filter, in lower case (`RelationalOperator` of json-path 2.7.0 to 2.10.0). */
const operators: ReadonlySet<string> = new Set(
  '>= <= == === != !== < > =~ nin in contains all size exists type matches empty subsetof anyof noneof'.split(' '),
);

const signs = '<>=~!';
const blank = /\s/;

/** Filters in parentheses deeper than this are left alone. */
const deepest = 50;

/** Where a part ends, or what is wrong in it. */
type End = number | { readonly fault: string };

/**
 * What is wrong with a filter, the text between `?(` and `)`, as `FilterCompiler` of json-path compiles it; undefined
 * where nothing is found. What its paths look like is judged by `faultOfPath`.
 */
export function faultOfFilter(text: string, faultOfPath: (path: string) => string | undefined): string | undefined {
  const end = new Filter(text, faultOfPath).either(0, 0);
  if (typeof end !== 'number') return end.fault;
  const rest = text.slice(end).trim();
  return rest === '' || end > text.length ? undefined : unknown(rest);
}

function unknown(rest: string): string {
  const word = /^(?:[\w.]+|\S)/.exec(rest)?.[0] ?? '';
  return `"${word.slice(0, 30)}" in a filter is no operator, which are "&&", "||", "==" and so on`;
}

class Filter {
  readonly #text: string;
  readonly #faultOfPath: (path: string) => string | undefined;

  constructor(text: string, faultOfPath: (path: string) => string | undefined) {
    this.#text = text;
    this.#faultOfPath = faultOfPath;
  }

  /** Operands with `&&` and `||` between them, in any order: which binds more does not matter here. */
  either(from: number, depth: number): End {
    let end = this.#operand(from, depth);
    while (typeof end === 'number') {
      const next = this.#skip(end);
      const sign = this.#text.slice(next, next + 2);
      if (sign !== '&&' && sign !== '||') return end;
      end = this.#operand(next + 2, depth);
    }
    return end;
  }

  #operand(from: number, depth: number): End {
    const at = this.#skip(from);
    if (depth > deepest) return Number.POSITIVE_INFINITY;
    const sign = this.#text.charAt(at);
    if (sign === '!' && !'$@'.includes(this.#text.charAt(this.#skip(at + 1)) || ' '))
      return this.#operand(at + 1, depth + 1);
    if (sign !== '(') return this.#expression(at);
    const end = this.either(at + 1, depth + 1);
    if (typeof end !== 'number' || end > this.#text.length) return end;
    const close = this.#skip(end);
    return this.#text.charAt(close) === ')' ? close + 1 : { fault: unknown(this.#text.slice(close) || '(') };
  }

  #expression(from: number): End {
    const left = this.#value(from);
    if (typeof left !== 'number') return left;
    const at = this.#skip(left);
    const rest = this.#text.slice(at, at + 2);
    if (rest === '' || rest.startsWith(')') || rest === '&&' || rest === '||')
      return /^!?\s*[$@]/.test(this.#text.slice(from))
        ? left
        : { fault: `"${this.#text.slice(from, left).slice(0, 30)}" in a filter is compared with nothing` };
    let end = at;
    if (signs.includes(rest.charAt(0))) while (isSign(this.#text.charAt(end))) end += 1;
    else while (end < this.#text.length && this.#text.charAt(end) !== ' ') end += 1;
    const operator = this.#text.slice(at, end);
    if (operator === '=') return { fault: 'a filter compares with "==", not "="' };
    return operators.has(operator.toLowerCase()) ? this.#value(end) : { fault: unknown(this.#text.slice(at)) };
  }

  #value(from: number): End {
    let at = this.#skip(from);
    if (this.#text.charAt(at) === '!') at = this.#skip(at + 1);
    const sign = this.#text.charAt(at);
    switch (sign) {
      case '$':
      case '@':
        return this.#path(at);
      case '"':
      case "'":
        return this.#quoted(at);
      case '/':
      case '{':
      case '[':
        return this.#closed(at);
      default: {
        const literal = /^(?:true|false|null|-?[\d.eE-]*\d\.?)/.exec(this.#text.slice(at, at + 60))?.[0];
        if (literal !== undefined) return at + literal.length;
        const word = /^[^\s()]*/.exec(this.#text.slice(at))?.[0] ?? '';
        return {
          fault:
            word === ''
              ? 'a filter has nothing where a value must be'
              : `"${word.slice(0, 30)}" in a filter is neither a path that begins with "@" nor a text in quotes nor a number`,
        };
      }
    }
  }

  #path(from: number): End {
    let at = from + 1;
    // The end of `.length()` and its like belongs to the path.
    let [hasDot, before] = [false, ''];
    while (at < this.#text.length) {
      let sign = this.#text.charAt(at);
      if (sign === '[') {
        const end = this.#closed(at);
        if (typeof end !== 'number') return end;
        at = end;
        before = ']';
        sign = this.#text.charAt(at);
      }
      if (sign === '' || sign === ' ' || isSign(sign) || (sign === ')' && !(hasDot && before === '('))) break;
      hasDot ||= sign === '.';
      if (!blank.test(sign)) before = sign;
      at += 1;
    }
    const fault = this.#faultOfPath(this.#text.slice(from, at));
    return fault === undefined ? at : { fault: `${fault} (in a filter)` };
  }

  #quoted(from: number): End {
    const end = closing(this.#text, from, this.#text.charAt(from));
    return end === -1 ? { fault: `the quote ${this.#text.charAt(from)} is not closed` } : end + 1;
  }

  /** Behind a list, an object or a regular expression; texts in it may hold its signs. */
  #closed(from: number): End {
    const open = this.#text.charAt(from);
    // What stands in a regular expression, and behind it, is left alone.
    if (open === '/') return Number.POSITIVE_INFINITY;
    const close = open === '[' ? ']' : '}';
    let depth = 0;
    for (let at = from; at < this.#text.length; at += 1) {
      const sign = this.#text.charAt(at);
      if (sign === '"' || sign === "'") {
        at = closing(this.#text, at, sign);
        if (at === -1) return { fault: `the quote ${sign} is not closed` };
      } else if (sign === open) depth += 1;
      else if (sign === close) {
        depth -= 1;
        if (depth === 0) return at + 1;
      }
    }
    return { fault: `"${open}" is not closed` };
  }

  #skip(from: number): number {
    let at = from;
    while (blank.test(this.#text.charAt(at))) at += 1;
    return at;
  }
}

function isSign(sign: string): boolean {
  return sign !== '' && signs.includes(sign);
}

/** Where a quote is closed; -1 if it is not. */
export function closing(text: string, from: number, quote: string): number {
  for (let at = from + 1; at < text.length; at += 1) {
    if (text.charAt(at) === '\\') at += 1;
    else if (text.charAt(at) === quote) return at;
  }
  return -1;
}
