import { describe, expect, it } from 'vitest';
import { availabilityReport } from './availability.ts';
import type { ProofRun } from './figures.ts';

const run: ProofRun = {
  server: 'stand-in',
  serverImage: 'stand-in',
  kubernetes: 'v1.37.2',
  nodes: 2,
  nodeGraceSeconds: 8,
  rate: 100,
  machine: 'all on one machine with 2 processors and 24 GiB',
  charts: { 'mi-patterns': '0.1.0', 'helm-mi': '4.6.0-0' },
  began: '2026-01-02T03:04Z',
  results: [
    {
      pattern: 'multiple-replicas',
      event: 'image changed',
      chart: 'mi-patterns',
      figures: {
        seconds: 40,
        loads: [{ client: 'kept', requests: 5000, failed: 0, failuresByKind: {}, longestGap: 30, rate: 33 }],
      },
    },
    {
      pattern: 'multiple-replicas',
      event: 'image changed',
      chart: 'helm-mi',
      figures: {
        seconds: 122,
        loads: [
          {
            client: 'kept',
            requests: 13_000,
            failed: 3,
            failuresByKind: { 'kept connection: reset': 2, 'connect: refused': 1 },
            longestGap: 1500,
            rate: 33,
          },
        ],
      },
    },
    {
      pattern: 'coordinated',
      event: 'node cut off',
      chart: 'helm-mi',
      figures: { seconds: 30, ticksTwice: 12, overlapSeconds: 11.5, ticksLost: 20, tickGapSeconds: 21 },
    },
    { pattern: 'coordinated', event: 'node lost', chart: 'mi-patterns', figures: {}, note: 'not on this | cluster' },
    { pattern: 'coordinated', event: 'node cut off, recovery respawn', chart: 'mi-patterns', figures: { seconds: 20 } },
    {
      pattern: 'starts',
      event: 'install to Ready',
      chart: 'mi-patterns',
      figures: { starts: { own: [4, 5, 4.5], event: [5, 6.3, 5.4], helm: [7, 8, 7.5] } },
    },
    {
      pattern: 'starts',
      event: 'takeover',
      chart: 'mi-patterns',
      figures: { starts: { own: [4, 6], event: [6, 9] }, ticksTwice: 2 },
    },
  ],
};

describe('availabilityReport', () => {
  const report = availabilityReport([run]);
  it('says which server it was', () => expect(report).toContain('## stand-in of ours'));
  it('says whether its rows are of one run', () => {
    expect(report).toContain('All rows are from one run, started 2026-01-02T03:04Z.');
    const later = {
      ...run,
      results: run.results.map((result, index) => (index === 0 ? { ...result, began: '2026-01-03T03:04Z' } : result)),
    };
    expect(availabilityReport([later])).toContain(
      'The rows are from one run, started 2026-01-02T03:04Z; rows marked * are from another, started 2026-01-03T03:04Z.',
    );
    expect(availabilityReport([later])).toContain('| image changed * | mi-patterns | 40.0 s |');
  });
  it('shows success and failure side by side', () => {
    expect(report).toContain('| image changed | mi-patterns | 40.0 s | connections kept open: 0 of 5000 |  |');
    expect(report).toContain(
      "| image changed | WSO2's helm-mi | 122.0 s | connections kept open: **3** of 13000 (1 connect: refused, 2 kept connection: reset; gap 1.5 s) |  |",
    );
  });
  it('puts what two charts did in the same event together, ours first', () => {
    const events = report
      .split('\n')
      .filter((line) => line.startsWith('| node'))
      .map((line) => line.split(' | ').slice(0, 2).join(', '));
    expect(events).toEqual([
      '| node cut off, recovery respawn, mi-patterns',
      "| node cut off, WSO2's helm-mi",
      '| node lost, mi-patterns',
    ]);
  });
  it('sets starts beside those of the server alone', () => {
    expect(report).toContain(
      '| install to Ready | 5.4 s (5.0–6.3) | 4.5 s (4.0–5.0) | 1.20 × | helm returns after 7.5 s (7.0–8.0) |',
    );
    expect(report).toContain('| takeover | 7.5 s (6.0–9.0) | 5.0 s (4.0–6.0) | 1.50 × | **2 twice** |');
  });
  it('shows work done twice', () => expect(report).toContain('**12 twice** in 11.5 s; 20 lost, pause 21.0 s'));
  it('does not hide what was not measured', () => expect(report).toContain('not measured | not on this \\| cluster'));
});
