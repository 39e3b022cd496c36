import type { Diagnostic, Source } from '@mi-patterns/inventory';
import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseAllDocuments,
  type ScalarTag,
  type Tags,
  visit,
} from 'yaml';
import { type CodePrefix, describe } from '../catalogue.ts';
import { nestingBound } from './nesting.ts';

/** A YAML file with what is needed to point into it. */
export interface YamlFile {
  readonly path: string;
  /** Plain data; undefined when the file cannot be read as one mapping. */
  readonly value: Readonly<Record<string, unknown>> | undefined;
  readonly document: Document | undefined;
  readonly lines: LineCounter;
  readonly diagnostics: readonly Diagnostic[];
}

/** How scalars are read: as Helm's parser does (YAML 1.1: `yes`, `on` and `0777` are no text), or as YAML 1.2 says. */
export type Dialect = 'helm' | 'yaml-1.2';

/** Characters; a values file is far below, and the limit keeps the parser's memory in bounds. */
const maximumLength = 4 * 1024 * 1024;
/** Aliases that are followed before the file counts as an attack ("billion laughs"). */
const maximumAliases = 100;

/** What follows the first few syntax errors mostly follows from them. */
const maximumSyntaxErrors = 10;
/** Levels of mappings and lists; values files have about ten. */
const maximumDepth = 200;

/**
 * Tags that YAML 1.1 names but Helm's parser (sigs.k8s.io/yaml over go-yaml v2) does not resolve:
 * `12:30` and `2026-11-23` stay text there.
 */
const notInHelm = new Set([
  'tag:yaml.org,2002:timestamp',
  'tag:yaml.org,2002:omap',
  'tag:yaml.org,2002:pairs',
  'tag:yaml.org,2002:set',
]);

/** A number with an exponent has a digit before it: `e0` is text. */
const exponent = /^[-+]?(?:[0-9][0-9_]*\.?[0-9_]*|\.[0-9][0-9_]*)[eE][-+]?[0-9]+$/;

function helmTags(tags: Tags): Tags {
  return (tags as readonly Tags[number][]).flatMap((tag): Tags => {
    if (typeof tag === 'string') return [tag];
    if (notInHelm.has(tag.tag) || ('format' in tag && tag.format === 'TIME')) return [];
    return 'format' in tag && tag.format === 'EXP' ? [{ ...tag, test: exponent } as ScalarTag] : [tag];
  });
}

/** True for a text that {@link readYaml} refuses to read. */
export function isTooLong(text: string): boolean {
  return text.length > maximumLength;
}

/**
 * Reads a YAML file that holds one mapping. Never throws: every syntax error and duplicate key is a diagnostic with its
 * place, and `value` is undefined when anything was wrong.
 */
export function readYaml(text: string, path: string, prefix: CodePrefix, dialect: Dialect): YamlFile {
  const lines = new LineCounter();
  const reading: Reading = { text, prefix, at: (offset) => placeAt(path, lines, offset) };
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

/** Values files that were read last, by path. */
const lastRead = new Map<string, { readonly text: string; readonly file: YamlFile }>();
/** Environments are judged side by side, each with a file of its own. */
const mostKept = 4;

/**
 * {@link readYaml} for the text of a values file. The last few are kept: several look for places in the same file, and
 * reading a large one takes longer than most of what a command does with it. Nobody may change what it holds.
 */
export function readValuesText(text: string, path: string): YamlFile {
  const known = lastRead.get(path);
  if (known?.text === text) return known.file;
  const file = readYaml(text, path, 'MI-VALUES', 'helm');
  lastRead.delete(path);
  lastRead.set(path, { text, file });
  for (const oldest of lastRead.keys()) if (lastRead.size > mostKept) lastRead.delete(oldest);
  return file;
}

/** A text that is being read. */
interface Reading {
  readonly text: string;
  readonly prefix: CodePrefix;
  readonly at: (offset: number) => Source;
}

/** What is wrong with the documents of a file: the first kind of fault that there is. */
function documentFaults({ text, prefix, at }: Reading, documents: readonly Document.Parsed[]): readonly Diagnostic[] {
  const [document, second] = documents;
  const syntax = documents.flatMap((each) =>
    each.errors.map((error) => syntaxDiagnostic(error.code, error.message, at(error.pos[0]), prefix)),
  );
  if (syntax.length > 0) return syntax.slice(0, maximumSyntaxErrors);
  if (second !== undefined) {
    const place = at(second.contents?.range?.[0] ?? second.range[0]);
    return [describe(`${prefix}-ROOT`, 'The file holds more than one YAML document; only one is read.', place)];
  }
  if (document === undefined) return [];
  const unkept = mayBeUnkept.test(text) ? unkeptValues(document) : [];
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
  const parse = (uniqueKeys: boolean): readonly Document.Parsed[] => {
    lines.lineStarts = [];
    const parsed = parseAllDocuments(text, {
      version: dialect === 'helm' ? '1.1' : '1.2',
      ...(dialect === 'helm' ? { customTags: helmTags } : {}),
      uniqueKeys,
      lineCounter: lines,
      prettyErrors: false,
      keepSourceTokens: false,
    });
    return 'empty' in parsed ? [] : parsed;
  };
  const documents = parse(false);
  return documents.some(({ contents }) => repeatsKey(contents)) ? parse(true) : documents;
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
  /\d{16}|\de\+?\d{3}|\.(?:inf|nan)|!!(?:int|float|bool|null)|\\u|\p{Surrogate}|[\]}]\s*:|[{,[]\s*[{[]|^\s*(?:- )*\?\s|\*[^\s,[\]{}]+\s*:/imu;

/** Values that would not arrive as they are written: JSON, which helm makes of YAML, has no place for them. */
function unkeptValues(document: Document.Parsed): readonly Unkept[] {
  const found: Unkept[] = [];
  visit(document, {
    Scalar: (_key, { value, source = '', range, tag }) => {
      const unkept = whyUnkept(value, source, tag);
      if (unkept !== undefined) found.push({ ...unkept, offset: range?.[0] ?? 0 });
    },
    Pair: (_key, { key: written }) => {
      const key = isAlias(written) ? written.resolve(document) : written;
      if (isMap(key) || isSeq(key))
        found.push({
          problem: 'SYNTAX',
          offset: (isNode(written) ? written.range?.[0] : undefined) ?? 0,
          message: `A key is a ${isMap(key) ? 'mapping' : 'list'}; keys are text.`,
          hint: 'Put the key in quotes; a template in braces needs them too.',
        });
    },
  });
  return found;
}

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
    return Number.isInteger(value) && !Number.isSafeInteger(value) && /^[-+]?[\d_]+$/.test(source)
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
  const [, type] = /^tag:yaml\.org,2002:(int|float|bool|null)$/.exec(tag ?? '') ?? [];
  return type === undefined
    ? undefined
    : {
        problem: 'SYNTAX',
        message: `\`${source}\` is called !!${type} and is none.`,
        hint: 'Leave the tag out, or correct the value.',
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
    `This is not valid YAML: ${message.split('\n')[0]?.replace(/[:.]?\s*$/, '') ?? message}.`,
    source,
  );
}

/** The place of a character offset; lines and columns count from 1. */
export function placeAt(path: string, lines: LineCounter, offset: number): Source {
  const { line, col } = lines.linePos(offset);
  return { path, line: Math.max(line, 1), column: Math.max(col, 1) };
}
