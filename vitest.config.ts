import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Shared by every package: each is its own project, so that a test run from the top runs them all. */
export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Many tests wait for processes that they start, so that one worker would leave a processor of two without work.
    maxWorkers: Math.max(2, availableParallelism()),
  },
});
