/**
 * One firing of a task. `source` tells the server apart: a pod's address or name. `at` is in milliseconds since 1970.
 * `firing` says which one of its server it is, where the server counts them.
 */
export interface Tick {
  readonly task: string;
  readonly source: string;
  readonly at: number;
  readonly firing?: number;
}

/** A time in which two servers both ran a task: from the later one's first tick to the earlier one's last. */
interface Overlap {
  readonly sources: readonly [string, string];
  readonly milliseconds: number;
}

export interface TickAnalysis {
  readonly ticks: number;
  readonly sources: readonly string[];
  readonly overlaps: readonly Overlap[];
  /** Ticks of a server during another one's run: work done twice. */
  readonly ticksTwice: number;
  /** Longest time between two ticks of any server, in milliseconds. */
  readonly longestGap: number;
  /**
   * Firings that did not arrive: those that a server counts between two that did, else those that one without a stop
   * would have had in a gap longer than two intervals. A busy machine makes a server late, which loses none.
   */
  readonly ticksLost: number;
}

/** Intervals without a firing after which a server has stopped: it may come back, and is not at work in between. */
const pause = 4;

/** The times in which each server ran the task, without those in which it had stopped. */
function runsOf(ticks: readonly Tick[], interval: number): readonly Run[] {
  const runs = new Map<string, Run[]>();
  for (const { source, at } of ticks) {
    const own = runs.get(source) ?? [];
    const last = own.at(-1);
    if (last === undefined || at - last.last > pause * interval) own.push({ source, first: at, last: at });
    else last.last = at;
    runs.set(source, own);
  }
  return [...runs.values()].flat().sort((a, b) => a.first - b.first);
}

interface Run {
  readonly source: string;
  readonly first: number;
  last: number;
}

/**
 * Tells, for one task that fires every `interval` milliseconds, whether two servers ran it at the same time, and how
 * long none did. `from` and `to` bound the time looked at, so that a task that never came back shows as a gap. A server
 * runs the task from its first tick to its last, and not in a pause: servers that take turns do not overlap.
 */
export function analyseTicks(
  ticks: readonly Tick[],
  task: string,
  interval: number,
  from: number,
  to: number,
): TickAnalysis {
  const known = ticks.filter((tick) => tick.task === task && tick.at <= to).toSorted((a, b) => a.at - b.at);
  const own = known.filter(({ at }) => at >= from);
  const ordered = runsOf(own, interval);

  const overlaps: Overlap[] = [];
  const twice = new Set<Tick>();
  for (const [index, earlier] of ordered.entries()) {
    for (const later of ordered.slice(index + 1)) {
      const end = Math.min(earlier.last, later.last);
      if (later.source === earlier.source || later.first > end) continue;
      overlaps.push({ sources: [earlier.source, later.source], milliseconds: end - later.first });
      for (const tick of own)
        if (tick.source === later.source && tick.at >= later.first && tick.at <= end) twice.add(tick);
    }
  }
  const times = [from, ...own.map((tick) => tick.at), to];
  const gaps = times.slice(1).map((at, index) => at - (times[index] ?? at));
  const around = [known.at(-1 - own.length), ...own, undefined];
  const lost = gaps.map((gap, index) => {
    const counted = notArrived(known, around[index], around[index + 1]);
    return counted ?? (gap > 2 * interval ? Math.floor(gap / interval) - 1 : 0);
  });
  return {
    ticks: own.length,
    sources: [...new Set(ordered.map((run) => run.source))],
    overlaps,
    ticksTwice: twice.size,
    longestGap: Math.max(0, ...gaps),
    ticksLost: lost.reduce((sum, count) => sum + count, 0),
  };
}

/** Firings between two that did not arrive, where one server had both and counts them. */
function notArrived(known: readonly Tick[], earlier: Tick | undefined, later: Tick | undefined): number | undefined {
  const [first = 0, last = 0] = [earlier?.firing, later?.firing];
  if (first === 0 || last <= first || earlier?.source !== later?.source) return undefined;
  const arrived = known.filter(({ source, firing = 0 }) => source === later?.source && firing > first && firing < last);
  return Math.max(0, last - first - 1 - new Set(arrived.map(({ firing }) => firing)).size);
}

/**
 * Reads ticks out of a container's log as the kubelet keeps it: `TIME stream flag TEXT`. Both servers write a line with
 * `TICK` and the task's name; MI repeats it under a second logger, which is left out. The time is the log's own. Used
 * where the network cannot carry ticks to the counter.
 */
export function ticksFromLog(log: string, source: string): Tick[] {
  return log.split('\n').flatMap((line): Tick[] => {
    const [, time, task] =
      /^(\S+) std(?:out|err) \S .*\{(?:LogMediator|stand-in)\}.*TICK task ?= ?([\w-]+)/.exec(line) ?? [];
    return time === undefined || task === undefined ? [] : [{ task, source, at: Date.parse(time) }];
  });
}
