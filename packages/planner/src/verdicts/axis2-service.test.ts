import type { Axis2Service } from '@mi-patterns/inventory';
import { expect, test } from 'vitest';
import { findings, planOf, polls, source } from '../../test/builder.ts';

const service = (changes: Partial<Axis2Service> = {}): Axis2Service => ({
  name: 'R',
  parameters: [],
  source: source('R.aar!/META-INF/services.xml', 3),
  ...changes,
});
const plan = (
  services: readonly Axis2Service[] | undefined,
  configurations: Parameters<typeof planOf>[2] = {},
): ReturnType<typeof planOf> =>
  planOf(
    { 'axis2-service/A': { facts: services === undefined ? {} : { services } }, 'api/Pay': {} },
    {},
    configurations,
  );
const parameter = (name: string, value: string): Axis2Service['parameters'][number] => ({
  name,
  value,
  source: source('services.xml', 5),
});

test.each([
  ['on HTTP', [service({ transports: ['http'] })], 'stateless'],
  ['on every transport', [service()], 'stateless'],
  ['on a queue', [service({ transports: ['http', 'jms'] })], 'broker-safe'],
  [
    'on a topic',
    [service({ transports: ['jms'], parameters: [parameter('transport.jms.DestinationType', 'topic')] })],
    'isolate',
  ],
  [
    'the second of a group polls',
    [
      service(),
      service({
        transports: ['vfs'],
        parameters: Object.entries(polls).map(([name, value]) => parameter(name, value)),
      }),
    ],
    'isolate',
  ],
  ['with a class that runs at the start', [service({ lifeCycle: 'com.acme.Life' })], 'opaque'],
  ['with sessions', [service({ scope: 'transportsession' })], 'affinity'],
  [
    'parameters of a consumer and no deployment.toml',
    [service({ parameters: [parameter('transport.jms.Destination', 'Q')] })],
    'opaque',
  ],
  ['unreadable', undefined, 'opaque'],
] as const)('an Axis2 service %s is %s', (_, services, expected) => {
  expect(plan(services).verdicts.get('axis2-service/A')?.class).toBe(expected);
});

test('has a workload of its own when it is isolated, and needs its listener in the values', () => {
  const made = plan([service({ transports: ['jms'] })], { configurations: [{ environment: 'prod' }] });
  expect(made.workloads.map(({ name, stateful }) => [name, stateful])).toEqual([
    ['integration', []],
    ['a-axis2-service', ['axis2-service/A']],
  ]);
  expect([...made.roles]).toEqual([['axis2-service/A', expect.stringMatching(/^MiIsolatedAAxis2Service/)]]);
  expect(findings(made, 'MI-PLAN-LISTENER')).toMatchObject([
    { message: expect.stringContaining('Axis2 service A needs the listener jms') },
  ]);
  expect(made.verdicts.get('axis2-service/A')).toMatchObject({
    because: expect.stringMatching(/^Axis2 service R takes messages from a JMS queue/),
    evidence: { path: 'R.aar!/META-INF/services.xml' },
  });
});
