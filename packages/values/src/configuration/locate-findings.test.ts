import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import type { Diagnostic, Inventory, Source } from '@mi-patterns/inventory';
import { afterAll, describe, expect, it, test } from 'vitest';
import { locate } from '../yaml/locate.ts';
import { readValuesText } from '../yaml/read.ts';
import type { Environment } from './environments.ts';
import { locateFindings, locateReplicas } from './locate-findings.ts';

const folder = mkdtempSync(join(tmpdir(), 'places-'));
afterAll(() => rmSync(folder, { recursive: true }));

const made = [
  'image:',
  '  tag: 1',
  'ingress:',
  '  enabled: yes please',
  'env:',
  '  REGION: 3',
  'workloads:',
  '  integration:',
  '    replicas: many',
  'artifacts:',
  '  roles: [A]',
  '',
].join('\n');
const configuration = [
  'artifacts: [.]',
  'image:',
  '  tag: 1',
  'values:',
  '  ingress:',
  '    enabled: yes please',
  '  workloads: {}',
  'environments:',
  '  prod:',
  '    values:',
  '      workloads:',
  '        integration:',
  '          replicas: many',
  '',
].join('\n');
writeFileSync(join(folder, 'more.yaml'), 'base: &base\n  REGION: 3\nenv: *base\n');

const inventory = { artifacts: [] } as unknown as Inventory;
const sources = {
  loaded: { path: 'mi-patterns.yaml', text: configuration },
  folder,
  display: (file: string) => relative(folder, file),
};

/** A finding about the values that were put together. */
function about(source: Source, more: Partial<Diagnostic> = {}): Diagnostic {
  return { code: 'MI-VALUES-TYPE', severity: 'error', message: 'm', hint: 'h', source, ...more };
}

/** The values of the environment `prod`. */
function valuesOf(text: string, valuesFiles: readonly string[] = []): Parameters<typeof locateFindings>[1] {
  return { text, shown: 'made.yaml', environment: { name: 'prod', valuesFiles } as unknown as Environment, inventory };
}

/** Place of a finding at a line and column of the values that were put together. */
function placeOf(line: number, column: number, valuesFiles: readonly string[] = []): string {
  const finding = about({ path: 'made.yaml', line, column });
  const [moved] = locateFindings([finding], valuesOf(made, valuesFiles), sources);
  return `${moved?.source?.path}:${moved?.source?.line}:${moved?.source?.column}`;
}

const carriedToml = [
  'deploymentToml:',
  '  datasource:',
  '    - id: SHOP',
  '      username: root',
  '      password: open',
  '    - {id: OTHER, password: open}',
  '',
].join('\n');

test.each([
  ['of an element of a list', '', 5, 17, 'deployment.toml:9:1'],
  ['of one in one line', '', 6, 28, 'deployment.toml:12:1'],
  ['of one that the values say instead', 'values: {deploymentToml: {datasource: [{password: open}]}}', 5, 17, ''],
])('what is carried over from the file of a project is there: %s', (_, values, line, column, place) => {
  const lines = new Map([
    ['datasource[0].password', 9],
    ['datasource[1].password', 12],
  ]);
  const [moved] = locateFindings(
    [about({ path: 'made.yaml', line, column }, { code: 'MI-VALUES-SECRET-INLINE', severity: 'warning' })],
    {
      ...valuesOf(carriedToml),
      carried: (...keys) => {
        const found = lines.get(keys.join('.'));
        return found === undefined ? undefined : { path: 'deployment.toml', line: found, column: 1 };
      },
    },
    { ...sources, loaded: { path: 'mi-patterns.yaml', text: `${values}\nenvironments: {prod: {}}\n` } },
  );
  expect(`${moved?.source?.path}:${moved?.source?.line}:${moved?.source?.column}`).toBe(
    place === '' ? 'mi-patterns.yaml:1:41' : place,
  );
});

