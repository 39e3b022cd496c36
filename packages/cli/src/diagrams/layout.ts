import { addTo } from '@mi-patterns/inventory';
import type { Flow, FlowNode, FlowWorkload } from '@mi-patterns/planner';
import { graphlib, layout as arrange } from '@dagrejs/dagre';
import { type Item, packColumns } from './columns.ts';
import { textWidth, wrapText } from './fit.ts';
import {
  type Box,
  type Inner,
  type Layout,
  type Outer,
  type PlacedNode,
  type PlacedWorkload,
  type Point,
  sizes,
} from './placed.ts';
import { placeEdge } from './routes.ts';
import { signOf } from './text.ts';

const mostText = 190;
const margin = 8;

/**
 * Places a flow from left to right: who calls, the workloads, what is outside. Each workload is laid out by itself and
 * then counts as one node of the whole, so that its frame holds just what runs in it. The same flow gives the same
 * layout.
 */
export function layoutFlow(flow: Flow): Layout {
  const sized = new Map(flow.nodes.map((node) => [node.id, sizeOf(node)]));
  const placeOf = new Map(
    flow.nodes.flatMap(({ id, kind, workload }) =>
      kind === 'artifact' && workload !== undefined ? [[id, workload] as const] : [],
    ),
  );
  const inner = new Map(
    flow.workloads.map((workload) => [workload.name, layoutWorkload(workload, flow, sized, placeOf)]),
  );
  const outer = layoutOuter(flow, sized, placeOf, inner);
  const nodes = new Map<string, PlacedNode>();
  const workloads: PlacedWorkload[] = [];
  for (const [name, { workload, title, nodes: own, points }] of inner) {
    const at = outer.boxes.get(`workload:${name}`);
    if (at === undefined) continue;
    workloads.push({ workload, title, ...at });
    for (const [id, node] of own) {
      // What stands alone in its row takes all of it, so that lines to the outside start at the frame.
      const width = points.size === 0 ? at.width - 2 * sizes.inset : node.width;
      nodes.set(id, { ...node, x: node.x + at.x, y: node.y + at.y, width });
    }
  }
  for (const [id, node] of sized) {
    const at = outer.boxes.get(id);
    if (at !== undefined) nodes.set(id, { ...node, ...at });
  }
  return {
    width: Math.ceil(outer.width),
    height: Math.ceil(outer.height),
    nodes: [...nodes.values()],
    workloads,
    edges: flow.edges.flatMap((edge) => placeEdge(edge, nodes, placeOf, { inner, outer })),
  };
}

function sizeOf(node: FlowNode): PlacedNode {
  const isOutside = node.kind !== 'artifact';
  const label = wrapText(node.label, mostText, sizes.label, 'bold');
  const note = node.note === '' ? [] : wrapText(node.note, mostText, sizes.note);
  const danger =
    node.danger === undefined
      ? []
      : wrapText(`${signOf(node.danger)} ${node.danger.word}`, mostText, sizes.note, 'bold');
  const text = Math.max(
    ...label.map((line) => textWidth(line, sizes.label, 'bold')),
    ...note.map((line) => textWidth(line, sizes.note)),
    ...danger.map((line) => textWidth(line, sizes.note, 'bold')),
  );
  return {
    node,
    label,
    note,
    danger,
    x: 0,
    y: 0,
    width: Math.ceil(Math.max(64, text) + 2 * sizes.padding + (isOutside ? sizes.icon : 0)),
    height: Math.ceil((label.length + note.length * 0.85 + danger.length * 0.9) * sizes.line + 2 * sizes.padding - 2),
  };
}

