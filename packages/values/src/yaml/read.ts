import type { Diagnostic, Source } from '@mi-patterns/inventory';
import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Pair,
  parseAllDocuments,
  type Scalar,
  visit,
} from 'yaml';
import { type CodePrefix, describe } from '../findings/catalogue.ts';
import type { Dialect } from './dialect.ts';
import { layerValues } from '../mapping/merge.ts';
import { helmTags } from './helm-scalars.ts';
import { keysLostToMerge } from './merge-keys.ts';
import { nestingBound } from './nesting.ts';
import { unreadable } from './unreadable.ts';
import { readWritten } from './written.ts';

/** A YAML file with what is needed to point into it. */
export interface YamlFile {
  readonly path: string;
  /** Plain data; undefined when the file cannot be read as one mapping. */
  readonly value: Readonly<Record<string, unknown>> | undefined;
  readonly document: Document | undefined;
  readonly lines: LineCounter;
  readonly diagnostics: readonly Diagnostic[];
  /** The file that this one lies over, as with several `-f` of helm; `value` is then that of both. */
  readonly below?: YamlFile;
}

/** A values file as text, with its path as people see it. */
export interface ValuesText {
  readonly text: string;
  readonly path: string;
  /** The files that it lies over, as with several `-f` of helm: the lowest first. */
  readonly base?: readonly ValuesText[] | undefined;
}

/** Characters; a values file is far below, and the limit keeps the parser's memory in bounds. */
const maximumLength = 4 * 1024 * 1024;
/** Aliases that are followed before the file counts as an attack ("billion laughs"). */
const maximumAliases = 100;

/** What follows the first few syntax errors mostly follows from them. */
const maximumSyntaxErrors = 10;
/** Levels of mappings and lists; values files have about ten. */
const maximumDepth = 200;

/** True for a text that {@link readYaml} refuses to read. */
function isTooLong(text: string): boolean {
  return text.length > maximumLength;
}

/**
 * Reads a YAML file that holds one mapping. Never throws: every syntax error and duplicate key is a diagnostic with its
 * place, and `value` is undefined when anything was wrong.
 */
export function readYaml(text: string, path: string, prefix: CodePrefix, dialect: Dialect): YamlFile {
  const lines = new LineCounter();
  const reading: Reading = { text, dialect, prefix, at: (offset) => placeAt(path, lines, offset) };
  const failed = (diagnostics: readonly Diagnostic[], document?: Document): YamlFile => ({
    path,
    value: undefined,
    document,
    lines,
    diagnostics,
  });
  const limit = (message: string): YamlFile =>
    failed([describe(`${prefix}-LIMIT`, message, { path, line: 1, column: 1 })]);
  if (isTooLong(text)) return limit(`The file has ${text.length} characters; at most ${maximumLength} are read.`);
  if (nestingBound(text) > maximumDepth) return limit(`The file is nested more than ${maximumDepth} levels deep.`);
  try {
    const documents = parseDocuments(text, dialect, lines);
    const [document] = documents;
    const faults = documentFaults(reading, documents);
    if (faults.length > 0) return failed(faults, document);
    const value: unknown = document?.toJS({ maxAliasCount: maximumAliases }) ?? {};
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      const kind = Array.isArray(value) ? 'a list' : 'a single value';
      const message = `The file holds ${kind}; it must be a mapping of keys to values.`;
      const place = reading.at(document?.contents?.range?.[0] ?? 0);
      return failed([describe(`${prefix}-ROOT`, message, place)], document);
    }
    // A mapping that holds its own alias has no end; this throws a TypeError for it.
    JSON.stringify(value);
    return { path, value: value as Record<string, unknown>, document, lines, diagnostics: [] };
  } catch (error) {
    return limit(limitMessage(error));
  }
}

/** Values files that were read or written last, by path. */
const latest = new Map<string, { readonly text: string; readonly file: YamlFile }>();
/** Environments are judged side by side, each with a file of its own. */
const mostKept = 4;

/**
 * {@link readYaml} for the text of a values file. The last few are kept: several look for places in the same file, and
 * reading a large one takes longer than most of what a command does with it. Nobody may change what it holds.
 */
export function readValuesText(text: string, path: string): YamlFile {
  const known = latest.get(path);
  return known?.text === text ? known.file : keep(text, readYaml(text, path, 'MI-VALUES', 'helm'));
}

/**
 * What {@link readValuesText} returns for a text that `emitYaml` has made of these values. The text is only read when
 * somebody asks for its places.
 */
