import type { Plan, PlanDiagnostic, Workload } from '@mi-patterns/planner';
import { isMapping, mappingOf, mergeValues, valueAt, type Values } from '../mapping/merge.ts';
import { list } from '../schema/words.ts';
import type { EffectiveWorkload } from '../workloads/effective.ts';
import type { Finding } from './finding.ts';

type Directory = Workload['directories'][number];
type State = Workload['persistence'][number];

/** Directories of artifacts where the pods of their workload mount no volume. A paused workload has no pods. */
export function withoutVolume(workloads: readonly EffectiveWorkload[], plan: Plan): readonly Finding[] {
  return workloads.flatMap(({ key, settings }): readonly Finding[] => {
    const needed = plan.workloads.find(({ name }) => name === key)?.directories ?? [];
    if (needed.length === 0 || settings['paused'] === true) return [];
    const mounted = mountsOf(settings, key);
    const open = needed.filter(({ path }) => !isReached(path, mounted));
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
      message: `Workload ${workload} mounts no volume that others reach at ${shown.join(', ')}: ${so}.`,
      hint: `Mount a volume there, or above, that others can reach: an entry of \`workloads.${workload}.persistence\` with ${list(['what: shared-directory', 'mountPath', 'existingClaim'], 'and')}, or \`extraVolumes\` and \`extraVolumeMounts\`.`,
    },
  ];
}

/** Whether the workloads have the same folder of one volume at a path, so that all their pods see the same files. */
export function shareVolume(values: Values, { path, workloads }: NonNullable<PlanDiagnostic['volume']>): boolean {
  const folders = new Set(
    workloads.map((workload) => folderAt(mountsOf(settingsOf(values, workload), workload), path)),
  );
  return folders.size === 1 && !folders.has(undefined);
}

/** The folder of a volume that is mounted at a path; undefined where each pod may have one of its own. */
function folderAt(mounts: readonly Mount[], path: string): string | undefined {
  const mount = mountOver(path, mounts);
  if (mount?.volume === undefined) return undefined;
  return JSON.stringify([mount.volume, `${mount.subPath}${path.slice(mount.at.length)}`]);
}

/** Whether a state of artifacts stays on a volume that the values mount in their workload. */
export function isKept(values: Values, workload: string, { what, folder }: Pick<State, 'what' | 'folder'>): boolean {
  const settings = settingsOf(values, workload);
  if (what === 'shared-directory') return folder !== undefined && isReached(folder, mountsOf(settings, workload));
  // A volume says what it is for, or its name does.
  return Object.entries(mappingOf(settings['persistence'])).some(
    ([name, volume]) => isMapping(volume) && (volume['what'] ?? name) === what,
  );
}

/** What a workload says or inherits, without what the chart brings. */
function settingsOf(values: Values, workload: string): Values {
  return mergeValues(mappingOf(values['workloadDefaults']), mappingOf(mappingOf(values['workloads'])[workload]));
}

interface Mount {
  /** Without a slash at its end. */
  readonly at: string;
  /** Equal for one volume in several workloads; undefined for one that each pod may have for itself. */
  readonly volume: string | undefined;
  readonly subPath: string;
  /** Whether it begins empty with each pod and goes with it, and no other container of the pod fills or empties it. */
  readonly isOwn: boolean;
}

/** The volumes of the user that a workload mounts. The chart's own hold nothing that others put there. */
function mountsOf(settings: Values, workload: string): readonly Mount[] {
  const { persistence, extraVolumes, extraVolumeMounts } = settings;
  const isOwn = (name: unknown): boolean =>
    isOfPod(valueAt(extraVolumes, [String(name)])) && !isMountedBeside(String(name), settings);
  const claimed = Object.entries(mappingOf(persistence)).flatMap(([name, volume]) =>
    isMapping(volume) && typeof volume['mountPath'] === 'string'
      ? [mountOf(volume['mountPath'], volume, claim(volume['existingClaim']) ?? `${workload} ${name}`)]
      : [],
  );
  const extra = Object.entries(mappingOf(extraVolumeMounts)).flatMap(([path, mount]) =>
    isMapping(mount)
      ? [
          {
            ...mountOf(path, mount, sharedVolume(valueAt(extraVolumes, [String(mount['name'])]))),
            isOwn: isOwn(mount['name']),
          },
        ]
      : [],
  );
  // Of two at one path the chart mounts that of `extraVolumeMounts`, so it comes first.
  return [...extra, ...claimed];
}

function mountOf(path: string, { subPath, subPathExpr }: Values, volume: string | undefined): Mount {
  return {
    at: path.replaceAll(/\/+/g, '/').replace(/\/$/, ''),
    volume: typeof subPathExpr === 'string' ? undefined : volume,
    subPath: typeof subPath === 'string' ? `/${subPath.replace(/\/$/, '')}` : '',
    isOwn: false,
  };
}

function claim(name: unknown): string | undefined {
  return typeof name === 'string' && name !== '' ? `claim ${name}` : undefined;
}

/** A volume that is made for a pod and goes with it. */
function isOfPod(volume: unknown): boolean {
  return isMapping(volume) && (volume['emptyDir'] !== undefined || volume['ephemeral'] !== undefined);
}

/** Whether another container of the pod mounts a volume. */
function isMountedBeside(volume: string, { extraContainers, extraInitContainers }: Values): boolean {
  return [extraContainers, extraInitContainers]
    .flatMap((containers) => Object.values(mappingOf(containers)))
    .flatMap((container) => valueAt(container, ['volumeMounts']) ?? [])
    .some((mount) => valueAt(mount, ['name']) === volume);
}

/** A volume that several pods can share; of other kinds each pod may have its own. */
function sharedVolume(volume: unknown): string | undefined {
  const nfs = valueAt(volume, ['nfs']);
  return (
    claim(valueAt(volume, ['persistentVolumeClaim', 'claimName'])) ?? (isMapping(nfs) ? JSON.stringify(nfs) : undefined)
  );
}

/** The mount that a directory is on. */
function mountOver(path: string, mounts: readonly Mount[]): Mount | undefined {
  return mounts
    .filter(({ at }) => at === path || path.startsWith(`${at}/`))
    .toSorted((a, b) => b.at.length - a.at.length)[0];
}

/** Whether others reach a directory: by a volume at or above it, or by one of a single file or a folder in it. */
function isReached(path: string, mounts: readonly Mount[]): boolean {
  return (
    mountOver(path, mounts)?.isOwn === false || mounts.some(({ at, isOwn }) => !isOwn && at.startsWith(`${path}/`))
  );
}
