import { releaseWorkloads, statefulArtifactsAnnotation, workloadTypeLabel } from '../objects/workload-marks.ts';
import type { Rule } from './rule.ts';

/** Every workload says what it is; without that the rules on stateful workloads would pass by finding nothing. */
export const workloadType: Rule = {
  code: 'MI-RULE-WORKLOAD-TYPE',
  check: (objects) =>
    releaseWorkloads(objects).flatMap(({ object, type, statefulArtifacts }) => [
      ...(type === undefined
        ? [
            {
              object,
              message: `it has no label ${workloadTypeLabel} with the value stateless or stateful.`,
              hint: 'Render it with the micro-integrator chart, or add the label.',
            },
          ]
        : []),
      ...(type === 'stateless' && statefulArtifacts.length > 0
        ? [
            {
              object,
              message: `it is stateless, yet ${statefulArtifactsAnnotation} names ${statefulArtifacts.join(', ')}.`,
              hint: 'Move these artifacts to a workload of type stateful.',
            },
          ]
        : []),
    ]),
};
