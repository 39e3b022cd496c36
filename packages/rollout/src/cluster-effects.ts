import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  at,
  displayName,
  identity,
  isToolFailure,
  isWorkload,
  type KubernetesObject,
  objectAt,
  parseHelmError,
  parseManifest,
  textAt,
  ToolFailure,
} from '@mi-patterns/helm';
import { compareText } from '@mi-patterns/inventory';
import { archivesMissing, archivesUsed, bringArchives, pruneArchives, type ArchiveMap } from './archive-maps.ts';
import { checkThroughKubectl, type ExpectedArtifacts, type ManagementLogin } from './artifact-check.ts';
import { makeDiff, type ObjectChange } from './diff.ts';
import { type Answers, dryRunApply, liveObjects, withNamespace } from './dry-run.ts';
import type { LiveState, RolloutEffects } from './effects.ts';
import { takeEvidence, writeEvidence, type Evidence } from './evidence.ts';
import { askUncarriedRoles } from './image-roles.ts';
import { kubectl, listObjects, parseObject } from './kubectl.ts';
import { livePods, workloadState } from './live.ts';
import { takeLock } from './lock.ts';
import { orphans, strategyPatches } from './moves.ts';
import { addRecord, marksAreComplete, readRecords } from './record.ts';
import {
  releaseHistory,
  releaseHooks,
  releaseManifest,
  rollbackRelease,
  testRelease,
  uninstallRelease,
  upgradeRelease,
  type Target,
} from './release.ts';
import { stopServer } from './stop-server.ts';
import { StopRollout } from './stop.ts';
import { type OldRelease, requireServers } from './take-over.ts';
import { machineTools } from './tools.ts';

export interface ClusterEffectsOptions {
  readonly target: Target;
  /** Folder or .tgz of the chart, on this machine. */
  readonly chart: string;
  readonly values: readonly string[];
  /** A values file, laid over the others, with which only what is stateless gets pods. */
  readonly besideValues?: string;
  /** Releases of another chart in the same namespace that this one takes over. */
  readonly takeOver?: readonly string[];
  /** Whether a workload runs Micro Integrator: a release in `takeOver` that runs something else is never ended. */
  readonly runsServer?: (workload: KubernetesObject) => boolean;
  /** Seconds. */
  readonly timeout: number;
  /** Folder for the evidence of failures. */
  readonly evidenceFolder: string;
  /** ConfigMaps with archives that the values may point at. */
  readonly archives?: readonly ArchiveMap[];
  readonly startSeconds: (component: string) => number;
  readonly expected: readonly ExpectedArtifacts[];
  readonly login?: ManagementLogin | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Life of the lock without a sign of life; 60 when absent. */
  readonly lockSeconds?: number;
}

/** Long enough for a machine or a network that stops for a moment; a rollout that was killed lets go after this time. */
const defaultLockSeconds = 60;

