import { releasedNow } from './steps.ts';
import {
  at,
  autoscalersOf,
  containers,
  displayName,
  effectiveReplicas,
  identity,
  isWorkload,
  type JsonObject,
  kubectlName,
  type KubernetesObject,
  listAt,
  matchesLabels,
  numberAt,
  objectAt,
  podTemplate,
  type ReleaseWorkload,
  releaseWorkloads,
  textAt,
} from '@mi-patterns/helm';
import { finding } from '../findings/catalogue.ts';
import { endThePods, keptEmpty, podsOnNodes, scaleToZero, waitingForEnd } from './drain.ts';
import { beginChange, type BeginEffects, callHelm, type Trail } from './trail.ts';
import { type LivePod, type LiveState, type OldRelease, workloadState } from '../live/live.ts';
import type { RolloutRecord } from '../release/record.ts';
import type { RolloutEffects, UpgradeOutcome } from './effects.ts';
import { StopRollout } from './stop.ts';

/** Annotation of an old workload: the replicas it had before it was taken over. */
const replicasBefore = 'mi-patterns.io/replicas-before';
/** Annotation of an old workload: when the record was made that counted before it was taken over, where one did. */
const takenOverAfter = 'mi-patterns.io/taken-over-after';
/** Annotation of an old Service: the selector it had before it was pointed at the new pods, as JSON. */
const selectorBefore = 'mi-patterns.io/selector-before';
/**
 * Milliseconds until every node sends new connections where a Service points now, and clients have let go of those they
 * had: the time for which a pod of the chart answers after it has left its Service (`gracefulShutdown.drainSeconds`).
 */
const routeDelay = 10_000;

/** An old Service, and where it will point. */
interface RouteMove {
  readonly service: KubernetesObject;
  readonly to: ReleaseWorkload;
  readonly labels: JsonObject;
  /** Ports of the Service at which nothing answers there. */
  readonly unserved: readonly string[];
}

export interface TakeOverRequest {
  /** Seconds until pods must be ready or gone. */
  readonly timeout: number;
  readonly wanted: readonly KubernetesObject[];
  readonly trail: Trail;
  readonly say: (detail: string) => void;
}

type TakeOverEffects = Pick<
  RolloutEffects,
  | 'oldReleases'
  | 'live'
  | 'scale'
  | 'scaledObjects'
  | 'stopServer'
  | 'patch'
  | 'sleep'
  | 'now'
  | 'upgrade'
  | 'bringArchives'
> &
  BeginEffects;

/**
 * Throws StopRollout where a workload of a release that is to be taken over does not run Micro Integrator: a mistyped
 * name must not scale somebody's database to 0.
 */
export function requireServers(
  release: string,
  objects: readonly KubernetesObject[],
  runsServer: (workload: KubernetesObject) => boolean,
): void {
  const stranger = objects.find((object) => isWorkload(object) && !runsServer(object));
  if (stranger === undefined) return;
  throw new StopRollout([
    finding(
      'MI-ROLLOUT-TAKE-OVER',
      `${displayName(stranger)} of the release ${release} does not run Micro Integrator, so the release is not taken over.`,
      'Correct `takeOver` in mi-patterns.yaml; mi-patterns audit lists the workloads that run Micro Integrator.',
    ),
  ]);
}

/** Whether pods of the release may still work, or will. */
export function stillRuns({ objects, pods }: OldRelease): boolean {
  return pods.length > 0 || objects.some((object) => isWorkload(object) && replicasOf(object) > 0);
}

/** Whether a rollout has taken the release over, so that it can be given back. */
export function wasTakenOver({ objects }: OldRelease): boolean {
  return objects.some(({ metadata }) => metadata.annotations?.[replicasBefore] !== undefined);
}

/**
 * Whether the release was taken over after a record was made, so that what ran then ran beside it. Records are told
 * apart by their time, as revisions begin anew when a release is installed again. Pure.
 */
export function takenOverSince({ objects }: OldRelease, records: readonly RolloutRecord[], to: RolloutRecord): boolean {
  const place = (time: string | undefined): number => records.findIndex((record) => record.at === time);
  return objects.some(({ metadata }) => {
    const after = place(metadata.annotations?.[takenOverAfter]);
    return after >= 0 && after >= place(to.at);
  });
}

