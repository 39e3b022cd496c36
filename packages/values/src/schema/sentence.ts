import { hiddenValue, isSecretName, ownValue, withoutCredentials } from '@mi-patterns/inventory';
import { conditionText } from './condition.ts';
import { formOf } from './forms.ts';
import {
  descriptionOf,
  pathsOfKey,
  pathText,
  pointerSegments,
  propertyNames,
  resolve,
  schemaAt,
  schemaOfValue,
  type JsonSchema,
} from './json-schema.ts';
import { nearest } from './nearest.ts';
import { allowedValues, type ReducedError } from './reduce.ts';
import type { SchemaError } from './schema-error.ts';
import { expectedText, givenText, list, typeHint } from './words.ts';

/** A fault in words. `code` is the end of the diagnostic's code. */
export interface Sentence {
  readonly code: 'UNKNOWN-KEY' | 'TYPE' | 'CHOICE' | 'FORMAT' | 'RANGE' | 'MISSING' | 'CONDITION' | 'SCHEMA';
  readonly message: string;
  readonly hint?: string;
  /** Set when the fault is about a key below the path, for example an unknown one. */
  readonly key?: string;
  /** Set for a missing key. */
  readonly missing?: string;
  /** Set for an unknown key that was probably meant to be this one. */
  readonly meant?: string;
}

/** The place of a fault: the path in the file, the value there, and its text. */
export interface FaultyPlace {
  readonly path: readonly string[];
  readonly value: unknown;
  readonly written: string | undefined;
}

/** Puts a reduced error of the schema `root` in words. */
export function sentenceFor(reduced: ReducedError, root: JsonSchema, place: FaultyPlace): Sentence {
  const { error, conditions } = reduced;
  const schemaPath = pointerSegments(error.schemaPath);
  const parent = resolve(root, schemaAt(root, schemaPath.slice(0, -1)));
  const plain = plainSentence(faultOf(reduced, root, parent, place));
  if (conditions.length === 0) return withDescription(plain, descriptionAt(error, root, parent), error.keyword);
  const reason = parent.description === undefined ? '' : ` (${parent.description})`;
  const message = `${plain.message.replace(/\.$/, '')}, because ${conditions.join(' and ')}${reason}.`;
  return {
    ...plain,
    code: 'CONDITION',
    message,
    hint: plain.hint ?? 'Change one of the values that the message names.',
  };
}

/** What the schema says of the faulty value: where that refers to a shape that others share, what it says there. */
function descriptionAt(error: SchemaError, root: JsonSchema, parent: JsonSchema): string | undefined {
  const there = schemaOfValue(root, pointerSegments(error.instancePath));
  return resolve(root, there) === parent ? descriptionOf(root, there) : parent.description;
}

function withDescription(sentence: Sentence, description: string | undefined, keyword: string): Sentence {
  if (
    description === undefined ||
    ['additionalProperties', 'unevaluatedProperties', 'required', 'propertyNames', 'not'].includes(keyword)
  )
    return sentence;
  const whole = /[.!]$/.test(description) ? description : `${description}.`;
  return {
    ...sentence,
    hint: sentence.hint === undefined ? `About this value: ${whole}` : `${sentence.hint} (${whole})`,
  };
}

/** What the sentences are made of. */
interface Fault extends ReducedError, FaultyPlace {
  readonly root: JsonSchema;
  /** The schema that holds the keyword. */
  readonly parent: JsonSchema;
  /** The place, as a sentence names it. */
  readonly name: string;
  readonly key: string;
  /** ` of NAME` for a key below the top of the file. */
  readonly owner: string;
  readonly given: string;
}

function faultOf(reduced: ReducedError, root: JsonSchema, parent: JsonSchema, given: FaultyPlace): Fault {
  const place = withoutSecret(given);
  const { path, value, written } = place;
  const name = path.length === 0 ? 'The file' : `\`${pathText(path)}\``;
  return {
    ...reduced,
    ...place,
    root,
    parent,
    name,
    key: path.at(-1) ?? '',
    owner: path.length === 0 ? '' : ` of ${name}`,
    given: givenText(value, written),
  };
}

/**
 * The place without a secret that was written where a reference to one belongs: `passwordSecret: hunter2`, and below
 * such a key, as in `passwordSecret: {name: hunter2}`.
 */
