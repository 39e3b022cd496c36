import { conditionText } from './condition.ts';
import { formOf } from './forms.ts';
import {
  pathsOfKey,
  pathText,
  pointerSegments,
  propertyNames,
  resolve,
  schemaAt,
  type JsonSchema,
} from './json-schema.ts';
import { nearest } from './nearest.ts';
import { allowedValues, type ReducedError } from './reduce.ts';
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

/** Puts a reduced error in words; `value` is what stands at `path`, `written` its text in the file. */
export function sentenceFor(
  reduced: ReducedError,
  root: JsonSchema,
  path: readonly string[],
  value: unknown,
  written: string | undefined,
): Sentence {
  const { error, conditions } = reduced;
  const schemaPath = pointerSegments(error.schemaPath);
  const parent = resolve(root, schemaAt(root, schemaPath.slice(0, -1)));
  const plain = plainSentence(reduced, root, parent, path, value, written);
  if (conditions.length === 0) return withDescription(plain, parent, error.keyword);
  const reason = parent.description === undefined ? '' : ` (${parent.description})`;
  const message = `${plain.message.replace(/\.$/, '')}, because ${conditions.join(' and ')}${reason}.`;
  return { ...plain, code: 'CONDITION', message, hint: plain.hint ?? 'Change one of the two.' };
}

function withDescription(sentence: Sentence, parent: JsonSchema, keyword: string): Sentence {
  const description = parent.description;
  if (
    description === undefined ||
    ['additionalProperties', 'unevaluatedProperties', 'required', 'propertyNames', 'not'].includes(keyword)
  )
    return sentence;
  const whole = /[.!]$/.test(description) ? description : `${description}.`;
  return { ...sentence, hint: sentence.hint === undefined ? `It holds: ${whole}` : `${sentence.hint} (${whole})` };
}

function plainSentence(
  { error, alternatives }: ReducedError,
  root: JsonSchema,
  parent: JsonSchema,
  path: readonly string[],
  value: unknown,
  written: string | undefined,
): Sentence {
  const name = path.length === 0 ? 'The file' : `\`${pathText(path)}\``;
  const key = path.at(-1) ?? '';
  const given = givenText(value, written);
  const schemaPath = pointerSegments(error.schemaPath);
  const parameter = (parameterName: string): string => String(error.params[parameterName]);
  if (alternatives?.type === 'types') {
    const hint = typeHint(key, alternatives.branches, value, written);
    return {
      code: 'TYPE',
      message: `${name} is ${given}; expected is ${expectedText(alternatives.branches)}.`,
      ...(hint === undefined ? {} : { hint }),
    };
  }
  if (alternatives?.type === 'keys') {
    const keys = list([...new Set(alternatives.keys)], 'or');
    return alternatives.several
      ? { code: 'CONDITION', message: `${name} has more than one of ${keys}.`, hint: 'Keep exactly one of them.' }
      : {
          code: 'MISSING',
          message: `${name} needs ${error.keyword === 'oneOf' ? 'exactly one' : 'one'} of ${keys}.`,
          hint: `Add ${keys}.`,
        };
  }
  switch (error.keyword) {
    case 'additionalProperties':
    case 'unevaluatedProperties': {
      const unknown = parameter(
        error.keyword === 'additionalProperties' ? 'additionalProperty' : 'unevaluatedProperty',
      );
      return (
        badKeyOfMap(unknown, parent, path.length === 0 ? '' : ` of ${name}`) ?? unknownKey(unknown, root, parent, path)
      );
    }
    case 'type': {
      const hint = typeHint(key, [parent], value, written);
      return {
        code: 'TYPE',
        message: `${name} is ${given}; expected is ${expectedText([parent])}.`,
        ...(hint === undefined ? {} : { hint }),
      };
    }
    case 'const':
    case 'enum':
      return choice(name, given, value, alternatives?.values ?? allowedValues(error));
    case 'required': {
      const missing = parameter('missingProperty');
      const description = resolve(root, parent.properties?.[missing]).description;
      return {
        code: 'MISSING',
        missing,
        message: `${name} has no \`${missing}\`.`,
        hint: `Add \`${missing}\`${description === undefined ? '.' : `: ${description}`}`,
      };
    }
    case 'pattern': {
      const form = formOf(parameter('pattern'));
      return { code: 'FORMAT', message: `${name} is ${given}, which is not ${form.words}.`, hint: form.hint };
    }
    case 'propertyNames': {
      const child = error.params['propertyName'];
      return badKey(String(child), resolve(root, parent['propertyNames']), path.length === 0 ? '' : ` of ${name}`);
    }
    case 'not': {
      const excluded = resolve(root, parent.not).enum;
      if (excluded !== undefined)
        return {
          code: 'CHOICE',
          message: `${name} is ${given}, which is not allowed here.`,
          hint: `Use another one than ${list(excluded.map(String), 'and')}.`,
        };
      const text = conditionText(root, parent.not, path, false);
      return {
        code: 'CONDITION',
        message: text === undefined ? `${name} is not allowed here.` : `${text} – these do not go together.`,
        ...(text === undefined ? {} : { hint: 'Change or remove one of them.' }),
      };
    }
    case 'false schema': {
      const siblings = schemaAt(root, schemaPath.slice(0, -2));
      const reserved = Object.entries(typeof siblings === 'object' && siblings !== null ? siblings : {}).flatMap(
        ([sibling, property]) => (property === false ? [sibling] : []),
      );
      if (reserved.includes(key))
        return {
          code: 'FORMAT',
          message: `The key \`${key}\` of \`${pathText(path.slice(0, -1))}\` is reserved.`,
          hint: `Use another one than ${list(reserved, 'and')}.`,
        };
      return { code: 'CONDITION', message: `${name} is not allowed here.`, hint: 'Remove it.' };
    }
    case 'uniqueItems':
      return {
        code: 'RANGE',
        message: `${name} has the same entry twice: numbers ${Number(error.params['j']) + 1} and ${Number(error.params['i']) + 1}.`,
        hint: 'Remove one of them.',
      };
    default:
      return (
        limit(error.keyword, name, given, Number(error.params['limit'] ?? error.params['multipleOf'])) ?? {
          code: 'SCHEMA',
          message: `${name} is ${given}, which is not accepted here.`,
        }
      );
  }
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
  if (rule.pattern !== undefined && !new RegExp(rule.pattern, 'u').test(key)) {
    const form = formOf(rule.pattern);
    return fault(`is not ${form.words}`, form.hint);
  }
  if (typeof maximum === 'number' && key.length > maximum)
    return fault(`has ${key.length} characters, more than ${maximum}`, 'Shorten it.');
  if (not.enum !== undefined) return fault('is reserved', `Use another one than ${list(not.enum.map(String), 'and')}.`);
  if (not.pattern !== undefined) return fault(`is reserved: it matches ${not.pattern}`, 'Rename it.');
  return fault('is not allowed here', 'Rename it.');
}

