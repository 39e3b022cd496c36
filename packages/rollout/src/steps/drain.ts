import { distinctBy } from '@mi-patterns/inventory';
import {
  displayName,
  identity,
  isToolFailure,
  isWorkload,
  type KubernetesObject,
  namespaceOption,
} from '@mi-patterns/helm';
import { finding } from '../findings/catalogue.ts';
import type { RolloutEffects } from './effects.ts';
import { type LiveState, workloadState } from '../live/live.ts';
import { drainsBefore, endingOwners, revivals, stalled } from '../changes/moves.ts';
import { kedaFindings } from '../changes/keda.ts';
import { StopRollout } from './stop.ts';
import { beginChange, type Trail } from './trail.ts';

export interface DrainRequest {
  /** Seconds until pods must be gone. */
  readonly timeout: number;
  /** Objects whose workloads may run something. */
  readonly among: readonly KubernetesObject[];
  readonly wanted: readonly KubernetesObject[];
  /** Whether pods say completely what they run. */
  readonly trusted: boolean;
  readonly trail: Trail;
  readonly say: (detail: string) => void;
}

/**
 * Scales the old owners of moving artifacts to 0, and workloads whose pods only wait for another try, and waits until
 * their pods are gone, and with them every pod that was told to end before and may still run what is about to start.
 * Answers the workloads that were emptied, as they were. Throws StopRollout when pods stay.
 */
export async function drain(
  effects: RolloutEffects,
  { timeout, among, wanted, trusted, trail, say }: DrainRequest,
): Promise<readonly KubernetesObject[]> {
  const unique = distinctBy(among.filter(isWorkload), identity);
  const first = await effects.live(unique);
  const moving = drainsBefore(first.workloads, first.pods, wanted, trusted);
  await keptEmpty(
    effects,
    moving.map(({ workload }) => workload),
  );
  const emptied = new Set(moving.map(({ workload }) => identity(workload)));
  const drains = [...moving, ...stalled(first, wanted).filter(({ workload }) => !emptied.has(identity(workload)))];
  for (const { workload, because } of drains) {
    await beginChange(effects, { trail, timeout });
    say(`${displayName(workload)} is scaled to 0: ${because}`);
    await scaleToZero(effects, workload, trail.emptied);
  }
  const ids = new Set(drains.map(({ workload }) => identity(workload)));
  const end = effects.now().getTime() + timeout * 1000;
  for (let live = drains.length === 0 ? first : await effects.live(unique); ; live = await effects.live(unique)) {
    const pods = [...new Set([...live.pods.filter((pod) => ids.has(pod.workload)), ...endingOwners(live, wanted)])];
    // A controller that has not seen the 0 yet may still start a pod.
    const unseen = live.workloads.filter((object) => ids.has(identity(object)) && !workloadState(object).settled);
    if (pods.length === 0 && unseen.length === 0) return drains.map(({ workload }) => workload);
    if (effects.now().getTime() > end) throw stuck(pods, unique, timeout);
    say(pods.length === 0 ? `waiting for ${unseen.map(displayName).join(', ')} to be empty` : waitingForEnd(pods));
    await effects.sleep(1000);
  }
}

/** Throws StopRollout where KEDA would start pods of these workloads again, once they are at 0. */
export async function keptEmpty(
  effects: Pick<RolloutEffects, 'scaledObjects'>,
  workloads: readonly KubernetesObject[],
): Promise<void> {
  const found = workloads.length === 0 ? [] : kedaFindings(workloads, await effects.scaledObjects());
  const errors = found.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new StopRollout(errors);
}

/** Scales a workload to 0; its name is added to `emptied` before, and taken away where the cluster refuses. */
export async function scaleToZero(
  effects: Pick<RolloutEffects, 'scale'>,
  workload: KubernetesObject,
  emptied: string[],
): Promise<void> {
  const name = displayName(workload);
  const isNew = !emptied.includes(name);
  if (isNew) emptied.push(name);
  try {
    await effects.scale(workload, 0);
  } catch (error) {
    if (isNew && isToolFailure(error) && /^Error from server \((?:Forbidden|Invalid|NotFound)\)/m.test(error.stderr))
      emptied.splice(emptied.indexOf(name), 1);
    throw error;
  }
}

/** What is said while pods end. */
export function waitingForEnd(pods: LiveState['pods']): string {
  return `waiting for ${pods.length} ${pods.length === 1 ? 'pod' : 'pods'} to end: ${pods.map(({ name }) => name).join(', ')}`;
}

/** Pods and their nodes, for the sentence that says which did not end. */
export function podsOnNodes(pods: LiveState['pods']): string {
  return pods.map(({ name, node }) => `${name} on ${node || 'no node'}`).join(', ');
}

/** What to do about pods of these workloads that do not end. */
export function endThePods(pods: LiveState['pods'], workloads: readonly KubernetesObject[]): string {
  const place = workloads[0] === undefined ? '' : namespaceOption(workloads[0]);
  const words = ['kubectl delete pod', ...pods.map(({ name }) => name)].join(' ');
  const command = pods.length === 0 ? '' : ` (${words}${place} --force only when it has)`;
  return `Make sure that the node is off or the server has ended${command}, then run the command again.`;
}

function stuck(pods: LiveState['pods'], workloads: readonly KubernetesObject[], timeout: number): StopRollout {
  const names = podsOnNodes(pods);
  return new StopRollout(
    [
      finding(
        'MI-ROLLOUT-DRAIN',
        `${names === '' ? 'The old pods' : names} did not end within ${timeout} s. They may still be working, so nothing that would do the same work was started.`,
        endThePods(pods, workloads),
      ),
    ],
    'failed',
  );
}

/** Starts pods anew that only wait for another try, where no upgrade does it. Throws as {@link drain} does. */
export async function startAnew(
  effects: RolloutEffects,
  request: Omit<DrainRequest, 'among' | 'trusted'>,
): Promise<void> {
  const { wanted, trail, say } = request;
  for (const workload of await drain(effects, { ...request, among: wanted, trusted: true })) {
    const { wanted: replicas } = workloadState(workload);
    say(`${displayName(workload)} starts again with ${replicas} ${replicas === 1 ? 'pod' : 'pods'}`);
    await effects.scale(workload, replicas);
  }
  trail.emptied = [];
}

/** Starts what was emptied and belongs to an autoscaler: neither helm nor the autoscaler raises a workload from 0. */
export async function revive(
  effects: RolloutEffects,
  wanted: readonly KubernetesObject[],
  say: (detail: string) => void,
): Promise<void> {
  const { workloads } = await effects.live(wanted.filter(isWorkload));
  for (const { workload, replicas } of revivals(workloads, wanted)) {
    say(
      `${displayName(workload)} starts with ${replicas} ${replicas === 1 ? 'pod' : 'pods'}; then its autoscaler decides`,
    );
    await effects.scale(workload, replicas);
  }
}
