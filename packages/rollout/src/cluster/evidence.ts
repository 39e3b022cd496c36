import { join } from 'node:path';
import {
  isJsonObject,
  isToolFailure,
  type JsonObject,
  type KubernetesObject,
  listAt,
  objectAt,
  textAt,
  workloadTypeLabel,
} from '@mi-patterns/helm';
import { redact } from '@mi-patterns/inventory';
import { writeAtomically, writeFailed } from '@mi-patterns/values';
import { kubectl, listObjects, type Place } from '../tools/kubectl.ts';
import { StopRollout } from '../steps/stop.ts';

/** What was seen of pods that are in trouble. It is taken while they exist: going back removes them. */
export interface Evidence {
  readonly pods: string;
  readonly events: string;
  readonly logs: string;
}

/** Most pods whose logs are taken. */
const loggedPods = 10;

/**
 * States, events and the last 200 lines of logs of the release's pods that are not ready, or that are no servers. Never
 * throws: what cannot be had is said in its place.
 */
export async function takeEvidence(
  place: Place,
  release: string,
  pods: readonly KubernetesObject[],
): Promise<Evidence> {
  const troubled = pods.filter(
    (pod) =>
      isHelper(pod) ||
      !listAt(pod, 'status', 'conditions').some(
        (condition) => condition.type === 'Ready' && condition.status === 'True',
      ),
  );
  const events = await attempt(async () =>
    formatEvents(
      (await listObjects(place, 'events')).filter((event) =>
        (textAt(event, 'involvedObject', 'name') ?? '').startsWith(release),
      ),
    ),
  );
  const logs = await Promise.all(
    troubled.slice(0, loggedPods).map(async (pod) => `── ${pod.metadata.name}\n${await logsOf(place, pod)}`),
  );
  return { pods: pods.map(formatPod).join('\n'), events, logs: logs.join('\n') };
}

/** A pod that tests the release or prepares its database: it may be ready while what it does fails. */
function isHelper(pod: KubernetesObject): boolean {
  return pod.metadata.labels?.[workloadTypeLabel] === undefined;
}

async function logsOf(place: Place, pod: KubernetesObject): Promise<string> {
  const words = ['logs', pod.metadata.name, '--all-containers', '--tail=200', '--prefix', '--ignore-errors'];
  const restarted = listAt(pod, 'status', 'containerStatuses').some((status) => Number(status.restartCount ?? 0) > 0);
  const now = await attempt(async () => (await kubectl(place, words)).stdout);
  return restarted
    ? `${await attempt(async () => (await kubectl(place, [...words, '--previous'])).stdout)}\n── since the last restart\n${now}`
    : now;
}

async function attempt(work: () => Promise<string>): Promise<string> {
  try {
    return await work();
  } catch (error) {
    if (isToolFailure(error)) return `(not available: ${error.stderr.split('\n')[0]})`;
    throw error;
  }
}

function formatPod(pod: KubernetesObject): string {
  const states = [...listAt(pod, 'status', 'initContainerStatuses'), ...listAt(pod, 'status', 'containerStatuses')].map(
    (status) =>
      `    ${textAt(status, 'name')}: ready ${String(status.ready)}, restarts ${textAt(status, 'restartCount')}, image ${textAt(status, 'image')} ${textAt(status, 'imageID') ?? ''}\n      ${formatState(status)}`,
  );
  return [
    `${pod.metadata.name}: ${textAt(pod, 'status', 'phase')} on ${textAt(pod, 'spec', 'nodeName') ?? 'no node'}`,
    ...states,
  ].join('\n');
}

/**
 * Without the last words of a container that ended: the logs have them, and escaped inside JSON the quotes of a
 * password hide it from {@link redact}.
 */
function formatState(status: JsonObject): string {
  const { terminated, ...others } = objectAt(status, 'state');
  return JSON.stringify(
    isJsonObject(terminated) ? { ...others, terminated: { ...terminated, message: undefined } } : others,
  );
}

function formatEvents(events: readonly KubernetesObject[]): string {
  return events
    .map(
      (event) =>
        `${textAt(event, 'lastTimestamp') ?? textAt(event, 'eventTime') ?? ''}  ${textAt(event, 'type')}  ${textAt(event, 'involvedObject', 'kind')}/${textAt(event, 'involvedObject', 'name')}  ${textAt(event, 'reason')}: ${textAt(event, 'message')}`,
    )
    .sort()
    .slice(-200)
    .join('\n');
}

/**
 * Writes evidence to a file that only this user can read, secrets taken out, whole or not at all; answers its path.
 * Throws a StopRollout where it cannot be written.
 */
export function writeEvidence(
  folder: string,
  name: string,
  why: string,
  taken: readonly { readonly title: string; readonly evidence: Evidence }[],
): string {
  const path = join(folder, name);
  const parts = taken.map(
    ({ title, evidence }) =>
      `═══ ${title}\n\nPods\n${evidence.pods}\n\nEvents\n${evidence.events}\n\nLogs\n${evidence.logs}\n`,
  );
  try {
    writeAtomically(path, redact([`Why: ${why}`, '', ...parts].join('\n')), 0o600);
  } catch (error) {
    throw new StopRollout([writeFailed(path, error)], 'failed');
  }
  return path;
}
