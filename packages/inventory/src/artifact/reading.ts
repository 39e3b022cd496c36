import { findingOf, type Words } from '../findings/catalogue.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { ArtifactKind, Effect, Parameter, Relation } from '../model/inventory.ts';
import type { Locator } from '../xml/locator.ts';
import { attribute, type XmlNode } from '../xml/tree.ts';
import { isTakenByAll } from './always.ts';
import { namesOnly, takesExpressions } from './reference-table.ts';
import {
  embeddedDatabase,
  isDynamic,
  isRegistryKey,
  literalAuthority,
  literalIn,
  messageValueIn,
  parameterIn,
} from './values.ts';
import type { GivenValue, ParsedReference, TargetKind } from './parsed.ts';

export const synapseNamespace = 'http://ws.apache.org/ns/synapse';

/** What is collected while one artifact is read. */
export interface Reading {
  /** Text of the whole file: never keep a part of it, see {@link own}. */
  readonly text: string;
  readonly locate: Locator;
  readonly references: ParsedReference[];
  readonly effects: Effect[];
  /** Constants that the flow gives a message, see `ParsedArtifact`. */
  readonly sets: GivenValue[];
  readonly diagnostics: Diagnostic[];
  /** True while each message that gets to the artifact gets to the element that is being read, see always.ts. */
  always: boolean;
  /** False when no expression of the file can use the registry: they need not be searched then. */
  readonly mentionsRegistry: boolean;
  /** False when the file has no `${…}`. */
  readonly hasExpressions: boolean;
  /** What was found that MI has since 4.4.0, see since.ts: nothing, what is only logged, or what it needs. */
  newer: 'nothing' | 'logged' | 'needed';
  /** What MI does after it has refused the artifact, as the end of a sentence. */
  readonly afterwards: Afterwards;
}

/**
 * With an archive goes all that is in it; of its own files a server leaves out the one (fail-safe mode,
 * `handleConfigurationError` of MultiXMLConfigurationBuilder.java in wso2/wso2-synapse; seen on MI 4.3.0).
 */
type Afterwards = 'undeploys the whole archive' | 'goes on without the artifact';

/** Where strings pass through when they are copied. */
const scratch = Buffer.allocUnsafe(8 * 1024);

/** Most bytes that UTF-8 takes for one UTF-16 code unit. */
const bytesPerUnit = 3;

/**
 * Copies a string that outlives the file. V8 makes `slice` a view of the whole file's text from 13 characters on, and a
 * view keeps the file in memory.
 */
export function own(value: string): string {
  if (value.length < 13) return value;
  if (value.length * bytesPerUnit > scratch.length) return Buffer.from(value, 'utf8').toString('utf8');
  return scratch.toString('utf8', 0, scratch.write(value, 'utf8'));
}

/**
 * The parts as one text. V8 keeps the parts of a template or of `+` beside the text: three times its memory, which
 * counts where there is one for each artifact.
 */
export function joined(...parts: readonly string[]): string {
  return parts.join('');
}

const shared = new Map<string, string>();

/** As {@link own}, for text that many artifacts have in common: parameter and class names. One copy serves them all. */
export function share(value: string): string {
  const known = shared.get(value);
  if (known !== undefined) return known;
  const copy = own(value);
  // Names are few; a file full of made-up ones must not grow the table for ever.
  if (shared.size >= 2000) shared.clear();
  shared.set(copy, copy);
  return copy;
}

const none: readonly never[] = [];

/**
 * Returns the list with no room to grow: V8 reserves 17 places at the first `push`, most of an artifact's memory
 * otherwise.
 */
export function compact<T>(list: readonly T[]): readonly T[] {
  return list.length === 0 ? none : list.slice();
}

/** A reference as written: by which attribute or text, to what, and where in the file. */
export interface Mention {
  readonly via: string;
  readonly relation: Relation;
  readonly kind: TargetKind;
  readonly value: string;
  readonly offset: number;
  /** Of a call of a template: what it gives. */
  readonly gives?: readonly GivenValue[];
  /** Of a call: the method that it gets. */
  readonly method?: string;
}

/**
 * Adds a reference, unless the value is empty or nothing that a server could resolve. MI keeps blanks around a name,
 * and finds nothing by such a one (seen on MI 4.3.0).
 */
export function refer(reading: Reading, { via, relation, kind, value, offset, gives, method }: Mention): void {
  const target = targetOf(kind, value, via);
  if (target === undefined) return;
  const source = reading.locate(offset);
  const ownRelation = relationOf(kind) ?? relation;
  const always = reading.always && isTakenByAll(via);
  if (gives !== undefined)
    reading.references.push({ via, relation: ownRelation, ...(always && { always }), source, target, gives });
  else if (method !== undefined)
    reading.references.push({ via, relation: ownRelation, ...(always && { always }), source, target, method });
  else
    reading.references.push(
      always ? { via, relation: ownRelation, always, source, target } : { via, relation: ownRelation, source, target },
    );
}

/** The relation that a kind of target always has. */
function relationOf(kind: TargetKind): Relation | undefined {
  if (kind === 'address') return 'calls-loopback';
  return kind === 'class' ? 'needs-class' : undefined;
}

/**
 * What the text of an attribute or element refers to. Undefined for nothing that a server could resolve. MI keeps
 * blanks around a name, and finds nothing by such a one (seen on MI 4.3.0).
 */
