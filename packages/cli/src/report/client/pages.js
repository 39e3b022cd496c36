// Part of the report that runs in the browser; html.ts joins the parts into one script.
// The page of one artifact, workload or finding.
import {
  artifactLink,
  byId,
  data,
  edges,
  findingsOf,
  home,
  make,
  number,
  placeText,
  prose,
  severityWords,
  startsOf,
  tag,
  view,
  workloadLink,
} from './items.js';
import { addressOf, lastList } from './list.js';

function excerpt(parts, evidence) {
  if (!parts)
    return evidence ? make('pre', { class: 'excerpt', tabindex: '0' }, make('div', { class: 'hit' }, evidence)) : '';
  const [first, marked, column, lines] = parts;
  return make(
    'div',
    { class: 'excerpt', tabindex: '0', role: 'group', 'aria-label': 'Lines of the file' },
    lines.flatMap((line, index) => [
      make('div', index === marked ? { class: 'hit' } : {}, make('i', {}, String(first + index)), line),
      ...(index === marked
        ? [
            make(
              'div',
              { class: 'caret', 'aria-hidden': 'true' },
              make('i', {}, ''),
              `${' '.repeat(Math.max(0, column - 1))}^ decides`,
            ),
          ]
        : []),
    ]),
  );
}
function findingCard(index) {
  const { code, severity, message, hint, place } = data.findings[index];
  const [title = ''] = data.codes[code] ?? [];
  return make(
    'li',
    { class: `card ${severity}` },
    make(
      'p',
      { class: 'card-head' },
      tag(severityWords[severity], severity),
      ' ',
      make('a', { href: `#/finding/${index}` }, make('code', {}, code)),
      ' ',
      make('strong', {}, title),
    ),
    make('p', {}, prose(message)),
    make('p', { class: 'way' }, prose(`→ ${data.texts[hint]}`)),
    place ? make('p', { class: 'places' }, make('code', {}, placeText(place))) : '',
  );
}
function references(list, end) {
  if (list.length === 0) return make('p', { class: 'soft' }, 'Nothing.');
  const shown = list.slice(0, 100);
  return make(
    'ul',
    { class: 'links' },
    shown.map((reference) => {
      const [, , relation, via, state, line] = reference;
      const other = reference[end];
      const words = [data.texts[relation], data.texts[via], `line ${line}`].join(' · ');
      const missing =
        data.texts[state] === 'resolved'
          ? ''
          : tag(data.texts[state], data.texts[state] === 'missing' ? 'error' : 'info');
      return make(
        'li',
        {},
        typeof other === 'number' ? artifactLink(other) : make('code', {}, other),
        ' ',
        missing,
        make('br'),
        make('span', { class: 'soft' }, words),
      );
    }),
    list.length > shown.length ? make('li', {}, `and ${number(list.length - shown.length)} more`) : '',
  );
}
export function artifactPage(id) {
  const index = byId.get(id);
  if (index === undefined) return notFound(`No artifact is named ${id}.`);
  const [, , version, place, deployed] = data.artifacts[index];
  const verdict = data.verdicts[index];
  const own = home.has(index) ? [data.workloads[home.get(index)]] : [];
  const starts = startsOf(index).filter((other) => other !== index);
  const workloads =
    own.length > 0 ? own : [...new Set(starts.map((other) => home.get(other)))].map((one) => data.workloads[one]);
  const found = findingsOf.get(index) ?? [];
  const caused = own.filter(({ values }) => values);
  show(
    make('h1', {}, id),
    make(
      'p',
      { class: 'soft' },
      [version, placeText(place), deployed ? '' : 'nothing deploys it'].filter(Boolean).join(' · '),
    ),
    verdict
      ? make('p', { class: 'lead' }, tag(verdict[0]), ' ', data.texts[verdict[1]])
      : make('p', { class: 'lead' }, 'It starts no work by itself: it runs wherever an entry point reaches it.'),
    verdict && verdict[4] ? make('p', {}, verdict[4]) : '',
    verdict ? make('h2', {}, 'The line that decides') : '',
    verdict ? make('p', { class: 'soft' }, make('code', {}, placeText(verdict[3]))) : '',
    verdict ? excerpt(verdict[5], verdict[2]) : '',
    found.length > 0 ? make('h2', {}, 'Findings') : '',
    found.length > 0 ? make('ul', { class: 'cards' }, found.map(findingCard)) : '',
    make(
      'div',
      { class: 'columns' },
      make('section', {}, make('h2', {}, 'Needs'), references(edges().out.get(index) ?? [], 1)),
      make('section', {}, make('h2', {}, 'Needed by'), references(edges().into.get(index) ?? [], 0)),
    ),
    starts.length > 0 ? make('h2', {}, 'Reached from') : '',
    starts.length > 0 ? linkList(starts.map(artifactLink)) : '',
    make('h2', {}, 'At work in'),
    workloads.length > 0
      ? linkList(workloads.map(({ name }) => workloadLink(name)))
      : make('p', { class: 'soft' }, 'No workload.'),
    caused.length > 0 ? make('h2', {}, 'Values that it causes') : '',
    ...caused.map(({ values }) => make('pre', { class: 'excerpt', tabindex: '0' }, make('div', {}, values))),
    make('p', { class: 'soft' }, 'In a terminal: ', make('code', {}, `mi-patterns explain ${id} --diagram -`)),
  );
}
function linkList(links) {
  const rest = links.length - 60;
  return make(
    'ul',
    { class: 'links' },
    links.slice(0, 60).map((link) => make('li', {}, link)),
    rest > 0 ? make('li', {}, `and ${number(rest)} more`) : '',
  );
}
export function workloadPage(name) {
  const workload = data.workloads.find((one) => one.name === name);
  if (workload === undefined) return notFound(`No workload is named ${name}.`);
  const { type, replicas, standby, because, entryPoints, values } = workload;
  const found = [...new Set(entryPoints.flatMap((index) => findingsOf.get(index) ?? []))];
  show(
    make('h1', {}, name),
    make(
      'p',
      { class: 'lead' },
      tag(type),
      ` ${replicas === 1 ? '1 pod' : `${replicas} pods`}${standby ? ', and one more stands by' : ''}. ${because}`,
    ),
    make('h2', {}, 'Starts work by'),
    linkList(entryPoints.map(artifactLink)),
    make(
      'p',
      {},
      make('a', { href: addressOf({ ...stateOf(''), workload: name }) }, 'Show it in the list of everything'),
    ),
    found.length > 0 ? make('h2', {}, 'Findings') : '',
    found.length > 0 ? make('ul', { class: 'cards' }, found.map(findingCard)) : '',
    values ? make('h2', {}, 'Its values') : '',
    values ? make('pre', { class: 'excerpt', tabindex: '0' }, make('div', {}, values)) : '',
  );
}
export function findingPage(position) {
  const finding = data.findings[Number(position)];
  if (finding === undefined) return notFound('There is no such finding.');
  const { code, severity, message, hint, place, artifacts } = finding;
  const [title = '', meaning = ''] = data.codes[code] ?? [];
  const equal = data.findings.filter((one) => one.code === code).length;
  show(
    make('h1', {}, code),
    make('p', { class: 'lead' }, tag(severityWords[severity], severity), ' ', make('strong', {}, title)),
    make('p', {}, prose(message)),
    place ? make('p', { class: 'soft' }, make('code', {}, placeText(place))) : '',
    finding.excerpt ? excerpt(finding.excerpt, '') : '',
    make('h2', {}, 'What to do'),
    make('p', {}, prose(data.texts[hint])),
    make('h2', {}, 'What the code means'),
    make('p', {}, prose(meaning)),
    artifacts.length > 0 ? make('h2', {}, 'Artifacts') : '',
    artifacts.length > 0 ? linkList(artifacts.map(artifactLink)) : '',
    equal > 1
      ? make(
          'p',
          {},
          make(
            'a',
            { href: addressOf({ ...stateOf(''), show: 'finding', code }) },
            `All ${number(equal)} findings of this code`,
          ),
        )
      : '',
  );
}
export function notFound(sentence) {
  show(make('h1', {}, 'Not here'), make('p', {}, sentence), make('p', {}, make('a', { href: '#/' }, 'Overview')));
}
function show(...children) {
  view.replaceChildren(make('p', {}, make('a', { href: lastList }, '← Back to the list')), ...children.filter(Boolean));
}
