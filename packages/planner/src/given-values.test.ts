import type { GivenSettings, Parameter, SettingNames } from '@mi-patterns/inventory';
import { expect, it } from 'vitest';
import { findings, inventory, type Part } from '../test/builder.ts';
import { withGivenValues } from './given-values.ts';
import { plan } from './plan.ts';
import { findVerdicts } from './verdicts/index.ts';

const settings: Part['settings'] = [{ from: 'configurable', name: 'x' }];
const environment = (
  name: string,
  more: Partial<SettingNames>,
  workloads: GivenSettings['workloads'] = {},
): GivenSettings => ({
  environment: name,
  everywhere: { variables: [], properties: [], aliases: [], open: false, ...more },
  workloads,
  hashicorpVault: false,
  timezone: 'UTC',
});
const file = (name: string, x: string, more: Partial<SettingNames> = {}): GivenSettings =>
  environment(name, { properties: ['x'], texts: { variables: {}, properties: { x } }, ...more });

const jms = (value: string): Record<string, Part> => ({
  'inbound-endpoint/I': {
    facts: { protocol: 'jms' },
    parameters: { 'transport.jms.ConnectionFactoryType': value },
    settings,
  },
});

/** The parameter of an inbound endpoint with what the environments give. */
function parameter(value: string, ...given: GivenSettings[]): Partial<Parameter> | undefined {
  const { facts } = withGivenValues(inventory(jms(value), { given })).artifacts[0]!;
  return facts.kind === 'inbound-endpoint' ? facts.parameters[0] : undefined;
}

it('takes what each environment gives for what stands in the file', () => {
  const both = [file('dev', 'topic'), file('prod', 'topic')];
  expect(parameter('${configs.x}', ...both)).toMatchObject({ value: 'topic', written: '${configs.x}' });
  expect(parameter('$FILE:x', ...both)).toMatchObject({ value: 'topic', written: '$FILE:x' });
});

it('says how environments differ', () => {
  expect(parameter('${configs.x}', file('dev', 'queue'), file('test', 'queue'), file('prod', 'topic'))).toMatchObject({
    value: '${configs.x}',
    differs: 'queue in dev and test and topic in prod',
  });
});

it('lets a variable go before the file', () => {
  const texts = { variables: { x: 'topic' }, properties: { x: 'queue' } };
  const given = file('prod', '', { variables: ['x'], texts });
  expect(parameter('${configs.x}', given)?.value).toBe('topic');
  expect(parameter('$SYSTEM:x', given)?.value).toBe('topic');
  expect(parameter('$FILE:x', given)?.value).toBe('queue');
});

it.each([
  ['one environment gives none', '${configs.x}', [file('dev', 'topic'), environment('prod', {})]],
  ['a Secret gives it', '${configs.x}', [file('prod', 'topic', { variables: ['x'] })]],
  ['a source of variables may give another', '${configs.x}', [file('prod', 'topic', { open: true })]],
  ['it is only part of the text', 'a${configs.x}', [file('prod', 'topic')]],
  ['it is another kind of place', '$SYSTEM:x', [file('prod', 'topic')]],
  [
    'a workload has its own',
    '${configs.x}',
    [{ ...file('prod', 'topic'), workloads: { one: { variables: ['x'], properties: [], aliases: [], open: false } } }],
  ],
])('leaves it to the server when %s', (_, value, given) => {
  expect(parameter(value, ...given)).not.toHaveProperty('written');
  expect(parameter(value, ...given)?.value).toBe(value);
});

it('decides the verdict, which shows both', () => {
  const verdict = (...given: GivenSettings[]): unknown =>
    findVerdicts(withGivenValues(inventory(jms('${configs.x}'), { given }))).get('inbound-endpoint/I');
  expect(verdict(file('prod', 'topic'))).toMatchObject({
    class: 'isolate',
    because: 'Inbound endpoint I listens to a JMS topic: in two pods every message would be handled twice.',
    evidence: {
      text: '<parameter name="transport.jms.ConnectionFactoryType">${configs.x}</parameter>, which each environment gives as topic',
    },
  });
  expect(verdict(file('dev', 'queue'), file('prod', 'topic'))).toMatchObject({
    class: 'opaque',
    because: expect.stringMatching(
      /from \$\{configs\.x\}, which is queue in dev and topic in prod, so whether several pods may run it depends on the environment\.$/,
    ),
  });
});

it('reaches the trigger of a task', () => {
  const task: Part = {
    facts: { trigger: { cron: '${configs.x}', source: { path: 't', line: 1, column: 1 } } },
    settings,
  };
  const given = [file('prod', '0 0 3 * * ?')];
  expect(findVerdicts(withGivenValues(inventory({ 'task/T': task }, { given }))).get('task/T')?.because).toContain(
    'by the cron expression 0 0 3 * * ?',
  );
});

it('tells of coordination that an environment switches off', () => {
  const parts = {
    'inbound-endpoint/I': { ...jms('queue')['inbound-endpoint/I'], parameters: { coordination: '${configs.x}' } },
  };
  const severities = (...given: GivenSettings[]): unknown =>
    findings(
      plan(withGivenValues(inventory(parts, { given })), {
        isolate: 'each',
        coordination: 'database',
        verdicts: new Map(),
        replicas: 3,
      }),
      'MI-DB-COORDINATION-FALSE',
    ).map(({ severity }) => severity);
  expect(severities(file('prod', 'true'))).toEqual([]);
  expect(severities(file('prod', 'false'))).toEqual(['warning']);
  expect(severities(file('dev', 'true'), file('prod', 'false'))).toEqual(['warning']);
  expect(severities(environment('prod', {}))).toEqual(['warning']);
});