/** What runs in one workload: entry points to the left, what ends the way to the right. */
function layoutWorkload(
  workload: FlowWorkload,
  flow: Flow,
  sized: ReadonlyMap<string, PlacedNode>,
  placeOf: ReadonlyMap<string, string>,
): Inner {
  const isHere = (id: string): boolean => placeOf.get(id) === workload.name;
  const own = [...sized].filter(([id]) => isHere(id));
  const edges = flow.edges.filter(({ from, to }) => isHere(from) && isHere(to));
  const graph = graphOf(own, edges, {
    entered: new Set(flow.edges.flatMap(({ from, to }) => (isHere(from) ? [] : [to]))),
    left: new Set(flow.edges.flatMap(({ from, to }) => (isHere(to) ? [] : [from]))),
  });
  const placed = edges.length === 0 ? stacked(own) : boxesOf(graph, own);
  const right = Math.max(0, ...[...placed.values()].map(({ x, width }) => x + width));
  // Lines that lead around nodes need room too.
  const routes = edges.length === 0 ? new Map<string, readonly Point[]>() : pointsOf(graph, { x: 0, y: 0 });
  const turns = [
    ...edges.flatMap(({ from, to }) => routes.get(`${from}\n${to}`) ?? []),
    ...own.flatMap(([id]) => [`\nstart\n${id}`, `${id}\n\nend`].flatMap((key) => routes.get(key)?.slice(1, -1) ?? [])),
  ];
  const bottom = Math.max(
    0,
    ...[...placed.values()].map(({ y, height }) => y + height),
    ...turns.map(({ y }) => y + 2),
  );
  const left = Math.min(...[...placed.values()].map(({ x }) => x), right);
  const top = Math.min(...[...placed.values()].map(({ y }) => y), ...turns.map(({ y }) => y - 2), bottom);
  const pods = podRow(workload).reduce((sum, pod) => sum + podWidth(pod) + 6, 0);
  const content = Math.max(right - left, pods, 150);
  const title = wrapText(workload.name, Math.max(content, 170), sizes.title, 'bold');
  const head = 12 + title.length * 18 + sizes.pods + 18;
  const shift = { x: sizes.inset - left, y: head - top };
  const width = Math.max(content, ...title.map((line) => textWidth(line, sizes.title, 'bold'))) + 2 * sizes.inset;
  return {
    workload,
    title,
    width,
    height: head + (bottom - top) + sizes.inset,
    nodes: new Map(
      own.map(([id, node]) => {
        const box = placed.get(id) ?? node;
        return [id, { ...node, ...box, x: box.x + shift.x, y: box.y + shift.y }];
      }),
    ),
    points: edges.length === 0 ? new Map<string, readonly Point[]>() : pointsOf(graph, shift),
  };
}

/**
 * The nodes of a workload with the ways between them. One that is entered from outside or left gets a way of its own
 * between the nodes, not behind them.
 */
function graphOf(
  own: readonly (readonly [string, PlacedNode])[],
  edges: Flow['edges'],
  outside: { readonly entered: ReadonlySet<string>; readonly left: ReadonlySet<string> },
): ReturnType<typeof newGraph> {
  const graph = newGraph({ rankdir: 'LR', nodesep: 16, ranksep: edges.some(({ label }) => label !== '') ? 66 : 44 });
  for (const [id, { width, height }] of own) graph.setNode(id, { width, height });
  for (const { from, to } of edges) graph.setEdge(from, to, { weight: 1 });
  for (const end of ['start', 'end']) graph.setNode(`\n${end}`, { width: 0, height: 0 });
  const [entered, left] = [new Set(edges.map(({ to }) => to)), new Set(edges.map(({ from }) => from))];
  for (const [id] of own) {
    const [isFirst, isLast] = [!entered.has(id), !left.has(id)];
    if (isFirst || outside.entered.has(id)) graph.setEdge('\nstart', id, { weight: isFirst ? 6 : 1 });
    if (isLast || outside.left.has(id)) graph.setEdge(id, '\nend', { weight: isLast ? 6 : 1 });
  }
  return graph;
}

/** Nodes without a way between them stand below each other in their order, equally wide. */
function stacked(nodes: readonly (readonly [string, PlacedNode])[]): Map<string, Box> {
  const width = Math.max(0, ...nodes.map(([, node]) => node.width));
  let y = 0;
  return new Map(
    nodes.map(([id, { height }]) => {
      const box = { x: 0, y, width, height };
      y += height + 14;
      return [id, box];
    }),
  );
}

