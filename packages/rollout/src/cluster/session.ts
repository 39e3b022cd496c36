import { setTimeout as sleep } from 'node:timers/promises';
import type { ClusterEffectsOptions } from './options.ts';
import { InputError } from '@mi-patterns/inventory';
import {
  displayName,
  identity,
  isToolFailure,
  isWorkload,
  type KubernetesObject,
  mountedConfigMaps,
  releaseWorkloads,
} from '@mi-patterns/helm';
import { withNamespace } from '../changes/dry-run.ts';
import { kubectl, listObjects, namespaceExists, readObject } from '../tools/kubectl.ts';
import { livePods, type LiveState, orphanedPods, othersAmong } from '../live/live.ts';
import { releaseHistory, releaseManifest, type Revision, type Target } from '../release/release.ts';
import { patientTools } from '../tools/patient-tools.ts';
import { machineTools, type Tools } from '../tools/tools.ts';
import { renderInCluster } from './render.ts';

/** One rollout's way to its cluster: what its effects share. */
export interface ClusterSession {
  readonly options: ClusterEffectsOptions;
  readonly target: Target;
  readonly tools: Tools;
  /** Ends when the user or a lost lock wants it. */
  readonly signal: AbortSignal;
  readonly interrupt: () => void;
  /** From now on a cluster that does not answer is asked again for a while. */
  readonly bePatient: () => void;
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly namespace: NamespaceOfRelease;
  readonly history: () => Promise<readonly Revision[]>;
  readonly released: (revision: number) => Promise<readonly KubernetesObject[]>;
  readonly wanted: () => Promise<readonly KubernetesObject[]>;
  readonly live: (among: readonly KubernetesObject[]) => Promise<LiveObjects>;
  readonly others: () => Promise<LiveState>;
}

/** The live state, and the objects of its pods and of those that test the release or prepare its database. */
interface LiveObjects extends LiveState {
  readonly objects: readonly KubernetesObject[];
}

/** The namespace of the release, which the first rollout makes. */
interface NamespaceOfRelease {
  readonly exists: () => Promise<boolean>;
  readonly create: () => Promise<void>;
}

/** Opens a session; nothing is asked before it is needed. */
export function openSession(options: ClusterEffectsOptions): ClusterSession {
  const interruption = new AbortController();
  const signal =
    options.signal === undefined ? interruption.signal : AbortSignal.any([options.signal, interruption.signal]);
  const pause = (milliseconds: number): Promise<void> => sleep(milliseconds, undefined, { signal });
  let isPatient = false;
  const onWait = (seconds: number): void =>
    options.onAway?.(
      `waiting up to ${seconds} s for the cluster of the context ${options.target.context}: it does not answer`,
    );
  const tools = patientTools(options.target.tools ?? machineTools, () => isPatient, pause, onWait);
  const target = { ...options.target, tools };
  const namespace = namespaceOf(target);
  return {
    options: { ...options, target },
    target,
    tools,
    signal,
    interrupt: () => interruption.abort(),
    bePatient: () => (isPatient = true),
    sleep: pause,
    namespace,
    history: () => releaseHistory(target),
    released: async (revision) =>
      inNamespace(
        target,
        ((await releaseManifest(target, revision))?.objects ?? []).map(({ object }) => object),
      ),
    wanted: async () => inNamespace(target, await renderInCluster(options)),
    live: (among) => podsAndWorkloads(target, among),
    others: () => otherReleases(target, namespace, options.takeOver ?? []),
  };
}

/**
 * Objects with the namespace of the environment. Throws InputError where a workload of the chart is in another one: its
 * pods would be seen by no step of a rollout.
 */
export function inNamespace(
  { namespace }: Pick<Target, 'namespace'>,
  objects: readonly KubernetesObject[],
): KubernetesObject[] {
  const placed = withNamespace(objects, namespace);
  const apart = releaseWorkloads(placed).find(
    ({ object, type }) => type !== undefined && object.metadata.namespace !== namespace,
  )?.object;
  if (apart === undefined) return placed;
  throw new InputError([
    {
      code: 'MI-CLI-USAGE',
      severity: 'error',
      message: `${displayName(apart)} is in the namespace ${apart.metadata.namespace}, and the environment's is ${namespace}: a rollout looks for pods in one namespace only.`,
      hint: `Remove namespaceOverride from the values and set \`namespace\` of the environment. If the release runs in ${apart.metadata.namespace} now, end its workloads there first, or change the release with helm alone.`,
    },
  ]);
}

