import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import {
  counted,
  type Diagnostic,
  groupBy,
  grouped,
  hasErrors,
  type Inventory,
  isDeployed,
  printableLines,
} from '@mi-patterns/inventory';
import {
  type Choice,
  type Cost,
  choicesOf,
  flowOf,
  type FlowNode,
  isIsolatedClass,
  type Plan,
} from '@mi-patterns/planner';
import { planToSvg } from '../diagrams/svg.ts';
import { planTitle, podsAndStandbys } from '../diagrams/text.ts';
import { documentedCodes } from '../codes/documented-codes.ts';
import { type FindingGroup, formatSource, groupDiagnostics, severityWords } from '../output/diagnostics.ts';
import { foldDowntime, namesInWords, nodeLossInWords } from '../output/downtime.ts';
import { escapeMarkup as text } from '../output/markup.ts';
import { addressRows, archiveRows, readinessTitles, scheduleRows, settingRows } from '../output/readiness.ts';
import { cores, coresInWords, duration, gibibytes } from '../output/units.ts';
import { type ReportData, reportData, type ReportSubject } from './data.ts';

/**
 * The report: one HTML page that needs nothing else. The overview is plain HTML, so that it is readable without scripts
 * and on paper; the list of everything and the page of each artifact are made in the browser from the data in the page.
 */
