import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { compareText, distinctBy } from '@mi-patterns/inventory';
import {
  isToolFailure,
  isWorkload,
  type KubernetesObject,
  mountedConfigMaps,
  parseManifest,
  podTemplate,
} from '@mi-patterns/helm';
import { kubectl, listObjects, type Place } from '../tools/kubectl.ts';

/**
 * ConfigMaps that hold archives (`artifacts.source: configMap`). They are no part of the helm release: helm would
 * delete the old one while pods that mount it still start, and keeps each revision in a Secret that an archive would
 * not fit in. Their names hold the digest of the archive and they are immutable, so old pods keep theirs while new ones
 * come.
 */
export type ArchiveMap = KubernetesObject;

/** The ConfigMaps with archives that packages below a folder hold, each once. */
export function archiveMapsIn(folder: string): readonly ArchiveMap[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => basename(file) === 'configmaps.yaml')
    .toSorted();
  const all = files.flatMap((file) =>
    parseManifest(readFileSync(join(folder, file), 'utf8')).objects.map(({ object }) => object),
  );
  return distinctBy(all, ({ metadata }) => metadata.name);
}

/** Label by which a release finds the archives it uses; two releases of one namespace may share an archive. */
function archivesLabel(release: string): string {
  return `archives.mi-patterns.io/${release}`;
}

/** The archives that pods of these objects mount. Pure. */
export function archivesUsed(
  archives: readonly ArchiveMap[],
  objects: readonly KubernetesObject[],
): readonly ArchiveMap[] {
  const mounted = mountedBy(objects);
  return archives
    .filter(({ metadata }) => mounted.has(metadata.name))
    .toSorted((a, b) => compareText(a.metadata.name, b.metadata.name));
}

function mountedBy(objects: readonly KubernetesObject[]): Set<string> {
  return new Set(objects.filter(isWorkload).flatMap((object) => mountedConfigMaps(podTemplate(object) ?? {})));
}

/** Archives that the namespace does not have for this release. Throws a ToolFailure when it cannot be asked. */
export async function archivesMissing(
  place: Place,
  release: string,
  archives: readonly ArchiveMap[],
): Promise<readonly ArchiveMap[]> {
  if (archives.length === 0) return [];
  const there = new Set(
    (await listObjects(place, 'configmaps', archivesLabel(release))).map(({ metadata }) => metadata.name),
  );
  return archives.filter(({ metadata }) => !there.has(metadata.name));
}

/**
 * Brings archives to the namespace, marked as used by the release. One that is there already stays. Throws a
 * ToolFailure when the cluster refuses.
 */
export async function bringArchives(place: Place, release: string, archives: readonly ArchiveMap[]): Promise<void> {
  for (const { metadata, ...archive } of archives) {
    const marked = {
      ...archive,
      metadata: { ...metadata, labels: { ...metadata.labels, [archivesLabel(release)]: 'used' } },
    };
    // A manager for each release: the label of another one is not this one's to remove.
    await kubectl(place, ['apply', '--server-side', `--field-manager=mi-patterns-${release}`, '--filename=-'], marked);
  }
}

/**
 * Takes away the archives of a release that none of the given objects mounts; what another release uses too only loses
 * the mark of this one. Answers what was removed. Throws a ToolFailure when the cluster refuses.
 */
export async function pruneArchives(
  place: Place,
  release: string,
  kept: () => Promise<readonly KubernetesObject[]>,
): Promise<readonly string[]> {
  const label = archivesLabel(release);
  const there = await listObjects(place, 'configmaps', label);
  if (there.length === 0) return [];
  const mounted = mountedBy(await kept());
  const unused = there.filter(({ metadata }) => !mounted.has(metadata.name));
  for (const archive of unused) {
    const shared = Object.keys(archive.metadata.labels ?? {}).some(
      (name) => name.startsWith('archives.mi-patterns.io/') && name !== label,
    );
    if (shared) await kubectl(place, ['label', 'configmap', archive.metadata.name, `${label}-`]);
    else await deleteAsSeen(place, archive);
  }
  return unused.map(({ metadata }) => metadata.name).toSorted(compareText);
}

/** Deletes an object unless somebody changed it meanwhile: another release may just have begun to use it. */
async function deleteAsSeen(place: Place, { metadata }: KubernetesObject): Promise<void> {
  const { resourceVersion } = metadata as { readonly resourceVersion?: string };
  const path = `/api/v1/namespaces/${encodeURIComponent(place.namespace)}/configmaps/${encodeURIComponent(metadata.name)}`;
  try {
    await kubectl(place, ['delete', `--raw=${path}`, '--filename=-'], {
      kind: 'DeleteOptions',
      apiVersion: 'v1',
      preconditions: { resourceVersion },
    });
  } catch (error) {
    if (
      !isToolFailure(error) ||
      !/Conflict|NotFound|not found|the UID in the precondition|ResourceVersion in precondition/i.test(error.stderr)
    )
      throw error;
  }
}
