import { serverNames } from '../images/servers.ts';
import type { Figures, ProofResult, ProofRun, StartTimes } from './figures.ts';
import { clients } from './tools.ts';

const chartNames = { 'mi-patterns': 'mi-patterns', 'helm-mi': "WSO2's helm-mi" } as const;

/** The report in Markdown, made of the figures of the runs and nothing else. The same runs give the same bytes. */
export function availabilityReport(runs: readonly ProofRun[]): string {
  const lines = [
    '# Availability, measured',
    '',
    '<!-- Written by npm run test:cluster from availability.json. Do not edit. -->',
    '',
    'Each row is one event on one release, observed on a real Kubernetes cluster (API server, scheduler, controllers, kubelets, containerd). The text above the tables gives the settings of the cluster, and the runs that the rows come from. An event without a row for a chart was not measured for that chart. Three clients send requests at a constant rate through the Service, over HTTPS and without retries. A counter outside the pods records each firing of a task, which fires every second.',
    '',
    '- *failed*: requests without a successful answer, out of all requests that were due; *gap*: the longest time between two answers to one client',
    '- *twice*: firings by a second server while another still ran the task; *lost*: firings that did not happen; *pause*: the longest time without a firing',
    '',
    'A Service spreads connections, not requests: a connection stays with its pod when the pod leaves the Service. The clients therefore differ in how they use connections:',
    '',
    '- *connections kept open*: the most demanding client. MI closes a kept connection when it stops, without announcing it, so a request sent at that moment gets no answer. HTTP allows a client to repeat an idempotent request in this case (RFC 9110, 9.2.2), and most do; this one does not. `[transport.http] disable_connection_keepalive = true` avoids the case at the cost of a TLS handshake for each request.',
    '- *connections of up to 5 s*: shorter than the time for which a pod still answers after it has left the Service (10 s). Load balancers and gateways that follow the endpoints do better still: they send nothing to a pod that has left.',
    '- *one connection per request*: no keep-alive.',
    '',
    'Limits of these figures: the nodes run on one machine, so their clocks agree and their network has no delay. They share its processors, so several Java servers that start at the same time (scaled up to 6) slow each other down, with either chart. Other work on the machine makes times longer. Where Kubernetes gives up silent nodes early, it can give up a healthy node of a busy machine; such events are not counted. Each event is one sample.',
    '',
    'Where our row looks worse than that of helm-mi, the reason is one of these:',
    '',
    '- *A task pauses* while its image changes or its pod moves: the old server ends before the next one starts. Without a pause, the next server starts first and the task fires twice.',
    '- *Requests fail after a node is lost* until Kubernetes gives up the node, with any chart: the Service keeps sending a share of the requests there. A client that retries reaches another pod.',
    '- *Coordination through a database* fires twice when a node is cut off: the server there keeps running its tasks while the others take them over, whether or not calls to the database have a timeout. This was observed with MI 4.3.0; isolated workloads with `recovery: fenced` do not have this problem.',
    '- *Recovery respawn* fires twice when a node is cut off and its pod still works, and after a pod was deleted or drained for as long as a request in it is under way (not among the rows below). `recovery: fenced` with `standby: cold` prevents that and resumes sooner. Without a standby, `fenced` pauses longer; `at-most-one` never starts elsewhere.',
    '- *Recovery fenced* leaves one case open: a whole node that is frozen and woken while the next pod works. The rows below show none twice; in another run, on a busy machine, one firing was. [Decision 7](decisions/0007-fenced-recovery.md) says why.',
    '',
  ];
  for (const run of runs) {
    const main = mainRun(run);
    const nodes = `${run.nodes} nodes${run.nodeGraceSeconds === undefined ? '' : `, Kubernetes gives up a silent node after ${run.nodeGraceSeconds} s`}`;
    const charts = Object.entries(run.charts)
      .map(([id, version]) => `${chartNames[id as keyof typeof chartNames]} ${version}`)
      .join(', ');
    lines.push(
      `## ${serverNames[run.server]}`,
      '',
      `Kubernetes ${run.kubernetes}, ${nodes}; ${run.machine}. Charts: ${charts}. ${run.rate} requests per second in total. ${runsOf(run, main)}`,
      '',
    );
    lines.push(...startTable(run, main));
    for (const pattern of [
      'single-replica',
      'multiple-replicas',
      'coordinated',
      'change of pattern',
      'leaving helm-mi',
      'any',
    ] as const) {
      const rows = sideBySide(run.results.filter((result) => result.pattern === pattern));
      const title = titles[pattern] ?? [pattern];
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

/** Headings that are more than the name of the pattern. */
const titles: Partial<Record<ProofResult['pattern'], readonly string[]>> = {
  'change of pattern': [
    'Change of pattern',
    '',
    'In the rows *guarded*, the task has `recovery: fenced` before and after the change, with `standby: cold` in its own workload. *By helm* is one `helm upgrade`. *By applied files* is `helm template`, a server-side apply of its output, and the deletion of what is no longer in it. *By rollout* is `mi-patterns rollout`, which validates and diffs before it changes the first pod. *By a GitOps agent* is a commit of the rendered files, applied and pruned by the agent of [gitops-engine](https://pkg.go.dev/github.com/argoproj/gitops-engine) v0.7.3, a library of Argo CD. Argo CD 3.2.11 itself was run once, on a machine with a load average of 20 to 40. Nothing fired twice. On the way to coordinated, the task paused for 7.1 s and 5.8 s, and no request was lost; on the way back it paused for 23.9 s, and 2 of 2,161 requests timed out. Flux was not run: its helm-controller can be built from the Go module proxy, but also needs a source-controller and a chart repository.',
  ],
  'leaving helm-mi': [
    'Leaving helm-mi',
    '',
    "`init --from-release` and `rollout` replace a release of WSO2's chart, with two pods and a task, by one of ours; `rollback` returns the work to the old release ([I have helm-mi](leave-helm-mi.md)). Requests go to the Service of the old release throughout. *Twice* counts from the moment the old pods are told to end; the message says how often the old release fired twice before.",
  ],
  any: [
    'Any pattern: a release that cannot start',
    '',
    'The messages are those of helm and of the pods. `mi-patterns rollout` rolls back on its own and also keeps the last lines of the logs.',
  ],
};

/** The starts, each beside the server's own in the same minutes; nothing where none was measured. */
function startTable(run: ProofRun, main: string): string[] {
  const rows = run.results.filter(({ pattern }) => pattern === 'starts');
  if (rows.length === 0) return [];
  return [
    '### Starts',
    '',
    "*The server alone* is the same container in a pod without probes, from its command to MI's first good health check. It was measured alternately with the event. The figures are medians, with the shortest and the longest time in parentheses. *Ready* is the pod's condition; helm returns once the pod has been Ready for `minReadySeconds`.",
    '',
    '| Event | Took | The server alone | Ratio | |',
    '| --- | --- | --- | --- | --- |',
    ...rows.map((result) => startRow(result, (result.began ?? run.began) !== main)),
    '',
  ];
}

function startRow({ event, figures, note }: ProofResult, ofAnotherRun: boolean): string {
  const cells =
    figures.starts === undefined
      ? ['not measured', '', '', note?.split('\n')[0] ?? '']
      : startCells(figures.starts, figures);
  return `| ${[`${event}${ofAnotherRun ? ' *' : ''}`, ...cells].map(cell).join(' | ')} |`;
}

function startCells({ own, event, helm }: StartTimes, figures: Figures): string[] {
  const ratio = `${(median(event) / median(own)).toFixed(2)} ×`;
  const said = helm === undefined ? task(figures) : `helm returns after ${spread(helm)}`;
  return [spread(event), spread(own), ratio, said];
}

const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
};

const spread = (values: readonly number[]): string =>
  `${seconds(median(values))} (${Math.min(...values).toFixed(1)}–${Math.max(...values).toFixed(1)})`;

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
    ? `All rows are from one run, started ${main}.`
    : `The rows are from one run, started ${main}; rows marked * are from ${others.length === 1 ? 'another' : 'others'}, started ${others.join(', ')}.`;
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
  return `| ${[`${eventInWords(event)}${ofAnotherRun ? ' *' : ''}`, chartNames[chart], ...cells].map(cell).join(' | ')} |`;
}

/** The release that was installed comes last: `autoscaled installed` becomes `installed: autoscaled`. */
const eventInWords = (event: string): string => event.replace(/^(.+) installed$/, 'installed: $1');

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
            : `**${figures.ticksTwice} twice**${figures.overlapSeconds === undefined ? '' : ` in ${seconds(figures.overlapSeconds)}`}`,
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