export function planToHtml(inventory: Inventory, plan: Plan, subject: ReportSubject): string {
  // Those of `plan`, as on the terminal: it says of what was read whatever means something for the plan.
  const findings = plan.diagnostics;
  const title = titleOf(inventory, subject);
  const status = statusOf(findings);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<title>${text(`${status.word} · ${title}${subject.release === undefined ? '' : ` · ${subject.release}`} · ${plan.pattern}`)}</title>
<style>${file('app.css')}</style>
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
<header>
<div class="bar">
<a class="home" href="#/">${text(title)}</a>
<div class="search"><label for="search" class="hidden">Search artifacts, findings and workloads</label><input id="search" type="search" placeholder="Search everything" autocomplete="off" spellcheck="false"><kbd aria-hidden="true">/</kbd></div>
<nav aria-label="Views"><a href="#/">Overview</a><a href="#/explore?show=finding">Findings <span class="count">${grouped(findings.length)}</span></a><a href="#/explore?show=workload">Workloads <span class="count">${grouped(plan.workloads.length)}</span></a><a href="#/explore?show=artifact">Artifacts <span class="count">${grouped(inventory.artifacts.length)}</span></a></nav>
</div>
</header>
<main id="main" tabindex="-1">
<div id="overview">
${overview(inventory, plan, subject, { findings, title, status })}
</div>
<div id="view" hidden></div>
</main>
${dataElement(reportData(inventory, plan, subject))}
<script>${script()}</script>
</body>
</html>
`;
}

/** Style and script of the page: beside this module in the sources, in a folder of the same name in the bundle. */
function file(name: string): string {
  const own = join(import.meta.dirname, name);
  return readFileSync(existsSync(own) ? own : join(import.meta.dirname, 'report', name), 'utf8');
}

/** The parts of the page's script as one, in the order in which they need each other. */
function script(): string {
  const parts = ['items', 'list', 'pages', 'picture', 'addresses'].map((name) =>
    file(`client/${name}.js`)
      .replace(/^import [^;]*;\n/gm, '')
      .replace(/^export /gm, ''),
  );
  return `(async () => {\n${parts.join('')}})();\n`;
}

/** Characters of data from which on they are compressed: below, whoever opens the file in an editor can read them. */
const largestPlainData = 500_000;

/** The data of the page; `client/items.js` reads it. Compressed, 10,000 artifacts take a tenth of the place. */
function dataElement(data: ReportData): string {
  const json = printableLines(JSON.stringify(data).replaceAll('<', String.raw`\u003c`));
  return json.length <= largestPlainData
    ? `<script type="application/json" id="data">${json}</script>`
    : `<script type="application/octet-stream" id="data">${deflateSync(json).toString('base64')}</script>`;
}

/** `orders 1.2.0`, or `orders 1.2.0 and 3 more` for several projects. */
function titleOf({ applications }: Inventory, { release }: ReportSubject): string {
  const [first, ...others] = applications;
  if (first === undefined) return release ?? 'Artifacts';
  const name = first.version === '' ? first.name : `${first.name} ${first.version}`;
  if (others.length === 0) return name;
  return release === undefined ? `${name} and ${others.length} more` : `${release}: ${others.length + 1} applications`;
}

interface Status {
  readonly state: 'refused' | 'warned' | 'fine';
  readonly sign: string;
  readonly word: string;
  readonly tally: string;
}

function statusOf(findings: readonly Diagnostic[]): Status {
  const tally = (['error', 'warning', 'info'] as const).flatMap((severity) => {
    const number = findings.filter((finding) => finding.severity === severity).length;
    return number === 0 ? [] : [counted(number, severityWords[severity])];
  });
  const has = (severity: Diagnostic['severity']): boolean => findings.some((finding) => finding.severity === severity);
  const all = tally.length === 0 ? 'no findings' : tally.join(', ');
  if (has('error')) return { state: 'refused', sign: '✗', word: 'Refused', tally: all };
  if (has('warning')) return { state: 'warned', sign: '▲', word: 'Fine, with warnings', tally: all };
  return { state: 'fine', sign: '✓', word: 'Fine', tally: all };
}

interface Parts {
  readonly findings: readonly Diagnostic[];
  readonly title: string;
  readonly status: Status;
}

function overview(inventory: Inventory, plan: Plan, subject: ReportSubject, parts: Parts): string {
  const groups = groupDiagnostics(parts.findings).flatMap(byWayOut);
  return [
    heading(plan, subject, parts),
    facts(inventory, plan),
    nextSteps(groups, subject),
    `<section aria-labelledby="flow"><h2 id="flow">What feeds what</h2>${pictureTools}<div class="picture" tabindex="0" role="group" aria-label="Picture of the flow">${picture(inventory, plan)}</div></section>`,
    findingGroups(groups),
    readiness(plan),
    patterns(choicesOf(inventory, plan)),
    workloads(plan),
    downtime(plan),
    `<footer>Made by mi-patterns ${text(subject.version)} from ${text(subject.inputs)}, digest ${text(subject.digest)}. The same input gives the same page.</footer>`,
  ].join('\n');
}

/** For people with a script: zoom, and what the keys do. */
const pictureTools = `<div class="picture-tools" hidden><div role="group" aria-label="Zoom"><button type="button" data-zoom="-" aria-label="Zoom out">−</button><button type="button" data-zoom="0">Fit</button><button type="button" data-zoom="+" aria-label="Zoom in">+</button></div><button type="button" data-fold="all" aria-pressed="false">Collapse workloads</button><p class="soft">Drag to move. Ctrl and wheel, or <kbd>+</kbd> <kbd>−</kbd> <kbd>0</kbd>, to zoom. A workload’s name collapses it.</p></div>`;

/** The picture, as wide as the page; the script zooms it, and on a small screen starts where it can be read. */
function picture(inventory: Inventory, plan: Plan): string {
  const svg = planToSvg(flowOf(inventory, plan), plan, { heading: false, linkOf });
  const width = Number(/ width="([\d.]+)"/.exec(svg)?.[1] ?? 0);
  return `<div style="max-width:${Math.ceil(width)}px">${svg}</div>`;
}

function heading(plan: Plan, subject: ReportSubject, { title, status }: Parts): string {
  const about = [
    ...(subject.release === undefined ? [] : [`release ${subject.release}`]),
    subject.environments.length === 0
      ? 'no environment named'
      : `${subject.environments.length === 1 ? 'environment' : 'environments'} ${subject.environments.join(', ')}`,
    `digest ${subject.digest.replace('sha256:', '').slice(0, 12)}`,
  ];
  return `<div class="head"><div><h1>${text(title)}</h1><p class="soft">${text(about.join(' · '))}</p></div>
<p class="status ${status.state}"><strong><span aria-hidden="true">${status.sign}</span> ${status.word}</strong> <span>${text(status.tally)}</span></p></div>
<p class="lead"><strong>${text(planTitle(plan))}.</strong> ${text(plan.patternBecause)}</p>`;
}

function facts(inventory: Inventory, plan: Plan): string {
  const isolated = inventory.artifacts.filter(
    (artifact) =>
      isDeployed(inventory, artifact) && isIsolatedClass(plan.verdicts.get(artifact.id)?.class ?? 'stateless'),
  ).length;
  const list: readonly (readonly [string, string])[] = [
    [grouped(plan.workloads.length), plan.workloads.length === 1 ? 'workload' : 'workloads'],
    [grouped(plan.cost.pods), `${plan.cost.pods === 1 ? 'pod' : 'pods'}${standbysInWords(plan.cost)}`],
    [gibibytes(plan.cost.memory), 'memory'],
    [cores(plan.cost.cpu), plan.cost.cpu === 1000 ? 'core' : 'cores'],
    [grouped(inventory.artifacts.length), inventory.artifacts.length === 1 ? 'artifact' : 'artifacts'],
    [grouped(isolated), 'stateful'],
  ];
  return `<ul class="facts">${list.map(([number, noun]) => `<li><strong>${number}</strong> ${noun}</li>`).join('')}</ul>`;
}

function standbysInWords({ standbys }: Cost): string {
  return standbys === 0 ? '' : `, ${grouped(standbys)} of them ${standbys === 1 ? 'stands' : 'stand'} by`;
}

/**
 * Findings of one code that have different ways out, apart: the first two of them, and the rest together. Ways out that
 * differ in the artifact they name (`task/Nightly`) are one.
 */
function byWayOut(group: FindingGroup): readonly FindingGroup[] {
  const ways = groupBy(group.findings, ({ hint }) => hint.replaceAll(/(?<![a-z-])[a-z-]+\/[^\s:,?)]+/g, ''));
  const [first, second, ...rest] = ways.values();
  return [first, second, rest.flat()].flatMap((findings) =>
    findings === undefined || findings.length === 0 ? [] : [{ ...group, findings }],
  );
}

/** The ways out of the heaviest findings, then what comes next when they are done. */
function nextSteps(groups: readonly FindingGroup[], { release, generate }: ReportSubject): string {
  const loud = groups.filter(({ severity }) => severity !== 'info').slice(0, 3);
  const isRefused = hasErrors(loud);
  const steps = loud.map(
    ({ code, severity, findings }) =>
      `<li><a href="#/explore?show=finding&amp;code=${text(code)}"><span class="tag ${severity}">${severityWords[severity]}</span> <code>${text(code)}</code>${findings.length > 1 ? ` × ${findings.length}` : ''}</a> ${prose(findings[0]?.hint ?? '')}</li>`,
  );
  const write = `<li>${isRefused ? 'Then write' : 'Write'} the values: <code>${text(generate)}</code></li>`;
  const diff =
    release === undefined ? '' : '<li>See what a rollout would change: <code>mi-patterns diff --env NAME</code></li>';
  return `<section aria-labelledby="next"><h2 id="next">What to do next</h2><ol class="steps">${steps.join('')}${write}${diff}</ol></section>`;
}

function linkOf({ kind, artifacts, workload }: FlowNode): string | undefined {
  const [first, ...others] = artifacts;
  if (first !== undefined && others.length === 0) return `#/artifact/${encodeURIComponent(first)}`;
  if (first !== undefined)
    return `#/explore?show=artifact&kind=${encodeURIComponent(first.slice(0, first.indexOf('/')))}`;
  return kind === 'service' && workload !== undefined ? `#/workload/${encodeURIComponent(workload)}` : undefined;
}