export function keepWrittenText(text: string, path: string, values: Readonly<Record<string, unknown>>): YamlFile {
  if (isTooLong(text)) return readValuesText(text, path);
  // The nodes of 3 MB take 20 MB, while a package is written, too; going over the text again takes 0.1 s.
  let kept: WeakRef<Pick<YamlFile, 'document' | 'lines'>> | undefined;
  const places = (): Pick<YamlFile, 'document' | 'lines'> => {
    const known = kept?.deref();
    if (known !== undefined) return known;
    const read = readWritten(text, values) ?? readYaml(text, path, 'MI-VALUES', 'helm');
    kept = new WeakRef(read);
    return read;
  };
  return keep(text, {
    path,
    value: values,
    diagnostics: [],
    get document() {
      return places().document;
    },
    get lines() {
      return places().lines;
    },
  });
}

function keep(text: string, file: YamlFile): YamlFile {
  latest.delete(file.path);
  latest.set(file.path, { text, file });
  for (const oldest of latest.keys()) if (latest.size > mostKept) latest.delete(oldest);
  return file;
}

/** {@link readValuesText} with the files below, merged as helm merges them; the diagnostics are those of all. */
export function readValues({ text, path, base = [] }: ValuesText): YamlFile {
  const file = readValuesText(text, path);
  const next = base.at(-1);
  if (next === undefined) return file;
  const below = readValues({ ...next, base: base.slice(0, -1) });
  const isRead = file.value !== undefined && below.value !== undefined;
  return {
    ...file,
    value: isRead ? layerValues(below.value, file.value) : undefined,
    diagnostics: [...below.diagnostics, ...file.diagnostics],
    below,
  };
}

/** A text that is being read. */
interface Reading {
  readonly text: string;
  readonly dialect: Dialect;
  readonly prefix: CodePrefix;
  readonly at: (offset: number) => Source;
}

/** What is wrong with the documents of a file: the first kind of fault that there is. */
function documentFaults(
  { text, dialect, prefix, at }: Reading,
  documents: readonly Document.Parsed[],
): readonly Diagnostic[] {
  const [document, second] = documents;
  const odd = unreadable(text, dialect);
  if (odd !== undefined) return [describe(`${prefix}-SYNTAX`, odd.message, at(odd.offset), odd.hint)];
  const syntax = documents.flatMap((each) =>
    each.errors.map((error) => syntaxDiagnostic(error.code, error.message, at(error.pos[0]), prefix)),
  );
  if (syntax.length > 0) return syntax.slice(0, maximumSyntaxErrors);
  if (second !== undefined) {
    const place = at(second.contents?.range?.[0] ?? second.range[0]);
    return [describe(`${prefix}-ROOT`, 'The file holds more than one YAML document; only one is read.', place)];
  }
  if (document === undefined) return [];
  const unkept = mayBeUnkept.test(text) || hasOddKey(document.contents) ? unkeptValues(document, text, dialect) : [];
  if (unkept.length > 0)
    return unkept
      .slice(0, maximumSyntaxErrors)
      .map(({ problem, offset, message, hint }) => describe(`${prefix}-${problem}`, message, at(offset), hint));
  const dangling = text.includes('*') ? danglingAlias(document) : undefined;
  if (dangling === undefined) return [];
  const { name, offset } = dangling;
  return [
    describe(
      `${prefix}-SYNTAX`,
      `The alias \`*${name}\` has no target: no anchor \`&${name}\` comes before it.`,
      at(offset),
      `Set the anchor before it, or put the text in quotes: \`"*${name}"\`.`,
    ),
  ];
}

/**
 * The parser compares each key with all keys before it, which takes seconds for some thousand workloads. Keys are
 * compared here instead, and the parser only does it to say where the second one stands.
 */
function parseDocuments(text: string, dialect: Dialect, lines: LineCounter): readonly Document.Parsed[] {
  const parse = ({ uniqueKeys }: { readonly uniqueKeys: boolean }): readonly Document.Parsed[] => {
    lines.lineStarts = [];
    const parsed = parseAllDocuments(text, {
      version: dialect === 'helm' ? '1.1' : '1.2',
      ...(dialect === 'helm' ? { customTags: helmTags } : {}),
      // YAML 1.2 has no `<<: *name`; files with several environments use it, and editors know it.
      merge: true,
      uniqueKeys,
      lineCounter: lines,
      prettyErrors: false,
      keepSourceTokens: false,
    });
    return 'empty' in parsed ? [] : parsed;
  };
  const documents = parse({ uniqueKeys: false });
  return documents.some(({ contents }) => repeatsKey(contents)) ? parse({ uniqueKeys: true }) : documents;
}

