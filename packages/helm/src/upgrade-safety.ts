import { compareText, type Diagnostic, groupBy } from '@mi-patterns/inventory';
import { quantity } from '@mi-patterns/values';
import { finding } from './findings/catalogue.ts';
import { areApart, coordinationDatabase } from './objects/coordination-database.ts';
import { changedImmutableFields } from './objects/immutable-fields.ts';
import {
  at,
  displayName,
  displayNames,
  identity,
  kubectlName,
  numberAt,
  textAt,
  type KubernetesObject,
} from './objects/kubernetes-object.ts';
import { autoscalersOf, effectiveReplicas } from './rules/scale-targets.ts';
import { podLabels, releaseWorkloads, type ReleaseWorkload, waitForEachOther } from './objects/workload-marks.ts';

/**
 * Compares what a release has with what an upgrade would bring, and says what would fail, recreate a workload, run a
 * stateful artifact twice or lose replicas or data. Errors: the upgrade must not be done as it is. Sorted by code, then
 * message. Hooks are left out, helm deletes and creates them. Pure.
 */
export function compareRenders(before: readonly KubernetesObject[], after: readonly KubernetesObject[]): Diagnostic[] {
  return upgradeFindings(before, after).map(({ diagnostic }) => diagnostic);
}

/** A finding about an upgrade. */
export interface UpgradeFinding {
  readonly diagnostic: Diagnostic;
  /** Id of a stateful artifact, or the {@link identity} of the workload that goes; other findings have none. */
  readonly about?: string;
}

/** What {@link compareRenders} finds, with what it is about as far as a rollout has to know. */
export function upgradeFindings(
  before: readonly KubernetesObject[],
  after: readonly KubernetesObject[],
): UpgradeFinding[] {
  const [old, wanted] = [withoutHooks(before), withoutHooks(after)];
  const others = [
    ...immutableFindings(old, wanted),
    ...growthFindings(old, wanted),
    ...databaseFindings(old, wanted),
    ...replicaFindings(old, wanted),
    ...strategyFindings(old, wanted),
    ...claimFindings(old, wanted),
  ].map((diagnostic) => ({ diagnostic }));
  return [...others, ...workloadFindings(old, wanted), ...statefulFindings(old, wanted)].sort(
    ({ diagnostic: a }, { diagnostic: b }) => compareText(a.code, b.code) || compareText(a.message, b.message),
  );
}

function withoutHooks(objects: readonly KubernetesObject[]): KubernetesObject[] {
  return objects.filter(({ metadata }) => metadata.annotations?.['helm.sh/hook'] === undefined);
}

/** Objects that exist before and after, in pairs. */
function pairs(
  before: readonly KubernetesObject[],
  after: readonly KubernetesObject[],
): (readonly [KubernetesObject, KubernetesObject])[] {
  const old = new Map(before.map((object) => [identity(object), object]));
  return after.flatMap((object) => {
    const previous = old.get(identity(object));
    return previous === undefined ? [] : [[previous, object] as const];
  });
}

function removed(before: readonly KubernetesObject[], after: readonly KubernetesObject[]): KubernetesObject[] {
  const kept = new Set(after.map(identity));
  return before.filter((object) => !kept.has(identity(object)));
}

function immutableFindings(before: readonly KubernetesObject[], after: readonly KubernetesObject[]): Diagnostic[] {
  return pairs(before, after).flatMap(([previous, next]) =>
    changedImmutableFields(previous, next).map((field) =>
      finding(
        'MI-UPGRADE-IMMUTABLE',
        `${displayName(next)}: ${field} changes, which Kubernetes refuses; the upgrade would fail.`,
        `Keep ${field} unchanged, or delete ${displayName(next)} first and accept the downtime.`,
      ),
    ),
  );
}

/**
 * What tells that a new workload is an old one under another name: its stateful artifacts, else its component label.
 */
