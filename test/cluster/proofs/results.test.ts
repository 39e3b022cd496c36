import { describe, expect, it } from 'vitest';
import { withRun, type ProofResult, type ProofRun } from './results.ts';

const result = (event: string, seconds: number): ProofResult => ({ pattern: 'coordinated', event, chart: 'mi-patterns', figures: { seconds } });
const run = (results: readonly ProofResult[], more: Partial<ProofRun> = {}): ProofRun => ({ server: 'stand-in', serverImage: 'stand-in', kubernetes: 'v1', nodes: 2, nodeGraceSeconds: 50, rate: 100, machine: 'm', charts: {}, results, ...more });

describe('withRun', () => {
  const first = run([result('node lost', 1), result('node drained', 2)]);
  it('replaces an event that was seen again and keeps the others in their place', () => {
    expect(withRun([first], run([result('node lost', 9), result('installed', 3)]))).toEqual([run([result('node lost', 9), result('node drained', 2), result('installed', 3)])]);
  });
  it('never mixes servers or kinds of clusters', () => {
    expect(withRun([first], run([result('node lost', 9)], { nodeGraceSeconds: 8 }))).toHaveLength(2);
    expect(withRun([first], run([result('node lost', 9)], { serverImage: 'another' }))).toHaveLength(2);
  });
});
