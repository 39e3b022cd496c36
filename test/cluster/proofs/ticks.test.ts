import { describe, expect, it } from 'vitest';
import { analyseTicks, ticksFromLog, type Tick } from './ticks.ts';

const run = (source: string, from: number, to: number): Tick[] =>
  Array.from({ length: Math.floor((to - from) / 1000) + 1 }, (_, index) => ({
    task: 'hourly',
    source,
    at: from + index * 1000,
  }));

describe('analyseTicks', () => {
  it('finds no overlap and the gap when one server follows another', () => {
    const found = analyseTicks([...run('a', 0, 10_000), ...run('b', 15_000, 20_000)], 'hourly', 1000, 0, 20_000);
    expect(found).toMatchObject({
      overlaps: [],
      ticksTwice: 0,
      longestGap: 5000,
      ticksLost: 4,
      sources: ['a', 'b'],
      ticks: 17,
    });
  });

  it('counts the ticks of the second server while the first still ran', () => {
    const found = analyseTicks([...run('a', 0, 10_000), ...run('b', 8_500, 20_500)], 'hourly', 1000, 0, 20_500);
    expect(found.overlaps).toEqual([{ sources: ['a', 'b'], milliseconds: 1500 }]);
    expect(found.ticksTwice).toBe(2);
  });

  it('finds an overlap of servers that both run to the end', () => {
    expect(analyseTicks([...run('a', 0, 5000), ...run('b', 400, 5400)], 'hourly', 1000, 0, 5400).ticksTwice).toBe(5);
  });

  it('takes servers that take turns for two that do not overlap', () => {
    const turns = [...run('a', 0, 5000), ...run('b', 12_000, 17_000), ...run('a', 25_000, 30_000)];
    expect(analyseTicks(turns, 'hourly', 1000, 0, 30_000)).toMatchObject({ overlaps: [], ticksTwice: 0 });
  });

  it('finds a server that was paused and fires once more while another works', () => {
    const woken = [...run('a', 0, 5000), ...run('b', 12_000, 30_000), ...run('a', 20_500, 20_500)];
    expect(analyseTicks(woken, 'hourly', 1000, 0, 30_000)).toMatchObject({ ticksTwice: 1, sources: ['a', 'b'] });
  });

  it('shows a task that never came back as a gap up to the end', () => {
    expect(analyseTicks(run('a', 0, 3000), 'hourly', 1000, 0, 60_000)).toMatchObject({
      longestGap: 57_000,
      ticksLost: 56,
    });
  });

  it('tells firings that are late from those that did not arrive, where the server counts them', () => {
    const fired = (at: number, firing: number): Tick => ({ task: 'hourly', source: 'a', at, firing });
    const late = [fired(0, 1), fired(5000, 2), fired(5100, 4), fired(5200, 3), fired(12_000, 5), fired(13_000, 6)];
    expect(analyseTicks(late, 'hourly', 1000, 1000, 13_500)).toMatchObject({ ticksLost: 0, longestGap: 6800 });
    const cut = late.filter(({ firing }) => firing !== 3);
    expect(analyseTicks(cut, 'hourly', 1000, 1000, 13_500)).toMatchObject({ ticksLost: 1 });
    const again = [...late, fired(16_000, 1), fired(17_000, 2)];
    expect(analyseTicks(again, 'hourly', 1000, 1000, 17_500)).toMatchObject({ ticksLost: 2 });
  });

  it('looks at one task only', () => {
    expect(
      analyseTicks([...run('a', 0, 3000), { task: 'other', source: 'b', at: 500 }], 'hourly', 1000, 0, 3000).overlaps,
    ).toEqual([]);
  });
});

describe('ticksFromLog', () => {
  it('reads the lines of both servers and nothing else', () => {
    const log = [
      '2026-11-23T07:19:46.677000000Z stdout F [2026-11-23 07:19:46,677]  INFO {stand-in} - TICK task=hourly pod=mi at=1795418386677',
      '2026-11-23T07:19:47.500000000Z stdout F [2026-11-23 07:19:47,500]  INFO {LogMediator} - TICK task = hourly',
      '2026-11-23T07:19:47.500000000Z stdout F [2026-11-23 07:19:47,500]  INFO {SERVICE_LOGGER} - TICK task = hourly',
      '2026-11-23T07:19:48.000000000Z stdout F started',
    ].join('\n');
    expect(ticksFromLog(log, 'mi')).toEqual([
      { task: 'hourly', source: 'mi', at: Date.parse('2026-11-23T07:19:46.677Z') },
      { task: 'hourly', source: 'mi', at: Date.parse('2026-11-23T07:19:47.500Z') },
    ]);
  });
});
