/** Directives of FreeMarker 2.3.30, in both ways of writing them. */
const directives: ReadonlySet<string> = new Set(
  `assign attempt autoesc autoEsc break case comment compress continue default else elseif elseIf escape fallback flush
  foreach forEach ftl function global if import include items list local lt macro nested noautoesc noAutoEsc noescape
  noEscape noparse noParse nt outputformat outputFormat recover recurse return rt sep setting stop switch t transform
  visit`.split(/\s+/),
);

/** Those that are always closed. */
const blocks: ReadonlySet<string> = new Set(
  'attempt autoesc autoEsc compress escape foreach forEach function if list macro noautoesc noAutoEsc noescape noEscape outputformat outputFormat switch transform'.split(
    ' ',
  ),
);

/** Those that have no end. What ends a part that is not read is found with its beginning. */
const endless: ReadonlySet<string> = new Set(
  `break case comment continue default else elseif elseIf fallback flush ftl import include lt nested noparse noParse nt
  recover recurse return rt setting stop t visit`.split(/\s+/),
);

/** What ends a part that is not read; neither sign has to be of the kind that FreeMarker writes. */
const closing: ReadonlyMap<string, RegExp> = new Map([
  ['noparse', /[<[]\/#?noparse\s*[>\]]/],
  ['noParse', /[<[]\/#?noParse\s*[>\]]/],
  ['comment', /[<[]\/#?comment\s*[>\]]/],
]);

const opening: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

/** Operators after which something must follow; after `..`, `??`, `.*` and `.**` it need not. */
const open = /(?:[+/%=&|,(-]|(?<!\?)\?|(?<!\.\*?)[.*])$/;

/**
 * What is wrong with a template of FreeMarker, which MI compiles while it deploys the mediator
 * (`FreeMarkerTemplateProcessor` of wso2/wso2-synapse; seen on MI 4.3.0); undefined where nothing is found. It looks
 * for what people get wrong only, goes over the text once, and leaves alone what has square tags.
 */
export function faultOfFreeMarker(text: string): string | undefined {
  if (/\[[#@]/.test(text)) return undefined;
  const stack: string[] = [];
  const starts = /<#--|<\/?[#@]|[$#]\{/g;
  for (let found = starts.exec(text); found !== null; found = starts.exec(text)) {
    const [sign] = found;
    const begin = found.index + sign.length;
    if (sign === '<#--') {
      starts.lastIndex = after(text, '-->', begin);
      if (starts.lastIndex === 0) return '<#-- is not closed';
      continue;
    }
    const isTag = sign.startsWith('<');
    const name = isTag ? (/^[\w.]*/.exec(text.slice(begin, begin + 80))?.[0] ?? '') : '';
    // A sign and nothing that could be a directive is a text, and so is the end of a macro that is not closed.
    if (isTag && sign.endsWith('#') && !/^[a-zA-Z]/.test(name)) continue;
    const called = sign === '</@' ? /^(?:\w+(?:\.\w+)*)?\s*[>\]]/.exec(text.slice(begin, begin + 160)) : undefined;
    if (called === null) continue;
    const end =
      called === undefined
        ? endOfExpression(text, begin + name.length, isTag ? '>' : '}')
        : begin + called[0].length - 1;
    if (typeof end === 'string') return end;
    if (end === -1) return `${sign}${name} is not closed`;
    starts.lastIndex = end + 1;
    const fault = isTag
      ? tag(stack, { sign, name, isEmpty: text.charAt(end - 1) === '/' })
      : value(text.slice(begin, end));
    if (fault !== undefined) return fault;
    const closer = sign === '<#' ? closing.get(name) : undefined;
    if (closer !== undefined) {
      const closed = closer.exec(text.slice(end));
      if (closed === null) return `<#${name} is not closed`;
      starts.lastIndex = end + closed.index + closed[0].length;
    }
  }
  const last = stack.at(-1);
  return last === undefined ? undefined : `<${last}> is not closed`;
}

function after(text: string, what: string, from: number): number {
  const at = text.indexOf(what, from);
  return at === -1 ? 0 : at + what.length;
}

/** Where an expression ends: -1 if it does not, and a text if its brackets do not match. */
function endOfExpression(text: string, from: number, closer: string): number | string {
  const brackets: string[] = [];
  for (let at = from; at < text.length; at += 1) {
    const sign = text.charAt(at);
    if (sign === '"' || sign === "'") {
      at = endOfString(text, at);
      if (at === -1) return 'a quote is not closed';
    } else if (sign === closer && brackets.length === 0) return at;
    else if (sign === '(' || sign === '[' || sign === '{') brackets.push(sign);
    else if (opening[sign] !== undefined && brackets.pop() !== opening[sign]) return `"${sign}" closes nothing`;
  }
  return -1;
}

function endOfString(text: string, from: number): number {
  const quote = text.charAt(from);
  // What begins with r has no escapes.
  const isRaw = text.charAt(from - 1) === 'r' && !/\w/.test(text.charAt(from - 2));
  for (let at = from + 1; at < text.length; at += 1) {
    if (text.charAt(at) === '\\' && !isRaw) at += 1;
    else if (text.charAt(at) === quote) return at;
  }
  return -1;
}

function value(expression: string): string | undefined {
  const written = expression.trim();
  if (written === '') return 'it has an empty ${}';
  return open.test(written) ? `nothing follows "${written.slice(-1)}" in \${${written.slice(0, 40)}}` : undefined;
}

interface Tag {
  readonly sign: string;
  readonly name: string;
  readonly isEmpty: boolean;
}

/** Opens or closes a directive, or the call of a macro. */
function tag(stack: string[], { sign, name, isEmpty }: Tag): string | undefined {
  if (sign.endsWith('@')) {
    if (sign === '<@') {
      if (!isEmpty) stack.push('@');
      return undefined;
    }
    return stack.pop() === '@' ? undefined : `</@${name}> closes nothing`;
  }
  if (!directives.has(name)) return `there is no directive <#${name}>`;
  if (sign === '</#' && endless.has(name)) return `</#${name}> closes nothing`;
  if (sign === '</#') return !blocks.has(name) || stack.pop() === `#${name}` ? undefined : `</#${name}> closes nothing`;
  if (/^else(?:if)?$/i.test(name)) return stack.length > 0 ? undefined : `<#${name}> stands in no <#if>`;
  if (blocks.has(name)) stack.push(`#${name}`);
  return undefined;
}
