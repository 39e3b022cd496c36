import { numberAt, textAt, type JsonObject, type KubernetesObject } from '@mi-patterns/helm';
import { secondsSinceWrite } from './age.ts';
import { isLostRace, kubectl, parseObject, readObject, type Place } from '../tools/kubectl.ts';

/** Who holds the lock of a release, since when; times are RFC 3339. */
export interface LockHolder {
  readonly holder: string;
  readonly since: string;
  /** Last sign of life. */
  readonly renewed: string;
}

export type LockAttempt =
  | {
      readonly state: 'held';
      /**
       * Says that the rollout goes on; answers false when somebody else has the lock now. Throws a ToolFailure when the
       * cluster cannot be asked.
       */
      readonly renew: () => Promise<boolean>;
      readonly release: () => Promise<void>;
      /** What had to be made for it, for the one who reads the steps. */
      readonly made?: string;
    }
  | { readonly state: 'busy'; readonly by: LockHolder };

export interface LockOptions {
  readonly release: string;
  /** Shown to whoever comes second; unique, so that two rollouts of one user are told apart. */
  readonly holder: string;
  /** Seconds after which a lock that was not renewed counts as left behind by a process that was killed. */
  readonly seconds: number;
}

/** Name of the Lease that locks a release. */
function lockName(release: string): string {
  return `${release}-rollout`;
}

export interface LockWait {
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Called once, when somebody has the lock and is watched for a sign of life. */
  readonly onWait: (by: LockHolder) => void;
  /** Time of day, for what the Lease says to people. */
  readonly now?: () => Date;
  /** Milliseconds of a clock that only goes forward. */
  readonly elapsed?: () => number;
}

/** A lock that has not been renewed for so many of its lives, by the clock of the API server, is nobody's. */
const forgottenLives = 10;

/**
 * Takes the lock of a release, so that two rollouts never run at once. It is a Lease in the release's namespace: made
 * or replaced with a resource version, so that of two who come at the same time one wins. Where somebody has it, it is
 * taken over at once only if the API server knows of its death; else after it was seen unrenewed for its whole life, as
 * the clock of any machine may be wrong. Busy is answered as soon as the holder shows life. Throws a ToolFailure when
 * the cluster cannot be asked.
 */
export async function takeLock(place: Place, options: LockOptions, wait: LockWait): Promise<LockAttempt> {
  const now = wait.now ?? (() => new Date());
  const elapsed = wait.elapsed ?? (() => performance.now());
  let first: { readonly by: LockHolder; readonly at: number } | undefined;
  for (;;) {
    const existing = await readObject(place, 'leases.coordination.k8s.io', lockName(options.release));
    const by = existing === undefined ? undefined : holderOf(existing);
    const dead =
      by === undefined ||
      (first === undefined
        ? await isForgotten(place, options.release, lifeOf(existing))
        : elapsed() - first.at > lifeOf(existing) * 1000);
    if (by !== undefined && first !== undefined && (by.renewed !== first.by.renewed || by.holder !== first.by.holder))
      return { state: 'busy', by };
    if (dead) {
      return take(place, options, now, existing);
    }
    if (first === undefined) {
      first = { by, at: elapsed() };
      wait.onWait(by);
    }
    await wait.sleep(1000);
  }
}

async function take(
  place: Place,
  options: LockOptions,
  now: () => Date,
  existing: KubernetesObject | undefined,
): Promise<LockAttempt> {
  try {
    const wanted = lease(options, now(), existing?.metadata as JsonObject | undefined);
    return held(place, options, now, await write(place, existing === undefined ? 'create' : 'replace', wanted));
  } catch (error) {
    if (!isLostRace(error)) throw error;
    // Who was first shows life by that.
    const winner = await readObject(place, 'leases.coordination.k8s.io', lockName(options.release));
    return {
      state: 'busy',
      by: (winner && holderOf(winner)) ?? { holder: 'another rollout', since: now().toISOString(), renewed: '' },
    };
  }
}

function held(place: Place, options: LockOptions, now: () => Date, first: KubernetesObject): LockAttempt {
  let current = first;
  const since = textAt(first, 'spec', 'acquireTime');
  const replace = async (holder: string): Promise<boolean> => {
    const wanted = (): JsonObject =>
      lease({ ...options, holder }, now(), current.metadata as unknown as JsonObject, since);
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
    metadata: {
      name: lockName(options.release),
      labels: { 'app.kubernetes.io/instance': options.release, 'app.kubernetes.io/managed-by': 'mi-patterns' },
      ...(metadata?.resourceVersion === undefined ? {} : { resourceVersion: metadata.resourceVersion }),
    },
    spec: {
      holderIdentity: options.holder,
      leaseDurationSeconds: options.seconds,
      acquireTime: since ?? time,
      renewTime: time,
    },
  };
}

/** Who a Lease says holds it, dead or alive; undefined when nobody does. Pure. */
export function holderOf(object: KubernetesObject): LockHolder | undefined {
  const holder = textAt(object, 'spec', 'holderIdentity') ?? '';
  const renewed = textAt(object, 'spec', 'renewTime') ?? '';
  return holder === '' ? undefined : { holder, since: textAt(object, 'spec', 'acquireTime') ?? renewed, renewed };
}

/**
 * Who holds the lock of a release and shows life, to be shown, not to be acted on: by the clock of the API server, as
 * that of the holder may be wrong. Throws a ToolFailure.
 */
export async function readLiveHolder(place: Place, release: string): Promise<LockHolder | undefined> {
  const existing = await readObject(place, 'leases.coordination.k8s.io', lockName(release));
  const by = existing === undefined ? undefined : holderOf(existing);
  if (by === undefined) return undefined;
  const silent = await secondsSinceWrite(place, 'leases.coordination.k8s.io', lockName(release));
  return (silent ?? (Date.now() - Date.parse(by.renewed)) / 1000) < lifeOf(existing) ? by : undefined;
}

/** Seconds. */
function lifeOf(object: KubernetesObject | undefined): number {
  return numberAt(object, 'spec', 'leaseDurationSeconds') ?? 0;
}

async function isForgotten(place: Place, release: string, life: number): Promise<boolean> {
  const silent = await secondsSinceWrite(place, 'leases.coordination.k8s.io', lockName(release));
  return silent !== undefined && silent > life * forgottenLives;
}
