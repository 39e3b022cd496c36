import { compareText } from '@mi-patterns/inventory';
import {
  displayName,
  effectiveReplicas,
  identity,
  isWorkload,
  kubectlName,
  type KubernetesObject,
} from '@mi-patterns/helm';
import type { ArtifactCheck } from '../checks/artifact-check.ts';
import type { NotChecked } from '../checks/image-roles.ts';
import type { RolloutEffects, TestOutcome } from './effects.ts';
import { guardedWorkloads, notAtWork } from '../checks/guards.ts';
import { creationFailure, imageDigestsOf, isolatedWorkloads, type LiveState, workloadState } from '../live/live.ts';

export type Verification =
  | {
      readonly state: 'sound';
      readonly artifacts: ArtifactCheck;
      readonly notChecked: readonly NotChecked[];
      /** What all pods of the release run; undefined where nodes tell no digest or several. */
      readonly imageDigest: string | undefined;
    }
  | { readonly state: 'failed'; readonly message: string };

/**
 * Verifies a release after an upgrade: every workload settled, exactly one pod for each isolated artifact and that one
 * ready, the work of guarded workloads with their own pods, MI's own account of what it deployed equal to the plan, the
 * chart's tests. Waits up to `timeout` seconds for all before MI's account: pods that were told to end need some time,
 * and what comes after would slow the start of a server that has just taken over.
 */
export async function verifyRelease(
  effects: RolloutEffects,
  wanted: readonly KubernetesObject[],
  timeout: number,
  say: (detail: string) => void,
): Promise<Verification> {
  const workloads = wanted.filter(isWorkload);
  const end = effects.now().getTime() + timeout * 1000;
  for (;;) {
    const live = await effects.live(workloads);
    const unready = unsound(wanted, live);
    const guards = unready.length > 0 ? noGuards : await idleGuards(effects, wanted, live);
    const missing = [...unready, ...guards.idle];
    if (missing.length === 0) return verifyServers(effects, ofRelease(workloads, live), timeout, guards.notChecked);
    if (effects.now().getTime() > end) return { state: 'failed', message: missing.join(' ') };
    say(missing[0] ?? '');
    // A server that starts needs some seconds, and the processor more than these looks do.
    await effects.sleep(unready.length > 0 ? 1000 : 3000);
  }
}

interface GuardsCheck {
  readonly idle: readonly string[];
  readonly notChecked: readonly NotChecked[];
}

const noGuards: GuardsCheck = { idle: [], notChecked: [] };

/** Guarded workloads that do not work yet, a sentence each; where nobody may look, that is told instead. */
async function idleGuards(
  effects: RolloutEffects,
  wanted: readonly KubernetesObject[],
  live: LiveState,
): Promise<GuardsCheck> {
  if (guardedWorkloads(wanted).length === 0) return noGuards;
  const holders = await effects.holders();
  if (holders !== undefined) return { idle: notAtWork(wanted, live, holders), notChecked: [] };
  const what = 'which pods of the guarded workloads are active';
  return { idle: [], notChecked: [{ what, because: 'the account may not list Leases' }] };
}

/** Without workloads and pods that are of the release no more. */
function ofRelease(workloads: readonly KubernetesObject[], live: LiveState): LiveState {
  const ids = new Set(workloads.map(identity));
  return {
    workloads: live.workloads.filter((object) => ids.has(identity(object))),
    pods: live.pods.filter(({ workload }) => ids.has(workload)),
  };
}

async function verifyServers(
  effects: RolloutEffects,
  live: LiveState,
  timeout: number,
  passedOver: readonly NotChecked[],
): Promise<Verification> {
  const roles = await effects.uncarriedRoles(live);
  if (roles.lost.length > 0)
    return { state: 'failed', message: `No server would run these artifacts of the image: ${roles.lost.join('; ')}` };
  const artifacts = await effects.checkArtifacts(live);
  if (artifacts.state === 'different')
    return {
      state: 'failed',
      message: `What the servers deployed differs from the plan: ${artifacts.findings.join('; ')}`,
    };
  const tests = await testsOf(effects);
  if (tests.state === 'failed')
    return { state: 'failed', message: `The chart's tests failed within ${timeout} s: ${tests.why}` };
  const digests = imageDigestsOf(live.pods);
  return {
    state: 'sound',
    artifacts,
    notChecked: [...passedOver, ...roles.notChecked, ...notBegun(tests)],
    imageDigest: digests.length === 1 ? digests[0] : undefined,
  };
}

async function testsOf(effects: RolloutEffects): Promise<TestOutcome> {
  return (await effects.hasTests()) ? effects.test() : { state: 'passed' };
}

function notBegun(tests: TestOutcome): readonly NotChecked[] {
  if (tests.state !== 'not-begun') return [];
  return [
    {
      what: "what the chart's tests check",
      because: `the cluster did not create or delete their pods: ${tests.why}`,
    },
  ];
}

/** What is not as it has to be, a sentence each; empty when all is well. Pure. */
export function unsound(objects: readonly KubernetesObject[], live: LiveState): string[] {
  const workloads = objects.filter(isWorkload);
  const states = new Map(live.workloads.map((object) => [identity(object), workloadState(object)]));
  const unsettled = workloads.flatMap((object) => {
    const state = states.get(identity(object));
    if (state === undefined) return [`${displayName(object)} does not exist.`];
    if (state.wanted === 0 && effectiveReplicas(object, objects) > 0)
      return [
        `${displayName(object)} has 0 pods, which its autoscaler does not change; kubectl scale ${kubectlName(object)} --replicas=${effectiveReplicas(object, objects)} starts it.`,
      ];
    const trouble = [
      ...live.workloads
        .filter((found) => identity(found) === state.id)
        .flatMap((found) => creationFailure(found) ?? []),
      ...live.pods
        .filter((pod) => pod.workload === state.id && pod.trouble !== '')
        .map((pod) => `${pod.name}: ${pod.trouble}`),
    ][0];
    return state.settled
      ? []
      : [
          `${displayName(object)} has ${state.ready} of ${state.wanted} pods ready${trouble === undefined ? '' : ` (${trouble})`}.`,
        ];
  });
  // What is paused, or scaled to zero by its values, is meant to run nowhere for now.
  const isolated = isolatedWorkloads(workloads)
    .filter(({ object }) => effectiveReplicas(object, objects) > 0)
    .flatMap(({ statefulArtifacts }) => statefulArtifacts);
  const wrong = [...new Set(isolated)].sort(compareText).flatMap((artifact) => {
    const pods = live.pods.filter((pod) => pod.artifacts.includes(artifact));
    if (pods.length === 1 && pods[0]?.ready === true && !pods[0].ending) return [];
    const names = pods
      .map(({ name, ready, ending }) => {
        const state = ready ? '' : ' (not ready)';
        return `${name}${ending ? ' (ending)' : state}`;
      })
      .join(', ');
    return [
      `${artifact} must run in exactly one ready pod, but ${pods.length === 0 ? 'no pod runs it' : `is in ${names}`}.`,
    ];
  });
  return [...unsettled, ...wrong];
}
