import { compareText, distinctBy, redact } from '@mi-patterns/inventory';
import {
  at,
  type Coordination,
  coordinationAnnotation,
  coordinationOf,
  guardLeases,
  identity,
  isWorkload,
  type JsonObject,
  type KubernetesObject,
  listAt,
  matchesLabels,
  numberAt,
  objectAt,
  type ReleaseWorkload,
  releaseWorkloads,
  statefulArtifactsAnnotation,
  textAt,
  workloadOf,
  workloadTypeLabel,
} from '@mi-patterns/helm';
import { containerStatuses, podTrouble } from './pod-trouble.ts';

/** A pod as a rollout sees it. */
export interface LivePod {
  readonly name: string;
  readonly node: string;
  /** {@link identity} of the Deployment or StatefulSet it belongs to, empty when it belongs to none of those known. */
  readonly workload: string;
  readonly ready: boolean;
  /** Told to end: its server may still work. */
  readonly ending: boolean;
  readonly type: 'stateless' | 'stateful' | undefined;
  /** Stateful artifacts that this pod may be running. */
  readonly artifacts: readonly string[];
  /** Who decides which pod runs them. */
  readonly coordination: Coordination;
  /** What its guard holds, see `guardLeases`. */
  readonly leases: readonly string[];
  /** Digests of its images, as the node tells them. */
  readonly imageDigests: readonly string[];
  /** Why it is not ready, as far as Kubernetes says; empty when it is. */
  readonly trouble: string;
  /** Whether the kubelet waits before it tries to start it again: longer each time, for up to five minutes. */
  readonly backsOff: boolean;
}

/** Pods that are still there, with the workload each belongs to. Pods that have ended for good are left out. Pure. */
export function livePods(pods: readonly KubernetesObject[], workloads: readonly KubernetesObject[]): LivePod[] {
  const owners = releaseWorkloads(workloads).map(({ object }) => ({
    id: identity(object),
    selector: objectAt(object, 'spec', 'selector', 'matchLabels'),
  }));
  return pods
    .filter((pod) => !['Succeeded', 'Failed'].includes(textAt(pod, 'status', 'phase') ?? ''))
    .map((pod) => {
      const labels = pod.metadata.labels ?? {};
      const owner = owners.find(
        ({ selector, id }) => Object.keys(selector).length > 0 && matchesLabels(selector, labels) && ownedBy(pod, id),
      );
      const type = labels[workloadTypeLabel];
      const annotations = pod.metadata.annotations ?? {};
      return {
        name: pod.metadata.name,
        node: textAt(pod, 'spec', 'nodeName') ?? '',
        workload: owner?.id ?? '',
        ready: listAt(pod, 'status', 'conditions').some(
          (condition) => condition.type === 'Ready' && condition.status === 'True',
        ),
        ending: isEnding(pod),
        type: type === 'stateless' || type === 'stateful' ? type : undefined,
        artifacts: splitArtifacts(annotations[statefulArtifactsAnnotation]),
        coordination: coordinationOf(annotations[coordinationAnnotation]),
        leases: guardLeases(pod, pod.metadata.namespace),
        imageDigests: listAt(pod, 'status', 'containerStatuses')
          .filter(({ name }) => name === 'micro-integrator')
          .flatMap((status) => /@(sha(?:256|512):[0-9a-f]+)$/.exec(textAt(status, 'imageID') ?? '')?.[1] ?? []),
        trouble: podTrouble(pod)?.words ?? '',
        backsOff: containerStatuses(pod).some((status) =>
          /BackOff$/.test(textAt(status, 'state', 'waiting', 'reason') ?? ''),
        ),
      } satisfies LivePod;
    })
    .sort((a, b) => compareText(a.name, b.name));
}

/**
 * Digests of the images that the release runs, sorted. A pod of the image before may still drain; it is of the release
 * no more.
 */
export function imageDigestsOf(pods: readonly LivePod[]): string[] {
  return [...new Set(pods.filter(({ ending }) => !ending).flatMap(({ imageDigests }) => imageDigests))].sort();
}

/**
 * A Deployment owns its pods through a ReplicaSet; a Deployment and a StatefulSet of one name may select the same pods.
 */
function ownedBy(pod: KubernetesObject, id: string): boolean {
  const kind = textAt(ownerOf(pod), 'kind');
  return kind === undefined || id.includes(kind === 'ReplicaSet' ? '/Deployment/' : `/${kind}/`);
}

function splitArtifacts(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((id) => id.trim())
    .filter(Boolean);
}

/** The release that helm has made an object for. What Argo CD deploys has none. */
export function helmRelease({ metadata: { annotations } }: KubernetesObject): string | undefined {
  return annotations?.['meta.helm.sh/release-name'];
}

/**
 * The workloads among the objects of a namespace that helm has made for none of the named releases, with their pods. A
 * label alone makes none: it may be of another chart, or of what Argo CD deploys, which helm would leave running. Pure.
 */
export function othersAmong(objects: readonly KubernetesObject[], releases: readonly string[]): LiveState {
  const workloads = objects.filter((object) => isWorkload(object) && !releases.includes(helmRelease(object) ?? ''));
  const pods = objects.filter(({ kind }) => kind === 'Pod');
  return {
    workloads,
    pods: livePods(pods, workloads).filter(({ workload }) => workload !== ''),
    loose: loosePods(objects),
  };
}