/** The bad key of a map whose keys have one form, for example `workloads`; undefined where the schema says more of its keys. */
function badKeyOfMap(key: string, parent: JsonSchema, owner: string): Sentence | undefined {
  const [pattern, ...others] = Object.keys(parent.patternProperties ?? {});
  if (
    pattern === undefined ||
    others.length > 0 ||
    Object.values(parent.properties ?? {}).some((property) => property !== false)
  )
    return undefined;
  const expression = new RegExp(pattern, 'u');
  // A pattern may bound the length: then a shorter start of the key would do.
  const longest = Array.from({ length: key.length }, (_, index) => key.length - index).find((length) =>
    expression.test(key.slice(0, length)),
  );
  const long = longest !== undefined && longest > 12;
  return badKey(key, long ? { maxLength: longest } : { pattern }, owner);
}

/** Keys that the schema wants beside one; a key may be called as what every object inherits, such as `constructor`. */
function ownDependencies({ dependencies = {} }: JsonSchema, key: string): readonly string[] {
  return Object.hasOwn(dependencies, key) ? (dependencies[key] ?? []) : [];
}

function unknownKey(key: string, root: JsonSchema, parent: JsonSchema, path: readonly string[]): Sentence {
  const known = propertyNames(root, parent);
  const meant = nearest(key, known);
  const where = path.length === 0 ? 'at the top of the file' : `in \`${pathText(path)}\``;
  const message = `There is no key \`${key}\` ${where}.`;
  if (meant !== undefined) return { code: 'UNKNOWN-KEY', key, message, meant, hint: `Did you mean \`${meant}\`?` };
  const ours = pathsOfKey(root, key).slice(0, 3).map(pathText);
  const elsewhere = ours.length > 0 ? ours : ownDependencies(parent, key);
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

function choice(name: string, given: string, value: unknown, values: readonly unknown[]): Sentence {
  const texts = values.map((each) => String(each));
  if (texts.length === 1) return { code: 'CHOICE', message: `${name} is ${given}; it must be \`${texts[0] ?? ''}\`.` };
  const meant = typeof value === 'string' ? nearest(value, texts) : undefined;
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
  const word = Object.hasOwn(words, keyword) ? words[keyword] : undefined;
  return word === undefined ? undefined : { code: 'RANGE', message: `${name} is ${given}; it must be ${word}.` };
}
