// Part of the report that runs in the browser; html.ts joins the parts into one script.
// What the address says is shown, and what keys do.
import { overview, search, view } from './items.js';
import { addressOf, choose, current, explore, lastList, stateOf } from './list.js';
import { artifactPage, findingPage, notFound, workloadPage } from './pages.js';

const title = document.title;
function route(isNew = true) {
  const [, page = '', rest = ''] = /^#\/([a-z]*)(?:[/?](.*))?$/s.exec(location.hash) ?? [];
  const isOverview = page === '';
  overview.hidden = !isOverview;
  view.hidden = isOverview;
  if (page === 'explore') explore(rest);
  else if (page === 'artifact') artifactPage(decode(rest));
  else if (page === 'workload') workloadPage(decode(rest));
  else if (page === 'finding') findingPage(rest);
  else if (!isOverview) notFound('There is no such page.');
  markLinks(page);
  const heading = isOverview ? '' : (view.querySelector('h1')?.textContent ?? '');
  document.title = heading === '' ? title : `${heading} · ${title}`;
  if (page !== 'explore') search.value = '';
  if (isNew && location.hash !== '' && !/^#[a-z]/.test(location.hash)) {
    window.scrollTo(0, 0);
    if (document.activeElement !== search && page !== 'explore')
      document.getElementById('main').focus({ preventScroll: true });
  }
}
function markLinks(page) {
  for (const link of document.querySelectorAll('nav a')) {
    const target = link.getAttribute('href') ?? '';
    const isHere =
      target === '#/' ? page === '' : page === 'explore' && stateOf(target.split('?')[1]).show === current.show;
    if (isHere) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
}
function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

search.addEventListener('input', () => {
  const isList = location.hash.startsWith('#/explore');
  const state = { ...(isList ? current : stateOf('')), q: search.value };
  if (isList) history.replaceState(null, '', addressOf(state));
  else history.pushState(null, '', addressOf(state));
  route(false);
});
search.addEventListener('keydown', (event) => {
  const list = view.querySelector('.list[role]');
  if (event.key === 'Escape') {
    search.value = '';
    search.blur();
    if (location.hash.startsWith('#/explore')) choose({ q: '' });
  }
  if (event.key === 'Enter' || event.key === 'ArrowDown') {
    event.preventDefault();
    if (!location.hash.startsWith('#/explore')) location.hash = addressOf({ ...stateOf(''), q: search.value });
    (view.querySelector('.list[role]') ?? list)?.focus();
  }
});
document.addEventListener('keydown', (event) => {
  const isTyping = /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement?.tagName ?? '');
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping) return;
  if (event.key === '/') {
    event.preventDefault();
    search.focus();
    search.select();
  }
  if (event.key === 'Escape' && overview.hidden)
    location.hash = location.hash.startsWith('#/explore') ? '#/' : lastList;
});
// What folds on the screen is read on paper.
let closed = [];
window.addEventListener('beforeprint', () => {
  closed = [...document.querySelectorAll('details:not([open])')];
  closed.forEach((element) => (element.open = true));
});
window.addEventListener('afterprint', () => closed.forEach((element) => (element.open = false)));
window.addEventListener('addresschange', () => route(false));
window.addEventListener('hashchange', () => route());
route();
