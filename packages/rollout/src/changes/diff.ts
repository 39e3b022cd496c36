import { compareText, counted, type Diagnostic } from '@mi-patterns/inventory';
import {
  at,
  chartWarnings,
  componentOf,
  displayName,
  identity,
  isWorkload,
  type KubernetesObject,
  listAt,
  numberAt,
  textAt,
  type UpgradeFinding,
  upgradeFindings,
} from '@mi-patterns/helm';
import { describe, parted } from '@mi-patterns/values';
import { fieldChanges, type FieldChange } from './field-diff.ts';
import { gitOpsFindings } from './gitops.ts';
import { drainsBefore, handOvers, strategyPatches, type Drain } from './moves.ts';
import type { LivePod } from '../live/live.ts';

export interface ObjectChange {
  readonly object: string;
  readonly action: 'create' | 'update' | 'delete';
  readonly fields: readonly FieldChange[];
}

/** What happens to the pods, in numbers and in a sentence. Seconds are estimates, see {@link impactOf}. */
interface Impact {
  readonly sentence: string;
  readonly restartingPods: number;
  readonly workloads: readonly {
    readonly name: string;
    readonly pods: number;
    readonly action: 'restart' | 'start' | 'end';
    readonly downSeconds: number;
  }[];
}

/** What a rollout would change in the cluster. */
export interface ReleaseDiff {
  readonly changes: readonly ObjectChange[];
  /** What somebody else changed since the release was rolled out: what a repeat of it would set back. */
  readonly drift: readonly ObjectChange[];
  /** What the API server refuses, and what the upgrade would break. */
  readonly diagnostics: readonly Diagnostic[];
  /** What the rollout does before the upgrade. */
  readonly preparations: readonly string[];
  readonly impact: Impact;
}

/** Answers of the cluster that a diff is made of. Objects by {@link identity}. */
export interface DiffFacts {
  readonly before: readonly KubernetesObject[];
  readonly wanted: readonly KubernetesObject[];
  readonly live: ReadonlyMap<string, KubernetesObject>;
  readonly pods: readonly LivePod[];
  /** The wanted objects as a server-side dry run leaves them. */
  readonly applied: ReadonlyMap<string, KubernetesObject>;
  /** The objects of the release as a dry run of the same leaves them. */
  readonly reapplied: ReadonlyMap<string, KubernetesObject>;
  readonly refusals: readonly Diagnostic[];
  /** Workloads of the release that neither set of objects has. */
  readonly orphans: readonly KubernetesObject[];
  readonly trusted: boolean;
  readonly helmMajor: number;
  /** Seconds until a new pod of a workload, named by its component, is ready. */
  readonly startSeconds: (component: string) => number;
}

/** Puts a diff together. Pure. */
export function makeDiff(facts: DiffFacts): ReleaseDiff {
  const liveWorkloads = [...facts.live.values()].filter(isWorkload);
  const drains = drainsBefore(liveWorkloads, facts.pods, facts.wanted, facts.trusted);
  const kept = facts.helmMajor >= 4 ? handOvers(facts.before, liveWorkloads, facts.wanted) : [];
  const patched = strategyPatches(liveWorkloads, facts.wanted);
  const changes = [
    ...objectChanges(facts, new Set(kept.map(({ workload }) => identity(workload)))),
    ...facts.orphans.map((object): ObjectChange => ({ object: displayName(object), action: 'delete', fields: [] })),
  ].sort((a, b) => compareText(a.object, b.object));
  const handled = new Set([
    ...(kept.length > 0 ? ['MI-UPGRADE-REPLICAS-HANDED-OVER'] : []),
    ...(facts.helmMajor < 4 || patched.length > 0 ? ['MI-UPGRADE-STRATEGY'] : []),
  ]);
  return {
    changes,
    drift: driftOf(facts.before, facts.live, facts.reapplied),
    diagnostics: [
      ...facts.refusals,
      ...upgradeFindings(facts.before, facts.wanted).map((finding) => softened(finding, handled, drains)),
      ...lackingInCluster(facts.wanted),
      ...gitOpsFindings(facts.live.values()),
    ],
    preparations: [
      ...facts.orphans.map((object) => `${displayName(object)} is removed: an interrupted upgrade left it behind.`),
      ...drains.map(
        ({ workload, because }) =>
          `${displayName(workload)} is scaled to 0, and the rollout waits for its pods to end: ${because}.`,
      ),
      ...kept.map(
        ({ workload, replicas }) =>
          `${displayName(workload)} keeps its ${replicas} replicas until the autoscaler takes over.`,
      ),
      ...patched.map((workload) => `${displayName(workload)} changes to the strategy Recreate.`),
    ],
    impact: impactOf(facts, changes, drains),
  };
}