/** True when two keys of one mapping look the same. Depth is bounded before the text is parsed. */
function repeatsKey(node: unknown): boolean {
  if (isSeq(node)) return node.items.some(repeatsKey);
  if (!isMap(node)) return false;
  const keys = new Set<unknown>();
  for (const { key, value } of node.items) {
    if (isScalar(key)) {
      if (keys.has(key.value)) return true;
      keys.add(key.value);
    } else if (repeatsKey(key)) return true;
    if (repeatsKey(value)) return true;
  }
  return false;
}

interface Unkept {
  readonly problem: 'RANGE' | 'SYNTAX';
  readonly offset: number;
  readonly message: string;
  readonly hint: string;
}

/**
 * What a text must have for {@link unkeptValues} to find anything; most files have none of it and are not looked
 * through.
 */
const mayBeUnkept =
  /[\d_]{16}|0[box][\da-f_]{10}|\de\+?\d{3}|\.(?:inf|nan)|!!(?:int|float|bool|null|binary)|\\u|\p{Surrogate}|[\]}]\s*:|:[,[\]{}]|[{,[]\s*[{[]|^[ \t]*(?:- )*\?\s|(?<![^\s,[\]{}:])\*[^\s,[\]{}]+\s*:|<</imu;

/** Values that would not arrive as they are written: JSON, which helm makes of YAML, has no place for them. */
function unkeptValues(document: Document.Parsed, text: string, dialect: Dialect): readonly Unkept[] {
  const found: Unkept[] = [];
  visit(document, {
    Scalar: (_key, { value, source = '', range, tag }) => {
      const unkept = whyUnkept(value, source, tag);
      if (unkept !== undefined) found.push({ ...unkept, offset: range?.[0] ?? 0 });
    },
    Pair: (_key, { key: written }) => {
      const key = isAlias(written) ? written.resolve(document) : written;
      const unkept = whyKeyIsUnkept(key) ?? (dialect === 'helm' ? whyKeyIsLongerForHelm(written, text) : undefined);
      const offset = (isNode(written) ? written.range?.[0] : undefined) ?? 0;
      if (unkept !== undefined) found.push({ problem: 'SYNTAX', offset, ...unkept });
    },
    Map: (_key, map) => {
      if (dialect === 'helm') found.push(...keysLostToMerge(map, document).map(lostToMerge));
    },
  });
  return found;
}

function lostToMerge({ key }: Pair): Unkept {
  const source = isScalar(key) ? String(key.source ?? key.value) : '';
  return {
    problem: 'SYNTAX',
    offset: (isNode(key) ? key.range?.[0] : undefined) ?? 0,
    message: `Helm takes \`${source}\` not from here but from the \`<<\` below it.`,
    hint: 'Put `<<` before the keys that replace what it brings.',
  };
}

function whyKeyIsUnkept(key: unknown): Pick<Unkept, 'message' | 'hint'> | undefined {
  if (isMap(key) || isSeq(key))
    return {
      message: `A key is a ${isMap(key) ? 'mapping' : 'list'}; keys are text.`,
      hint: 'Put the key in quotes; a template in braces needs them too.',
    };
  if (!isScalar(key) || !isOddKey(key)) return undefined;
  return key.value === null
    ? { message: 'A key is empty; keys are text.', hint: 'Write the key before the colon, in quotes if it is `null`.' }
    : {
        message: `The key ${key.source ?? ''} is read as the number ${String(key.value)}, and may arrive as another text.`,
        hint: `Put it in quotes: \`"${key.source ?? ''}"\`.`,
      };
}

/**
 * `{a:}` and `[a:, b]`: YAML 1.2 ends a key without quotes at a colon before these characters. Helm's reader takes the
 * colon as part of the text.
 */
function whyKeyIsLongerForHelm(key: unknown, text: string): Pick<Unkept, 'message' | 'hint'> | undefined {
  if (!isScalar(key) || key.type !== 'PLAIN') return undefined;
  const end = key.range?.[1] ?? 0;
  if (!/^:[,[\]{}]$/.test(text.slice(end, end + 2))) return undefined;
  const source = key.source ?? '';
  return {
    message: `Helm reads the colon as part of the text: \`${source}:\`.`,
    hint: `Write a space after the colon, or put \`"${source}:"\` in quotes if the colon belongs to the text.`,
  };
}

/**
 * A key that is empty, or a number that is written in another way than it will be read: `1.10` becomes `1.1`. Helm has
 * six digits for numbers with a fraction.
 */
function isOddKey({ value, source = '' }: Scalar): boolean {
  if (typeof value !== 'number') return value === null;
  return String(value) !== source || (!Number.isInteger(value) && source.replace(/^-?0*\.?0*/, '').length > 7);
}

/** True when a mapping has a key that {@link isOddKey}. */
function hasOddKey(node: unknown): boolean {
  if (isSeq(node)) return node.items.some(hasOddKey);
  if (!isMap(node)) return false;
  return node.items.some(({ key, value }) => (isScalar(key) ? isOddKey(key) : hasOddKey(key)) || hasOddKey(value));
}

const wholeNumber = /^[-+]?(?:[\d_]+|0[box][\da-f_]+)$/i;

function whyUnkept(value: unknown, source: string, tag: string | undefined): Omit<Unkept, 'offset'> | undefined {
  const quoted = `Put it in quotes: \`"${source}"\`.`;
  if (typeof value === 'number') {
    if (!Number.isFinite(value))
      return {
        problem: 'RANGE',
        message: `${source} is not a number in JSON, and helm reads values as JSON.`,
        hint: quoted,
      };
    // Reading and writing whole numbers beyond 2^53 would change their last digits.
    return Number.isInteger(value) && !Number.isSafeInteger(value) && wholeNumber.test(source)
      ? { problem: 'RANGE', message: `The number ${source} is too large to be kept exactly.`, hint: quoted }
      : undefined;
  }
  if (typeof value !== 'string') return undefined;
  if (/\p{Surrogate}/u.test(value))
    return {
      problem: 'SYNTAX',
      message: 'The text holds half of a character (a lone surrogate), which helm cannot read.',
      hint: 'Write the character itself, or both halves.',
    };
  if (tag === 'tag:yaml.org,2002:binary')
    return {
      problem: 'SYNTAX',
      message: 'A value is tagged !!binary; values are text.',
      hint: 'Write the text itself.',
    };
  const [, type] = /^tag:yaml\.org,2002:(int|float|bool|null)$/.exec(tag ?? '') ?? [];
  return type === undefined
    ? undefined
    : {
        problem: 'SYNTAX',
        message: `\`${source}\` is tagged !!${type} but is not one.`,
        hint: 'Remove the tag, or correct the value.',
      };
}

/** The first alias without an anchor before it. */
function danglingAlias(document: Document.Parsed): { readonly name: string; readonly offset: number } | undefined {
  const anchors = new Set<string>();
  let found: { readonly name: string; readonly offset: number } | undefined;
  visit(document, {
    Node: (_key, node) => {
      if ('anchor' in node && typeof node.anchor === 'string') anchors.add(node.anchor);
    },
    Alias: (_key, { source, range }) => {
      if (anchors.has(source)) return undefined;
      found = { name: source, offset: range?.[0] ?? 0 };
      return visit.BREAK;
    },
  });
  return found;
}

function limitMessage(error: unknown): string {
  if (error instanceof TypeError) return 'An alias in the file leads back to itself.';
  if (error instanceof ReferenceError) return `The file's aliases cannot be followed: ${error.message}.`;
  return `The file cannot be read: ${error instanceof Error ? error.message : String(error)}.`;
}

function syntaxDiagnostic(code: string, message: string, source: Source, prefix: CodePrefix): Diagnostic {
  if (code === 'DUPLICATE_KEY')
    return describe(
      `${prefix}-DUPLICATE-KEY`,
      'This key appears twice in the same mapping; only one of the two can take effect.',
      source,
    );
  if (code === 'TAB_AS_INDENT')
    return describe(`${prefix}-SYNTAX`, 'A tab indents this line; YAML allows spaces only.', source);
  return describe(
    `${prefix}-SYNTAX`,
    `This is not valid YAML: ${message.split('\n')[0]?.trimEnd().replace(/[:.]$/, '') ?? message}.`,
    source,
  );
}

/** The place of a character offset; lines and columns count from 1. */
export function placeAt(path: string, lines: LineCounter, offset: number): Source {
  const { line, col } = lines.linePos(offset);
  return { path, line: Math.max(line, 1), column: Math.max(col, 1) };
}