function withoutSecret(place: FaultyPlace): FaultyPlace {
  const { path, value } = place;
  if (typeof value !== 'string' && typeof value !== 'number') return place;
  if (path.some((key) => isSecretName(key) && key !== 'automountToken'))
    return { ...place, value: hiddenValue, written: hiddenValue };
  const shown = typeof value === 'string' ? withoutCredentials(value) : value;
  return shown === value ? place : { ...place, value: shown, written: hiddenValue };
}

function plainSentence(fault: Fault): Sentence {
  const { error, alternatives, name, given } = fault;
  if (alternatives?.type === 'types') return wrongType(fault, alternatives.branches);
  if (alternatives?.type === 'keys') return wrongKeys(fault, alternatives);
  const sentence = ownValue(sentences, error.keyword);
  return (
    sentence?.(fault) ??
    limit(error.keyword, name, given, Number(error.params['limit'] ?? error.params['multipleOf'])) ?? {
      code: 'SCHEMA',
      message: `${name} is ${given}, which is not accepted here.`,
    }
  );
}

/** The keywords of a schema that have a sentence of their own; `limit` has those of numbers and lengths. */
const sentences: Readonly<Record<string, (fault: Fault) => Sentence>> = {
  additionalProperties: (fault) => superfluousKey(fault, String(fault.error.params['additionalProperty'])),
  unevaluatedProperties: (fault) => superfluousKey(fault, String(fault.error.params['unevaluatedProperty'])),
  type: (fault) => wrongType(fault, [fault.parent]),
  const: wrongChoice,
  enum: wrongChoice,
  required: ({ error, root, parent, name }) => {
    const missing = String(error.params['missingProperty']);
    const description = descriptionOf(root, parent.properties?.[missing]);
    return {
      code: 'MISSING',
      missing,
      message: `${name} has no \`${missing}\`.`,
      hint: `Add \`${missing}\`${description === undefined ? '.' : `: ${description}`}`,
    };
  },
  pattern: ({ error, name, given }) => {
    const form = formOf(String(error.params['pattern']));
    return { code: 'FORMAT', message: `${name} is ${given}, which is not ${form.words}.`, hint: form.hint };
  },
  propertyNames: ({ error, root, parent, owner }) =>
    badKey(String(error.params['propertyName']), resolve(root, parent['propertyNames']), owner),
  not: excluded,
  'false schema': forbidden,
  uniqueItems: ({ error, name }) => ({
    code: 'RANGE',
    message: `${name} has the same entry twice: numbers ${Number(error.params['j']) + 1} and ${Number(error.params['i']) + 1}.`,
    hint: 'Remove one of them.',
  }),
};

function wrongType({ name, given, key, value, written }: Fault, branches: readonly JsonSchema[]): Sentence {
  const hint = typeHint(key, branches, value, written);
  return {
    code: 'TYPE',
    message: `${name} is ${given}; expected: ${expectedText(branches)}.`,
    ...(hint === undefined ? {} : { hint }),
  };
}

function wrongKeys(
  { error, name }: Fault,
  alternatives: Extract<NonNullable<ReducedError['alternatives']>, { readonly type: 'keys' }>,
): Sentence {
  const keys = list([...new Set(alternatives.keys)], 'or');
  if (alternatives.several)
    return { code: 'CONDITION', message: `${name} has more than one of ${keys}.`, hint: 'Keep exactly one of them.' };
  return {
    code: 'MISSING',
    message: `${name} needs ${error.keyword === 'oneOf' ? 'exactly one' : 'one'} of ${keys}.`,
    hint: `Add ${keys}.`,
  };
}

function superfluousKey({ root, parent, path, owner }: Fault, key: string): Sentence {
  return badKeyOfMap(key, parent, owner) ?? unknownKey(key, root, parent, path);
}

function wrongChoice({ error, alternatives, name, given, value }: Fault): Sentence {
  return choice(name, given, value, alternatives?.type === 'choices' ? alternatives.values : allowedValues(error));
}

