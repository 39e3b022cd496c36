import { serverNames } from '../images/servers.ts';
import type { Figures, ProofResult, ProofRun } from './results.ts';
import { clients } from './tools.ts';

const chartNames = { 'mi-patterns': 'mi-patterns', 'helm-mi': "WSO2's helm-mi" } as const;

/** The report in Markdown, made of the figures of the runs and nothing else. The same runs give the same bytes. */
export function availabilityReport(runs: readonly ProofRun[]): string {
  const lines = [
    '# Availability, measured',
    '',
    '<!-- Written by npm run test:cluster from availability.json. Do not edit. -->',
    '',
    'Each row is one event on one release, seen on a real Kubernetes (API server, scheduler, controllers, kubelets, containerd), on clusters of the settings named above each table, which say too whether all rows are of one run. A row that one chart has and the other has not was not measured for the other. Three clients send requests at a constant rate each, by HTTPS and through the Service, and repeat none; a counter outside the pods notes each firing of a task, which fires every second.',
    '',
    '- *failed*: requests without a successful answer, of all that were due; *gap*: longest time between two answers that one client had',
    '- *twice*: firings by a second server while another still ran the task; *lost*: firings that did not happen; *pause*: longest time without one',
    '',
    'A Service spreads connections, not requests: a connection stays with its pod when the pod leaves the Service. So the clients differ in what they do with connections:',
    '',
    '- *connections kept for ever*: the hardest client. MI closes a kept connection when it stops and does not announce it, so that a request sent in that moment has no answer. HTTP lets a client repeat an idempotent request then (RFC 9110, 9.2.2), and most do; this one does not. `[transport.http] disable_connection_keepalive = true` removes the case at the price of a TLS handshake for each request.',
    '- *connections of 5 s*: a bounded age, shorter than the time that a pod of ours still answers after it left the Service (10 s). Load balancers and gateways that follow the endpoints do better still: they send nothing to a pod that left.',
    '- *a connection for each request*: no keep-alive.',
    '',
    'What the figures are not: the nodes are parts of one machine, so their clocks agree and their network has no delay; the nodes share its processors, so that several servers of Java that start at once (scaled up to 6) make each other slow, under either chart; other work on the machine makes times longer, and with a short node grace a busy machine has healthy nodes given up (an event in which that is seen is not counted); one event is one sample.',
    '',
    'Where our row looks worse than the other chart’s, it is for one of these reasons:',
    '',
    '- *A task pauses* while its image changes or its pod moves: the old server has ended before the next one starts. Where there is no pause the next one starts first, and the task fires twice.',
    '- *Requests fail after a node is lost* until Kubernetes gives the node up, whatever the chart: the Service goes on sending a share of them there. A client that tries again reaches another pod.',
    '- *Coordination through a database* fires twice when a node is cut off: the server there goes on with its tasks while the others take them over, with a time limit on the answers of the database as well as without one. So it was seen with MI 4.3.0; isolated workloads do not have it with `recovery: fenced`.',
    '- *Recovery respawn* fires twice when a node is cut off and its pod still works: that is what `recovery: fenced` (back elsewhere, not twice) and `recovery: at-most-one` (never elsewhere) are for, at the price of a longer pause.',
    '',
  ];
  for (const run of runs) {
    const main = mainRun(run);
    const nodes = `${run.nodes} nodes${run.nodeGraceSeconds === undefined ? '' : `, a silent node is given up after ${run.nodeGraceSeconds} s`}`;
    const charts = Object.entries(run.charts)
      .map(([id, version]) => `${chartNames[id as keyof typeof chartNames]} ${version}`)
      .join(', ');
    lines.push(
      `## ${serverNames[run.server]}`,
      '',
      `Kubernetes ${run.kubernetes}, ${nodes}; ${run.machine}. Charts: ${charts}. ${run.rate} requests a second in all. ${runsOf(run, main)}`,
      '',
    );
    for (const pattern of ['single-replica', 'multiple-replicas', 'coordinated', 'change of pattern', 'any'] as const) {
      const rows = sideBySide(run.results.filter((result) => result.pattern === pattern));
      const title =
        pattern === 'any'
          ? [
              'Any pattern: a release that cannot work',
              '',
              'The words are those of helm and of the pods; `mi-patterns rollout` goes back by itself and keeps the last lines of the logs with them.',
            ]
          : [pattern];
      if (rows.length > 0)
        lines.push(
          `### ${title[0]}`,
          ...title.slice(1),
          '',
          '| Event | Chart | Took | Requests failed | Task |',
          '| --- | --- | --- | --- | --- |',
          ...rows.map((result) => row(result, (result.began ?? run.began) !== main)),
          '',
        );
    }
  }
  return `${lines.join('\n').trimEnd()}\n`;
}

