import { setOwnRole, readOwnName } from './role-edit.ts';
import type { PackedArchive } from './packed-archive.ts';
import type { Piece, Pieces } from './piece.ts';
import type { ArchiveRequest, ArtifactRequest } from '@mi-patterns/planner';
import { nameOf } from './rewrite.ts';
import type { ZipEntry } from './zip-writer.ts';

/**
 * Parts of an existing archive: the folders of the artifacts that are asked for, and the metadata that belongs to them.
 */
export function piecesOfArchive(archive: PackedArchive, request: ArchiveRequest): Pieces {
  const byFolder = new Map<string, ZipEntry[]>();
  for (const entry of archive.entries) {
    const folder = /^(metadata\/[^/]+\/|[^/]+\/)./.exec(nameOf(entry))?.[1];
    if (folder === undefined) continue;
    const entries = byFolder.get(folder) ?? [];
    entries.push(entry);
    byFolder.set(folder, entries);
  }
  const artifacts = request.artifacts.map((artifact): Piece => {
    const folder = folderOf(request, artifact);
    return {
      folder,
      name: artifact.delivery.name,
      version: artifact.delivery.version,
      serverRole: artifact.serverRole,
      writeEntries: (write) => {
        for (const entry of byFolder.get(folder) ?? []) write(withRole(archive, folder, entry, artifact));
      },
    };
  });
  const names = new Set(
    request.artifacts.flatMap(({ delivery }) =>
      ['swagger', 'metadata', 'proxy_metadata'].map((suffix) => `${delivery.name}_${suffix}`),
    ),
  );
  const metadata: Piece[] = [];
  for (const [folder, entries] of byFolder) {
    if (!folder.startsWith('metadata/') || !entries.some((entry) => nameOf(entry) === `${folder}artifact.xml`))
      continue;
    const described = readOwnName(archive.read(`${folder}artifact.xml`));
    if (described !== undefined && names.has(described.name))
      metadata.push({
        folder,
        name: described.name,
        version: described.version,
        serverRole: 'EnterpriseIntegrator',
        writeEntries: (write) => entries.forEach(write),
      });
  }
  return { artifacts, metadata };
}

/** The folder of an artifact in its archive, by the path of its delivery. */
function folderOf({ application }: ArchiveRequest, { delivery }: ArtifactRequest): string {
  const inside = delivery.path.slice(application.source.path.length).replace(/^!?\//, '');
  return `${inside.split('/')[0] ?? ''}/`;
}

/** The entry itself, or the `artifact.xml` of the folder with the role that is asked for. */
function withRole(archive: PackedArchive, folder: string, entry: ZipEntry, artifact: ArtifactRequest): ZipEntry {
  if (nameOf(entry) !== `${folder}artifact.xml`) return entry;
  const before = archive.read(nameOf(entry));
  const after = setOwnRole(before, () => artifact.serverRole) ?? before;
  return after.equals(before) ? entry : { type: 'file', name: nameOf(entry), bytes: after };
}