/**
 * Names of the pods that are drawn, as in WSO2's own pictures; the last says how many there are where they are too
 * many.
 */
export function podRow({ replicas, standby, count }: FlowWorkload): readonly DrawnPod[] {
  const waiting = standby === undefined ? [] : [{ text: `POD ${replicas + 1} waits`, is: 'standby' } as const];
  const pod = (number: number): DrawnPod => ({ text: `POD ${number}`, is: 'working' });
  const words = (text: string): DrawnPod => ({ text, is: 'words' });
  if (count > 1) return [pod(1), ...(waiting.length > 0 ? waiting : [pod(1)]), words(`× ${count}`)];
  if (replicas <= 5) return [...Array.from({ length: replicas }, (_, index) => pod(index + 1)), ...waiting];
  return [pod(1), pod(2), pod(3), words('…'), pod(replicas), ...waiting];
}

/** A pod in the row of its workload, or words between pods. */
export interface DrawnPod {
  readonly text: string;
  readonly is: 'working' | 'standby' | 'words';
}

/** Pixels that a pod, or words in its place, takes in the row of pods. */
export function podWidth({ text, is }: DrawnPod): number {
  return is !== 'words' ? Math.ceil(textWidth(text, 11, 'bold')) + 14 : Math.ceil(textWidth(text, 12)) + 4;
}

function layoutOuter(
  flow: Flow,
  sized: ReadonlyMap<string, PlacedNode>,
  placeOf: ReadonlyMap<string, string>,
  inner: ReadonlyMap<string, Inner>,
): Outer {
  const graph = newGraph({ rankdir: 'LR', nodesep: 26, ranksep: 48, marginx: margin, marginy: margin });
  const boxes: (readonly [string, Pick<Box, 'width' | 'height'>])[] = [
    ...[...sized].filter(([id]) => !placeOf.has(id)),
    ...[...inner].map(([name, box]) => [`workload:${name}`, box] as const),
  ];
  for (const [id, { width, height }] of boxes) graph.setNode(id, { width, height });
  const at = (id: string): string => (placeOf.has(id) ? `workload:${placeOf.get(id) ?? ''}` : id);
  const back = leadingBack(flow, at);
  for (const { from, to } of flow.edges) {
    if (at(from) === at(to) || back.has(`${at(from)}\n${at(to)}`)) continue;
    const known = graph.edge(at(from), at(to)) as { weight: number } | undefined;
    graph.setEdge(at(from), at(to), { weight: (known?.weight ?? 0) + 1 });
  }
  // Workloads that nobody calls stand below each other with the others, not at the very left.
  graph.setNode('\nstart', { width: 0, height: 0 });
  const hasService = flow.nodes.some(({ kind }) => kind === 'service');
  const depth = 1 + Number(hasService) + Number(sized.has('gateway'));
  if (sized.has('clients')) graph.setEdge('\nstart', 'clients', { weight: 0, minlen: 1 });
  for (const name of inner.keys())
    graph.setEdge('\nstart', `workload:${name}`, { weight: 0, minlen: depth + (sized.has('clients') ? 1 : 0) });
  const centred = boxesOf(graph, boxes);
  const isUpsideDown = isInLowerHalf(packBoxes(graph, centred).placed);
  const heights = heightsInWorkload(flow, placeOf, inner);
  const { placed: packed, points } = packBoxes(graph, inOrder(centred, heights, isUpsideDown));
  const placed = aligned(packed);
  const all = [...placed.values()];
  // The helper node leaves a gap at the left.
  const left = margin - Math.min(...all.map(({ x }) => x));
  const top = margin - Math.min(...all.map(({ y }) => y));
  const bottom = margin + Math.max(...all.map(({ y, height }) => y + height));
  const moved = new Map(
    [...placed].map(([id, box]) => [
      id,
      { ...box, x: box.x + left, y: isUpsideDown ? bottom - box.y - box.height : box.y + top },
    ]),
  );
  return {
    width: Math.max(...[...moved.values()].map(({ x, width }) => x + width)) + margin,
    height: Math.max(...[...moved.values()].map(({ y, height }) => y + height)) + margin,
    boxes: moved,
    back,
    points: new Map(
      [...points].map(([key, list]) => [
        key,
        list.map(({ x, y }) => ({ x: x + left, y: isUpsideDown ? bottom - y : y + top })),
      ]),
    ),
  };
}

