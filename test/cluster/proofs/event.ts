import { setTimeout as sleep } from 'node:timers/promises';
import { read } from '../harness/api.ts';
import type { BuiltImage } from '../images/servers.ts';
import type { ChartUnderTest, Intent } from './charts.ts';
import type { ClientLoad, Figures, ProofResult } from './figures.ts';
import type { Target } from './target.ts';
import { analyseTicks, type Tick } from './ticks.ts';
import { nodeGivenUp, startTimeline } from './timeline.ts';
import { clients, readTicks, startLoad, type ClientId, type Load, type LoadReport } from './tools.ts';

/** What every proof works with. */
export interface Stage {
  readonly target: Target;
  readonly chart: ChartUnderTest;
  readonly namespace: string;
  readonly tools: BuiltImage;
  /** Node of the load client and the tick counter: never lost or drained. */
  readonly safeNode: string;
  readonly rate: number;
  /**
   * Seconds of requests before the clients that count: a server that has just started answers slowly until its code is
   * compiled.
   */
  readonly warmUp: number;
  readonly intent: Intent;
  readonly report: (text: string) => void;
}

export interface TickWatch {
  readonly task: string;
  /** Milliseconds between two firings. */
  readonly interval: number;
  /**
   * A pod that loses the network, and its ticks as its node's log has them: to be filled before the node is back and
   * the log gone.
   */
  readonly cutOff?: { readonly address: string | undefined; logged: readonly Tick[] };
}

/**
 * Lets an event happen while clients of each kind send requests and a task ticks, and returns what they lost. The
 * clients start some seconds before and end some seconds after. Throws when requests fail before the event, or a node
 * is given up that the event does not take away: then nothing is proved.
 */
export async function watchEvent(
  stage: Stage,
  what: {
    readonly pattern: ProofResult['pattern'];
    readonly event: string;
    readonly load: boolean;
    readonly ticks?: TickWatch;
    readonly takesNode?: boolean;
  },
  happen: () => Promise<void | Partial<Figures>>,
): Promise<ProofResult> {
  const { target, chart, namespace } = stage;
  stage.report(`${chart.id}: ${what.pattern}, ${what.event} …`);
  const timeline = startTimeline(target.api, namespace);
  const kinds = what.load ? (Object.keys(clients) as ClientId[]) : [];
  const rate = Math.round(stage.rate / Object.keys(clients).length);
  const url = what.load ? await addressOf(target, namespace, chart.url(namespace, '/orders')) : '';
  const start = (): Promise<{ client: ClientId; load: Load }[]> =>
    Promise.all(
      kinds.map(async (client) => ({
        client,
        load: await startLoad(target, stage.tools, stage.safeNode, { url, rate, client, most: 840 }),
      })),
    );
  if (what.load && stage.warmUp > 0) {
    const warming = await start();
    await sleep(stage.warmUp * 1000);
    await Promise.all(warming.map(({ load }) => load.stop()));
  }
  const loads = await start();
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
  const loaded = await Promise.all(loads.map(async ({ client, load }) => ({ client, report: await load.stop() })));
  const happenings = await timeline.stop();
  if (failure !== undefined) throw failure;
  const givenUp = happenings.find(({ what: happening }) => happening.startsWith(nodeGivenUp));
  if (givenUp !== undefined && what.takesNode !== true)
    throw new Error(
      `${givenUp.what}, though it was there: the machine is too busy for the node grace of this cluster, so nothing is proved.`,
    );
  // A request that was under way when the event came was due shortly before it.
  for (const { report } of loaded) {
    if (report.firstFailure !== undefined && report.firstFailure < begin - 1000)
      throw new Error(`Requests failed before the event: ${JSON.stringify(report.failuresByKind)}`);
  }
  const figures: Figures = {
    seconds: (end - begin) / 1000,
    ...(loaded.length === 0
      ? {}
      : {
          loads: loaded.map(clientLoad),
          ...failureTimes(
            loaded.map(({ report }) => report),
            begin,
          ),
        }),
    ...(what.ticks === undefined ? {} : await tickFigures(target, what.ticks, begin - 5000)),
    ...own,
  };
  stage.report(`${chart.id}: ${what.pattern}, ${what.event}: ${summary(figures)}`);
  return { pattern: what.pattern, event: what.event, chart: chart.id, figures, timeline: happenings };
}

