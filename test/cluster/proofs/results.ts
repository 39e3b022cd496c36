import type { ProofResult, ProofRun } from './figures.ts';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { availabilityReport } from './availability.ts';

/** Runs in a file of figures; none when there is no file. */
export function readRuns(file: string): ProofRun[] {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { runs: ProofRun[] }).runs : [];
}

/**
 * The runs with one added. Where there is one with the same server on the same kind of cluster, the new results take
 * the places of those of the same event and chart and the others stay, so that one event can be seen again alone; each
 * keeps the time at which its own run began, and the versions of the charts are those of the new run.
 */
export function withRun(runs: readonly ProofRun[], run: ProofRun): ProofRun[] {
  const same = (other: ProofRun): boolean =>
    other.serverImage === run.serverImage &&
    other.kubernetes === run.kubernetes &&
    other.nodes === run.nodes &&
    other.nodeGraceSeconds === run.nodeGraceSeconds &&
    other.machine === run.machine;
  const id = (result: ProofResult): string => `${result.pattern}\n${result.event}\n${result.chart}`;
  const fresh = new Map(run.results.map((result) => [id(result), { ...result, began: run.began }]));
  const before = runs.find(same);
  const kept = (before?.results ?? []).map((result) => {
    const again = fresh.get(id(result));
    fresh.delete(id(result));
    return again ?? result;
  });
  const merged: ProofRun = {
    ...run,
    charts: { ...before?.charts, ...run.charts },
    results: [...kept, ...fresh.values()],
  };
  return [...runs.filter((other) => !same(other)), merged].toSorted((a, b) => (a.serverImage < b.serverImage ? -1 : 1));
}

/** Writes the figures, and the report beside them with the ending `.md`. */
export function writeReport(file: string, runs: readonly ProofRun[]): void {
  writeFileSync(file, `${JSON.stringify({ runs }, null, 2)}\n`);
  writeFileSync(file.replace(/\.json$/, '.md'), availabilityReport(runs));
}
