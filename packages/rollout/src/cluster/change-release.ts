import { isToolFailure, type ToolFailure } from '@mi-patterns/helm';
import type { RolloutEffects } from '../effects.ts';
import { releaseHooks, rollbackRelease, testRelease, uninstallRelease, upgradeRelease } from '../release.ts';
import type { ClusterSession } from './session.ts';
import type { Trouble } from './trouble.ts';

/** What a rollout changes with helm, a revision at a time. */
export function releaseEffects(
  { target, options, signal, wanted, history }: ClusterSession,
  trouble: Trouble,
): Pick<RolloutEffects, 'upgrade' | 'rollback' | 'uninstall' | 'hasTests' | 'test'> {
  return {
    upgrade: async ({ beside = false, rollBack, onProgress }) => {
      const objects = await wanted();
      const watching = new AbortController();
      const observed = trouble.observe(objects, watching.signal, onProgress);
      const before = (await history()).at(-1)?.revision ?? 0;
      try {
        await upgradeRelease(target, {
          chart: options.chart,
          values: [...options.values, ...(beside ? [options.besideValues ?? []].flat() : [])],
          timeout: options.timeout,
          rollBack,
          signal,
        });
        return { state: 'done' };
      } catch (error) {
        if (!isToolFailure(error) || error.reason === 'missing' || error.reason === 'aborted') throw error;
        const revisions = await history();
        // Back means: a newer revision than the one that failed, or no release at all after a first installation.
        const newest = revisions.at(-1);
        const wentBack =
          rollBack && (newest === undefined || (newest.state === 'deployed' && newest.revision > before + 1));
        return { state: 'failed', message: lastWords(error), wentBack };
      } finally {
        watching.abort();
        await observed;
      }
    },
    rollback: async (revision) => void (await rollbackRelease(target, revision, options.timeout, signal)),
    uninstall: async () => void (await uninstallRelease(target, options.timeout, signal)),
    hasTests: async () =>
      (await releaseHooks(target)).objects.some(({ object }) =>
        /(?:^|,)\s*test(?:-success)?\s*(?:,|$)/.test(object.metadata.annotations?.['helm.sh/hook'] ?? ''),
      ),
    test: async () => {
      try {
        await testRelease(target, options.timeout, signal);
        return undefined;
      } catch (error) {
        if (isToolFailure(error) && error.reason === 'exit') return lastWords(error);
        throw error;
      }
    },
  };
}

function lastWords(error: ToolFailure): string {
  const lines = error.stderr
    .split('\n')
    .filter((line) => line.trim() !== '' && !/^(?:WARNING|level=|I\d{4}|W\d{4})/.test(line));
  return (lines.slice(-3).join(' ') || error.message).replace(/^Error: /, '');
}
