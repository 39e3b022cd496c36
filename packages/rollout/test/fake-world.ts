import { identity, isWorkload, type KubernetesObject, releaseWorkloads } from '@mi-patterns/helm';
import { makeDiff } from '../src/changes/diff.ts';
import { kedaFindings } from '../src/changes/keda.ts';
import type { RolloutEffects } from '../src/steps/effects.ts';
import { otherHelmBegan } from '../src/steps/trail.ts';
import type { Holder } from '../src/checks/guards.ts';
import type { LivePod, LiveState } from '../src/live/live.ts';
import { orphans } from '../src/changes/moves.ts';
import { type Begun, type RolloutRecord, withBegun } from '../src/release/record.ts';
import type { ReleaseState, Revision } from '../src/release/release.ts';

/**
 * A cluster in memory with one release, as far as a rollout can tell it from a real one. Time passes only when told to.
 */
export interface World {
  now: number;
  revisions: {
    revision: number;
    state: ReleaseState;
    objects: readonly KubernetesObject[];
    description?: string;
    /** When helm made it by the clock of its machine, in milliseconds; long ago when absent. */
    made?: number;
    /** The same by the clock of the API server. */
    written?: number;
  }[];
  workloads: Map<string, KubernetesObject>;
  /** Replicas that each workload had when its controller last looked. */
  desired: Map<string, number>;
  pods: {
    workload: string;
    template: string;
    artifacts: readonly string[];
    broken: boolean;
    readyAt: number;
    goneAt?: number;
  }[];
  lock: { holder: string; renewed: number } | undefined;
  records: readonly RolloutRecord[];
  begun: Begun | undefined;
  /** When that was written down. */
  begunAt: number;
  /** Milliseconds by which the clock of the machine is ahead on which commands run now. */
  ahead: number;
  /** What the guards' Leases say; undefined where nobody may look. */
  holders: readonly Holder[] | undefined;
  /** Objects of releases that another chart has made: of the one that their label `release` names, else of `old`. */
  old: readonly KubernetesObject[];
  /** Workloads and pods of releases that nobody takes over. */
  others: LiveState;
  /** KEDA's, each of a workload that it raises from 0. */
  scaledObjects: readonly KubernetesObject[];
  /** Whether the account may list them. */
  listsScaledObjects: boolean;
  /** Moments at which an artifact was in more than one pod. */
  doubles: string[];
}

export const newWorld = (): World => ({
  now: Date.parse('2026-01-01T00:00:00Z'),
  revisions: [],
  workloads: new Map(),
  desired: new Map(),
  pods: [],
  lock: undefined,
  records: [],
  begun: undefined,
  begunAt: 0,
  ahead: 0,
  holders: [],
  old: [],
  others: { workloads: [], pods: [] },
  scaledObjects: [],
  listsScaledObjects: true,
  doubles: [],
});

/** Seconds a pod takes to start, and to end. */
const [startTime, endTime] = [2, 3];

/**
 * Lets time pass: controllers act every second. A workload with an isolated artifact ends its old pod before it starts
 * a new one.
 */
export function pass(world: World, seconds: number): void {
  for (let second = 0; second < seconds; second += 1) {
    world.now += 1000;
    world.pods = world.pods.filter((pod) => pod.goneAt === undefined || pod.goneAt > world.now);
    for (const [id, object] of world.workloads)
      if (replicasOf(object) === 0 && kedaFindings([object], { known: world.scaledObjects, areAll: true }).length > 0)
        world.workloads.set(id, { ...object, spec: { ...(object.spec as object), replicas: 1 } });
    for (const id of new Set([...world.pods.map((pod) => pod.workload), ...world.workloads.keys()])) control(world, id);
    for (const artifact of new Set(world.pods.flatMap((pod) => pod.artifacts))) {
      const running = world.pods.filter((pod) => pod.artifacts.includes(artifact));
      if (running.length > 1) world.doubles.push(`${artifact} in ${running.map((pod) => pod.workload).join(' and ')}`);
    }
  }
}

