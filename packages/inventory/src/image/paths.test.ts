import { expect, it } from 'vitest';
import { imageReference, isBelow, relativePath } from './paths.ts';

it.each([
  ['/a', '/a', '.'],
  ['/a', '/a/orders', 'orders'],
  ['/a/b', '/a/orders', '../orders'],
  ['/a', '/a/oci:orders', './oci:orders'],
  ['/a', '/a/oci-layout:orders/x', './oci-layout:orders/x'],
])('from %s to %s a folder is %s, never an image', (from, to, path) => {
  expect(relativePath(from, to)).toBe(path);
  expect(imageReference(path)).toBeUndefined();
});

it.each([
  ['/a', '/a', true],
  ['/a', '/a/b/c', true],
  ['/a', '/a/..data', true],
  ['/a/b', '/a', false],
  ['/a/b', '/a/bc', false],
  ['/a/b', '/c', false],
])('below %s is %s: %s', (folder, path, is) => expect(isBelow(folder, path)).toBe(is));
