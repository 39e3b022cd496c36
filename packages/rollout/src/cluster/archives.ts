import { isToolFailure, type KubernetesObject } from '@mi-patterns/helm';
import { archivesUsed, bringArchives, pruneArchives } from '../release/archive-maps.ts';
import type { RolloutEffects } from '../steps/effects.ts';
import type { ClusterSession } from './session.ts';

/** The archives that objects mount as ConfigMaps: brought before, taken away when no revision needs them. */
export function archiveEffects({
  target,
  options,
  history,
  released,
}: ClusterSession): Pick<RolloutEffects, 'bringArchives' | 'pruneArchives'> {
  return {
    bringArchives: async (wanted) => {
      const archives = archivesUsed(options.archives ?? [], wanted);
      await bringArchives(target, target.release, archives);
      return archives.map(({ metadata }) => metadata.name);
    },
    pruneArchives: async () => {
      try {
        // Every revision that helm keeps can be gone back to, so its archives stay.
        const kept = async (): Promise<readonly KubernetesObject[]> =>
          (await Promise.all((await history()).map(({ revision }) => released(revision)))).flat();
        const removed = await pruneArchives(target, target.release, kept);
        return removed.length === 0 ? '' : `removed ${removed.join(', ')}, which no revision mounts any longer`;
      } catch (error) {
        if (isToolFailure(error))
          return `archives that no revision mounts any longer were left: ${error.stderr.split('\n').at(-1) || error.message}`;
        throw error;
      }
    },
  };
}
