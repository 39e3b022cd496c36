/* oxlint-disable vitest/no-conditional-tests, vitest/valid-describe-callback, vitest/no-disabled-tests -- declares the tests of others */
import { describe, test } from 'vitest';

/**
 * A group of tests that needs something of the machine. Where that is missing, one skipped test stands for all and says
 * what.
 */
export function describeWith(missing: string | undefined, title: string, tests: () => void): void {
  if (missing === undefined) describe(title, tests);
  else test.skip(`${title} (skipped: ${missing})`, () => {});
}
