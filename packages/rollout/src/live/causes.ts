import { displayName, type KubernetesObject, listAt, objectAt, textAt } from '@mi-patterns/helm';
import { groupBy, printable, redact } from '@mi-patterns/inventory';
import { creationFailure, type LivePod, workloadState } from './live.ts';
import { podTrouble, pullFailure } from './pod-trouble.ts';
import { decided, type Patience, patienceFor, remedyFor } from '../tools/refused-words.ts';

/** Why a workload does not get its pods, and what to do about it. */
export interface Cause {
  /** Whose pods these are, as `Deployment/orders`. */
  readonly object: string;
  /** The pod that shows it, where there is one. */
  readonly pod?: string;
  /** What goes on after the names, without a full stop. */
  readonly why: string;
  readonly next: string;
  /** Whether this only says that a pod is not ready: any other cause tells more. */
  readonly vague: boolean;
  /** How long it is waited for; none where it may pass by itself. */
  readonly patience?: Patience | undefined;
  /** When an event told it last. The status of an object is of now; an event may be of an earlier time. */
  readonly toldAt?: string | undefined;
}

/** What a look at the cluster shows of one workload. */
export interface WorkloadView {
  readonly workload: KubernetesObject;
  /** Its pods as a rollout sees them, and the same as the cluster has them. */
  readonly pods: readonly LivePod[];
  readonly objects: readonly KubernetesObject[];
  /** Events of the namespace. */
  readonly events: readonly KubernetesObject[];
  /** By the name of a pod whose server runs without being ready: what its log says of it. */
  readonly reverted: ReadonlyMap<string, string>;
}

/** Why a workload is not settled; undefined where it is, or where nothing tells. Pure. */
export function causeOf(view: WorkloadView): Cause | undefined {
  const { workload, pods, objects, events } = view;
  if (workloadState(workload).settled) return undefined;
  const object = displayName(workload);
  const event = refusedPods(workload, pods, events);
  const refused = creationFailure(workload) ?? event?.message;
  if (refused !== undefined) {
    const why = `cannot create pods: ${shortened(refused.replace(/^.*?pods? "[^"]+" is forbidden: /, ''))}`;
    const next = remedyFor(refused) ?? 'Remove what forbids the pods.';
    return { object, why, next, vague: false, patience: patienceFor(refused, 'other'), toldAt: event?.at };
  }
  const waiting = pods.filter(({ ready, ending }) => !ready && !ending);
  const causes = waiting.flatMap(({ name }) => {
    const pod = objects.find(({ metadata }) => metadata.name === name);
    return pod === undefined ? [] : (podCause(object, pod, view) ?? []);
  });
  return causes.find(({ vague }) => !vague) ?? causes[0];
}

/** A StatefulSet says in events only why it cannot create a pod. */
function refusedPods(
  workload: KubernetesObject,
  pods: readonly LivePod[],
  events: readonly KubernetesObject[],
): Told | undefined {
  if (workload.kind !== 'StatefulSet' || pods.some(({ ending }) => !ending)) return undefined;
  const [newest] = eventsOf(events, 'StatefulSet', workload.metadata.name).filter(
    ({ reason }) => reason === 'FailedCreate',
  );
  return newest;
}

function podCause(object: string, pod: KubernetesObject, { events, reverted }: WorkloadView): Cause | undefined {
  const { name } = pod.metadata;
  const trouble = podTrouble(pod);
  const because: Because = (why, next, of = 'other') => ({
    object,
    pod: name,
    why: shortened(why),
    next,
    vague: false,
    patience: patienceFor(why, of),
  });
  if (trouble?.kind === 'unscheduled') {
    const claim = claimTrouble(pod, events);
    return claim === undefined
      ? because(
          `cannot be placed on a node: ${trouble.words}`,
          'Add or free a node, or change resources, nodeSelector, tolerations, affinity or topologySpread in the values.',
        )
      : because(
          `cannot start without PersistentVolumeClaim/${claim.name}: ${claim.words}`,
          'Set a storage class that the cluster has (kubectl get storageclass), or bring the volume.',
        );
  }
  if (trouble?.kind === 'image')
    return because(
      `cannot get the image: ${pullWords(pod, trouble.words, events)}`,
      'Check the name and the tag of the image, that it was pushed, and image.pullSecrets. If it is still being copied to this registry, run the command again once it can be pulled.',
      'image',
    );
  if (trouble?.kind === 'ended')
    return because(
      `cannot stay up: ${trouble.words}`,
      'The log in the evidence says more; correct the values or the image.',
    );
  if (trouble?.kind === 'node')
    return because(
      `cannot be asked: ${trouble.words}`,
      'Bring the node back, or delete its Node object once it is shut down for certain.',
    );
  if (trouble !== undefined)
    return because(`cannot start: ${trouble.words}`, remedyFor(trouble.words) ?? 'Correct the values.');
  const found = reverted.get(name);
  if (found !== undefined)
    // MI deploys an archive when it starts, and does not try again.
    return {
      ...because(`cannot become ready: ${found}`, 'Correct the artifact, and bring it in a new image.'),
      patience: decided,
    };
  return eventCause(pod, events, because);
}

