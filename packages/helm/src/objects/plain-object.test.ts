import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import { checkManifest, parseManifest } from './manifest.ts';
import { isPlainObject } from './plain-object.ts';

const examples = join(import.meta.dirname, '../../../../charts/micro-integrator/examples');
const manifests = readdirSync(examples, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => readFileSync(join(examples, name, 'rendered.yaml'), 'utf8'));
const parts = manifests.flatMap((manifest) => manifest.split(/^---$/m)).filter((part) => part.includes('kind:'));

const head = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n';

/** What may happen to a line: nothing that follows is certain to be YAML. */
const change = fc.oneof(
  fc.constantFrom(
    () => '',
    (line: string) => `${line}\n${line}`,
    (line: string) => ` ${line}`,
    (line: string) => `  ${line}`,
    (line: string) => line.slice(1),
    (line: string) => line.slice(2),
    (line: string) => line.trim(),
    (line: string) => `- ${line}`,
    (line: string) => line.replace('- ', '  '),
    (line: string) => line.replace(':', ''),
    (line: string) => line.replace(/:.*/, ':'),
    (line: string) => line.replace(/:.*/, ': |'),
    (line: string) => line.replace(/:.*/, ': >-'),
    (line: string) => line.replaceAll('"', ''),
    (line: string) => line.replace('"', ''),
    (line: string) => line.replace(/[\w-]+:/, 'name:'),
    (line: string) => line.replace(/[\w-]+:/, 'yes:'),
    (line: string) => `${line}\n`,
    (line: string) => `${line}\n# remark`,
    (line: string) => `${line}\n      # remark`,
    (line: string) => `${line} # remark`,
  ),
  fc
    .string({ unit: fc.constantFrom(...'ab:# "\'-[]{}|>&*!%@`,?~\\\t1.0=<'), maxLength: 4 })
    .map((text) => (line: string) => line + text),
);

describe('isPlainObject', () => {
  it('takes what the chart renders', () => {
    expect(parts.filter((part) => !isPlainObject(part)).length / parts.length).toBeLessThan(0.05);
  });

  it.each([
    ['a key twice', 'data:\n  a: x\n  a: y\n'],
    ['a key twice, once in quotes', 'data:\n  a: x\n  "a": y\n'],
    ['a key twice in an entry of a list', 'spec:\n  - a: x\n    a: y\n'],
    ['a key twice around a list in its own column', 'spec:\n  a:\n  - x\n  a: y\n'],
    ['a key twice at the top', 'kind: Secret\n'],
    ['keys that are the same boolean', 'data:\n  yes: x\n  on: y\n'],
    ['text in a column of its own', 'data:\n  a: |\n      x\n    y\n'],
    ['text that goes on', 'data:\n  a: x\n    b: y\n'],
  ])('leaves %s to the parser', (_, more) => {
    expect(isPlainObject(head)).toBe(true);
    expect(isPlainObject(`${head}${more}`)).toBe(false);
  });

  it('leaves to the parser what is no object', () => {
    for (const line of head.split('\n').slice(0, 3)) expect(isPlainObject(head.replace(`${line}\n`, ''))).toBe(false);
    expect(isPlainObject(head.replace('ConfigMap', 'List'))).toBe(false);
    expect(isPlainObject(head.replace('name: a', 'name: no'))).toBe(false);
  });

  it('never takes what the parser refuses', () => {
    const changes = fc.array(fc.tuple(fc.nat(), change), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(fc.constantFrom(...parts), changes, (part, changed) => {
        const lines = part.split('\n');
        for (const [at, how] of changed) lines[at % lines.length] = how(lines[at % lines.length] ?? '');
        const text = lines.join('\n');
        if (!isPlainObject(text)) return;
        const { objects, faults } = parseManifest(text);
        expect({ text, faults, count: objects.length }).toEqual({ text, faults: [], count: 1 });
      }),
      { numRuns: Number(process.env.PLAIN_RUNS ?? 1_000) },
    );
  });
});

describe('checkManifest', () => {
  it('finds what parseManifest finds, wherever the manifest is cut', () => {
    const broken = `${manifests[0]}---\n# Source: a/templates/x.yaml\n${head}data:\n  a: 1\n  a: 2\n--- # next\nkind: Pod\n---\n`;
    const { faults } = parseManifest(broken);
    expect(faults).toHaveLength(2);
    for (const size of [1, 7, 4096, broken.length]) {
      const check = checkManifest();
      for (let at = 0; at < broken.length; at += size) check.take(broken.slice(at, at + size));
      expect(check.end()).toEqual({ faults, wanted: [] });
    }
  });

  it('keeps the objects that are wanted', () => {
    const check = checkManifest((part) => part.includes('name: x'));
    check.take(`${manifests[0]}---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\n`);
    expect(check.end().wanted).toEqual([{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' } }]);
  });
});
