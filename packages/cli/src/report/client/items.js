// Part of the report that runs in the browser; html.ts joins the parts into one script.
// The data of the page, and everything that the list shows.
export const data = await readData();
export const overview = document.getElementById('overview');
export const view = document.getElementById('view');
export const search = document.getElementById('search');
export const rowHeight = 56;
export const weight = { error: 0, warning: 1, info: 2 };
export const severityWords = { error: 'error', warning: 'warning', info: 'note' };
const kindOf = (index) => data.kinds[data.artifacts[index][1]];
const idOf = (index) => data.artifacts[index][0];
export const placeText = ([path, line, column]) => `${data.paths[path]}:${line}:${column}`;
export const number = (value) => String(value).replace(/\B(?=(?:\d{3})+$)/g, ',');

/** The data that html.ts wrote: JSON, or in a large page the same compressed. */
async function readData() {
  const element = document.getElementById('data');
  if (element.type === 'application/json') return JSON.parse(element.textContent);
  const bytes = Uint8Array.from(atob(element.textContent), (character) => character.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate'))).json();
}

/** Makes an element; children are elements or texts. */
export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, String(value));
  }
  element.append(...children.flat().filter((child) => child !== undefined && child !== ''));
  return element;
}
/** The nodes of a sentence: text between backticks is code. */
export const prose = (sentence) =>
  sentence.split(/`([^`]+)`/).map((part, index) => (index % 2 === 1 ? make('code', {}, part) : part));
export const tag = (text, name = text) => make('span', { class: `tag ${name}` }, text);
export const artifactLink = (index) =>
  make('a', { href: `#/artifact/${encodeURIComponent(idOf(index))}` }, make('code', {}, idOf(index)));
export const workloadLink = (name) => make('a', { href: `#/workload/${encodeURIComponent(name)}` }, name);

// The graph, made when it is first asked for.
export const byId = new Map(data.artifacts.map(([id], index) => [id, index]));
export const home = new Map();
data.workloads.forEach(({ entryPoints }, workload) => entryPoints.forEach((index) => home.set(index, workload)));
let graph;
export function edges() {
  if (graph) return graph;
  graph = { out: new Map(), into: new Map() };
  for (const reference of data.references) {
    const [from, to] = reference;
    if (!graph.out.has(from)) graph.out.set(from, []);
    graph.out.get(from).push(reference);
    if (typeof to !== 'number') continue;
    if (!graph.into.has(to)) graph.into.set(to, []);
    graph.into.get(to).push(reference);
  }
  return graph;
}
/** Entry points whose work gets to an artifact, itself included. */
export function startsOf(index) {
  const seen = new Set([index]);
  const queue = [index];
  for (const node of queue)
    for (const [from] of edges().into.get(node) ?? [])
      if (!seen.has(from)) {
        seen.add(from);
        queue.push(from);
      }
  return queue.filter((node) => home.has(node));
}

// Everything that the list shows.
export const findingsOf = new Map();
data.findings.forEach((finding, index) =>
  finding.artifacts.forEach((artifact) => findingsOf.set(artifact, [...(findingsOf.get(artifact) ?? []), index])),
);
const worst = (indexes) => indexes.reduce((found, index) => Math.min(found, weight[data.findings[index].severity]), 3);
function artifactItem(index) {
  const [id, , version, place, deployed] = data.artifacts[index];
  const verdict = data.verdicts[index];
  const found = findingsOf.get(index) ?? [];
  const workload = home.has(index) ? data.workloads[home.get(index)].name : '';
  const withoutVerdict = deployed ? 'Runs wherever an entry point reaches it.' : 'Nothing deploys it.';
  const because = verdict ? data.texts[verdict[1]] : withoutVerdict;
  const verdictName = verdict ? verdict[0] : '';
  const isolated = verdictName === 'isolate' || verdictName === 'opaque' || verdictName === 'broker-safe';
  return {
    show: 'artifact',
    name: id.slice(id.indexOf('/') + 1),
    kind: kindOf(index),
    verdict: verdictName,
    workload,
    severities: [...new Set(found.map((one) => data.findings[one].severity))],
    findings: found.length,
    rank: worst(found) * 2 + (isolated ? 0 : 1),
    href: `#/artifact/${encodeURIComponent(id)}`,
    title: id,
    sub: `${because}  ${placeText(place)}`,
    text: `${id} ${version} ${verdictName} ${workload} ${because} ${data.paths[place[0]]}`.toLowerCase(),
  };
}
function findingItem(finding, index) {
  const [title = ''] = data.codes[finding.code] ?? [];
  const place = finding.place ? placeText(finding.place) : '';
  const workloads = [
    ...new Set(finding.artifacts.flatMap((one) => (home.has(one) ? [data.workloads[home.get(one)].name] : []))),
  ];
  return {
    show: 'finding',
    name: finding.code,
    code: finding.code,
    kind: finding.artifacts.length > 0 ? kindOf(finding.artifacts[0]) : '',
    verdict: '',
    workload: workloads[0] ?? '',
    workloads,
    severities: [finding.severity],
    findings: 1,
    rank: weight[finding.severity] * 2,
    href: `#/finding/${index}`,
    title: `${finding.code}  ${title}`,
    sub: `${finding.message}  ${place}`,
    text: `${finding.code} ${title} ${finding.severity} ${finding.message} ${place} ${finding.artifacts.map(idOf).join(' ')}`.toLowerCase(),
  };
}
function workloadItem({ name, type, replicas, standby, because, entryPoints }) {
  const found = entryPoints.flatMap((index) => findingsOf.get(index) ?? []);
  return {
    show: 'workload',
    name,
    kind: '',
    verdict: '',
    workload: name,
    type,
    severities: [...new Set(found.map((one) => data.findings[one].severity))],
    findings: found.length,
    rank: worst(found) * 2 + (type === 'stateful' ? 0 : 1),
    href: `#/workload/${encodeURIComponent(name)}`,
    title: name,
    sub: `${replicas === 1 ? '1 pod' : `${replicas} pods`}${standby ? ' and a standby' : ''}, ${entryPoints.length === 1 ? '1 entry point' : `${number(entryPoints.length)} entry points`}: ${because}`,
    text: `${name} ${type} ${because} ${entryPoints.length < 50 ? entryPoints.map(idOf).join(' ') : ''}`.toLowerCase(),
  };
}
let made;
export const items = () =>
  (made ??= [
    ...data.findings.map(findingItem),
    ...data.workloads.map(workloadItem),
    ...data.artifacts.map((_, index) => artifactItem(index)),
  ]);
