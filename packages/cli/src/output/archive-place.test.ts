import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { splitArchive } from './archive-place.ts';

const cwd = mkdtempSync(join(tmpdir(), 'mi-patterns-'));
mkdirSync(join(cwd, 'new!/src!'), { recursive: true });
afterAll(() => rmSync(cwd, { recursive: true }));

it.each([
  ['target/orders.car!/api.xml', 'target/orders.car', 'api.xml'],
  ['all.zip!/in/orders.car!/api.xml', 'all.zip', 'in/orders.car!/api.xml'],
  ['new!/orders.CAR!/api.xml', 'new!/orders.CAR', 'api.xml'],
  ['acme/orders:1.2.0!/home/x.car!/x.xml', 'acme/orders:1.2.0', 'home/x.car!/x.xml'],
  ['new!/orders.tar!/home/x.xml', 'new!/orders.tar', 'home/x.xml'],
  ['shop/ConfigMap/orders!/api.xml', 'shop/ConfigMap/orders', 'api.xml'],
  ['new!/src!/api.xml', 'new!/src!/api.xml', undefined],
])('%s is in %s', (path, file, inside) => {
  expect(splitArchive(path, cwd)).toEqual([file, inside]);
});
