/** Indentation, dashes, a key with or without quotes, and the rest of the line. */
const line =
  /( *)((?:-(?: +|(?=\n|$)))*)(?:(?:"([^"\\\n]{0,200})"|([A-Za-z][\w./-]{0,200})):(?: +|(?=\n|$)))?([^\n]*)(?:\n|$)/y;
const quoted = String.raw`"(?:[ !#-[\]-~\u00a1-\ud7ff]|\\["\\nt])*"`;
/**
 * Quoted text, a list of it or of words in one line, an empty mapping, or plain text without signs that have a
 * meaning.
 */
const scalar = new RegExp(
  String.raw`^(?:${quoted}|\[(?:(?:${quoted}|[A-Za-z][\w./-]*)(?:, (?=["A-Za-z])|(?=\])))*\]|\{\}|--|(?:--?(?=[A-Za-z0-9])|[\w/.])(?:[\]\w/.@+=,(){}$'"%&;!*<>?|~^[-]|:(?=\S)| (?=[^\s#]))*)$`,
);
const blockHeader = /^[|>][-+]?$/;
/** Words that YAML 1.1 does not read as text. */
const otherThanText = /^(?:y|n|yes|no|on|off|true|false|null)$/i;

/** A mapping or list that is not closed yet. */
interface Collection {
  /** Column of its keys or dashes, from 0. */
  readonly column: number;
  /** Keys so far; undefined for a list. */
  readonly keys: Set<string> | undefined;
}

/** Where the reader is in a part. */
interface State {
  readonly open: Collection[];
  /** Column of the key or dash that has no value yet, -1 at the start; undefined when the last one has its value. */
  awaiting: number | undefined;
}

/**
 * True when a part of a manifest is one Kubernetes object in block style with each key once, as charts write it. False
 * says nothing, and a parser has to look: this knows a small part of YAML only, and takes a twentieth of a parser's
 * time.
 */
export function isPlainObject(part: string): boolean {
  const state: State = { open: [], awaiting: -1 };
  const top = new Map<string, string>();
  let section = '';
  let name: string | undefined;
  line.lastIndex = 0;
  while (line.lastIndex < part.length) {
    const [, indent = '', dashes = '', quotedKey, plainKey, value = ''] = line.exec(part) ?? [];
    const key = quotedKey ?? plainKey;
    if (dashes === '' && key === undefined && (value === '' || value.startsWith('#'))) continue;
    if (dashes !== '' && !openLists(state, indent.length, dashes)) return false;
    const column = indent.length + dashes.length;
    if (key === undefined ? !takeEntry(state, dashes, value) : !takeKey(state, column, key)) return false;
    if (plainKey !== undefined && otherThanText.test(plainKey)) return false;
    if (key !== undefined) {
      if (value === '') state.awaiting = column;
      if (state.open.length === 1) top.set((section = key), value);
      else if (state.open.length === 2 && section === 'metadata' && key === 'name') name = value;
    }
    const owner = key === undefined ? indent.length + dashes.lastIndexOf('-') : column;
    const next = endOfValue(part, line.lastIndex, value, owner);
    if (next === undefined) return false;
    line.lastIndex = next;
  }
  return isObject(top.get('apiVersion'), top.get('kind'), name);
}

/** Opens the lists whose dashes stand in a line, or goes on with them. False where no list can begin. */
function openLists(state: State, indent: number, dashes: string): boolean {
  for (let at = dashes.indexOf('-'); at !== -1; at = dashes.indexOf('-', at + 1)) {
    const column = indent + at;
    close(state, column);
    const last = state.open.at(-1);
    if (last?.column !== column || last.keys !== undefined) {
      // The dashes of a list may stand below its key; those of a list in a list stand behind the dash of the outer one.
      const owner = state.awaiting;
      if (owner === undefined || owner < 0 || owner > column || last?.column !== owner) return false;
      if (owner === column && last.keys === undefined) return false;
      state.open.push({ column, keys: undefined });
    }
    state.awaiting = column;
  }
  return true;
}

/** An entry of a list that is no mapping, or one that follows on the next lines. */
function takeEntry(state: State, dashes: string, value: string): boolean {
  if (value !== '') state.awaiting = undefined;
  return dashes !== '';
}

/**
 * A key of the mapping in this column, or the first key of a mapping that begins here. False where neither can be, or
 * it repeats.
 */
function takeKey(state: State, column: number, key: string): boolean {
  close(state, column);
  // The list that began below its key, in the key's own column, has ended.
  if (state.open.at(-1)?.column === column && state.open.at(-1)?.keys === undefined) state.open.pop();
  let mapping = state.open.at(-1);
  if (mapping?.column !== column) {
    if (state.awaiting === undefined || state.awaiting >= column || (mapping?.column ?? -1) !== state.awaiting)
      return false;
    mapping = { column, keys: new Set() };
    state.open.push(mapping);
  }
  if (mapping.keys?.has(key) !== false) return false;
  mapping.keys.add(key);
  state.awaiting = undefined;
  return true;
}

function close({ open }: State, column: number): void {
  while ((open.at(-1)?.column ?? -1) > column) open.pop();
}

/** Where the value ends whose first line ends at `start`. Undefined for one that is not known here. */
function endOfValue(part: string, start: number, value: string, column: number): number | undefined {
  if (blockHeader.test(value)) return endOfBlock(part, start, column);
  return value === '' || scalar.test(value) ? start : undefined;
}

/**
 * Where the lines of a block of text end that belongs to a key or dash in this column. Undefined where its indentation
 * is not that of its first line.
 */
function endOfBlock(part: string, start: number, column: number): number | undefined {
  let indentation: number | undefined;
  let at = start;
  while (at < part.length) {
    const found = part.indexOf('\n', at);
    const end = found === -1 ? part.length : found;
    let text = at;
    while (part.charCodeAt(text) === 0x20) text += 1;
    if (text < end) {
      if (text - at <= column) return at;
      indentation ??= text - at;
      if (text - at < indentation) return undefined;
    } else if (indentation === undefined && text > at) return undefined;
    at = end + 1;
  }
  return part.length;
}

function isObject(apiVersion: string | undefined, kind: string | undefined, name: string | undefined): boolean {
  return (
    apiVersion !== undefined &&
    /^"?(?:[a-z0-9.-]+\/)?v\d\w*"?$/.test(apiVersion) &&
    kind !== undefined &&
    /^[A-Z][A-Za-z]+$/.test(kind) &&
    kind !== 'List' &&
    !otherThanText.test(kind) &&
    name !== undefined &&
    (name.startsWith('"') || (/^[a-z][a-z0-9.-]*$/.test(name) && !otherThanText.test(name)))
  );
}
