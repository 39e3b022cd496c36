import type { Artifact, Diagnostic } from '@mi-patterns/inventory';
import type { PlanDiagnostic } from '@mi-patterns/planner';
import { describe, expect, it } from 'vitest';
import { plan, workload } from '../../test/plans.ts';
import type { Values } from '../mapping/merge.ts';
import { openFindings } from './open-findings.ts';

const source = { path: 'Numbers.xml', line: 1, column: 1 };
const finding: PlanDiagnostic = {
  code: 'MI-ISO-CLIENTS',
  severity: 'warning',
  message: 'API Numbers is isolated.',
  hint: 'Send its clients there.',
  source,
  artifacts: ['api/Numbers'],
};
const artifacts = [
  {
    id: 'api/Numbers',
    kind: 'api',
    name: 'Numbers',
    applications: ['app_1'],
    source,
    facts: { kind: 'api', context: '/numbers', bindsTo: [] },
  },
] as unknown as readonly Artifact[];
const workloads = [
  workload({ name: 'integration', http: ['api/Orders'] }),
  workload({ name: 'numbers-api', type: 'stateful', http: ['api/Numbers'] }),
];

function found(values: Values): readonly Diagnostic[] {
  return openFindings(plan({ workloads, diagnostics: [finding] }), values, {
    artifacts,
    applications: [],
    configurations: [],
  });
}
const messages = (values: Values): readonly string[] => found(values).map(({ message }) => message);
const ingress = (paths: Values, more: Values = {}): Values => ({
  ingress: { enabled: true, hosts: { 'a.example': { paths } }, ...more },
});
const there = { workload: 'numbers-api' };

describe('an isolated API and the routes of an environment', () => {
  it.each<[string, Values, string]>([
    ['no route', {}, ''],
    ['an Ingress that is off', { ingress: { enabled: false, hosts: { 'a.example': {} } } }, ''],
    ['another path', ingress({ '/orders': {} }), ''],
    ['a path that only begins alike', ingress({ '/num': {} }), ''],
    ['an exact path above it', ingress({ '/': { pathType: 'Exact' } }), ''],
    [
      'a host without paths',
      { ingress: { enabled: true, hosts: { 'a.example': {} } } },
      ' ingress.hosts["a.example"].paths["/"] sends /numbers to the stateless workload.',
    ],
    [
      'its own path to another workload',
      ingress({ '/': there, '/numbers': { workload: 'integration' } }),
      ' ingress.hosts["a.example"].paths["/numbers"] sends /numbers to workload integration.',
    ],
    [
      'one more Ingress',
      { ingress: { enabled: true, additional: { inside: { hosts: { '*': { paths: { '/': {} } } } } } } },
      ' ingress.additional.inside.hosts["*"].paths["/"] sends /numbers to the stateless workload.',
    ],
    ['an HTTPRoute', { gateway: { enabled: true } }, ' gateway.paths["/"] sends /numbers to the stateless workload.'],
    [
      'a rule of an HTTPRoute',
      { gateway: { enabled: true, rules: { all: { backends: { integration: {} } } } } },
      ' gateway.rules.all sends /numbers to workload integration.',
    ],
    ['a Route', { route: { enabled: true } }, ' route sends /numbers to the stateless workload.'],
  ])('with %s is told with the path that leads past it', (_, values, more) =>
    expect(messages(values)).toEqual([`API Numbers is isolated.${more}`]),
  );

  it.each<[string, Values]>([
    ['its path', ingress({ '/': {}, '/numbers': there })],
    ['its path with a slash', ingress({ '/': {}, '/numbers/': there })],
    ['a path below its own', ingress({ '/': {}, '/numbers/next': { ...there, pathType: 'Exact' } })],
    ['every path', ingress({ '/': there })],
    ['a path that is rewritten', ingress({ '/n': there }, { annotations: { 'nginx/rewrite-target': '/numbers' } })],
    ['a path of an HTTPRoute', { gateway: { enabled: true, paths: { '/numbers': there } } }],
    [
      'a rule of an HTTPRoute',
      {
        gateway: {
          enabled: true,
          rules: { n: { matches: [{ path: { value: '/numbers' } }], backends: { 'numbers-api': {} } } },
        },
      },
    ],
    ['a Route', { route: { enabled: true, ...there } }],
  ])('is told of no more where %s leads to it', (_, values) => expect(messages(values)).toEqual([]));

  it('is told at the artifact', () => {
    expect(found(ingress({ '/': {} }))).toMatchObject([{ code: 'MI-ISO-CLIENTS', severity: 'warning', source }]);
  });
});
