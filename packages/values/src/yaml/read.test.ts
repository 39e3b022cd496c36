import { describe, expect, it } from 'vitest';
import { places } from '../../test/show.ts';
import { locate } from './locate.ts';
import { nestingBound } from './nesting.ts';
import { readYaml } from './read.ts';

const helm = (text: string): ReturnType<typeof readYaml> => readYaml(text, 'v.yaml', 'MI-VALUES', 'helm');

describe('readYaml', () => {
  it("reads scalars as Helm's parser does", () => {
    const { value } = helm(
      'a: yes\nb: off\nc: 017\nd: 12:30\ne: 2026-11-23\nf: 1_000\ng: ~\nh: y\ni: 0x1F\nj: 1e3\n8080: x\non: x\n',
    );
    expect(value).toEqual({
      a: true,
      b: false,
      c: 15,
      d: '12:30',
      e: '2026-11-23',
      f: 1000,
      g: null,
      h: true,
      i: 31,
      j: 1000,
      8080: 'x',
      true: 'x',
    });
  });

  // Each was given to helm 4.3.1.
  it.each([
    ['0o17', 15],
    ['0O17', 15],
    ['-0o7', -7],
    ['0X1f', 31],
    ['0B11', 3],
    ['0_x1_0', 16],
    ['08', 8],
    ['1e3_', 1000],
    ['1_000.5_0', 1000.5],
    ['+.5', 0.5],
    ['7.', 7],
    ['!!float 7', 7],
    ['.', '.'],
    ['-.', '-.'],
    ['._5', '._5'],
    ['0x_', '0x_'],
    ['0b', '0b'],
    ['0o8', '0o8'],
    ['e0', 'e0'],
    ['1e400', '1e400'],
    ['1.2.0', '1.2.0'],
    ['250m', '250m'],
    ['-', [null]],
  ])("reads %s as helm's parser does", (text, value) => {
    expect(helm(`a:\n  ${text}\n`)).toMatchObject({ value: { a: value }, diagnostics: [] });
  });

  it.each(['8080', '0', '-1', '1.5', '0.0001', 'yes', '"1.10"', '"~"'])('takes %s for a key', (key) => {
    expect(helm(`${key}: x\n`).diagnostics).toEqual([]);
  });

  it.each(['{"b":}', '{b: }', '{b: , c: 1}', "['b:']", '[b:c]', '{"b":[1]}'])('takes the colon in %s', (text) => {
    expect(helm(`a: ${text}\n`).diagnostics).toEqual([]);
  });

  it('ends a key of the configuration at a colon before a bracket', () => {
    expect(readYaml('a: {b:}', 'c.yaml', 'MI-CONFIG', 'yaml-1.2').value).toEqual({ a: { b: null } });
  });

  it('reads the configuration as YAML 1.2', () => {
    expect(readYaml('a: yes\nb: 12:30\nc: true', 'c.yaml', 'MI-CONFIG', 'yaml-1.2').value).toEqual({
      a: 'yes',
      b: '12:30',
      c: true,
    });
  });

  it.each([
    ['a: 1\nb:\n  c: 1\n  c: 2\na: 3\n', ['4:3 MI-VALUES-DUPLICATE-KEY', '5:1 MI-VALUES-DUPLICATE-KEY']],
    ['a: {b: 1, "b": 2}\n', ['1:11 MI-VALUES-DUPLICATE-KEY']],
    ['- 1\n- {0x1: a, 1: b}\n', ['2:12 MI-VALUES-DUPLICATE-KEY']],
    ['1: a\n0x1: b\n', ['2:1 MI-VALUES-DUPLICATE-KEY']],
    ['a: [{? {b: 1, b: 2} : c}]\n', ['1:15 MI-VALUES-DUPLICATE-KEY']],
    ['a: [1\nb: 2\n', ['2:1 MI-VALUES-SYNTAX']],
    ['a:\n\tb: 1\n', ['2:1 MI-VALUES-SYNTAX']],
    ['- a\n- b\n', ['1:1 MI-VALUES-ROOT']],
    ['text', ['1:1 MI-VALUES-ROOT']],
    ['a: .nan\nb: [-.inf]\n', ['1:4 MI-VALUES-RANGE', '2:5 MI-VALUES-RANGE']],
    ['a: 0x20000000000001\n', ['1:4 MI-VALUES-RANGE']],
    ['a: !!binary aGk=\n', ['1:13 MI-VALUES-SYNTAX']],
    ['a: 1\n~: 2\n', ['2:1 MI-VALUES-SYNTAX']],
    ['a: 1\n: 2\n', ['2:1 MI-VALUES-SYNTAX']],
    ['a:\n  1.10: x\n', ['2:3 MI-VALUES-SYNTAX']],
    ['a: [{0o17: x}]\n', ['1:6 MI-VALUES-SYNTAX']],
    ['1234567.5: x\n', ['1:1 MI-VALUES-SYNTAX']],
    ['a: b\u0000\n', ['1:5 MI-VALUES-SYNTAX']],
    ['a: 1\n# b\u007f\n', ['2:4 MI-VALUES-SYNTAX']],
    ['a: 1\n# b\u2028c: 2\n', ['2:4 MI-VALUES-SYNTAX']],
    ['a: "b\u0085"\n', ['1:6 MI-VALUES-SYNTAX']],
    ['a: 1\n\ufeffb: 2\n', ['2:1 MI-VALUES-SYNTAX']],
    ['a: 1\n# b\rc: 2\n', ['2:4 MI-VALUES-SYNTAX']],
    ['a: 1\n---b: 2\n', ['2:1 MI-VALUES-SYNTAX']],
    ['a: "\n--- b"\n', ['2:1 MI-VALUES-SYNTAX']],
    ['a:\n  {{ x }}: 1\n', ['2:3 MI-VALUES-SYNTAX']],
    ['a: {[1]: 2}\n', ['1:5 MI-VALUES-SYNTAX']],
    ['a: &a [1]\nb:\n  *a : c\n', ['3:3 MI-VALUES-SYNTAX']],
    ['? [a]\n: b\n', ['1:3 MI-VALUES-SYNTAX']],
    ['a: {b: 1, c:}\n', ['1:11 MI-VALUES-SYNTAX']],
    ['a: [b, c:, d]\n', ['1:8 MI-VALUES-SYNTAX']],
    ['a: {b:{c: 1}}\n', ['1:5 MI-VALUES-SYNTAX']],
    ['a: "\\uD800"\n', ['1:4 MI-VALUES-SYNTAX']],
    ['a: !!int x\nb: !!bool "no way"\n', ['1:10 MI-VALUES-SYNTAX', '2:11 MI-VALUES-SYNTAX']],
    ['a: 1\n---\nb: 2\n', ['3:1 MI-VALUES-ROOT']],
    ['a: &a {b: 1}\nc:\n  b: 2\n  <<: *a\n', ['3:3 MI-VALUES-SYNTAX']],
    ['a: &a {b: 1}\nd: &d {<<: *a}\nc: {"b": 2, e: 3, <<: [{x: 1}, *d]}\n', ['3:5 MI-VALUES-SYNTAX']],
  ])('tells where %j is wrong', (text, expected) => {
    const file = helm(text);
    expect(file.value).toBeUndefined();
    expect(places(file.diagnostics)).toEqual(expect.arrayContaining(expected));
  });

  it.each(['b: 2\n  <<: *a', '<<: *a\n  d: 2'])('takes `<<` that replaces no key before it: %j', (keys) => {
    expect(helm(`a: &a {d: 1}\nc:\n  ${keys}\n`).diagnostics).toEqual([]);
  });

  it.each(['', '# only a comment\n', '---\n', '\uFEFF'])('takes %j for an empty mapping', (text) => {
    expect(helm(text)).toMatchObject({ value: {}, diagnostics: [] });
  });

  it('reads nothing that contains itself', () => {
    expect(places(helm('a: &a\n  b: *a\n').diagnostics)).toEqual(['1:1 MI-VALUES-LIMIT']);
  });

  it.each([
    ['a: 1', 1],
    ['a:\n  b:\n    - c: 1\n    - d: 1\ne: 1', 4],
    ['a: [[{b: [1]}]]\nc: [1]', 5],
    ['- - - a', 4],
    ['# [[[\n\na: "]]"', 4],
    ['a:\n  - [\n    1]\n  - b', 4],
  ])('bounds the depth of %j', (text, depth) => {
    expect(nestingBound(text)).toBe(depth);
  });

  it('refuses files made to exhaust memory', () => {
    const bomb = [
      'a0: &a0 [x, x]',
      ...Array.from(
        { length: 12 },
        (_, level) => `a${level + 1}: &a${level + 1} [${Array.from({ length: 9 }, () => `*a${level}`).join(', ')}]`,
      ),
    ].join('\n');
    expect(places(helm(bomb).diagnostics)).toEqual(['1:1 MI-VALUES-LIMIT']);
    for (const deep of ['[', '- ', '? '])
      expect(places(helm(deep.repeat(20_000)).diagnostics)).toEqual(['1:1 MI-VALUES-LIMIT']);
    expect(places(helm(`a: ${'x'.repeat(5_000_000)}`).diagnostics)).toEqual(['1:1 MI-VALUES-LIMIT']);
  });
});

describe('locate', () => {
  const file = helm(
    'base: &base\n  heap: {max: 512Mi}\nlist:\n  - a\n  - b: 1\nworkloads:\n  x:\n    <<: *base\n    empty:\n  z: *base\n',
  );
  const at = (path: string, part: 'key' | 'value' = 'value'): string => {
    const { source, exact } = locate(file, path.split('.'), part);
    return `${source.line}:${source.column}${exact ? '' : ' parent'}`;
  };

  it('finds keys and values', () => {
    expect([at('base.heap.max'), at('base.heap.max', 'key'), at('list.1.b'), at('list.0')]).toEqual([
      '2:15',
      '2:10',
      '5:8',
      '4:5',
    ]);
  });

  it('follows aliases and merge keys to the text', () => {
    expect([at('workloads.x.heap.max'), at('workloads.z.heap.max')]).toEqual(['2:15', '2:15']);
  });

  it('takes the key of an empty value, and the parent of an absent one', () => {
    expect([at('workloads.x.empty'), at('workloads.x.replicas'), at('nothing.here')]).toEqual([
      '9:5',
      '7:3 parent',
      '1:1 parent',
    ]);
  });
});
