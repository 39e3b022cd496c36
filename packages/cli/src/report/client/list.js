// Part of the report that runs in the browser; html.ts joins the parts into one script.
// The list of everything: chips, sorting, and rows of which only those in sight are in the page.
import { data, items, make, number, rowHeight, search, severityWords, tag, view } from './items.js';

function byText(a, b) {
  if (a < b) return -1;
  return a > b ? 1 : 0;
}
const sorts = {
  weight: { text: 'most important first', compare: (a, b) => a.rank - b.rank || b.findings - a.findings },
  name: { text: 'name', compare: (a, b) => byText(a.name, b.name) },
  kind: { text: 'kind', compare: (a, b) => byText(a.kind, b.kind) },
  verdict: { text: 'verdict', compare: (a, b) => byText(b.verdict, a.verdict) },
  findings: { text: 'number of findings', compare: (a, b) => b.findings - a.findings },
};
const filterNames = ['show', 'kind', 'verdict', 'severity', 'workload', 'code'];
const showWords = { artifact: 'artifacts', finding: 'findings', workload: 'workloads' };
function matches(item, filters, but) {
  return filterNames.every((name) => {
    const wanted = filters[name];
    if (!wanted || name === but) return true;
    if (name === 'severity') return item.severities.includes(wanted);
    if (name === 'workload') return item.workload === wanted || (item.workloads ?? []).includes(wanted);
    return item[name] === wanted;
  });
}
export function stateOf(query) {
  const parameters = new URLSearchParams(query);
  return Object.fromEntries([...filterNames, 'q', 'sort'].map((name) => [name, parameters.get(name) ?? '']));
}
export function addressOf(state) {
  const parameters = new URLSearchParams(Object.entries(state).filter(([, value]) => value !== ''));
  return `#/explore?${parameters}`;
}
export function choose(change) {
  const state = { ...current, ...change };
  history.replaceState(null, '', addressOf(state));
  // addresses.js shows it.
  window.dispatchEvent(new Event('addresschange'));
}
export let current = stateOf('');
/** Address of the list as it was last seen. */
export let lastList = '#/explore';

function chips(name, legend, values, words = (value) => value) {
  const base = fitting.filter((item) => matches(item, current, name));
  const count = (value) => base.filter((item) => matches(item, { [name]: value })).length;
  const shown = values
    .map((value) => [value, count(value)])
    .filter(([value, some]) => some > 0 || value === current[name]);
  if (shown.length === 0 || (shown.length === 1 && current[name] === '' && name !== 'severity')) return undefined;
  return make(
    'fieldset',
    {},
    make('legend', {}, legend),
    shown.map(([value, some]) =>
      make(
        'button',
        {
          type: 'button',
          class: 'chip',
          'aria-pressed': String(current[name] === value),
          'data-filter': `${name}=${value}`,
          onclick: () => {
            choose({ [name]: current[name] === value ? '' : value });
            view.querySelector(`[data-filter="${CSS.escape(`${name}=${value}`)}"]`)?.focus();
          },
        },
        words(value),
        ' ',
        make('span', { class: 'count' }, number(some)),
      ),
    ),
  );
}
function select(label, name, options) {
  return make(
    'label',
    {},
    `${label} `,
    make(
      'select',
      { onchange: (event) => choose({ [name]: event.target.value }) },
      options.map(([value, text]) =>
        make('option', { value, ...(current[name] === value ? { selected: '' } : {}) }, text),
      ),
    ),
  );
}

