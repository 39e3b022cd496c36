import type { FlowEdge } from '@mi-patterns/planner';
import { type Box, type Inner, type Outer, type PlacedEdge, type PlacedNode, type Point, sizes } from './placed.ts';

/** An edge as a line between two placed boxes: inside of a workload, from column to column, or back to a workload. */
export function placeEdge(
  edge: FlowEdge,
  nodes: ReadonlyMap<string, PlacedNode>,
  placeOf: ReadonlyMap<string, string>,
  { inner, outer }: { readonly inner: ReadonlyMap<string, Inner>; readonly outer: Outer },
): PlacedEdge[] {
  const [from, to] = [nodes.get(edge.from), nodes.get(edge.to)];
  if (from === undefined || to === undefined) return [];
  const [fromPlace, toPlace] = [placeOf.get(edge.from), placeOf.get(edge.to)];
  const isInner = fromPlace !== undefined && fromPlace === toPlace;
  const key = isInner
    ? `${edge.from}\n${edge.to}`
    : `${fromPlace === undefined ? edge.from : `workload:${fromPlace}`}\n${toPlace === undefined ? edge.to : `workload:${toPlace}`}`;
  const frame = isInner ? outer.boxes.get(`workload:${fromPlace}`) : undefined;
  const known = (isInner ? inner.get(fromPlace)?.points : outer.points)?.get(key) ?? [];
  // Inside of a workload the first and the last two points belong to the boxes; the ones between lead around others.
  const between = (isInner ? known.slice(2, -2) : known).map(({ x, y }) => ({
    x: x + (frame?.x ?? 0),
    y: y + (frame?.y ?? 0),
  }));
  const lane = isInner ? undefined : outer.back.get(key);
  if (lane !== undefined) return [turningBack(edge, { from, to, lane }, { inner, outer, fromPlace, toPlace })];
  const isBack = to.x + to.width <= from.x;
  const start = { x: isBack ? from.x : from.x + from.width, y: from.y + from.height / 2 };
  const end = { x: isBack ? to.x + to.width : to.x, y: to.y + to.height / 2 };
  if (isInner || isBack) return [{ edge, points: [start, ...(isBack ? [] : between), end] }];
  const leaving = wayOut(edge.from, fromPlace, start, { inner, outer });
  const arriving = wayIn(edge.to, toPlace, end, { inner, outer });
  return [{ edge, points: [start, ...leaving, ...between, ...arriving, end] }];
}

type Layers = { readonly inner: ReadonlyMap<string, Inner>; readonly outer: Outer };

/** Out of its box, along the gap above the workload it leads to, and into it from the left as every other line. */
function turningBack(
  edge: FlowEdge,
  { from, to, lane }: { readonly from: PlacedNode; readonly to: PlacedNode; readonly lane: number },
  {
    fromPlace,
    toPlace,
    ...layers
  }: Layers & { readonly fromPlace: string | undefined; readonly toPlace: string | undefined },
): PlacedEdge {
  const source = frameOf(fromPlace, layers.outer);
  const target = frameOf(toPlace, layers.outer) ?? to;
  const start = {
    x: source === undefined ? from.x : from.x + from.width,
    y: from.y + from.height * (source === undefined ? 0.75 : 0.5),
  };
  const gutter = (source === undefined ? from.x - 14 : rightOf(source, layers.outer) + 14) - lane * 6;
  const gap = target.y - 9 - lane * 3;
  const left = target.x - 16 - lane * 5;
  const end = { x: to.x, y: to.y + to.height / 2 };
  const into = wayIn(edge.to, toPlace, end, layers).slice(1);
  const level = into[0]?.y ?? end.y;
  const points = [
    start,
    { x: gutter, y: start.y },
    { x: gutter, y: gap },
    { x: left, y: gap },
    { x: left, y: level },
    ...into,
    end,
  ];
  return { edge, points, turnsBack: true };
}

/** From a node between the others straight out of its frame, so that no line crosses another workload on the way. */
function wayOut(id: string, place: string | undefined, start: Point, { inner, outer }: Layers): readonly Point[] {
  const frame = frameOf(place, outer);
  if (place === undefined || frame === undefined) return [];
  const own = inner.get(place);
  const right = (own?.width ?? 0) - sizes.inset;
  const inside = (own?.points.get(`${id}\n\nend`) ?? []).slice(1, -1).filter(({ x }) => x <= right);
  const points = inside.map(({ x, y }) => ({ x: x + frame.x, y: y + frame.y }));
  return [...points, { x: rightOf(frame, outer) + 4, y: points.at(-1)?.y ?? start.y }];
}

/** The same from the frame to a node in it. */
function wayIn(id: string, place: string | undefined, end: Point, { inner, outer }: Layers): readonly Point[] {
  const frame = frameOf(place, outer);
  if (place === undefined || frame === undefined) return [];
  const inside = (inner.get(place)?.points.get(`\nstart\n${id}`) ?? [])
    .slice(1, -1)
    .filter(({ x }) => x >= sizes.inset);
  const points = inside.map(({ x, y }) => ({ x: x + frame.x, y: y + frame.y }));
  return [{ x: frame.x - 4, y: points[0]?.y ?? end.y }, ...points];
}

function frameOf(place: string | undefined, outer: Outer): Box | undefined {
  return place === undefined ? undefined : outer.boxes.get(`workload:${place}`);
}

/** The right edge of the widest workload in the column of a frame: beyond it a line meets no other one. */
function rightOf({ x }: Box, { boxes }: Outer): number {
  const column = [...boxes].filter(([id, box]) => id.startsWith('workload:') && box.x === x);
  return Math.max(...column.map(([, box]) => box.x + box.width));
}
