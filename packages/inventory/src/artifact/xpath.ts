/** What a part of an expression is: a sign stands for itself. */
type Kind = 'name' | 'number' | 'literal' | 'operator' | 'end' | 'error' | string;

interface Token {
  readonly kind: Kind;
  readonly at: number;
  readonly text: string;
}

/** Axes of XPath, which stand before `::`. */
const axes: ReadonlySet<string> = new Set(
  `ancestor ancestor-or-self attribute child descendant descendant-or-self following following-sibling namespace parent
  preceding preceding-sibling self`.split(/\s+/),
);

const nodeTypes: ReadonlySet<string> = new Set(['node', 'comment', 'text', 'processing-instruction']);

/** Deeper than anybody writes: nothing is said of what lies below. */
const deepest = 100;

/** Thrown where a token cannot stand, and where nobody looks any deeper. */
const [refused, tooDeep] = [Symbol('refused'), Symbol('too deep')];

const nameStart = /[\p{L}_]/u;
const nameSign = /[\p{L}\p{N}\p{M}._\-\u00b7]/u;
const signs = ['//', '..', '::', '<=', '>=', '!=', ...'$/,()[]+-<>=|@:.'];

/** After these, and at the start, neither a name nor a star is an operator. */
const beforeName: ReadonlySet<string> = new Set([
  '@', '::', '(', '[', 'operator', ':', '/', '//', '|', '$', '+', '-', ',', '<', '>', '<=', '>=', '=', '!=',
]); // prettier-ignore

/** `XPathLexer` of jaxen 1.1.6. */
function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = skipBlanks(text, 0);
  while (at < text.length) {
    const last = tokens.at(-1)?.kind;
    if (last === 'error') break;
    const [kind, length] = tokenAt(text, at, last === undefined || beforeName.has(last));
    if (length === 0) break;
    tokens.push({ kind, at, text: text.slice(at, at + length) });
    at = skipBlanks(text, at + length);
  }
  tokens.push({ kind: 'end', at, text: '' });
  return tokens;
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (at < text.length && ' \t\r\n'.includes(text.charAt(at))) at += 1;
  return at;
}

/** The kind and the length of the token that starts here; without a length, the expression ends. */
function tokenAt(text: string, at: number, isOperand: boolean): readonly [kind: Kind, length: number] {
  const sign = text.charAt(at);
  // A literal that is not closed ends the expression, wherever it stands.
  if (sign === '"' || sign === "'") return ['literal', Math.max(0, text.indexOf(sign, at + 1) + 1 - at)];
  number.lastIndex = at;
  const digits = number.exec(text)?.[0];
  if (digits !== undefined) return ['number', digits.length];
  if (sign === '*') return [isOperand ? '*' : 'operator', 1];
  if (nameStart.test(sign)) {
    if (isOperand) return ['name', lengthOfName(text, at)];
    const operator = operatorAt(text, at);
    return operator === undefined ? ['error', 1] : ['operator', operator.length];
  }
  const found = signs.find((one) => text.startsWith(one, at));
  return found === undefined ? ['error', 1] : [found, found.length];
}

const number = /(?:\d+(?:\.\d*)?|\.\d+)/y;

function lengthOfName(text: string, from: number): number {
  let end = from + 1;
  while (end < text.length && nameSign.test(text.charAt(end))) end += 1;
  return end - from;
}

/** What begins as an operator is one, whatever follows. */
function operatorAt(text: string, at: number): string | undefined {
  return ['and', 'or', 'div', 'mod'].find((one) => text.startsWith(one, at));
}

/**
 * What is wrong with an XPath expression, as jaxen 1.1.6 reads it: `SynapseXPath` of wso2/wso2-synapse makes one of
 * each while MI builds the artifact. As the end of a sentence, "…, which is not a valid XPath expression: " and then
 * this; undefined for one that it takes, and for an expression of Synapse's own language, which has `${…}` in it.
 */
export function faultOfXPath(text: string): string | undefined {
  if (text.includes('${')) return undefined;
  const tokens = tokensOf(text);
  const at = refusedAt(tokens);
  return at === undefined ? undefined : described(tokens, at, text);
}

/** The token that cannot stand where it does; undefined where all can. */
function refusedAt(tokens: readonly Token[]): number | undefined {
  const reader = new Reader(tokens);
  try {
    reader.all();
    return undefined;
  } catch (error) {
    if (error === refused) return reader.next;
    if (error === tooDeep) return undefined;
    throw error;
  }
}

/** Kinds with which an operand ends. */
const endsOperand: ReadonlySet<string | undefined> = new Set(['name', 'number', 'literal', ')', ']', '.', '..', '*']);

function described(tokens: readonly Token[], index: number, text: string): string {
  const [before, token] = [tokens[index - 1], tokens[index]];
  if (token === undefined || text.trim() === '') return 'it is empty';
  const open = openIn(tokens.slice(0, index));
  const nothing = `nothing follows "${before?.text ?? ''}"`;
  const sign = text.charAt(token.at);
  if (token.kind === 'end' && sign !== '') return `the quote ${sign} is not closed`;
  if (token.kind === 'end') return open === undefined ? nothing : `"${open}" is not closed`;
  if (sign === ')' || sign === ']') return open === (sign === ')' ? '(' : '[') ? nothing : `"${sign}" closes nothing`;
  if (token.kind === 'error' && !nameStart.test(sign))
    return sign === '!' ? 'it has "!" without "="' : `it has "${sign}" outside of quotes`;
  const word = /^[\w.:-]{1,30}/.exec(text.slice(token.at))?.[0] ?? token.text.slice(0, 30);
  return before === undefined ? `"${word}" cannot stand first` : misplaced(before, token, word);
}

