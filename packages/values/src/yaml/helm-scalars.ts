import type { ScalarTag, Tags } from 'yaml';

/**
 * How helm's parser (sigs.k8s.io/yaml over go-yaml v2) reads a text without quotes that looks like a number. It takes
 * more for numbers than YAML 1.1 does (`0o17` is 15, as in Go) and less (`12:30` and `2026-11-23` are text).
 */

/** Tags that helm's parser does not resolve, and those that {@link numbers} replaces. */
const replaced = new Set([
  'tag:yaml.org,2002:timestamp',
  'tag:yaml.org,2002:omap',
  'tag:yaml.org,2002:pairs',
  'tag:yaml.org,2002:set',
  'tag:yaml.org,2002:binary',
  'tag:yaml.org,2002:int',
  'tag:yaml.org,2002:float',
]);

const special = /^(?:([-+]?)\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
const whole = /^([-+]?)(0[bB][01]+|0[oO]?[0-7]+|0[xX][0-9a-fA-F]+|0|[1-9][0-9]*)$/;
const decimal = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;

/** The whole number that helm's parser reads in a text; undefined when it is something else. */
function wholeNumber(text: string): number | undefined {
  const [, sign, digits = ''] = whole.exec(text.replaceAll('_', '')) ?? [];
  if (sign === undefined || !/^[-+]?\d/.test(text)) return undefined;
  const value = Number(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits);
  return sign === '-' && value !== 0 ? -value : value;
}

/** The number that helm's parser reads in a text; undefined when it takes it for text. */
function helmNumber(text: string): number | undefined {
  const [found, sign] = special.exec(text) ?? [];
  if (found !== undefined) return sign === undefined ? Number.NaN : Number(`${sign}Infinity`);
  // Go's parser of floats allows no underscores, and only what begins with a digit or a sign is rid of them first.
  const plain = text.startsWith('.') ? text : text.replaceAll('_', '');
  const value = wholeNumber(text) ?? (decimal.test(plain) ? Number(plain) : undefined);
  // What is too large for a number of 64 bits stays text.
  return value === undefined || Number.isFinite(value) ? value : undefined;
}

/** A text called a number by its tag that is none stays text, and is refused later. */
const numbers: readonly ScalarTag[] = [
  {
    tag: 'tag:yaml.org,2002:int',
    default: false,
    resolve: (text) => wholeNumber(text) ?? text,
  },
  {
    tag: 'tag:yaml.org,2002:float',
    default: false,
    resolve: (text) => helmNumber(text) ?? text,
  },
  // Without a tag, whatever begins as numbers do.
  {
    tag: 'tag:mi-patterns,2026:number',
    default: true,
    test: /^[-+.0-9]/,
    resolve: (text) => helmNumber(text) ?? text,
  },
];

/** The tags of YAML 1.1 as helm's parser knows them. */
export function helmTags(tags: Tags): Tags {
  const kept = (tags as readonly Tags[number][]).filter((tag) => typeof tag === 'string' || !replaced.has(tag.tag));
  return [...kept, ...numbers];
}
