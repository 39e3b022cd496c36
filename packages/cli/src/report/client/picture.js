// Part of the report that runs in the browser; html.ts joins the parts into one script.
// The picture: zoom and pan, and workloads that collapse to their names.
const picture = document.querySelector('.picture');
const sheet = picture.firstElementChild;
const svg = sheet.querySelector('svg');
const tools = document.querySelector('.picture-tools');
const [, , fullWidth, fullHeight] = svg.getAttribute('viewBox').split(' ').map(Number);

// Zoom: 1 is as wide as the page. The page scrolls until the picture is larger than its place.
const mostZoom = 8;
let zoom = 1;
/** Keeps the point under the pointer, or the middle, where it is. */
function setZoom(wanted, event) {
  const next = Math.min(mostZoom, Math.max(1, wanted));
  const frame = picture.getBoundingClientRect();
  const [x, y] = event
    ? [event.clientX - frame.left, event.clientY - frame.top]
    : [picture.clientWidth / 2, picture.clientHeight / 2];
  const before = svg.getBoundingClientRect();
  const [shareX, shareY] = [
    (x + frame.left - before.left) / before.width,
    (y + frame.top - before.top) / before.height,
  ];
  zoom = next;
  picture.classList.toggle('zoomed', zoom > 1);
  sheet.style.maxWidth = zoom > 1 ? 'none' : `${fullWidth}px`;
  sheet.style.width = `${Math.round(Math.min(picture.clientWidth, fullWidth) * zoom)}px`;
  if (zoom === 1) sheet.style.width = '';
  const after = svg.getBoundingClientRect();
  picture.scrollLeft += after.left + shareX * after.width - (x + frame.left);
  picture.scrollTop += after.top + shareY * after.height - (y + frame.top);
}
/** On a small screen the whole picture cannot be read, so it starts at its first workload at a size that can. */
function firstZoom() {
  const wanted = (0.62 * fullWidth) / Math.max(1, picture.clientWidth);
  if (picture.clientWidth < 700 && wanted > 1) {
    setZoom(wanted);
    const first = frames[0]?.element.getBoundingClientRect().left ?? 0;
    picture.scrollTo(first - sheet.getBoundingClientRect().left - 40, 0);
  }
}
const step = 1.25;
const keys = { '+': () => setZoom(zoom * step), '=': () => setZoom(zoom * step), '-': () => setZoom(zoom / step) };
picture.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const change = event.key === '0' ? () => setZoom(1) : keys[event.key];
  if (change === undefined) return;
  event.preventDefault();
  change();
});
picture.addEventListener(
  'wheel',
  (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    setZoom(zoom * Math.exp(-event.deltaY / 300), event);
  },
  { passive: false },
);
for (const button of tools.querySelectorAll('[data-zoom]'))
  button.addEventListener('click', () => {
    const change = button.dataset.zoom;
    setZoom(change === '0' ? 1 : change === '+' ? zoom * step : zoom / step);
  });

// Pan: a drag that moved is no click on what lies under it.
let drag;
picture.addEventListener('pointerdown', (event) => {
  if (event.button !== 0 || event.pointerType !== 'mouse') return;
  drag = { x: event.clientX, y: event.clientY, left: picture.scrollLeft, top: picture.scrollTop, moved: false };
});
window.addEventListener('pointermove', (event) => {
  if (drag === undefined) return;
  const [x, y] = [event.clientX - drag.x, event.clientY - drag.y];
  if (Math.abs(x) + Math.abs(y) > 4) drag.moved = true;
  if (!drag.moved) return;
  picture.classList.add('dragged');
  picture.scrollTo(drag.left - x, drag.top - y);
});
window.addEventListener('pointerup', () => {
  picture.classList.remove('dragged');
  // The click comes after this event.
  setTimeout(() => (drag = undefined));
});
picture.addEventListener(
  'click',
  (event) => {
    if (drag?.moved) {
      event.preventDefault();
      event.stopPropagation();
    }
  },
  true,
);
svg.addEventListener('dragstart', (event) => event.preventDefault());

// Folding. The places of everything are in the picture; what folds moves the workloads below it in its column up.
const boxOf = (element) => {
  const [x, y, width, height] = element.dataset.box.split(' ').map(Number);
  return { element, x, y, width, height };
};
const headHeight = (frame) => [...frame.element.children].at(-1).getAttribute('y') - frame.y + 12;
const frames = [...svg.querySelectorAll('[data-frame]')].map(boxOf);
const nodes = [...svg.querySelectorAll('[data-node]')].map(boxOf);
const lines = [...svg.querySelectorAll('path[data-ends]')].map((element) => ({
  element,
  d: element.getAttribute('d'),
}));
const words = [...svg.querySelectorAll('text[data-ends]')];
const folded = new Set();

const isAbove = (one, other) => one.y < other.y && one.x < other.x + other.width && other.x < one.x + one.width;
const saved = (frame) => (folded.has(frames.indexOf(frame)) ? frame.height - headHeight(frame) : 0);
const liftOf = (frame) => frames.reduce((sum, other) => sum + (isAbove(other, frame) ? saved(other) : 0), 0);