function sameRole(a: ReleaseWorkload, b: ReleaseWorkload): boolean {
  if (a.statefulArtifacts.length > 0 || b.statefulArtifacts.length > 0)
    return a.statefulArtifacts.some((artifact) => b.statefulArtifacts.includes(artifact));
  const component = (workload: ReleaseWorkload): unknown => podLabels(workload)['app.kubernetes.io/component'];
  return component(a) !== undefined && component(a) === component(b);
}

function workloadFindings(before: readonly KubernetesObject[], after: readonly KubernetesObject[]): UpgradeFinding[] {
  const gone = releaseWorkloads(removed(before, after));
  const added = releaseWorkloads(removed(after, before));
  return gone.map((workload) => ({ diagnostic: leaving(workload, added), about: identity(workload.object) }));
}

/** What becomes of a workload that an upgrade no longer has, beside those that it adds. */
function leaving(workload: ReleaseWorkload, added: readonly ReleaseWorkload[]): Diagnostic {
  const successor = added.find((candidate) => sameRole(workload, candidate));
  const name = displayName(workload.object);
  if (successor === undefined)
    return finding(
      'MI-UPGRADE-REMOVED',
      `${name} is removed with its pods.`,
      'Check that nothing calls it any longer.',
    );
  const becomes = displayNames(workload.object, successor.object).join(' becomes ');
  if (!isPaused(workload) && !waitForEachOther(successor, workload))
    return finding(
      'MI-UPGRADE-RENAMED',
      `${becomes}: helm creates the new one and deletes the old one, so both run for a while, and clients of the old name fail.`,
      'Keep the release name, fullnameOverride, workload key and recovery, or end the old workload first.',
    );
  return {
    ...finding(
      'MI-UPGRADE-RENAMED',
      `${becomes}: the two do not work at the same time, but clients of the old name fail.`,
      'Keep the release name, fullnameOverride and workload key if something calls the old name.',
    ),
    severity: 'warning',
  };
}

/** A stateful artifact that runs in an old pod and in a new one at once, where nobody ends the old pod first. */
export interface Overlap {
  readonly artifact: string;
  readonly from: ReleaseWorkload;
  readonly to: ReleaseWorkload;
  /**
   * `growth`: the artifact ends, in a Deployment that first gets more pods of the old version. `database`: the new pods
   * agree through another database than the old ones.
   */
  readonly by: 'move' | 'update' | 'growth' | 'database';
}

/**
 * What would run twice between two renders, whoever applies the second: all create and change what is new, then delete
 * what is gone. Workloads that are paused in their render have no pods. Pure.
 */
export function overlaps(before: readonly KubernetesObject[], after: readonly KubernetesObject[]): Overlap[] {
  const [old, wanted] = [withoutHooks(before), withoutHooks(after)];
  return [...movedArtifacts(old, wanted), ...growths(old, wanted), ...databaseChanges(old, wanted)];
}

/** Whether a workload has no pods, because its manifest says so. */
function isPaused({ object }: ReleaseWorkload): boolean {
  return numberAt(object, 'spec', 'replicas') === 0;
}

function working(objects: readonly KubernetesObject[]): ReleaseWorkload[] {
  return releaseWorkloads(objects).filter((workload) => !isPaused(workload));
}

/** An artifact that a workload names which none has named before: it may have run in the pods of `formerly`. */
export interface NewlyIsolated {
  readonly artifact: string;
  readonly to: ReleaseWorkload;
  readonly formerly: readonly KubernetesObject[];
}

/**
 * Stateful artifacts that no workload has named until now, beside the stateless workloads whose pods may run them until
 * they are replaced. Nothing is said of a workload that was stateful and names for the first time what it runs. Pure.
 */