/** The markup of a sentence: text between backticks is code, and an option is not broken after its hyphens. */
function prose(sentence: string): string {
  return text(sentence)
    .replaceAll(/`([^`]+)`/g, '<code>$1</code>')
    .replaceAll(/(?<![\w-])--[a-z][a-z-]*(?![^<]*<\/code>)/g, '<span class="whole">$&</span>');
}

function findingGroups(groups: readonly FindingGroup[]): string {
  const documented = new Map(documentedCodes().map((entry) => [entry.code, entry]));
  const cards = groups.map((group) => findingCard(group, documented.get(group.code)?.title ?? ''));
  const shown = groups.filter(({ severity }) => severity !== 'info').length;
  const notes = cards.slice(shown);
  return `<section aria-labelledby="findings"><h2 id="findings">Findings</h2>${groups.length === 0 ? '<p class="soft">None.</p>' : ''}<ul class="cards">${cards.slice(0, shown).join('')}</ul>${notes.length === 0 ? '' : `<details><summary>${counted(new Set(groups.slice(shown).map(({ code }) => code)).size, 'kind')} of notes</summary><ul class="cards">${notes.join('')}</ul></details>`}</section>`;
}

function findingCard({ code, severity, findings }: FindingGroup, title: string): string {
  const [first] = findings;
  const places = findings.flatMap(({ source }) => (source === undefined ? [] : [formatSource(source)]));
  const rest = findings.length - 3;
  const link = `#/explore?show=finding&amp;code=${text(code)}`;
  return `<li class="card ${severity}"><p class="card-head"><span class="tag ${severity}">${severityWords[severity]}</span> <a href="${link}"><code>${text(code)}</code></a>${findings.length > 1 ? ` <strong class="times">× ${grouped(findings.length)}</strong>` : ''} <strong>${text(title)}</strong></p>
<p>${prose(first?.message ?? '')}</p><p class="way">→ ${prose(first?.hint ?? '')}</p>${
    places.length === 0
      ? ''
      : `<p class="places">${places
          .slice(0, 3)
          .map((one) => `<code>${text(one)}</code>`)
          .join('')}${rest > 0 ? `<a href="${link}">and ${grouped(rest)} more</a>` : ''}</p>`
  }</li>`;
}

/**
 * What artifacts read, which environments give it, the order of archives, time zones of schedules and addresses in
 * WSDLs.
 */
