import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { findTool, judgeValues, run } from '@mi-patterns/helm';
import type { Diagnostic } from '@mi-patterns/inventory';
import { isMapping, locate, valueAt, type Values } from '@mi-patterns/values';
import { describe, expect, it } from 'vitest';
import { mergeValues } from '../../packages/values/src/mapping/merge.ts';
import { readValues } from '../../packages/values/src/yaml/read.ts';
import { examples } from '../../scripts/lib/chart-docs.ts';
import { allCases, randomNumbers, sampled } from '../chart/fuzz-cases.ts';
import { renderOne } from '../../packages/helm/test/resident.ts';
import { inParallel, resident } from '../chart/support.ts';
import { chart, temporaryFolder } from '../support/command.ts';

/** MI_PATTERNS_LAYERS: how many pairs of files are drawn; MI_PATTERNS_LAYERS_SEED draws others. */
const pairs = Number(process.env.MI_PATTERNS_LAYERS ?? 60);
const seed = Number(process.env.MI_PATTERNS_LAYERS_SEED ?? 1);

const keys = fc.constantFrom('a', 'b', 'c', 'd');
/** Text that says which file it is from. */
const tree = (file: (typeof layers)[number]): fc.Arbitrary<unknown> =>
  fc.letrec((tie) => ({
    node: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.nat().map((number) => `${file}-${number}`),
      fc.constant(file === 'chart' ? [] : null),
      fc.array(tie('node'), { maxLength: 3 }),
      fc.dictionary(keys, tie('node'), { maxKeys: 4 }),
      fc.dictionary(keys, tie('node'), { maxKeys: 4 }),
    ),
  })).node;
const layers = ['chart', 'base', 'more', 'overlay'] as const;
type Layers = Readonly<Record<(typeof layers)[number], unknown>>;

/** One file with the values of all pairs, each below a key of its own: by an alias, a merge key or as it is. */
function fileOf(drawn: readonly Layers[], layer: (typeof layers)[number]): string {
  return drawn
    .map((one, index) => {
      const text = JSON.stringify(one[layer]);
      if (layer === 'chart' || !text.startsWith('{"') || index % 3 === 0) return `p${index}: ${text}\n`;
      return `x${index}: &x${index} ${text}\np${index}: ${index % 3 === 1 ? `{<<: *x${index}}` : `*x${index}`}\n`;
    })
    .join('');
}

/** Paths of the texts in values. */
function textsOf(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value === 'string') return [path];
  return Object.entries(value ?? {}).flatMap(([key, below]) => textsOf(below, [...path, key]));
}

/** A chart that prints its values. */
function chartWith(values: string): string {
  const folder = join(temporaryFolder(), 'printing');
  mkdirSync(join(folder, 'templates'), { recursive: true });
  writeFileSync(join(folder, 'Chart.yaml'), 'apiVersion: v2\nname: printing\nversion: 0.1.0\n');
  writeFileSync(join(folder, 'values.yaml'), values);
  writeFileSync(join(folder, 'templates/values.yaml'), 'values: {{ toJson .Values }}\n');
  return folder;
}

