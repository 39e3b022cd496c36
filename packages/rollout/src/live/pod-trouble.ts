import { type JsonObject, type KubernetesObject, listAt, numberAt, objectAt, textAt } from '@mi-patterns/helm';
import { redact } from '@mi-patterns/inventory';

/** Why a pod is not ready, as far as the pod itself says. */
export interface PodTrouble {
  readonly kind: 'unscheduled' | 'image' | 'ended' | 'node' | 'other';
  /** Secrets taken out: a server's last words may quote its configuration. */
  readonly words: string;
}

/** Reasons of the kubelet for an image that it does not have (kubernetes/kubernetes pkg/kubelet/images/types.go). */
const imageReasons = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'ImageInspectError',
  'RegistryUnavailable',
  'SignatureValidationFailed',
]);

/** What keeps a pod from being ready, as its status says it; undefined where nothing does. Pure. */
export function podTrouble(pod: KubernetesObject): PodTrouble | undefined {
  const containers = containerStatuses(pod).flatMap((status) => containerTrouble(status) ?? []);
  if (containers[0] !== undefined) return containers[0];
  const unscheduled = condition(pod, 'PodScheduled', 'False');
  if (unscheduled !== undefined) return { kind: 'unscheduled', words: saidBy(unscheduled) || 'cannot be scheduled' };
  return isCutOff(pod) ? { kind: 'node', words: cutOffWords(pod) } : undefined;
}

function condition(pod: KubernetesObject, type: string, status: 'True' | 'False'): JsonObject | undefined {
  return listAt(pod, 'status', 'conditions').find((each) => each.type === type && each.status === status);
}

/**
 * Whether the node of a pod has stopped answering. The kubelet says of the containers what it says of the pod, unless a
 * readiness gate is shut; the control plane says of a pod alone that it is not ready (`MarkPodsNotReady` in
 * kubernetes/kubernetes pkg/controller/util/node/controller_utils.go).
 */
function isCutOff(pod: KubernetesObject): boolean {
  return (
    condition(pod, 'Ready', 'False') !== undefined &&
    condition(pod, 'ContainersReady', 'True') !== undefined &&
    listAt(pod, 'spec', 'readinessGates').length === 0
  );
}

function cutOffWords(pod: KubernetesObject): string {
  const words = `its node ${textAt(pod, 'spec', 'nodeName') ?? ''} does not answer`;
  return listAt(pod, 'metadata', 'ownerReferences').some(({ kind }) => kind === 'StatefulSet')
    ? `${words}; the next pod starts only when the node is back or its Node object is deleted`
    : words;
}

/** How the containers of a pod are, in the order in which they start. */
export function containerStatuses(pod: KubernetesObject): readonly JsonObject[] {
  return [...listAt(pod, 'status', 'initContainerStatuses'), ...listAt(pod, 'status', 'containerStatuses')];
}

function containerTrouble(status: JsonObject): PodTrouble | undefined {
  const state = objectAt(status, 'state');
  const [now] = Object.keys(state);
  const reason = textAt(state, 'waiting', 'reason');
  const restarts = numberAt(status, 'restartCount') ?? 0;
  if (now === 'waiting' && reason !== undefined && imageReasons.has(reason))
    return {
      kind: 'image',
      words: withMessage(
        reason === 'ErrImagePull' ? 'ImagePullBackOff' : reason,
        pullFailure(saidBy(objectAt(state, 'waiting'))),
      ),
    };
  const ended = now === 'terminated' ? objectAt(state, 'terminated') : objectAt(status, 'lastState', 'terminated');
  const hasEnded = Object.keys(ended).length > 0;
  if (now === 'terminated' && numberAt(ended, 'exitCode') !== 0) return { kind: 'ended', words: endOf(status, ended) };
  if (now === 'terminated') return undefined;
  if (reason === 'CrashLoopBackOff' || (restarts > 0 && status.ready !== true && hasEnded))
    return { kind: 'ended', words: endOf(status, ended) };
  if (now === 'waiting' && reason !== undefined && reason !== 'ContainerCreating' && reason !== 'PodInitializing')
    return { kind: 'other', words: withMessage(reason, saidBy(objectAt(state, 'waiting'))) };
  return undefined;
}

/** The message of a part of a status, whole: cut first, a secret could not be told from other words any more. */
function saidBy(status: JsonObject): string {
  return redact(textAt(status, 'message') ?? '');
}

function withMessage(reason: string, message: string): string {
  return message === '' ? reason : `${reason} (${message})`;
}

/** Why an image was not pulled, without the names that the kubelet and containerd repeat at each level. */
export function pullFailure(message = ''): string {
  return message
    .replace(/^(?:Back-off pulling|Failed to pull) image "[^"]*": /, '')
    .replace(/^ErrImagePull: /, '')
    .replace(/^(?:rpc error: code = \w+ desc = )?failed to pull and unpack image "([^"]*)": /, '$1: ')
    .replace(/failed to resolve (?:reference|image) "[^"]*": /, '');
}

/** How a container ended last, with what it said at the end. */
function endOf(status: JsonObject, ended: JsonObject): string {
  const code = numberAt(ended, 'exitCode');
  if (code === undefined) return 'CrashLoopBackOff';
  const reason = textAt(ended, 'reason') ?? 'Error';
  const said = tellingLine(saidBy(ended));
  return `${textAt(status, 'name') ?? 'a container'} ended with ${reason}, exit code ${code}${said === '' ? '' : `: ${said}`}`;
}

/** The line of a container's last words that names an error, else the last one. */
function tellingLine(words: string): string {
  const lines = words
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
  return (lines.findLast((line) => /ERROR|FATAL|Exception|cannot/.test(line)) ?? lines.at(-1) ?? '').slice(0, 200);
}