function control(world: World, id: string): void {
  const object = world.workloads.get(id);
  const wanted = object === undefined ? 0 : replicasOf(object);
  const template = object === undefined ? '' : templateOf(object);
  const own = world.pods.filter((pod) => pod.workload === id);
  const alive = own.filter((pod) => pod.goneAt === undefined);
  const old = alive.filter((pod) => pod.template !== template);
  const fresh = alive.filter((pod) => pod.template === template);
  const end = (pods: typeof alive): void => pods.forEach((pod) => (pod.goneAt = world.now + endTime * 1000));
  const start = (count: number, like: Pick<World['pods'][number], 'template' | 'artifacts'>): void => {
    for (let index = 0; index < count; index += 1)
      world.pods.push({
        workload: id,
        template: like.template,
        artifacts: like.artifacts,
        broken: like.template.includes('broken'),
        readyAt: world.now + startTime * 1000,
      });
  };
  const next = { template, artifacts: object === undefined ? [] : isolatedIn(object) };
  const growing =
    object?.kind === 'Deployment' &&
    fresh.length === 0 &&
    old[0] !== undefined &&
    wanted > (world.desired.get(id) ?? wanted);
  world.desired.set(id, wanted);
  // A Deployment that is scaled while its template changes first scales the ReplicaSet that is there.
  if (growing && old[0] !== undefined) return start(wanted - old.length, old[0]);
  if (object?.kind === 'StatefulSet') {
    end([...old, ...fresh.slice(wanted)]);
    if (own.every((pod) => pod.template === template && pod.goneAt === undefined)) start(wanted - fresh.length, next);
  } else if (strategyOf(object) === 'Recreate') {
    end([...old, ...fresh.slice(wanted)]);
    // Recreate waits for the pods of other templates only.
    if (own.every((pod) => pod.template === template)) start(wanted - fresh.length, next);
  } else {
    end(fresh.slice(wanted));
    start(Math.max(0, wanted - fresh.length), next);
    if (fresh.filter((pod) => isReady(world, pod)).length >= wanted) end(old);
  }
}

const replicasOf = (object: KubernetesObject): number => (object.spec as { replicas?: number }).replicas ?? 1;
const templateOf = oncePer((object) => JSON.stringify((object.spec as { template: unknown }).template));
const strategyOf = (object: KubernetesObject | undefined): string | undefined =>
  (object?.spec as { strategy?: { type?: string } } | undefined)?.strategy?.type;
const isolatedIn = oncePer((object): readonly string[] =>
  releaseWorkloads([object]).flatMap(({ coordination, statefulArtifacts }) =>
    coordination === 'isolate' ? statefulArtifacts : [],
  ),
);
const isReady = (world: World, pod: World['pods'][number]): boolean =>
  !pod.broken && pod.goneAt === undefined && pod.readyAt <= world.now;

/** An answer that is kept with its object: the controllers ask every second, and no object of a world is changed. */
function oncePer<Value>(answer: (object: KubernetesObject) => Value): (object: KubernetesObject) => Value {
  const known = new WeakMap<KubernetesObject, { readonly value: Value }>();
  return (object) => {
    const found = known.get(object) ?? { value: answer(object) };
    known.set(object, found);
    return found.value;
  };
}

/**
 * helm makes and changes what a revision has, then deletes what the one before had besides. Replicas that a manifest
 * leaves out stay as they are.
 */
function apply(world: World, objects: readonly KubernetesObject[], before: readonly KubernetesObject[]): void {
  for (const object of objects.filter(isWorkload)) {
    const current = world.workloads.get(identity(object));
    const kept =
      (object.spec as { replicas?: number }).replicas === undefined && current !== undefined
        ? { replicas: replicasOf(current) }
        : {};
    world.workloads.set(identity(object), { ...object, spec: { ...(object.spec as object), ...kept } });
  }
  pass(world, 1);
  for (const object of before)
    if (!objects.some((other) => identity(object) === identity(other))) world.workloads.delete(identity(object));
}

