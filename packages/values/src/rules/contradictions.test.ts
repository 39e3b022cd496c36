import { describe, expect, it } from 'vitest';
import { validateValues } from '../validate.ts';

const check = (text: string): readonly string[] =>
  validateValues(text, 'v.yaml').map(({ code, message }) => `${code} ${message}`);
const coordinated = (workloads: string): string => `pattern: coordinated\nworkloads: {${workloads}}\n`;

describe('settings that do not go together', () => {
  it.each([
    [
      'workloads: {a: {enabled: false}}\n',
      'Every entry of `workloads` is null or has `enabled: false`, so nothing would run.',
    ],
    [coordinated('a-headless: {}'), 'The key `a-headless` ends like the Services that the chart derives from a key.'],
    [
      coordinated('a: {artifacts: {stateful: [task/x]}}'),
      'The workload `a` is stateless, but lists the stateful artifacts `task/x`.',
    ],
    [
      'workloads: {a: {type: stateless, artifacts: {stateful: [task/x]}}}\n',
      'The workload `a` is stateless, but lists the stateful artifacts `task/x`.',
    ],
    [
      coordinated('a: {type: stateful, artifacts: {stateful: [task/x]}, service: {type: NodePort}}'),
      'The workload `a` is stateful: its one pod is away whenever it moves, so it gets no public address (`service.type` is `NodePort`).',
    ],
    [
      coordinated('a: {autoscaling: {enabled: true, minReplicas: 5, maxReplicas: 3}}'),
      '`minReplicas` of `a` (5) is above `maxReplicas` (3).',
    ],
    [
      coordinated('a: {autoscaling: {enabled: true, targetCpuUtilization: 0}}'),
      'The workload `a` is scaled automatically by no metric.',
    ],
    [
      coordinated('a: {autoscaling: {enabled: true}, verticalAutoscaling: {enabled: true, mode: Recreate}}'),
      'The workload `a` has two autoscalers that would react to the same CPU use.',
    ],
    [
      coordinated('a: {persistence: {in: {mountPath: /in}}}'),
      'The volume `in` of `a` has neither `existingClaim` nor `size`.',
    ],
    [coordinated('a: {persistence: {in: {size: 1Gi}}}'), 'The volume `in` of `a` has no `mountPath`.'],
    [
      coordinated('a: {persistence: {in: {size: 1Gi, mountPath: /in, accessModes: [ReadWriteOnce]}}}'),
      'The volume `in` is for one node at a time (ReadWriteOnce), but `a` runs up to 2 pods.',
    ],
  ])('%s', (text, message) => {
    expect(check(text)).toEqual([`MI-VALUES-CONDITION ${message}`]);
  });

  it.each([
    ['workloads: {a: {artifacts: {stateful: [task/x]}}}\n'],
    [coordinated('a: {autoscaling: {enabled: true}, verticalAutoscaling: {enabled: true, mode: "Off"}}')],
    [
      coordinated(
        'a: {persistence: {in: {size: 1Gi, mountPath: /in, accessModes: [ReadWriteMany]}, registry: {what: registry, existingClaim: x}}}',
      ),
    ],
    [
      coordinated(
        'a: {type: stateful, artifacts: {stateful: [task/x]}, persistence: {registry: {what: registry, size: 1Gi, accessModes: [ReadWriteOnce]}, gone: null}}',
      ),
    ],
  ])('%s', (text) => {
    expect(check(text)).toEqual([]);
  });
});
