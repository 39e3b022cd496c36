import { at, displayName, isWorkload } from '../objects/kubernetes-object.ts';
import { autoscalers } from './scale-targets.ts';
import type { Rule } from './rule.ts';

/**
 * `replicas` beside an autoscaler: helm and the autoscaler would set the same field in turns; server-side apply refuses
 * it.
 */
export const autoscaling: Rule = {
  code: 'MI-RULE-REPLICAS-AUTOSCALED',
  check: (objects) => {
    const workloads = new Map(objects.filter(isWorkload).map((object) => [displayName(object), object]));
    const seen = new Map<string, string>();
    return autoscalers(objects).flatMap(({ object, target }) => {
      const workload = workloads.get(target);
      if (workload === undefined)
        return [
          {
            object,
            message: `it scales ${target}, which the release does not have.`,
            hint: 'Correct spec.scaleTargetRef.',
          },
        ];
      const other = seen.get(target);
      seen.set(target, displayName(object));
      return [
        ...(other === undefined
          ? []
          : [
              {
                object,
                message: `${target} is already scaled by ${other}.`,
                hint: 'Keep one autoscaler for a workload.',
              },
            ]),
        ...(at(workload, 'spec', 'replicas') === undefined
          ? []
          : [
              {
                object: workload,
                message: `it sets spec.replicas although ${displayName(object)} scales it.`,
                hint: 'Omit spec.replicas if autoscaling is enabled.',
              },
            ]),
      ];
    });
  },
};
