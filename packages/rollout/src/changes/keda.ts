import type { Diagnostic } from '@mi-patterns/inventory';
import { autoscalersOf, displayName, isWorkload, type KubernetesObject, namespaceOption } from '@mi-patterns/helm';
import { finding } from '../findings/catalogue.ts';

const paused = 'autoscaling.keda.sh/paused';
const pausedReplicas = 'autoscaling.keda.sh/paused-replicas';

/** ScaledObjects of a namespace. */
export interface ScaledObjects {
  readonly known: readonly KubernetesObject[];
  /** False where the account may not list them: others may be there. */
  readonly areAll: boolean;
}

/**
 * Whether KEDA leaves a workload without pods alone: a number to keep counts for more than a pause (KEDA, "Pausing
 * autoscaling").
 */
function isPaused({ metadata: { annotations } }: KubernetesObject): boolean {
  const [kept, pause] = [annotations?.[pausedReplicas], annotations?.[paused]];
  return kept === undefined ? pause !== undefined && pause !== 'false' : kept === '0';
}

/**
 * An error for each workload that has to stay without pods and that KEDA would start: unlike an autoscaler of
 * Kubernetes, it raises a workload from 0 (kedacore/keda pkg/scaling/executor, RequestScale). Nothing is said of a
 * ScaledObject that is paused. A warning where not all of the namespace are known. Pure.
 */
export function kedaFindings(
  objects: readonly KubernetesObject[],
  { known, areAll }: ScaledObjects,
): readonly Diagnostic[] {
  const workloads = objects.filter(isWorkload);
  const found = workloads.flatMap((workload) =>
    autoscalersOf(workload, known)
      .filter(({ object }) => !isPaused(object))
      .map(({ object }) => {
        const annotate = `kubectl annotate scaledobject ${object.metadata.name}${namespaceOption(object)}`;
        return finding(
          'MI-ROLLOUT-KEDA',
          `${displayName(object)} scales ${displayName(workload)}, and KEDA would start its pods again after this command has ended them: what must run once would run twice.`,
          `Pause it first: ${annotate} ${paused}=true${object.metadata.annotations?.[pausedReplicas] === undefined ? '' : ` ${pausedReplicas}-`}. If it is still wanted afterwards, or after a rollback: ${annotate} ${paused}-`,
        );
      }),
  );
  return areAll || workloads.length === 0 ? found : [...found, unknown];
}

const unknown: Diagnostic = {
  ...finding(
    'MI-ROLLOUT-KEDA',
    'This account may not list ScaledObjects of KEDA in the namespace. If one of them scales a workload whose pods this rollout ends, KEDA starts them again, and what must run once runs twice.',
    'Ask for get and list of scaledobjects in the group keda.sh, or pause such a ScaledObject first.',
  ),
  severity: 'warning',
};