describe('a finding about values that were put together is at the place where the setting was written', () => {
  it.each([
    ['in the values of the environment', 9, 15, 'mi-patterns.yaml:13:11'],
    ['in the values of all environments', 4, 12, 'mi-patterns.yaml:6:5'],
    ['in the configuration itself', 2, 8, 'mi-patterns.yaml:3:3'],
    ['at its own key, not at the mapping that ends there', 3, 1, 'mi-patterns.yaml:5:3'],
    ['at the environment, when it is nowhere', 6, 11, 'mi-patterns.yaml:9:3'],
    ['never at what is read, which is called artifacts too', 11, 11, 'mi-patterns.yaml:9:3'],
  ])('%s', (_, line, column, place) => {
    expect(placeOf(line, column)).toBe(place);
  });

  it('in a values file, and through an alias at what it stands for', () => {
    expect(placeOf(6, 11, ['more.yaml'])).toBe('more.yaml:2:3');
  });
});

it('what no key of the values says is at the environment, not at the key that comes first', () => {
  const text = `# Made.\n${made}`;
  const { source } = locate(readValuesText(text, 'made.yaml'), ['keystores', 'primary'], 'key');
  const [moved] = locateFindings([about(source, { code: 'MI-VALUES-DEMONSTRATION' })], valuesOf(text), sources);
  expect(moved?.source).toEqual({ path: 'mi-patterns.yaml', line: 9, column: 3 });
});

it('what is said of the image is at its name, or at the file where nothing names it', () => {
  const at = (text: string): unknown =>
    locateFindings(
      [about({ path: 'mi-patterns.yaml', line: 1, column: 1 }, { code: 'MI-PKG-NO-IMAGE' })],
      valuesOf(made),
      { ...sources, loaded: { path: 'mi-patterns.yaml', text } },
    )[0]?.source?.line;
  expect(at('artifacts: [.]\nimage:\n  repository: example/bank\n')).toBe(3);
  expect(at('artifacts: [.]\nimage:\n  repository: a/b\nenvironments:\n  prod: {image: {repository: c}}\n')).toBe(5);
  expect(at('artifacts: [.]\n')).toBe(1);
});

it('what is first in the values is not at the top of the file where it was written', () => {
  const message = 'There is no key `ingress` at the top of the file.';
  const finding = about({ path: 'made.yaml', line: 3, column: 1 }, { message });
  const [moved] = locateFindings([finding], valuesOf(made), sources);
  expect(moved?.message).toBe('There is no key `ingress` at the top of the values.');
});

describe('a finding about the replicas that were asked for', () => {
  const loaded = {
    path: 'mi-patterns.yaml',
    text: 'replicas: 4\nenvironments:\n  dev: {replicas: 1}\n  prod: {}\n',
  };
  const message = 'The pattern needs at least 2 replicas; 1 was asked for.';
  const shownPlace = (found: readonly Diagnostic[]): string | undefined => {
    const source = found[0]?.source;
    return source === undefined ? undefined : `${source.path}:${source.line}:${source.column}`;
  };
  it.each([
    ['at the environment', 'dev', undefined, 'mi-patterns.yaml:3:19'],
    ['at the top of the configuration', 'prod', undefined, 'mi-patterns.yaml:1:11'],
    ['nowhere, where the command line asks', 'dev', '1', undefined],
  ])('is %s', (_, name, replicas, place) => {
    const found = locateFindings(
      [{ code: 'MI-PLAN-REPLICAS', severity: 'error', message, hint: 'h' }],
      { text: made, shown: 'made.yaml', environment: { name, valuesFiles: [] } as unknown as Environment, inventory },
      { ...sources, loaded, replicas },
    );
    expect(shownPlace(found)).toBe(place);
  });

  it('is at the top of the configuration without an environment', () => {
    const found = locateReplicas([{ code: 'MI-PLAN-REPLICAS', severity: 'error', message, hint: 'h' }], { loaded });
    expect(shownPlace(found)).toBe('mi-patterns.yaml:1:11');
  });
});
