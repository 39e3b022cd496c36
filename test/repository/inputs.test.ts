import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { taskInputs } from '../../scripts/lib/task-inputs.ts';
import { repository } from '../support/command.ts';
import { ignoredOf, isCheckout } from '../support/git.ts';
import { modulesLoadedBy } from '../support/imports.ts';

// A result must not come from turbo's cache when something changed that the tests read. What they import is compared
// here; what they open besides, and what their processes open, shows scripts/trace-inputs.ts.

const suites = Object.keys(
  (JSON.parse(readFileSync(join(repository, 'test/package.json'), 'utf8')) as { readonly scripts: object }).scripts,
);
const tasks = taskInputs([...suites, 'test']);

function testsBelow(folder: string): readonly string[] {
  return readdirSync(join(repository, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts') && !name.includes('node_modules'))
    .map((name) => join(repository, folder, name));
}

describe.skipIf(!isCheckout)('the inputs of tasks (skipped without git, which turbo asks what is ignored)', () => {
  it.each(tasks.map((one) => [one.task, one] as const))('of %s hold every module that its tests import', (_, one) => {
    const { task, folder, files } = one;
    const [, suite = ''] = /#test:(.+)$/.exec(task) ?? [];
    const imported = modulesLoadedBy(testsBelow(join(folder, suite)));
    expect(imported).not.toEqual([]);
    expect(imported.filter((file) => !files.has(file))).toEqual([]);
  });

  it.each(tasks.map((one) => [one.task, one] as const))('of %s hold nothing that a run writes', (_, { files }) => {
    expect(ignoredOf([...files])).toBe('');
  });

  it('lie where turbo.json looks for them', () => {
    const { tasks: named } = JSON.parse(readFileSync(join(repository, 'turbo.json'), 'utf8')) as {
      readonly tasks: Readonly<Record<string, { readonly inputs?: readonly string[] }>>;
    };
    const paths = Object.entries(named).flatMap(([task, { inputs = [] }]) =>
      inputs
        .filter((input) => !/^!|DEFAULT/.test(input))
        .filter((input) => task.includes('#test:') || input.startsWith('$TURBO_ROOT$/'))
        .map((input) => (input.startsWith('$') ? input.replace('$TURBO_ROOT$/', '') : join('test', input)))
        .map((input) => input.replace(/[^/]*[*{].*$/, '')),
    );
    expect(paths.length).toBeGreaterThan(50);
    expect(paths.filter((path) => !existsSync(join(repository, path)))).toEqual([]);
  });

  it('are not those of every task: what the root depends on is hashed for all', () => {
    const root = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as {
      readonly dependencies?: object;
      readonly devDependencies?: object;
    };
    const versions = Object.entries({ ...root.dependencies, ...root.devDependencies });
    expect(versions.filter(([, version]) => String(version).startsWith('workspace:'))).toEqual([]);
  });

  it('are there for each folder of integration tests', () => {
    const folders = readdirSync(join(repository, 'test'), { withFileTypes: true })
      .filter(
        (entry) => entry.isDirectory() && entry.name !== 'node_modules' && testsBelow(`test/${entry.name}`).length > 0,
      )
      .map(({ name }) => `test:${name}`);
    expect(suites.toSorted()).toEqual(folders.toSorted());
    expect(tasks.map(({ task }) => task)).toEqual(
      expect.arrayContaining(folders.map((name) => `@mi-patterns/integration-tests#${name}`)),
    );
  });

  it('hold what the command is built from besides modules', () => {
    const command = tasks.find(({ task }) => task.endsWith('#test:command'));
    const needed = ['packages/lease-guard/guard.go', 'docs/diagnostics.md', 'charts/micro-integrator/Chart.yaml'];
    expect(needed.filter((file) => command?.files.has(file) !== true)).toEqual([]);
  });
});