/**
 * Lines from a workload, or from what one feeds, to another workload. The column of workloads would fall apart if they
 * counted: a queue that one workload fills and another reads would push the reader far to the right of everything.
 */
function leadingBack({ nodes, edges }: Flow, at: (id: string) => string): ReadonlyMap<string, number> {
  const isWorkload = (id: string): boolean => id.startsWith('workload:');
  const isEntrance = new Set(
    nodes.flatMap(({ id, kind }) => (['clients', 'gateway', 'service'].includes(kind) ? [id] : [])),
  );
  const fed = new Set(edges.map(({ from }) => at(from)).filter(isWorkload));
  for (const start of fed)
    for (const { from, to } of edges)
      if (at(from) === start && !isWorkload(at(to)) && !isEntrance.has(to)) fed.add(at(to));
  const keys = edges
    .map(({ from, to }) => [at(from), at(to)] as const)
    .filter(([from, to]) => from !== to && fed.has(from) && isWorkload(to))
    .map((ends) => ends.join('\n'));
  return new Map([...new Set(keys)].map((key, lane) => [key, lane % 4]));
}

/** For what is linked to one workload only: that workload, and how far down in it. */
type Heights = ReadonlyMap<string, { readonly workload: string; readonly middle: number }>;

function heightsInWorkload(
  { edges }: Flow,
  placeOf: ReadonlyMap<string, string>,
  inner: ReadonlyMap<string, Inner>,
): Heights {
  const met = new Map<string, { readonly workload: string; readonly middle: number }[]>();
  for (const { from, to } of edges)
    for (const [id, other] of [
      [from, to],
      [to, from],
    ] as const) {
      const workload = placeOf.get(other);
      const node = workload === undefined ? undefined : inner.get(workload)?.nodes.get(other);
      if (workload === undefined || node === undefined || placeOf.has(id)) continue;
      addTo(met, id, { workload, middle: node.y + node.height / 2 });
    }
  return new Map(
    [...met].flatMap(([id, [first, ...others]]) => {
      if (first === undefined || others.some(({ workload }) => workload !== first.workload)) return [];
      const sum = others.reduce((all, { middle }) => all + middle, first.middle);
      return [[id, { workload: first.workload, middle: sum / (others.length + 1) }] as const];
    }),
  );
}

/** What one workload alone is linked to stands in the order of the artifacts there, so that lines do not cross. */
function inOrder(boxes: ReadonlyMap<string, Box>, heights: Heights, isUpsideDown: boolean): ReadonlyMap<string, Box> {
  const groups = new Map<string, string[]>();
  for (const [id, box] of boxes) {
    const height = heights.get(id);
    if (height !== undefined) addTo(groups, `${height.workload}\n${Math.round(box.x + box.width / 2)}`, id);
  }
  const changed = new Map(boxes);
  const middleOf = (id: string): number => (heights.get(id)?.middle ?? 0) * (isUpsideDown ? -1 : 1);
  const middleAt = ({ y, height }: Box): number => y + height / 2;
  for (const ids of groups.values()) {
    const middles = ids
      .flatMap((id) => boxes.get(id) ?? [])
      .map(middleAt)
      .toSorted((a, b) => a - b);
    for (const [position, id] of ids.toSorted((a, b) => middleOf(a) - middleOf(b)).entries()) {
      const box = boxes.get(id);
      const middle = middles[position];
      if (box !== undefined && middle !== undefined) changed.set(id, { ...box, y: middle - box.height / 2 });
    }
  }
  return changed;
}

