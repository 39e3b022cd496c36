import { at, displayName, identity, type KubernetesObject, objectAt } from '@mi-patterns/helm';
import { compareText, distinctBy } from '@mi-patterns/inventory';
import { archivesMissing, archivesUsed } from '../release/archive-maps.ts';
import { makeDiff, type ObjectChange, type ReleaseDiff } from '../changes/diff.ts';
import { type Answers, dryRunApply, liveObjects } from '../changes/dry-run.ts';
import { orphans, strategyPatches } from '../changes/moves.ts';
import { marksAreComplete, readRecords } from '../release/record.ts';
import type { Target } from '../release/release.ts';
import type { ClusterSession } from './session.ts';

/** Server-side comparison of the cluster with the wanted objects. */
export async function diffRelease(
  session: ClusterSession,
  before: readonly KubernetesObject[],
  wanted: readonly KubernetesObject[],
): Promise<ReleaseDiff> {
  const { target, options, tools } = session;
  const union = distinctBy([...before, ...wanted], identity);
  const none = { objects: new Map<string, KubernetesObject>(), refusals: [] };
  const there = await session.namespace.exists();
  const live = there ? await liveObjects(target, union) : none.objects;
  const [applied, reapplied, state, records, history] = there
    ? [
        await applyInTwoSteps(target, [...live.values()], wanted),
        await dryRunApply(target, before),
        await session.live(union),
        await readRecords(target, target.release),
        await session.history(),
      ]
    : [none, none, { pods: [], workloads: [] }, [], []];
  const archives = archivesUsed(options.archives ?? [], wanted);
  const missing = there ? await archivesMissing(target, target.release, archives) : archives;
  const diff = makeDiff({
    before,
    wanted,
    live,
    pods: state.pods,
    applied: applied.objects,
    reapplied: reapplied.objects,
    refusals: applied.refusals,
    trusted: marksAreComplete(records, history),
    orphans: orphans(state.workloads, union),
    helmMajor: await tools.helmMajor(),
    startSeconds: options.startSeconds,
  });
  const created = missing.map((object): ObjectChange => ({
    object: displayName(object),
    action: 'create',
    fields: [],
  }));
  return { ...diff, changes: [...diff.changes, ...created].sort((a, b) => compareText(a.object, b.object)) };
}

/**
 * A dry run of what is done in two steps: the strategy is patched before helm runs, and a dry run of both at once would
 * be refused where the old strategy's fields are not helm's to remove.
 */
async function applyInTwoSteps(
  target: Target,
  live: readonly KubernetesObject[],
  wanted: readonly KubernetesObject[],
): Promise<Answers> {
  const patched = new Set(strategyPatches(live, wanted).map(identity));
  const withStrategy = (object: KubernetesObject, strategy: unknown): KubernetesObject => ({
    ...object,
    spec: { ...objectAt(object, 'spec'), strategy },
  });
  const { objects, refusals } = await dryRunApply(
    target,
    wanted.map((object) => (patched.has(identity(object)) ? withStrategy(object, undefined) : object)),
  );
  const strategies = new Map(wanted.map((object) => [identity(object), at(object, 'spec', 'strategy')]));
  return {
    refusals,
    objects: new Map(
      [...objects].map(([id, object]) => [id, patched.has(id) ? withStrategy(object, strategies.get(id)) : object]),
    ),
  };
}
