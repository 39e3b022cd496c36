import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { withLeaves } from './packages/cli/build-leaves.mjs';

/** Shared by every package: each is its own project, so that a test run from the top runs them all. */
export default defineConfig({
  plugins: [
    {
      // A test loads the modules that it uses, as the command does, and not all of each package that it names.
      name: 'import-leaves',
      enforce: 'pre',
      transform: { filter: { id: /\.ts$/ }, handler: withLeaves },
    },
  ],
  test: {
    include: ['**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    // For what never ends: a busy machine is no fault of a test. On one slow five times over, axe takes a minute.
    testTimeout: 180_000,
    hookTimeout: 240_000,
    // Many tests wait for processes that they start, so that one worker would leave a processor of two without work.
    maxWorkers: Math.max(2, availableParallelism()),
  },
});
