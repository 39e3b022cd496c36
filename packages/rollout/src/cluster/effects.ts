import { randomUUID } from 'node:crypto';
import { checkThroughKubectl } from '../checks/artifact-check.ts';
import type { RolloutEffects } from '../steps/effects.ts';
import { releasedNow } from '../steps/steps.ts';
import { askHolders } from '../checks/guards.ts';
import { askUncarriedRoles } from '../checks/image-roles.ts';
import { takeLock } from '../release/lock.ts';
import { secondsFromBegun, secondsSinceRevision } from '../release/age.ts';
import { addRecord, readLog, writeBegun } from '../release/record.ts';
import { archiveEffects } from './archives.ts';
import { objectEffects } from './change-objects.ts';
import { releaseEffects } from './change-release.ts';
import { diffRelease } from './diff-release.ts';
import { oldReleases } from './old-releases.ts';
import { scaledObjectsOf } from './scaled-objects.ts';
import { lackingRights, openSession, seesReplicaSets } from './session.ts';
import type { ClusterEffectsOptions } from './options.ts';
import { watchTrouble } from './trouble.ts';
import { clusterUser } from './user.ts';

/**
 * Long enough for a machine or a network that stops for a moment; a rollout that was killed lets go after this time.
 */
const defaultLockSeconds = 60;

/** What a rollout does to the world, with helm and kubectl. */
export function clusterEffects(options: ClusterEffectsOptions): RolloutEffects {
  const session = openSession(options);
  const { target, sleep, interrupt, history, released, wanted, live, others } = session;
  const trouble = watchTrouble(session);
  const lockSeconds = options.lockSeconds ?? defaultLockSeconds;
  // A clock that is set while pods are waited for neither ends nor prolongs that.
  const began = Date.now() - performance.now();
  return {
    lockSeconds,
    interrupt,
    history,
    released,
    wanted,
    live,
    others,
    scaledObjects: async () =>
      (await session.namespace.exists())
        ? scaledObjectsOf(target, () => releasedNow(session))
        : { known: [], areAll: true },
    runsServer: options.runsServer ?? (() => false),
    seesReplicaSets: () => seesReplicaSets(session),
    lackingRights: () => lackingRights(session),
    cancelled: () => options.signal?.aborted === true,
    takeLock: async (onWait) => {
      const isNew = !(await session.namespace.exists());
      if (isNew) await session.namespace.create();
      const holder = `${await clusterUser(target)} (process ${process.pid}, ${randomUUID().slice(0, 8)})`;
      const lock = { release: target.release, holder, seconds: lockSeconds };
      const attempt = await takeLock(target, lock, { sleep, onWait });
      // Before, whoever named the wrong cluster wants to know at once.
      if (attempt.state === 'held') session.bePatient();
      return isNew && attempt.state === 'held'
        ? { ...attempt, made: `created the namespace ${target.namespace}` }
        : attempt;
    },
    diff: (before, after) => diffRelease(session, before, after),
    oldReleases: () => oldReleases(session),
    ...objectEffects(session),
    ...archiveEffects(session),
    ...releaseEffects(session, trouble),
    holders: () => askHolders(target),
    uncarriedRoles: (state) => askUncarriedRoles(target, state),
    checkArtifacts: (state) => checkThroughKubectl(target, state, options.expected, options.login),
    keepEvidence: trouble.keepEvidence,
    log: async () => ((await session.namespace.exists()) ? readLog(target, target.release) : { records: [] }),
    addRecord: (record) => addRecord(target, target.release, record),
    begin: (begun) => writeBegun(target, target.release, begun),
    secondsSince: (revision) => secondsSinceRevision(target, revision),
    secondsFromBegun: (begun, revision) => secondsFromBegun(target, begun, revision),
    user: () => clusterUser(target),
    now: () => new Date(began + performance.now()),
    sleep,
  };
}