function excluded({ root, parent, path, name, given }: Fault): Sentence {
  const values = resolve(root, parent.not).enum;
  if (values !== undefined)
    return {
      code: 'CHOICE',
      message: `${name} is ${given}, which is not allowed here.`,
      hint: `Use one other than ${list(values.map(String), 'and')}.`,
    };
  const text = conditionText(root, parent.not, { path, negated: false });
  return {
    code: 'CONDITION',
    message: text === undefined ? `${name} is not allowed here.` : `${text} – these cannot be combined.`,
    ...(text === undefined ? {} : { hint: 'Change or remove one of them.' }),
  };
}

function forbidden({ error, root, path, name, key }: Fault): Sentence {
  const siblings = schemaAt(root, pointerSegments(error.schemaPath).slice(0, -2));
  const reserved = Object.entries(typeof siblings === 'object' && siblings !== null ? siblings : {}).flatMap(
    ([sibling, property]) => (property === false ? [sibling] : []),
  );
  if (reserved.includes(key))
    return {
      code: 'FORMAT',
      message: `The key \`${key}\` of \`${pathText(path.slice(0, -1))}\` is reserved.`,
      hint: `Use one other than ${list(reserved, 'and')}.`,
    };
  return { code: 'CONDITION', message: `${name} is not allowed here.`, hint: 'Remove it.' };
}

function badKey(key: string, rule: JsonSchema, owner: string): Sentence {
  const fault = (is: string, hint: string): Sentence => ({
    code: 'FORMAT',
    key,
    message: `The key \`${key}\`${owner} ${is}.`,
    hint,
  });
  const maximum = rule['maxLength'];
  const not = typeof rule.not === 'object' ? rule.not : {};
  if (rule.enum !== undefined) {
    const known = rule.enum.map(String);
    const meant = nearest(key, known);
    return fault(
      'does not exist here',
      meant === undefined ? `Use ${list(known, 'or')}.` : `Did you mean \`${meant}\`?`,
    );
  }
  if (rule.pattern !== undefined && !new RegExp(rule.pattern, 'u').test(key)) {
    const form = formOf(rule.pattern);
    return fault(`is not ${form.words}`, form.hint);
  }
  if (typeof maximum === 'number' && key.length > maximum)
    return fault(`has ${key.length} characters, more than ${maximum}`, 'Shorten it.');
  if (not.enum !== undefined) return fault('is reserved', `Use one other than ${list(not.enum.map(String), 'and')}.`);
  if (not.pattern !== undefined) return fault(`is reserved: it matches ${not.pattern}`, 'Rename it.');
  return fault('is not allowed here', 'Rename it.');
}

/**
 * The bad key of a map whose keys have one form, for example `workloads`; undefined where the schema says more of its
 * keys.
 */
function badKeyOfMap(key: string, parent: JsonSchema, owner: string): Sentence | undefined {
  const [pattern, ...others] = Object.keys(parent.patternProperties ?? {});
  if (
    pattern === undefined ||
    others.length > 0 ||
    Object.values(parent.properties ?? {}).some((property) => property !== false)
  )
    return undefined;
  const known = /^\^\(\?:([A-Za-z|]+)\)\$$/.exec(pattern)?.[1]?.split('|');
  if (known !== undefined) return badKey(key, { enum: known }, owner);
  const expression = new RegExp(pattern, 'u');
  // A pattern may bound the length: then a shorter start of the key would do.
  const longest = Array.from({ length: key.length }, (_, index) => key.length - index).find((length) =>
    expression.test(key.slice(0, length)),
  );
  const long = longest !== undefined && longest > 12;
  return badKey(key, long ? { maxLength: longest } : { pattern }, owner);
}

/**
 * Keys that the schema wants beside one, which never are: so helm, too, says where a key of other charts belongs. Below
 * the top they begin with the key of the mapping, since a bare one may be there, or with a word for it where that key
 * is a name of the user's own. The key may be called as what every object inherits, such as `constructor`.
 */
function ownDependencies({ dependencies = {} }: JsonSchema, key: string): readonly string[] {
  return ownValue(dependencies, key) ?? [];
}

/** The same as whole paths. Those that begin with another key of the top are whole already. */
function placesOf(key: string, root: JsonSchema, parent: JsonSchema, path: readonly string[]): readonly string[] {
  return ownDependencies(parent, key).map((place) => {
    const [first = '', ...rest] = place.split('.');
    const whole = first !== path.at(-1) && ownValue(root.properties ?? {}, first) !== undefined;
    return whole || path.length === 0 ? place : pathText([...path, ...rest]);
  });
}

