import { expect, it } from 'vitest';
import { environment } from '../../test/plans.ts';
import { seal } from '../files/seal.ts';
import { readHeader, releaseMark, writeHeader } from './header.ts';

const context = { schema: './values.schema.json', inputs: [{ path: 'a b', digest: 'sha256:1' }] };
const counted = (id: string, found: 'isolate' | 'stateless'): [string, object] => [
  id,
  { class: 'stateless', overridden: { found, reason: 'it is so' } },
];

it('is read as it was written', () => {
  const verdicts = new Map([
    counted('task/a b', 'isolate'),
    counted('task/stateless', 'isolate'),
    ['api/x', { class: 'stateless' }],
  ]) as unknown as Parameters<typeof writeHeader>[1];
  for (const namespace of ['shop', undefined]) {
    const place = namespace === undefined ? {} : { namespace };
    const text = writeHeader(environment({ name: 'a'.repeat(60), ...place }), verdicts, context);
    expect(text).toContain(releaseMark('orders'));
    const expected = {
      environment: 'a'.repeat(60),
      release: 'orders',
      namespace,
      made: ['sha256:1'],
      verdicts: new Map([
        ['task/a b', 'stateless'],
        ['task/stateless', 'stateless'],
      ]),
    };
    expect(readHeader(seal(`${text}\n\npattern: coordinated\n`))).toEqual(expected);
    expect(readHeader(seal(`${text}\n\npattern: coordinated\n`).replaceAll('\n', '\r\n'))).toEqual(expected);
    expect(readHeader(text)).toBeUndefined();
  }
  expect(readHeader(seal('pattern: coordinated\n'))).toBeUndefined();
});