export function newlyIsolated(
  before: readonly KubernetesObject[],
  after: readonly KubernetesObject[],
): readonly NewlyIsolated[] {
  const known = new Set(releaseWorkloads(before).flatMap(({ statefulArtifacts }) => statefulArtifacts));
  const silent = new Set(
    releaseWorkloads(before)
      .filter(({ type, statefulArtifacts }) => type !== 'stateless' && statefulArtifacts.length === 0)
      .map(({ object }) => identity(object)),
  );
  const stateless = working(before).filter(({ type }) => type !== 'stateful');
  return working(after)
    .filter(({ object }) => !silent.has(identity(object)))
    .flatMap((to) => {
      const formerly = stateless
        .map(({ object }) => object)
        .filter((object) => identity(object) !== identity(to.object));
      const artifacts = formerly.length === 0 ? [] : to.statefulArtifacts;
      return artifacts.filter((artifact) => !known.has(artifact)).map((artifact) => ({ artifact, to, formerly }));
    });
}

/** Names of the workloads in which an artifact may have run. Pure. */
export function namesOfFormer({ formerly }: NewlyIsolated): string {
  return formerly.map(displayName).sort(compareText).join(', ');
}

/** helm first creates and changes what the upgrade brings, then deletes what it no longer has. */
function statefulFindings(before: readonly KubernetesObject[], after: readonly KubernetesObject[]): UpgradeFinding[] {
  const moves = movedArtifacts(before, after).map((move) => ({ diagnostic: moved(move), about: move.artifact }));
  const isolations = newlyIsolated(before, after).map((one) => ({ diagnostic: isolated(one), about: one.artifact }));
  return [...moves, ...isolations];
}

/** Artifacts whose new pod starts beside the old one. */
function movedArtifacts(before: readonly KubernetesObject[], after: readonly KubernetesObject[]): Overlap[] {
  const owners = new Map(
    working(before).flatMap((from) => from.statefulArtifacts.map((artifact) => [artifact, from] as const)),
  );
  return working(after).flatMap((to) =>
    to.statefulArtifacts.flatMap((artifact): Overlap[] => {
      const from = owners.get(artifact);
      if (from === undefined) return [];
      const isSame = identity(from.object) === identity(to.object);
      const isSafe = isSame ? !startsBeside(from, to) : waitForEachOther(from, to);
      return isSafe ? [] : [{ artifact, from, to, by: isSame ? 'update' : 'move' }];
    }),
  );
}

function moved({ artifact, from, to, by }: Overlap): Diagnostic {
  const what =
    by === 'update'
      ? `${artifact} stays in ${displayName(to.object)}, but the guard of the new pod does not wait for the old one`
      : `${artifact} moves from ${displayNames(from.object, to.object).join(' to ')}`;
  return finding(
    'MI-UPGRADE-STATEFUL-MOVED',
    `${what}: until the old pod has ended, it runs twice.`,
    endFirst(from.object),
  );
}

function isolated(one: NewlyIsolated): Diagnostic {
  const { artifact, to } = one;
  return finding(
    'MI-UPGRADE-STATEFUL-ISOLATED',
    `${artifact} is to run in ${displayName(to.object)} alone; if it ran in ${namesOfFormer(one)} before, it runs twice until those pods are replaced.`,
    `If ${artifact} runs there now, ${pauseFirst(to.object)} mi-patterns rollout ends those pods first if they are marked as running it.`,
  );
}

/** How to let the pods that ran an artifact be replaced before it starts in a workload of its own. Pure. */
export function pauseFirst(object: KubernetesObject): string {
  return `make this change with workloads.${componentOf(object)}.paused: true first. When those pods have been replaced, remove paused.`;
}

/**
 * Whether an update of one workload starts the server of the new pod while that of the old one runs: a guard lets pods
 * overlap, and it starts the server at once where the old pod holds other Leases or has no guard.
 */
function startsBeside(before: ReleaseWorkload, after: ReleaseWorkload): boolean {
  return (
    after.coordination === 'lease' &&
    textAt(after.object, 'spec', 'strategy', 'type') !== 'Recreate' &&
    !waitForEachOther(before, after)
  );
}

