import type { Plan, Workload } from '@mi-patterns/planner';
import { counted } from '../output/counted.ts';

/** Entry points shown in one box of a diagram; the rest is a number. */
const shownEntryPoints = 8;

/** The lines that every diagram writes into the box of a workload. */
export function workloadLines(workload: Workload): {
  readonly heading: string;
  readonly pods: string;
  readonly entryPoints: readonly string[];
} {
  const rest = workload.entryPoints.length - shownEntryPoints;
  return {
    heading: workload.name,
    pods:
      workload.replicas === 1
        ? workload.type === 'stateful'
          ? '1 pod, never two at work'
          : '1 pod'
        : `${workload.replicas} pods`,
    entryPoints: [...workload.entryPoints.slice(0, shownEntryPoints), ...(rest > 0 ? [`and ${rest} more`] : [])],
  };
}

/** `coordinated: 3 workloads, 5 pods`. */
export function planTitle({
  pattern,
  workloads,
}: Pick<Plan, 'pattern'> & {
  readonly workloads: readonly { readonly replicas: number; readonly autoscaled?: boolean }[];
}): string {
  const pods = workloads.reduce((sum, workload) => sum + workload.replicas, 0);
  return `${pattern}: ${counted(workloads.length, 'workload')}, ${workloads.some(({ autoscaled }) => autoscaled === true) ? 'at least ' : ''}${counted(pods, 'pod')}`;
}

/** True where requests from outside reach a workload: it has an API, a proxy service, a data service or a port of its own. */
export function servesRequests(workload: Workload): boolean {
  return (
    workload.type === 'stateless' &&
    (workload.ports.length > 0 || workload.entryPoints.some((id) => /^(api|proxy-service|data-service)\//.test(id)))
  );
}
