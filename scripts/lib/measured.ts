import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProofRun } from '../../test/cluster/proofs/figures.ts';

const root = join(import.meta.dirname, '..', '..');
/** An event, and the recovery after it: `respawn` where none is named. */
const name = /^(?<event>.+?)(?:, recovery (?<recovery>[a-z-]+)(?:, standby (?<standby>[a-z]+))?)?$/;
/** Events of a stateful workload; what else the runs saw has nothing to say about its recovery. */
const events =
  /^(image changed|configuration changed|server killed|isolated pod deleted|node (drained|lost|cut off)|API server away .*)$/;

/** The TypeScript file with what docs/availability.json says of each recovery, with the Micro Integrator itself. */
export function measuredFile(): string {
  const { runs } = JSON.parse(readFileSync(join(root, 'docs', 'availability.json'), 'utf8')) as { runs: ProofRun[] };
  const rows: Record<string, Record<string, { pause: number; twice: number }>> = {};
  for (const { results } of runs.filter(({ server }) => server === 'built-from-source')) {
    for (const { pattern, event, chart, figures, note } of results) {
      const found = name.exec(event)?.groups;
      const { tickGapSeconds, ticksTwice } = figures;
      if (pattern !== 'coordinated' || chart !== 'mi-patterns' || note !== undefined || found?.['event'] === undefined)
        continue;
      if (tickGapSeconds === undefined || ticksTwice === undefined || !events.test(found['event'])) continue;
      const way = [found['recovery'] ?? 'respawn', found['standby']].filter(Boolean).join('-');
      rows[way] = { ...rows[way], [found['event']]: { pause: Math.ceil(tickGapSeconds), twice: ticksTwice } };
    }
  }
  return [
    '// Written by npm run generate from docs/availability.json. Do not edit.',
    '',
    '/** What was measured of one event: longest pause in seconds, and firings of a task that fires every second beside another server. */',
    'export interface MeasuredEvent {',
    '  readonly pause: number;',
    '  readonly twice: number;',
    '}',
    '',
    '/** By recovery (and standby), then by event, with a Micro Integrator on two nodes. */',
    'export const measured: Readonly<Record<string, Readonly<Record<string, MeasuredEvent>>>> = {',
    ...Object.entries(rows)
      .sort()
      .flatMap(([way, found]) => [
        `  '${way}': {`.replace(/'(\w+)'/, '$1'),
        ...Object.entries(found)
          .sort()
          .map(([event, { pause, twice }]) => `    '${event}': { pause: ${pause}, twice: ${twice} },`),
        '  },',
      ]),
    '};',
    '',
  ].join('\n');
}
