import { read, type Api } from '../harness/api.ts';
import { podStates, type PodState } from './pods.ts';

/** Something that happened. `at` is in milliseconds since 1970. */
export interface Happening {
  readonly at: number;
  readonly what: string;
}

export interface Timeline {
  readonly mark: (what: string) => void;
  /** Ends the watch and returns everything in the order of time. */
  readonly stop: () => Promise<Happening[]>;
}

/** What changed between two looks at the pods, in words. */
function changes(before: readonly PodState[], after: readonly PodState[]): string[] {
  const known = new Map(before.map((pod) => [pod.uid, pod]));
  const said: string[] = [];
  for (const pod of after) {
    const old = known.get(pod.uid);
    known.delete(pod.uid);
    if (old === undefined) said.push(`${pod.name} created`);
    if (pod.node !== undefined && old?.node === undefined) said.push(`${pod.name} on ${pod.node}`);
    if (pod.ready !== (old?.ready ?? false)) said.push(`${pod.name} ${pod.ready ? 'ready' : 'not ready'}`);
    if (pod.deleting && !(old?.deleting ?? false)) said.push(`${pod.name} deleting`);
    if (pod.restarts > (old?.restarts ?? 0)) said.push(`${pod.name} restarted`);
    for (const reason of pod.waiting)
      if (!(old?.waiting ?? []).includes(reason)) said.push(`${pod.name} waits: ${reason}`);
  }
  return [...said, ...[...known.values()].map((pod) => `${pod.name} gone`)];
}

/** Begins what a timeline says of a node that the control plane gave up. */
export const nodeGivenUp = 'node not ready: ';

/** Watches the nodes and the pods of a namespace, looking four times a second, until it is stopped. */
export function startTimeline(api: Api, namespace: string): Timeline {
  const happenings: Happening[] = [];
  let pods: readonly PodState[] = [];
  let nodes: readonly string[] = [];
  const stop = new AbortController();
  const look = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      try {
        const now = await podStates(api, namespace);
        const at = Date.now();
        const ready = await nodesReady(api);
        for (const node of nodes) if (!ready.includes(node)) happenings.push({ at, what: `${nodeGivenUp}${node}` });
        nodes = ready;
        for (const what of changes(pods, now)) happenings.push({ at, what });
        pods = now;
      } catch {
        // The next look tries again: an API server under load may refuse one.
      }
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  };
  const done = look();
  return {
    mark: (what) => void happenings.push({ at: Date.now(), what }),
    stop: async () => {
      stop.abort();
      await done;
      return happenings.toSorted((a, b) => a.at - b.at);
    },
  };
}

async function nodesReady(api: Api): Promise<string[]> {
  const list = await read<{
    items: { metadata: { name: string }; status: { conditions?: { type: string; status: string }[] } }[];
  }>(api, '/api/v1/nodes');
  return (list?.items ?? [])
    .filter(
      (node) => node.status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true,
    )
    .map((node) => node.metadata.name);
}