/**
 * What a way back from `now` to `target` leaves to old releases, which did it before they were taken over: workloads
 * with something that must run once and that `target` does not run. `isAllThere`: whether `target` does run such things
 * and lacks none of them, so that there is nothing to give back. Pure.
 */
export function leftToOthers(
  now: readonly KubernetesObject[],
  target: readonly KubernetesObject[],
): { readonly workloads: readonly KubernetesObject[]; readonly isAllThere: boolean } {
  const own = new Set(
    releaseWorkloads(target)
      .filter(({ object }) => effectiveReplicas(object, target) > 0)
      .flatMap(({ statefulArtifacts }) => statefulArtifacts),
  );
  const workloads = releaseWorkloads(now)
    .filter(({ statefulArtifacts }) => statefulArtifacts.some((artifact) => !own.has(artifact)))
    .map(({ object }) => object);
  return { workloads, isAllThere: own.size > 0 && workloads.length === 0 };
}

/** The workloads and pods of old releases as they are now. Pure. */
export function asTheyAre(olds: readonly OldRelease[]): LiveState {
  return {
    workloads: olds.flatMap(({ objects }) => objects.filter(isWorkload)),
    pods: olds.flatMap(({ pods }) => pods),
  };
}

/** The workloads of old releases with the pods that they had before they were taken over. Pure. */
export function beforeTakeOver(olds: readonly OldRelease[]): LiveState {
  const workloads = asTheyAre(olds).workloads.map((object) => ({
    ...object,
    spec: { ...objectAt(object, 'spec'), replicas: replicasBeforeOf(object) ?? 0 },
  }));
  return { workloads, pods: [] };
}

function replicasBeforeOf({ metadata }: KubernetesObject): number | undefined {
  const text = metadata.annotations?.[replicasBefore];
  return text === undefined || Number.isNaN(Number(text)) ? undefined : Number(text);
}

/**
 * Takes the work of old releases over: what is stateless starts beside them, their Services are pointed at it, and then
 * their pods end. What must run once starts afterwards, with the upgrade. Each step is decided from the cluster, so a
 * call that was cut off can be made again. Throws StopRollout when old pods stay.
 *
 * @param ran the record of what runs beside them until then; none at a first rollout.
 */
export async function takeOver(
  effects: TakeOverEffects,
  olds: readonly OldRelease[],
  { timeout, wanted, trail, say, ran }: TakeOverRequest & { readonly ran: RolloutRecord | undefined },
): Promise<UpgradeOutcome> {
  await effects.bringArchives(wanted);
  say(`stateless pods start next to ${olds.map(({ name }) => name).join(', ')}; what must run once waits`);
  const beside = await callHelm(effects, { trail, timeout }, () =>
    effects.upgrade({ beside: true, rollBack: true, onProgress: () => {} }),
  );
  if (beside.state === 'failed') return beside;
  const to = serving(wanted);
  if (to !== undefined && isStateless(to)) {
    await raise(effects, to.object, { wanted, timeout, say });
    await moveRoutes(effects, olds, wanted, say);
  }
  const workloads = olds.flatMap(({ objects }) => objects.filter(isWorkload));
  for (const workload of workloads.filter((object) => replicasOf(object) > 0)) {
    say(`${displayName(workload)} is scaled from ${replicasOf(workload)} to 0`);
    await effects.patch(workload, {
      metadata: { annotations: { [replicasBefore]: String(replicasOf(workload)), [takenOverAfter]: ran?.at ?? null } },
    });
    await scaleToZero(effects, workload, trail.ended);
  }
  await stopServers(effects, workloads, say);
  await untilGone(effects, workloads, { timeout, say });
  return beside;
}

/**
 * Brings a workload to the number of pods that its autoscaler leaves it at least: without a number in its manifest it
 * begins with one, which would get the requests of all old pods.
 */
