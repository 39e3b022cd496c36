import {
  displayName,
  isWorkload,
  objectAt,
  textAt,
  type JsonObject,
  type KubernetesObject,
} from '../objects/kubernetes-object.ts';

/** An object that sets the number of replicas of a workload: an autoscaler of Kubernetes or a ScaledObject of KEDA. */
export interface Autoscaler {
  readonly object: KubernetesObject;
  /** `Deployment/orders`. */
  readonly target: string;
  /** The fewest replicas it leaves running. */
  readonly minimum: number;
}

/** The autoscalers among objects, and what each scales. */
export function autoscalers(objects: readonly KubernetesObject[]): Autoscaler[] {
  return objects.flatMap((object) => {
    if (object.kind !== 'HorizontalPodAutoscaler' && object.kind !== 'ScaledObject') return [];
    const reference: JsonObject = objectAt(object, 'spec', 'scaleTargetRef');
    const target = `${textAt(reference, 'kind') ?? 'Deployment'}/${textAt(reference, 'name') ?? ''}`;
    const [field, fallback] = object.kind === 'ScaledObject' ? ['minReplicaCount', 0] : ['minReplicas', 1];
    return [{ object, target, minimum: Number(textAt(object, 'spec', String(field)) ?? fallback) }];
  });
}

/** The autoscalers of one workload. */
export function autoscalersOf(workload: KubernetesObject, objects: readonly KubernetesObject[]): Autoscaler[] {
  return isWorkload(workload)
    ? autoscalers(objects).filter((autoscaler) => autoscaler.target === displayName(workload))
    : [];
}

/** Pods that run at least: what an autoscaler leaves running, else `replicas`, else 1 as Kubernetes sets it. */
export function effectiveReplicas(workload: KubernetesObject, objects: readonly KubernetesObject[]): number {
  const minimums = autoscalersOf(workload, objects).map((autoscaler) => autoscaler.minimum);
  return minimums.length > 0 ? Math.min(...minimums) : Number(textAt(workload, 'spec', 'replicas') ?? 1);
}