function settled(world: World): boolean {
  return [...world.workloads].every(([id, object]) => {
    const own = world.pods.filter((pod) => pod.workload === id && pod.goneAt === undefined);
    return (
      own.length === replicasOf(object) &&
      own.every((pod) => pod.template === templateOf(object) && isReady(world, pod))
    );
  });
}

const oldReleaseOf = ({ metadata }: KubernetesObject): string => metadata.labels?.['release'] ?? 'old';

function livePod(world: World, pod: World['pods'][number], index: number): LivePod {
  return {
    name: `pod-${index}`,
    node: 'n',
    workload: pod.workload,
    ready: isReady(world, pod),
    ending: pod.goneAt !== undefined,
    type: undefined,
    artifacts: pod.artifacts,
    coordination: 'isolate',
    leases: [],
    imageDigests: [],
    trouble: pod.broken ? 'ImagePullBackOff' : '',
    backsOff: pod.broken,
  };
}

function liveWorkload(world: World, object: KubernetesObject): KubernetesObject {
  const own = world.pods.filter((pod) => pod.workload === identity(object) && pod.goneAt === undefined);
  const ready = own.filter((pod) => isReady(world, pod)).length;
  const updated = own.filter((pod) => pod.template === templateOf(object)).length;
  const { strategy, ...spec } = object.spec as { readonly strategy?: { readonly type?: string } };
  // What Kubernetes fills in.
  const filled = strategy?.type === 'RollingUpdate' ? { ...strategy, rollingUpdate: { maxSurge: '25%' } } : strategy;
  return {
    ...object,
    spec: { ...spec, ...(filled === undefined ? {} : { strategy: filled }) },
    status: { replicas: own.length, readyReplicas: ready, availableReplicas: ready, updatedReplicas: updated },
  };
}

/** The workloads and pods of the release, and those that are asked for. */
function liveState(world: World, among: readonly KubernetesObject[]): LiveState {
  const asked = new Set(among.map(identity));
  const others = new Set(world.old.map(identity).filter((id) => !asked.has(id)));
  return {
    workloads: [...world.workloads].filter(([id]) => !others.has(id)).map(([, object]) => liveWorkload(world, object)),
    pods: world.pods.map((pod, index) => livePod(world, pod, index)).filter(({ workload }) => !others.has(workload)),
  };
}

/** When a revision was written, by the clock of the API server. */
function writtenAt(world: World, { revision }: Revision): number {
  const found = world.revisions.find((one) => one.revision === revision);
  return found?.written ?? found?.made ?? 0;
}

/** A workload of the chart as it is when it is paused. */
function withoutStatefulPods(object: KubernetesObject): KubernetesObject {
  const isStateful = releaseWorkloads([object]).some(({ statefulArtifacts }) => statefulArtifacts.length > 0);
  return isStateful ? { ...object, spec: { ...(object.spec as object), replicas: 0 } } : object;
}

/** Thrown where a process would have been killed. */
export class Killed extends Error {}

/** Asked before and after each act on the world; throws to end the process there. */
export type Death = (act: string) => void;

