import { displayName } from '../objects/kubernetes-object.ts';
import { releaseWorkloads } from '../objects/workload-marks.ts';
import type { Rule } from './rule.ts';

/** Each stateful artifact runs in one workload; in two it would do its work twice. */
export const statefulOnce: Rule = {
  code: 'MI-RULE-STATEFUL-TWICE',
  check: (objects) => {
    const owners = new Map<string, string>();
    return releaseWorkloads(objects).flatMap(({ object, statefulArtifacts }) =>
      statefulArtifacts.flatMap((artifact) => {
        const owner = owners.get(artifact);
        owners.set(artifact, owner ?? displayName(object));
        return owner === undefined
          ? []
          : [
              {
                object,
                message: `${artifact} runs here and in ${owner}: it would do its work twice.`,
                hint: `Keep ${artifact} in artifacts.stateful of one workload.`,
              },
            ];
      }),
    );
  },
};