export function targetOf(kind: TargetKind, text: string, via = ''): ParsedReference['target'] | undefined {
  const trimmed = text.trim();
  if (trimmed === '') return undefined;
  if (kind === 'address') return addressTarget(trimmed, via);
  const value = kind === 'resource' ? trimmed : text;
  if (isDynamic(value) && !(value.startsWith('{') && namesOnly.has(via))) {
    const isEvaluated = takesExpressions(via);
    const literal = isEvaluated ? literalIn(value) : undefined;
    return literal === undefined
      ? dynamicTarget(kind, value, isEvaluated ? (parameterIn(value) ?? messageValueIn(value)) : undefined)
      : targetOf(kind, literal);
  }
  if (kind === 'class') return { type: 'class', name: share(value) };
  if (kind === 'resource' || isRegistryKey(value)) return { type: 'registry', key: own(value) };
  return { type: 'name', kinds: kindsOf(kind), name: own(value) };
}

/** A parameter of an endpoint template, which MI replaces where it is all of an attribute (`Template.java`). */
const parameterOf = /^\$[\w.-]+$/;

function addressTarget(uri: string, via: string): ParsedReference['target'] | undefined {
  // What EndpointDefinition.java leaves as it is reaches nobody.
  if (via === 'address/@uri' && /^(?:https?:\/\/[^/?#{]*(?<!\$))?\{/i.test(uri)) return undefined;
  if (/^\$|^\{/.test(uri) || isDynamic(uri.slice(0, 8)))
    return dynamicTarget('address', uri, parameterOf.test(uri) ? uri : undefined);
  const authority = literalAuthority(uri);
  if (authority === 'none') return undefined;
  return authority === 'dynamic' ? dynamicTarget('address', uri) : { type: 'address', uri: own(uri) };
}

function dynamicTarget(kind: TargetKind, expression: string, parameter?: string): ParsedReference['target'] {
  return parameter === undefined
    ? { type: 'dynamic', expression: own(expression) }
    : { type: 'dynamic', expression: own(expression), parameter: { name: own(parameter), kind } };
}

const kindLists = new Map<ArtifactKind, readonly ArtifactKind[]>();

/**
 * A sequence or endpoint may be kept in a local entry, under the same attribute. One list a kind: references are many.
 */
function kindsOf(kind: ArtifactKind): readonly ArtifactKind[] {
  let kinds = kindLists.get(kind);
  if (kinds === undefined)
    kindLists.set(kind, (kinds = kind === 'sequence' || kind === 'endpoint' ? [kind, 'local-entry'] : [kind]));
  return kinds;
}

/** Adds a reference for an attribute when it is there. */
export function referAttribute(
  reading: Reading,
  node: XmlNode,
  name: string,
  as: { readonly kind: TargetKind; readonly relation?: Relation },
): void {
  const found = attribute(node, name);
  if (found === undefined) return;
  const { kind, relation = 'uses' } = as;
  refer(reading, { via: share(`${node.local}/@${name}`), relation, kind, value: found.value, offset: found.offset });
}

/** Notes what an artifact does beyond its own flow; `offset`: where it says so. */
export function effect(reading: Reading, type: Effect['type'], subject: string, offset: number): void {
  reading.effects.push(effectOf(reading, type, subject, offset));
}

/** An effect that is not added yet. */
export function effectOf(reading: Reading, type: Effect['type'], subject: string, offset: number): Effect {
  return { type, subject: own(subject), dynamic: isDynamic(subject), source: reading.locate(offset) };
}

/** Adds a database that runs inside of the server, when the text is the URL of one. */
export function databaseEffect(reading: Reading, url: string, offset: number): void {
  const database = embeddedDatabase(url);
  if (database !== undefined) effect(reading, 'embedded-database', database, offset);
}

/** Adds a finding at an offset of the file. */
export function report(reading: Reading, offset: number, words: Words): void {
  reading.diagnostics.push(findingOf(words, reading.locate(offset)));
}

/** Says that MI refuses the artifact, since an attribute or element it must have is missing. */
export function incomplete(reading: Reading, what: string, missing: string, offset: number): void {
  report(reading, offset, {
    code: 'MI-ARTIFACT-INCOMPLETE',
    message: `${what} has no ${missing}; Micro Integrator refuses to deploy it.`,
    hint: `Add the ${missing}.`,
  });
}

/** Parameters that name a class of a broker's or database's client. */
const classParameters: ReadonlySet<string> = new Set(['java.naming.factory.initial', 'store.jdbc.driver']);
const className = /^\s*\w+(?:\.[\w$]+)+\s*$/;

/**
 * Reads `<parameter name>value</parameter>`, `<parameter name key>` and `<property name value>`. Whole XML as a value
 * leaves `value` undefined; a text longer than 4,096 characters is cut, since only short ones are ever decided upon.
 */
export function readParameters(reading: Reading, nodes: readonly XmlNode[]): readonly Parameter[] {
  const parameters: Parameter[] = [];
  for (const node of nodes) {
    const name = attribute(node, 'name')?.value;
    if (name === undefined) continue;
    const key = attribute(node, 'key');
    const value =
      attribute(node, 'value')?.value ?? (key !== undefined || node.children.length > 0 ? undefined : node.text.trim());
    parameters.push({
      name: share(name),
      ...(value === undefined ? {} : { value: own(value.slice(0, 4096)) }),
      ...(key === undefined ? {} : { key: own(key.value) }),
      source: reading.locate(node.offset),
    });
    if (key !== undefined)
      refer(reading, {
        via: share(`${node.local}/@key`),
        relation: 'uses',
        kind: 'resource',
        value: key.value,
        offset: key.offset,
      });
    else if (value !== undefined && classParameters.has(name) && className.test(value))
      refer(reading, {
        via: share(`${node.local}[@name="${name}"]`),
        relation: 'needs-class',
        kind: 'class',
        value,
        offset: node.offset,
      });
  }
  return compact(parameters);
}

/** Splits a list of names at white space and commas; without the empty ones. */
export function splitNames(value: string): string[] {
  return value
    .split(/[\s,]+/)
    .filter((name) => name !== '')
    .map(share);
}
