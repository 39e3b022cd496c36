import type { Cost } from '@mi-patterns/planner';
import { duration } from './units.ts';

/** Workloads that are away equally long for the same reason. */
export interface EqualDowntime extends Omit<Cost['downtime'][number], 'workload'> {
  readonly workloads: readonly string[];
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

/** How long a workload is away when its node is lost, or which share of its requests fails meanwhile. */
export function nodeLossInWords({ nodeLoss, waitsForNode, requestsFail }: EqualDowntime): string {
  if (waitsForNode === true) return 'until the node is back';
  if (requestsFail === undefined) return duration(nodeLoss);
  const requests = `1 of ${requestsFail.oneOf} requests fails for up to ${duration(requestsFail.seconds)}`;
  return nodeLoss === 0 ? requests : `${duration(nodeLoss)}, and ${requests}`;
}

/** The sentences of one event, each with the workloads that it is true of. */
export function foldSentences(
  rows: Cost['downtime'],
  event: 'cutOff' | 'imageChange',
): readonly { readonly workloads: readonly string[]; readonly sentence: string }[] {
  const sentences = [...new Set(rows.map((row) => row[event]))];
  return sentences.map((sentence) => ({
    sentence,
    workloads: rows.filter((row) => row[event] === sentence).map(({ workload }) => workload),
  }));
}

/** The names of workloads in one cell. */
export function namesInWords(workloads: readonly string[]): string {
  return workloads.length > 3 ? `${workloads[0]} and ${workloads.length - 1} more` : workloads.join(', ');
}
