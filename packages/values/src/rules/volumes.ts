import type { Plan, Workload } from '@mi-patterns/planner';
import { isMapping, mappingOf, type Values } from '../mapping/merge.ts';
import { list } from '../schema/words.ts';
import type { EffectiveWorkload } from '../workloads/effective.ts';
import type { Finding } from './finding.ts';

type Directory = Workload['directories'][number];

/** Directories of artifacts where the pods of their workload mount no volume. A paused workload has no pods. */
export function withoutVolume(workloads: readonly EffectiveWorkload[], plan: Plan): readonly Finding[] {
  return workloads.flatMap(({ key, settings }): readonly Finding[] => {
    const needed = plan.workloads.find(({ name }) => name === key)?.directories ?? [];
    if (needed.length === 0 || settings['paused'] === true) return [];
    const mounted = mountPaths(settings);
    const open = needed.filter(({ path }) => !mounted.some((mount) => isMountedBy(mount, path)));
    const takes = open.filter(({ way }) => way === 'takes');
    // What takes no files has none to move.
    const takers = new Set(takes.map(({ artifact }) => artifact));
    const puts = open.filter(({ way, artifact }) => way === 'puts' && !takers.has(artifact));
    return [
      ...told(key, takes, 'files that are meant for it never get into the pod, so none are taken'),
      ...told(key, puts, 'what is put there stays in the pod and is lost with it'),
    ];
  });
}

function told(workload: string, directories: readonly Directory[], so: string): readonly Finding[] {
  if (directories.length === 0) return [];
  const users = new Map<string, Set<string>>();
  for (const { path, artifact } of directories) users.set(path, (users.get(path) ?? new Set()).add(artifact));
  const places = [...users].map(([path, artifacts]) => `${path} (${[...artifacts].join(', ')})`);
  const shown = places.length > 5 ? [...places.slice(0, 5), `${places.length - 5} more`] : places;
  return [
    {
      code: 'MI-VALUES-NO-VOLUME',
      path: ['workloads', workload],
      at: 'key',
      message: `Workload ${workload} mounts no volume at ${shown.join(', ')}: ${so}.`,
      hint: `Mount a volume there, or above, that others can reach: an entry of \`workloads.${workload}.persistence\` with ${list(['what: shared-directory', 'mountPath', 'existingClaim'], 'and')}, or \`extraVolumes\` and \`extraVolumeMounts\`.`,
    },
  ];
}

/** Where the values mount volumes of the user. The chart's own hold nothing that others put there. */
function mountPaths({ persistence, extraVolumeMounts }: Values): readonly string[] {
  const claimed = Object.values(mappingOf(persistence)).flatMap((volume) =>
    isMapping(volume) && typeof volume['mountPath'] === 'string' ? [volume['mountPath']] : [],
  );
  const extra = Object.entries(mappingOf(extraVolumeMounts)).flatMap(([path, mount]) =>
    isMapping(mount) ? [path] : [],
  );
  return [...claimed, ...extra].map((path) => path.replaceAll(/\/+/g, '/').replace(/\/$/, ''));
}

/** A mount at or above a directory, and one below it: that of a single file, or of a folder in it. */
function isMountedBy(mount: string, path: string): boolean {
  return mount === path || path.startsWith(`${mount}/`) || mount.startsWith(`${path}/`);
}