async function raise(
  effects: Pick<RolloutEffects, 'live' | 'scale' | 'sleep' | 'now'>,
  object: KubernetesObject,
  { wanted, timeout, say }: Pick<TakeOverRequest, 'wanted' | 'timeout' | 'say'>,
): Promise<void> {
  if (autoscalersOf(object, wanted).length === 0) return;
  const least = effectiveReplicas(object, wanted);
  const { workloads } = await effects.live([object]);
  const live = workloads.find((one) => identity(one) === identity(object));
  if (live === undefined || replicasOf(live) >= least) return;
  say(`${displayName(object)} gets ${least} pods, the fewest that its autoscaler keeps`);
  await effects.scale(live, least);
  await untilReady(effects, [object], { timeout, say, route: 'old' });
}

/**
 * Tells the servers in ending pods to stop, where their pods do not do it themselves. In WSO2's images a shell is
 * process 1 and passes no signal on, so a server would work until the kubelet kills it, after 30 s by default, and
 * every old pod with it.
 */
async function stopServers(
  effects: Pick<RolloutEffects, 'live' | 'stopServer' | 'sleep'>,
  workloads: readonly KubernetesObject[],
  say: (detail: string) => void,
): Promise<void> {
  // The signal goes to the first container, as `kubectl exec` does where no other is named.
  const deaf = workloads.filter((workload) => {
    const first = containers(podTemplate(workload) ?? {}).find(({ type }) => type === 'container');
    return first !== undefined && at(first.spec, 'lifecycle', 'preStop') === undefined;
  });
  const ids = new Set(deaf.map(identity));
  const told = new Set<string>();
  // A server that stops before its pod was told to end would be started again, so only ending pods are asked.
  for (let round = 0; round < 20; round += 1) {
    const pods = (await effects.live(deaf)).pods.filter(({ workload, name }) => ids.has(workload) && !told.has(name));
    if (pods.length === 0) return;
    const ending = pods.filter((pod) => pod.ending);
    for (const { name } of ending) told.add(name);
    const refusals = await Promise.all(ending.map((pod) => effects.stopServer(pod)));
    for (const [index, refusal] of refusals.entries())
      if (refusal !== undefined)
        say(
          `${ending[index]?.name} works until its grace period ends, because its server could not be stopped: ${refusal}`,
        );
    if (ending.length < pods.length) await effects.sleep(500);
  }
}

/** Points Services of old releases at the pods that serve now; those that point there already are left. */
export async function moveRoutes(
  effects: Pick<RolloutEffects, 'patch' | 'sleep'>,
  olds: readonly OldRelease[],
  wanted: readonly KubernetesObject[],
  say: (detail: string) => void,
): Promise<void> {
  const moves = olds.flatMap((old) => routeMoves(old, wanted));
  for (const { service, to, labels } of moves) {
    const before = objectAt(service, 'spec', 'selector');
    say(`${displayName(service)} sends requests to ${displayName(to.object)}`);
    await effects.patch(service, {
      ...annotated(selectorBefore, service.metadata.annotations?.[selectorBefore] ?? JSON.stringify(before)),
      spec: { selector: { ...nulled(before), ...labels } },
    });
  }
  if (moves.length > 0) await effects.sleep(routeDelay);
}

/**
 * Gives the work back to old releases that were taken over: what must run once ends in the new release first, then old
 * pods start, and their Services are pointed at them again once they are ready. Throws StopRollout when pods stay, or
 * do not get ready.
 */
export async function giveBack(
  effects: TakeOverEffects & Pick<RolloutEffects, 'released'>,
  { timeout, trail, say }: Omit<TakeOverRequest, 'wanted'>,
): Promise<void> {
  const stateful = releaseWorkloads(await releasedNow(effects))
    .filter(({ type, statefulArtifacts }) => type === 'stateful' || statefulArtifacts.length > 0)
    .map(({ object }) => object);
  await endOnce(effects, stateful, { timeout, trail, say });
  // The release may have been removed already, by hand too: helm does not wait for its pods.
  await untilGone(effects, [], { timeout, say }, ({ artifacts }) => artifacts.length > 0);
  await startAgain(effects, wasTakenOver, { timeout, trail, say });
}

