import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compareRenders, type JsonObject, type KubernetesObject } from '@mi-patterns/helm';
import { beforeAll, describe, expect, it } from 'vitest';
import { chart } from '../support/command.ts';
import { objects } from './support.ts';

/** The same project in each pattern. Without tasks multiple-replicas is possible; with them it is not. */
const tasks = ['task/recurring', 'task/nightly'];
const shapes = {
  single: { pattern: 'single-replica', workloads: { integration: { type: 'stateless' } } },
  singleWithTasks: {
    pattern: 'single-replica',
    workloads: { integration: { type: 'stateful', artifacts: { stateful: tasks } } },
  },
  multiple: { pattern: 'multiple-replicas', workloads: { integration: { type: 'stateless', replicas: 3 } } },
  multipleAutoscaled: {
    pattern: 'multiple-replicas',
    workloads: { integration: { type: 'stateless', autoscaling: { enabled: true, minReplicas: 3, maxReplicas: 9 } } },
  },
  coordinated: {
    pattern: 'coordinated',
    workloads: {
      integration: { type: 'stateless', replicas: 3 },
      recurring: { type: 'stateful', artifacts: { roles: ['Recurring'], stateful: ['task/recurring'] } },
      nightly: { type: 'stateful', artifacts: { roles: ['Nightly'], stateful: ['task/nightly'] } },
    },
  },
  coordinatedAtMostOne: {
    pattern: 'coordinated',
    workloads: {
      integration: { type: 'stateless', replicas: 3 },
      recurring: {
        type: 'stateful',
        recovery: 'at-most-one',
        artifacts: { roles: ['Recurring'], stateful: ['task/recurring'] },
      },
      nightly: { type: 'stateful', artifacts: { roles: ['Nightly'], stateful: ['task/nightly'] } },
    },
  },
} as const satisfies Record<string, JsonObject>;
type Shape = keyof typeof shapes;

const rendered = new Map<Shape, readonly KubernetesObject[]>();
beforeAll(async () => {
  for (const shape of Object.keys(shapes) as Shape[]) rendered.set(shape, await objects(shapes[shape]));
});

const moved = (from: Shape, to: Shape): readonly string[] =>
  compareRenders(rendered.get(from) ?? [], rendered.get(to) ?? []).map(
    ({ code, severity, message }) => `${severity} ${code} ${message.split(/[:,;] /)[0] ?? ''}`,
  );

describe('moving between patterns', () => {
  it.each([
    ['single', 'multiple', []],
    ['multiple', 'single', []],
    [
      'multiple',
      'coordinated',
      [
        'warning MI-UPGRADE-STATEFUL-ISOLATED task/nightly is to run in Deployment/orders-nightly alone',
        'warning MI-UPGRADE-STATEFUL-ISOLATED task/recurring is to run in Deployment/orders-recurring alone',
      ],
    ],
    [
      'coordinated',
      'multiple',
      [
        'warning MI-UPGRADE-REMOVED Deployment/orders-nightly is removed with its pods.',
        'warning MI-UPGRADE-REMOVED Deployment/orders-recurring is removed with its pods.',
      ],
    ],
    [
      'singleWithTasks',
      'coordinated',
      [
        'error MI-UPGRADE-STATEFUL-MOVED task/nightly moves from Deployment/orders-integration to Deployment/orders-nightly',
        'error MI-UPGRADE-STATEFUL-MOVED task/recurring moves from Deployment/orders-integration to Deployment/orders-recurring',
      ],
    ],
    [
      'multiple',
      'multipleAutoscaled',
      [
        'warning MI-UPGRADE-REPLICAS-HANDED-OVER Deployment/orders-integration hands its 3 replicas to HorizontalPodAutoscaler/orders-integration',
      ],
    ],
  ] as const)('%s → %s says what happens', (from, to, findings) => {
    expect(moved(from, to)).toEqual(findings);
  });

  it('coordinated → single-replica moves the tasks back, and says so for each', () => {
    expect(moved('coordinated', 'singleWithTasks').filter((finding) => finding.startsWith('error'))).toEqual([
      'error MI-UPGRADE-STATEFUL-MOVED task/nightly moves from Deployment/orders-nightly to Deployment/orders-integration',
      'error MI-UPGRADE-STATEFUL-MOVED task/recurring moves from Deployment/orders-recurring to Deployment/orders-integration',
    ]);
  });

  it('a change of recovery replaces the workload, and is stopped', () => {
    expect(
      moved('coordinated', 'coordinatedAtMostOne').some((finding) => finding.startsWith('error MI-UPGRADE-')),
    ).toBe(true);
  });

  it('never changes what Kubernetes does not let change, in any of the 30 moves', () => {
    const all = Object.keys(shapes) as Shape[];
    for (const from of all)
      for (const to of all)
        expect(
          moved(from, to).filter((finding) => /IMMUTABLE|MI-UPGRADE-STRATEGY/.test(finding)),
          `${from} → ${to}`,
        ).toEqual([]);
  });

  it('keeps the name and selector of the first workload in all of them', () => {
    const selectors = [...rendered.values()].map((list) =>
      JSON.stringify(
        list
          .filter(({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'orders-integration')
          .map(({ spec }) => (spec as JsonObject).selector),
      ),
    );
    expect(new Set(selectors).size).toBe(1);
    expect(selectors[0]).toContain('"app.kubernetes.io/component":"integration"');
  });

  it('is documented with the moves that are tested here', () => {
    const readme = readFileSync(join(chart, 'README.md'), 'utf8');
    for (const [from, to] of [
      ['single-replica', 'multiple-replicas'],
      ['single-replica', 'coordinated'],
      ['multiple-replicas', 'coordinated'],
      ['coordinated', 'multiple-replicas'],
      ['coordinated', 'single-replica'],
    ])
      expect(readme).toContain(`| \`${from}\` | \`${to}\` |`);
  });
});