/** When the run began that has seen most of the rows. */
function mainRun({ results, began }: ProofRun): string {
  const times = results.map((result) => result.began ?? began);
  const rows = (time: string): number => times.filter((other) => other === time).length;
  return [...new Set(times)].sort().toSorted((a, b) => rows(b) - rows(a))[0] ?? began;
}

/** Whether the rows can be compared as seen side by side, in one run. */
function runsOf(run: ProofRun, main: string): string {
  const others = [...new Set(run.results.map((result) => result.began ?? run.began))]
    .filter((time) => time !== main)
    .sort();
  return others.length === 0
    ? `All rows are of one run, begun ${main}.`
    : `The rows are of one run, begun ${main}; those marked * are of another, begun ${others.join(' and ')}.`;
}

/** The rows of one event together, ours first; events in the order in which they were first seen. */
function sideBySide(results: readonly ProofResult[]): readonly ProofResult[] {
  const events = [...new Set(results.map(eventOf))];
  return results.toSorted(
    (a, b) =>
      events.indexOf(eventOf(a)) - events.indexOf(eventOf(b)) ||
      Number(a.chart === 'helm-mi') - Number(b.chart === 'helm-mi'),
  );
}

/** The event without our way of recovery, which the other chart has no word for. */
const eventOf = ({ event }: ProofResult): string => event.replace(/, recovery .*$/, '');

function row({ event, chart, figures, note }: ProofResult, ofAnotherRun: boolean): string {
  const cells =
    note === undefined
      ? [seconds(figures.seconds), requests(figures), task(figures)]
      : ['not measured', note.split('\n')[0] ?? '', ''];
  return `| ${[`${event}${ofAnotherRun ? ' *' : ''}`, chartNames[chart], ...cells].map(cell).join(' | ')} |`;
}

const seconds = (value: number | undefined): string => (value === undefined ? '' : `${value.toFixed(1)} s`);
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ');

function requests(figures: Figures): string {
  const said = [
    ...(figures.loads ?? []).map((load) => {
      const count = `${load.failed === 0 ? '0' : `**${load.failed}**`} of ${load.requests}`;
      return `${clients[load.client].name}: ${count}${load.failed === 0 ? '' : ` (${kinds(load.failuresByKind)}; gap ${seconds(load.longestGap / 1000)})`}`;
    }),
    ...(figures.oldPodsServing === undefined ? [] : [`${figures.oldPodsServing} old pods serving`]),
    ...(figures.message === undefined ? [] : [figures.message]),
  ];
  return said.join('<br>');
}

function task(figures: Figures): string {
  const said = [
    ...(figures.ticksTwice === undefined
      ? []
      : [
          figures.ticksTwice === 0
            ? 'never twice'
            : `**${figures.ticksTwice} twice** in ${seconds(figures.overlapSeconds)}`,
        ]),
    ...(figures.ticksLost === undefined ? [] : [`${figures.ticksLost} lost, pause ${seconds(figures.tickGapSeconds)}`]),
    ...(figures.isolatedRestarts === undefined ? [] : [`${figures.isolatedRestarts} isolated pods replaced`]),
  ];
  return said.join('; ');
}

const kinds = (byKind: Readonly<Record<string, number>>): string =>
  Object.entries(byKind)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([kind, count]) => `${count} ${kind}`)
    .join(', ');