/** Scales workloads to 0 and waits until their pods are gone. Throws StopRollout when they stay. */
export async function endOnce(
  effects: Pick<RolloutEffects, 'live' | 'scale' | 'sleep' | 'scaledObjects'> & BeginEffects,
  workloads: readonly KubernetesObject[],
  { timeout, trail, say }: Omit<TakeOverRequest, 'wanted'>,
): Promise<void> {
  await keptEmpty(effects, workloads);
  await beginChange(effects, { trail, timeout });
  const { workloads: live } = await effects.live(workloads);
  const ids = new Set(workloads.map(identity));
  for (const workload of live.filter((object) => ids.has(identity(object)) && replicasOf(object) > 0))
    await scaleToZero(effects, workload, trail.emptied);
  await untilGone(effects, workloads, { timeout, say });
}

/**
 * Starts the pods of old releases as they were before, and points their Services at them once they are ready. Nothing
 * else may do their work by then. Throws StopRollout when they do not get ready.
 */
export async function startAgain(
  effects: Pick<RolloutEffects, 'oldReleases' | 'live' | 'scale' | 'patch' | 'sleep' | 'now'>,
  which: (old: OldRelease) => boolean,
  { timeout, trail, say }: Omit<TakeOverRequest, 'wanted'>,
): Promise<void> {
  const olds = (await effects.oldReleases()).filter(which);
  const workloads = olds.flatMap(({ objects }) => objects.filter((object) => replicasBeforeOf(object) !== undefined));
  trail.ended = workloads.map(displayName);
  for (const workload of workloads) {
    const replicas = replicasBeforeOf(workload) ?? 0;
    say(`${displayName(workload)} starts again with ${replicas} ${replicas === 1 ? 'pod' : 'pods'}`);
    await effects.scale(workload, replicas);
    trail.ended = trail.ended.filter((name) => name !== displayName(workload));
  }
  await untilReady(
    effects,
    olds.flatMap(({ objects }) => objects.filter(isWorkload)),
    { timeout, say, route: 'new' },
  );
  for (const object of olds.flatMap(({ objects }) => objects)) {
    const selector = object.metadata.annotations?.[selectorBefore];
    if (selector !== undefined) {
      say(`${displayName(object)} sends requests to the old pods again`);
      const before = JSON.parse(selector) as JsonObject;
      await effects.patch(object, {
        ...annotated(selectorBefore, null),
        spec: { selector: { ...nulled(objectAt(object, 'spec', 'selector')), ...before } },
      });
    }
    if (object.metadata.annotations?.[replicasBefore] !== undefined)
      await effects.patch(object, { metadata: { annotations: { [replicasBefore]: null, [takenOverAfter]: null } } });
  }
  await effects.sleep(routeDelay);
}

/** The one workload of a release that answers requests: the stateless one, or its only one. */
export function serving(wanted: readonly KubernetesObject[]): ReleaseWorkload | undefined {
  const all = releaseWorkloads(wanted);
  const stateless = all.filter(({ type, statefulArtifacts }) => type !== 'stateful' && statefulArtifacts.length === 0);
  const candidates = stateless.length > 0 ? stateless : all;
  return candidates.length === 1 ? candidates[0] : undefined;
}

/** Whether the workload that serves can run beside the old release. */
export function servesBeside(wanted: readonly KubernetesObject[]): boolean {
  return isStateless(serving(wanted));
}

export function isStateless(workload: ReleaseWorkload | undefined): boolean {
  return workload !== undefined && workload.type !== 'stateful' && workload.statefulArtifacts.length === 0;
}

export function routeMoves(old: OldRelease, wanted: readonly KubernetesObject[]): RouteMove[] {
  const to = serving(wanted);
  if (to === undefined) return [];
  const labels = objectAt(to.object, 'spec', 'selector', 'matchLabels');
  const listens = new Set(
    containers(to.template).flatMap(({ spec }) =>
      listAt(spec, 'ports').flatMap((port) => [textAt(port, 'containerPort') ?? [], textAt(port, 'name') ?? []].flat()),
    ),
  );
  const templates = old.objects.filter(isWorkload).map((object) => objectAt(podTemplate(object), 'metadata', 'labels'));
  return old.objects
    .filter((object) => object.kind === 'Service' && textAt(object, 'spec', 'type') !== 'ExternalName')
    .filter((service) => {
      const selector = objectAt(service, 'spec', 'selector');
      return Object.keys(selector).length > 0 && templates.some((template) => matchesLabels(selector, template));
    })
    .flatMap((service) => {
      // By number or by name, as the container says it.
      const ports = listAt(service, 'spec', 'ports').map(
        (port) => textAt(port, 'targetPort') ?? textAt(port, 'port') ?? '',
      );
      const unserved = ports.filter((port) => !listens.has(port));
      return unserved.length === ports.length ? [] : [{ service, to, labels, unserved }];
    });
}

