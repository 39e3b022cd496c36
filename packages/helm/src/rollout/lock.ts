import { numberAt, textAt, type JsonObject, type KubernetesObject } from '../kubernetes-object.ts';
import { isLostRace, kubectl, parseObject, readObject, type Place } from './kubectl.ts';

/** Who holds the lock of a release, since when; times are RFC 3339. */
export interface LockHolder {
  readonly holder: string;
  readonly since: string;
  /** Last sign of life. */
  readonly renewed: string;
}

export type LockAttempt =
  | { readonly state: 'held'; /** Says that the rollout goes on; answers false when somebody else has the lock now. Throws a ToolFailure when the cluster cannot be asked. */ readonly renew: () => Promise<boolean>; readonly release: () => Promise<void> }
  | { readonly state: 'busy'; readonly by: LockHolder };

export interface LockOptions {
  readonly release: string;
  /** Shown to whoever comes second; unique, so that two rollouts of one user are told apart. */
  readonly holder: string;
  /** Seconds after which a lock that was not renewed counts as left behind by a process that was killed. */
  readonly seconds: number;
}

/** Name of the Lease that locks a release. */
export function lockName(release: string): string {
  return `${release}-rollout`;
}

/**
 * Takes the lock of a release, so that two rollouts never run at once. It is a Lease in the release's namespace: made or
 * replaced with a resource version, so that of two who come at the same time one wins. A lock that was not renewed in
 * time is taken over. Throws a ToolFailure when the cluster cannot be asked.
 */
export async function takeLock(place: Place, options: LockOptions, now: () => Date = () => new Date()): Promise<LockAttempt> {
  const name = lockName(options.release);
  const existing = await readObject(place, 'leases.coordination.k8s.io', name);
  const busy = existing === undefined ? undefined : holderOf(existing, now());
  if (busy !== undefined) return { state: 'busy', by: busy };
  try {
    const wanted = lease(options, now(), existing?.metadata as JsonObject | undefined);
    return held(place, options, now, await write(place, existing === undefined ? 'create' : 'replace', wanted));
  } catch (error) {
    if (!isLostRace(error)) throw error;
    const winner = await readObject(place, 'leases.coordination.k8s.io', name);
    return { state: 'busy', by: (winner && holderOf(winner, now())) ?? { holder: 'another rollout', since: now().toISOString(), renewed: '' } };
  }
}

/**
 * As {@link takeLock}, but waits to see whether a busy lock is still renewed: its holder may have been killed. Busy is
 * answered as soon as the holder shows life, at the latest after its lock has ended and somebody else took it.
 */
export async function takeLockOrSeeLife(place: Place, options: LockOptions, wait: { readonly sleep: (milliseconds: number) => Promise<void>; readonly onWait: (by: LockHolder) => void; readonly now?: () => Date }): Promise<LockAttempt> {
  const now = wait.now ?? (() => new Date());
  const first = await takeLock(place, options, now);
  if (first.state === 'held') return first;
  wait.onWait(first.by);
  const end = now().getTime() + options.seconds * 1000 + 5000;
  for (;;) {
    await wait.sleep(1000);
    const attempt = await takeLock(place, options, now);
    const renewed = attempt.state === 'busy' && (attempt.by.renewed !== first.by.renewed || attempt.by.holder !== first.by.holder);
    if (attempt.state === 'held' || renewed || now().getTime() > end) return attempt;
  }
}

function held(place: Place, options: LockOptions, now: () => Date, first: KubernetesObject): LockAttempt {
  let current = first;
  const since = textAt(first, 'spec', 'acquireTime');
  const replace = async (holder: string): Promise<boolean> => {
    const wanted = (): JsonObject => lease({ ...options, holder }, now(), current.metadata as unknown as JsonObject, since);
    try {
      current = await write(place, 'replace', wanted());
      return true;
    } catch (error) {
      if (!isLostRace(error)) throw error;
    }
    // An earlier write may have arrived although its answer did not: what counts is whose name stands there.
    const there = await readObject(place, 'leases.coordination.k8s.io', lockName(options.release));
    if (there === undefined || textAt(there, 'spec', 'holderIdentity') !== options.holder) return false;
    current = there;
    current = await write(place, 'replace', wanted());
    return true;
  };
  return { state: 'held', renew: () => replace(options.holder), release: async () => void (await replace('')) };
}

async function write(place: Place, verb: 'create' | 'replace', object: JsonObject): Promise<KubernetesObject> {
  return parseObject((await kubectl(place, [verb, '--filename=-', '--output=json'], object)).stdout);
}

function lease(options: LockOptions, now: Date, metadata: JsonObject | undefined, since?: string): JsonObject {
  const time = now.toISOString().replace('Z', '000Z');
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: lockName(options.release), labels: { 'app.kubernetes.io/instance': options.release, 'app.kubernetes.io/managed-by': 'mi-patterns' }, ...(metadata?.resourceVersion === undefined ? {} : { resourceVersion: metadata.resourceVersion }) },
    spec: { holderIdentity: options.holder, leaseDurationSeconds: options.seconds, acquireTime: since ?? time, renewTime: time },
  };
}

/** Who holds a Lease at this time; undefined when nobody does or the holder did not renew it in time. Pure. */
export function holderOf(object: KubernetesObject, now: Date): LockHolder | undefined {
  const holder = textAt(object, 'spec', 'holderIdentity') ?? '';
  const renewed = textAt(object, 'spec', 'renewTime') ?? '';
  const ends = Date.parse(renewed) + (numberAt(object, 'spec', 'leaseDurationSeconds') ?? 0) * 1000;
  return holder === '' || !(ends > now.getTime()) ? undefined : { holder, since: textAt(object, 'spec', 'acquireTime') ?? renewed, renewed };
}