/** Effects on a world. `death` may end them at any act; after that nothing more is done. */
export function effectsOn(
  world: World,
  wanted: readonly KubernetesObject[],
  holder: string,
  death: Death = () => {},
): RolloutEffects {
  let dead = false;
  const at = (act: string): void => {
    if (dead) throw new Killed(act);
    try {
      death(act);
    } catch (error) {
      dead = true;
      throw error;
    }
  };
  const act = async <Result>(name: string, work: () => Result): Promise<Result> => {
    at(`before ${name}`);
    const result = work();
    at(`after ${name}`);
    return result;
  };
  const newest = (): World['revisions'][number] | undefined => world.revisions.at(-1);
  const waitAndMark = (entry: World['revisions'][number], name: string): boolean => {
    for (let second = 0; second < 30 && !settled(world); second += 1) {
      pass(world, 1);
      if (second === 2) at(`during ${name}: waiting`);
    }
    const done = settled(world);
    if (done) for (const other of world.revisions) if (other.state === 'deployed') other.state = 'superseded';
    entry.state = done ? 'deployed' : 'failed';
    return done;
  };
  const goTo = (
    objects: readonly KubernetesObject[],
    pending: ReleaseState,
    name: string,
    from: World['revisions'][number] | undefined,
    description = '',
  ): boolean => {
    at(`before ${name}`);
    const revision = (newest()?.revision ?? 0) + 1;
    const made = world.now + world.ahead;
    const entry = { revision, state: pending, objects, description, made, written: world.now };
    world.revisions.push(entry);
    at(`during ${name}: recorded`);
    apply(world, objects, from?.objects ?? []);
    at(`during ${name}: applied`);
    return waitAndMark(entry, name);
  };
  const lastGood = (): World['revisions'][number] | undefined =>
    world.revisions.filter(({ state }) => state === 'deployed').at(-1);
  // helm waits until the workloads are gone, not for their pods.
  const removeAll = (): void => {
    world.revisions = [];
    for (const id of world.workloads.keys())
      if (!world.old.some((object) => identity(object) === id)) world.workloads.delete(id);
    pass(world, 1);
  };
  return {
    lockSeconds: 30,
    interrupt: () => {},
    takeLock: () =>
      act('takeLock', () => {
        if (world.lock !== undefined && world.lock.renewed + 30_000 > world.now)
          return { state: 'busy', by: { holder: world.lock.holder, since: '', renewed: '' } };
        world.lock = { holder, renewed: world.now };
        const mine = async (): Promise<boolean> => {
          if (dead) throw new Error('dead');
          if (world.lock?.holder !== holder) return false;
          world.lock.renewed = world.now;
          return true;
        };
        return {
          state: 'held',
          renew: mine,
          release: async () => {
            if (await mine()) world.lock = undefined;
          },
        };
      }),
    history: async () => {
      at('history');
      return world.revisions.map(({ revision, state, description = '', made = 0 }): Revision => ({
        revision,
        state,
        chart: '',
        updated: new Date(made).toISOString(),
        description,
      }));
    },
    released: async (revision) => {
      at('released');
      return world.revisions.find((entry) => entry.revision === revision)?.objects ?? [];
    },
    wanted: async () => {
      at('wanted');
      return wanted;
    },
    cancelled: () => false,
    live: async (among) => {
      at('live');
      return liveState(world, among);
    },
    scaledObjects: async () => {
      at('scaledObjects');
      return { known: world.scaledObjects, areAll: world.listsScaledObjects };
    },
    runsServer: () => true,
    seesReplicaSets: () => Promise.resolve(true),
    lackingRights: () => Promise.resolve([]),
    others: async () => {
      at('others');
      return world.others;
    },
    diff: async (before, objects) => {
      at('diff');
      const { workloads, pods } = liveState(world, []);
      const live = new Map(workloads.map((object) => [identity(object), object]));
      const byId = (list: readonly KubernetesObject[]): Map<string, KubernetesObject> =>
        new Map(list.map((object) => [identity(object), object]));
      return makeDiff({
        before,
        wanted: objects,
        live,
        pods,
        applied: byId(objects),
        reapplied: byId(before),
        refusals: [],
        orphans: orphans([...live.values()], [...before, ...objects]),
        trusted: world.records.length > 0,
        helmMajor: 4,
        startSeconds: () => startTime,
      });
    },
    scale: (workload, replicas) =>
      act('scale', () => {
        const current = world.workloads.get(identity(workload)) ?? workload;
        world.workloads.set(identity(workload), { ...current, spec: { ...(current.spec as object), replicas } });
        pass(world, 1);
      }),
    stopServer: ({ workload }) =>
      act('stopServer', () => {
        for (const pod of world.pods)
          if (pod.workload === workload && pod.goneAt !== undefined)
            pod.goneAt = Math.min(pod.goneAt, world.now + 1000);
        return undefined;
      }),
    remove: (workload) =>
      act('remove', () => {
        world.workloads.delete(identity(workload));
        pass(world, 1);
      }),
    keepReplicas: () => act('keepReplicas', () => true),
    patchStrategy: () => act('patchStrategy', () => undefined),
    bringArchives: () => act('bringArchives', () => []),
    pruneArchives: () => act('pruneArchives', () => ''),
    oldReleases: async () => {
      at('oldReleases');
      const names = [...new Set(world.old.map(oldReleaseOf))];
      return names.map((name) => {
        const objects = world.old
          .filter((object) => oldReleaseOf(object) === name)
          .map((object) => world.workloads.get(identity(object)) ?? object);
        const ids = new Set(objects.map(identity));
        const pods = world.pods
          .map((pod, index) => livePod(world, pod, index))
          .filter(({ workload }) => ids.has(workload));
        return { name, objects, pods };
      });
    },
    patch: (object, change) =>
      act('patch', () => {
        const merge = (into: unknown, patch: unknown): unknown => {
          if (typeof patch !== 'object' || patch === null) return patch;
          const result: Record<string, unknown> = { ...(into as object | undefined) };
          for (const [key, value] of Object.entries(patch))
            if (value === null) delete result[key];
            else result[key] = merge(result[key], value);
          return result;
        };
        const current = world.workloads.get(identity(object)) ?? object;
        const changed = merge(world.old.find((one) => identity(one) === identity(object)) ?? current, change);
        if (isWorkload(object)) world.workloads.set(identity(object), merge(current, change) as KubernetesObject);
        world.old = world.old.map((one) => (identity(one) === identity(object) ? (changed as KubernetesObject) : one));
      }),
    upgrade: async ({ beside = false, rollBack }) => {
      const good = lastGood();
      at('before upgrade begins');
      if (newest()?.state.startsWith('pending-') === true)
        throw otherHelmBegan('another operation (install/upgrade/rollback) is in progress');
      const objects = beside ? wanted.map(withoutStatefulPods) : wanted;
      if (goTo(objects, good === undefined ? 'pending-install' : 'pending-upgrade', 'upgrade', good ?? newest())) {
        at('after upgrade');
        return { state: 'done' };
      }
      at('during upgrade: failed');
      if (!rollBack) return { state: 'failed', message: 'not ready', wentBack: false };
      if (good === undefined) removeAll();
      else goTo(good.objects, 'pending-rollback', "helm's rollback", newest(), `Rollback to ${good.revision}`);
      return { state: 'failed', message: 'not ready', wentBack: true };
    },
    rollback: async (revision) => {
      goTo(
        world.revisions.find((entry) => entry.revision === revision)?.objects ?? [],
        'pending-rollback',
        'rollback',
        newest(),
        `Rollback to ${revision}`,
      );
      at('after rollback');
    },
    uninstall: () => act('uninstall', removeAll),
    holders: async () => {
      at('holders');
      return world.holders;
    },
    hasTests: async () => false,
    test: async () => ({ state: 'passed' }),
    uncarriedRoles: async () => ({ lost: [], notChecked: [] }),
    checkArtifacts: async () => ({ state: 'not-checked', because: 'there is no server' }),
    keepEvidence: (why) => act('keepEvidence', () => `evidence of ${why}`),
    log: async () => {
      at('log');
      return { records: world.records, begun: world.begun };
    },
    addRecord: (record) =>
      act('addRecord', () => void Object.assign(world, { records: [...world.records, record], begun: undefined })),
    begin: (begun) =>
      act('begin', () => void Object.assign(world, { ...withBegun(world.records, begun), begunAt: world.now })),
    secondsSince: async (revision) => {
      at('secondsSince');
      return (world.now - writtenAt(world, revision)) / 1000;
    },
    secondsFromBegun: async (_begun, revision) => (writtenAt(world, revision) - world.begunAt) / 1000,
    user: async () => holder,
    now: () => new Date(world.now + world.ahead),
    sleep: async (milliseconds) => {
      at('sleep');
      pass(world, Math.ceil(milliseconds / 1000));
    },
  };
}
