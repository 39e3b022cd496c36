import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { availabilityReport } from '../cluster/proofs/availability.ts';
import { readRuns } from '../cluster/proofs/results.ts';
import { repository } from '../support/command.ts';

/**
 * Sentences that people read repeat figures of docs/availability.json. Each is written here with the figure taken from
 * there, so that a new measurement turns red what it makes untrue. A line that speaks of what was measured, with a
 * number, must be among them.
 */
interface Figures {
  readonly seconds?: number;
  readonly ticksTwice?: number;
  readonly overlapSeconds?: number;
  readonly tickGapSeconds?: number;
  readonly starts?: Readonly<Record<'own' | 'event' | 'helm', readonly number[] | undefined>>;
  readonly loads?: readonly { readonly client: string; readonly requests: number; readonly failed: number }[];
}

const { runs } = JSON.parse(readFileSync(join(repository, 'docs/availability.json'), 'utf8')) as {
  readonly runs: readonly {
    readonly server: string;
    readonly results: readonly { pattern: string; event: string; chart: string; figures: Figures }[];
  }[];
};

/** What our chart did in one event, with a Micro Integrator. */
function figuresOf(pattern: string, event: string): Required<Figures> {
  const found = runs
    .filter(({ server }) => server === 'built-from-source')
    .flatMap(({ results }) => results)
    .find((result) => result.chart === 'mi-patterns' && result.pattern === pattern && result.event === event);
  if (found === undefined) throw new Error(`docs/availability.json has no ${pattern}, ${event}.`);
  const starts = { own: [], event: [], helm: [] };
  return {
    seconds: NaN,
    ticksTwice: NaN,
    overlapSeconds: NaN,
    tickGapSeconds: NaN,
    loads: [],
    starts,
    ...found.figures,
  };
}

const grouped = (value: number): string => String(value).replace(/\B(?=(\d{3})+$)/g, ',');
const pauseOf = (event: string): number => figuresOf('coordinated', event).tickGapSeconds;
const failures = (event: string): { failed: number; requests: number } => {
  const { loads } = figuresOf('multiple-replicas', event);
  const sum = (of: 'failed' | 'requests'): number => loads.reduce((total, load) => total + load[of], 0);
  return { failed: sum('failed'), requests: sum('requests') };
};
const failedOf = (event: string): string => `${failures(event).failed} of ${grouped(failures(event).requests)}`;
const kept = figuresOf('multiple-replicas', 'node lost').loads.find(({ client }) => client === 'kept');

/** A task pauses this long while a server without a standby is replaced, at the shortest and at the longest. */
const replaced = ['image changed', 'image changed, recovery at-most-one', 'image changed, recovery fenced'].map(
  pauseOf,
);
const cutOff = figuresOf('coordinated', 'node cut off, recovery respawn');
const isolated = (events: readonly string[]): number =>
  events.reduce((most, event) => Math.max(most, figuresOf('coordinated', event).ticksTwice), 0);

const median = (values: readonly number[] | undefined): number =>
  values?.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

/** What a row of bench/README.md about starts ends with, and how much the event takes beyond the server's own start. */
function startOf(event: string): { readonly columns: string; readonly added: string } {
  const { starts } = figuresOf('starts', event);
  const [took, alone] = [median(starts.event), median(starts.own)];
  return {
    columns: `${took.toFixed(1)} s | ${alone.toFixed(1)} s | ${(took / alone).toFixed(2)} × |`,
    added: `${(Number(took.toFixed(1)) - Number(alone.toFixed(1))).toFixed(1)} s`,
  };
}
const [installed, deleted] = [startOf('install to Ready'), startOf('pod deleted to Ready')];
const [byHelm, byRollout] = ['by helm', 'by rollout'].map((way) =>
  figuresOf('change of pattern', `guarded: single replica to coordinated ${way}`),
);

/** Text by file: each has to be there. */
const written: readonly (readonly [file: string, text: string])[] = [
  [
    'docs/patterns/multiple-replicas.md',
    `No request failed (${failedOf('image changed')} and ${failedOf('configuration changed')})`,
  ],
  ['docs/patterns/multiple-replicas.md', `(${kept?.failed} of ${grouped(kept?.requests ?? NaN)})`],
  [
    'docs/patterns/single-replica.md',
    `${Math.round(figuresOf('single-replica', 'pod deleted').seconds)} s and ${Math.round(figuresOf('single-replica', 'server killed').seconds)} s until it is ready again`,
  ],
  ['docs/patterns/single-replica.md', `about ${Math.round(pauseOf('image changed'))} s without an answer`],
  [
    'docs/glossary.md',
    `the pause after a lost node is about ${Math.round((pauseOf('node lost, recovery fenced') - pauseOf('node lost, recovery respawn')) / 10) * 10} s longer than with`,
  ],
  [
    'docs/leave-helm-mi.md',
    `the task paused for ${Math.round(figuresOf('leaving helm-mi', 'rollout takes the release over').tickGapSeconds)} s`,
  ],
  ['packages/planner/src/cost/cost.ts', `work ran twice for ${Math.round(cutOff.overlapSeconds)} s when measured`],
  [
    'packages/planner/src/cost/cost.ts',
    `${Math.round(Math.min(...replaced))} to ${Math.round(Math.max(...replaced))} s when measured, and nothing ran twice`,
  ],
  ['bench/README.md', `| ${installed.columns}\n| pod deleted to Ready again `],
  ['bench/README.md', `| ${deleted.columns}\n| takeover of a task, \`respawn\` `],
  [
    'bench/README.md',
    `| ${startOf('pod with the task deleted to the first firing, recovery respawn').columns}\n| takeover of a task, \`fenced\``,
  ],
  [
    'bench/README.md',
    `| ${startOf('pod with the task deleted to the first firing, recovery fenced, standby cold').columns}\n\n`,
  ],
  [
    'bench/README.md',
    `An installation adds ${installed.added} to the server's own start, and a new pod ${deleted.added}.`,
  ],
  ['bench/README.md', `${figuresOf('multiple-replicas', 'image changed').seconds.toFixed(1)} s |`],
  ['bench/README.md', `${byHelm?.seconds.toFixed(1)} s, the task ${byHelm?.tickGapSeconds.toFixed(1)} s |`],
  ['bench/README.md', `${byRollout?.seconds.toFixed(1)} s, the task ${byRollout?.tickGapSeconds.toFixed(1)} s |`],
];

