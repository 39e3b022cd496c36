import { packageManifest } from '@mi-patterns/inventory';
import { deployedByWorkload, type Plan, type PlannedDelivery } from '@mi-patterns/planner';
import type { PackagedSet } from './packaged-set.ts';

/**
 * The document of `delivery.json`: which server deploys what, and every file with its digest. What all servers deploy
 * stands once, under `shared`: with roles that is every stateless artifact.
 */
export function manifestOf(
  plan: Plan,
  delivery: PlannedDelivery,
  sets: readonly PackagedSet[],
  files: readonly object[],
): object {
  const deployed = deployedByWorkload(delivery, plan);
  const [first] = deployed.values();
  const isShared = first !== undefined && delivery.mode === 'roles';
  const sorted = (list: readonly { readonly artifact: string }[]): string[] =>
    [...new Set(list.map(({ artifact }) => artifact))].toSorted((a, b) => (a < b ? -1 : 1));
  return {
    madeBy: packageManifest.madeBy,
    mode: delivery.mode,
    roles: delivery.roles,
    shared: isShared ? sorted(first.common.list) : [],
    workloads: plan.workloads.map((workload) => {
      const { common, own } = deployed.get(workload.name) ?? { common: { list: [] }, own: [] };
      return {
        name: workload.name,
        type: workload.type,
        roles: delivery.mode === 'roles' ? workload.roles : [],
        stateful: workload.stateful,
        artifacts: sorted(isShared ? own : [...common.list, ...own]),
      };
    }),
    sets,
    files,
  };
}
