import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { withLeaves } from './packages/cli/build-leaves.mjs';

/** Where modules are kept as they were made ready for a test; another lockfile may bring other ones. */
const prepared = join(
  import.meta.dirname,
  'node_modules/.prepared-modules',
  createHash('sha256')
    .update(readFileSync(join(import.meta.dirname, 'pnpm-lock.yaml')))
    .digest('hex')
    .slice(0, 16),
);

/** Variables that turbo hands to tests: those that it is told to, and some of its own that a test may need. */
const { globalPassThroughEnv } = JSON.parse(readFileSync(join(import.meta.dirname, 'turbo.json'), 'utf8')) as {
  readonly globalPassThroughEnv: readonly string[];
};
const ofCluster = process.env.MI_PATTERNS_TEST_CONTEXT ? ['KUBECONFIG'] : [];
const handed = [...globalPassThroughEnv, ...ofCluster, 'LANG', 'LD_LIBRARY_PATH', 'NODE_*', 'TMPDIR', 'TZ', 'VIT*'].map(
  (name) => new RegExp(`^${name.replace('*', '.*')}$`),
);
// A test that is run alone gets no more: in a hook, git would take its temporary repository for that of the hook; and
// a shell, helm or kubectl would do as whoever runs the tests likes it best.
for (const name of Object.keys(process.env))
  if (!handed.some((pattern) => pattern.test(name))) delete process.env[name];

/** Shared by every package: each is its own project, so that a test run from the top runs them all. */
export default defineConfig({
  plugins: [
    {
      // A test loads the modules that it uses, as the command does, and not all of each package that it names.
      name: 'import-leaves',
      enforce: 'pre',
      transform: { filter: { id: /\.ts$/ }, handler: withLeaves },
      // What a module imports depends on the modules that its packages name, too.
      configureVitest: ({ experimental_defineCacheKeyGenerator: addToKey }) =>
        addToKey(({ id, sourceCode }) => (id.endsWith('.ts') ? withLeaves(sourceCode) : undefined)),
    },
  ],
  test: {
    include: ['**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    // turbo hands SHLVL to no task; without it, bash reads ~/.bashrc (scripts/bootstrap.mjs).
    env: { SHLVL: '1', FORCE_COLOR: '0', DO_NOT_TRACK: '1', GOWORK: 'off' },
    // For what never ends: a busy machine is no fault of a test. On one slow five times over, axe takes a minute.
    testTimeout: 180_000,
    hookTimeout: 240_000,
    // Many tests wait for processes that they start, so that one worker would leave a processor of two without work.
    maxWorkers: Math.max(2, availableParallelism()),
    // Many folders of tests load the same modules.
    experimental: { fsModuleCache: true, fsModuleCachePath: prepared },
  },
});
