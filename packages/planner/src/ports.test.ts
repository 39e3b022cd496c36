import { expect, test } from 'vitest';
import { planOf } from '../test/builder.ts';

const listening = {
  'inbound-endpoint/In': { facts: { protocol: 'http' }, parameters: { 'inbound.http.port': '9000' } },
};
const numbers = (configurations: object[]): number[] =>
  planOf(listening, {}, { configurations }).workloads.flatMap(({ ports }) => ports.map(({ number }) => number));

test('ports follow the deployment.toml that the pods get', () => {
  const project = { offset: 5, inboundPortOffset: true };
  expect(numbers([project])).toEqual([9005]);
  expect(numbers([project, { environment: 'prod' }])).toEqual([9000]);
  expect(numbers([{ environment: 'prod', offset: 7, inboundPortOffset: true }])).toEqual([9007]);
});
