import { matchesLabels, objectAt, textAt, type KubernetesObject } from '../objects/kubernetes-object.ts';
import { podLabels, releaseWorkloads } from '../objects/workload-marks.ts';
import { effectiveReplicas } from './scale-targets.ts';
import type { Rule } from './rule.ts';

/** A budget that never allows an eviction blocks the drain of a node for ever. */
export const disruptionBudget: Rule = {
  code: 'MI-RULE-BLOCKED-DRAIN',
  check: (objects) =>
    objects
      .filter((object) => object.kind === 'PodDisruptionBudget')
      .flatMap((object) => {
        const selector = objectAt(object, 'spec', 'selector', 'matchLabels');
        const pods = releaseWorkloads(objects)
          .filter((workload) => matchesLabels(selector, podLabels(workload)))
          .reduce((sum, workload) => sum + effectiveReplicas(workload.object, objects), 0);
        const allowed = allowedEvictions(object, pods);
        return allowed > 0 || pods === 0
          ? []
          : [
              {
                object,
                message: `it allows no eviction while ${pods} ${pods === 1 ? 'pod runs' : 'pods run'}: a node could not be drained.`,
                hint: 'Omit the budget if only one pod runs; otherwise use maxUnavailable: 1.',
              },
            ];
      }),
};

/**
 * Evictions that Kubernetes allows while all pods are healthy; percentages are rounded up, as the disruption controller
 * does.
 */
function allowedEvictions(budget: KubernetesObject, pods: number): number {
  const count = (value: string): number =>
    value.endsWith('%') ? Math.ceil((Number.parseFloat(value) / 100) * pods) : Number(value);
  const unavailable = textAt(budget, 'spec', 'maxUnavailable');
  if (unavailable !== undefined) return count(unavailable);
  return pods - count(textAt(budget, 'spec', 'minAvailable') ?? '1');
}