function namespaceOf(target: Target): NamespaceOfRelease {
  let known: boolean | undefined;
  return {
    exists: async () => (known ??= await namespaceExists(target)),
    create: async () => {
      await kubectl(target, ['create', 'namespace', target.namespace]).catch(ignoreExisting);
      known = true;
    },
  };
}

async function podsAndWorkloads(target: Target, among: readonly KubernetesObject[]): Promise<LiveObjects> {
  const all = await listObjects(target, 'deployments.apps,statefulsets.apps,pods');
  const ids = new Set(among.map(identity));
  const workloads = all.filter(
    (object) =>
      isWorkload(object) &&
      (ids.has(identity(object)) || object.metadata.annotations?.['meta.helm.sh/release-name'] === target.release),
  );
  const known = among.filter(
    (object) => isWorkload(object) && !workloads.some((live) => identity(live) === identity(object)),
  );
  const pods = all.filter(({ kind }) => kind === 'Pod');
  // A pod outlives its workload for as long as its server takes to stop.
  const ofRelease = new Set(
    pods
      .filter((pod) => pod.metadata.labels?.['app.kubernetes.io/instance'] === target.release)
      .map(({ metadata }) => metadata.name),
  );
  // One of another release that ends, or soon will, may still do what is about to start: the release may just have been
  // removed, and Kubernetes then tells its pods to end a moment after their workload is gone.
  const orphaned = new Set(orphanedPods(all).map(({ name }) => name));
  const found = livePods(pods, [...workloads, ...known]).filter(
    ({ name, workload, artifacts, ending }) =>
      workload !== '' || (artifacts.length > 0 && (ofRelease.has(name) || ending || orphaned.has(name))),
  );
  const names = new Set(found.map(({ name }) => name));
  return {
    workloads,
    pods: found,
    objects: pods.filter(({ metadata: { name } }) => names.has(name) || ofRelease.has(name)),
  };
}

/**
 * Workloads and pods of the namespace that belong neither to the release nor to one that it takes over, and with what
 * these coordinate.
 */
async function otherReleases(
  target: Target,
  namespace: NamespaceOfRelease,
  takenOver: readonly string[],
): Promise<LiveState> {
  if (!(await namespace.exists())) return { workloads: [], pods: [] };
  const all = await listObjects(target, 'deployments.apps,statefulsets.apps,pods');
  const others = othersAmong(all, [target.release, ...takenOver]);
  const names = releaseWorkloads(others.workloads)
    .filter(({ coordination, statefulArtifacts }) => coordination === 'database' && statefulArtifacts.length > 0)
    .flatMap(({ template }) => mountedConfigMaps(template));
  const read = await Promise.all([...new Set(names)].map((name) => readObject(target, 'configmaps', name)));
  return { ...others, configMaps: read.filter((map) => map !== undefined) };
}

/**
 * Whether the account may list the ReplicaSets of the namespace. helm asks them whether a Deployment is ready; without
 * the right it waits until its time is over, and without that to watch them it does not (seen with helm 4.3.1 on
 * Kubernetes 1.37). True where nobody can tell.
 */
export async function seesReplicaSets({ target, namespace }: ClusterSession): Promise<boolean> {
  return !(await namespace.exists()) || (await may(target, 'list', 'replicasets.apps'));
}

/**
 * What helm needs to write a revision, its states included, and the account may not. Nothing where helm keeps revisions
 * elsewhere than in Secrets (helm/helm pkg/action, HELM_DRIVER), or where nobody can tell.
 */
export async function lackingRights({ target }: ClusterSession): Promise<readonly string[]> {
  if (!/^(?:secrets?)?$/.test(process.env['HELM_DRIVER'] ?? '')) return [];
  const verbs = ['create', 'update'];
  const answers = await Promise.all(verbs.map((verb) => may(target, verb, 'secrets')));
  return verbs.filter((_verb, index) => answers[index] === false).map((verb) => `${verb} secrets`);
}

/** Whether the account may do something in the namespace; true where nobody can tell. */
async function may(target: Target, verb: string, what: string): Promise<boolean> {
  const words = ['auth', 'can-i', verb, what];
  return !(await kubectl(target, words, undefined, { expectedExitCodes: [0, 1] })).stdout.startsWith('no');
}

function ignoreExisting(error: unknown): void {
  if (!isToolFailure(error) || !/AlreadyExists/.test(error.stderr)) throw error;
}
