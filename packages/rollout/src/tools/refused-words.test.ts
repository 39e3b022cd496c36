import { expect, it } from 'vitest';
import { patienceFor, remedyFor } from './refused-words.ts';

it('says of a namespace that is being deleted that this decides it', () => {
  const words =
    'UPGRADE FAILED: create: failed to create: secrets "sh.helm.release.v1.orders.v4" is forbidden: unable to create new content in namespace shop because it is being terminated';
  expect(remedyFor(words)).toMatch(/^The namespace shop is being deleted\. Wait until it is gone/);
  expect(patienceFor(words, 'other')?.seconds).toBe(20);
});