describe('files that lie over each other', () => {
  it('are merged as helm merges them, and each value is found where helm has it from', async () => {
    const drawn = fc.sample(
      fc.record({ chart: tree('chart'), base: tree('base'), more: tree('more'), overlay: tree('overlay') }),
      { numRuns: pairs * 5, seed },
    );
    const folder = temporaryFolder();
    const text = Object.fromEntries(layers.map((layer) => [layer, fileOf(drawn, layer)])) as Record<
      (typeof layers)[number],
      string
    >;
    for (const layer of layers) writeFileSync(join(folder, `${layer}.yaml`), text[layer]);
    const helm = await findTool('helm');
    const files = layers.slice(1).flatMap((layer) => ['--values', join(folder, `${layer}.yaml`)]);
    const printed = (await run([...helm.command, 'template', 'r', chartWith(text.chart), ...files])).stdout;
    const merged = JSON.parse(printed.slice(printed.indexOf('values: ') + 8)) as Values;
    const file = readValues({
      text: text.overlay,
      path: 'overlay',
      base: [
        { text: text.base, path: 'base' },
        { text: text.more, path: 'more' },
      ],
    });
    const defaults = readValues({ text: text.chart, path: 'chart' }).value ?? {};
    expect(mergeValues(defaults, file.value ?? {})).toEqual(merged);
    const counts = { chart: 0, base: 0, more: 0, overlay: 0 };
    for (const path of textsOf(merged).filter(([pair]) => pair?.startsWith('p'))) {
      const value = String(valueAt(merged, path));
      const from = value.split('-')[0] as (typeof layers)[number];
      const { exact, source } = locate(file, path, 'value');
      expect(exact, `${path.join('.')} = ${value}`).toBe(from !== 'chart');
      counts[from] += 1;
      if (!exact) continue;
      expect(source.path, `${path.join('.')} = ${value}`).toBe(from);
      expect(text[from].split('\n')[source.line - 1]?.slice(source.column - 1)).toMatch(new RegExp(`^"${value}"`));
    }
    expect(Math.min(...Object.values(counts))).toBeGreaterThan(pairs / 10);
  });

  it('are judged as one file with what helm merges, and each finding stands at the same value', async () => {
    const random = randomNumbers(seed);
    // Helm reads what it has rendered, and its engine alone does not.
    const odd = sampled(allCases(), pairs * 2, seed).filter(
      ({ name, skipSchemaValidation }) => !skipSchemaValidation && !name.includes('*alias'),
    );
    const sound = examples().map(({ name, values }) => ({
      name,
      values: readValues({ text: readFileSync(values, 'utf8'), path: name }).value ?? {},
    }));
    const drawn = [...odd, ...sound].map((one) => ({ ...one, parts: parted(one.values, random) }));
    const states = await inParallel(drawn, async ({ name, values, parts: [below, above] }) => {
      const [whole = '', base = '', overlay = ''] = [values, below, above].map((one) => JSON.stringify(one, null, 1));
      const [rendered, asOne, found] = await Promise.all([
        renderOne({ text: base, further: [overlay], release: 'r', namespace: 'default' }),
        judgeValues(whole, 'whole', { chart, ...resident }),
        judgeValues(overlay, 'overlay', { chart, base: [{ text: base, path: 'base' }], ...resident }),
      ]);
      const refused = found.some(({ severity }) => severity === 'error');
      if (rendered.state === 'refused') expect(refused, name).toBe(true);
      const texts = { whole, base, overlay };
      expect(found.map((one) => told(one, texts)).toSorted(), `${name}\n${base}\n${overlay}`).toEqual(
        asOne.map((one) => told(one, texts)).toSorted(),
      );
      return { refused, inBase: found.some(({ source }) => source?.path === 'base') };
    });
    expect(states.filter(({ refused }) => refused).length).toBeGreaterThan(5);
    expect(states.filter(({ refused }) => !refused).length).toBeGreaterThan(5);
    expect(states.filter(({ inBase }) => inBase).length).toBeGreaterThan(5);
  });
});

/** A finding with what stands at its place. */
function told({ code, message, source }: Diagnostic, texts: Readonly<Record<string, string>>): string {
  const line = texts[source?.path ?? '']?.split('\n')[(source?.line ?? 0) - 1] ?? 'nowhere';
  return `${code} ${message} at ${line.slice((source?.column ?? 0) - 1).replace(/[,{[\]}]*$/, '')}`;
}

/** Values in two files that are the same once merged. The lower one also has what the upper one replaces. */
function parted(values: Values, random: () => number): readonly [Values, Values] {
  const below: Record<string, unknown> = {};
  const above: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(values)) {
    const chosen = random();
    if (isMapping(value) && Object.keys(value).length > 0 && chosen < 0.6) {
      const [base, overlay] = parted(value, random);
      if (Object.keys(base).length > 0) below[key] = base;
      if (Object.keys(overlay).length > 0) above[key] = overlay;
    } else if (chosen < 0.6) below[key] = value;
    else {
      above[key] = value;
      if (chosen > 0.8) below[key] = chosen > 0.9 || isMapping(value) ? 'replaced' : { replaced: [null] };
    }
  }
  return [below, above];
}