/** The boxes without holes between them, and for each line that passes columns the points there. */
function packBoxes(
  graph: Graph,
  boxes: ReadonlyMap<string, Box>,
): { readonly placed: ReadonlyMap<string, Box>; readonly points: ReadonlyMap<string, readonly Point[]> } {
  const items: Item[] = [...boxes].map(([id, box]) => ({
    id,
    column: Math.round(box.x + box.width / 2),
    y: box.y + box.height / 2,
    height: box.height,
  }));
  const columns = new Set(items.map(({ column }) => column));
  const links: [string, string][] = [];
  const passing = new Map<string, Item[]>();
  for (const [key, points] of pointsOf(graph, { x: 0, y: 0 })) {
    const [from = '', to = ''] = key.split('\n');
    if (!boxes.has(from) || !boxes.has(to)) continue;
    const inner = points
      .slice(1, -1)
      .map(({ x, y }, index) => ({ id: `${key}\n${index}`, column: Math.round(x), y, height: 6 }))
      .filter(({ column }) => columns.has(column));
    passing.set(key, inner);
    const chain = [from, ...inner.map(({ id }) => id), to];
    for (const [index, id] of chain.slice(1).entries()) links.push([chain[index] ?? from, id]);
  }
  const middles = packColumns([...items, ...[...passing.values()].flat()], links, 24);
  const at = (id: string): number => middles.get(id) ?? 0;
  return {
    placed: new Map([...boxes].map(([id, box]) => [id, { ...box, y: at(id) - box.height / 2 }])),
    points: new Map([...passing].map(([key, list]) => [key, list.map(({ id, column }) => ({ x: column, y: at(id) }))])),
  };
}

/**
 * Workloads, and what is outside, start in each column at the same line, and are equally wide where they nearly are.
 */
function aligned(boxes: ReadonlyMap<string, Box>): ReadonlyMap<string, Box> {
  const columns = new Map<string, [string, Box][]>();
  for (const [id, box] of boxes) {
    const column = `${id.startsWith('workload:')} ${Math.round(box.x + box.width / 2)}`;
    addTo(columns, column, [id, box]);
  }
  const changed = new Map(boxes);
  for (const column of columns.values()) {
    const x = Math.min(...column.map(([, box]) => box.x));
    const widest = Math.max(...column.map(([, box]) => box.width));
    for (const [id, box] of column)
      changed.set(id, { ...box, x, width: widest < box.width * 1.5 ? widest : box.width });
  }
  return changed;
}

/** The way that clients take is read first, so it belongs to the top. */
function isInLowerHalf(boxes: ReadonlyMap<string, Box>): boolean {
  const first = boxes.get('workload:integration') ?? boxes.get('clients');
  if (first === undefined) return false;
  const all = [...boxes.values()];
  const top = Math.min(...all.map(({ y }) => y));
  const bottom = Math.max(...all.map(({ y, height }) => y + height));
  return first.y - top > bottom - first.y - first.height;
}

type Graph = InstanceType<typeof graphlib.Graph>;

function newGraph(options: object): Graph {
  const graph = new graphlib.Graph({ multigraph: false });
  graph.setGraph(options);
  return graph;
}

/** Runs the layout; answers boxes by their upper left corner. */
function boxesOf(graph: Graph, boxes: Iterable<readonly [string, Pick<Box, 'width' | 'height'>]>): Map<string, Box> {
  arrange(graph);
  return new Map(
    [...boxes].map(([id, { width, height }]) => {
      const { x, y } = graph.node(id) as Point;
      return [id, { x: x - width / 2, y: y - height / 2, width, height }];
    }),
  );
}

function pointsOf(graph: Graph, shift: Point): Map<string, readonly Point[]> {
  return new Map(
    graph.edges().map(({ v, w }: { readonly v: string; readonly w: string }) => {
      const { points = [] } = graph.edge(v, w) as { points?: readonly Point[] };
      return [`${v}\n${w}`, points.map(({ x, y }) => ({ x: x + shift.x, y: y + shift.y }))];
    }),
  );
}