/** Stateful artifacts that end with the upgrade, in a Deployment that grows in it. */
function growths(before: readonly KubernetesObject[], after: readonly KubernetesObject[]): Overlap[] {
  const kept = new Set(releaseWorkloads(after).flatMap(({ statefulArtifacts }) => statefulArtifacts));
  return working(before).flatMap((from) =>
    from.coordination === 'isolate' && growsInPlace(from.object, after)
      ? from.statefulArtifacts
          .filter((artifact) => !kept.has(artifact))
          .map((artifact) => ({ artifact, from, to: from, by: 'growth' }))
      : [],
  );
}

function growthFindings(before: readonly KubernetesObject[], after: readonly KubernetesObject[]): Diagnostic[] {
  const growing = groupBy(growths(before, after), ({ from }) => from.object);
  return [...growing].map(([object, ending]) =>
    finding(
      'MI-UPGRADE-STATEFUL-GROWS',
      `${ending.map(({ artifact }) => artifact).join(', ')} ${ending.length === 1 ? 'ends' : 'end'} with the upgrade, in which ${displayName(object)} is scaled up: Kubernetes first adds pods of the old version, which run ${ending.length === 1 ? 'it' : 'them'} too.`,
      endFirst(object),
    ),
  );
}

/**
 * Stateful artifacts of workloads whose pods agree through a database, which becomes another one while they are
 * replaced one after the other: the servers of each database elect one that runs the artifact.
 */
function databaseChanges(before: readonly KubernetesObject[], after: readonly KubernetesObject[]): Overlap[] {
  const next = new Map(working(after).map((workload) => [identity(workload.object), workload]));
  return working(before).flatMap((from) => {
    const to = next.get(identity(from.object));
    if (to?.coordination !== 'database' || textAt(to.object, 'spec', 'strategy', 'type') === 'Recreate') return [];
    if (!areApart(coordinationDatabase(from, before), coordinationDatabase(to, after))) return [];
    return from.statefulArtifacts
      .filter((artifact) => to.statefulArtifacts.includes(artifact))
      .map((artifact) => ({ artifact, from, to, by: 'database' }));
  });
}

function databaseFindings(before: readonly KubernetesObject[], after: readonly KubernetesObject[]): Diagnostic[] {
  const changing = groupBy(databaseChanges(before, after), ({ from }) => from.object);
  return [...changing].map(([object, changes]) =>
    finding(
      'MI-UPGRADE-DATABASE',
      `${displayName(object)} gets another coordination database. While its pods are replaced, the old ones and the new ones do not know of each other, and ${changes.map(({ artifact }) => artifact).join(', ')} ${changes.length === 1 ? 'runs' : 'run'} in both.`,
      `First, without this change, set workloads.${componentOf(object)}.paused: true in the values, and wait until its pods are gone: nothing answers its requests then. Then make the change, without paused.`,
    ),
  );
}

/** The key of a workload under `workloads` in the values. */
export function componentOf({ metadata }: KubernetesObject): string {
  return metadata.labels?.['app.kubernetes.io/component'] ?? metadata.name;
}

/**
 * Whether a live Deployment gets more pods in an upgrade. Where its pods change in the same step, the controller first
 * scales the ReplicaSet that is there (kubernetes/kubernetes, pkg/controller/deployment: sync of a scaling event before
 * the rollout). Pure.
 */
export function growsInPlace(live: KubernetesObject, wanted: readonly KubernetesObject[]): boolean {
  const next = wanted.find((object) => identity(object) === identity(live));
  return (
    live.kind === 'Deployment' &&
    next !== undefined &&
    effectiveReplicas(next, wanted) > (numberAt(live, 'spec', 'replicas') ?? 1)
  );
}

function endFirst(object: KubernetesObject): string {
  return `End it before the upgrade, which creates it again: kubectl delete ${kubectlName(object)} --cascade=foreground waits until its pods are gone. mi-patterns rollout does this for you. Argo CD would start it again: there, commit paused: true for it first.`;
}