/**
 * The pods of a namespace that belong to no Deployment or StatefulSet, each by who has made it: a DaemonSet, a Rollout
 * of Argo Rollouts, whoever has made a pod alone, a workload that is no more. Those that say what they run are left out
 * while they end, as a rollout waits for them; so are those of a Job, which end by themselves, and of helm's hooks,
 * which test a release or prepare it. Pure.
 */
function loosePods(objects: readonly KubernetesObject[]): readonly ReleaseWorkload[] {
  const free = objects.filter(
    (pod) =>
      pod.kind === 'Pod' &&
      pod.metadata.annotations?.['helm.sh/hook'] === undefined &&
      textAt(ownerOf(pod), 'kind') !== 'Job',
  );
  const without = new Set(
    livePods(free, objects)
      .filter(({ workload }) => workload === '')
      .map(({ name }) => name),
  );
  const loose = free.flatMap((pod): readonly ReleaseWorkload[] => {
    const { apiVersion, kind, metadata } = pod;
    if (!without.has(metadata.name)) return [];
    const owner = ownerOf(pod);
    const isLeft = ['ReplicaSet', 'StatefulSet'].includes(textAt(owner, 'kind') ?? '');
    const maker = isLeft ? undefined : owner;
    const object = {
      apiVersion: textAt(maker, 'apiVersion') ?? apiVersion,
      kind: textAt(maker, 'kind') ?? kind,
      metadata: { ...metadata, name: textAt(maker, 'name') ?? metadata.name },
      spec: { ...objectAt(pod, 'spec'), template: pod },
    };
    const made = workloadOf(object, pod as JsonObject);
    return isMarked(made) && (isLeft || isEnding(pod)) ? [] : [made];
  });
  return distinctBy(loose, ({ object }) => identity(object));
}

/** Whether our chart has made a workload, which then says what it runs. */
export function isMarked({ type, statefulArtifacts }: ReleaseWorkload): boolean {
  return type !== undefined || statefulArtifacts.length > 0;
}

function ownerOf(pod: KubernetesObject): JsonObject | undefined {
  return listAt(pod, 'metadata', 'ownerReferences')[0];
}

/** Whether an object is being deleted. */
export function isEnding({ metadata }: KubernetesObject): boolean {
  return at(metadata, 'deletionTimestamp') !== undefined;
}

/** The pods of a namespace that a Deployment or StatefulSet has made which is no more, or is being deleted. Pure. */
export function orphanedPods(objects: readonly KubernetesObject[]): readonly LivePod[] {
  const made = objects.filter((object) =>
    listAt(object, 'metadata', 'ownerReferences').some(({ kind }) => kind === 'ReplicaSet' || kind === 'StatefulSet'),
  );
  const workloads = objects.filter((object) => isWorkload(object) && !isEnding(object));
  return livePods(made, workloads).filter(({ workload }) => workload === '');
}

/** What a workload says about how far it is. */
export interface WorkloadState {
  readonly id: string;
  readonly name: string;
  readonly wanted: number;
  readonly ready: number;
  /** All pods are of the newest template, ready, and none is too many. */
  readonly settled: boolean;
}

/** How far a live Deployment or StatefulSet is. Pure. */
export function workloadState(object: KubernetesObject): WorkloadState {
  const number = (...path: string[]): number => numberAt(object, ...path) ?? 0;
  const wanted = numberAt(object, 'spec', 'replicas') ?? 1;
  const ready = number('status', 'readyReplicas');
  const current = number('status', 'observedGeneration') >= number('metadata', 'generation');
  const updated =
    object.kind === 'StatefulSet' && textAt(object, 'spec', 'updateStrategy', 'type') === 'OnDelete'
      ? wanted
      : number('status', 'updatedReplicas');
  const total = number('status', 'replicas');
  const available = object.kind === 'StatefulSet' ? ready : number('status', 'availableReplicas');
  return {
    id: identity(object),
    name: object.metadata.name,
    wanted,
    ready,
    settled: current && updated === wanted && total === wanted && available === wanted,
  };
}

/**
 * Why a Deployment cannot create a pod, as Kubernetes says it: a quota, an account that is missing, an admission rule.
 * There is no pod then that could tell. Secrets are taken out. Undefined where it can, and for a StatefulSet, which has
 * no such condition.
 */
export function creationFailure(object: KubernetesObject): string | undefined {
  const failure = listAt(object, 'status', 'conditions').find(
    (condition) => condition.type === 'ReplicaFailure' && condition.status === 'True',
  );
  const message = failure === undefined ? undefined : textAt(failure, 'message');
  return message === undefined ? undefined : redact(message);
}

/** Workloads whose artifacts are each run by one pod only. */
export function isolatedWorkloads(objects: readonly KubernetesObject[]): ReleaseWorkload[] {
  return releaseWorkloads(objects).filter(
    (workload) => workload.coordination === 'isolate' && workload.statefulArtifacts.length > 0,
  );
}

/** The workloads and pods of a release as they are now. */
export interface LiveState {
  readonly workloads: readonly KubernetesObject[];
  readonly pods: readonly LivePod[];
  /** Of other releases only: what holds the deployment.toml of workloads that coordinate through a database. */
  readonly configMaps?: readonly KubernetesObject[];
  /** Of other releases only: pods that no Deployment or StatefulSet has made, by who has. */
  readonly loose?: readonly ReleaseWorkload[];
}

/** Another release that does the same work until it is taken over. */
export interface OldRelease {
  readonly name: string;
  /** Its workloads, Services and routes as they are in the cluster now; none where there is no such release. */
  readonly objects: readonly KubernetesObject[];
  readonly pods: readonly LivePod[];
}
