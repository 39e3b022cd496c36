import type { ArtifactId, Reference } from '@mi-patterns/inventory';
import type { Graph } from '../graph/graph.ts';
import type { Plan } from '../model/plan.ts';
import type { EnabledTransports } from '../verdicts/proxy-service.ts';
import type { FlowDetail, FlowEdge, FlowNode } from './model.ts';
import type { Place } from './places.ts';

/** What the parts of the picture are made from. */
export interface FlowBuilder {
  readonly plan: Plan;
  readonly graph: Graph;
  readonly detail: FlowDetail;
  readonly places: readonly Place[];
  /** Position in `places` where an entry point starts its work. */
  readonly home: ReadonlyMap<ArtifactId, number>;
  readonly missing: ReadonlyMap<ArtifactId, readonly Reference[]>;
  /** Listeners that run in the servers. */
  readonly enabled: EnabledTransports;
  /** Artifacts that are drawn, by node number; undefined for all. */
  readonly only: ReadonlySet<number> | undefined;
  readonly nodes: Map<string, FlowNode>;
  readonly edges: Map<string, FlowEdge>;
}
