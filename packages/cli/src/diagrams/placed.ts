import type { FlowEdge, FlowNode, FlowWorkload } from '@mi-patterns/planner';

/** Pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A node with its place and the lines that fit into it. */
export interface PlacedNode extends Box {
  readonly node: FlowNode;
  readonly label: readonly string[];
  readonly note: readonly string[];
  readonly danger: readonly string[];
}

export interface PlacedWorkload extends Box {
  readonly workload: FlowWorkload;
  readonly title: readonly string[];
}

export interface PlacedEdge {
  readonly edge: FlowEdge;
  /** It leads back to a workload, through the gaps between boxes, with right angles. */
  readonly turnsBack?: true;
  readonly points: readonly Point[];
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly PlacedNode[];
  readonly workloads: readonly PlacedWorkload[];
  readonly edges: readonly PlacedEdge[];
}

/** Sizes in pixels that layout and drawing share. */
export const sizes = {
  label: 12.5,
  note: 10.5,
  line: 16,
  icon: 22,
  padding: 9,
  title: 14,
  /** Row of pods below the title of a workload. */
  pods: 34,
  inset: 14,
} as const;

/** A workload with what runs in it, placed from its own upper left corner. */
export interface Inner extends Pick<Box, 'width' | 'height'> {
  readonly workload: FlowWorkload;
  readonly title: readonly string[];
  readonly nodes: ReadonlyMap<string, PlacedNode>;
  readonly points: ReadonlyMap<string, readonly Point[]>;
}

/** The column of workloads and what is outside, each a box. */
export interface Outer extends Pick<Box, 'width' | 'height'> {
  readonly boxes: ReadonlyMap<string, Box>;
  readonly points: ReadonlyMap<string, readonly Point[]>;
  /** Lines that lead back to the column of workloads, each with the number of its lane. */
  readonly back: ReadonlyMap<string, number>;
}
