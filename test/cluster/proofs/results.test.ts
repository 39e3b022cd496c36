import { describe, expect, it } from 'vitest';
import { withRun } from './results.ts';
import type { ProofResult, ProofRun } from './figures.ts';

const result = (event: string, seconds: number, began?: string): ProofResult => ({
  pattern: 'coordinated',
  event,
  chart: 'mi-patterns',
  figures: { seconds },
  ...(began === undefined ? {} : { began }),
});
const run = (results: readonly ProofResult[], more: Partial<ProofRun> = {}): ProofRun => ({
  server: 'stand-in',
  serverImage: 'stand-in',
  kubernetes: 'v1',
  nodes: 2,
  nodeGraceSeconds: 50,
  rate: 100,
  machine: 'm',
  charts: {},
  began: 'Monday',
  results,
  ...more,
});

describe('withRun', () => {
  const [first] = withRun([], run([result('node lost', 1), result('node drained', 2)])) as [ProofRun];
  it('replaces an event that was seen again, keeps the others in their place, and each says of which run it is', () => {
    const again = run([result('node lost', 9), result('installed', 3)], { began: 'Tuesday' });
    expect(withRun([first], again)).toEqual([
      {
        ...again,
        results: [
          result('node lost', 9, 'Tuesday'),
          result('node drained', 2, 'Monday'),
          result('installed', 3, 'Tuesday'),
        ],
      },
    ]);
  });
  it('never mixes servers or kinds of clusters', () => {
    expect(withRun([first], run([result('node lost', 9)], { nodeGraceSeconds: 8 }))).toHaveLength(2);
    expect(withRun([first], run([result('node lost', 9)], { serverImage: 'another' }))).toHaveLength(2);
  });
});