/** What a rollout does to the world, with helm and kubectl. */
export function clusterEffects(options: ClusterEffectsOptions): RolloutEffects {
  const { target, timeout } = options;
  const interruption = new AbortController();
  const signal =
    options.signal === undefined ? interruption.signal : AbortSignal.any([options.signal, interruption.signal]);
  const tools = target.tools ?? machineTools;
  const seen: { title: string; evidence: Evidence }[] = [];
  let namespaceExists: boolean | undefined;

  const podsAndWorkloads = async (
    among: readonly KubernetesObject[],
  ): Promise<LiveState & { readonly objects: readonly KubernetesObject[] }> => {
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
    const found = livePods(pods, [...workloads, ...known]).filter(
      ({ name, workload, artifacts }) => workload !== '' || (ofRelease.has(name) && artifacts.length > 0),
    );
    const names = new Set(found.map(({ name }) => name));
    return { workloads, pods: found, objects: pods.filter((pod) => names.has(pod.metadata.name)) };
  };
  const exists = async (): Promise<boolean> => {
    namespaceExists ??= await hasNamespace(target);
    return namespaceExists;
  };

  const effects: RolloutEffects = {
    lockSeconds: options.lockSeconds ?? defaultLockSeconds,
    interrupt: () => interruption.abort(),
    cancelled: () => options.signal?.aborted === true,
    takeLock: async (onWait) => {
      if (!(await exists())) {
        await kubectl(target, ['create', 'namespace', target.namespace]).catch(ignoreExisting);
        namespaceExists = true;
      }
      const holder = `${await effects.user()} (process ${process.pid}, ${randomUUID().slice(0, 8)})`;
      return takeLock(
        target,
        { release: target.release, holder, seconds: effects.lockSeconds },
        { sleep: effects.sleep, onWait },
      );
    },
    history: () => releaseHistory(target),
    released: async (revision) =>
      withNamespace(
        ((await releaseManifest(target, revision))?.objects ?? []).map(({ object }) => object),
        target.namespace,
      ),
    wanted: async () => withNamespace(await renderInCluster(options), target.namespace),
    live: podsAndWorkloads,
    diff: async (before, wanted) => {
      const union = [...new Map([...before, ...wanted].map((object) => [identity(object), object])).values()];
      const none = { objects: new Map<string, KubernetesObject>(), refusals: [] };
      const there = await exists();
      const live = there ? await liveObjects(target, union) : none;
      const [applied, reapplied, state, records, history] = there
        ? [
            await applyInTwoSteps(target, [...live.objects.values()], wanted),
            await dryRunApply(target, before),
            await podsAndWorkloads(union),
            await readRecords(target, target.release),
            await effects.history(),
          ]
        : [none, none, { pods: [], workloads: [] }, [], []];
      const archives = archivesUsed(options.archives ?? [], wanted);
      const missing = there ? await archivesMissing(target, target.release, archives) : archives;
      const diff = makeDiff({
        before,
        wanted,
        live: live.objects,
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
    },
    scale: async (workload, replicas) =>
      void (await kubectl(target, [
        'scale',
        `${workload.kind.toLowerCase()}/${workload.metadata.name}`,
        `--replicas=${replicas}`,
      ])),
    stopServer: (pod) => stopServer(target, pod.name),
    remove: async (workload) =>
      void (await kubectl(target, [
        'delete',
        `${workload.kind.toLowerCase()}/${workload.metadata.name}`,
        '--ignore-not-found',
        '--wait=false',
      ])),
    keepReplicas: async (workload, replicas) => {
      if ((await tools.helmMajor()) < 4) return false;
      const partial = {
        apiVersion: workload.apiVersion,
        kind: workload.kind,
        metadata: { name: workload.metadata.name, namespace: target.namespace },
        spec: { replicas },
      };
      await kubectl(
        target,
        ['apply', '--server-side', '--field-manager=mi-patterns', '--force-conflicts', '--filename=-'],
        partial,
      );
      return true;
    },
    patchStrategy: async (workload) =>
      void (await kubectl(target, [
        'patch',
        'deployment',
        workload.metadata.name,
        '--type=merge',
        '--patch',
        '{"spec":{"strategy":{"type":"Recreate","rollingUpdate":null}}}',
      ])),
    bringArchives: async (wanted) => {
      const archives = archivesUsed(options.archives ?? [], wanted);
      await bringArchives(target, target.release, archives);
      return archives.map(({ metadata }) => metadata.name);
    },
    pruneArchives: async () => {
      try {
        // Every revision that helm keeps can be gone back to, so its archives stay.
        const kept = async (): Promise<readonly KubernetesObject[]> =>
          (await Promise.all((await effects.history()).map(({ revision }) => effects.released(revision)))).flat();
        const removed = await pruneArchives(target, target.release, kept);
        return removed.length === 0 ? '' : `removed ${removed.join(', ')}, which no revision mounts any more`;
      } catch (error) {
        if (isToolFailure(error))
          return `archives that no revision mounts any more were left: ${error.stderr.split('\n').at(-1) || error.message}`;
        throw error;
      }
    },
    oldReleases: () => oldReleases(options, podsAndWorkloads),
    patch: async (object, change) =>
      void (await kubectl(target, [
        'patch',
        object.kind.toLowerCase(),
        object.metadata.name,
        '--type=merge',
        '--patch',
        JSON.stringify(change),
      ])),
    upgrade: async ({ beside = false, rollBack, onProgress }) => {
      const wanted = await effects.wanted();
      const watching = new AbortController();
      const observed = observe(wanted, watching.signal, onProgress);
      const before = (await effects.history()).at(-1)?.revision ?? 0;
      try {
        await upgradeRelease(target, {
          chart: options.chart,
          values: [...options.values, ...(beside ? [options.besideValues ?? []].flat() : [])],
          timeout,
          rollBack,
          signal,
        });
        return { state: 'done' };
      } catch (error) {
        if (!isToolFailure(error) || error.reason === 'missing' || error.reason === 'aborted') throw error;
        const history = await effects.history();
        // Back means: a newer revision than the one that failed, or no release at all after a first installation.
        const newest = history.at(-1);
        const wentBack =
          rollBack && (newest === undefined || (newest.state === 'deployed' && newest.revision > before + 1));
        return { state: 'failed', message: lastWords(error), wentBack };
      } finally {
        watching.abort();
        await observed;
      }
    },
    rollback: async (revision) => void (await rollbackRelease(target, revision, timeout, signal)),
    uninstall: async () => void (await uninstallRelease(target, timeout, signal)),
    hasTests: async () =>
      (await releaseHooks(target)).objects.some(({ object }) =>
        /(?:^|,)\s*test(?:-success)?\s*(?:,|$)/.test(object.metadata.annotations?.['helm.sh/hook'] ?? ''),
      ),
    test: async () => {
      try {
        await testRelease(target, timeout, signal);
        return undefined;
      } catch (error) {
        if (isToolFailure(error) && error.reason === 'exit') return lastWords(error);
        throw error;
      }
    },
    uncarriedRoles: (live) => askUncarriedRoles(target, live),
    checkArtifacts: (live) => checkThroughKubectl(target, live, options.expected, options.login),
    keepEvidence: async (why) => {
      const history = await effects.history();
      const objects = history.length === 0 ? [] : await effects.released(history.at(-1)?.revision ?? 0);
      const { objects: pods } = await podsAndWorkloads(objects);
      const now = { title: 'When the failure was noticed', evidence: await takeEvidence(target, target.release, pods) };
      const time = effects.now().toISOString().replaceAll(':', '-').replace(/\.\d+/, '');
      return writeEvidence(options.evidenceFolder, `${target.release}-${target.namespace}-${time}.txt`, why, [
        ...seen.slice(-1),
        now,
      ]);
    },
    records: async () => ((await exists()) ? readRecords(target, target.release) : []),
    addRecord: (record) => addRecord(target, target.release, record),
    user: () => clusterUser(target),
    now: () => new Date(),
    sleep: (milliseconds) => sleep(milliseconds, undefined, { signal }),
  };

  /** Tells how far the pods are, and keeps what pods in trouble say: helm removes them when it goes back. */
  const observe = async (
    wanted: readonly KubernetesObject[],
    until: AbortSignal,
    onProgress: Parameters<RolloutEffects['upgrade']>[0]['onProgress'],
  ): Promise<void> => {
    const workloads = wanted.filter(isWorkload);
    let rounds = 0;
    while (!until.aborted) {
      await sleep(2000, undefined, { signal: until }).catch(() => {});
      if (until.aborted) return;
      rounds += 1;
      try {
        const state = await podsAndWorkloads(workloads);
        onProgress(state.workloads.map(workloadState));
        const troubled = state.pods.some((pod) => !pod.ready && !pod.ending && pod.trouble !== '');
        // Every second round is often enough for logs, and gentle to the API server.
        if (troubled && (seen.length === 0 || rounds % 5 === 0))
          seen.splice(0, 1, {
            title: 'While the upgrade was waiting',
            evidence: await takeEvidence(target, target.release, state.objects),
          });
      } catch (error) {
        if (!isToolFailure(error)) throw error;
      }
    }
  };
  return effects;
}

/** Kinds of an old release that matter when it is taken over. */
const oldKinds = ['Deployment', 'StatefulSet', 'Service', 'Ingress', 'HTTPRoute'];

async function oldReleases(
  { target, takeOver = [], runsServer = () => true }: ClusterEffectsOptions,
  live: (among: readonly KubernetesObject[]) => Promise<LiveState>,
): Promise<readonly OldRelease[]> {
  const found: OldRelease[] = [];
  for (const name of takeOver) {
    if (name === target.release)
      throw new StopRollout([
        {
          code: 'MI-ROLLOUT-TAKE-OVER',
          severity: 'error',
          message: `The release ${name} cannot take over itself.`,
          hint: 'Give the new release another name: set `release` in mi-patterns.yaml.',
        },
      ]);
    const manifest = await releaseManifest({ ...target, release: name });
    if (manifest === undefined) {
      found.push({ name, objects: [], pods: [] });
      continue;
    }
    const named = manifest.objects.map(({ object }) => object).filter(({ kind }) => oldKinds.includes(kind));
    const { objects } = await liveObjects(target, withNamespace(named, target.namespace));
    const all = [...objects.values()];
    requireServers(name, all, runsServer);
    const ids = new Set(all.filter(isWorkload).map(identity));
    const { pods } = await live(all);
    found.push({ name, objects: all, pods: pods.filter(({ workload }) => ids.has(workload)) });
  }
  return found;
}

/** The chart rendered with what the cluster says of itself: its version, the kinds it knows, what templates look up. */
async function renderInCluster(options: ClusterEffectsOptions): Promise<readonly KubernetesObject[]> {
  const { target } = options;
  const tools = target.tools ?? machineTools;
  const inCluster = (await tools.helmMajor()) >= 4 ? ['--dry-run=server'] : ['--validate'];
  const words = [
    'template',
    target.release,
    options.chart,
    '--namespace',
    target.namespace,
    '--kube-context',
    target.context,
    '--is-upgrade',
    ...inCluster,
    ...options.values.flatMap((file) => ['--values', file]),
  ];
  const answer = await tools.helm(words, { expectedExitCodes: [0, 1] });
  if (answer.exitCode === 0) {
    const { objects, faults } = parseManifest(answer.stdout);
    const [fault] = faults;
    if (fault !== undefined)
      throw new StopRollout([
        {
          code: 'MI-CHART-TEMPLATE',
          severity: 'error',
          message: `${fault.template} writes a manifest that Kubernetes refuses: ${fault.message}`,
          hint: 'This is a fault of the chart.',
        },
      ]);
    return objects.map(({ object }) => object);
  }
  const diagnostics = parseHelmError(answer.stderr, { chartFolder: options.chart, fileNames: new Map() });
  if (diagnostics !== undefined) throw new StopRollout(diagnostics);
  throw new ToolFailure({
    reason: 'exit',
    message: 'helm template failed.',
    hint: 'helm says why above; correct that and run the command again.',
    command: ['helm', ...words],
    exitCode: answer.exitCode,
    stderr: answer.stderr,
  });
}

/**
 * A dry run of what is done in two steps: the strategy is patched before helm runs, and a dry run of both at once would be refused
 * where the old strategy's fields are not helm's to remove.
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

function lastWords(error: ToolFailure): string {
  const lines = error.stderr
    .split('\n')
    .filter((line) => line.trim() !== '' && !/^(?:WARNING|level=|I\d{4}|W\d{4})/.test(line));
  return (lines.slice(-3).join(' ') || error.message).replace(/^Error: /, '');
}

async function hasNamespace(target: Target): Promise<boolean> {
  try {
    return (
      (
        await kubectl(target, ['get', 'namespace', target.namespace, '--ignore-not-found', '--output=name'])
      ).stdout.trim() !== ''
    );
  } catch (error) {
    // Whoever may not read namespaces was given one that exists.
    if (isToolFailure(error) && /Forbidden/.test(error.stderr)) return true;
    throw error;
  }
}

function ignoreExisting(error: unknown): void {
  if (!isToolFailure(error) || !/AlreadyExists/.test(error.stderr)) throw error;
}

/** Who the cluster says we are; the user of the kubeconfig where it cannot say (Kubernetes before 1.28). */
async function clusterUser(target: Target): Promise<string> {
  try {
    const review = parseObject((await kubectl(target, ['auth', 'whoami', '--output=json'])).stdout);
    return textAt(review, 'status', 'userInfo', 'username') ?? 'unknown';
  } catch (error) {
    if (!isToolFailure(error)) throw error;
    const config: unknown = JSON.parse((await kubectl(target, ['config', 'view', '--minify', '--output=json'])).stdout);
    return textAt(at(config, 'contexts', 0), 'context', 'user') ?? 'unknown';
  }
}