function unknownKey(key: string, root: JsonSchema, parent: JsonSchema, path: readonly string[]): Sentence {
  const known = propertyNames(root, parent);
  const placed = placesOf(key, root, parent, path);
  // Where the schema says what a key is called here, the likeness of names counts no more: `ingress` is not `egress`.
  const meant =
    placed.length === 0
      ? (nearest(key, known) ?? longer(key, known))
      : known.find((name) => placed.length === 1 && placed[0] === pathText([...path, name]));
  const where = path.length === 0 ? 'at the top of the file' : `in \`${pathText(path)}\``;
  const message = `There is no key \`${key}\` ${where}.`;
  if (meant !== undefined) return { code: 'UNKNOWN-KEY', key, message, meant, hint: `Did you mean \`${meant}\`?` };
  if (path.length === 0 && key === 'wso2')
    return {
      code: 'UNKNOWN-KEY',
      key,
      message,
      hint: "It is of WSO2's own chart, helm-mi: `mi-patterns init --from-helm-mi FILE` translates such a file.",
    };
  const all = pathsOfKey(root, key);
  // A word such as `type` is a key of so many settings that its places say nothing about this one.
  const ours = path.length === 0 || all.length <= 4 ? all.slice(0, 3).map(pathText) : [];
  // At the top, that of a workload is one of several places.
  const byName = path.length === 0 && ours.some((place) => placed.includes(place)) ? [ours] : [placed, ours];
  const elsewhere = byName.find((places) => places.length > 0) ?? [];
  if (elsewhere.length > 0)
    return { code: 'UNKNOWN-KEY', key, message, hint: `It belongs elsewhere: ${list(elsewhere, 'or')}.` };
  if (known.length === 0) return { code: 'UNKNOWN-KEY', key, message, hint: 'Remove it.' };
  const shown = known.slice(0, 12);
  return {
    code: 'UNKNOWN-KEY',
    key,
    message,
    hint: `Keys here: ${list(shown, 'and')}${known.length > shown.length ? ', and more' : ''}.`,
  };
}

/** The only name that begins like this one, as `hostnames` does for `hosts`, and `single-replica` for `single`. */
function longer(key: string, known: readonly string[]): string | undefined {
  const stem = key.replace(/s$/, '');
  const found = stem.length < 4 ? [] : known.filter((name) => name.startsWith(stem));
  return found.length === 1 ? found[0] : undefined;
}

function choice(name: string, given: string, value: unknown, values: readonly unknown[]): Sentence {
  const texts = values.map((each) => String(each));
  if (texts.length === 1) return { code: 'CHOICE', message: `${name} is ${given}; it must be \`${texts[0] ?? ''}\`.` };
  const meant = typeof value === 'string' ? (nearest(value, texts) ?? longer(value, texts)) : undefined;
  return {
    code: 'CHOICE',
    message: `${name} is ${given}; it must be ${list(texts, 'or')}.`,
    ...(meant === undefined ? {} : { hint: `Did you mean \`${meant}\`?` }),
  };
}

function limit(keyword: string, name: string, given: string, bound: number): Sentence | undefined {
  const words: Readonly<Record<string, string>> = {
    minimum: `at least ${bound}`,
    maximum: `at most ${bound}`,
    exclusiveMinimum: `more than ${bound}`,
    exclusiveMaximum: `less than ${bound}`,
    multipleOf: `a multiple of ${bound}`,
    minLength: bound === 1 ? 'not empty' : `at least ${bound} characters long`,
    maxLength: `at most ${bound} characters long`,
    minItems: bound === 1 ? 'not empty' : `a list of at least ${bound} entries`,
    maxItems: bound === 0 ? 'empty' : `a list of at most ${bound} entries`,
    minProperties: bound === 1 ? 'not empty' : `a mapping of at least ${bound} keys`,
    maxProperties: bound === 0 ? 'empty' : `a mapping of at most ${bound} ${bound === 1 ? 'key' : 'keys'}`,
  };
  const word = ownValue(words, keyword);
  return word === undefined ? undefined : { code: 'RANGE', message: `${name} is ${given}; it must be ${word}.` };
}
