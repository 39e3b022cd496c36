import { isToolFailure, type KubernetesObject, ToolFailure } from '@mi-patterns/helm';
import { type Cause, tellCauses } from '../live/causes.ts';
import type { RolloutEffects, TestOutcome } from '../steps/effects.ts';
import { otherHelmBegan } from '../steps/trail.ts';
import { remedyFor } from '../tools/refused-words.ts';
import { isNoAnswer } from '../tools/cluster-failure.ts';
import { kubectl } from '../tools/kubectl.ts';
import {
  releaseHooks,
  rollbackRelease,
  type Target,
  testRelease,
  uninstallRelease,
  upgradeRelease,
} from '../release/release.ts';
import type { ClusterSession } from './session.ts';
import type { Told, Trouble } from './trouble.ts';

/** What a rollout changes with helm, a revision at a time. */
export function releaseEffects(
  session: ClusterSession,
  trouble: Trouble,
): Pick<RolloutEffects, 'upgrade' | 'rollback' | 'uninstall' | 'hasTests' | 'test'> {
  const { target, options, signal, wanted, history, released } = session;
  return {
    upgrade: async ({ beside = false, rollBack, onProgress }) => {
      const objects = await wanted();
      const before = (await history()).at(-1)?.revision ?? 0;
      const values = [...options.values, ...(beside ? [options.besideValues ?? []].flat() : [])];
      const upgrade = { chart: options.chart, values, timeout: options.timeout, rollBack };
      const failure = await watched(session, trouble, objects, {
        work: (ends) => upgradeRelease(target, { ...upgrade, signal: ends }),
        onProgress,
      });
      if (failure === undefined) return { state: 'done' };
      const other = otherHelmBegan(failure.message);
      if (other !== undefined) throw other;
      // Back means: a newer revision than the one that failed, or no release at all after a first installation.
      const newest = (await history()).at(-1);
      const wentBack =
        rollBack && (newest === undefined || (newest.state === 'deployed' && newest.revision > before + 1));
      const { message, next } = failure;
      return { state: 'failed', message, next, wentBack };
    },
    rollback: async (revision, onProgress) => {
      const failure = await watched(session, trouble, await released(revision), {
        // There is nothing left to go back to, so this waits for whatever may still help.
        work: () => rollbackRelease(target, revision, options.timeout, signal),
        waits: true,
        onProgress,
      });
      if (failure === undefined) return;
      const { message, next, error } = failure;
      const other = otherHelmBegan(message);
      if (other !== undefined) throw other;
      const { reason, command, exitCode } = error;
      throw new ToolFailure({ reason, command, exitCode, message, hint: next === '' ? error.hint : next });
    },
    uninstall: async () => {
      const pods = (await testsOf(target)).filter(({ kind }) => kind === 'Pod').map(({ metadata }) => metadata.name);
      await uninstallRelease(target, options.timeout, signal);
      if (pods.length > 0) await kubectl(target, ['delete', 'pod', ...pods, '--ignore-not-found', '--wait=false']);
    },
    hasTests: async () => (await testsOf(target)).length > 0,
    test: async () => {
      try {
        await testRelease(target, options.timeout, signal);
        return { state: 'passed' };
      } catch (error) {
        if (!isToolFailure(error) || error.reason !== 'exit' || isNoAnswer({ stderr: lastError(error.stderr) }))
          throw error;
        return toldTests(error.stderr, lastWords(error));
      }
    },
  };
}

/**
 * How tests ended whose helm wrote this and failed: the API server forbids to make their pods, or a webhook denies it
 * or gives no answer, which says as little about the release. Only helm's error at the end counts, which is not about a
 * test that failed then (helm/helm pkg/action/hooks.go): before it stand the logs of pods whose
 * `helm.sh/hook-output-log-policy` asks for them. A pod that may not be taken away is the one of an earlier test, or of
 * one that has succeeded. Pure.
 */
export function toldTests(stderr: string, why: string): TestOutcome {
  const isRefused = /\bforbidden: |\bdenied the request\b|\bfailed calling webhook "/.test(lastError(stderr));
  return { state: isRefused ? 'not-begun' : 'failed', why };
}

/** What helm says last, without what it has printed of pods before. */
function lastError(stderr: string): string {
  return (
    stderr
      .split(/^Error: /m)
      .slice(1)
      .at(-1) ?? ''
  );
}

/** The objects of the chart's tests. helm leaves those that failed, also when it removes the release. */
async function testsOf(target: Target): Promise<readonly KubernetesObject[]> {
  return (await releaseHooks(target)).objects
    .map(({ object }) => object)
    .filter(({ metadata }) =>
      /(?:^|,)\s*test(?:-success)?\s*(?:,|$)/.test(metadata.annotations?.['helm.sh/hook'] ?? ''),
    );
}

/**
 * Does a piece of helm's work; the signal that it gets also ends when workloads will not get their pods, however long
 * it waits. Answers why they did not get them where it fails, else helm's words.
 */
async function watched(
  { signal }: Pick<ClusterSession, 'signal'>,
  trouble: Trouble,
  objects: readonly KubernetesObject[],
  { work, waits = false, onProgress }: Watched,
): Promise<HelmFailure | undefined> {
  const watching = new AbortController();
  const hopeless = new AbortController();
  const tell = waits ? { onProgress } : { onProgress, onHopeless: () => hopeless.abort() };
  const observed = await trouble.observe(objects, watching.signal, tell);
  const causes = async (): Promise<readonly Cause[]> => {
    watching.abort();
    return observed.causes;
  };
  try {
    await work(AbortSignal.any([signal, hopeless.signal]));
    return undefined;
  } catch (error) {
    if (!isToolFailure(error) || error.reason === 'missing') throw error;
    if (error.reason !== 'aborted') return toldFailure(error, await causes());
    if (signal.aborted || !hopeless.signal.aborted) throw error;
    const { message, next } = tellCauses(await causes());
    return {
      message: `${message} This did not change while the rollout waited, so the upgrade was ended.`,
      next,
      error,
    };
  } finally {
    await causes();
  }
}

interface Watched {
  readonly work: (signal: AbortSignal) => Promise<unknown>;
  /** Whether it waits for its pods however hopeless that is. */
  readonly waits?: boolean;
  readonly onProgress: Told['onProgress'];
}

/** What helm says when pods do not become ready in time. It does not say why (helm/helm pkg/kube, kstatus). */
const waitedInVain = /not ready|deadline exceeded|timed out/;

interface HelmFailure {
  /** Why, in a sentence or several. */
  readonly message: string;
  /** What to do about it; empty where that is not known. */
  readonly next: string;
  readonly error: ToolFailure;
}

/** A failure of helm in words that say why. Pure. */
export function toldFailure(error: ToolFailure, causes: readonly Cause[]): HelmFailure {
  const words = lastWords(error);
  const told =
    waitedInVain.test(words) && causes.length > 0
      ? tellCauses(causes)
      : { message: words, next: remedyFor(words) ?? '' };
  return { ...told, error };
}

function lastWords(error: ToolFailure): string {
  const lines = error.stderr
    .split('\n')
    .filter((line) => line.trim() !== '' && !/^(?:WARNING|level=|I\d{4}|W\d{4})/.test(line));
  return (lines.slice(-3).join(' ') || error.message).replace(/^Error: /, '');
}
