import { isSecretName } from '@mi-patterns/inventory';

/** A part of a text that nobody should read, from and to an offset. */
type Range = readonly [start: number, end: number];

/**
 * Parts of a file that are values of secrets: by the names of elements, attributes, keys and tables, whatever lines
 * they span. Names and structure are not among them. Works on broken files too, and may then find less; what a line
 * alone gives away is left to `redact`.
 */
export function hiddenRanges(text: string): readonly Range[] {
  return /^\ufeff?\s*</.test(text) ? hiddenInXml(text) : hiddenInLines(text);
}

const token =
  /<!--[\s\S]*?(?:-->|$)|<!\[CDATA\[[\s\S]*?(?:\]\]>|$)|<\?[\s\S]*?(?:\?>|$)|<\/[^<>]*>?|<[^\s<>/="'!?][^<>"']*(?:"[^"]*"[^<>"']*|'[^']*'[^<>"']*)*>?/g;
const attribute = /(?<![^\s=<>"'/])([^\s=<>"'/]+)\s*=\s*("[^"]*"|'[^']*')/g;

/**
 * Elements that have a name of their own and hold settings, endpoints or mediators: a name with `token` in it hides
 * nothing in them.
 */
const structure: ReadonlySet<string> = new Set([
  'api',
  'call-template',
  'class',
  'data',
  'endpoint',
  'inboundEndpoint',
  'messageProcessor',
  'messageStore',
  'operation',
  'proxy',
  'query',
  'resource',
  'sequence',
  'target',
  'task',
  'template',
]);
/** Attributes that say what an element is, not what it holds. */
const naming = /^(?:name|key|id|type|scope|class|action|xmlns(?::.*)?)$/;

interface OpenElement {
  readonly name: string;
  readonly isSecret: boolean;
}

function hiddenInXml(text: string): readonly Range[] {
  const ranges: Range[] = [];
  const open: OpenElement[] = [];
  /** How many elements of each name are open. */
  const counts = new Map<string, number>();
  const count = (name: string, more: number): void => void counts.set(name, (counts.get(name) ?? 0) + more);
  // An end tag closes the elements in it too; one that closes nothing counts for nothing.
  const close = (name: string): void => {
    while ((counts.get(name) ?? 0) > 0) {
      const closed = open.pop()?.name ?? '';
      count(closed, -1);
      if (closed === name) return;
    }
  };
  let end = 0;
  const content = (from: number, to: number): void => {
    if (open.at(-1)?.isSecret === true && text.slice(from, to).trim() !== '') ranges.push([from, to]);
  };
  for (const { 0: found, index } of text.matchAll(token)) {
    content(end, index);
    end = index + found.length;
    if (found.startsWith('<![CDATA[')) content(index + 9, end - (found.endsWith(']]>') ? 3 : 0));
    else if (found.startsWith('</')) close(found.slice(2).replace(/(?<![\s>])[\s>]+$/, ''));
    else if (!found.startsWith('<!') && !found.startsWith('<?')) {
      const element = startOf(found, index, open.at(-1)?.isSecret === true);
      ranges.push(...element.ranges);
      if (found.endsWith('/>')) continue;
      open.push(element);
      count(element.name, 1);
    }
  }
  content(end, text.length);
  return ranges;
}

function startOf(
  tag: string,
  offset: number,
  isInSecret: boolean,
): OpenElement & { readonly ranges: readonly Range[] } {
  const name = /^<([^\s/>]+)/.exec(tag)?.[1] ?? '';
  const local = name.slice(name.indexOf(':') + 1);
  const attributes = [...tag.matchAll(attribute)];
  const isNamed =
    !structure.has(local) &&
    attributes.some(([, key = '', value = '']) => /^(?:name|key)$/.test(key) && isSecretName(value.slice(1, -1)));
  const isSecret = isInSecret || isNamed || (!structure.has(local) && isSecretName(local));
  const ranges = attributes.flatMap(({ 0: whole, 1: key = '', 2: value = '', index }): Range[] => {
    if (naming.test(key) || !(isSecret || isSecretName(key))) return [];
    const start = offset + index + whole.length - value.length;
    return [[start + 1, start + value.length - 1]];
  });
  return { name, isSecret, ranges };
}

/** What a line of YAML, TOML, JSON or properties says of the lines after it. */
interface Following {
  /** Lines that are indented more belong to the secret. */
  readonly indent: number;
  /** Each of them is part of one text, so that a name in it is none. */
  readonly isText: boolean;
  /** The line itself may be indented less, as after `"password":` or a `\`. */
  readonly takesNext: boolean;
  /** A text in three quotes ends with these. */
  readonly quotes: string | undefined;
}

/** Blanks belong to a key in quotes only: one that may take them or leave them costs the square of their number. */
const keyed =
  /^(?:\s*(?:- +)*(?:(?:ENV|ARG|export)\s+)?)(?:(["'])(?<quoted>[^"':=#\s{[][^"':=]*)\1|(?<plain>[^"':=#\s{[][^"':=\s]*))(?<separator>\s*[:=]\s*|\s+(?=\S))(?<value>.*)$/s;

function hiddenInLines(text: string): readonly Range[] {
  const ranges: Range[] = [];
  let following: Following | undefined;
  let isSecretTable = false;
  let offset = 0;
  for (const row of text.split('\n')) {
    const line = row.replace(/\r$/, '');
    const hide = (from: number): void =>
      void (line.slice(from).trim() !== '' && ranges.push([offset + from, offset + line.length]));
    const table = /^\s*\[{1,2}([^\][=]+)\]{1,2}\s*(?:#.*)?$/.exec(line)?.[1];
    const indent = line.length - line.trimStart().length;
    const inText = following !== undefined && stays(following, line, indent);
    if (table !== undefined && !inText) {
      isSecretTable = isSecretName(table);
      following = undefined;
    } else if (line.trim() !== '') {
      const { from, next } =
        inText && following !== undefined ? continued(line, following) : started(line, indent, isSecretTable);
      if (from !== undefined) hide(from);
      else ranges.push(...hiddenInBrackets(line).map(([start, end]): Range => [offset + start, offset + end]));
      following = next;
    }
    offset += row.length + 1;
  }
  return ranges;
}

/**
 * What is in the brackets of a list or map in one line that is named as a secret, to the end of the line where none
 * closes it.
 */
function hiddenInBrackets(line: string): readonly Range[] {
  const ranges: Range[] = [];
  for (const { 0: found, 1: key = '', index } of line.matchAll(/(?<![\w.-])([\w.-]+)["']?\s*[:=]\s*[[{]/g)) {
    const start = index + found.length;
    if (isSecretName(key) && start > (ranges.at(-1)?.[1] ?? 0)) ranges.push([start, closing(line, start)]);
  }
  return ranges;
}

function closing(line: string, start: number): number {
  let depth = 1;
  for (let at = start; at < line.length; at += 1) {
    if ('[{'.includes(line.charAt(at))) depth += 1;
    if (']}'.includes(line.charAt(at)) && (depth -= 1) === 0) return at;
  }
  return line.length;
}

interface Judged {
  /** Column from which the line is hidden. */
  readonly from?: number;
  readonly next?: Following | undefined;
}

const stays = ({ indent: outer, takesNext, quotes }: Following, line: string, indent: number): boolean =>
  takesNext || quotes !== undefined || indent > outer || (indent === outer && /^\s*[-\]}]/.test(line));

function continued(line: string, { indent, isText, takesNext, quotes }: Following): Judged {
  const ends = quotes !== undefined ? line.includes(quotes) : takesNext && !line.endsWith('\\');
  const next =
    ends && (quotes !== undefined || isText) ? undefined : { indent, isText, takesNext: isText && !ends, quotes };
  const found = isText ? undefined : keyed.exec(line);
  const start = found === null || found === undefined ? line.length - line.trimStart().length : lengthBefore(found);
  return /^\s*[\]}),;]*$/.test(line) ? { next } : { from: start, next };
}

function started(line: string, indent: number, isSecretTable: boolean): Judged {
  const found = keyed.exec(line);
  if (found === null) return {};
  const { quoted, plain = '', separator = '', value = '' } = found.groups ?? {};
  const key = quoted ?? plain;
  const isAssignment = /[:=]/.test(separator) || /^\s*(?:ENV|ARG)\s/.test(line);
  if (!isAssignment || !(isSecretTable || isSecretName(key))) return {};
  const from = lengthBefore(found);
  const quotes = /^("""|''')/.exec(value)?.[1];
  if (quotes !== undefined)
    return value.slice(3).includes(quotes)
      ? { from }
      : { from, next: { indent, isText: true, takesNext: false, quotes } };
  if (/^[|>][-+\d]*\s*(?:#.*)?$/.test(value))
    return { next: { indent, isText: true, takesNext: false, quotes: undefined } };
  if (value.endsWith('\\')) return { from, next: { indent, isText: true, takesNext: true, quotes: undefined } };
  if (/^[[{]?\s*(?:#.*)?$/.test(value))
    return {
      next: {
        indent,
        isText: false,
        takesNext: value.trim() === '' && line.trimStart().startsWith('"'),
        quotes: undefined,
      },
    };
  // A YAML text may go on in lines that are indented more.
  return { from, next: { indent, isText: true, takesNext: false, quotes: undefined } };
}

const lengthBefore = (found: RegExpExecArray): number => found[0].length - (found.groups?.['value'] ?? '').length;