/** Of a token that cannot stand behind another. */
function misplaced(before: Token, { kind, text: [sign = ''] }: Token, word: string): string {
  if (before.kind === '$') return '"$" has no name';
  if (kind === before.kind && '=|<>'.includes(sign)) return `it has "${sign}${sign}"`;
  const startsOperand = kind === 'error' || /^\w/.test(sign) || '\'"$('.includes(sign);
  return endsOperand.has(before.kind) && startsOperand
    ? `no operator stands before "${word}"`
    : `"${word}" cannot stand after "${before.text.slice(0, 30)}"`;
}

/** The innermost bracket that is open at the end of these tokens. */
function openIn(tokens: readonly Token[]): string | undefined {
  const open: string[] = [];
  for (const { kind } of tokens) {
    if (kind === '(' || kind === '[') open.push(kind);
    else if (kind === ')' || kind === ']') open.pop();
  }
  return open.at(-1);
}

/** Goes over the tokens once, by the rules of `XPathReader`, its lenience included. */
class Reader {
  readonly #tokens: readonly Token[];
  next = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  all(): void {
    this.#expression();
    if (this.#kind() !== 'end') this.#refuse();
  }

  #token(ahead = 0): Token | undefined {
    return this.#tokens[Math.min(this.next + ahead, this.#tokens.length - 1)];
  }

  #kind(ahead = 0): Kind | undefined {
    return this.#token(ahead)?.kind;
  }

  #is(...kinds: readonly Kind[]): boolean {
    return kinds.includes(this.#kind() ?? 'end');
  }

  #take(kind: Kind): void {
    if (this.#kind() !== kind) this.#refuse();
    this.next += 1;
  }

  #refuse(): never {
    throw refused;
  }

  /** Operators of all ranks in a row: which binds stronger does not matter to whether they may stand there. */
  #expression(): void {
    this.#depth += 1;
    if (this.#depth > deepest) throw tooDeep;
    this.#operand();
    while (this.#is('operator', '=', '!=', '<', '>', '<=', '>=', '+', '-', '|')) {
      this.next += 1;
      this.#operand();
    }
    this.#depth -= 1;
  }

  #operand(): void {
    while (this.#is('-')) this.next += 1;
    if (this.#is('literal', 'number')) {
      this.#filter();
      if (this.#is('/', '//')) this.#refuse();
    } else if (this.#is('(', '$') || this.#isCall()) {
      this.#filter();
      if (this.#is('/', '//')) this.#path(false);
    } else if (this.#is('name', '.', '..', '*', '@')) this.#path(false);
    else if (this.#is('/', '//')) this.#path(true);
    else this.#refuse();
  }

  #isCall(): boolean {
    if (!this.#is('name')) return false;
    if (this.#kind(1) === '(') return !nodeTypes.has(this.#token()?.text ?? '');
    return this.#kind(1) === ':' && this.#kind(3) === '(';
  }

  #filter(): void {
    if (this.#is('literal', 'number')) this.next += 1;
    else if (this.#is('(')) {
      this.next += 1;
      this.#expression();
      this.#take(')');
    } else if (this.#is('$')) {
      this.next += 1;
      this.#qualified();
    } else {
      this.#qualified();
      this.#arguments();
    }
    this.#predicates();
  }

  #qualified(): void {
    if (this.#kind(1) === ':') {
      this.#take('name');
      this.#take(':');
    }
    this.#take('name');
  }

  /** A comma may be the last thing in them. */
  #arguments(): void {
    this.#take('(');
    while (!this.#is(')')) {
      this.#expression();
      if (!this.#is(',')) break;
      this.next += 1;
    }
    this.#take(')');
  }

  #predicates(): void {
    while (this.#is('[')) {
      this.next += 1;
      this.#expression();
      this.#take(']');
    }
  }

  #startsStep(): boolean {
    return this.#is('.', '..', '@', 'name', '*');
  }

  #path(isAbsolute: boolean): void {
    if (this.#is('/', '//')) {
      const isAll = this.#is('//');
      this.next += 1;
      if (isAbsolute && !this.#startsStep()) {
        if (isAll) this.#refuse();
        return;
      }
    }
    // Behind a filter the path may end with its slash.
    if (this.#is('end')) return;
    this.#step();
    while (this.#is('/', '//')) {
      this.next += 1;
      this.#step();
    }
  }

  #step(): void {
    if (!this.#startsStep()) this.#refuse();
    if (this.#is('.', '..')) {
      this.next += 1;
      return this.#predicates();
    }
    if (this.#is('@')) this.next += 1;
    else if (this.#is('name') && this.#kind(1) === '::') {
      if (!axes.has(this.#token()?.text ?? '')) this.#refuse();
      this.next += 2;
    }
    this.#test();
    this.#predicates();
  }

  #test(): void {
    if (!this.#is('name', '*')) this.#refuse();
    if (this.#is('name') && this.#kind(1) === '(') {
      const type = this.#token()?.text ?? '';
      if (!nodeTypes.has(type)) this.#refuse();
      this.next += 2;
      if (type === 'processing-instruction' && this.#is('literal')) this.next += 1;
      this.#take(')');
      return;
    }
    if (this.#is('name') && this.#kind(1) === ':') this.next += 2;
    // What follows a prefix may be missing.
    if (this.#is('name', '*')) this.next += 1;
  }
}
