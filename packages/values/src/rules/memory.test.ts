import { describe, expect, it } from 'vitest';
import { validateValues } from '../validate.ts';

const check = (workload: string): readonly string[] =>
  validateValues(`pattern: coordinated\nworkloads: {a: {${workload}}}\n`, 'v.yaml').map(
    ({ code, message }) => `${code} ${message}`,
  );

describe('memory', () => {
  it.each([
    ['heap: {max: 512Mi, initial: 1Gi}', '`heap.initial` of `a` is above `heap.max` (512Mi).'],
    [
      'heap: {max: 1Gi}, resources: {limits: {memory: 1Gi}}',
      'The memory limit of `a` is too little for a heap of 1024Mi: the JVMs need at least 128Mi beside it, better 512Mi.',
    ],
    ['resources: {requests: {memory: 2Gi}}', '`a` requests more memory than its limit.'],
    ['resources: {requests: {cpu: 2}, limits: {cpu: 1500m}}', '`a` requests more cpu than its limit.'],
  ])('%s', (workload, message) => {
    expect(check(workload)).toEqual([`MI-VALUES-CONDITION ${message}`]);
  });

  it.each([
    ['heap: {max: 1Gi, initial: 1Gi}'],
    ['heap: {max: 1Gi}, resources: {limits: {memory: 1152Mi}}'],
    ['resources: {requests: {memory: 1Gi, cpu: 2}}'],
    ['resources: {requests: {cpu: "1"}, limits: {cpu: 1000m}}'],
  ])('%s fits', (workload) => {
    expect(check(workload)).toEqual([]);
  });
});