/** What is still waited for, undefined where nothing is; `because` says why the rollout stops when the time is over. */
interface Waiting {
  readonly detail: string | undefined;
  readonly because: StopRollout;
}

async function waitUntil(
  effects: Pick<RolloutEffects, 'sleep' | 'now'>,
  timeout: number,
  look: () => Promise<Waiting | undefined>,
  say: (detail: string) => void,
): Promise<void> {
  const end = effects.now().getTime() + timeout * 1000;
  for (let waiting = await look(); waiting !== undefined; waiting = await look()) {
    if (effects.now().getTime() > end) throw waiting.because;
    if (waiting.detail !== undefined) say(waiting.detail);
    await effects.sleep(1000);
  }
}

/** Waits until the pods of workloads have ended, and those that `others` names. */
async function untilGone(
  effects: Pick<RolloutEffects, 'live' | 'sleep' | 'now'>,
  workloads: readonly KubernetesObject[],
  { timeout, say }: Pick<TakeOverRequest, 'timeout' | 'say'>,
  others: (pod: LivePod) => boolean = () => false,
): Promise<void> {
  const ids = new Set(workloads.map(identity));
  const look = async (): Promise<Waiting | undefined> => {
    const live = await effects.live(workloads);
    const pods = live.pods.filter((pod) => ids.has(pod.workload) || others(pod));
    const unseen = unsettled(live.workloads, ids);
    if (pods.length === 0 && unseen.length === 0) return undefined;
    const message = `${podsOnNodes(pods) || names(unseen)} did not end within ${timeout} s. Nothing that does the same work was started.`;
    const because = stopped(message, endThePods(pods, workloads));
    return { detail: pods.length === 0 ? undefined : waitingForEnd(pods), because };
  };
  await waitUntil(effects, timeout, look, say);
}

async function untilReady(
  effects: Pick<RolloutEffects, 'live' | 'sleep' | 'now'>,
  workloads: readonly KubernetesObject[],
  { timeout, say, route }: Pick<TakeOverRequest, 'timeout' | 'say'> & { readonly route: 'old' | 'new' },
): Promise<void> {
  const ids = new Set(workloads.map(identity));
  const look = async (): Promise<Waiting | undefined> => {
    const waiting = unsettled((await effects.live(workloads)).workloads, ids);
    if (waiting.length === 0) return undefined;
    const message = `${names(waiting)} did not become ready within ${timeout} s; requests still go to the ${route} pods.`;
    return {
      detail: `waiting for ${names(waiting)} to be ready`,
      because: stopped(
        message,
        `See why (${waiting.map((one) => `kubectl describe ${kubectlName(one)}`).join('; ')}), then run the command again.`,
      ),
    };
  };
  await waitUntil(effects, timeout, look, say);
}

function unsettled(workloads: readonly KubernetesObject[], ids: ReadonlySet<string>): readonly KubernetesObject[] {
  return workloads.filter((object) => ids.has(identity(object)) && !workloadState(object).settled);
}

function stopped(message: string, hint: string): StopRollout {
  return new StopRollout([finding('MI-ROLLOUT-TAKE-OVER', message, hint)], 'failed');
}

function annotated(name: string, value: string | null): { readonly metadata: { readonly annotations: JsonObject } } {
  return { metadata: { annotations: { [name]: value } } };
}

/** Every key with null, which removes it in a merge patch (RFC 7386). */
function nulled(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.keys(object).map((key) => [key, null]));
}

export function names(objects: readonly KubernetesObject[]): string {
  return objects.map(displayName).join(', ');
}

function replicasOf(object: KubernetesObject): number {
  return numberAt(object, 'spec', 'replicas') ?? 1;
}