/** Measured by tests of this repository, and not part of docs/availability.json. */
const seenElsewhere = [
  // test/cluster/rollout/container-level.test.ts
  'firings happened twice. An image that could not be pulled was rolled back after its timeout, and none of 2,900 requests was',
  // The load of the measurement, and the configuration of its cluster.
  'Measured with MI 4.3.0 built from source, three clients, 30 requests per second',
  'Measured with MI 4.3.0 built from source, on two nodes',
];

/**
 * Files with sentences for people. Decisions keep the figures that they were made with, availability.* are written from
 * the data.
 */
function readFiles(): readonly string[] {
  const below = (folder: string): string[] =>
    readdirSync(join(repository, folder), { recursive: true, encoding: 'utf8' }).map((name) => `${folder}/${name}`);
  const documents = below('docs').filter(
    (name) => name.endsWith('.md') && !/docs\/(availability|decisions\/)/.test(name),
  );
  const sources = readdirSync(join(repository, 'packages')).flatMap((name) =>
    below(`packages/${name}`).filter((file) => /^packages\/[^/]+\/src\/.*\.ts$/.test(file)),
  );
  const chart = below('charts/micro-integrator').filter((name) =>
    /\/(templates\/.*|values\.yaml|README\.md)$/.test(name),
  );
  return ['README.md', ...documents, ...chart, ...sources].filter(
    (name) => /\.(md|yaml|tpl|txt|ts)$/.test(name) && !/\.test\.ts$|\/generated\//.test(name),
  );
}

/** A sentence that gives a figure of a measurement. Code that reads the data is none. */
const givesFigure = /(?:\bmeasured\b|\bfirings\b|\bfailed\b|\d of \d).*\d|\d.*(?:\bmeasured\b|\bfirings\b|\bfailed\b)/i;
const isCode = /measured\[|measuredPause|lossOf|Of\(|`[^`]*\$\{[^`]*`|^\s*(?:\*|\/\/|\/\*)/;

describe('figures of the measurements', () => {
  test.each(written)('%s says: %s', (file, text) => {
    // Cells of a table are as wide as the widest of their column.
    expect(readFileSync(join(repository, file), 'utf8').replace(/ +/g, ' ')).toContain(text);
  });

  test('are all in docs/availability.md, as the report writes them', () => {
    const report = availabilityReport(readRuns(join(repository, 'docs/availability.json')));
    expect(readFileSync(join(repository, 'docs/availability.md'), 'utf8')).toBe(report);
  });

  test('nothing else gives one', () => {
    const known = [...written.map(([, text]) => text), ...seenElsewhere];
    const others = readFiles().flatMap((file) =>
      readFileSync(join(repository, file), 'utf8')
        .split('\n')
        .filter((line) => /measured|firings happened|\d of \d[\d,]*\b.*request|requests? .*\d of \d/i.test(line))
        .filter((line) => givesFigure.test(line) && !isCode.test(line) && !known.some((text) => line.includes(text)))
        .map((line) => `${file}: ${line.trim()}`),
    );
    expect(others).toEqual([]);
  });

  test('what is said never to happen never did', () => {
    expect(failures('image changed').failed + failures('configuration changed').failed).toBe(0);
    expect(
      isolated([
        'image changed',
        'image changed, recovery at-most-one',
        'image changed, recovery fenced',
        'image changed, recovery fenced, standby cold',
        'node lost, recovery fenced, standby cold',
        'node cut off, recovery fenced',
        'node cut off, recovery fenced, standby cold',
        'node cut off, recovery at-most-one',
      ]),
    ).toBe(0);
    // And what is said to happen did.
    expect(cutOff.ticksTwice).toBeGreaterThan(0);
    expect(figuresOf('coordinated', 'database: node with the task cut off').ticksTwice).toBeGreaterThan(0);
    const { loads } = figuresOf('leaving helm-mi', 'rollout takes the release over');
    expect(loads.map(({ failed }) => failed)).toEqual(loads.map(() => 0));
  });
});
