import { assumptions } from '../cost/cost.ts';
import type { PlanDiagnostic } from '../model/plan.ts';
import type { PlanContext } from './context.ts';
import { finding } from '../findings/finding.ts';

/**
 * Isolated workloads that a team still oversees; each is a server of its own that has to be updated, watched and paid
 * for.
 */
const mostWorkloads = 20;

/** A plan of very many servers is seldom what somebody wants: tells what fewer would take. */
export function manyWorkloads(context: PlanContext): PlanDiagnostic[] {
  const isolated = context.workloads.filter(({ type }) => type === 'stateful');
  if (!context.divided || isolated.length <= mostWorkloads) return [];
  const scaled = context.workloads.reduce((sum, { type, replicas }) => sum + (type === 'stateful' ? 0 : replicas), 0);
  const kinds = [...context.graph.deployedByKind.values()].filter((nodes) =>
    nodes.some((node) => context.stateful[node] === 1),
  ).length;
  const gibibytes = Math.round(((scaled + isolated.length) * assumptions.memoryPerPod) / 1024);
  return [
    finding('MI-PLAN-MANY-WORKLOADS', {
      message: `${isolated.length} stateful artifacts or groups get a server of their own: ${scaled + isolated.length} working pods with about ${gibibytes} GiB. Each standby needs as much again.`,
      hint: `Let artifacts share a pod if restarting together does no harm: --isolate one needs ${scaled + 1} working ${scaled === 0 ? 'pod' : 'pods'}; a group for each kind of artifact (--isolate FILE) needs about ${scaled + kinds}.`,
    }),
  ];
}