/**
 * What the chart leaves out because this cluster lacks it. The other warnings are told when the values are validated.
 */
function lackingInCluster(wanted: readonly KubernetesObject[]): Diagnostic[] {
  return chartWarnings(wanted)
    .filter(({ code }) => code === 'MI-VALUES-CLUSTER')
    .map(({ path, sentence }) => {
      const { fault, remedy } = parted(sentence);
      return describe('MI-VALUES-CLUSTER', `${path.join('.')}: ${fault}`, undefined, { hint: remedy });
    });
}

/** Findings that the rollout itself deals with are told, and stop nothing. */
function softened(
  { diagnostic, about }: UpgradeFinding,
  handled: ReadonlySet<string>,
  drains: readonly Drain[],
): Diagnostic {
  const { code } = diagnostic;
  const moves =
    code === 'MI-UPGRADE-STATEFUL-MOVED' ||
    code === 'MI-UPGRADE-STATEFUL-GROWS' ||
    (code === 'MI-UPGRADE-STATEFUL-ISOLATED' &&
      drains.some(({ artifacts }) => artifacts.some((artifact) => artifact === about)));
  const renamed = code === 'MI-UPGRADE-RENAMED' && drains.some(({ workload }) => identity(workload) === about);
  return moves || renamed || handled.has(code)
    ? { ...diagnostic, severity: 'info', hint: 'The rollout handles it: see the steps before the upgrade.' }
    : diagnostic;
}

function objectChanges(facts: DiffFacts, keptReplicas: ReadonlySet<string>): ObjectChange[] {
  const old = new Map(facts.before.map((object) => [identity(object), object]));
  const wanted = new Map(facts.wanted.map((object) => [identity(object), object]));
  const changed = [...wanted].flatMap(([id, object]): ObjectChange[] => {
    const live = facts.live.get(id);
    if (live === undefined) return [{ object: displayName(object), action: 'create', fields: [] }];
    const result = facts.applied.get(id);
    const fields = result === undefined ? [] : fieldChanges(live, result);
    const released = old.get(id);
    // Objects that helm 3 made are updated in the client: what the manifest no longer has goes, whatever a server-side
    // dry run says.
    const dropped =
      released === undefined || result === undefined
        ? []
        : fieldChanges(released, object).filter(
            (change) =>
              change.after === undefined &&
              change.lines === undefined &&
              !fields.some(({ path }) => path === change.path || path.startsWith(`${change.path}.`)) &&
              valueAt(live, change.path) !== undefined &&
              valueAt(result, change.path) !== undefined &&
              !isServerDefault(change.path),
          );
    const all = [...fields, ...dropped].filter(({ path }) => !(path === 'spec.replicas' && keptReplicas.has(id)));
    return all.length === 0
      ? []
      : [{ object: displayName(object), action: 'update', fields: all.sort((a, b) => compareText(a.path, b.path)) }];
  });
  const removed = facts.before.filter(
    (object) =>
      !wanted.has(identity(object)) &&
      facts.live.has(identity(object)) &&
      object.metadata.annotations?.['helm.sh/resource-policy'] !== 'keep',
  );
  return [
    ...changed,
    ...removed.map((object): ObjectChange => ({ object: displayName(object), action: 'delete', fields: [] })),
  ].sort((a, b) => compareText(a.object, b.object));
}

/** Kubernetes fills it in again when it is left out. */
function isServerDefault(path: string): boolean {
  return path === 'spec.replicas' || /(?:Policy|Seconds|protocol|type)$/.test(path);
}

function valueAt(object: KubernetesObject, path: string): unknown {
  return path.includes('[') || path.includes('"') ? undefined : at(object, ...path.split('.'));
}

/** What differs between the cluster and a repeat of the release, told from the release's side. Pure. */
export function driftOf(
  before: readonly KubernetesObject[],
  live: ReadonlyMap<string, KubernetesObject>,
  reapplied: ReadonlyMap<string, KubernetesObject>,
): ObjectChange[] {
  return before
    .filter((object) => object.metadata.annotations?.['helm.sh/hook'] === undefined)
    .flatMap((object): ObjectChange[] => {
      const [now, again] = [live.get(identity(object)), reapplied.get(identity(object))];
      if (now === undefined) return [{ object: displayName(object), action: 'delete', fields: [] }];
      const fields = again === undefined ? [] : fieldChanges(again, now);
      return fields.length === 0 ? [] : [{ object: displayName(object), action: 'update', fields }];
    })
    .sort((a, b) => compareText(a.object, b.object));
}

