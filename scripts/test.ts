import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { $ } from 'zx/core';
import { readArguments } from './lib/arguments.ts';
import { cacheFolder } from './lib/cache.ts';
import { provideKubernetesSchemas } from './lib/kubernetes-schemas.ts';
import { prepareMachine, programsFound } from './lib/machine.ts';
import { countTests, failedLines, longestLines, skippedLines } from './lib/test-results.ts';
import { provideTool } from './lib/tools.ts';

/**
 * All checks and tests, set-up included. What did not change since the last run comes from turbo's cache, which lies
 * outside the work tree; in CI everything is run, and the release events on real nodes too. The last line counts them.
 */
readArguments({
  run: 'npm test --',
  summary: `Runs all checks and tests, and sets up the checkout first. What did not change since the last run comes from the cache.
With CI set, everything is run, and the release events on real nodes as well. To run one file: npx vitest run packages/planner/test/NAME.test.ts`,
});
interface Manifest {
  readonly scripts: Readonly<Record<string, string>>;
}
const root = join(import.meta.dirname, '..');
/** Tests of a clone without anything beside it, skipped ones included. A run with fewer has lost some. */
const fewestTests = 2000;
/** Suites that take longest: turbo starts tasks in the order that it is given, and a long one must not be last. */
const longest = ['cluster', 'command', 'hostile', 'runtime', 'delivery'];
/** The integration tests: a folder of `test` each, and a task of turbo that knows what they read. */
const suites = Object.keys((JSON.parse(readFileSync(join(root, 'test/package.json'), 'utf8')) as Manifest).scripts)
  .filter((script) => script.startsWith('test:'))
  .map((script) => script.slice('test:'.length))
  .toSorted((one, other) => rank(one) - rank(other));
function rank(suite: string): number {
  const place = longest.indexOf(suite);
  return place === -1 ? longest.length : place;
}
const say = (text: string): void => void process.stderr.write(`${text}\n`);
const shared = process.env.MI_PATTERNS_SHARED ?? join(root, '..', 'shared');
const environment: NodeJS.ProcessEnv = { ...process.env, FORCE_COLOR: '0' };

for (const [name, variable] of [
  ['helm', 'MI_PATTERNS_HELM'],
  ['helm-unittest', 'MI_PATTERNS_HELM_UNITTEST'],
  ['kubeconform', 'MI_PATTERNS_KUBECONFORM'],
] as const) {
  environment[variable] = await provideTool(name, say);
}
// Its tests build it where it is missing, but several at once.
await provideTool('publication', say);
environment.MI_PATTERNS_KUBERNETES_SCHEMAS = await provideKubernetesSchemas(say);
if (process.env.CI) await prepareMachine(say);
// A test that was skipped for want of a program is run once that is there, and not taken from the cache.
environment.MI_PATTERNS_MACHINE = await programsFound();
if (existsSync(join(shared, 'corpus'))) environment.MI_PATTERNS_SHARED = shared;
else say('The corpus of real projects is not beside this checkout: the tests that read it are skipped.');

const withContainers = Boolean(process.env.CI || process.env.MI_PATTERNS_LARGE);
const began = Date.now();
const run = $({ cwd: root, env: environment, stdio: 'inherit', nothrow: true });
const tasks = ['typecheck', 'lint', 'test', ...suites.map((name) => `test:${name}`)];
// Three at a time on two processors: servers that start and leases that end keep tests waiting, and others compute.
const turbo = [
  `--concurrency=${Math.min(4, availableParallelism() + 1)}`,
  // Of this machine only, whatever the user's environment names; CI takes nothing from it.
  `--cache=local:${process.env.CI ? 'w' : 'rw'}`,
  `--cache-dir=${join(cacheFolder(), 'turbo')}`,
  '--output-logs=new-only',
  '--log-order=grouped',
  '--continue',
];
const steps: (readonly [string, () => Promise<number | null>])[] = [
  ['checks and tests', async () => (await run`turbo run ${tasks} ${turbo}`).exitCode],
  // Alone, because it measures: with other tests beside it a busy machine would look like a fault of a release.
  ...(withContainers
    ? [
        [
          'containers',
          async () =>
            (
              await run({
                cwd: join(root, 'test'),
              })`vitest run --config ../vitest.config.ts --root . ${process.env.MI_PATTERNS_LARGE ? 'container-level.test.ts' : 'cluster/container-level.test.ts'} --reporter=default --reporter=json --outputFile.json=test-results/containers.json`
            ).exitCode,
        ] as const,
      ]
    : []),
];
const failed: string[] = [];
for (const [name, step] of steps) {
  say(`── ${name}`);
  if ((await step()) !== 0) failed.push(name);
}

const results = [
  ...readdirSync(join(root, 'packages')).map((name) => join(root, 'packages', name, 'test-results.json')),
  ...[...suites, ...(withContainers ? ['containers'] : [])].map((name) =>
    join(root, 'test/test-results', `${name}.json`),
  ),
].filter((file) => existsSync(file));
const counts = countTests(results);
for (const line of [...skippedLines(counts), ...longestLines(results, began, root), ...failedLines(results, root)])
  say(line);
const total = counts.passed + counts.failed + counts.skipped;
if (total < fewestTests) {
  say(
    `There are ${total} tests, fewer than the ${fewestTests} that scripts/test.ts expects. Lower the number only with the tests.`,
  );
  failed.push('number of tests');
}
if (failed.length > 0) say(`Failed: ${failed.join(', ')}`);
process.stdout.write(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`);
process.exit(failed.length === 0 ? 0 : 1);
