import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, statfsSync } from 'node:fs';
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

/**
 * A folder in memory for temporary files, where there is room and programs in it may be run; Docker forbids the latter.
 * Without a journal, ext4 looks at every file that was removed in the last minutes for each one that it makes, and
 * tests make and remove tens of thousands.
 */
const inMemory = ((): string | undefined => {
  const memory = '/dev/shm';
  const ours = 'mi-patterns-tests-';
  const gibibytes = (bytes: number): number => bytes / 2 ** 30;
  try {
    const mounted = readFileSync('/proc/self/mounts', 'utf8')
      .split('\n')
      .map((line) => line.split(' '));
    const options = mounted.find(([, place, kind]) => place === memory && kind === 'tmpfs')?.[3]?.split(',');
    const { bavail, bsize } = statfsSync(memory);
    const room = Math.min(gibibytes(bavail * bsize), gibibytes(process.availableMemory()));
    if (process.env['TMPDIR'] || options?.includes('noexec') !== false || room < 6) return undefined;
    // A run that was killed has left its files.
    for (const name of readdirSync(memory))
      if (name.startsWith(ours) && !isRunning(Number(name.slice(ours.length))))
        rmSync(join(memory, name), { recursive: true, force: true });
    return join(memory, `${ours}${process.pid}`);
  } catch {
    return undefined;
  }
})();

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Shared by every package: each is its own project, so that a test run from the top runs them all. */
export default defineConfig({
  plugins: [
    {
      name: 'files-in-memory',
      configureVitest: ({ vitest }) => {
        if (inMemory === undefined) return;
        mkdirSync(inMemory, { recursive: true });
        vitest.onClose(() => rmSync(inMemory, { recursive: true, force: true }));
      },
    },
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
    // turbo hands SHLVL to no task; without it, bash reads ~/.bashrc (scripts/bootstrap.mjs). GOGC is what the command
    // gives its tools, for tests that start programs of Go themselves.
    env: {
      SHLVL: '1',
      FORCE_COLOR: '0',
      DO_NOT_TRACK: '1',
      GOWORK: 'off',
      GOGC: '400',
      ...(inMemory ? { TMPDIR: inMemory } : {}),
    },
    // For what never ends: a busy machine is no fault of a test. So no test names a shorter time.
    testTimeout: 900_000,
    hookTimeout: 900_000,
    expect: { poll: { timeout: 120_000 } },
    // Many tests wait for processes that they start, so that one worker would leave a processor of two without work.
    maxWorkers: Math.max(2, availableParallelism()),
    // Many folders of tests load the same modules.
    experimental: { fsModuleCache: true, fsModuleCachePath: prepared },
  },
});
