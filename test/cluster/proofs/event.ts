import { setTimeout as sleep } from 'node:timers/promises';
import type { BuiltImage } from '../images/servers.ts';
import type { ChartUnderTest, Intent } from './charts.ts';
import type { Figures, ProofResult } from './results.ts';
import type { Target } from './target.ts';
import { analyseTicks, type Tick } from './ticks.ts';
import { startTimeline } from './timeline.ts';
import { readTicks, readTicksOfNode, startLoad } from './tools.ts';

/** What every proof works with. */
export interface Stage {
  readonly target: Target;
  readonly chart: ChartUnderTest;
  readonly namespace: string;
  readonly tools: BuiltImage;
  /** Node of the load client and the tick counter: never lost or drained. */
  readonly safeNode: string;
  readonly rate: number;
  readonly intent: Intent;
  readonly report: (text: string) => void;
}

export interface TickWatch {
  readonly task: string;
  /** Milliseconds between two firings. */
  readonly interval: number;
  /** A pod whose ticks are also read from its node's log, as it will lose the network. */
  readonly cutOff?: { readonly node: string; readonly pod: { readonly name: string; readonly address: string | undefined } };
}

/**
 * Lets an event happen while a client sends requests and a task ticks, and returns what both lost. The client starts
 * some seconds before and ends some seconds after. Throws when requests fail before the event: then nothing is proved.
 */
export async function watchEvent(
  stage: Stage,
  what: { readonly pattern: ProofResult['pattern']; readonly event: string; readonly keepAlive?: boolean; readonly load: boolean; readonly ticks?: TickWatch },
  happen: () => Promise<void | Partial<Figures>>,
): Promise<ProofResult> {
  const { target, chart, namespace } = stage;
  stage.report(`${chart.id}: ${what.pattern}, ${what.event} …`);
  const timeline = startTimeline(target.api, namespace);
  const load = what.load ? await startLoad(target, stage.tools, stage.safeNode, { url: chart.url(namespace, '/orders'), rate: stage.rate, keepAlive: what.keepAlive ?? true, most: 840 }) : undefined;
  await sleep(5000);
  const begin = Date.now();
  timeline.mark(`event: ${what.event}`);
  let own: Partial<Figures> = {};
  let failure: unknown;
  try {
    own = (await happen()) ?? {};
  } catch (error) {
    failure = error;
  }
  const end = Date.now();
  timeline.mark('event over');
  await sleep(5000);
  const loaded = await load?.stop();
  const happenings = await timeline.stop();
  if (failure !== undefined) throw failure;
  // A request that was under way when the event came was due shortly before it.
  if (loaded?.firstFailure !== undefined && loaded.firstFailure < begin - 1000) throw new Error(`Requests failed before the event: ${JSON.stringify(loaded.failuresByKind)}`);
  const figures: Figures = {
    seconds: (end - begin) / 1000,
    ...(loaded === undefined ? {} : {
      load: { requests: loaded.requests, failed: loaded.failed, failuresByKind: loaded.failuresByKind, longestGap: loaded.longestGap, rate: loaded.rate, keepAlive: loaded.keepAlive },
      ...(loaded.firstFailure === undefined || loaded.lastFailure === undefined ? {} : { failuresFrom: (loaded.firstFailure - begin) / 1000, failuresTo: (loaded.lastFailure - begin) / 1000 }),
      downtimeSeconds: loaded.failed === 0 ? 0 : loaded.longestGap / 1000,
    }),
    ...(what.ticks === undefined ? {} : await tickFigures(target, what.ticks, begin - 5000)),
    ...own,
  };
  stage.report(`${chart.id}: ${what.pattern}, ${what.event}: ${summary(figures)}`);
  return { pattern: what.pattern, event: what.event, chart: chart.id, figures, timeline: happenings };
}

async function tickFigures(target: Target, watch: TickWatch, from: number): Promise<Partial<Figures>> {
  const counted = await readTicks(target);
  const logged = watch.cutOff === undefined ? [] : readTicksOfNode(target, watch.cutOff.node, watch.cutOff.pod);
  // A tick of the cut-off pod that also reached the counter is in both lists: its log is the fuller one.
  const others: Tick[] = logged.length === 0 ? counted : counted.filter((tick) => tick.source !== watch.cutOff?.pod.address);
  const found = analyseTicks([...others, ...logged], watch.task, watch.interval, from, Date.now());
  return {
    ticksTwice: found.ticksTwice,
    overlapSeconds: found.overlaps.reduce((sum, overlap) => sum + overlap.milliseconds, 0) / 1000,
    ticksLost: found.ticksLost,
    tickGapSeconds: found.longestGap / 1000,
  };
}

/** The figures of a result in one line. */
export function summary(figures: Figures): string {
  const parts = [
    figures.seconds === undefined ? '' : `${figures.seconds.toFixed(1)} s`,
    figures.load === undefined ? '' : `${figures.load.failed} of ${figures.load.requests} requests failed`,
    figures.load === undefined || figures.load.failed === 0 ? '' : `${JSON.stringify(figures.load.failuresByKind)}, longest gap ${(figures.load.longestGap / 1000).toFixed(1)} s`,
    figures.ticksTwice === undefined ? '' : `${figures.ticksTwice} ticks twice (overlap ${figures.overlapSeconds?.toFixed(1)} s), ${figures.ticksLost} lost, longest gap ${figures.tickGapSeconds?.toFixed(1)} s`,
    figures.isolatedRestarts === undefined ? '' : `${figures.isolatedRestarts} isolated pods restarted`,
    figures.oldPodsServing === undefined ? '' : `${figures.oldPodsServing} old pods serving`,
    figures.message === undefined ? '' : `"${figures.message}"`,
  ];
  return parts.filter((part) => part !== '').join(', ');
}
