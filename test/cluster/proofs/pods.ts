import { read, type Api } from '../harness/api.ts';
import { until } from '../harness/processes.ts';

/** What the proofs look at in a pod. */
export interface PodState {
  readonly name: string;
  readonly uid: string;
  readonly node: string | undefined;
  readonly address: string | undefined;
  readonly phase: string;
  readonly ready: boolean;
  readonly restarts: number;
  readonly deleting: boolean;
  /** Why a container waits, for example `CrashLoopBackOff` or `ErrImageNeverPull`. */
  readonly waiting: readonly string[];
  /** What a container said last before it failed. */
  readonly lastWords: readonly string[];
}

interface ContainerState {
  waiting?: { reason?: string };
  terminated?: { exitCode: number; message?: string };
}

interface PodObject {
  metadata: { name: string; uid: string; deletionTimestamp?: string };
  spec: { nodeName?: string };
  status: {
    phase: string;
    podIP?: string;
    conditions?: { type: string; status: string }[];
    containerStatuses?: { restartCount: number; state?: ContainerState; lastState?: ContainerState }[];
  };
}

/** Pods of a namespace that carry all the labels of `selector` (`app=mi`), in the order of their names. */
export async function podStates(api: Api, namespace: string, selector = ''): Promise<PodState[]> {
  const list = await read<{ items: PodObject[] }>(
    api,
    `/api/v1/namespaces/${namespace}/pods?labelSelector=${encodeURIComponent(selector)}`,
  );
  return (list?.items ?? [])
    .map((pod): PodState => ({
      name: pod.metadata.name,
      uid: pod.metadata.uid,
      node: pod.spec.nodeName,
      address: pod.status.podIP,
      phase: pod.status.phase,
      ready: pod.status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true,
      restarts: (pod.status.containerStatuses ?? []).reduce((sum, container) => sum + container.restartCount, 0),
      deleting: pod.metadata.deletionTimestamp !== undefined,
      waiting: (pod.status.containerStatuses ?? []).flatMap(({ state }) =>
        state?.waiting?.reason === undefined ? [] : [state.waiting.reason],
      ),
      lastWords: (pod.status.containerStatuses ?? []).flatMap(({ state, lastState }) =>
        [state?.terminated?.message, lastState?.terminated?.message].filter((message) => message !== undefined),
      ),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Pods that serve: ready and not about to go. */
export const serving = (pods: readonly PodState[]): PodState[] => pods.filter((pod) => pod.ready && !pod.deleting);

/** Waits until exactly `count` pods serve and no other is there, and returns them. */
export async function untilSettled(
  api: Api,
  namespace: string,
  selector: string,
  count: number,
  seconds: number,
): Promise<PodState[]> {
  let pods: PodState[] = [];
  await until(seconds, `${count} ready pods of ${selector} in ${namespace} and no other`, async () => {
    pods = await podStates(api, namespace, selector);
    return pods.length === count && serving(pods).length === count;
  });
  return pods;
}
