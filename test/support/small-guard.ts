import { GUARD_ARCHITECTURES } from '../../packages/delivery/src/package/guard-architectures.mjs';
import type * as Guard from '../../packages/delivery/src/package/guard.ts';

/**
 * lease-guard with programs of a few bytes, for `vi.mock` in tests that write hundreds of packages in their own
 * process: half of their time would go to copies of 13 MB, which guard.test.ts of the package looks at.
 */
export function withSmallPrograms(guard: typeof Guard): typeof Guard {
  const names = ['lease-guard', ...GUARD_ARCHITECTURES.map(({ machine }) => `lease-guard-${machine}`)];
  return { ...guard, hasGuard: () => true, guardFiles: () => names.map((name) => ({ name, text: `${name}\n` })) };
}