let fitting = [];
export function explore(query) {
  current = stateOf(query);
  lastList = location.hash;
  if (document.activeElement !== search) search.value = current.q;
  const terms = current.q.toLowerCase().split(/\s+/).filter(Boolean);
  fitting = items().filter((item) => terms.every((term) => item.text.includes(term)));
  const sort = sorts[current.sort] ?? sorts.weight;
  const wanted = current.q.trim().toLowerCase();
  // Who types a whole name means that one.
  const isNamed = ({ name, title }) => wanted !== '' && [name, title].some((text) => text.toLowerCase() === wanted);
  const shown = fitting
    .filter((item) => matches(item, current))
    .sort((a, b) => isNamed(b) - isNamed(a) || sort.compare(a, b));
  const distinct = (name) => [...new Set(fitting.map((item) => item[name]).filter(Boolean))].sort();
  const workloads = data.workloads.map(({ name }) => name);
  const any = filterNames.some((name) => current[name]) || current.q;
  view.replaceChildren(
    ...[
      make('h1', { class: 'hidden' }, 'Everything in this plan'),
      make(
        'div',
        { class: 'filters' },
        ...[
          chips('show', 'Show', ['finding', 'workload', 'artifact'], (value) => showWords[value]),
          chips('severity', 'Severity', ['error', 'warning', 'info'], (value) => severityWords[value]),
          chips('verdict', 'Verdict', ['isolate', 'opaque', 'broker-safe', 'affinity', 'pod-local', 'stateless']),
          chips('kind', 'Kind', distinct('kind')),
          workloads.length > 1 && workloads.length <= 8 ? chips('workload', 'Workload', workloads) : undefined,
          current.code ? chips('code', 'Code', [current.code]) : undefined,
        ].filter(Boolean),
      ),
      make(
        'div',
        { class: 'tools' },
        make('p', { role: 'status', id: 'shown' }, `${number(shown.length)} of ${number(items().length)}`),
        any ? make('button', { type: 'button', class: 'chip', onclick: clear }, 'Clear filters') : '',
        workloads.length > 8
          ? select('Workload', 'workload', [['', 'all'], ...workloads.map((name) => [name, name])])
          : '',
        select(
          'Sort by',
          'sort',
          Object.entries(sorts).map(([value, { text }]) => [value === 'weight' ? '' : value, text]),
        ),
      ),
      virtualList(shown),
    ].filter(Boolean),
  );
}
function clear() {
  search.value = '';
  choose(Object.fromEntries([...filterNames, 'q'].map((name) => [name, ''])));
}

/** Rows of which only those in sight are in the page. */
function virtualList(rows) {
  if (rows.length === 0)
    return make(
      'div',
      { class: 'list' },
      make(
        'p',
        { class: 'empty' },
        'Nothing fits. Clear the filters, or search for a part of a name, a code or a file.',
      ),
    );
  let active = 0;
  const inside = make('div', { style: `height:${rows.length * rowHeight}px`, role: 'presentation' });
  const list = make(
    'div',
    {
      class: 'list',
      style: `max-height:${rows.length * rowHeight + 2}px`,
      tabindex: '0',
      role: 'listbox',
      'aria-label': 'What fits the filters',
      onscroll: () => draw(),
      onkeydown: (event) => {
        const page = Math.max(1, Math.floor(list.clientHeight / rowHeight) - 1);
        const steps = {
          ArrowDown: 1,
          ArrowUp: -1,
          PageDown: page,
          PageUp: -page,
          Home: -rows.length,
          End: rows.length,
        };
        if (event.key === 'Enter') location.hash = rows[active].href;
        const step = steps[event.key];
        if (step === undefined) return;
        event.preventDefault();
        if (event.key === 'ArrowUp' && active === 0) return void search.focus();
        active = Math.min(rows.length - 1, Math.max(0, active + step));
        const top = active * rowHeight;
        if (top < list.scrollTop) list.scrollTop = top;
        if (top + rowHeight > list.scrollTop + list.clientHeight) list.scrollTop = top + rowHeight - list.clientHeight;
        draw();
      },
    },
    inside,
  );
  const draw = () => {
    const first = Math.max(0, Math.floor(list.scrollTop / rowHeight) - 4);
    const last = Math.min(rows.length, Math.ceil((list.scrollTop + (list.clientHeight || 600)) / rowHeight) + 4);
    const shown = [];
    for (let index = first; index < last; index++) shown.push(rowOf(rows[index], index, rows.length, index === active));
    inside.replaceChildren(...shown);
    list.setAttribute('aria-activedescendant', `row-${active}`);
  };
  draw();
  requestAnimationFrame(draw);
  return list;
}
function tagsOf(item) {
  if (item.show === 'finding') return [tag(severityWords[item.severities[0]], item.severities[0])];
  if (item.show === 'workload') return [tag(item.type)];
  return [
    item.verdict ? tag(item.verdict) : '',
    ...item.severities.filter((one) => one !== 'info').map((one) => tag(severityWords[one], one)),
  ];
}
function rowOf(item, index, size, isActive) {
  const tags = tagsOf(item);
  return make(
    'div',
    {
      class: 'row',
      id: `row-${index}`,
      role: 'option',
      'aria-selected': String(isActive),
      'aria-setsize': size,
      'aria-posinset': index + 1,
      style: `top:${index * rowHeight}px`,
      title: `${item.title}\n${item.sub}`,
      onclick: () => (location.hash = item.href),
    },
    make('span', { class: 'line' }, ...tags.filter(Boolean).flatMap((one) => [one, ' ']), make('b', {}, item.title)),
    make('span', { class: 'line sub' }, item.sub),
  );
}
