import { displayName, textAt } from '../objects/kubernetes-object.ts';
import { releaseWorkloads } from '../objects/workload-marks.ts';
import { autoscalersOf } from './scale-targets.ts';
import type { Rule } from './rule.ts';

/** A stateful workload has one pod, also during an update: a rolling update of a Deployment runs two for a while. */
export const statefulSingle: Rule = {
  code: 'MI-RULE-STATEFUL-SINGLE',
  check: (objects) =>
    releaseWorkloads(objects)
      .filter((workload) => workload.type === 'stateful' && workload.coordination === 'isolate')
      .flatMap(({ object }) => {
        const replicas = Number(textAt(object, 'spec', 'replicas') ?? 1);
        const strategy = textAt(object, 'spec', 'strategy', 'type') ?? 'RollingUpdate';
        return [
          // None is a pause, which the chart warns of.
          ...(replicas <= 1
            ? []
            : [
                {
                  object,
                  message: `it is stateful and has ${replicas} replicas instead of 1.`,
                  hint: 'Set replicas to 1, or use coordination.mode: database.',
                },
              ]),
          ...(object.kind === 'StatefulSet' || strategy === 'Recreate'
            ? []
            : [
                {
                  object,
                  message: `it is stateful and its strategy is ${strategy}: an update runs the old and the new pod at the same time.`,
                  hint: 'Use the strategy Recreate, or a StatefulSet.',
                },
              ]),
          ...autoscalersOf(object, objects).map((autoscaler) => ({
            object,
            message: `it is stateful and scaled by ${displayName(autoscaler.object)}.`,
            hint: 'Disable autoscaling for this workload.',
          })),
        ];
      }),
};
