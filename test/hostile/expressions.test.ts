import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { growthOf, linear, processorTime } from '../../packages/inventory/test/support/growth.ts';
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

/** A text in which a part is repeated that an expression may divide in several ways. */
interface Attack {
  readonly start: string;
  readonly part: string;
  readonly end: string;
}

function attacksOn(source: string): readonly Attack[] {
  const words = wordsOf(source);
  const starts = new Set(['', ...words.map((_, index) => words.slice(0, index + 1).join('')), ...words]);
  const parts = new Set([...signs, ...words, ...words.map((word) => `${word}a`), '\n\t', '\\"', 'a:', 'a.']);
  return [...starts].flatMap((start) =>
    [...parts].flatMap((part) => ['\u0000x', ''].map((end) => ({ start, part, end }))),
  );
}

const textOf = ({ start, part, end }: Attack, size: number): string =>
  start + part.repeat(Math.ceil(size / part.length)) + end;

/**
 * Processor time of an expression on a text in milliseconds, which does not count how long others had the machine; the
 * shortest of some rounds, of which there are no more once they took long.
 */
function timeOf(expression: RegExp, text: string, enough: number): number {
  let shortest = Infinity;
  for (let round = 0, spent = 0; round < 3 && shortest > enough && spent < 500; round += 1) {
    const took = processorTime(() => text.replace(expression, ''));
    shortest = Math.min(shortest, took);
    spent += took;
  }
  return shortest;
}

/**
 * The text on which an expression takes more time than its length accounts for. Short ones first: one with exponential
 * time would not return from a longer one.
 */
function slowOn({ source, flags }: Expression): string | undefined {
  const expression = new RegExp(source, flags);
  const attacks = attacksOn(source);
  const shown = (attack: Attack): string => JSON.stringify(textOf(attack, 20).slice(0, 60));
  for (const size of [22, 26, 40])
    for (const attack of attacks)
      if (timeOf(expression, textOf(attack, size), 200) > 200) return `takes exponential time: ${shown(attack)}`;
  for (const size of [200, 1_000, 5_000])
    for (const attack of attacks)
      if (timeOf(expression, textOf(attack, size), 4) > 4) {
        const growth = growthOf((length) => void textOf(attack, length).replace(expression, ''), size, 2);
        if (growth > linear)
          return `takes ${growth.toFixed(0)} times as long for four times the text: ${shown(attack)}`;
      }
  return undefined;
}

/** Expressions that only meet short texts. */
const exempt = ['inventory/src/text/counted.ts'];

it('every regular expression takes a time that grows with the length of the text alone', () => {
  const all = expressions().filter(({ place }) => !exempt.includes(place.split(':')[0] ?? ''));
  expect(all.length).toBeGreaterThan(250);
  expect(all.flatMap((one) => slowOn(one)?.replace(/^/, `${one.place} /${one.source}/ `) ?? [])).toEqual([]);
});

it.each([String.raw`\s+$`, '(a+)+$', String.raw`url\s*=\s*\s*;`])('one that does not is found: %s', (source) => {
  expect(slowOn({ place: '', source, flags: '' })).toMatch(/^takes /);
});