/** What is outside follows the workloads beside it, without one box running into the next. */
let lifts = new Map();
function liftOutside() {
  lifts = new Map();
  const columns = new Map();
  for (const node of nodes.filter(({ element }) => element.dataset.in === undefined).sort((a, b) => a.y - b.y)) {
    const middle = node.y + node.height / 2;
    const wanted = frames.reduce((sum, frame) => {
      const most = saved(frame);
      return sum + (most === 0 ? 0 : most * Math.min(1, Math.max(0, (middle - frame.y - headHeight(frame)) / most)));
    }, 0);
    const top = Math.max(node.y - wanted, columns.get(node.x) ?? -Infinity);
    columns.set(node.x, top + node.height + 12);
    lifts.set(node, node.y - top);
  }
}
/** Where a node is seen now: itself, or the frame that it is folded into. */
function placeOf(node) {
  const index = node.element.dataset.in;
  if (index === undefined) {
    const lift = lifts.get(node) ?? 0;
    return { ...node, y: node.y - lift, lift };
  }
  const frame = frames[index];
  const lift = liftOf(frame);
  return folded.has(Number(index))
    ? { ...frame, y: frame.y - lift, height: headHeight(frame), index, lift, isFolded: true }
    : { ...node, y: node.y - lift, index, lift };
}
function drawFolds() {
  liftOutside();
  for (const [index, frame] of frames.entries()) {
    const isFolded = folded.has(index);
    frame.element.setAttribute('transform', `translate(0 ${-liftOf(frame)})`);
    frame.element.querySelector('rect').setAttribute('height', isFolded ? headHeight(frame) : frame.height);
    frame.element.setAttribute('aria-expanded', String(!isFolded));
  }
  for (const node of nodes) {
    const { element } = node;
    const index = element.dataset.in;
    if (index === undefined) {
      element.setAttribute('transform', `translate(0 ${-lifts.get(node)})`);
      continue;
    }
    element.style.display = folded.has(Number(index)) ? 'none' : '';
    element.setAttribute('transform', `translate(0 ${-liftOf(frames[index])})`);
  }
  for (const { element, d } of lines) {
    const [from, to] = element.dataset.ends.split(' ').map((index) => placeOf(nodes[index]));
    const isInside = from.index !== undefined && from.index === to.index;
    const isHidden = isInside && folded.has(Number(from.index));
    element.style.display = isHidden ? 'none' : '';
    element.removeAttribute('transform');
    if (isInside) element.setAttribute('transform', `translate(0 ${-liftOf(frames[from.index])})`);
    const isMoved = !isInside && [from, to].some((end) => end.lift !== 0 || end.isFolded);
    element.setAttribute('d', !isMoved ? d : d.includes('Q') ? bentAgain(d, from, to) : curveBetween(from, to));
  }
  for (const element of words) element.style.display = folded.size === 0 ? '' : 'none';
  const lowest = (lift) =>
    Math.max(
      0,
      ...frames.map((frame) => frame.y + frame.height - (lift ? liftOf(frame) + saved(frame) : 0)),
      ...[...lifts].map(([node, its]) => node.y + node.height - (lift ? its : 0)),
    );
  const height = fullHeight - lowest(false) + lowest(true);
  svg.setAttribute('viewBox', `0 0 ${fullWidth} ${height}`);
  svg.setAttribute('height', height);
  for (const element of svg.querySelectorAll(':scope > text'))
    element.setAttribute('transform', `translate(0 ${height - fullHeight})`);
  const all = tools.querySelector('[data-fold]');
  const isAll = folded.size === frames.length;
  all.setAttribute('aria-pressed', String(isAll));
  all.textContent = isAll ? 'Expand workloads' : 'Collapse workloads';
}
/** A line that turns back keeps its way: its start follows where it comes from, all the rest follows where it leads. */
function bentAgain(d, from, to) {
  let start;
  return d.replaceAll(/([\d.]+) ([\d.]+)/g, (_, x, y) => {
    start ??= Number(y);
    const end = Math.abs(Number(y) - start) < 9 ? from : to;
    const middle = end.y + end.height / 2;
    return `${x} ${end.isFolded ? Math.min(Number(y) - end.lift, middle) : Number(y) - end.lift}`;
  });
}
function curveBetween(from, to) {
  const isBack = to.x + to.width <= from.x;
  const isAside = !isBack && to.x < from.x + from.width;
  const start = { x: isBack ? from.x : from.x + from.width, y: from.y + from.height / 2 };
  const end = { x: isBack || isAside ? to.x + to.width : to.x, y: to.y + to.height / 2 };
  const reach = Math.max(24, Math.abs(end.x - start.x) / 2);
  const [out, into] = isBack
    ? [start.x - reach, end.x + reach]
    : [start.x + reach, isAside ? end.x + reach : end.x - reach];
  return `M${start.x} ${start.y}C${out} ${start.y} ${into} ${end.y} ${end.x} ${end.y}`;
}
for (const [index, { element }] of frames.entries()) {
  element.setAttribute('role', 'button');
  element.setAttribute('tabindex', '0');
  const toggle = () => {
    if (!folded.delete(index)) folded.add(index);
    drawFolds();
  };
  element.addEventListener('click', toggle);
  element.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    toggle();
  });
}
tools.querySelector('[data-fold]').addEventListener('click', () => {
  const isAll = folded.size === frames.length;
  folded.clear();
  if (!isAll) for (const index of frames.keys()) folded.add(index);
  drawFolds();
});
tools.hidden = false;
drawFolds();
firstZoom();
