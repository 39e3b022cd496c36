import { compareText } from '@mi-patterns/inventory';
import {
  at,
  containers,
  isWorkload,
  listAt,
  objectAt,
  podTemplate,
  textAt,
  type JsonObject,
  type KubernetesObject,
} from './kubernetes-object.ts';

/** Label of a workload and its pods: `stateless` or `stateful`. */
export const workloadTypeLabel = 'mi-patterns.io/workload-type';
/** Annotation of a stateful workload: ids of the artifacts that must run nowhere else, with commas between. */
export const statefulArtifactsAnnotation = 'mi-patterns.io/stateful-artifacts';
/**
 * Annotation of a stateful workload: `database` where its pods share its artifacts through a database, `lease` where
 * each pod works only while it holds the Leases of its artifacts; without it exactly one pod may exist.
 */
export const coordinationAnnotation = 'mi-patterns.io/coordination';

/**
 * Who decides which pod runs a stateful artifact: `isolate`, nobody, so only one pod may exist; `database`, the servers
 * through a coordination database; `lease`, a guard in each pod, whatever workload or release of the namespace the pod
 * belongs to, as long as both guards want a Lease of the same name ({@link guardLeases}).
 */
export type Coordination = 'isolate' | 'database' | 'lease';

/** The coordination that an annotation names. */
export function coordinationOf(annotation: string | undefined): Coordination {
  return annotation === 'database' || annotation === 'lease' ? annotation : 'isolate';
}

/** One Deployment or StatefulSet of a release, with what the chart wrote about it. */
export interface ReleaseWorkload {
  readonly object: KubernetesObject;
  readonly template: JsonObject;
  /** Undefined when the object does not say. */
  readonly type: 'stateless' | 'stateful' | undefined;
  readonly coordination: Coordination;
  /** What {@link guardLeases} of its pods says. */
  readonly leases: readonly string[];
  /** Ids such as `task/orders`, sorted. */
  readonly statefulArtifacts: readonly string[];
}

/** The workloads among objects, in their order. */
export function releaseWorkloads(objects: readonly KubernetesObject[]): ReleaseWorkload[] {
  return objects.filter(isWorkload).map((object) => workloadOf(object, podTemplate(object) ?? {}));
}

/** What the marks of an object and of the pods that it makes say. */
export function workloadOf(object: KubernetesObject, template: JsonObject): ReleaseWorkload {
  const type =
    textAt(object, 'metadata', 'labels', workloadTypeLabel) ??
    textAt(template, 'metadata', 'labels', workloadTypeLabel);
  const annotation = (name: string): string =>
    textAt(object, 'metadata', 'annotations', name) ?? textAt(template, 'metadata', 'annotations', name) ?? '';
  return {
    object,
    template,
    type: type === 'stateless' || type === 'stateful' ? type : undefined,
    coordination: coordinationOf(annotation(coordinationAnnotation)),
    leases: guardLeases(template, object.metadata.namespace),
    statefulArtifacts: [
      ...new Set(
        annotation(statefulArtifactsAnnotation)
          .split(',')
          .map((id) => id.trim())
          .filter(Boolean),
      ),
    ].sort(compareText),
  };
}

/**
 * The Leases without which the guard of a pod starts no server, each as namespace, scope and artifact; empty without a
 * guard. Their names are made of these (packages/lease-guard, names.go), so guards that have none in common do not wait
 * for each other. `pod` is a pod or its template.
 */
export function guardLeases(pod: JsonObject, namespace = ''): string[] {
  const words = containers(pod).flatMap(({ spec }) => {
    const command = at(spec, 'command');
    return Array.isArray(command) ? command.filter((word) => typeof word === 'string') : [];
  });
  const valuesOf = (flag: string): string[] =>
    words.filter((word) => word.startsWith(flag)).map((word) => word.slice(flag.length));
  const scope = valuesOf('--scope=')[0] ?? '';
  return valuesOf('--artifact=').map((artifact) => [namespace, scope, artifact].join(' '));
}

/** Who runs an artifact, and what keeps others from running it meanwhile. */
export interface ArtifactOwner {
  readonly coordination: Coordination;
  readonly leases: readonly string[];
}

/** Whether the pods of two owners wait for each other, since both have guards that want the same Lease. */
export function waitForEachOther(a: ArtifactOwner, b: ArtifactOwner): boolean {
  return a.coordination === 'lease' && b.coordination === 'lease' && a.leases.some((lease) => b.leases.includes(lease));
}

/** Names of the ConfigMaps that the volumes of a pod template hold, projected ones included. */
export function mountedConfigMaps(template: JsonObject): string[] {
  return listAt(template, 'spec', 'volumes').flatMap((volume) => {
    const projected = listAt(volume, 'projected', 'sources').map((source) => textAt(source, 'configMap', 'name'));
    return [textAt(volume, 'configMap', 'name'), ...projected].filter((name) => name !== undefined);
  });
}

/** Labels that the pods of a workload carry. */
export function podLabels(workload: Pick<ReleaseWorkload, 'template'>): JsonObject {
  return objectAt(workload.template, 'metadata', 'labels');
}
