import { addTo, type ArtifactId } from '@mi-patterns/inventory';
import type { Graph } from '../graph/graph.ts';
import type { Plan, Workload } from '../model/plan.ts';
import type { FlowDetail, FlowWorkload } from './model.ts';
import { inText } from './words.ts';

/** A workload of the plan, or several of one kind that are drawn as one. */
export interface Place {
  readonly workload: FlowWorkload;
  readonly members: readonly Workload[];
  readonly entryPoints: readonly ArtifactId[];
}

/** Workloads of one kind that are drawn one by one. */
const mostOfOneKind = 6;

/** Where artifacts run. With the detail `groups` many stateful workloads of one kind of artifact share a place. */
export function placesOf(plan: Plan, graph: Graph, detail: FlowDetail): readonly Place[] {
  if (detail !== 'groups') return plan.workloads.map((one) => placeOf([one], one.name));
  const kindOf = (workload: Workload): string => {
    const kinds = new Set(workload.entryPoints.map((id) => graph.artifacts[graph.index.get(id) ?? -1]?.kind ?? ''));
    return kinds.size === 1 ? ([...kinds][0] ?? '') : 'several';
  };
  const byKind = new Map<string, Workload[]>();
  for (const workload of plan.workloads) {
    const key =
      workload.type === 'stateful'
        ? `${kindOf(workload)}\n${workload.recovery ?? ''}\n${workload.standby ?? ''}`
        : workload.name;
    addTo(byKind, key, workload);
  }
  return [...byKind].flatMap(([key, members]) => {
    const [kind = ''] = key.split('\n');
    return members.length <= mostOfOneKind
      ? members.map((one) => placeOf([one], one.name))
      : [
          placeOf(
            members,
            `${members.length} workloads, ${kind === 'several' ? 'several artifacts' : `one ${inText(kind)}`} each`,
          ),
        ];
  });
}

function placeOf(members: readonly Workload[], name: string): Place {
  const [first] = members;
  return {
    workload: {
      name,
      type: first?.type ?? 'stateless',
      replicas: first?.replicas ?? 1,
      ...(first?.recovery === undefined ? {} : { recovery: first.recovery }),
      ...(first?.standby === undefined ? {} : { standby: first.standby }),
      count: members.length,
    },
    members,
    entryPoints: members.flatMap(({ entryPoints }) => entryPoints),
  };
}
