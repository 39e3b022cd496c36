import { defineConfig } from 'vitest/config';

/** Shared by every package: each is its own project, so that a test run from the top runs them all. */
export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