function readiness({ readiness: found }: Plan): string {
  const tables = [
    plainTable(readinessTitles.settings, ['Setting', 'Environments', 'Read at'], settingRows(found)),
    plainTable(readinessTitles.archives, ['Order', 'Because', 'State'], archiveRows(found)),
    plainTable(readinessTitles.schedules, ['Artifact', 'Cron expression', 'Time zone'], scheduleRows(found)),
    plainTable(readinessTitles.addresses, ['Service', 'Address in its WSDL'], addressRows(found)),
  ].join('');
  return tables === ''
    ? ''
    : `<section aria-labelledby="ready"><h2 id="ready">Will each pod become ready?</h2>${tables}</section>`;
}

function plainTable(title: string, heads: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const body = rows.map(
    ([first = '', ...others]) =>
      `<tr><th scope="row">${text(first)}</th>${others.map((content, index) => cell(heads[index + 1] ?? '', text(content))).join('')}</tr>`,
  );
  return `<h3>${text(title)}</h3><div class="wide"><table><thead><tr>${heads.map((head) => `<th scope="col">${text(head)}</th>`).join('')}</tr></thead><tbody>${body.join('')}</tbody></table></div>`;
}

function patterns(choices: readonly Choice[]): string {
  const row = ({ name, pods, standbys, memory, cpu, pause, requests, risk, isChosen }: Choice): string =>
    `<tr${isChosen ? ' class="chosen"' : ''}><th scope="row">${text(name)}${isChosen ? ' <span class="tag">this plan</span>' : ''}</th>${cell('Cost', `<span class="whole">${podsAndStandbys({ pods, standbys })}</span><br><span class="soft whole">${gibibytes(memory)}, ${coresInWords(cpu)}</span>`)}${cell('Pause of stateful work', pause === undefined ? 'none' : `<span class="whole">${duration(pause.podLoss)} when a pod is lost</span><br><span class="soft whole">${duration(pause.nodeLoss)} when a node is</span>`)}${cell('Requests', text(requests))}${cell('Risk', text(risk))}</tr>`;
  return `<section aria-labelledby="patterns"><h2 id="patterns">Patterns side by side</h2><div class="wide"><table><thead><tr><th scope="col">Pattern</th><th scope="col">Cost</th><th scope="col">Pause of stateful work</th><th scope="col">Requests</th><th scope="col">Risk</th></tr></thead><tbody>${choices.map(row).join('')}</tbody></table></div></section>`;
}

function cell(name: string, content: string): string {
  return `<td data-name="${name}">${content}</td>`;
}

/** Workloads that the overview lists; the others are in the list of everything. */
const shownWorkloads = 12;

function workloads({ workloads: all }: Plan): string {
  const rows = all.slice(0, shownWorkloads).map(
    ({ name, type, replicas, standby, entryPoints, because }) =>
      `<tr><th scope="row"><a href="#/workload/${encodeURIComponent(name)}">${text(name)}</a> <span class="tag ${type}">${type}</span></th>${cell('Pods', standby === undefined ? String(replicas) : `<span class="whole">${replicas} + standby</span>`)}${cell(
        'Starts work by',
        entryPoints
          .slice(0, 4)
          .map((id) => `<a class="id" href="#/artifact/${encodeURIComponent(id)}">${text(id)}</a>`)
          .join('') +
          (entryPoints.length > 4 ? `<span class="soft">and ${grouped(entryPoints.length - 4)} more</span>` : ''),
      )}${cell('Why it exists', text(because))}</tr>`,
  );
  const rest = all.length - shownWorkloads;
  return `<section aria-labelledby="workloads"><h2 id="workloads">Workloads</h2><div class="wide"><table><thead><tr><th scope="col">Workload</th><th scope="col">Pods</th><th scope="col">Starts work by</th><th scope="col">Why it exists</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>${rest > 0 ? `<p><a href="#/explore?show=workload">and ${grouped(rest)} more workloads</a></p>` : ''}</section>`;
}

function downtime({ cost }: Plan): string {
  const rows = foldDowntime(cost.downtime).map(
    (row) =>
      `<tr><th scope="row">${text(namesInWords(row.workloads))}</th>${cell('When its pod is lost', duration(row.podLoss))}${cell('When its node is lost', text(nodeLossInWords(row)))}${cell('When it is cut off', text(row.cutOff))}${cell('When the image changes', text(row.imageChange))}${cell('Because', text(row.because))}</tr>`,
  );
  return `<section aria-labelledby="downtime"><h2 id="downtime">Expected downtime</h2><div class="wide"><table><thead><tr><th scope="col">Workload</th><th scope="col">When its pod is lost</th><th scope="col">When its node is lost</th><th scope="col">When it is cut off</th><th scope="col">When the image changes</th><th scope="col">Because</th></tr></thead><tbody>${rows.join('')}</tbody></table></div></section>`;
}