function replicaFindings(before: readonly KubernetesObject[], after: readonly KubernetesObject[]): Diagnostic[] {
  return pairs(before, after).flatMap(([previous, next]) => {
    const [old, wanted] = [autoscalersOf(previous, before)[0], autoscalersOf(next, after)[0]];
    const replicas = numberAt(previous, 'spec', 'replicas') ?? 1;
    if (old === undefined && wanted !== undefined && at(next, 'spec', 'replicas') === undefined && replicas > 1) {
      return [
        finding(
          'MI-UPGRADE-REPLICAS-HANDED-OVER',
          `${displayName(next)} hands its ${replicas} replicas to ${displayName(wanted.object)}: when helm gives up spec.replicas, it drops to 1 pod until the autoscaler scales it up.`,
          'Upgrade at a quiet time; mi-patterns rollout keeps the replicas during the handover.',
        ),
      ];
    }
    if (old !== undefined && wanted === undefined && at(next, 'spec', 'replicas') !== undefined) {
      return [
        finding(
          'MI-UPGRADE-REPLICAS-TAKEN-BACK',
          `${displayName(next)} sets spec.replicas to ${numberAt(next, 'spec', 'replicas')}, which ${displayName(old.object)} has set until now: the upgrade sets that number immediately.`,
          'Choose enough replicas for the current load.',
        ),
      ];
    }
    return [];
  });
}

/**
 * Kubernetes fills in `rollingUpdate` where the manifest leaves it out. helm does not own what was filled in, so with
 * server-side apply it stays and is refused beside Recreate. Seen with helm 4.3.1 on Kubernetes 1.37; helm 3 is free of
 * it.
 */
function strategyFindings(before: readonly KubernetesObject[], after: readonly KubernetesObject[]): Diagnostic[] {
  return pairs(before, after)
    .filter(
      ([previous, next]) =>
        next.kind === 'Deployment' &&
        textAt(next, 'spec', 'strategy', 'type') === 'Recreate' &&
        textAt(previous, 'spec', 'strategy', 'type') !== 'Recreate' &&
        at(previous, 'spec', 'strategy', 'rollingUpdate') === undefined,
    )
    .map(([, next]) =>
      finding(
        'MI-UPGRADE-STRATEGY',
        `${displayName(next)} changes to the strategy Recreate, but the rollingUpdate that Kubernetes added remains: with server-side apply, the upgrade fails.`,
        `Patch it first: kubectl patch ${kubectlName(next)} --type merge --patch '{"spec":{"strategy":{"type":"Recreate","rollingUpdate":null}}}'`,
      ),
    );
}

/** Claims that vanish take their data along, unless the storage class keeps volumes. */
function claimFindings(before: readonly KubernetesObject[], after: readonly KubernetesObject[]): Diagnostic[] {
  const gone = removed(before, after).filter(
    (object) =>
      object.kind === 'PersistentVolumeClaim' && object.metadata.annotations?.['helm.sh/resource-policy'] !== 'keep',
  );
  const smaller = pairs(before, after).filter(
    ([previous, next]) => next.kind === 'PersistentVolumeClaim' && size(next) < size(previous),
  );
  return [
    ...gone.map((claim) =>
      finding(
        'MI-UPGRADE-DATA-LOST',
        `${displayName(claim)} is deleted, and with most storage classes its data.`,
        'Keep the claim, or annotate it with helm.sh/resource-policy: keep before the upgrade.',
      ),
    ),
    ...smaller.map(([previous, next]) =>
      finding(
        'MI-UPGRADE-IMMUTABLE',
        `${displayName(next)}: spec.resources.requests.storage shrinks from ${storage(previous)} to ${storage(next)}, which Kubernetes refuses.`,
        'Keep the size.',
      ),
    ),
  ];
}

function storage(claim: KubernetesObject): string {
  return textAt(claim, 'spec', 'resources', 'requests', 'storage') ?? '0';
}

/** Bytes that a claim asks for. */
function size(claim: KubernetesObject): number {
  return quantity(storage(claim)) ?? 0;
}
