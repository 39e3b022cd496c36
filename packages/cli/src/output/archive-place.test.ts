import { expect, it } from 'vitest';
import { splitArchive } from './archive-place.ts';

it.each([
  ['target/orders.car!/api.xml', 'target/orders.car', 'api.xml'],
  ['all.zip!/in/orders.car!/api.xml', 'all.zip', 'in/orders.car!/api.xml'],
  ['new!/orders.CAR!/api.xml', 'new!/orders.CAR', 'api.xml'],
  ['oci-layout:images/orders!/home/x.xml', 'oci-layout:images/orders', 'home/x.xml'],
  ['shop/ConfigMap/orders!/api.xml', 'shop/ConfigMap/orders', 'api.xml'],
  ['important!/src/api.xml', 'important!/src/api.xml', undefined],
])('%s is in %s', (path, file, inside) => {
  expect(splitArchive(path)).toEqual([file, inside]);
});
