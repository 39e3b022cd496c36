import type { Flow, FlowEdge, FlowNode, Plan } from '@mi-patterns/planner';
import { escapeMarkup } from '../output/markup.ts';
import { fitText, textWidth, wrapText } from './fit.ts';
import { icons } from './icons.ts';
import { layoutFlow, podRow, podWidth } from './layout.ts';
import { type Layout, type PlacedEdge, type PlacedNode, type PlacedWorkload, type Point, sizes } from './placed.ts';
import { dangerColours, honestWords, noPodsInWords, planTitle, readFlow, signOf } from './text.ts';

export interface SvgOptions {
  /** Title and reason above the picture; left out on a page that shows them itself. */
  readonly heading: boolean;
  /** Address that a node leads to; undefined for none. */
  readonly linkOf?: (node: FlowNode) => string | undefined;
}

const margin = 28;
const ink = '#1c2733';
const soft = '#566370';

/**
 * Attributes hold the light colours, so that a viewer without styles shows them; readers with a dark screen get these.
 */
const darkStyle = `<style>@media screen and (prefers-color-scheme:dark){.mi-page{fill:#131a22}.mi-ink{fill:#e6edf3}.mi-soft{fill:#a3b1be}.mi-card{fill:#1a232d;stroke:#4a5866}.mi-stateless{fill:#14243a;stroke:#6ea8e5}.mi-stateful{fill:#2e2010;stroke:#e0a05a}.mi-pod-stateless{fill:#20426b;stroke:#6ea8e5}.mi-pod-stateful{fill:#563a15;stroke:#e0a05a}.mi-edge{stroke:#8fa0b0}.mi-head{fill:#8fa0b0}.mi-icon{stroke:#a3b1be}.mi-broken{stroke:#ff8a80}.mi-broken-text{fill:#ff8a80}.mi-risk{stroke:#e3b341}.mi-risk-text{fill:#e3b341}.mi-halo{stroke:#131a22}}</style>`;

/**
 * A flow as a picture: who calls, the workloads with their pods and what runs in them, and what is outside. A broken or
 * dangerous way has a sign, a word and a dashed line besides its colour.
 */
