import type { Cost } from '@mi-patterns/planner';

/** Workloads that are away equally long for the same reason. */
export interface EqualDowntime {
  readonly workloads: readonly string[];
  readonly podLoss: number;
  readonly nodeLoss: number;
  readonly because: string;
}

/** The downtime of a plan, one row for all workloads that have the same, in the order of the plan. Times in seconds. */
export function foldDowntime(rows: Cost['downtime']): readonly EqualDowntime[] {
  const folded = new Map<string, { workloads: string[] } & Omit<EqualDowntime, 'workloads'>>();
  for (const { workload, ...times } of rows) {
    const key = JSON.stringify(times);
    const known = folded.get(key);
    if (known === undefined) folded.set(key, { workloads: [workload], ...times });
    else known.workloads.push(workload);
  }
  return [...folded.values()];
}