/**
 * The URL with the Service's address in it: a name server may still know that of an earlier release with the same name.
 */
async function addressOf(target: Target, namespace: string, url: string): Promise<string> {
  const { hostname, protocol, port, pathname } = new URL(url);
  const service = await read<{ spec: { clusterIP: string } }>(
    target.api,
    `/api/v1/namespaces/${namespace}/services/${hostname.split('.')[0]}`,
  );
  if (service === undefined) throw new Error(`There is no Service for ${url}.`);
  return `${protocol}//${service.spec.clusterIP}:${port}${pathname}`;
}

const clientLoad = ({ client, report }: { client: ClientId; report: LoadReport }): ClientLoad => ({
  client,
  requests: report.requests,
  failed: report.failed,
  failuresByKind: report.failuresByKind,
  longestGap: report.longestGap,
  rate: report.rate,
});

/** Seconds after the event's begin at which the first and the last request of any client failed. */
function failureTimes(reports: readonly LoadReport[], begin: number): Partial<Figures> {
  const first = reports.flatMap((report) => report.firstFailure ?? []);
  const last = reports.flatMap((report) => report.lastFailure ?? []);
  return first.length === 0
    ? {}
    : { failuresFrom: (Math.min(...first) - begin) / 1000, failuresTo: (Math.max(...last) - begin) / 1000 };
}

async function tickFigures(target: Target, watch: TickWatch, from: number): Promise<Partial<Figures>> {
  const counted = await readTicks(target);
  const logged = watch.cutOff?.logged ?? [];
  // The log says when the cut-off pod fired. What the counter has of it is the same firing, or one whose call was on
  // its way when the pod's server ended: the kernel sends that again once the node is back.
  const isOfCutOff = (tick: Tick): boolean => logged.length > 0 && tick.source === watch.cutOff?.address;
  const lastLogged = Math.max(0, ...logged.map((tick) => tick.at));
  const late = counted.filter((tick) => isOfCutOff(tick) && tick.at > lastLogged + 2 * watch.interval).length;
  const others = counted.filter((tick) => !isOfCutOff(tick));
  const found = analyseTicks([...others, ...logged], watch.task, watch.interval, from, Date.now());
  return {
    ...(late === 0
      ? {}
      : {
          message: `${late} ${late === 1 ? 'call' : 'calls'} of the old server, sent before its end, arrived when its node was back`,
        }),
    ticksTwice: found.ticksTwice,
    overlapSeconds: found.overlaps.reduce((sum, overlap) => sum + overlap.milliseconds, 0) / 1000,
    ticksLost: found.ticksLost,
    tickGapSeconds: found.longestGap / 1000,
  };
}

/** The figures of a result in one line. */
function summary(figures: Figures): string {
  const parts = [
    figures.seconds === undefined ? '' : `${figures.seconds.toFixed(1)} s`,
    ...(figures.loads ?? []).map(
      ({ client, failed, requests, failuresByKind, longestGap }) =>
        `${client}: ${failed} of ${requests} failed${failed === 0 ? '' : ` ${JSON.stringify(failuresByKind)}, longest gap ${(longestGap / 1000).toFixed(1)} s`}`,
    ),
    figures.ticksTwice === undefined
      ? ''
      : `${figures.ticksTwice} ticks twice (overlap ${figures.overlapSeconds?.toFixed(1)} s), ${figures.ticksLost} lost, longest gap ${figures.tickGapSeconds?.toFixed(1)} s`,
    figures.isolatedRestarts === undefined ? '' : `${figures.isolatedRestarts} isolated pods restarted`,
    figures.oldPodsServing === undefined ? '' : `${figures.oldPodsServing} old pods serving`,
    figures.message === undefined ? '' : `"${figures.message}"`,
  ];
  return parts.filter((part) => part !== '').join(', ');
}