/** Makes a cause of a pod; its words tell how long it is waited for. */
type Because = (why: string, next: string, of?: 'image' | 'other') => Cause;

/** Why an image is not there. Older kubelets say of a pull that they put off only in events why it failed. */
function pullWords(pod: KubernetesObject, words: string, events: readonly KubernetesObject[]): string {
  if (!/^ImagePullBackOff(?: \(Back-off pulling image "[^"]*"\))?$/.test(words)) return words;
  const newest = eventsOf(events, 'Pod', pod.metadata.name).find(({ message }) =>
    message.startsWith('Failed to pull image'),
  );
  return newest === undefined ? words : `ImagePullBackOff (${pullFailure(newest.message)})`;
}

/** What only events say: a volume that cannot be mounted, a sandbox that cannot be made, probes that fail. */
function eventCause(pod: KubernetesObject, events: readonly KubernetesObject[], because: Because): Cause | undefined {
  const own = eventsOf(events, 'Pod', pod.metadata.name);
  // Volumes are mounted and the sandbox is made before the first image is pulled.
  const [pulled] = eventsOf(events, 'Pod', pod.metadata.name, 'all').filter(({ reason }) => /^Pull/.test(reason));
  const [newest] = own.filter(
    ({ reason, at }) => reason !== 'Unhealthy' && reason !== 'BackOff' && at > (pulled?.at ?? ''),
  );
  const [container] = listAt(pod, 'status', 'containerStatuses').filter(({ name }) => name === 'micro-integrator');
  const isRunning = container !== undefined && Object.keys(objectAt(container, 'state'))[0] === 'running';
  if (!isRunning && newest !== undefined)
    return {
      ...because(`cannot start: ${newest.message}`, remedyFor(newest.message) ?? 'Remove what the message names.'),
      toldAt: newest.at,
    };
  if (!isRunning || container === undefined) return undefined;
  if (container.started !== true)
    return {
      ...because(
        'cannot finish its start in time',
        'Raise timeout in mi-patterns.yaml if the server needs longer; its log in the evidence shows how far it is.',
      ),
      vague: true,
    };
  const probe = own.find(({ reason }) => reason === 'Unhealthy')?.message;
  const words = probe === undefined ? '' : `: ${probe}`;
  return { ...because(`cannot become ready${words}`, 'Its log in the evidence says why.'), vague: true };
}

/** A claim of a pod that has no volume, with the newest words of its events. */
function claimTrouble(
  pod: KubernetesObject,
  events: readonly KubernetesObject[],
): { readonly name: string; readonly words: string } | undefined {
  for (const volume of listAt(pod, 'spec', 'volumes')) {
    const name = textAt(volume, 'persistentVolumeClaim', 'claimName');
    const [newest] = name === undefined ? [] : eventsOf(events, 'PersistentVolumeClaim', name, 'all');
    if (name !== undefined && newest !== undefined && /Failed/.test(newest.reason))
      return { name, words: newest.message };
  }
  return undefined;
}

interface Told {
  readonly at: string;
  readonly reason: string;
  readonly message: string;
}

/** Events of an object, the newest first. */
function eventsOf(
  events: readonly KubernetesObject[],
  kind: string,
  name: string,
  which: 'warnings' | 'all' = 'warnings',
): readonly Told[] {
  return events
    .filter(
      (event) =>
        textAt(event, 'involvedObject', 'kind') === kind &&
        textAt(event, 'involvedObject', 'name') === name &&
        (which === 'all' || textAt(event, 'type') === 'Warning'),
    )
    .map((event) => ({
      at:
        textAt(event, 'series', 'lastObservedTime') ??
        textAt(event, 'lastTimestamp') ??
        textAt(event, 'eventTime') ??
        '',
      reason: textAt(event, 'reason') ?? '',
      message: textAt(event, 'message') ?? '',
    }))
    .sort((a, b) => (a.at < b.at ? 1 : -1));
}

/** Longest words of Kubernetes in a sentence; the evidence has all of them. */
const longest = 400;

function shortened(words: string): string {
  const clean = printable(redact(words))
    .replace(/\s+/g, ' ')
    // The scheduler repeats itself for preemption.
    .replace(/\.? (?:no new claims to deallocate, )?preemption: .*$/, '')
    .replace(/(?<![.\s])[.\s]+$/, '');
  return clean.length > longest ? `${clean.slice(0, longest)} …` : clean;
}

/** Causes as one text, those alike in one sentence, and what to do about them. Pure. */
export function tellCauses(causes: readonly Cause[]): { readonly message: string; readonly next: string } {
  const alike = groupBy(causes, ({ why }) => why);
  const named = ({ object, pod }: Cause): string => (pod === undefined ? object : `${object} (pod ${pod})`);
  const sentences = [...alike].map(([why, all]) => `${all.map(named).join(', ')} ${why}.`);
  const more = sentences.length > 3 ? [`And ${sentences.length - 3} more.`] : [];
  return {
    message: [...sentences.slice(0, 3), ...more].join(' '),
    next: [...new Set(causes.map(({ next }) => next))].slice(0, 3).join(' '),
  };
}
