import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { repository } from '../support/command.ts';

interface Expression {
  readonly place: string;
  readonly source: string;
  readonly flags: string;
}

/** Every regular expression that is written between slashes in the source of the packages. */
function expressions(): readonly Expression[] {
  const packages = join(repository, 'packages');
  const literal =
    /(?<=[([,=:?!&|;{}>]\s*|\n\s*|return )\/(?![*/])((?:[^\\/[\n]|\\.|\[(?:[^\\\]\n]|\\.)*\])+)\/([a-z]*)/g;
  return readdirSync(packages, { recursive: true, encoding: 'utf8' })
    .filter((file) => /^[^/]+\/src\/.*(?<!\.test)\.ts$/.test(file))
    .flatMap((file) =>
      [...readFileSync(join(packages, file), 'utf8').matchAll(literal)].flatMap(
        ({ 1: source = '', 2: flags = '', input, index }) => {
          const line = input.slice(0, index).split('\n');
          if (/^\s*(?:\/\/|\/?\*)/.test(line.at(-1) ?? '') || !/[*+]|\{\d+,/.test(source)) return [];
          return [{ place: `${file}:${line.length}`, source, flags }];
        },
      ),
    );
}

const signs = [...'aA0_-./ \t\n\r\0:="\'\\<>[]{}()#$@*?&;,|+~%!'];
const escaped: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  0: '\0',
  s: ' ',
  d: '0',
  w: 'a',
  S: 'a',
};

/** The texts that an expression asks for literally, in their order. */
function wordsOf(source: string): readonly string[] {
  const plain = source.replace(/\[(?:[^\\\]]|\\.)*\]/g, '\ue000').replace(/\(\?(?:<?[=!]|:|<\w+>)/g, '\ue000');
  const words = plain
    .replace(/\\(.)/g, (_, sign: string) => escaped[sign] ?? (/[a-zA-Z]/.test(sign) ? '\ue000' : sign))
    .split(/[\ue000()|^$*+?{}]+/);
  return [...new Set(words)].filter((word) => word !== '').slice(0, 8);
}

/** Texts in which a part is repeated that the expression may divide in several ways. */
function* attacksOn(source: string, size: number): Generator<string> {
  const words = wordsOf(source);
  const starts = ['', ...words.map((_, index) => words.slice(0, index + 1).join('')), ...words];
  const parts = [...signs, ...words, ...words.map((word) => `${word}a`), '\n\t', '\\"', 'a:', 'a.'];
  for (const start of new Set(starts))
    for (const part of new Set(parts)) {
      const text = start + part.repeat(Math.ceil(size / part.length));
      yield text;
      yield `${text}\u0000x`;
    }
}

/** Time of an expression on a text in milliseconds; the shortest of three, because others use the machine as well. */
function timeOf(expression: RegExp, text: string, limit: number): number {
  let shortest = Infinity;
  for (let round = 0; round < 3 && shortest > limit; round += 1) {
    const start = performance.now();
    text.replace(expression, '');
    shortest = Math.min(shortest, performance.now() - start);
  }
  return shortest;
}

/** The text on which an expression takes more time than its length accounts for. */
function slowOn({ source, flags }: Expression): string | undefined {
  const expression = new RegExp(source, flags);
  // One with exponential time would not return from a text that is not short, one with cubic time not from a long one.
  for (const [size, limit] of [
    [26, 10],
    [36, 10],
    [52, 10],
    [104, 10],
    [200, 10],
    [400, 10],
    [2_000, 20],
    [20_000, 60],
  ] as const)
    for (const text of attacksOn(source, size)) {
      const time = timeOf(expression, text, limit);
      if (time > limit) return `${Math.round(time)} ms for ${JSON.stringify(text.slice(0, 40))} … (${text.length})`;
    }
  return undefined;
}

/** Expressions that only meet short texts. */
const exempt = ['inventory/src/counted.ts'];

it('every regular expression takes a time that grows with the length of the text alone', { timeout: 300_000 }, () => {
  const all = expressions().filter(({ place }) => !exempt.includes(place.split(':')[0] ?? ''));
  expect(all.length).toBeGreaterThan(250);
  expect(all.flatMap((one) => slowOn(one)?.replace(/^/, `${one.place} /${one.source}/ `) ?? [])).toEqual([]);
});
