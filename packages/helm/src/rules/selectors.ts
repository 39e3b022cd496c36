import {
  displayName,
  matchesLabels,
  objectAt,
  type JsonObject,
  type KubernetesObject,
} from '../objects/kubernetes-object.ts';
import { podLabels, releaseWorkloads, type ReleaseWorkload } from '../objects/workload-marks.ts';
import type { Breach, Rule } from './rule.ts';

/** A workload owns its own pods and only those; Services, budgets and policies select pods that exist. */
export const selectors: Rule = {
  code: 'MI-RULE-SELECTOR',
  check: (objects) => {
    const workloads = releaseWorkloads(objects);
    return [
      ...workloads.flatMap((workload) => ownPods(workload, workloads)),
      ...objects.flatMap((object) => otherSelector(object, workloads, objects)),
    ];
  },
};

const hint = 'Give selector and pod labels the same entries, and each workload a label of its own.';

function ownPods(workload: ReleaseWorkload, workloads: readonly ReleaseWorkload[]): Breach[] {
  const { object } = workload;
  const selector = objectAt(object, 'spec', 'selector', 'matchLabels');
  if (!matchesLabels(selector, podLabels(workload)))
    return [{ object, message: 'its selector does not match the labels of its own pods.', hint }];
  return workloads
    .filter(
      (other) =>
        other.object !== object &&
        (other.object.metadata.namespace ?? '') === (object.metadata.namespace ?? '') &&
        matchesLabels(selector, podLabels(other)),
    )
    .map((other) => ({ object, message: `its selector also matches the pods of ${displayName(other.object)}.`, hint }));
}

/** Where other kinds keep a selector of pods. */
function podSelector(object: KubernetesObject): JsonObject | undefined {
  if (object.kind === 'Service') return objectAt(object, 'spec', 'selector');
  if (object.kind === 'PodDisruptionBudget' || object.kind === 'PodMonitor')
    return objectAt(object, 'spec', 'selector', 'matchLabels');
  if (object.kind === 'NetworkPolicy') return objectAt(object, 'spec', 'podSelector', 'matchLabels');
  return undefined;
}

function otherSelector(
  object: KubernetesObject,
  workloads: readonly ReleaseWorkload[],
  objects: readonly KubernetesObject[],
): Breach[] {
  if (object.kind === 'ServiceMonitor') {
    const selector = objectAt(object, 'spec', 'selector', 'matchLabels');
    const services = objects.filter((other) => other.kind === 'Service');
    return services.some((service) => matchesLabels(selector, objectAt(service, 'metadata', 'labels')))
      ? []
      : [{ object, message: 'its selector matches no Service of the release.', hint }];
  }
  const selector = podSelector(object);
  // Without entries the selector means every pod, or, in a Service, endpoints that somebody else writes.
  if (selector === undefined || Object.keys(selector).length === 0) return [];
  return workloads.some((workload) => matchesLabels(selector, podLabels(workload)))
    ? []
    : [{ object, message: 'its selector matches no pods of the release.', hint }];
}