/** Seconds that MI takes to end after the wait of its preStop: an estimate, no message in flight. */
const serverStop = 5;

/**
 * What happens to pods. Down are workloads whose old pods end before new ones start: one replica with Recreate or a
 * StatefulSet, and those emptied first. Time: the wait of the pod's preStop, 5 s for the end of the server, and
 * `startSeconds`.
 */
function impactOf(facts: DiffFacts, changes: readonly ObjectChange[], drains: readonly Drain[]): Impact {
  const drained = new Set(drains.map(({ workload }) => identity(workload)));
  const updated = new Map(changes.map((change) => [change.object, change]));
  const workloads = [
    ...facts.wanted.filter(isWorkload),
    ...facts.before.filter(
      (object) => isWorkload(object) && !facts.wanted.some((other) => identity(other) === identity(object)),
    ),
  ].flatMap((object): Impact['workloads'][number][] => {
    const live = facts.live.get(identity(object));
    const change = updated.get(displayName(object));
    const pods = numberAt(live, 'spec', 'replicas') ?? numberAt(object, 'spec', 'replicas') ?? 1;
    const name = object.metadata.name;
    if (change?.action === 'create')
      return [{ name, pods: numberAt(object, 'spec', 'replicas') ?? 1, action: 'start', downSeconds: 0 }];
    if (change?.action === 'delete') return [{ name, pods, action: 'end', downSeconds: 0 }];
    const restarts =
      drained.has(identity(object)) || (change?.fields ?? []).some(({ path }) => path.startsWith('spec.template'));
    if (!restarts) return [];
    const replaced =
      drained.has(identity(object)) ||
      ((object.kind === 'StatefulSet' || textAt(object, 'spec', 'strategy', 'type') === 'Recreate') && pods <= 1) ||
      textAt(live, 'spec', 'strategy', 'type') === 'Recreate';
    return [
      {
        name,
        pods,
        action: 'restart',
        downSeconds: replaced ? stopSeconds(live ?? object) + facts.startSeconds(componentOf(object)) : 0,
      },
    ];
  });
  // The API server refuses them.
  const unknown = facts.wanted.filter(
    (object) => isWorkload(object) && facts.live.has(identity(object)) && !facts.applied.has(identity(object)),
  );
  return {
    sentence: sentenceOf(
      workloads,
      unknown.map(({ metadata }) => metadata.name),
    ),
    restartingPods: podsOf(workloads.filter(({ action }) => action === 'restart')),
    workloads,
  };
}

function podsOf(workloads: Impact['workloads']): number {
  return workloads.reduce((total, { pods }) => total + pods, 0);
}

/** What happens to pods, in words. `unknown`: names of workloads of which nobody can tell. */
function sentenceOf(workloads: Impact['workloads'], unknown: readonly string[]): string {
  const restarting = workloads.filter(({ action }) => action === 'restart');
  const pods = podsOf(restarting);
  const noRestart = unknown.length === 0 ? ['no pod restarts'] : [];
  const parts = [
    ...(pods === 0 ? noRestart : [`${counted(pods, 'pod')} ${pods === 1 ? 'restarts' : 'restart'}`]),
    ...restarting
      .filter(({ downSeconds }) => downSeconds > 0)
      .map(({ name, downSeconds }) => `${name} is down for about ${Math.ceil(downSeconds / 5) * 5} s`),
    ...workloads
      .filter(({ action }) => action === 'start')
      .map(({ name, pods: starting }) => `${name} starts with ${counted(starting, 'pod')}`),
    ...workloads.filter(({ action }) => action === 'end').map(({ name }) => `${name} ends`),
    ...unknown.map((name) => `what happens to the pods of ${name} is unknown`),
  ];
  const sentence = parts.join(', ');
  return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`;
}

function stopSeconds(object: KubernetesObject): number {
  const command = listAt(object, 'spec', 'template', 'spec', 'containers')
    .map((container) => at(container, 'lifecycle', 'preStop', 'exec', 'command'))
    .find(Array.isArray) as unknown[] | undefined;
  const wait = /^[ \t]*sleep (\d+)/m.exec((command ?? []).join('\n'))?.[1];
  return Number(wait ?? 0) + serverStop;
}