export function flowToSvg(flow: Flow, title: string, because: string, options: SvgOptions = { heading: true }): string {
  const layout = layoutFlow(flow);
  const width = Math.max(layout.width + 2 * margin, 560);
  const head = options.heading ? headingLines(title, because, width - 2 * margin) : [];
  const top = options.heading ? 52 + (head.length - 1) * 18 + 14 : 14;
  const foot = footer(flow, width - 2 * margin);
  const height = top + layout.height + 18 + foot.length * 17 + 12;
  const shift = (width - layout.width) / 2;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="${options.linkOf === undefined ? 'img' : 'group'}" aria-labelledby="mi-title mi-text" font-family="system-ui, 'Segoe UI', Helvetica, Arial, sans-serif">`,
    `<title id="mi-title">${escapeMarkup(title)}</title>`,
    `<desc id="mi-text">${escapeMarkup(readFlow(flow))}</desc>`,
    darkStyle,
    `<defs>${arrowHead('mi-arrow', 'mi-head', '#64748b')}${levels.map((level) => arrowHead(`mi-arrow-${level}`, `mi-${level}-text`, dangerColours[level])).join('')}</defs>`,
    `<rect class="mi-page" width="${width}" height="${height}" fill="#ffffff"/>`,
    ...head.map((line, index) =>
      index === 0
        ? `<text class="mi-ink" x="${margin}" y="38" font-size="19" font-weight="600" fill="${ink}">${escapeMarkup(line)}</text>`
        : `<text class="mi-soft" x="${margin}" y="${44 + index * 18}" font-size="13" fill="${soft}">${escapeMarkup(line)}</text>`,
    ),
    `<g transform="translate(${shift} ${top})">`,
    ...body(layout, options),
    '</g>',
    ...foot.map(
      (line, index) =>
        `<text class="mi-soft" x="${margin}" y="${top + layout.height + 30 + index * 17}" font-size="12" fill="${soft}">${escapeMarkup(line)}</text>`,
    ),
    '</svg>',
    '',
  ].join('\n');
}

const levels = ['broken', 'risk'] as const;

function arrowHead(id: string, look: string, colour: string): string {
  return `<marker id="${id}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto-start-reverse"><path class="${look}" d="M0 0L8 4L0 8z" fill="${colour}"/></marker>`;
}

/** The flow of a plan as a picture with the plan's own title and reason. */
export function planToSvg(flow: Flow, plan: Plan, options: SvgOptions = { heading: true }): string {
  return flowToSvg(flow, planTitle(plan), plan.patternBecause, options);
}

function headingLines(title: string, because: string, room: number): string[] {
  return [fitText(title, room, 19, 'bold'), ...wrapText(because, room, 13)];
}

function footer(flow: Flow, room: number): string[] {
  const dangers = [...flow.nodes, ...flow.edges].flatMap(({ danger }) => (danger === undefined ? [] : [danger.level]));
  const signs = levels.filter((level) => dangers.includes(level)).map((level) => legend[level]);
  return [...signs, ...honestWords(flow).flatMap((text) => wrapText(text, room, 12))];
}

const legend = {
  broken: '✗ fails in this plan',
  risk: '▲ works, but may lose messages or do work twice',
} as const;

function body({ workloads, nodes, edges }: Layout, options: SvgOptions): string[] {
  const marks = options.linkOf === undefined ? unmarked : marksOf({ workloads, nodes });
  const isOutside = new Set(nodes.filter(({ node }) => node.kind !== 'artifact').map(({ node }) => node.id));
  return [
    ...workloads.map((placed, index) => drawWorkload(placed, marks.frame(index))),
    ...edges.map((placed) => drawEdge(placed, marks.edge(placed))),
    ...nodes.map((placed) =>
      marked(
        linked(drawNode(placed, isOutside.has(placed.node.id)), options.linkOf?.(placed.node)),
        marks.node(placed),
      ),
    ),
    ...edges
      .filter(({ edge }) => !saidAt(edge, nodes))
      .map((placed) => edgeLabel(placed).replace('<text', `<text${marks.edge(placed)}`)),
  ];
}

/** Attributes by which a script finds the parts of the picture, to fold workloads; none in a file of its own. */
interface Marks {
  readonly frame: (index: number) => string;
  readonly node: (placed: PlacedNode) => string;
  readonly edge: (placed: PlacedEdge) => string;
}

const unmarked: Marks = { frame: () => '', node: () => '', edge: () => '' };

/** `data-box`: x, y, width, height; `data-in`: the frame of a node; `data-ends`: the nodes of a line. */
function marksOf({ workloads, nodes }: Pick<Layout, 'workloads' | 'nodes'>): Marks {
  const number = new Map(nodes.map(({ node }, index) => [node.id, index]));
  const frames = new Map(workloads.map(({ workload }, index) => [workload.name, index]));
  const box = ({ x, y, width, height }: PlacedNode | PlacedWorkload): string =>
    ` data-box="${[x, y, width, height].map((value) => Math.round(value)).join(' ')}"`;
  return {
    frame: (index) => {
      const placed = workloads[index];
      return placed === undefined ? '' : ` data-frame="${index}"${box(placed)}`;
    },
    node: (placed) => {
      const { kind, workload } = placed.node;
      const frame = kind === 'artifact' && workload !== undefined ? frames.get(workload) : undefined;
      return ` data-node="${number.get(placed.node.id)}"${box(placed)}${frame === undefined ? '' : ` data-in="${frame}"`}`;
    },
    edge: ({ edge }) => ` data-ends="${number.get(edge.from)} ${number.get(edge.to)}"`,
  };
}

function marked(text: string, marks: string): string {
  return marks === '' ? text : `<g${marks}>${text}</g>`;
}

/** True where a node at one end of an edge says the same already. */
function saidAt({ from, to, danger }: FlowEdge, nodes: readonly PlacedNode[]): boolean {
  return (
    danger !== undefined &&
    nodes.some(({ node }) => (node.id === to || node.id === from) && node.danger?.word === danger.word)
  );
}

function linked(text: string, address: string | undefined): string {
  return address === undefined ? text : `<a href="${escapeMarkup(address)}">${text}</a>`;
}

function drawWorkload({ workload, title, x, y, width, height }: PlacedWorkload, marks: string): string {
  const { type, replicas, standby, count } = workload;
  const [fill, stroke] = type === 'stateful' ? ['#fdf4e8', '#b45309'] : ['#eff5fd', '#2563a8'];
  const [pod, word] =
    type === 'stateful'
      ? ['#fbe3c4', standby === undefined ? 'one pod at a time' : 'one works, one waits']
      : ['#d6e6fa', 'scales'];
  const left = x + sizes.inset;
  const row = y + 12 + title.length * 18 + 4;
  let at = left;
  const pods = podRow(workload).map((one) => {
    const { text, is } = one;
    const box = podWidth(one);
    const start = at;
    at += box + 6;
    const [look, more] =
      is === 'standby'
        ? [`mi-standby mi-${type}`, `fill="${fill}" stroke-dasharray="4 3"`]
        : [`mi-pod-${type}`, `fill="${pod}"`];
    return is !== 'words'
      ? `<rect class="${look}" x="${start}" y="${row}" width="${box}" height="22" rx="4" ${more} stroke="${stroke}"/><text class="mi-ink" x="${start + box / 2}" y="${row + 15}" font-size="11" font-weight="600" text-anchor="middle" fill="${ink}">${text}</text>`
      : `<text class="mi-ink" x="${start + 2}" y="${row + 15}" font-size="12" fill="${ink}">${text}</text>`;
  });
  const each = count > 1 ? `${word} in each` : word;
  const note = replicas > 1 ? `${word}, spread over nodes` : each;
  return [
    `<g${marks}><rect class="mi-${type}" x="${x}" y="${y}" width="${width}" height="${height}" rx="10" fill="${fill}" stroke="${stroke}" stroke-width="1.5"${type === 'stateful' ? ' stroke-dasharray="7 3"' : ''}/>`,
    ...title.map(
      (line, index) =>
        `<text class="mi-ink" x="${left}" y="${y + 24 + index * 18}" font-size="${sizes.title}" font-weight="700" fill="${ink}">${escapeMarkup(line)}</text>`,
    ),
    ...pods,
    `<text class="mi-soft" x="${left}" y="${row + 37}" font-size="10.5" fill="${soft}">${escapeMarkup(fitText(replicas === 0 ? noPodsInWords(workload) : note, width - 2 * sizes.inset, 10.5))}</text></g>`,
  ].join('\n');
}

function drawNode({ node, label, note, danger, x, y, width, height }: PlacedNode, isOutside: boolean): string {
  const icon = icons[node.kind];
  const left = x + sizes.padding + (isOutside ? sizes.icon : 0);
  let line = y + sizes.padding + 9;
  const text = (content: string, more: string, step: number): string => {
    const drawn = `<text x="${left}" y="${line.toFixed(1)}" ${more}>${escapeMarkup(content)}</text>`;
    line += step * sizes.line;
    return drawn;
  };
  const level = node.danger?.level ?? 'risk';
  const alarmed =
    node.danger === undefined
      ? ''
      : ` class="mi-card mi-${level}" stroke="${dangerColours[level]}" stroke-width="1.5" stroke-dasharray="5 3"`;
  return [
    `<g><title>${escapeMarkup([node.note, node.label, node.danger?.word, ...node.artifacts.slice(0, 20)].filter((part) => part !== undefined && part !== '').join('\n'))}</title>`,
    `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="${isOutside ? 12 : 6}" fill="#ffffff"${alarmed === '' ? ' class="mi-card" stroke="#94a3b8"' : alarmed}/>`,
    ...(isOutside && icon !== undefined
      ? [
          `<path class="mi-icon" transform="translate(${x + sizes.padding - 2} ${y + height / 2 - 8})" d="${icon}" fill="none" stroke="#475569" stroke-width="1.3" stroke-linejoin="round" stroke-linecap="round"/>`,
        ]
      : []),
    ...note.map((content) => text(content, `class="mi-soft" font-size="${sizes.note}" fill="${soft}"`, 0.85)),
    ...label.map((content) =>
      text(content, `class="mi-ink" font-size="${sizes.label}" font-weight="600" fill="${ink}"`, 1),
    ),
    ...danger.map((content) =>
      text(
        content,
        `class="mi-${level}-text" font-size="${sizes.note}" font-weight="600" fill="${dangerColours[level]}"`,
        0.9,
      ),
    ),
    '</g>',
  ].join('');
}

function drawEdge({ edge, points, turnsBack }: PlacedEdge, marks: string): string {
  const level = edge.danger?.level;
  const [look, colour, more] =
    level === undefined
      ? ['mi-edge', '#64748b', 'stroke-width="1.3" marker-end="url(#mi-arrow)"']
      : [
          `mi-${level}`,
          dangerColours[level],
          `stroke-width="1.8" stroke-dasharray="6 4" marker-end="url(#mi-arrow-${level})"`,
        ];
  return `<path${marks} class="${look}" d="${turnsBack === true ? corners(points) : curve(points)}" fill="none" stroke="${colour}" ${more}/>`;
}

const coordinates = ({ x, y }: Point): string => `${x.toFixed(1)} ${y.toFixed(1)}`;

/** Straight lines through all points, with round corners. */
function corners(points: readonly Point[]): string {
  const towards = (from: Point, to: Point, most: number): Point => {
    const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
    const share = Math.min(most, length / 2) / length;
    return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
  };
  return points
    .map((point, index) => {
      const [before, after] = [points[index - 1], points[index + 1]];
      if (before === undefined) return `M${coordinates(point)}`;
      if (after === undefined) return `L${coordinates(point)}`;
      return `L${coordinates(towards(point, before, 8))}Q${coordinates(point)} ${coordinates(towards(point, after, 8))}`;
    })
    .join('');
}

/** A line through all points that leaves and arrives sideways. */
function curve(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (first === undefined) return '';
  let from = first;
  const steps = rest.map((to) => {
    if (to.y === from.y) {
      from = to;
      return `L${coordinates(to)}`;
    }
    const reach = Math.max(10, Math.abs(to.x - from.x) / 2) * (to.x < from.x ? -1 : 1);
    const step = `C${coordinates({ x: from.x + reach, y: from.y })} ${coordinates({ x: to.x - reach, y: to.y })} ${coordinates(to)}`;
    from = to;
    return step;
  });
  return `M${coordinates(first)}${steps.join('')}`;
}

function labelOf(edge: FlowEdge): string {
  if (edge.danger === undefined) return edge.label;
  return `${signOf(edge.danger)} ${edge.danger.word}`;
}

/** Words on a line, with a halo so that they can be read over it. */
function edgeLabel({ edge, points }: PlacedEdge): string {
  const label = labelOf(edge);
  const [start, end] = [points[0], points.at(-1)];
  if (label === '' || start === undefined || end === undefined) return '';
  const level = edge.danger?.level;
  const at = Math.floor((points.length - 1) / 2);
  const [before, after] = [points[at] ?? start, points[at + 1] ?? end];
  const x = (before.x + after.x) / 2;
  const y = (before.y + after.y) / 2;
  if (level === undefined && textWidth(label, 10.5) > Math.abs(end.x - start.x)) return '';
  const [look, colour] = level === undefined ? ['mi-soft', soft] : [`mi-${level}-text`, dangerColours[level]];
  return `<text class="${look} mi-halo" x="${x.toFixed(1)}" y="${(y - 3).toFixed(1)}" font-size="10.5"${level === undefined ? '' : ' font-weight="600"'} text-anchor="middle" fill="${colour}" stroke="#ffffff" stroke-width="3" paint-order="stroke">${escapeMarkup(label)}</text>`;
}
